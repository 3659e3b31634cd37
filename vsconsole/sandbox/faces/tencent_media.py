"""Media addresses of the Tencent face: live, playback, downloads and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from vsconsole.sandbox.faces.tencent_codes import MESSAGES, http_status
from vsconsole.sandbox.faces.tencent_desk import Memory
from vsconsole.sandbox.streams import Profile, Streams
from vsconsole.sandbox.wire import FileBody, Reply, Request
from vsconsole.sandbox.world import Camera, World

PARALLEL_DOWNLOADS = 8
"""The document has a code for too many downloads at once and no number."""

SEGMENT_SECONDS = 6 * 3600

_ID = r"(?P<id>[0-9a-f-]{36})"
_ROUTES = (
    (re.compile(rf"/live/{_ID}\.live\.flv"), "_live_flv"),
    (re.compile(rf"/live/{_ID}@(?P<session>[0-9a-f-]{{36}})\.live\.flv"), "_device_flv"),
    (re.compile(rf"/live/{_ID}\.m3u8"), "_live_playlist"),
    (
        re.compile(rf"/live/{_ID}/(?P<profile>main|sub)/(?P<token>[0-9a-f.]+)/(?P<number>\d+)\.ts"),
        "_live_segment",
    ),
    (re.compile(rf"/record/{_ID}/hls\.m3u8"), "_playlist"),
    (
        re.compile(
            rf"/record/{_ID}/s/(?P<token>[0-9a-f.]+)/"
            r"(?P<index>\d+)-(?P<begin>\d+)-(?P<length>\d+)-(?P<stamp>\d+)\.ts"
        ),
        "_segment",
    ),
    (re.compile(r"/video\.(?P<type>mp4|ts)"), "_download"),
    (re.compile(rf"/ai/{_ID}/(?P<when>\d+)\.png"), "_still"),
)


class TencentMedia:
    """Answers what is fetched without a signature, by the token in the address."""

    def __init__(self, world: World, streams: Streams, memory: Memory) -> None:
        """Serve one world."""
        self._world = world
        self._streams = streams
        self._memory = memory

    def answer(self, request: Request) -> Reply:
        """The picture, playlist or file of an address; 403 for a bad token, 404 for no address."""
        if request.method not in ("GET", "HEAD"):
            return _plain(405, "method not allowed")
        for pattern, name in _ROUTES:
            matched = pattern.fullmatch(request.path)
            if matched is not None:
                handler: Callable[[Request, re.Match[str]], Reply] = getattr(self, name)
                return handler(request, matched)
        return _plain(404, "no such stream")

    def refused(self, request: Request) -> Reply:
        """What an address says whose time is over."""
        if request.path.startswith("/video."):
            return _json(42504)
        return _plain(403, "the address has expired")

    def _live_flv(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._admitted(request, matched)
        if isinstance(camera, Reply):
            return camera
        if not self._sending(camera):
            return _plain(404, "no stream")
        pieces = self._streams.live_flv(camera, _profile(request))
        return _stream("video/x-flv", pieces, "live-flv")

    def _device_flv(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._admitted(request, matched)
        if isinstance(camera, Reply):
            return camera
        session = self._streams.sessions.get(matched["session"])
        if session is None or session.stopped or session.camera.id != camera.id:
            return _plain(404, "no such session", session=matched["session"])
        if not self._sending(camera):
            return _plain(404, "no stream", session=session.id)
        return _stream("video/x-flv", self._streams.play(session), "device-flv", session.id)

    def _live_playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._admitted(request, matched)
        if isinstance(camera, Reply):
            return camera
        if not self._sending(camera):
            return _plain(404, "no stream")
        profile = _profile(request)
        token = self._streams.token("live", {"id": camera.id}, SEGMENT_SECONDS)
        text = self._streams.live_hls(camera, profile).playlist(
            lambda number: f"{camera.id}/{profile}/{token}/{number}.ts"
        )
        return _body("application/vnd.apple.mpegurl", text.encode(), "live-playlist")

    def _live_segment(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._by_path_token("live", matched)
        if isinstance(camera, Reply):
            return camera
        profile: Profile = "sub" if matched["profile"] == "sub" else "main"
        try:
            data = self._streams.live_hls(camera, profile).segment(int(matched["number"]))
        except KeyError:
            return _plain(404, "the segment is gone")
        return _body("video/mp2t", data, "live-segment")

    def _playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._admitted(request, matched)
        if isinstance(camera, Reply):
            return camera
        begin, end = int(request.first("starttime")), int(request.first("endtime"))
        ranges = self._world.cloud_ranges(camera, begin, end)
        if not ranges:
            return _plain(404, "no recording")
        token = self._streams.token("record", {"id": camera.id}, SEGMENT_SECONDS)

        def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
            times = "-".join(str(round(value * 1000)) for value in (begin, seconds, stamp))
            return f"s/{token}/{index}-{times}.ts"

        text = self._streams.playlist(camera, ranges, uri)
        return _body("application/vnd.apple.mpegurl", text.encode(), "cloud-playlist")

    def _segment(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._by_path_token("record", matched)
        if isinstance(camera, Reply):
            return camera
        begin, length, stamp = (int(matched[k]) / 1000 for k in ("begin", "length", "stamp"))
        if length > 60 or not self._world.cloud_ranges(camera, begin, begin + length):
            return _plain(404, "no recording")
        try:
            data = self._streams.segment(camera, begin, length, stamp, "main")
        except ValueError:
            return _plain(404, "no recording")
        return _body("video/mp2t", data, "cloud-segment")

    def _download(self, request: Request, matched: re.Match[str]) -> Reply:
        fields = dict(parse_qsl(request.raw_query, keep_blank_values=True))
        answer = self._streams.check(request.path, _without(fields, "sign"), fields.get("sign", ""))
        if answer != "valid":
            return _json(42504 if answer == "expired" else 42503)
        camera_id, begin, end, file_type = fields["source"].split(";")
        camera = self._world.cameras.get(camera_id)
        # Only what was there when the address was made, so that a part of it stays the same part.
        last = min(int(end), int(fields["signTime"]))
        ranges = self._world.cloud_ranges(camera, int(begin), last) if camera else []
        if camera is None or not ranges:
            return _json(42501)
        with self._world.lock:
            if self._memory.downloads >= PARALLEL_DOWNLOADS:
                return _json(42505)
            self._memory.downloads += 1
        try:
            file = self._streams.file(camera, ranges, "ts" if file_type == "ts" else "mp4")
        except BaseException:
            self._download_ended()
            raise
        name = f"{camera_id}-{begin}-{end}.{file_type}"
        headers = {
            "Content-Type": "video/mp2t" if file_type == "ts" else "video/mp4",
            "Content-Disposition": f'attachment; filename="{name}"',
            # The document says chunked; a client that asks for a part gets a length instead.
            "Transfer-Encoding": "chunked",
        }
        return Reply(
            headers=headers, body=file, kind="media", call="download", after=self._download_ended
        )

    def _download_ended(self) -> None:
        with self._world.lock:
            self._memory.downloads -= 1

    def _still(self, request: Request, matched: re.Match[str]) -> Reply:
        camera = self._admitted(request, matched)
        if isinstance(camera, Reply):
            return camera
        data = self._streams.still(camera, int(matched["when"]))
        return _body("image/png", data, "still")

    def _admitted(self, request: Request, matched: re.Match[str]) -> Camera | Reply:
        """The camera of an address whose token covers the path and the query."""
        fields = dict(request.query)
        token = fields.pop("token", "")
        answer = self._streams.check(request.path, fields, token)
        return self._camera(matched, answer)

    def _by_path_token(self, what: str, matched: re.Match[str]) -> Camera | Reply:
        answer = self._streams.check(what, {"id": matched["id"]}, matched["token"])
        return self._camera(matched, answer)

    def _camera(self, matched: re.Match[str], answer: str) -> Camera | Reply:
        if answer != "valid":
            return _plain(403, f"the token is {answer}")
        camera = self._world.cameras.get(matched["id"])
        return camera if camera is not None else _plain(404, "no such channel")

    def _sending(self, camera: Camera) -> bool:
        """Whether a camera sends, and its node still has a domain to send by."""
        with self._world.lock:
            if not self._streams.is_on(camera):
                return False
            bound = {d.cluster_id for d in self._world.domains.values()}
            return self._world.device_of(camera).cluster_id in bound


def _profile(request: Request) -> Profile:
    small = request.first("stream_type") == "2" or request.first("resolution") in ("1", "2")
    return "sub" if small else "main"


def _without(fields: dict[str, str], name: str) -> dict[str, str]:
    return {k: v for k, v in fields.items() if k != name}


def _plain(status: int, text: str, session: str = "") -> Reply:
    headers = {"Content-Type": "text/plain"}
    return Reply(status=status, headers=headers, body=text.encode(), kind="media", session=session)


def _json(code: int) -> Reply:
    payload: dict[str, Any] = {
        "RequestId": "",
        "Code": 500,
        "StatusCode": code,
        "Message": MESSAGES[code],
        "Data": "",
    }
    return Reply(
        status=http_status(code),
        headers={"Content-Type": "application/json"},
        payload=payload,
        kind="media",
        call="download",
        code=code,
    )


def _body(content_type: str, data: bytes, call: str) -> Reply:
    return Reply(headers={"Content-Type": content_type}, body=data, kind="media", call=call)


def _stream(
    content_type: str, pieces: Iterator[bytes] | FileBody, call: str, session: str = ""
) -> Reply:
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
    return Reply(headers=headers, body=pieces, kind="media", call=call, session=session)
