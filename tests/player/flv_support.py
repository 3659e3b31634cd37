"""A device that plays back over HTTP-FLV and takes orders, as a player's source."""

from __future__ import annotations

import http.client
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.bench.seek_media import BEGIN, instant
from vsconsole.domain.model import Key, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, Playback
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.media import PlaybackFlv, Scene, live_flv
from vsconsole.sandbox.media.scene import Profile


class Control:
    """The server's side of a session, called directly; notes what it was told."""

    speeds = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

    def __init__(self, session: PlaybackFlv) -> None:
        self.session = session
        self.told: list[str] = []
        self.deaf_to_speed = False
        self.stuck_by_seek = False

    def pause(self) -> None:
        self.told.append("pause")
        self.session.pause()

    def resume(self) -> None:
        self.told.append("resume")
        self.session.resume()

    def seek(self, when: datetime) -> None:
        self.told.append("seek")
        if self.stuck_by_seek:
            self.session.pause()
            return
        self.session.seek((when - instant(BEGIN)).total_seconds())

    def set_speed(self, speed: float) -> None:
        self.told.append(f"speed {speed}")
        if self.deaf_to_speed:
            return
        self.session.scale(speed)

    def stop(self) -> None:
        self.told.append("stop")
        self.session.stop()


class Device:
    """Streams `scene` live at /live and each playback session at its own address."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.controls: list[Control] = []
        self.refusing = False
        self._behind = 0.0
        self._stop = threading.Event()
        device = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/gone" or device.refusing:
                    self.send_error(403)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "video/x-flv")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    if self.path == "/silent":
                        device._stop.wait(60)
                        return
                    if self.path in ("/live", "/sub"):
                        stop = threading.Event()
                        profile: Profile = "main" if self.path == "/live" else "sub"
                        chunks = device._late(live_flv(device.scene, profile, None, stop))
                    else:
                        chunks = device.controls[int(self.path[1:])].session.chunks()
                    for chunk in chunks:
                        self.wfile.write(chunk)
                        if device._stop.is_set():
                            break
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the player has left

            def log_message(self, *_args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def playback(self, seconds: float) -> Playback:
        """A range of the device; each opening starts a session at the moment asked for."""
        span = Span(instant(BEGIN), instant(BEGIN + seconds))

        def opened(when: datetime) -> MediaSource:
            session = PlaybackFlv(self.scene, BEGIN, BEGIN + seconds)
            session.seek((when - span.begin).total_seconds())
            control = Control(session)
            self.controls.append(control)
            return MediaSource(
                url=f"{self.address}/{len(self.controls) - 1}",
                protocol=MediaProtocol.FLV,
                control=control,
                begins=span.begin,
                single_use=True,
            )

        clip = Clip.linear(span, Store.DEVICE, opened)
        return Playback(channel=Key("a", "c"), span=span, clips=(clip,))

    def live(self, path: str = "/live") -> MediaSource:
        return MediaSource(url=self.address + path, protocol=MediaProtocol.FLV, live=True)

    def hold(self, seconds: float) -> None:
        """What is being streamed live comes so much later from now on; new streams do not."""
        self._behind += seconds

    def _late(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same bytes, late by what was held since the stream began."""
        begun = self._behind
        waiting: deque[tuple[float, bytes]] = deque()
        for chunk in chunks:
            waiting.append((time.monotonic() + self._behind - begun, chunk))
            while waiting and waiting[0][0] <= time.monotonic():
                yield waiting.popleft()[1]

    def close(self) -> None:
        self._stop.set()
        for control in self.controls:
            control.session.stop()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Bytes:
    """The bytes of an HTTP answer; `close` from another thread ends a waiting `read`."""

    def __init__(self, source: MediaSource) -> None:
        from vsconsole.domain.errors import StreamExpired

        parts = urlsplit(source.url)
        assert parts.hostname is not None
        self._lock = threading.Lock()
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        try:
            self._connection.request("GET", parts.path)
            self._socket = self._connection.sock
            self._answer = self._connection.getresponse()
        except BaseException:
            self._connection.close()  # the device is gone by now
            raise
        if self._answer.status != 200:
            self.close()
            raise StreamExpired("The address of the stream is no longer valid.")

    def read(self, size: int = -1, /) -> bytes:
        try:
            with self._lock:
                return self._answer.read1(size)
        except (OSError, ValueError):
            return b""

    def close(self) -> None:
        import socket

        try:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the other side was quicker
        # Not while it is read: both would close it, each a half.
        with self._lock:
            self._connection.close()
            self._answer.close()


@contextmanager
def device(scene: Scene) -> Iterator[Device]:
    """A device that is gone at the end."""
    one = Device(scene)
    try:
        yield one
    finally:
        one.close()
