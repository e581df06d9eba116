"""Groups follow their desired capacity, and their desired capacity its bounds."""

from collections import Counter

from conftest import refused


def sizes(aws):
    group = aws.group()
    return group["MinSize"], group["DesiredCapacity"], group["MaxSize"], len(group["Instances"])


def test_a_new_group_starts_at_min_or_at_the_capacity_given(aws):
    aws.create_group("least", MinSize=1)
    aws.create_group("given", MinSize=1, DesiredCapacity=3)
    assert len(aws.instances("least")) == 1
    assert len(aws.instances("given")) == 3


def test_raising_min_launches(aws):
    aws.create_group(MinSize=1)
    aws.update(MinSize=3)
    assert sizes(aws) == (3, 3, 4, 3)


def test_lowering_max_terminates(aws):
    aws.create_group(DesiredCapacity=4)
    before = aws.instances()
    aws.update(MaxSize=1)
    assert sizes(aws) == (0, 1, 1, 1)
    gone = set(before) - set(aws.instances())
    assert {aws.state_of(instance) for instance in gone} == {"terminated"}


def test_bounds_around_the_desired_capacity_leave_it(aws):
    aws.create_group(DesiredCapacity=2)
    aws.update(MinSize=1, MaxSize=9)
    assert sizes(aws) == (1, 2, 9, 2)


def test_an_update_keeps_its_own_desired_capacity_within_its_bounds(aws):
    aws.create_group(DesiredCapacity=2)
    with refused("ValidationError", "Desired capacity:6"):
        aws.update(DesiredCapacity=6)
    with refused("ValidationError", "Max bound, 4"):
        aws.update(MinSize=5)
    assert sizes(aws) == (0, 2, 4, 2)
    aws.update(MaxSize=6, DesiredCapacity=6)
    assert sizes(aws) == (0, 6, 6, 6)


def test_set_desired_capacity_stays_within_the_bounds(aws):
    aws.create_group(MinSize=1)
    with refused("ValidationError", "above max value 4"):
        aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=5)
    with refused("ValidationError", "below min value 1"):
        aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=0)
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=4)
    assert sizes(aws) == (1, 4, 4, 4)


def test_instances_are_in_service_and_spread_over_the_zones(aws):
    aws.create_group(MaxSize=9, DesiredCapacity=6)
    instances = aws.group()["Instances"]
    assert {(i["LifecycleState"], i["HealthStatus"]) for i in instances} == {
        ("InService", "Healthy")
    }
    assert sorted(Counter(i["AvailabilityZone"] for i in instances).values()) == [2, 2, 2]
    described = aws.ec2.describe_instances(InstanceIds=[i["InstanceId"] for i in instances])
    subnets = {i["SubnetId"] for r in described["Reservations"] for i in r["Instances"]}
    assert subnets == set(aws.subnets)


def test_instances_keep_the_template_version_they_were_launched_with(aws):
    aws.create_group(MinSize=1)
    first = aws.instances()
    aws.ec2.create_launch_template_version(
        LaunchTemplateId=aws.template_id,
        SourceVersion="1",
        LaunchTemplateData={"InstanceType": "t3.small"},
    )
    aws.update(LaunchTemplate={"LaunchTemplateId": aws.template_id, "Version": "2"})
    assert aws.instances() == first
    aws.update(MinSize=2)
    group = aws.group()
    assert group["LaunchTemplate"]["Version"] == "2"
    assert [
        (
            i["InstanceType"],
            i["LaunchTemplate"]["LaunchTemplateName"],
            i["LaunchTemplate"]["Version"],
        )
        for i in group["Instances"]
    ] == [("t3.micro", "web", "1"), ("t3.small", "web", "2")]
    instances = aws.autoscaling.describe_auto_scaling_instances()["AutoScalingInstances"]
    assert [i["LaunchTemplate"]["Version"] for i in instances] == ["1", "2"]


def test_latest_is_told_as_a_number_on_the_instance(aws):
    latest = {"LaunchTemplateId": aws.template_id, "Version": "$Latest"}
    aws.create_group(MinSize=1, LaunchTemplate=latest)
    group = aws.group()
    assert group["LaunchTemplate"]["Version"] == "$Latest"
    assert group["Instances"][0]["LaunchTemplate"]["Version"] == "1"


def test_an_image_in_a_parameter_is_resolved_at_launch(aws):
    aws.client("ssm").put_parameter(Name="/web/image", Value=aws.image, Type="String")
    named = aws.template("named", ImageId="resolve:ssm:/web/image")
    aws.create_group(MinSize=1, LaunchTemplate={"LaunchTemplateId": named})
    described = aws.ec2.describe_instances(InstanceIds=aws.instances())
    assert described["Reservations"][0]["Instances"][0]["ImageId"] == aws.image


def test_a_failed_launch_is_a_failed_activity_and_no_instance(aws):
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="/web/image", Value=aws.image, Type="String")
    named = aws.template("named", ImageId="resolve:ssm:/web/image")
    aws.create_group(LaunchTemplate={"LaunchTemplateId": named})
    ssm.delete_parameter(Name="/web/image")
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1)
    assert aws.group()["DesiredCapacity"] == 1
    assert not aws.instances()
    [failed] = aws.activities()
    assert failed["StatusCode"] == "Failed"
    assert "Launching EC2 instance failed" in failed["StatusMessage"]


def test_tags_that_propagate_are_on_the_instance(aws):
    tags = [
        {"Key": "plimsoll:platform", "Value": "alfred", "PropagateAtLaunch": True},
        {"Key": "plimsoll:lease:a:1", "Value": "x", "PropagateAtLaunch": False},
    ]
    aws.create_group(MinSize=1, Tags=tags)
    described = aws.ec2.describe_instances(InstanceIds=aws.instances())
    instance = described["Reservations"][0]["Instances"][0]
    found = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert found["plimsoll:platform"] == "alfred"
    assert found["aws:autoscaling:groupName"] == "web"
    assert "plimsoll:lease:a:1" not in found


def test_scale_in_takes_the_fullest_zone_and_then_by_policy(aws):
    aws.create_group(DesiredCapacity=4, TerminationPolicies=["NewestInstance"])
    *others, newest = aws.instances()
    # The fourth instance shares a zone with the first; of the two, the newest goes.
    aws.update(MaxSize=3)
    assert aws.instances() == others
    aws.update(TerminationPolicies=["OldestInstance"], MaxSize=2)
    assert aws.instances() == others[1:]
    assert aws.state_of(newest) == "terminated"


def test_protected_instances_stay_though_the_desired_capacity_drops(aws):
    aws.create_group(DesiredCapacity=2, NewInstancesProtectedFromScaleIn=True)
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1)
    assert sizes(aws) == (0, 1, 4, 2)


def test_suspended_launches_are_made_up_for_on_resume(aws):
    aws.create_group()
    launches = {"AutoScalingGroupName": "web", "ScalingProcesses": ["Launch"]}
    aws.autoscaling.suspend_processes(**launches)
    aws.update(MinSize=2)
    assert sizes(aws) == (2, 2, 4, 0)
    aws.autoscaling.resume_processes(**launches)
    assert sizes(aws) == (2, 2, 4, 2)


def test_an_instance_terminated_in_ec2_is_replaced(aws):
    aws.create_group(MinSize=1)
    [lost] = aws.instances()
    aws.ec2.terminate_instances(InstanceIds=[lost])
    [replacement] = aws.instances()
    assert replacement != lost
    assert "health check" in aws.activities()[1]["Cause"]


def test_terminating_by_hand_replaces_or_shrinks_but_never_below_min(aws):
    aws.create_group(MinSize=1, DesiredCapacity=2)

    def terminate(instance, shrink):
        return aws.autoscaling.terminate_instance_in_auto_scaling_group(
            InstanceId=instance, ShouldDecrementDesiredCapacity=shrink
        )["Activity"]

    first = aws.instances()[0]
    assert terminate(first, shrink=False)["StatusCode"] == "Successful"
    assert sizes(aws) == (1, 2, 4, 2)
    assert "from 2 to 1" in terminate(aws.instances()[0], shrink=True)["Cause"]
    assert sizes(aws) == (1, 1, 4, 1)
    with refused("ValidationError", "desiredSize equals minSize"):
        terminate(aws.instances()[0], shrink=True)
