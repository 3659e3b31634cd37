"""What the parts of a player share: what it shows (locked), and what was asked of it (not)."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.playback import MediaSource
from vsconsole.player.backend import Frame, PlaybackSource, PlayerListener, PlayerState
from vsconsole.player.decks import DeckStats, Picture
from vsconsole.player.pieces import SPEEDS

_LEAP = 0.5
"""Seconds that a picture may be off its turn in footage that plays on."""


@dataclass(eq=False, slots=True)
class Screen:
    """What a player shows and tells of it: written here, read by the window.

    `lock` is the player's only one. It guards every field here and the places of `Slots`, because
    one picture changes both. Whoever writes holds it, and whoever reads on another thread than the
    command thread; that one takes it where what it reads has to fit together. `since` is the
    command thread's own. Nothing is called under the lock that may wait.
    """

    listener: PlayerListener
    lock: threading.Lock = field(default_factory=threading.Lock)
    state: PlayerState = PlayerState.IDLE
    error: ConsoleError | None = None
    live: bool = False
    speed: float = 1.0
    speeds: Sequence[float] = SPEEDS
    frame: Frame | None = None
    position: datetime | None = None
    numbers: int = 0
    """The number of the newest frame."""
    frames_of_media: int = 0
    samples: deque[tuple[float, datetime]] = field(default_factory=lambda: deque(maxlen=256))
    deck_stats: DeckStats = field(default_factory=DeckStats)
    reopened: int = 0
    refused: float | None = None
    """The speed that the device does not follow."""
    since: float = 0.0
    """When the state changed, or what is waited for was ordered once more."""

    def set_state(self, state: PlayerState, error: ConsoleError | None = None) -> None:
        """The state from now on; the listener is told of a change. On the command thread."""
        with self.lock:
            if self.state is state and error is None:
                return
            self.state, self.error = state, error
            if state is not PlayerState.PLAYING:
                self.samples.clear()
        self.since = time.monotonic()
        self.listener.on_state(state, error)

    def show(self, picture: Picture, when: datetime | None, now: float, new: bool) -> bool:
        """Makes the picture the current frame, under the lock; False where it is that already."""
        self.position = when
        if when is not None:
            if self.samples and self._leaps(*self.samples[-1], now, when):
                self.samples.clear()
            self.samples.append((now, when))
        if not new and self.frame is not None:
            if self.frame.when != when:
                self.frame = replace(self.frame, when=when)  # more is known of its time by now
            return False
        self.numbers += 1
        self.frames_of_media += 1
        self.frame = Frame(
            width=picture.width,
            height=picture.height,
            stride=picture.stride,
            data=picture.data,
            number=self.numbers,
            when=when,
        )
        return True

    def _leaps(self, then: float, before: datetime, now: float, when: datetime) -> bool:
        """Whether footage went somewhere else between two pictures: over a gap, or by a seek."""
        step = (when - before).total_seconds()
        return not -_LEAP < step < _LEAP + 2 * max(1.0, self.speed) * (now - then)

    def speed_measured(self) -> float | None:
        """Wall-clock seconds shown per second, lately; None until it is known. Takes the lock."""
        with self.lock:
            now = time.monotonic()
            recent = [sample for sample in self.samples if now - sample[0] < 3.0]
            if len(recent) < 2 or self.state is not PlayerState.PLAYING:
                return None
            (first, begin), (last, end) = recent[0], recent[-1]
            return (end - begin).total_seconds() / (last - first) if last - first >= 0.8 else None

    def forget(self) -> None:
        """Drops what is known of the media that was played; the state stays. Takes the lock."""
        with self.lock:
            self.frame = self.position = None
            self.live = False
            self.speed, self.speeds = 1.0, SPEEDS
            self.frames_of_media = 0
            self.refused = None
            self.deck_stats = DeckStats()


@dataclass(eq=False, slots=True)
class Course:
    """What was asked for, and how far on its way it is.

    The command thread's own, so there is no lock: no other thread reads or writes it.
    """

    source: PlaybackSource | None = None
    open_live: Callable[[], MediaSource] | None = None
    paused: bool = False
    audible: bool = False

    target: datetime | None = None
    """The moment that was sought last."""
    frame_exact: bool = False
    """There is known to be a frame right at the target."""
    seeking: bool = False
    """From an order until its picture is there; a state of FAILED or ENDED ends it too."""
    overshot_once: bool = False
    fell_short_once: bool = False
    kicked: bool = False
    at_target: bool = False
    """Paused on the target's picture, and no step has been made from it."""
    unchecked: bool = False
    """It landed while others could still come out, so it is asked for once more."""
    step_check: tuple[float, int, int] | None = None
    """When a step must have shown something, the frame's number before it, and its frames."""
    broke_off_at: datetime | None = None
    """Where data ended before its piece did."""
    no_more_after: datetime | None = None
    """The end of a piece that nothing follows."""

    changing: bool = False
    """Another live stream is being opened behind the one on screen, which plays on."""
    off: tuple[float, datetime] | None = None
    """Since when the speed measured is not the one asked for, and what was on screen then."""

    tries: int = 0
    """How often the present media was opened again after trouble."""
    playing_since: float = 0.0
    alive_at: float = 0.0
    """The last sign of life besides new pictures."""

    @property
    def busy(self) -> bool:
        """Whether anything is played at all."""
        return self.source is not None or self.open_live is not None

    def leave(self) -> None:
        """Nothing is asked for any more."""
        self.source = self.open_live = None
        self.paused = self.changing = False
        self.off = None
        self.target = self.broke_off_at = None
        self.tries = 0
