#!/usr/bin/env python3
"""Lays the ground that a platform stands on, in a LocalStack: networks, balancers, images.

    python ground.py --endpoint-url http://127.0.0.1:4566

Everything is looked up before it is made, so a second run makes nothing. The account is the
access key: LocalStack takes 12 digits as the account itself.
"""

import argparse
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import boto3
from botocore.exceptions import ClientError

REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]
ENVIRONMENTS = ["production", "development"]
SERVICES = ["agent-core", "agent-rag", "agent-financial", "agent-legal", "agent-social"]

# Names of load balancers and target groups end at 32 characters.
SHORT = {"production": "prod", "development": "dev"}
ZONES = "abc"
SERVICE_PORT = 8080
IMAGE_NAME = "amzn2-ami-hvm-2.0.*-x86_64-*"


@dataclass(frozen=True)
class Site:
    """One environment of a platform in one region."""

    platform: str
    environment: str
    region: str
    # Each environment has its own /16, so that they could be peered.
    block: int

    @property
    def short(self) -> str:
        """`alfred-prod`"""
        return f"{self.platform}-{SHORT.get(self.environment, self.environment)}"

    def tags(self, **more: str) -> list[dict[str, str]]:
        """Tags as AWS takes them."""
        named = {"platform": self.platform, "environment": self.environment} | more
        return [{"Key": key, "Value": value} for key, value in named.items()]


@dataclass
class Ground:
    """What was laid at a site."""

    vpc: str
    subnets: list[str]
    security_group: str
    image_parameter: str
    image: str
    load_balancer: str
    listener: str
    target_groups: dict[str, str] = field(default_factory=dict)


class Region:
    """The clients of one region, and what they lay."""

    def __init__(self, session: boto3.Session, endpoint: str, region: str):
        self.ec2, self.elb, self.ssm = (
            session.client(service, endpoint_url=endpoint, region_name=region)
            for service in ("ec2", "elbv2", "ssm")
        )
        self.name = region

    def lay(self, site: Site) -> Ground:
        """Lays one site, or finds it laid."""
        vpc = self._vpc(site)
        subnets = [self._subnet(site, vpc, place) for place in range(len(ZONES))]
        group = self._security_group(site, vpc)
        parameter = f"/{site.platform}/{site.environment}/image"
        image = self._image(parameter)
        balancer = self._load_balancer(site, subnets, group)
        listener = self._listener(balancer)
        paths = self._paths(listener)
        targets = {
            service: self._service(site, vpc, listener, paths, place, service)
            for place, service in enumerate(SERVICES, start=1)
        }
        return Ground(vpc, subnets, group, parameter, image, balancer, listener, targets)

    def _vpc(self, site: Site) -> str:
        found = self.ec2.describe_vpcs(Filters=_filters(site))["Vpcs"]
        if found:
            return found[0]["VpcId"]
        made = self.ec2.create_vpc(
            CidrBlock=f"10.{site.block}.0.0/16",
            TagSpecifications=_specification("vpc", site.tags(Name=site.short)),
        )
        return made["Vpc"]["VpcId"]

    def _subnet(self, site: Site, vpc: str, place: int) -> str:
        zone = f"{self.name}{ZONES[place]}"
        filters = _filters(
            site, **{"vpc-id": vpc, "availability-zone": zone, "tag:tier": "private"}
        )
        found = self.ec2.describe_subnets(Filters=filters)["Subnets"]
        if found:
            return found[0]["SubnetId"]
        tags = site.tags(tier="private", Name=f"{site.short}-private-{ZONES[place]}")
        made = self.ec2.create_subnet(
            VpcId=vpc,
            AvailabilityZone=zone,
            CidrBlock=f"10.{site.block}.{place * 16}.0/20",
            TagSpecifications=_specification("subnet", tags),
        )
        return made["Subnet"]["SubnetId"]

    def _security_group(self, site: Site, vpc: str) -> str:
        filters = _filters(site, **{"vpc-id": vpc, "tag:role": "instance"})
        found = self.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
        if found:
            return found[0]["GroupId"]
        name = f"{site.short}-instance"
        made = self.ec2.create_security_group(
            GroupName=name,
            Description=f"Instances of {site.platform} in {site.environment}",
            VpcId=vpc,
            TagSpecifications=_specification(
                "security-group", site.tags(role="instance", Name=name)
            ),
        )
        return made["GroupId"]

    def _image(self, parameter: str) -> str:
        try:
            return self.ssm.get_parameter(Name=parameter)["Parameter"]["Value"]
        except self.ssm.exceptions.ParameterNotFound:
            filters = [{"Name": "name", "Values": [IMAGE_NAME]}]
            images = self.ec2.describe_images(Owners=["amazon"], Filters=filters)["Images"]
            newest = max(images, key=lambda image: image["CreationDate"])["ImageId"]
            self.ssm.put_parameter(Name=parameter, Value=newest, Type="String")
            return newest

    def _load_balancer(self, site: Site, subnets: list[str], group: str) -> str:
        # The same name with the same settings answers with the one that is there.
        made = self.elb.create_load_balancer(
            Name=site.short,
            Type="application",
            Scheme="internal",
            Subnets=subnets,
            SecurityGroups=[group],
            Tags=site.tags(Name=site.short),
        )
        return made["LoadBalancers"][0]["LoadBalancerArn"]

    def _listener(self, balancer: str) -> str:
        found = self.elb.describe_listeners(LoadBalancerArn=balancer)["Listeners"]
        if found:
            return found[0]["ListenerArn"]
        nothing = {
            "StatusCode": "404",
            "ContentType": "text/plain",
            "MessageBody": "no such service",
        }
        made = self.elb.create_listener(
            LoadBalancerArn=balancer,
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": nothing}],
        )
        return made["Listeners"][0]["ListenerArn"]

    def _paths(self, listener: str) -> set[str]:
        rules = self.elb.describe_rules(ListenerArn=listener)["Rules"]
        return {
            value
            for rule in rules
            for condition in rule["Conditions"]
            for value in condition.get("Values", [])
        }

    def _service(
        self, site: Site, vpc: str, listener: str, paths: set[str], place: int, service: str
    ) -> str:
        name = f"{site.short}-{service}"
        tags = site.tags(service=service, Name=name)
        group = self.elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=SERVICE_PORT,
            VpcId=vpc,
            TargetType="instance",
            HealthCheckPath="/health",
            Tags=tags,
        )["TargetGroups"][0]["TargetGroupArn"]
        path = f"/{service}/*"
        if path not in paths:
            self.elb.create_rule(
                ListenerArn=listener,
                Priority=10 * place,
                Conditions=[{"Field": "path-pattern", "Values": [path]}],
                Actions=[{"Type": "forward", "TargetGroupArn": group}],
                Tags=tags,
            )
        return group


def lay_instance_profile(session: boto3.Session, endpoint: str, platform: str) -> str:
    """The role that instances have, and its profile; the profile's ARN."""
    iam = session.client("iam", endpoint_url=endpoint, region_name=REGIONS[0])
    name = f"{platform}-instance"
    assumed = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [assumed]})
    _unless_there(lambda: iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust))
    _unless_there(lambda: iam.create_instance_profile(InstanceProfileName=name))
    profile = iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    if not profile["Roles"]:
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return profile["Arn"]


def lay_ground(
    endpoint: str, account: str, platform: str, environments: list[str], regions: list[str]
) -> dict[str, Any]:
    """Lays every environment in every region, the regions side by side."""
    session = boto3.Session(aws_access_key_id=account, aws_secret_access_key="localstack")
    # One session makes clients one at a time; the clients then work in parallel.
    places = [Region(session, endpoint, region) for region in regions]

    def lay(place: Region) -> dict[str, Any]:
        sites = [Site(platform, env, place.name, n) for n, env in enumerate(environments)]
        return {site.environment: asdict(place.lay(site)) for site in sites}

    with ThreadPoolExecutor() as pool:
        laid = dict(zip(regions, pool.map(lay, places), strict=True))
    return {
        "account": account,
        "platform": platform,
        "instance_profile": lay_instance_profile(session, endpoint, platform),
        "regions": laid,
    }


def summary(ground: dict[str, Any]) -> str:
    """The ground in plain words."""
    lines = [
        f"The ground of {ground['platform']} in account {ground['account']}, "
        f"instance profile {ground['instance_profile'].rsplit('/', 1)[1]}:"
    ]
    for region, environments in ground["regions"].items():
        for environment, laid in environments.items():
            lines.append(
                f"  {region} {environment}: {laid['vpc']} with {len(laid['subnets'])} private "
                f"subnets, load balancer {laid['load_balancer'].split('/')[2]} with "
                f"{len(laid['target_groups'])} services, image {laid['image']}"
            )
    return "\n".join(lines)


def _filters(site: Site, **more: str) -> list[dict[str, Any]]:
    named = {"tag:platform": site.platform, "tag:environment": site.environment} | more
    return [{"Name": name, "Values": [value]} for name, value in named.items()]


def _specification(kind: str, tags: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tags}]


def _unless_there(make) -> None:
    try:
        make()
    except ClientError as problem:
        if problem.response["Error"]["Code"] != "EntityAlreadyExists":
            raise


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--account", default="000000000000", help="12 digits")
    parser.add_argument("--platform", default="alfred")
    parser.add_argument("--environment", action="append", help="may be given more than once")
    parser.add_argument("--region", action="append", help="may be given more than once")
    parser.add_argument("--output", choices=["text", "json"], default="text")
    return parser.parse_args()


def main() -> None:
    """Lays the ground and tells of it."""
    asked = arguments()
    ground = lay_ground(
        asked.endpoint_url,
        asked.account,
        asked.platform,
        asked.environment or ENVIRONMENTS,
        asked.region or REGIONS,
    )
    print(json.dumps(ground, indent=2) if asked.output == "json" else summary(ground))


if __name__ == "__main__":
    main()
