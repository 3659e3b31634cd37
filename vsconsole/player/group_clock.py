"""The one time that a group of pictures plays: it runs only as far as its pictures do."""

from __future__ import annotations

from collections import deque

_REMEMBERED = 3.0
_LEAST = 0.8


class GroupClock:
    """Seconds since the epoch, as they pass for a group; `now` is always monotonic seconds."""

    def __init__(self) -> None:
        self._at = 0.0
        self._since = 0.0
        self._rate = 0.0
        self._samples: deque[tuple[float, float]] = deque()

    @property
    def rate(self) -> float:
        """Group seconds a second; 0 where it stands, negative backwards."""
        return self._rate

    def at(self, now: float) -> float:
        """The group's time."""
        return self._at + (now - self._since) * self._rate

    def set(self, at: float, now: float) -> None:
        """Goes to another time; it stands there."""
        self._at, self._since, self._rate = at, now, 0.0
        self._samples.clear()

    def run(self, rate: float, now: float) -> None:
        """Runs at `rate` from here."""
        if rate != self._rate:
            self._at, self._since, self._rate = self.at(now), now, rate

    def pull(self, by: float, now: float) -> None:
        """Moves it by some seconds to where the pictures are; it runs on as before."""
        self._at, self._since = self.at(now) + by, now

    def sample(self, now: float) -> None:
        """Notes where it is, for `measured`; call it some times a second."""
        self._samples.append((now, self.at(now)))
        while now - self._samples[0][0] > _REMEMBERED:
            self._samples.popleft()

    def measured(self) -> float | None:
        """Group seconds that passed a second, lately; None until it is known."""
        if len(self._samples) < 2:
            return None
        (first, begin), (last, end) = self._samples[0], self._samples[-1]
        return (end - begin) / (last - first) if last - first >= _LEAST else None
