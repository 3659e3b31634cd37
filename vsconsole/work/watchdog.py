"""Watches a thread that must never be busy for long, and says what it was doing when it was."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter, thread_time
from types import FrameType
from typing import NamedTuple

from vsconsole.domain.model import now

LIMIT = 0.05
"""Seconds a window may stand still before a person notices."""

BEAT = 0.01
"""Seconds between beats; stalls are measured to about this."""

_DEPTH = 60
"""How many calls are told at most."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """The watched thread gave no beat for `seconds`, of which it computed for `busy` seconds.

    For `queued` seconds it could have gone on but the system gave the processors to others; only
    Linux tells. The rest it waited: for a lock or a disk.
    `stack` is what it was doing when the limit was passed, innermost call last, or where that was
    a call that did not come back before, what it did next; empty off the main thread.
    """

    begin: datetime
    seconds: float
    busy: float
    queued: float = 0.0
    stack: str = field(repr=False)


class _Beat(NamedTuple):
    """Wall time of a beat, the watched thread's processor time and its time in line; seconds."""

    when: float
    computed: float
    queued: float

    def since(self, other: _Beat) -> float:
        """Seconds from another beat on in which the thread ran, or waited for something."""
        return self.when - other.when - (self.queued - other.queued)


class _Queue:
    """How long the present thread was ready to run while no processor was free."""

    def __init__(self) -> None:
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            self._file = -1

    def seconds(self) -> float:
        """In all since the thread began; 0 where the system does not tell."""
        if self._file < 0:
            return 0.0
        return int(os.pread(self._file, 64, 0).split()[1]) / 1e9

    def close(self) -> None:
        """Ends asking."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


_asked: deque[Watchdog] = deque()
"""Those whose watched thread is to tell what it does."""


def _answer(_argument: int | None) -> int:
    while _asked:
        _asked.popleft()._tell(sys._getframe(1))
    return 0


_ANSWER = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(_answer)


def _ask(watchdog: Watchdog) -> None:
    """Has the main thread tell what it does, between two of its instructions."""
    _asked.append(watchdog)
    ctypes.pythonapi.Py_AddPendingCall(_ANSWER, None)


class Watchdog:
    """A daemon thread that misses the beats of the thread which calls `beat` every BEAT seconds.

    Time in which the system gave the processors to others is no stall of the program's.
    What it did is told by itself, between two instructions: `sys._current_frames`, a dump of all
    threads, and a dump of its own in a signal have each brought the process down.
    `on_stall` runs on the watchdog's thread when a stall is over; without it stalls are logged.
    """

    def __init__(
        self, on_stall: Callable[[Stall], None] | None = None, *, limit: float = LIMIT
    ) -> None:
        self.stalls: deque[Stall] = deque(maxlen=1000)
        self._on_stall = on_stall
        self._limit = limit
        self._is_main = False
        self._queue: _Queue | None = None
        self._last = _Beat(perf_counter(), 0.0, 0.0)
        self._late: deque[tuple[_Beat, _Beat]] = deque()
        self._doing: tuple[_Beat, str] | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to watch the calling thread."""
        self._is_main = threading.current_thread() is threading.main_thread()
        self._stop.clear()
        self._queue = _Queue()
        self._last = self._now()
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
        self._thread.start()

    def beat(self) -> None:
        """Says that the watched thread is free; to be called on it."""
        last, self._last = self._last, self._now()
        # Noted here, not by the watching thread: code that keeps the interpreter's lock stops that
        # one too.
        if self._last.since(last) > self._limit:
            self._late.append((last, self._last))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leaves out what the watched thread does in here: the watcher's own work, not its."""
        if self._thread is None:
            yield
            return
        self.beat()
        try:
            yield
        finally:
            self._last = self._now()

    def _now(self) -> _Beat:
        queued = self._queue.seconds() if self._queue is not None else 0.0
        return _Beat(perf_counter(), thread_time(), queued)

    def stop(self) -> None:
        """Ends watching; a stall that is not over yet is not reported."""
        self._stop.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(2)
        self._thread = None
        if self._queue is not None:
            self._queue.close()
            self._queue = None

    def _tell(self, frame: FrameType | None) -> None:
        calls: list[str] = []
        while frame is not None and len(calls) < _DEPTH:
            code = frame.f_code
            if code is not Watchdog.beat.__code__:
                calls.append(f'File "{code.co_filename}", line {frame.f_lineno} in {code.co_name}')
            frame = frame.f_back
        self._doing = self._last, "\n".join(reversed(calls))

    def _watch(self) -> None:
        asked: _Beat | None = None
        while True:
            stopping = self._stop.wait(BEAT)
            while self._late:
                begin, end = self._late.popleft()
                doing = self._doing
                self._report(begin, end, doing[1] if doing and doing[0] is begin else "")
            if stopping:
                return
            last = self._last
            # Asks a little before the limit, or a stall just above it would go without a stack.
            if last is not asked and perf_counter() - last.when > self._limit - 2 * BEAT:
                asked = last
                if self._is_main:
                    _ask(self)

    def _report(self, begin: _Beat, end: _Beat, stack: str) -> None:
        stall = Stall(
            begin=now() - timedelta(seconds=perf_counter() - begin.when),
            seconds=end.when - begin.when,
            busy=end.computed - begin.computed,
            queued=end.queued - begin.queued,
            stack=stack,
        )
        self.stalls.append(stall)
        if self._on_stall is not None:
            self._on_stall(stall)
            return
        _log.warning(
            "the window stood still for %.0f ms, computing for %.0f ms, in line for %.0f ms\n%s",
            stall.seconds * 1000,
            stall.busy * 1000,
            stall.queued * 1000,
            stall.stack,
        )
