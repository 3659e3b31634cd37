"""Keeps what nobody should read out of a vendor's record that is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MASK = "***"

_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret(?!_?id)|token|authorization|signature|cookie|credential"
    r"|private_?key|^(key|sign|pwd|psk)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[a-z][a-z0-9+.\-]{1,9}://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)


def masked(value: Any) -> Any:
    """A copy of JSON-like `value` without secrets, and with addresses without login and query."""
    if isinstance(value, Mapping):
        return {
            str(key): MASK if _hides(str(key), item) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return _ADDRESS.sub(lambda found: _address(found.group()), value)
    return value


def _hides(key: str, item: object) -> bool:
    # That none is set is no secret.
    if item in ("", None) or isinstance(item, Mapping | list | tuple | bool):
        return False
    return bool(_SECRET.search(key))


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, MASK if parts.query else "", ""))
