"""The Tencent face: 83 calls and their media, as the vendor's document describes them."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from typing import Any

from vsconsole.sandbox import bend
from vsconsole.sandbox.faces import (
    tencent_analysis,
    tencent_config,
    tencent_control,
    tencent_devices,
    tencent_gateways,
    tencent_groups,
    tencent_plans,
    tencent_retrieval,
    tencent_sheets,
    tencent_templates,
)
from vsconsole.sandbox.faces.tencent_codes import MESSAGES, QUIET, Refused, http_status
from vsconsole.sandbox.faces.tencent_desk import NO_DATA, Call, Desk, Memory, Xlsx
from vsconsole.sandbox.faces.tencent_media import TencentMedia
from vsconsole.sandbox.faces.tencent_rules import Args, from_form, from_json, from_query, read
from vsconsole.sandbox.faces.tencent_sign import EXPIRED, INVALID, Credential, verify
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.wire import Kind, Reply, Request
from vsconsole.sandbox.world import World

CALLS: tuple[Call, ...] = tuple(
    sorted(
        (
            *tencent_config.CALLS,
            *tencent_groups.CALLS,
            *tencent_devices.CALLS,
            *tencent_sheets.CALLS,
            *tencent_control.CALLS,
            *tencent_plans.CALLS,
            *tencent_templates.CALLS,
            *tencent_retrieval.CALLS,
            *tencent_analysis.CALLS,
            *tencent_gateways.CALLS,
        ),
        key=lambda call: call.number,
    )
)
"""Every documented call in the document's order."""

_BY_ADDRESS = {(call.method, call.path): call for call in CALLS}
_PATHS = {call.path for call in CALLS}


class TencentFace:
    """One Tencent account over a world."""

    vendor = "tencent"
    server_name = "tencent-iss"
    account_name = "Tencent sandbox"

    def __init__(self, world: World, streams: Streams) -> None:
        """Make the account's keys from the world's seed."""
        secret = world.make_id("tencent-key", 1).replace("-", "")
        self.credential = Credential(secret_id=f"AKID{secret}", secret_key=secret[::-1])
        self.credentials = {self.credential.secret_id: self.credential}
        self.memory = Memory()
        self._world = world
        self._streams = streams
        self._media = TencentMedia(world, streams, self.memory)
        self._sequence = 0
        self._limited = 0
        self._workers: list[threading.Thread] = []

    def add_temporary(self, seconds: float) -> Credential:
        """Temporary keys that end after some seconds; their token goes with every request."""
        with self._world.lock:
            mark = self._world.fresh_id("tencent-temporary").replace("-", "")
            credential = Credential(
                secret_id=f"AKID{mark}",
                secret_key=mark[::-1],
                token=f"token-{mark}",
                expires=self._world.now() + seconds,
            )
            self.credentials[credential.secret_id] = credential
            return credential

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in."""
        return {
            "server": base,
            "secret_id": self.credential.secret_id,
            "secret_key": self.credential.secret_key,
        }

    def kind_of(self, path: str) -> Kind:
        """Calls live under /ivc."""
        return "api" if path.startswith("/ivc/") else "media"

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """Paged answers carry Data.List."""
        data = payload.get("Data")
        rows = data.get("List") if isinstance(data, dict) else None
        return rows if isinstance(rows, list) else None

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """A wrong secret and an expired token have codes; half of rate limits are 50000."""
        if self.kind_of(request.path) == "media":
            return self._media.refused(request) if fault == "expired-url" else None
        if fault == "secret":
            return self._refused(Refused(INVALID, "q-signature"), None)
        if fault == "expired-token":
            return self._refused(Refused(EXPIRED), None)
        if fault == "rate-limit":
            self._limited += 1
            if self._limited % 2:
                return self._refused(Refused(50000, "request limit exceeded"), None)
        if fault == "unknown-code":
            reply = self._refused(Refused(50000), None)
            return bend.strange(reply, 59999, {"StatusCode": 59999, "Message": bend.STRANGE})
        return None

    def answer(self, request: Request) -> Reply:
        """A call's answer or a piece of media."""
        if self.kind_of(request.path) == "media":
            return self._media.answer(request)
        call = _BY_ADDRESS.get((request.method, request.path))
        try:
            verify(request, self.credentials)
        except Refused as refused:
            return self._refused(refused, call)
        if call is None:
            status = 405 if request.path in _PATHS else 404
            return self._refused(Refused(40001, "no such call"), None, status)
        args: Args = {}
        try:
            args, unknown = _arguments(call, request)
            with self._world.lock:
                self._world.settle()
                data = call.handler(self._desk(request), args)
        except Refused as refused:
            return self._refused(refused, call, args=args)
        if isinstance(data, Xlsx):
            return self._sheet(data, call, args)
        payload = self._envelope(200)
        if data is not NO_DATA:
            payload["Data"] = data
        return Reply(
            headers=self._headers(payload),
            payload=payload,
            call=call.name,
            code=200,
            params=args,
            unknown=unknown,
            session=str(args.get("Session") or ""),
        )

    def cut(self) -> None:
        """Nothing flows past the web server."""

    def close(self) -> None:
        """Wait for imports that still run."""
        for worker in self._workers:
            worker.join(5)

    def _desk(self, request: Request) -> Desk:
        return Desk(
            world=self._world,
            streams=self._streams,
            memory=self.memory,
            base=f"http://{request.host}",
            now=self._world.now(),
            struck=request.struck,
            background=self._background,
        )

    def _background(self, work: Callable[[], None]) -> None:
        worker = threading.Thread(target=work, name="sandbox-tencent-import", daemon=True)
        self._workers.append(worker)
        worker.start()

    def _refused(
        self,
        refused: Refused,
        call: Call | None,
        status: int | None = None,
        args: Args | None = None,
    ) -> Reply:
        payload = self._envelope(refused.code)
        payload["Data"] = refused.detail
        return Reply(
            status=http_status(refused.code) if status is None else status,
            headers=self._headers(payload),
            payload=payload,
            call=call.name if call else "",
            code=refused.code,
            params=args or {},
            session=str((args or {}).get("Session") or ""),
        )

    def _sheet(self, sheet: Xlsx, call: Call, args: Args) -> Reply:
        headers = {
            "Content-Type": "application/download",
            "Content-Disposition": f'attachment; filename="{sheet.name}"',
            "RequestId": self._request_id(),
        }
        return Reply(headers=headers, body=sheet.content, call=call.name, code=200, params=args)

    def _envelope(self, code: int) -> dict[str, Any]:
        return {
            "RequestId": self._request_id(),
            "Code": 0 if code == 200 or code in QUIET else 500,
            "StatusCode": code,
            "Message": MESSAGES[code],
        }

    def _headers(self, payload: dict[str, Any]) -> dict[str, str]:
        return {"Content-Type": "application/json", "RequestId": payload["RequestId"]}

    def _request_id(self) -> str:
        with self._world.lock:
            self._sequence += 1
            text = f"{int(self._world.now()):x}_{self._world.seed:08x}_0_{self._sequence:x}"
        return base64.b64encode(text.encode()).decode()


def _arguments(call: Call, request: Request) -> tuple[Args, tuple[str, ...]]:
    """What the call was given, by its rules; a query key that a body repeats is `query.Key`."""
    if request.method in ("POST", "PUT") and "content-length" not in request.headers:
        raise Refused(40001, "Content-Length is missing")
    args, unknown = read(call.query, from_query(call.query, request))
    if not call.body and not call.form:
        return args, tuple(unknown)
    given = from_form(call.form, request) if call.form else from_json(request)
    body, more = read(call.body or call.form, given)
    both = {f"query.{k}" if k in body else k: v for k, v in args.items()}
    return {**body, **both}, (*unknown, *more)
