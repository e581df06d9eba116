"""A group's min, max and desired capacity, and AWS's rules between them."""

from dataclasses import dataclass

from localstack.aws.api import ServiceRequest
from moto.autoscaling.models import FakeAutoScalingGroup

from ..errors import validation


@dataclass(frozen=True)
class Bounds:
    """Bounds that AWS accepts: min <= desired <= max."""

    smallest: int
    largest: int
    desired: int

    def __str__(self) -> str:
        return f"min: {self.smallest}, max: {self.largest}, desired: {self.desired}"

    def put_on(self, group: FakeAutoScalingGroup) -> None:
        """Sets all three, and lets the group launch or terminate."""
        group.min_size = self.smallest
        group.max_size = self.largest
        group.set_desired_capacity(self.desired)


def first_bounds(request: ServiceRequest) -> Bounds:
    """The bounds of a new group: it starts at min unless a desired capacity is given."""
    desired = request.get("DesiredCapacity")
    smallest = request["MinSize"]
    return _accepted(smallest, request["MaxSize"], smallest if desired is None else desired)


def changed_bounds(group: FakeAutoScalingGroup, request: ServiceRequest) -> Bounds:
    """The bounds after an update or a scheduled action.

    UpdateAutoScalingGroup: new bounds without a desired capacity move the present one just
    inside them; a desired capacity that is given must lie inside.
    """
    smallest = _given(request, "MinSize", group.min_size)
    largest = _given(request, "MaxSize", group.max_size)
    desired = request.get("DesiredCapacity")
    if desired is None:
        desired = min(max(group.desired_capacity, smallest), largest)
    return _accepted(smallest, largest, desired)


def check_desired(group: FakeAutoScalingGroup, desired: int) -> None:
    """SetDesiredCapacity never goes beyond the group's bounds."""
    if desired > group.max_size:
        raise validation(
            f"New SetDesiredCapacity value {desired} is above max value {group.max_size} "
            "for the AutoScalingGroup."
        )
    if desired < group.min_size:
        raise validation(
            f"New SetDesiredCapacity value {desired} is below min value {group.min_size} "
            "for the AutoScalingGroup."
        )


def _given(request: ServiceRequest, field: str, present: int) -> int:
    value = request.get(field)
    return present if value is None else value


def _accepted(smallest: int, largest: int, desired: int) -> Bounds:
    if smallest > largest:
        raise validation(
            f"Max bound, {largest}, must be greater than or equal to min bound, {smallest}"
        )
    if not smallest <= desired <= largest:
        raise validation(
            f"Desired capacity:{desired} must be between the specified min size:{smallest} "
            f"and max size:{largest}"
        )
    return Bounds(smallest, largest, desired)
