"""Recordings with a gap in every container, and the server that some of them need."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Segment, Span
from vsconsole.media import hls
from vsconsole.sandbox.media import Scene, hls_playlist, recording_file, ts_segment
from vsconsole.sandbox.media.scene import Clock, Codec, FileType

BEGIN = 1_763_600_400.0
CLOCKS: tuple[Clock, ...] = ("continues", "jumps", "restarts")
FILES: tuple[FileType, ...] = ("mp4", "ts", "flv")
CODECS: tuple[Codec, ...] = ("h264", "h265")


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What our player plays, and what bare libVLC is given: address and begin of each medium."""

    name: str
    playback: Playback
    ranges: tuple[tuple[float, float], ...]
    plain: tuple[tuple[str, float, float], ...]


@contextmanager
def served(answer: Callable[[str], bytes]) -> Iterator[str]:
    """A loopback server that answers each path with `answer(path)`; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                body = answer(self.path)
            except KeyError:
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # a seek abandons what was asked for

        def log_message(self, *_args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_args: object) -> None:
            pass  # connections that a player cut

    Server.disable_nagle_algorithm = True  # type: ignore[attr-defined]
    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.daemon = True
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def two_ranges(length: float) -> tuple[tuple[float, float], ...]:
    """Two recordings of `length` seconds, ten minutes apart."""
    later = BEGIN + length + 600
    return ((BEGIN, BEGIN + length), (later, later + length))


@contextmanager
def hls_recording(clock: Clock, codec: Codec, length: float) -> Iterator[Recording]:
    """One playlist with a gap, split into runs as the services do."""
    scene = Scene(channel=7, codec=codec, clock=clock)
    ranges = two_ranges(length)
    pieces: dict[str, tuple[float, float, float]] = {}

    def uri(index: int, begin: float, seconds: float, stamp: float) -> str:
        pieces[f"/{index}.ts"] = (begin, seconds, stamp)
        return f"{index}.ts"

    text = hls_playlist(scene, ranges, uri)

    def answer(path: str) -> bytes:
        if path == "/all.m3u8":
            return text.encode()
        return ts_segment(scene, *pieces[path])

    with served(answer) as address, TemporaryDirectory(prefix="vsconsole-run-") as folder:
        for path in pieces:
            answer(path)  # what is measured is the player, not the encoder
        span = Span(instant(ranges[0][0]), instant(ranges[-1][1]))
        segments = [Segment(span=Span(instant(a), instant(b))) for a, b in ranges]
        clips = []
        for run, where in hls.lay(hls.split(text, f"{address}/all.m3u8"), segments, span):
            path = Path(folder) / f"{len(clips)}.m3u8"
            path.write_text(run.playlist_text, "utf-8")
            clips.append(_clip(where, str(path), MediaProtocol.HLS))
        yield Recording(
            name=f"HLS, clock {clock}, {_shown(codec)}",
            playback=Playback(channel=Key("a", "c"), span=span, clips=tuple(clips)),
            ranges=ranges,
            plain=((f"{address}/all.m3u8", ranges[0][0], ranges[-1][1]),),
        )


@contextmanager
def file_recording(
    file_type: FileType, codec: Codec, length: float, **more: object
) -> Iterator[Recording]:
    """Two files with a gap between them."""
    scene = Scene(channel=7, codec=codec, **more)  # type: ignore[arg-type]
    ranges = two_ranges(length)
    clips, plain = [], []
    for begin, end in ranges:
        path = recording_file(scene, begin, end, file_type)
        clips.append(_clip(Span(instant(begin), instant(end)), str(path), MediaProtocol.FILE))
        plain.append((str(path), begin, end))
    span = Span(clips[0].span.begin, clips[-1].span.end)
    yield Recording(
        name=f"{file_type.upper()}, {_shown(codec)}",
        playback=Playback(channel=Key("a", "c"), span=span, clips=tuple(clips)),
        ranges=ranges,
        plain=tuple(plain),
    )


def _clip(span: Span, url: str, protocol: MediaProtocol) -> Clip:
    def opened(_when: datetime) -> MediaSource:
        return MediaSource(url=url, protocol=protocol)

    return Clip.linear(span, Store.LOCAL, opened)


def _shown(codec: Codec) -> str:
    return {"h264": "H.264", "h265": "H.265"}[codec]


def path_of(recording: Recording) -> Path:
    """The first file of a recording of files."""
    return Path(recording.plain[0][0])


def moments(recording: Recording, count: int, seed: int = 1) -> list[datetime]:
    """Random moments inside the recorded ranges, at least 0.7 s before their ends."""
    import random

    chance = random.Random(seed)
    chosen = []
    for _ in range(count):
        begin, end = chance.choice(recording.ranges)
        chosen.append(instant(begin) + timedelta(seconds=chance.uniform(0, end - begin - 0.7)))
    return chosen
