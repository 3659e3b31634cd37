"""libVLC plays what is made here: every HLS clock, live HLS, and each container of H.264."""

import ctypes
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.sandbox.media_support import BEGIN
from vsconsole.sandbox import timecode
from vsconsole.sandbox.media import (
    FileType,
    LiveHls,
    Scene,
    hls_playlist,
    recording_file,
    ts_segment,
)
from vsconsole.sandbox.media.scene import Clock, Codec

vlc = pytest.importorskip("vlc")
WIDTH, HEIGHT = 320, 180
PATIENCE = 30.0


@contextmanager
def serving(answer: Callable[[str], bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = answer(self.path)
            self.send_response(200)
            kind = "application/vnd.apple.mpegurl" if "m3u8" in self.path else "video/mp2t"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        disable_nagle_algorithm = True

        def handle_error(self, *args: object) -> None:
            """The player hangs up when it is stopped."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


@pytest.fixture(scope="module")
def instance() -> Iterator[Any]:
    made = vlc.Instance("--quiet", "--aout=dummy", "--no-video-title-show")
    yield made
    made.release()


class Screen:
    """Plays a source and keeps the times read from the frames that are shown."""

    def __init__(self, instance: Any, source: str) -> None:
        self.seen: list[float] = []
        self.unreadable = 0
        self._player = instance.media_player_new()
        self._picture = ctypes.create_string_buffer(WIDTH * HEIGHT * 4)
        self._lock = vlc.CallbackDecorators.VideoLockCb(self._give)
        self._display = vlc.CallbackDecorators.VideoDisplayCb(self._read)
        self._player.video_set_callbacks(self._lock, None, self._display, None)
        self._player.video_set_format("RV32", WIDTH, HEIGHT, WIDTH * 4)
        self._player.set_media(instance.media_new(source))
        self._player.play()

    def close(self) -> None:
        self._player.stop()
        self._player.release()

    def seek(self, seconds: float) -> None:
        self.seen.clear()
        self._player.set_time(round(seconds * 1000))

    def wait(self, condition: Callable[[list[float]], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition(list(self.seen)):
            assert time.monotonic() < deadline, f"last seen {self.seen[-3:]}"
            time.sleep(0.02)

    def _give(self, _: Any, planes: Any) -> None:
        planes[0] = ctypes.addressof(self._picture)

    def _read(self, *_: Any) -> None:
        try:
            reading = timecode.read_bgra(
                memoryview(self._picture).cast("B"), WIDTH * 4, WIDTH, HEIGHT
            )
        except timecode.Unreadable:
            self.unreadable += 1
        else:
            self.seen.append(reading.when.timestamp())


@contextmanager
def showing(instance: Any, source: str) -> Iterator[Screen]:
    screen = Screen(instance, source)
    try:
        yield screen
    finally:
        screen.close()


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("clock", ["continues", "jumps", "restarts"])
def test_a_run_of_each_clock_plays_and_seeks(instance: Any, codec: Codec, clock: Clock) -> None:
    """The second run, whose time stamps are where the clock left them."""
    scene = Scene(channel=12, codec=codec, clock=clock, audio="aac")
    begin = BEGIN + 600
    parts: dict[str, tuple[float, float, float]] = {}

    def uri(index: int, start: float, seconds: float, stamp: float) -> str:
        parts[f"/{index}.ts"] = (start, seconds, stamp)
        return f"{index}.ts"

    text = hls_playlist(scene, [(BEGIN, BEGIN + 12), (begin, begin + 30)], uri)
    head, _ = text.split("#EXTINF", 1)
    run = head + text.split("#EXT-X-DISCONTINUITY\n")[1]

    def answer(path: str) -> bytes:
        return run.encode() if path.endswith("m3u8") else ts_segment(scene, *parts[path], "sub")

    with serving(answer) as address, showing(instance, f"{address}/run.m3u8") as screen:
        screen.wait(lambda seen: len(seen) > 6)
        assert screen.seen[0] == pytest.approx(begin, abs=0.5)
        screen.seek(20)
        screen.wait(lambda seen: any(abs(when - begin - 20) < 0.3 for when in seen))
        screen.seek(7)
        screen.wait(lambda seen: any(abs(when - begin - 7) < 0.3 for when in seen))
    assert screen.unreadable == 0


def test_live_hls_plays_on(instance: Any) -> None:
    live = LiveHls(Scene(channel=12, audio="g711a"), "sub")

    def answer(path: str) -> bytes:
        number = re.search(r"(\d+)\.ts", path)
        return live.segment(int(number[1])) if number else live.playlist("{}.ts".format).encode()

    with serving(answer) as address, showing(instance, f"{address}/live.m3u8") as screen:
        # Over at least two joints.
        screen.wait(lambda seen: len(seen) > 1 and seen[-1] - seen[0] > 4.2)
        seen = list(screen.seen)
    assert seen == sorted(seen)
    assert time.time() - 30 < seen[0] < time.time()
    assert screen.unreadable == 0


@pytest.mark.parametrize("kind", ["mp4", "ts", "flv", "mkv", "mov", "avi", "ps"])
def test_files_play_and_seek(instance: Any, kind: FileType) -> None:
    path = recording_file(Scene(channel=12, audio="g711a"), BEGIN, BEGIN + 30, kind, "sub")
    with showing(instance, str(path)) as screen:
        screen.wait(lambda seen: len(seen) > 4)
        assert screen.seen[0] == pytest.approx(BEGIN, abs=0.5)
        screen.seek(20)
        screen.wait(lambda seen: any(abs(when - BEGIN - 20) < 1.1 for when in seen))
    assert screen.unreadable == 0
