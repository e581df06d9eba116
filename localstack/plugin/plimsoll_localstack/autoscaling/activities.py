"""Scaling activities: every launch and termination, with the cause in AWS's words."""

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup

from ..errors import validation
from ..paging import LARGEST_PAGE, page
from .service import GroupCall, corrections


def stamp(moment: datetime | None = None) -> str:
    """A moment as the text of a cause has it."""
    return (moment or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")


def record(
    group: FakeAutoScalingGroup, description: str, cause: str, **more: Any
) -> dict[str, Any]:
    """Adds an activity to the region's history: it succeeded, unless `more` says otherwise."""
    now = datetime.now(UTC)
    activity = {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": description,
        "Cause": cause[:1023],
        "StartTime": now,
        "EndTime": now,
        "StatusCode": "Successful",
        "Progress": 100,
    } | more
    _history(group.autoscaling_backend).insert(0, activity)
    return activity


def place(subnet: str | None, zone: str) -> str:
    """The Details of an activity: where its instance is."""
    where = {"Subnet ID": subnet} if subnet else {}
    return json.dumps(where | {"Availability Zone": zone})


@corrections.corrects("DescribeScalingActivities")
def describe_scaling_activities(call: GroupCall):
    """moto lists none. A deleted group's are listed only when asked for."""
    name = call.request.get("AutoScalingGroupName")
    ids = call.request.get("ActivityIds")
    found = [
        activity
        for activity in _history(call.backend)
        if (not name or activity["AutoScalingGroupName"] == name)
        and (not ids or activity["ActivityId"] in ids)
        and (call.request.get("IncludeDeletedGroups") or _is_current(call.backend, activity))
        and all(_passes(activity, narrowed) for narrowed in call.request.get("Filters") or [])
    ]
    # This list alone has its default page as large as the largest.
    return page(found, {"MaxRecords": LARGEST_PAGE} | call.request, "Activities")


def _history(backend: AutoScalingBackend) -> list[dict[str, Any]]:
    return vars(backend).setdefault("activities", [])


def _is_current(backend: AutoScalingBackend, activity: dict[str, Any]) -> bool:
    # By ARN: a group made anew under an old name does not inherit its history.
    group = backend.autoscaling_groups.get(activity["AutoScalingGroupName"])
    return group is not None and group.arn == activity["AutoScalingGroupARN"]


def _passes(activity: dict[str, Any], narrowed: dict[str, Any]) -> bool:
    values = narrowed.get("Values") or []
    match narrowed.get("Name"):
        case "Status":
            return activity["StatusCode"] in values
        case "StartTimeLowerBound":
            return all(stamp(activity["StartTime"]) >= value for value in values)
        case "StartTimeUpperBound":
            return all(stamp(activity["StartTime"]) <= value for value in values)
        case other:
            raise validation(f"Filter '{other}' is not valid.")
