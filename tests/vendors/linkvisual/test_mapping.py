from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from vsconsole.domain.errors import BadResponse, Rejected, StreamUnavailable
from vsconsole.domain.model import Ability, DeviceKind, Key, Status
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.vendors.linkvisual import mapping
from vsconsole.vendors.linkvisual.mapping import File, Tokens
from vsconsole.vendors.linkvisual.things import Model

KEY = Key("a1", "iot1")


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


BOUND = {
    "iotId": "iot1",
    "productKey": "a1XpK",
    "deviceName": "cam-1",
    "productName": "IPC",
    "nickName": "喷泉",
    "status": 1,
    "owned": 1,
    "nodeType": "DEVICE",
    "thingType": "DEVICE",
    "categoryKey": "Camera",
}

# Devices


def test_a_device() -> None:
    device = mapping.device("a1", BOUND)
    assert device.key == Key("a1", "dev:iot1")
    assert (device.name, device.kind, device.status) == ("喷泉", DeviceKind.CAMERA, Status.ONLINE)
    assert device.raw["productKey"] == "a1XpK"
    assert mapping.product(BOUND) == "a1XpK"
    assert mapping.product({"iotId": "iot1"}) == "iot1"
    with pytest.raises(BadResponse):
        mapping.device("a1", {"nickName": "x"})


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ({"nickName": "n", "deviceName": "d"}, "n"),
        ({"nickName": "", "deviceName": "d", "productName": "p"}, "d"),
        ({"nickName": None, "productName": "p"}, "p"),
        ({}, "iot1"),
    ],
)
def test_names(raw: dict[str, Any], name: str) -> None:
    assert mapping.device("a1", {"iotId": "iot1", **raw}).name == name


@pytest.mark.parametrize(
    ("status", "meant"),
    [
        (0, Status.UNREGISTERED),
        ("1", Status.ONLINE),
        (3, Status.OFFLINE),
        (8, Status.DISABLED),
        (5, Status.UNKNOWN),
        (None, Status.UNKNOWN),
    ],
)
def test_status(status: Any, meant: Status) -> None:
    assert mapping.device("a1", {**BOUND, "status": status}).status is meant


def test_a_recorder_and_a_channel_behind_it() -> None:
    recorder = mapping.device("a1", {**BOUND, "iotId": "nvr", "nodeType": "gateway", "status": 3})
    assert recorder.kind is DeviceKind.NVR
    channel = mapping.channel(recorder, BOUND, Model({"QueryRecordList": ()}))
    assert channel.key == KEY
    assert channel.parent == recorder.key
    assert channel.status is Status.OFFLINE
    assert channel.abilities == {
        Ability.LIVE,
        Ability.SUB_STREAM,
        Ability.CLOUD_RECORDS,
        Ability.DEVICE_RECORDS,
        Ability.DOWNLOAD,
        Ability.EVENTS,
    }
    assert channel.zone == "Asia/Shanghai"
    assert Model.kept(channel) == Model({"QueryRecordList": ()})


@pytest.mark.parametrize(
    ("owner", "own", "shown"),
    [
        (1, 1, Status.ONLINE),
        (1, 3, Status.OFFLINE),
        (3, 1, Status.OFFLINE),
        (None, 1, Status.ONLINE),
        (1, None, Status.ONLINE),
    ],
)
def test_a_channel_is_no_better_off_than_its_recorder(owner: Any, own: Any, shown: Status) -> None:
    recorder = mapping.device("a1", {**BOUND, "iotId": "nvr", "status": owner})
    assert mapping.channel(recorder, {**BOUND, "status": own}, Model()).status is shown


def test_tokens() -> None:
    data = {
        "iotToken": "t",
        "refreshToken": "r",
        "identityId": "i",
        "iotTokenExpire": 72000,
    }
    assert mapping.tokens(data) == Tokens("t", "r", "i")
    assert mapping.tokens({"iotToken": "t"}) == Tokens("t")
    for missing in (None, [], {}, {"refreshToken": "r"}):
        with pytest.raises(BadResponse):
            mapping.tokens(missing)


# Pages and times


@pytest.mark.parametrize(
    ("data", "milliseconds", "found"),
    [
        ({"nextValid": True, "nextBeginTime": 1700532000}, False, (True, 1700532000)),
        ({"nextValid": "true", "nextBeginTime": "1700532000"}, False, (True, 1700532000)),
        ({"nextValid": True, "nextBeginTime": 1700532000123}, False, (True, 1700532000)),
        ({"nextValid": True, "nextBeginTime": 1700532000123}, True, (True, 1700532000123)),
        # An int of the document's own type holds seconds only.
        ({"nextValid": True, "nextBeginTime": 1700532000}, True, (True, 1700532000000)),
        ({"nextValid": False, "nextBeginTime": 0}, False, (False, 0)),
        ({"nextValid": False, "nextBeginTime": -1}, True, (False, 0)),
        ({}, False, (False, 0)),
        (None, False, (False, 0)),
    ],
)
def test_following(data: Any, milliseconds: bool, found: tuple[bool, int]) -> None:
    assert mapping.following(data, milliseconds=milliseconds) == found


@pytest.mark.parametrize(
    ("raw", "when"),
    [
        (
            {"eventTime": "2018-06-01 12:30:05", "eventTimeUTC": "2018-06-01T04:30:05Z"},
            at(2018, 6, 1, 4, 30, 5),
        ),
        # The twin counts, whatever zone the other one is in.
        (
            {"eventTime": "2018-06-01 06:30:05", "eventTimeUTC": "2018-06-01T04:30:05Z"},
            at(2018, 6, 1, 4, 30, 5),
        ),
        ({"eventTimeUTC": "2018-06-01T04:30:05"}, at(2018, 6, 1, 4, 30, 5)),
        ({"eventTime": "2018-06-01 12:30:05"}, at(2018, 6, 1, 4, 30, 5)),
        ({"eventTime": "2018-06-01 12:30:05", "eventTimeUTC": ""}, at(2018, 6, 1, 4, 30, 5)),
        ({"eventTime": 1527827405000}, at(2018, 6, 1, 4, 30, 5)),
        ({"eventTime": "1527827405"}, at(2018, 6, 1, 4, 30, 5)),
        ({"eventTime": "yesterday"}, None),
        ({"eventTime": ""}, None),
        ({}, None),
    ],
)
def test_moments(raw: dict[str, Any], when: datetime | None) -> None:
    assert mapping.moment(raw, "eventTime") == when


def test_seconds_are_rounded() -> None:
    assert mapping.seconds(at(2023, 11, 21, 7)) == 1700550000
    half = datetime(2023, 11, 21, 7, 0, 0, 500_000, tzinfo=UTC)
    assert mapping.seconds(half) == 1700550000
    assert mapping.seconds(half, up=True) == 1700550001
    assert mapping.seconds(at(2023, 11, 21, 7), up=True) == 1700550000


# Recordings

FILE = {
    "beginTime": "2018-06-01 12:00:00",
    "endTime": "2018-06-01 12:30:00",
    "beginTimeUTC": "2018-06-01T04:00:00Z",
    "endTimeUTC": "2018-06-01T04:30:00Z",
    "recordType": 0,
    "streamType": 0,
    "fileName": "f1",
    "fileSize": 1234,
}
HALF_HOUR = Span(at(2018, 6, 1, 4), at(2018, 6, 1, 4, 30))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({}, SegmentKind.CONTINUOUS),
        ({"recordType": "1"}, SegmentKind.ALARM),
        ({"recordType": 2}, SegmentKind.MANUAL),
        ({"recordType": 3}, SegmentKind.MANUAL),
        ({"recordType": 9}, SegmentKind.UNKNOWN),
        ({"recordType": None}, SegmentKind.UNKNOWN),
    ],
)
def test_files_of_the_cloud(change: dict[str, Any], kind: SegmentKind) -> None:
    data = {"recordFileList": [{**FILE, **change}], "nextValid": False, "nextBeginTime": 0}
    assert mapping.cloud_files(data) == [File("f1", HALF_HOUR, kind)]


@pytest.mark.parametrize(
    "change",
    [
        {"fileName": ""},
        {"beginTime": "", "beginTimeUTC": ""},
        {"endTime": None, "endTimeUTC": None},
        {"endTimeUTC": "2018-06-01T04:00:00Z"},
    ],
)
def test_files_that_are_none(change: dict[str, Any]) -> None:
    assert mapping.cloud_files({"recordFileList": [{**FILE, **change}]}) == []


def test_files_of_a_card() -> None:
    rows = [
        {"BeginTime": 1527825600, "EndTime": 1527827400, "Type": 1, "FileName": "c1", "Size": 5},
        {"BeginTime": "1527827400", "EndTime": "1527827460", "Type": "2", "FileName": "c2"},
        {"BeginTime": 1527827460, "EndTime": 1527827520, "Type": 3},
        {"BeginTime": 1527827520, "EndTime": 1527827580},
        {"BeginTime": 5, "EndTime": 5},
        {"BeginTime": 1527825600000, "EndTime": 1527827400000},
        {},
    ]
    assert mapping.card_rows({"RecordList": rows}) == rows
    assert mapping.card_rows({"TimeList": rows}) == rows
    assert mapping.card_rows({"data": {"TimeList": rows}}) == rows
    assert mapping.card_rows({"messageId": "1"}) == []
    found = mapping.card_files(rows)
    assert [(file.name, file.kind) for file in found] == [
        ("c1", SegmentKind.MANUAL),
        ("c2", SegmentKind.ALARM),
        ("", SegmentKind.CONTINUOUS),
        ("", SegmentKind.UNKNOWN),
    ]
    assert found[0].span == HALF_HOUR


def test_days_of_a_month() -> None:
    flags = "1" + "0" * 13 + "12" + "0" * 15
    assert len(flags) == 31
    assert mapping.days({"recordFlags": flags}) == {1, 15, 16}
    assert mapping.days({"recordFlags": "1" * 40}) == set(range(1, 32))
    assert mapping.days({"recordFlags": ""}) == frozenset()
    assert mapping.days(None) == frozenset()


def test_transcoding() -> None:
    done = {"url": "https://v.test/a.mp4?t=1", "status": 0, "progress": 100}
    assert mapping.transcoded(done) == ("https://v.test/a.mp4?t=1", 100)
    assert mapping.transcoded({"url": "", "status": "1", "progress": "40"}) == ("", 40)
    assert mapping.transcoded({"url": None, "status": 1}) == ("", 0)
    assert mapping.transcoded({"status": 1, "progress": 140}) == ("", 100)
    with pytest.raises(Rejected):
        mapping.transcoded({"url": "", "status": -1, "progress": 3})
    with pytest.raises(StreamUnavailable):
        mapping.transcoded({"url": "", "status": 0, "progress": 100})
    for missing in (None, {}, {"progress": 5}):
        with pytest.raises(BadResponse):
            mapping.transcoded(missing)


# Addresses


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("rtmp://h.test:8000/live?token=x", MediaProtocol.RTMP),
        ("rtsp://h.test/a", MediaProtocol.RTSP),
        ("https://h.test/a.m3u8?token=x", MediaProtocol.HLS),
        ("https://h.test/vod/hls/play?token=x", MediaProtocol.HLS),
        ("https://h.test/a.FLV", MediaProtocol.FLV),
        ("https://h.test/vod/flv/play/1.x", MediaProtocol.FLV),
        ("https://h.test/a.mp4?x=.m3u8", MediaProtocol.FILE),
        ("https://h.test/play?token=x", MediaProtocol.FILE),
    ],
)
def test_addresses(url: str, protocol: MediaProtocol) -> None:
    assert mapping.address({"vodUrl": url}, "vodUrl") == url
    assert mapping.protocol(url) is protocol


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"vodUrl": ""},
        {"vodUrl": "file:///etc/passwd"},
        {"vodUrl": "/tmp/x.mp4"},
        {"vodUrl": "smb://h/x"},
        {"vodUrl": "http://[bad"},
    ],
)
def test_what_is_no_address(data: Any) -> None:
    with pytest.raises(StreamUnavailable):
        mapping.address(data, "vodUrl")


# Events and pictures

EVENT = {
    "eventId": "e1",
    "eventTime": "2018-06-01 12:30:05",
    "eventTimeUTC": "2018-06-01T04:30:05Z",
    "eventType": 1,
    "eventDesc": "移动侦测",
    "eventPicId": "p1",
    "eventData": "zone 2",
    "eventPicUrl": "https://v.test/p1.jpg?sign=HIDDEN",
    "eventPicThumbUrl": "https://v.test/p1s.jpg?sign=HIDDEN",
}


def test_an_event() -> None:
    (event,) = mapping.events(KEY, {"eventList": [EVENT]})
    assert (event.id, event.channel, event.begin) == ("e1", KEY, at(2018, 6, 1, 4, 30, 5))
    assert (event.kind, event.title, event.text) == ("motion", "Motion", "移动侦测; zone 2")
    assert event.picture == "https://v.test/p1.jpg?sign=HIDDEN"
    assert "HIDDEN" not in repr(event)
    assert "HIDDEN" not in str(event.raw)
    assert mapping.picture_id(event.raw) == "p1"


@pytest.mark.parametrize(
    ("change", "kind", "title"),
    [
        ({"intelligentTypeList": "3"}, "human", "Person"),
        ({"intelligentTypeList": "[2,3]"}, "human", "Person"),
        ({"intelligentTypeList": 3}, "human", "Person"),
        ({"intelligentTypeList": [1, "3"]}, "human", "Person"),
        ({"intelligentTypeList": "13"}, "motion", "Motion"),
        ({"intelligentTypeList": None}, "motion", "Motion"),
        ({"eventType": 7}, "7", "7"),
        ({"eventType": "1"}, "motion", "Motion"),
    ],
)
def test_kinds_of_events(change: dict[str, Any], kind: str, title: str) -> None:
    (event,) = mapping.events(KEY, {"eventList": [{**EVENT, **change}]})
    assert (event.kind, event.title) == (kind, title)


def test_what_is_meant_for_programs_is_not_shown() -> None:
    rows = [{**EVENT, "eventData": '{"alarmType": 1}'}, {**EVENT, "eventDesc": None}]
    shown = [event.text for event in mapping.events(KEY, {"eventList": rows})]
    assert shown == ["移动侦测", "zone 2"]


def test_events_that_do_not_say_which_or_when() -> None:
    rows = [{**EVENT, "eventId": ""}, {**EVENT, "eventTime": "", "eventTimeUTC": ""}, None]
    assert mapping.events(KEY, {"eventList": rows}) == []
    assert mapping.events(KEY, None) == []


def test_pictures() -> None:
    row = {
        "iotId": "iot1",
        "pictureId": "p9",
        "pictureTime": "2018-06-01 12:30:05",
        "pictureTimeUTC": "2018-06-01T04:30:05Z",
        "pictureUrl": "",
        "thumbUrl": "https://v.test/p9s.jpg",
        "eventType": 0,
        "source": 2,
        "intelligentTypeList": 3,
    }
    (made,) = mapping.pictures(KEY, {"pictureList": [row]})
    assert (made.id, made.kind, made.title) == ("picture:p9", "picture", "Picture")
    assert made.begin == at(2018, 6, 1, 4, 30, 5)
    assert made.picture == "https://v.test/p9s.jpg"
    assert mapping.picture_id(made.raw) == "p9"
    rows = [{**row, "pictureId": None}, {**row, "pictureTime": "", "pictureTimeUTC": ""}]
    assert mapping.pictures(KEY, {"pictureList": rows}) == []


def test_pictures_by_event() -> None:
    rows = [
        {"eventId": "e1", "alarmPicId": "p1", "picUrl": "https://v.test/1.jpg"},
        {"eventId": "e2", "picUrl": "javascript:alert(1)", "thumbUrl": "http://v.test/2.jpg"},
        {"eventId": "e3", "picUrl": ""},
        {"picUrl": "https://v.test/4.jpg"},
    ]
    assert mapping.pictures_by_event({"pictureList": rows}) == {
        "e1": "https://v.test/1.jpg",
        "e2": "http://v.test/2.jpg",
    }
    assert mapping.picture_id(rows[0]) == "p1"
    assert mapping.picture_id({}) == ""
