"""Parameter rules as data, and the readers of the gateway's envelope."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from vsconsole.sandbox.faces.linkvisual_codes import REQUEST, Refused

Kind = Literal["string", "int", "bool", "list", "object"]
Args = dict[str, Any]

MOST_SECONDS = 10**11
"""Seconds beyond this are milliseconds in the wrong place."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter must be; a `list` has `each`, an `object` may have `fields`.

    An object without `fields` is taken as it is.
    """

    name: str
    kind: Kind = "string"
    required: bool = True
    default: Any = None
    low: int | None = None
    high: int | None = None
    choices: Collection[Any] | None = None
    longest: int | None = None
    each: Rule | None = None
    fields: tuple[Rule, ...] = ()

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The value with defaults inside filled in; Refused when it breaks the rule.

        Names inside it that no rule speaks of are added to `unknown`.
        """
        if not _is(self.kind, value):
            raise Refused(REQUEST, f"{self.name}: {self.kind} expected")
        if self.required and value == "":
            raise Refused(REQUEST, f"{self.name} is empty")
        if self.low is not None and value < self.low:
            raise Refused(REQUEST, f"{self.name}: below {self.low}")
        if self.high is not None and value > self.high:
            raise Refused(REQUEST, f"{self.name}: above {self.high}")
        if self.choices is not None and value not in self.choices:
            raise Refused(REQUEST, f"{self.name}: not one of the values")
        if self.longest is not None and len(value) > self.longest:
            raise Refused(REQUEST, f"{self.name}: more than {self.longest}")
        if self.kind == "list" and self.each is not None:
            return [self.each.check(item, unknown) for item in value]
        if self.kind == "object" and self.fields:
            args, more = read(self.fields, value)
            unknown += [f"{self.name}.{key}" for key in more]
            return args
        return value


def _is(kind: Kind, value: Any) -> bool:
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    types = {"string": str, "bool": bool, "list": list, "object": dict}
    return isinstance(value, types[kind])


def read(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> tuple[Args, list[str]]:
    """The arguments and the names no rule speaks of; null and absent are the same."""
    for rule in rules:
        if rule.required and given.get(rule.name) is None:
            raise Refused(REQUEST, f"{rule.name} is missing")
    known = {rule.name for rule in rules}
    unknown = [key for key in given if key not in known]
    args: Args = {}
    for rule in rules:
        value = given.get(rule.name)
        args[rule.name] = rule.default if value is None else rule.check(value, unknown)
    return args, unknown


@dataclass(frozen=True, kw_only=True, slots=True)
class Envelope:
    """What every request of the gateway has around its parameters."""

    id: str
    version: str
    api_version: str
    token: str
    language: str
    params: Mapping[str, Any]


def envelope(body: bytes) -> Envelope:
    """The envelope of a body; Refused 400 when it is none."""
    try:
        value = json.loads(body.decode("utf-8"))
    except ValueError:
        raise Refused(REQUEST, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(REQUEST, "the body is not a JSON object")
    about, params = value.get("request"), value.get("params")
    if not isinstance(about, dict) or not isinstance(params, dict):
        raise Refused(REQUEST, "request and params must be objects")
    texts = {
        "id": value.get("id"),
        "version": value.get("version"),
        "api_version": about.get("apiVer"),
        "token": about.get("iotToken", ""),
        "language": about.get("language", ""),
    }
    for name, text in texts.items():
        if not isinstance(text, str):
            raise Refused(REQUEST, f"{name} must be a string")
    if not texts["id"] or texts["version"] != "1.0":
        raise Refused(REQUEST, "id must be there and version must be 1.0")
    return Envelope(params=params, **texts)


# The rules that return in many calls.

IOT_ID = Rule("iotId")
PLAN_ID = Rule("planId")
STREAM = Rule("streamType", "int", required=False, default=0, choices=(0, 1))
ZONE = Rule("timeZone", "int", required=False, default=8, low=-11, high=12)
FILE_NAME = Rule("fileName")


def flag(name: str, *, required: bool = False) -> Rule:
    """0 or 1."""
    return Rule(name, "int", required=required, choices=(0, 1))


def switch(name: str, *, default: bool = False) -> Rule:
    """true or false."""
    return Rule(name, "bool", required=False, default=default)


def seconds(name: str) -> Rule:
    """An epoch second; milliseconds are refused."""
    return Rule(name, "int", low=0, high=MOST_SECONDS)


def millis(name: str) -> Rule:
    """An epoch millisecond."""
    return Rule(name, "int", low=0)


def page(most: int | None = 500) -> tuple[Rule, Rule]:
    """pageStart from 0 and pageSize, 20 by default."""
    return (
        Rule("pageStart", "int", required=False, default=0, low=0),
        Rule("pageSize", "int", required=False, default=20, low=1, high=most),
    )


def texts(name: str, longest: int | None = None) -> Rule:
    """A list of strings that is not empty."""
    return Rule(name, "list", longest=longest, each=Rule(name))
