"""When a recurring scheduled action is due."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crontab import CronTab

from ..errors import validation

FIELDS = 5


def next_time(recurrence: str, zone: str | None, after: datetime) -> datetime | None:
    """The first moment after `after` (in UTC); None if there is none.

    The expression counts on the zone's wall clock, so 08:00 stays 08:00 across a change of
    the clocks. A zone or expression that AWS refuses is a ValidationError.
    """
    local = after.astimezone(_zone(zone)).replace(tzinfo=None)
    nexts = [
        tab.next(now=local, default_utc=True, return_datetime=True) for tab in _parse(recurrence)
    ]
    due = min((moment for moment in nexts if moment is not None), default=None)
    return due and due.replace(tzinfo=_zone(zone)).astimezone(UTC)


def _zone(name: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(name or "Etc/UTC")
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise validation(f"TimeZone {name} is not a known IANA time zone.") from problem


def _parse(recurrence: str) -> list[CronTab]:
    """Two when both days are given: cron runs on either, the library only where they meet."""
    fields = recurrence.split()
    # The library also reads seconds, years and @daily; AWS reads five fields.
    if len(fields) != FIELDS:
        raise validation(f"Given recurrence string: {recurrence} is invalid")
    minute, hour, day, month, weekday = fields
    variants = [fields]
    if not day.startswith("*") and not weekday.startswith("*"):
        variants = [[minute, hour, day, month, "*"], [minute, hour, "*", month, weekday]]
    try:
        return [CronTab(" ".join(variant)) for variant in variants]
    except ValueError as problem:
        raise validation(f"Given recurrence string: {recurrence} is invalid") from problem
