"""When a lost live stream is tried again: for ever, ever more seldom, and never all at once."""

from __future__ import annotations

import random
import time

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain import errors
from vsconsole.domain.errors import ConsoleError

FIRST = 1.0
LONGEST = 60.0
GRACE = 5.0
"""Seconds after a loss in which the last picture stays, and nothing is said but that it stands."""

_FOR_THE_OPERATOR = (
    errors.BadCredentials,
    errors.CodecUnsupported,
    errors.Encrypted,
    errors.InvalidInput,
    errors.PermissionDenied,
    errors.PlayerMissing,
    errors.QuotaExceeded,
    errors.StorageError,
    errors.Unsupported,
)


def comes_back(error: ConsoleError) -> bool:
    """Whether a live stream lost by `error` may come back by itself; an address that is not there
    today (404) may be there tomorrow."""
    return not isinstance(error, _FOR_THE_OPERATOR)


class Reconnect(QTimer):
    """Counts the seconds to the next try down; `due` when it has come, `counted` at each second.

    `left` is None while nothing waits. The pause doubles from try to try up to a minute, with
    chance in it: a wall of tiles does not ask all at once after an outage.
    """

    due = Signal()
    counted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setInterval(1000)
        self.left: int | None = None
        self._pause = FIRST
        self._lost_at: float | None = None
        self._was_well = False
        self.loss: ConsoleError | None = None
        """What the stream was lost by, until a picture is there."""
        self._grace = QTimer(self, singleShot=True)
        self._grace.timeout.connect(self.counted)
        self.timeout.connect(self._count)

    def lost(self, error: ConsoleError) -> None:
        """The stream is gone: the next try is counted down to."""
        if self._was_well:
            self._lost_at = time.monotonic()
            # What is said changes when the grace is over, whatever is tried just then.
            self._grace.start(round(GRACE * 1000) + 20)
        self._was_well = False
        self.loss = error
        pause = self._pause * random.uniform(0.7, 1.0)
        self._pause = min(self._pause * 2, LONGEST)
        self.left = max(1, round(pause), round(error.retry_after or 0))
        self.start()

    def well(self) -> None:
        """A picture is there: the next loss is a new one."""
        self.forget()
        self._was_well = True

    def forget(self) -> None:
        """Something else is asked for."""
        self._pause = FIRST
        self._lost_at = self.loss = None
        self._was_well = False
        self._grace.stop()
        self.hold()
        self.hold()

    def hold(self) -> None:
        """Nothing is tried by itself until the next loss."""
        self.stop()
        self.left = None

    @property
    def in_grace(self) -> bool:
        """Whether a picture was lost so lately that it may be back before anybody minds."""
        return self._lost_at is not None and time.monotonic() - self._lost_at < GRACE

    def _count(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.hold()
            self.due.emit()
        else:
            self.counted.emit()
