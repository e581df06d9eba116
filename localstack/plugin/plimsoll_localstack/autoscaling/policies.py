"""Scaling policies, by group and name; moto keeps one of each name in the whole region."""

import uuid
from typing import Any

from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.utilities.utils import get_partition

from ..errors import validation
from ..paging import page
from .alarms import delete_alarms, put_alarms
from .capacity import because
from .execution import changed_capacity
from .service import GroupCall, attached, corrections

TYPES = ("SimpleScaling", "StepScaling", "TargetTrackingScaling", "PredictiveScaling")

# What DescribePolicies tells of a policy that did not say.
DEFAULTS: dict[str, dict[str, Any]] = {
    "StepScaling": {"MetricAggregationType": "Average"},
}


@corrections.corrects("PutScalingPolicy")
def put_scaling_policy(call: GroupCall):
    """Replaces the whole policy; its ARN and the names of its alarms stay."""
    group, given = call.group, call.request
    kind = given.get("PolicyType") or "SimpleScaling"
    if kind not in TYPES:
        raise validation(f"PolicyType {kind} is not one of {', '.join(TYPES)}.")
    policies = attached(group, "policies")
    before = policies.get(given["PolicyName"])
    policy = DEFAULTS.get(kind, {}) | {
        "PolicyType": kind,
        "PolicyARN": before["PolicyARN"] if before else _arn(group, given["PolicyName"]),
        "Enabled": True,
        "StepAdjustments": [],
    }
    policy |= given
    policy["Alarms"] = put_alarms(group, policy, before["Alarms"] if before else [])
    policies[given["PolicyName"]] = policy
    return {"PolicyARN": policy["PolicyARN"], "Alarms": policy["Alarms"]}


@corrections.corrects("DescribePolicies")
def describe_policies(call: GroupCall):
    """Every field comes back as it was put, with its alarms. A name may also be an ARN."""
    names = call.request.get("PolicyNames")
    kinds = call.request.get("PolicyTypes")
    found = [
        policy
        for group in call.listed_groups()
        for policy in attached(group, "policies").values()
        if (not names or _is_named(policy, names)) and (not kinds or policy["PolicyType"] in kinds)
    ]
    return page(found, call.request, "ScalingPolicies")


@corrections.corrects("DeletePolicy")
def delete_policy(call: GroupCall):
    """A target tracking policy takes its alarms with it."""
    group, policy = _find(call)
    delete_alarms(group, policy["Alarms"])
    del attached(group, "policies")[policy["PolicyName"]]
    return {}


@corrections.corrects("ExecutePolicy")
def execute_policy(call: GroupCall):
    """Runs a simple or step policy by hand, within the group's bounds."""
    group, policy = _find(call)
    desired = changed_capacity(group, policy, call.request)
    with because(f"a user request executed policy {policy['PolicyName']}"):
        group.set_desired_capacity(min(max(desired, group.min_size), group.max_size))
    return {}


def delete_all_policies(group: FakeAutoScalingGroup) -> None:
    """Policies end with their group, and so do the alarms that Auto Scaling made for them."""
    for policy in attached(group, "policies").values():
        delete_alarms(group, policy["Alarms"])


def _find(call: GroupCall) -> tuple[FakeAutoScalingGroup, dict[str, Any]]:
    """The policy that is named; the group may be left out when the name is an ARN."""
    name = call.request["PolicyName"]
    for group in call.listed_groups():
        for policy in attached(group, "policies").values():
            if _is_named(policy, [name]):
                return group, policy
    raise validation(f"Scaling policy name not found - {name}")


def _is_named(policy: dict[str, Any], names: list[str]) -> bool:
    return policy["PolicyName"] in names or policy["PolicyARN"] in names


def _arn(group: FakeAutoScalingGroup, name: str) -> str:
    backend: AutoScalingBackend = group.autoscaling_backend
    partition = get_partition(backend.region_name)
    return (
        f"arn:{partition}:autoscaling:{backend.region_name}:{backend.account_id}:scalingPolicy:"
        f"{uuid.uuid4()}:autoScalingGroupName/{group.name}:policyName/{name}"
    )
