"""Lifecycle hooks and warm pools are kept as they were put."""

import pytest

LAUNCHING = "autoscaling:EC2_INSTANCE_LAUNCHING"


def hooks(aws):
    return aws.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName="web")["LifecycleHooks"]


def put(aws, **more):
    aws.autoscaling.put_lifecycle_hook(
        AutoScalingGroupName="web", LifecycleHookName="ready", **more
    )


def test_a_hook_without_a_target_has_none(aws):
    aws.create_group()
    put(aws, LifecycleTransition=LAUNCHING)
    assert hooks(aws) == [
        {
            "AutoScalingGroupName": "web",
            "LifecycleHookName": "ready",
            "LifecycleTransition": LAUNCHING,
            "HeartbeatTimeout": 3600,
            "GlobalTimeout": 172_800,
            "DefaultResult": "ABANDON",
        }
    ]


def test_a_target_is_kept_until_it_is_emptied(aws):
    aws.create_group()
    target = f"arn:aws:sqs:us-east-1:{aws.number}:events"
    role = f"arn:aws:iam::{aws.number}:role/notify"
    put(
        aws,
        LifecycleTransition=LAUNCHING,
        HeartbeatTimeout=60,
        NotificationTargetARN=target,
        RoleARN=role,
    )
    [hook] = hooks(aws)
    assert (hook["NotificationTargetARN"], hook["RoleARN"]) == (target, role)
    assert hook["GlobalTimeout"] == 6000
    put(aws, NotificationTargetARN="")
    assert "NotificationTargetARN" not in hooks(aws)[0]


def test_hooks_may_come_with_the_group(aws):
    hook = {"LifecycleHookName": "ready", "LifecycleTransition": LAUNCHING}
    aws.create_group(LifecycleHookSpecificationList=[hook])
    assert [hook["LifecycleHookName"] for hook in hooks(aws)] == ["ready"]
    aws.autoscaling.delete_lifecycle_hook(AutoScalingGroupName="web", LifecycleHookName="ready")
    assert not hooks(aws)


@pytest.mark.parametrize(
    ("pool", "size"),
    [
        ({}, 3),
        ({"MinSize": 4}, 4),
        ({"MaxGroupPreparedCapacity": 3}, 2),
        ({"MaxGroupPreparedCapacity": -1}, 3),
    ],
    ids=["up-to-max", "at-least-min", "prepared", "prepared-removed"],
)
def test_a_warm_pool_has_a_size(aws, pool, size):
    aws.create_group(DesiredCapacity=1)
    assert "WarmPoolSize" not in aws.group()
    aws.autoscaling.put_warm_pool(AutoScalingGroupName="web", PoolState="Stopped", **pool)
    group = aws.group()
    assert group["WarmPoolSize"] == size
    assert group["WarmPoolConfiguration"]["PoolState"] == "Stopped"
