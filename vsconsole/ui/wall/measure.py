"""What is measured of a playing tile: rates from counters, and a live picture that falls behind."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from vsconsole.player.backend import PlayerStats

_SECONDS = 4.0
BEHIND = 10.0
"""Seconds from which on a live picture is late, and the stream opened again."""

_SURE = 2
_FIRST_WAIT = 20.0
_LONGEST_WAIT = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Pictures and bits a second, over the last seconds; None until there are two counts."""

    frames: float | None = None
    bits: float | None = None


class Meter:
    """Turns a player's counters into rates; feed it about once a second."""

    def __init__(self) -> None:
        self.last = PlayerStats()
        self._counts: deque[tuple[float, int, int]] = deque()

    def take(self, stats: PlayerStats, now: float) -> None:
        """Counters at monotonic `now`; those that fell belong to another medium."""
        counts = self._counts
        if counts and (stats.frames_shown < counts[-1][1] or stats.bytes_read < counts[-1][2]):
            counts.clear()
        counts.append((now, stats.frames_shown, stats.bytes_read))
        while len(counts) > 2 and now - counts[0][0] > _SECONDS:
            counts.popleft()
        self.last = stats

    def forget(self) -> None:
        """Nothing plays any more."""
        self.last = PlayerStats()
        self._counts.clear()

    @property
    def rates(self) -> Rates:
        if len(self._counts) < 2:
            return Rates()
        (begun, pictures, read), (now, pictures_now, read_now) = self._counts[0], self._counts[-1]
        if now <= begun:
            return Rates()
        passed = now - begun
        return Rates(frames=(pictures_now - pictures) / passed, bits=(read_now - read) * 8 / passed)


class Lateness:
    """Decides when a live picture is late, and when opening its stream again is worth it."""

    def __init__(self) -> None:
        self.delay: float | None = None
        self._counted = 0
        self._wait = _FIRST_WAIT
        self._not_before = 0.0

    @property
    def late(self) -> bool:
        return self.delay is not None and self.delay > BEHIND

    def take(self, delay: float | None, now: float) -> bool:
        """The delay at monotonic `now`; True when the stream should be opened again.

        Where that does not help, ever more seldom: opening costs the vendor's calls.
        """
        self.delay = delay
        self._counted = self._counted + 1 if self.late else 0
        if not self.late and now > self._not_before:
            self._wait = _FIRST_WAIT
        if self._counted < _SURE or now < self._not_before:
            return False
        self._counted = 0
        self._not_before = now + self._wait
        self._wait = min(self._wait * 2, _LONGEST_WAIT)
        return True

    def forget(self) -> None:
        """Another stream, or none."""
        self.delay = None
        self._counted = 0
