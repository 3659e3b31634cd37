"""A few threads for many calls that do not depend on each other."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled

T = TypeVar("T")
R = TypeVar("R")

_FAREWELL = 2.0
"""Seconds that called-off threads are waited for; one that connects may take longer."""


def spread(fn: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[tuple[T, R]]:
    """`(item, fn(item))` as they are done, by at most `workers` daemon threads.

    The first error calls off the rest and is raised; so does cancelling the present work, or
    leaving the iteration.
    """
    cancel.check()
    given = list(items)
    if len(given) <= 1:
        for item in given:
            yield item, fn(item)
        return
    waiting: queue.SimpleQueue[T] = queue.SimpleQueue()
    for item in given:
        waiting.put(item)
    done: queue.SimpleQueue[tuple[T, R] | BaseException] = queue.SimpleQueue()
    parent, own = cancel.current(), cancel.CancelToken()

    def work() -> None:
        with cancel.bound(own):
            while not own.cancelled:
                try:
                    item = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    done.put((item, fn(item)))
                except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                    done.put(error)
                    return

    threads = [
        threading.Thread(
            target=contextvars.copy_context().run, args=(work,), name=f"calls-{i}", daemon=True
        )
        for i in range(min(workers, len(given)))
    ]

    def call_off() -> None:
        own.cancel()
        done.put(Cancelled())

    for thread in threads:
        thread.start()
    try:
        parent.on_cancel(call_off)
        for _ in given:
            result = done.get()
            if isinstance(result, BaseException):
                parent.check()
                raise result
            yield result
    finally:
        parent.forget(call_off)
        own.cancel()
        deadline = time.monotonic() + _FAREWELL
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
