"""What a sandbox channel is made of: codec, sound, clock, frame grid, and where PTZ points."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Codec: TypeAlias = Literal["h264", "h265"]
Audio: TypeAlias = Literal["aac", "g711a", "g711u"]
FlvHevc: TypeAlias = Literal["id12", "enhanced"]
Clock: TypeAlias = Literal["continues", "jumps", "restarts"]
Profile: TypeAlias = Literal["main", "sub"]
FileType: TypeAlias = Literal["mp4", "ts", "flv", "mkv", "mov", "avi", "ps", "dav"]

SIZES: dict[Profile, tuple[int, int]] = {"main": (640, 360), "sub": (320, 180)}
"""Width and height of each stream profile in pixels."""

# Epoch seconds near 2026 are exact to 0.24 µs as floats; a grid step must not be lost to that.
_GRID_SLACK = 1e-3


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """One channel's picture and sound; equal scenes give equal bytes for equal times.

    `utc_offset_minutes` is the zone of the burnt-in text only; the block code is always UTC.
    Frame k of every stream lies at k / fps seconds since the epoch, so pieces made apart join
    without a double or missing frame.
    """

    channel: int
    name: str = ""
    codec: Codec = "h264"
    audio: Audio | None = None
    flv_hevc: FlvHevc = "id12"
    clock: Clock = "continues"
    fps: int = 12
    gop_seconds: float = 1.0
    utc_offset_minutes: int = 480

    @property
    def gop_frames(self) -> int:
        """Frames from one key frame to the next, at least 1."""
        return max(1, round(self.fps * self.gop_seconds))

    def first_frame(self, seconds: float) -> int:
        """Number of the first frame at or after `seconds` since the epoch."""
        return math.ceil(seconds * self.fps - _GRID_SLACK)

    def frame_spans(
        self, begin: float, end: float, ranges: Sequence[tuple[float, float]] | None = None
    ) -> tuple[tuple[int, int], ...]:
        """The frames of [begin, end) that `ranges` hold (all without them), as half-open number
        ranges; those without a frame are left out."""
        spans = []
        for low, high in [(begin, end)] if ranges is None else ranges:
            span = self.first_frame(max(low, begin)), self.first_frame(min(high, end))
            if span[0] < span[1]:
                spans.append(span)
        return tuple(spans)

    def frame_seconds(self, frame: int) -> float:
        """When `frame` is, in seconds since the epoch."""
        return frame / self.fps

    def frame_ms(self, frame: int) -> int:
        """The time code of `frame`: whole milliseconds since the epoch, rounded down."""
        return frame * 1000 // self.fps


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """Where PTZ has brought the camera; the default is home.

    pan: degrees, right positive, any value (the world is a full circle of 360).
    tilt: degrees, up positive, -40 to 40. zoom: factor 1 to 20 (60 degrees wide at 1).
    focus: -1 to 1, 0 sharp, blurred towards both ends. iris: -1 dark to 1 bright, 0 right.
    Values outside are clamped.
    """

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 1.0
    focus: float = 0.0
    iris: float = 0.0


HOME = View()
"""The view of every recording."""

ViewSource: TypeAlias = Callable[[], View]
