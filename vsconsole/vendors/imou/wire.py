"""Answers and the plain values in them.

Readers are tolerant: numbers come as text and text as numbers, lists as null. Times come without a
zone and are read in the channel's own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vsconsole.domain.model import now
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.retry import http_date, retry_after
from vsconsole.net.transport import Response
from vsconsole.vendors.imou.endpoints import STAMP
from vsconsole.vendors.imou.errors import error_for, incomplete, unreadable

Raw = Mapping[str, Any]

SECRET_FIELDS = frozenset({"ak"})
"""Keys of an answer that hold secrets and do not look it."""

_COMPACT = re.compile(r"\d{8}T\d{6}")
_PLAYABLE = frozenset({"http", "https", "rtmp", "rtsp"})


def payload(_endpoint: Endpoint, response: Response) -> Any:
    """`data` of an answer, an empty object where there is none; raises what is wrong."""
    pause = retry_after(response.headers, now())
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        raise unreadable(response.status, response.body, retry_after=pause) from None
    result = answer.get("result") if isinstance(answer, Mapping) else None
    if not isinstance(result, Mapping):
        raise unreadable(response.status, b"", retry_after=pause)
    request_id = text(answer.get("id"))
    code = text(result.get("code"))
    if code == "0" and response.status < 400:
        data = result.get("data")
        return {} if data is None else data
    if code in ("", "0"):
        raise incomplete(request_id)
    there = http_date(response.headers.get("date", ""))
    raise error_for(
        code,
        message=text(result.get("msg")),
        status=response.status,
        request_id=request_id,
        retry_after=pause,
        clocks=(there, now()) if there is not None else None,
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


def needed(raw: Raw, key: str) -> str:
    """Text that must be there; BadResponse otherwise."""
    found = text(raw.get(key))
    if not found:
        raise incomplete()
    return found


def rows(data: Any, key: str) -> list[Raw]:
    """The objects of the list under `key`."""
    listed = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return []
    return [row for row in listed if isinstance(row, Mapping)]


def address(value: Any) -> str:
    """An address that may be fetched or played; empty for any other."""
    found = text(value)
    try:
        return found if urlsplit(found).scheme.lower() in _PLAYABLE else ""
    except ValueError:
        return ""


def stamp(when: datetime, zone: str, *, up: bool = False) -> str:
    """An instant as the vendor writes local times, in whole seconds, rounded down or up."""
    local = when.astimezone(ZoneInfo(zone))
    if up and local.microsecond:
        local = (when + timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    return local.strftime(STAMP)


def moment(value: Any, zone: str) -> datetime | None:
    """A local time with or without signs between, or Unix seconds or milliseconds; else None."""
    found = text(value)
    try:
        if re.fullmatch(r"\d{9,13}(\.\d+)?", found):
            number = float(found)
            return datetime.fromtimestamp(number / 1000 if number >= 1e11 else number, UTC)
        if _COMPACT.fullmatch(found):
            read = datetime.strptime(found, "%Y%m%dT%H%M%S").replace(tzinfo=ZoneInfo(zone))
        else:
            read = datetime.fromisoformat(found)
            if read.tzinfo is None:
                read = read.replace(tzinfo=ZoneInfo(zone))
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
