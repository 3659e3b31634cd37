"""Packets as they should be: with time stamps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


def stamped(packets: Iterable[Any]) -> Iterator[Any]:
    """Packets that can be moved to another container, empty ones left out.

    A PS tells the time of some pictures only, and FFmpeg leaves the others without: they follow
    the one before by its length. Two of one decode time are put after each other. Packets before
    the first time stamp of a stream are dropped.
    """
    last: dict[int, tuple[int, int]] = {}
    for packet in packets:
        if packet.size == 0:
            continue
        index = packet.stream.index
        if packet.dts is None:
            if packet.pts is not None:
                packet.dts = packet.pts
            elif index in last:
                packet.dts = packet.pts = sum(last[index])
            else:
                continue
        elif index in last and 0 <= last[index][0] - packet.dts <= last[index][1]:
            # The same decode time twice, or a little back: no container takes that.
            packet.dts = last[index][0] + 1
            if packet.pts is not None:
                packet.pts = max(packet.pts, packet.dts)
        last[index] = (packet.dts, packet.duration or 0)
        yield packet


def is_key(packet: Any) -> bool:
    """Whether decoding can begin with this packet."""
    return bool(packet.stream.type == "video" and packet.is_keyframe)


def second_of(packet: Any) -> float:
    """When the packet is shown, in seconds of the container's own clock."""
    stamp = packet.pts if packet.pts is not None else packet.dts
    return float(stamp * packet.time_base)


def first_second(container: Any) -> float:
    """Time stamp of the first picture in seconds; media seconds of a file count from it."""
    video = container.streams.video[0]
    if video.start_time is not None and video.time_base is not None:
        return float(video.start_time * video.time_base)
    return (container.start_time or 0) / 1_000_000
