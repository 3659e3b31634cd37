"""A recording as MP4 whose size and index are known before a single frame of it is made.

Ten minutes take longer to encode than a viewer waits. So every frame gets a room of fixed size,
filled up with the codec's own filler NAL unit: the index can be written at once, and any part of
the file is made when it is asked for.
"""

from __future__ import annotations

import contextlib
import io
import struct
from bisect import bisect_right
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from vsconsole.sandbox import media
from vsconsole.sandbox.faces.linkvisual_boxes import (
    UNIT_MATRIX,
    box,
    inside,
    sizes,
    table,
    track,
)
from vsconsole.sandbox.media.encode import AccessUnit, cached_frames, is_parameter_set, nal_units
from vsconsole.sandbox.media.scene import Codec, Profile, Scene
from vsconsole.sandbox.media.sound import Sound, sound

ROOM: dict[Profile, tuple[int, int]] = {"main": (56_000, 7_500), "sub": (23_000, 3_500)}
"""Bytes of a key frame and of another frame: a third more than the largest that was seen."""

_PIECE_SECONDS = 3
"""Encoded together, as the encoder must begin anew for each piece."""

_WORKERS = 2

_TURN_SECONDS = 8
"""After so long the sound repeats, so the index of a file depends on no more of its beginning."""

_MOVIE_SCALE = 1000
_TICKS = 1024
_FILLER: dict[Codec, bytes] = {"h264": b"\x0c", "h265": b"\x4c\x01"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Where everything lies: `head` up to the first frame, and where each second begins.

    Second k holds `frames` frames of the rooms' sizes and then its sound packets.
    """

    head: bytes
    seconds: tuple[int, ...]
    size: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Mp4:
    """The recording [begin, begin + seconds) of a scene; whole epoch seconds."""

    scene: Scene
    begin: int
    seconds: int
    profile: Profile

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return self._layout.size

    @property
    def _layout(self) -> Layout:
        scene = self.scene
        kind = Scene(
            channel=0,
            codec=scene.codec,
            audio="aac" if scene.audio else None,
            fps=scene.fps,
            gop_seconds=scene.gop_seconds,
        )
        return _layout(kind, self.profile, self.begin % _TURN_SECONDS, self.seconds)

    def pieces(self, first: int) -> Generator[bytes, None, None]:
        """The bytes from `first` on, made as they are taken."""
        layout = self._layout
        if first < len(layout.head):
            yield layout.head[first:]
            first = len(layout.head)
        if first >= layout.size:
            return
        second = bisect_right(layout.seconds, first) - 1
        skip = first - layout.seconds[second]
        piece = second - second % _PIECE_SECONDS
        skipped = second - piece
        with contextlib.closing(self._encoded(piece)) as encoded:
            for units in encoded:
                for number in range(skipped, len(units) // self.scene.fps):
                    yield self._second(piece + number, units, number)[skip:]
                    skip = 0
                piece, skipped = piece + _PIECE_SECONDS, 0

    def _encoded(self, first: int) -> Generator[tuple[AccessUnit, ...], None, None]:
        """The frames of each piece from second `first` on.

        x265 takes most of the time and lets other threads run meanwhile, so that two pieces at a
        time are nearly twice as fast; x264 gains nothing.
        """
        begins = range(first, self.seconds, _PIECE_SECONDS)
        if self.scene.codec == "h264":
            yield from map(self._piece, begins)
            return
        waiting: deque[Future[tuple[AccessUnit, ...]]] = deque()
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="sandbox-linkvisual-encode") as pool:
            try:
                for begin in begins:
                    waiting.append(pool.submit(self._piece, begin))
                    if len(waiting) > _WORKERS:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _piece(self, start: int) -> tuple[AccessUnit, ...]:
        fps = self.scene.fps
        first = (self.begin + start) * fps
        last = (self.begin + min(start + _PIECE_SECONDS, self.seconds)) * fps
        return cached_frames(self.scene, first, last, self.profile)

    def _second(self, number: int, units: Sequence[AccessUnit], within: int) -> bytes:
        """The bytes of a second, which is the `within`th of its piece."""
        scene, fps = self.scene, self.scene.fps
        key, other = ROOM[self.profile]
        parts = [
            filled(scene.codec, unit.data, key if unit.key else other)
            for unit in units[within * fps : (within + 1) * fps]
        ]
        heard = _heard(scene.audio is not None)
        if heard is not None:
            packets = _packets(heard, self.begin + number)
            parts += [heard.packet(packet) for packet in packets]
        return b"".join(parts)


def filled(codec: Codec, unit: bytes, room: int) -> bytes:
    """An access unit as MP4 has it, with a filler NAL unit so that it has exactly `room` bytes.

    RuntimeError when it does not fit: ROOM is too small for the picture.
    """
    own = [nal for nal in nal_units(unit) if not is_parameter_set(codec, nal)]
    data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in own)
    head = _FILLER[codec]
    left = room - len(data) - 4 - len(head) - 1
    if left < 0:
        raise RuntimeError(f"a frame of {len(data)} bytes does not fit into {room}")
    size = (room - len(data) - 4).to_bytes(4, "big")
    return b"".join((data, size, head, b"\xff" * left, b"\x80"))


class Opened(io.RawIOBase):
    """An Mp4 to read from any place."""

    def __init__(self, file: Mp4) -> None:
        self._file = file
        self._at = 0
        self._kept = b""
        self._pieces: Generator[bytes, None, None] | None = None

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """From its beginning only."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go on reading at `offset`."""
        if whence != io.SEEK_SET:
            raise OSError("only from the beginning")
        if self._pieces is not None:
            self._pieces.close()
        self._at, self._kept, self._pieces = offset, b"", None
        return offset

    def close(self) -> None:
        """Make no more of it."""
        if self._pieces is not None:
            self._pieces.close()
        super().close()

    def readinto(self, buffer: Any) -> int:
        """As much as there is at hand, at least a byte before the end."""
        if self._pieces is None:
            self._pieces = self._file.pieces(self._at)
        if not self._kept:
            self._kept = next(self._pieces, b"")
        count = min(len(buffer), len(self._kept))
        buffer[:count] = self._kept[:count]
        self._kept = self._kept[count:]
        self._at += count
        return count


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """What the listener asks of a file's path, for a file that lies nowhere."""

    file: Mp4

    def stat(self) -> SimpleNamespace:
        """Its size."""
        return SimpleNamespace(st_size=self.file.size)

    def open(self, _mode: str) -> Opened:
        """To be read."""
        return Opened(self.file)


# The index


@lru_cache(maxsize=256)
def _layout(scene: Scene, profile: Profile, phase: int, seconds: int) -> Layout:
    heard = _heard(scene.audio is not None)
    key, other = ROOM[profile]
    spoken = [list(_packets(heard, phase + k)) if heard else [] for k in range(seconds)]
    picture = key + (scene.fps - 1) * other
    sounds = [sum(len(heard.packet(p)) for p in row) if heard else 0 for row in spoken]
    # The index says where frames are, and its own length does not depend on that.
    head = _head(scene, profile, heard, spoken, phase, [0] * seconds, [0] * seconds, 0)
    video, audio, at = [], [], len(head)
    for second in range(seconds):
        video.append(at)
        audio.append(at + picture)
        at += picture + sounds[second]
    payload = at - len(head)
    head = _head(scene, profile, heard, spoken, phase, video, audio, payload)
    return Layout(head=head, seconds=tuple(video), size=at)


def _heard(audible: bool) -> Sound | None:
    return sound("aac") if audible else None


def _packets(heard: Sound, second: int) -> range:
    """Numbers of the sound packets that begin within an epoch second."""
    return range(heard.first_packet(second), heard.first_packet(second + 1))


def _head(
    scene: Scene,
    profile: Profile,
    heard: Sound | None,
    spoken: Sequence[Sequence[int]],
    phase: int,
    video: Sequence[int],
    audio: Sequence[int],
    payload: int,
) -> bytes:
    seconds = len(video)
    duration = seconds * _MOVIE_SCALE
    descriptions = _descriptions(scene, profile)
    tracks = [_video_track(scene, profile, descriptions[0], video, duration)]
    if heard is not None:
        tracks.append(_audio_track(heard, descriptions[1], spoken, phase, audio))
    header = struct.pack(">IIIIIiH10x", 0, 0, 0, _MOVIE_SCALE, duration, 0x10000, 0x100)
    header += UNIT_MATRIX + bytes(24) + struct.pack(">I", len(tracks) + 1)
    kind = box("ftyp", b"isom" + struct.pack(">I", 0x200) + b"isomiso2mp41")
    movie = box("moov", box("mvhd", header), *tracks)
    return kind + movie + struct.pack(">I", payload + 8) + b"mdat"


def _video_track(
    scene: Scene, profile: Profile, description: bytes, chunks: Sequence[int], duration: int
) -> bytes:
    fps = scene.fps
    frames = fps * len(chunks)
    key, other = ROOM[profile]
    rooms = ([key] + [other] * (fps - 1)) * len(chunks)
    tables = (
        description,
        table("stts", [(frames, _TICKS)]),
        table("stss", [(1 + fps * k,) for k in range(len(chunks))]),
        table("stsc", [(1, fps, 1)]),
        sizes(rooms),
        table("stco", [(chunk,) for chunk in chunks]),
    )
    width, height = media.SIZES[profile]
    return track(
        number=1,
        duration=duration,
        place=struct.pack(">hhhH", 0, 0, 0, 0)
        + UNIT_MATRIX
        + struct.pack(">II", width << 16, height << 16),
        edits=[(duration, 0)],
        scale=fps * _TICKS,
        ticks=frames * _TICKS,
        handler=b"vide",
        kind=box("vmhd", struct.pack(">IHHHH", 1, 0, 0, 0, 0)),
        tables=tables,
    )


def _audio_track(
    heard: Sound,
    description: bytes,
    spoken: Sequence[Sequence[int]],
    phase: int,
    chunks: Sequence[int],
) -> bytes:
    packets = [packet for row in spoken for packet in row]
    runs: list[tuple[int, int, int]] = []
    for count, group in groupby(enumerate(spoken, start=1), key=lambda item: len(item[1])):
        runs.append((next(group)[0], count, 1))
    tables = (
        description,
        table("stts", [(len(packets), heard.samples)]),
        table("stsc", runs),
        sizes([len(heard.packet(packet)) for packet in packets]),
        table("stco", [(chunk,) for chunk in chunks]),
    )
    # The first packet begins some milliseconds after the first frame.
    late = round((heard.packet_seconds(packets[0]) - phase) * _MOVIE_SCALE)
    length = round(len(packets) * heard.samples * _MOVIE_SCALE / heard.rate)
    return track(
        number=2,
        duration=late + length,
        place=struct.pack(">hhhH", 0, 1, 0x100, 0) + UNIT_MATRIX + bytes(8),
        edits=[*([(late, -1)] if late else []), (length, 0)],
        scale=heard.rate,
        ticks=len(packets) * heard.samples,
        handler=b"soun",
        kind=box("smhd", bytes(8)),
        tables=tables,
    )


@lru_cache(maxsize=8)
def _descriptions(scene: Scene, profile: Profile) -> tuple[bytes, ...]:
    """The sample descriptions of each track, as FFmpeg writes them into a second of the kind."""
    data = media.recording_file(scene, 8.0, 9.0, "mp4", profile).read_bytes()
    found = []
    for one in inside(data, "moov", "trak"):
        found += [
            struct.pack(">I", len(body) + 8) + b"stsd" + body
            for body in inside(one, "mdia", "minf", "stbl", "stsd")
        ]
    return tuple(found)
