"""Checking a request's signature as the IoT API gateway does it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from vsconsole.sandbox.faces.linkvisual_codes import GateShut
from vsconsole.sandbox.wire import Request

WINDOW_SECONDS = 15 * 60
"""How far a request's time may be off, either way."""

REFUSED = 401
"""The status of every refusal in here, for which the platform's page names only this one."""

_DIGESTS = {"HmacSHA256": hashlib.sha256, "HmacSHA1": hashlib.sha1}

_NEVER_SIGNED = frozenset(
    (
        "x-ca-signature",
        "x-ca-signature-headers",
        "accept",
        "content-md5",
        "content-type",
        "date",
        "host",
        "token",
        "user-agent",
    )
)


class Nonces:
    """The nonces that a request could still come with in time; thread-safe."""

    def __init__(self) -> None:
        """None seen yet."""
        self._seen: dict[str, float] = {}
        self._guard = threading.Lock()

    def use(self, nonce: str, now: float) -> None:
        """Take note of a nonce; GateShut when it was used before."""
        with self._guard:
            # In the order they came, so only the oldest are looked at.
            while self._seen and next(iter(self._seen.values())) < now - 2 * WINDOW_SECONDS:
                del self._seen[next(iter(self._seen))]
            if nonce in self._seen:
                raise GateShut(REFUSED, "Nonce Used")
            self._seen[nonce] = now


def verify(request: Request, secrets: Mapping[str, str], nonces: Nonces) -> str:
    """The AppKey that signed the request; GateShut when none did, or not now, or not once."""
    key = _header(request, "x-ca-key")
    if key not in secrets:
        raise GateShut(REFUSED, "Invalid AppKey")
    nonce = _header(request, "x-ca-nonce")
    if not nonce:
        raise GateShut(REFUSED, "Header `X-Ca-Nonce` is Required")
    check_body(request)
    digest = _DIGESTS.get(_header(request, "x-ca-signature-method") or "HmacSHA256")
    if digest is None:
        raise GateShut(REFUSED, "Invalid Header `X-Ca-Signature-Method`")
    given = _header(request, "x-ca-signature").encode()
    texts = list(strings_to_sign(request))
    expected = [
        base64.b64encode(hmac.new(secrets[key].encode(), text.encode(), digest).digest())
        for text in texts
    ]
    if not any(hmac.compare_digest(given, one) for one in expected):
        # A header has no line breaks, so the gateway shows them otherwise.
        shown = texts[0].replace("\n", "#")
        raise GateShut(REFUSED, f"Invalid Signature, Server StringToSign:`{shown}`")
    check_time(request)
    nonces.use(f"{key}/{nonce}", request.now)
    return key


def check_body(request: Request) -> None:
    """GateShut unless Content-MD5 is that of the body; there is none for an empty body."""
    given = _header(request, "content-md5")
    digest = hashlib.md5(request.body, usedforsecurity=False).digest()
    expected = base64.b64encode(digest).decode() if request.body else ""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise GateShut(REFUSED, "Invalid Content-MD5")


def strings_to_sign(request: Request) -> Iterator[str]:
    """What the signature may cover: with the query sorted as the vendor's demo has it, and as sent.

    The two SDKs of the vendor differ in this. GateShut for a list of headers that cannot be.
    """
    listed = _header(request, "x-ca-signature-headers")
    names = listed.split(",") if listed else []
    lowered = [name.lower() for name in names]
    if names != sorted(names) or len(set(lowered)) != len(names):
        raise GateShut(REFUSED, "Invalid Header `X-Ca-Signature-Headers`")
    if any(n in _NEVER_SIGNED or n not in request.headers for n in lowered):
        raise GateShut(REFUSED, "Invalid Header `X-Ca-Signature-Headers`")
    if not {"x-ca-key", "x-ca-nonce"} <= set(lowered):
        raise GateShut(REFUSED, "Invalid Header `X-Ca-Signature-Headers`")
    if "x-ca-timestamp" in request.headers and "x-ca-timestamp" not in lowered:
        raise GateShut(REFUSED, "Invalid Header `X-Ca-Signature-Headers`")
    lines = [
        request.method.upper(),
        *(_header(request, n) for n in ("accept", "content-md5", "content-type", "date")),
        *(f"{name}:{_header(request, name.lower())}" for name in names),
    ]
    for pairs in (tuple(sorted(request.query)), request.query):
        query = "&".join(f"{k}={v}" if v else k for k, v in pairs)
        yield "\n".join((*lines, request.path + ("?" + query if query else "")))


def check_time(request: Request) -> None:
    """GateShut when the signed time is more than a quarter of an hour off.

    Assumed: one of X-Ca-Timestamp and Date must be there, as nothing else ends a request's life.
    """
    stamp, date = _header(request, "x-ca-timestamp"), _header(request, "date")
    if not stamp and not date:
        raise GateShut(REFUSED, "Header `X-Ca-Timestamp` is Required")
    try:
        times = [int(stamp) / 1000] if stamp else []
        times += [parsedate_to_datetime(date).timestamp()] if date else []
    except ValueError:
        raise GateShut(REFUSED, "Invalid Timestamp") from None
    if any(abs(one - request.now) > WINDOW_SECONDS for one in times):
        raise GateShut(REFUSED, "Timestamp Expired")


def _header(request: Request, name: str) -> str:
    return request.headers.get(name, "")
