"""A file's pictures in reverse: each of them, once, in order, however small the part kept is."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.bench.seek_media import BEGIN
from vsconsole.domain.errors import MediaError
from vsconsole.media.backwards import Backwards
from vsconsole.sandbox import media, timecode
from vsconsole.sandbox.media.scene import FileType, Scene


def made(kind: FileType, codec: str) -> Path:
    scene = Scene(channel=921, name="gate", codec=codec)  # type: ignore[arg-type]
    return Path(media.recording_file(scene, BEGIN, BEGIN + 7, kind))


def burnt(file: Backwards, second: float) -> list[float]:
    """The seconds burnt into the pictures from `second` back."""
    found = []
    for group in file.groups(second):
        for one in reversed(group):
            pixels = one.pixels()
            read = timecode.read_bgra(
                memoryview(pixels.bgra), pixels.stride, pixels.width, pixels.height
            )
            at = read.when.timestamp() - BEGIN
            assert abs(at - one.second) < 0.06
            found.append(at)
    return found


@pytest.mark.parametrize(("kind", "codec"), [("mp4", "h264"), ("ts", "h265"), ("ps", "h264")])
def test_every_picture_comes_once_in_reverse(kind: FileType, codec: str) -> None:
    file = Backwards(made(kind, codec))
    try:
        seen = burnt(file, 6.0)
    finally:
        file.close()
    assert abs(seen[0] - 6.0) < 0.1
    assert seen[-1] < 0.1
    steps = [a - b for a, b in pairwise(seen)]
    assert all(0.02 < step < 0.15 for step in steps)


def test_a_group_too_large_to_keep_is_decoded_in_parts() -> None:
    path = made("mp4", "h264")
    whole, small = Backwards(path), Backwards(path, most_bytes=7 * 640 * 360 * 3 // 2)
    try:
        assert max(len(group) for group in small.groups(5.0)) <= 7
        assert burnt(small, 5.0) == burnt(whole, 5.0)
    finally:
        whole.close()
        small.close()


def test_what_is_no_video_says_so(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(b"no video" * 100)
    with pytest.raises(MediaError):
        Backwards(path)


def test_before_the_first_picture_there_is_none() -> None:
    file = Backwards(made("mp4", "h264"))
    try:
        assert list(file.groups(-1.0)) == []
    finally:
        file.close()
