"""Garbage is looked for on the window's thread alone, in looks that stay short."""

from __future__ import annotations

import gc
from time import thread_time
from typing import Any

LONGEST = 0.01
"""Seconds one look through everything may take before what it found in use is left out."""

EVERY_MS = 50
"""How often `look` is to be called; the more rarely, the longer a look through what is new."""

_EVERYTHING = 2


class Looks:
    """Looks for garbage when asked to, instead of when and where Python would.

    Python looks on whichever thread makes an object too many. A timer or an action of Qt's that
    hangs in a cycle would be taken apart there, while the window's thread delivers an event to it:
    that brings the process down.

    What is in use is set aside, for good, whenever looking through everything has taken too long:
    a hundred thousand cameras are half a million objects, and each look through them would hold
    the window for a tenth of a second. What is set aside still goes when nothing refers to it
    any more; only what refers to itself would stay, so that large structures have to be cut by hand
    when they are dropped.
    """

    def __init__(self, longest: float = LONGEST) -> None:
        self._longest = longest
        self._began = 0.0

    def begin(self) -> None:
        """From now on, in this process, there is no look but by `look`."""
        gc.disable()
        if self._note not in gc.callbacks:
            gc.callbacks.append(self._note)

    def end(self) -> None:
        """As Python does it by itself again; what was set aside stays so."""
        if self._note in gc.callbacks:
            gc.callbacks.remove(self._note)
        gc.enable()

    def look(self) -> None:
        """Looks through what is new, and at times through more, if there is enough of it.

        To be called by the window's thread, again and again.
        """
        counts, limits = gc.get_count(), gc.get_threshold()
        if counts[0] <= limits[0]:
            return
        older = next((n for n in (2, 1) if counts[n] > limits[n]), 0)
        gc.collect(older)

    def _note(self, phase: str, info: dict[str, Any]) -> None:
        if info["generation"] != _EVERYTHING:
            return
        if phase == "start":
            self._began = thread_time()
        elif thread_time() - self._began > self._longest:
            gc.freeze()
