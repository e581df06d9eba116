"""EventBridge rules that end in a queue, and what arrives there."""

import json
from collections.abc import Callable
from typing import Any

from conftest import REGION, Account, eventually


class Inbox:
    """A queue that a rule fills."""

    def __init__(self, account: Account, region: str = REGION, name: str = "inbox", **rule: Any):
        self.sqs = account.client("sqs", region)
        self.events = account.client("events", region)
        self.url = self.sqs.create_queue(QueueName=name)["QueueUrl"]
        attributes = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        self.arn = attributes["Attributes"]["QueueArn"]
        self.name = name
        self.rule_arn = self.events.put_rule(Name=name, **rule)["RuleArn"]
        self.put_targets()
        self.received: list[dict[str, Any]] = []

    def put_targets(self) -> None:
        """The queue is the rule's target."""
        self.events.put_targets(Rule=self.name, Targets=[{"Id": "queue", "Arn": self.arn}])

    def receive(self) -> list[dict[str, Any]]:
        """Everything that has arrived so far."""
        while messages := self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in messages:
                self.received.append(json.loads(message["Body"]))
                self.sqs.delete_message(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
                )
        return self.received

    def wait(self, count: int = 1, within: float = 10) -> list[dict[str, Any]]:
        """Waits for that many events."""
        eventually(lambda: len(self.receive()) >= count, within)
        return self.received

    def find(self, wanted: Callable[[dict[str, Any]], bool], within: float = 10) -> dict[str, Any]:
        """Waits for an event like that."""
        eventually(lambda: any(map(wanted, self.receive())), within)
        return next(filter(wanted, self.received))


def inbox(account: Account, source: str, region: str = REGION, **pattern: Any) -> Inbox:
    """An inbox for the events of one source."""
    return Inbox(
        account, region, EventPattern=json.dumps({"source": [source]} | pattern), State="ENABLED"
    )
