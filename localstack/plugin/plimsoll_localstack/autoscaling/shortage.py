"""Regions that run out of capacity, on a test's demand.

    PUT    /_plimsoll/shortages?account=...&region=...            no group there can launch
    PUT    /_plimsoll/shortages?account=...&region=...&group=...  only this group cannot
    PUT    ...&left=2                                             two more instances can
    DELETE /_plimsoll/shortages?account=...&region=...            launches succeed again
    GET    /_plimsoll/shortages                                   what holds now

A launch then fails as it does on AWS when EC2 answers `InsufficientInstanceCapacity`: a failed
activity with EC2's message, the event `EC2 Instance Launch Unsuccessful`, a desired capacity that
stays, and no instance. Auto Scaling tries again while instances are missing: here every 15
seconds, and at once when the shortage ends.
"""

from dataclasses import asdict, dataclass
from http import HTTPStatus

from localstack.http import Request, Response, route
from moto.autoscaling.models import FakeAutoScalingGroup

from ..errors import client_error
from .service import LOCK

CODE = "InsufficientInstanceCapacity"


@dataclass
class Shortage:
    """EC2 has nothing more for a region, or for one group there."""

    account: str
    region: str
    group: str | None = None
    # How many instances can still be launched.
    left: int = 0

    def concerns(self, group: FakeAutoScalingGroup) -> bool:
        """Whether that group asks this place for instances."""
        return (
            self.account == group.account_id
            and self.region == group.autoscaling_backend.region_name
            and self.group in (None, group.name)
        )


_shortages: dict[tuple[str, str, str | None], Shortage] = {}


def take_capacity(group: FakeAutoScalingGroup, instance_type: str, zone: str) -> None:
    """Takes one instance's capacity; raises InsufficientInstanceCapacity when there is none."""
    concerned = [shortage for shortage in _shortages.values() if shortage.concerns(group)]
    if any(shortage.left == 0 for shortage in concerned):
        opening = (
            f"Could not launch On-Demand Instances. {CODE} - "
            if group.mixed_instances_policy
            else ""
        )
        raise client_error(
            CODE,
            f"{opening}We currently do not have sufficient {instance_type} capacity in the "
            f"Availability Zone you requested ({zone}). Our system will be working on "
            "provisioning additional capacity.",
        )
    for shortage in concerned:
        shortage.left -= 1


@route("/_plimsoll/shortages", methods=["GET", "PUT", "DELETE"])
def shortages(request: Request) -> Response:
    """Sets, ends or lists shortages."""
    with LOCK:
        if request.method != "GET":
            account, region = request.args.get("account"), request.args.get("region")
            left = request.args.get("left", "0")
            if not account or not region or not left.isdigit():
                return Response(
                    "account and region are needed, and left is a number",
                    status=HTTPStatus.BAD_REQUEST,
                )
            group = request.args.get("group")
            _shortages.pop((account, region, group), None)
            if request.method == "PUT":
                _shortages[account, region, group] = Shortage(account, region, group, int(left))
            else:
                from .capacity import launch_missing

                launch_missing(account, region)
        return Response.for_json([asdict(shortage) for shortage in _shortages.values()])
