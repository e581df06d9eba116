"""Creating, changing, describing and deleting groups."""

import pytest
from conftest import refused


def test_a_second_group_of_a_name_already_exists(aws):
    aws.create_group()
    with refused("AlreadyExists"):
        aws.create_group()


@pytest.mark.parametrize(
    "wrong",
    [
        {"VPCZoneIdentifier": "subnet-0123456789abcdef0"},
        {"LaunchTemplate": {"LaunchTemplateName": "missing"}},
        {"LaunchTemplate": {"LaunchTemplateId": "lt-0123456789abcdef0"}},
        {"TargetGroupARNs": ["arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/missing/1"]},
        {"MinSize": 3, "MaxSize": 2},
        {"DesiredCapacity": 5},
        {"MaxInstanceLifetime": 60},
        {"InstanceMaintenancePolicy": {"MinHealthyPercentage": 50, "MaxHealthyPercentage": 160}},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_what_points_nowhere_or_breaks_a_bound_is_refused_and_leaves_nothing(aws, wrong):
    with refused("ValidationError"):
        aws.create_group(**wrong)
    assert not aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]


def test_a_template_version_that_is_not_there_is_refused(aws):
    missing = {"LaunchTemplateId": aws.template_id, "Version": "7"}
    with refused("ValidationError", "launch template"):
        aws.create_group(LaunchTemplate=missing)
    aws.create_group()
    with refused("ValidationError", "launch template"):
        aws.update(LaunchTemplate=missing)


def test_a_template_without_an_image_is_refused(aws):
    aws.ec2.create_launch_template(
        LaunchTemplateName="bare", LaunchTemplateData={"InstanceType": "t3.micro"}
    )
    with refused("ValidationError", "ImageId"):
        aws.create_group(LaunchTemplate={"LaunchTemplateName": "bare"})


SETTINGS = {
    "AvailabilityZoneDistribution": {"CapacityDistributionStrategy": "balanced-only"},
    "CapacityRebalance": True,
    "DefaultCooldown": 120,
    "DefaultInstanceWarmup": 45,
    "HealthCheckGracePeriod": 90,
    "HealthCheckType": "ELB",
    "InstanceMaintenancePolicy": {"MinHealthyPercentage": 100, "MaxHealthyPercentage": 150},
    "MaxInstanceLifetime": 86_400,
    "NewInstancesProtectedFromScaleIn": True,
    "TerminationPolicies": ["OldestLaunchTemplate", "OldestInstance"],
}


def test_settings_given_to_create_come_back(aws):
    aws.create_group(**SETTINGS)
    assert aws.group().items() >= SETTINGS.items()


def test_settings_given_to_update_come_back_and_stay(aws):
    aws.create_group()
    aws.update(**SETTINGS)
    aws.update(MaxSize=5)
    assert aws.group().items() >= SETTINGS.items()


def test_settings_not_given_have_the_defaults_of_the_api(aws):
    aws.create_group()
    group = aws.group()
    assert group["HealthCheckGracePeriod"] == 0
    assert group["DefaultCooldown"] == 300
    assert group["TerminationPolicies"] == ["Default"]
    strategy = group["AvailabilityZoneDistribution"]["CapacityDistributionStrategy"]
    assert strategy == "balanced-best-effort"
    assert not {"DefaultInstanceWarmup", "InstanceMaintenancePolicy"} & group.keys()


def test_the_documented_values_remove_a_setting(aws):
    aws.create_group(**SETTINGS)
    aws.update(
        DefaultInstanceWarmup=-1,
        InstanceMaintenancePolicy={"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1},
        MaxInstanceLifetime=0,
    )
    removed = {"DefaultInstanceWarmup", "InstanceMaintenancePolicy", "MaxInstanceLifetime"}
    assert not removed & aws.group().keys()


def test_a_mixed_policy_stays_through_an_update_and_has_no_template_beside_it(aws):
    specification = {"LaunchTemplateId": aws.template_id, "Version": "1"}
    overrides = [{"InstanceType": "m5.large"}, {"InstanceType": "m5a.large"}]
    template = {"LaunchTemplateSpecification": specification, "Overrides": overrides}
    aws.create_group(MinSize=1, MixedInstancesPolicy={"LaunchTemplate": template})
    aws.update(MaxSize=5)
    group = aws.group()
    assert group["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"] == overrides
    assert "LaunchTemplate" not in group
    assert group["Instances"][0]["InstanceType"] == "m5.large"


def test_a_group_with_instances_is_deleted_only_by_force(aws):
    aws.create_group(MinSize=2)
    instances = aws.instances()
    with refused("ResourceInUse"):
        aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web")
    assert aws.instances() == instances
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    assert not aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    assert {aws.state_of(instance) for instance in instances} == {"terminated"}


def test_an_empty_group_is_deleted(aws):
    aws.create_group()
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web")
    assert not aws.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]


def test_a_protected_group_is_not_deleted_by_force(aws):
    aws.create_group(MinSize=1, DeletionProtection="prevent-force-deletion")
    with refused("ValidationError", "protected"):
        aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)


def test_what_names_no_group_is_refused(aws):
    with refused("ValidationError", "not found"):
        aws.update("missing", MaxSize=1)
    with refused("ValidationError", "not found"):
        aws.autoscaling.suspend_processes(AutoScalingGroupName="missing")
    with refused("ValidationError", "not found"):
        aws.autoscaling.put_scaling_policy(AutoScalingGroupName="missing", PolicyName="p")


def test_groups_come_in_pages_of_at_most_100(aws):
    for number in range(3):
        aws.create_group(f"web-{number}")
    describe = aws.autoscaling.get_paginator("describe_auto_scaling_groups").paginate
    pages = [
        [group["AutoScalingGroupName"] for group in page["AutoScalingGroups"]]
        for page in describe(PaginationConfig={"PageSize": 2})
    ]
    assert pages == [["web-0", "web-1"], ["web-2"]]
    with refused("ValidationError"):
        aws.autoscaling.describe_auto_scaling_groups(MaxRecords=101)
    with refused("InvalidNextToken"):
        aws.autoscaling.describe_auto_scaling_groups(NextToken="never-given")


def test_instances_may_be_left_out_of_a_description(aws):
    aws.create_group(MinSize=1)
    found = aws.autoscaling.describe_auto_scaling_groups(IncludeInstances=False)
    assert found["AutoScalingGroups"][0]["Instances"] == []


def test_metrics_are_enabled_by_name_or_all_at_once(aws):
    aws.create_group()

    def enabled():
        return {metric["Metric"] for metric in aws.group()["EnabledMetrics"]}

    names = ["GroupDesiredCapacity", "GroupInServiceInstances"]
    collect = {"AutoScalingGroupName": "web", "Granularity": "1Minute"}
    aws.autoscaling.enable_metrics_collection(**collect, Metrics=names)
    assert enabled() == set(names)
    aws.autoscaling.disable_metrics_collection(AutoScalingGroupName="web", Metrics=names[:1])
    assert enabled() == set(names[1:])
    aws.autoscaling.enable_metrics_collection(**collect)
    assert len(enabled()) == 20
    aws.autoscaling.disable_metrics_collection(AutoScalingGroupName="web")
    assert not enabled()
