"""The rule of a composite alarm: ALARM, OK and INSUFFICIENT_DATA of other alarms, AND, OR, NOT.

Grammar of `AlarmRule` in PutCompositeAlarm: an alarm is named or given by its ARN, in quotation
marks or without.
"""

import re
from collections.abc import Callable, Iterator

TOKEN = re.compile(r'\s*(?:([()])|"([^"]*)"|([^\s()"]+))')
STATES = ("ALARM", "OK", "INSUFFICIENT_DATA")
CONSTANTS = {"TRUE": True, "FALSE": False}


class Malformed(ValueError):
    """It is not a rule."""


def holds(rule: str, state_of: Callable[[str], str | None]) -> bool:
    """Whether the rule is true; `state_of` tells the state of an alarm by name or ARN."""
    tokens = _Tokens(rule)
    value = _either(tokens, state_of)
    if tokens.now is not None:
        raise Malformed(f"{tokens.now} is too much")
    return value


class _Tokens:
    def __init__(self, rule: str):
        self._rest = self._split(rule)
        self.now = next(self._rest, None)

    @staticmethod
    def _split(rule: str) -> Iterator[str]:
        end = 0
        while match := TOKEN.match(rule, end):
            end = match.end()
            yield next(part for part in match.groups() if part is not None)
        if rule[end:].strip():
            raise Malformed(rule[end:])

    def take(self) -> str:
        taken = self.now
        if taken is None:
            raise Malformed("it ends too soon")
        self.now = next(self._rest, None)
        return taken

    def expect(self, token: str) -> None:
        if self.take() != token:
            raise Malformed(f"{token} is missing")


def _either(tokens: _Tokens, state_of) -> bool:
    value = _both(tokens, state_of)
    while tokens.now == "OR":
        tokens.take()
        value = _both(tokens, state_of) or value
    return value


def _both(tokens: _Tokens, state_of) -> bool:
    value = _one(tokens, state_of)
    while tokens.now == "AND":
        tokens.take()
        value = _one(tokens, state_of) and value
    return value


def _one(tokens: _Tokens, state_of) -> bool:
    token = tokens.take()
    if token == "NOT":
        return not _one(tokens, state_of)
    if token == "(":
        value = _either(tokens, state_of)
        tokens.expect(")")
        return value
    if token in CONSTANTS:
        return CONSTANTS[token]
    if token not in STATES:
        raise Malformed(f"{token} is no state")
    tokens.expect("(")
    name = tokens.take()
    tokens.expect(")")
    return state_of(name) == token
