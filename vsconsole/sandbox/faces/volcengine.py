"""The Volcengine face: both versions of its calls and their media, as its pages describe them."""

from __future__ import annotations

import hashlib
from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import Any

from vsconsole.sandbox import bend
from vsconsole.sandbox.faces import (
    volcengine_control,
    volcengine_devices,
    volcengine_events,
    volcengine_local,
    volcengine_plans,
    volcengine_records,
    volcengine_spaces,
    volcengine_streams,
)
from vsconsole.sandbox.faces.volcengine_codes import Refused
from vsconsole.sandbox.faces.volcengine_desk import (
    BEIJING,
    NO_RESULT,
    TOKEN_SECONDS,
    Call,
    Desk,
)
from vsconsole.sandbox.faces.volcengine_media import VolcengineMedia
from vsconsole.sandbox.faces.volcengine_motion import Motions
from vsconsole.sandbox.faces.volcengine_rules import Args, arguments
from vsconsole.sandbox.faces.volcengine_sign import REGION, SERVICE, Credential, verify
from vsconsole.sandbox.faces.volcengine_state import first_memory
from vsconsole.sandbox.rtmp import RtmpServer
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.wire import Kind, Reply, Request
from vsconsole.sandbox.world import World

CALLS: tuple[Call, ...] = (
    *volcengine_spaces.CALLS,
    *volcengine_devices.CALLS,
    *volcengine_streams.CALLS,
    *volcengine_control.CALLS,
    *volcengine_records.CALLS,
    *volcengine_plans.CALLS,
    *volcengine_local.CALLS,
    *volcengine_events.CALLS,
)
"""Every call a console needs, in the order of the vendor's pages."""

_BY_NAME = {(call.action, call.version): call for call in CALLS}

_LISTS = (
    "Spaces",
    "Devices",
    "Streams",
    "Channels",
    "Nodes",
    "Data",
    "List",
    "Templates",
    "Items",
    "GBMedias",
    "AlarmNotifies",
    "AiResult",
)

SUCCESS = 200
"""How the sandbox's log marks a success; the vendor has no number for it."""


class VolcengineFace:
    """One Volcengine account over a world."""

    vendor = "volcengine"
    server_name = "volc-dcdn"
    account_name = "Volcengine sandbox"

    def __init__(self, world: World, streams: Streams) -> None:
        """Make the account's keys from the world's seed."""
        mark = world.make_id("volcengine-key", 1).replace("-", "")
        self.credential = Credential(access_key=f"AKLT{mark}", secret_key=mark[::-1] + "==")
        self.credentials = {self.credential.access_key: self.credential}
        self.memory = first_memory(world)
        self.motions = Motions(world)
        self._world = world
        self._streams = streams
        self._media = VolcengineMedia(world, streams, self.memory)
        self._rtmp = RtmpServer(self._media.open_rtmp)
        self._sequence = 0
        self._limited = 0

    @property
    def token_seconds(self) -> float:
        """How long addresses live; setting it goes before what calls ask and spaces say."""
        chosen = self.memory.token_seconds
        return self._streams.life(TOKEN_SECONDS if chosen is None else chosen)

    @token_seconds.setter
    def token_seconds(self, seconds: float) -> None:
        self.memory.token_seconds = seconds

    @property
    def pull_seconds(self) -> float | None:
        """How long live addresses live apart from all others; None leaves it to their space."""
        return self.memory.pull_seconds

    @pull_seconds.setter
    def pull_seconds(self, seconds: float | None) -> None:
        self.memory.pull_seconds = seconds

    def add_temporary(self, seconds: float) -> Credential:
        """Temporary keys that end after some seconds; their token goes with every request."""
        with self._world.lock:
            mark = self._world.fresh_id("volcengine-temporary").replace("-", "")
            credential = Credential(
                access_key=f"AKTP{mark}",
                secret_key=mark[::-1] + "==",
                session_token=f"STS{mark}",
                expires=self._world.now() + seconds,
            )
            self.credentials[credential.access_key] = credential
            return credential

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in."""
        return {
            "server": base,
            "access_key": self.credential.access_key,
            "secret_key": self.credential.secret_key,
            "region": REGION,
        }

    def kind_of(self, path: str) -> Kind:
        """Every call goes to the root."""
        return "api" if path in ("", "/") else "media"

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """Lists are the Result itself, or under one of a few names in it."""
        result = payload.get("Result")
        if isinstance(result, list):
            return result
        if isinstance(result, dict):
            return next((result[k] for k in _LISTS if isinstance(result.get(k), list)), None)
        return None

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """A wrong secret, an expired token and too many calls have codes; the limit also comes
        from the box in front, every second time."""
        if self.kind_of(request.path) == "media":
            return self._media.refused() if fault == "expired-url" else None
        if fault == "secret":
            return self._refused(Refused("SignatureDoesNotMatch"), request)
        if fault == "expired-token":
            return self._refused(Refused("InvalidSecretToken"), request)
        if fault == "rate-limit":
            self._limited += 1
            if self._limited % 2:
                return self._refused(Refused("AccountFlowLimitExceeded"), request)
        if fault == "unknown-code":
            fields = {"CodeN": 199999, "Code": "Unheard.OfCode", "Message": bend.STRANGE}
            reply = self._refused(Refused("SignatureDoesNotMatch"), request)
            within = {f"ResponseMetadata.Error.{name}": value for name, value in fields.items()}
            return replace(bend.strange(reply, 199999, within), status=400)
        return None

    def answer(self, request: Request) -> Reply:
        """A call's answer or a piece of media."""
        if self.kind_of(request.path) == "media":
            return self._media.answer(request)
        args: Args = {}
        region = REGION
        try:
            region = verify(request, self.credentials).region
            call = _call(request)
            self._pace(call)
            args, unknown = arguments(call.rules, request)
            with self._world.lock:
                self._world.settle()
                result = call.handler(self._desk(request, region), args)
        except Refused as refused:
            return self._refused(refused, request, region, args)
        payload = self._envelope(request, region)
        if result is not NO_RESULT:
            payload["Result"] = result
        return Reply(
            headers={"Content-Type": "application/json; charset=utf-8"},
            payload=payload,
            call=call.action,
            code=SUCCESS,
            params=args,
            unknown=tuple(unknown),
            session=str(args.get("PlaybackID") or ""),
        )

    def cut(self) -> None:
        """Break what flows over RTMP."""
        self._rtmp.cut()

    def close(self) -> None:
        """End what moves and what streams."""
        self.motions.close()
        self._rtmp.end()

    def _desk(self, request: Request, region: str) -> Desk:
        return Desk(
            world=self._world,
            streams=self._streams,
            memory=self.memory,
            motions=self.motions,
            base=f"http://{request.host}",
            rtmp=self._rtmp.begin,
            now=self._world.now(),
            method=request.method,
            region=region,
            struck=request.struck,
        )

    def _pace(self, call: Call) -> None:
        """Refused when a call with a published limit comes more often in one second."""
        if call.per_second is None:
            return
        with self._world.lock:
            now = self._world.now()
            recent = self.memory.recent.setdefault(call.action, deque())
            while recent and recent[0] <= now - 1.0:
                recent.popleft()
            if len(recent) >= call.per_second:
                raise Refused("AccountFlowLimitExceeded", f"{call.per_second} a second")
            recent.append(now)

    def _refused(
        self,
        refused: Refused,
        request: Request,
        region: str = REGION,
        args: Args | None = None,
    ) -> Reply:
        payload = self._envelope(request, region)
        payload["ResponseMetadata"]["Error"] = {
            "CodeN": refused.number,
            "Code": refused.code,
            "Message": refused.message,
        }
        return Reply(
            status=refused.status,
            headers={"Content-Type": "application/json; charset=utf-8"},
            payload=payload,
            call=request.first("Action"),
            code=refused.number,
            params=args or {},
            session=str((args or {}).get("PlaybackID") or ""),
        )

    def _envelope(self, request: Request, region: str) -> dict[str, Any]:
        return {
            "ResponseMetadata": {
                "RequestId": self._request_id(),
                "Action": request.first("Action"),
                "Version": request.first("Version"),
                "Service": SERVICE,
                "Region": region,
            }
        }

    def _request_id(self) -> str:
        """Beijing time and twenty hexadecimal digits, as in the document's answer."""
        with self._world.lock:
            self._sequence += 1
            now = self._world.now()
            mark = hashlib.sha256(f"{self._world.seed}/{self._sequence}/{now}".encode())
        stamp = datetime.fromtimestamp(now, BEIJING).strftime("%Y%m%d%H%M%S")
        return f"{stamp}{mark.hexdigest()[:20].upper()}"


def _call(request: Request) -> Call:
    """The call that Action and Version in the query choose."""
    for name in ("Action", "Version"):
        if not request.first(name):
            raise Refused("MissingParameter", name)
    found = _BY_NAME.get((request.first("Action"), request.first("Version")))
    if found is None or request.method not in found.methods:
        raise Refused("InvalidActionOrVersion", request.first("Action"))
    return found
