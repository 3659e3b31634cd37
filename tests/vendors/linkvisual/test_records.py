"""Recordings in the cloud and on the card: paging, overlaps, an address for each opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.linkvisual.support import HOUR, INVOKE, NOON, VISION, Gateway, camera, file
from vsconsole.domain.errors import StreamUnavailable, Unsupported
from vsconsole.domain.model import Store
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter


def by_next_begin(rows: list[dict[str, Any]], begins: list[int], size: int) -> Any:
    """Pages that say when the next one begins, as seconds."""

    def answer(params: Mapping[str, Any]) -> Any:
        since = params["beginTime"]
        held = [one for one, begin in zip(rows, begins, strict=True) if begin >= since]
        left = [begin for begin in begins if begin >= since]
        first = params["pageStart"] * size
        more = len(held) > first + size
        return {
            "recordFileList": held[first : first + size],
            "nextValid": more,
            "nextBeginTime": left[first + size] if more else 0,
        }

    return answer


def test_pages_go_on_where_the_vendor_says(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    begins = [NOON + timedelta(minutes=5 * i) for i in range(12)]
    rows = [file(i, begin, 300) for i, begin in enumerate(begins)]
    stamps = [int(begin.timestamp()) for begin in begins]
    gateway.answers[VISION + "record/query"] = by_next_begin(rows, stamps, 5)
    (segment,) = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert segment.span == HOUR
    asked = gateway.calls("record/query")
    assert [(one["beginTime"], one["pageStart"]) for one in asked] == [
        (int(NOON.timestamp()) - 3600, 0),
        (stamps[5], 0),
        (stamps[10], 0),
    ]
    assert all(one["pageSize"] == 500 and one["endTime"] == stamps[0] + 3600 for one in asked)


def test_more_rows_at_one_time_than_a_page_holds(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    rows = [file(i, NOON, 60 + i) for i in range(7)]
    gateway.answers[VISION + "record/query"] = by_next_begin(rows, [int(NOON.timestamp())] * 7, 2)
    (segment,) = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert segment.span.seconds == 66
    assert [one["pageStart"] for one in gateway.calls("record/query")] == [0, 0, 1, 2, 3]


def test_pages_without_end_end(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "record/query"] = {
        "recordFileList": [file(1, NOON, 60)],
        "nextValid": True,
        "nextBeginTime": 0,
    }
    assert len(adapter.segments(camera(), Store.CLOUD, HOUR)) == 1
    assert len(gateway.calls("record/query")) == 3


def test_kinds_and_overlaps(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    rows = [
        file(3, NOON + timedelta(minutes=20), 1200, recordType=2),
        file(1, NOON - timedelta(minutes=10), 1800),
        file(2, NOON + timedelta(minutes=5), 300, recordType=1),
    ]
    gateway.answers[VISION + "record/query"] = {"recordFileList": rows, "nextValid": False}
    segments = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert [(one.kind, one.span.seconds) for one in segments] == [
        (SegmentKind.CONTINUOUS, 300),
        (SegmentKind.ALARM, 300),
        (SegmentKind.CONTINUOUS, 600),
        (SegmentKind.MANUAL, 1200),
    ]
    clips = adapter.clips(camera(), Store.CLOUD, HOUR)
    # The alarm's file lies wholly inside the first one.
    assert [(clip.span.begin, clip.span.seconds) for clip in clips] == [
        (NOON, 1200),
        (NOON + timedelta(minutes=20), 1200),
    ]
    # The media of the first one began ten minutes before the question.
    assert clips[0].time_map.media_at(NOON) == 600
    assert gateway.calls("getbyfilename") == []


def test_every_opening_asks_for_an_address_of_its_own(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[VISION + "record/query"] = {"recordFileList": [file(1, NOON, 60)]}
    gateway.answers[VISION + "vod/getbyfilename"] = [
        {"vodUrl": "https://v.test/1.mp4?auth_key=A"},
        {"vodUrl": "https://v.test/1.m3u8?auth_key=B"},
        {"vodUrl": ""},
    ]
    (clip,) = adapter.clips(camera(), Store.CLOUD, HOUR)
    first = clip.open(NOON)
    second = clip.open(NOON + timedelta(seconds=30))
    assert (first.protocol, second.protocol) == (MediaProtocol.FILE, MediaProtocol.HLS)
    assert first.url != second.url
    for source in (first, second):
        assert source.single_use
        assert source.begins == NOON
        assert "auth_key" not in repr(source)
    with pytest.raises(StreamUnavailable):
        clip.open(NOON)
    # What the files are is told by the last one that was opened.
    assert (clip.protocol, clip.gapless) == (MediaProtocol.FILE, True)
    (again,) = adapter.clips(camera(), Store.CLOUD, HOUR)
    assert again.protocol is MediaProtocol.HLS
    assert gateway.calls("getbyfilename") == [{"iotId": "cam", "fileName": "f1"}] * 3


def test_nothing_is_asked_of_the_future(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    assert adapter.segments(camera(), Store.CLOUD, Span(ahead, ahead + timedelta(days=1))) == []
    assert adapter.clips(camera(), Store.CLOUD, Span(NOON, NOON)) == []
    assert gateway.asked == []


def test_the_calendar(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "monthrecord/query"] = {"recordFlags": "1" + "0" * 28 + "1"}
    assert adapter.record_days(camera(), Store.CLOUD, 2023, 6) == {1, 30}
    assert gateway.calls("monthrecord/query") == [{"iotId": "cam", "month": "202306"}]
    with pytest.raises(Unsupported):
        adapter.record_days(camera("QueryRecordList"), Store.DEVICE, 2023, 6)


# Recordings on the card


def card(begins: list[int], seconds: int, key: str = "RecordList") -> Any:
    def answer(params: Mapping[str, Any]) -> Any:
        args = params["args"]
        found = [
            {"FileName": f"c{begin}", "BeginTime": begin, "EndTime": begin + seconds, "Type": 3}
            for begin in begins
            if args["BeginTime"] < begin + seconds and begin < args["EndTime"]
        ]
        if key == "TimeList":
            found = [{k: v for k, v in one.items() if k != "FileName"} for one in found]
        return {"messageId": "m", key: list(reversed(found))[: args["QuerySize"]]}

    return answer


def test_a_card_that_tells_only_its_newest_files(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    start = int(NOON.timestamp())
    gateway.answers[INVOKE] = card([start + 10 * i for i in range(360)], 10)
    channel = camera("QueryRecordList")
    (segment,) = adapter.segments(channel, Store.DEVICE, HOUR)
    assert segment.span == HOUR
    clips = adapter.clips(channel, Store.DEVICE, HOUR)
    assert len(clips) == 360
    first = gateway.calls(INVOKE)[0]
    assert first["identifier"] == "QueryRecordList"
    assert first["args"] == {
        "BeginTime": start - 3600,
        "EndTime": start + 3600,
        "QuerySize": 128,
        "Type": 0,
    }


def test_card_files_begin_where_they_are_wanted(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[INVOKE] = card([int(NOON.timestamp())], 600)
    gateway.answers[VISION + "vod/localfile/getbyname"] = {"vodUrl": "rtmp://r.test/vod?token=x"}
    (clip,) = adapter.clips(camera("QueryRecordList"), Store.DEVICE, HOUR)
    source = clip.open(NOON + timedelta(seconds=90.7))
    assert (source.protocol, source.single_use) == (MediaProtocol.RTMP, True)
    assert source.begins == NOON + timedelta(seconds=90)
    clip.open(NOON + timedelta(hours=5))
    asked = gateway.calls("getbyname")
    assert asked[0] == {
        "iotId": "cam",
        "fileName": f"c{int(NOON.timestamp())}",
        "seekTime": 90,
        "encrypted": False,
    }
    assert asked[1]["seekTime"] == 599


def test_cards_that_tell_times_only(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    start = int(NOON.timestamp())
    gateway.answers[INVOKE] = card([start], 600, "TimeList")
    gateway.answers[VISION + "vod/localfile/getbytime"] = {"vodUrl": "https://v.test/x.flv?t=1"}
    (clip,) = adapter.clips(camera("QueryRecordTimeList"), Store.DEVICE, HOUR)
    assert gateway.calls(INVOKE)[0]["identifier"] == "QueryRecordTimeList"
    source = clip.open(NOON + timedelta(seconds=5))
    assert source.protocol is MediaProtocol.FLV
    assert gateway.calls("getbytime") == [
        {
            "iotId": "cam",
            "beginTime": start,
            "endTime": start + 600,
            "seekTime": 5,
            "encrypted": False,
        }
    ]


@pytest.mark.parametrize("store", [Store.DEVICE, Store.LOCAL])
def test_stores_that_are_not_there(adapter: LinkVisualAdapter, store: Store) -> None:
    with pytest.raises(Unsupported):
        adapter.segments(camera(), store, HOUR)
    with pytest.raises(Unsupported):
        adapter.download_limits(camera(), store)
