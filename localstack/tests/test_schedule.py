"""Scheduled actions belong to their group, and run."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import eventually, refused


def soon(seconds=1.5):
    return datetime.now(UTC) + timedelta(seconds=seconds)


def put(aws, name="night", group="web", **more):
    aws.autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName=group, ScheduledActionName=name, **more
    )


def actions(aws, **more):
    return aws.autoscaling.describe_scheduled_actions(**more)["ScheduledUpdateGroupActions"]


def sizes(aws):
    group = aws.group()
    return group["MinSize"], group["DesiredCapacity"], group["MaxSize"]


def test_the_same_name_on_two_groups_is_two_actions(aws):
    later = soon(3600)
    for group in ("web", "api"):
        aws.create_group(group)
        put(aws, group=group, StartTime=later, MinSize=1)
    assert [action["AutoScalingGroupName"] for action in actions(aws)] == ["web", "api"]
    aws.autoscaling.delete_scheduled_action(AutoScalingGroupName="web", ScheduledActionName="night")
    assert [action["AutoScalingGroupName"] for action in actions(aws)] == ["api"]


def test_a_one_time_action_runs_within_two_seconds_and_is_gone(aws):
    aws.create_group()
    start = soon()
    put(aws, StartTime=start, MinSize=2, MaxSize=6, DesiredCapacity=3)
    assert len(actions(aws)) == 1
    eventually(lambda: sizes(aws) == (2, 3, 6))
    assert timedelta(0) <= datetime.now(UTC) - start < timedelta(seconds=2)
    assert len(aws.instances()) == 3
    assert not actions(aws)
    constraints = (
        "a scheduled action update of AutoScalingGroup constraints to min: 2, max: 6, desired: 3"
    )
    assert constraints in aws.activities()[0]["Cause"]


def test_an_action_moves_the_desired_capacity_into_its_bounds(aws):
    aws.create_group(DesiredCapacity=3)
    put(aws, StartTime=soon(), MaxSize=1)
    eventually(lambda: sizes(aws) == (0, 1, 1))


def test_a_recurring_action_tells_its_next_time_in_its_zone(aws):
    aws.create_group()
    put(aws, "winter", Recurrence="30 8 15 1 *", TimeZone="Europe/Berlin", MinSize=1)
    put(aws, "summer", Recurrence="30 8 15 7 *", TimeZone="Europe/Berlin", MinSize=1)
    winter, summer = actions(aws)
    assert (winter["Recurrence"], winter["TimeZone"]) == ("30 8 15 1 *", "Europe/Berlin")
    assert (winter["StartTime"].month, winter["StartTime"].hour) == (1, 7)
    assert (summer["StartTime"].month, summer["StartTime"].hour) == (7, 6)
    assert winter["Time"] == winter["StartTime"] > datetime.now(UTC)


def test_both_days_of_an_expression_are_either_day(aws):
    aws.create_group()
    put(aws, Recurrence="0 0 13 * FRI", MinSize=1)
    [action] = actions(aws)
    assert action["StartTime"] - datetime.now(UTC) <= timedelta(days=7)


@pytest.mark.slow
def test_a_recurring_action_runs_and_stays(aws):
    aws.create_group()
    put(aws, Recurrence="* * * * *", MinSize=1)
    due = actions(aws)[0]["StartTime"]
    eventually(lambda: sizes(aws)[0] == 1, within=65)
    assert datetime.now(UTC) - due < timedelta(seconds=2)
    [action] = actions(aws)
    assert action["StartTime"] == due + timedelta(minutes=1)


def test_a_suspended_schedule_misses_its_time(aws):
    aws.create_group()
    aws.autoscaling.suspend_processes(
        AutoScalingGroupName="web", ScalingProcesses=["ScheduledActions"]
    )
    put(aws, StartTime=soon(0.5), MinSize=2)
    eventually(lambda: not actions(aws))
    aws.autoscaling.resume_processes(AutoScalingGroupName="web")
    assert sizes(aws) == (0, 0, 4)


def test_putting_again_leaves_what_is_not_given(aws):
    aws.create_group()
    put(aws, StartTime=soon(3600), MinSize=1, MaxSize=3)
    put(aws, MinSize=2)
    [action] = actions(aws)
    assert (action["MinSize"], action["MaxSize"]) == (2, 3)
    assert action["ScheduledActionARN"].endswith(
        ":autoScalingGroupName/web:scheduledActionName/night"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"StartTime": soon(-60), "MinSize": 1},
        {"StartTime": soon(3600), "EndTime": soon(60), "MinSize": 1},
        {"StartTime": soon(3600)},
        {"Recurrence": "@daily", "MinSize": 1},
        {"Recurrence": "61 * * * *", "MinSize": 1},
        {"Recurrence": "0 8 * * *", "TimeZone": "Mars/Olympus", "MinSize": 1},
    ],
    ids=["past", "end-before-start", "nothing-to-set", "alias", "minute-61", "zone"],
)
def test_what_can_never_run_is_refused(aws, wrong):
    aws.create_group()
    with refused("ValidationError"):
        put(aws, **wrong)
    assert not actions(aws)


def test_two_one_time_actions_never_start_together(aws):
    aws.create_group()
    start = soon(3600)
    put(aws, "one", StartTime=start, MinSize=1)
    with refused("AlreadyExists"):
        put(aws, "two", StartTime=start, MinSize=2)


def test_batches_tell_what_they_refused(aws):
    aws.create_group()
    later = soon(3600)
    put_batch = aws.autoscaling.batch_put_scheduled_update_group_action
    failed = put_batch(
        AutoScalingGroupName="web",
        ScheduledUpdateGroupActions=[
            {"ScheduledActionName": "good", "StartTime": later, "MinSize": 1},
            {"ScheduledActionName": "bad", "StartTime": soon(-60), "MinSize": 1},
        ],
    )["FailedScheduledUpdateGroupActions"]
    assert [(f["ScheduledActionName"], f["ErrorCode"]) for f in failed] == [
        ("bad", "ValidationError")
    ]
    failed = aws.autoscaling.batch_delete_scheduled_action(
        AutoScalingGroupName="web", ScheduledActionNames=["good", "bad"]
    )["FailedScheduledActions"]
    assert [f["ScheduledActionName"] for f in failed] == ["bad"]
    assert not actions(aws)


def test_actions_are_narrowed_by_name_and_time(aws):
    aws.create_group()
    put(aws, "early", StartTime=soon(3600), MinSize=1)
    put(aws, "late", StartTime=soon(7200), MinSize=2)

    def names(**narrowed):
        return [action["ScheduledActionName"] for action in actions(aws, **narrowed)]

    assert names(AutoScalingGroupName="web", ScheduledActionNames=["late"]) == ["late"]
    assert names(EndTime=soon(5000)) == ["early"]
    assert names(StartTime=soon(5000)) == ["late"]
    assert names(AutoScalingGroupName="missing") == []
