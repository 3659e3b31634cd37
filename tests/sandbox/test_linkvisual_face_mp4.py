"""Recordings as MP4 that are made while they are read."""

import io
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from tests.sandbox.media_support import read_frame, shots
from tests.sandbox.test_media_vlc import showing
from vsconsole.sandbox.faces.linkvisual_mp4 import ROOM, Mp4, Shelf, filled
from vsconsole.sandbox.media.encode import encode_frames
from vsconsole.sandbox.media.scene import Codec, Profile, Scene
from vsconsole.sandbox.world import World

vlc = pytest.importorskip("vlc")
BEGIN = 1795164169
LONG = 1800


class Counting(io.RawIOBase):
    """A file for PyAV that counts what was read of it."""

    def __init__(self, file: Mp4) -> None:
        self._source = Shelf(file=file).open("rb")
        self._size = file.size
        self._at = 0
        self.taken = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._source.seek(self._at)
        return self._at

    def readinto(self, buffer: Any) -> int:
        count = self._source.readinto(buffer)
        self._at += count
        self.taken += count
        return count


def scene(codec: Codec = "h264", *, sound: bool = True, channel: int = 101) -> Scene:
    return Scene(channel=channel, codec=codec, audio="aac" if sound else None)


def whole(file: Mp4) -> bytes:
    data = Shelf(file=file).open("rb").read()
    assert isinstance(data, bytes)
    return data


@pytest.mark.parametrize("profile", ["main", "sub"])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_half_an_hour_is_sought_without_making_it(codec: Codec, profile: Profile) -> None:
    file = Mp4(scene=scene(codec), begin=BEGIN, seconds=LONG, profile=profile)
    source = Counting(file)
    with av.open(source, "r") as container:
        video = container.streams.video[0]
        assert video.duration is not None
        assert video.time_base is not None
        assert video.duration * video.time_base == LONG
        assert len(container.streams.audio) == 1
        for at in (1799, 3, 900):
            container.seek(at * 1_000_000)
            frame = next(container.decode(video=0))
            assert isinstance(frame, av.VideoFrame)
            assert frame.time == at
            assert read_frame(frame).when.timestamp() == BEGIN + at
    assert source.taken < file.size / 20


@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_every_frame_is_there_and_in_time(codec: Codec, sound: bool) -> None:
    own = scene(codec, sound=sound)
    data = whole(Mp4(scene=own, begin=BEGIN, seconds=7, profile="sub"))
    found = shots(data)
    assert len(found) == 7 * own.fps
    for shot in found:
        assert shot.pts is not None
        assert abs(shot.when - BEGIN - shot.pts) < 0.002
        assert shot.channel == own.channel
    assert all(b.when > a.when for a, b in pairwise(found))


def test_sound_lies_where_it_was_heard() -> None:
    from vsconsole.sandbox.media.sound import sound

    heard = sound("aac")
    data = whole(Mp4(scene=scene(), begin=BEGIN + 3, seconds=9, profile="sub"))
    with av.open(io.BytesIO(data), "r") as container:
        packets = [p for p in container.demux(audio=0) if p.size]
        first = heard.first_packet(BEGIN + 3)
        assert [bytes(p) for p in packets] == [
            heard.packet(n) for n in range(first, heard.first_packet(BEGIN + 12))
        ]
        assert packets[0].pts is not None
        assert packets[0].time_base is not None
        late = float(packets[0].pts * packets[0].time_base)
        assert late == pytest.approx(heard.packet_seconds(first) - BEGIN - 3, abs=0.002)


def test_any_part_is_that_part_of_the_whole() -> None:
    file = Mp4(scene=scene(), begin=BEGIN, seconds=5, profile="sub")
    data = whole(file)
    assert len(data) == file.size
    for first in (0, 1, 500, len(data) // 2, len(data) - 1, len(data), len(data) + 5):
        opened = Shelf(file=file).open("rb")
        opened.seek(first)
        assert opened.read() == data[first:]
    opened = Shelf(file=file).open("rb")
    with pytest.raises(OSError, match="beginning"):
        opened.seek(0, io.SEEK_END)


def near(when: float, seen: list[float]) -> bool:
    """Whether a picture of that moment was seen."""
    return any(abs(one - when) < 0.5 for one in seen)


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_the_player_plays_and_seeks_it(codec: Codec, tmp_path: Path) -> None:
    own = replace(scene(codec), fps=6)
    target = tmp_path / "recording.mp4"
    target.write_bytes(whole(Mp4(scene=own, begin=BEGIN, seconds=40, profile="sub")))
    instance = vlc.Instance("--quiet", "--aout=dummy", "--no-video-title-show")
    try:
        with showing(instance, str(target)) as screen:
            screen.wait(lambda seen: len(seen) > 3)
            assert screen.seen[0] < BEGIN + 2
            for at in (30.0, 12.0):
                screen.seek(at)
                screen.wait(partial(near, BEGIN + at))
            assert screen.unreadable == 0
    finally:
        instance.release()


def moments() -> Iterator[tuple[Scene, int]]:
    """The cameras of the site at several times of a day."""
    world = World(1, cloud="linkvisual")
    for camera in world.cameras.values():
        for hour in (0, 7, 12, 19):
            own = Scene(channel=camera.number, name=camera.name, codec=camera.picture.codec)
            yield own, (BEGIN - BEGIN % 86_400 + hour * 3600 + camera.number) * own.fps


def test_the_rooms_are_large_enough() -> None:
    for own, first in moments():
        for profile in ("main", "sub"):
            key, other = ROOM[profile]
            for unit in encode_frames(own, first, first + 3, profile):
                room = key if unit.key else other
                assert len(filled(own.codec, unit.data, room)) == room
                assert len(unit.data) < 0.9 * room


def test_what_does_not_fit_says_so() -> None:
    unit = next(iter(encode_frames(scene(), 0, 1, "sub")))
    with pytest.raises(RuntimeError, match="does not fit"):
        filled("h264", unit.data, len(unit.data) // 2)
