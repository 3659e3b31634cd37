"""Troubles on demand: what can go wrong between a client and a vendor, and how often."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Literal

NAMES = (
    "clock",
    "secret",
    "expired-token",
    "rate-limit",
    "slow",
    "reset",
    "cut-body",
    "html",
    "http-500",
    "truncated-json",
    "malformed-json",
    "unknown-code",
    "extra-fields",
    "missing-fields",
    "empty-page",
    "duplicate-page",
    "unordered-page",
    "expired-url",
    "offline",
)

_SECONDS = {"slow": 30.0, "clock": 86_400.0}
"""What `seconds` means when it is not said: how slow, and how far the clock is off."""

_ON_MEDIA = frozenset({"expired-url"})


@dataclass(kw_only=True, slots=True)
class Fault:
    """One trouble: its rate, its seconds, how many requests it has left after those it lets
    pass, and where it strikes."""

    name: str
    rate: float = 1.0
    seconds: float = 0.0
    left: int | None = None
    passing: int = 0
    path: str | None = None

    def strikes(self, kind: Literal["api", "media"], path: str) -> bool:
        """Whether the place fits: without a path, calls only; expired-url: media only."""
        on_media = self.name in _ON_MEDIA
        if self.path is None or (on_media and kind == "api"):
            return (kind == "media") == on_media
        pattern = self.path if "*" in self.path else f"*{self.path}*"
        return fnmatchcase(path, pattern)


@dataclass(frozen=True, kw_only=True, slots=True)
class Struck:
    """The faults that hit one request, by name with their seconds."""

    seconds: Mapping[str, float]

    def __contains__(self, name: object) -> bool:
        return name in self.seconds

    def get(self, name: str, otherwise: float) -> float:
        """The seconds of a fault, or something else when it did not strike."""
        return self.seconds.get(name, otherwise)

    @property
    def names(self) -> tuple[str, ...]:
        """In the order they are tried."""
        return tuple(self.seconds)


class Faults:
    """The faults of every face; thread-safe, and repeatable for a seed."""

    def __init__(self, seed: int = 1) -> None:
        """Begin without trouble."""
        self._lock = threading.Lock()
        self._random = Random(f"faults/{seed}")
        self._set: dict[str, list[Fault]] = {}

    def set(
        self,
        face: str,
        name: str,
        rate: float = 1.0,
        *,
        seconds: float | None = None,
        count: int | None = None,
        after: int = 0,
        path: str | None = None,
    ) -> None:
        """Let a fault strike a face ("*" for all) at a rate; rate 0 takes it away.

        `count` limits it to that many requests, after letting `after` others pass; `path` to
        paths that contain the text, or match it as a pattern when it has a star. A fault of the
        same name and path is replaced.
        ValueError for a name that is not in NAMES, a rate outside 0..1 or negative seconds.
        """
        if name not in NAMES:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(NAMES)}")
        if not 0 <= rate <= 1:
            raise ValueError(f"the rate of {name} is {rate}, not between 0 and 1")
        if seconds is not None and seconds < 0 and name != "clock":
            raise ValueError(f"{name} cannot take {seconds} seconds")
        fault = Fault(
            name=name,
            rate=rate,
            seconds=_SECONDS.get(name, 0.0) if seconds is None else seconds,
            left=count,
            passing=after,
            path=path,
        )
        with self._lock:
            kept = [
                f for f in self._set.get(face, []) if (f.name, f.path) != (fault.name, fault.path)
            ]
            self._set[face] = [*kept, fault] if rate else kept

    def clear(self, face: str | None = None, name: str | None = None) -> None:
        """Take away all faults, or those of one face, or of one name."""
        with self._lock:
            for key in list(self._set):
                if face is None or key == face:
                    self._set[key] = [f for f in self._set[key] if name not in (None, f.name)]

    def draw(self, face: str, kind: Literal["api", "media"], path: str) -> Struck:
        """Which faults hit this request; those limited by count are used up by it."""
        seconds: dict[str, float] = {}
        with self._lock:
            for fault in [*self._set.get(face, ()), *self._set.get("*", ())]:
                if fault.left == 0 or not fault.strikes(kind, path):
                    continue
                if fault.passing:
                    fault.passing -= 1
                    continue
                if fault.rate < 1 and self._random.random() >= fault.rate:
                    continue
                if fault.left is not None:
                    fault.left -= 1
                seconds[fault.name] = fault.seconds
        return Struck(seconds=seconds)

    def random(self) -> Random:
        """The source of chance for faults that change an answer."""
        return self._random


def parse(texts: Iterable[str]) -> dict[str, float]:
    """`NAME=RATE` (or `NAME`, rate 1) as given on a command line; ValueError if not so."""
    result = {}
    for text in texts:
        name, equals, rate = text.partition("=")
        if name not in NAMES:
            raise ValueError(f"no fault is called {name!r}; there are {', '.join(NAMES)}")
        try:
            result[name] = float(rate) if equals else 1.0
        except ValueError:
            raise ValueError(f"the rate in {text!r} is not a number") from None
        if not 0 <= result[name] <= 1:
            raise ValueError(f"the rate in {text!r} is not between 0 and 1")
    return result
