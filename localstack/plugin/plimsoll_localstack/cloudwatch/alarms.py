"""The evaluation of metric alarms, in every account and region.

On AWS an alarm is evaluated once a minute, or every 10 seconds if its period is shorter than a
minute, on whole periods. LocalStack evaluates it once in all its evaluation periods together, on
periods that end now. Here it is whole periods as on AWS, looked at more often: a datapoint that
arrives late is seen within seconds.
"""

import json
import logging
import threading
import time
from datetime import UTC, datetime
from typing import Any

from localstack.aws.connect import connect_to
from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase
from localstack.services.cloudwatch.models import LocalStackMetricAlarm, cloudwatch_stores

from .datapoints import puts
from .evaluation import COMPARISONS, INSUFFICIENT_DATA, Rule, reason
from .events import time as stamp
from .mathematics import Unsupported
from .queries import Answers

LOG = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
MINUTE = 60
SHORTEST_PERIOD = 10


class Evaluator:
    """Stands in the place of LocalStack's scheduler of alarms, with its methods."""

    def __init__(self, database: CloudwatchDatabase):
        self._database = database
        # What each alarm was last evaluated on, by its ARN.
        self._seen: dict[str, tuple] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
        self._thread.start()

    def shutdown_scheduler(self) -> None:
        """Ends it."""
        self._stopped.set()
        self._thread.join(timeout=10)

    def schedule_metric_alarm(self, alarm_arn: str) -> None:
        """An alarm that is there is evaluated."""

    def delete_scheduler_for_alarm(self, alarm_arn: str) -> None:
        """An alarm that is gone is not."""

    def restart_existing_alarms(self) -> None:
        """As ever."""

    def _run(self) -> None:
        while not self._stopped.wait(EVERY_SECONDS):
            for account, region, store in list(cloudwatch_stores.iter_stores()):
                for alarm in list(store.alarms.values()):
                    if not isinstance(alarm, LocalStackMetricAlarm) or self._stopped.is_set():
                        continue
                    try:
                        self._evaluate(account, region, alarm.alarm)
                    except Exception:
                        # One bad alarm must not keep the others from being evaluated.
                        LOG.exception("%s could not be evaluated", alarm.alarm["AlarmName"])

    def _evaluate(self, account: str, region: str, alarm: dict[str, Any]) -> None:
        if alarm["ComparisonOperator"] not in COMPARISONS or "Threshold" not in alarm:
            # Anomaly detection has no threshold, and is not modelled.
            return
        rule = Rule.of(alarm)
        now = int(time.time())
        changed = alarm["AlarmConfigurationUpdatedTimestamp"]
        put = puts[account, region]
        # Nothing new means the same state: the shortest period is 10 seconds.
        seen = (put, now // SHORTEST_PERIOD, changed, alarm["StateValue"])
        if self._seen.get(alarm["AlarmArn"]) == seen:
            return
        self._seen[alarm["AlarmArn"]] = seen
        period, times, points = self._points(account, region, alarm, rule, now)
        state = rule.state(points)
        if state is None or state == alarm["StateValue"]:
            return
        data = {
            "version": "1.0",
            "queryDate": stamp(datetime.fromtimestamp(now, UTC)),
            "statistic": alarm.get("Statistic"),
            "period": period,
            "recentDatapoints": [p for p in points[-rule.periods :] if p is not None],
            "threshold": alarm["Threshold"],
            "evaluatedDatapoints": [
                {"timestamp": stamp(datetime.fromtimestamp(at, UTC)), "value": point}
                for at, point in reversed(list(zip(times, points, strict=True)))
                if point is not None
            ],
        }
        if state == INSUFFICIENT_DATA:
            data.pop("evaluatedDatapoints")
        clients = connect_to(aws_access_key_id=account, region_name=region)
        clients.cloudwatch.set_alarm_state(
            AlarmName=alarm["AlarmName"],
            StateValue=state,
            StateReason=reason(rule, state, points),
            StateReasonData=json.dumps({k: v for k, v in data.items() if v is not None}),
        )

    def _points(
        self, account: str, region: str, alarm: dict[str, Any], rule: Rule, now: int
    ) -> tuple[int, list[int], list[float | None]]:
        """The period, the start of each of the latest whole periods, and what each has."""
        queries = alarm.get("Metrics") or [_query(alarm)]
        returned = next(q for q in queries if q.get("ReturnData", True))
        periods = [q["MetricStat"]["Period"] for q in queries if "MetricStat" in q]
        period = max(periods, default=returned.get("Period") or MINUTE)
        end = now // period * period
        start = end - rule.window * period
        answers = Answers(self._database, (account, region), queries, start, end)
        try:
            found = answers.series(returned["Id"])
        except Unsupported:
            # SUM of nothing, or an expression that only AWS understands: no data.
            found = {}
        times = list(range(start, end, period))
        return period, times, [found.get(at) for at in times]


def _query(alarm: dict[str, Any]) -> dict[str, Any]:
    metric = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}
    stat = alarm.get("Statistic") or alarm.get("ExtendedStatistic")
    made = {"Metric": metric, "Period": alarm["Period"], "Stat": stat}
    return {"Id": "m1", "MetricStat": made | {k: alarm[k] for k in ("Unit",) if k in alarm}}
