"""Media addresses of the Ctyun face: files in the cloud, streams of devices, pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from vsconsole.sandbox.faces.ctyun_codes import Refused
from vsconsole.sandbox.faces.ctyun_desk import node
from vsconsole.sandbox.faces.ctyun_records import File, cloud_files
from vsconsole.sandbox.streams import PlaybackSession, Streams
from vsconsole.sandbox.wire import FileBody, Reply, Request
from vsconsole.sandbox.world import Camera, Range, World

SEGMENT_SECONDS = 6 * 3600
"""Assumed: a playlist once fetched plays to its end, however short its own address counts."""

_FILE = r"(?P<id>\d{18})/(?P<begin>\d{9,11})-(?P<end>\d{9,11})"
_PIECE = r"(?P<index>\d+)-(?P<first>\d+)-(?P<length>\d+)-(?P<stamp>\d+)\.ts"
_SESSION = r"(?P<session>[0-9a-f-]{36})"
_ROUTES = (
    (re.compile(rf"/media/record/{_FILE}\.m3u8"), "_playlist"),
    (re.compile(rf"/media/record/{_FILE}/s/(?P<token>[0-9a-f.]+)/{_PIECE}"), "_segment"),
    (re.compile(rf"/media/record/{_FILE}\.ps"), "_ps"),
    (re.compile(rf"/media/local/{_SESSION}\.flv"), "_local_flv"),
    (re.compile(rf"/media/local/{_SESSION}\.m3u8"), "_local_playlist"),
    (
        re.compile(rf"/media/local/{_SESSION}/s/(?P<token>[0-9a-f.]+)/{_PIECE}"),
        "_local_segment",
    ),
    (re.compile(r"/media/(?:cover|ai)/(?P<id>\d{18})/(?P<when>\d{9,11})\.png"), "_still"),
)


class CtyunMedia:
    """Answers what is fetched without a signature, by the token in the address."""

    def __init__(self, world: World, streams: Streams) -> None:
        """Serve one world."""
        self._world = world
        self._streams = streams

    def answer(self, request: Request) -> Reply:
        """The playlist, stream, file or picture; 403 for a bad token, 404 for no address."""
        if request.method not in ("GET", "HEAD"):
            return plain(405, "method not allowed")
        for pattern, name in _ROUTES:
            matched = pattern.fullmatch(request.path)
            if matched is None:
                continue
            token = matched.groupdict().get("token")
            if token is None:
                answer = self._streams.check(request.path, {}, request.first("token"))
            else:
                answer = self._streams.check(request.path.partition("/s/")[0], {}, token)
            if answer != "valid":
                return plain(403, f"the token is {answer}")
            handler: Callable[[re.Match[str]], Reply] = getattr(self, name)
            try:
                return handler(matched)
            except (Refused, LookupError):
                return plain(404, "not found")
        return plain(404, "no such address")

    def play(self, app: str, name: str) -> Iterator[bytes]:
        """FLV of a device's stream for RTMP; PermissionError, LookupError."""
        id, _, query = name.partition("?")
        if self._streams.check(f"rtmp/{id}", {}, query.removeprefix("token=")) != "valid":
            raise PermissionError
        if app != "local":
            raise LookupError(app)
        return self._streams.play(self._session(id))

    def _playlist(self, matched: re.Match[str]) -> Reply:
        camera, file = self._file(matched, "hls")
        where = Range(file.begin, file.end, "")
        return self._text(camera, [where], f"{file.begin}-{file.end}", matched[0], "record-hls")

    def _segment(self, matched: re.Match[str]) -> Reply:
        camera, file = self._file(matched, "hls")
        return self._piece(matched, camera, [Range(file.begin, file.end, "")], "record-segment")

    def _ps(self, matched: re.Match[str]) -> Reply:
        from vsconsole.sandbox import media

        camera, file = self._file(matched, "ps")
        scene = self._streams.scene(camera)
        path = media.recording_file(scene, file.begin, file.end, "ps")
        headers = {"Content-Type": "video/mp2p"}
        return Reply(headers=headers, body=FileBody(path=path), kind="media", call="record-ps")

    def _local_flv(self, matched: re.Match[str]) -> Reply:
        session = self._session(matched["session"])
        headers = {"Content-Type": "video/x-flv", "Cache-Control": "no-cache"}
        return Reply(
            headers=headers,
            body=self._streams.play(session),
            kind="media",
            call="local-flv",
            session=session.id,
        )

    def _local_playlist(self, matched: re.Match[str]) -> Reply:
        session = self._session(matched["session"])
        return self._text(session.camera, session.ranges, session.id, matched[0], "local-hls")

    def _local_segment(self, matched: re.Match[str]) -> Reply:
        session = self._session(matched["session"])
        return self._piece(matched, session.camera, session.ranges, "local-segment")

    def _still(self, matched: re.Match[str]) -> Reply:
        camera = self._camera(matched["id"])
        data = self._streams.still(camera, int(matched["when"]))
        return _body("image/png", data, "still")

    def _text(
        self, camera: Camera, ranges: Sequence[Range], folder: str, path: str, call: str
    ) -> Reply:
        """A playlist whose segments lie in a folder beside it, under their own token."""
        token = self._streams.token(path.removesuffix(".m3u8"), {}, SEGMENT_SECONDS)

        def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
            times = "-".join(str(round(value * 1000)) for value in (begin, seconds, stamp))
            return f"{folder}/s/{token}/{index}-{times}.ts"

        text = self._streams.playlist(camera, ranges, uri)
        return _body("application/vnd.apple.mpegurl", text.encode(), call)

    def _piece(
        self, matched: re.Match[str], camera: Camera, ranges: Sequence[Range], call: str
    ) -> Reply:
        begin, length, stamp = (int(matched[k]) / 1000 for k in ("first", "length", "stamp"))
        inside = any(r.begin <= begin and begin + length <= r.end for r in ranges)
        if length > 60 or not inside:
            return plain(404, "not recorded")
        try:
            data = self._streams.segment(camera, begin, length, stamp, "main")
        except ValueError:
            return plain(404, "not recorded")
        return _body("video/mp2t", data, call)

    def _file(self, matched: re.Match[str], form: str) -> tuple[Camera, File]:
        """The file of an address; one that was being written may have grown since."""
        camera = self._camera(matched["id"])
        begin, end = int(matched["begin"]), int(matched["end"])
        for file in cloud_files(self._world, camera, begin, begin + 1):
            if file.begin == begin and file.end >= end and file.format == form:
                return camera, replace(file, end=end)
        raise LookupError(form)

    def _camera(self, id: str) -> Camera:
        camera = node(self._world, id).camera
        if camera is None:
            raise LookupError(id)
        return camera

    def _session(self, id: str) -> PlaybackSession:
        """A session whose device still answers."""
        session = self._streams.sessions[id]
        if session.stopped or not self._streams.is_on(session.camera):
            raise LookupError(id)
        return session


def plain(status: int, text: str) -> Reply:
    """A short answer in words."""
    headers = {"Content-Type": "text/plain"}
    return Reply(status=status, headers=headers, body=text.encode(), kind="media")


def _body(content_type: str, data: bytes, call: str) -> Reply:
    return Reply(headers={"Content-Type": content_type}, body=data, kind="media", call=call)
