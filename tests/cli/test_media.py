"""Pictures and downloads from the command line."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest

from tests.cli.conftest import Run
from tests.cli.support import ENVIRONMENT, command, process
from tests.cli.test_commands import with_ability
from tests.services.support import until
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox


def picture_time(path: Path) -> datetime:
    """The time burnt into a PNG."""
    with av.open(str(path)) as media:
        frame = next(media.decode(video=0)).reformat(format="gray")
        plane = frame.planes[0]
        return timecode.read(memoryview(plane), plane.line_size, frame.width, frame.height).when


def recorded_range(run: Run, key: str, store: str) -> tuple[datetime, datetime]:
    """A recorded range of an hour at least, before today."""
    end = datetime.now(UTC) - timedelta(days=1)
    rows: list[dict[str, Any]] = run(
        "segments", key, "--from", (end - timedelta(days=6)).isoformat(), "--to", end.isoformat(),
        "--store", store, "--json",
    ).value  # fmt: skip
    for row in rows:
        begin, last = (datetime.fromisoformat(row[name]) for name in ("start", "end"))
        if last - begin >= timedelta(hours=1):
            return begin, last
    raise AssertionError("no long recording")


def first_gap(run: Run, key: str) -> tuple[datetime, datetime]:
    """A gap of the cloud recordings within a day, with recordings around it."""
    end = datetime.now(UTC) - timedelta(days=1)
    rows = run(
        "segments", key, "--from", (end - timedelta(days=6)).isoformat(), "--to", end.isoformat(),
        "--store", "cloud", "--json",
    ).value  # fmt: skip
    for one, following in pairwise(rows):
        begin, last = (
            datetime.fromisoformat(one["end"]),
            datetime.fromisoformat(following["start"]),
        )
        if timedelta(seconds=10) < last - begin and begin.date() == last.date():
            return begin, last
    raise AssertionError("no gap")


@pytest.mark.parametrize("store", ["cloud", "device"])
def test_a_frame_is_that_of_the_moment(box: Run, tmp_path: Path, store: str) -> None:
    key = with_ability(box, f"{store}-records")
    begin, _end = recorded_range(box, key, store)
    asked = begin + timedelta(minutes=12, seconds=34, milliseconds=500)
    file = tmp_path / "frame.png"
    ran = box("frame", key, "--at", asked.isoformat(), "--store", store, "-o", str(file), "--json")
    answer = ran.value
    assert answer["store"] == store
    assert (answer["width"], answer["height"]) == (640, 360)
    burnt = picture_time(file)
    assert abs(burnt - asked) <= timedelta(seconds=0.5)
    assert abs(datetime.fromisoformat(answer["shown"]) - burnt) <= timedelta(seconds=0.5)
    assert datetime.fromisoformat(answer["asked"]) == asked
    assert answer["zone"] == "Asia/Shanghai"


def test_a_live_frame_is_of_now(box: Run, tmp_path: Path) -> None:
    key = with_ability(box, "live")
    file = tmp_path / "live.png"
    answer = box("frame", key, "--live", "-o", str(file), "--json").value
    assert abs(picture_time(file) - datetime.now(UTC)) < timedelta(seconds=15)
    assert answer["store"] is None


def test_a_frame_in_a_gap_says_when_the_next_one_is(box: Run, tmp_path: Path) -> None:
    key = with_ability(box, "cloud-records")
    gap_begin, gap_end = first_gap(box, key)
    asked = gap_begin + timedelta(seconds=1)
    file = tmp_path / "gap.png"
    ran = box(
        "frame", key, "--at", asked.isoformat(), "--store", "cloud", "-o", str(file), "--json"
    )
    assert ran.code == 6
    assert gap_end.isoformat() in ran.error["remedy"]
    assert not file.exists()


def test_a_download_is_what_it_says(box: Run, tmp_path: Path) -> None:
    key = with_ability(box, "cloud-records", "download")
    begin, _end = recorded_range(box, key, "cloud")
    file = tmp_path / "x.mp4"
    answer = box(
        "download", key, "--from", begin.isoformat(),
        "--to", (begin + timedelta(seconds=30)).isoformat(), "-o", str(file), "--json",
    ).value  # fmt: skip
    assert answer["path"] == str(file)
    assert answer["bytes"] == file.stat().st_size
    assert datetime.fromisoformat(answer["start"]) == begin
    assert answer["resumed"] is False
    assert answer["gaps"] == []
    assert Path(answer["manifest"]).exists()
    again = box(
        "download", key, "--from", begin.isoformat(),
        "--to", (begin + timedelta(seconds=20)).isoformat(), "-o", str(file), "--json",
    )  # fmt: skip
    assert again.code == 2
    assert again.error["error"] == "InvalidInput"


@pytest.mark.skipif(os.name != "posix", reason="a kill is SIGKILL there")
def test_a_killed_download_goes_on(tmp_path: Path, sandbox: Sandbox) -> None:
    profile, file = tmp_path / "profile", tmp_path / "out" / "x.mp4"
    file.parent.mkdir()
    fields = json.dumps(sandbox.fields("tencent"))
    process(profile, "accounts", "add", "tencent", "--name", "Box", "--fields", "-", stdin=fields)

    def run(*words: str) -> Any:
        return process(profile, *words)

    key = with_ability(run, "cloud-records", "download")
    gap_begin, gap_end = first_gap(run, key)
    words = (
        "download", key, "--from", (gap_begin - timedelta(seconds=20)).isoformat(),
        "--to", (gap_end + timedelta(seconds=20)).isoformat(), "--store", "cloud",
        "-o", str(file), "--json",
    )  # fmt: skip
    # One of the two parts gets its address only when it is too late.
    sandbox.faults.set("tencent", "slow", seconds=60, count=1, path="VideoDownloadUrl")
    running = subprocess.Popen(
        command(profile, *words),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT},
    )
    journal = file.with_name("x.mp4.download")
    try:
        until(
            lambda: (
                journal.exists()
                and '"size": ' in journal.read_text()
                and re.search(r'"size": \d', journal.read_text()) is not None
            ),
            60,
        )
    finally:
        running.kill()
        running.wait()
    sandbox.faults.clear()
    assert not file.exists()
    kept = sum(part.stat().st_size for part in file.parent.glob("*.part"))
    assert kept > 0
    sandbox._log.clear()
    done = process(profile, *words)
    assert done.value["resumed"] is True
    assert done.value["bytes"] == file.stat().st_size
    with av.open(str(file)) as media:
        assert media.duration is not None
        assert abs(media.duration / 1e6 - 40) < 1
    assert sorted(path.name for path in file.parent.iterdir()) == ["x.mp4", "x.mp4.json"]
