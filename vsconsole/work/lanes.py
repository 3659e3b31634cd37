"""Lanes of daemon threads over queues; everything that may block runs here, never on the window's.

Own threads rather than an executor: an executor joins its threads at exit, so that quitting waits
for whatever still runs, and its futures cannot be called off once they run.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable, Collection, Hashable, Mapping
from time import monotonic
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from vsconsole.domain import cancel
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.work.threads import Thread

T = TypeVar("T")
LaneName = Literal["fetch", "transfer", "control", "media"]

WORKERS: Mapping[LaneName, int] = MappingProxyType(
    {"fetch": 4, "transfer": 2, "control": 4, "media": 2}
)
"""How many jobs of a lane run at once."""

_FINISH: frozenset[LaneName] = frozenset({"control"})

_log = logging.getLogger(__name__)


class Job(Generic[T]):
    """One piece of work on a lane; ends once, with a value or an exception."""

    __slots__ = (
        "_callbacks",
        "_ended",
        "_error",
        "_fn",
        "_lock",
        "_value",
        "key",
        "lane",
        "name",
        "order",
        "token",
    )

    def __init__(
        self,
        lane: LaneName,
        fn: Callable[[], T],
        *,
        key: Hashable | None,
        order: Hashable | None,
        token: CancelToken,
    ) -> None:
        self.lane = lane
        self.key = key
        self.order = order
        self.token = token
        self.name = str(getattr(fn, "__qualname__", type(fn).__name__))
        self._fn: Callable[[], T] | None = fn
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._callbacks: list[Callable[[Job[T]], None]] = []
        self._value: Any = None
        self._error: BaseException | None = None

    def __repr__(self) -> str:
        return f"<Job {self.name} on {self.lane}{', done' if self.done else ''}>"

    @property
    def done(self) -> bool:
        return self._ended.is_set()

    @property
    def error(self) -> BaseException | None:
        """What the job ended with, Cancelled included; None for a value or while it runs."""
        return self._error

    def cancel(self) -> None:
        """Calls the work off; it ends with Cancelled at its next check, or before it begins."""
        self.token.cancel()

    def result(self, timeout: float | None = None) -> T:
        """Waits for the value, or raises what the work raised; builtin TimeoutError when late.

        Inside other work the wait itself can be called off. Never wait for a job of one's own lane:
        all its threads may be waiting the same way.
        """
        if not self._ended.is_set():
            woken = threading.Event()
            waiting = cancel.current()
            self.add_done_callback(lambda _job: woken.set())
            waiting.on_cancel(woken.set)
            try:
                if not woken.wait(timeout):
                    raise TimeoutError(f"{self.name} has not ended after {timeout} s")
            finally:
                waiting.forget(woken.set)
            if not self._ended.is_set():
                raise Cancelled
        if self._error is not None:
            raise self._error
        value: T = self._value
        return value

    def add_done_callback(self, callback: Callable[[Job[T]], None]) -> None:
        """Runs `callback(job)` on the lane's thread when the job has ended; at once if it has."""
        with self._lock:
            if not self._ended.is_set():
                self._callbacks.append(callback)
                return
        callback(self)

    def _run(self) -> None:
        """Does the work on the present thread and ends the job; raises nothing."""
        fn, self._fn = self._fn, None
        try:
            self.token.check()
            assert fn is not None, "a job runs once"
            with cancel.bound(self.token):
                self._value = fn()
        except BaseException as error:  # noqa: BLE001 - kept for whoever asks for the result
            self._error = error
            if not isinstance(error, ConsoleError):
                _log.error("%s failed", self.name, exc_info=error)
        # What the work closed over (widgets, sockets) must not live as long as the job does.
        del fn
        self._end()

    def _end(self) -> None:
        with self._lock:
            self._ended.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback(self)
            except Exception:  # noqa: BLE001 - the other callbacks and the lane go on
                _log.exception("after %s a callback failed", self.name)


class _Lane:
    """One queue and its threads, which start when first needed."""

    def __init__(self, name: LaneName, workers: int) -> None:
        self.name = name
        self._workers = workers
        self._changed = threading.Condition()
        self._waiting: deque[Job[Any]] = deque()
        self._running: set[Job[Any]] = set()
        self._busy: set[Hashable] = set()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def put(self, job: Job[Any]) -> None:
        with self._changed:
            if not self._closed:
                self._waiting.append(job)
                if self._idle < len(self._waiting) and len(self._threads) < self._workers:
                    self._start_thread()
                self._changed.notify()
                return
        job.cancel()
        job._run()

    def close(self) -> None:
        """Takes no more jobs; the threads end when the queue is empty."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def cancel_all(self) -> None:
        with self._changed:
            jobs = [*self._waiting, *self._running]
        for job in jobs:
            job.cancel()

    def join(self, until: float) -> None:
        """Waits for the threads to end, no longer than the monotonic time `until`."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - monotonic()))

    def unfinished(self) -> list[Job[Any]]:
        with self._changed:
            return [*self._running, *self._waiting]

    def _start_thread(self) -> None:
        name = f"lane-{self.name}-{len(self._threads) + 1}"
        thread = Thread(target=self._work, name=name, daemon=True)
        self._threads.append(thread)
        thread.begin()

    def _work(self) -> None:
        while (job := self._take()) is not None:
            job._run()
            self._ran(job)
            # While idle a thread must not keep its last job, and with it the result, alive.
            del job

    def _take(self) -> Job[Any] | None:
        """The next job whose order is free; None when the lane is closed and empty."""
        with self._changed:
            while True:
                for i, job in enumerate(self._waiting):
                    if job.order is None or job.order not in self._busy:
                        del self._waiting[i]
                        if job.order is not None:
                            self._busy.add(job.order)
                        self._running.add(job)
                        return job
                if self._closed and not self._waiting:
                    return None
                self._idle += 1
                self._changed.wait()
                self._idle -= 1

    def _ran(self, job: Job[Any]) -> None:
        with self._changed:
            self._running.discard(job)
            if job.order is not None:
                self._busy.discard(job.order)
            self._changed.notify_all()


class Lanes:
    """Every lane of the program; thread-safe; `close` before leaving."""

    def __init__(self, workers: Mapping[LaneName, int] = WORKERS) -> None:
        self._workers = dict(workers)
        self._lanes: dict[tuple[LaneName, Hashable], _Lane] = {}
        self._closed = False
        self._lock = threading.Lock()
        self._keyed: dict[Hashable, Job[Any]] = {}

    def submit(
        self,
        lane: LaneName,
        fn: Callable[[], T],
        *,
        key: Hashable | None = None,
        order: Hashable | None = None,
        party: Hashable | None = None,
        token: CancelToken | None = None,
    ) -> Job[T]:
        """Queues `fn` on `lane`, where `token` is the current cancel token while it runs.

        `party` is whom the work waits for, such as an account: each has threads of its own in the
        lane, so that one that is slow holds up nobody else.
        A newer job with the same `key` cancels the older one. Jobs with the same `order` run one
        after the other, as submitted. After `close` a job ends with Cancelled before it begins.
        """
        job = Job(lane, fn, key=key, order=order, token=token or CancelToken())
        older: Job[Any] | None = None
        if key is not None:
            with self._lock:
                older = self._keyed.get(key)
                self._keyed[key] = job
        if older is not None:
            older.cancel()
        if key is not None:
            job.add_done_callback(self._forget)
        self._lane(lane, party).put(job)
        return job

    def _lane(self, name: LaneName, party: Hashable) -> _Lane:
        with self._lock:
            found = self._lanes.get((name, party))
            if found is None:
                found = self._lanes[name, party] = _Lane(name, self._workers[name])
                if self._closed:
                    found.close()
            return found

    def cancel(self, key: Hashable) -> None:
        """Calls off the job with this key, if there is one."""
        with self._lock:
            job = self._keyed.get(key)
        if job is not None:
            job.cancel()

    def close(
        self, wait: float = 2.0, *, finish: Collection[LaneName] = _FINISH
    ) -> tuple[str, ...]:
        """Calls off all work and waits up to `wait` seconds; gives the names of what still runs.

        Lanes in `finish` may use that time to end what they were given, so that the stop sent to a
        moving camera still goes out. Threads that do not end are daemons and die with the process.
        """
        until = monotonic() + wait
        with self._lock:
            self._closed = True
            lanes = list(self._lanes.values())
        for lane in lanes:
            lane.close()
            if lane.name not in finish:
                lane.cancel_all()
        for lane in lanes:
            if lane.name in finish:
                lane.join(until)
                lane.cancel_all()
        for lane in lanes:
            lane.join(until)
        return tuple(job.name for lane in lanes for job in lane.unfinished())

    def _forget(self, job: Job[Any]) -> None:
        with self._lock:
            if self._keyed.get(job.key) is job:
                del self._keyed[job.key]
