"""EventBridge to a queue to a function: what a controller is woken by.

A schedule, a mapping that reports each message's failure, a dead-letter queue, a batch window.
"""

import json
import time

import pytest
from conftest import REGION, eventually
from events import Inbox, inbox
from functions import Function, package

# It refuses the messages that say so, and tells what it got.
PICKY = """
def handle(event, context):
    bodies = [record["body"] for record in event["Records"]]
    print("batch", json.dumps(bodies), flush=True)
    if "all" in bodies:
        raise ValueError("the whole batch")
    return {"batchItemFailures": [
        {"itemIdentifier": record["messageId"]}
        for record in event["Records"] if record["body"].startswith("bad")
    ]}
"""
SLOW = """
def handle(event, context):
    print("batch", json.dumps([record["body"] for record in event["Records"]]), flush=True)
    time.sleep(0.5)
"""


class Intake:
    """A queue with a dead-letter queue, and a function that takes from it."""

    def __init__(self, account, code, region=REGION, visibility=2, **mapping):
        self.sqs = account.client("sqs", region)
        self.dead = self.sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
        redrive = {"deadLetterTargetArn": self.arn(self.dead), "maxReceiveCount": 2}
        self.url = self.sqs.create_queue(
            QueueName="intake",
            Attributes={
                "VisibilityTimeout": str(visibility),
                "RedrivePolicy": json.dumps(redrive),
            },
        )["QueueUrl"]
        self.function = Function(account, code, region=region, Timeout=visibility)
        settings = {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
        } | mapping
        self.mapping = self.function.client.create_event_source_mapping(
            FunctionName=self.function.name, EventSourceArn=self.arn(self.url), **settings
        )
        client, uuid = self.function.client, self.mapping["UUID"]
        eventually(lambda: client.get_event_source_mapping(UUID=uuid)["State"] == "Enabled")

    def arn(self, url: str) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]

    def send(self, *bodies: str) -> None:
        entries = [{"Id": str(at), "MessageBody": body} for at, body in enumerate(bodies)]
        self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    def batches(self) -> list[list[str]]:
        return [
            json.loads(line.removeprefix("batch "))
            for line in self.function.log()
            if line.startswith("batch ")
        ]

    def left(self, url: str) -> int:
        """Messages in a queue, seen or unseen."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(found[name]) for name in names)


def test_the_messages_that_failed_come_again_and_end_among_the_dead(aws):
    intake = Intake(aws, package(PICKY))
    assert intake.mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
    assert intake.mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    intake.send("good", "bad")
    eventually(lambda: intake.left(intake.dead) == 1, within=20)
    assert intake.left(intake.url) == 0
    seen = [body for batch in intake.batches() for body in batch]
    assert sorted(seen) == ["bad", "bad", "good"]


def test_a_function_that_fails_gets_its_whole_batch_again(aws):
    intake = Intake(aws, package(PICKY))
    intake.send("all", "good")
    eventually(lambda: intake.left(intake.dead) == 2, within=20)
    assert intake.left(intake.url) == 0


def test_a_batch_window_gathers_messages(aws):
    intake = Intake(
        aws, package(PICKY), visibility=12, BatchSize=10, MaximumBatchingWindowInSeconds=2
    )
    for at in range(3):
        intake.send(f"good {at}")
        time.sleep(0.2)
    eventually(lambda: sum(map(len, intake.batches())) == 3, within=15)
    assert len(intake.batches()) <= 2


def test_a_queue_is_read_soon_after_it_was_empty_for_long(aws):
    intake = Intake(aws, package(PICKY))
    time.sleep(3)
    intake.send("good")
    assert eventually(lambda: intake.batches(), within=10) < 3


def test_a_killed_function_gets_its_messages_again(aws):
    intake = Intake(aws, package(SLOW.replace("0.5", "1.5")), visibility=4)
    intake.send("good")
    eventually(lambda: intake.batches())
    intake.function.processes("DELETE")
    eventually(lambda: len(intake.batches()) == 2, within=20)
    eventually(lambda: intake.left(intake.url) == 0, within=10)
    assert intake.left(intake.dead) == 0


def test_an_alarm_wakes_a_function_through_the_queue(aws):
    intake = Intake(aws, package(PICKY))
    woken = {"source": ["aws.cloudwatch"], "detail": {"alarmName": [{"prefix": "wake-"}]}}
    events = aws.client("events")
    events.put_rule(Name="alarms", EventPattern=json.dumps(woken))
    events.put_targets(Rule="alarms", Targets=[{"Id": "q", "Arn": intake.arn(intake.url)}])
    aws.cloudwatch.put_metric_alarm(
        AlarmName="wake-web",
        Namespace="Ours",
        MetricName="Load",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    aws.cloudwatch.set_alarm_state(AlarmName="wake-web", StateValue="ALARM", StateReason="test")
    eventually(lambda: intake.batches())
    event = json.loads(intake.batches()[0][0])
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["detail"]["alarmName"] == "wake-web"


@pytest.mark.slow
def test_a_schedule_of_a_minute_fires_each_minute_unless_it_is_disabled_or_replaced(aws):
    each_minute = {"ScheduleExpression": "rate(1 minute)"}
    ticks = Inbox(aws, "us-west-2", "ticks", **each_minute, State="DISABLED")
    ticks.events.enable_rule(Name="ticks")
    off = Inbox(aws, "us-west-2", "off", **each_minute, State="ENABLED")
    off.events.disable_rule(Name="off")
    again = Inbox(aws, "us-west-2", "again", **each_minute, State="ENABLED")
    again.put_targets()
    again.events.put_rule(Name="again", **each_minute, State="ENABLED")
    again.put_targets()
    first, *_ = ticks.wait(within=65)
    assert first["detail-type"] == "Scheduled Event"
    assert first["source"] == "aws.events"
    assert first["account"] == aws.number
    assert first["region"] == "us-west-2"
    assert first["resources"] == [ticks.rule_arn]
    assert first["detail"] == {}
    assert eventually(lambda: len(ticks.receive()) >= 2, within=65) > 50
    eventually(lambda: len(again.receive()) >= 2)
    assert len(again.receive()) == 2
    assert not off.receive()


def test_a_disabled_rule_delivers_nothing(aws):
    off = Inbox(
        aws,
        name="off",
        EventPattern=json.dumps({"source": ["aws.autoscaling"]}),
        State="DISABLED",
    )
    on = inbox(aws, "aws.autoscaling")
    aws.create_group(DesiredCapacity=1)
    on.wait()
    assert not off.receive()
