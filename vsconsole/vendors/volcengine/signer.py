"""Signatures of the kind `HMAC-SHA256`, from "签名方法": like AWS's fourth, with shorter words.

What is signed of the headers is free as long as `SignedHeaders` names it; here it is what the
vendor's own kits sign: Content-Type, Content-Md5, Host, and everything that begins with `X-`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vsconsole.net.client import Unsigned, as_query

ALGORITHM = "HMAC-SHA256"
SERVICE = "aiotvideo"

_TERMINATOR = "request"
_SIGNED = frozenset({"content-type", "content-md5", "host"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key pair and the region it is used in; `session_token` belongs to a temporary pair."""

    access_key: str
    secret_key: str = field(repr=False)
    region: str
    session_token: str = field(default="", repr=False)


def sign(request: Unsigned, credentials: Credentials, when: datetime) -> dict[str, str]:
    """The headers to add to a request that is sent at `when`."""
    date = when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    added = {"X-Date": date, "X-Content-Sha256": digest(request.body)}
    if credentials.session_token:
        added["X-Security-Token"] = credentials.session_token
    signed = _signed({**request.headers, **added, "Host": request.host})
    names = ";".join(name for name, _value in signed)
    scope = f"{date[:8]}/{credentials.region}/{SERVICE}/{_TERMINATOR}"
    text = string_to_sign(date, scope, canonical_request(request, signed))
    made = hmac.new(signing_key(credentials, date[:8]), text.encode(), hashlib.sha256).hexdigest()
    added["Authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={names}, Signature={made}"
    )
    return added


def canonical_request(request: Unsigned, signed: Sequence[tuple[str, str]]) -> str:
    """CanonicalRequest over the `signed` headers, which are sorted and in lower case."""
    return "\n".join(
        (
            request.method,
            request.path,
            as_query(sorted(request.query, key=lambda pair: pair[0])),
            *(f"{name}:{value}" for name, value in signed),
            "",
            ";".join(name for name, _value in signed),
            digest(request.body),
        )
    )


def string_to_sign(date: str, scope: str, canonical: str) -> str:
    """StringToSign for an X-Date, a scope and a CanonicalRequest."""
    return "\n".join((ALGORITHM, date, scope, digest(canonical.encode())))


def signing_key(credentials: Credentials, day: str) -> bytes:
    """kSigning for a day as YYYYMMDD; the secret goes in as it is, without a prefix."""
    key = credentials.secret_key.encode()
    for word in (day, credentials.region, SERVICE, _TERMINATOR):
        key = hmac.new(key, word.encode(), hashlib.sha256).digest()
    return key


def digest(content: bytes) -> str:
    """SHA256 as lower-case hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def _signed(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names in lower case and values of the headers to sign, sorted."""
    found = {name.lower(): value.strip() for name, value in headers.items()}
    # Default ports are not part of the Host that is signed.
    found["host"] = found["host"].removesuffix(":443").removesuffix(":80")
    return sorted(
        (name, value) for name, value in found.items() if name in _SIGNED or name.startswith("x-")
    )
