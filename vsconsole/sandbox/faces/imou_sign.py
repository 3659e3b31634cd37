"""Checking the `system` block of a request as the Imou platform describes it."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused

VERSION = "1.0"
WINDOW = 300
"""Seconds a clock may be off, and a nonce may not come again (open.imou.com, page c20750)."""

FIELDS = ("ver", "appId", "sign", "time", "nonce")


@dataclass(frozen=True, kw_only=True, slots=True)
class Application:
    """What signs: an application of the console."""

    app_id: str
    app_secret: str = field(repr=False)


class Nonces:
    """The nonces of the last five minutes; thread-safe."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._lock = threading.Lock()
        self._known: set[tuple[str, str]] = set()
        self._order: deque[tuple[float, tuple[str, str]]] = deque()

    def use(self, app_id: str, nonce: str, now: float) -> None:
        """Note a nonce; Refused SN1005 when the application sent it within the window."""
        key = (app_id, nonce)
        with self._lock:
            while self._order and self._order[0][0] <= now - WINDOW:
                self._known.discard(self._order.popleft()[1])
            if key in self._known:
                raise Refused("SN1005")
            self._known.add(key)
            self._order.append((now, key))


def verify(
    system: Any, applications: Mapping[str, Application], nonces: Nonces, now: float
) -> Application:
    """The application that signed a block; Refused with the vendor's code when none did.

    Neither the method nor its parameters are signed.
    """
    if not isinstance(system, dict):
        raise Refused("OP1002", "system")
    application = _application(system, applications)
    for name in ("ver", "sign", "nonce"):
        if name not in system:
            raise Refused("OP1002", name)
        if not isinstance(system[name], str) or not system[name]:
            raise Refused("OP1003", name)
    if system["ver"] != VERSION:
        raise Refused("OP1003", "ver")
    when = system.get("time")
    if when is None:
        raise Refused("OP1002", "time")
    if not isinstance(when, int) or isinstance(when, bool):
        raise Refused("SN1003")
    expected = signature(when, system["nonce"], application.app_secret)
    if not hmac.compare_digest(expected.encode(), _bytes(system["sign"])):
        raise Refused("SN1001")
    if abs(now - when) > WINDOW:
        raise Refused("SN1002")
    nonces.use(application.app_id, system["nonce"], now)
    return application


def signature(when: int, nonce: str, app_secret: str) -> str:
    """32 lower-case hex digits over time, nonce and secret, in this order and without spaces."""
    text = f"time:{when},nonce:{nonce},appSecret:{app_secret}"
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    """UTF-8, also of what JSON can say and UTF-8 cannot."""
    return text.encode("utf-8", "surrogatepass")


def _application(system: Mapping[str, Any], applications: Mapping[str, Application]) -> Application:
    app_id = system.get("appId")
    if not isinstance(app_id, str) or not app_id:
        raise Refused("OP1008")
    application = applications.get(app_id)
    if application is None:
        raise Refused("SN1004")
    return application
