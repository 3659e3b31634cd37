"""Keeps the calls of one account within the vendor's quota."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from vsconsole.domain import cancel


class Pacer:
    """Places for calls: `calls_per_second` on average, `burst` at once, `concurrent` open.

    Waiting ends at once when the work is called off. Urgent calls (a picture being opened, a
    camera being moved) do not queue behind a long listing, but count.
    """

    _LOOK = 0.05

    def __init__(
        self, calls_per_second: float = 20.0, *, burst: int | None = None, concurrent: int = 8
    ) -> None:
        """`burst` defaults to half a second's worth of calls."""
        self._interval = 1.0 / calls_per_second
        self._ahead = self._interval * ((burst or max(1, int(calls_per_second / 2))) - 1)
        self._places = threading.BoundedSemaphore(concurrent)
        self._lock = threading.Lock()
        self._next = 0.0

    @contextmanager
    def slot(self, *, urgent: bool = False) -> Iterator[None]:
        """Waits for a place and holds it inside the block; Cancelled when called off meanwhile."""
        token = cancel.current()
        token.check()
        if urgent:
            self._reserve()
            yield
            return
        while not self._places.acquire(timeout=self._LOOK):
            token.check()
        try:
            delay = self._reserve()
            if delay > 0:
                token.wait(delay)
            yield
        finally:
            self._places.release()

    def hold(self, seconds: float) -> None:
        """Lets no call begin for `seconds`: the server asked for quiet."""
        with self._lock:
            self._next = max(self._next, time.monotonic() + seconds + self._ahead)

    def _reserve(self) -> float:
        """Takes the next free moment; the seconds until then."""
        with self._lock:
            now = time.monotonic()
            self._next = max(self._next, now)
            delay = self._next - self._ahead - now
            self._next += self._interval
            return delay
