"""Every launch and termination is an activity, with its cause in AWS's words."""

import json

from conftest import refused


def test_a_launch_tells_who_asked_and_where_it_went(aws):
    aws.create_group(MinSize=1)
    [activity] = aws.activities()
    [instance] = aws.instances()
    assert activity["Description"] == f"Launching a new EC2 instance: {instance}"
    assert activity["StatusCode"] == "Successful"
    assert activity["Progress"] == 100
    assert activity["StartTime"] <= activity["EndTime"]
    assert activity["AutoScalingGroupARN"] == aws.group()["AutoScalingGroupARN"]
    assert "a user request created an AutoScalingGroup" in activity["Cause"]
    assert "changing the desired capacity from 0 to 1." in activity["Cause"]
    assert "increasing the capacity from 0 to 1." in activity["Cause"]
    details = json.loads(activity["Details"])
    assert details["Subnet ID"] in aws.subnets
    assert details["Availability Zone"] == aws.group()["Instances"][0]["AvailabilityZone"]


def test_an_update_and_a_termination_are_told(aws):
    aws.create_group(DesiredCapacity=2)
    aws.update(MaxSize=1)
    newest = aws.activities()[0]
    assert newest["Description"].startswith("Terminating EC2 instance: i-")
    constraints = (
        "a user request update of AutoScalingGroup constraints to min: 0, max: 1, desired: 1"
    )
    assert constraints in newest["Cause"]
    assert "shrinking the capacity from 2 to 1." in newest["Cause"]
    assert "was selected for termination." in newest["Cause"]


def test_setting_the_desired_capacity_is_told(aws):
    aws.create_group()
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1)
    assert "a user request explicitly set group desired capacity" in aws.activities()[0]["Cause"]


def test_activities_come_in_pages_newest_first(aws):
    aws.create_group(DesiredCapacity=3)
    first = aws.autoscaling.describe_scaling_activities(MaxRecords=2)
    rest = aws.autoscaling.describe_scaling_activities(NextToken=first["NextToken"])
    assert len(first["Activities"]) == 2
    assert len(rest["Activities"]) == 1
    assert "NextToken" not in rest
    newest = first["Activities"][0]["Description"]
    assert newest.endswith(aws.instances()[-1])


def test_activities_are_narrowed_by_status(aws):
    aws.create_group(DesiredCapacity=1)

    def narrowed(status):
        return aws.activities(Filters=[{"Name": "Status", "Values": [status]}])

    assert len(narrowed("Successful")) == 1
    assert not narrowed("Failed")
    with refused("ValidationError"):
        aws.activities(Filters=[{"Name": "Colour", "Values": ["blue"]}])


def test_a_deleted_groups_activities_are_listed_only_when_asked_for(aws):
    aws.create_group(DesiredCapacity=1)
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web", ForceDelete=True)
    assert not aws.activities()
    assert len(aws.activities(IncludeDeletedGroups=True)) == 2
    aws.create_group()
    assert not aws.activities()
