"""Parameter rules of the Ctyun face as data, and what holds a request against them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Literal
from urllib.parse import unquote_plus

from vsconsole.sandbox.faces.ctyun_codes import INVALID, Refused
from vsconsole.sandbox.wire import Request

Kind = Literal["string", "int", "float", "time", "any", "object", "array"]
Args = dict[str, Any]

BEIJING = timezone(timedelta(hours=8))
"""Assumed: the zone of the times without one; the document's own example fits no other."""

_INT = re.compile(r"-?[0-9]{1,18}")
_FLOAT = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter must be; an `object` has `fields`, an `array` has objects of them.

    `any` is text or a number: the pages show the name and neither type nor values.
    """

    name: str
    kind: Kind = "string"
    required: bool = False
    default: Any = None
    low: float | None = None
    high: float | None = None
    longest: int | None = None
    choices: Collection[Any] = ()
    fields: tuple[Rule, ...] = ()

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The value as its kind; Refused when it is not; strange names inside go to `unknown`."""
        if self.kind == "object":
            return self._inside(value, unknown)
        if self.kind == "array":
            if not isinstance(value, list):
                raise Refused(INVALID, self.name)
            return [self._inside(item, unknown) for item in value]
        value = self._converted(value)
        if self.low is not None and value < self.low:
            raise Refused(INVALID, self.name)
        if self.high is not None and value > self.high:
            raise Refused(INVALID, self.name)
        if self.longest is not None and len(value) > self.longest:
            raise Refused(INVALID, self.name)
        if self.choices and value not in self.choices:
            raise Refused(INVALID, self.name)
        return value

    def _inside(self, value: Any, unknown: list[str]) -> Args:
        if not isinstance(value, dict):
            raise Refused(INVALID, self.name)
        args, more = read(self.fields, value)
        unknown += [f"{self.name}.{key}" for key in more]
        return args

    def _converted(self, value: Any) -> Any:
        if self.kind == "any" and not isinstance(value, dict | list):
            return value
        # Numbers may come as text: the document's own sample writes them so.
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if self.kind == "float" and isinstance(value, float):
            return value
        if isinstance(text, str):
            if self.kind == "string" and text is value:
                return text
            if self.kind == "int" and _INT.fullmatch(text):
                return int(text)
            if self.kind == "float" and _FLOAT.fullmatch(text):
                return float(text)
            if self.kind == "time" and _TIME.fullmatch(text):
                return self._seconds(text)
        raise Refused(INVALID, self.name)

    def _seconds(self, text: str) -> int:
        try:
            when = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise Refused(INVALID, self.name) from None
        return int(when.timestamp())


def read(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> tuple[Args, list[str]]:
    """The arguments, and the names that no rule speaks of; null and "" are the same as absent."""
    known = {rule.name for rule in rules}
    unknown = [key for key in given if key not in known]
    args: Args = {}
    for rule in rules:
        value = given.get(rule.name)
        if value is None or value == "":
            if rule.required:
                raise Refused(INVALID, rule.name)
            args[rule.name] = rule.default
        else:
            args[rule.name] = rule.check(value, unknown)
    return args, unknown


def from_query(request: Request) -> Args:
    """The query as the document writes it, with a plus sign for a space; no name twice."""
    given: Args = {}
    for part in request.raw_query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = unquote_plus(name)
        if name in given:
            raise Refused(INVALID, name)
        given[name] = unquote_plus(value)
    return given


def from_json(request: Request) -> Args:
    """The JSON object of a body; Refused for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        value = json.loads(request.body.decode("utf-8"))
    except ValueError:
        value = None
    if kind != "application/json" or not isinstance(value, dict):
        raise Refused(INVALID, "body")
    return value


PAGE = (
    Rule("PageNum", "int", default=1, low=1),
    Rule("PageSize", "int", default=20, low=1, high=1000),
)
"""The two paging parameters of every list."""

NETWORK = Rule("OutNetwork", default="internet", choices=("internet", "vpn"))
DIRECTIONS = ("asc", "desc", "Asc", "Desc")
"""The records page writes them small, the device page with a capital."""


def switch(name: str) -> Rule:
    """A 0 or 1."""
    return Rule(name, "int", default=0, choices=(0, 1))
