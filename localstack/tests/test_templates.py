"""Launch templates."""

import base64

from conftest import refused


def versions(aws, **asked):
    return aws.ec2.describe_launch_template_versions(**asked)["LaunchTemplateVersions"]


def test_a_second_template_of_a_name_already_exists(aws):
    aws.template()
    with refused("InvalidLaunchTemplateName.AlreadyExistsException"):
        aws.template()


def test_a_repeated_client_token_makes_nothing_new(aws):
    data = {"ImageId": aws.image, "InstanceType": "t3.micro"}
    create = aws.ec2.create_launch_template
    asked = {"LaunchTemplateName": "web", "ClientToken": "once", "LaunchTemplateData": data}
    first = create(**asked)["LaunchTemplate"]
    assert create(**asked)["LaunchTemplate"] == first
    with refused("IdempotentParameterMismatch"):
        create(**asked | {"LaunchTemplateName": "other"})

    create_version = aws.ec2.create_launch_template_version
    asked = {"LaunchTemplateName": "web", "ClientToken": "twice", "LaunchTemplateData": data}
    second = create_version(**asked)["LaunchTemplateVersion"]
    assert create_version(**asked)["LaunchTemplateVersion"] == second
    assert len(versions(aws, LaunchTemplateName="web")) == 2


def test_a_templates_own_tags_stay_out_of_its_data(aws):
    own = {"ResourceType": "launch-template", "Tags": [{"Key": "platform", "Value": "alfred"}]}
    instance = {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "web"}]}
    data = {"ImageId": aws.image, "InstanceType": "t3.micro"}
    for name, given in [("bare", data), ("tagged", data | {"TagSpecifications": [instance]})]:
        made = aws.ec2.create_launch_template(
            LaunchTemplateName=name, TagSpecifications=[own], LaunchTemplateData=given
        )
        assert made["LaunchTemplate"]["Tags"] == own["Tags"]
        assert versions(aws, LaunchTemplateName=name)[0]["LaunchTemplateData"] == given
    by_tag = [{"Name": "tag:platform", "Values": ["alfred"]}]
    assert len(aws.ec2.describe_launch_templates(Filters=by_tag)["LaunchTemplates"]) == 2


def test_latest_alone_lists_every_templates_latest(aws):
    aws.template("api")
    aws.template("web")
    aws.ec2.create_launch_template_version(
        LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.small"}
    )
    found = versions(aws, Versions=["$Latest"])
    assert [(v["LaunchTemplateName"], v["VersionNumber"]) for v in found] == [
        ("api", 1),
        ("web", 2),
    ]


def test_a_version_inherits_from_its_source(aws):
    options = {"HttpTokens": "required"}
    aws.template(MetadataOptions=options, UserData="IyEvYmluL3No")
    made = aws.ec2.create_launch_template_version(
        LaunchTemplateName="web", SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.small"}
    )
    inherited = {
        "ImageId": aws.image,
        "InstanceType": "t3.small",
        "MetadataOptions": options,
        "UserData": "IyEvYmluL3No",
    }
    assert made["LaunchTemplateVersion"]["LaunchTemplateData"] == inherited
    assert versions(aws, LaunchTemplateName="web")[1]["LaunchTemplateData"] == inherited


def test_a_template_is_changed_by_name_too(aws):
    aws.template()
    aws.ec2.create_launch_template_version(
        LaunchTemplateName="web", LaunchTemplateData={"InstanceType": "t3.small"}
    )
    changed = aws.ec2.modify_launch_template(LaunchTemplateName="web", DefaultVersion="2")
    assert changed["LaunchTemplate"]["DefaultVersionNumber"] == 2
    assert [v["DefaultVersion"] for v in versions(aws, LaunchTemplateName="web")] == [False, True]


def test_what_is_not_there_is_said_to_be_missing(aws):
    with refused("InvalidLaunchTemplateId.NotFound"):
        aws.ec2.describe_launch_templates(LaunchTemplateIds=["lt-0123456789abcdef0"])
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        aws.ec2.delete_launch_template(LaunchTemplateName="missing")
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        aws.ec2.modify_launch_template(LaunchTemplateName="missing", DefaultVersion="1")
    aws.template()
    with refused("InvalidLaunchTemplateId.VersionNotFound"):
        versions(aws, LaunchTemplateName="web", Versions=["9"])


def test_an_image_in_a_parameter_is_resolved_when_asked(aws):
    aws.client("ssm").put_parameter(Name="/web/image", Value=aws.image, Type="String")
    aws.template(ImageId="resolve:ssm:/web/image")

    def image(**asked):
        [version] = versions(aws, LaunchTemplateName="web", **asked)
        return version["LaunchTemplateData"]["ImageId"]

    assert image() == "resolve:ssm:/web/image"
    assert image(ResolveAlias=True) == aws.image
    instance = {"LaunchTemplate": {"LaunchTemplateName": "web"}, "MinCount": 1, "MaxCount": 1}
    assert aws.ec2.run_instances(**instance)["Instances"][0]["ImageId"] == aws.image


def test_a_group_launches_from_a_later_version_with_user_data(aws):
    aws.template()
    aws.ec2.create_launch_template_version(
        LaunchTemplateName="web",
        LaunchTemplateData={
            "ImageId": aws.image,
            "InstanceType": "t3.micro",
            "UserData": base64.b64encode(b"#!/bin/sh").decode(),
        },
    )
    aws.create_group(MinSize=1, LaunchTemplate={"LaunchTemplateName": "web", "Version": "2"})
    [instance] = aws.instances()
    data = aws.ec2.describe_instance_attribute(InstanceId=instance, Attribute="userData")
    assert base64.b64decode(data["UserData"]["Value"]) == b"#!/bin/sh"
