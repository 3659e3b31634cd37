"""Signatures of the kind CT-HMAC-SHA256, from "RequestMethod/Signature" of the v2 documents.

The query is signed as it stands in the address and `Content-Type` byte for byte, so both are made
here, and sent as made. `Version` is not signed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote_plus

from vsconsole.net.client import Unsigned, request_for
from vsconsole.net.endpoint import Endpoint

ALGORITHM = "CT-HMAC-SHA256"
SERVICE = "vss"
VERSION = "2021-11-25"
CONTENT_TYPE = "application/json;charset=utf-8"

DATE_ZONE: tzinfo = UTC
"""Assumed: the credential's date is that of UTC, as in the sister service's published client.

No published example lies between midnight and eight in Beijing, where the two days differ.
"""

_SIGNED = ("content-type", "host", "timestamp")


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key pair."""

    access_key: str
    secret_key: str = field(repr=False)


def build(endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
    """The request for checked `values`, with the headers that every call has, also a GET."""
    request = request_for(endpoint, values, host)
    headers = {**request.headers, "Content-Type": CONTENT_TYPE, "Version": VERSION}
    return replace(request, headers=headers)


def encode_query(pairs: Sequence[tuple[str, str]]) -> str:
    """Names in order, form-encoded (a space is `+`), empty values left out; signed and sent so."""
    return "&".join(
        f"{quote_plus(name)}={quote_plus(value)}" for name, value in sorted(pairs) if value
    )


def sign(request: Unsigned, credentials: Credentials, when: datetime) -> dict[str, str]:
    """The headers to add to a request that is sent at `when`."""
    timestamp = str(int(when.timestamp()))
    return {
        "Authorization": authorization(request, credentials, timestamp),
        "Timestamp": timestamp,
    }


def authorization(request: Unsigned, credentials: Credentials, timestamp: str) -> str:
    """The Authorization header for a time in Unix seconds."""
    date = datetime.fromtimestamp(int(timestamp), DATE_ZONE).strftime("%Y-%m-%d")
    scope = f"{date}/{SERVICE}"
    hashed = _sha256(canonical(request, timestamp).encode())
    made = hmac.new(
        signing_key(credentials.secret_key, date),
        f"{ALGORITHM}\n{timestamp}\n{scope}\n{hashed}".encode(),
        hashlib.sha256,
    ).hexdigest()
    return (
        f"{ALGORITHM} Credential={credentials.access_key}/{scope}, "
        f"SignedHeaders={';'.join(_SIGNED)}, Signature={made}"
    )


def canonical(request: Unsigned, timestamp: str) -> str:
    """CanonicalRequest: method, path, query, signed headers, their names, hash of the body."""
    values = (CONTENT_TYPE, request.host, timestamp)
    headers = "".join(f"{name}:{value}\n" for name, value in zip(_SIGNED, values, strict=True))
    return "\n".join(
        (
            request.method,
            request.path,
            encode_query(request.query),
            headers,
            ";".join(_SIGNED),
            _sha256(request.body),
        )
    )


def signing_key(secret_key: str, date: str) -> bytes:
    """kSigning of a day given as `yyyy-mm-dd`: two steps, date and service."""
    dated = hmac.new(f"CT{secret_key}".encode(), date.encode(), hashlib.sha256).digest()
    return hmac.new(dated, SERVICE.encode(), hashlib.sha256).digest()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
