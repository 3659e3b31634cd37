"""What libVLC reports and no event says, heard in both ways."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import vlc

from tests.bench.seek_media import BEGIN
from vsconsole.player.vlc_log import CalledLog, PipedLog, Report, VlcLog
from vsconsole.sandbox import media
from vsconsole.sandbox.media import Scene

_PATIENCE = 15.0
_OPEN = Path("/proc/self/fd")
_WAYS = [
    CalledLog,
    pytest.param(
        PipedLog, marks=pytest.mark.skipif(sys.platform == "win32", reason="has no use there")
    ),
]


class _Playing:
    """A recording in a libVLC without a window, and the log of its instance."""

    def __init__(self, way: Callable[[Any, Any], VlcLog]) -> None:
        path = media.recording_file(Scene(channel=5, codec="h264"), BEGIN, BEGIN + 20, "mp4")
        arguments = ["--ignore-config", "--quiet", "--vout=dummy", "--aout=adummy"]
        self._instance: Any = vlc.Instance(arguments)
        self.log = way(vlc, self._instance)
        self._media = self._instance.media_new(str(path))
        self.player = self._instance.media_player_new()
        self.player.set_media(self._media)

    def hears(self, report: Report) -> bool:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            if report in self.log.take():
                return True
            time.sleep(0.02)
        return False

    def plays(self) -> bool:
        until = time.monotonic() + _PATIENCE
        while self.player.get_time() <= 0 and time.monotonic() < until:
            time.sleep(0.02)
        return bool(self.player.get_time() > 0)

    def end(self) -> None:
        self.player.stop()
        self.log.close()
        self.player.release()
        self._media.release()
        self._instance.release()


def _fill(pipe: int) -> None:
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b"x" * 4096)


@pytest.fixture(params=_WAYS)
def playing(request: pytest.FixtureRequest) -> Iterator[_Playing]:
    one = _Playing(request.param)
    yield one
    one.end()


def test_the_first_picture_is_told_after_opening_and_after_a_seek(playing: _Playing) -> None:
    playing.log.listen(True)
    playing.player.play()
    assert playing.hears(Report.FIRST_PICTURE)
    assert playing.plays()
    playing.player.set_time(10_000)
    assert playing.hears(Report.FIRST_PICTURE)


def test_what_was_reported_while_nobody_listened_is_not_told_later(playing: _Playing) -> None:
    playing.log.listen(True)
    playing.player.play()
    assert playing.plays()
    playing.log.listen(False)
    playing.player.set_time(10_000)
    time.sleep(0.5)
    playing.log.listen(True)
    assert playing.log.take() == []


@pytest.mark.skipif(sys.platform == "win32", reason="has no use there")
def test_a_pipe_that_nobody_reads_does_not_hold_libvlc_back() -> None:
    one = _Playing(PipedLog)
    try:
        writing = one.log._write  # type: ignore[attr-defined]
        one.log.listen(True)
        _fill(writing)
        one.player.play()
        assert one.plays()
    finally:
        one.end()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pipes have one size")
def test_a_pipe_that_may_not_grow_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_words: object) -> int:
        raise PermissionError

    monkeypatch.setattr("fcntl.fcntl", refuse)
    one = _Playing(PipedLog)
    try:
        one.log.listen(True)
        one.player.play()
        assert one.hears(Report.FIRST_PICTURE)
    finally:
        one.end()


@pytest.mark.skipif(not _OPEN.is_dir(), reason="Linux tells")
def test_closed_logs_leave_no_file_open() -> None:
    _Playing(PipedLog).end()
    before = len(list(_OPEN.iterdir()))
    for _each in range(5):
        _Playing(PipedLog).end()
    assert len(list(_OPEN.iterdir())) <= before
