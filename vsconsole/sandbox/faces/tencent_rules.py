"""Parameter rules as data, and the reader that holds a request against them."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from typing import Any, Literal

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.wire import Request

Kind = Literal["string", "int", "bool", "float", "file", "array", "object"]
Args = dict[str, Any]

NAME = re.compile(r"[\u3400-\u9fffA-Za-z0-9_-]+")
WORDS = re.compile(r"[\u3400-\u9fffA-Za-z0-9_-]*")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DIGITS = re.compile(r"[0-9]{1,12}")
_INT = re.compile(r"-?[0-9]{1,18}")
_FLOAT = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one parameter must be.

    `missing` answers an absent or mistyped value, `wrong` one outside its limits. An `array`
    has `each`, an `object` has `fields`. `default` fills in for an absent optional one.
    """

    name: str
    kind: Kind = "string"
    required: bool = True
    default: Any = None
    pattern: re.Pattern[str] | None = None
    longest: int | None = None
    low: float | None = None
    high: float | None = None
    choices: Collection[Any] | None = None
    each: Rule | None = None
    fields: tuple[Rule, ...] = ()
    missing: int = 40001
    wrong: int = 40005
    empty: bool = False

    def check(self, value: Any, unknown: list[str]) -> Any:
        """The value, with defaults inside objects filled in; Refused when it breaks the rule.

        Names inside it that no rule speaks of are added to `unknown`.
        """
        if not _is(self.kind, value):
            raise Refused(self.missing, f"{self.name}: {self.kind} expected")
        if self.kind == "array":
            each = self.each or Rule(self.name)
            return [each.check(item, unknown) for item in value]
        if self.kind == "object":
            args, more = read(self.fields, value)
            unknown += [f"{self.name}.{key}" for key in more]
            return args
        if self.kind == "string" and value == "" and self.required and not self.empty:
            raise Refused(self.missing, f"{self.name} is empty")
        if self.pattern is not None and not self.pattern.fullmatch(value):
            raise Refused(self.wrong, f"{self.name}: characters not allowed")
        if self.longest is not None and len(value) > self.longest:
            raise Refused(self.wrong, f"{self.name}: longer than {self.longest}")
        if self.low is not None and value < self.low:
            raise Refused(self.wrong, f"{self.name}: below {self.low}")
        if self.high is not None and value > self.high:
            raise Refused(self.wrong, f"{self.name}: above {self.high}")
        if self.choices is not None and value not in self.choices:
            raise Refused(self.wrong, f"{self.name}: not one of the values")
        return value


@dataclass(frozen=True, kw_only=True, slots=True)
class Upload:
    """A file of a form."""

    name: str
    content: bytes


def _is(kind: Kind, value: Any) -> bool:
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    types = {"string": str, "bool": bool, "file": Upload, "array": list, "object": dict}
    return isinstance(value, types[kind])


def read(rules: tuple[Rule, ...], given: Mapping[str, Any]) -> tuple[Args, list[str]]:
    """The arguments and the names no rule speaks of; null and absent are the same."""
    for rule in rules:
        if rule.required and given.get(rule.name) is None:
            raise Refused(rule.missing, f"{rule.name} is missing")
    known = {rule.name for rule in rules}
    unknown = [key for key in given if key not in known]
    args: Args = {}
    for rule in rules:
        value = given.get(rule.name)
        args[rule.name] = rule.default if value is None else rule.check(value, unknown)
    return args, unknown


def from_query(rules: tuple[Rule, ...], request: Request) -> Args:
    """Query text turned into the kinds the rules name; an empty optional one is absent."""
    kinds = {rule.name: rule for rule in rules}
    given: Args = {}
    for name, text in request.query:
        if name in given:
            raise Refused(40001, f"{name} is given twice")
        rule = kinds.get(name)
        if rule is None:
            given[name] = text
        elif text == "" and (not rule.required or rule.kind != "string"):
            given[name] = None
        else:
            given[name] = _converted(rule, text)
    return given


def _converted(rule: Rule, text: str) -> Any:
    if rule.kind == "int" and _INT.fullmatch(text):
        return int(text)
    if rule.kind == "float" and _FLOAT.fullmatch(text):
        return float(text)
    if rule.kind == "bool" and text in ("true", "false"):
        return text == "true"
    if rule.kind == "string":
        return text
    raise Refused(rule.missing, f"{rule.name}: {rule.kind} expected")


def from_json(request: Request) -> Args:
    """The JSON object of a body; Refused 40001 for anything else."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Refused(40001, "Content-Type application/json expected")
    try:
        value = json.loads(request.body.decode("utf-8"))
    except ValueError:
        raise Refused(40001, "the body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(40001, "the body is not a JSON object")
    return value


def from_form(rules: tuple[Rule, ...], request: Request) -> Args:
    """Fields and files of a multipart form; Refused 40001 for anything else."""
    kinds = {rule.name: rule for rule in rules}
    given: Args = {}
    for head, content in _parts(request):
        field = str(head.get_param("name", "", header="content-disposition"))
        filename = head.get_filename()
        if filename is not None:
            given[field] = Upload(name=filename, content=content)
            continue
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise Refused(40001, f"{field} is not UTF-8") from None
        rule = kinds.get(field)
        given[field] = text if rule is None or rule.kind == "file" else _converted(rule, text)
    return given


def _parts(request: Request) -> Iterator[tuple[Message, bytes]]:
    """Head and content of each part of a multipart form."""
    outer = Message()
    outer["Content-Type"] = request.headers.get("content-type", "")
    boundary = outer.get_param("boundary")
    if outer.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        raise Refused(40001, "Content-Type multipart/form-data expected")
    pieces = (b"\r\n" + request.body).split(b"\r\n--" + boundary.encode())
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise Refused(40001, "the body is not a form")
    for piece in pieces[1:-1]:
        head, blank, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not blank:
            raise Refused(40001, "the body is not a form")
        yield message_from_string(head.decode("utf-8", "replace")), content


# The rules that return in many calls.


def name(key: str, longest: int = 32, *, required: bool = True, wrong: int = 41624) -> Rule:
    """A name of Chinese, English, digits, _ and -."""
    return Rule(key, required=required, pattern=NAME, longest=longest, missing=wrong, wrong=wrong)


def description(key: str = "Description", *, wrong: int = 41625) -> Rule:
    """Optional words in the characters of a name."""
    return Rule(key, required=False, pattern=WORDS, longest=128, missing=wrong, wrong=wrong)


def device_id(key: str, *, required: bool = True) -> Rule:
    """A device id; a malformed one has its own code."""
    return Rule(key, required=required, pattern=UUID, missing=40001, wrong=41638)


def channel_id(key: str = "ChannelId", *, required: bool = True) -> Rule:
    """A channel id; a malformed one has its own code."""
    return Rule(key, required=required, pattern=UUID, missing=40001, wrong=41639)


def page(size: int = 20, most: int | None = None, *, required: bool = False) -> tuple[Rule, Rule]:
    """PageNumber and PageSize; a size above what the document names is refused."""
    return (
        Rule("PageNumber", "int", required=required, default=1, low=1, wrong=40005),
        Rule("PageSize", "int", required=required, default=size, low=1, high=most, wrong=40005),
    )
