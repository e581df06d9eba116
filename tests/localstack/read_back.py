#!/usr/bin/env python3
"""Reads back everything that an account holds, with a client that shares no code with Plimsoll.

    python read_back.py --endpoint-url http://127.0.0.1:4566 --account 123456789012

Prints one JSON document: regions, and in each what it holds by name. `--normalised` makes the
worlds of two accounts comparable: ids, ARNs and moments give way to what they mean.
"""

import argparse
import base64
import json
import re
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3

REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]

# What differs between two runs that did the same.
PASSING = {"CreatedTime", "CreateTime", "LaunchTime", "StartTime", "Time"}
IDS = [
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "UUID"),
    (re.compile(r"\b(i|lt|subnet|sg|vpc|ami|vol|eni|r)-[0-9a-f]{8,17}\b"), r"\1-ID"),
    (re.compile(r"/[0-9a-f]{16}\b"), "/ID"),
    (re.compile(r"\b[0-9]{12}\b"), "ACCOUNT"),
]

Json = Any


class Region:
    """What one region holds."""

    def __init__(self, session: boto3.Session, endpoint: str, name: str):
        self.scaling, self.ec2, self.elb = (
            session.client(service, endpoint_url=endpoint, region_name=name)
            for service in ("autoscaling", "ec2", "elbv2")
        )

    def read(self) -> dict[str, Json]:
        """Everything, by kind and then by name."""
        groups = self._all(self.scaling, "describe_auto_scaling_groups", "AutoScalingGroups")
        return {
            "groups": {group["AutoScalingGroupName"]: self._group(group) for group in groups},
            "templates": self._templates(),
            "target_groups": self._target_groups(),
            "instances": self._instances(),
        }

    def _group(self, group: dict[str, Json]) -> dict[str, Json]:
        """A group with the parts that calls of their own describe; lists become maps."""
        name = group["AutoScalingGroupName"]
        of_group = {"AutoScalingGroupName": name}
        policies = self._all(self.scaling, "describe_policies", "ScalingPolicies", **of_group)
        actions = self._all(
            self.scaling,
            "describe_scheduled_actions",
            "ScheduledUpdateGroupActions",
            **of_group,
        )
        hooks = self.scaling.describe_lifecycle_hooks(**of_group)["LifecycleHooks"]
        return group | {
            "Tags": {tag["Key"]: [tag["Value"], tag["PropagateAtLaunch"]] for tag in group["Tags"]},
            "EnabledMetrics": sorted(metric["Metric"] for metric in group["EnabledMetrics"]),
            "SuspendedProcesses": sorted(
                process["ProcessName"] for process in group["SuspendedProcesses"]
            ),
            "VPCZoneIdentifier": sorted(group["VPCZoneIdentifier"].split(",")),
            "Policies": _by("PolicyName", policies),
            "ScheduledActions": _by("ScheduledActionName", actions),
            "LifecycleHooks": _by("LifecycleHookName", hooks),
        }

    def _templates(self) -> dict[str, Json]:
        templates = self._all(self.ec2, "describe_launch_templates", "LaunchTemplates")
        return {
            template["LaunchTemplateName"]: template
            | {
                "Tags": _tags(template),
                "Versions": self._versions(template["LaunchTemplateName"]),
            }
            for template in templates
        }

    def _versions(self, name: str) -> dict[str, Json]:
        versions = self._all(
            self.ec2,
            "describe_launch_template_versions",
            "LaunchTemplateVersions",
            LaunchTemplateName=name,
        )
        for version in versions:
            data = version["LaunchTemplateData"]
            if "UserData" in data:
                data["UserData"] = base64.b64decode(data["UserData"]).decode()
        return _by("VersionNumber", versions)

    def _target_groups(self) -> dict[str, Json]:
        groups = self._all(self.elb, "describe_target_groups", "TargetGroups")
        return {group["TargetGroupName"]: group | self._health(group) for group in groups}

    def _health(self, group: dict[str, Json]) -> dict[str, Json]:
        arn = group["TargetGroupArn"]
        described = self.elb.describe_target_health(TargetGroupArn=arn)
        targets = described["TargetHealthDescriptions"]
        return {"Health": {target["Target"]["Id"]: target["TargetHealth"] for target in targets}}

    def _instances(self) -> dict[str, Json]:
        """Those that were not terminated."""
        reservations = self._all(self.ec2, "describe_instances", "Reservations")
        return {
            instance["InstanceId"]: instance | {"Tags": _tags(instance)}
            for reservation in reservations
            for instance in reservation["Instances"]
            if instance["State"]["Name"] not in ("shutting-down", "terminated")
        }

    @staticmethod
    def _all(client: Any, operation: str, kind: str, **asked: Json) -> list[Json]:
        pages = client.get_paginator(operation).paginate(**asked)
        return [found for page in pages for found in page[kind]]


def _by(name: str, found: Iterable[dict[str, Json]]) -> dict[str, Json]:
    return {str(each[name]): each for each in found}


def _tags(tagged: dict[str, Json]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tagged.get("Tags", [])}


def comparable(world: dict[str, Json]) -> Json:
    """The same without what differs between two runs that did the same."""
    for region in world.values():
        for instance in region["instances"].values():
            # Addresses, zones and devices are EC2's choice.
            for part in instance.keys() - {"ImageId", "InstanceType", "Tags"}:
                del instance[part]
    return _normalised(world)


def _normalised(world: Json) -> Json:
    if isinstance(world, dict):
        named = defaultdict(list)
        for key, value in world.items():
            if key not in PASSING:
                named[_nameless(key)].append(_normalised(value))
        # Several of one kind, such as instances, are a bag.
        return {
            key: values[0] if len(values) == 1 else sorted(values, key=_order)
            for key, values in named.items()
        }
    if isinstance(world, list):
        return sorted((_normalised(value) for value in world), key=_order)
    return _nameless(world) if isinstance(world, str) else world


def _order(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _nameless(text: str) -> str:
    for pattern, name in IDS:
        text = pattern.sub(name, text)
    return text


def read_back(endpoint: str, account: str) -> dict[str, Json]:
    """All regions, side by side."""
    session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="localstack")
    # One session makes clients one at a time; the clients then work in parallel.
    regions = [Region(session, endpoint, name) for name in REGIONS]
    with ThreadPoolExecutor() as pool:
        return dict(zip(REGIONS, pool.map(Region.read, regions), strict=True))


def main() -> None:
    """Reads back and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--account", required=True, help="12 digits")
    parser.add_argument("--normalised", action="store_true")
    asked = parser.parse_args()
    world = json.loads(json.dumps(read_back(asked.endpoint_url, asked.account), default=str))
    print(json.dumps(comparable(world) if asked.normalised else world, sort_keys=True))


if __name__ == "__main__":
    main()
