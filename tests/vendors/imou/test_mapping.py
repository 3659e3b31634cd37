"""Answers, plain values, login, devices, addresses and recordings from the wire."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from vsconsole.domain.errors import (
    BadResponse,
    ClockSkew,
    ConsoleError,
    QuotaExceeded,
    RateLimited,
    Rejected,
    SessionExpired,
    StreamUnavailable,
)
from vsconsole.domain.model import Ability, Channel, DeviceKind, Key, Status
from vsconsole.domain.timeline import SegmentKind
from vsconsole.net.transport import Response
from vsconsole.vendors.imou import mapping, wire
from vsconsole.vendors.imou.endpoints import ENDPOINTS
from vsconsole.vendors.imou.mapping import MAIN, SUB, Place

ZONE = "Asia/Shanghai"
ROW = ENDPOINTS[0]


def answer(result: Any, status: int = 200, **headers: str) -> Response:
    body = json.dumps({"id": "q1", "result": result}).encode()
    return Response(status=status, headers=headers, body=body)


# Answers


def test_the_data_of_an_answer() -> None:
    assert wire.payload(ROW, answer({"code": "0", "msg": "", "data": {"a": 1}})) == {"a": 1}
    assert wire.payload(ROW, answer({"code": 0, "msg": ""})) == {}
    assert wire.payload(ROW, answer({"code": "0", "data": None})) == {}
    assert wire.payload(ROW, answer({"code": "0", "data": []})) == []


@pytest.mark.parametrize(
    ("response", "kind", "code"),
    [
        (answer({"code": "TK1002", "msg": "token已过期"}), SessionExpired, "TK1002"),
        (answer({"code": "ZZ1", "msg": "x"}), Rejected, "ZZ1"),
        (answer({"code": "0"}, 500), BadResponse, ""),
        (answer({"msg": "x"}), BadResponse, ""),
        (answer("x"), BadResponse, "200"),
        (Response(status=200, headers={}, body=b"[]"), BadResponse, "200"),
        (Response(status=200, headers={}, body=b"<html>login</html>"), BadResponse, "200"),
        (Response(status=200, headers={}, body=b"[" * 100_000), BadResponse, "200"),
        (Response(status=429, headers={"retry-after": "4"}, body=b""), RateLimited, "OP1026"),
    ],
)
def test_what_is_wrong_is_raised(response: Response, kind: type[ConsoleError], code: str) -> None:
    with pytest.raises(kind) as caught:
        wire.payload(ROW, response)
    assert caught.value.code == code
    if code in ("TK1002", "ZZ1"):
        assert caught.value.request_id == "q1"
    if code == "OP1026":
        assert caught.value.retry_after == 4


def test_a_wrong_clock_is_shown_with_the_server_s() -> None:
    result = {"code": "SN1002", "msg": "x"}
    date = "Mon, 27 Apr 2026 03:00:55 GMT"
    with pytest.raises(ClockSkew) as caught:
        wire.payload(ROW, answer(result, date=date))
    there = datetime(2026, 4, 27, 3, 0, 55, tzinfo=UTC).astimezone()
    assert f"{there:%Y-%m-%d %H:%M:%S}" in caught.value.why
    with pytest.raises(ClockSkew) as caught:
        wire.payload(ROW, answer(result))
    assert not caught.value.why


# Plain values


def test_plain_values() -> None:
    assert [wire.text(v) for v in (" a ", 0, 1.5, None, True, [])] == ["a", "0", "1.5", "", "", ""]
    values = ("12", "1.9", 3, 2.7, True, None, "x", "1e999", [])
    assert [wire.integer(v, -1) for v in values] == [12, 1, 3, 2, -1, -1, -1, -1, -1]
    assert wire.needed({"a": 0}, "a") == "0"
    with pytest.raises(BadResponse):
        wire.needed({"a": ""}, "a")


def test_rows_of_any_shape() -> None:
    assert wire.rows({"records": [{"a": 1}, None, "x"]}, "records") == [{"a": 1}]
    for nothing in ({"records": None}, {"records": "x"}, {"records": {}}, {}, None, []):
        assert wire.rows(nothing, "records") == []


def test_only_addresses_that_can_be_played() -> None:
    for good in ("http://a/b", "https://a", "rtmp://a/b", "RTSP://a:554/c"):
        assert wire.address(f" {good} ") == good
    for bad in ("file:///etc/passwd", "javascript:x", "", None, "a.flv", "http://[", "smb://a"):
        assert wire.address(bad) == ""


def test_times_of_every_kind() -> None:
    instant = datetime(2026, 4, 27, 3, 0, 55, tzinfo=UTC)
    for value in (
        "2026-04-27 11:00:55",
        "20260427T110055",
        "2026-04-27T03:00:55Z",
        1777258855,
        "1777258855",
        1777258855000,
        "1777258855000",
    ):
        assert wire.moment(value, ZONE) == instant, value
    for value in ("", None, "soon", "20269999T000000", "0001-01-01 00:00:00"):
        assert wire.moment(value, ZONE) is None
    assert wire.moment("2026-04-27 11:00:55", "America/New_York") == datetime(
        2026, 4, 27, 15, 0, 55, tzinfo=UTC
    )


def test_times_are_written_in_whole_local_seconds() -> None:
    instant = datetime(2026, 4, 27, 15, 59, 59, 400_000, tzinfo=UTC)
    assert wire.stamp(instant, ZONE) == "2026-04-27 23:59:59"
    assert wire.stamp(instant, ZONE, up=True) == "2026-04-28 00:00:00"
    whole = instant.replace(microsecond=0)
    assert wire.stamp(whole, ZONE, up=True) == "2026-04-27 23:59:59"
    assert wire.stamp(whole, "Europe/Berlin") == "2026-04-27 17:59:59"


# Login


def test_a_login() -> None:
    made = mapping.grant({"accessToken": "At_1", "expireTime": "20", "currentDomain": "x"})
    assert (made.token, made.seconds, made.server) == ("At_1", 20.0, "")
    assert "At_1" not in repr(made)
    for odd in (0, -5, None, "x"):
        assert mapping.grant({"accessToken": "At_1", "expireTime": odd}).seconds == 259_200
    for missing in ({}, None, {"accessToken": ""}):
        with pytest.raises(BadResponse):
            mapping.grant(missing)


@pytest.mark.parametrize(
    ("domain", "server"),
    [
        ("openapi-sg.easy4ip.com", "https://openapi-sg.easy4ip.com"),
        ("https://openapi-fk.easy4ip.com:443", "https://openapi-fk.easy4ip.com"),
        ("https://OpenAPI.lechange.cn/", "https://openapi.lechange.cn"),
        ("https://openapi-or.easy4ip.com:8443/openapi", "https://openapi-or.easy4ip.com:8443"),
        ("https://easy4ip.com", "https://easy4ip.com"),
        ("http://openapi-sg.easy4ip.com", ""),
        ("https://noteasy4ip.com", ""),
        ("https://easy4ip.com.example.org", ""),
        ("https://easy4ip.com@example.org", ""),
        ("https://user@openapi.easy4ip.com", ""),
        ("https://example.org/easy4ip.com", ""),
        ("https://example.org#.easy4ip.com", ""),
        ("https://openapi.easy4ip.com:port", ""),
        ("127.0.0.1:8080", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_only_the_vendor_s_own_servers_are_followed(domain: Any, server: str) -> None:
    assert mapping.own_server(domain) == server


# Devices and channels


def listed(**more: Any) -> dict[str, Any]:
    return {
        "deviceId": "SN1",
        "deviceName": "门店",
        "deviceStatus": "online",
        "deviceAbility": "LocalStorage,PT,Dormant",
        "catalog": "IPC",
        "playToken": "secret-play",
        "channelNum": 1,
        "channelList": [
            {
                "channelId": 0,
                "channelName": "大门",
                "channelStatus": "online",
                "channelAbility": "CollectionPoint, AlarmMD",
                "csStatus": "using",
                "resolutions": [{"streamType": 0}, {"streamType": "1"}],
            }
        ],
        **more,
    }


def channels(raw: dict[str, Any]) -> list[Channel]:
    return mapping.channels(mapping.device("a", raw, None), raw, ZONE)


def with_channel(**more: Any) -> dict[str, Any]:
    raw = listed()
    return {**raw, "channelList": [{**raw["channelList"][0], **more}]}


def test_a_device_and_its_channel() -> None:
    raw = listed()
    device = mapping.device("a", raw, Key("a", "dev:G"))
    assert device.key == Key("a", "dev:SN1")
    assert (device.name, device.kind, device.status) == ("门店", DeviceKind.CAMERA, Status.ONLINE)
    assert device.parent == Key("a", "dev:G")
    assert device.raw["playToken"] == "***"
    (channel,) = mapping.channels(device, raw, ZONE)
    assert channel.key == Key("a", "SN1:0")
    assert (channel.name, channel.parent, channel.zone) == ("大门", device.key, ZONE)
    assert channel.abilities == {
        Ability.LIVE,
        Ability.SUB_STREAM,
        Ability.CLOUD_RECORDS,
        Ability.DEVICE_RECORDS,
        Ability.PTZ,
        Ability.PRESETS,
        Ability.EVENTS,
    }
    assert channel.raw["deviceId"] == "SN1"


@pytest.mark.parametrize(
    ("catalog", "number", "kind"),
    [
        ("NVR", 1, DeviceKind.NVR),
        ("hcvr", 1, DeviceKind.NVR),
        ("IHG", 0, DeviceKind.GATEWAY),
        ("SD", 1, DeviceKind.CAMERA),
        ("", 4, DeviceKind.NVR),
        (None, "1", DeviceKind.CAMERA),
    ],
)
def test_the_kind_of_a_device(catalog: str | None, number: Any, kind: DeviceKind) -> None:
    raw = listed(catalog=catalog, channelNum=number, deviceName="")
    device = mapping.device("a", raw, None)
    assert (device.kind, device.name) == (kind, "SN1")


@pytest.mark.parametrize(
    ("device", "channel", "expected"),
    [
        ("online", "online", Status.ONLINE),
        ("online", "sleep", Status.SLEEPING),
        ("online", "close", Status.DISABLED),
        ("online", "strange", Status.ONLINE),
        ("offline", "online", Status.OFFLINE),
        ("upgrading", "online", Status.OFFLINE),
        ("sleep", "online", Status.SLEEPING),
        ("strange", "offline", Status.OFFLINE),
        ("strange", None, Status.UNKNOWN),
        ("1", "1", Status.ONLINE),
        (0, "1", Status.OFFLINE),
        ("4", "1", Status.SLEEPING),
    ],
)
def test_the_status_of_a_channel(device: Any, channel: Any, expected: Status) -> None:
    raw = {**with_channel(channelStatus=channel), "deviceStatus": device}
    assert channels(raw)[0].status is expected


def test_abilities_by_name() -> None:
    def of(**more: Any) -> frozenset[Ability]:
        return channels(with_channel(**more))[0].abilities

    assert Ability.ZOOM not in of()
    assert Ability.ZOOM in of(channelAbility="PTZ")
    assert Ability.SUB_STREAM not in of(resolutions=[{"streamType": 0}])
    assert Ability.SUB_STREAM in of(resolutions=None)
    assert Ability.CLOUD_RECORDS in of(csStatus="expired")
    assert Ability.CLOUD_RECORDS not in of(csStatus="notExist", channelAbility="CloudStorage")
    assert Ability.CLOUD_RECORDS in of(csStatus=None, channelAbility="CloudStorage")
    assert Ability.CLOUD_RECORDS not in of(csStatus=None)
    bare = channels({**with_channel(channelAbility=""), "deviceAbility": None})[0].abilities
    assert bare == {Ability.LIVE, Ability.EVENTS, Ability.SUB_STREAM, Ability.CLOUD_RECORDS}


def test_a_recorder_s_abilities_are_not_its_cameras() -> None:
    one = listed()["channelList"][0]
    raw = listed(
        deviceAbility="PTZ,LocalRecord",
        channelList=[{**one, "channelId": "0"}, {**one, "channelId": "1", "channelAbility": ""}],
    )
    first, second = channels(raw)
    assert Ability.PTZ not in first.abilities
    assert Ability.DEVICE_RECORDS in first.abilities
    # Where the channel says nothing of itself, the device's words are all there is.
    assert Ability.PTZ in second.abilities


def test_a_channel_without_a_name_or_an_id() -> None:
    assert channels(with_channel(channelName=""))[0].name == "门店"
    with pytest.raises(BadResponse):
        channels(with_channel(channelId=None))
    assert mapping.parent_of({"parentDeviceId": "G"}) == "G"
    assert mapping.parent_of({}) == ""
    assert mapping.device_ident({"deviceId": 5}) == "5"


def test_keys_name_places_and_back() -> None:
    for place in (
        Place(device="SN1", channel="0"),
        Place(device="SN1", channel="12", product="Ik7Xt3pt"),
        Place(device="odd:/%id", channel="a b", product="x:y"),
    ):
        key = mapping.channel_key("a", place)
        assert mapping.place_of(key) == place
        assert Key.parse(str(key)) == key
    assert mapping.place_of(Key("a", "SN1")) == Place(device="SN1", channel="0")
    assert mapping.device_key("a", "x/y") == Key("a", "dev:x%2Fy")
    assert Place(device="D", channel="0").params == {"deviceId": "D", "channelId": "0"}
    assert Place(device="D", channel="0", product="P").of_device == {
        "deviceId": "D",
        "productId": "P",
    }


# Live pictures and presets


def test_flv_addresses() -> None:
    both = {"flv": "http://h/sd.flv", "flvHD": "http://h/hd.flv"}
    assert mapping.flv(both, MAIN) == "http://h/hd.flv"
    assert mapping.flv(both, SUB) == "http://h/sd.flv"
    assert mapping.flv({"flvHD": "http://h/hd.flv"}, SUB) == "http://h/hd.flv"
    assert mapping.flv({"url": "http://h/x.flv"}, MAIN) == "http://h/x.flv"
    for nothing in ({}, {"flv": "file:///x"}, None):
        with pytest.raises(StreamUnavailable):
            mapping.flv(nothing, MAIN)


def test_hls_addresses() -> None:
    data = {
        "liveStatus": "1",
        "streams": [
            {"streamId": 0, "hls": "http://h/m.m3u8"},
            {"streamId": "0", "hls": "https://h/m.m3u8"},
            {"streamId": 1, "hls": ""},
            {"hls": "https://h/other.m3u8"},
        ],
    }
    assert mapping.hls(data, MAIN) == "https://h/m.m3u8"
    assert mapping.hls(data, SUB) == ""
    assert mapping.hls(None, MAIN) == ""
    with pytest.raises(QuotaExceeded):
        mapping.hls({"liveStatus": 3}, MAIN)
    with pytest.raises(Rejected, match="paused"):
        mapping.hls({"liveStatus": 2}, MAIN)


def test_other_addresses_and_presets() -> None:
    assert mapping.url({"url": "rtsp://h/1"}) == "rtsp://h/1"
    for nothing in ({}, {"url": "x"}, None):
        with pytest.raises(StreamUnavailable):
            mapping.url(nothing)
    data = {"collections": [{"name": "门"}, {"name": "A"}, {"name": ""}, {"name": "门"}, {}]}
    assert mapping.preset_names(data) == ["门", "A"]


# Recordings


def test_records_of_both_kinds() -> None:
    data = {
        "records": [
            {
                "recordId": 1234567890,
                "beginTime": "2020-05-19 00:30:59",
                "endTime": "2020-05-19 00:31:36",
                "type": 1,
            },
            {
                "recordId": "/mnt/a.dav",
                "channelID": 0,
                "beginTime": "2020-05-19 01:00:00",
                "endTime": "2020-05-19 02:00:00",
                "type": "Manual",
            },
            {"recordId": "3", "beginTime": "2020-05-19 03:00:00", "endTime": "x"},
            {"recordId": "4", "endTime": "2020-05-19 03:00:00"},
            {
                "recordId": "5",
                "beginTime": "2020-05-19 03:00:00",
                "endTime": "2020-05-19 03:00:00",
            },
            {
                "recordId": "6",
                "beginTime": "2020-05-19 04:00:00",
                "endTime": "2020-05-19 04:00:09",
                "type": "videoMotion",
            },
        ]
    }
    found = list(mapping.records(data, ZONE))
    assert [one.kind for one in found] == [
        SegmentKind.CONTINUOUS,
        SegmentKind.MANUAL,
        SegmentKind.EVENT,
    ]
    assert found[0].cursor == "1234567890"
    assert found[0].span.begin == datetime(2020, 5, 18, 16, 30, 59, tzinfo=UTC)
    assert found[0].span.seconds == 37
    assert mapping.count(data, "records") == 6


def test_how_many_devices_an_empty_page_hides() -> None:
    empty = {"count": "3", "deviceList": []}
    assert mapping.total_after(empty, "deviceList", 50) == 53
    assert mapping.total_after({"count": 1, "deviceList": [{}]}, "deviceList", 50) is None
    assert mapping.total_after({"count": 0, "deviceList": []}, "deviceList", 50) is None
    assert mapping.total_after(None, "deviceList", 0) is None


def test_days_of_a_month() -> None:
    assert mapping.record_days({"bitmap": "0110000000000000000000000000001"}) == {2, 3, 31}
    assert mapping.record_days({"bitmap": "000"}) == frozenset()
    for nothing in ({}, None, {"bitmap": ""}):
        with pytest.raises(BadResponse):
            mapping.record_days(nothing)
