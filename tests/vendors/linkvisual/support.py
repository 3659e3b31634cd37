"""A gateway on loopback that checks every signature and answers what a test tells it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.net.support import Handler, serving
from vsconsole.domain.model import Ability, Account, Channel, Device, Key, Node
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Transport
from vsconsole.vendors import registry
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter
from vsconsole.vendors.linkvisual.things import Model

APP_KEY = "203712345"
APP_SECRET = "0123456789abcdef0123456789abcdef"

BIND = "/uc/listBindingByAccount"
INVOKE = "/thing/service/invoke"
VISION = "/vision/customer/"

NOON = datetime(2023, 11, 21, 4, tzinfo=UTC)
HOUR = Span(NOON, NOON + timedelta(hours=1))


class Refusal(Exception):
    """An answer with a code of its own, or with a status and a reason of the gateway."""

    def __init__(self, code: int, *, status: int = 200, reason: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.reason = reason


@dataclass
class Asked:
    """One call as it came."""

    path: str
    params: Mapping[str, Any]
    frame: Mapping[str, Any]
    ident: str
    nonce: str


@dataclass
class Gateway:
    """Answers by path; a list gives one answer after the other and stays at the last."""

    answers: dict[str, Any] = field(default_factory=dict)
    token: str = "tok-1"
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def calls(self, path: str) -> list[Mapping[str, Any]]:
        """The parameters of every call at a path that ends so."""
        return [one.params for one in self.asked if one.path.endswith(path)]

    def serve(self, handler: Handler) -> None:
        seen = handler.seen
        if not genuine(seen.method, seen.target, seen.headers, seen.body):
            handler.reply(b"", 401, X_Ca_Error_Message="Invalid Signature")
            return
        body = json.loads(seen.body)
        with self.lock:
            self.asked.append(
                Asked(
                    seen.target,
                    body["params"],
                    body["request"],
                    body["id"],
                    seen.headers["x-ca-nonce"],
                )
            )
        try:
            data = self._answer(seen.target, body)
        except Refusal as error:
            headers = {"X_Ca_Error_Message": error.reason} if error.reason else {}
            code = {"code": error.code, "message": f"refused {error.code}", "id": body["id"]}
            handler.reply(b"" if error.reason else encoded(code), error.status, **headers)
            return
        handler.reply(encoded({"code": 200, "message": "success", "id": body["id"], "data": data}))

    def _answer(self, path: str, body: Mapping[str, Any]) -> Any:
        signed_only = path.startswith("/account/") or path == "/vision/stream/query"
        if not signed_only and body["request"].get("iotToken") != self.token:
            raise Refusal(460)
        if path not in self.answers:
            raise Refusal(404, status=404, reason="Invalid Url")
        answer = self.answers[path]
        if isinstance(answer, list):
            with self.lock:
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer(body["params"]) if callable(answer) else answer


def encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def genuine(method: str, target: str, headers: Mapping[str, str], body: bytes) -> bool:
    """The vendor's text, once more and apart from the client's signer."""
    if headers.get("content-md5") != base64.b64encode(hashlib.md5(body).digest()).decode():
        return False
    names = headers.get("x-ca-signature-headers", "").split(",")
    lines = [
        method,
        *(headers.get(name, "") for name in ("accept", "content-md5", "content-type", "date")),
        *(f"{name}:{headers.get(name, '')}" for name in names),
        target,
    ]
    made = hmac.digest(APP_SECRET.encode(), "\n".join(lines).encode(), "sha256")
    return headers.get("x-ca-signature") == base64.b64encode(made).decode()


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A gateway that runs."""
    made = Gateway()
    with serving(made.serve) as server:
        made.url = server.url
        yield made


def adapter_at(
    server: str,
    transport: Transport,
    *,
    renewed: Callable[[str, Mapping[str, str]], None] | None = None,
    **fields: str,
) -> LinkVisualAdapter:
    """An account whose token counts, or with `fields` in place; empty ones are left out."""
    given = {
        "app_key": APP_KEY,
        "app_secret": APP_SECRET,
        "iot_token": "tok-1",
        **fields,
        "server": server,
    }
    plain = {"app_key", "identity_id", "server"}
    options = {name: value for name, value in given.items() if name in plain and value}
    secrets = {name: value for name, value in given.items() if name not in plain and value}
    context = registry.Context(
        transport=transport,
        cache_dir=Path("unused"),
        calls_per_second=1000,
        concurrent=8,
        **({} if renewed is None else {"renewed": renewed}),
    )
    account = Account(id="a1", vendor="linkvisual", name="Test", options=options)
    return LinkVisualAdapter(account, secrets, context)


def tree(adapter: LinkVisualAdapter) -> list[Node]:
    return [node for batch in adapter.nodes() for node in batch]


def channels(adapter: LinkVisualAdapter) -> list[Channel]:
    return [node for node in tree(adapter) if isinstance(node, Channel)]


def devices(adapter: LinkVisualAdapter) -> list[Device]:
    return [node for node in tree(adapter) if isinstance(node, Device)]


def camera(*services: str, inputs: tuple[str, ...] = ("position",)) -> Channel:
    """A channel whose model has these services."""
    model = Model(dict.fromkeys(services, inputs), zooms=True)
    return Channel(
        key=Key("a1", "cam"),
        name="cam",
        abilities=frozenset({Ability.CLOUD_RECORDS}) | model.abilities,
        raw={"model": model.as_raw()},
    )


def file(index: int, begin: datetime, seconds: int, **more: Any) -> dict[str, Any]:
    """A row of the vendor's list of files in the cloud."""

    def local(when: datetime) -> str:
        return (when + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")

    end = begin + timedelta(seconds=seconds)
    return {
        "fileName": f"f{index}",
        "beginTime": local(begin),
        "endTime": local(end),
        "beginTimeUTC": begin.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endTimeUTC": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "recordType": 0,
        "streamType": 0,
        "fileSize": 1,
        **more,
    }
