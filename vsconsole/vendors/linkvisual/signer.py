"""Signatures of the IoT API gateway, the way the vendor's own SDK for this gateway makes them.

The SDK writes `x-ca-signaturemethod` without the second dash and signs it, sends a `date` header
in place of a timestamp, and calls its JSON `application/octet-stream`; all three are kept, since
the signature covers them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from vsconsole.net.client import Unsigned

HMAC_SHA256 = "HmacSHA256"
HMAC_SHA1 = "HmacSHA1"

ACCEPT = "application/json"
CONTENT_TYPE = "application/octet-stream"

_HASHES = {HMAC_SHA256: hashlib.sha256, HMAC_SHA1: hashlib.sha1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An AppKey and its AppSecret."""

    app_key: str
    app_secret: str = field(repr=False)


def sign(request: Unsigned, credentials: Credentials, when: datetime, nonce: str) -> dict[str, str]:
    """The headers to add to a request that is sent at `when`; `nonce` is new for each attempt."""
    signed = {
        "x-ca-key": credentials.app_key,
        "x-ca-nonce": nonce,
        "x-ca-signaturemethod": HMAC_SHA256,
    }
    added = {"date": http_time(when), "content-md5": content_md5(request.body), **signed}
    text = string_to_sign(request, {**request.headers, **added}, signed)
    return {
        **added,
        "x-ca-signature-headers": header_list(signed),
        "x-ca-signature": signature(text, credentials.app_secret),
    }


def string_to_sign(request: Unsigned, headers: Mapping[str, str], signed: Iterable[str]) -> str:
    """What is signed; `signed` names those of `headers` that stand in it by name.

    The names count in the case they are given in. A query is added as it is, sorted, and a name
    without a value has no equals sign.
    """
    plain = {name.lower(): value for name, value in headers.items()}
    lines = [
        request.method.upper(),
        plain.get("accept", ""),
        plain.get("content-md5", ""),
        plain.get("content-type", ""),
        plain.get("date", ""),
    ]
    lines += [f"{name}:{headers[name]}" for name in sorted(signed)]
    query = "&".join(f"{name}={value}" if value else name for name, value in sorted(request.query))
    return "\n".join([*lines, f"{request.path}?{query}" if query else request.path])


def header_list(signed: Iterable[str]) -> str:
    """The names that were signed, for the header of that name."""
    return ",".join(sorted(signed))


def content_md5(body: bytes) -> str:
    """Base64 of the body's MD5; empty without a body."""
    return base64.b64encode(hashlib.md5(body).digest()).decode() if body else ""


def signature(text: str, secret: str, method: str = HMAC_SHA256) -> str:
    """Base64 of the keyed hash."""
    made = hmac.new(secret.encode(), text.encode(), _HASHES[method])
    return base64.b64encode(made.digest()).decode()


def http_time(when: datetime) -> str:
    """An instant as RFC 1123 text in GMT."""
    return format_datetime(when.astimezone(UTC), usegmt=True)
