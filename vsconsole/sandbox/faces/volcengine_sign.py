"""Checking a request's signature as Volcengine's signing pages describe it."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from vsconsole.sandbox.faces.volcengine_codes import Refused
from vsconsole.sandbox.wire import Request

ALGORITHM = "HMAC-SHA256"
SERVICE = "aiotvideo"
TERMINATOR = "request"
REGION = "cn-north-1"
"""What the document's answer shows; the service is global and takes any region."""

CLOCK_SECONDS = 900.0
"""Assumed: that X-Date may be so far off; the code for it is published, the figure is not."""

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
_AUTHORIZATION = re.compile(
    r"HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<date>[^/,\s]+)/(?P<region>[^/,\s]+)"
    r"/(?P<service>[^/,\s]+)/(?P<end>[^/,\s]+), SignedHeaders=(?P<headers>[^,\s]+)"
    r", Signature=(?P<signature>[0-9a-f]{64})"
)
_STAMP = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_MUST = ("host", "x-date")
"""Every sample of the signing pages signs these; others may be signed too."""

_IF_SENT = ("x-content-sha256", "x-security-token")


@dataclass(frozen=True, kw_only=True, slots=True)
class Credential:
    """What signs: a temporary one also carries a session token and its last second."""

    access_key: str
    secret_key: str
    session_token: str = ""
    expires: float | None = None

    def __repr__(self) -> str:
        return f"Credential(access_key={self.access_key!r})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Signer:
    """Who signed a request, and for which region."""

    credential: Credential
    region: str


def escape(text: str) -> str:
    """UTF-8 percent encoding with upper-case hex; letters, digits, - _ . ~ stay."""
    return "".join(chr(b) if b in _UNRESERVED else f"%{b:02X}" for b in text.encode())


def verify(request: Request, credentials: Mapping[str, Credential]) -> Signer:
    """Who signed the request; Refused with the platform's codes when nobody rightly did."""
    text = request.headers.get("authorization", "")
    if not text:
        raise Refused("MissingAuthenticationToken")
    if "Signature=" not in text:
        raise Refused("MissingSignature")
    matched = _AUTHORIZATION.fullmatch(text)
    if matched is None:
        raise Refused("SignatureDoesNotMatch", "Authorization")
    stamp = request.headers.get("x-date", "")
    if not stamp:
        raise Refused("MissingRequestInfo", "X-Date")
    credential = credentials.get(matched["key"])
    if credential is None:
        raise Refused("InvalidAccessKey")
    if matched["service"] != SERVICE:
        raise Refused("ServiceNotFound", matched["service"])
    when = _moment(stamp)
    if matched["date"] != stamp[:8] or matched["end"] != TERMINATOR:
        raise Refused("SignatureDoesNotMatch", "Credential")
    _check_body(request)
    names = _names(request, matched["headers"])
    scope = "/".join(matched[k] for k in ("date", "region", "service", "end"))
    to_sign = "\n".join((ALGORITHM, stamp, scope, _hex(canonical(request, names).encode())))
    expected = _mac(_signing_key(credential, scope), to_sign).hex()
    if not hmac.compare_digest(matched["signature"], expected):
        raise Refused("SignatureDoesNotMatch")
    if abs(request.now - when) > CLOCK_SECONDS:
        raise Refused("InvalidTimestamp")
    _check_token(request, credential)
    return Signer(credential=credential, region=matched["region"])


def canonical(request: Request, names: list[str]) -> str:
    """The canonical request over the named headers."""
    # Sorted by key alone: the published signers keep the values of one key in their order.
    query = "&".join(
        f"{escape(key)}={escape(value)}"
        for key, value in sorted(request.query, key=lambda pair: pair[0])
    )
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    return "\n".join(
        (request.method, request.path or "/", query, headers, ";".join(names), _hex(request.body))
    )


def _moment(stamp: str) -> float:
    """The epoch second of an X-Date."""
    try:
        if not _STAMP.fullmatch(stamp):
            raise ValueError(stamp)
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise Refused("InvalidTimestamp", "X-Date", status=400) from None


def _check_body(request: Request) -> None:
    """The hash a client states must be that of the body that came."""
    stated = request.headers.get("x-content-sha256")
    if stated is not None and stated != _hex(request.body):
        raise Refused("SignatureDoesNotMatch", "X-Content-Sha256")


def _names(request: Request, listed: str) -> list[str]:
    """The signed header names: lower case, sorted, each once and sent, the sure ones among them."""
    names = listed.split(";")
    if names != sorted(set(names)) or any(
        n != n.lower() or n not in request.headers for n in names
    ):
        raise Refused("SignatureDoesNotMatch", "SignedHeaders")
    must = [*_MUST, *(n for n in _IF_SENT if n in request.headers)]
    if any(name not in names for name in must):
        raise Refused("SignatureDoesNotMatch", "SignedHeaders")
    if request.headers["host"] != request.host:
        raise Refused("SignatureDoesNotMatch", "Host")
    return names


def _check_token(request: Request, credential: Credential) -> None:
    token = request.headers.get("x-security-token", "")
    if not hmac.compare_digest(token.encode(), credential.session_token.encode()):
        raise Refused("InvalidSecretToken")
    if credential.expires is not None and request.now >= credential.expires:
        raise Refused("InvalidSecretToken")


def _signing_key(credential: Credential, scope: str) -> bytes:
    key = credential.secret_key.encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
