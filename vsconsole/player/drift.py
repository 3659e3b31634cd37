"""How far a picture runs off its group's clock, and the change of its rate that takes it back."""

from __future__ import annotations

from collections import deque
from statistics import median

from vsconsole.player.backend import Player

_WINDOW = 0.6
_ENOUGH = 3
_FIRST_PERIOD = 0.1
_LONGEST_PERIOD = 5.0
_QUIET = 0.4
_LONGEST_REPLY = 1.5
_DEAD = 0.03
_TRIM_FROM = 0.08
_TRIM_OVER = 6.0
_LARGEST_TRIM = 0.05
_TRIM_EVERY = 0.8


class Drift:
    """What the times of the last pictures tell; `now` is monotonic, all others group seconds."""

    def __init__(self) -> None:
        self.reply = 0.0
        """Seconds from the order to run until the pictures do."""
        self._replied = False
        self._started: tuple[float, float] | None = None
        self._errors: deque[tuple[float, float]] = deque()
        self._shown: tuple[float, float] | None = None
        self._period = _FIRST_PERIOD

    @property
    def error(self) -> float | None:
        """Seconds that the picture runs ahead of the clock, over the last moments."""
        if not self._errors:
            return None
        return median(error for _at, error in self._errors)

    @property
    def period(self) -> float:
        """Seconds from one picture to the next, of the footage."""
        return self._period

    @property
    def steady(self) -> bool:
        """Whether the error is known well enough to act on."""
        return len(self._errors) >= _ENOUGH

    def forget(self) -> None:
        """What was seen tells nothing of the next pictures."""
        self._errors.clear()
        self._shown = None

    def start(self, at: float | None, now: float) -> None:
        """Pictures that stand at `at` are told to run."""
        self.forget()
        self._started = None if at is None else (now, at)

    def stop(self) -> None:
        """Pictures are told to stand, or to go elsewhere."""
        self.forget()
        self._started = None

    def note(self, at: float, clock: float, now: float, pace: float) -> None:
        """The picture of `at` is on screen while the clock, which runs at `pace`, is at `clock`."""
        if self._started is not None:
            then, before = self._started
            if at <= before:
                return
            took = (now - then) - (at - before) / pace
            share = 0.4 if self._replied else 1.0
            self.reply += share * (min(max(took, 0.0), _LONGEST_REPLY) - self.reply)
            self._replied = True
            self._started = None
        if self._shown is None or at != self._shown[0]:
            if self._shown is not None:
                went = abs(at - self._shown[0])
                self._period += 0.2 * (min(went, _LONGEST_PERIOD) - self._period)
            self._shown = (at, now)
        elif now - self._shown[1] < max(_QUIET, 2.5 * self._period / pace):
            return  # this picture's time was noted when it came
        self._errors.append((now, at - clock))
        while now - self._errors[0][0] > max(_WINDOW, 4 * self._period / pace):
            self._errors.popleft()

    def shifted(self, by: float) -> None:
        """The clock was moved by `by` seconds."""
        self._errors = deque((at, error - by) for at, error in self._errors)


class Trim:
    """Has a player run a little faster or slower; it goes from one to the other by way of none."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._trim = 1.0
        self._since = 0.0

    def correct(self, error: float, now: float) -> None:
        """Takes back an error, in seconds of the picture at normal speed, within some seconds."""
        if now - self._since < _TRIM_EVERY:
            return
        wanted = 1.0
        if abs(error) > _TRIM_FROM or (self._trim != 1.0 and abs(error) > _DEAD):
            wanted = 1 - min(max(error / _TRIM_OVER, -_LARGEST_TRIM), _LARGEST_TRIM)
            wanted = round(wanted, 2)
        if (wanted - 1) * (self._trim - 1) < 0:
            wanted = 1.0  # never from one side to the other at once
        if wanted != self._trim:
            self._trim, self._since = wanted, now
            self._player.trim(wanted)

    def end(self) -> None:
        """The player runs as it was told again."""
        if self._trim != 1.0:
            self._player.trim(1.0)
            self._trim = 1.0

    def forget(self) -> None:
        """The player has left it by itself, for another moment or speed."""
        self._trim = 1.0
