"""Recordings in the cloud: lists, the two calls for addresses, files, and recording by hand."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest

from tests.sandbox.media_support import shots
from tests.sandbox.volcengine_support import DAY, MORNING, NEW, NOBODY, OLD, Client, midnight
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def line(client: Client) -> Camera:
    return client.camera("分拣线1")


def listed(client: Client, camera: Camera, begin: int, end: int, **more: object) -> Any:
    body = {"StreamID": camera.id, "StartTime": begin, "EndTime": end, **more}
    return client.post("ListStreamRecords", **body).result


def joined(rows: list[dict[str, Any]], name: str = "Record") -> list[tuple[int, int]]:
    """Neighbouring files as one."""
    found: list[tuple[int, int]] = []
    for row in rows:
        begin, end = row[name]["StartTime"], row[name]["EndTime"]
        assert row[name]["Duration"] == end - begin > 0
        if found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found


def test_the_list_is_a_bare_array_of_the_worlds_recordings(client: Client, line: Camera) -> None:
    begin = midnight(1)
    rows = listed(client, line, begin, begin + DAY, PageSize=100)
    assert isinstance(rows, list)
    held = client.world.cloud_ranges(line, begin - 3600, begin + DAY + 3600)
    inside = [
        (max(a, begin), min(b, begin + DAY))
        for a, b in joined(rows)
        if a < begin + DAY and begin < b
    ]
    assert inside == [
        (max(r.begin, begin), min(r.end, begin + DAY))
        for r in held
        if r.begin < begin + DAY and begin < r.end
    ]
    assert all(r["Record"]["EndTime"] - r["Record"]["StartTime"] <= 3600 for r in rows)
    assert {r["Type"] for r in rows} == {"record"}
    pages = [
        listed(client, line, begin, begin + DAY, PageNumber=n, PageSize=10) for n in (1, 2, 3, 4)
    ]
    assert [row for page in pages for row in page] == rows
    assert pages[-1] == []


def test_slices_and_the_older_list_tell_the_same(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    asked = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + 600}
    slices = client.post(
        "ListStreamRecords", **asked, ReqType="record_metadata", PageSize=30_000
    ).result
    assert joined(slices, "RecordMeta") == [(begin, begin + 600)]
    assert len(slices) == 60
    assert {s["RecordMeta"]["Format"] for s in slices} == {"ts"}
    zone = timezone(timedelta(hours=8))
    texts = [datetime.fromtimestamp(t, zone).isoformat() for t in (begin, begin + 600)]
    old = client.post("ListDeviceRecords", OLD, StreamID=line.id, StartTs=texts[0], EndTs=texts[1])
    files = listed(client, line, begin, begin + 600)
    assert [
        int(datetime.fromisoformat(r["Record"]["StartTs"]).timestamp()) for r in old.result
    ] == [f["Record"]["StartTime"] for f in files]


def test_lists_that_cannot_be(client: Client, line: Camera) -> None:
    begin = midnight(1)

    def error(**changes: object) -> tuple[int, str]:
        body = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + 60, **changes}
        return client.post("ListStreamRecords", **body).error

    assert error(EndTime=begin) == (400, "InvalidParameter.EndTime")
    assert error(StartTime="x") == (400, "InvalidParameter.StartTime")
    assert error(StartTime=-1) == (400, "InvalidParameter.StartTime")
    assert error(StartTime=None) == (400, "MissingParameter")
    assert error(PageSize=30_001) == (400, "InvalidParameter.PageSize")
    assert error(StreamID=NOBODY) == (404, "NotFound.StreamData")
    assert error(StreamingIndex=1) == (404, "NotFound.RecordData")
    assert error(ReqType="x") == (400, "InvalidParameter.ReqType")
    empty = next(
        m
        for m in (midnight(d) for d in range(3, 30))
        if not client.world.cloud_ranges(line, m, m + DAY)
    )
    assert listed(client, line, empty, empty + DAY) == []


def test_the_list_answers_ten_times_a_second(client: Client, line: Camera) -> None:
    # The world's clock stands still, so that a slow machine asks as often as a quick one.
    now = time.time()
    client.world.now = lambda: now  # type: ignore[method-assign]
    client.clock = client.world.now
    begin = midnight(1) + MORNING
    body = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + 60}
    answers = [client.post("ListStreamRecords", **body) for _ in range(12)]
    assert [a.status for a in answers] == [200] * 10 + [429] * 2
    assert answers[-1].code == "AccountFlowLimitExceeded"
    assert client.get("ListSpaces").status == 200
    now += 1.0
    assert client.post("ListStreamRecords", **body).status == 200


# Addresses


def play(client: Client, camera: Camera, begin: int, end: int, **more: object) -> dict[str, str]:
    body = {"StreamID": camera.id, "StartTs": begin, "EndTs": end, **more}
    result = client.post("CloudRecordPlay", OLD, **body).result
    assert isinstance(result, dict)
    return result


def test_cloud_record_play_answers_as_the_document(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    result = play(client, line, begin, begin + 60)
    assert set(result) == {"HLS", "ID", "MP4"}
    parts = {key: urlsplit(url) for key, url in result.items()}
    assert parts["ID"].path == "/media_record/v1/file/get_m3u8"
    assert parts["HLS"].path == parts["MP4"].path == "/media_record/v1/file/get_format"
    words = parse_qs(parts["ID"].query)
    assert words["Start"] == [str(begin * 1000)]
    assert words["End"] == [str((begin + 60) * 1000)]
    assert words["IsLive"] == ["0"]
    assert parse_qs(parts["HLS"].query)["Format"] == ["m3u8"]
    assert parse_qs(parts["MP4"].query)["Format"] == ["mp4"]
    assert "X-JWT-Token" in words


def test_moments_as_numbers_and_as_text(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING

    def start_of(first: object, last: object) -> int:
        url = play(client, line, first, last)["ID"]  # type: ignore[arg-type]
        return int(parse_qs(urlsplit(url).query)["Start"][0]) // 1000

    beijing = datetime.fromtimestamp(begin, timezone(timedelta(hours=8)))
    for zone in (beijing.tzinfo, UTC):
        text = beijing.astimezone(zone).isoformat()
        assert start_of(text, begin + 60) == begin
    assert start_of(beijing.astimezone(UTC).isoformat().replace("+00:00", "Z"), begin + 9) == begin
    assert start_of(str(begin), str(begin + 60)) == begin
    for wrong in ("2023-07-03 21:10:10", "2023-07-03T21:10:10", "soon", 1.5, True, [begin]):
        bad = client.post("CloudRecordPlay", OLD, StreamID=line.id, StartTs=wrong, EndTs=begin + 60)
        assert bad.error == (400, "InvalidParameter.StartTs"), wrong


def test_a_stream_named_both_ways(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    pair = {"DeviceNSID": client.device("分拣NVR").code, "ChannelID": line.code}
    times = {"StartTs": begin, "EndTs": begin + 60}
    for more in ({}, {"StreamingIndex": 0}, {"Resolution": "6"}):
        result = client.post("CloudRecordPlay", OLD, **pair, **times, **more).result
        assert parse_qs(urlsplit(result["HLS"]).query)["StreamID"] == [line.id]
    bad = client.post("CloudRecordPlay", OLD, DeviceNSID=pair["DeviceNSID"], **times)
    assert bad.error == (400, "MissingParameter")
    bad = client.post("CloudRecordPlay", OLD, ChannelID=line.code, **times)
    assert bad.error == (400, "MissingParameter")
    bad = client.post("CloudRecordPlay", OLD, **pair, **times, StreamingIndex=1)
    assert bad.error == (404, "NotFound.RecordData")


def test_the_playlist_plays_the_moment_asked_for(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    result = play(client, line, begin, begin + 20)
    names: list[str] = []
    for url in (result["HLS"], result["ID"]):
        text = client.fetch(url).body.decode()
        names = [x for x in text.splitlines() if not x.startswith("#")]
        assert len(names) == 4
        assert text.rstrip().endswith("#EXT-X-ENDLIST")
        found = shots(client.fetch(urljoin(url, names[0])).body)
        assert found[0].when == begin
        assert {shot.channel for shot in found} == {line.number}
    segment = urljoin(result["HLS"], names[0])
    assert client.fetch(segment.replace("/cloud/", "/device/")).status == 403
    assert client.fetch(segment.replace(str(begin), str(begin + 10**7))).status == 404


def test_a_gap_is_a_discontinuity(client: Client, line: Camera) -> None:
    day = midnight(1)
    ranges = client.world.cloud_ranges(line, day, day + DAY)
    first, second = next(
        (a, b) for a, b in pairwise(ranges) if a.end - a.begin > 60 and b.end - b.begin > 60
    )
    url = play(client, line, first.end - 10, second.begin + 10)["HLS"]
    assert client.fetch(url).body.decode().count("#EXT-X-DISCONTINUITY") == 1
    inside = client.post(
        "CloudRecordPlay", OLD, StreamID=line.id, StartTs=first.end + 1, EndTs=second.begin - 1
    )
    assert inside.error == (404, "NotFound.RecordData")


def test_the_mp4_is_the_recording_and_can_be_had_in_parts(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    url = play(client, line, begin, begin + 5)["MP4"]
    answer = client.fetch(url)
    assert answer.headers["Content-Type"] == "video/mp4"
    found = shots(answer.body)
    assert (found[0].when, found[0].pts) == (begin, 0.0)
    assert begin + 4 < found[-1].when < begin + 5
    part = client.fetch(url, Range="bytes=100-199")
    assert (part.status, part.body) == (206, answer.body[100:200])


def test_tokens_live_as_long_as_asked_and_only_as_given(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    short = play(client, line, begin, begin + 5, TokenValid=60)
    usual = play(client, line, begin, begin + 5)
    for url in short.values():
        assert client.fetch(url.replace("X-JWT-Token=", "X-JWT-Token=0")).status == 403
        assert client.fetch(url.replace(f"Start={begin}", f"Start={begin - 60}")).status == 403
        assert client.fetch(url.partition("&X-JWT")[0]).status == 403
        assert client.fetch(url.replace(line.id, client.camera("Conveyor").id)).status == 403
    client.world.ahead = 59
    assert client.fetch(short["HLS"]).status == 200
    client.world.ahead = 61
    assert client.fetch(short["HLS"]).status == 403
    assert client.fetch(usual["HLS"]).status == 200
    client.world.ahead = 3601
    assert client.fetch(usual["HLS"]).status == 403
    client.world.ahead = 0
    bad = client.post(
        "CloudRecordPlay", OLD, StreamID=line.id, StartTs=begin, EndTs=begin + 5, TokenValid=0
    )
    assert bad.error == (400, "InvalidParameter.TokenValid")
    client.face.token_seconds = 20
    forced = play(client, line, begin, begin + 5, TokenValid=7200)
    client.world.ahead = 21
    assert client.fetch(forced["HLS"]).status == 403


def test_play_cloud_record_has_small_keys_and_a_day(client: Client, line: Camera) -> None:
    begin = midnight(1)
    asked = {"StreamID": line.id, "StartTime": begin, "EndTime": begin + DAY}
    result = client.post("PlayCloudRecord", **asked, TokenValid=100).result
    assert set(result) == {"hls", "mp4"}
    assert client.fetch(result["hls"]).status == 200
    bad = client.post("PlayCloudRecord", **{**asked, "EndTime": begin + DAY + 1})
    assert bad.error == (400, "InvalidParameter.EndTime")
    newer = client.post("CloudRecordPlay", NEW, **{**asked, "EndTime": begin + 60}).result
    assert set(newer) == {"HLS", "ID", "MP4"}


def test_an_address_until_now_does_not_grow(client: Client, line: Camera) -> None:
    now = int(time.time())
    ranges = client.world.cloud_ranges(line, now - DAY, now)
    client.world.ahead = ranges[0].begin + 100 - time.time()
    client.clock = client.world.now
    begin = ranges[0].begin
    url = play(client, line, begin + 60, begin + 4000)["HLS"]
    first = client.fetch(url).body.decode()
    client.world.ahead += 30
    assert client.fetch(url).body.decode().count("#EXTINF") == first.count("#EXTINF")


# Deleting, and by hand


def test_files_are_deleted_by_their_keys(client: Client, line: Camera) -> None:
    begin = midnight(1)
    rows = listed(client, line, begin, begin + DAY, PageSize=100)
    key = rows[3]["Path"]
    gone = client.post("DeleteStreamRecord", StreamID=line.id, ObjKey=[key, "other/1-2.mp4"]).result
    assert gone["Deleted"] == [key]
    assert [e["Key"] for e in gone["DeleteErrs"]] == ["other/1-2.mp4"]
    assert listed(client, line, begin, begin + DAY, PageSize=100) == [
        r for r in rows if r["Path"] != key
    ]
    first, last = (rows[3]["Record"][k] for k in ("StartTime", "EndTime"))
    missing = {"StreamID": line.id, "StartTime": first, "EndTime": last}
    assert client.post("PlayCloudRecord", **missing).error == (404, "NotFound.RecordData")
    around = play(client, line, first - 10, last + 10)["HLS"]
    assert client.fetch(around).body.decode().count("#EXT-X-DISCONTINUITY") == 1


def test_recording_by_hand(client: Client) -> None:
    dome = client.camera("Dock-Dome")
    asked = {"StreamID": dome.id, "AutoPull": True, "Timeout": 10}
    made = client.post("StreamStartRecord", OLD, **asked, RecordTime=600).result["ID"]

    def state() -> dict[str, Any]:
        return dict(client.get("GetStreamRecord", RecordID=made).result)

    assert (state()["Status"], state()["Res"]["Url"]) == ("recording", "")
    client.world.ahead = 5
    assert client.get("StreamStopRecord", RecordID=made).result is None
    done = state()
    assert done["Status"] == "done"
    assert 4 <= done["StoppedAt"] - done["CreatedAt"] <= 20
    found = shots(client.fetch(done["Res"]["Url"]).body)
    assert {shot.channel for shot in found} == {dome.number}
    assert found[0].when >= done["CreatedAt"]
    again = client.get("StreamStopRecord", RecordID=made)
    assert again.error == (403, "OperationDeny.RecordStopped")
    assert client.get("DeleteStreamRecord", RecordID=made).result == {"DelResult": "success"}
    assert client.get("GetStreamRecord", RecordID=made).error == (404, "NotFound.RecordData")
    assert client.fetch(done["Res"]["Url"]).status == 404
    other = client.post("StreamStartRecord", OLD, **asked, RecordTime=2).result["ID"]
    client.world.ahead = 10
    assert client.get("GetStreamRecord", RecordID=other).result["Status"] == "done"
    client.post("StopStream", OLD, StreamID=dome.id)
    idle = client.post("StreamStartRecord", OLD, **{**asked, "AutoPull": False})
    assert idle.error == (403, "OperationDeny.StreamNotOnline")
    dark = {**asked, "StreamID": client.camera("地磅房").id}
    assert client.post("StreamStartRecord", OLD, **dark).status == 500
    assert client.post("StreamStartRecord", OLD, StreamID=dome.id).error[1] == "MissingParameter"


def test_segments_are_only_of_what_is_there(client: Client, line: Camera) -> None:
    begin = midnight(1) + MORNING
    url = play(client, line, begin, begin + 6)["HLS"]
    name = next(x for x in client.fetch(url).body.decode().splitlines() if x.endswith(".ts"))
    whole = urljoin(url, name)
    assert client.fetch(whole).status == 200
    times = whole.rsplit("/", 1)[1]
    index, first, _, stamp = times.removesuffix(".ts").split("-")
    for length in (61_000, 1):
        other = whole.replace(times, f"{index}-{int(first) + 1}-{length}-{stamp}.ts")
        assert client.fetch(other).status == 404
    client.world.remove_device(client.world.device_of(line))
    assert client.fetch(whole).status == 404
    assert client.fetch(url).status == 404
