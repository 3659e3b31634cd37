"""Recordings on devices: lists in two shapes, playback under control, and downloads."""

import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import av
import pytest

from tests.sandbox.media_support import flv_tags, read_frame, shots
from tests.sandbox.volcengine_support import (
    DAY,
    MORNING,
    NEW,
    NOBODY,
    OLD,
    QUICK,
    Client,
    eventually,
    midnight,
)
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera

ARGS = (400, "InvalidParameter.PlayBackControlArgs")


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def line(client: Client) -> Camera:
    return client.camera("分拣线1")


# Lists


def test_the_list_in_both_shapes(client: Client, line: Camera) -> None:
    begin = midnight(1)
    asked = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + DAY}
    numbers = client.post("GetRecordList", **asked).result
    texts = client.get("GetRecordList", NEW, **asked).result
    assert numbers["Num"] == texts["Num"] == len(numbers["Items"]) > 20
    for a, b in zip(numbers["Items"], texts["Items"], strict=True):
        assert isinstance(a["StartTime"], int)
        assert (a["StartTime"], a["EndTime"]) == (b["StartTimeStamp"], b["EndTimeStamp"])
        assert isinstance(b["StartTime"], str)
        assert str(a["FileSize"]) == b["FileSize"]
        assert a["EndTime"] - a["StartTime"] <= 3600
    held = client.world.device_ranges(line, begin, begin + DAY)
    seconds = sum(
        min(i["EndTime"], begin + DAY) - max(i["StartTime"], begin) for i in numbers["Items"]
    )
    assert seconds == sum(r.end - r.begin for r in held)
    reverse = client.post("GetRecordList", **asked, Order=True).result["Items"]
    assert reverse == numbers["Items"][::-1]
    pair = {"DeviceNSID": client.device("分拣NVR").code, "ChannelID": line.code}
    times = {"StartTime": begin, "EndTime": begin + DAY}
    assert client.post("GetRecordList", **pair, **times).result["Num"] == numbers["Num"]
    old = {"DeviceID": client.device("分拣NVR").id, "ChannelID": line.code, **times}
    assert client.post("GetRecordList", OLD, **old).result["Items"] == texts["Items"]


def test_kinds_of_recordings(client: Client, line: Camera) -> None:
    begin = midnight(1)
    table = client.camera("打包台")

    def count(camera: Camera, kind: str) -> int:
        asked = {"StreamID": camera.id, "StartTime": begin, "EndTime": begin + DAY}
        return int(client.post("GetRecordList", **asked, RecordType=kind).result["Num"])

    assert count(line, "time") == count(line, "all") > 0
    assert count(line, "alarm") == count(table, "time") == count(table, "manual") == 0
    assert count(table, "alarm") == count(table, "all") > 0


def test_lists_that_cannot_be(client: Client, line: Camera) -> None:
    begin = midnight(1)

    def error(**changes: object) -> tuple[int, str]:
        body = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + 60, **changes}
        return client.post("GetRecordList", **body).error

    assert error(RecordType="x") == (400, "InvalidParameter.RecordType")
    assert error(EndTime=begin - 1) == (400, "InvalidParameter.EndTime")
    assert error(StreamID=NOBODY) == (404, "NotFound.StreamData")
    dark = client.camera("地磅房").id
    assert error(StreamID=dark) == (500, "ErrorDeviceSipTimeout")
    client.sandbox.faults.set("volcengine", "offline")
    assert error() == (500, "ErrorDeviceSipTimeout")


# Playback


def start(client: Client, camera: Camera, begin: int, end: int) -> dict[str, Any]:
    body = {"SpaceID": client.space, "StreamID": camera.id, "StartTime": begin, "EndTime": end}
    result = client.post("StartPlayback", **body).result
    assert isinstance(result, dict)
    return result


def status(client: Client, playback: str) -> str:
    return str(client.get("GetPlaybackStatus", NEW, PlaybackID=playback).result["Status"])


def flv_of(made: dict[str, Any]) -> str:
    return str(next(u for u in made["PullUrls"] if ".flv?" in u))


def control(
    client: Client, playback: str, cmd: object, ntp: object = "0", scale: object = 1
) -> Any:
    return client.post("ControlPlayback", PlaybackID=playback, Cmd=cmd, Ntp=ntp, Scale=scale)


def test_playback_comes_online_after_a_moment(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    made = start(client, line, begin, begin + 600)
    assert status(client, made["PlaybackID"]) == "pulling"
    assert client.fetch(flv_of(made)).status == 404
    assert client.last.session == made["PlaybackID"]
    eventually(lambda: status(client, made["PlaybackID"]) == "online")
    for url in made["PullUrls"]:
        with av.open(url, "r", options=QUICK, timeout=20) as container:
            reading = read_frame(next(container.decode(video=0)))
        assert reading.channel == line.number
        assert 0 <= reading.when.timestamp() - begin < 2


def test_playback_under_control(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    made = start(client, line, begin, begin + 1200)
    playback = made["PlaybackID"]
    eventually(lambda: status(client, playback) == "online")
    received = bytearray()
    opened = threading.Event()

    def watch() -> None:
        with urllib.request.urlopen(flv_of(made), timeout=20) as stream:
            while piece := stream.read1(65536):
                received.extend(piece)
                opened.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert opened.wait(20)
    session = client.sandbox.sessions[playback]
    stream = session.stream
    assert stream is not None
    assert control(client, playback, 1).result is None
    assert stream.paused
    assert control(client, playback, 0).result is None
    assert not stream.paused
    assert control(client, playback, 2, scale=8).result is None
    assert stream.speed == 8
    assert control(client, playback, 2, scale=32).result is None
    assert stream.speed == 32
    assert control(client, playback, 3, "600").result is None
    assert stream.position >= 600
    length = len(received)
    eventually(lambda: len(received) > length + 10_000)
    assert client.post("StopPlayback", PlaybackID=playback).result is None
    watcher.join(20)
    assert not watcher.is_alive()
    assert session.stopped
    assert status(client, playback) == "deleted"
    assert client.fetch(flv_of(made)).status == 404
    assert client.post("StopPlayback", PlaybackID=playback).error == (404, "NotFound.PlaybackData")
    assert control(client, playback, 0).error == (404, "NotFound.PlaybackData")
    stamps = [stamp for kind, stamp, _ in whole_tags(bytes(received)) if kind == 9]
    assert max(stamps) >= 600_000


def whole_tags(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The tags before a cut at the end."""
    at = 13
    while at + 11 <= len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big") + 15
        if at + size > len(data):
            break
        at += size
    yield from flv_tags(data[:at])


def test_control_that_cannot_be(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    playback = start(client, line, begin, begin + 60)["PlaybackID"]
    for cmd, ntp, scale in (
        (4, "0", 1),
        (-1, "0", 1),
        ("0", "0", 1),
        (3, "x", 1),
        (3, 5, 1),
        (3, "-1", 1),
        (3, "60", 1),
        (2, "0", 3),
        (2, "0", 0.5),
        (2, "0", 64),
        (2, "0", "2"),
    ):
        assert control(client, playback, cmd, ntp, scale).error == ARGS, (cmd, ntp, scale)
    assert control(client, playback, 3, None).error == (400, "MissingParameter")
    assert control(client, playback, 2, "0", None).error == (400, "MissingParameter")
    assert control(client, NOBODY, 0).error == (404, "NotFound.PlaybackData")
    client.world.device_of(line).online = False
    assert control(client, playback, 0).error == (500, "ErrorDeviceSipTimeout")
    assert status(client, playback) == "offline"
    assert client.get("StopPlayback", NEW, PlaybackID=playback).result is None


def test_playback_that_cannot_begin(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    body = {"SpaceID": client.space, "StreamID": line.id, "StartTime": begin, "EndTime": begin + 9}

    def error(**changes: object) -> tuple[int, str]:
        return client.post("StartPlayback", **{**body, **changes}).error

    assert error(SpaceID=None) == (400, "MissingParameter")
    assert error(SpaceID=NOBODY) == (404, "NotFound.SpaceData")
    assert error(EndTime=begin) == (400, "InvalidParameter.EndTime")
    assert error(StreamID=client.camera("地磅房").id) == (500, "ErrorDeviceSipTimeout")
    missing = client.get("GetPlaybackStatus", NEW, PlaybackID=NOBODY)
    assert missing.error == (404, "NotFound.PlaybackData")
    gap = client.world.device_ranges(line, midnight(1), midnight(1) + DAY)[0].end
    made = start(client, line, gap + 1, gap + 20)
    assert status(client, made["PlaybackID"]) == "failed"
    assert client.fetch(flv_of(made)).status == 404


def test_playback_addresses_expire(client: Client, line: Camera) -> None:
    client.face.token_seconds = 20
    begin = midnight(1) + MORNING
    url = flv_of(start(client, line, begin, begin + 60))
    assert client.fetch(url.replace("volcSecret=", "volcSecret=0")).status == 403
    client.world.ahead = 21
    assert client.fetch(url).status == 403


# Downloads


def download(client: Client, camera: Camera, begin: int, end: int, **more: object) -> str:
    body = {"StreamID": camera.id, "StartTime": begin, "EndTime": end, **more}
    return str(client.post("DownloadLocalMedia", **body).result["DownloadID"])


def task(client: Client, mark: str) -> dict[str, Any]:
    rows = client.get("GetLocalDownload", ID=mark).result["GBMedias"]
    assert len(rows) == 1
    return dict(rows[0])


def test_a_download_goes_forward_and_is_a_file(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    to_mp4 = {"M3U8Option": {"ToMp4": True}}
    mark = download(client, line, begin, begin + 6, Mps=to_mp4)
    first = task(client, mark)
    assert (first["Status"], first["Url"]) == ("downloading", "")
    client.world.ahead = 0.6
    second = task(client, mark)
    assert first["FileSize"] < second["FileSize"]
    assert first["FileStreamLength"] < second["FileStreamLength"] < 6e9
    client.world.ahead = 2
    done = task(client, mark)
    assert (done["Status"], done["FileStreamLength"]) == ("done", 6_000_000_000)
    assert done["FileName"].endswith(".mp4")
    found = shots(client.fetch(done["Url"]).body)
    assert found[0].when == begin
    assert {shot.channel for shot in found} == {line.number}
    assert client.fetch(done["Url"].replace("X-JWT-Token=", "X-JWT-Token=0")).status == 403
    assert client.fetch(done["Url"].replace(".mp4", ".m3u8")).status == 403
    everything = client.post("GetLocalDownload", OLD).result
    assert (everything["TotalCount"], everything["GBMedias"][0]["ID"]) == (1, mark)


def test_a_download_without_mp4_is_a_playlist_and_may_have_subtitles(
    client: Client, line: Camera
) -> None:
    begin = midnight(1) + MORNING
    subtitle = {"SubtitleList": [{"Content": "门", "Start": 1000, "End": 3_723_004}]}
    mark = download(client, line, begin, begin + 10, Mps={"Subtitle": subtitle})
    client.world.ahead = 2
    done = task(client, mark)
    text = client.fetch(done["Url"]).body.decode()
    names = [x for x in text.splitlines() if not x.startswith("#")]
    assert shots(client.fetch(urljoin(done["Url"], names[0])).body)[0].when == begin
    srt = client.fetch(done["SubtitleUrl"]).body.decode()
    assert srt == "1\n00:00:01,000 --> 01:02:03,004\n门\n"


def test_a_download_of_nothing_fails(client: Client, line: Camera) -> None:
    gap = client.world.device_ranges(line, midnight(1), midnight(1) + DAY)[0].end
    mark = download(client, line, gap + 1, gap + 20)
    assert (task(client, mark)["Status"], bool(task(client, mark)["Msg"])) == ("failed", True)
    assert client.get("GetLocalDownload", ID=NOBODY).error == (404, "NotFound.DownloadData")
    dark = {"StreamID": client.camera("地磅房").id, "StartTime": gap, "EndTime": gap + 9}
    assert client.post("DownloadLocalMedia", **dark).error == (500, "ErrorDeviceSipTimeout")
    alias = {"StreamID": line.id, "StartTime": gap, "EndTime": gap + 9, "MediaProcess": {}}
    assert client.post("LocalMediaDownload", **alias).result["DownloadID"]
