"""The settings of a group that moto accepts and forgets, or does not let an update change.

moto answers with the attributes of its group by their names in the API, so keeping a setting
is setting an attribute.
"""

from typing import Any

from botocore import xform_name
from localstack.aws.api import ServiceRequest
from moto.autoscaling.models import FakeAutoScalingGroup

from ..errors import validation

KEPT = (
    "AvailabilityZoneDistribution",
    "AvailabilityZoneImpairmentPolicy",
    "CapacityRebalance",
    "CapacityReservationSpecification",
    "Context",
    "DefaultCooldown",
    "DefaultInstanceWarmup",
    "DeletionProtection",
    "DesiredCapacityType",
    "HealthCheckGracePeriod",
    "HealthCheckType",
    "InstanceLifecyclePolicy",
    "InstanceMaintenancePolicy",
    "MaxInstanceLifetime",
    "NewInstancesProtectedFromScaleIn",
    "PlacementGroup",
    "ServiceLinkedRoleARN",
    "TerminationPolicies",
)

# The documented defaults of the API, where moto has the console's or none.
DEFAULTS = {
    "AvailabilityZoneDistribution": {"CapacityDistributionStrategy": "balanced-best-effort"},
    "HealthCheckGracePeriod": 0,
}

# "To remove a value that you previously set": these stand for nothing.
REMOVALS = {
    "DefaultInstanceWarmup": -1,
    "InstanceMaintenancePolicy": {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
    "MaxInstanceLifetime": 0,
}

SHORTEST_LIFETIME = 86_400


def check_settings(request: ServiceRequest) -> None:
    """Raises ValidationError for a value outside AWS's bounds."""
    warmup = request.get("DefaultInstanceWarmup")
    if warmup is not None and not -1 <= warmup <= 3600:
        raise validation("DefaultInstanceWarmup must be between -1 and 3600 seconds.")
    lifetime = request.get("MaxInstanceLifetime")
    if lifetime and lifetime < SHORTEST_LIFETIME:
        raise validation(f"MaxInstanceLifetime must be 0 or at least {SHORTEST_LIFETIME} seconds.")
    if policy := request.get("InstanceMaintenancePolicy"):
        _check_maintenance(policy)


def keep_settings(group: FakeAutoScalingGroup, request: ServiceRequest) -> None:
    """Keeps what the request sets, removes what it removes, and leaves the rest."""
    for field in KEPT:
        value = request.get(field)
        if value is not None:
            removed = REMOVALS.get(field) == value
            setattr(group, xform_name(field), None if removed else value)


def _check_maintenance(policy: dict[str, Any]) -> None:
    if policy == REMOVALS["InstanceMaintenancePolicy"]:
        return
    lowest = policy.get("MinHealthyPercentage")
    highest = policy.get("MaxHealthyPercentage")
    if lowest is None or highest is None:
        raise validation("Both MinHealthyPercentage and MaxHealthyPercentage must be specified.")
    if not (0 <= lowest <= 100 <= highest <= 200 and highest - lowest <= 100):
        raise validation(
            "MinHealthyPercentage must be 0 to 100 and MaxHealthyPercentage 100 to 200, "
            "not more than 100 apart."
        )
