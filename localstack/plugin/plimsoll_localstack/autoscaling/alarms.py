"""The two alarms of a target tracking policy, made in LocalStack's CloudWatch.

They change state there, but run nothing: LocalStack's alarms do not call Auto Scaling.
"""

import uuid
from typing import Any

from localstack.aws.connect import connect_to
from moto.autoscaling.models import FakeAutoScalingGroup

PERIOD = 60
HIGH_PERIODS = 3
LOW_PERIODS = 15

# AWS sets the low threshold to 70 or 90 % of the target and rewrites it over time: a client
# has to read it from the alarm.
LOW_FACTOR = 0.9

PREDEFINED = {
    "ASGAverageCPUUtilization": "CPUUtilization",
    "ASGAverageNetworkIn": "NetworkIn",
    "ASGAverageNetworkOut": "NetworkOut",
}


def put_alarms(
    group: FakeAutoScalingGroup, policy: dict[str, Any], before: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Makes the policy's alarms under the names they had, deletes those it no longer has."""
    wanted = _sides(policy)
    names = {_side(alarm): alarm["AlarmName"] for alarm in before}
    delete_alarms(group, [alarm for alarm in before if _side(alarm) not in wanted])
    return [
        _put_alarm(group, policy, side, names.get(side) or _new_name(group, side))
        for side in wanted
    ]


def delete_alarms(group: FakeAutoScalingGroup, alarms: list[dict[str, str]]) -> None:
    """Deletes alarms of a policy."""
    if alarms:
        _cloudwatch(group).delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in alarms])


def _sides(policy: dict[str, Any]) -> list[str]:
    if policy["PolicyType"] != "TargetTrackingScaling":
        return []
    # Without scale-in there is nothing for a low alarm to do.
    one_way = policy["TargetTrackingConfiguration"].get("DisableScaleIn")
    return ["AlarmHigh"] if one_way else ["AlarmHigh", "AlarmLow"]


def _side(alarm: dict[str, str]) -> str:
    return "AlarmHigh" if "-AlarmHigh-" in alarm["AlarmName"] else "AlarmLow"


def _new_name(group: FakeAutoScalingGroup, side: str) -> str:
    return f"TargetTracking-{group.name}-{side}-{uuid.uuid4()}"


def _put_alarm(
    group: FakeAutoScalingGroup, policy: dict[str, Any], side: str, name: str
) -> dict[str, str]:
    tracking = policy["TargetTrackingConfiguration"]
    target = tracking["TargetValue"]
    high = side == "AlarmHigh"
    client = _cloudwatch(group)
    client.put_metric_alarm(
        AlarmName=name,
        AlarmDescription=(
            f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy['PolicyARN']}."
        ),
        ComparisonOperator="GreaterThanThreshold" if high else "LessThanThreshold",
        Threshold=target if high else target * LOW_FACTOR,
        EvaluationPeriods=HIGH_PERIODS if high else LOW_PERIODS,
        AlarmActions=[policy["PolicyARN"]],
        **_metric(group, tracking),
    )
    region = group.autoscaling_backend.region_name
    partition = policy["PolicyARN"].split(":")[1]
    arn = f"arn:{partition}:cloudwatch:{region}:{group.account_id}:alarm:{name}"
    return {"AlarmName": name, "AlarmARN": arn}


def _metric(group: FakeAutoScalingGroup, tracking: dict[str, Any]) -> dict[str, Any]:
    if predefined := tracking.get("PredefinedMetricSpecification"):
        return _predefined(group, predefined)
    custom = tracking["CustomizedMetricSpecification"]
    if queries := custom.get("Metrics"):
        return {"Metrics": [_query(query) for query in queries]}
    fields = ("MetricName", "Namespace", "Dimensions", "Statistic", "Unit")
    chosen = {field: custom[field] for field in fields if field in custom}
    return chosen | {"Period": custom.get("Period", PERIOD)}


def _predefined(group: FakeAutoScalingGroup, predefined: dict[str, str]) -> dict[str, Any]:
    kind = predefined["PredefinedMetricType"]
    if kind == "ALBRequestCountPerTarget":
        # app/<name>/<id>/targetgroup/<name>/<id>
        balancer, _, target_group = predefined["ResourceLabel"].partition("/targetgroup/")
        return {
            "Namespace": "AWS/ApplicationELB",
            "MetricName": "RequestCountPerTarget",
            "Dimensions": [
                {"Name": "TargetGroup", "Value": f"targetgroup/{target_group}"},
                {"Name": "LoadBalancer", "Value": balancer},
            ],
            "Statistic": "Sum",
            "Period": PERIOD,
        }
    return {
        "Namespace": "AWS/EC2",
        "MetricName": PREDEFINED[kind],
        "Dimensions": [{"Name": "AutoScalingGroupName", "Value": group.name}],
        "Statistic": "Average",
        "Period": PERIOD,
    }


def _query(query: dict[str, Any]) -> dict[str, Any]:
    """A metric of the policy as an alarm has it: there a period is required."""
    if "MetricStat" not in query:
        return query | {"Period": query.get("Period", PERIOD)}
    return query | {"MetricStat": {"Period": PERIOD} | query["MetricStat"]}


def _cloudwatch(group: FakeAutoScalingGroup):
    return connect_to(
        aws_access_key_id=group.account_id, region_name=group.autoscaling_backend.region_name
    ).cloudwatch
