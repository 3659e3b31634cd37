"""Takes secrets out of what people and logs may see."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

MASK = "***"

_SECRET = re.compile(
    r"pass(word|wd|phrase)|secret(?!_?id)|token|authorization|signature|cookie|credential"
    r"|private_?key|^(key|sign|pwd|psk)$",
    re.IGNORECASE,
)
_URL = re.compile(r"[a-z][a-z0-9+.\-]{1,9}://[^\s\"'<>\\^`{|}]+", re.IGNORECASE)
_PAIR = re.compile(
    # Only from the beginning of a word on, or a long run of letters would take for ever.
    r"((?:(?<![\w\-])[\w\-]*"
    r"(?:pass(?:word|wd)|secret(?!_?id)(?:_?key)?|token|signature)|q-ak|authorization)"
    r"[\"']?\s*[=:]\s*[\"']?)(?!\*\*\*)[^\s\"'&,;}]+(?:&q-[^\s\"',}]+)*",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether a field of this name holds something nobody should read."""
    return bool(_SECRET.search(name))


def redact_url(url: str) -> str:
    """The address without login, query and fragment, which may hold tokens."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return MASK
    host = parts.netloc.rpartition("@")[2]
    query = MASK if parts.query else ""
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def redact_text(text: str) -> str:
    """`text` with the queries of addresses and the values of secrets masked."""
    text = _URL.sub(lambda found: redact_url(found.group()), text)
    return _PAIR.sub(lambda found: found.group(1) + MASK, text)


def redact_params(value: Any, secret: Collection[str] = ()) -> Any:
    """A copy of JSON-like `value` with secrets masked, those named in `secret` too.

    Empty secrets stay empty: that none is set is no secret.
    """
    if isinstance(value, Mapping):
        return {
            key: MASK
            if item not in ("", None) and _hides(str(key), item, secret)
            else redact_params(item, secret)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redact_params(item, secret) for item in value]
    if isinstance(value, str):
        return _URL.sub(lambda found: redact_url(found.group()), value)
    return value


def _hides(key: str, item: Any, secret: Collection[str]) -> bool:
    if isinstance(item, Mapping | list | tuple | bool):
        return False
    return key in secret or is_secret(key)
