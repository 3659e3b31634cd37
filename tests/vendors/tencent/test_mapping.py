from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from vsconsole.domain.errors import (
    BadResponse,
    ConsoleError,
    NotFound,
    RateLimited,
    Rejected,
    StreamUnavailable,
)
from vsconsole.domain.model import Ability, Box, Channel, DeviceKind, Key, Preset, Status
from vsconsole.domain.timeline import Span
from vsconsole.net.endpoint import Endpoint, FilePart
from vsconsole.net.transport import Response
from vsconsole.vendors.tencent import mapping

JSON = Endpoint(name="look", method="GET", path="/x")
FILE = Endpoint(name="sheet", method="GET", path="/x", answer="file")


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=raw,
    )


# Envelopes


@pytest.mark.parametrize(
    "body",
    [
        {"Code": 0, "StatusCode": 200, "Data": {"a": 1}},
        {"Code": "0", "StatusCode": "200", "Data": {"a": 1}, "More": []},
    ],
)
def test_success_is_status_200_and_code_0(body: Any) -> None:
    assert mapping.payload(JSON, answer(body)) == {"a": 1}
    assert mapping.payload(JSON, answer({"Code": 0, "StatusCode": 200})) is None


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"Code": 0, "StatusCode": 40006, "Message": "无", "Data": ""}, 200, "40006"),
        ({"Code": 500, "StatusCode": 41617}, 200, "41617"),
        ({"Code": 500, "StatusCode": 200}, 200, "500"),
        ({"Code": 500}, 200, "500"),
        ({"StatusCode": 43410}, 400, "43410"),
        ({"Code": 0, "StatusCode": 200}, 500, "500"),
        ({"Code": "x", "StatusCode": None}, 403, "403"),
    ],
)
def test_anything_else_is_an_error(body: Any, status: int, code: str) -> None:
    with pytest.raises(ConsoleError) as caught:
        mapping.payload(JSON, answer({**body, "RequestId": "r-9"}, status))
    assert caught.value.code == code
    assert caught.value.request_id == "r-9"


def test_an_envelope_that_says_neither_yes_nor_no() -> None:
    with pytest.raises(BadResponse):
        mapping.payload(JSON, answer({"Code": 0, "Data": {}}))


def test_the_document_s_own_error() -> None:
    body = {
        "RequestId": "123456789",
        "Code": 0,
        "StatusCode": 40006,
        "Message": "数据库未查到该记录。",
        "Data": "",
    }
    with pytest.raises(NotFound) as caught:
        mapping.payload(JSON, answer(body))
    assert caught.value.request_id == "123456789"


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"{", b"[1]", b'"x"', b"null", b'{"Data": 1}', b"[" * 100_000, b"\xff\xfe"],
)
def test_what_is_not_an_envelope(body: bytes) -> None:
    with pytest.raises(BadResponse) as caught:
        mapping.payload(JSON, answer(body, requestid="r"))
    assert caught.value.request_id == "r"


def test_rate_limits_say_when() -> None:
    with pytest.raises(RateLimited) as caught:
        mapping.payload(JSON, answer(b"<html>", 429, retry_after="4"))
    assert caught.value.retry_after == 4


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="list.xlsx"', "list.xlsx"),
        ("attachment; filename=../../etc/x.xlsx", "x.xlsx"),
        ("attachment; filename=..", "sheet.xlsx"),
        ("", "sheet.xlsx"),
    ],
)
def test_files(disposition: str, name: str) -> None:
    got = mapping.payload(FILE, answer(b"PK\x03", content_disposition=disposition))
    assert got == FilePart(name, b"PK\x03")


@pytest.mark.parametrize(
    "response",
    [
        answer(b"PK", 500),
        answer(b""),
        answer(b"<html>", content_type="text/html"),
    ],
)
def test_no_files(response: Response) -> None:
    with pytest.raises(BadResponse):
        mapping.payload(FILE, response)


def test_a_file_call_can_fail_in_json() -> None:
    with pytest.raises(Rejected):
        mapping.payload(FILE, answer({"Code": 500, "StatusCode": 41614}))


# Readers


@pytest.mark.parametrize(("value", "number"), [(5, 5), ("5", 5), ("5.0", 5), (5.9, 5), (" 7 ", 7)])
def test_integers(value: Any, number: int) -> None:
    assert mapping.integer(value) == number


@pytest.mark.parametrize("value", [None, "", "x", True, [], "inf", "nan", {}])
def test_no_integers(value: Any) -> None:
    assert mapping.integer(value, -1) == -1
    with pytest.raises(BadResponse):
        mapping.integer(value)


def test_texts_and_rows() -> None:
    assert mapping.text(5) == "5"
    assert mapping.text(True) == mapping.text(None) == mapping.text([1]) == ""
    assert mapping.needed({"a": " x "}, "a") == "x"
    with pytest.raises(BadResponse):
        mapping.needed({}, "a")
    for empty in (None, "", {}, {"List": None}, {"List": {}}, {"List": ""}, [], "[]", 5):
        assert mapping.rows(empty) == []
    assert mapping.rows([{"a": 1}, None, 5]) == [{"a": 1}]
    assert mapping.rows({"List": [{"a": 1}]}) == [{"a": 1}]
    assert mapping.total({"TotalCount": "12"}) == 12
    assert mapping.total({"TotalCount": "many"}) is None
    assert mapping.total({}) is None
    assert mapping.total([]) is None


# Organizations


def test_organizations_become_a_tree_with_parents_first() -> None:
    rows = [
        {"Id": "3", "Name": "c", "ParentId": "2"},
        {"Id": 2, "Name": "b", "ParentId": "1"},
        {"Id": "1", "Name": "a", "ParentId": "0"},
        {"Id": "9", "Name": "", "ParentId": "77"},
        {"Id": "5", "Name": "own parent", "ParentId": "5"},
        {"Id": "6", "Name": "in a circle", "ParentId": "7"},
        {"Id": "7", "Name": "in a circle", "ParentId": "6"},
    ]
    found = mapping.groups("a", rows)
    assert [group.key.native for group in found] == [
        "org:1",
        "org:2",
        "org:3",
        "org:9",
        "org:5",
        "org:7",
        "org:6",
    ]
    parents = {group.key.native: group.parent and group.parent.native for group in found}
    assert parents["org:3"] == "org:2"
    assert parents["org:1"] is parents["org:9"] is parents["org:5"] is None
    assert {parents["org:6"], parents["org:7"]} == {"org:7", None}
    assert found[3].name == "9"


@gentle
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=12))
def test_any_tree_has_its_parents_first(pairs: list[tuple[int, int]]) -> None:
    rows = [{"Id": str(a), "Name": "x", "ParentId": str(b)} for a, b in pairs]
    seen: set[Key] = set()
    for group in mapping.groups("a", rows):
        assert group.parent is None or group.parent in seen
        assert group.key not in seen
        seen.add(group.key)
    assert len(seen) == len({a for a, _ in pairs})


# Devices and channels


def device(**raw: Any) -> Any:
    row = {"Id": "d", "Name": "门", "Type": 1, "Status": 1, "AccessProtocol": 2, **raw}
    return mapping.device("a", row, {Key("a", "org:1")})


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0, Status.UNREGISTERED),
        ("1", Status.ONLINE),
        (2, Status.OFFLINE),
        (3, Status.DISABLED),
        (8, Status.UNKNOWN),
        (None, Status.UNKNOWN),
    ],
)
def test_device_status(status: Any, expected: Status) -> None:
    assert device(Status=status).status is expected


def test_devices() -> None:
    one = device(Type="2", OrganizationId=1, Password="HIDDEN")
    assert one.kind is DeviceKind.NVR
    assert one.parent == Key("a", "org:1")
    assert one.key == Key("a", "dev:d")
    assert one.raw["Password"] == "***"
    assert one.seen is not None
    assert device(OrganizationId="2").parent is None
    assert device(Name="").name == "d"
    with pytest.raises(BadResponse):
        mapping.device("a", {"Name": "x"}, ())


def channel(owner: Any = None, **raw: Any) -> Channel:
    return mapping.channel(owner or device(), {"ChannelId": "c", "Name": "走廊", "State": 1, **raw})


def test_channels() -> None:
    one = channel(PtzType=1)
    assert one.key == Key("a", "c")
    assert one.parent == Key("a", "dev:d")
    assert {
        Ability.PTZ,
        Ability.PRESETS,
        Ability.SUB_STREAM,
        Ability.DEVICE_RECORDS,
    } < one.abilities
    assert one.zone == "Asia/Shanghai"
    assert mapping.device_of(one) == "d"
    assert not mapping.pushes(one)
    still = channel(PtzType=0, Name="")
    assert Ability.PTZ not in still.abilities
    assert still.name == "门"
    rtmp = channel(device(AccessProtocol=1), PtzType=1)
    assert rtmp.abilities == {
        Ability.LIVE,
        Ability.CLOUD_RECORDS,
        Ability.DOWNLOAD,
        Ability.EVENTS,
    }
    assert mapping.pushes(rtmp)


@pytest.mark.parametrize(
    ("owner", "state", "expected"),
    [
        (1, 1, Status.ONLINE),
        (1, 0, Status.OFFLINE),
        (1, None, Status.ONLINE),
        (8, "0", Status.OFFLINE),
        (8, None, Status.UNKNOWN),
        (2, 1, Status.OFFLINE),
        (3, 1, Status.DISABLED),
    ],
)
def test_channel_status(owner: int, state: Any, expected: Status) -> None:
    assert channel(device(Status=owner), State=state).status is expected


def test_a_pushing_device_is_its_own_channel() -> None:
    one = mapping.pushing_channel(device(AccessProtocol=1))
    assert one.key == Key("a", "d")
    assert one.parent == Key("a", "dev:d")
    assert mapping.pushes(one)
    assert mapping.device_of(one) == "d"


def test_a_bare_channel_is_taken_for_its_own_device() -> None:
    bare = Channel(key=Key("a", "x"), name="")
    assert mapping.device_of(bare) == "x"
    assert mapping.pushes(bare)
    placed = Channel(key=Key("a", "x"), name="", parent=Key("a", "org:1"), raw={"DeviceId": "d"})
    assert mapping.device_of(placed) == "d"


# Recordings


def test_recorded_spans() -> None:
    data = {
        "List": [
            {"Begin": 100, "End": "200"},
            {"Begin": 300, "End": 300},
            {"Begin": 400, "End": 300},
            {"Begin": None, "End": 5},
            {"Begin": 1662114146000, "End": 1662114246000000},
        ]
    }
    expected = Span(datetime.fromtimestamp(100, UTC), datetime.fromtimestamp(200, UTC))
    assert list(mapping.spans(data)) == [expected]
    assert list(mapping.spans({"Tips": 0, "List": None})) == []


def test_seconds_are_rounded_outwards() -> None:
    sharp = datetime.fromtimestamp(1000, UTC)
    later = datetime.fromtimestamp(1000.25, UTC)
    assert mapping.seconds(sharp) == mapping.seconds(sharp, up=True) == 1000
    assert (mapping.seconds(later), mapping.seconds(later, up=True)) == (1000, 1001)


def test_beijing_midnight() -> None:
    midnight = datetime(2026, 11, 19, 16, tzinfo=UTC)
    assert mapping.day_end(midnight)
    assert not mapping.day_end(datetime(2026, 11, 19, 16, 0, 1, tzinfo=UTC))
    before = datetime(2026, 11, 19, 15, tzinfo=UTC)
    assert mapping.one_day(Span(before, midnight))
    assert not mapping.one_day(Span(before, datetime(2026, 11, 19, 16, 0, 1, tzinfo=UTC)))


# Addresses


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"Flv": "http://a/x.flv", "Hls": "hls://a/x.m3u8?t=1"}, "http://a/x.m3u8?t=1"),
        ({"Flv": "https://a/x.flv", "Hls": "HLS://a/x.m3u8"}, "https://a/x.m3u8"),
        ({"Flv": "rtmp://a/x", "Hls": "hls://a/x.m3u8"}, "https://a/x.m3u8"),
        ({"Hls": "hls://a/x.m3u8"}, "https://a/x.m3u8"),
        ({"Hls": "http://a/x.m3u8"}, "http://a/x.m3u8"),
        ({"Flv": "http://a/x.flv"}, ""),
    ],
)
def test_live_addresses(data: Any, expected: str) -> None:
    flv, hls = mapping.stream_urls(data)
    assert (flv, hls) == (data.get("Flv", ""), expected)


@pytest.mark.parametrize("data", [None, {}, {"Flv": "", "Hls": None}, []])
def test_no_live_address(data: Any) -> None:
    with pytest.raises(StreamUnavailable):
        mapping.stream_urls(data)
    with pytest.raises(StreamUnavailable):
        mapping.url(data, "Flv")


def test_a_session_is_cut_from_the_address() -> None:
    flv = (
        "http://192.168.0.201:18080/live/5c46860f-8e2e-41bd-be5f-a5e47cab08df@"
        "c451066b-bc6d-46ba-86cd-53fc3c7c1d7c.live.flv?start=1&end=2&stream_type=1"
    )
    assert mapping.url({"Flv": flv}, "Flv") == flv
    assert mapping.session(flv) == (
        "5c46860f-8e2e-41bd-be5f-a5e47cab08df",
        "c451066b-bc6d-46ba-86cd-53fc3c7c1d7c",
    )
    with pytest.raises(StreamUnavailable):
        mapping.session("http://me@host/live/x.flv?x=/a@b.live")


# Presets and events


def test_presets() -> None:
    data = [{"Index": 3, "Name": "3"}, {"Index": "1"}, {"Index": 0}, {"Name": "x"}]
    assert mapping.presets(data) == [Preset(index=1), Preset(index=3, name="3")]
    assert mapping.presets(None) == []


def test_tasks() -> None:
    assert mapping.watches({"ChannelList": ["c"]}, "c")
    assert not mapping.watches({"ChannelList": None}, "c")
    assert not mapping.watches({}, "c")


RESULTS = {
    "AIResults": {
        "Body": [
            {
                "Time": "2022-11-01 11:27:03",
                "Url": "https://cos.test/a/1.png?sign=HIDDEN",
                "BodyInfo": [{"Name": "person", "Score": 100, "Location": {"X": "55"}}],
            },
            {"Time": "later"},
        ],
        "Car": [
            {
                "Time": "1667273225",
                "CarInfo": [
                    {
                        "Color": "white",
                        "Type": "SUV",
                        "Confidence": 9,
                        "PlateContent": {
                            "Plate": "京A",
                            "Location": {"X": "60", "Y": "90", "Width": "20", "Height": "6"},
                        },
                        "Location": {"X": 55, "Y": "22", "Width": "45.0", "Height": 73},
                    }
                ],
            }
        ],
        "Ghost": [{"Time": "2022-11-01T03:27:03Z", "GhostInfo": [{"Name": "g"}]}],
        "Pet": None,
    }
}


def test_events() -> None:
    key = Key("a", "c")
    made = [mapping.event(key, "t", kind, raw) for kind, raw in mapping.results(RESULTS)]
    body, nothing, car, ghost = made
    assert nothing is None
    assert body is not None
    assert car is not None
    assert ghost is not None
    assert body.begin == datetime(2022, 11, 1, 3, 27, 3, tzinfo=UTC)
    assert (body.title, body.text) == ("Person", "person 100 %")
    assert body.picture.startswith("https://cos.test/")
    assert "HIDDEN" not in repr(body)
    assert "HIDDEN" not in str(body.raw)
    assert car.text == "white SUV 京A 9 %"
    assert car.boxes == (
        Box(x=55, y=22, width=45, height=73, label="SUV", pixels=True),
        Box(x=60, y=90, width=20, height=6, label="京A", pixels=True),
    )
    assert body.boxes == ghost.boxes == ()
    assert (ghost.title, ghost.text, ghost.begin) == ("Ghost", "g", body.begin)
    assert len({body.id, car.id, ghost.id}) == 3
    assert mapping.results(None) == mapping.results({"AIResults": []}) == []


def test_times() -> None:
    assert mapping.beijing("2022-11-01 11:27:03") == datetime(2022, 11, 1, 3, 27, 3, tzinfo=UTC)
    assert mapping.beijing(1667273223.5) == datetime(2022, 11, 1, 3, 27, 3, tzinfo=UTC)
    assert mapping.beijing("") is mapping.beijing(None) is mapping.beijing("x") is None
