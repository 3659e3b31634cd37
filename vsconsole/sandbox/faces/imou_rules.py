"""Parameter rules of the Imou face as data, and the reader that holds `params` against them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.world.recordings import ZONE

Kind = Literal["text", "int", "number", "float", "bool", "time", "range", "texts", "list"]
Args = dict[str, Any]

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_RANGE = re.compile(r"([0-9]{1,9})-([0-9]{1,9})")
_WIDEST = 99
"""A queryRange holds at most a hundred rows."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter must be; OP1002 where it is missing, OP1003 where it is wrong.

    A `number` may come as text. A `time` becomes epoch seconds, a `range` a pair of row numbers
    from 1, both ends within. `texts` is a list of words, numbers in it become words. A `list` has
    objects of `fields`, at most `high` of them.
    """

    name: str
    kind: Kind = "text"
    required: bool = True
    default: Any = None
    longest: int | None = None
    low: float | None = None
    high: float | None = None
    choices: Collection[Any] | None = None
    fields: tuple[Rule, ...] = ()

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The value in its own type; names inside it that no rule speaks of go to `unknown`."""
        if self.kind == "list":
            return self._list(value, unknown)
        found = _converted(self.kind, value)
        if found is None or found == "":
            raise Refused("OP1003", self.name)
        if self.longest is not None and len(found) > self.longest:
            raise Refused("OP1003", self.name)
        if self.low is not None and found < self.low:
            raise Refused("OP1003", self.name)
        if self.high is not None and found > self.high:
            raise Refused("OP1003", self.name)
        if self.choices is not None and found not in self.choices:
            raise Refused("OP1003", self.name)
        return found

    def _list(self, value: Any, unknown: list[str]) -> list[Args]:
        if not isinstance(value, list) or not value:
            raise Refused("OP1003", self.name)
        if self.high is not None and len(value) > self.high:
            raise Refused("OP1003", self.name)
        rows = []
        for item in value:
            if not isinstance(item, dict):
                raise Refused("OP1003", self.name)
            args, more = read(self.fields, item)
            unknown += [f"{self.name}.{name}" for name in more]
            rows.append(args)
        return rows


def read(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> tuple[Args, list[str]]:
    """The arguments and the names no rule speaks of; null, empty and absent are the same."""
    known = {rule.name for rule in rules}
    unknown = [name for name in given if name not in known]
    args: Args = {}
    for rule in rules:
        value = given.get(rule.name)
        if value is None or value == "":
            if rule.required:
                raise Refused("OP1002", rule.name)
            args[rule.name] = rule.default
        else:
            args[rule.name] = rule.check(value, unknown)
    return args, unknown


def _converted(kind: Kind, value: Any) -> Any:
    """The value in its own type, or None when it is not of the kind."""
    if kind == "bool":
        return value if isinstance(value, bool) else None
    if isinstance(value, bool):
        return None
    if kind == "int":
        return value if isinstance(value, int) else None
    if kind == "float":
        return float(value) if isinstance(value, int | float) else None
    if kind == "number":
        if isinstance(value, str) and _NUMBER.fullmatch(value):
            return int(value)
        return value if isinstance(value, int) else None
    if kind == "texts":
        return [str(item) for item in value] if isinstance(value, list) else None
    if not isinstance(value, str):
        return None
    if kind == "time":
        return _seconds(value)
    return _pair(value) if kind == "range" else value


def _pair(text: str) -> tuple[int, int] | None:
    matched = _RANGE.fullmatch(text)
    if matched is None:
        return None
    first, last = int(matched[1]), int(matched[2])
    return (first, last) if 1 <= first <= last <= first + _WIDEST else None


def _seconds(text: str) -> int | None:
    """Epoch seconds of a local time; mainland accounts live by Beijing time."""
    if not _TIME.fullmatch(text):
        return None
    try:
        naive = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int((naive - timedelta(seconds=ZONE)).timestamp())


# The rules that return in many calls.

TOKEN = Rule("token")
DEVICE = (TOKEN, Rule("deviceId", longest=64), Rule("productId", required=False))
CHANNEL = (*DEVICE, Rule("channelId", longest=8))
SPAN = (Rule("beginTime", "time"), Rule("endTime", "time"))
MONTH = (Rule("year", "int", low=1970, high=9999), Rule("month", "int", low=1, high=12))
STREAM = Rule("streamId", "int", required=False, default=0, choices=(0, 1))
