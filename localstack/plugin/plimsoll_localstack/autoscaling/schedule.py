"""Scheduled actions, by group and name. They really run: the ticker asks `run_due`."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import CommonServiceException
from moto.autoscaling.models import FakeAutoScalingGroup, autoscaling_backends

from ..errors import already_exists, validation
from ..paging import page
from .bounds import changed_bounds
from .capacity import because, suspended
from .cron import next_time
from .service import GroupCall, attached, corrections

LOG = logging.getLogger(__name__)

SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
LARGEST_BATCH = 50


@dataclass
class Action:
    """One scheduled action; `due` is None once nothing more is to come."""

    fields: dict[str, Any]
    arn: str
    due: datetime | None = field(default=None)

    @property
    def name(self) -> str:
        return self.fields["ScheduledActionName"]

    def plan(self, after: datetime) -> None:
        """Finds when a recurring action is due next, between its start and its end."""
        recurrence = self.fields.get("Recurrence")
        if recurrence is None:
            self.due = None
            return
        start = self.fields.get("StartTime")
        # The start itself may be the first run.
        moment = after if start is None or start <= after else _just_before(start)
        self.due = next_time(recurrence, self.fields.get("TimeZone"), moment)
        end = self.fields.get("EndTime")
        if self.due is not None and end is not None and self.due > end:
            self.due = None

    def described(self) -> dict[str, Any]:
        """As DescribeScheduledActions has it: the start is the next time it runs."""
        return self.fields | {
            "ScheduledActionARN": self.arn,
            "StartTime": self.due,
            "Time": self.due,
        }


@corrections.corrects("PutScheduledUpdateGroupAction")
def put_scheduled_update_group_action(call: GroupCall):
    """Creates an action, or changes the fields given of the group's one of that name."""
    _put(call.group, call.request)
    return {}


@corrections.corrects("BatchPutScheduledUpdateGroupAction")
def batch_put_scheduled_update_group_action(call: GroupCall):
    """The actions that are refused are listed; the others are put."""
    group, actions = call.group, call.request["ScheduledUpdateGroupActions"]
    refused = _refused(actions, lambda action: _put(group, action))
    return {"FailedScheduledUpdateGroupActions": refused}


@corrections.corrects("DescribeScheduledActions")
def describe_scheduled_actions(call: GroupCall):
    """A one-time action that ran is gone."""
    names = call.request.get("ScheduledActionNames")
    earliest = call.request.get("StartTime")
    latest = call.request.get("EndTime")
    found = [
        action.described()
        for group in call.listed_groups()
        for action in attached(group, "scheduled_actions").values()
        # Names win over times, as AWS documents.
        if (action.name in names if names else _between(action.due, earliest, latest))
    ]
    return page(found, call.request, "ScheduledUpdateGroupActions")


@corrections.corrects("DeleteScheduledAction")
def delete_scheduled_action(call: GroupCall):
    """An action that is not there is refused."""
    _delete(call.group, call.request["ScheduledActionName"])
    return {}


@corrections.corrects("BatchDeleteScheduledAction")
def batch_delete_scheduled_action(call: GroupCall):
    """The names that are refused are listed; the others are deleted."""
    group = call.group
    named = [{"ScheduledActionName": name} for name in call.request["ScheduledActionNames"]]
    refused = _refused(named, lambda action: _delete(group, action["ScheduledActionName"]))
    return {"FailedScheduledActions": refused}


def run_due(now: datetime) -> None:
    """Runs every action that is due, in every account and region."""
    for _account, _region, backend in list(autoscaling_backends.iter_backends()):
        for group in list(backend.autoscaling_groups.values()):
            due = [a for a in attached(group, "scheduled_actions").values() if _is_due(a, now)]
            for action in sorted(due, key=lambda action: action.due):
                _run(group, action, now)


def _run(group: FakeAutoScalingGroup, action: Action, now: datetime) -> None:
    # Suspended and missed is missed: AWS does not make up for it.
    if not suspended(group, "ScheduledActions"):
        try:
            bounds = changed_bounds(group, action.fields)
            with because(f"a scheduled action update of AutoScalingGroup constraints to {bounds}"):
                bounds.put_on(group)
        except CommonServiceException as problem:
            LOG.warning("Scheduled action %s of %s: %s", action.name, group.name, problem.message)
    action.plan(now)
    if action.due is None:
        attached(group, "scheduled_actions").pop(action.name)


def _put(group: FakeAutoScalingGroup, given: dict[str, Any]) -> None:
    actions = attached(group, "scheduled_actions")
    name = given["ScheduledActionName"]
    before = actions.get(name)
    action = Action(
        (before.fields if before else {}) | _stored(group, given),
        before.arn if before else _arn(group, name),
    )
    now = datetime.now(UTC)
    _check(given, action, now)
    action.plan(now)
    if "Recurrence" not in action.fields:
        action.due = action.fields.get("StartTime") or now
        _check_free(action, actions)
    if action.due is None:
        raise validation("The recurrence has no time between StartTime and EndTime.")
    actions[name] = action


def _stored(group: FakeAutoScalingGroup, given: dict[str, Any]) -> dict[str, Any]:
    stored = {key: value for key, value in given.items() if key != "Time"}
    stored["AutoScalingGroupName"] = group.name
    # `Time` is the former name of StartTime.
    if "Time" in given and "StartTime" not in given:
        stored["StartTime"] = given["Time"]
    for key in ("StartTime", "EndTime"):
        if key in stored:
            stored[key] = _utc(stored[key])
    return stored


def _check(given: dict[str, Any], action: Action, now: datetime) -> None:
    start, end = action.fields.get("StartTime"), action.fields.get("EndTime")
    if ("StartTime" in given or "Time" in given) and start < now:
        raise validation("Given start time is in the past")
    if end is not None and end < max(start or now, now):
        raise validation("Given end time is before the start time or in the past")
    if all(action.fields.get(size) is None for size in SIZES):
        raise validation(f"At least one of {', '.join(SIZES)} must be specified.")


def _check_free(action: Action, actions: dict[str, Action]) -> None:
    for other in actions.values():
        if other.name != action.name and other.due == action.due:
            raise already_exists(
                f"Scheduled action {other.name} has the same start time; it must be unique."
            )


def _delete(group: FakeAutoScalingGroup, name: str) -> None:
    if attached(group, "scheduled_actions").pop(name, None) is None:
        raise validation("Scheduled action name not found")


def _refused(
    actions: list[dict[str, Any]], do: Callable[[dict[str, Any]], None]
) -> list[dict[str, Any]]:
    """Does it for each action; those that were refused, and why."""
    if len(actions) > LARGEST_BATCH:
        raise validation(f"At most {LARGEST_BATCH} scheduled actions can be given.")
    failed = []
    for action in actions:
        try:
            do(action)
        except CommonServiceException as problem:
            failed.append(
                {
                    "ScheduledActionName": action["ScheduledActionName"],
                    "ErrorCode": problem.code,
                    "ErrorMessage": problem.message,
                }
            )
    return failed


def _is_due(action: Action, now: datetime) -> bool:
    return action.due is not None and action.due <= now


def _between(due: datetime | None, earliest: datetime | None, latest: datetime | None) -> bool:
    return due is not None and (
        (earliest is None or due >= _utc(earliest)) and (latest is None or due <= _utc(latest))
    )


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _just_before(moment: datetime) -> datetime:
    return datetime.fromtimestamp(moment.timestamp() - 1, UTC)


def _arn(group: FakeAutoScalingGroup, name: str) -> str:
    opening = group.arn.split(":autoScalingGroup:")[0]
    return (
        f"{opening}:scheduledUpdateGroupAction:{uuid.uuid4()}:"
        f"autoScalingGroupName/{group.name}:scheduledActionName/{name}"
    )
