"""Media addresses of the Imou face: live, recordings and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, cast

from vsconsole.sandbox.faces.imou_alarms import READY_SECONDS
from vsconsole.sandbox.faces.imou_desk import Live, Memory, profile_of
from vsconsole.sandbox.faces.imou_live import COVER_SECONDS
from vsconsole.sandbox.faces.imou_records import recorded
from vsconsole.sandbox.faces.imou_sleep import Sleepers
from vsconsole.sandbox.streams import Profile, Streams
from vsconsole.sandbox.wire import Reply, Request
from vsconsole.sandbox.world import Camera, Pose, World

if TYPE_CHECKING:
    from vsconsole.sandbox.media import PlaybackFlv, View

SEGMENT_SECONDS = 6 * 3600
LONGEST_SEGMENT = 60
TOUCH_SECONDS = 1.0
_PLAYLIST = "application/vnd.apple.mpegurl"

_ID = r"(?P<id>[0-9a-f-]{36})"
_MARK = r"(?P<mark>[0-9a-f]{32})"
_TOKEN = r"(?P<token>[0-9a-f.]+)"
_ROUTES = (
    (re.compile(rf"/live/{_MARK}\.m3u8"), "_live_playlist"),
    (re.compile(rf"/live/{_MARK}\.jpg"), "_cover"),
    (re.compile(rf"/live/{_MARK}/{_TOKEN}/(?P<number>\d{{1,12}})\.ts"), "_live_segment"),
    (re.compile(rf"/flv/{_ID}\.flv"), "_flv"),
    (re.compile(rf"/record/{_ID}/index\.m3u8"), "_playlist"),
    (
        re.compile(
            rf"/record/{_ID}/(?P<store>cloudRecord|localRecord)/(?P<profile>main|sub)/{_TOKEN}/"
            r"(?P<index>\d+)-(?P<begin>\d{1,15})-(?P<length>\d{1,9})-(?P<stamp>\d{1,15})\.ts"
        ),
        "_segment",
    ),
    (re.compile(rf"/picture/{_ID}/(?P<when>\d{{1,12}})\.jpg"), "_picture"),
    (re.compile(rf"/snapshot/{_MARK}\.jpg"), "_snapshot"),
)


class _Answered(Exception):
    """There is no picture; what is said instead."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status = status
        self.text = text


class ImouMedia:
    """Answers what is fetched without a signature, by the token in the address."""

    def __init__(self, world: World, streams: Streams, memory: Memory, sleepers: Sleepers) -> None:
        """Serve one world."""
        self._world = world
        self._streams = streams
        self._memory = memory
        self._sleepers = sleepers
        self._playing: set[PlaybackFlv] = set()

    def answer(self, request: Request) -> Reply:
        """The picture or playlist of an address; 403 for a bad token, 404 for no address."""
        if request.method not in ("GET", "HEAD"):
            return plain(405, "method not allowed")
        for pattern, name in _ROUTES:
            matched = pattern.fullmatch(request.path)
            if matched is not None:
                handler: Callable[[Request, re.Match[str]], Reply] = getattr(self, name)
                try:
                    return handler(request, matched)
                except _Answered as answered:
                    return plain(answered.status, answered.text)
        return plain(404, "no such stream")

    def close(self) -> None:
        """End what is played."""
        with self._world.lock:
            playing = list(self._playing)
        for stream in playing:
            stream.stop()

    # Live

    def _live_playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        live, found = self._live(matched["mark"])
        self._require_sending(found)
        token = self._streams.token("live", {"mark": live.token}, SEGMENT_SECONDS)
        text = self._streams.live_hls(found, profile_of(live.stream)).playlist(
            lambda number: f"{live.token}/{token}/{number}.ts"
        )
        return _body(_PLAYLIST, text.encode(), "live-playlist")

    def _live_segment(self, request: Request, matched: re.Match[str]) -> Reply:
        live, found = self._live(matched["mark"])
        self._check("live", {"mark": live.token}, matched["token"])
        self._require_sending(found)
        try:
            data = self._streams.live_hls(found, profile_of(live.stream)).segment(
                int(matched["number"])
            )
        except KeyError:
            raise _Answered(404, "the segment is gone") from None
        return _body("video/mp2t", data, "live-segment")

    def _cover(self, request: Request, matched: re.Match[str]) -> Reply:
        _, found = self._live(matched["mark"])
        when = int(self._world.now()) // COVER_SECONDS * COVER_SECONDS
        return _body("image/jpeg", self._jpeg(found, when, found.pose), "cover")

    def _live(self, mark: str) -> tuple[Live, Camera]:
        """A live address that was not deleted."""
        with self._world.lock:
            live = self._memory.lives.get(mark)
            if live is None:
                raise _Answered(404, "no such live address")
            return live, self._camera(live.camera_id)

    def _require_sending(self, found: Camera) -> None:
        """404 unless the camera sends now; being watched keeps it awake."""
        with self._world.lock:
            device = self._world.device_of(found)
            if device.asleep or not self._streams.is_on(found):
                raise _Answered(404, "no stream")
            self._sleepers.touch(device, self._world.now())

    # FLV

    def _flv(self, request: Request, matched: re.Match[str]) -> Reply:
        found = self._admitted(request, matched)
        if request.first("type") == "realTime":
            self._require_sending(found)
            if found.id not in self._memory.flv_lives:
                raise _Answered(404, "no such live address")
            pieces = self._streams.live_flv(found, _profile(request))
            return _stream(self._while_sending(found, pieces), "live-flv")
        store = request.first("recordType")
        if store == "cloudRecord":
            return _stream(self._played(found, store, request), "cloudRecord-flv")
        self._require_sending(found)
        pieces = self._played(found, store, request)
        return _stream(self._while_sending(found, pieces), "localRecord-flv")

    def _while_sending(self, found: Camera, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """What a device sends, for as long as it can; being watched keeps it awake."""
        touched = 0.0
        # Closed at once when the viewer leaves, so that the camera has a viewer less.
        with closing(cast("Generator[bytes, None, None]", pieces)):
            for piece in pieces:
                now = self._world.now()
                if abs(now - touched) >= TOUCH_SECONDS:
                    touched = now
                    try:
                        self._require_sending(found)
                    except _Answered:
                        return
                yield piece

    def _played(self, found: Camera, store: str, request: Request) -> Iterator[bytes]:
        """What was recorded, at the speed of the address, from its beginning."""
        from vsconsole.sandbox import media

        begin, end = int(request.first("begin")), int(request.first("end"))
        ranges = recorded(self._world, self._memory, found, store, begin, end)
        if not ranges:
            raise _Answered(404, "no recording")
        spans = [(float(r.begin), float(r.end)) for r in ranges]
        stream = media.PlaybackFlv(
            self._streams.scene(found), begin, end, _profile(request), ranges=spans
        )
        stream.scale(int(request.first("speed")))
        return self._paced(stream)

    def _paced(self, stream: PlaybackFlv) -> Iterator[bytes]:
        with self._world.lock:
            self._playing.add(stream)
        try:
            yield from stream.chunks()
        finally:
            with self._world.lock:
                self._playing.discard(stream)
            stream.stop()

    # Recordings

    def _playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        found = self._admitted(request, matched)
        begin, end = int(request.first("begin")), int(request.first("end"))
        store = request.first("recordType")
        if store == "localRecord":
            self._require_sending(found)
        ranges = recorded(self._world, self._memory, found, store, begin, end)
        if not ranges:
            raise _Answered(404, "no recording")
        profile = _profile(request)
        fields = {"id": found.id, "store": store, "profile": profile}
        token = self._streams.token("record", fields, SEGMENT_SECONDS)

        def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
            times = "-".join(str(round(value * 1000)) for value in (begin, seconds, stamp))
            return f"{store}/{profile}/{token}/{index}-{times}.ts"

        text = self._streams.playlist(found, ranges, uri)
        return _body(_PLAYLIST, text.encode(), f"{store}-playlist")

    def _segment(self, request: Request, matched: re.Match[str]) -> Reply:
        store = matched["store"]
        profile: Profile = "sub" if matched["profile"] == "sub" else "main"
        fields = {"id": matched["id"], "store": store, "profile": profile}
        self._check("record", fields, matched["token"])
        found = self._camera(matched["id"])
        if store == "localRecord":
            self._require_sending(found)
        begin, length, stamp = (int(matched[k]) / 1000 for k in ("begin", "length", "stamp"))
        first, last = int(begin), int(begin + length) + 1
        if length > LONGEST_SEGMENT or not recorded(
            self._world, self._memory, found, store, first, last
        ):
            raise _Answered(404, "no recording")
        try:
            data = self._streams.segment(found, begin, length, stamp, profile)
        except ValueError:
            raise _Answered(404, "no recording") from None
        return _body("video/mp2t", data, f"{store}-segment")

    # Pictures

    def _picture(self, request: Request, matched: re.Match[str]) -> Reply:
        found = self._admitted(request, matched)
        data = self._jpeg(found, int(matched["when"]), Pose())
        return _body("image/jpeg", data, "picture")

    def _snapshot(self, request: Request, matched: re.Match[str]) -> Reply:
        self._check_query(request)
        taken = self._memory.snapshots.get(matched["mark"])
        if taken is None or self._world.now() < taken.when + READY_SECONDS:
            raise _Answered(404, "the picture is not there yet")
        data = self._jpeg(self._camera(taken.camera_id), taken.when, taken.pose)
        return _body("image/jpeg", data, "snapshot")

    def _jpeg(self, found: Camera, when: float, pose: Pose) -> bytes:
        from vsconsole.sandbox.media.jpeg import jpeg

        data = jpeg(self._streams.scene(found), when, _view(pose))
        if found.device_id not in self._memory.encrypted:
            return data
        # No page says how a picture is encrypted; what matters is that it is no picture.
        return bytes(byte ^ 0x5A for byte in data)

    # Tokens

    def _admitted(self, request: Request, matched: re.Match[str]) -> Camera:
        """The camera of an address whose token covers the path and the query."""
        self._check_query(request)
        return self._camera(matched["id"])

    def _check_query(self, request: Request) -> None:
        fields = dict(request.query)
        token = fields.pop("token", "")
        self._check(request.path, fields, token)

    def _check(self, path: str, fields: dict[str, str], token: str) -> None:
        answer = self._streams.check(path, fields, token)
        if answer != "valid":
            raise _Answered(403, f"the token is {answer}")

    def _camera(self, camera_id: str) -> Camera:
        found = self._world.cameras.get(camera_id)
        if found is None:
            raise _Answered(404, "no such channel")
        return found


def _profile(request: Request) -> Profile:
    return profile_of(int(request.first("streamId")))


def plain(status: int, text: str) -> Reply:
    """A few words in place of media."""
    headers = {"Content-Type": "text/plain; charset=utf-8"}
    return Reply(status=status, headers=headers, body=text.encode(), kind="media")


def _body(content_type: str, data: bytes, call: str) -> Reply:
    return Reply(headers={"Content-Type": content_type}, body=data, kind="media", call=call)


def _stream(pieces: Iterator[bytes], call: str) -> Reply:
    headers = {"Content-Type": "video/x-flv", "Cache-Control": "no-cache"}
    return Reply(headers=headers, body=pieces, kind="media", call=call)


def _view(pose: Pose) -> View:
    from vsconsole.sandbox import media

    return media.View(
        pan=pose.pan, tilt=pose.tilt, zoom=pose.zoom, focus=pose.focus, iris=pose.iris
    )
