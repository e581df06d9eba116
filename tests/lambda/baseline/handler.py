"""The controller's calls from a Python function, as a baseline for its start.

It is written as AWS advises: clients are made once, while the function starts, and calls that do
not need one another are made at once. It unpacks the spec and does not compile it, looks at one
metric of one service and at no peer's answer, and so does far less than the controller. Source:
Lambda developer guide, "Best practices for working with AWS Lambda functions".
"""

import base64
import json
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from math import ceil
from typing import Any

import boto3

REGION = os.environ["AWS_REGION"]
PEERS = [region for region in ("eu-central-1", "us-east-1", "us-west-2") if region != REGION]

SSM = boto3.client("ssm")
AUTO_SCALING = boto3.client("autoscaling")
LOAD_BALANCING = boto3.client("elbv2")
CLOUD_WATCH = boto3.client("cloudwatch")
PEERS_CLOUD_WATCH = {peer: boto3.client("cloudwatch", region_name=peer) for peer in PEERS}

SPEC = os.environ["PLIMSOLL_SPEC"].removeprefix("ssm:")
SWITCH = os.environ["PLIMSOLL_SWITCH"]
PACKED = "plimsoll1:"
OF_PLATFORM = [
    {"Name": "Platform", "Value": "alfred"},
    {"Name": "Environment", "Value": os.environ["PLIMSOLL_ENVIRONMENT"]},
]

HOT_SERVICE = "agent-core"
TARGET = 75


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """One tick: reads what the controller reads, and moves one group if its CPU is high."""
    messages = [json.loads(record["body"]) for record in event["Records"]]
    found = SSM.get_parameters(Names=[SWITCH, SPEC])["Parameters"]
    values = {parameter["Name"]: parameter["Value"] for parameter in found}
    spec = unpack(values[SPEC])
    if values.get(SWITCH, "run").strip() != "run":
        return {"batchItemFailures": []}
    groups = observe()
    series = measure([group["AutoScalingGroupName"] for group in groups])
    moved = [scale(group, series) for group in groups if HOT_SERVICE in group["AutoScalingGroupName"]]
    publish(groups)
    print(json.dumps({"spec": len(spec), "messages": len(messages), "moved": moved}))
    return {"batchItemFailures": []}


def unpack(value: str) -> str:
    """The spec's text: deflate without a header, in base64, after a prefix."""
    if not value.startswith(PACKED):
        return value
    return zlib.decompress(base64.b64decode(value[len(PACKED) :]), wbits=-15).decode()


def observe() -> list[dict[str, Any]]:
    """The groups of the platform, read beside what hangs on them and what the peers publish."""
    tags = [
        {"Name": "tag:plimsoll:platform", "Values": ["alfred"]},
        {"Name": "tag:plimsoll:environment", "Values": [os.environ["PLIMSOLL_ENVIRONMENT"]]},
    ]
    with ThreadPoolExecutor(5) as pool:
        groups = pool.submit(AUTO_SCALING.describe_auto_scaling_groups, Filters=tags)
        others = [
            pool.submit(AUTO_SCALING.describe_scheduled_actions),
            pool.submit(LOAD_BALANCING.describe_target_groups),
            *(pool.submit(brief, peer) for peer in PEERS),
        ]
        for other in others:
            other.result()
        return groups.result()["AutoScalingGroups"]


def brief(peer: str) -> dict[str, Any]:
    """What a peer says of itself."""
    names = ["Heartbeat", "Shortage", "ErrorsPercent", "HealthyPercent", "TrafficShare"]
    queries = [
        query(f"m{position}", "Plimsoll/Controller", name, OF_PLATFORM)
        for position, name in enumerate(names)
    ]
    return ask(PEERS_CLOUD_WATCH[peer], queries)


def measure(groups: list[str]) -> dict[str, list[float]]:
    """What is known of each group, and of a backlog by metric math in a call of its own."""
    metrics = [
        ("AWS/EC2", "CPUUtilization"),
        ("CWAgent", "mem_used_percent"),
        ("AWS/AutoScaling", "GroupDesiredCapacity"),
        ("AWS/AutoScaling", "GroupInServiceInstances"),
        ("AWS/ApplicationELB", "RequestCount"),
        ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"),
        ("AWS/ApplicationELB", "HealthyHostCount"),
        ("AWS/ApplicationELB", "UnHealthyHostCount"),
    ]
    asked = [(group, namespace, name) for group in groups for namespace, name in metrics]
    queries = [
        query(f"m{position}", namespace, name, [{"Name": "AutoScalingGroupName", "Value": group}])
        for position, (group, namespace, name) in enumerate(asked)
    ]
    backlog = [
        query("waiting", "AWS/SQS", "ApproximateNumberOfMessagesVisible", []) | {"ReturnData": False},
        {"Id": "per_instance", "Expression": "waiting / 3", "ReturnData": True},
    ]
    with ThreadPoolExecutor(2) as pool:
        ours, _ = pool.map(lambda some: ask(CLOUD_WATCH, some), [queries, backlog])
    values = {series["Id"]: series["Values"] for series in ours["MetricDataResults"]}
    return {
        group: values[f"m{position}"]
        for position, (group, _, name) in enumerate(asked)
        if name == "CPUUtilization"
    }


def query(identifier: str, namespace: str, name: str, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    """A series of one metric, minute by minute."""
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
    return {"Id": identifier, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}}


def ask(client: Any, queries: list[dict[str, Any]]) -> dict[str, Any]:
    """Series of the last hour."""
    now = datetime.now(timezone.utc)
    return client.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now
    )


def scale(group: dict[str, Any], series: dict[str, list[float]]) -> str | None:
    """Moves a group as target tracking would, and remembers it in a tag first."""
    name, desired = group["AutoScalingGroupName"], group["DesiredCapacity"]
    wanted = ceil(desired * series[name][-1] / TARGET)
    if wanted <= desired:
        return None
    memory = {"Key": "plimsoll:scaled", "Value": f"1 {desired} {wanted}", "PropagateAtLaunch": False}
    AUTO_SCALING.create_or_update_tags(
        Tags=[memory | {"ResourceId": name, "ResourceType": "auto-scaling-group"}]
    )
    AUTO_SCALING.update_auto_scaling_group(AutoScalingGroupName=name, DesiredCapacity=wanted)
    return f"{name} {desired} -> {wanted}"


def publish(groups: list[dict[str, Any]]) -> None:
    """A summary of the region, and what is thought of the peers."""
    summary = [sample("Heartbeat", 1, [])]
    for group in groups:
        service = [{"Name": "Service", "Value": group["AutoScalingGroupName"]}]
        summary += [sample(name, 0, service) for name in ("Shortage", "Wanted", "Headroom", "Demand")]
    CLOUD_WATCH.put_metric_data(Namespace="Plimsoll/Controller", MetricData=summary)
    shares = [sample("TrafficShare", 1, [{"Name": "Region", "Value": peer}]) for peer in PEERS]
    CLOUD_WATCH.put_metric_data(Namespace="Plimsoll/Traffic", MetricData=shares)


def sample(name: str, value: float, of: list[dict[str, str]]) -> dict[str, Any]:
    """One value, now."""
    return {"MetricName": name, "Value": value, "Dimensions": OF_PLATFORM + of}
