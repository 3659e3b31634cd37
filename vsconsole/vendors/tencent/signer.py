"""Signatures of the kind `q-sign-algorithm=sha1`, from "请求签名".

Only `host` is signed of the headers. The document's rule (values are encoded) and its second
example (`application/json` is not) contradict each other wherever a header has special characters;
a host has none, so both readings give one signature.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vsconsole.net.client import Unsigned, encode

LIFE = 3600
"""Seconds a signature holds."""

BACKDATED = 60
"""Seconds it begins before now, so that a clock slightly ahead does no harm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A key pair; `token` belongs to a temporary one."""

    secret_id: str
    secret_key: str = field(repr=False)
    token: str = field(default="", repr=False)


def sign(request: Unsigned, credentials: Credentials, when: datetime) -> dict[str, str]:
    """The headers to add to a request that is sent at `when`."""
    begin = int(when.timestamp()) - BACKDATED
    headers = {"Authorization": authorization(request, credentials, f"{begin};{begin + LIFE}")}
    if credentials.token:
        headers["x-iss-security-token"] = credentials.token
    return headers


def authorization(
    request: Unsigned,
    credentials: Credentials,
    key_time: str,
    headers: Mapping[str, str] | None = None,
    *,
    encoded: bool = True,
) -> str:
    """The Authorization header over `headers` (`host` where not given) for a KeyTime.

    `encoded` False leaves the values of headers as they are, as the document's POST example does.
    """
    params, param_list = _listed(request.query)
    signed, header_list = _listed(
        tuple((headers or {"host": request.host}).items()), encoded=encoded
    )
    text = f"{request.method.lower()}\n{request.path}\n{params}\n{signed}\n"
    made = signature(sign_key(credentials.secret_key, key_time), key_time, digest(text))
    return (
        f"q-sign-algorithm=sha1&q-ak={credentials.secret_id}"
        f"&q-sign-time={key_time}&q-key-time={key_time}"
        f"&q-header-list={header_list}&q-url-param-list={param_list}&q-signature={made}"
    )


def sign_key(secret_key: str, key_time: str) -> str:
    """SignKey, as hexadecimal text."""
    return _hmac(secret_key, key_time)


def digest(http_string: str) -> str:
    """SHA1(HttpString), as hexadecimal text."""
    return hashlib.sha1(http_string.encode()).hexdigest()


def signature(key: str, key_time: str, hashed: str) -> str:
    """Signature over StringToSign, from SignKey, KeyTime and SHA1(HttpString)."""
    return _hmac(key, f"sha1\n{key_time}\n{hashed}\n")


def _listed(pairs: Sequence[tuple[str, str]], *, encoded: bool = True) -> tuple[str, str]:
    """`key=value&…` and `key;…`, sorted by the lower-case key and then encoded."""
    ready = [
        (encode(key).lower(), encode(value) if encoded else value)
        for key, value in sorted((name.lower(), value) for name, value in pairs)
    ]
    return "&".join(f"{key}={value}" for key, value in ready), ";".join(key for key, _ in ready)


def _hmac(key: str, message: str) -> str:
    return hmac.new(key.encode(), message.encode(), hashlib.sha1).hexdigest()
