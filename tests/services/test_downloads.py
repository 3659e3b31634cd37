"""Downloads against the sandbox: whole, resumed, renewed, refused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import av
import pytest

from tests.services.support import (
    add_box,
    calls,
    channel_with,
    day_before,
    opened,
    recorded,
    until,
)
from tests.services.test_playback import day_with_gap
from vsconsole.domain.errors import InvalidInput, NotFound, Unsupported
from vsconsole.domain.model import Ability, Channel, Store
from vsconsole.domain.timeline import Span
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.download_files import Journal, Request, manifest_path, sha256_of
from vsconsole.services.downloads import DownloadState

URL = "/vds/VideoDownloadUrl"
MINUTE = timedelta(minutes=1)
WAIT = 60.0


def camera(services: Services, sandbox: Sandbox) -> Channel:
    return channel_with(
        services, add_box(services, sandbox), Ability.CLOUD_RECORDS, Ability.DOWNLOAD
    )


def burnt_in(path: Path) -> list[float]:
    """The time on every picture of a file, in seconds, in the order they are shown."""
    with av.open(str(path)) as media:
        return [
            timecode.read(
                memoryview(frame.planes[0]), frame.planes[0].line_size, frame.width, frame.height
            ).when.timestamp()
            for frame in media.decode(video=0)
        ]


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_short_range_is_one_file_with_the_right_pictures(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin + 5 * MINUTE, span.begin + 5.5 * MINUTE)
    folder = tmp_path / "out"
    number = services.downloads.start(channel, Store.CLOUD, asked, folder=folder).id
    done = services.downloads.wait(number, WAIT)
    assert done.error is None
    assert done.state is DownloadState.DONE
    assert done.path.parent == folder
    assert done.path.name.endswith("+0800.mp4")
    assert done.got == (asked,)
    assert done.gaps == ()
    assert not done.resumed
    assert (done.bytes, done.sha256) == (done.path.stat().st_size, sha256_of(done.path))
    times = burnt_in(done.path)
    assert abs(times[0] - asked.begin.timestamp()) < 0.5
    assert abs(times[-1] - asked.end.timestamp()) < 0.5
    assert left_in(folder) == sorted([done.path.name, manifest_path(done.path).name])


def test_a_range_with_a_gap_is_joined_in_order_and_the_gap_is_told(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    _day, gap = day_with_gap(services, channel, Store.CLOUD)
    asked = Span(gap.begin - MINUTE / 2, gap.end + MINUTE / 2)
    path = tmp_path / "gap.mp4"
    number = services.downloads.start(channel, Store.CLOUD, asked, path).id
    done = services.downloads.wait(number, WAIT)
    assert done.error is None
    assert done.parts == 2
    assert done.gaps == (gap,)
    times = burnt_in(path)
    assert times == sorted(times)
    assert len([t for t in times if t < gap.begin.timestamp()]) > 200
    assert len([t for t in times if t >= gap.end.timestamp()]) > 200
    manifest = json.loads(manifest_path(path).read_text("utf-8"))
    assert manifest["sha256"] == sha256_of(path)
    assert len(manifest["gaps"]) == 1
    assert left_in(tmp_path / ".") == ["gap.mp4", "gap.mp4.json", "profile"]


def test_a_long_range_is_cut_by_the_vendors_limit(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin, span.begin + 31 * MINUTE)
    number = services.downloads.start(channel, Store.CLOUD, asked, tmp_path / "long.mp4").id
    until(lambda: services.downloads.get(number).parts == 2, WAIT)
    services.downloads.cancel(number)
    ended = services.downloads.wait(number, WAIT)
    assert ended.state is DownloadState.CANCELLED
    assert not (tmp_path / "long.mp4").exists()
    services.downloads.remove(number)
    until(lambda: left_in(tmp_path) == ["profile"])
    assert services.downloads.all() == []


def test_trouble_on_the_way_is_got_over(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin, span.begin + MINUTE)
    sandbox.faults.set("tencent", "expired-url", count=1)
    sandbox.faults.set("tencent", "cut-body", count=2, path="*/download/*")
    path = tmp_path / "x.mp4"
    number = services.downloads.start(channel, Store.CLOUD, asked, path).id
    done = services.downloads.wait(number, WAIT)
    assert done.error is None
    assert len(calls(sandbox, URL)) >= 2
    times = burnt_in(path)
    assert times == sorted(times)
    assert abs(times[-1] - times[0] - 60) < 0.5


def test_a_download_that_failed_goes_on_where_it_stopped(tmp_path: Path, sandbox: Sandbox) -> None:
    path = tmp_path / "x.mp4"
    with opened(tmp_path / "profile") as services:
        channel = camera(services, sandbox)
        _day, gap = day_with_gap(services, channel, Store.CLOUD)
        asked = Span(gap.begin - MINUTE / 2, gap.end + MINUTE / 2)
        number = services.downloads.start(channel, Store.CLOUD, asked, path).id
        until(lambda: services.downloads.get(number).parts_done >= 1, WAIT)
        services.downloads.cancel(number)
        services.downloads.wait(number, WAIT)
        if path.exists():
            pytest.skip("both parts were faster than the cancelling")
    sandbox._log.clear()
    with opened(tmp_path / "profile") as services:
        channel = services.inventory.find_channel(f"Box/{channel.key.native}")
        again = services.downloads.start(channel, Store.CLOUD, asked, path)
        done = services.downloads.wait(again.id, WAIT)
        assert done.error is None
        assert done.resumed
        assert len(calls(sandbox, URL)) <= 1
        assert done.gaps == (gap,)


def test_the_same_command_again_finds_the_file_whole(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin, span.begin + MINUTE / 4)
    path = tmp_path / "x.mp4"
    first = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, path).id, WAIT
    )
    # As after a kill between naming the file and tidying up.
    request = Request(channel=channel, store=Store.CLOUD, span=asked, path=path)
    Journal(request).begin([asked], "mp4")
    sandbox._log.clear()
    again = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, path).id, WAIT
    )
    assert (again.sha256, again.bytes, again.got) == (first.sha256, first.bytes, first.got)
    assert again.resumed
    assert sandbox.log == []
    assert left_in(tmp_path) == ["profile", "x.mp4", "x.mp4.json"]


def test_somebody_elses_file_is_not_replaced_unasked(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin, span.begin + MINUTE / 4)
    path = tmp_path / "x.mp4"
    path.write_text("precious")
    refused = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, path).id, WAIT
    )
    assert isinstance(refused.error, InvalidInput)
    assert path.read_text() == "precious"
    done = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, path, overwrite=True).id, WAIT
    )
    assert done.error is None
    assert path.stat().st_size > 10_000


def test_nothing_recorded_is_told(services: Services, sandbox: Sandbox, tmp_path: Path) -> None:
    channel = camera(services, sandbox)
    _day, gap = day_with_gap(services, channel, Store.CLOUD)
    ended = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, gap, tmp_path / "x.mp4").id, WAIT
    )
    assert ended.state is DownloadState.FAILED
    assert isinstance(ended.error, NotFound)
    assert left_in(tmp_path) == ["profile"]


def test_what_cannot_be_is_refused_at_once(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    day = day_before(2)
    empty = Span(day.begin, day.begin)
    with pytest.raises(InvalidInput):
        services.downloads.start(channel, Store.CLOUD, empty, tmp_path / "x.mp4")
    with pytest.raises(InvalidInput):
        services.downloads.start(channel, Store.CLOUD, day, tmp_path / "no-ending")
    with pytest.raises(Unsupported):
        services.downloads.start(
            Channel(key=channel.key, name="x"), Store.CLOUD, day, tmp_path / "x.mp4"
        )
    ended = services.downloads.wait(
        services.downloads.start(channel, Store.DEVICE, day, tmp_path / "y.mp4").id, WAIT
    )
    assert isinstance(ended.error, Unsupported)


def test_local_footage_is_cut_to_what_was_asked(
    services: Services, sandbox: Sandbox, tmp_path: Path
) -> None:
    channel = camera(services, sandbox)
    span = recorded(services, channel, Store.CLOUD, 2)
    asked = Span(span.begin, span.begin + 2 * MINUTE)
    footage = tmp_path / "footage"
    stamp = f"Gate-{int(asked.begin.timestamp())}-{int(asked.end.timestamp())}.mp4"
    first = services.downloads.wait(
        services.downloads.start(channel, Store.CLOUD, asked, footage / stamp).id, WAIT
    )
    assert first.error is None
    account = services.accounts.add("local", "Disk", {"folder": str(footage)})
    services.inventory.refresh(account.id)
    local = next(n for n in services.inventory.tree(account.id) if isinstance(n, Channel))
    inner = Span(asked.begin + MINUTE / 2, asked.begin + MINUTE)
    done = services.downloads.wait(
        services.downloads.start(local, Store.LOCAL, inner, tmp_path / "cut.mp4").id, WAIT
    )
    assert done.error is None
    times = burnt_in(tmp_path / "cut.mp4")
    # From the key frame before, to the last picture of the range.
    assert inner.begin.timestamp() - 2 < times[0] <= inner.begin.timestamp() + 0.1
    assert inner.end.timestamp() - 0.5 < times[-1] < inner.end.timestamp() + 0.1
