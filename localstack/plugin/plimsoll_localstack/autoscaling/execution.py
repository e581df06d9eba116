"""The arithmetic of simple and step policies."""

import math
from typing import Any

from localstack.aws.api import ServiceRequest
from moto.autoscaling.models import FakeAutoScalingGroup

from ..errors import validation


def changed_capacity(
    group: FakeAutoScalingGroup, policy: dict[str, Any], request: ServiceRequest
) -> int:
    """The desired capacity after the policy, before the group's bounds."""
    adjustment = _adjustment(policy, request)
    match policy.get("AdjustmentType"):
        case "ExactCapacity":
            return adjustment
        case "PercentChangeInCapacity":
            return group.desired_capacity + _percent(group.desired_capacity, adjustment, policy)
        case _:
            return group.desired_capacity + adjustment


def _adjustment(policy: dict[str, Any], request: ServiceRequest) -> int:
    match policy["PolicyType"]:
        case "SimpleScaling":
            return policy["ScalingAdjustment"]
        case "StepScaling":
            return _step(policy, request)
        case other:
            raise validation(f"A policy of type {other} cannot be executed.")


def _step(policy: dict[str, Any], request: ServiceRequest) -> int:
    """The step that holds the breach.

    Above the threshold the lower bound belongs to a step, below it the upper one does.
    """
    if "MetricValue" not in request or "BreachThreshold" not in request:
        raise validation("A step policy needs MetricValue and BreachThreshold.")
    breach = request["MetricValue"] - request["BreachThreshold"]
    for step in policy["StepAdjustments"]:
        low = step.get("MetricIntervalLowerBound", -math.inf)
        high = step.get("MetricIntervalUpperBound", math.inf)
        if (low <= breach < high) if breach >= 0 else (low < breach <= high):
            return step["ScalingAdjustment"]
    raise validation(f"There is no step adjustment for a breach of {breach:g}.")


def _percent(capacity: int, percent: int, policy: dict[str, Any]) -> int:
    """Rounds as AWS does: between 0 and 1 away from zero, beyond that toward zero."""
    exact = capacity * percent / 100
    whole = (
        math.trunc(exact) if abs(exact) >= 1 else int(math.copysign(math.ceil(abs(exact)), exact))
    )
    least = policy.get("MinAdjustmentMagnitude") or 0
    return int(math.copysign(max(abs(whole), least), percent))
