"""Killed outright in the midst of work: the next start is whole, and goes on."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import av
import pytest

from tests.e2e.support import Stand
from tests.e2e.victim import opened
from tests.ui.wall.support import HandEngine
from vsconsole.domain.model import Ability, Channel, Store
from vsconsole.domain.timeline import Span, to_ms
from vsconsole.sandbox import media, timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.download_files import manifest_path, sha256_of
from vsconsole.services.downloads import DownloadState

_FILES = 150
_SECONDS = 4


@contextmanager
def victim(*words: object) -> Iterator[Callable[[Callable[[str], bool]], str]]:
    """A program to be killed; gives what reads its lines up to the first that fits."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.victim", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "VSCONSOLE_PASSPHRASE": "stand"},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    late = threading.Timer(60, process.kill)
    late.start()

    def until(fits: Callable[[str], bool]) -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if fits(line):
                return line.strip()
        raise AssertionError(process.stderr.read() if process.stderr else "it ended")

    try:
        yield until
    finally:
        late.cancel()
        late.join()
        # On POSIX this is kill -9; nothing in the program hears of it.
        process.kill()
        process.wait(20)
        process.stdout.close()
        process.stderr.close()


def filled(folder: Path) -> Path:
    """A folder of many recordings of one camera; every tenth is of another."""
    folder.mkdir()
    scene = media.Scene(
        channel=7, name="dock", codec="h264", audio=None, flv_hevc="id12", clock="continues"
    )
    begin = datetime(2026, 11, 10, tzinfo=UTC)
    source = media.recording_file(
        scene, begin.timestamp(), begin.timestamp() + _SECONDS, "mp4"
    ).read_bytes()
    media.remove_recording_files()
    for number in range(_FILES):
        at = begin + timedelta(minutes=number)
        end = at + timedelta(seconds=_SECONDS)
        name = "gate" if number % 10 == 0 else "dock"
        path = folder / f"{name}_{at:%Y%m%d%H%M%S}_{end:%Y%m%d%H%M%S}.mp4"
        path.write_bytes(source)
    return folder


def test_a_scan_of_a_folder(tmp_path: Path) -> None:
    folder, profile = filled(tmp_path / "footage"), tmp_path / "profile"
    random.seed(20261120)
    for _ in range(3):
        with victim("scan", profile, folder) as until:
            until(lambda line: line.startswith("ready"))
            threading.Event().wait(random.uniform(0, 0.25))
    with opened(str(profile)) as services:
        assert services.cache.damage is None
        (account,) = services.accounts.all()
        assert account.name == "F"
        services.inventory.refresh(account.id)
        channels = {
            node.name: node
            for node in services.inventory.tree(account.id)
            if isinstance(node, Channel)
        }
        assert sorted(channels) == ["dock", "gate"]
        whole = Span(datetime(2026, 11, 9, tzinfo=UTC), datetime(2026, 11, 11, tzinfo=UTC))
        for name, count in (("gate", _FILES // 10), ("dock", _FILES - _FILES // 10)):
            found = services.footage.ensure(channels[name], Store.LOCAL, whole)
            assert len(found) == count


def burnt_in(path: Path) -> list[float]:
    """The time on every picture of a file, in the order they are shown."""
    with av.open(str(path)) as file:
        return [
            timecode.read(
                memoryview(frame.planes[0]), frame.planes[0].line_size, frame.width, frame.height
            ).when.timestamp()
            for frame in file.decode(video=0)
        ]


@pytest.mark.allow_log("ended before|cut|broke|incomplete")
def test_a_download(qapp: object, tmp_path: Path) -> None:
    file = tmp_path / "out" / "kept.mp4"
    file.parent.mkdir()
    with Sandbox(vendors=["tencent"]) as sandbox:
        with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
            stand.add_account()
            channel = stand.channel(Ability.CLOUD_RECORDS, Ability.DOWNLOAD)
            span = stand.recorded(channel, Store.CLOUD, 2)
            asked = Span(
                span.begin + timedelta(minutes=1), span.begin + timedelta(minutes=1, seconds=40)
            )
        # Half the body comes, again and again, so that there is something left to kill it in.
        sandbox.faults.set("tencent", "cut-body", 1.0, path="/video.")
        profile = tmp_path / "profile"
        with victim(
            "download", profile, channel.key, to_ms(asked.begin), to_ms(asked.end), file
        ) as until:
            until(lambda line: line.split()[0] == "running" and int(line.split()[1]) > 0)
        assert not file.exists()
        assert any(path.stat().st_size for path in file.parent.rglob("*") if path.is_file())
        sandbox.faults.clear()
        with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
            jobs, downloads = stand.desk.window.jobs, stand.program.services.downloads
            stand.wait(lambda: len(jobs.jobs()) == 1, 10, "the download is forgotten")
            go_on = jobs.jobs()[0].action
            assert go_on is not None
            go_on()
            stand.wait(
                lambda: [d.state for d in downloads.all()] == [DownloadState.DONE], 30, "not done"
            )
            (done,) = downloads.all()
            assert done.resumed
            assert done.got == (asked,)
            assert done.sha256 == sha256_of(file)
    times = burnt_in(file)
    assert times == sorted(times)
    assert abs(times[0] - asked.begin.timestamp()) < 0.5
    assert abs(times[-1] - asked.end.timestamp()) < 0.5
    assert max(b - a for a, b in pairwise(times)) < 0.5
    assert sorted(p.name for p in file.parent.iterdir()) == [file.name, manifest_path(file).name]


def test_settings_and_the_windows_state(qapp: object, tmp_path: Path) -> None:
    with Sandbox(vendors=["tencent"]) as sandbox:
        with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
            stand.add_account()
            stand.press("layout-4")
            shown = [stand.desk.pictures.open_channel(c) for c in stand.channels(Ability.LIVE)[:3]]
            keys = [session.channel.key for session in shown if session.channel]
        random.seed(20261121)
        said = 0
        for _ in range(3):
            with victim("desk", tmp_path / "profile") as until:
                said = int(until(lambda line: line.strip().isdigit()))
                threading.Event().wait(random.uniform(0, 0.3))
        with Stand.open(tmp_path, sandbox, engine=HandEngine()) as stand:
            settings = stand.program.services.settings
            assert settings.damage is None
            assert settings.get("number", 0) == settings.get("same", -1) >= said
            assert len(settings.get("long", "")) == 4000
            assert stand.program.services.cache.damage is None
            stand.wait(lambda: stand.desk._restored, 5)
            wall = stand.desk.window.wall
            stand.wait(lambda: len(wall.sessions()) == 3, 5, "the wall was lost")
            found = [session.channel.key for session in wall.sessions() if session.channel]
            assert found == keys
            stand.wait(lambda: not stand.desk.accounts.busy, 10)
            assert not stand.said()
    config = tmp_path / "profile"
    assert not [path for path in config.rglob(".settings*") if path.is_file()]
