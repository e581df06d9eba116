"""LocalStack's CloudWatch with the corrections over it."""

import json
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import RequestContext, handler
from localstack.aws.api.cloudwatch import (
    DescribeAlarmsInput,
    DescribeAlarmsOutput,
    GetMetricDataInput,
    GetMetricDataOutput,
    PutCompositeAlarmInput,
    PutMetricAlarmInput,
    ResourceNotFound,
    SetAlarmStateInput,
)
from localstack.services.cloudwatch.models import LocalStackAlarm, LocalStackCompositeAlarm
from localstack.services.cloudwatch.provider_v2 import _STORE_LOCK, CloudwatchProvider
from localstack.utils.aws import arns

from ..errors import client_error, invalid_token, validation
from . import actions, events
from .alarms import Evaluator
from .mathematics import Unsupported
from .queries import Answers
from .rules import Malformed, holds

LARGEST_PAGE = 100
DEFAULT_PAGE = 50
LARGEST_ANSWER = 100_800

STATE = (
    "StateValue",
    "StateReason",
    "StateReasonData",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
)


class Cloudwatch(CloudwatchProvider):
    """CloudWatch as AWS documents it, where LocalStack's differs."""

    def start_alarm_scheduler(self) -> None:
        """Alarms are evaluated by this package."""
        if not self.alarm_scheduler:
            self.alarm_scheduler = Evaluator(self.cloudwatch_database)

    @handler("PutMetricAlarm", expand=False)
    def put_metric_alarm(self, context: RequestContext, request: PutMetricAlarmInput) -> None:
        """An update leaves the state unchanged; LocalStack begins anew."""
        self._put(context, request, super().put_metric_alarm)

    @handler("PutCompositeAlarm", expand=False)
    def put_composite_alarm(self, context: RequestContext, request: PutCompositeAlarmInput) -> None:
        """What is no rule is refused; the state follows the rule at once."""
        try:
            holds(request["AlarmRule"], lambda _name: None)
        except Malformed as problem:
            raise validation(f"AlarmRule must be a valid rule: {problem}.") from problem
        self._put(context, request, super().put_composite_alarm)
        with _STORE_LOCK:
            self._evaluate_composite_alarms(context, None)

    def _put(self, context: RequestContext, request: Any, below) -> None:
        arn = _arn(context, request["AlarmName"])
        store = self.get_store(context.account_id, context.region)
        with _STORE_LOCK:
            before = store.alarms.get(arn)
            below(context, request)
            if before is not None:
                store.alarms[arn].alarm.update(
                    {name: before.alarm[name] for name in STATE if name in before.alarm}
                )

    @handler("SetAlarmState", expand=False)
    def set_alarm_state(self, context: RequestContext, request: SetAlarmStateInput) -> None:
        """The state changes, is told, and the actions follow on their own."""
        value = request["StateValue"]
        if value not in actions.ACTIONS:
            raise validation(
                f"1 validation error detected: Value '{value}' at 'stateValue' failed to satisfy "
                "constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]"
            )
        data = request.get("StateReasonData")
        try:
            parsed = json.loads(data) if data else None
        except ValueError as problem:
            raise client_error("InvalidFormat", "StateReasonData must be JSON") from problem
        arn = _arn(context, request["AlarmName"])
        with _STORE_LOCK:
            alarm = self.get_store(context.account_id, context.region).alarms.get(arn)
            if alarm is None:
                raise ResourceNotFound()
            if alarm.alarm["StateValue"] != value:
                self._change(context, alarm, value, request["StateReason"], parsed, alarm)
                self._evaluate_composite_alarms(context, alarm)

    def _change(
        self,
        context: RequestContext,
        alarm: LocalStackAlarm,
        value: str,
        reason: str,
        data: dict | None,
        cause: LocalStackAlarm,
    ) -> None:
        before = events.state(alarm.alarm)
        self._update_state(context, alarm, value, reason, data)
        now = datetime.now(UTC)
        if not data:
            # LocalStack leaves the data of the state before.
            alarm.alarm.pop("StateReasonData", None)
        alarm.alarm["StateUpdatedTimestamp"] = now
        alarm.alarm["StateTransitionedTimestamp"] = now
        events.tell(context.account_id, context.region, alarm.alarm, before)
        actions.run(alarm, before, cause)

    def _validate_alarm_rule_expression(self, alarm_rule: str) -> list[str]:
        # LocalStack warns of what this package understands.
        return []

    def _evaluate_composite_alarms(
        self, context: RequestContext, triggering_alarm: LocalStackAlarm | None
    ) -> None:
        """Composite alarms may watch each other: until nothing changes, within reason."""
        store = self.get_store(context.account_id, context.region)
        composites = [a for a in store.alarms.values() if isinstance(a, LocalStackCompositeAlarm)]
        for _ in composites:
            changed = [one for one in composites if self._follow(context, one, triggering_alarm)]
            if not changed:
                return
            triggering_alarm = changed[0]

    def _follow(
        self,
        context: RequestContext,
        composite: LocalStackCompositeAlarm,
        triggering: LocalStackAlarm | None,
    ) -> bool:
        store = self.get_store(context.account_id, context.region)
        states = {}
        for arn, one in store.alarms.items():
            states[arn] = states[one.alarm["AlarmName"]] = one.alarm["StateValue"]
        wanted = "ALARM" if holds(composite.alarm["AlarmRule"], states.get) else "OK"
        if wanted == composite.alarm["StateValue"]:
            return False
        cause = triggering or composite
        changed = cause.alarm["StateTransitionedTimestamp"]
        arn, value = cause.alarm["AlarmArn"], cause.alarm["StateValue"]
        data = {"triggeringAlarms": [{"arn": arn, "state": {"value": value}}]}
        data["triggeringAlarms"][0]["state"]["timestamp"] = events.time(changed)
        reason = f"{arn} transitioned to {value} at {changed:%A %d %B, %Y %H:%M:%S UTC}"
        self._change(context, composite, wanted, reason, data, cause)
        return True

    @handler("DescribeAlarms", expand=False)
    def describe_alarms(
        self, context: RequestContext, request: DescribeAlarmsInput
    ) -> DescribeAlarmsOutput:
        """Every filter at once, metric alarms only unless asked, in pages of at most 100."""
        store = self.get_store(context.account_id, context.region)
        # The tags of a put are kept with the alarm; no answer has a field for them, and CBOR refuses.
        alarms = [
            {name: value for name, value in alarm.alarm.items() if name != "Tags"}
            for alarm in list(store.alarms.values())
        ]
        found = sorted(
            (alarm for alarm in alarms if _matches(alarm, request)),
            key=lambda alarm: alarm["AlarmName"],
        )
        size = request.get("MaxRecords") or (
            LARGEST_PAGE if request.get("AlarmNames") else DEFAULT_PAGE
        )
        if not 0 < size <= LARGEST_PAGE:
            raise validation(f"MaxRecords must be between 1 and {LARGEST_PAGE}.")
        token = request.get("NextToken") or "0"
        if not token.isdigit():
            raise invalid_token()
        page = found[int(token) : int(token) + size]
        answer = DescribeAlarmsOutput(
            MetricAlarms=[alarm for alarm in page if "AlarmRule" not in alarm],
            CompositeAlarms=[alarm for alarm in page if "AlarmRule" in alarm],
        )
        if int(token) + size < len(found):
            answer["NextToken"] = str(int(token) + size)
        return answer

    @handler("GetMetricData", expand=False)
    def get_metric_data(
        self, context: RequestContext, request: GetMetricDataInput
    ) -> GetMetricDataOutput:
        """LocalStack knows no expressions, and answers with what ReturnData keeps back."""
        start, end = (int(request[name].timestamp()) for name in ("StartTime", "EndTime"))
        if start >= end:
            raise validation("The parameter StartTime must be less than the parameter EndTime.")
        queries = request["MetricDataQueries"]
        place = (context.account_id, context.region)
        answers = Answers(self.cloudwatch_database, place, queries, start, end)
        token = int(request.get("NextToken") or 0)
        size = request.get("MaxDatapoints") or LARGEST_ANSWER
        results, more = [], False
        for query in queries:
            if query.get("ReturnData") is False:
                continue
            found = list(_answered(answers, query["Id"]).items())
            if request.get("ScanBy") != "TimestampAscending":
                found.reverse()
            more = more or len(found) > token + size
            page = found[token : token + size]
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": [datetime.fromtimestamp(at, UTC) for at, _ in page],
                    "Values": [value for _, value in page],
                    "StatusCode": "Complete",
                }
            )
        answer = GetMetricDataOutput(MetricDataResults=results, Messages=[])
        if more:
            answer["NextToken"] = str(token + size)
        return answer


def _arn(context: RequestContext, name: str) -> str:
    return arns.cloudwatch_alarm_arn(
        name, account_id=context.account_id, region_name=context.region
    )


def _answered(answers: Answers, name: str) -> dict[int, float]:
    try:
        return answers.series(name)
    except Unsupported as problem:
        raise client_error(
            "ValidationError", f"Error in expression '{name}' [{problem}]"
        ) from problem


def _label(query: dict[str, Any]) -> str:
    stat = query.get("MetricStat")
    return stat["Metric"]["MetricName"] if stat else query["Id"]


def _matches(alarm: dict[str, Any], request: DescribeAlarmsInput) -> bool:
    kind = "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm"
    names, prefix = request.get("AlarmNames"), request.get("AlarmNamePrefix")
    targets = alarm["AlarmActions"] + alarm["OKActions"] + alarm["InsufficientDataActions"]
    action_prefix = request.get("ActionPrefix")
    return (
        kind in (request.get("AlarmTypes") or ["MetricAlarm"])
        and (not names or alarm["AlarmName"] in names)
        and (not prefix or alarm["AlarmName"].startswith(prefix))
        and (request.get("StateValue") in (None, alarm["StateValue"]))
        and (not action_prefix or any(each.startswith(action_prefix) for each in targets))
    )
