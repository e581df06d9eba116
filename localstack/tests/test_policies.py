"""Scaling policies belong to their group, come back as they were put, and have alarms."""

import pytest
from conftest import refused

CPU = {
    "TargetValue": 50.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
}


def put(aws, group="web", name="cpu", **more):
    if not more:
        more = {"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": CPU}
    return aws.autoscaling.put_scaling_policy(AutoScalingGroupName=group, PolicyName=name, **more)


def policy(aws, group="web"):
    [found] = aws.autoscaling.describe_policies(AutoScalingGroupName=group)["ScalingPolicies"]
    return found


def alarms(aws, prefix="TargetTracking-"):
    return aws.cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]


def test_the_same_name_on_two_groups_is_two_policies(aws):
    aws.create_group("web")
    aws.create_group("api")
    assert put(aws, "web")["PolicyARN"] != put(aws, "api")["PolicyARN"]
    everywhere = aws.autoscaling.describe_policies()["ScalingPolicies"]
    assert [found["AutoScalingGroupName"] for found in everywhere] == ["web", "api"]
    aws.autoscaling.delete_policy(AutoScalingGroupName="web", PolicyName="cpu")
    everywhere = aws.autoscaling.describe_policies()["ScalingPolicies"]
    assert [found["AutoScalingGroupName"] for found in everywhere] == ["api"]


def test_target_tracking_makes_two_alarms(aws):
    aws.create_group()
    made = put(aws)
    assert made["PolicyARN"].startswith(
        f"arn:aws:autoscaling:us-east-1:{aws.number}:scalingPolicy:"
    )
    assert made["PolicyARN"].endswith(":autoScalingGroupName/web:policyName/cpu")
    assert policy(aws)["Alarms"] == made["Alarms"]
    high, low = alarms(aws)
    assert [alarm["AlarmName"] for alarm in made["Alarms"]] == [high["AlarmName"], low["AlarmName"]]
    assert [alarm["AlarmARN"] for alarm in made["Alarms"]] == [high["AlarmArn"], low["AlarmArn"]]
    assert high["AlarmName"].startswith("TargetTracking-web-AlarmHigh-")
    assert low["AlarmName"].startswith("TargetTracking-web-AlarmLow-")
    assert (high["ComparisonOperator"], high["Threshold"], high["EvaluationPeriods"]) == (
        "GreaterThanThreshold",
        50,
        3,
    )
    assert (low["ComparisonOperator"], low["EvaluationPeriods"]) == ("LessThanThreshold", 15)
    assert low["Threshold"] < 50
    assert high["AlarmActions"] == low["AlarmActions"] == [made["PolicyARN"]]
    assert high["Dimensions"] == [{"Name": "AutoScalingGroupName", "Value": "web"}]


def test_putting_again_replaces_the_policy_and_keeps_its_names(aws):
    aws.create_group()
    first = put(aws)
    tracking = CPU | {"TargetValue": 60.0}
    again = put(aws, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=tracking)
    assert again["PolicyARN"] == first["PolicyARN"]
    assert again["Alarms"] == first["Alarms"]
    assert alarms(aws)[0]["Threshold"] == 60
    one_way = tracking | {"DisableScaleIn": True}
    put(aws, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=one_way)
    [only] = alarms(aws)
    assert "AlarmHigh" in only["AlarmName"]


def test_alarms_end_with_their_policy_and_with_their_group(aws):
    aws.create_group()
    put(aws)
    aws.autoscaling.delete_policy(AutoScalingGroupName="web", PolicyName="cpu")
    assert not alarms(aws)
    put(aws)
    aws.autoscaling.delete_auto_scaling_group(AutoScalingGroupName="web")
    assert not alarms(aws)
    assert not aws.autoscaling.describe_policies()["ScalingPolicies"]


MATHS = {
    "TargetValue": 100.0,
    "CustomizedMetricSpecification": {
        "Metrics": [
            {
                "Id": "backlog",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateNumberOfMessagesVisible",
                        "Dimensions": [{"Name": "QueueName", "Value": "work"}],
                    },
                    "Stat": "Sum",
                },
                "ReturnData": False,
            },
            {"Id": "each", "Expression": "backlog / 2", "Label": "Each", "ReturnData": True},
        ]
    },
}
CUSTOM = {
    "TargetValue": 10.0,
    "CustomizedMetricSpecification": {
        "MetricName": "Depth",
        "Namespace": "Plimsoll",
        "Dimensions": [{"Name": "Service", "Value": "web"}],
        "Statistic": "Average",
        "Period": 10,
    },
}
REQUESTS = {
    "TargetValue": 1000.0,
    "PredefinedMetricSpecification": {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/web/0123456789abcdef/targetgroup/web/fedcba9876543210",
    },
}


@pytest.mark.parametrize("tracking", [MATHS, CUSTOM, REQUESTS], ids=["maths", "custom", "requests"])
def test_every_kind_of_target_tracking_comes_back_and_has_alarms(aws, tracking):
    aws.create_group()
    fields = {
        "PolicyType": "TargetTrackingScaling",
        "EstimatedInstanceWarmup": 30,
        "Enabled": False,
        "TargetTrackingConfiguration": tracking,
    }
    put(aws, **fields)
    assert policy(aws).items() >= fields.items()
    assert len(alarms(aws)) == 2


def test_request_count_alarms_watch_the_target_group(aws):
    aws.create_group()
    put(aws, PolicyType="TargetTrackingScaling", TargetTrackingConfiguration=REQUESTS)
    high = alarms(aws)[0]
    assert high["Statistic"] == "Sum"
    assert {d["Name"]: d["Value"] for d in high["Dimensions"]} == {
        "TargetGroup": "targetgroup/web/fedcba9876543210",
        "LoadBalancer": "app/web/0123456789abcdef",
    }


def test_step_policies_come_back(aws):
    aws.create_group()
    fields = {
        "PolicyType": "StepScaling",
        "AdjustmentType": "PercentChangeInCapacity",
        "MinAdjustmentMagnitude": 2,
        "EstimatedInstanceWarmup": 0,
        "StepAdjustments": [
            {
                "MetricIntervalLowerBound": 0.0,
                "MetricIntervalUpperBound": 10.0,
                "ScalingAdjustment": 10,
            },
            {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 30},
        ],
    }
    made = put(aws, **fields)
    assert made["Alarms"] == []
    assert policy(aws).items() >= (fields | {"MetricAggregationType": "Average"}).items()


def test_predictive_policies_come_back(aws):
    aws.create_group()
    pair = {"PredefinedMetricType": "ASGCPUUtilization"}
    fields = {
        "PolicyType": "PredictiveScaling",
        "PredictiveScalingConfiguration": {
            "MetricSpecifications": [
                {"TargetValue": 40.0, "PredefinedMetricPairSpecification": pair}
            ],
            "Mode": "ForecastOnly",
            "SchedulingBufferTime": 120,
            "MaxCapacityBreachBehavior": "IncreaseMaxCapacity",
            "MaxCapacityBuffer": 10,
        },
    }
    put(aws, **fields)
    assert policy(aws).items() >= fields.items()


def test_policies_are_narrowed_by_name_and_type_and_come_in_pages(aws):
    aws.create_group()
    put(aws, name="cpu")
    put(aws, name="by-two", AdjustmentType="ChangeInCapacity", ScalingAdjustment=2)

    def names(**narrowed):
        found = aws.autoscaling.describe_policies(AutoScalingGroupName="web", **narrowed)
        return [policy["PolicyName"] for policy in found["ScalingPolicies"]]

    assert names() == ["cpu", "by-two"]
    assert names(PolicyNames=["by-two"]) == ["by-two"]
    assert names(PolicyTypes=["TargetTrackingScaling"]) == ["cpu"]
    assert names(MaxRecords=1) == ["cpu"]
    assert names(MaxRecords=1, NextToken="1") == ["by-two"]
    with refused("ValidationError"):
        put(aws, PolicyType="Guessing")


def test_simple_and_step_policies_run_within_the_bounds(aws):
    aws.create_group(DesiredCapacity=1)
    put(aws, name="double", AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=100)
    steps = [
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 5},
    ]
    put(
        aws,
        name="steps",
        PolicyType="StepScaling",
        AdjustmentType="ChangeInCapacity",
        StepAdjustments=steps,
    )

    def run(name, **more):
        aws.autoscaling.execute_policy(AutoScalingGroupName="web", PolicyName=name, **more)
        return aws.group()["DesiredCapacity"]

    assert run("double") == 2
    assert run("steps", MetricValue=59, BreachThreshold=50) == 3
    assert run("steps", MetricValue=60, BreachThreshold=50) == 4
    with refused("ValidationError", "no step"):
        run("steps", MetricValue=40, BreachThreshold=50)
    assert "executed policy steps" in aws.activities()[0]["Cause"]


def test_deleting_what_is_not_there_is_refused(aws):
    aws.create_group()
    with refused("ValidationError"):
        aws.autoscaling.delete_policy(AutoScalingGroupName="web", PolicyName="missing")
