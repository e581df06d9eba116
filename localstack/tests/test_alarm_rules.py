"""The arithmetic of alarms: M of N with missing datapoints, and the rules of composite alarms."""

import pytest
from plimsoll_localstack.cloudwatch.evaluation import Rule
from plimsoll_localstack.cloudwatch.mathematics import Expressions, Unsupported
from plimsoll_localstack.cloudwatch.rules import Malformed, holds

# "Configuring how CloudWatch alarms treat missing data": 0 does not breach, X does, - is missing;
# three of three, five datapoints looked at. None: the state is retained.
TABLE = [
    ("0-X-X", "OK", "OK", "OK", "OK"),
    ("0----", "OK", "OK", "OK", "OK"),
    ("-----", "INSUFFICIENT_DATA", None, "ALARM", "OK"),
    ("0XX-X", "ALARM", "ALARM", "ALARM", "ALARM"),
    ("--X--", "ALARM", None, "ALARM", "OK"),
]
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


@pytest.mark.parametrize(
    ("drawn", "missing", "state"),
    [
        (drawn, missing, state)
        for drawn, *states in TABLE
        for missing, state in zip(TREATMENTS, states, strict=True)
    ],
)
def test_missing_datapoints_mean_what_the_table_of_aws_says(drawn, missing, state):
    rule = Rule("GreaterThanThreshold", 5, 3, 3, missing)
    points = [{"0": 0.0, "X": 9.0, "-": None}[each] for each in drawn]
    assert rule.window == 5
    assert rule.state(points) == state


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("ALARM(a)", True),
        ('ALARM("a")', True),
        ("OK(a)", False),
        ("ALARM(b) OR INSUFFICIENT_DATA(c)", True),
        ("ALARM(a) AND NOT OK(b)", False),
        ("NOT (ALARM(b) OR OK(c))", True),
        ("ALARM(b) AND ALARM(b) OR TRUE", True),
        ("ALARM(nobody)", False),
        ("FALSE", False),
    ],
)
def test_a_composite_rule_is_read_as_aws_reads_it(rule, value):
    states = {"a": "ALARM", "b": "OK", "c": "INSUFFICIENT_DATA"}
    assert holds(rule, states.get) is value


@pytest.mark.parametrize("rule", ["", "ALARM", "ALARM(a", "ALARM(a) OR", "a", "ALARM(a) OK(b)"])
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises(Malformed):
        holds(rule, lambda _name: None)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("m1 + m2", {60: 4.0}),
        ("m1 / 2", {0: 0.5, 60: 0.5}),
        ("m2 / (m1 - 1)", {}),
        ("SUM([m1, m2])", {0: 1.0, 60: 4.0}),
        ("SUM(METRICS())", {0: 1.0, 60: 4.0}),
        ("FILL(m2, 0)", {0: 0.0, 60: 3.0, 120: 0.0}),
        ("FILL(m1, REPEAT)", {0: 1.0, 60: 1.0, 120: 1.0}),
        ("IF(m2 > 2 && m1 == 1, m2, 7)", {60: 3.0}),
        ("AVG(m2) * 2", {0: 6.0, 60: 6.0, 120: 6.0}),
        ("-m2 ^ 2", {60: -9.0}),
    ],
)
def test_an_expression_has_a_value_in_each_period_with_data(expression, value):
    m1, m2 = {0: 1.0, 60: 1.0}, {60: 3.0}
    assert Expressions({"m1": m1, "m2": m2}, [m1, m2], [0, 60, 120]).value(expression) == value


@pytest.mark.parametrize("expression", ["m9", "m1 +", "ANOMALY_DETECTION_BAND(m1)", "[m1]"])
def test_an_expression_that_is_not_understood_is_refused(expression):
    with pytest.raises(Unsupported):
        Expressions({"m1": {}}, [{}], [0]).value(expression)
