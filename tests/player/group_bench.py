"""A bench for groups where time is told by the test: players with every fault media may have."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from vsconsole.domain.errors import ConsoleError, StreamUnavailable
from vsconsole.domain.playback import MediaSource
from vsconsole.player.backend import Frame, PlaybackSource, PlayerState, PlayerStats
from vsconsole.player.group import Group, Member

EPOCH = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
TICK = 0.05


def instant(seconds: float) -> datetime:
    """A moment, in seconds from the bench's begin."""
    return datetime.fromtimestamp(EPOCH + seconds, UTC)


def seconds_of(when: datetime) -> float:
    return when.timestamp() - EPOCH


@dataclass(kw_only=True)
class Media:
    """How a simulated recording behaves; `recorded` are (begin, end) in seconds.

    `coarse`: a seek goes to a multiple of it, `lands` says whether before or after the moment.
    `drift` is how much faster it runs than told. `stalls` are (from, for) seconds of the bench's
    time without a picture.
    """

    recorded: tuple[tuple[float, float], ...] = ((0.0, 7200.0),)
    latency: tuple[float, float] = (0.05, 0.4)
    reply: float = 0.03
    period: float = 0.04
    coarse: float = 0.0
    lands: int = -1
    drift: float = 0.0
    stalls: tuple[tuple[float, float], ...] = ()
    trims: bool = True
    speeds: Sequence[float] = (0.25, 0.5, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0)
    obeys: bool = True
    fails_at: float | None = None


@dataclass(eq=False)
class Bench:
    """The time, and what lives in it."""

    chance: random.Random
    now: float = 100.0
    players: list[SimPlayer] = field(default_factory=list)

    def group(self) -> Group:
        return Group(lambda: self.now)

    def run(self, group: Group, seconds: float, look: Callable[[], None] | None = None) -> None:
        """Lets `seconds` pass, a tick at a time."""
        until = self.now + seconds
        while self.now < until:
            self.now += TICK * self.chance.uniform(0.6, 1.4)
            for player in self.players:
                player.advance()
            group.tick()
            if look is not None:
                look()


class SimPlayer:
    """A player by the rules of its media."""

    reverses = False
    live = False

    def __init__(self, bench: Bench, media: Media) -> None:
        self._bench = bench
        self.media = media
        self.state = PlayerState.IDLE
        self.error: ConsoleError | None = None
        self.speed = 1.0
        self.factor = 1.0
        self.member: Member | None = None
        self.orders: list[tuple[float, str, float]] = []
        self.trims: list[tuple[float, float]] = []
        self.resumed: list[float] = []
        self._at: float | None = None
        self._paused = False
        self._due: tuple[float, float] | None = None
        self._starts = 0.0
        self._last = bench.now
        bench.players.append(self)

    # As a part

    @property
    def player(self) -> SimPlayer:
        return self

    def open(self, when: datetime) -> None:
        self.speed = 1.0
        self._paused = True
        self._seek(seconds_of(when), "open")
        self.state = PlayerState.CONNECTING

    # As a player

    @property
    def speeds(self) -> Sequence[float]:
        return self.media.speeds

    @property
    def speed_measured(self) -> float | None:
        return (self.speed if self.media.obeys else 1.0) if not self._paused else None

    @property
    def settled(self) -> bool:
        return self._due is None and not self.state.busy

    def seek(self, when: datetime) -> None:
        self._seek(seconds_of(when), "seek")

    def _seek(self, at: float, how: str) -> None:
        self.orders.append((self._bench.now, how, at))
        self.factor = 1.0
        low, high = self.media.latency
        self._due = (self._bench.now + self._bench.chance.uniform(low, high), at)
        self.state = PlayerState.SEEKING

    def pause(self) -> None:
        self._paused = True
        if self.state is PlayerState.PLAYING:
            self.state = PlayerState.PAUSED

    def resume(self) -> None:
        self.resumed.append(self._bench.now)
        self._paused = False
        if self.state is PlayerState.PAUSED:
            self.state = PlayerState.PLAYING
            self._starts = self._bench.now + self.media.reply

    def step(self, frames: int) -> None:
        self.pause()
        if self._at is not None:
            self._at += frames * self.media.period

    def set_speed(self, speed: float) -> None:
        self.speed = min(self.media.speeds, key=lambda one: abs(one - speed))

    def trim(self, factor: float) -> None:
        self.trims.append((self._bench.now, factor))
        if self.media.trims:
            self.factor = factor

    def stop(self) -> None:
        self.state, self._at, self._due = PlayerState.IDLE, None, None

    def position(self) -> datetime | None:
        if self._at is None:
            return None
        period = self.media.period
        return instant(self._at // period * period + 1e-6)

    # Time

    def advance(self) -> None:
        now, media = self._bench.now, self.media
        passed, self._last = now - self._last, now
        if media.fails_at is not None and now >= media.fails_at:
            self.state, self._due = PlayerState.FAILED, None
            self.error = StreamUnavailable("gone")
            return
        if self._due is not None and now >= self._due[0]:
            asked = self._due[1]
            self._due = None
            self._land(asked)
            return
        stalled = any(begin <= now < begin + length for begin, length in media.stalls)
        if self.state is not PlayerState.PLAYING or now < self._starts or stalled:
            return
        if self._at is None:
            return
        speed = self.speed if media.obeys else 1.0
        before = self._at
        self._at += passed * speed * self.factor * (1 + media.drift)
        end = next((e for b, e in media.recorded if b <= before < e), None)
        if end is not None and self._at >= end:
            following = next((b for b, _e in media.recorded if b >= end), None)
            if following is None:
                self._at, self.state = end, PlayerState.ENDED
                return
            if following > end:
                self._tell_gap(end, following)
            self._at = following + (self._at - end)

    def _land(self, asked: float) -> None:
        media = self.media
        span = next(((b, e) for b, e in media.recorded if b <= asked < e), None)
        if span is None:
            following = next((b for b, _e in media.recorded if b >= asked), None)
            if following is None:
                self.state = PlayerState.ENDED
                return
            self._tell_gap(asked, following)
            self._at = following
        else:
            at = asked
            if media.coarse:
                cells = (asked - span[0]) // media.coarse + (media.lands > 0)
                at = min(span[0] + cells * media.coarse, span[1] - media.period)
            self._at = max(at, span[0])
        self.state = PlayerState.PAUSED if self._paused else PlayerState.PLAYING
        self._starts = self._bench.now + media.reply

    def _tell_gap(self, asked: float, shown: float) -> None:
        if self.member is not None:
            self.member.gap(instant(asked), instant(shown))

    # What no group asks for

    def play_live(self, open: Callable[[], MediaSource]) -> None:
        raise NotImplementedError

    def switch_live(self, open: Callable[[], MediaSource]) -> None:
        raise NotImplementedError

    def play(self, source: PlaybackSource, at: datetime, *, paused: bool = False) -> None:
        raise NotImplementedError

    def reverse(self, at: datetime, speed: float) -> None:
        raise NotImplementedError

    def set_audible(self, audible: bool) -> None:
        raise NotImplementedError

    def frame(self) -> Frame | None:
        return None

    def stats(self) -> PlayerStats:
        return PlayerStats()

    def close(self) -> None:
        self.stop()


def joined(bench: Bench, group: Group, media: Media, offset: float = 0.0) -> SimPlayer:
    """A member with this media."""
    player = SimPlayer(bench, media)
    player.member = group.join(player, offset)
    return player
