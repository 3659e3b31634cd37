"""Every seek in a file ends on the picture that was asked for, in every kind of file."""

from __future__ import annotations

import pytest

from tests.bench import seek_media
from tests.player.seek_check import check
from vsconsole.sandbox.media.scene import Codec, FileType

COUNT = 20
LENGTH = 40.0


@pytest.mark.parametrize("codec", seek_media.CODECS)
@pytest.mark.parametrize("file_type", seek_media.FILES)
def test_files(file_type: FileType, codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    with seek_media.file_recording(file_type, codec, LENGTH) as recording:
        check(recording, COUNT, monkeypatch)


@pytest.mark.parametrize("file_type", ["mkv", "mov", "avi", "ps", "dav"])
def test_other_files(file_type: FileType, monkeypatch: pytest.MonkeyPatch) -> None:
    with seek_media.file_recording(file_type, "h264", LENGTH) as recording:
        check(recording, 6, monkeypatch)


@pytest.mark.parametrize("file_type", ["mp4", "ts"])
def test_paused_seeks_hold_the_frame(file_type: FileType, monkeypatch: pytest.MonkeyPatch) -> None:
    with seek_media.file_recording(file_type, "h264", LENGTH) as recording:
        check(recording, 8, monkeypatch, paused=True)


def test_key_frames_far_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    with seek_media.file_recording("ts", "h264", LENGTH, gop_seconds=8.0) as recording:
        check(recording, 8, monkeypatch)
