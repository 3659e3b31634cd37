"""Digests and alarms: the document's sample with every field, and events at their times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.imou.support import DOCUMENT
from vsconsole.domain.errors import BadResponse
from vsconsole.domain.model import Channel, Event, Key
from vsconsole.vendors.imou import happenings

ZONE = "Asia/Shanghai"
CHANNEL = Channel(key=Key("a", "SN1:0"), name="大门", zone=ZONE)
SAMPLE = DOCUMENT["answer"]["result"]["data"]


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC) - timedelta(hours=8)


def digest(**more: Any) -> happenings.Digest:
    (made,) = happenings.digests({"records": [{**SAMPLE["records"][0], **more}]}, ZONE)
    return made


def events(made: happenings.Digest) -> list[Event]:
    return list(happenings.events(made, CHANNEL, "aiCloudRecord"))


def test_every_field_of_the_document_s_sample() -> None:
    made = digest(productId="P1")
    assert made.record_id == "3304819"
    assert (made.product_id, made.device_id, made.channel_id) == ("P1", "TESTQWERXXXX", "0")
    assert (made.channel_name, made.encrypted, made.kind) == ("门店摄像头1", True, "包裹")
    assert made.created == beijing(2026, 4, 23)
    assert (made.size, made.seconds) == (238037, 22.0)
    assert made.picture == "http://xxxxxxxxx.xx.xxx/xxxxxx"
    assert made.record_path == "xxxxxxxxxxxxxx"
    assert (made.record_region_id, made.region) == ("xxxxx|xxxx|2|xxxxx", "1")
    assert made.expires is None
    assert made.stream_server == "https://xxxxxx.imou.com:443"
    assert (made.user_id, made.ak) == ("2212322", "tIiasd23dfsdfsdg")
    assert made.file_token == "sdhasbdkUIKIsdljfoij34"
    assert (made.business_type, made.method) == ("712", 0)
    (piece,) = made.pieces
    assert (piece.seconds, piece.tags, piece.time_point) == (24.0, ("人",), "10:00")
    assert piece.summary == "办公室内多人活动,一戴眼镜白短袖男子在工作"
    assert piece.created == piece.updated == datetime.fromtimestamp(1777258855, UTC)
    assert piece.expires == datetime.fromtimestamp(1779850855, UTC)
    assert piece.begin == beijing(2026, 4, 23, 10, 0)
    for secret in (made.ak, made.file_token):
        assert secret not in repr(made)


def test_a_piece_is_an_event_at_its_time() -> None:
    (event,) = events(digest())
    assert event.channel == CHANNEL.key
    assert event.begin == beijing(2026, 4, 23, 10, 0)
    assert event.end == event.begin + timedelta(seconds=24)
    assert (event.kind, event.title) == ("person", "Person")
    assert event.text == "办公室内多人活动,一戴眼镜白短袖男子在工作"
    assert event.picture == "http://xxxxxxxxx.xx.xxx/xxxxxx"
    assert event.raw["ak"] == event.raw["fileToken"] == "***"
    assert event.raw["mp4Videos"][0]["timePoint"] == "10:00"
    assert "xxxxxx" not in repr(event)


@pytest.mark.parametrize(
    ("point", "made", "expected"),
    [
        # Made a moment after what it shows: its seconds are better than none.
        ("11:00", 1777258855000, datetime.fromtimestamp(1777258855, UTC)),
        ("10:00", 1777258855000, beijing(2026, 4, 27, 10, 0)),
        ("09:05:07", "1777258855000", beijing(2026, 4, 27, 9, 5, 7)),
        ("9:5", 1777258855000, datetime.fromtimestamp(1777258855, UTC)),
        ("25:00", 1777258855000, datetime.fromtimestamp(1777258855, UTC)),
        ("", None, beijing(2026, 4, 27)),
        ("10:00", None, beijing(2026, 4, 27, 10, 0)),
    ],
)
def test_when_a_piece_happened(point: str, made: Any, expected: datetime) -> None:
    piece = {"timePoint": point, "createTime": made}
    (event,) = events(digest(createTime="20260427T000000", mp4Videos=[piece]))
    assert event.begin == expected
    assert event.end is None


def test_a_piece_of_a_record_without_a_day() -> None:
    piece = {"timePoint": "10:00", "createTime": 1777258855000}
    (event,) = events(digest(createTime="", mp4Videos=[piece]))
    assert event.begin == beijing(2026, 4, 27, 10, 0)
    assert events(digest(createTime="", mp4Videos=[{"timePoint": "10:00"}])) == []
    assert events(digest(createTime="", mp4Videos=[])) == []


def test_pieces_keep_their_ids_when_others_come() -> None:
    first = {"timePoint": "10:00", "summary": "a"}
    twin = {"timePoint": "10:00", "summary": "b"}
    later = {"timePoint": "12:00", "summary": "c"}
    alone = {event.text: event.id for event in events(digest(mp4Videos=[first, later]))}
    more = {event.text: event.id for event in events(digest(mp4Videos=[first, twin, later]))}
    assert {text: more[text] for text in alone} == alone
    assert len(set(more.values())) == 3
    assert all(name.startswith("aiCloudRecord/3304819/") for name in more.values())


def test_a_record_without_pieces_is_one_event() -> None:
    """So are those of the picture package."""
    made = digest(mp4Videos=None, createTime="20260423T101112", type="", insightTypeTag="车")
    (event,) = happenings.events(made, CHANNEL, "aiInsight")
    assert event.id == "aiInsight/3304819"
    assert event.begin == beijing(2026, 4, 23, 10, 11, 12)
    assert event.end == event.begin + timedelta(seconds=22)
    assert (event.kind, event.title) == ("car", "Vehicle")


@pytest.mark.parametrize(
    ("tags", "kind", "title"),
    [
        (["人", "车"], "person", "Person, Vehicle"),
        ('["宠物","AI_RISK"]', "pet", "Pet, Risk"),
        ("包裹, 无人机", "parcel", "Parcel, 无人机"),
        ('["broken', "broken", "broken"),
        ("[" * 100_000, "parcel", "Parcel"),
        (["AI_RISK", "AI_RISK", "", None], "ai_risk", "Risk"),
        # Without tags of its own a piece has its record's.
        (None, "parcel", "Parcel"),
    ],
)
def test_tags_of_any_shape(tags: Any, kind: str, title: str) -> None:
    (event,) = events(digest(mp4Videos=[{"timePoint": "10:00", "tags": tags}]))
    assert (event.kind, event.title) == (kind, title)


def test_numbers_of_any_shape() -> None:
    for value in ("24", 24, 24.0):
        assert digest(length=value).seconds == 24.0
    for value in ("x", None, -1, 10**9):
        assert digest(length=value).seconds == 0.0
    bare = digest(type=None, mp4Videos=[{"timePoint": "10:00"}])
    (event,) = events(bare)
    assert (event.kind, event.title, event.text) == ("digest", "AI digest", "")
    with pytest.raises(BadResponse):
        digest(recordId="")
    assert happenings.digests({}, ZONE) == []


# Alarms

ALARM = {
    "alarmId": 987,
    "time": 1777258855,
    "localDate": "2026-04-27 11:00:55",
    "type": 1,
    "msgType": "videoMotion",
    "labelType": "",
    "name": "大门",
    "thumbUrl": "http://h/t.jpg?token=1",
    "picurlArray": ["http://h/p.jpg?token=2"],
    "token": "secret",
}


def alarm(**more: Any) -> Event:
    (made,) = happenings.alarm_page({"alarms": [{**ALARM, **more}]}, CHANNEL).events
    return made


def test_an_alarm() -> None:
    made = alarm()
    assert made.id == "alarm/987"
    assert made.begin == datetime.fromtimestamp(1777258855, UTC)
    assert (made.kind, made.title, made.text) == ("motion", "Motion", "videoMotion")
    assert made.picture == "http://h/p.jpg?token=2"
    assert made.raw["token"] == "***"
    assert "token=" not in str(made.raw)


def test_alarms_of_any_shape() -> None:
    assert alarm(time=None).begin == datetime.fromtimestamp(1777258855, UTC)
    assert alarm(alarmId=None).id == "alarm/20260427T030055"
    assert alarm(picurlArray=None).picture == "http://h/t.jpg?token=1"
    assert alarm(picurlArray=["x"], thumbUrl="").picture == ""
    made = alarm(labelType="humanAlarm", msgType="human")
    assert (made.kind, made.title, made.text) == ("person", "Person", "humanAlarm human")
    made = alarm(labelType="", msgType="fromTheFuture")
    assert (made.kind, made.title) == ("fromthefuture", "Alarm")
    made = alarm(labelType="", msgType="")
    assert (made.kind, made.title) == ("alarm", "Alarm")


def test_pages_of_alarms() -> None:
    page = happenings.alarm_page({"alarms": [ALARM], "nextAlarmId": 55}, CHANNEL)
    assert (page.count, page.following) == (1, "55")
    lost = {**ALARM, "time": "", "localDate": ""}
    page = happenings.alarm_page({"alarms": [ALARM, lost]}, CHANNEL)
    assert (len(page.events), page.count, page.following) == (1, 2, "987")
    for nothing in ({}, None, {"alarms": None}):
        assert happenings.alarm_page(nothing, CHANNEL) == happenings.AlarmPage(
            events=(), count=0, following=""
        )
