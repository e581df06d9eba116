"""What Auto Scaling tells EventBridge: instances launched, not launched, terminated.

As in AWS's "Amazon EC2 Auto Scaling event reference". A launch or termination that succeeds has
the StatusCode `InProgress` there, since the event leaves before the activity ends.
"""

import json
from typing import Any

from moto.autoscaling.models import FakeAutoScalingGroup

from ..bus import Event, send

SOURCE = "aws.autoscaling"


def tell_launch(group: FakeAutoScalingGroup, activity: dict[str, Any], instance: str) -> None:
    """EC2 Instance Launch Successful."""
    _tell(group, "EC2 Instance Launch Successful", activity, instance, launch=True)


def tell_failed_launch(group: FakeAutoScalingGroup, activity: dict[str, Any]) -> None:
    """EC2 Instance Launch Unsuccessful: there is no instance, its id is empty."""
    _tell(group, "EC2 Instance Launch Unsuccessful", activity, "", launch=True)


def tell_termination(group: FakeAutoScalingGroup, activity: dict[str, Any], instance: str) -> None:
    """EC2 Instance Terminate Successful."""
    _tell(group, "EC2 Instance Terminate Successful", activity, instance, launch=False)


def _tell(
    group: FakeAutoScalingGroup,
    detail_type: str,
    activity: dict[str, Any],
    instance: str,
    launch: bool,
) -> None:
    region = group.autoscaling_backend.region_name
    partition = group.arn.split(":")[1]
    arn = f"arn:{partition}:ec2:{region}:{group.account_id}:instance/{instance}"
    failed = activity["StatusCode"] == "Failed"
    detail = {
        "StatusCode": "Failed" if failed else "InProgress",
        "StatusMessage": activity.get("StatusMessage", ""),
        "Description": activity["Description"],
        "AutoScalingGroupName": group.name,
        "ActivityId": activity["ActivityId"],
        # On AWS the id of a request within Auto Scaling: nothing can be asked with it.
        "RequestId": activity["ActivityId"],
        "EC2InstanceId": instance,
        "Details": json.loads(activity["Details"]),
        "Cause": activity["Cause"],
        "StartTime": _time(activity["StartTime"]),
        "EndTime": _time(activity["EndTime"]),
        "Origin": "EC2" if launch else "AutoScalingGroup",
        "Destination": "AutoScalingGroup" if launch else "EC2",
    }
    resources = [group.arn, arn] if instance else [group.arn]
    send(group.account_id, region, Event(SOURCE, detail_type, resources, detail))


def _time(moment) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
