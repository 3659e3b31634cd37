"""What Link Visual's addresses give: recordings that open once, HLS, pictures, downloads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, cast

from vsconsole.sandbox.faces.linkvisual_desk import Memory, Snapshot, iot_id
from vsconsole.sandbox.faces.linkvisual_tape import File, Tape, mp4_of
from vsconsole.sandbox.streams import Profile, Streams
from vsconsole.sandbox.wire import FileBody, Reply, Request
from vsconsole.sandbox.world import Camera, Pose, World

SEGMENT_SECONDS = 6 * 3600

_FILE = r"(?P<iot>[0-9a-z]+)_\d+_\d+_[01]"
_ROUTES = (
    (re.compile(rf"/vod/(?P<name>{_FILE})\.mp4"), "_vod"),
    (re.compile(rf"/download/(?P<name>{_FILE})\.mp4"), "_download"),
    (re.compile(r"/card/(?P<session>[0-9a-f-]{36})\.flv"), "_card"),
    (re.compile(r"/live/(?P<iot>[0-9a-z]+)\.m3u8"), "_live_playlist"),
    (
        re.compile(
            r"/live/(?P<iot>[0-9a-z]+)/(?P<profile>main|sub)/(?P<token>[0-9a-f.]+)/(?P<number>\d+)\.ts"
        ),
        "_live_segment",
    ),
    (re.compile(r"/picture/(?P<iot>[0-9a-z]+)\.png"), "_picture"),
)


class LinkVisualMedia:
    """Answers what is fetched without a signature, by the token in the address."""

    def __init__(self, world: World, streams: Streams, memory: Memory, tape: Tape) -> None:
        """Serve one world."""
        self._world = world
        self._streams = streams
        self._memory = memory
        self._tape = tape

    def answer(self, request: Request) -> Reply:
        """The picture or file of an address; 403 for a bad or used token, 404 for no address."""
        if request.method not in ("GET", "HEAD"):
            return _plain(405, "method not allowed")
        for pattern, name in _ROUTES:
            matched = pattern.fullmatch(request.path)
            if matched is not None:
                handler: Callable[[Request, re.Match[str]], Reply] = getattr(self, name)
                return handler(request, matched)
        return _plain(404, "not found")

    def refused(self) -> Reply:
        """What an address says whose time is over."""
        return _plain(403, "auth failed: expired")

    def _vod(self, request: Request, matched: re.Match[str]) -> Reply:
        return self._admit_once(request) or self._recording(matched, "vod")

    def _download(self, request: Request, matched: re.Match[str]) -> Reply:
        return self._admit(request) or self._recording(matched, "download")

    def _recording(self, matched: re.Match[str], call: str) -> Reply:
        file = self._file(matched)
        if file is None:
            return _plain(404, "no such file")
        from vsconsole.sandbox.faces.linkvisual_mp4 import Shelf

        # The listener asks a path for its size and opens it to read: so can this be.
        body = FileBody(path=cast("Any", Shelf(file=mp4_of(self._streams, file))))
        return Reply(headers={"Content-Type": "video/mp4"}, body=body, kind="media", call=call)

    def _card(self, request: Request, matched: re.Match[str]) -> Reply:
        refused = self._admit_once(request)
        if refused is not None:
            return refused
        session = self._streams.sessions.get(matched["session"])
        if session is None:
            return _plain(404, "no such playback")
        if not self._streams.is_on(session.camera):
            return _plain(404, "no stream")
        return Reply(
            headers={"Content-Type": "video/x-flv", "Cache-Control": "no-cache"},
            body=self._streams.play(session),
            kind="media",
            call="card-flv",
            session=session.id,
        )

    def _live_playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        refused = self._admit(request)
        if refused is not None:
            return refused
        camera = self._camera(matched["iot"])
        if camera is None or not self._streams.is_on(camera):
            return _plain(404, "no stream")
        profile: Profile = "sub" if request.first("stream") == "1" else "main"
        iot = matched["iot"]
        token = self._streams.token("live", {"iot": iot, "profile": profile}, SEGMENT_SECONDS)
        text = self._streams.live_hls(camera, profile).playlist(
            lambda number: f"{iot}/{profile}/{token}/{number}.ts"
        )
        return _body("application/vnd.apple.mpegurl", text.encode(), "live-playlist")

    def _live_segment(self, _request: Request, matched: re.Match[str]) -> Reply:
        profile: Profile = "sub" if matched["profile"] == "sub" else "main"
        fields = {"iot": matched["iot"], "profile": profile}
        answer = self._streams.check("live", fields, matched["token"])
        if answer != "valid":
            return _plain(403, f"auth failed: {answer}")
        camera = self._camera(matched["iot"])
        if camera is None or not self._streams.is_on(camera):
            return _plain(404, "no stream")
        try:
            data = self._streams.live_hls(camera, profile).segment(int(matched["number"]))
        except KeyError:
            return _plain(404, "the segment is gone")
        return _body("video/mp2t", data, "live-segment")

    def _picture(self, request: Request, matched: re.Match[str]) -> Reply:
        refused = self._admit(request)
        if refused is not None:
            return refused
        camera = self._camera(matched["iot"])
        if camera is None:
            return _plain(404, "no such picture")
        shot = self._memory.snapshots.get(request.first("shot"))
        profile: Profile = "sub" if request.first("size") == "small" else "main"
        data = self._still(camera, int(request.first("time")) / 1000, shot, profile)
        return _body("image/png", data, "picture")

    def _still(self, camera: Camera, when: float, shot: Snapshot | None, profile: Profile) -> bytes:
        from vsconsole.sandbox import media

        pose = shot.pose if shot is not None else Pose()
        view = media.View(
            pan=pose.pan, tilt=pose.tilt, zoom=pose.zoom, focus=pose.focus, iris=pose.iris
        )
        return media.still(self._streams.scene(camera), when, view, profile)

    def _admit(self, request: Request) -> Reply | None:
        """The refusal of an address whose token does not cover its path and query."""
        fields = dict(request.query)
        token = fields.pop("token", "")
        answer = self._streams.check(request.path, fields, token)
        return None if answer == "valid" else _plain(403, f"auth failed: {answer}")

    def _admit_once(self, request: Request) -> Reply | None:
        """The same, also for one that was opened before, be it for its head or a part."""
        refused = self._admit(request)
        if refused is not None:
            return refused
        with self._world.lock:
            token = request.first("token")
            if token in self._memory.spent:
                return _plain(403, "auth failed: used")
            self._memory.spent.add(token)
        return None

    def _camera(self, iot: str) -> Camera | None:
        return next(
            (c for c in self._world.cameras.values() if iot_id(self._world, c.id) == iot), None
        )

    def _file(self, matched: re.Match[str]) -> File | None:
        camera = self._camera(matched["iot"])
        if camera is None:
            return None
        try:
            return self._tape.file(camera, matched["name"])
        except LookupError:
            return None


def _plain(status: int, text: str) -> Reply:
    headers = {"Content-Type": "text/plain"}
    return Reply(status=status, headers=headers, body=text.encode(), kind="media")


def _body(content_type: str, data: bytes, call: str) -> Reply:
    return Reply(headers={"Content-Type": content_type}, body=data, kind="media", call=call)
