"""Load balancers, target groups and the instances of groups behind them."""

import pytest
from conftest import refused


@pytest.fixture
def behind(aws):
    """A target group that a rule forwards to."""
    target_group = aws.target_group()
    aws.elbv2.create_rule(
        ListenerArn=aws.listener(),
        Priority=10,
        Conditions=[{"Field": "path-pattern", "Values": ["/web/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": target_group}],
        Tags=[{"Key": "Name", "Value": "web"}],
    )
    return target_group


def test_instances_of_a_group_are_healthy_targets_while_they_run(aws, behind):
    aws.create_group(MinSize=2, TargetGroupARNs=[behind])
    assert aws.health(behind) == dict.fromkeys(aws.instances(), "healthy")
    aws.update(MinSize=4)
    assert len(aws.health(behind)) == 4
    aws.update(MinSize=1, MaxSize=1)
    assert aws.health(behind) == {aws.instances()[0]: "healthy"}


def test_a_terminated_instance_is_no_target(aws, behind):
    aws.create_group(MinSize=1, TargetGroupARNs=[behind])
    aws.autoscaling.terminate_instance_in_auto_scaling_group(
        InstanceId=aws.instances()[0], ShouldDecrementDesiredCapacity=False
    )
    assert aws.health(behind) == {aws.instances()[0]: "healthy"}


def test_a_group_tells_its_target_groups(aws, behind):
    aws.create_group(TargetGroupARNs=[behind])
    assert aws.group()["TargetGroupARNs"] == [behind]
    assert aws.group()["TrafficSources"] == [{"Identifier": behind, "Type": "elbv2"}]


def test_what_is_not_attached_cannot_be_detached(aws, behind):
    aws.create_group(TargetGroupARNs=[behind])
    asked = {"AutoScalingGroupName": "web", "TargetGroupARNs": [behind]}
    aws.autoscaling.detach_load_balancer_target_groups(**asked)
    with refused("ValidationError", "not part of the group"):
        aws.autoscaling.detach_load_balancer_target_groups(**asked)


def test_targets_that_nothing_forwards_to_are_unused(aws):
    alone = aws.target_group()
    aws.create_group(MinSize=1, TargetGroupARNs=[alone])
    assert aws.health(alone) == {aws.instances()[0]: "unused"}


def test_a_target_group_tells_the_balancer_that_forwards_to_it(aws):
    alone = aws.target_group("alone")

    def balancers():
        found = aws.elbv2.describe_target_groups(TargetGroupArns=[alone])["TargetGroups"][0]
        return [arn.split("/")[2] for arn in found["LoadBalancerArns"]]

    assert balancers() == []
    aws.elbv2.create_rule(
        ListenerArn=aws.listener("front"),
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": alone}],
    )
    assert balancers() == ["front"]


def test_rules_keep_their_tags(aws, behind):
    balancer = aws.elbv2.describe_load_balancers(Names=["web"])["LoadBalancers"][0]
    listeners = aws.elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])
    rules = aws.elbv2.describe_rules(ListenerArn=listeners["Listeners"][0]["ListenerArn"])["Rules"]
    [rule] = [rule for rule in rules if not rule["IsDefault"]]
    assert rule["Actions"][0]["TargetGroupArn"] == behind
    described = aws.elbv2.describe_tags(ResourceArns=[rule["RuleArn"]])["TagDescriptions"]
    assert described[0]["Tags"] == [{"Key": "Name", "Value": "web"}]


def test_creating_the_same_again_answers_with_what_is_there(aws):
    assert aws.target_group() == aws.target_group()
    made = [aws.elbv2.create_load_balancer(Name="web", Subnets=aws.subnets) for _ in range(2)]
    assert len({m["LoadBalancers"][0]["LoadBalancerArn"] for m in made}) == 1
    assert len(aws.elbv2.describe_load_balancers()["LoadBalancers"]) == 1


def test_creating_another_of_the_same_name_is_refused(aws):
    aws.target_group()
    with refused("DuplicateTargetGroupName"):
        aws.target_group(Port=9090)
    aws.elbv2.create_load_balancer(Name="web", Subnets=aws.subnets)
    with refused("DuplicateLoadBalancerName"):
        aws.elbv2.create_load_balancer(Name="web", Subnets=aws.subnets[:2])
