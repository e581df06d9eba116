"""Names are unique in a region, and creating the same thing again answers with what is there.

AWS: "This operation is idempotent ... If you attempt to create multiple load balancers with
the same settings, each call succeeds." moto makes a second load balancer of the same name,
and refuses every second target group.
"""

from typing import Any

from localstack.aws.connect import connect_to

from ..errors import client_error
from .service import BalancerCall, corrections


@corrections.corrects("CreateLoadBalancer")
def create_load_balancer(call: BalancerCall):
    """The load balancer of that name, if its settings are the same."""
    name = call.request["Name"]
    there = [lb for lb in call.backend.load_balancers.values() if lb.name == name]
    if not there:
        return call.below()
    found = _elbv2(call).describe_load_balancers(Names=[name])["LoadBalancers"][0]
    wanted = {
        "Type": call.request.get("Type", "application"),
        "Scheme": call.request.get("Scheme", "internet-facing"),
    }
    subnets = {zone["SubnetId"] for zone in found["AvailabilityZones"]}
    if not _holds(found, wanted) or subnets != set(call.request.get("Subnets") or subnets):
        raise client_error(
            "DuplicateLoadBalancerName",
            f"A load balancer with the name '{name}' exists, but with different settings",
        )
    return {"LoadBalancers": [found]}


@corrections.corrects("CreateTargetGroup")
def create_target_group(call: BalancerCall):
    """The target group of that name, if its settings are the same."""
    name = call.request["Name"]
    there = [group for group in call.backend.target_groups.values() if group.name == name]
    if not there:
        return call.below()
    found = _elbv2(call).describe_target_groups(Names=[name])["TargetGroups"][0]
    settings = {key: call.request[key] for key in call.request if key not in ("Name", "Tags")}
    if not _holds(found, settings):
        raise client_error(
            "DuplicateTargetGroupName",
            f"A target group with the same name '{name}' exists, but with different settings",
        )
    return {"TargetGroups": [found]}


def _holds(found: dict[str, Any], settings: dict[str, Any]) -> bool:
    return all(found.get(key, value) == value for key, value in settings.items())


def _elbv2(call: BalancerCall):
    return connect_to(aws_access_key_id=call.account, region_name=call.region).elbv2
