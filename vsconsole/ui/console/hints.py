"""What a parameter takes, in words and as a JSON skeleton."""

from __future__ import annotations

import json
from typing import Any

from vsconsole.i18n import _, ngettext
from vsconsole.services.console import Parameter

_INDENT = "  "


def hint(param: Parameter) -> str:
    """Type, bounds and default of a parameter on one line."""
    parts = [type_word(param)]
    if bounds := _bounds(param):
        parts.append(bounds)
    if param.pattern and not param.doc:
        parts.append(_("in the form {pattern}").format(pattern=param.pattern))
    if param.type == "string" and param.required and param.min_length == 0:
        parts.append(_("may be empty"))
    if param.default is not None:
        parts.append(_("{value} unless given").format(value=text_of(param.default)))
    return " · ".join(parts)


def type_word(param: Parameter) -> str:
    """The kind of value a parameter takes."""
    if param.type == "list" and param.item is not None and param.item.type != "object":
        return _("list of: {item}").format(item=hint(param.item))
    return {
        "string": _("text"),
        "int": _("whole number"),
        "float": _("number"),
        "bool": _("true or false"),
        "list": _("list of objects") if param.item is not None else _("list of texts"),
        "object": _("object"),
        "file": _("file"),
    }[param.type]


def shape(param: Parameter) -> str:
    """What is inside a list of objects or an object, a line for each; empty for other types."""
    return "\n".join(_inside(param, 0))


def skeleton(param: Parameter) -> str:
    """JSON to fill in: what is needed, or everything where nothing is."""
    return json.dumps(_sample(param), ensure_ascii=False, indent=2)


def text_of(value: Any) -> str:
    """A value as it is typed into a form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _bounds(param: Parameter) -> str:
    if param.choices:
        return _("one of {choices}").format(choices=", ".join(map(text_of, param.choices)))
    if param.type in ("int", "float"):
        text = _range(param.minimum, param.maximum)
        if text and param.besides:
            others = ", ".join(f"{one:g}" for one in param.besides)
            text = _("{range}, or {others}").format(range=text, others=others)
        return text
    low, high = param.min_length, param.max_length
    if param.type == "list":
        if high is None:
            return ""
        return ngettext("at most {n} item", "at most {n} items", high).format(n=high)
    if high is not None and low == high:
        return ngettext("{n} character", "{n} characters", high).format(n=high)
    if low and high is not None:
        return _("{low} to {high} characters").format(low=low, high=high)
    if high is not None:
        return ngettext("at most {n} character", "at most {n} characters", high).format(n=high)
    if low:
        return ngettext("at least {n} character", "at least {n} characters", low).format(n=low)
    return ""


def _range(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return _("{low} to {high}").format(low=_number(low), high=_number(high))
    if low is not None:
        return _("at least {low}").format(low=_number(low))
    if high is not None:
        return _("at most {high}").format(high=_number(high))
    return ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _inside(param: Parameter, depth: int) -> list[str]:
    """The lines about what an object, or each object of a list, holds."""
    fields = param.item.fields if param.item is not None else param.fields
    lines: list[str] = []
    for one in fields:
        mark = " *" if one.required else ""
        words = [hint(one)]
        if one.doc:
            words.append(_(one.doc))
        lines.append(f"{_INDENT * depth}{one.name}{mark}: {' · '.join(words)}")
        lines += _inside(one, depth + 1)
    return lines


def _sample(param: Parameter) -> Any:
    if param.type == "list":
        return [_sample(param.item)] if param.item is not None else [""]
    if param.type == "object":
        needed = [one for one in param.fields if one.required]
        return {one.name: _sample(one) for one in needed or param.fields}
    if param.default is not None:
        return param.default
    if param.choices:
        return param.choices[0]
    if param.type == "bool":
        return False
    if param.type in ("int", "float"):
        low = param.minimum or 0
        return int(low) if low == int(low) else low
    return ""
