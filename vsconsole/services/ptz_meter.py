"""How long a camera's platform takes to answer a movement: the last time and the usual one."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from statistics import median

from vsconsole.domain.model import Key

LAST = 20
"""Over how many answers the median is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundTrip:
    """Seconds from sending a command to its answer, and over how many the median is."""

    last: float
    median: float
    count: int


class PtzMeter:
    """Keeps the newest answers' times of each channel; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._times: dict[Key, deque[float]] = {}

    def add(self, channel: Key, seconds: float) -> None:
        """One command was answered after so long."""
        with self._lock:
            self._times.setdefault(channel, deque(maxlen=LAST)).append(seconds)

    def of(self, channel: Key) -> RoundTrip | None:
        """How this channel answered; None where nothing was sent yet."""
        with self._lock:
            times = list(self._times.get(channel, ()))
        if not times:
            return None
        return RoundTrip(last=times[-1], median=median(times), count=len(times))
