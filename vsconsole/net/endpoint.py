"""Endpoints as data: one row per documented call, and the check of parameters against a row."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _, ngettext
from vsconsole.net.rules import Rule

Place = Literal["path", "query", "body", "form"]
Type = Literal["string", "int", "float", "bool", "list", "object", "file"]

_LARGEST_FILE = 16 * 1024 * 1024
_TRUE = frozenset({"true", "1", "yes", "on"})
_FALSE = frozenset({"false", "0", "no", "off"})


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file to send: the name the server is told, and its bytes."""

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """One parameter. `length` is the number of characters, or of items in a list.

    A name that the document wants in two places has a row for each. `default` is what the vendor
    assumes when nothing is sent; it is shown, never sent. `item` is the shape of a list's items,
    `fields` and `rules` those of an object. Values in `besides` are good although outside the
    bounds. `doc` is marked text about the expected form.
    """

    name: str
    type: Type = "string"
    place: Place = "body"
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    besides: tuple[float, ...] = ()
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    choices: tuple[Any, ...] = ()
    default: Any = None
    secret: bool = False
    item: Param | None = None
    fields: tuple[Param, ...] = ()
    rules: tuple[Rule, ...] = ()
    doc: str = ""

    def check(self, value: Any, where: str = "") -> Any:
        """`value` as this parameter's type; text is read as numbers, booleans or JSON.

        Raises InvalidInput whose field is the path to the value, such as `Channels[2].DeviceId`.
        """
        where = where or self.name
        checked = _CONVERT[self.type](self, value, where)
        if self.choices and checked not in self.choices:
            raise InvalidInput(
                _("{name} must be one of {choices}.").format(
                    name=where, choices=", ".join(str(choice) for choice in self.choices)
                ),
                field=where,
            )
        return checked


@dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list is cut into pages, which begin at 1: parameters in, and where the rows are."""

    number: str
    size: str
    largest: int
    items: str = "List"
    total: str = "TotalCount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One documented call; parameters placed in `path` stand there as `{Name}` and are required.

    `idempotent` calls may be repeated by themselves after a failure; `destructive` ones take away
    what cannot be brought back, so they are confirmed first. `doc` is the section's title in the
    vendor's document; `answer` says whether JSON or a file comes back.
    """

    name: str
    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    params: tuple[Param, ...] = ()
    rules: tuple[Rule, ...] = ()
    idempotent: bool = False
    destructive: bool = False
    paging: Paging | None = None
    doc: str = ""
    answer: Literal["json", "file"] = "json"

    @property
    def inputs(self) -> tuple[Param, ...]:
        """Each parameter once, also where the document wants it in two places."""
        return tuple({param.name: param for param in reversed(self.params)}.values())[::-1]

    @property
    def required(self) -> tuple[str, ...]:
        """Names that must be given."""
        return tuple(param.name for param in self.inputs if param.required)

    @property
    def optional(self) -> tuple[str, ...]:
        """Names that may be left out."""
        return tuple(param.name for param in self.inputs if not param.required)

    def check(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """`values` in their own types and in the order of the row; what is None counts as absent.

        Raises InvalidInput with the parameter as its field: unknown, missing, wrong, or against
        one of the rules.
        """
        known = {param.name for param in self.params}
        for name in values:
            if name not in known:
                raise _unknown(name, known)
        return _check_fields(self.inputs, self.rules, values, "")

    def placed(self, values: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """Those of the checked `values` that go to `place`."""
        return {
            param.name: values[param.name]
            for param in self.params
            if param.place == place and param.name in values
        }


def _check_fields(
    params: Sequence[Param], rules: Sequence[Rule], values: Mapping[str, Any], prefix: str
) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for param in params:
        value = values.get(param.name)
        if value is None:
            if param.required:
                name = prefix + param.name
                raise InvalidInput(_("{name} is needed.").format(name=name), field=name)
            continue
        checked[param.name] = param.check(value, prefix + param.name)
    for rule in rules:
        try:
            rule.check(checked)
        except InvalidInput as error:
            error.field = prefix + error.field
            raise
    return checked


def _unknown(name: str, known: set[str], prefix: str = "") -> InvalidInput:
    lowered = {one.lower(): one for one in known}
    near = difflib.get_close_matches(name.lower(), lowered, n=1)
    return InvalidInput(
        _("There is no parameter {name}.").format(name=prefix + name),
        field=prefix + name,
        remedy=_("Did you mean {near}?").format(near=lowered[near[0]]) if near else "",
    )


def _string(param: Param, value: Any, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise InvalidInput(_("{name} must be text.").format(name=where), field=where)
    text = str(value)
    if param.required and not text.strip() and not param.min_length == 0:
        raise InvalidInput(_("{name} is needed.").format(name=where), field=where)
    _check_length(param, len(text), where)
    if param.pattern and not re.fullmatch(param.pattern, text):
        raise InvalidInput(
            _("{name} is not in the expected form.").format(name=where),
            field=where,
            remedy=_(param.doc),
        )
    return text


def _int(param: Param, value: Any, where: str) -> int:
    try:
        number = int(value) if isinstance(value, str) else value
        if isinstance(number, bool) or number != int(number):
            raise ValueError(where)
    except (ValueError, TypeError, OverflowError):
        raise InvalidInput(
            _("{name} must be a whole number.").format(name=where), field=where
        ) from None
    _check_bounds(param, number, where)
    return int(number)


def _float(param: Param, value: Any, where: str) -> float:
    try:
        if isinstance(value, bool) or not math.isfinite(number := float(value)):
            raise ValueError(where)
    except (ValueError, TypeError, OverflowError):
        raise InvalidInput(_("{name} must be a number.").format(name=where), field=where) from None
    _check_bounds(param, number, where)
    return number


def _bool(param: Param, value: Any, where: str) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise InvalidInput(_("{name} must be true or false.").format(name=where), field=where)
    return text in _TRUE


def _list(param: Param, value: Any, where: str) -> list[Any]:
    items = _parsed(value, where)
    # A single value stands for a list of one: `OrganizationId=12` on the command line.
    if isinstance(items, str | int | float) or (
        isinstance(items, Mapping) and isinstance(value, str)
    ):
        items = [value if isinstance(items, int | float) else items]
    if isinstance(items, Mapping) or not isinstance(items, Sequence):
        raise InvalidInput(_("{name} must be a list.").format(name=where), field=where)
    if param.required and not items and not param.min_length == 0:
        raise InvalidInput(_("{name} is needed.").format(name=where), field=where)
    _check_length(param, len(items), where)
    item = param.item or Param(name=param.name)
    return [item.check(one, f"{where}[{i}]") for i, one in enumerate(items)]


def _object(param: Param, value: Any, where: str) -> dict[str, Any]:
    found = _parsed(value, where)
    if not isinstance(found, Mapping):
        raise InvalidInput(_("{name} must be an object.").format(name=where), field=where)
    known = {one.name for one in param.fields}
    for name in found:
        if name not in known:
            raise _unknown(str(name), known, f"{where}.")
    return _check_fields(param.fields, param.rules, found, f"{where}.")


def _file(param: Param, value: Any, where: str) -> FilePart:
    if isinstance(value, FilePart):
        part = value
    else:
        path = Path(str(value)).expanduser()
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise InvalidInput(_("{name} is too large a file.").format(name=where), field=where)
            part = FilePart(path.name, path.read_bytes())
        except (OSError, ValueError) as error:
            raise InvalidInput(
                _("The file for {name} cannot be read.").format(name=where),
                field=where,
                why=(error.strerror or "") if isinstance(error, OSError) else "",
            ) from None
    if not part.content:
        raise InvalidInput(_("The file for {name} is empty.").format(name=where), field=where)
    return part


def _parsed(value: Any, where: str) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text.startswith(("[", "{")):
        return value
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidInput(_("{name} is not valid JSON.").format(name=where), field=where) from None


def _check_bounds(param: Param, number: float, where: str) -> None:
    low, high = param.minimum, param.maximum
    if number in param.besides:
        return
    if (low is None or number >= low) and (high is None or number <= high):
        return
    if low is not None and high is not None:
        text = _("{name} must be from {low} to {high}.")
    elif low is not None:
        text = _("{name} must be at least {low}.")
    else:
        text = _("{name} must be at most {high}.")
    raise InvalidInput(text.format(name=where, low=low, high=high), field=where)


def _check_length(param: Param, length: int, where: str) -> None:
    low, high = param.min_length, param.max_length
    if high is not None and length > high:
        text = ngettext(
            "{name} is too long: at most {n}.", "{name} is too long: at most {n}.", high
        )
        raise InvalidInput(text.format(name=where, n=high), field=where)
    if low is not None and length < low:
        text = ngettext(
            "{name} is too short: at least {n}.", "{name} is too short: at least {n}.", low
        )
        raise InvalidInput(text.format(name=where, n=low), field=where)


_CONVERT = {
    "string": _string,
    "int": _int,
    "float": _float,
    "bool": _bool,
    "list": _list,
    "object": _object,
    "file": _file,
}
