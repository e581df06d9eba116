"""CloudWatch alarms: evaluated on whole periods, told to EventBridge, unchanged by updates."""

import json
import time

import pytest
from conftest import eventually, refused
from events import inbox

SOURCE = "aws.cloudwatch"
DIMENSIONS = [{"Name": "Service", "Value": "web"}]
HIGH = {
    "AlarmDescription": "Too much",
    "Namespace": "Ours",
    "MetricName": "Load",
    "Dimensions": DIMENSIONS,
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
}


def put_alarm(aws, name="high", region="us-east-1", **more):
    aws.client("cloudwatch", region).put_metric_alarm(AlarmName=name, **(HIGH | more))


def put_load(aws, value, ago=60, region="us-east-1", **more):
    datum = {"MetricName": "Load", "Dimensions": DIMENSIONS, "Value": value} | more
    aws.client("cloudwatch", region).put_metric_data(
        Namespace="Ours", MetricData=[datum | {"Timestamp": time.time() - ago}]
    )


def alarm(aws, name="high", kind="MetricAlarms"):
    found = aws.cloudwatch.describe_alarms(
        AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    return found[kind][0]


def set_state(aws, state, name="high"):
    aws.cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="test")


def test_a_change_of_state_is_told_to_eventbridge(aws):
    told = inbox(aws, SOURCE, **{"detail-type": ["CloudWatch Alarm State Change"]})
    put_load(aws, 75)
    put_alarm(aws)
    event = told.find(lambda event: event["detail"]["state"]["value"] == "ALARM")
    assert event["account"] == aws.number
    assert event["region"] == "us-east-1"
    assert event["resources"] == [alarm(aws)["AlarmArn"]]
    detail = event["detail"]
    assert detail["alarmName"] == "high"
    state, before = detail["state"], detail["previousState"]
    assert state["reason"].startswith("Threshold Crossed: 1 out of the last 1 datapoint [75.0]")
    data = json.loads(state["reasonData"])
    assert data["recentDatapoints"] == [75.0]
    assert (data["period"], data["threshold"], data["statistic"]) == (60, 50, "Average")
    assert state["timestamp"].endswith("+0000")
    assert before["value"] == "INSUFFICIENT_DATA"
    assert before["timestamp"] <= state["timestamp"]
    [metric] = detail["configuration"]["metrics"]
    assert detail["configuration"]["description"] == "Too much"
    assert metric["returnData"] is True
    assert metric["metricStat"] == {
        "metric": {"namespace": "Ours", "name": "Load", "dimensions": {"Service": "web"}},
        "period": 60,
        "stat": "Average",
    }


def test_every_region_tells_its_own_bus(aws):
    here, there = inbox(aws, SOURCE), inbox(aws, SOURCE, "eu-central-1")
    put_alarm(aws, region="eu-central-1")
    aws.client("cloudwatch", "eu-central-1").set_alarm_state(
        AlarmName="high", StateValue="OK", StateReason="test"
    )
    assert there.wait()[0]["region"] == "eu-central-1"
    assert not here.receive()


def test_an_alarm_that_stays_in_its_state_tells_nothing(aws):
    told = inbox(aws, SOURCE)
    put_alarm(aws)
    set_state(aws, "ALARM")
    set_state(aws, "ALARM")
    set_state(aws, "OK")
    told.find(lambda event: event["detail"]["state"]["value"] == "OK")
    assert len(told.received) == 2


def test_a_rule_sees_the_alarms_of_its_prefixes_only(aws):
    names = [{"prefix": "plimsoll-alfred-production-wake-"}, {"prefix": "TargetTracking-alfred-"}]
    told = inbox(aws, SOURCE, detail={"alarmName": names})
    for name in ("plimsoll-alfred-production-controller-errors", "TargetTracking-alfred-web-a"):
        put_alarm(aws, name)
        set_state(aws, "ALARM", name)
    assert told.wait()[0]["detail"]["alarmName"] == "TargetTracking-alfred-web-a"
    assert len(told.received) == 1


def test_a_composite_alarm_follows_its_rule_and_tells(aws):
    told = inbox(aws, SOURCE, detail={"alarmName": ["both"]})
    put_alarm(aws, "one")
    put_alarm(aws, "two")
    rule = "ALARM(one) AND NOT OK(two)"
    aws.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=rule)
    set_state(aws, "ALARM", "one")
    event = told.find(lambda event: event["detail"]["state"]["value"] == "ALARM")
    assert event["detail"]["configuration"] == {"alarmRule": rule}
    triggering = json.loads(event["detail"]["state"]["reasonData"])["triggeringAlarms"]
    assert triggering[0]["arn"].endswith(":alarm:one")
    set_state(aws, "OK", "two")
    assert alarm(aws, "both", "CompositeAlarms")["StateValue"] == "OK"
    with refused("ValidationError"):
        aws.cloudwatch.put_composite_alarm(AlarmName="none", AlarmRule="ALARM(one) AND")


def test_an_update_of_an_alarm_leaves_its_state(aws):
    put_alarm(aws, TreatMissingData="ignore")
    set_state(aws, "ALARM")
    put_alarm(aws, TreatMissingData="ignore", Threshold=60)
    assert alarm(aws)["Threshold"] == 60
    assert alarm(aws)["StateValue"] == "ALARM"
    assert alarm(aws)["StateReason"] == "test"


def test_three_of_three_needs_three(aws):
    put_alarm(aws, EvaluationPeriods=3)
    for ago in (180, 120):
        put_load(aws, 75, ago)
    put_load(aws, 40)
    eventually(lambda: alarm(aws)["StateValue"] == "OK")


def test_missing_data_are_treated_as_the_alarm_says(aws):
    put_alarm(aws, "breaching", TreatMissingData="breaching")
    put_alarm(aws, "not-breaching", TreatMissingData="notBreaching")
    eventually(lambda: alarm(aws, "breaching")["StateValue"] == "ALARM")
    eventually(lambda: alarm(aws, "not-breaching")["StateValue"] == "OK")
    assert alarm(aws, "not-breaching")["StateReason"].endswith("treated as [NonBreaching].")


def test_an_alarm_can_watch_an_expression(aws):
    metric = {"Namespace": "Ours", "MetricName": "Load", "Dimensions": DIMENSIONS}
    stat = {"Metric": metric, "Period": 60, "Stat": "Sum"}
    aws.cloudwatch.put_metric_alarm(
        AlarmName="doubled",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        Threshold=80,
        Metrics=[
            {"Id": "m1", "MetricStat": stat, "ReturnData": False},
            {"Id": "e1", "Expression": "m1 * 2", "Label": "doubled"},
        ],
    )
    put_load(aws, 40)
    eventually(lambda: alarm(aws, "doubled")["StateValue"] == "ALARM")


@pytest.mark.slow
def test_an_alarm_of_ten_seconds_goes_and_comes_back(aws):
    put_alarm(aws, Period=10, TreatMissingData="notBreaching")
    put_load(aws, 75, ago=0, StorageResolution=1)
    eventually(lambda: alarm(aws)["StateValue"] == "ALARM", within=15)
    eventually(lambda: alarm(aws)["StateValue"] == "OK", within=45)


def test_alarms_are_listed_by_prefix_state_action_and_kind(aws):
    for name in ("wake-a", "wake-b", "other"):
        put_alarm(aws, name, AlarmActions=[f"arn:aws:sns:us-east-1:{aws.number}:{name}"])
    aws.cloudwatch.put_composite_alarm(AlarmName="wake-all", AlarmRule="ALARM(wake-a)")

    def names(kind="MetricAlarms", **more):
        return [one["AlarmName"] for one in aws.cloudwatch.describe_alarms(**more)[kind]]

    assert names(AlarmNamePrefix="wake-") == ["wake-a", "wake-b"]
    assert names("CompositeAlarms", AlarmNamePrefix="wake-") == []
    assert names("CompositeAlarms", AlarmTypes=["CompositeAlarm"]) == ["wake-all"]
    assert names(ActionPrefix=f"arn:aws:sns:us-east-1:{aws.number}:oth") == ["other"]
    set_state(aws, "ALARM", "wake-b")
    assert names(AlarmNamePrefix="wake-", StateValue="ALARM") == ["wake-b"]
    pages = aws.cloudwatch.get_paginator("describe_alarms").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert [len(page["MetricAlarms"]) for page in pages] == [2, 1]
