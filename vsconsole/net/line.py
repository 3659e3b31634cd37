"""The connection under a request, and how to end it from another thread."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any


class Line:
    """The connection that one request runs on; `cut` ends what waits on it, from any thread."""

    __slots__ = ("_lock", "_socket", "cut_off", "sent")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.cut_off = False
        self.sent = False

    def attach(self, sock: Any) -> None:
        """Takes the socket in use; one that was cut before is cut at once."""
        with self._lock:
            # A TLS session inside a TLS proxy wraps the socket it speaks through.
            self._socket = getattr(sock, "socket", sock)
            if self.cut_off:
                self._shut()

    def detach(self) -> None:
        """Lets go of the socket, which may serve another request from now on."""
        with self._lock:
            self._socket = None

    def cut(self) -> None:
        """Ends the connection; repeated calls do nothing."""
        with self._lock:
            self.cut_off = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # SSLSocket.shutdown would pull the TLS state from under the reading thread.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
