"""What a group points at must be there: CreateAutoScalingGroup and updates refuse it otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from localstack.aws.api import CommonServiceException, ServiceRequest
from moto.autoscaling.models import AutoScalingBackend
from moto.core.exceptions import RESTError, ServiceException

from ..ec2.images import resolved_image
from ..errors import client_error, validation

BAD_TEMPLATE = "You must use a valid fully-formed launch template. "


def check_references(backend: AutoScalingBackend, request: ServiceRequest) -> None:
    """Raises ValidationError for a subnet, launch template, version or target group not there."""
    with _refusing():
        for subnet in filter(None, (request.get("VPCZoneIdentifier") or "").split(",")):
            backend.ec2_backend.get_subnet(subnet.strip())
    for specification in _templates(request):
        with _refusing(BAD_TEMPLATE):
            _check_template(backend, specification)
    for arn in request.get("TargetGroupARNs") or []:
        if arn not in backend.elbv2_backend.target_groups:
            raise validation(
                "Provided Target Groups may not be valid. Please ensure they exist and try again."
            )


def _templates(request: ServiceRequest) -> Iterator[dict[str, Any]]:
    if alone := request.get("LaunchTemplate"):
        yield alone
    if mixed := request.get("MixedInstancesPolicy"):
        yield mixed["LaunchTemplate"]["LaunchTemplateSpecification"]


def _check_template(backend: AutoScalingBackend, specification: dict[str, Any]) -> None:
    template = (
        backend.ec2_backend.get_launch_template(specification["LaunchTemplateId"])
        if "LaunchTemplateId" in specification
        else backend.ec2_backend.get_launch_template_by_name(specification["LaunchTemplateName"])
    )
    version = template.get_version(specification.get("Version") or "$Default")
    if not version.image_id:
        raise client_error("MissingParameter", "The request must contain the parameter ImageId")
    resolved_image(backend.account_id, backend.region_name, version.image_id)


@contextmanager
def _refusing(opening: str = "") -> Iterator[None]:
    """EC2's own code becomes ValidationError, with EC2's message in it."""
    try:
        yield
    except (RESTError, ServiceException, CommonServiceException) as problem:
        raise validation(f"{opening}{problem.message}") from problem
