"""Media addresses of the Volcengine face: live, playback, recordings, downloads and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from vsconsole.sandbox.faces.volcengine_desk import Stream, find_stream
from vsconsole.sandbox.faces.volcengine_local import state
from vsconsole.sandbox.faces.volcengine_state import Memory
from vsconsole.sandbox.faces.volcengine_streams import live_fields
from vsconsole.sandbox.streams import PlaybackSession, Streams
from vsconsole.sandbox.wire import FileBody, Reply, Request
from vsconsole.sandbox.world import Camera, Range, World

SEGMENT_SECONDS = 6 * 3600
"""Assumed: a playlist fetched in time stays good to its end."""

_ID = r"(?P<id>[0-9a-f-]{36})"
_TIMES = r"(?P<index>\d+)-(?P<begin>\d+)-(?P<length>\d+)-(?P<stamp>\d+)\.ts"
_ROUTES = (
    (re.compile(rf"/live/{_ID}\.flv"), "_live_flv"),
    (re.compile(rf"/live/{_ID}\.m3u8"), "_live_playlist"),
    (re.compile(rf"/live/{_ID}/(?P<token>[0-9a-f.]+)/(?P<number>\d+)\.ts"), "_live_segment"),
    (re.compile(rf"/playback/{_ID}\.flv"), "_playback_flv"),
    (re.compile(r"/media_record/v1/file/get_(?P<kind>m3u8|format)"), "_record"),
    (
        re.compile(
            rf"/media_record/v1/file/(?P<store>cloud|device)/{_ID}/(?P<token>[0-9a-f.]+)/{_TIMES}"
        ),
        "_segment",
    ),
    (re.compile(rf"/gb_media/{_ID}/(?P<name>[0-9a-z-]+)\.(?P<type>mp4|m3u8|srt)"), "_download"),
    (re.compile(rf"/stream_record/{_ID}\.mp4"), "_manual"),
    (re.compile(rf"/snapshot/{_ID}/(?P<when>\d+)\.png"), "_still"),
)
_M3U8 = "application/vnd.apple.mpegurl"


class Denied(Exception):
    """An address that is not served: the HTTP status and why."""

    def __init__(self, status: int, text: str, session: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.session = session


class VolcengineMedia:
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
                try:
                    return handler(request, matched)
                except Denied as denied:
                    return _plain(denied.status, str(denied), denied.session)
        return _plain(404, "no such address")

    def refused(self) -> Reply:
        """What an address says whose time is over."""
        return _plain(403, "the address has expired")

    def open_rtmp(self, app: str, name: str) -> Iterator[bytes]:
        """FLV of an RTMP address; PermissionError for a bad token, LookupError for no stream."""
        text, _, query = name.partition("?")
        fields = dict(part.partition("=")[::2] for part in query.split("&"))
        token = f"{fields.get('volcTime', '')}.{fields.get('volcSecret', '')}"
        try:
            if app == "live":
                return self._open_live(text, token)
            if app == "playback":
                return self._streams.play(self._open_playback(text, token))
        except Denied as denied:
            if denied.status == 403:
                raise PermissionError(str(denied)) from None
            raise LookupError(str(denied)) from None
        raise LookupError(app)

    # Live

    def _live_flv(self, request: Request, matched: re.Match[str]) -> Reply:
        pieces = self._open_live(matched["id"], _volc_token(request))
        return _stream("video/x-flv", pieces, "live-flv")

    def _live_playlist(self, request: Request, matched: re.Match[str]) -> Reply:
        found = self._live(matched["id"], _volc_token(request))
        token = self._streams.token("live-segment", {"id": found.id}, SEGMENT_SECONDS)
        text = self._streams.live_hls(found.camera, found.profile).playlist(
            lambda number: f"{found.id}/{token}/{number}.ts"
        )
        return _body(_M3U8, text.encode(), "live-playlist")

    def _live_segment(self, request: Request, matched: re.Match[str]) -> Reply:
        self._admit("live-segment", {"id": matched["id"]}, matched["token"])
        found = self._stream(matched["id"])
        try:
            live = self._streams.live_hls(found.camera, found.profile)
            data = live.segment(int(matched["number"]))
        except KeyError:
            raise Denied(404, "the segment is gone") from None
        return _body("video/mp2t", data, "live-segment")

    def _open_live(self, text: str, token: str) -> Iterator[bytes]:
        found = self._live(text, token)
        return self._while_started(found)

    def _live(self, text: str, token: str) -> Stream:
        """The stream of a live address whose token counts, started and sending."""
        found = self._stream(text)
        with self._world.lock:
            space_id = self._memory.space_of(self._world.device_of(found.camera))
            space = self._memory.spaces[space_id]
        answers = [
            self._streams.check("live", live_fields(found, key), token)
            for key in (space.main_key, space.spare_key)
        ]
        if "valid" not in answers:
            raise Denied(403, f"the token is {'expired' if 'expired' in answers else 'wrong'}")
        if not self._started(found) or not self._streams.is_on(found.camera):
            raise Denied(404, "the stream is not online")
        return found

    def _started(self, found: Stream) -> bool:
        with self._world.lock:
            return found.id in self._memory.pulls

    def _while_started(self, found: Stream) -> Iterator[bytes]:
        pieces = self._streams.live_flv(found.camera, found.profile)
        try:
            for piece in pieces:
                if not self._started(found):
                    return
                yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    # Recordings of the cloud

    def _record(self, request: Request, matched: re.Match[str]) -> Reply:
        fields = self._signed(request)
        found = self._stream(fields["StreamID"])
        begin, end = int(fields["Start"]) // 1000, int(fields["End"]) // 1000
        ranges = self._memory.cloud_ranges(found.camera, begin, end)
        if fields.get("Format") == "mp4":
            return self._mp4(found.camera, ranges, "cloud-mp4")
        return self._playlist(found, ranges, "cloud")

    def _playlist(self, found: Stream, ranges: Sequence[Range], store: str) -> Reply:
        if not ranges:
            raise Denied(404, "no recording")
        token = self._streams.token(store, {"id": found.id}, SEGMENT_SECONDS)

        def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
            times = "-".join(str(round(value * 1000)) for value in (begin, seconds, stamp))
            return f"/media_record/v1/file/{store}/{found.id}/{token}/{index}-{times}.ts"

        text = self._streams.playlist(found.camera, ranges, uri)
        return _body(_M3U8, text.encode(), f"{store}-playlist")

    def _segment(self, request: Request, matched: re.Match[str]) -> Reply:
        store = matched["store"]
        self._admit(store, {"id": matched["id"]}, matched["token"])
        found = self._stream(matched["id"])
        begin, length, stamp = (int(matched[k]) / 1000 for k in ("begin", "length", "stamp"))
        held = self._memory.cloud_ranges if store == "cloud" else self._world.device_ranges
        if length > 60 or not held(found.camera, begin, begin + length):
            raise Denied(404, "no recording")
        try:
            data = self._streams.segment(found.camera, begin, length, stamp, found.profile)
        except ValueError:
            raise Denied(404, "no recording") from None
        return _body("video/mp2t", data, f"{store}-segment")

    def _mp4(self, camera: Camera, ranges: Sequence[Range], call: str) -> Reply:
        try:
            if not ranges:
                raise ValueError(camera.id)
            file = self._streams.file(camera, ranges, "mp4")
        except ValueError:
            raise Denied(404, "no recording") from None
        return _stream("video/mp4", file, call)

    def _manual(self, request: Request, matched: re.Match[str]) -> Reply:
        fields = self._signed(request)
        task = self._memory.manual.get(matched["id"])
        camera = self._world.cameras.get(task.camera_id) if task else None
        if task is None or camera is None:
            raise Denied(404, "no such recording")
        ranges = [Range(int(task.started), int(fields["End"]), "manual")]
        return self._mp4(camera, ranges, "manual-mp4")

    # Recordings of devices

    def _playback_flv(self, request: Request, matched: re.Match[str]) -> Reply:
        session = self._open_playback(matched["id"], _volc_token(request))
        return _stream("video/x-flv", self._streams.play(session), "device-flv", session.id)

    def _open_playback(self, text: str, token: str) -> PlaybackSession:
        """The session of a playback address, when it is online."""
        self._admit("playback", {"id": text}, token)
        with self._world.lock:
            playback = self._memory.playbacks.get(text)
            if playback is None:
                raise Denied(404, "no such playback", text)
            session = self._streams.sessions[playback.session_id]
            on = self._streams.is_on(session.camera)
            now = state(self._world.now(), playback, session, on=on)
        # One whose stream came to its end may be fetched again, from the beginning.
        if now not in ("online", "offline") or not on:
            raise Denied(404, f"the playback is {now}", text)
        return session

    def _download(self, request: Request, matched: re.Match[str]) -> Reply:
        fields = self._signed(request)
        found = self._stream(fields["StreamID"])
        task = self._memory.downloads.get(matched["id"])
        if task is None:
            raise Denied(404, "no such download")
        if matched["type"] == "srt":
            return _body("application/x-subrip", _srt(task.subtitles).encode(), "subtitle")
        ranges = self._world.device_ranges(found.camera, task.begin, task.end)
        if matched["type"] == "mp4":
            return self._mp4(found.camera, ranges, "device-mp4")
        return self._playlist(found, ranges, "device")

    # Pictures

    def _still(self, request: Request, matched: re.Match[str]) -> Reply:
        self._signed(request)
        camera = self._world.cameras.get(matched["id"])
        if camera is None:
            raise Denied(404, "no such stream")
        return _body("image/png", self._streams.still(camera, int(matched["when"])), "still")

    # Admission

    def _signed(self, request: Request) -> dict[str, str]:
        """The query of an address whose token covers path and query."""
        fields = dict(request.query)
        token = fields.pop("X-JWT-Token", "")
        self._admit(request.path, fields, token)
        return fields

    def _admit(self, what: str, fields: dict[str, str], token: str) -> None:
        answer = self._streams.check(what, fields, token)
        if answer != "valid":
            raise Denied(403, f"the token is {answer}")

    def _stream(self, text: str) -> Stream:
        with self._world.lock:
            found = find_stream(self._world, text)
        if found is None:
            raise Denied(404, "no such stream")
        return found


def _volc_token(request: Request) -> str:
    """The token of a stream address; one with more in its query is none."""
    if sorted(key for key, _ in request.query) != ["volcSecret", "volcTime"]:
        return ""
    return f"{request.first('volcTime')}.{request.first('volcSecret')}"


def _srt(rows: list[dict[str, object]]) -> str:
    """Subtitles as text; their times are milliseconds (page 1123385)."""
    blocks = [
        f"{number}\n{_clock(row['Start'])} --> {_clock(row['End'])}\n{row['Content']}\n"
        for number, row in enumerate(rows, start=1)
    ]
    return "\n".join(blocks)


def _clock(value: object) -> str:
    seconds, ms = divmod(int(str(value)), 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{ms:03}"


def _plain(status: int, text: str, session: str = "") -> Reply:
    headers = {"Content-Type": "text/plain"}
    return Reply(status=status, headers=headers, body=text.encode(), kind="media", session=session)


def _body(content_type: str, data: bytes, call: str) -> Reply:
    return Reply(headers={"Content-Type": content_type}, body=data, kind="media", call=call)


def _stream(
    content_type: str, pieces: Iterator[bytes] | FileBody, call: str, session: str = ""
) -> Reply:
    headers = {"Content-Type": content_type, "Cache-Control": "no-cache"}
    return Reply(headers=headers, body=pieces, kind="media", call=call, session=session)
