"""Clips: that they are where the recordings are, and that what they open shows it."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from itertools import pairwise
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
)
from vsconsole.domain.errors import StreamExpired, Unsupported
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import footage, playback
from vsconsole.services.desk import Services
from vsconsole.services.hls_clips import RunFiles

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
PLAYLIST_URL = "/record/playback/url"


def first_picture(clip: Clip, when: datetime) -> datetime:
    """The time burnt into the first picture of what the clip opens at `when`."""
    source = clip.open(when)
    options = {"protocol_whitelist": "file,http,tcp,crypto", "allowed_extensions": "ALL"}
    with av.open(source.url, options=options) as media:
        for frame in media.decode(video=0):
            plane = frame.planes[0]
            return timecode.read(memoryview(plane), plane.line_size, frame.width, frame.height).when
    raise AssertionError("no picture")


def cloud_channels(services: Services, sandbox: Sandbox) -> list[Channel]:
    account = add_box(services, sandbox)
    names = ("前门", "大厅", "Reception", "楼梯间", "电梯口", "Server-Room")
    return [channel_with(services, account, Ability.CLOUD_RECORDS, name=name) for name in names]


def gap_of(segments: SegmentSet, span: Span) -> Span:
    """A gap between two recordings, away from the ends of `span`."""
    return next(
        gap
        for gap in segments.joined().gaps(span)
        if gap.begin > span.begin and gap.end < span.end and gap.seconds > 10
    )


def day_with_gap(services: Services, channel: Channel, store: Store) -> tuple[Span, Span]:
    for back in range(2, 25):
        day = day_before(back)
        segments = services.footage.ensure(channel, store, day)
        try:
            return day, gap_of(segments, day)
        except StopIteration:
            continue
    raise AssertionError("no gap anywhere")


def test_each_kind_of_clock_shows_the_moment_that_its_clip_says(
    services: Services, sandbox: Sandbox
) -> None:
    # Between them they have every way a stream's clock behaves, in both codecs.
    for channel in cloud_channels(services, sandbox):
        _day, gap = day_with_gap(services, channel, Store.CLOUD)
        source = services.playback.source(channel, Store.CLOUD)
        before = source.clip_at(gap.begin - SECOND)
        after = source.clip_after(gap.begin)
        assert before is not None
        assert after is not None
        assert before.span.end == gap.begin
        assert after.span.begin == gap.end
        for clip in (before, after):
            shown = first_picture(clip, clip.span.begin)
            assert abs(shown - clip.time_map.wall_at(0)) < SECOND / 4


def test_clips_follow_each_other_over_a_whole_day_without_overlap(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    day, _gap = day_with_gap(services, channel, Store.CLOUD)
    source = services.playback.source(channel, Store.CLOUD)
    segments = services.footage.ensure(channel, Store.CLOUD, day)
    start = segments.snap(day.begin)
    assert start is not None
    clip = source.clip_at(start)
    found: list[Span] = []
    while clip is not None and clip.span.begin < day.end:
        assert clip.span.seconds <= 3600
        found.append(clip.span)
        clip = source.clip_after(clip.span.begin)
    for one, following in pairwise(found):
        assert one.end <= following.begin
    covered = SegmentSet.of_spans(found)
    missing = sum(gap.seconds for span in segments.spans() for gap in covered.gaps(span))
    # The last media segments of a range may be a moment shorter than the range.
    assert missing < 0.5 * len(found)


def test_a_gap_holds_no_clip_and_the_next_one_is_far_away(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    _day, gap = day_with_gap(services, channel, Store.CLOUD)
    source = services.playback.source(channel, Store.CLOUD)
    assert source.clip_at(gap.begin + SECOND) is None
    following = source.clip_after(gap.begin + SECOND)
    assert following is not None
    assert following.span.begin == gap.end
    assert source.clip_at(now() + HOUR) is None
    assert source.clip_after(now() + HOUR) is None


def test_a_playlist_is_asked_for_once_an_hour_and_read_when_needed(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    span = recorded(services, channel, Store.CLOUD, 2)
    source = services.playback.source(channel, Store.CLOUD)
    clip = source.clip_at(span.begin + SECOND)
    assert clip is not None
    for minutes in range(0, int(clip.span.seconds // 60), 7):
        assert source.clip_at(clip.span.begin + timedelta(minutes=minutes)) is clip
    assert len(calls(sandbox, PLAYLIST_URL)) == 1
    (asked,) = calls(sandbox, PLAYLIST_URL)
    assert int(asked.params["EndTime"]) - int(asked.params["StartTime"]) <= 3600


def test_an_expired_playlist_is_asked_for_again_once(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    span = recorded(services, channel, Store.CLOUD, 2)
    sandbox.faults.set("tencent", "expired-url", count=1)
    clip = services.playback.source(channel, Store.CLOUD).clip_at(span.begin + SECOND)
    assert clip is not None
    assert len(calls(sandbox, PLAYLIST_URL)) == 2
    sandbox.faults.set("tencent", "expired-url")
    with pytest.raises(StreamExpired):
        services.playback.source(channel, Store.CLOUD).clip_at(span.begin + SECOND)


def test_a_clip_that_is_opened_again_reads_its_playlist_anew(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    span = recorded(services, channel, Store.CLOUD, 2)
    clip = services.playback.source(channel, Store.CLOUD).clip_at(span.begin + SECOND)
    assert clip is not None
    first = clip.open(clip.span.begin)
    media = [entry for entry in sandbox.log if entry.kind == "media"]
    assert len(media) == 1
    sandbox.faults.set("tencent", "expired-url", count=1)
    again = clip.open(clip.span.begin)
    assert again.url == first.url
    assert len(calls(sandbox, PLAYLIST_URL)) == 2
    assert abs(first_picture(clip, clip.span.begin) - clip.time_map.wall_at(0)) < SECOND / 4


def test_run_files_are_private_and_go_with_the_program(tmp_path: Path, sandbox: Sandbox) -> None:
    with opened(tmp_path) as services:
        channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
        span = recorded(services, channel, Store.CLOUD, 2)
        clip = services.playback.source(channel, Store.CLOUD).clip_at(span.begin + SECOND)
        assert clip is not None
        source = clip.open(span.begin)
        assert source.protocol is MediaProtocol.HLS
        file = Path(source.url)
        text = file.read_text()
        assert "#EXT-X-DISCONTINUITY" not in text
        addresses = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert addresses
        assert all(line.startswith("http://127.0.0.1:") for line in addresses)
        if os.name == "posix":
            assert file.parent.stat().st_mode & 0o077 == 0
    assert not file.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="processes cannot be looked up there")
def test_what_a_killed_program_left_is_swept(tmp_path: Path) -> None:
    dead, mine = tmp_path / "runs-999999999-x", tmp_path / f"runs-{os.getppid()}-x"
    dead.mkdir()
    mine.mkdir()
    files = RunFiles(tmp_path)
    files.write(files.new(), "x")
    assert not dead.exists()
    assert mine.exists()
    files.close()
    assert [folder.name for folder in tmp_path.iterdir()] == [mine.name]


def test_a_devices_recording_is_one_session_that_is_ended(
    services: Services, sandbox: Sandbox
) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.DEVICE_RECORDS)
    span = recorded(services, channel, Store.DEVICE, 2)
    source = services.playback.source(channel, Store.DEVICE)
    middle = span.begin + (span.end - span.begin) / 2
    clip = source.clip_at(middle)
    assert clip is not None
    assert clip.span.begin <= span.begin
    assert clip.span.end >= span.end
    assert calls(sandbox, "/control/record") == []
    media = clip.open(middle)
    assert media.control is not None
    assert media.protocol is MediaProtocol.FLV
    media.control.stop()
    stops = [entry.params["Action"] for entry in calls(sandbox, "/control/recordctl")]
    assert stops == ["stop"]


def test_a_store_the_channel_lacks_is_refused(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.CLOUD_RECORDS)
    with pytest.raises(Unsupported):
        services.playback.source(channel, Store.LOCAL)


def test_the_live_edge_is_asked_for_again_as_it_moves(
    services: Services, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    today = Span(now() - 12 * HOUR, now())
    segments = services.footage.ensure(channel, Store.CLOUD, today).joined()
    last = next(span for span in reversed(list(segments.spans())) if span.seconds > 600)
    services.footage.forget(channel.key.account)
    services.cache.forget_coverage(channel.key, Store.CLOUD, today)
    for module in (playback, footage):
        monkeypatch.setattr(module, "now", lambda: last.begin + 5 * MINUTE)
    monkeypatch.setattr(footage, "_FRESH", 0.0)
    monkeypatch.setattr(playback, "_EDGE_FRESH", 0.0)
    source = services.playback.source(channel, Store.CLOUD)
    early = source.clip_at(last.begin + 4 * MINUTE)
    assert early is not None
    assert source.clip_at(last.begin + 6 * MINUTE) is None
    for module in (playback, footage):
        monkeypatch.setattr(module, "now", lambda: last.begin + 9 * MINUTE)
    later = source.clip_at(last.begin + 8 * MINUTE)
    assert later is not None
    assert later.span.end <= last.begin + 9 * MINUTE + SECOND
    # What is being played stays as it is, and leads on to what came since.
    assert source.clip_at(last.begin + 4 * MINUTE) is early
    following = source.clip_after(early.span.begin)
    assert following is not None
    assert following.span.begin >= early.span.end
