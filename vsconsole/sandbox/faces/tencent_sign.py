"""Checking a request's signature as the Tencent document describes it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.wire import Request

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")

_AUTHORIZATION = re.compile(
    r"q-sign-algorithm=(?P<algorithm>[^&]*)"
    r"&q-ak=(?P<id>[^&]*)"
    r"&q-sign-time=(?P<sign_time>[^&]*)"
    r"&q-key-time=(?P<key_time>[^&]*)"
    r"&q-header-list=(?P<headers>[^&]*)"
    r"&q-url-param-list=(?P<params>[^&]*)"
    r"&q-signature=(?P<signature>[0-9a-f]{40})"
)
_KEY_TIME = re.compile(r"(0|[1-9][0-9]{0,11});(0|[1-9][0-9]{0,11})")

EXPIRED, INVALID = 41601, 41602
"""The only codes of the table that speak of credentials."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential:
    """What signs: a temporary one also carries a token and its last second."""

    secret_id: str
    secret_key: str
    token: str = ""
    expires: float | None = None


def escape(text: str) -> str:
    """UTF-8 percent encoding with upper-case hex; letters, digits, - _ . ~ stay."""
    return "".join(chr(b) if b in _UNRESERVED else f"%{b:02X}" for b in text.encode())


def verify(request: Request, credentials: Mapping[str, Credential]) -> Credential:
    """The credential that signed the request; Refused 41601 or 41602 when none did."""
    matched = _AUTHORIZATION.fullmatch(request.headers.get("authorization", ""))
    if matched is None:
        raise Refused(INVALID, "Authorization")
    if matched["algorithm"] != "sha1":
        raise Refused(INVALID, "q-sign-algorithm")
    credential = credentials.get(matched["id"])
    if credential is None:
        raise Refused(INVALID, "q-ak")
    if matched["sign_time"] != matched["key_time"]:
        raise Refused(INVALID, "q-sign-time")
    _check_token(request, credential)
    params = _params(request)
    if matched["params"] != ";".join(key for key, _ in params):
        raise Refused(INVALID, "q-url-param-list")
    headers = _headers(request, matched["headers"])
    expected = {
        _signature(credential.secret_key, matched["key_time"], request, params, signed)
        for signed in headers
    }
    if not any(hmac.compare_digest(matched["signature"], one) for one in expected):
        raise Refused(INVALID, "q-signature")
    _check_time(matched["key_time"], request.now)
    return credential


def _check_token(request: Request, credential: Credential) -> None:
    token = request.headers.get("x-iss-security-token", "")
    if not hmac.compare_digest(token.encode(), credential.token.encode()):
        raise Refused(INVALID, "x-iss-security-token")
    if credential.expires is not None and request.now >= credential.expires:
        raise Refused(EXPIRED, "x-iss-security-token")


def _check_time(key_time: str, now: float) -> None:
    matched = _KEY_TIME.fullmatch(key_time)
    if matched is None or int(matched[1]) > int(matched[2]):
        raise Refused(INVALID, "q-key-time")
    if now >= int(matched[2]) + 1:
        raise Refused(EXPIRED, "q-key-time")
    if now < int(matched[1]):
        raise Refused(INVALID, "q-key-time")


def _params(request: Request) -> list[tuple[str, str]]:
    """All query parameters, sorted by lower-cased key, then encoded."""
    return _encoded((key.lower(), value) for key, value in request.query)


def _headers(request: Request, listed: str) -> list[list[tuple[str, str]]]:
    """The signed headers in both readings: values encoded, as the rule says, and as they are.

    The document's second example signs `application/json` unencoded against its own rule.
    """
    names = listed.split(";") if listed else []
    if names != sorted(set(names)) or any(n != escape(n).lower() for n in names):
        raise Refused(INVALID, "q-header-list")
    if "host" in names and request.headers.get("host") != request.host:
        raise Refused(INVALID, "host")
    values = []
    for name in names:
        if name not in request.headers:
            raise Refused(INVALID, "q-header-list")
        values.append((name, request.headers[name]))
    return [_encoded(values), values]


def _encoded(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(escape(key).lower(), escape(value)) for key, value in sorted(pairs)]


def _signature(
    secret_key: str,
    key_time: str,
    request: Request,
    params: list[tuple[str, str]],
    headers: list[tuple[str, str]],
) -> str:
    sign_key = _hmac(secret_key, key_time)
    http_string = "\n".join(
        (
            request.method.lower(),
            request.path,
            "&".join(f"{k}={v}" for k, v in params),
            "&".join(f"{k}={v}" for k, v in headers),
            "",
        )
    )
    digest = hashlib.sha1(http_string.encode(), usedforsecurity=False).hexdigest()
    return _hmac(sign_key, f"sha1\n{key_time}\n{digest}\n")


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha1).hexdigest()
