"""Events that AWS services send to the default bus of EventBridge, in an account and region.

Services may send from `aws.*`; PutEvents refuses that source to everybody else. Here they go out
on a thread of their own, in order, so that no service waits for another.
"""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from localstack.aws.connect import connect_to

LOG = logging.getLogger(__name__)

_SENDER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="service-events")


@dataclass(frozen=True)
class Event:
    """One event, as a rule sees it."""

    source: str
    detail_type: str
    resources: list[str]
    detail: dict[str, Any]


def send(account: str, region: str, event: Event) -> None:
    """Puts it on the default bus, soon."""
    now = datetime.now(UTC)
    try:
        _SENDER.submit(_put, account, region, event, now)
    except RuntimeError:
        LOG.debug("LocalStack ends; nobody would see %s", event.detail_type)


def _put(account: str, region: str, event: Event, now: datetime) -> None:
    try:
        connect_to(aws_access_key_id=account, region_name=region).events.put_events(
            Entries=[
                {
                    "Time": now,
                    "Source": event.source,
                    "DetailType": event.detail_type,
                    "Resources": event.resources,
                    "Detail": json.dumps(event.detail),
                }
            ]
        )
    except Exception:
        LOG.exception("%s could not be sent", event.detail_type)
