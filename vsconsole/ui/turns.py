"""Work that would take too long at once, a step in each turn of the event loop."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def in_turns(owner: QObject, *steps: Callable[[], object], apart_ms: int = 0) -> None:
    """Does the steps in their order, none of them now, while `owner` lives."""
    waiting = deque(steps)
    # Qt posts what is due at once as an event, and does all that is posted before it looks at the
    # next timer: those would not be turns.
    apart = max(1, apart_ms)

    def turn() -> None:
        waiting.popleft()()
        if waiting:
            QTimer.singleShot(apart, owner, turn)

    if waiting:
        QTimer.singleShot(1, owner, turn)
