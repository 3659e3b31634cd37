"""Recordings: both stores against the face and against the world, paging, addresses, calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.imou.support import (
    Refusal,
    adapter_at,
    adapter_with,
    answering,
    asked,
    calls,
    channels,
)
from vsconsole.domain import cancel, days
from vsconsole.domain.errors import (
    Cancelled,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Key, Status, Store, now
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind, SegmentSet, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.imou import adapter as adapter_module
from vsconsole.vendors.imou.adapter import ImouAdapter

ZONE = "Asia/Shanghai"
BEGIN = datetime(2026, 4, 26, 16, 0, tzinfo=UTC)
DAY = Span(BEGIN, BEGIN + timedelta(days=1))
ANY = Channel(key=Key("a1", "SN1:0"), name="x", zone=ZONE)
STORES = (Store.CLOUD, Store.DEVICE)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["imou"]) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.faults.clear()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=10))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> ImouAdapter:
    return adapter_at(sandbox, transport)


@pytest.fixture
def one(adapter: ImouAdapter) -> Channel:
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


def past(count: int = 4) -> Span:
    """Whole days up to yesterday."""
    end = days.span_of(days.day_of(now(), ZONE), ZONE).begin
    return Span(end - timedelta(days=count), end)


def world_has(sandbox: Sandbox, channel: Channel, store: Store, span: Span) -> SegmentSet:
    """What the world recorded, without the vendor between."""
    world = sandbox.worlds["imou"]
    camera = next(c for c in world.cameras.values() if c.name == channel.name)
    look = world.cloud_ranges if store is Store.CLOUD else world.device_ranges
    ranges = look(camera, int(span.begin.timestamp()), int(span.end.timestamp()))
    spans = (
        Span(datetime.fromtimestamp(r.begin, UTC), datetime.fromtimestamp(r.end, UTC))
        for r in ranges
    )
    return SegmentSet.of_spans(spans).clip(span).joined()


# What there is


@pytest.mark.parametrize("store", STORES)
def test_all_that_was_recorded_is_listed(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, store: Store
) -> None:
    """Days of it are more than a page in either store."""
    span = past()
    before = len(sandbox.log)
    found = adapter.segments(one, store, span)
    name = "queryCloudRecords" if store is Store.CLOUD else "queryLocalRecords"
    assert sum(entry.path.endswith(name) for entry in sandbox.log[before:]) > 2
    assert SegmentSet.of(found).joined() == world_has(sandbox, one, store, span)
    assert {segment.store for segment in found} == {store}


@pytest.mark.parametrize("store", STORES)
def test_a_part_of_a_second_is_clipped(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, store: Store
) -> None:
    whole = past(1)
    middle = whole.begin + timedelta(hours=8, minutes=45)
    span = Span(middle + timedelta(seconds=0.3), middle + timedelta(seconds=1.4))
    (segment,) = adapter.segments(one, store, span)
    assert segment.span == span
    assert adapter.segments(one, store, Span(middle, middle)) == []
    later = now() + timedelta(hours=1)
    assert adapter.segments(one, store, Span(later, later + timedelta(hours=1))) == []


def test_a_camera_that_records_events(adapter: ImouAdapter) -> None:
    channel = next(c for c in channels(adapter) if c.name == "试衣间走廊")
    found = adapter.segments(channel, Store.DEVICE, past(2))
    assert {segment.kind for segment in found} == {SegmentKind.EVENT}


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
@pytest.mark.parametrize("store", STORES)
def test_nothing_is_lost_or_doubled(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, store: Store, fault: str
) -> None:
    before = adapter.segments(one, store, past())
    sandbox.faults.set("imou", fault)
    assert adapter.segments(one, store, past()) == before


def test_a_store_that_is_not_there(adapter: ImouAdapter, one: Channel) -> None:
    with pytest.raises(Unsupported):
        adapter.segments(one, Store.LOCAL, past())
    with pytest.raises(Unsupported):
        adapter.record_days(one, Store.LOCAL, 2026, 4)
    bare = Channel(key=one.key, name="x", abilities=frozenset({Ability.LIVE}))
    with pytest.raises(Unsupported):
        adapter.clips(bare, Store.CLOUD, past())


@pytest.mark.parametrize("store", STORES)
def test_a_channel_that_does_not_exist(adapter: ImouAdapter, store: Store) -> None:
    with pytest.raises(NotFound):
        adapter.segments(ANY, store, past())


def test_cancelling_stops_between_pages(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox
) -> None:
    before = len(calls(sandbox, "queryCloudRecords"))
    with cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            adapter.segments(one, Store.CLOUD, past())
    assert len(calls(sandbox, "queryCloudRecords")) == before


def test_an_offline_device_s_own_recordings(adapter: ImouAdapter) -> None:
    away = next(c for c in channels(adapter) if c.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline):
        adapter.segments(away, Store.DEVICE, past())
    # The cloud does not need it.
    assert adapter.segments(away, Store.CLOUD, past())


def test_a_sleeping_camera_is_woken_for_its_card(
    transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_module, "_WAKING", (0.1, 0.2, 0.4))
    with Sandbox(seed=7, vendors=["imou"]) as fresh:
        fresh.faces["imou"].sleepers.wake_seconds = 0.2  # type: ignore[attr-defined]
        adapter = adapter_at(fresh, transport)
        channel = next(c for c in channels(adapter) if c.status is Status.SLEEPING)
        assert adapter.segments(channel, Store.CLOUD, past())
        assert not calls(fresh, "wakeUpDevice")
        assert adapter.segments(channel, Store.DEVICE, past())
        assert len(calls(fresh, "wakeUpDevice")) == 1


# Paging, with a server of the test's own


def rows(count: int, *, seconds: int = 60) -> list[dict[str, Any]]:
    """Recordings one after the other, the first at midnight."""
    begins = [BEGIN + timedelta(hours=8, seconds=n * seconds) for n in range(count)]
    return [
        {
            "recordId": str(n),
            "beginTime": f"{begin:%Y-%m-%d %H:%M:%S}",
            "endTime": f"{begin + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S}",
        }
        for n, begin in enumerate(begins)
    ]


def whole(count: int, *, seconds: int = 60) -> SegmentSet:
    return SegmentSet.of_spans([Span(BEGIN, BEGIN + timedelta(seconds=count * seconds))])


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_cloud_pages_by_number(transport: Transport, count: int) -> None:
    every = rows(count)

    def page(params: dict[str, Any]) -> Any:
        first, last = map(int, params["queryRange"].split("-"))
        if first > count:
            raise Refusal("RC1001")
        return {"records": every[first - 1 : last]}

    with answering(queryCloudRecords=page) as server:
        found = adapter_with(transport, server.url).segments(ANY, Store.CLOUD, DAY)
        ranges = [one["queryRange"] for one in asked(server, "queryCloudRecords")]
    assert SegmentSet.of(found) == (whole(count) if count else SegmentSet())
    assert ranges == [f"{n * 100 + 1}-{n * 100 + 100}" for n in range(count // 100 + 1)]


def test_a_server_that_repeats_its_first_page_ends(transport: Transport) -> None:
    every = rows(100)
    with answering(queryCloudRecords={"records": every}) as server:
        found = adapter_with(transport, server.url).segments(ANY, Store.CLOUD, DAY)
        assert len(asked(server, "queryCloudRecords")) == 3
    assert SegmentSet.of(found) == whole(100)


@pytest.mark.parametrize("count", [0, 99, 100, 250])
def test_cloud_pages_from_the_newest(transport: Transport, count: int) -> None:
    """Where the application has no right to the call with numbers."""
    every = rows(count)[::-1]

    def no(_params: object) -> object:
        raise Refusal("OP1012")

    def page(params: dict[str, Any]) -> Any:
        ids = [one["recordId"] for one in every]
        first = 0 if params["nextRecordId"] == "-1" else ids.index(params["nextRecordId"]) + 1
        return {"records": every[first : first + params["count"]]}

    with answering(queryCloudRecords=no, getCloudRecords=page) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            found = adapter.segments(ANY, Store.CLOUD, DAY)
            assert SegmentSet.of(found) == (whole(count) if count else SegmentSet())
        assert len(asked(server, "queryCloudRecords")) == 1
        cursors = [one["nextRecordId"] for one in asked(server, "getCloudRecords")]
        assert cursors[0] == "-1"
        assert len(cursors) == 2 * (count // 100 + 1)


def test_other_refusals_are_told(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("OP1009")

    with answering(queryCloudRecords=no) as server, pytest.raises(PermissionDenied):
        adapter_with(transport, server.url).segments(ANY, Store.CLOUD, DAY)


@pytest.mark.parametrize("count", [0, 1, 29, 30, 31, 95])
@pytest.mark.parametrize("from_begin", [True, False])
def test_device_pages_by_time(transport: Transport, count: int, from_begin: bool) -> None:
    """Whether a server gives files that touch the range, or those that begin in it."""
    every = rows(count)

    def page(params: dict[str, Any]) -> Any:
        begin = params["beginTime"]
        left = [
            one
            for one in every
            if (one["beginTime"] >= begin if from_begin else one["endTime"] > begin)
        ]
        if not left:
            raise Refusal("OP1019")
        return {"records": left[: params["count"]]}

    with answering(queryLocalRecords=page) as server:
        found = adapter_with(transport, server.url).segments(ANY, Store.DEVICE, DAY)
        asks = asked(server, "queryLocalRecords")
    assert SegmentSet.of(found) == (whole(count) if count else SegmentSet())
    assert all(one["count"] == 30 and one["type"] == "All" for one in asks)
    assert len(asks) == count // 30 + 1


def test_a_device_that_repeats_its_page_ends(transport: Transport) -> None:
    with answering(queryLocalRecords={"records": rows(30)}) as server:
        found = adapter_with(transport, server.url).segments(ANY, Store.DEVICE, DAY)
        assert len(asked(server, "queryLocalRecords")) == 3
    assert SegmentSet.of(found) == whole(30)


# Calendars


@pytest.mark.parametrize("store", STORES)
def test_the_days_of_a_month(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, store: Store
) -> None:
    day = days.day_of(now() - timedelta(days=1), ZONE)
    month = days.month_days(day.year, day.month)
    span = Span(days.span_of(month[0], ZONE).begin, min(now(), days.span_of(month[-1], ZONE).end))
    there = world_has(sandbox, one, store, span)
    wanted = {each.day for each in days.days_with_footage(there, month, ZONE)}
    found = adapter.record_days(one, store, day.year, day.month)
    assert found == wanted
    assert found


def test_a_month_with_nothing(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("OP1019")

    with answering(queryLocalRecordBitmap=no, queryCloudRecordBitmap={"bitmap": "0"}) as server:
        adapter = adapter_with(transport, server.url)
        for store in STORES:
            assert adapter.record_days(ANY, store, 2026, 4) == frozenset()
        assert asked(server, "queryLocalRecordBitmap")[0]["month"] == 4


# Pictures


def test_cloud_is_a_playlist_a_day(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, transport: Transport
) -> None:
    span = past(2)
    before = len(calls(sandbox, "createDeviceRecordHls"))
    clips = adapter.clips(one, Store.CLOUD, span)
    assert len(calls(sandbox, "createDeviceRecordHls")) == before
    assert len(clips) == 2
    assert clips[0].span.end <= clips[1].span.begin
    source = clips[0].open(clips[0].span.begin)
    assert source.protocol is MediaProtocol.HLS
    with transport.stream(source) as stream:
        assert stream.read().startswith(b"#EXTM3U")
    asked_for = calls(sandbox, "createDeviceRecordHls")[-1].params
    # One day a request: the last second of a day is the last that can be named.
    assert asked_for["endTime"] == int(clips[0].span.end.timestamp()) - 1
    recorded = world_has(sandbox, one, Store.CLOUD, clips[0].span)
    total = sum(stretch.seconds for stretch in clips[0].time_map.stretches)
    assert total == pytest.approx(recorded.seconds)


def test_a_device_plays_from_the_moment(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, transport: Transport
) -> None:
    span = past(2)
    clips = adapter.clips(one, Store.DEVICE, span)
    there = world_has(sandbox, one, Store.DEVICE, span)
    covered = SegmentSet.of_spans(clip.span for clip in clips).joined()
    assert covered.seconds >= there.seconds
    midnight = span.begin + timedelta(days=1)
    assert all(not clip.span.begin < midnight < clip.span.end for clip in clips)
    clip = next(clip for clip in clips if clip.span.seconds > 600)
    when = clip.span.begin + timedelta(seconds=301.7)
    source = clip.open(when)
    assert source.protocol is MediaProtocol.FLV
    assert source.begins == clip.span.begin + timedelta(seconds=301)
    with transport.stream(source) as stream:
        assert stream.read().startswith(b"FLV")
    asked_for = calls(sandbox, "createDeviceFlvLive")[-1].params
    assert asked_for["beginTime"] == int(source.begins.timestamp())
    assert asked_for["recordType"] == "localRecord"


@pytest.mark.parametrize("code", ["OP1012", "DV1026", "OP1021", "LV1001"])
def test_a_device_without_flv_plays_a_playlist(transport: Transport, code: str) -> None:
    def no(_params: object) -> object:
        raise Refusal(code)

    link = {"url": "https://127.0.0.1/x.m3u8"}
    records = {"records": rows(1, seconds=86_400)}
    with answering(
        queryLocalRecords=records, createDeviceFlvLive=no, createDeviceRecordHls=link
    ) as server:
        (clip,) = adapter_with(transport, server.url).clips(ANY, Store.DEVICE, DAY)
        source = clip.open(clip.span.begin + timedelta(hours=3))
        assert (source.protocol, source.begins) == (MediaProtocol.HLS, DAY.begin)
        (params,) = asked(server, "createDeviceRecordHls")
    assert params["beginTime"] == "2026-04-27 00:00:00"
    assert params["endTime"] == "2026-04-27 23:59:59"
    assert params["recordType"] == "localRecord"


def test_short_ranges_at_the_ends_of_a_day(transport: Transport) -> None:
    link = {"url": "https://127.0.0.1/x.m3u8"}
    edges = [
        ("2026-04-27 23:59:59", "2026-04-28 00:00:00"),
        ("2026-04-28 00:00:00", "2026-04-28 00:00:01"),
    ]
    records = [
        {"recordId": str(n), "beginTime": begin, "endTime": end}
        for n, (begin, end) in enumerate(edges)
    ]
    with answering(queryCloudRecords={"records": records}, createDeviceRecordHls=link) as server:
        span = Span(DAY.begin, DAY.end + timedelta(days=1))
        clips = adapter_with(transport, server.url).clips(ANY, Store.CLOUD, span)
        for clip in clips:
            clip.open(clip.span.begin)
        times = [
            (one["beginTime"], one["endTime"]) for one in asked(server, "createDeviceRecordHls")
        ]
    assert times == [("2026-04-27 23:59:58", "2026-04-27 23:59:59"), edges[1]]


def test_files_that_follow_each_other_are_one_stream(transport: Transport) -> None:
    records = [
        {"recordId": "1", "beginTime": "2026-04-27 01:00:00", "endTime": "2026-04-27 01:29:59"},
        {"recordId": "2", "beginTime": "2026-04-27 01:30:00", "endTime": "2026-04-27 01:59:59"},
        {"recordId": "3", "beginTime": "2026-04-27 02:00:02", "endTime": "2026-04-27 02:10:00"},
    ]
    with answering(queryLocalRecords={"records": records}) as server:
        clips = adapter_with(transport, server.url).clips(ANY, Store.DEVICE, DAY)
    assert [clip.span.seconds for clip in clips] == [3599, 598]


def test_nothing_is_recorded_any_more(transport: Transport) -> None:
    def gone(_params: object) -> object:
        raise Refusal("OP1019")

    with answering(queryLocalRecords={"records": rows(1)}, createDeviceFlvLive=gone) as server:
        (clip,) = adapter_with(transport, server.url).clips(ANY, Store.DEVICE, DAY)
        with pytest.raises(NotFound):
            clip.open(clip.span.begin)
