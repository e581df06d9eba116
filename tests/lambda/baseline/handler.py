"""The controller's calls from a Python function, as a baseline for its start.

It is written as AWS advises: clients are made once, while the function starts, and calls that do
not need one another are made at once. It unpacks the spec and does not compile it, and decides
nothing, so it does less than the controller. Source: Lambda developer guide, "Best practices for
working with AWS Lambda functions".
"""

import base64
import json
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from typing import Any

import boto3

SSM = boto3.client("ssm")
AUTO_SCALING = boto3.client("autoscaling")
LOAD_BALANCING = boto3.client("elbv2")
CLOUD_WATCH = boto3.client("cloudwatch")

SPEC = os.environ["PLIMSOLL_SPEC"].removeprefix("ssm:")
SWITCH = os.environ["PLIMSOLL_SWITCH"]
PACKED = "plimsoll1:"


def handle(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Reads what one tick reads, and answers that every message was handled."""
    messages = [json.loads(record["body"]) for record in event["Records"]]
    found = SSM.get_parameters(Names=[SWITCH, SPEC])["Parameters"]
    values = {parameter["Name"]: parameter["Value"] for parameter in found}
    spec = unpack(values[SPEC])
    if values.get(SWITCH, "run").strip() != "run":
        return {"batchItemFailures": []}
    groups = observe()
    series = measure([group["AutoScalingGroupName"] for group in groups])
    print(json.dumps({"spec": len(spec), "messages": len(messages), "series": series}))
    return {"batchItemFailures": []}


def unpack(value: str) -> str:
    """The spec's text: deflate without a header, in base64, after a prefix."""
    if not value.startswith(PACKED):
        return value
    return zlib.decompress(base64.b64decode(value[len(PACKED) :]), wbits=-15).decode()


def observe() -> list[dict[str, Any]]:
    """The groups of the platform, read beside what hangs on them."""
    tags = [
        {"Name": "tag:plimsoll:platform", "Values": ["alfred"]},
        {"Name": "tag:plimsoll:environment", "Values": [os.environ["PLIMSOLL_ENVIRONMENT"]]},
    ]
    with ThreadPoolExecutor(4) as pool:
        groups = pool.submit(AUTO_SCALING.describe_auto_scaling_groups, Filters=tags)
        others = [
            pool.submit(AUTO_SCALING.describe_policies),
            pool.submit(AUTO_SCALING.describe_scheduled_actions),
            pool.submit(LOAD_BALANCING.describe_target_groups),
        ]
        for other in others:
            other.result()
        return groups.result()["AutoScalingGroups"]


def measure(groups: list[str]) -> int:
    """How many of the groups have a CPU utilization in the last quarter of an hour."""
    now = datetime.now(timezone.utc)
    queries = [
        {
            "Id": f"m{position}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/EC2",
                    "MetricName": "CPUUtilization",
                    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": group}],
                },
                "Period": 60,
                "Stat": "Average",
            },
        }
        for position, group in enumerate(groups)
    ]
    answer = CLOUD_WATCH.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(minutes=15), EndTime=now
    )
    return sum(1 for series in answer["MetricDataResults"] if series["Values"])
