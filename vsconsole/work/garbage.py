"""Looking for garbage stops every thread: it stays short, however much the program knows."""

from __future__ import annotations

import gc
from time import thread_time
from typing import Any

LONGEST = 0.01
"""Seconds one look through everything may take before what it found in use is left out."""

_EVERYTHING = 2


class Short:
    """Sets what is in use aside, for good, whenever looking through it has taken too long.

    A hundred thousand cameras are half a million objects, and each look through them would hold
    the window for a tenth of a second. What is set aside still goes when nothing refers to it
    any more; only what refers to itself would stay, so that large structures have to be cut by hand
    when they are dropped.
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._began = 0.0

    def begin(self) -> None:
        """From now on, in this process."""
        if self._note not in gc.callbacks:
            gc.callbacks.append(self._note)

    def end(self) -> None:
        """As Python does it by itself again; what was set aside stays so."""
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)

    def _note(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != _EVERYTHING:
            return
        if phase == "start":
            self._began = thread_time()
        elif thread_time() - self._began > self._longest:
            gc.freeze()
