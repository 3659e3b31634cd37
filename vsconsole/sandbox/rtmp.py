"""An RTMP server for viewers: pictures of any face over `rtmp://`, loopback only."""

from __future__ import annotations

import socket
import threading
import time

from vsconsole.sandbox.rtmp_play import OpenStream
from vsconsole.sandbox.rtmp_session import Session

__all__ = ["OpenStream", "RtmpServer"]

JOIN_SECONDS = 4.0
"""A session waits three seconds for its own threads."""


class RtmpServer:
    """Serves `rtmp://127.0.0.1:PORT/<app>/<name>?<query>` from FLV bytes; thread-safe.

    FLV tags become messages unchanged, so H.265 passes as codec id 12 or in the enhanced form.
    `open_stream(app, name with its query)` is asked once for each `play`, in a thread of that
    stream. FFmpeg takes an address of three parts as app "first/second": keep to two parts, and
    to queries without slash and colon.
    """

    def __init__(self, open_stream: OpenStream) -> None:
        """`open_stream` gives FLV bytes; PermissionError: not allowed; LookupError: unknown."""
        self._open_stream = open_stream
        self._guard = threading.Lock()
        self._ending = threading.Event()
        self._listening: socket.socket | None = None
        self._loop: threading.Thread | None = None
        self._sessions: dict[threading.Thread, Session] = {}

    def begin(self) -> str:
        """Listen on a free loopback port, and give the base `rtmp://127.0.0.1:PORT`.

        May be called again while it runs (the same base) and after `end` (a new one).
        """
        with self._guard:
            if self._listening is None:
                self._ending.clear()
                self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
                self._loop = threading.Thread(
                    target=self._accept, args=(self._listening,), name="sandbox-rtmp", daemon=True
                )
                self._loop.start()
            return f"rtmp://127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection; new ones are served."""
        with self._guard:
            running = list(self._sessions.values())
        for session in running:
            session.shut()

    def end(self) -> None:
        """Close the port and every connection and wait for their threads; may be called again."""
        with self._guard:
            listening, loop = self._listening, self._loop
            self._listening = self._loop = None
        if listening is None or loop is None:
            return
        self._ending.set()
        # Closing a socket does not wake whoever waits in accept; a connection does.
        try:
            socket.create_connection(listening.getsockname(), timeout=1.0).close()
        except OSError:
            pass
        listening.close()
        loop.join(JOIN_SECONDS)
        with self._guard:
            running = dict(self._sessions)
        for session in running.values():
            session.shut()
        last = time.monotonic() + JOIN_SECONDS
        for thread in running:
            thread.join(max(0.0, last - time.monotonic()))

    def _accept(self, listening: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                # The other side was gone before it was taken, or no descriptor was left for it.
                self._ending.wait(0.05)
                continue
            if self._ending.is_set():
                connection.close()
                return
            session = Session(connection, self._open_stream)
            thread = threading.Thread(
                target=self._serve, args=(session,), name="sandbox-rtmp-viewer", daemon=True
            )
            with self._guard:
                self._sessions[thread] = session
            thread.start()

    def _serve(self, session: Session) -> None:
        try:
            session.serve()
        finally:
            with self._guard:
                self._sessions.pop(threading.current_thread(), None)
