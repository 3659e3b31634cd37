"""Listening to a player and reading the time burnt into its frames."""

from __future__ import annotations

import threading
import time
from datetime import datetime

from vsconsole.domain.errors import ConsoleError
from vsconsole.player.backend import Frame, Player, PlayerState
from vsconsole.sandbox import timecode

SETTLED = (PlayerState.PLAYING, PlayerState.PAUSED, PlayerState.ENDED, PlayerState.FAILED)


def reading(frame: Frame) -> datetime:
    """The wall-clock time burnt into a frame."""
    return timecode.read_bgra(frame.data, frame.stride, frame.width, frame.height).when


class Watcher:
    """A player's listener that can be waited on."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.states: list[PlayerState] = []
        self.errors: list[ConsoleError] = []
        self.gaps: list[tuple[datetime, datetime]] = []
        self.frames = 0

    def on_state(self, state: PlayerState, error: ConsoleError | None) -> None:
        with self._changed:
            self.states.append(state)
            if error is not None:
                self.errors.append(error)
            self._changed.notify_all()

    def on_frame(self) -> None:
        with self._changed:
            self.frames += 1
            self._changed.notify_all()

    def on_gap(self, asked: datetime, shown: datetime) -> None:
        with self._changed:
            self.gaps.append((asked, shown))
            self._changed.notify_all()

    def forget(self) -> None:
        """Drops the states seen so far."""
        with self._changed:
            self.states.clear()

    def wait_frame(self, seconds: float) -> None:
        """Waits for one more frame, at most `seconds`."""
        with self._changed:
            self._changed.wait(seconds)

    def wait_state(self, *wanted: PlayerState, seconds: float = 20.0) -> PlayerState:
        """Waits until one of `wanted` was reported since `forget`; TimeoutError otherwise."""
        with self._changed:
            if not self._changed.wait_for(lambda: any(s in wanted for s in self.states), seconds):
                raise TimeoutError(f"wanted {wanted}, saw {self.states} {self.errors}")
            return next(state for state in self.states if state in wanted)

    def wait_settled(
        self, player: Player, *, since_forget: bool = False, seconds: float = 20.0
    ) -> None:
        """Waits until the player shows what was asked for; raises its error."""
        self.wait_state(*SETTLED, seconds=seconds)
        if player.error is not None:
            raise player.error

    def wait_until(self, player: Player, when: datetime, seconds: float = 20.0) -> None:
        """Waits until the player's position has reached `when`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            position = player.position()
            if position is not None and position >= when:
                return
            self.wait_frame(0.05)
        raise TimeoutError(f"position {player.position()} has not reached {when}: {self.states}")
