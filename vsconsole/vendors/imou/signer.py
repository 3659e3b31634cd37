"""The `system` block of a call, from the vendor's page "开发规范".

A call is a JSON body of `system`, `id` and `params`; the signature lies in it and covers only the
time, the nonce and the secret. The vendor refuses a nonce it has seen within five minutes, so every
attempt gets a block of its own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from vsconsole.net.client import Unsigned
from vsconsole.net.endpoint import Endpoint

VERSION = "1.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An application of the open platform."""

    app_id: str
    app_secret: str = field(repr=False)


def build(endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
    """The request for checked `values`: its body is `params` alone, until it is signed."""
    return Unsigned(
        method=endpoint.method,
        host=host,
        path=endpoint.path,
        headers={"Host": host, "Accept": "application/json", "Content-Type": "application/json"},
        body=_json(endpoint.placed(values, "body")),
    )


def sign(
    request: Unsigned,
    credentials: Credentials,
    when: datetime,
    *,
    nonce: str,
    ident: str,
    token: str = "",
) -> Unsigned:
    """The request anew, to be sent at `when`; `token` goes into `params` where there is one."""
    seconds = int(when.timestamp())
    params = json.loads(request.body)
    body = {
        "system": {
            "ver": VERSION,
            "sign": signature(seconds, nonce, credentials.app_secret),
            "appId": credentials.app_id,
            "time": seconds,
            "nonce": nonce,
        },
        "params": {"token": token, **params} if token else params,
        "id": ident,
    }
    return replace(request, body=_json(body))


def signature(seconds: int, nonce: str, app_secret: str) -> str:
    """MD5 in lower-case hexadecimal over time (UTC seconds), nonce and secret."""
    text = f"time:{seconds},nonce:{nonce},appSecret:{app_secret}"
    return hashlib.md5(text.encode()).hexdigest()


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
