"""Live streams: starting, addresses that expire and are renewed, and the pictures behind them."""

import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import av
import pytest

from tests.sandbox.media_support import read_frame, shots
from tests.sandbox.volcengine_support import NOBODY, OLD, QUICK, Client, eventually, midnight
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def line(client: Client) -> Camera:
    return client.camera("分拣线1")


def start(client: Client, camera: Camera, **more: object) -> dict[str, Any]:
    result = client.post("StartStream", OLD, StreamID=camera.id, **more).result
    assert isinstance(result, dict)
    return result


def urls(client: Client, camera: Camera, **more: object) -> dict[str, str]:
    """The pull addresses by their kind."""
    found = {}
    for url in start(client, camera, **more)["PullUrls"]:
        scheme, _, rest = url.partition(":")
        kind = "rtmp" if scheme == "rtmp" else rest.partition("?")[0].rpartition(".")[2]
        assert kind not in found
        found[kind] = url
    return found


def test_three_kinds_of_address(client: Client, line: Camera) -> None:
    found = urls(client, line)
    assert set(found) == {"rtmp", "flv", "m3u8"}
    for url in found.values():
        assert "volcTime=" in url
        assert "volcSecret=" in url
    assert found["flv"].startswith(client.base)
    assert found["rtmp"].startswith("rtmp://127.0.0.1:")


@pytest.mark.parametrize("kind", ["flv", "rtmp"])
def test_a_stream_plays_what_is_now(client: Client, line: Camera, kind: str) -> None:
    url = urls(client, line, StreamingIndex=1)[kind]
    with av.open(url, "r", options=QUICK, timeout=20) as container:
        frame = next(container.decode(video=0))
        assert line.viewers == 1
        reading = read_frame(frame)
    assert reading.channel == line.number
    assert abs(reading.when.timestamp() - time.time()) < 30
    assert frame.width == 320
    eventually(lambda: line.viewers == 0)


def test_rtmp_is_refused_without_a_right_token(client: Client, line: Camera) -> None:
    url = urls(client, line)["rtmp"]
    for wrong in (
        url.replace("volcSecret=", "volcSecret=0"),
        url.partition("?")[0],
        url.replace("/live/", "/playback/"),
        url.replace("/live/", "/other/"),
        url.replace(line.id, NOBODY),
    ):
        with pytest.raises(av.FFmpegError):
            av.open(wrong, "r", timeout=10).close()


def test_hls_segments_play(client: Client, line: Camera) -> None:
    url = urls(client, line, StreamingIndex=1)["m3u8"]
    playlist = client.fetch(url)
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    lines = [x for x in playlist.body.decode().splitlines() if not x.startswith("#")]
    segment = client.fetch(urljoin(url, lines[-1]))
    found = shots(segment.body)
    assert {shot.channel for shot in found} == {line.number}
    assert client.fetch(urljoin(url, lines[-1]).replace("/live/", "/live/0")).status == 404
    assert client.fetch(urljoin(url, lines[-1]).rsplit("/", 1)[0] + "/1.ts").status == 404
    wrong = urljoin(url, lines[-1]).replace(".ts", "").rsplit("/", 2)
    assert client.fetch(f"{wrong[0]}/0{wrong[1]}/{wrong[2]}.ts").status == 403


def test_addresses_are_good_only_as_given(client: Client, line: Camera) -> None:
    url = urls(client, line)["flv"]
    other = client.camera("分拣线2")
    for wrong in (
        url.replace("volcSecret=", "volcSecret=0"),
        url.replace("volcTime=", "volcTime=f"),
        url + "&x=1",
        url.partition("?")[0],
        url.replace(line.id, other.id),
    ):
        assert client.fetch(wrong).status == 403
    path = url.removeprefix(client.base)
    assert client.send("POST", path, {}, b"").status == 405
    assert client.send("HEAD", path, {}).status == 200
    assert client.fetch(f"{client.base}/nothing").status == 404


def test_expired_addresses_are_renewed_only_when_asked(client: Client, line: Camera) -> None:
    client.face.pull_seconds = 30
    first = urls(client, line, StreamingIndex=1)["m3u8"]
    assert urls(client, line, StreamingIndex=1)["m3u8"] == first
    assert client.fetch(first).status == 200
    client.world.ahead = 31
    client.clock = client.world.now
    assert client.fetch(first).status == 403

    def known(**more: object) -> str:
        query = {"StreamID": line.id, "StreamingIndex": 1, **more}
        return str(client.get("GetStream", **query).result["PullUrls"][2])

    assert known() == first
    assert urls(client, line, StreamingIndex=1, FreshExpiredPull="0")["m3u8"] == first
    fresh = known(FreshExpiredPull="1")
    assert fresh != first
    assert client.fetch(fresh).status == 200
    client.world.ahead = 62
    again = urls(client, line, StreamingIndex=1)["m3u8"]
    assert again not in (first, fresh)
    assert client.fetch(again).status == 200


def test_the_space_says_how_long_addresses_live(client: Client, line: Camera) -> None:
    auth = {"SpaceID": client.space, "MainKey": "abc123", "SpareKey": "x"}
    assert client.post("UpdateAuthInSpace", OLD, ValidDuration=2, **auth).result is None
    url = urls(client, line, StreamingIndex=1)["m3u8"]
    client.world.ahead = 119
    assert client.fetch(url).status == 200
    client.world.ahead = 121
    assert client.fetch(url).status == 403
    client.world.ahead = 0
    for minutes in (0, 43_201):
        bad = client.post("UpdateAuthInSpace", OLD, ValidDuration=minutes, **auth)
        assert bad.error == (400, "InvalidParameter.ValidDuration")
    bad = client.post("UpdateAuthInSpace", OLD, SpaceID=client.space, MainKey="-", ValidDuration=1)
    assert bad.error == (400, "InvalidParameter.MainKey")


def test_keys_of_a_space_can_be_rotated(client: Client, line: Camera) -> None:
    def rotate(main: str, spare: str) -> str:
        body = {"SpaceID": client.space, "MainKey": main, "SpareKey": spare, "ValidDuration": 60}
        assert client.post("UpdateAuthInSpace", OLD, **body).result is None
        return urls(client, line)["m3u8"]

    first = rotate("keyOne", "x")
    second = rotate("keyTwo", "keyOne")
    assert client.fetch(first).status == client.fetch(second).status == 200
    third = rotate("keyThree", "keyTwo")
    assert client.fetch(first).status == 403
    assert client.fetch(second).status == client.fetch(third).status == 200


def test_one_setting_shortens_every_life(client: Client, line: Camera) -> None:
    assert client.face.token_seconds == 3600
    client.face.token_seconds = 20
    url = urls(client, line, StreamingIndex=1)["m3u8"]
    client.world.ahead = 21
    assert client.fetch(url).status == 403


def test_a_stream_is_started_and_stopped(client: Client, line: Camera) -> None:
    def row() -> dict[str, Any]:
        return dict(client.get("GetStream", StreamID=line.id, StreamingIndex=1).result)

    assert (row()["Status"], row()["PullUrls"]) == ("init", [])
    made = start(client, line, StreamingIndex=1)
    assert made["ID"] == row()["StreamID"] != line.id
    eventually(lambda: row()["Status"] == "online")
    stream = made["PullUrls"][1]
    left = threading.Event()

    def watch() -> None:
        with urllib.request.urlopen(stream, timeout=20) as answer:
            while answer.read1(65536):
                pass
        left.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    eventually(lambda: line.viewers == 1)
    stopped = client.post("StopStream", OLD, StreamID=line.id, StreamingIndex=1)
    assert stopped.result == {"ID": made["ID"]}
    assert left.wait(10)
    watcher.join(10)
    assert row()["Status"] == "stoppped"
    assert client.fetch(stream).status == 404
    client.post("StartStream", OLD, StreamID=made["ID"])
    eventually(lambda: row()["Status"] == "online")


def test_a_stream_named_by_device_and_channel(client: Client, line: Camera) -> None:
    code = client.device("分拣NVR").code
    by_pair = client.post("StartStream", OLD, DeviceNSID=code, ChannelID=line.code, Resolution="2")
    assert by_pair.result["ID"] == start(client, line, StreamingIndex=1)["ID"]
    assert start(client, line, Resolution="6")["ID"] == line.id
    assert start(client, line, Resolution="1920x1080")["ID"] == line.id
    assert start(client, line, Resolution="352x288")["ID"] != line.id


def test_starting_that_cannot_be(client: Client, line: Camera) -> None:
    def error(**body: object) -> tuple[int, str]:
        return client.post("StartStream", OLD, **body).error

    assert error(StreamID=NOBODY) == (404, "NotFound.StreamData")
    assert error() == (400, "MissingParameter")
    assert error(ChannelID=line.code) == (400, "MissingParameter")
    assert error(DeviceNSID="1", ChannelID=line.code) == (404, "NotFound.DeviceData")
    code = client.device("分拣NVR").code
    assert error(DeviceNSID=code, ChannelID="1") == (404, "NotFound.ChannelData")
    both = error(StreamID=line.id, StreamingIndex=0, Resolution="6")
    assert both == (400, "InvalidParameter.Resolution")
    assert error(StreamID=line.id, Resolution="big") == (400, "InvalidParameter.Resolution")
    assert error(StreamID=line.id, StreamingIndex=2) == (404, "NotFound.StreamData")
    assert error(StreamID=line.id, FreshExpiredPull="2") == (
        400,
        "InvalidParameter.FreshExpiredPull",
    )
    dark = client.camera("地磅房")
    assert error(StreamID=dark.id) == (500, "ErrorDeviceSipTimeout")
    assert client.get("GetStream", StreamID=dark.id, StreamingIndex=0).result["Status"] == (
        "offline"
    )
    line.online = False
    assert error(StreamID=line.id) == (500, "ErrorDeviceSipTimeout")
    assert client.get("GetStream", StreamID=line.id).error == (400, "MissingParameter")


def test_rates_of_a_stream(client: Client, line: Camera) -> None:
    begin = midnight(1) + 8 * 3600 + 1800
    data = client.post(
        "GetStreamData", OLD, StreamID=line.id, StartTime=begin, EndTime=begin + 600
    ).result
    assert [p["TimeStamp"] for p in data["BVideo"]] == list(range(begin, begin + 600, 60))
    assert {p["Value"] for p in data["FPS"]} == {12}
    assert (data["VCodec"], data["Width"], data["Height"]) == ("h264", 640, 360)
    bad = client.post(
        "GetStreamData", OLD, StreamID=line.id, StartTime=begin, EndTime=begin + 86_401
    )
    assert bad.error == (400, "InvalidParameter.EndTime")
