"""What a function prints, line by line, in its CloudWatch log group.

Lambda sends every line of stdout and stderr, and its own START, END and REPORT lines, to the log
stream of the execution environment. A line in the embedded metric format becomes metrics, as
CloudWatch Logs extracts them.
"""

import json
import logging
import threading
import time
from queue import Empty, SimpleQueue
from typing import Any

from botocore.client import BaseClient
from localstack.aws.connect import connect_to

LOG = logging.getLogger(__name__)

# A line is in the log group this long after it was printed, at most.
EVERY_SECONDS = 0.1

# PutLogEvents takes 10 000 events of 1 MiB together; a function's lines are short.
LARGEST_BATCH = 1000

# Lambda answers with the last 4 KB of the log, when it is asked for it.
TAIL = 4096


class LogStream:
    """One log stream, filled by a thread of its own until it is closed."""

    def __init__(self, account: str, region: str, group: str, stream: str):
        self._clients = connect_to(aws_access_key_id=account, region_name=region)
        self._where = {"logGroupName": group, "logStreamName": stream}
        self._lines: SimpleQueue[tuple[int, str] | None] = SimpleQueue()
        self._tail = ""
        self._made = False
        self._thread = threading.Thread(target=self._run, name="function-logs", daemon=True)
        self._thread.start()

    def line(self, text: str) -> None:
        """Adds a line, without its end."""
        self._tail = f"{self._tail}{text}\n"[-TAIL:]
        # An event cannot be empty.
        if text:
            self._lines.put((int(time.time() * 1000), text))

    def begin(self) -> None:
        """The tail is that of one invocation."""
        self._tail = ""

    @property
    def tail(self) -> str:
        """The end of what was said since `begin`."""
        return self._tail

    def close(self) -> None:
        """Sends what is left, and ends."""
        self._lines.put(None)
        self._thread.join(timeout=2)

    def _run(self) -> None:
        open_ = True
        while open_:
            batch = [self._lines.get()]
            time.sleep(EVERY_SECONDS)
            while len(batch) < LARGEST_BATCH and (more := self._waiting()) is not Empty:
                batch.append(more)
            open_ = None not in batch
            lines = [line for line in batch if line is not None]
            try:
                self._send(lines)
            except Exception:
                # LocalStack may be on its way down, or the group deleted in between.
                LOG.warning("Lines of %s were lost", self._where["logGroupName"], exc_info=True)

    def _waiting(self):
        try:
            return self._lines.get_nowait()
        except Empty:
            return Empty

    def _send(self, lines: list[tuple[int, str]]) -> None:
        if not lines:
            return
        client = self._clients.logs
        events = [{"timestamp": at, "message": text} for at, text in lines]
        try:
            if not self._made:
                self._make(client)
            client.put_log_events(**self._where, logEvents=events)
        except client.exceptions.ResourceNotFoundException:
            self._make(client)
            client.put_log_events(**self._where, logEvents=events)
        for at, text in lines:
            if '"_aws"' in text:
                put_embedded_metrics(self._clients.cloudwatch, at, text)

    def _make(self, client: BaseClient) -> None:
        """Lambda makes the group if nobody did, with no retention."""
        for make, names in (
            (client.create_log_group, ["logGroupName"]),
            (client.create_log_stream, ["logGroupName", "logStreamName"]),
        ):
            try:
                make(**{name: self._where[name] for name in names})
            except client.exceptions.ResourceAlreadyExistsException:
                pass
        self._made = True


def put_embedded_metrics(cloudwatch: BaseClient, at: int, text: str) -> None:
    """Puts the metrics of a line in the embedded metric format; any other line has none.

    `at` is in milliseconds, and stands for a timestamp that the line does not have.
    """
    try:
        document = json.loads(text)
        directives = document["_aws"]["CloudWatchMetrics"]
        stamp = document["_aws"].get("Timestamp", at) / 1000
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        data = _metric_data(document, directive, stamp)
        if data:
            cloudwatch.put_metric_data(Namespace=directive["Namespace"], MetricData=data)


def _metric_data(
    document: dict[str, Any], directive: dict[str, Any], stamp: float
) -> list[dict[str, Any]]:
    data = []
    for names in directive.get("Dimensions") or [[]]:
        dimensions = [{"Name": name, "Value": str(document[name])} for name in names]
        for metric in directive["Metrics"]:
            value = document.get(metric["Name"])
            if value is None:
                continue
            values = value if isinstance(value, list) else [value]
            data.append(
                {
                    "MetricName": metric["Name"],
                    "Dimensions": dimensions,
                    "Timestamp": stamp,
                    "Values": [float(one) for one in values],
                    "Unit": metric.get("Unit", "None"),
                    "StorageResolution": metric.get("StorageResolution", 60),
                }
            )
    return data
