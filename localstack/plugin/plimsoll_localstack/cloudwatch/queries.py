"""Queries of GetMetricData and of alarms: metrics by id, and expressions over them."""

from typing import Any

from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase

from .datapoints import MINUTE, series
from .mathematics import Expressions, Series


class Answers:
    """The series of a list of queries over a time, each found once."""

    def __init__(
        self,
        database: CloudwatchDatabase,
        place: tuple[str, str],
        queries: list[dict[str, Any]],
        start: int,
        end: int,
    ):
        self._database = database
        self._place = place
        self._queries = {query["Id"]: query for query in queries}
        self._start, self._end = start, end
        self._found: dict[str, Series] = {}

    def series(self, name: str) -> Series:
        """The series with that id; an expression may name others, in any order."""
        if name not in self._found:
            # An expression that names itself finds nothing there.
            self._found[name] = {}
            self._found[name] = self._find(self._queries[name])
        return self._found[name]

    def _find(self, query: dict[str, Any]) -> Series:
        if stat := query.get("MetricStat"):
            return series(self._database, *self._place, stat, self._start, self._end)
        metrics = [name for name, one in self._queries.items() if "MetricStat" in one]
        known = {name: self.series(name) for name in self._queries if name != query["Id"]}
        period = query.get("Period") or self._period()
        begin = self._start // min(period, MINUTE) * min(period, MINUTE)
        times = list(range(begin, self._end, period))
        return Expressions(known, [known[name] for name in metrics], times).value(
            query["Expression"]
        )

    def _period(self) -> int:
        periods = [q["MetricStat"]["Period"] for q in self._queries.values() if "MetricStat" in q]
        return max(periods, default=MINUTE)
