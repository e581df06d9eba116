"""Launching and terminating: a group follows its desired capacity, and says why."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from localstack.aws.api import CommonServiceException
from localstack.utils.patch import patch
from moto.autoscaling.models import (
    ASG_NAME_TAG,
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    autoscaling_backends,
)
from moto.core.exceptions import RESTError, ServiceException
from moto.ec2.models.instances import Instance

from .activities import place, record, stamp
from .events import tell_failed_launch, tell_launch, tell_termination
from .service import LOCK
from .shortage import take_capacity
from .termination import victims, zone_of

# Auto Scaling tries a failed launch again, less often as it goes on; here at this pace, in seconds.
RETRY_EVERY = 15

IN_RESPONSE = "in response to a difference between desired and actual capacity"

# Who changed the desired capacity, in the words of an activity's cause.
_reason: ContextVar[str] = ContextVar("reason", default="a user request")

# On AWS an instance keeps the template version it was launched with; moto recounts the group's.
InstanceState.launch_template = property(lambda state: vars(state).get("launched_from"))
InstanceState.image_id = property(lambda state: state.instance.image_id)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Names who changes the desired capacity, for the activities that follow from it."""
    token = _reason.set(reason)
    try:
        yield
    finally:
        _reason.reset(token)


def suspended(group: FakeAutoScalingGroup, process: str) -> bool:
    """Whether SuspendProcesses stopped that process of the group."""
    return any(entry["ProcessName"] == process for entry in group.suspended_processes)


@patch(FakeAutoScalingGroup.set_desired_capacity, pass_target=False)
def set_desired_capacity(group: FakeAutoScalingGroup, desired: int | None) -> None:
    """Sets the desired capacity (None: min) and launches or terminates to meet it."""
    before = vars(group).get("desired_capacity", 0)
    group.desired_capacity = group.min_size if desired is None else desired
    settle(group, _opening(before, group.desired_capacity))


def settle(group: FakeAutoScalingGroup, opening: str = "") -> None:
    """Makes the number of instances the wanted one, unless the process for it is suspended."""
    present = len(group.active_instances())
    wanted = _wanted_instances(group)
    if wanted > present and not suspended(group, "Launch"):
        cause = (
            f"{opening}At {stamp()} an instance was started {IN_RESPONSE}, "
            f"increasing the capacity from {present} to {wanted}."
        )
        launch(group, wanted - present, cause)
    elif wanted < present and not suspended(group, "Terminate"):
        cause = (
            f"{opening}At {stamp()} an instance was taken out of service {IN_RESPONSE}, "
            f"shrinking the capacity from {present} to {wanted}."
        )
        terminate(group, victims(group, present - wanted), cause)
    # moto makes the first instances before it knows the group by name, and registers them after.
    if group.name in group.autoscaling_backend.autoscaling_groups:
        group.autoscaling_backend.update_attached_elbs(group.name)
        group.autoscaling_backend.update_attached_target_groups(group.name)


def launch(group: FakeAutoScalingGroup, count: int, cause: str) -> None:
    """Launches one by one, each where the group has fewest; a failure ends it, as an activity."""
    group.retry_at = None
    for _ in range(count):
        zone, subnet = _emptiest_place(group)
        try:
            take_capacity(group, _instance_type(group) or "", zone)
            instance = _run(group, zone, subnet)
        except (RESTError, ServiceException, CommonServiceException) as problem:
            failed = record(
                group,
                "Launching a new EC2 instance",
                cause,
                StatusCode="Failed",
                StatusMessage=f"{problem.message} Launching EC2 instance failed."[:255],
                Details=place(subnet, zone),
            )
            tell_failed_launch(group, failed)
            group.retry_at = time.monotonic() + RETRY_EVERY
            return
        state = InstanceState(
            instance, protected_from_scale_in=group.new_instances_protected_from_scale_in
        )
        state.launched_from = _launch_template(group)
        group.instance_states.append(state)
        description = f"Launching a new EC2 instance: {instance.id}"
        activity = record(group, description, cause, Details=place(subnet, zone))
        tell_launch(group, activity, instance.id)


def retry_launches() -> None:
    """Tries again where a launch failed a while ago and instances are missing still."""
    now = time.monotonic()
    for _account, _region, backend in list(autoscaling_backends.iter_backends()):
        _retry(backend, lambda retry_at: retry_at <= now)


def launch_missing(account: str, region: str) -> None:
    """Tries again at once, in one region."""
    _retry(autoscaling_backends[account][region], lambda _retry_at: True)


def _retry(backend: AutoScalingBackend, is_time: Callable[[float], bool]) -> None:
    for group in list(backend.autoscaling_groups.values()):
        retry_at = vars(group).get("retry_at")
        if retry_at is not None and is_time(retry_at):
            group.retry_at = None
            settle(group)


def terminate(group: FakeAutoScalingGroup, states: list[InstanceState], cause: str) -> None:
    """Takes instances out of the group and its target groups, and ends them."""
    forget(group, states)
    ids = [state.instance.id for state in states]
    if ids:
        group.ec2_backend.terminate_instances(ids)
    for state in states:
        record_termination(
            group,
            state,
            f"{cause}  At {stamp()} instance {state.instance.id} was selected for termination.",
        )


def record_termination(group: FakeAutoScalingGroup, state: InstanceState, cause: str) -> dict:
    """The activity of an instance that went, and its event."""
    activity = record(
        group,
        f"Terminating EC2 instance: {state.instance.id}",
        cause,
        Details=place(state.instance.subnet_id, zone_of(state)),
    )
    tell_termination(group, activity, state.instance.id)
    return activity


def forget(group: FakeAutoScalingGroup, states: list[InstanceState]) -> None:
    """Removes instances from the group and deregisters them; moto leaves them as targets."""
    gone = {state.instance.id for state in states}
    group.instance_states = [s for s in group.instance_states if s.instance.id not in gone]
    for arn in group.target_group_arns or []:
        if target_group := group.autoscaling_backend.elbv2_backend.target_groups.get(arn):
            target_group.deregister([{"Id": instance} for instance in gone])


@patch(AutoScalingBackend.notify_terminate_instances, pass_target=False)
def replace_terminated(backend: AutoScalingBackend, instance_ids: list[str]) -> None:
    """An instance that somebody terminated in EC2 fails its health check and is replaced."""
    with LOCK:
        for group in list(backend.autoscaling_groups.values()):
            gone = [s for s in group.instance_states if s.instance.id in instance_ids]
            forget(group, gone)
            for state in gone:
                record_termination(
                    group,
                    state,
                    f"At {stamp()} an instance was taken out of service in response to an EC2 "
                    "health check indicating it has been terminated or stopped.",
                )
            if gone:
                settle(group)


def _opening(before: int, after: int) -> str:
    if before == after:
        return ""
    return f"At {stamp()} {_reason.get()} changing the desired capacity from {before} to {after}.  "


def _overrides(group: FakeAutoScalingGroup) -> list[dict[str, str]]:
    policy = group.mixed_instances_policy or {}
    return policy.get("LaunchTemplate", {}).get("Overrides") or []


def _wanted_instances(group: FakeAutoScalingGroup) -> int:
    # The desired capacity counts in weights where a mixed policy has them; like moto, only the
    # first override is ever launched.
    weight = next((int(o.get("WeightedCapacity") or 1) for o in _overrides(group)), 1)
    return math.ceil((group.desired_capacity or 0) / max(weight, 1))


def _instance_type(group: FakeAutoScalingGroup) -> str:
    return next((o["InstanceType"] for o in _overrides(group) if "InstanceType" in o), None) or (
        group.instance_type
    )


def _emptiest_place(group: FakeAutoScalingGroup) -> tuple[str, str | None]:
    """The zone with fewest of the group's instances, and the group's subnet there."""
    used = Counter(map(zone_of, group.instance_states))
    if not group.vpc_zone_identifier:
        return min(group.availability_zones, key=lambda zone: used[zone]), None
    ids = [subnet.strip() for subnet in group.vpc_zone_identifier.split(",")]
    subnets = group.ec2_backend.describe_subnets(subnet_ids=ids)
    emptiest = min(subnets, key=lambda subnet: used[subnet.availability_zone])
    return emptiest.availability_zone, emptiest.id


def _launch_template(group: FakeAutoScalingGroup) -> dict[str, str] | None:
    template = group.ec2_launch_template
    if template is None:
        return None
    return {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Version": str(template.get_version(group.launch_template_version).number),
    }


def _run(group: FakeAutoScalingGroup, zone: str, subnet: str | None) -> Instance:
    tags = group.get_propagated_tags() | group.instance_tags | {ASG_NAME_TAG: group.name}
    template = _launch_template(group)
    if template:
        template = {key: template[key] for key in ("LaunchTemplateId", "Version")}
    config = group.launch_config
    reservation = group.ec2_backend.run_instances(
        group.image_id,
        1,
        group.user_data,
        group.security_groups,
        instance_type=_instance_type(group),
        tags={"instance": tags},
        placement=zone,
        launch_config=config,
        launch_template=template,
        is_instance_type_default=False,
        associate_public_ip=config.associate_public_ip_address if config else None,
        subnet_id=subnet,
    )
    instance = reservation.instances[0]
    instance.autoscaling_group = group
    return instance
