"""Target health."""

from .service import BalancerCall, corrections


@corrections.corrects("DescribeTargetHealth")
def describe_target_health(call: BalancerCall):
    """Targets of a group that no listener or rule forwards to are unused, in moto healthy."""
    answer = call.below()
    group = call.backend.target_groups[call.request["TargetGroupArn"]]
    if not group.load_balancer_arns:
        for described in answer["TargetHealthDescriptions"]:
            described["TargetHealth"] = {
                "State": "unused",
                "Reason": "Target.NotInUse",
                "Description": (
                    "Target group is not configured to receive traffic from the load balancer"
                ),
            }
    return answer
