"""Metric math, as far as alarms and target tracking need it.

Arithmetic, comparisons, AND and OR, of metrics by their ids and of numbers; ABS, AVG, CEIL, FILL,
FLOOR, IF, MAX, MIN and SUM, of one metric, of several in brackets, or of `METRICS()`. Anything
else is refused. Source: "Using math expressions with CloudWatch metrics" in the CloudWatch user
guide.
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Series = dict[int, float]
Value = Series | float | list[Series]

OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
FOLDS: dict[str, Callable[[Iterable[float]], float]] = {
    "SUM": sum,
    "MAX": max,
    "MIN": min,
    "AVG": lambda values: (listed := list(values)) and sum(listed) / len(listed),
}
EACH = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
WORDS = (("^", "**"), ("&&", " and "), ("||", " or "), (" AND ", " and "), (" OR ", " or "))


class Unsupported(ValueError):
    """The expression is not one, or not one that is understood here."""


@dataclass(frozen=True)
class Expressions:
    """What an expression can name, and the periods in which it is asked for."""

    known: dict[str, Series]
    metrics: list[Series]
    times: list[int]

    def value(self, expression: str) -> Series:
        """The expression's value in each period that has one."""
        text = expression
        for word, python in WORDS:
            text = text.replace(word, python)
        try:
            value = self._of(ast.parse(text.strip(), mode="eval").body)
        except SyntaxError as problem:
            raise Unsupported(f"{expression} is no expression") from problem
        if isinstance(value, list):
            raise Unsupported(f"{expression} is more than one series")
        # A number stands for itself in every period.
        found = value if isinstance(value, dict) else dict.fromkeys(self.times, value)
        return {at: float(one) for at, one in sorted(found.items())}

    def _of(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(value=int() | float() as number):
                return float(number)
            case ast.Name(id=name) if name in self.known:
                return self.known[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _each(operator.neg, self._of(operand))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return _pairs(_divided, self._of(left), self._of(right))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                return _pairs(OPERATORS[type(op)], self._of(left), self._of(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return _pairs(OPERATORS[type(op)], self._of(left), self._of(right))
            case ast.BoolOp(op=op, values=values):
                return self._logic(isinstance(op, ast.And), [self._of(value) for value in values])
            case ast.List(elts=items):
                return [_series(self._of(item)) for item in items]
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self._call(name, [self._argument(name, one) for one in arguments])
            case _:
                raise Unsupported(ast.unparse(node))

    def _argument(self, function: str, node: ast.expr) -> Value | str:
        if function == "FILL" and isinstance(node, ast.Name) and node.id == "REPEAT":
            return node.id
        return self._of(node)

    @staticmethod
    def _logic(every: bool, values: list[Value]) -> Value:
        first, *rest = values
        combine = (lambda a, b: bool(a and b)) if every else (lambda a, b: bool(a or b))
        for value in rest:
            first = _pairs(combine, first, value)
        return first

    def _call(self, name: str, arguments: list) -> Value:
        match name, arguments:
            case "METRICS", []:
                return self.metrics
            case "FILL", [one, with_]:
                return self._filled(_series(one), with_)
            case "IF", [condition, *branches] if len(branches) in (1, 2):
                return self._chosen(condition, *branches)
            case _, [one] if name in EACH:
                return _each(EACH[name], one)
            case _, [one] if name in FOLDS:
                return _folded(FOLDS[name], one)
            case _:
                raise Unsupported(name)

    def _filled(self, one: Series, with_: Value | str) -> Series:
        filled: Series = {}
        last = None
        for at in self.times:
            last = one.get(at, last)
            value = one.get(at, last if with_ == "REPEAT" else _at(with_, at))
            if value is not None:
                filled[at] = value
        return filled

    def _chosen(self, condition: Value, yes: Value, no: Value | None = None) -> Series:
        chosen: Series = {}
        for at in self.times:
            tested = _at(condition, at)
            value = None if tested is None else _at(yes if tested else no, at)
            if value is not None:
                chosen[at] = value
        return chosen


def _series(value: Value) -> Series:
    if isinstance(value, dict):
        return value
    raise Unsupported("a number stands where a metric is needed")


def _at(value: Value | None, at: int) -> float | None:
    return value.get(at) if isinstance(value, dict) else value


def _divided(over: float, under: float) -> float | None:
    # CloudWatch drops what cannot be divided.
    return over / under if under else None


def _pairs(combine: Callable[[float, float], float | None], left: Value, right: Value) -> Value:
    """Both sides in every period in which both have a value."""
    if isinstance(left, list) or isinstance(right, list):
        raise Unsupported("an array cannot be calculated with")
    if not isinstance(left, dict) and not isinstance(right, dict):
        value = combine(left, right)
        if value is None:
            raise Unsupported("a division by zero")
        return value
    times = (left if isinstance(left, dict) else right).keys()
    if isinstance(left, dict) and isinstance(right, dict):
        times = left.keys() & right.keys()
    found = {at: combine(_at(left, at), _at(right, at)) for at in times}
    return {at: value for at, value in found.items() if value is not None}


def _each(do: Callable[[float], float], value: Value) -> Value:
    if isinstance(value, list):
        raise Unsupported("an array cannot be calculated with")
    return {at: do(one) for at, one in value.items()} if isinstance(value, dict) else do(value)


def _folded(fold: Callable[[Iterable[float]], float], value: Value) -> Value:
    """Of one series a number; of several a series, of those that have a value in a period."""
    if isinstance(value, dict):
        if not value:
            raise Unsupported("there is no datapoint")
        return fold(value.values())
    if not isinstance(value, list):
        return value
    times = {at for one in value for at in one}
    return {at: fold([one[at] for one in value if at in one]) for at in times}
