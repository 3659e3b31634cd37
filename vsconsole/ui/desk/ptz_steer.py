"""Who steers the selected camera: pad, keys, mouse or wheel; the newest hand counts."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Channel
from vsconsole.services.ptz import PtzService

_NUDGE_MS = 250
"""How long one notch of the wheel zooms; more notches go on for as long after the last one."""


class Hand(StrEnum):
    """Where a movement comes from."""

    PAD = "pad"
    KEYS = "keys"
    DRAG = "drag"
    WHEEL = "wheel"


class Steering(QObject):
    """Moves one camera for one hand at a time; a change of camera ends every movement.

    `lost` tells a hand that another one steers now, or that its movement ended by itself;
    `changed` follows what is held.
    """

    lost = Signal(object)
    changed = Signal()

    def __init__(self, ptz: PtzService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ptz = ptz
        self._channel: Channel | None = None
        self._moves: frozenset[PtzMove] = frozenset()
        self._hand: Hand | None = None
        self._held: tuple[PtzMove, float] | None = None
        self._nudge = QTimer(self, interval=_NUDGE_MS, singleShot=True)
        self._nudge.timeout.connect(lambda: self.release(Hand.WHEEL))

    @property
    def channel(self) -> Channel | None:
        """The camera that is steered."""
        return self._channel

    @property
    def moves(self) -> frozenset[PtzMove]:
        """What it can be told; empty while that is being asked for."""
        return self._moves

    @property
    def held(self) -> tuple[PtzMove, float] | None:
        """The movement under way, and its speed."""
        return self._held

    def show(self, channel: Channel | None, moves: frozenset[PtzMove] = frozenset()) -> None:
        """Another camera from now on, or what this one can be told."""
        if channel != self._channel:
            self.release_all()
            self._channel = channel
        self._moves = moves
        self.changed.emit()

    def hold(self, hand: Hand, move: PtzMove, speed: float) -> None:
        """Moves for this hand until it lets go."""
        if self._channel is None or move not in self._moves:
            self.release(hand)
            return
        before = self._hand
        self._hand = hand
        if before is not None and before is not hand:
            self._nudge.stop()
            self.lost.emit(before)
        if self._held != (move, speed):
            self._held = (move, speed)
            self._ptz.hold(self._channel, move, speed)
            self.changed.emit()

    def nudge(self, move: PtzMove, speed: float) -> None:
        """Moves for a moment, longer with each call before it is over."""
        self.hold(Hand.WHEEL, move, speed)
        if self._hand is Hand.WHEEL:
            self._nudge.start()

    def release(self, hand: Hand) -> None:
        """This hand lets go; nothing where another one steers."""
        if self._hand is hand:
            self._drop(self._ptz.release)

    def release_all(self) -> None:
        """Ends whatever moves, and says so to the camera even where nothing is known to move."""
        before = self._hand
        self._drop(self._ptz.release)
        if before is not None:
            self.lost.emit(before)

    def ended(self) -> None:
        """The movement ended by itself: its limit, or a failure."""
        before = self._hand
        if before is not None:
            self._drop(lambda _channel: None)
            self.lost.emit(before)

    def _drop(self, end: Callable[[Channel], object]) -> None:
        self._nudge.stop()
        self._hand = None
        held, self._held = self._held, None
        if self._channel is not None:
            end(self._channel)
        if held is not None:
            self.changed.emit()
