"""Watches a thread that must never be busy for long, and says what it was doing when it was."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter, thread_time
from typing import NamedTuple

from vsconsole.domain.model import now

LIMIT = 0.05
"""Seconds a window may stand still before a person notices."""

BEAT = 0.01
"""Seconds between beats; stalls are measured to about this."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """The watched thread gave no beat for `seconds`, of which it computed for `busy` seconds.

    Little `busy` means that it waited: for a lock, a disk, or its turn on a crowded machine.
    `stack` is what it was doing when the limit was passed, innermost call last; empty where
    no other thread could look.
    """

    begin: datetime
    seconds: float
    busy: float
    stack: str = field(repr=False)


class _Beat(NamedTuple):
    """Wall time of a beat and the watched thread's processor time, both in seconds."""

    when: float
    computed: float


class Watchdog:
    """A daemon thread that misses the beats of the thread which calls `beat` every BEAT seconds.

    `on_stall` runs on the watchdog's thread when a stall is over; without it stalls are logged.
    """

    def __init__(
        self, on_stall: Callable[[Stall], None] | None = None, *, limit: float = LIMIT
    ) -> None:
        self.stalls: deque[Stall] = deque(maxlen=1000)
        self._on_stall = on_stall
        self._limit = limit
        self._watched: int | None = None
        self._last = _Beat(perf_counter(), 0.0)
        self._late: deque[tuple[_Beat, _Beat]] = deque()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to watch the calling thread."""
        self._watched = threading.get_ident()
        self._stop.clear()
        self._last = _Beat(perf_counter(), thread_time())
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """Says that the watched thread is free; to be called on it."""
        last, self._last = self._last, _Beat(perf_counter(), thread_time())
        # Noted here, not by the watching thread: code that keeps the interpreter's lock stops that
        # one too.
        if self._last.when - last.when > self._limit:
            self._late.append((last, self._last))

    def stop(self) -> None:
        """Ends watching; a stall that is not over yet is not reported."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2)
        self._thread = None

    def _watch(self) -> None:
        watched = self._watched
        assert watched is not None
        seen: _Beat | None = None
        stack = ""
        while True:
            stopping = self._stop.wait(BEAT)
            while self._late:
                begin, end = self._late.popleft()
                self._report(begin, end, stack if begin is seen else "")
            if stopping:
                return
            last = self._last
            # Looks a little before the limit, or a stall just above it would go without a stack.
            if last is not seen and perf_counter() - last.when > self._limit - 2 * BEAT:
                seen = last
                frame = sys._current_frames().get(watched)
                stack = "".join(traceback.format_stack(frame)) if frame else ""
                del frame

    def _report(self, begin: _Beat, end: _Beat, stack: str) -> None:
        stall = Stall(
            begin=now() - timedelta(seconds=perf_counter() - begin.when),
            seconds=end.when - begin.when,
            busy=end.computed - begin.computed,
            stack=stack,
        )
        self.stalls.append(stall)
        if self._on_stall is not None:
            self._on_stall(stall)
            return
        _log.warning(
            "the window stood still for %.0f ms, computing for %.0f ms\n%s",
            stall.seconds * 1000,
            stall.busy * 1000,
            stall.stack,
        )
