"""Calls 29 to 38: control, live, playback and downloads, with the media behind them."""

import threading
import time
import urllib.request
from collections.abc import Iterator
from email.message import Message
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.sandbox.face_support import DAY, Answer, Client, midnight
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, build

PTZ = "/ivc/cms/control/ptz"
PRESET = "/ivc/cms/control/preset/mange"
PRESETS = "/ivc/cms/control/preset/get"
LIVE = "/ivc/cms/control/stream"
CLOUD = "/ivc/record/filelist/query"
DEVICE = "/ivc/cms/control/timeline"
CLOUD_URL = "/ivc/record/playback/url"
DEVICE_URL = "/ivc/cms/control/record"
CONTROL = "/ivc/cms/control/recordctl"
DOWNLOAD = "/ivc/vds/VideoDownloadUrl"
NOBODY = "00000000-0000-0000-0000-000000000000"
MORNING = 8 * 3600 + 1800


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("东门球机")


@pytest.fixture
def front(client: Client) -> Camera:
    return client.camera("前门")


# Control


def test_ptz_moves_the_picture(client: Client, dome: Camera) -> None:
    for kind in ("right", "up", "zoomin", "focusfar", "irisin", "leftdown"):
        before = dome.pose
        assert client.post(PTZ, ChannelId=dome.id, Type=kind, Speed=5).data is None
        assert dome.pose != before


def test_ptz_speed_out_of_range_means_four(client: Client, dome: Camera) -> None:
    def moved(**speed: object) -> float:
        before = dome.pose.pan
        assert client.post(PTZ, ChannelId=dome.id, Type="right", **speed).code == 200
        return round(dome.pose.pan - before, 6)

    four = moved(Speed=4)
    assert moved() == moved(Speed=0) == moved(Speed=9) == moved(Speed=-1) == four
    assert moved(Speed=1) < four < moved(Speed=8)


def test_ptz_that_cannot_be(client: Client, dome: Camera) -> None:
    assert client.post(PTZ, ChannelId=dome.id, Type="stop").code == 40005
    assert client.post(PTZ, ChannelId=dome.id, Type="up", Speed="3").code == 40001
    for name, code in (
        ("前门", 51602),
        ("收银台", 51603),
        ("停车场西", 41617),
        ("旧机房", 41621),
        ("Shelf-2", 41634),
        ("移动推流", 40002),
    ):
        assert client.post(PTZ, ChannelId=client.camera(name).id, Type="up").code == code, name
    assert client.post(PTZ, ChannelId=NOBODY, Type="up").code == 42207
    assert client.post(PTZ, ChannelId="x", Type="up").code == 41639


def test_presets(client: Client, dome: Camera) -> None:
    def preset(cmd: str, index: int) -> int:
        return client.post(PRESET, ChannelId=dome.id, Cmd=cmd, Index=index).code

    assert client.post(PRESETS, ChannelId=dome.id).data == [
        {"Index": 1, "Name": "1"},
        {"Index": 2, "Name": "2"},
    ]
    client.post(PTZ, ChannelId=dome.id, Type="left", Speed=8)
    there = dome.pose
    assert preset("set", 10) == 200
    assert preset("goto", 2) == 200
    assert dome.pose != there
    assert preset("goto", 10) == 200
    assert dome.pose == there
    assert preset("del", 10) == 200
    assert preset("goto", 10) == 51602
    assert len(client.post(PRESETS, ChannelId=dome.id).data) == 2
    for index in (0, 11, -1):
        assert preset("set", index) == 40005
    assert preset("call", 1) == 40005
    assert client.post(PRESETS, ChannelId=client.camera("前门").id).data == []
    assert client.post(PRESETS, ChannelId=NOBODY).code == 42207


# Live


def test_live_addresses(client: Client, front: Camera) -> None:
    for body, profile in (
        ({}, "main"),
        ({"StreamType": 1}, "main"),
        ({"StreamType": 2}, "sub"),
        ({"Resolution": "6"}, "main"),
        ({"Resolution": "1"}, "sub"),
        ({"Resolution": "19201080"}, "main"),
    ):
        data = client.post(LIVE, ChannelId=front.id, **body).data
        assert f"/live/{front.id}.live.flv?" in data["Flv"]
        playlist = client.fetch(data["Hls"])
        assert playlist.status == 200
        assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
        assert f"/{profile}/" in playlist.body.decode()
    data = client.post(LIVE, ChannelId=front.id, DeviceId=front.device_id).data
    assert set(data) == {"Flv", "Hls"}


def test_live_flv_plays_and_counts_viewers(client: Client, front: Camera) -> None:
    url = client.post(LIVE, ChannelId=front.id, StreamType=2).data["Flv"]
    with urllib.request.urlopen(url, timeout=20) as stream:
        assert stream.headers["Content-Type"] == "video/x-flv"
        assert stream.read(20000)[:4] == b"FLV\x01"
        assert front.viewers == 1
    deadline = time.monotonic() + 10
    while front.viewers and time.monotonic() < deadline:
        time.sleep(0.02)
    assert front.viewers == 0


def test_live_hls_segments_play(client: Client, front: Camera) -> None:
    url = client.post(LIVE, ChannelId=front.id, StreamType=2).data["Hls"]
    lines = client.fetch(url).body.decode().splitlines()
    segment = client.fetch(urljoin(url, [x for x in lines if x.endswith(".ts")][-1]))
    assert segment.status == 200
    assert segment.body[0] == segment.body[188] == 0x47
    gone = urljoin(url, lines[-1]).rsplit("/", 1)[0] + "/1.ts"
    assert client.fetch(gone).status == 404


def test_an_rtmp_device_is_named_by_device(client: Client) -> None:
    push = client.device("移动推流")
    data = client.post(LIVE, DeviceId=push.id).data
    assert client.fetch(data["Hls"]).status == 200
    assert client.post(LIVE, DeviceId=client.device("大厅NVR").id).code == 41639


def test_live_that_cannot_be(client: Client, front: Camera) -> None:
    assert client.post(LIVE, ChannelId=front.id, StreamType=1, Resolution="3").code == 41633
    assert client.post(LIVE, ChannelId=front.id, StreamType=3).code == 40005
    assert client.post(LIVE, ChannelId=front.id, Resolution="9").code == 40005
    assert client.post(LIVE, ChannelId=front.id, Resolution=3).code == 40001
    assert client.post(LIVE, StreamType=1).code == 40001
    other = client.device("东门球机").id
    assert client.post(LIVE, ChannelId=front.id, DeviceId=other).code == 41639
    for name, code in (("停车场西", 41617), ("旧机房", 41621), ("Shelf-2", 41634)):
        assert client.post(LIVE, ChannelId=client.camera(name).id).code == code


def test_addresses_are_good_only_as_given_and_in_time(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    urls = [
        *client.post(LIVE, ChannelId=front.id).data.values(),
        cloud_url(client, front, begin, begin + 60).data["Hls"],
        device_url(client, front, begin, begin + 60).data["Flv"],
    ]
    for url in urls:
        parts = urlsplit(url)
        assert parts.scheme == "http"
        assert parts.netloc == client.host
        assert client.fetch(url.replace("token=", "token=0")).status == 403
        assert client.fetch(url.partition("&token=")[0]).status == 403
        assert client.fetch(url + "0").status == 403
        assert client.fetch(url.replace(front.id, client.camera("大厅").id)).status == 403
        for key, (value,) in parse_qs(parts.query).items():
            if key != "token":
                assert client.fetch(url.replace(f"{key}={value}", f"{key}=9")).status == 403
    client.world.ahead = 7 * 3600
    for url in urls:
        assert client.fetch(url).status == 403


def test_media_is_only_fetched(client: Client, front: Camera) -> None:
    url = client.post(LIVE, ChannelId=front.id).data["Hls"]
    parts = urlsplit(url)
    assert client.send("POST", f"{parts.path}?{parts.query}", {}, b"").status == 405
    head = client.send("HEAD", f"{parts.path}?{parts.query}", {})
    assert (head.status, head.body) == (200, b"")


# Cloud recordings


def cloud(client: Client, camera: Camera, begin: int, end: int) -> Answer:
    return client.get(
        CLOUD, DeviceId=camera.device_id, ChannelId=camera.id, StartTime=begin, EndTime=end
    )


def cloud_url(client: Client, camera: Camera, begin: int, end: int) -> Answer:
    return client.get(CLOUD_URL, ChannelId=camera.id, StartTime=begin, EndTime=end)


def device_url(client: Client, camera: Camera, begin: int, end: int, **more: object) -> Answer:
    return client.post(DEVICE_URL, ChannelId=camera.id, Start=begin, End=end, **more)


def test_cloud_timeline_is_the_worlds(client: Client, front: Camera) -> None:
    begin = midnight(1)
    data = cloud(client, front, begin, begin + DAY).data
    assert data["Tips"] == 1
    assert [(r["Begin"], r["End"]) for r in data["List"]] == [
        (r.begin, r.end) for r in client.world.cloud_ranges(front, begin, begin + DAY)
    ]
    empty = next(
        m
        for m in (midnight(d) for d in range(3, 30))
        if not client.world.cloud_ranges(front, m, m + DAY)
    )
    assert cloud(client, front, empty, empty + DAY).data == {"Tips": 0, "List": None}


@pytest.mark.parametrize("path", [CLOUD, CLOUD_URL])
def test_one_day_and_no_midnight(client: Client, front: Camera, path: str) -> None:
    day = midnight(1)
    now = int(time.time())

    def code(begin: int, end: int) -> int:
        device = {"DeviceId": front.device_id} if path == CLOUD else {}
        return client.get(path, ChannelId=front.id, StartTime=begin, EndTime=end, **device).code

    assert code(day, day + DAY) == 200
    assert code(day, day + DAY + 1) == 40005
    assert code(day - 60, day + 60) == 40005
    assert code(day - 1, day + 1) == 40005
    assert code(day + 100, day + 99) == 41611
    assert code(now + 1000, now + 1010) == 41612
    assert code(day + MORNING, day + MORNING + 10) == 200
    assert code(-5, 10) == 40005


def test_the_channel_must_be_the_devices(client: Client, front: Camera) -> None:
    begin = midnight(1)
    asked = {"StartTime": begin, "EndTime": begin + 60}
    other = client.device("东门球机").id
    assert client.get(CLOUD, DeviceId=other, ChannelId=front.id, **asked).code == 41639
    assert client.get(CLOUD, DeviceId="x", ChannelId=front.id, **asked).code == 41638
    assert client.get(CLOUD, DeviceId=NOBODY, ChannelId=front.id, **asked).code == 42206
    assert client.get(CLOUD, DeviceId=other, ChannelId=NOBODY, **asked).code == 42207


def test_cloud_playback_has_every_second_and_breaks_at_gaps(client: Client, front: Camera) -> None:
    noon = midnight(1) + 12 * 3600
    url = cloud_url(client, front, noon - 30, noon + 1830).data["Hls"]
    assert f"/record/{front.id}/hls.m3u8?starttime={noon - 30}&endtime={noon + 1830}&token=" in url
    text = client.fetch(url).body.decode()
    assert text.count("#EXT-X-DISCONTINUITY") == 1
    assert text.rstrip().endswith("#EXT-X-ENDLIST")
    seconds = [float(x[8:].rstrip(",")) for x in text.splitlines() if x.startswith("#EXTINF:")]
    assert sum(seconds) == pytest.approx(60)
    names = [x for x in text.splitlines() if x.endswith(".ts")]
    for name in (names[0], names[-1]):
        segment = client.fetch(urljoin(url, name))
        assert segment.headers["Content-Type"] == "video/mp2t"
        assert len(segment.body) % 188 == 0
    bad = urljoin(url, names[0]).replace("/s/", "/s/0")
    assert client.fetch(bad).status == 403
    assert cloud_url(client, front, noon, noon + 1800).code == 41627
    inside_gap = urljoin(url, names[0]).replace(str(noon - 30), str(noon + 600))
    assert client.fetch(inside_gap).status == 404


def test_cold_recordings_must_be_retrieved_first(client: Client, front: Camera) -> None:
    days = (midnight(d) for d in range(build.HOT_DAYS + 3, build.HOT_DAYS + 20))
    begin = next(d for d in days if client.world.cloud_ranges(front, d, d + DAY)) + MORNING
    assert cloud(client, front, begin, begin + 600).data["Tips"] == 1
    assert cloud_url(client, front, begin, begin + 600).code == 42506
    answer = download(client, front, begin, begin + 600)
    assert (answer.status, answer.code) == (400, 42506)


# Device recordings


def test_device_timeline_is_hourly_files(client: Client, front: Camera) -> None:
    begin = midnight(1)
    rows = client.post(DEVICE, ChannelId=front.id, Start=begin, End=begin + DAY).data
    assert all(r["End"] - r["Begin"] <= 3600 for r in rows)
    joined: list[list[int]] = []
    for row in rows:
        if joined and joined[-1][1] == row["Begin"]:
            joined[-1][1] = row["End"]
        else:
            joined.append([row["Begin"], row["End"]])
    assert joined == [
        [r.begin, r.end] for r in client.world.device_ranges(front, begin, begin + DAY)
    ]
    assert len(joined) < len(rows)


def test_device_timeline_that_cannot_be(client: Client, front: Camera) -> None:
    begin = midnight(1)

    def code(camera: Camera, begin: int, end: int) -> int:
        return client.post(DEVICE, ChannelId=camera.id, Start=begin, End=end).code

    empty = next(
        m
        for m in (midnight(d) for d in range(3, 30))
        if not client.world.device_ranges(front, m, m + DAY)
    )
    assert code(front, empty, empty + DAY) == 41627
    assert code(front, begin + 1, begin) == 41611
    ahead = int(time.time()) + 1000
    assert code(front, ahead, ahead + 1) == 41612
    assert code(front, begin - DAY, begin + DAY) == 200
    for name, expected in (
        ("停车场西", 41617),
        ("旧机房", 41621),
        ("Shelf-2", 41634),
        ("移动推流", 40002),
    ):
        assert code(client.camera(name), begin, begin + 60) == expected


def session_of(url: str) -> str:
    return url.split("@")[1].split(".")[0]


def test_device_playback_is_controlled_by_its_session(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    url = device_url(client, front, begin, begin + 600, StreamType=2).data["Flv"]
    assert f"/live/{front.id}@" in url
    assert f".live.flv?start={begin}&end={begin + 600}&stream_type=2" in url
    session = session_of(url)

    def control(**more: object) -> int:
        return client.post(CONTROL, ChannelId=front.id, Session=session, **more).code

    received = bytearray()
    opened = threading.Event()

    def watch() -> None:
        with urllib.request.urlopen(url, timeout=20) as stream:
            while piece := stream.read1(65536):
                received.extend(piece)
                opened.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    assert opened.wait(20)
    state = client.sandbox.sessions[session]
    assert not state.stopped
    assert control(Action="pause") == 200
    assert control(Action="play", Pos=300) == 200
    assert control(Action="play", Scale=8) == 200
    assert control(Action="play", Scale=0.25) == 200
    deadline = time.monotonic() + 10
    while state.stream is not None and state.stream.position < 300:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert control(Action="stop") == 200
    watcher.join(20)
    assert not watcher.is_alive()
    assert received[:3] == b"FLV"
    assert state.stopped
    assert state.commands == [
        ("pause", None, None),
        ("play", 300, None),
        ("play", None, 8),
        ("play", None, 0.25),
        ("stop", None, None),
    ]
    assert control(Action="play") == 41605
    assert client.fetch(url).status == 404
    assert [e.session for e in client.sandbox.log if e.call == "device-flv"] == [session]
    assert client.sandbox.log[-2].session == session
    assert client.sandbox.log[-2].code == 41605


def test_device_playback_control_that_cannot_be(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    session = session_of(device_url(client, front, begin, begin + 60).data["Flv"])

    def code(**changes: Any) -> int:
        body = {"ChannelId": front.id, "Session": session, "Action": "play", **changes}
        return client.post(CONTROL, **body).code

    assert code(Pos=1, Scale=2) == 41630
    assert code(Scale=3) == 40005
    assert code(Scale="2") == 40001
    assert code(Pos=-1) == 40005
    assert code(Pos=61) == 40005
    assert code(Pos=1.5) == 40001
    assert code(Action="rewind") == 40005
    assert code(Session=NOBODY) == 41605
    assert code(Session="x") == 41605
    assert code(ChannelId=client.camera("大厅").id) == 41605
    assert code(ChannelId=NOBODY) == 42207
    client.world.device_of(front).online = False
    assert code() == 41617
    assert code(Action="stop") == 200


def test_device_playback_that_cannot_begin(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    assert device_url(client, front, begin, begin + 60, StreamType=1, Resolution="3").code == 41633
    assert device_url(client, front, begin + 1, begin).code == 41611
    ahead = int(time.time()) + 1000
    assert device_url(client, front, ahead, ahead + 60).code == 41612
    assert device_url(client, client.camera("停车场西"), begin, begin + 60).code == 41617
    assert device_url(client, client.camera("移动推流"), begin, begin + 60).code == 40002
    ranges = client.world.device_ranges(front, midnight(1), midnight(1) + DAY)
    gap = ranges[0].end
    assert device_url(client, front, gap + 1, gap + 30).code == 41627


# Downloads


def download(client: Client, camera: Camera, begin: int, end: int, **changes: object) -> Answer:
    body = {
        "ChannelId": camera.id,
        "BeginTime": str(begin),
        "EndTime": str(end),
        "FileType": "mp4",
        **changes,
    }
    return client.post(DOWNLOAD, **body)


@pytest.mark.parametrize(("kind", "magic"), [("mp4", (4, b"ftyp")), ("ts", (0, b"\x47"))])
def test_download(client: Client, front: Camera, kind: str, magic: tuple[int, bytes]) -> None:
    begin = midnight(1) + MORNING
    url = download(client, front, begin, begin + 10, FileType=kind).data["Url"]
    query = parse_qs(urlsplit(url).query)
    assert query["source"] == [f"{front.id};{begin};{begin + 10};{kind}"]
    assert query["expires"] == ["600"]
    assert set(query) == {"source", "res", "expires", "signTime", "sign"}
    answer = client.fetch(url)
    assert answer.status == 200
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert "Content-Length" not in answer.headers
    named = Message()
    named["Content-Disposition"] = answer.headers["Content-Disposition"]
    assert named.get_filename() == f"{front.id}-{begin}-{begin + 10}.{kind}"
    assert answer.body[magic[0] :].startswith(magic[1])
    part = client.fetch(url, Range="bytes=1000-1999")
    assert (part.status, part.body) == (206, answer.body[1000:2000])


@pytest.mark.parametrize("kind", ["mp4", "ts"])
def test_download_over_a_gap_holds_both_sides(client: Client, front: Camera, kind: str) -> None:
    noon = midnight(1) + 12 * 3600
    # The landmark gap lasts half an hour, so ask around a shorter one.
    ranges = client.world.cloud_ranges(front, midnight(1), noon + 12 * 3600)
    short = [(a.end, b.begin) for a, b in pairwise(ranges) if b.begin - a.end < 1700]
    assert short
    first, second = short[0]
    url = download(client, front, first - 5, second + 5, FileType=kind).data["Url"]
    body = client.fetch(url).body
    half = client.fetch(download(client, front, first - 5, first, FileType=kind).data["Url"]).body
    assert 1.5 * len(half) < len(body) < 3 * len(half)


def test_a_download_until_now_does_not_grow(client: Client, front: Camera) -> None:
    client.world.ahead = midnight(0) + MORNING + 600 - time.time()
    now = int(client.world.now())
    url = download_at(client, front, now - 5, now + 60)
    first = client.fetch(url).body
    client.world.ahead += 30
    assert client.fetch(url).body == first


def download_at(client: Client, camera: Camera, begin: int, end: int) -> str:
    """A download address while the world's clock is not the machine's."""
    client.sandbox.faults.set("tencent", "clock", seconds=-client.world.ahead)
    try:
        return str(download(client, camera, begin, end, FileType="ts").data["Url"])
    finally:
        client.sandbox.faults.clear()


def test_download_that_cannot_be(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    assert download(client, front, begin, begin + 1800).code == 200
    assert download(client, front, begin, begin + 1801).code == 40005
    day = midnight(1)
    assert download(client, front, day - 60, day + 60).code == 40005
    assert download(client, front, begin, begin - 1).code == 41611
    ahead = int(time.time()) + 1000
    assert download(client, front, ahead, ahead + 10).code == 41612
    assert download(client, front, begin, begin + 10, FileType="flv").code == 40005
    assert download(client, front, begin, begin + 10, BeginTime=begin).code == 40001
    assert download(client, front, begin, begin + 10, BeginTime="x").code == 40005
    noon = midnight(1) + 12 * 3600
    answer = download(client, front, noon, noon + 600)
    assert (answer.status, answer.code) == (400, 42501)


def test_a_download_address_lives_ten_minutes_and_is_not_changed(
    client: Client, front: Camera
) -> None:
    begin = midnight(1) + MORNING
    url = download(client, front, begin, begin + 5).data["Url"]
    for old, new in (
        (f"{begin}%3B", f"{begin - 60}%3B"),
        ("expires=600", "expires=60000"),
        ("signTime=1", "signTime=2"),
        ("res=", "res=0"),
        ("sign=", "sign=0"),
        ("/video.mp4", "/video.ts"),
    ):
        assert old in url
        answer = client.fetch(url.replace(old, new))
        assert (answer.status, answer.code) == (403, 42503), new
    client.world.ahead = 570
    assert client.fetch(url).status == 200
    client.world.ahead = 601
    answer = client.fetch(url)
    assert (answer.status, answer.code) == (403, 42504)


def test_too_many_downloads_at_once(client: Client, front: Camera) -> None:
    begin = midnight(1) + MORNING
    url = download(client, front, begin, begin + 5).data["Url"]
    client.face.memory.downloads = 8
    answer = client.fetch(url)
    assert (answer.status, answer.code) == (402, 42505)
    client.face.memory.downloads = 7
    assert client.fetch(url).status == 200
    deadline = time.monotonic() + 5
    while client.face.memory.downloads != 7 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert client.face.memory.downloads == 7
