"""A cancel token travels with the work in a context variable; long calls check it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from vsconsole.domain.errors import Cancelled


class CancelToken:
    """Set once, from any thread; `on_cancel` callbacks run in the cancelling thread."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def cancel(self) -> None:
        """Calls the work off; repeated calls do nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Runs `callback` when cancelled, at once if that is already so."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def forget(self, callback: Callable[[], None]) -> None:
        """Takes back `on_cancel(callback)`; unknown callbacks are ignored."""
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def wait(self, seconds: float) -> None:
        """Sleeps for `seconds`; raises Cancelled as soon as the work is called off."""
        if self._event.wait(seconds):
            raise Cancelled

    def check(self) -> None:
        """Raises Cancelled when the work was called off."""
        if self._event.is_set():
            raise Cancelled


_current: ContextVar[CancelToken | None] = ContextVar("vsconsole_cancel", default=None)
_never = CancelToken()


def current() -> CancelToken:
    """The token of the work this thread is doing; one that never fires outside of work."""
    return _current.get() or _never


def check() -> None:
    """Raises Cancelled when the work this thread is doing was called off."""
    current().check()


def wait_for(
    changed: threading.Condition, done: Callable[[], object], timeout: float | None = None
) -> None:
    """Waits on `changed`, not held, until `done`; Cancelled once the present work is called off.

    `done` is called with the condition held. Builtin TimeoutError when late.
    """
    token = current()

    def wake() -> None:
        with changed:
            changed.notify_all()

    token.on_cancel(wake)
    try:
        with changed:
            in_time = changed.wait_for(lambda: done() or token.cancelled, timeout)
    finally:
        token.forget(wake)
    token.check()
    if not in_time:
        raise TimeoutError


@contextmanager
def bound(token: CancelToken) -> Iterator[CancelToken]:
    """Makes `token` the current one inside the block."""
    reset = _current.set(token)
    try:
        yield token
    finally:
        _current.reset(reset)
