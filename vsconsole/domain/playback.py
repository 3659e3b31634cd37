"""What is played: clips in order, each with its own way to media and its own map of time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from vsconsole.domain.model import Key, Store
from vsconsole.domain.timeline import Span


class MediaProtocol(StrEnum):
    """How media is carried; decides which way the player opens it."""

    HLS = "hls"
    FLV = "flv"
    FILE = "file"
    RTMP = "rtmp"
    RTSP = "rtsp"


class StreamControl(Protocol):
    """A stream whose server does the pausing, seeking and speed; every call may block."""

    speeds: Sequence[float]

    def pause(self) -> None:
        """Holds the picture; the session stays open."""

    def resume(self) -> None:
        """Goes on from where it was held."""

    def seek(self, when: datetime) -> None:
        """Goes to a moment inside the clip."""

    def set_speed(self, speed: float) -> None:
        """Plays at one of `speeds`; InvalidInput for another."""

    def stop(self) -> None:
        """Ends the session; safe to repeat; must be called however the stream was left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaSource:
    """Where media is right now: an address or a path, never shown or logged (`repr` hides it).

    `expires` is when the address stops working, where known; `single_use` means it may be fetched
    once; `control` is there when the server does pause, seek and speed; `begins` is the wall-clock
    time of the first media, where the source starts elsewhere than its clip.
    """

    url: str = field(repr=False)
    protocol: MediaProtocol
    live: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    expires: datetime | None = None
    single_use: bool = False
    control: StreamControl | None = None
    begins: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of media that runs with the wall clock: media second `media` shows `begin`."""

    begin: datetime
    media: float
    seconds: float


class TimeMap:
    """Wall-clock time to media seconds and back; stretches rise in both."""

    __slots__ = ("_begins", "_media", "stretches")

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        """ValueError where stretches are missing, empty or overlap."""
        if not stretches:
            raise ValueError("a time map needs a stretch")
        for one, following in pairwise(stretches):
            if (
                one.begin + timedelta(seconds=one.seconds)
                > following.begin + timedelta(milliseconds=1)
                or one.media + one.seconds > following.media + 0.001
            ):
                raise ValueError("stretches overlap")
        self.stretches = tuple(stretches)
        self._begins = [stretch.begin for stretch in self.stretches]
        self._media = [stretch.media for stretch in self.stretches]

    @classmethod
    def linear(cls, span: Span, media: float = 0.0) -> TimeMap:
        """Media that starts at second `media` and runs with the clock over `span`."""
        return cls((Stretch(span.begin, media, span.seconds),))

    @classmethod
    def through(cls, ranges: Sequence[Span]) -> TimeMap:
        """Media from second 0 on that runs through `ranges`, in order, without their gaps."""
        stretches: list[Stretch] = []
        media = 0.0
        for one in ranges:
            stretches.append(Stretch(one.begin, media, one.seconds))
            media += one.seconds
        return cls(stretches)

    def media_at(self, when: datetime) -> float:
        """Media seconds that show `when`; in a gap the next stretch's start; clamped."""
        i = bisect_right(self._begins, when) - 1
        if i < 0:
            return self.stretches[0].media
        stretch = self.stretches[i]
        into = (when - stretch.begin).total_seconds()
        if into < stretch.seconds:
            return stretch.media + into
        if i + 1 < len(self.stretches):
            return self.stretches[i + 1].media
        return stretch.media + stretch.seconds

    def wall_at(self, media: float) -> datetime:
        """The wall-clock time shown at `media` seconds; clamped at the ends."""
        i = max(0, bisect_right(self._media, media) - 1)
        stretch = self.stretches[i]
        into = min(max(media - stretch.media, 0.0), stretch.seconds)
        return stretch.begin + timedelta(seconds=into)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Clip:
    """A range of one channel's footage that opens as one piece of media.

    `open(when)` blocks (network) and returns the MediaSource to play from, best started at `when`;
    it is called at the moment of playing and again at every reopening. `time_map` counts media
    seconds from the start of that source. `protocol` is what it will be, where that is known
    before; `gapless` says that an HLS playlist of it holds no gap, so it need not be read to know,
    `single_use` that each of its addresses works once, so that opening it is for playing only.
    """

    span: Span
    store: Store
    open: Callable[[datetime], MediaSource] = field(repr=False)
    time_map: TimeMap = field(repr=False)
    estimated: bool = False
    protocol: MediaProtocol | None = None
    gapless: bool = False
    single_use: bool = False

    @classmethod
    def linear(
        cls,
        span: Span,
        store: Store,
        open: Callable[[datetime], MediaSource],
        *,
        estimated: bool = False,
        protocol: MediaProtocol | None = None,
        gapless: bool = False,
    ) -> Clip:
        """A clip whose media runs with the clock from its begin."""
        return cls(
            span=span,
            store=store,
            open=open,
            time_map=TimeMap.linear(span),
            estimated=estimated,
            protocol=protocol,
            gapless=gapless,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Playback:
    """The clips of one channel over one range, in order and without overlap."""

    channel: Key
    span: Span
    clips: tuple[Clip, ...]

    def clip_at(self, when: datetime) -> Clip | None:
        """The clip that holds `when`; None in a gap."""
        i = bisect_right(self.clips, when, key=lambda clip: clip.span.begin) - 1
        if i >= 0 and when in self.clips[i].span:
            return self.clips[i]
        return None

    def clip_after(self, when: datetime) -> Clip | None:
        """The first clip that begins after `when`; None after the last."""
        i = bisect_right(self.clips, when, key=lambda clip: clip.span.begin)
        return self.clips[i] if i < len(self.clips) else None

    def clip_before(self, when: datetime) -> Clip | None:
        """The last clip that begins before `when`; None before the first."""
        i = bisect_left(self.clips, when, key=lambda clip: clip.span.begin) - 1
        return self.clips[i] if i >= 0 else None

    def following(self, clip: Clip) -> Clip | None:
        """The clip that comes after `clip` in order; None after the last."""
        return self.clip_after(clip.span.begin)
