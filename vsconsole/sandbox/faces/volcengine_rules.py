"""Parameter rules as data, and the reader that holds query and body against them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid
from vsconsole.sandbox.wire import Request

Kind = Literal["string", "int", "number", "bool", "flag", "moment", "array", "object"]
Args = dict[str, Any]

ENVELOPE = ("Action", "Version")
"""Query items that choose the call; a body may have an `Action` of its own (CloudControl)."""

MOST_ROWS = 30_000
"""The largest page any page of the vendor names."""

_INT = re.compile(r"-?[0-9]{1,18}")
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_ZONED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T.+(Z|[+-][0-9]{2}:[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter must be.

    A `flag` is a bool or a text, as the vendor's SDKs differ; a `moment` is unix seconds or
    RFC 3339 text and becomes seconds. `wrong` is the code of a value that breaks the rule, by
    default `InvalidParameter.<name>`. `also` are other spellings of the name.
    """

    name: str
    kind: Kind = "string"
    required: bool = False
    default: Any = None
    low: float | None = None
    high: float | None = None
    choices: Collection[Any] | None = None
    each: Rule | None = None
    fields: tuple[Rule, ...] = ()
    wrong: str = ""
    also: tuple[str, ...] = ()

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The value as handlers take it; Refused when it breaks the rule."""
        if self.kind == "moment":
            value = self._moment(value)
        elif not _is(self.kind, value):
            raise self.refusal(f"{self.kind} expected")
        if self.kind == "array":
            each = self.each or Rule(self.name)
            return [each.check(item, unknown) for item in value]
        if self.kind == "object":
            args, more = read(self.fields, value)
            unknown += [f"{self.name}.{key}" for key in more]
            return args
        if self.low is not None and value < self.low:
            raise self.refusal(f"below {self.low:g}")
        if self.high is not None and value > self.high:
            raise self.refusal(f"above {self.high:g}")
        if self.choices is not None and value not in self.choices:
            raise self.refusal("not one of the values")
        return value

    def from_text(self, text: str) -> Any:
        """A query item turned into the kind of the rule."""
        if self.kind == "int" and _INT.fullmatch(text):
            return int(text)
        if self.kind == "number" and _NUMBER.fullmatch(text):
            return float(text)
        if self.kind == "bool" and text in ("true", "false"):
            return text == "true"
        if self.kind in ("string", "flag", "moment"):
            return text
        if self.kind in ("array", "object"):
            try:
                return json.loads(text)
            except ValueError:
                pass  # It is refused below, like any other text of a wrong kind.
        raise self.refusal(f"{self.kind} expected")

    def refusal(self, detail: str) -> Refused:
        """What a value that breaks the rule is answered with."""
        if self.wrong:
            return Refused(self.wrong, f"{self.name}: {detail}")
        return invalid(self.name, detail)

    def _moment(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _INT.fullmatch(value):
            return int(value)
        if isinstance(value, str) and _ZONED.fullmatch(value):
            try:
                return int(datetime.fromisoformat(value).timestamp())
            except ValueError:
                pass  # It is refused below, like any other text that is no moment.
        raise self.refusal("timestamp or RFC3339 expected")


class MapRule(Rule):
    """An object whose keys are names of things; what it holds is looked at by the handler."""

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The object as it is."""
        if not isinstance(value, dict):
            raise self.refusal("object expected")
        return value


def _is(kind: Kind, value: Any) -> bool:
    if kind in ("int", "number"):
        types: tuple[type, ...] = (int,) if kind == "int" else (int, float)
        return isinstance(value, types) and not isinstance(value, bool)
    if kind == "flag":
        return isinstance(value, bool | str)
    expected = {"string": str, "bool": bool, "array": list, "object": dict}
    return isinstance(value, expected[kind])


def read(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> tuple[Args, list[str]]:
    """The arguments, and the names no rule speaks of; null, absent and empty text are the same."""
    spelled = {name: rule.name for rule in rules for name in (rule.name, *rule.also)}
    values = {
        spelled[key]: value
        for key, value in given.items()
        if key in spelled and value is not None and value != ""
    }
    for rule in rules:
        if rule.required and rule.name not in values:
            raise Refused("MissingParameter", rule.name)
    unknown = [key for key in given if key not in spelled]
    args: Args = {}
    for rule in rules:
        has = rule.name in values
        args[rule.name] = rule.check(values[rule.name], unknown) if has else rule.default
    return args, unknown


def arguments(rules: tuple[Rule, ...], request: Request) -> tuple[Args, list[str]]:
    """What a call was given in query and body together; the body's word counts."""
    by_name = {name: rule for rule in rules for name in (rule.name, *rule.also)}
    given: Args = {}
    for name, text in request.query:
        if name in ENVELOPE:
            continue
        if name in given:
            raise invalid(name, "given twice")
        rule = by_name.get(name)
        given[name] = text if rule is None or text == "" else rule.from_text(text)
    return read(rules, {**given, **_body(request)})


def _body(request: Request) -> Args:
    """The JSON object of a POST; nothing, null and an empty text are an empty one."""
    if request.method != "POST" or not request.body.strip():
        return {}
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise invalid("ContentType", "application/json expected")
    try:
        value = json.loads(request.body.decode("utf-8"))
    except ValueError:
        raise invalid("Body", "the body is not JSON") from None
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise invalid("Body", "the body is not a JSON object")
    return value


# The rules that return in many calls.


def page(size: int = 20, *, required: bool = False) -> tuple[Rule, Rule]:
    """PageNumber and PageSize."""
    return (
        Rule("PageNumber", "int", default=1, low=1),
        Rule("PageSize", "int", required=required, default=size, low=1, high=MOST_ROWS),
    )


def span(*, required: bool = True) -> tuple[Rule, Rule]:
    """StartTime and EndTime in unix seconds, as all of 2023-10-01 has them."""
    return (
        Rule("StartTime", "int", required=required, low=0),
        Rule("EndTime", "int", required=required, low=0),
    )


STREAM = Rule("StreamID", required=True)
WHICH = (Rule("StreamingIndex", "int", low=0, high=9), Rule("Resolution"))
"""Main or sub: an index or a resolution."""

TARGET = (Rule("StreamID"), Rule("DeviceNSID"), Rule("ChannelID"), *WHICH)
"""The two ways to name a stream."""
