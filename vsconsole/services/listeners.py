"""Tells whoever wants to know; callers pass plain callables, no Qt."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, ParamSpec

_log = logging.getLogger(__name__)
P = ParamSpec("P")


class Listeners(Generic[P]):
    """A list of callables; `emit` calls each on the emitting thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: list[Callable[P, object]] = []

    def connect(self, listener: Callable[P, object]) -> Callable[[], None]:
        """Adds a listener and returns what takes it off again; that may be called repeatedly."""
        with self._lock:
            self._all.append(listener)

        def disconnect() -> None:
            with self._lock:
                if listener in self._all:
                    self._all.remove(listener)

        return disconnect

    def emit(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Calls every listener; one that fails is logged and does not keep the others waiting."""
        with self._lock:
            all_now = tuple(self._all)
        for listener in all_now:
            try:
                listener(*args, **kwargs)
            except Exception:  # noqa: BLE001 - a fault here must not take the caller down
                _log.exception("a listener failed")
