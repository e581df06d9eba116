"""What CloudWatch tells EventBridge when an alarm changes state.

The shape is the one of "Alarm events and EventBridge" in the CloudWatch user guide; the delivery
of state changes is guaranteed on AWS.
"""

import json
import uuid
from datetime import datetime
from typing import Any

from ..bus import Event, send

SOURCE = "aws.cloudwatch"
DETAIL_TYPE = "CloudWatch Alarm State Change"

# How the settings of a composite alarm are named in an event.
COMPOSITE = ("AlarmRule", "ActionsSuppressor") + (
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
)


def state(alarm: dict[str, Any]) -> dict[str, Any]:
    """The state of an alarm as an event has it."""
    told = {
        "value": alarm["StateValue"],
        "reason": alarm["StateReason"],
        "timestamp": time(alarm["StateUpdatedTimestamp"]),
    }
    if data := alarm.get("StateReasonData"):
        told["reasonData"] = data if isinstance(data, str) else json.dumps(data)
    return told


def time(moment: datetime) -> str:
    """`2019-10-02T17:04:40.985+0000`"""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}+0000"


def tell(account: str, region: str, alarm: dict[str, Any], before: dict[str, Any]) -> None:
    """Sends the change from the state `before` to the alarm's own."""
    event = Event(SOURCE, DETAIL_TYPE, [alarm["AlarmArn"]], change(alarm, before))
    send(account, region, event)


def change(alarm: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The change, for EventBridge and for functions."""
    return {
        "alarmName": alarm["AlarmName"],
        "state": state(alarm),
        "previousState": before,
        "configuration": configuration(alarm),
    }


def configuration(alarm: dict[str, Any]) -> dict[str, Any]:
    """What the alarm watches."""
    told: dict[str, Any] = {}
    if description := alarm.get("AlarmDescription"):
        told["description"] = description
    if "AlarmRule" in alarm:
        told |= {_lower(name): alarm[name] for name in COMPOSITE if name in alarm}
    else:
        told["metrics"] = [_metric(query) for query in alarm.get("Metrics") or [_single(alarm)]]
    return told


def _single(alarm: dict[str, Any]) -> dict[str, Any]:
    """The one metric of an alarm, as a query."""
    metric = {name: alarm[name] for name in ("Namespace", "MetricName") if name in alarm}
    stat = {
        "Metric": metric | {"Dimensions": alarm.get("Dimensions") or []},
        "Period": alarm["Period"],
        "Stat": alarm.get("Statistic") or alarm.get("ExtendedStatistic"),
    }
    if unit := alarm.get("Unit"):
        stat["Unit"] = unit
    made_up = str(uuid.uuid5(uuid.NAMESPACE_URL, alarm["AlarmArn"]))
    return {"Id": made_up, "MetricStat": stat, "ReturnData": True}


def _metric(query: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"id": query["Id"], "returnData": query.get("ReturnData", True)}
    for name in ("Expression", "Label", "Period", "AccountId"):
        if name in query:
            told[_lower(name)] = query[name]
    if stat := query.get("MetricStat"):
        metric = stat["Metric"]
        told["metricStat"] = {
            "metric": {
                "namespace": metric.get("Namespace"),
                "name": metric.get("MetricName"),
                "dimensions": {
                    one["Name"]: one["Value"] for one in metric.get("Dimensions") or []
                },
            },
            "period": stat["Period"],
            "stat": stat["Stat"],
        }
        if unit := stat.get("Unit"):
            told["metricStat"]["unit"] = unit
    return told


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]
