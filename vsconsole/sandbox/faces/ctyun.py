"""The Ctyun VSS face: the second interface of the vendor, and its media."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from vsconsole.sandbox import bend
from vsconsole.sandbox.faces import ctyun_ai, ctyun_devices, ctyun_records
from vsconsole.sandbox.faces.ctyun_codes import (
    DONE,
    INVALID,
    NO_APP,
    NO_CALL,
    OK,
    SIGNATURE,
    TOO_MANY,
    Refused,
    http_status,
)
from vsconsole.sandbox.faces.ctyun_desk import ADDRESS_SECONDS, Call, Desk, Memory
from vsconsole.sandbox.faces.ctyun_media import CtyunMedia, plain
from vsconsole.sandbox.faces.ctyun_rules import Args, from_json, from_query, read
from vsconsole.sandbox.faces.ctyun_sign import verify
from vsconsole.sandbox.rtmp import RtmpServer
from vsconsole.sandbox.streams import Streams
from vsconsole.sandbox.wire import Kind, Reply, Request
from vsconsole.sandbox.world import World

CALLS: tuple[Call, ...] = (*ctyun_devices.CALLS, *ctyun_records.CALLS, *ctyun_ai.CALLS)
"""Every call of the second interface of which enough is public."""

_ROUTES = tuple(
    (call, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", call.path))) for call in CALLS
)
_LISTS = ("Records", "Devices", "AnalysisResults")


class CtyunFace:
    """One Ctyun account over a world; `token_seconds` is how long media addresses count."""

    vendor = "ctyun"
    server_name = "ctyun-vss"
    account_name = "Ctyun sandbox"

    def __init__(self, world: World, streams: Streams) -> None:
        """Make the account's keys from the world's seed."""
        mark = world.make_id("ctyun-key", 1).replace("-", "").upper()
        self.secrets = {mark[:20]: world.make_id("ctyun-secret", 1).replace("-", "")}
        self.token_seconds = streams.life(ADDRESS_SECONDS)
        self.memory = Memory()
        self._world = world
        self._streams = streams
        self._media = CtyunMedia(world, streams)
        self._rtmp = RtmpServer(self._media.play)

    def account_fields(self, base: str) -> dict[str, str]:
        """What a client needs to log in."""
        access_key, secret_key = next(iter(self.secrets.items()))
        return {"server": base, "access_key": access_key, "secret_key": secret_key}

    def kind_of(self, path: str) -> Kind:
        """Media has a folder of its own."""
        return "media" if path.startswith("/media/") else "api"

    def rows(self, payload: dict[str, Any]) -> list[Any] | None:
        """Paged answers carry one list in returnObj."""
        found = payload.get("returnObj")
        lists = [found.get(name) for name in _LISTS] if isinstance(found, dict) else []
        return next((rows for rows in lists if isinstance(rows, list)), None)

    def refuse(self, fault: str, request: Request) -> Reply | None:
        """A wrong secret and too many calls have codes; there is no token that could expire."""
        if self.kind_of(request.path) == "media":
            return plain(403, "the address has expired") if fault == "expired-url" else None
        if fault == "unknown-code":
            reply = self._refused(Refused(TOO_MANY), "", {})
            fields = {"statusCode": 420, "error": "VSS_9999", "message": bend.STRANGE}
            return replace(bend.strange(reply, 420, fields), status=420)
        error = {"secret": SIGNATURE, "rate-limit": TOO_MANY}.get(fault)
        return None if error is None else self._refused(Refused(error), "", {})

    def answer(self, request: Request) -> Reply:
        """A call's answer or a piece of media."""
        if self.kind_of(request.path) == "media":
            return self._media.answer(request)
        name = ""
        args: Args = {}
        try:
            verify(request, self.secrets)
            call, place = _call(request)
            name = call.name
            args, unknown = _arguments(call, request, place)
            with self._world.lock:
                self._world.settle()
                found = call.handler(self._desk(request), args)
        except Refused as refused:
            return self._refused(refused, name, args)
        id = self._request_id()
        payload = {
            "statusCode": OK,
            "message": DONE,
            "requestId": id,
            "returnObj": {**found, "RequestId": id},
        }
        return Reply(
            headers=_HEADERS, payload=payload, call=name, code=OK, params=args, unknown=unknown
        )

    def cut(self) -> None:
        """Break what flows over RTMP."""
        self._rtmp.cut()

    def close(self) -> None:
        """End the RTMP server, if any stream was ever asked for."""
        self._rtmp.end()

    def _desk(self, request: Request) -> Desk:
        return Desk(
            world=self._world,
            streams=self._streams,
            memory=self.memory,
            base=f"http://{request.host}",
            rtmp=self._rtmp.begin,
            seconds=self.token_seconds,
            now=self._world.now(),
            struck=request.struck,
        )

    def _refused(self, refused: Refused, name: str, args: Args) -> Reply:
        """A failure has an error and no returnObj."""
        payload = {
            "statusCode": refused.status,
            "error": refused.error,
            "message": refused.message,
            "requestId": self._request_id(),
        }
        return Reply(
            status=http_status(refused.status),
            headers=_HEADERS,
            payload=payload,
            call=name,
            code=refused.status,
            params=args,
        )

    def _request_id(self) -> str:
        return self._world.fresh_id("ctyun-request").replace("-", "")


_HEADERS = {"Content-Type": "application/json;charset=utf-8"}


def _call(request: Request) -> tuple[Call, dict[str, str]]:
    """The call of a method and path, and what stands in the path."""
    for call, pattern in _ROUTES:
        matched = pattern.fullmatch(request.path)
        if matched is not None and call.method == request.method:
            return call, matched.groupdict()
    raise Refused(NO_CALL)


def _arguments(call: Call, request: Request, place: dict[str, str]) -> tuple[Args, tuple[str, ...]]:
    args, unknown = read(call.query, from_query(request))
    if call.body:
        body, more = read(call.body, from_json(request))
        args, unknown = {**args, **body}, [*unknown, *more]
    elif request.body:
        raise Refused(INVALID, "body")
    numbers: Args = dict(place)
    if "AppId" in numbers:
        text = numbers["AppId"]
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise Refused(NO_APP, text)
        numbers["AppId"] = int(text)
    return {**args, **numbers}, tuple(unknown)
