"""Datapoints of a metric, as GetMetricData, GetMetricStatistics and alarms see them.

LocalStack's periods begin at the start of the request, and a query finds metrics that have more
dimensions than it names. On AWS a start is rounded down (to the minute; to the period where that
is shorter), and dimensions are a set: another set is another metric.
"""

import math
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase
from localstack.utils.patch import patch

MINUTE = 60

COMMON = "account_id = ? AND region = ? AND namespace = ? AND metric_name = ?"


# How often data were put, by account and region: alarms look again when it changes.
puts: Counter[tuple[str, str]] = Counter()


@dataclass
class Samples:
    """What was put within one period: single values, and sets of statistics."""

    values: list[float] = field(default_factory=list)
    # (sample count, sum, minimum, maximum) of each set.
    sets: list[tuple[float, float, float, float]] = field(default_factory=list)

    def statistic(self, name: str) -> float:
        """One statistic of all of it: a simple one or a percentile like `p99`."""
        count = len(self.values) + sum(each[0] for each in self.sets)
        total = sum(self.values) + sum(each[1] for each in self.sets)
        match name:
            case "SampleCount":
                return count
            case "Sum":
                return total
            case "Average":
                return total / count
            case "Minimum":
                return min([*self.values, *(each[2] for each in self.sets)])
            case "Maximum":
                return max([*self.values, *(each[3] for each in self.sets)])
            case _:
                return _percentile(sorted(self.values), float(name.lstrip("p")))


def series(
    database: CloudwatchDatabase,
    account: str,
    region: str,
    stat: dict[str, Any],
    start: int,
    end: int,
) -> dict[int, float]:
    """A statistic by the start of each period that has one, in seconds since 1970, oldest first."""
    period = stat["Period"]
    begin = start // min(period, MINUTE) * min(period, MINUTE)
    metric = stat["Metric"]
    where = [account, region, metric.get("Namespace"), metric.get("MetricName")]
    condition = f"{COMMON} AND timestamp >= ? AND timestamp < ?"
    # The last period is whole, even where the end of the request cuts it.
    where += [begin, begin + math.ceil((end - begin) / period) * period]
    # LocalStack keeps them sorted by name, in one text.
    dimensions = database._get_ordered_dimensions_with_separator(metric.get("Dimensions"))
    if dimensions is None:
        condition += " AND dimensions IS NULL"
    else:
        condition += " AND dimensions = ?"
        where.append(dimensions)
    unit = stat.get("Unit")
    if unit == "NULL_VALUE":
        condition += " AND unit IS NULL"
    elif unit:
        condition += " AND unit = ?"
        where.append(unit)
    periods = defaultdict(Samples)
    with database.DATABASE_LOCK, sqlite3.connect(database.METRICS_DB) as connection:
        single = f"SELECT timestamp, value FROM {database.TABLE_SINGLE_METRICS} WHERE {condition}"
        for at, value in connection.execute(single, where):
            periods[(at - begin) // period].values.append(value)
        sets = (
            "SELECT timestamp, sample_count, sum, min, max "
            f"FROM {database.TABLE_AGGREGATED_METRICS} WHERE {condition}"
        )
        for at, *numbers in connection.execute(sets, where):
            periods[(at - begin) // period].sets.append(tuple(numbers))
    return {
        begin + place * period: periods[place].statistic(stat["Stat"]) for place in sorted(periods)
    }


@patch(CloudwatchDatabase.add_metric_data)
def add_metric_data(below, database, account_id: str, region: str, *about) -> None:
    """Counts what is put."""
    below(database, account_id, region, *about)
    puts[account_id, region] += 1


@patch(CloudwatchDatabase.get_metric_data_stat, pass_target=False)
def get_metric_data_stat(
    database: CloudwatchDatabase,
    account_id: str,
    region: str,
    query: dict[str, Any],
    start_time: datetime,
    end_time: datetime,
    scan_by: str,
) -> dict[str, list]:
    """GetMetricStatistics asks here."""
    start, end = int(start_time.timestamp()), int(end_time.timestamp())
    found = series(database, account_id, region, query["MetricStat"], start, end)
    timestamps, values = list(found), list(found.values())
    if scan_by != "TimestampAscending":
        timestamps, values = timestamps[::-1], values[::-1]
    return {"timestamps": timestamps, "values": values}


def _percentile(values: list[float], percent: float) -> float:
    if not values:
        raise ValueError("sets of statistics have no percentiles")
    return values[max(math.ceil(len(values) * percent / 100) - 1, 0)]
