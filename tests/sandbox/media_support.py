"""Reading sandbox media back: PyAV decodes it, the burnt-in code says what it is."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av

from vsconsole.sandbox import timecode
from vsconsole.sandbox.media import Scene

BEGIN = 1795164169.0
"""2026-11-20 08:42:49 UTC, where most test recordings begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """One decoded frame: its time stamp (None where the container has none) and its code."""

    pts: float | None
    when: float
    channel: int


def read_frame(frame: av.VideoFrame) -> timecode.Reading:
    """The code of a decoded frame."""
    plane = frame.planes[0]
    return timecode.read(memoryview(plane), plane.line_size, frame.width, frame.height)


def shots(source: bytes | Path, change: Callable[[av.VideoFrame], av.VideoFrame] | None = None
          ) -> list[Shot]:  # fmt: skip
    """Every frame of a file, `change`d before it is read."""
    target = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    found = []
    with av.open(target, "r") as container:
        for frame in container.decode(video=0):
            reading = read_frame(change(frame) if change else frame)
            pts = None if frame.pts is None else frame.time
            found.append(Shot(pts=pts, when=reading.when.timestamp(), channel=reading.channel))
    return found


def assert_exact(found: list[Shot], scene: Scene, begin: float, end: float) -> None:
    """All frames of [begin, end) are there once, in order, and where their time stamps say."""
    first, last = scene.first_frame(begin), scene.first_frame(end)
    assert [round(shot.when * 1000) for shot in found] == [
        scene.frame_ms(frame) for frame in range(first, last)
    ]
    assert {shot.channel for shot in found} == {scene.channel}
    origin = found[0].pts
    assert origin is not None
    # Seldom-stamping containers (PS) leave some frames without.
    stamped = [shot for shot in found if shot.pts is not None]
    assert len(stamped) > len(found) / 2
    for shot in stamped:
        assert shot.pts is not None
        assert abs((shot.when - found[0].when) - (shot.pts - origin)) < 0.005


def flv_tags(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(kind, time stamp in ms, body) of each tag; the file header is skipped where it is."""
    at = 13 if data[:3] == b"FLV" else 0
    while at < len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        stamp = int.from_bytes(data[at + 4 : at + 7], "big") | data[at + 7] << 24
        yield data[at], stamp, data[at + 11 : at + 11 + size]
        assert int.from_bytes(data[at + 11 + size : at + 15 + size], "big") == size + 11
        at += 15 + size


def pitch(samples: list[float], rate: int) -> float:
    """The frequency of a tone in Hz, from how often it crosses zero upwards."""
    rising = [at for at in range(1, len(samples)) if samples[at - 1] < 0 <= samples[at]]
    return (len(rising) - 1) * rate / (rising[-1] - rising[0])
