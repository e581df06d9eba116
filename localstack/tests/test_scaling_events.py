"""Auto Scaling tells EventBridge of every launch and termination, and of launches that fail."""

from conftest import eventually
from events import inbox
from functions import control

SOURCE = "aws.autoscaling"


def test_a_launch_is_told(aws):
    told = inbox(aws, SOURCE)
    aws.create_group(DesiredCapacity=1)
    [event] = told.wait()
    [activity] = aws.activities()
    [instance] = aws.instances()
    assert event["detail-type"] == "EC2 Instance Launch Successful"
    assert event["account"] == aws.number
    assert event["region"] == "us-east-1"
    assert event["resources"] == [
        aws.group()["AutoScalingGroupARN"],
        f"arn:aws:ec2:us-east-1:{aws.number}:instance/{instance}",
    ]
    detail = event["detail"]
    assert detail["AutoScalingGroupName"] == "web"
    assert detail["ActivityId"] == activity["ActivityId"]
    assert detail["EC2InstanceId"] == instance
    assert detail["Cause"] == activity["Cause"]
    assert detail["Description"] == activity["Description"]
    assert detail["StatusCode"] == "InProgress"
    assert detail["StatusMessage"] == ""
    assert detail["Details"]["Subnet ID"] in aws.subnets
    assert (detail["Origin"], detail["Destination"]) == ("EC2", "AutoScalingGroup")


def test_a_termination_is_told(aws):
    aws.create_group(DesiredCapacity=2)
    told = inbox(aws, SOURCE, **{"detail-type": ["EC2 Instance Terminate Successful"]})
    before = set(aws.instances())
    aws.update(DesiredCapacity=1)
    [event] = told.wait()
    assert {event["detail"]["EC2InstanceId"]} == before - set(aws.instances())
    assert event["detail"]["Origin"] == "AutoScalingGroup"
    assert event["detail"]["Destination"] == "EC2"


def test_an_instance_ended_in_ec2_is_told_and_its_replacement(aws):
    aws.create_group(DesiredCapacity=1)
    told = inbox(aws, SOURCE)
    [gone] = aws.instances()
    aws.ec2.terminate_instances(InstanceIds=[gone])
    kinds = {event["detail-type"]: event["detail"] for event in told.wait(2)}
    assert kinds["EC2 Instance Terminate Successful"]["EC2InstanceId"] == gone
    assert kinds["EC2 Instance Launch Successful"]["EC2InstanceId"] == aws.instances()[0]


def test_a_rule_sees_the_groups_of_its_prefix_only(aws):
    prefix = {"AutoScalingGroupName": [{"prefix": "alfred-production-"}]}
    told = inbox(aws, SOURCE, detail=prefix)
    aws.create_group("other", DesiredCapacity=1)
    aws.create_group("alfred-production-web-a", DesiredCapacity=1)
    [event] = told.wait()
    assert event["detail"]["AutoScalingGroupName"] == "alfred-production-web-a"


def test_a_region_without_capacity_launches_nothing_and_tells_so(aws):
    told = inbox(aws, SOURCE)
    aws.create_group()
    control("PUT", "shortages", account=aws.number, region="us-east-1")
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=2)
    assert aws.group()["DesiredCapacity"] == 2
    assert not aws.instances()
    [activity] = aws.activities()
    assert activity["StatusCode"] == "Failed"
    assert "We currently do not have sufficient t3.micro capacity" in activity["StatusMessage"]
    [event] = told.wait()
    assert event["detail-type"] == "EC2 Instance Launch Unsuccessful"
    assert event["resources"] == [aws.group()["AutoScalingGroupARN"]]
    detail = event["detail"]
    assert detail["StatusCode"] == "Failed"
    assert detail["StatusMessage"] == activity["StatusMessage"]
    assert detail["EC2InstanceId"] == ""
    assert detail["ActivityId"] == activity["ActivityId"]


def test_what_was_missing_is_launched_when_the_shortage_ends(aws):
    aws.create_group()
    control("PUT", "shortages", account=aws.number, region="us-east-1", left="1")
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=3)
    assert len(aws.instances()) == 1
    control("DELETE", "shortages", account=aws.number, region="us-east-1")
    eventually(lambda: len(aws.instances()) == 3)


def test_a_shortage_may_concern_one_group_and_never_another_region(aws):
    control("PUT", "shortages", account=aws.number, region="us-east-1", group="web")
    control("PUT", "shortages", account=aws.number, region="us-west-2")
    aws.create_group(DesiredCapacity=1)
    aws.create_group("other", DesiredCapacity=1)
    assert not aws.instances()
    assert len(aws.instances("other")) == 1
    held = control("GET", "shortages")
    assert {one["group"] for one in held if one["account"] == aws.number} == {"web", None}


def test_a_failed_launch_is_tried_again(aws):
    aws.create_group()
    control("PUT", "shortages", account=aws.number, region="us-east-1")
    aws.autoscaling.set_desired_capacity(AutoScalingGroupName="web", DesiredCapacity=1)
    eventually(lambda: len(aws.activities()) == 2, within=25)
    assert {activity["StatusCode"] for activity in aws.activities()} == {"Failed"}
    assert not aws.instances()
