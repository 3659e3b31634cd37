"""The Link Visual face: the document's 38 calls, what a console needs beside them, and media."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from vsconsole.sandbox import bend
from vsconsole.sandbox.faces import (
    linkvisual_events,
    linkvisual_live,
    linkvisual_login,
    linkvisual_pictures,
    linkvisual_plans,
    linkvisual_records,
    linkvisual_storage,
    linkvisual_things,
)
from vsconsole.sandbox.faces.linkvisual_codes import (
    LIMITED,
    NO_SERVICE,
    OK,
    TOKEN,
    GateShut,
    Refused,
    local_message,
    message,
)
from vsconsole.sandbox.faces.linkvisual_desk import Call, Desk, Memory
from vsconsole.sandbox.faces.linkvisual_login import TOKEN_SECONDS, Logins
from vsconsole.sandbox.faces.linkvisual_media import LinkVisualMedia
from vsconsole.sandbox.faces.linkvisual_motion import Motions
from vsconsole.sandbox.faces.linkvisual_rules import Args, Envelope, envelope, read
from vsconsole.sandbox.faces.linkvisual_sign import REFUSED, Nonces, strings_to_sign, verify
from vsconsole.sandbox.faces.linkvisual_tape import HISTORY_DAYS, SITE_FILE, Tape
from vsconsole.sandbox.rtmp import RtmpServer
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.wire import Kind, Reply, Request
from vsconsole.sandbox.world import World, recordings

DOCUMENT: tuple[Call, ...] = (
    *linkvisual_plans.CALLS,
    *linkvisual_records.CALLS,
    *linkvisual_storage.CALLS,
    *linkvisual_pictures.CALLS,
    *linkvisual_events.CALLS,
)
"""The 38 calls of the document."""

CALLS: tuple[Call, ...] = (
    *DOCUMENT,
    *linkvisual_login.CALLS,
    *linkvisual_things.CALLS,
    *linkvisual_live.CALLS,
)
"""These and the sessions, things and streams that the document leaves to other pages."""

CALLS_A_SECOND = 250
"""The one figure in the vendor's pages: QueryRecord, per account. Assumed: for all together."""

_BY_PATH = {call.path: call for call in CALLS}
_PREFIXES = ("/vision/", "/account/", "/iotx/", "/living/", "/uc/", "/thing/", "/subdevices/")


class LinkVisualFace:
    """One app and one user's devices over a world."""

    vendor = "linkvisual"
    server_name = "Tengine"
    account_name = "Link Visual sandbox"

    def __init__(self, world: World, streams: Streams) -> None:
        """Make the app's keys from the world's seed."""
        mark = world.make_id("linkvisual-app", 1).replace("-", "")
        self.app_key = str(200_000_000 + int(mark[:6], 16))
        self.app_secret = mark
        self.calls_a_second = CALLS_A_SECOND
        self.memory = Memory()
        self.tape = Tape(world, self.memory)
        self._world = world
        self._streams = streams
        self._logins = Logins(world, streams.life(TOKEN_SECONDS))
        self._nonces = Nonces()
        self._media = LinkVisualMedia(world, streams, self.memory, self.tape)
        self._motions = Motions(world)
        self._rtmp = RtmpServer(self._open_relay)
        self._recent: deque[float] = deque()
        self._pace = threading.Lock()
        since = recordings.day_begin(world.first_day - HISTORY_DAYS)
        for camera in world.cameras.values():
            self.memory.file_seconds[camera.id] = [(since, SITE_FILE)]
        linkvisual_storage.begin_site(world, self.memory)
        linkvisual_plans.begin_site(world, self.memory, since)

    @property
    def token_seconds(self) -> float:
        """How long an iotToken is good, counted from when it was given out."""
        return self._logins.token_seconds

    @token_seconds.setter
    def token_seconds(self, value: float) -> None:
        self._logins.token_seconds = value

    @property
    def refresh_seconds(self) -> float:
        """How long a refreshToken is good."""
        return self._logins.refresh_seconds

    @refresh_seconds.setter
    def refresh_seconds(self, value: float) -> None:
        self._logins.refresh_seconds = value

    def auth_code(self) -> str:
        """A fresh authCode, as the maker's own login would give it: good once."""
        with self._world.lock:
            return self._logins.auth_code()

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in: the app's keys and a session of its own."""
        with self._world.lock:
            session = self._logins.open()
        return {
            "server": base,
            "app_key": self.app_key,
            "app_secret": self.app_secret,
            "iot_token": session.token,
            "refresh_token": session.refresh,
            "identity_id": session.identity,
        }

    def kind_of(self, path: str) -> Kind:
        """Calls live under a few prefixes; all else is media."""
        return "api" if path.startswith(_PREFIXES) else "media"

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """The one list that a paged answer has in its data."""
        data = payload.get("data")
        lists = [v for v in data.values() if isinstance(v, list)] if isinstance(data, dict) else []
        return lists[0] if lists else None

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """A wrong secret, an ended token and too many calls in the vendor's words."""
        if self.kind_of(request.path) == "media":
            return self._media.refused() if fault == "expired-url" else None
        call = _BY_PATH.get(request.path)
        if fault == "secret":
            return self._shut(_unlike(request), call)
        if fault == "rate-limit":
            return self._limited(call)
        # Calls without an iotToken cannot meet an ended one.
        if fault == "expired-token" and call is not None and call.user:
            return self._refused(Refused(TOKEN), call, _id_of(request), "")
        if fault == "unknown-code":
            reply = self._refused(Refused(TOKEN), call, _id_of(request), "")
            fields = {"code": 99999, "message": bend.STRANGE, "localizedMsg": bend.STRANGE}
            return bend.strange(reply, 99999, fields)
        return None

    def answer(self, request: Request) -> Reply:
        """A call's answer or a piece of media."""
        if self.kind_of(request.path) == "media":
            return self._media.answer(request)
        call = _BY_PATH.get(request.path)
        try:
            app_key = verify(request, {self.app_key: self.app_secret}, self._nonces)
            if request.method != "POST":
                raise GateShut(405, "Unsupported Method")
            if call is None:
                raise GateShut(404, "API Not Found")
        except GateShut as shut:
            return self._shut(shut, call)
        if self._too_many():
            return self._limited(call)
        try:
            asked = envelope(request.body)
        except Refused as refused:
            return self._refused(refused, call, "", "")
        return self._called(request, call, asked, app_key)

    def cut(self) -> None:
        """Break what flows over RTMP."""
        self._rtmp.cut()

    def close(self) -> None:
        """End the RTMP server and let every camera stand still."""
        self._motions.close()
        self._rtmp.end()

    def _called(self, request: Request, call: Call, asked: Envelope, app_key: str) -> Reply:
        args: Args = {}
        try:
            if asked.api_version not in call.versions:
                raise Refused(NO_SERVICE, f"apiVer {asked.api_version}")
            with self._world.lock:
                if call.user:
                    self._logins.check(asked.token)
                args, unknown = read(call.rules, asked.params)
                self._world.settle()
                data = call.handler(self._desk(request, asked, app_key), args)
        except Refused as refused:
            return self._refused(refused, call, asked.id, asked.language, args)
        payload: dict[str, Any] = {"code": OK, "message": message(OK), "id": asked.id}
        if data is not None:
            payload["data"] = data
        return self._reply(payload, call, args=args, unknown=tuple(unknown))

    def _desk(self, request: Request, asked: Envelope, app_key: str) -> Desk:
        return Desk(
            world=self._world,
            streams=self._streams,
            memory=self.memory,
            tape=self.tape,
            logins=self._logins,
            request=request,
            now=self._world.now(),
            struck=request.struck,
            token=asked.token,
            app_key=app_key,
            relay=self._rtmp.begin,
            hold=self._motions.hold,
            release=self._motions.release,
        )

    def _open_relay(self, app: str, name: str) -> Any:
        return linkvisual_live.open_relay(self._world, self._streams, self.memory, app, name)

    def _too_many(self) -> bool:
        with self._pace:
            now = self._world.now()
            # The world's clock may have been set back meanwhile.
            while self._recent and not now - 1 < self._recent[0] <= now:
                self._recent.popleft()
            if len(self._recent) >= self.calls_a_second:
                return True
            self._recent.append(now)
            return False

    def _limited(self, call: Call | None) -> Reply:
        payload = {"code": LIMITED, "message": message(LIMITED)}
        return self._reply(payload, call, status=LIMITED)

    def _shut(self, shut: GateShut, call: Call | None) -> Reply:
        """The gateway's own refusal: a status and a header, as no service has seen the call."""
        # A header carries no line break and nothing beyond Latin 1.
        reason = shut.reason.encode("ascii", "backslashreplace").decode()
        return Reply(
            status=shut.status,
            headers={
                "X-Ca-Request-Id": self._request_id(),
                "X-Ca-Error-Message": reason.replace("\r", "").replace("\n", "#"),
            },
            call=call.name if call else "",
            code=shut.status,
        )

    def _refused(
        self,
        refused: Refused,
        call: Call | None,
        call_id: str,
        language: str,
        args: Args | None = None,
    ) -> Reply:
        text = message(refused.code)
        payload = {
            "code": refused.code,
            "message": f"{text}: {refused.detail}" if refused.detail else text,
            "localizedMsg": local_message(refused.code, language),
            "id": call_id,
        }
        return self._reply(payload, call, args=args)

    def _reply(
        self,
        payload: dict[str, Any],
        call: Call | None,
        *,
        status: int = 200,
        args: Args | None = None,
        unknown: tuple[str, ...] = (),
    ) -> Reply:
        own = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Ca-Request-Id": self._request_id(),
        }
        return Reply(
            status=status,
            headers=own,
            payload=payload,
            call=call.name if call else "",
            code=payload["code"],
            params=args or {},
            unknown=unknown,
        )

    def _request_id(self) -> str:
        with self._world.lock:
            return self._world.fresh_id("lv-request").upper()


def _unlike(request: Request) -> GateShut:
    """The gateway's words for a signature by another secret."""
    try:
        text = next(iter(strings_to_sign(request)))
    except GateShut as shut:
        return shut
    return GateShut(REFUSED, f"Invalid Signature, Server StringToSign:`{text}`")


def _id_of(request: Request) -> str:
    try:
        return envelope(request.body).id
    except Refused:
        return ""
