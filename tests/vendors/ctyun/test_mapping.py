"""What comes over the wire, in every shape it may have."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.domain.errors import BadResponse, ConsoleError, NotFound, StreamUnavailable
from vsconsole.domain.model import Ability, Box, Device, DeviceKind, Key, Status
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Response
from vsconsole.vendors.ctyun import mapping
from vsconsole.vendors.ctyun.endpoints import ENDPOINTS

SAMPLE = json.loads((Path(__file__).parent / "records.json").read_text(encoding="utf-8"))
"""The document's own answer of "查询录像列表"."""

KEY = Key("a", "7001")


def answer(status: int = 200, **fields: Any) -> Response:
    return Response(status=status, headers={}, body=json.dumps(fields).encode())


def read(response: Response) -> Any:
    return mapping.payload(ENDPOINTS[0], response)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# The envelope


def test_the_document_s_answer() -> None:
    data = read(answer(**SAMPLE))
    files = mapping.record_files(data)
    assert mapping.total(data) == 25
    assert [one.id for one in files][:2] == ["725052043643404288", "725059053030031360"]
    first = files[0]
    # Beijing's 08:42:49, and 1812 s as the text in FileDuration says.
    assert first.span == Span(at(2023, 5, 6, 0, 42, 49), at(2023, 5, 6, 1, 13, 1))
    assert first.span.seconds == 1812 == int(data["Records"][0]["FileDuration"])
    assert (first.url, first.protocol) == ("http://example.ctyun.cn/example", MediaProtocol.HLS)
    assert files[1].span.begin - first.span.end == timedelta(seconds=1)
    assert "example" not in repr(first)


def test_success_needs_all_three() -> None:
    good = {"statusCode": 200, "message": "请求成功", "returnObj": {"a": 1}}
    assert read(answer(**good)) == {"a": 1}
    assert read(answer(**{**good, "statusCode": "200"})) == {"a": 1}
    assert read(answer(**{**good, "returnObj": None})) == {}
    for response in (
        answer(**{**good, "error": "VSS_1001", "message": "设备不存在"}),
        answer(**{**good, "statusCode": 404, "message": "设备不存在"}),
        answer(404, **{**good, "message": "设备不存在"}),
        answer(404, **{**good, "statusCode": "x", "message": "设备不存在"}),
    ):
        with pytest.raises(NotFound):
            read(response)


def test_a_failure_keeps_code_message_and_request_id() -> None:
    with pytest.raises(ConsoleError) as caught:
        read(answer(400, statusCode=400, error="VSS_7777", message="奇怪", requestId="3f" * 16))
    assert caught.value.code == "VSS_7777"
    assert caught.value.why == "奇怪"
    assert caught.value.request_id == "3f" * 16


@pytest.mark.parametrize("body", [b"", b"<html>no</html>", b"[]", b'{"a": 1}', b'{"statusCode"'])
def test_what_is_no_envelope(body: bytes) -> None:
    with pytest.raises(BadResponse):
        read(Response(status=200, headers={}, body=body))


def test_success_without_its_data_is_no_success() -> None:
    with pytest.raises(BadResponse) as caught:
        read(answer(statusCode=200, requestId="r1"))
    assert caught.value.request_id == "r1"


# Values


@pytest.mark.parametrize(
    ("value", "number"),
    [("1812", 1812), (5, 5), ("5.0", 5), ("", 0), (None, 0), ("x", 0), ([], 0), ("inf", 0)],
)
def test_integers(value: Any, number: int) -> None:
    assert mapping.integer(value, 0) == number


@pytest.mark.parametrize(
    ("value", "number"), [("0.5", 0.5), (1, 1.0), ("", None), (True, None), ("inf", None)]
)
def test_numbers(value: Any, number: float | None) -> None:
    assert mapping.number(value) == number


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("2023-05-06 08:42:49", at(2023, 5, 6, 0, 42, 49)),
        ("2023-05-06 00:00:00", at(2023, 5, 5, 16)),
        (1683333769, at(2023, 5, 6, 0, 42, 49)),
        ("1683333769", at(2023, 5, 6, 0, 42, 49)),
        ("1685515845343", at(2023, 5, 31, 6, 50, 45, 343000)),
        (1685515845343, at(2023, 5, 31, 6, 50, 45, 343000)),
        ("2023-05-06T08:42:49+02:00", at(2023, 5, 6, 6, 42, 49)),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("2023-13-06 08:42:49", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_times_in_four_formats(value: Any, when: datetime | None) -> None:
    assert mapping.instant(value) == when


def test_times_out() -> None:
    when = at(2023, 5, 6, 0, 42, 49, 300000)
    assert mapping.clock(when) == "2023-05-06 08:42:49"
    assert mapping.clock(when, up=True) == "2023-05-06 08:42:50"
    assert mapping.seconds(when) == 1683333769
    assert mapping.seconds(when, up=True) == 1683333770
    assert mapping.seconds(at(2023, 5, 6), up=True) == mapping.seconds(at(2023, 5, 6))


@gentle
@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_times_come_back(naive: datetime) -> None:
    when = naive.replace(tzinfo=UTC)
    assert mapping.instant(mapping.clock(when)) == when.replace(microsecond=0)
    assert mapping.instant(mapping.seconds(when)) in (when.replace(microsecond=0), None)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("http://a/b", "http://a/b"),
        ("RTMP://a/b", "RTMP://a/b"),
        ("", ""),
        (None, ""),
        ("file:///etc/passwd", ""),
        ("javascript:1", ""),
        ("/relative", ""),
        ("http://[broken", ""),
    ],
)
def test_addresses(value: Any, url: str) -> None:
    assert mapping.address(value) == url


def test_lists_that_are_none() -> None:
    for data in (None, [], "x", {}, {"Records": None}, {"Records": "x"}, {"Records": [1]}):
        assert mapping.record_files(data) == []
        assert mapping.entries(data) == []
        assert mapping.directories(data) == []
        assert mapping.results({"AnalysisResults": data}) == []
    assert mapping.total({"TotalNum": "25"}) == 25
    assert mapping.total({}) is None
    assert mapping.total([]) is None


# The tree

NVR = {
    "Region": "1",
    "Device": {
        "DeviceId": "7001",
        "DeviceName": "大厅 NVR",
        "DeviceType": "nvr",
        "DeviceStatus": "on",
        "ParentDeviceId": "",
        "DirId": "81",
        "DeviceDir": {"DirId": "81", "DirName": "大厅", "ParentDirId": "80"},
    },
    "VideoDevice": {"Gb28181Device": {"InUserName": "u", "Password": "hidden"}},
    "CreatedTime": "1685515845343",
}
FLAT = {"DeviceId": 7002, "DeviceType": "ipc", "DeviceStatus": "new", "InProtocol": "GB28181"}


def test_a_device_in_either_layout() -> None:
    nvr, flat = mapping.entries({"Devices": [NVR, FLAT, {"DeviceName": "no id"}], "TotalNum": 3})
    assert (nvr.id, nvr.name, nvr.kind, nvr.status) == ("7001", "大厅 NVR", "nvr", Status.ONLINE)
    assert (nvr.parent, nvr.directory, nvr.gb28181) == ("", "81", True)
    assert nvr.holds_others
    assert nvr.raw["VideoDevice"]["Gb28181Device"]["Password"] == "***"
    assert (flat.id, flat.name, flat.status) == ("7002", "7002", Status.UNREGISTERED)
    assert flat.gb28181
    assert not flat.holds_others


def test_a_device_that_pushes_is_not_of_gb28181() -> None:
    (entry,) = mapping.entries([{"DeviceId": "1", "VideoDevice": {"RtmpDevice": {}}}])
    assert not entry.gb28181
    assert entry.status is Status.UNKNOWN


def test_directories_of_lists_and_of_devices() -> None:
    root = {"DeviceId": "5", "DeviceDir": {"DirId": "80", "DirName": "", "ParentDirId": ""}}
    data = {
        "Devices": [NVR, root],
        "Dirs": [
            {"DirId": "82", "DirName": "二楼", "ParentDirId": "81"},
            {"DirId": "82", "DirName": "again"},
            {"DirName": "no id"},
        ],
    }
    found = mapping.directories(data)
    assert [(one.id, one.name, one.parent) for one in found] == [
        ("81", "大厅", "80"),
        ("82", "二楼", "81"),
    ]
    group = mapping.group("a", found[1], Key("a", "dir:81"))
    assert (group.key, group.name, group.parent) == (Key("a", "dir:82"), "二楼", Key("a", "dir:81"))


def test_nodes() -> None:
    nvr, flat = mapping.entries([NVR, FLAT])
    device = mapping.device("a", nvr, Key("a", "dir:81"))
    assert (device.key, device.kind) == (Key("a", "dev:7001"), DeviceKind.NVR)
    channel = mapping.channel(device, flat, gb28181=False)
    assert channel.key == Key("a", "7002")
    assert channel.parent == device.key
    assert channel.status is Status.UNREGISTERED
    assert channel.abilities == {
        Ability.CLOUD_RECORDS,
        Ability.DEVICE_RECORDS,
        Ability.EVENTS,
    }
    assert channel.zone == "Asia/Shanghai"


def test_a_channel_of_a_recorder_that_is_away() -> None:
    nvr, camera = mapping.entries(
        [{**NVR, "Device": {**NVR["Device"], "DeviceStatus": "off"}}, {"DeviceId": "9"}]  # type: ignore[dict-item]
    )
    owner = mapping.device("a", nvr, None)
    assert isinstance(owner, Device)
    channel = mapping.channel(owner, camera, gb28181=nvr.gb28181)
    assert channel.status is Status.OFFLINE
    assert Ability.DEVICE_RECORDS in channel.abilities
    assert Ability.DEVICE_RECORDS not in mapping.channel(owner, camera, gb28181=False).abilities


# Recordings


def record(**fields: Any) -> dict[str, Any]:
    return {
        "RecordId": "1",
        "FileFormat": "hls",
        "StartTime": "2023-05-06 08:00:00",
        "EndTime": "2023-05-06 08:10:00",
        "PlayUrl": {"HlsUrl": "http://x/h", "PsUrl": ""},
        **fields,
    }


@pytest.mark.parametrize(
    ("kind", "urls", "url", "protocol"),
    [
        ("hls", {"HlsUrl": "http://x/h", "PsUrl": ""}, "http://x/h", MediaProtocol.HLS),
        ("ps", {"HlsUrl": "", "PsUrl": "http://x/p"}, "http://x/p", MediaProtocol.FILE),
        ("ps", {"HlsUrl": "http://x/h", "PsUrl": "http://x/p"}, "http://x/p", MediaProtocol.FILE),
        ("hls", {"HlsUrl": "http://x/h", "PsUrl": "http://x/p"}, "http://x/h", MediaProtocol.HLS),
        ("mp4", {"HlsUrl": "", "PsUrl": "http://x/p"}, "http://x/p", MediaProtocol.FILE),
        ("m3u8", {"HlsUrl": "http://x/h"}, "http://x/h", MediaProtocol.HLS),
        ("mp4", {"HlsUrl": "", "PsUrl": ""}, "", None),
        ("m3u8", None, "", None),
        ("hls", {"HlsUrl": "file:///x"}, "", None),
    ],
)
def test_how_a_file_is_played(
    kind: str, urls: Any, url: str, protocol: MediaProtocol | None
) -> None:
    (file,) = mapping.record_files({"Records": [record(FileFormat=kind.upper(), PlayUrl=urls)]})
    assert (file.format, file.url, file.protocol) == (kind, url, protocol)


def test_a_file_s_range() -> None:
    begin = at(2023, 5, 6)
    rows = [
        record(EndTime="", FileDuration="60"),
        record(EndTime=None),
        record(StartTime="x"),
        record(EndTime="2023-05-06 07:00:00"),
        record(RecordId=""),
    ]
    files = mapping.record_files({"Records": rows})
    assert [one.span.begin for one in files] == [begin, begin]
    assert [one.span.seconds for one in files] == [60, 600]
    assert files[1].id == "20230506T000000"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (
            {"StreamNum": 1, "PlayUrl": {"RtmpUrl": "rtmp://x/r", "FlvUrl": "http://x/f"}},
            ("http://x/f", MediaProtocol.FLV),
        ),
        ({"PlayUrl": {"FlvUrl": "", "RtmpUrl": "rtmp://x"}}, ("rtmp://x", MediaProtocol.RTMP)),
        ({"PlayUrl": {"RtspUrl": "rtsp://x"}}, ("rtsp://x", MediaProtocol.RTSP)),
        ({"HlsUrl": "http://x/h"}, ("http://x/h", MediaProtocol.HLS)),
        (
            {
                "Streams": [
                    {"StreamNum": "2", "PlayUrl": {"FlvUrl": "http://x/2"}},
                    {"StreamNum": "1", "PlayUrl": {"FlvUrl": "http://x/1"}},
                ]
            },
            ("http://x/1", MediaProtocol.FLV),
        ),
        ([{"PlayUrl": {"FlvUrl": "http://x/1"}}], ("http://x/1", MediaProtocol.FLV)),
    ],
)
def test_a_device_s_stream(data: Any, found: tuple[str, MediaProtocol]) -> None:
    assert mapping.stream(data, 1) == found


@pytest.mark.parametrize("data", [None, {}, {"PlayUrl": {"FlvUrl": ""}}, {"FlvUrl": "ftp://x"}])
def test_no_stream(data: Any) -> None:
    with pytest.raises(StreamUnavailable):
        mapping.stream(data, 1)


# AI results


def test_an_event() -> None:
    raw = {
        "ResultId": 12,
        "AppId": "583",
        "AlgorithmsName": "人体检测",
        "CaptureTime": 1683333769,
        "EndTime": "1683333779",
        "Confidence": "0.87",
        "ImageUrl": "http://x/p.jpg?token=secret",
        "Description": "白短袖",
        "ImageWidth": 640,
        "ImageHeight": "360",
        "Boxes": [{"X": 64, "Y": 36, "Width": 128, "Height": "90", "Label": "person"}],
    }
    event = mapping.event(KEY, "2", raw, "门禁")
    assert event is not None
    assert event.id == "2/12"
    assert (event.channel, event.kind, event.title) == (KEY, "algorithm-2", "人体检测")
    assert event.begin == at(2023, 5, 6, 0, 42, 49)
    assert event.end == event.begin + timedelta(seconds=10)
    assert event.text == "门禁; 白短袖; 87 %"
    assert event.picture == raw["ImageUrl"]
    assert event.boxes == (Box(x=0.1, y=0.1, width=0.2, height=0.25, label="person"),)
    assert "secret" not in repr(event) + json.dumps(dict(event.raw))
    assert mapping.app_of(raw) == 583
    assert mapping.app_of({}) is None
    assert mapping.result_key(raw) == "12"
    assert mapping.result_key({"a": 1}) != mapping.result_key({"a": 2})


def test_an_event_that_says_little() -> None:
    raw = {"CreatedTime": "2023-05-06 08:42:49", "EndTime": "2023-05-06 08:42:49"}
    one = mapping.event(KEY, "5", raw, "")
    again = mapping.event(KEY, "5", dict(raw), "")
    assert one is not None
    assert again is not None
    assert one.id == again.id
    assert one.end is None
    assert one.title == "AI result of algorithm 5"
    assert (one.text, one.picture, one.boxes) == ("", "", ())
    assert mapping.event(KEY, "5", {"Confidence": 1}, "") is None


@pytest.mark.parametrize(
    ("raw", "boxes"),
    [
        ({"Box": {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}}, [(0.1, 0.2, 0.3, 0.4)]),
        ({"Targets": [{"Box": {"Left": 0, "Top": 0, "W": 1, "H": 1}}]}, [(0, 0, 1, 1)]),
        ({"Box": {"X": 10, "Y": 20, "Width": 5, "Height": 5}}, [(10, 20, 5, 5, "pixels")]),
        ({"Box": {"X": 9, "Y": 9, "Width": 5, "Height": 5}, "Width": 99}, [(9, 9, 5, 5, "pixels")]),
        ({"Box": {"X": 0.1, "Y": 0.1, "Width": 0, "Height": 0.2}}, []),
        ({"Box": {"X": 0.1, "Width": 0.1, "Height": 0.2}}, []),
        ({"Box": "x"}, []),
    ],
)
def test_boxes(raw: dict[str, Any], boxes: list[tuple[float | str, ...]]) -> None:
    made = [
        (b.x, b.y, b.width, b.height, *(["pixels"] if b.pixels else [])) for b in mapping.boxes(raw)
    ]
    assert made == boxes


def test_an_app_s_name() -> None:
    assert mapping.app_name({"AppName": " 名称 "}) == "名称"
    assert mapping.app_name([]) == ""
