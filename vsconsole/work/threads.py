"""Threads that nobody waits for when they begin: the window begins some with every picture."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import Any

STARTER = "starter"
"""The name of the one thread that starts the others; it lasts as long as the process."""


class Thread(threading.Thread):
    """A thread that is started by another one.

    `threading` has whoever starts a thread wait until it runs. Where the interpreter is in demand
    that takes milliseconds, and nine tiles begin nine of them at once.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._runs = threading.Event()

    def begin(self) -> None:
        """Has it started as soon as may be, and returns at once; once only, instead of `start`."""
        _begin(self)

    def run(self) -> None:
        self._runs.set()
        super().run()

    def join(self, timeout: float | None = None) -> None:
        """Waits for its end, also where it has not begun yet; only after `begin`."""
        until = None if timeout is None else time.monotonic() + timeout
        if self._runs.wait(timeout):
            super().join(None if until is None else max(0.0, until - time.monotonic()))


_waiting: SimpleQueue[Thread] = SimpleQueue()
_lock = threading.Lock()
_starter: threading.Thread | None = None


def _begin(thread: Thread) -> None:
    global _starter
    _waiting.put(thread)
    with _lock:
        if _starter is None:
            _starter = threading.Thread(target=_start, name=STARTER, daemon=True)
            _starter.start()


def _start() -> None:
    while True:
        _waiting.get().start()
