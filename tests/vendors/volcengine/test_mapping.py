"""From the wire: the pages' samples, and what servers make of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from vsconsole.domain.errors import BadResponse, NotFound, RateLimited, StreamUnavailable
from vsconsole.domain.model import Ability, Channel, Device, DeviceKind, Group, Key, Status, Store
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind
from vsconsole.net.client import as_query
from vsconsole.net.transport import Response
from vsconsole.vendors.volcengine.endpoints import ENDPOINTS
from vsconsole.vendors.volcengine.mapping import control, footage, tree, wire

DOCUMENT = json.loads((Path(__file__).parent / "document.json").read_text(encoding="utf-8"))
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
PLAY = BY_NAME["CloudRecordPlay"]
SPACE = Group(key=Key("a", "space:s-1"), name="园区", raw={"AccessType": "gb28181"})


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=content,
    )


# Requests


def test_the_documents_request() -> None:
    made = wire.request(PLAY, PLAY.check(DOCUMENT["request"]), "open.volcengineapi.com")
    assert made.method == "POST"
    assert made.path == "/"
    assert as_query(made.query) == "Action=CloudRecordPlay&Version=2021-01-01"
    assert json.loads(made.body) == DOCUMENT["request"]
    assert made.headers["Content-Type"] == "application/json"


def test_times_that_are_numbers_go_as_numbers() -> None:
    values = PLAY.check({"StreamID": "s", "StartTs": 1688390000, "EndTs": "1688393600"})
    body = json.loads(wire.request(PLAY, values, "h").body)
    assert (body["StartTs"], body["EndTs"]) == (1688390000, 1688393600)
    assert isinstance(body["EndTs"], int)


def test_queries_are_sorted_and_lists_are_numbered() -> None:
    spaces = BY_NAME["ListSpaces"]
    values = spaces.check(
        {"PageSize": 5, "TagFilters": [{"Key": "b", "Values": ["x", "y"]}, {"Key": "a"}]}
    )
    made = wire.request(spaces, values, "h")
    assert made.query == (
        ("Action", "ListSpaces"),
        ("PageSize", "5"),
        ("TagFilters.1.Key", "b"),
        ("TagFilters.1.Values.1", "x"),
        ("TagFilters.1.Values.2", "y"),
        ("TagFilters.2.Key", "a"),
        ("Version", "2021-01-01"),
    )
    assert made.body == b""
    assert "Content-Type" not in made.headers


def test_paging_of_a_post_stands_in_both_places() -> None:
    listing = BY_NAME["ListStreamRecords"]
    values = listing.check(
        {"StreamID": "s", "StartTime": 1, "EndTime": 2, "PageNumber": 3, "PageSize": 30000}
    )
    made = wire.request(listing, values, "h")
    assert dict(made.query)["PageNumber"] == "3"
    assert json.loads(made.body)["PageNumber"] == 3


# Envelope


def test_the_documents_answer() -> None:
    data = wire.payload(PLAY, answer(DOCUMENT["answer"]))
    assert data == DOCUMENT["answer"]["Result"]
    assert footage.record_url(data, "HLS", "ID") == data["HLS"]
    assert footage.record_url({"ID": data["ID"], "HLS": ""}, "HLS", "ID") == data["ID"]
    assert footage.record_url(data, "mp4") == data["MP4"]
    assert footage.protocol_of(data["HLS"]) is MediaProtocol.HLS
    assert footage.protocol_of(data["ID"]) is MediaProtocol.HLS
    assert footage.protocol_of(data["MP4"]) is MediaProtocol.FILE


def test_an_answer_without_a_result() -> None:
    assert wire.payload(PLAY, answer({"ResponseMetadata": {"RequestId": "r"}})) is None


@pytest.mark.parametrize("status", [200, 404])
def test_an_error_in_the_envelope_counts_with_any_status(status: int) -> None:
    fault = {"CodeN": 1, "Code": "NotFound.DeviceData", "Message": "no device"}
    body = {"ResponseMetadata": {"RequestId": "r-9", "Error": fault}}
    with pytest.raises(NotFound) as caught:
        wire.payload(PLAY, answer(body, status))
    assert caught.value.request_id == "r-9"
    assert caught.value.why == "no device"


def test_an_error_without_words() -> None:
    body = {"ResponseMetadata": {"RequestId": "r", "Error": {"CodeN": 100018}}}
    with pytest.raises(RateLimited) as caught:
        wire.payload(PLAY, answer(body, 429, retry_after="7"))
    assert caught.value.code == "100018"
    assert caught.value.retry_after == 7
    for odd in ("broken", {"ResponseMetadata": {"RequestId": "r"}, "Result": 1}):
        fault = {"ResponseMetadata": {"Error": odd}} if isinstance(odd, str) else odd
        with pytest.raises(Exception, match=r"refused") as other:
            wire.payload(PLAY, answer(fault, 500))
        assert getattr(other.value, "code", "") == "500"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"Result": {}}', b'{"ResponseMetadata": 1}'])
def test_what_is_no_envelope(body: bytes) -> None:
    with pytest.raises(BadResponse):
        wire.payload(PLAY, answer(body))


# Readers


def test_numbers_and_texts() -> None:
    assert [wire.text(v) for v in ("a ", 5, 1.5, True, None, [])] == ["a", "5", "1.5", "", "", ""]
    assert [wire.integer(v, -1) for v in ("5", 5, "5.0", 5.9, "x", None, True, 1e999)] == [
        5,
        5,
        5,
        5,
        -1,
        -1,
        -1,
        -1,
    ]
    assert wire.rows([{"a": 1}, 2, None]) == [{"a": 1}]
    assert wire.rows({"L": [{"a": 1}]}, "L") == [{"a": 1}]
    assert wire.rows({"L": None}, "L") == wire.rows("text") == wire.rows(None) == []
    assert wire.total({"TotalCount": "7"}) == 7
    assert wire.total({"TotalCount": "?"}) is None
    assert wire.total({}) is wire.total([]) is None
    for raw in ({}, {"A": ""}, None, []):
        with pytest.raises(BadResponse):
            wire.needed(raw, "A")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1688390000, datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)),
        ("1688390000", datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)),
        (1688390000500, datetime(2023, 7, 3, 13, 13, 20, 500000, tzinfo=UTC)),
        ("2023-07-03T21:13:20+08:00", datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)),
        ("2023-07-03T21:13:20", datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)),
        ("2023-07-03T13:13:20Z", datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)),
        (0, None),
        (10**18, None),
        ("", None),
        (None, None),
        ("yesterday", None),
    ],
)
def test_moments(value: Any, expected: datetime | None) -> None:
    assert wire.moment(value) == expected


def test_seconds_and_texts_of_instants() -> None:
    when = datetime(2023, 7, 3, 13, 10, 10, 300000, tzinfo=UTC)
    assert wire.rfc3339(wire.seconds(when)) == "2023-07-03T21:10:10+08:00"
    assert wire.rfc3339(wire.seconds(when, up=True)) == "2023-07-03T21:10:11+08:00"
    whole = when.replace(microsecond=0)
    assert wire.seconds(whole, up=True) == wire.seconds(whole)


# Spaces, groups, devices


def test_spaces() -> None:
    made = tree.space("a", {"SpaceID": "s-1", "SpaceName": "", "AccessType": "rtmp"})
    assert (made.key.native, made.name) == ("space:s-1", "s-1")
    assert tree.is_pushed(made.raw)
    assert not tree.is_pushed(SPACE.raw)
    assert tree.is_pushed({"SpaceAccessType": "RTMP"})
    assert tree.native_space(made.key) == "s-1"
    assert tree.native_space(Key("a", "group:g")) == tree.native_space(None) == ""
    assert tree.native_device(made.key) == tree.native_device(None) == ""


def node(ident: str, name: str, *below: dict[str, Any], **device: str) -> dict[str, Any]:
    made: dict[str, Any] = {"ID": ident, "Name": name, "Nodes": list(below) or None}
    made["Device"] = device or None
    return made


def test_the_group_tree() -> None:
    data = {
        "Nodes": [
            node(
                "root",
                "园区",
                node(
                    "g1",
                    "东区",
                    node("n1", "Cam", ID="d1", DeviceName="Cam"),
                    node("n2", "", ID="d2", DeviceName="Other"),
                    node("n3", "北门", ID="d3", DeviceName="Gate"),
                ),
                node("g2", "", node("n4", "x", ID="d1", DeviceName="x")),
                node("g1", "东区 again"),
                node("", "nameless"),
                node("g3", "NVR", node("n5", "Y", ID="d5", DeviceName="Y"), ID="d4"),
            ),
        ]
    }
    groups, places = tree.tree(SPACE, data)
    assert [(g.key.native, g.name, g.parent and g.parent.native) for g in groups] == [
        ("group:g1", "东区", "space:s-1"),
        ("group:n3", "北门", "group:g1"),
        ("group:g2", "g2", "space:s-1"),
        ("group:g3", "NVR", "space:s-1"),
    ]
    assert {device: key.native for device, key in places.items()} == {
        "d1": "group:g1",
        "d2": "group:g1",
        "d3": "group:n3",
        "d4": "group:g3",
        "d5": "group:g3",
    }
    assert "Nodes" not in groups[0].raw
    assert tree.tree(SPACE, None) == ([], {})


def device_raw(**changed: Any) -> dict[str, Any]:
    return {
        "DeviceID": "d-1",
        "DeviceNSID": "34020000001180000001",
        "DeviceName": "大厅NVR",
        "Type": "NVR",
        "Status": "online",
        "Username": "admin",
        "Password": "hidden-password",
        "DeviceStreams": {"1": {"PullUrls": ["rtmp://a.test/x?volcSecret=HIDDEN"]}},
        **changed,
    }


def test_devices() -> None:
    group = tree.group_key("a", "g1")
    made = tree.device(SPACE, {"d-1": group}, device_raw())
    assert made.key.native == "dev:s-1:d-1"
    assert (tree.native_space(made.key), tree.native_device(made.key)) == ("s-1", "d-1")
    assert (made.name, made.kind, made.parent) == ("大厅NVR", DeviceKind.NVR, group)
    assert made.status is Status.ONLINE
    for secret in ("admin", "hidden-password", "HIDDEN"):
        assert secret not in str(made.raw)
    bare = tree.device(SPACE, {}, {"DeviceID": "d-2"})
    assert (bare.name, bare.kind, bare.parent) == ("d-2", DeviceKind.CAMERA, SPACE.key)
    assert bare.status is Status.UNKNOWN


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("unregistered", Status.UNREGISTERED),
        ("offline", Status.OFFLINE),
        ("invalid_password", Status.OFFLINE),
        ("disabled", Status.DISABLED),
        ("channel_update", Status.ONLINE),
        ("Online", Status.ONLINE),
        ("new", Status.UNKNOWN),
    ],
)
def test_states_of_devices(told: str, status: Status) -> None:
    assert tree.device(SPACE, {}, device_raw(Status=told)).status is status


def owner(**changed: Any) -> Device:
    return tree.device(SPACE, {}, device_raw(**changed))


def item(**changed: Any) -> dict[str, Any]:
    return {
        "ChannelID": "34020000001320000001",
        "Name": "大厅",
        "Status": "ON",
        "PTZType": 1,
        "Resolution": "6/3",
        **changed,
    }


def one_channel(device: Device, row: dict[str, Any], **more: Any) -> Channel:
    (made,) = tree.channels(device, {"Channels": [row], **more})
    return made


@pytest.mark.parametrize("wrap", [lambda one: one, lambda one: [one]], ids=["object", "list"])
def test_channels(wrap: Any) -> None:
    made = one_channel(owner(), {"StreamID": "st-1", "DeviceItem": wrap(item())})
    assert made.key.native == "st-1"
    assert (made.name, made.status) == ("大厅", Status.ONLINE)
    assert made.parent == owner().key
    assert made.stores == (Store.CLOUD, Store.DEVICE)
    assert Ability.PTZ in made.abilities
    assert made.raw["DeviceNSID"] == "34020000001180000001"
    assert made.raw["ChannelID"] == "34020000001320000001"
    assert tree.gb_name(made) is None


def test_a_channel_without_a_stream_is_named_by_national_ids() -> None:
    made = one_channel(owner(DeviceNSID=None), {"DeviceItem": item()}, DeviceNSID="3402")
    assert made.key.native == "gb:3402:34020000001320000001"
    assert tree.gb_name(made) == ("3402", "34020000001320000001")
    assert tree.gb_name(Channel(key=Key("a", "gb:half"), name="")) is None
    rows = [{"DeviceNSID": "1"}, {"DeviceNSID": "3402", "ChannelID": "7", "StreamID": "st-7"}]
    assert tree.stream_in(rows, ("3402", "7")) == "st-7"
    assert tree.stream_in(rows, ("3402", "8")) == ""


def test_the_older_form_of_channels() -> None:
    old = {"DeviceID": "3402", "Name": "旧", "Status": "ON", "Info": {"PTZType": "3"}}
    made = one_channel(owner(), {"StreamID": "st-1", "DeviceItem": old})
    assert made.raw["ChannelID"] == "3402"
    assert Ability.PTZ not in made.abilities


def test_entries_that_are_no_channels() -> None:
    rows = [
        {"DeviceItem": item(Parental="1")},
        {"DeviceItem": {}},
        {"DeviceItem": item(Parental="1", Name=""), "StreamID": "st-1"},
    ]
    (made,) = tree.channels(owner(), {"Channels": rows})
    assert (made.key.native, made.name) == ("st-1", "大厅NVR")
    assert tree.channels(owner(), None) == []


@pytest.mark.parametrize(
    ("device", "told", "status"),
    [
        ("online", "OFF", Status.OFFLINE),
        ("online", "", Status.ONLINE),
        ("new", "ON", Status.ONLINE),
        ("offline", "ON", Status.OFFLINE),
        ("disabled", "ON", Status.DISABLED),
    ],
)
def test_states_of_channels(device: str, told: str, status: Status) -> None:
    row = {"StreamID": "s", "DeviceItem": item(Status=told)}
    assert one_channel(owner(Status=device), row).status is status


@pytest.mark.parametrize(
    ("kind", "moves"), [(1, True), ("2", True), (3, False), ("3", False), (4, True), (None, True)]
)
def test_only_a_camera_known_to_be_fixed_has_no_controls(kind: Any, moves: bool) -> None:
    made = one_channel(owner(), {"StreamID": "s", "DeviceItem": item(PTZType=kind)})
    assert (Ability.PTZ in made.abilities) is moves
    assert (Ability.PRESETS in made.abilities) is moves


def test_pushed_streams() -> None:
    made = tree.pushed(SPACE, {"StreamID": "st", "StreamName": "直播", "Status": "stoppped"})
    assert (made.key.native, made.name, made.status) == ("st", "直播", Status.OFFLINE)
    assert made.stores == (Store.CLOUD,)
    assert tree.is_pushed(made.raw)
    assert Ability.EVENTS not in made.abilities
    bare = tree.pushed(SPACE, {"StreamID": "st", "Status": "forbid"})
    assert (bare.name, bare.status) == ("st", Status.DISABLED)


# Recordings


def test_files_and_slices() -> None:
    rows = [
        {"Record": {"StartTime": 1688390000, "EndTime": "1688390060", "Duration": 60}},
        {"RecordMeta": {"StartTime": 1688390060000, "EndTime": 1688390070000}},
        {"Record": {"StartTs": "2023-07-03T21:15:00+08:00", "EndTs": "2023-07-03T21:16:00+08:00"}},
        {"Record": {"StartTime": 1688390060, "EndTime": 1688390060}},
        {"Record": {"StartTime": 1688390060}},
        {"Record": "none"},
        {},
    ]
    found = list(footage.cloud_files(rows))
    assert [span.seconds for span in found] == [60, 10, 60]
    assert found[0].end == found[1].begin
    assert len({footage.cloud_ident(row) for row in rows}) == len(rows)


def test_records_of_a_device_in_every_form() -> None:
    rows = [
        # Text beside stamps: the stamps count.
        {
            "StartTime": "2023-07-03T00:00:00",
            "EndTime": "2023-07-03T00:00:00",
            "StartTimeStamp": 1688390000,
            "EndTimeStamp": 1688390060,
            "Type": "alarm",
            "FileSize": "12",
        },
        {"StartTime": 1688390100, "EndTime": 1688390160, "Type": "manual", "FileSize": 3},
        {"StartTime": "2023-07-03T21:16:40", "EndTime": "2023-07-03T21:17:00", "Type": "time"},
        {"StartTime": 1688390300, "EndTime": 1688390360, "StartTimeStamp": 0},
        {"StartTime": "", "EndTime": None},
    ]
    found = list(footage.device_files({"Num": 5, "Items": rows}))
    assert [(one.kind, one.span.seconds) for one in found] == [
        (SegmentKind.ALARM, 60),
        (SegmentKind.MANUAL, 60),
        (SegmentKind.CONTINUOUS, 20),
        (SegmentKind.CONTINUOUS, 60),
    ]
    assert all(one.store is Store.DEVICE for one in found)
    assert found[2].span.begin == datetime(2023, 7, 3, 13, 16, 40, tzinfo=UTC)
    assert list(footage.device_files({"Num": 0, "Items": None})) == []


# Addresses

RTMP = "rtmp://pull.test/live/a?volcTime=1&volcSecret=s"
FLV = "https://pull.test/live/a.flv?volcSecret=s"
HLS = "https://pull.test/live/a.m3u8?volcSecret=s"


def test_addresses_are_told_apart_and_chosen_by_order() -> None:
    order = (MediaProtocol.FLV, MediaProtocol.HLS, MediaProtocol.RTMP)
    urls = footage.addresses({"PullUrls": [RTMP, HLS, FLV, FLV + "2"]})
    assert footage.chosen(urls, order) == (FLV, MediaProtocol.FLV)
    assert footage.chosen([RTMP, HLS], order) == (HLS, MediaProtocol.HLS)
    assert footage.chosen([RTMP], order) == (RTMP, MediaProtocol.RTMP)
    for nothing in ([], ["webrtc://pull.test/a"], ["ftp://x/a.flv"], ["https://x/page"]):
        with pytest.raises(StreamUnavailable):
            footage.chosen(nothing, order)


def test_other_lists_of_addresses() -> None:
    assert footage.addresses({"PullUrls": [], "TransPullUrls": {"720p": [FLV, " "]}}) == [FLV]
    assert footage.addresses({"PullUrls": None, "TransPullUrls": {"a": 1}}) == []
    assert footage.addresses(None) == []


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("RTMP://x/a", MediaProtocol.RTMP),
        ("rtsp://x/a", MediaProtocol.RTSP),
        ("http://x/a.FLV", MediaProtocol.FLV),
        ("http://x/get?Format=flv", MediaProtocol.FLV),
        ("http://x/a.mp4", MediaProtocol.FILE),
        ("http://x/a", None),
        ("file:///etc/a.flv", None),
        ("http://[broken/a.flv", None),
    ],
)
def test_protocols(url: str, protocol: MediaProtocol | None) -> None:
    assert footage.protocol_of(url) is protocol


def test_addresses_of_recordings_are_web_addresses() -> None:
    assert footage.record_url({"hls": "https://a.test/x"}, "HLS") == "https://a.test/x"
    for data in ({"HLS": "file:///etc/passwd"}, {"HLS": ""}, {}, None):
        with pytest.raises(StreamUnavailable):
            footage.record_url(data, "HLS")


def test_downloads_from_devices() -> None:
    rows = [{"ID": "a", "Status": "done"}, {"ID": "b", "Status": "x"}]
    assert footage.download({"GBMedias": rows}, "b") == rows[1]
    assert footage.download({"GBMedias": rows}, "c") == {}
    # A row may be named after the stream it came over.
    assert footage.download({"GBMedias": rows[:1]}, "c") == rows[0]
    assert footage.download(None, "c") == {}
    assert [footage.has_failed(s) for s in ("failed", "download_error", "pulling", "")] == [
        True,
        True,
        False,
        False,
    ]
    assert footage.reason({"Msg": "", "DeviceMsg": "busy token=HIDDEN"}) == "busy token=***"


# Presets and alarms


def test_presets() -> None:
    rows = [
        {"PresetID": "7", "PresetName": "Gate"},
        {"PresetID": 2, "PresetName": None},
        {"PresetID": 0},
        {"PresetName": "lost"},
    ]
    found = control.presets({"Num": 4, "Items": rows})
    assert [(one.index, one.name) for one in found] == [(2, ""), (7, "Gate")]


def test_cruises() -> None:
    points = [{"PresetID": 4, "PresetName": "Gate"}, {"PresetID": "2"}, {"PresetName": "lost"}]
    rows = [
        {"TrackID": 9, "TrackList": points, "StaySeconds": "20", "Speed": 7},
        {"TrackID": 3, "TrackList": None},
        {"TrackID": 0, "TrackList": points},
    ]
    found = control.cruises(rows)
    assert [(one.index, one.presets, one.stay) for one in found] == [(3, (), 0), (9, (4, 2), 20)]
    assert control.cruises(None) == []


def alarm(**changed: Any) -> dict[str, Any]:
    return {
        "AlarmNotifyID": "n-1",
        "DeviceNSID": "34020000001180000001",
        "ChannelID": "34020000001320000001",
        "AlarmPriority": 2,
        "AlarmMethod": 5,
        "AlarmType": 6,
        "EventType": 1,
        "AlarmTime": 1688390000,
        "AlarmDescription": "入侵",
        **changed,
    }


@pytest.fixture
def hall() -> Channel:
    return one_channel(owner(), {"StreamID": "st-1", "DeviceItem": item()})


def test_alarms(hall: Channel) -> None:
    made = control.event(hall, alarm())
    assert made is not None
    assert (made.id, made.channel, made.kind) == ("n-1", hall.key, "alarm-5.6")
    assert (made.title, made.text) == ("Intrusion", "入侵; Entered the area; Priority 2")
    assert made.begin == datetime(2023, 7, 3, 13, 13, 20, tzinfo=UTC)
    motion = control.event(hall, alarm(AlarmType=2, AlarmPriority=0))
    assert motion is not None
    # What an event does in an area is said of intrusions only.
    assert (motion.title, motion.text) == ("Motion", "入侵")
    left = control.event(hall, alarm(EventType=0))
    assert left is not None
    assert left.text == "入侵; Priority 2"


def test_alarms_of_other_kinds(hall: Channel) -> None:
    for changed, kind, title in (
        ({"AlarmMethod": 2, "AlarmType": 5}, "alarm-2.5", "Device too cold"),
        ({"AlarmMethod": "1", "AlarmType": None}, "alarm-1", "Phone alarm"),
        ({"AlarmMethod": 99, "AlarmType": 1}, "alarm-99.1", "Alarm"),
    ):
        made = control.event(hall, alarm(**changed))
        assert made is not None
        assert (made.kind, made.title) == (kind, title)


def test_whose_alarm_it_is(hall: Channel) -> None:
    assert control.event(hall, alarm(ChannelID="other")) is None
    assert control.event(hall, alarm(AlarmTime=None)) is None
    for whole in ("", None, "34020000001180000001"):
        assert control.event(hall, alarm(ChannelID=whole)) is not None
    assert control.event(Channel(key=Key("a", "st"), name=""), alarm(ChannelID="x")) is not None


def test_alarms_without_an_id_are_told_apart(hall: Channel) -> None:
    first = control.event(hall, alarm(AlarmNotifyID=""))
    second = control.event(hall, alarm(AlarmNotifyID="", AlarmTime=1688390001))
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert second.begin - first.begin == timedelta(seconds=1)
    assert control.ident(alarm()) == "n-1"
    assert control.ident(alarm(AlarmNotifyID="")) != control.ident(
        alarm(AlarmNotifyID="", AlarmTime=1)
    )
