"""The Imou face's live addresses: HLS that stays until it is deleted, FLV that is short-lived."""

import http.client
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.sandbox.imou_support import (
    DAY,
    MORNING,
    Client,
    first_reading,
    height_of,
    midnight,
    readings,
    segments,
    span,
)
from tests.sandbox.media_support import flv_tags
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera

FLV = "createDeviceFlvLive"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(23, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def till(client: Client) -> Camera:
    return client.camera("收银")


def test_a_live_address_is_made_read_listed_and_deleted(client: Client, till: Camera) -> None:
    assert client.on(till, "getLiveStreamInfo").code == "LV1002"
    made = client.on(till, "bindDeviceLive", streamId=0, liveMode="proxy").data
    assert (made["liveStatus"], made["liveType"]) == (1, 1)
    assert made["streams"][0]["streamId"] == 0
    assert client.on(till, "bindDeviceLive", streamId=0).code == "LV1001"
    sub = client.on(till, "bindDeviceLive", streamId=1).data
    info = client.on(till, "getLiveStreamInfo").data
    assert [s["liveToken"] for s in info["streams"]] == [made["liveToken"], sub["liveToken"]]
    assert info["streams"][0]["hls"] == made["streams"][0]["hls"]
    other = client.on(client.camera("货架"), "bindDeviceLive", streamId=1).data
    listed = client.call("liveList", queryRange="1-100").data
    assert listed["count"] == 3
    assert [r["liveToken"] for r in listed["lives"]] == [
        made["liveToken"],
        sub["liveToken"],
        other["liveToken"],
    ]
    assert [r["channelId"] for r in listed["lives"]] == [0, 0, 1]
    assert isinstance(listed["lives"][0]["job"][0]["status"], bool)
    assert client.call("liveList", queryRange="2-2").data["lives"][0] == sub
    assert client.call("unbindLive", liveToken=made["liveToken"]).data is None
    assert client.call("unbindLive", liveToken=made["liveToken"]).code == "LV1002"
    assert client.fetch(made["streams"][0]["hls"]).status == 404
    assert client.on(till, "getLiveStreamInfo").data["liveToken"] == sub["liveToken"]


@pytest.mark.parametrize("text", ["0-5", "5-1", "1-101", "1", "a-b", "1 - 5"])
def test_rows_that_cannot_be(client: Client, text: str) -> None:
    assert client.call("liveList", queryRange=text).code == "OP1003"


@pytest.mark.parametrize(("stream", "height"), [(0, 360), (1, 180)])
def test_the_live_picture_plays(client: Client, till: Camera, stream: int, height: int) -> None:
    made = client.on(till, "bindDeviceLive", streamId=stream).data["streams"][0]
    playlist = client.fetch(made["hls"])
    pieces = list(segments(made["hls"], playlist))
    assert len(pieces) == 5
    answer = client.fetch(pieces[-1])
    assert answer.headers["Content-Type"] == "video/mp2t"
    reading = first_reading(answer.body)
    assert reading.channel == till.number
    assert abs(reading.when.timestamp() - time.time()) < 30
    assert height_of(answer.body) == height
    assert client.fetch(made["coverUrl"]).body.startswith(b"\xff\xd8")
    token = pieces[-1].split("/")[-2]
    changed = pieces[-1].replace(token, token[:-1] + ("0" if token[-1] != "0" else "1"))
    assert client.fetch(changed).status == 403
    assert client.fetch(pieces[-1].replace(pieces[-1].split("/")[-1], "1.ts")).status == 404


def test_live_that_cannot_be(client: Client) -> None:
    for name, code in (("仓库后墙", "DV1007"), ("Garden-Battery", "DV1030")):
        camera = client.camera(name)
        assert client.on(camera, "bindDeviceLive", streamId=0).code == code, name
        assert client.on(camera, FLV).code == code, name
        assert client.on(camera, "getStreamUrl").code == code, name
    shelf = client.camera("货架")
    assert client.on(shelf, "bindDeviceLive", streamId=2).code == "OP1003"
    assert client.on(shelf, "bindDeviceLive", streamId="0").code == "OP1003"
    assert client.on(shelf, "bindDeviceLive").code == "OP1002"
    shelf.online = False
    assert client.on(shelf, "bindDeviceLive", streamId=0).code == "DV1020"
    till = client.camera("收银")
    place = {**client.place(till), "channelId": "9"}
    assert client.call("bindDeviceLive", **place, streamId=0).code == "DV1057"
    assert client.on(till, "getStreamUrl", streamId=1).code == "OP1021"
    client.face.memory.encrypted.add(till.device_id)
    assert client.on(till, "bindDeviceLive", streamId=0).code == "LV1004"
    client.sandbox.faults.set("imou", "offline")
    assert client.on(till, FLV).code == "DV1007"


def test_a_device_that_leaves_ends_its_stream(client: Client, till: Camera) -> None:
    hls = client.on(till, "bindDeviceLive", streamId=0).data["streams"][0]["hls"]
    assert client.fetch(hls).status == 200
    client.world.device_of(till).online = False
    assert client.fetch(hls).status == 404


def test_watching_keeps_a_device_awake(client: Client) -> None:
    battery = client.camera("Garden-Battery")
    client.face.sleepers.wake_seconds = 0
    client.on(battery, "bindDeviceLive", streamId=0)
    client.call("wakeUpDevice", deviceId=client.place(battery)["deviceId"])
    hls = client.on(battery, "bindDeviceLive", streamId=0).data["streams"][0]["hls"]
    for client.world.ahead in (40, 80, 120):
        assert client.fetch(hls).status == 200
    client.world.ahead = 230
    assert client.fetch(hls).status == 404


def test_flv_of_now(client: Client, till: Camera) -> None:
    url = client.on(till, FLV).data["flvHD"]
    assert client.on(till, FLV, type="realTime").code == "LV1001"
    small = client.on(till, "queryDeviceFlvLive").data["flv"]
    assert height_of(client.begin_of(small, 30_000)) == 180
    reading = first_reading(client.begin_of(url, 60_000))
    assert reading.channel == till.number
    assert abs(reading.when.timestamp() - time.time()) < 15
    assert client.fetch(url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
    client.world.ahead = 601
    assert client.fetch(url).status == 403
    client.world.ahead = 0
    assert client.on(till, "deleteDeviceFlvLive").data is None
    assert client.fetch(url).status == 404
    for method in ("queryDeviceFlvLive", "deleteDeviceFlvLive"):
        assert client.on(till, method).code == "LV1002"
    assert client.on(till, FLV).code == "0"


@pytest.mark.parametrize("store", ["localRecord", "cloudRecord"])
def test_flv_of_a_recording(client: Client, till: Camera, store: str) -> None:
    begin = midnight(1) + MORNING
    params = {**span(begin, begin + 60), "type": "playback", "recordType": store}
    url = client.on(till, FLV, **params).data["flvHD"]
    for _ in range(2):
        found = readings(client.begin_of(url, 40_000), 5)
        assert found[0].when.timestamp() == pytest.approx(begin, abs=0.1)
        assert found[0].channel == till.number
    small = client.on(till, FLV, **params).data["flv"]
    assert height_of(client.begin_of(small, 20_000)) == 180


def opened(client: Client, url: str) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
    """A stream whose first bytes were read."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(client.host, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    assert answer.read(3) == b"FLV"
    return connection, answer


@pytest.mark.parametrize("kind", ["realTime", "playback"])
def test_a_device_that_leaves_ends_its_flv(client: Client, till: Camera, kind: str) -> None:
    begin = midnight(1) + MORNING
    more = {**span(begin, begin + 600), "recordType": "localRecord"} if kind == "playback" else {}
    url = client.on(till, FLV, type=kind, **more).data["flv"]
    connection, answer = opened(client, url)
    try:
        client.world.device_of(till).online = False
        answer.read()
    finally:
        connection.close()
    assert client.fetch(url).status == 404


def test_stopping_the_sandbox_ends_what_it_plays() -> None:
    with Sandbox(23, vendors=["imou"]) as sandbox:
        client = Client(sandbox)
        begin = midnight(1) + MORNING
        params = {**span(begin, begin + 600), "type": "playback", "recordType": "cloudRecord"}
        connection, _ = opened(client, client.on(client.camera("收银"), FLV, **params).data["flv"])
    connection.close()


def test_flv_at_a_higher_speed_and_over_midnight(client: Client) -> None:
    dome = client.camera("店门云台")
    begin = midnight(1) - 1
    params = {**span(begin, begin + 2), "type": "playback", "recordType": "localRecord"}
    fast, slow = (
        client.fetch(client.on(dome, FLV, **params, speed=speed).data["flvHD"]).body
        for speed in (8, 1)
    )
    held = client.world.device_ranges(dome, begin, begin + 2)
    for body in (fast, slow):
        assert len(readings(body, 1000)) == 12 * sum(r.end - r.begin for r in held)
    # As with real recorders there is sound only at normal speed.
    sounds = [[kind for kind, _, _ in flv_tags(body)].count(8) for body in (fast, slow)]
    assert sounds[0] <= 1
    assert sounds[1] > 20


def test_flv_that_cannot_be(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    base = {**span(begin, begin + 60), "type": "playback", "recordType": "cloudRecord"}

    def code(**change: object) -> str:
        given = {k: v for k, v in {**base, **change}.items() if v is not None}
        return client.on(till, FLV, **given).code

    assert code() == code(speed=16) == "0"
    assert code(speed=3) == code(speed=16, recordType="localRecord") == "OP1003"
    assert code(recordType=None) == code(beginTime=None) == "OP1002"
    assert code(recordType="other") == code(type="other") == code(endTime="2024") == "OP1003"
    assert code(**span(begin, begin + DAY)) == "0"
    assert code(**span(begin, begin + DAY + 1)) == code(**span(begin, begin)) == "OP1003"
    assert code(**span(begin - 200 * DAY, begin - 200 * DAY + 60)) == "OP1019"
    # The cloud keeps what a device that is gone recorded; the device cannot be asked.
    wall = client.camera("仓库后墙")
    assert client.on(wall, FLV, **base).code == "0"
    assert client.on(wall, FLV, **{**base, "recordType": "localRecord"}).code == "DV1007"


def test_a_kit_token(client: Client, till: Camera) -> None:
    assert client.on(till, "getKitToken", type="1").data["kitToken"].startswith("Kt_")
    assert client.on(till, "getKitToken", type=5).code == "OP1003"
