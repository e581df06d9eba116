"""Launch templates, where moto and LocalStack answer unlike EC2."""

from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.moto import call_moto_with_request
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data

from ..errors import client_error, idempotent_mismatch
from .images import resolved_image
from .service import Ec2Call, corrections


@corrections.corrects("CreateLaunchTemplate")
def create_launch_template(call: Ec2Call):
    """A repeated client token answers with the template that it made.

    moto also writes the template's own tags into its data, where they would be an instance's.
    """
    if made := _made_before(call):
        return made
    answer = call.below()
    template = call.backend.launch_templates[answer["LaunchTemplate"]["LaunchTemplateId"]]
    _drop_own_tags(template.versions[0].data, call.request)
    return _remember(call, answer)


@corrections.corrects("CreateLaunchTemplateVersion")
def create_launch_template_version(call: Ec2Call):
    """A version made from a source inherits what it does not set; moto starts from nothing.

    moto also keeps the version's user data as plain text, and then cannot launch from it.
    """
    if made := _made_before(call):
        return made
    request = call.request
    if source := request.get("SourceVersion"):
        data = _described_data(call, source) | (request.get("LaunchTemplateData") or {})
        request = request | {"LaunchTemplateData": data}
    answer = call_moto_with_request(call.context, request)
    made = _find(call).latest_version()
    made.data["UserData"] = parse_user_data(made.data.get("UserData"))
    return _remember(call, answer)


@corrections.corrects("ModifyLaunchTemplate")
def modify_launch_template(call: Ec2Call):
    """LocalStack takes an id only, and ends in an internal error for a name."""
    template = _find(call)
    if wanted := call.request.get("DefaultVersion"):
        template.default_version_number = template.get_version(wanted).number
    answer = {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "CreateTime": template.create_time,
        "DefaultVersionNumber": template.default_version_number,
        "LatestVersionNumber": template.latest_version_number,
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in template.get_tags()],
    }
    return {"LaunchTemplate": answer}


@corrections.corrects("DescribeLaunchTemplates")
def describe_launch_templates(call: Ec2Call):
    """An id that is not there is an error, in moto an empty list."""
    for template_id in call.request.get("LaunchTemplateIds") or []:
        call.backend.get_launch_template(template_id)
    return call.below()


@corrections.corrects("DescribeLaunchTemplateVersions")
def describe_launch_template_versions(call: Ec2Call):
    """ResolveAlias puts the AMI's id where `resolve:ssm:` stood."""
    answer = call.below()
    if call.request.get("ResolveAlias"):
        for version in answer["LaunchTemplateVersions"]:
            data = version["LaunchTemplateData"]
            if "ImageId" in data:
                data["ImageId"] = resolved_image(call.account, call.region, data["ImageId"])
    return answer


@corrections.corrects("DeleteLaunchTemplate")
def delete_launch_template(call: Ec2Call):
    """A name that is not there is named in the error; moto asks for a name or an id."""
    _find(call)
    return call.below()


def _find(call: Ec2Call) -> LaunchTemplate:
    if template_id := call.request.get("LaunchTemplateId"):
        return call.backend.get_launch_template(template_id)
    if name := call.request.get("LaunchTemplateName"):
        return call.backend.get_launch_template_by_name(name)
    raise client_error(
        "MissingParameter",
        "The request must contain the parameter launch template ID or launch template name",
    )


def _described_data(call: Ec2Call, version: str) -> dict[str, Any]:
    ec2 = connect_to(aws_access_key_id=call.account, region_name=call.region).ec2
    versions = ec2.describe_launch_template_versions(
        LaunchTemplateId=_find(call).id, Versions=[version]
    )
    return versions["LaunchTemplateVersions"][0]["LaunchTemplateData"]


def _tokens(call: Ec2Call) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    return vars(call.backend).setdefault("launch_template_tokens", {})


def _made_before(call: Ec2Call) -> dict[str, Any] | None:
    token = call.request.get("ClientToken")
    request, answer = _tokens(call).get(token, (None, None))
    if request is not None and request != call.request:
        raise idempotent_mismatch()
    return answer


def _remember(call: Ec2Call, answer: dict[str, Any]) -> dict[str, Any]:
    if token := call.request.get("ClientToken"):
        _tokens(call)[token] = (call.request, answer)
    return answer


def _drop_own_tags(data: dict[str, Any], request: dict[str, Any]) -> None:
    given = (request.get("LaunchTemplateData") or {}).get("TagSpecifications")
    if given:
        data["TagSpecifications"] = [
            tags for tags in data["TagSpecifications"] if tags["ResourceType"] != "launch-template"
        ]
    else:
        data.pop("TagSpecifications", None)
