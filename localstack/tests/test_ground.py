"""The ground script lays what a platform stands on, once."""

import json
import os
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "ground.py"
REGIONS = ["us-east-1", "eu-central-1"]


def lay(aws):
    regions = [word for region in REGIONS for word in ("--region", region)]
    endpoint = ["--endpoint-url", os.environ["LOCALSTACK_ENDPOINT"]]
    command = [sys.executable, SCRIPT, *endpoint, "--account", aws.number, *regions]
    done = subprocess.run([*command, "--output", "json"], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_laying_twice_is_laying_once(aws):
    assert lay(aws) == lay(aws)


def test_a_group_stands_on_it(aws):
    laid = lay(aws)["regions"]["us-east-1"]["production"]
    subnets = aws.ec2.describe_subnets(SubnetIds=laid["subnets"])["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == 3
    template = aws.template(
        ImageId=f"resolve:ssm:{laid['image_parameter']}",
        SecurityGroupIds=[laid["security_group"]],
        IamInstanceProfile={"Name": "alfred-instance"},
    )
    aws.create_group(
        MinSize=3,
        VPCZoneIdentifier=",".join(laid["subnets"]),
        LaunchTemplate={"LaunchTemplateId": template},
        TargetGroupARNs=[laid["target_groups"]["agent-core"]],
    )
    assert aws.health(laid["target_groups"]["agent-core"]) == dict.fromkeys(
        aws.instances(), "healthy"
    )


def test_every_service_has_a_rule_of_its_name(aws):
    laid = lay(aws)["regions"]["eu-central-1"]["development"]
    elbv2 = aws.client("elbv2", "eu-central-1")
    rules = elbv2.describe_rules(ListenerArn=laid["listener"])["Rules"]
    forwards = {
        rule["Conditions"][0]["Values"][0]: rule["Actions"][0]["TargetGroupArn"]
        for rule in rules
        if not rule["IsDefault"]
    }
    assert forwards == {f"/{name}/*": arn for name, arn in laid["target_groups"].items()}
    arns = [rule["RuleArn"] for rule in rules if not rule["IsDefault"]]
    tags = elbv2.describe_tags(ResourceArns=arns)["TagDescriptions"]
    names = {tag["Value"] for found in tags for tag in found["Tags"] if tag["Key"] == "Name"}
    assert names == {f"alfred-dev-{service}" for service in laid["target_groups"]}
