"""Which state an alarm takes: M out of N datapoints, and missing ones, by AWS's rules.

Source: "Configuring how CloudWatch alarms treat missing data" and "Avoiding premature
transitions to alarm state" in the CloudWatch user guide.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}

# What stands for a missing datapoint.
FILLED = {"breaching": True, "notBreaching": False}


@dataclass(frozen=True)
class Rule:
    """When an alarm is in ALARM."""

    comparison: str
    threshold: float
    periods: int
    datapoints: int
    missing: str

    @classmethod
    def of(cls, alarm: dict[str, Any]) -> "Rule":
        """The rule of an alarm as DescribeAlarms has it."""
        periods = alarm["EvaluationPeriods"]
        return cls(
            comparison=alarm["ComparisonOperator"],
            threshold=alarm["Threshold"],
            periods=periods,
            datapoints=alarm.get("DatapointsToAlarm") or periods,
            missing=alarm.get("TreatMissingData") or "missing",
        )

    @property
    def window(self) -> int:
        """How many periods are looked at: AWS retrieves some more than it evaluates."""
        return self.periods + max(self.periods // 3, 2)

    def breaches(self, value: float) -> bool:
        """Whether a datapoint breaches."""
        return COMPARISONS[self.comparison][0](value, self.threshold)

    def state(self, points: Sequence[float | None]) -> str | None:
        """The state that the datapoints mean, oldest first; None: the state stays as it is."""
        breaching = [None if point is None else self.breaches(point) for point in points]
        real = [point for point in breaching if point is not None]
        if not real:
            return self._without_data()
        recent = breaching[-self.periods :]
        if None in recent:
            recent = real[-self.periods :]
            fill = FILLED.get(self.missing)
            if fill is not None:
                recent = recent + [fill] * (self.periods - len(recent))
        if recent.count(True) >= self.datapoints:
            return ALARM
        if recent.count(False) > self.periods - self.datapoints:
            return OK
        return self._premature(breaching[-self.periods :])

    def _without_data(self) -> str | None:
        if self.missing in FILLED:
            return ALARM if FILLED[self.missing] else OK
        return INSUFFICIENT_DATA if self.missing == "missing" else None

    def _premature(self, recent: list[bool | None]) -> str | None:
        """ALARM if the oldest breach is old enough and nothing since then contradicts it."""
        if self.missing != "missing":
            return None
        old_enough = recent[: len(recent) - self.datapoints + 1]
        return ALARM if True in old_enough and False not in recent else None


def reason(rule: Rule, state: str, points: Sequence[float | None]) -> str:
    """Why an alarm took a state, in the words of AWS."""
    real = [point for point in points[-rule.periods :] if point is not None]
    if not real:
        count = rule.periods
        treated = {"breaching": "[Breaching]", "notBreaching": "[NonBreaching]"}
        opening = "Insufficient Data" if state == INSUFFICIENT_DATA else "Threshold Crossed"
        return (
            f"{opening}: no datapoints were received for {count} period{'s'[: count > 1]} and "
            f"{count} missing datapoint{'s were' if count > 1 else ' was'} treated as "
            f"{treated.get(rule.missing, '[Missing]')}."
        )
    told = ", ".join(f"{point}" for point in real)
    breaching = sum(map(rule.breaches, real))
    count, negation = (breaching, "") if state == ALARM else (len(real) - breaching, "not ")
    return (
        f"Threshold Crossed: {count} out of the last {len(real)} "
        f"datapoint{'s'[: len(real) > 1]} [{told}] {'were' if count != 1 else 'was'} {negation}"
        f"{COMPARISONS[rule.comparison][1]} the threshold ({float(rule.threshold)})."
    )
