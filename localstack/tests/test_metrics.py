"""Metrics of one's own: put and read back at once, by account, region and exact dimensions."""

import time

from conftest import refused

SHARE = [{"Name": "Platform", "Value": "alfred"}, {"Name": "Region", "Value": "us-west-2"}]


def put(cloudwatch, at, value, dimensions=SHARE):
    datum = {"MetricName": "TrafficShare", "Dimensions": dimensions, "Timestamp": at}
    cloudwatch.put_metric_data(
        Namespace="Plimsoll/Traffic", MetricData=[datum | {"Value": value}]
    )


def query(dimensions=SHARE, period=60, stat="Average", **more):
    metric = {
        "Namespace": "Plimsoll/Traffic",
        "MetricName": "TrafficShare",
        "Dimensions": dimensions,
    }
    return {"Id": "m1", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}} | more


def get(cloudwatch, start, end, *queries, **more):
    return cloudwatch.get_metric_data(
        MetricDataQueries=list(queries), StartTime=start, EndTime=end, **more
    )["MetricDataResults"]


def points(result):
    stamps = [int(moment.timestamp()) for moment in result["Timestamps"]]
    return dict(zip(stamps, result["Values"], strict=True))


def test_values_of_the_past_minutes_show_up_at_once_and_newest_first(aws):
    minute = int(time.time()) // 60 * 60
    for ago, value in ((180, 1.0), (120, 0.75), (60, 0.5)):
        put(aws.cloudwatch, minute - ago + 7, value)
    [result] = get(aws.cloudwatch, minute - 300, minute, query())
    assert result["Values"] == [0.5, 0.75, 1.0]
    assert list(points(result)) == [minute - 60, minute - 120, minute - 180]
    [result] = get(aws.cloudwatch, minute - 300, minute, query(), ScanBy="TimestampAscending")
    assert result["Values"] == [1.0, 0.75, 0.5]


def test_a_start_within_a_minute_is_rounded_down(aws):
    minute = int(time.time()) // 60 * 60 - 120
    put(aws.cloudwatch, minute + 5, 1)
    put(aws.cloudwatch, minute + 50, 0)
    [result] = get(aws.cloudwatch, minute + 30, minute + 90, query())
    assert points(result) == {minute: 0.5}


def test_accounts_and_regions_do_not_see_each_other(aws, another):
    minute = int(time.time()) // 60 * 60
    put(aws.cloudwatch, minute - 60, 1)
    for place in (another.cloudwatch, aws.client("cloudwatch", "eu-central-1")):
        [result] = get(place, minute - 120, minute, query())
        assert result["Values"] == []
        assert result["StatusCode"] == "Complete"


def test_another_set_of_dimensions_is_another_metric(aws):
    minute = int(time.time()) // 60 * 60
    put(aws.cloudwatch, minute - 60, 1)
    put(aws.cloudwatch, minute - 60, 5, SHARE[:1])
    [result] = get(aws.cloudwatch, minute - 120, minute, query(SHARE[:1], stat="Sum"))
    assert result["Values"] == [5.0]
    [result] = get(aws.cloudwatch, minute - 120, minute, query(SHARE[::-1], stat="Sum"))
    assert result["Values"] == [1.0]


def test_statistics_of_a_period(aws):
    minute = int(time.time()) // 60 * 60 - 60
    for value in (1, 2, 9):
        put(aws.cloudwatch, minute, value)
    statistics = {
        "Sum": 12.0,
        "Average": 4.0,
        "Minimum": 1.0,
        "Maximum": 9.0,
        "SampleCount": 3.0,
        "p50": 2.0,
        "p99": 9.0,
    }
    for stat, value in statistics.items():
        [result] = get(aws.cloudwatch, minute, minute + 60, query(stat=stat))
        assert result["Values"] == [value], stat


def test_expressions_are_answered_and_what_is_not_to_be_returned_is_not(aws):
    minute = int(time.time()) // 60 * 60
    put(aws.cloudwatch, minute - 60, 0.5)
    percent = {"Id": "e1", "Expression": "m1 * 100", "Label": "percent"}
    [result] = get(aws.cloudwatch, minute - 120, minute, query(ReturnData=False), percent)
    assert (result["Id"], result["Label"]) == ("e1", "percent")
    assert points(result) == {minute - 60: 50.0}
    with refused("ValidationError", "Error in expression 'e1'"):
        get(aws.cloudwatch, minute - 120, minute, percent)


def test_parameters_that_are_not_there_are_named(aws):
    ssm = aws.client("ssm")
    ssm.put_parameter(Name="/plimsoll/alfred/production/spec", Value="x", Type="String")
    names = ["/plimsoll/alfred/production/spec", "/plimsoll/alfred/production/controller"]
    found = ssm.get_parameters(Names=names)
    assert [parameter["Value"] for parameter in found["Parameters"]] == ["x"]
    assert found["InvalidParameters"] == names[1:]
    assert aws.client("ssm", "us-west-2").get_parameters(Names=names)["Parameters"] == []
