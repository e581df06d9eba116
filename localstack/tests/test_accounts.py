"""Every access key of 12 digits is an account, every region is its own."""

import pytest


def test_an_access_key_of_12_digits_is_the_account(aws):
    assert aws.client("sts").get_caller_identity()["Account"] == aws.number
    aws.create_group()
    assert f":{aws.number}:" in aws.group()["AutoScalingGroupARN"]


def test_accounts_do_not_see_each_other(aws, another):
    aws.create_group()
    aws.target_group()
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    aws.client("ssm").put_parameter(Name="p", Value="v", Type="String")
    assert not another.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not another.ec2.describe_launch_templates()["LaunchTemplates"]
    assert not another.elbv2.describe_target_groups()["TargetGroups"]
    assert not another.client("iam").list_roles()["Roles"]
    assert not another.client("ssm").describe_parameters()["Parameters"]


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1", "ap-southeast-2"])
def test_both_services_answer_in_every_region_apart(aws, region):
    aws.create_group()
    assert not aws.client("autoscaling", region).describe_auto_scaling_groups()["AutoScalingGroups"]
    assert not aws.client("elbv2", region).describe_load_balancers()["LoadBalancers"]
