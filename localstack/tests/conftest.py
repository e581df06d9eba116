"""An account of its own for every test, and sentences to ask of it.

LOCALSTACK_ENDPOINT says where the server is. LocalStack takes an access key of 12 digits as the
account, so no test sees what another made.
"""

import itertools
import os
import time
from collections.abc import Callable
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "us-east-1"
NO_RETRIES = Config(retries={"max_attempts": 0})

# It keeps the models of the services, which take long to read.
SESSION = boto3.Session()

# A run starts where no earlier run on the same server was.
_accounts = itertools.count(100_000_000_000 + time.time_ns() // 1_000_000 % 10**9 * 100)


class Account:
    """One account, its clients, and the things that most tests stand on."""

    def __init__(self, number: str):
        self.number = number

    def client(self, service: str, region: str = REGION):
        """A client that shows every error at once."""
        return SESSION.client(
            service,
            endpoint_url=os.environ["LOCALSTACK_ENDPOINT"],
            region_name=region,
            aws_access_key_id=self.number,
            aws_secret_access_key="test",
            config=NO_RETRIES,
        )

    @cached_property
    def autoscaling(self):
        return self.client("autoscaling")

    @cached_property
    def cloudwatch(self):
        return self.client("cloudwatch")

    @cached_property
    def ec2(self):
        return self.client("ec2")

    @cached_property
    def elbv2(self):
        return self.client("elbv2")

    @cached_property
    def image(self) -> str:
        filters = [{"Name": "name", "Values": ["amzn2-ami-hvm-2.0.*-x86_64-*"]}]
        return self.ec2.describe_images(Owners=["amazon"], Filters=filters)["Images"][0]["ImageId"]

    @cached_property
    def subnets(self) -> list[str]:
        """Three of the default subnets, each in its own zone."""
        return [subnet["SubnetId"] for subnet in self.ec2.describe_subnets()["Subnets"][:3]]

    @cached_property
    def vpc(self) -> str:
        return self.ec2.describe_subnets(SubnetIds=self.subnets)["Subnets"][0]["VpcId"]

    def template(self, name: str = "web", **data: Any) -> str:
        """Makes a launch template; its id."""
        made = self.ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={"ImageId": self.image, "InstanceType": "t3.micro"} | data,
        )
        return made["LaunchTemplate"]["LaunchTemplateId"]

    @cached_property
    def template_id(self) -> str:
        return self.template()

    def create_group(self, name: str = "web", **more: Any) -> str:
        """Makes a group of nothing to four instances; its name."""
        settings = {
            "MinSize": 0,
            "MaxSize": 4,
            "VPCZoneIdentifier": ",".join(self.subnets),
        } | more
        if "MixedInstancesPolicy" not in settings and "LaunchTemplate" not in settings:
            settings["LaunchTemplate"] = {"LaunchTemplateId": self.template_id, "Version": "1"}
        self.autoscaling.create_auto_scaling_group(AutoScalingGroupName=name, **settings)
        return name

    def update(self, name: str = "web", **more: Any) -> None:
        self.autoscaling.update_auto_scaling_group(AutoScalingGroupName=name, **more)

    def group(self, name: str = "web") -> dict[str, Any]:
        """The group as AWS describes it."""
        groups = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
        return groups["AutoScalingGroups"][0]

    def instances(self, name: str = "web") -> list[str]:
        return [instance["InstanceId"] for instance in self.group(name)["Instances"]]

    def state_of(self, instance: str) -> str:
        described = self.ec2.describe_instances(InstanceIds=[instance])
        return described["Reservations"][0]["Instances"][0]["State"]["Name"]

    def activities(self, name: str = "web", **more: Any) -> list[dict[str, Any]]:
        """Newest first."""
        found = self.autoscaling.describe_scaling_activities(AutoScalingGroupName=name, **more)
        return found["Activities"]

    def target_group(self, name: str = "web", **more: Any) -> str:
        """Makes a target group; its ARN."""
        settings = {"Protocol": "HTTP", "Port": 8080, "VpcId": self.vpc} | more
        made = self.elbv2.create_target_group(Name=name, **settings)
        return made["TargetGroups"][0]["TargetGroupArn"]

    def listener(self, name: str = "web") -> str:
        """Makes a load balancer with a listener; the listener's ARN."""
        balancer = self.elbv2.create_load_balancer(Name=name, Subnets=self.subnets)
        made = self.elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
            ],
        )
        return made["Listeners"][0]["ListenerArn"]

    def health(self, target_group: str) -> dict[str, str]:
        """The state of each target."""
        found = self.elbv2.describe_target_health(TargetGroupArn=target_group)
        return {
            target["Target"]["Id"]: target["TargetHealth"]["State"]
            for target in found["TargetHealthDescriptions"]
        }


@pytest.fixture
def aws() -> Account:
    """An account in which nothing was made."""
    return Account(str(next(_accounts)))


@pytest.fixture
def another() -> Account:
    """A second one."""
    return Account(str(next(_accounts)))


@contextmanager
def refused(code: str, containing: str = ""):
    """The block must end in that error of AWS."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code
    assert containing in caught.value.response["Error"]["Message"]


def eventually(holds: Callable[[], Any], within: float = 10) -> float:
    """Waits for a condition; how many seconds it took."""
    start = time.monotonic()
    while not holds():
        assert time.monotonic() - start < within, "waited in vain"
        time.sleep(0.05)
    return time.monotonic() - start
