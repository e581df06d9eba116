"""`resolve:ssm:<parameter>` in place of an AMI id."""

from localstack.utils.patch import patch
from moto.ec2.models.instances import InstanceBackend
from moto.ssm.models import ssm_backends

from ..errors import client_error

PREFIX = "resolve:ssm:"


def resolved_image(account: str, region: str, image: str) -> str:
    """The AMI id behind an image; `image` itself when it names no parameter."""
    if not image or not image.startswith(PREFIX):
        return image
    name = image.removeprefix(PREFIX)
    parameter = ssm_backends[account][region].get_parameter(name)
    if parameter is None:
        raise client_error("InvalidParameterValue", f"SSM parameter {name} was not found.")
    return parameter.value


@patch(InstanceBackend.run_instances)
def run_instances(below, backend, image_id, *args, **kwargs):
    """An instance has the AMI's id; moto leaves the name of the parameter in its place."""
    if not image_id and (template := kwargs.get("launch_template")):
        image_id = backend._get_template_from_args(template).image_id
    image_id = resolved_image(backend.account_id, backend.region_name, image_id)
    return below(backend, image_id, *args, **kwargs)
