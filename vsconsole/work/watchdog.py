"""Watches a thread that must never be busy for long, and says what it was doing when it was."""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from time import perf_counter, sleep, thread_time
from typing import NamedTuple

from vsconsole.domain.model import now

LIMIT = 0.05
"""Seconds a window may stand still before a person notices."""

BEAT = 0.01
"""Seconds between beats; stalls are measured to about this."""

_TELLING = 0.02
"""Seconds the watched thread has to tell what it does."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stall:
    """The watched thread gave no beat for `seconds`, of which it computed for `busy` seconds.

    For `queued` seconds it could have gone on but the system gave the processors to others; only
    Linux tells. The rest it waited: for a lock or a disk.
    `stack` is what it was doing when the limit was passed, innermost call last; empty where
    it did not tell.
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


class _Stacks:
    """What a thread is doing, told by itself: a signal has it write its calls down.

    No other thread may look: neither `sys._current_frames` nor a dump of all threads is safe while
    libVLC's threads come and go, and both have brought the process down. Where there are no such
    signals nothing is told.
    """

    def __init__(self) -> None:
        self._number = getattr(signal, "SIGUSR2", None)
        if self._number is None or not hasattr(faulthandler, "register"):
            self._number = None
            return
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process lasts
        faulthandler.register(self._number, file=self._file, all_threads=False)

    def of(self, thread: int) -> str:
        """Its calls, a line each, innermost last; empty where it did not tell."""
        if self._number is None:
            return ""
        self._file.seek(0)
        self._file.truncate()
        try:
            signal.pthread_kill(thread, self._number)
        except OSError:
            return ""
        until = perf_counter() + _TELLING
        text = ""
        while not text.endswith("\n") and perf_counter() < until:
            sleep(_TELLING / 20)
            self._file.seek(0)
            text = self._file.read().decode(errors="replace")
        _head, *calls = text.strip().splitlines() or [""]
        return "\n".join(reversed(calls)) + "\n" if calls else ""


@cache
def _stacks() -> _Stacks:
    return _Stacks()


class Watchdog:
    """A daemon thread that misses the beats of the thread which calls `beat` every BEAT seconds.

    Time in which the system gave the processors to others is no stall of the program's.
    `on_stall` runs on the watchdog's thread when a stall is over; without it stalls are logged.
    """

    def __init__(
        self, on_stall: Callable[[Stall], None] | None = None, *, limit: float = LIMIT
    ) -> None:
        self.stalls: deque[Stall] = deque(maxlen=1000)
        self._on_stall = on_stall
        self._limit = limit
        self._watched: int | None = None
        self._queue: _Queue | None = None
        self._last = _Beat(perf_counter(), 0.0, 0.0)
        self._late: deque[tuple[_Beat, _Beat]] = deque()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to watch the calling thread."""
        self._watched = threading.get_ident()
        self._stop.clear()
        self._queue = _Queue()
        _stacks()
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
                stack = _stacks().of(watched)

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
