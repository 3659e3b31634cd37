"""The Imou face: the platform's methods over one world, as the vendor describes them."""

from __future__ import annotations

import json
import re
from typing import Any

from vsconsole.sandbox import bend
from vsconsole.sandbox.faces import (
    imou_alarms,
    imou_devices,
    imou_digests,
    imou_live,
    imou_ptz,
    imou_records,
)
from vsconsole.sandbox.faces.imou_codes import MESSAGES, OK, Refused, number_of
from vsconsole.sandbox.faces.imou_desk import Call, Desk, Memory
from vsconsole.sandbox.faces.imou_media import ImouMedia, plain
from vsconsole.sandbox.faces.imou_motion import Motions
from vsconsole.sandbox.faces.imou_rules import Args, read
from vsconsole.sandbox.faces.imou_sign import FIELDS, Application, Nonces, verify
from vsconsole.sandbox.faces.imou_sleep import Sleepers
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.wire import Kind, Reply, Request
from vsconsole.sandbox.world import World

PREFIX = "/openapi/"
TOKEN_METHOD = "accessToken"
TOKEN_SECONDS = 259_200.0

CALLS: tuple[Call, ...] = (
    *imou_devices.CALLS,
    *imou_live.CALLS,
    *imou_ptz.CALLS,
    *imou_records.CALLS,
    *imou_alarms.CALLS,
    *imou_digests.CALLS,
)
"""Every method but accessToken."""

_BY_NAME = {call.name: call for call in CALLS}
_TOKEN = re.compile(r"At_[0-9a-f]{32}")
_LISTS = ("deviceList", "records", "alarms", "lives", "collections")


class ImouFace:
    """One Imou application over a world.

    Tests may set `token_seconds`, `current_domain` (None sends none), `call_limit` (None for as
    many calls as one likes), and what `sleepers` and `memory` hold.
    """

    vendor = "imou"
    server_name = "nginx"
    account_name = "Imou sandbox"

    def __init__(self, world: World, streams: Streams) -> None:
        """Make the application's keys from the world's seed."""
        mark = world.make_id("imou-app", 1).replace("-", "")
        secret = world.make_id("imou-secret", 1).replace("-", "")
        self.application = Application(app_id=f"lcd{mark[:15]}", app_secret=secret[:30])
        self.applications = {self.application.app_id: self.application}
        self.token_seconds = streams.life(TOKEN_SECONDS)
        self.current_domain: str | None = None
        self.call_limit: int | None = None
        self.memory = Memory()
        self.sleepers = Sleepers(world.devices.values())
        self.motions = Motions(world)
        self._nonces = Nonces()
        self._tokens: dict[str, float] = {}
        self._calls = 0
        self._world = world
        self._streams = streams
        self._media = ImouMedia(world, streams, self.memory, self.sleepers)

    def end_tokens(self) -> None:
        """Let every token that was given out be over now."""
        with self._world.lock:
            self._tokens.clear()

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in."""
        return {
            "server": base,
            "app_id": self.application.app_id,
            "app_secret": self.application.app_secret,
        }

    def kind_of(self, path: str) -> Kind:
        """Methods live under /openapi."""
        return "api" if path.startswith(PREFIX) else "media"

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """Paged answers carry one of a few lists."""
        result = payload.get("result")
        data = result.get("data") if isinstance(result, dict) else None
        if isinstance(data, dict):
            for name in _LISTS:
                rows = data.get(name)
                if isinstance(rows, list):
                    return rows
        return None

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """The vendor has codes for a wrong secret, an ended token and too many calls."""
        if self.kind_of(request.path) == "media":
            return plain(403, "the address has expired") if fault == "expired-url" else None
        method = request.path.removeprefix(PREFIX)
        if fault == "unknown-code":
            reply = self._refused(Refused("OP1026"), method, _id_of(request))
            fields = {"result.code": "ZZ9999", "result.msg": bend.STRANGE}
            return bend.strange(reply, number_of("ZZ9999"), fields)
        code = {"secret": "SN1001", "expired-token": "TK1002", "rate-limit": "OP1026"}.get(fault)
        if code is None or (code == "TK1002" and method == TOKEN_METHOD):
            return None
        return self._refused(Refused(code), method, _id_of(request))

    def answer(self, request: Request) -> Reply:
        """A method's answer or a piece of media."""
        if self.kind_of(request.path) == "media":
            with self._world.lock:
                self._settle()
            return self._media.answer(request)
        method = request.path.removeprefix(PREFIX)
        mark = _id_of(request)
        args: Args = {}
        try:
            body = self._body(request)
            verify(body.get("system"), self.applications, self._nonces, request.now)
            if not mark:
                raise Refused("OP1002", "id")
            given = body.get("params")
            if not isinstance(given, dict):
                raise Refused("OP1002", "params")
            self._count()
            unknown = _strangers(body)
            if method == TOKEN_METHOD:
                data: dict[str, Any] | None = self._access_token()
                unknown += list(given)
            else:
                call = _BY_NAME.get(method)
                if call is None:
                    raise Refused("OP1005", method)
                self._check_token(given.get("token"))
                args, more = read(call.params, given)
                unknown += more
                with self._world.lock:
                    self._settle()
                    data = call.handler(self._desk(request), args)
        except Refused as refused:
            return self._refused(refused, method, mark, args)
        result: dict[str, Any] = {"code": OK, "msg": MESSAGES[OK]}
        if data is not None:
            result["data"] = data
        return Reply(
            headers=_HEADERS,
            payload={"id": mark, "result": result},
            call=method,
            code=0,
            params=args,
            unknown=tuple(unknown),
        )

    def cut(self) -> None:
        """Nothing flows past the web server."""

    def close(self) -> None:
        """End movements and what is played."""
        self.motions.close()
        self._media.close()

    def _body(self, request: Request) -> dict[str, Any]:
        if request.method != "POST":
            raise Refused("OP1005", request.method)
        if not request.body:
            raise Refused("OP1004")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Refused("OP1003", "JSON") from None
        if not isinstance(body, dict):
            raise Refused("OP1003", "JSON")
        return body

    def _count(self) -> None:
        with self._world.lock:
            self._calls += 1
            if self.call_limit is not None and self._calls > self.call_limit:
                raise Refused("OP1013")

    def _access_token(self) -> dict[str, Any]:
        """A token and the seconds it has left.

        Assumed: who asks again is given the same token until its time is over, as published
        answers have less than the full time.
        """
        with self._world.lock:
            now = self._world.now()
            self._tokens = {t: last for t, last in self._tokens.items() if last > now}
            if not self._tokens:
                token = f"At_{self._world.fresh_id('imou-token').replace('-', '')}"
                self._tokens[token] = now + self.token_seconds
            token, last = next(iter(self._tokens.items()))
        data: dict[str, Any] = {"accessToken": token, "expireTime": int(last - now)}
        if self.current_domain is not None:
            data["currentDomain"] = self.current_domain
        return data

    def _check_token(self, token: object) -> None:
        """OP1007 without a token, TK1003 for what is none, TK1002 when it ended or never was."""
        if token is None or token == "":
            raise Refused("OP1007", "token")
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            raise Refused("TK1003")
        with self._world.lock:
            if self._tokens.get(token, 0.0) <= self._world.now():
                raise Refused("TK1002")

    def _settle(self) -> None:
        """Let happen what was due by now."""
        now = self._world.now()
        self._world.settle()
        self.sleepers.settle(now)
        for device_id in [i for i, due in self.memory.restarts.items() if due <= now]:
            del self.memory.restarts[device_id]
            self._world.devices[device_id].online = True

    def _desk(self, request: Request) -> Desk:
        return Desk(
            world=self._world,
            streams=self._streams,
            memory=self.memory,
            sleepers=self.sleepers,
            motions=self.motions,
            base=f"http://{request.host}",
            now=self._world.now(),
            struck=request.struck,
        )

    def _refused(self, refused: Refused, method: str, mark: str, args: Args | None = None) -> Reply:
        return Reply(
            headers=_HEADERS,
            payload={"id": mark, "result": {"code": refused.code, "msg": refused.message}},
            call=method,
            code=number_of(refused.code),
            params=args or {},
        )


_HEADERS = {"Content-Type": "application/json;charset=UTF-8"}
_OUTER = ("id", "system", "params")


def _strangers(body: dict[str, Any]) -> list[str]:
    """Names outside `params` that no page speaks of."""
    return [
        *(name for name in body if name not in _OUTER),
        *(f"system.{name}" for name in body["system"] if name not in FIELDS),
    ]


def _id_of(request: Request) -> str:
    """The id a call came with, which the answer repeats; empty when there is none."""
    try:
        body = json.loads(request.body)
    except ValueError:
        return ""
    mark = body.get("id") if isinstance(body, dict) else None
    return mark if isinstance(mark, str) else ""
