"""Acme signs the time and the address."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from vsconsole.net.client import Unsigned, as_query


def sign(request: Unsigned, key_id: str, key: str, when: datetime) -> dict[str, str]:
    """The headers of a request that is sent at `when`."""
    stamp = str(int(when.timestamp()))
    target = f"{request.path}?{as_query(request.query)}" if request.query else request.path
    made = hmac.digest(key.encode(), f"{stamp}\n{target}".encode(), hashlib.sha256)
    return {"X-Acme-Key": key_id, "X-Acme-Time": stamp, "X-Acme-Sign": made.hex()}
