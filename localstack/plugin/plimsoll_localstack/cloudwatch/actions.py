"""What an alarm does when it changes state: SNS topics and Lambda functions.

An action that fails is no failure of the change, and a function may ask CloudWatch while it runs:
so actions run on threads of their own. LocalStack runs them within the change. Actions of Auto
Scaling and EC2 have no effect.
"""

import json
import logging
import threading
from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.cloudwatch.models import LocalStackAlarm, LocalStackMetricAlarm
from localstack.services.cloudwatch.provider_v2 import (
    create_message_response_update_composite_alarm_state_sns,
    create_message_response_update_state_sns,
)
from localstack.utils.aws import arns

from . import events

LOG = logging.getLogger(__name__)

ACTIONS = {
    "OK": "OKActions",
    "ALARM": "AlarmActions",
    "INSUFFICIENT_DATA": "InsufficientDataActions",
}


def run(alarm: LocalStackAlarm, before: dict[str, Any], cause: LocalStackAlarm) -> None:
    """Runs the actions of the alarm's new state; `cause` is the alarm that changed a composite."""
    if not alarm.alarm["ActionsEnabled"]:
        return
    for action in alarm.alarm[ACTIONS[alarm.alarm["StateValue"]]]:
        place = arns.parse_arn(action)
        clients = connect_to(aws_access_key_id=place["account"], region_name=place["region"])
        match place["service"]:
            case "sns":
                work = _publish(clients, action, alarm, before, cause)
            case "lambda":
                work = _invoke(clients, action, alarm, before)
            case _:
                continue
        threading.Thread(target=_do, args=(work, action), name="alarm-action", daemon=True).start()


def _do(work, action: str) -> None:
    try:
        work()
    except Exception as problem:
        LOG.warning("An alarm's action failed, %s: %s", action, problem)


def _publish(clients, topic: str, alarm: LocalStackAlarm, before, cause: LocalStackAlarm):
    if isinstance(alarm, LocalStackMetricAlarm):
        message = create_message_response_update_state_sns(alarm, before["value"])
    else:
        message = create_message_response_update_composite_alarm_state_sns(
            alarm, cause, before["value"]
        )
    subject = f'{alarm.alarm["StateValue"]}: "{alarm.alarm["AlarmName"]}" in {alarm.region}'
    return lambda: clients.sns.publish(TopicArn=topic, Subject=subject[:100], Message=message)


def _invoke(clients, function: str, alarm: LocalStackAlarm, before: dict[str, Any]):
    event = {
        "source": events.SOURCE,
        "alarmArn": alarm.alarm["AlarmArn"],
        "accountId": alarm.account_id,
        "time": events.time(alarm.alarm["StateUpdatedTimestamp"]),
        "region": alarm.region,
        "alarmData": events.change(alarm.alarm, before),
    }
    return lambda: clients.lambda_.invoke(
        FunctionName=function, InvocationType="Event", Payload=json.dumps(event)
    )
