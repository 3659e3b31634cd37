"""Requests, the envelope of answers, and readers of what is in them.

Readers are tolerant: numbers come as text and text as numbers, lists as null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import BadResponse, ConsoleError
from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.net.client import Unsigned, as_text, request_for
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.redact import redact_params
from vsconsole.net.retry import retry_after
from vsconsole.net.transport import Response
from vsconsole.vendors.volcengine.endpoints import ZONE
from vsconsole.vendors.volcengine.errors import error_for, unreadable

Raw = Mapping[str, Any]

PRIVATE = frozenset({"Username", "UserName"})
"""Names beside the obvious ones: views of devices hold the login that the device itself uses."""

_FARTHEST = 32_503_680_000  # The year 3000; beyond it, seconds were milliseconds.


def request(endpoint: Endpoint, values: Raw, host: str) -> Unsigned:
    """The request for checked `values`: Action and Version join the query, which is sorted by name
    so that the text sent is the text signed."""
    made = request_for(endpoint, {**values, **_numbers(endpoint, values)}, host)
    path, _mark, fixed = made.path.partition("?")
    placed = endpoint.placed(values, "query")
    pairs = [
        *parse_qsl(fixed),
        *(pair for name, value in placed.items() for pair in _flat(name, value)),
    ]
    return replace(made, path=path, query=tuple(sorted(pairs, key=lambda pair: pair[0])))


def _numbers(endpoint: Endpoint, values: Raw) -> dict[str, int]:
    """Times that may be numbers or text go as numbers where they are whole ones."""
    placed = endpoint.placed(values, "body")
    return {
        name: int(placed[name])
        for name in ("StartTs", "EndTs")
        if re.fullmatch(r"\d+", text(placed.get(name)))
    }


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    """Lists and objects in a query as the vendor's kits write them: `Tag.1.Key=…`."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flat(f"{name}.{key}", one)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            yield from _flat(f"{name}.{number}", one)
    else:
        yield name, as_text(value)


def payload(endpoint: Endpoint, response: Response) -> Any:
    """`Result` of an answer, None where there is none; raises what is wrong."""
    del endpoint
    pause = retry_after(response.headers, now())
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        raise unreadable(response.status, response.body, retry_after=pause) from None
    about = answer.get("ResponseMetadata") if isinstance(answer, Mapping) else None
    if not isinstance(about, Mapping):
        raise unreadable(response.status, b"", retry_after=pause)
    fault = about.get("Error")
    if not fault and response.status < 400:
        return answer.get("Result")
    told: Raw = fault if isinstance(fault, Mapping) else {}
    raise error_for(
        text(told.get("Code")) or text(told.get("CodeN")),
        message=text(told.get("Message")),
        status=response.status,
        request_id=text(about.get("RequestId")),
        retry_after=pause,
    )


def text(value: Any) -> str:
    """Text or a number as text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def integer(value: Any, default: int) -> int:
    """A whole number, also from text; `default` where there is none."""
    try:
        if isinstance(value, bool):
            return default
        return int(float(value)) if isinstance(value, str) else int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def needed(raw: Any, key: str) -> str:
    """Text that must be there; BadResponse otherwise."""
    found = text(raw.get(key)) if isinstance(raw, Mapping) else ""
    if not found:
        raise _incomplete()
    return found


def rows(data: Any, key: str = "") -> list[Raw]:
    """The objects of a list that is the payload itself or stands under `key`."""
    if isinstance(data, Mapping):
        data = data.get(key)
    if not isinstance(data, Sequence) or isinstance(data, str):
        return []
    return [row for row in data if isinstance(row, Mapping)]


def total(data: Any) -> int | None:
    """How many rows there are over all pages; None where the answer does not say."""
    if not isinstance(data, Mapping) or "TotalCount" not in data:
        return None
    found = integer(data["TotalCount"], -1)
    return found if found >= 0 else None


def shown(raw: Raw) -> dict[str, Any]:
    """A vendor's object without secrets, for the details view."""
    hidden: dict[str, Any] = redact_params(raw, PRIVATE)
    return hidden


def seconds(when: datetime, *, up: bool = False) -> int:
    """Unix seconds of an instant, rounded down or up."""
    whole = int(when.timestamp() // 1)
    return whole + 1 if up and datetime.fromtimestamp(whole, UTC) < when else whole


def rfc3339(whole: int) -> str:
    """Unix seconds as the document writes them: `2023-07-03T21:10:10+08:00`."""
    return datetime.fromtimestamp(whole, UTC).astimezone(ZoneInfo(ZONE)).isoformat()


def moment(value: Any) -> datetime | None:
    """An instant from Unix seconds or milliseconds, or ISO text; Beijing's where no zone is told.

    None for what is neither.
    """
    found = text(value)
    try:
        if re.fullmatch(r"\d+(\.\d+)?", found):
            stamp = float(found)
            stamp = stamp / 1000 if stamp > _FARTHEST else stamp
            return datetime.fromtimestamp(stamp, UTC) if 0 < stamp < _FARTHEST else None
        when = datetime.fromisoformat(found)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=ZoneInfo(ZONE))
    return when.astimezone(UTC)


def _incomplete() -> ConsoleError:
    return BadResponse(
        _("The vendor's answer is incomplete."),
        why=_("A field that must be there is missing."),
        remedy=_("Try again; if it stays so, ask Volcengine."),
    )
