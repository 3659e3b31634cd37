"""Recordings: in the cloud by file, on devices by stream."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import av
import pytest

from tests.net.support import Handler, serving
from tests.sandbox.media_support import read_frame
from tests.vendors.ctyun.support import (
    KEYS,
    adapter_at,
    adapter_with,
    calls,
    channels,
    envelope,
)
from vsconsole.domain import days
from vsconsole.domain.errors import (
    DeviceOffline,
    NotFound,
    StreamExpired,
    StreamUnavailable,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Key, Status, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.faces import ctyun_desk, ctyun_records
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.ctyun import records
from vsconsole.vendors.ctyun.adapter import CtyunAdapter

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["ctyun"]) as running:
        yield running


@pytest.fixture(autouse=True)
def _fresh(sandbox: Sandbox) -> Iterator[None]:
    sandbox._log.clear()
    yield
    sandbox.faults.clear()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=10))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> CtyunAdapter:
    return adapter_at(sandbox, transport)


@pytest.fixture(scope="module")
def every(sandbox: Sandbox) -> list[Channel]:
    transport = Transport()
    found = channels(adapter_at(sandbox, transport))
    transport.close()
    return found


@pytest.fixture
def one(every: list[Channel]) -> Channel:
    return next(channel for channel in every if channel.name == "一号窗口")


def day(back: int) -> Span:
    return days.span_of(days.day_of(now(), ZONE) - timedelta(days=back), ZONE)


def truth(sandbox: Sandbox, channel: Channel, store: Store, span: Span) -> SegmentSet:
    """What the world has, from behind the wire."""
    camera = ctyun_desk.node(sandbox.world, channel.key.native).camera
    assert camera is not None
    listed = ctyun_records.cloud_files if store is Store.CLOUD else ctyun_records.local_files
    begin, end = int(span.begin.timestamp()), int(span.end.timestamp()) + 1
    return SegmentSet.of_spans(
        Span(datetime.fromtimestamp(file.begin, UTC), datetime.fromtimestamp(file.end, UTC))
        for file in listed(sandbox.world, camera, begin, end)
    ).clip(span)


@pytest.mark.parametrize("store", [Store.CLOUD, Store.DEVICE])
def test_segments_are_what_was_recorded(
    adapter: CtyunAdapter, sandbox: Sandbox, every: list[Channel], store: Store
) -> None:
    # Half past midnight in Beijing is the day before in UTC.
    span = Span(day(3).begin + timedelta(minutes=30, seconds=0.25), day(1).end)
    for channel in every:
        if store is Store.DEVICE and channel.status is not Status.ONLINE:
            continue
        found = adapter.segments(channel, store, span)
        assert found
        assert all(segment.store is store for segment in found)
        assert SegmentSet.of(found) == truth(sandbox, channel, store, span)


def test_pages_of_a_thousand(adapter: CtyunAdapter, sandbox: Sandbox, one: Channel) -> None:
    span = Span(now() - timedelta(days=30), now())
    found = SegmentSet.of(adapter.segments(one, Store.CLOUD, span))
    # What is being written goes on growing.
    settled = Span(span.begin, now() - timedelta(hours=1))
    assert found.clip(settled) == truth(sandbox, one, Store.CLOUD, settled)
    asked = calls(sandbox, "DescribeRecords")
    assert [entry.params["PageNum"] for entry in asked] == [1, 2]
    assert all(entry.params["PageSize"] == 1000 for entry in asked)


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_a_strange_server(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel, fault: str
) -> None:
    expected = adapter.segments(one, Store.CLOUD, day(2))
    sandbox.faults.set("ctyun", fault)
    assert adapter.segments(one, Store.CLOUD, day(2)) == expected


def test_what_cannot_have_happened_is_not_asked(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel
) -> None:
    future = Span(now() + timedelta(minutes=1), now() + timedelta(days=1))
    for span in (future, Span(day(2).begin, day(2).begin)):
        assert adapter.segments(one, Store.CLOUD, span) == []
        assert adapter.clips(one, Store.DEVICE, span) == []
    assert sandbox.log == []


def test_where_nothing_is(adapter: CtyunAdapter, every: list[Channel], one: Channel) -> None:
    with pytest.raises(Unsupported):
        adapter.segments(one, Store.LOCAL, day(1))
    pushing = Channel(key=one.key, name="x", abilities=frozenset({Ability.CLOUD_RECORDS}))
    with pytest.raises(Unsupported, match="GB28181"):
        adapter.clips(pushing, Store.DEVICE, day(1))
    nobody = Channel(key=Key("a1", "123"), name="", abilities=one.abilities)
    for store in (Store.CLOUD, Store.DEVICE):
        with pytest.raises(NotFound):
            adapter.segments(nobody, store, day(1))
    away = next(channel for channel in every if channel.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline):
        adapter.segments(away, Store.DEVICE, day(1))


# In the cloud


def opened(clips: list[Clip]) -> list[tuple[Clip, MediaSource | Unsupported]]:
    found: list[tuple[Clip, MediaSource | Unsupported]] = []
    for clip in clips:
        try:
            found.append((clip, clip.open(clip.span.begin)))
        except Unsupported as error:
            found.append((clip, error))
    return found


def test_every_file_is_a_clip(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel, transport: Transport
) -> None:
    span = Span(day(2).begin, day(1).end)
    clips = adapter.clips(one, Store.CLOUD, span)
    recorded = truth(sandbox, one, Store.CLOUD, span)
    assert SegmentSet.of_spans(clip.span for clip in clips) == recorded
    # How each is played is known before it is opened, also of those that cannot be.
    assert {clip.protocol for clip in clips} == {MediaProtocol.HLS, MediaProtocol.FILE}
    assert all(clip.gapless for clip in clips)
    asked = len(calls(sandbox, "DescribeRecords"))
    found = opened(clips)
    assert all(
        clip.protocol is getattr(source, "protocol", MediaProtocol.FILE) for clip, source in found
    )
    # The addresses came with the list just now.
    assert len(calls(sandbox, "DescribeRecords")) == asked == 1
    playlists = [s for _c, s in found if getattr(s, "protocol", None) is MediaProtocol.HLS]
    files = [s for _c, s in found if getattr(s, "protocol", None) is MediaProtocol.FILE]
    refused = [s for _c, s in found if isinstance(s, Unsupported)]
    assert playlists
    assert files
    assert {error.why.split()[-1] for error in refused} == {"mp4.", "m3u8."}
    assert isinstance(playlists[0], MediaSource)
    with transport.stream(playlists[0]) as stream:
        assert stream.read().startswith(b"#EXTM3U")


def test_a_ps_file_shows_the_time_its_clip_says(
    adapter: CtyunAdapter, one: Channel, transport: Transport
) -> None:
    found = opened(adapter.clips(one, Store.CLOUD, Span(day(2).begin, day(1).end)))
    clip, source = min(
        (
            (clip, source)
            for clip, source in found
            if isinstance(source, MediaSource) and source.protocol is MediaProtocol.FILE
        ),
        key=lambda pair: pair[0].span.seconds,
    )
    body = bytearray()
    with transport.stream(source) as stream:
        while data := stream.read():
            body += data
    assert body[:4] == b"\x00\x00\x01\xba"
    with av.open(io.BytesIO(bytes(body)), format="mpeg") as container:
        frame = next(container.decode(video=0))
    shown = read_frame(frame).when
    assert abs((shown - clip.time_map.wall_at(0)).total_seconds()) < 0.2


def test_part_of_a_file(adapter: CtyunAdapter, one: Channel) -> None:
    whole = adapter.clips(one, Store.CLOUD, day(2))[3]
    middle = whole.span.begin + timedelta(seconds=10)
    span = Span(middle, middle + timedelta(seconds=5))
    (part,) = adapter.clips(one, Store.CLOUD, span)
    assert part.span == span
    # Media still counts from the file's begin.
    assert part.time_map.media_at(span.begin) == 10


def test_an_address_is_used_once_and_then_asked_for_anew(
    sandbox: Sandbox, adapter: CtyunAdapter, one: Channel, transport: Transport
) -> None:
    face: Any = sandbox.faces["ctyun"]
    before = face.token_seconds
    try:
        face.token_seconds = -1.0
        clip = next(
            clip
            for clip, source in opened(adapter.clips(one, Store.CLOUD, day(2)))
            if isinstance(source, MediaSource)
        )
        with pytest.raises(StreamExpired):
            transport.stream(clip.open(clip.span.begin))
    finally:
        face.token_seconds = before
    asked = len(calls(sandbox, "DescribeRecords"))
    for count in (1, 2):
        with transport.stream(clip.open(clip.span.begin)) as stream:
            assert stream.read()
        assert len(calls(sandbox, "DescribeRecords")) == asked + count


def test_an_address_that_lay_about_is_not_used(
    sandbox: Sandbox, adapter: CtyunAdapter, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "ADDRESS_FRESH", -1.0)
    clips = adapter.clips(one, Store.CLOUD, day(2))
    asked = len(calls(sandbox, "DescribeRecords"))
    clips[0].open(clips[0].span.begin)
    assert len(calls(sandbox, "DescribeRecords")) == asked + 1


def test_a_file_that_is_gone_or_still_without_address(transport: Transport) -> None:
    row = {
        "RecordId": "7",
        "FileFormat": "hls",
        "StartTime": "2023-05-06 08:00:00",
        "EndTime": "2023-05-06 08:10:00",
        "PlayUrl": {"HlsUrl": "", "PsUrl": ""},
    }
    rows = [row, {**row, "RecordId": "8", "StartTime": "2023-05-06 08:05:00"}]

    def answer(handler: Handler) -> None:
        envelope(handler, {"Records": rows, "TotalNum": str(len(rows))})

    channel = Channel(key=Key("a1", "1"), name="x")
    begin = datetime(2023, 5, 5, 23, tzinfo=UTC)
    with serving(answer) as server:
        adapter = adapter_with({**KEYS, "server": server.url}, transport)
        first, *others = adapter.clips(channel, Store.CLOUD, Span(begin, begin + timedelta(days=1)))
        # The second lies wholly in the first.
        assert others == []
        for _ in range(2):
            with pytest.raises(StreamUnavailable):
                first.open(first.span.begin)
        rows.clear()
        with pytest.raises(NotFound):
            first.open(first.span.begin)


# On the device


def test_a_device_s_stream_begins_where_it_is_opened(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel, transport: Transport
) -> None:
    clips = adapter.clips(one, Store.DEVICE, day(1))
    found = SegmentSet.of(adapter.segments(one, Store.DEVICE, day(1)))
    assert SegmentSet.of_spans(clip.span for clip in clips) == found
    clip = max(clips, key=lambda clip: clip.span.seconds)
    when = clip.span.begin + timedelta(seconds=61.7)
    source = clip.open(when)
    assert (source.protocol, source.single_use) == (MediaProtocol.FLV, True)
    assert source.begins is not None
    assert abs(when - source.begins) <= timedelta(seconds=0.5)
    entry = calls(sandbox, "DescLocalVodStreams")[-1]
    assert entry.params["StartTime"] == source.begins.timestamp()
    assert entry.params["StreamNum"] == 1
    with transport.stream(source) as stream:
        head = b""
        while len(head) < 60_000 and (data := stream.read()):
            head += data
    with av.open(io.BytesIO(head), format="flv") as container:
        frame = next(container.decode(video=0))
    shown = read_frame(frame).when
    assert abs((shown - source.begins).total_seconds()) < 0.5
    # At the very end a second is left to ask for.
    assert clip.open(clip.span.end).begins < clip.span.end  # type: ignore[operator]


def test_a_longer_range_is_cut_to_what_a_call_may_ask(
    sandbox: Sandbox, adapter: CtyunAdapter, transport: Transport
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    row = {"StartTime": "2026-01-01 08:00:00", "EndTime": "2026-01-04 08:00:00"}
    asked: list[str] = []

    def answer(handler: Handler) -> None:
        asked.append(handler.seen.target)
        if "/local/vod/" in handler.seen.target:
            envelope(handler, {"PlayUrl": {"RtmpUrl": "rtmp://127.0.0.1/x"}})
        else:
            envelope(handler, {"Records": [row]})

    channel = Channel(key=Key("a1", "1"), name="x", abilities=frozenset({Ability.DEVICE_RECORDS}))
    with serving(answer) as server:
        made = adapter_with({**KEYS, "server": server.url}, transport)
        clips = made.clips(channel, Store.DEVICE, Span(begin, begin + timedelta(days=3)))
        assert len(clips) == 4
        sources = [clip.open(clip.span.begin) for clip in clips]
    assert {source.protocol for source in sources} == {MediaProtocol.RTMP}
    # Device-side lists come unpaged.
    assert "PageNum" not in asked[0]
    assert "SortBy" not in asked[0]
