"""Every seek ends on the picture that was asked for, in every kind of recording."""

from __future__ import annotations

import pytest

from tests.bench import seek_media, seeks
from vsconsole.sandbox.media.scene import Clock, Codec, FileType

COUNT = 20
LENGTH = 40.0
CLOCK_OFF = 0.4


def _check(outcomes: list[seeks.Outcome]) -> None:
    wrong = [one for one in outcomes if not one.right or abs(one.position_off) > CLOCK_OFF]
    assert not wrong, wrong


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeks, "_PAUSE", 0.15)


@pytest.mark.parametrize("codec", seek_media.CODECS)
@pytest.mark.parametrize("clock", seek_media.CLOCKS)
def test_hls_with_a_gap(clock: Clock, codec: Codec) -> None:
    with seek_media.hls_recording(clock, codec, LENGTH) as recording:
        assert len(recording.playback.clips) == 2
        _check(seeks.seek_with_player(recording, COUNT))


@pytest.mark.parametrize("codec", seek_media.CODECS)
@pytest.mark.parametrize("file_type", seek_media.FILES)
def test_files(file_type: FileType, codec: Codec) -> None:
    with seek_media.file_recording(file_type, codec, LENGTH) as recording:
        _check(seeks.seek_with_player(recording, COUNT))


@pytest.mark.parametrize("file_type", ["mkv", "mov", "avi", "ps", "dav"])
def test_other_files(file_type: FileType) -> None:
    with seek_media.file_recording(file_type, "h264", LENGTH) as recording:
        _check(seeks.seek_with_player(recording, 6))


@pytest.mark.parametrize("file_type", ["mp4", "ts"])
def test_paused_seeks_hold_the_frame(file_type: FileType) -> None:
    with seek_media.file_recording(file_type, "h264", LENGTH) as recording:
        _check(seeks.seek_with_player(recording, 8, paused=True))


def test_key_frames_far_apart() -> None:
    with seek_media.file_recording("ts", "h264", LENGTH, gop_seconds=8.0) as recording:
        _check(seeks.seek_with_player(recording, 8))
