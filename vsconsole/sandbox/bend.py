"""How faults change an answer: instead of it, or within it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from typing import Any, cast

from vsconsole.sandbox.wire import Kind, Reply

_NOTICE = """<!DOCTYPE html>
<html><head><title>Service notice</title></head>
<body><h1>Please sign in to the network</h1></body></html>
"""

INSTEAD = {
    "html": (200, _NOTICE),
    "http-500": (500, "<html><body><h1>500 Internal Server Error</h1></body></html>"),
    "rate-limit": (429, "<html><body><h1>429 Too Many Requests</h1></body></html>"),
    "expired-url": (403, "<html><body><h1>403 Forbidden</h1></body></html>"),
}
"""What a box in the middle says when the vendor has no words of its own."""


STRANGE = "a failure of a later version"
"""What a vendor says with a code that none of its pages has."""


def strange(reply: Reply, code: int, fields: Mapping[str, Any]) -> Reply:
    """A refusal with other values in it: fields as "outer.inner", which must be there."""
    payload = copy.deepcopy(reply.payload or {})
    for place, value in fields.items():
        *outer, name = place.split(".")
        inner = payload
        for one in outer:
            inner = inner[one]
        if name not in inner:
            raise KeyError(place)
        inner[name] = value
    return replace(reply, payload=payload, code=code)


def instead(fault: str, kind: Kind) -> Reply:
    """The answer that comes in place of the real one."""
    status, text = INSTEAD[fault]
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if fault == "rate-limit":
        headers["Retry-After"] = "1"
    return Reply(status=status, headers=headers, body=text.encode(), kind=kind, call=fault)


def bent(reply: Reply, rows: list[Any] | None, faults: tuple[str, ...], random: Random) -> Reply:
    """The real answer with strange, missing, doubled or shuffled parts, or not quite JSON."""
    if reply.payload is None or not faults:
        return reply
    payload = copy.deepcopy(reply.payload)
    if rows is not None:
        place = _find(payload, reply.payload, rows)
        if "empty-page" in faults:
            place.clear()
        if "duplicate-page" in faults and place:
            place.extend(copy.deepcopy(place[: (len(place) + 1) // 2]))
        if "unordered-page" in faults:
            random.shuffle(place)
    if "extra-fields" in faults:
        for item in _objects(payload):
            item["ExtraField"] = {"Added": True, "Reason": "a later version of the interface"}
    if "missing-fields" in faults:
        inner = [value for value in payload.values() if isinstance(value, dict | list)]
        for item in list(_objects(inner)):
            if len(item) > 1:
                del item[random.choice(list(item))]
    if "malformed-json" in faults:
        # Whole, and wrong in one place only: the first name has no colon behind it.
        text = json.dumps(payload, ensure_ascii=False).replace('": ', '" ', 1)
        return replace(reply, payload=None, body=text.encode())
    return replace(reply, payload=payload)


def _find(copied: Any, original: Any, rows: list[Any]) -> list[Any]:
    """The list in the copy that stands where `rows` stands in the original."""
    if original is rows:
        return cast("list[Any]", copied)
    if isinstance(original, dict):
        for key, value in original.items():
            found = _find(copied[key], value, rows)
            if found:
                return found
    return []


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        inner = list(value.values())
        yield value
        for item in inner:
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)
