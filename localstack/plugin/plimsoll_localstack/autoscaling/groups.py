"""Groups: create, update, describe, set the desired capacity, delete."""

from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
)

from ..errors import already_exists, invalid_token, resource_in_use, validation
from ..paging import page_size
from .activities import stamp
from .bounds import changed_bounds, check_desired, first_bounds
from .capacity import because, forget, record_termination, settle
from .hooks import put_hook
from .policies import delete_all_policies
from .references import check_references
from .service import GroupCall, corrections
from .settings import DEFAULTS, check_settings, keep_settings

# moto has a template on a mixed group twice; AWS has it in the policy only.
_plain_template = FakeAutoScalingGroup.launch_template
FakeAutoScalingGroup.launch_template = property(
    lambda group: None if group.mixed_instances_policy else _plain_template.fget(group)
)
FakeAutoScalingGroup.traffic_sources = property(
    lambda group: [{"Identifier": arn, "Type": "elbv2"} for arn in group.target_group_arns or []]
)


@corrections.corrects("CreateAutoScalingGroup")
def create_auto_scaling_group(call: GroupCall):
    """moto replaces a group of the same name, and accepts what AWS refuses."""
    name = call.request["AutoScalingGroupName"]
    if name in call.backend.autoscaling_groups:
        raise already_exists(
            "AutoScalingGroup by this name already exists - "
            f"A group with the name {name} already exists"
        )
    first_bounds(call.request)
    check_settings(call.request)
    check_references(call.backend, call.request)
    with because("a user request created an AutoScalingGroup"):
        call.below()
    keep_settings(call.group, DEFAULTS | call.request)
    for hook in call.request.get("LifecycleHookSpecificationList") or []:
        put_hook(call.group, hook)
    return {}


@corrections.corrects("UpdateAutoScalingGroup")
def update_auto_scaling_group(call: GroupCall):
    """moto forgets most settings. A new launch template touches no running instance."""
    group, request = call.group, call.request
    bounds = changed_bounds(group, request)
    check_settings(request)
    check_references(call.backend, request)
    group._set_azs_and_vpcs(
        request.get("AvailabilityZones"), request.get("VPCZoneIdentifier"), update=True
    )
    _relaunch_with(group, request)
    keep_settings(group, request)
    with because(f"a user request update of AutoScalingGroup constraints to {bounds}"):
        bounds.put_on(group)
    return {}


@corrections.corrects("DescribeAutoScalingGroups")
def describe_auto_scaling_groups(call: GroupCall):
    """moto ends in an internal error beyond AWS's largest page, and knows no IncludeInstances."""
    page_size(call.request)
    token = call.request.get("NextToken")
    if token and token not in call.backend.autoscaling_groups:
        raise invalid_token()
    answer = call.below()
    if call.request.get("IncludeInstances") is False:
        for group in answer["AutoScalingGroups"]:
            group["Instances"] = []
    return answer


@corrections.corrects("SetDesiredCapacity")
def set_desired_capacity(call: GroupCall):
    """moto goes beyond the bounds."""
    check_desired(call.group, call.request["DesiredCapacity"])
    with because("a user request explicitly set group desired capacity"):
        call.group.set_desired_capacity(call.request["DesiredCapacity"])
    return {}


@corrections.corrects("DetachLoadBalancerTargetGroups")
def detach_target_groups(call: GroupCall):
    """What is not attached cannot be detached; moto asks the load balancer, which knows less."""
    if set(call.request.get("TargetGroupARNs") or []) - set(call.group.target_group_arns):
        raise validation("Trying to remove Target Groups that are not part of the group")
    return call.below()


@corrections.corrects("ResumeProcesses")
def resume_processes(call: GroupCall):
    """A group whose launches or terminations were suspended catches up."""
    answer = call.below()
    settle(call.group)
    return answer


@corrections.corrects("TerminateInstanceInAutoScalingGroup")
def terminate_instance(call: GroupCall):
    """moto leaves the instance as a healthy target, and goes below min."""
    group, state = _find_instance(call.backend, call.request["InstanceId"])
    before = group.desired_capacity
    cause = (
        f"At {stamp()} instance {state.instance.id} was taken out of service "
        "in response to a user request"
    )
    if call.request.get("ShouldDecrementDesiredCapacity"):
        if before <= group.min_size:
            raise validation(
                f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance "
                "without replacement will violate group's min size constraint. Either set "
                "shouldDecrementDesiredCapacity flag to false or lower group's min size."
            )
        group.desired_capacity = before - 1
        cause += f", shrinking the capacity from {before} to {before - 1}"
    forget(group, [state])
    group.ec2_backend.terminate_instances([state.instance.id])
    activity = record_termination(group, state, f"{cause}.")
    settle(group)
    return {"Activity": activity}


@corrections.corrects("DeleteAutoScalingGroup")
def delete_auto_scaling_group(call: GroupCall):
    """moto deletes a group with its instances; AWS asks for ForceDelete."""
    group = call.group
    forced = bool(call.request.get("ForceDelete"))
    protection = vars(group).get("deletion_protection")
    if protection == "prevent-all-deletion" or (forced and protection == "prevent-force-deletion"):
        raise validation(f"The group {group.name} is protected from deletion ({protection}).")
    if group.instance_states and not forced:
        raise resource_in_use(
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot "
            "instance request(s) still in the group."
        )
    for state in group.instance_states:
        state.protected_from_scale_in = False
    group.suspended_processes = []
    delete_all_policies(group)
    with because("a user request deleted the AutoScalingGroup"):
        return call.below()


def _relaunch_with(group: FakeAutoScalingGroup, request) -> None:
    config = request.get("LaunchConfigurationName")
    template = request.get("LaunchTemplate")
    mixed = request.get("MixedInstancesPolicy")
    if config or template or mixed:
        group.mixed_instances_policy = mixed
        group._set_launch_configuration(config, template, mixed)


def _find_instance(
    backend: AutoScalingBackend, instance_id: str
) -> tuple[FakeAutoScalingGroup, InstanceState]:
    for group in backend.autoscaling_groups.values():
        for state in group.instance_states:
            if state.instance.id == instance_id:
                return group, state
    raise validation(
        f"Instance Id not found - No managed instance found for instance ID: {instance_id}"
    )
