"""The way back to the window: results of work arrive on the GUI thread, or not at all."""

from __future__ import annotations

import itertools
import threading
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from functools import partial
from time import perf_counter
from types import MethodType
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.work.garbage import EVERY_MS, Looks
from vsconsole.work.lanes import Job, LaneName, Lanes
from vsconsole.work.watchdog import BEAT, Watchdog

_LOOKS = "garbage"
_TURN_SECONDS = 0.01
"""How long callbacks may take before the event loop turns again."""

T = TypeVar("T")


class _Started:
    """What is to happen on the GUI thread for one job."""

    __slots__ = (
        "every",
        "job",
        "lock",
        "on_error",
        "on_progress",
        "on_result",
        "owner",
        "steps",
        "work",
    )

    def __init__(
        self,
        owner: QObject,
        work: object,
        on_result: Callable[[Any], object] | None,
        on_error: Callable[[ConsoleError], object] | None,
        on_progress: Callable[[Any], object] | None,
        every: bool,
    ) -> None:
        self.owner = weakref.ref(owner)
        # What it closed over goes here in the end, not on the lane's thread: where that was the
        # last to know a QObject, it would take it apart beside the window.
        self.work = work
        self.on_result = _held(on_result, owner)
        self.on_error = _held(on_error, owner)
        self.on_progress = _held(on_progress, owner)
        self.every = every
        self.steps: deque[Any] = deque()
        self.lock = threading.Lock()
        self.job: Job[Any] | None = None

    def living_owner(self) -> QObject | None:
        owner = self.owner()
        return owner if owner is not None and shiboken6.isValid(owner) else None


class Dispatcher(QObject):
    """Starts work for a QObject and calls back on the thread this object was made on.

    Nothing is called back once the owner is destroyed or the work was cancelled, and its work is
    called off then. What crosses threads is a number; callbacks never leave this thread. When much
    arrives at once, the event loop turns between one callback and the next.
    """

    failed = Signal(object)
    """A ConsoleError nobody else showed: no `on_error`, and an owner without `show_error`."""

    crashed = Signal(str)
    """The traceback of an exception that is no ConsoleError: a bug."""

    _came = Signal()

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._started: dict[int, _Started] = {}
        self._owners: weakref.WeakKeyDictionary[QObject, set[int]] = weakref.WeakKeyDictionary()
        # What came and waits for its turn: a job's number, and whether it has ended. `_due` is
        # true while a delivery is under way or ordered. Both are guarded by the lock.
        self._waiting: deque[tuple[int, bool]] = deque()
        self._due = False
        self._next_turn = QTimer(self, singleShot=True, interval=0)
        self._next_turn.timeout.connect(self._deliver)
        self._came.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start(
        self,
        owner: QObject,
        fn: Callable[..., T],
        on_result: Callable[[T], object] | None = None,
        on_error: Callable[[ConsoleError], object] | None = None,
        on_progress: Callable[[Any], object] | None = None,
        *,
        every_progress: bool = False,
        lane: LaneName = "fetch",
        key: Hashable | None = None,
        order: Hashable | None = None,
        party: Hashable | None = None,
    ) -> Job[T]:
        """Runs `fn()` on a lane, or `fn(progress)` where `on_progress` is given.

        `on_result` gets the value. `on_error` gets a ConsoleError; without it `owner.show_error`
        does, or `failed` is emitted. Cancelled is told to nobody. `on_progress` gets the newest of
        the values passed to `progress`, or with `every_progress` each of them in order.
        `key`, `order` and `party` as in `Lanes.submit`; a key is the owner's own.
        """
        number = next(self._numbers)
        started = _Started(owner, fn, on_result, on_error, on_progress, every_progress)
        with self._lock:
            self._started[number] = started
        self._jobs_of(owner).add(number)
        work = fn if on_progress is None else partial(fn, partial(self._step, number, started))
        if key is not None:
            key = (id(owner), key)
        token = CancelToken()
        job: Job[T] = self._lanes.submit(lane, work, key=key, order=order, party=party, token=token)
        started.job = job
        job.add_done_callback(partial(self._end, number))
        return job

    def cancel(self, owner: QObject, key: Hashable | None = None) -> None:
        """Calls off the work of `owner`: the job with this key, or all."""
        if key is not None:
            self._lanes.cancel((id(owner), key))
            return
        for number in tuple(self._owners.get(owner, ())):
            self._call_off(number)

    # On the lane's thread.

    def _step(self, number: int, started: _Started, value: Any) -> None:
        with started.lock:
            told = bool(started.steps)
            if not started.every:
                started.steps.clear()
            started.steps.append(value)
        if not told:
            self._tell(number, ended=False)

    def _end(self, number: int, job: Job[Any]) -> None:
        self._tell(number, ended=True)

    def _tell(self, number: int, *, ended: bool) -> None:
        with self._lock:
            self._waiting.append((number, ended))
            if self._due:
                return
            self._due = True
        try:
            self._came.emit()
        except RuntimeError:
            # The program is leaving and Qt has already taken this object apart.
            with self._lock:
                self._started.pop(number, None)

    # On the GUI thread.

    def _deliver(self) -> None:
        until = perf_counter() + _TURN_SECONDS
        while True:
            with self._lock:
                if not self._waiting:
                    self._due = False
                    return
                number, ended = self._waiting.popleft()
                self._due = more = bool(self._waiting)
            if more:
                # Ordered before the callback, which may run an event loop of its own.
                self._next_turn.start()
            if ended:
                self._deliver_end(number)
            else:
                self._deliver_steps(number)
            if perf_counter() > until:
                return

    def _deliver_steps(self, number: int) -> None:
        with self._lock:
            started = self._started.get(number)
        if started is None:
            return
        with started.lock:
            steps = tuple(started.steps)
            started.steps.clear()
        job = started.job
        for value in steps:
            callback = started.on_progress()
            if callback is None or started.living_owner() is None:
                return
            if job is not None and job.token.cancelled:
                return
            callback(value)

    def _deliver_end(self, number: int) -> None:
        self._deliver_steps(number)
        with self._lock:
            started = self._started.pop(number, None)
        if started is None:
            return
        owner, job = started.living_owner(), started.job
        assert job is not None, "a job ends after it was submitted"
        if owner is not None:
            self._jobs_of(owner).discard(number)
        error = job.error
        if error is not None and not isinstance(error, ConsoleError):
            # A bug is told whatever became of the work.
            self.crashed.emit("".join(traceback.format_exception(error)))
        if owner is None or job.token.cancelled or isinstance(error, Cancelled):
            return
        if error is None:
            callback = started.on_result()
            if callback is not None:
                callback(job.result(0))
        elif isinstance(error, ConsoleError):
            on_error = started.on_error() or getattr(owner, "show_error", None)
            if on_error is not None:
                on_error(error)
            else:
                self.failed.emit(error)

    def _jobs_of(self, owner: QObject) -> set[int]:
        """The numbers of the owner's jobs; the first time, its end is listened for."""
        numbers = self._owners.get(owner)
        if numbers is None:
            numbers = self._owners[owner] = set()
            owner.destroyed.connect(partial(self._owner_gone, numbers))
        return numbers

    def _owner_gone(self, numbers: set[int], _owner: QObject | None = None) -> None:
        for number in tuple(numbers):
            self._call_off(number)
        numbers.clear()

    def _call_off(self, number: int) -> None:
        with self._lock:
            started = self._started.get(number)
        if started is not None and started.job is not None:
            started.job.cancel()


class Heartbeat(QObject):
    """Beats for a watchdog from the thread this object lives on, while its event loop turns."""

    def __init__(self, watchdog: Watchdog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watchdog = watchdog
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(int(BEAT * 1000))
        self._timer.timeout.connect(watchdog.beat)

    def start(self) -> None:
        """Watches the present thread from now on."""
        self._watchdog.start()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        self._watchdog.stop()

    def aside(self) -> AbstractContextManager[None]:
        """Leaves out what is done in here; see Watchdog."""
        return self._watchdog.aside()


def look_for_garbage(application: QCoreApplication) -> None:
    """Has garbage looked for on the present thread alone, as long as the application lives."""
    if application.findChild(QTimer, _LOOKS) is None:
        looks, timer = Looks(), QTimer(application, interval=EVERY_MS)
        timer.setObjectName(_LOOKS)
        timer.timeout.connect(looks.look)
        looks.begin()
        timer.start()


def _held(
    callback: Callable[[Any], object] | None, owner: QObject
) -> Callable[[], Callable[[Any], object] | None]:
    """A way to the callback; weak where it is a method of the owner, which it must not keep."""
    if isinstance(callback, MethodType) and callback.__self__ is owner:
        return weakref.WeakMethod(callback)
    return lambda: callback
