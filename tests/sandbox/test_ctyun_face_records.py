"""Recordings of the Ctyun face: files in the cloud and on devices, and that they really play."""

import contextlib
import io
import re
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin

import av
import pytest

from tests.sandbox.ctyun_support import DAY, Answer, Client, midnight, seconds, text
from tests.sandbox.media_support import read_frame
from vsconsole.sandbox.server import Sandbox

NOBODY = "700000000000000000"
MORNING = 8 * 3600 + 1800
FLV = {"analyzeduration": "500000", "fpsprobesize": "1"}


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["ctyun"]) as sandbox:
        yield Client(sandbox)


def records(client: Client, name: str, begin: float, end: float, **query: object) -> Answer:
    asked = {"RecordType": -1, "StartTime": text(begin), "EndTime": text(end), **query}
    return client.get(f"/devices/{client.id(name)}/records", **asked)


def day_of_files(client: Client, name: str, ago: int = 1, **query: object) -> list[dict[str, Any]]:
    begin = midnight(ago)
    page = records(client, name, begin, begin + DAY, **{"PageSize": 1000, **query}).data
    assert page["TotalNum"] == len(page["Records"])
    return list(page["Records"])


def spans(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(seconds(row["StartTime"]), seconds(row["EndTime"])) for row in rows]


def stream(client: Client, name: str, begin: int, end: int, **query: object) -> Answer:
    asked = {"StreamNum": 1, "StartTime": begin, "EndTime": end, **query}
    return client.get(f"/devices/{client.id(name)}/local/vod/streams", **asked)


# The list


def test_files_look_as_in_the_documents_sample(client: Client) -> None:
    begin = midnight(1)
    page = records(client, "一号窗口", begin, begin + DAY).data
    assert set(page) == {"DeviceId", "PageNum", "PageSize", "TotalPage", "TotalNum", "Records",
                         "RequestId", "RecordType"}  # fmt: skip
    assert page["RecordType"] == 0
    assert page["DeviceId"] == client.id("一号窗口")
    assert len(page["Records"]) == page["PageSize"] == 20
    assert page["TotalPage"] == -(-page["TotalNum"] // 20)
    for row in page["Records"]:
        assert set(row) == {"RecordId", "FileFormat", "Audio", "Video", "PlayUrl", "StartTime",
                            "EndTime", "FileDuration", "CoverUrl", "FileSize"}  # fmt: skip
        assert re.fullmatch(r"\d{18}", row["RecordId"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["StartTime"])
        length = seconds(row["EndTime"]) - seconds(row["StartTime"])
        assert row["FileDuration"] == str(length)
        assert re.fullmatch(r"\d+", row["FileSize"])
        assert set(row["PlayUrl"]) == {"HlsUrl", "PsUrl"}


def test_addresses_by_format(client: Client) -> None:
    rows = [row for ago in (1, 2) for row in day_of_files(client, "一号窗口", ago)]
    assert {row["FileFormat"] for row in rows} == {"hls", "ps", "mp4", "m3u8"}
    hls = [row for row in rows if row["FileFormat"] == "hls"]
    assert len(hls) > 0.7 * len(rows)
    for row in rows:
        play = row["PlayUrl"]
        assert bool(play["HlsUrl"]) == (row["FileFormat"] == "hls")
        assert bool(play["PsUrl"]) == (row["FileFormat"] == "ps")
        assert row["CoverUrl"].startswith("http://")
        if row["FileFormat"] != "hls":
            assert int(row["FileDuration"]) < 120
    # The sandbox writes no H.265 into PS, and no sound.
    assert {row["FileFormat"] for row in day_of_files(client, "二号窗口")} == {"hls", "mp4", "m3u8"}
    assert {row["Audio"]["Codec"] for row in rows if row["FileFormat"] == "ps"} == {""}


def test_codecs(client: Client) -> None:
    for name, video, sounds in (
        ("一号窗口", "h264", {"aac", "g711a", ""}),
        ("二号窗口", "h265", {"aac", "g711a"}),
        ("等候区", "h264", {"aac", ""}),
        ("河道一号", "h265", {""}),
    ):
        rows = day_of_files(client, name)
        assert {row["Video"]["Codec"] for row in rows} == {video}
        assert {row["Audio"]["Codec"] for row in rows} == sounds, name


@pytest.mark.parametrize("name", ["一号窗口", "自助终端", "河道一号"])
def test_files_are_what_was_recorded(client: Client, name: str) -> None:
    begin = midnight(1)
    found = spans(day_of_files(client, name))
    assert found == sorted(found)
    assert all(a < b for a, b in found)
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    world = client.world.cloud_ranges(client.camera(name), begin, begin + DAY)
    # All of it is there but for the second between two files.
    recorded = sum(r.end - r.begin for r in world)
    joined = sum(b - a for a, b in found)
    assert recorded - len(found) - 20 * len(world) <= joined <= recorded
    assert all(any(r.begin <= a and b <= r.end for r in world) for a, b in found)
    gaps = {b[0] - a[1] for a, b in pairwise(found)}
    assert 1 in gaps
    assert max(gaps) > 60


def test_the_same_files_whatever_is_asked(client: Client) -> None:
    whole = day_of_files(client, "等候区")
    by_id = {row["RecordId"]: (row["StartTime"], row["EndTime"]) for row in whole}
    assert len(by_id) == len(whole)
    begin = midnight(1)
    for first, last in ((7 * 3600 + 11, 9 * 3600 + 5), (0, 60), (DAY - 60, DAY), (40000, 40001)):
        part = records(client, "等候区", begin + first, begin + last, PageSize=1000).data["Records"]
        expected = [
            key for key, (a, b) in by_id.items()
            if seconds(a) < begin + last and seconds(b) > begin + first
        ]  # fmt: skip
        assert [row["RecordId"] for row in part] == expected
        assert all(by_id[row["RecordId"]] == (row["StartTime"], row["EndTime"]) for row in part)


def test_a_running_file_only_grows(client: Client) -> None:
    path = f"/devices/{client.id('Weir')}/records"
    ends: dict[str, int] = {}
    for ahead in range(0, 4200, 7):
        client.world.ahead = 10 * DAY + ahead
        when = client.world.now()
        asked = f"EndTime={text(when + 60)}&RecordType=-1&StartTime={text(when - 60)}"
        # Signed by the world's clock, which is not the machine's here.
        for row in client.call("GET", path, asked.replace(" ", "+"), when=when).data["Records"]:
            end = seconds(row["EndTime"])
            assert ends.get(row["RecordId"], 0) <= end <= client.world.now()
            ends[row["RecordId"]] = end
    assert len(ends) >= 2


def test_pages_and_order(client: Client) -> None:
    begin = midnight(1)
    whole = [row["RecordId"] for row in day_of_files(client, "一号窗口")]
    pages = [
        records(client, "一号窗口", begin, begin + DAY, PageNum=n, PageSize=7).data
        for n in range(1, len(whole) // 7 + 3)
    ]
    assert [row["RecordId"] for page in pages for row in page["Records"]] == whole
    assert {(p["TotalNum"], p["TotalPage"]) for p in pages} == {(len(whole), -(-len(whole) // 7))}
    down = day_of_files(client, "一号窗口", SortBy="StartTime", SortDirection="desc")
    assert [row["RecordId"] for row in down] == whole[::-1]


def test_record_types_part_the_files(client: Client) -> None:
    for name, usual in (("一号窗口", 1), ("二号窗口", 6), ("自助终端", 2)):
        whole = {row["RecordId"] for row in day_of_files(client, name)}
        parts = {
            kind: {row["RecordId"] for row in day_of_files(client, name, RecordType=kind)}
            for kind in (1, 2, 3, 5, 6)
        }
        assert {kind for kind, ids in parts.items() if ids} == {usual, 5}, name
        assert set().union(*parts.values()) == whole
        assert sum(len(ids) for ids in parts.values()) == len(whole)
    page = records(client, "一号窗口", midnight(1), midnight(0), RecordType=5).data
    assert page["RecordType"] == 5


def test_what_is_refused(client: Client) -> None:
    begin = midnight(1)
    assert records(client, "Weir", begin, begin).error == "VSS_0001"
    assert records(client, "Weir", begin + 60, begin).error == "VSS_0001"
    for query in (
        {"RecordType": 4},
        {"RecordType": 0},
        {"RecordType": ""},
        {"RecordSource": "nas"},
        {"OutNetwork": "intranet"},
        {"SortBy": "EndTime"},
        {"SortDirection": "down"},
        {"PageSize": 1001},
        {"PageNum": 0},
        {"StartTime": "2026-02-30 00:00:00"},
        {"StartTime": "2026-02-03T00:00:00"},
        {"StartTime": str(begin)},
        {"EndTime": ""},
    ):
        assert records(client, "Weir", begin, begin + 60, **query).error == "VSS_0001", query
    answer = client.get(f"/devices/{NOBODY}/records", RecordType=-1, StartTime=text(begin),
                        EndTime=text(begin + 1))  # fmt: skip
    assert (answer.error, answer.status) == ("VSS_1001", 404)


def test_the_query_may_be_written_in_every_legal_way(client: Client) -> None:
    begin = midnight(1)
    path = f"/devices/{client.id('Weir')}/records"
    plus = f"EndTime={text(begin + 7200)}&RecordType=-1&StartTime={text(begin)}".replace(" ", "+")
    percent = plus.replace("+", "%20").replace(":", "%3A")
    turned = "&".join(reversed(plus.split("&"))) + "&DirId="
    found = [client.call("GET", path, query).data["Records"] for query in (plus, percent, turned)]
    ids = [[row["RecordId"] for row in rows] for rows in found]
    assert ids[0]
    assert ids[0] == ids[1] == ids[2]


def test_what_is_too_old_is_gone(client: Client) -> None:
    assert day_of_files(client, "Weir", 73)
    assert not day_of_files(client, "Weir", 80)
    begin = midnight(0) - 3000 * DAY
    assert records(client, "Weir", begin, begin + 5000 * DAY, PageSize=1).data["TotalNum"] > 1000
    assert records(client, "Weir", time.time() + DAY, time.time() + 2 * DAY).data["Records"] == []


# Local


def test_local_files_come_all_at_once(client: Client) -> None:
    begin = midnight(1)
    page = records(client, "河道一号", begin, begin + DAY, RecordSource="local", PageSize=3,
                   PageNum=2).data  # fmt: skip
    rows = page["Records"]
    assert len(rows) > 20
    assert (page["PageNum"], page["TotalPage"], page["TotalNum"]) == (1, 1, len(rows))
    assert {row["PlayUrl"]["HlsUrl"] + row["PlayUrl"]["PsUrl"] for row in rows} == {""}
    world = client.world.device_ranges(client.camera("河道一号"), begin, begin + DAY)
    inside = [(max(a, begin), min(b, begin + DAY)) for a, b in spans(rows)]
    assert sum(b - a for a, b in inside) == sum(r.end - r.begin for r in world)
    again = records(client, "河道一号", begin + 4000, begin + 5000, RecordSource="local").data
    assert {row["RecordId"] for row in again["Records"]} < {row["RecordId"] for row in rows}


def test_local_files_need_the_device(client: Client) -> None:
    begin = midnight(1)
    assert records(client, "二楼走廊", begin, begin + DAY, RecordSource="local").error == "VSS_1003"
    assert records(client, "二楼走廊", begin, begin + DAY).data["Records"]
    client.sandbox.faults.set("ctyun", "offline", count=1, path="/records")
    id = client.id("Weir")
    asked = {"RecordType": -1, "StartTime": text(begin), "EndTime": text(begin + 60)}
    local = client.get(f"/devices/{id}/records", RecordSource="local", **asked)
    assert (local.error, local.status) == ("VSS_1003", 409)
    assert client.get(f"/devices/{id}/records", RecordSource="local", **asked).data["Records"]
    # A recorder itself has no picture and so no recording.
    assert records(client, "大厅国标NVR", begin, begin + DAY).data["Records"] == []


# What plays


@pytest.mark.parametrize("name", ["一号窗口", "等候区", "河道一号"])
def test_hls_of_a_file_shows_its_time(client: Client, name: str) -> None:
    rows = day_of_files(client, name)
    row = next(row for row in rows if row["FileFormat"] == "hls" and int(row["FileDuration"]) > 600)
    url = row["PlayUrl"]["HlsUrl"]
    playlist = client.fetch(url)
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    lines = playlist.body.decode().splitlines()
    lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]
    assert sum(lengths) == pytest.approx(int(row["FileDuration"]), abs=0.01)
    assert lines[-1] == "#EXT-X-ENDLIST"
    pieces = [urljoin(url, line) for line in lines if line.endswith(".ts")]
    for index in (0, 50, len(pieces) - 1):
        data = client.fetch(pieces[index]).body
        with av.open(io.BytesIO(data), "r") as container:
            reading = read_frame(next(container.decode(video=0)))
        expected = seconds(row["StartTime"]) + sum(lengths[:index])
        assert abs(reading.when.timestamp() - expected) < 0.1
        assert reading.channel == client.camera(name).number
    wrong = re.sub(r"/s/[0-9a-f]+\.", "/s/1.", pieces[0])
    assert client.fetch(wrong).status == 403
    outside = re.sub(r"/\d+-(\d+)-", lambda m: f"/0-{int(m[1]) - 6000}-", pieces[0])
    assert client.fetch(outside).status == 404


def test_a_ps_file_is_one_and_shows_its_time(client: Client) -> None:
    row = next(row for row in day_of_files(client, "一号窗口") if row["FileFormat"] == "ps")
    url = row["PlayUrl"]["PsUrl"]
    answer = client.fetch(url)
    assert answer.body[:4] == b"\x00\x00\x01\xba"
    part = client.fetch(url, Range="bytes=0-1023")
    assert (part.status, part.body) == (206, answer.body[:1024])
    with av.open(io.BytesIO(answer.body), "r") as container:
        assert container.format.name == "mpeg"
        times = [read_frame(frame).when.timestamp() for frame in container.decode(video=0)]
    assert times[0] == pytest.approx(seconds(row["StartTime"]), abs=0.1)
    assert times[-1] == pytest.approx(seconds(row["EndTime"]), abs=0.2)


def test_addresses_expire_and_cannot_be_guessed(client: Client) -> None:
    client.face.token_seconds = 5
    rows = day_of_files(client, "一号窗口")
    hls = next(row for row in rows if row["FileFormat"] == "hls")["PlayUrl"]["HlsUrl"]
    ps = next(row for row in rows if row["FileFormat"] == "ps")["PlayUrl"]["PsUrl"]
    lines = client.fetch(hls).body.decode().splitlines()
    piece = urljoin(hls, next(line for line in lines if line.endswith(".ts")))
    for url in (hls, ps):
        assert client.fetch(url.partition("?")[0]).status == 403
        assert client.fetch(url[:-1] + ("0" if url[-1] != "0" else "1")).status == 403
        moved = re.sub(r"/(\d+)-", lambda m: f"/{int(m[1]) + 1}-", url)
        assert client.fetch(moved).status == 403
    assert client.send("POST", hls.partition(client.host)[2], {}, b"x").status == 405
    assert client.fetch(f"http://{client.host}/media/nothing").status == 404
    client.sandbox.faults.set("ctyun", "expired-url", count=1)
    assert client.fetch(hls).status == 403
    client.world.ahead = 6
    assert client.fetch(hls).status == 403
    assert client.fetch(ps).status == 403
    # What was begun plays on.
    assert client.fetch(piece).status == 200


def test_covers(client: Client) -> None:
    row = day_of_files(client, "Weir")[3]
    answer = client.fetch(row["CoverUrl"])
    with av.open(io.BytesIO(answer.body), "r") as container:
        reading = read_frame(next(container.decode(video=0)).reformat(format="gray"))
    assert abs(reading.when.timestamp() - seconds(row["StartTime"])) < 0.1


# Device playback


@pytest.mark.parametrize("name", ["二号窗口", "河道一号", "Weir"])
def test_device_playback_by_flv(client: Client, name: str) -> None:
    begin = midnight(1) + MORNING
    data = stream(client, name, begin, begin + 60).data
    one = data["LocalVodStreams"][0]
    assert one["StreamNum"] == 1
    assert re.fullmatch(r"\d{10}", one["SSRC"])
    assert set(one["PlayUrl"]) == {"FlvUrl", "HlsUrl", "RtmpUrl", "RtspUrl"}
    with av.open(one["PlayUrl"]["FlvUrl"], timeout=10, options=FLV) as container:
        for count, frame in enumerate(container.decode(video=0)):
            when = read_frame(frame).when.timestamp()
            assert frame.time is not None
            assert abs(when - begin - frame.time) < 0.1
            if count == 6:
                break
    session = next(iter(client.sandbox.sessions.values()))
    assert (session.opened, session.camera.name) == (1, name)
    ended(lambda: session.closed == 1)


def ended(done: Any) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_device_playback_by_rtmp_and_hls(client: Client) -> None:
    begin = midnight(1) + MORNING
    play = stream(client, "二号窗口", begin, begin + 600).data["LocalVodStreams"][0]["PlayUrl"]
    with av.open(play["RtmpUrl"], timeout=10, options=FLV) as container:
        reading = read_frame(next(container.decode(video=0)))
    assert abs(reading.when.timestamp() - begin) < 0.1
    with pytest.raises((av.error.FFmpegError, OSError)):
        av.open(play["RtmpUrl"][:-2], timeout=10)
    with pytest.raises((av.error.FFmpegError, OSError)):
        av.open(play["RtmpUrl"].replace("/local/", "/live/"), timeout=10)
    lines = client.fetch(play["HlsUrl"]).body.decode().splitlines()
    pieces = [urljoin(play["HlsUrl"], line) for line in lines if line.endswith(".ts")]
    with av.open(io.BytesIO(client.fetch(pieces[10]).body), "r") as container:
        reading = read_frame(next(container.decode(video=0)))
    assert abs(reading.when.timestamp() - begin - 60) < 0.1


def test_device_playback_that_cannot_be(client: Client) -> None:
    begin = midnight(1)
    assert stream(client, "Weir", begin, begin + DAY).data
    for args in (
        {"end": begin + DAY + 1},
        {"end": begin},
        {"StreamNum": 2},
        {"StreamNum": ""},
        {"StartTime": text(begin)},
        {"OutNetwork": "lan"},
    ):
        end = args.pop("end", begin + 60)
        assert isinstance(end, int)
        assert stream(client, "Weir", begin, end, **args).error == "VSS_0001", args
    assert stream(client, "二楼走廊", begin, begin + 60).error == "VSS_1003"
    assert stream(client, "大厅国标NVR", begin, begin + 60).error == "VSS_2001"
    assert stream(client, "Weir", begin - 400 * DAY, begin - 400 * DAY + 60).error == "VSS_2001"
    play = stream(client, "Weir", begin, begin + 60).data["LocalVodStreams"][0]["PlayUrl"]
    client.camera("Weir").online = False
    assert client.fetch(play["FlvUrl"]).status == 404
    with pytest.raises((av.error.FFmpegError, OSError)):
        av.open(play["RtmpUrl"], timeout=10)


def test_stop_while_a_device_plays_by_rtmp() -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox(13, vendors=["ctyun"])
    sandbox.start()
    client = Client(sandbox)
    begin = midnight(1) + MORNING
    for _ in range(2):
        url = stream(client, "Weir", begin, begin + 60).data["LocalVodStreams"][0]["PlayUrl"]
        with av.open(url["RtmpUrl"], timeout=10, options=FLV) as container:
            frames = container.decode(video=0)
            next(frames)
            sandbox.stop()
            assert not set(threading.enumerate()) - before
            with contextlib.suppress(av.error.FFmpegError, OSError):
                for _ in frames:
                    pass
        sandbox.start()
        client = Client(sandbox)
    sandbox.stop()
    assert not set(threading.enumerate()) - before
