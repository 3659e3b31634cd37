"""Checking CT-HMAC-SHA256 as the vendor's Signature page builds it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone

from vsconsole.sandbox.faces.ctyun_codes import ACCESS_KEY, CLOCK, INVALID, SIGNATURE, Refused
from vsconsole.sandbox.wire import Request

ALGORITHM = "CT-HMAC-SHA256"
SERVICE = "vss"
VERSION = "2021-11-25"

CLOCK_SECONDS = 15 * 60
"""Assumed: how far a Timestamp may be off; nobody published the vendor's limit."""

DATE_ZONE = timezone(timedelta(0))
"""Assumed: the credential's date is that of UTC; no published example tells it from Beijing's."""

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<key>[^/,\s]+)/(?P<date>\d{{4}}-\d\d-\d\d)/(?P<service>[a-z]+), "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,10}")
_ALWAYS_SIGNED = frozenset({"host", "timestamp"})


def verify(request: Request, secrets: Mapping[str, str]) -> str:
    """The access key that signed the request; Refused when none did, or not now."""
    headers = request.headers
    if headers.get("version") != VERSION:
        raise Refused(INVALID, "Version")
    if not headers.get("content-type"):
        raise Refused(INVALID, "Content-Type")
    matched = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
    if matched is None:
        raise Refused(SIGNATURE, "Authorization")
    stamp = headers.get("timestamp", "")
    if not _TIMESTAMP.fullmatch(stamp):
        raise Refused(INVALID, "Timestamp")
    secret = secrets.get(matched["key"])
    if secret is None:
        raise Refused(ACCESS_KEY)
    names = _signed_names(request, matched["headers"])
    date = datetime.fromtimestamp(int(stamp), UTC).astimezone(DATE_ZONE).strftime("%Y-%m-%d")
    if matched["date"] != date or matched["service"] != SERVICE:
        raise Refused(SIGNATURE, "Credential")
    expected = signature(request, names, secret, date)
    if not hmac.compare_digest(matched["signature"], expected):
        raise Refused(SIGNATURE)
    if abs(request.now - int(stamp)) > CLOCK_SECONDS:
        raise Refused(CLOCK)
    return matched["key"]


def signature(request: Request, names: tuple[str, ...], secret: str, date: str) -> str:
    """The signature that a request must carry, over these headers, with this secret."""
    scope = f"{date}/{SERVICE}"
    text = "\n".join(
        (
            ALGORITHM,
            request.headers["timestamp"],
            scope,
            _digest(canonical(request, names).encode()),
        )
    )
    day_key = _mac(f"CT{secret}".encode(), date)
    return _mac(_mac(day_key, SERVICE), text).hex()


def canonical(request: Request, names: tuple[str, ...]) -> str:
    """The canonical request: the query string stands in it as it came, not encoded anew."""
    return "\n".join(
        (
            request.method,
            request.path,
            request.raw_query,
            "".join(f"{name}:{request.headers[name]}\n" for name in names),
            ";".join(names),
            _digest(request.body),
        )
    )


def _signed_names(request: Request, listed: str) -> tuple[str, ...]:
    names = tuple(listed.split(";"))
    if names != tuple(sorted(set(names))) or not _ALWAYS_SIGNED.issubset(names):
        raise Refused(SIGNATURE, "SignedHeaders")
    # Assumed: what has a body signs its type; the page's GET goes without, its POST does not.
    if request.body and "content-type" not in names:
        raise Refused(SIGNATURE, "SignedHeaders")
    if any(name not in request.headers for name in names):
        raise Refused(SIGNATURE, "SignedHeaders")
    if request.headers["host"] != request.host:
        raise Refused(SIGNATURE, "Host")
    return names


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
