"""The Imou face's recordings: lists with their different paging, calendars, deletion, playback."""

import time
from calendar import monthrange
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.sandbox.imou_support import (
    BEIJING,
    DAY,
    MORNING,
    Client,
    first_reading,
    height_of,
    midnight,
    seconds,
    segments,
    span,
    stamp,
)
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, Range, recordings

LOCAL = "queryLocalRecords"
CLOUD = "queryCloudRecords"
BACKWARDS = "getCloudRecords"
HLS = "createDeviceRecordHls"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(25, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def till(client: Client) -> Camera:
    return client.camera("收银")


def times(rows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(seconds(r["beginTime"]), seconds(r["endTime"])) for r in rows]


def stretches(found: list[tuple[int, int]], begin: int, end: int) -> list[tuple[int, int]]:
    """Pieces joined and cut to the span."""
    joined = recordings.merged(
        recordings.intersect([Range(a, b, "") for a, b in found], begin, end)
    )
    return [(r.begin, r.end) for r in joined]


def plain(ranges: list[Range]) -> list[tuple[int, int]]:
    return [(r.begin, r.end) for r in recordings.merged(Range(a, b, "") for a, b, _ in ranges)]


def test_the_card_is_listed_page_by_page(client: Client, till: Camera) -> None:
    begin, end = midnight(1), midnight(0) - 1
    found: list[tuple[int, int]] = []
    at, pages = begin, 0
    while at < end:
        answer = client.on(till, LOCAL, **span(at, end), count=30)
        if answer.code == "OP1019":
            break
        rows = answer.data["records"]
        assert len(rows) <= 30
        assert answer.data["sessionId"]
        found += times(rows)
        at = found[-1][1] + 1
        pages += 1
    assert pages == 2
    assert found == sorted(set(found))
    assert all(a[1] <= b[0] for a, b in pairwise(found))
    held = client.world.device_ranges(till, begin, end)
    assert stretches(found, begin, end) == plain(held)
    ranged = client.on(till, LOCAL, **span(begin, end), queryRange="1-100").data["records"]
    assert times(ranged) == found
    number = client.on(till, "queryLocalRecordNum", **span(begin, end)).data["recordNum"]
    assert number == len(found)
    row = ranged[0]
    assert {"recordId", "fileLength", "channelID", "type", "streamType"} <= set(row)
    assert row["channelID"] == "0"
    assert isinstance(row["fileLength"], int)
    assert row["recordId"].endswith(".dav")


def test_kinds_on_the_card(client: Client) -> None:
    till, fitting = client.camera("收银"), client.camera("试衣间走廊")
    day = span(midnight(1), midnight(0) - 1)
    assert client.on(till, LOCAL, **day, count=5, type="Event").code == "OP1019"
    events = client.on(fitting, LOCAL, **day, count=5, type="Event").data["records"]
    assert {r["type"] for r in events} == {"Event"}
    assert client.on(fitting, LOCAL, **day, count=5, type="Manual").code == "OP1019"
    assert client.on(fitting, LOCAL, **day, count=5, type="Timing").code == "OP1003"


def test_a_card_that_cannot_be_asked(client: Client, till: Camera) -> None:
    day = span(midnight(1), midnight(0) - 1)
    assert client.on(till, LOCAL, **day).code == "OP1002"
    for wrong in ({"count": 31}, {"count": 0}, {"count": "x"}, {"queryRange": "1-101"}):
        assert client.on(till, LOCAL, **day, **wrong).code == "OP1003", wrong
    assert client.on(till, LOCAL, **span(midnight(0), midnight(1)), count=5).code == "OP1003"
    iso = {"beginTime": "2026-01-01T00:00:00", "endTime": "2026-01-02 00:00:00"}
    assert client.on(till, LOCAL, **iso, count=5).code == "OP1003"
    never = {"beginTime": "2026-02-30 00:00:00", "endTime": "2026-03-02 00:00:00"}
    assert client.on(till, LOCAL, **never, count=5).code == "OP1003"
    for name, code in (("仓库后墙", "DV1007"), ("Garden-Battery", "DV1030")):
        one = client.camera(name)
        assert client.on(one, LOCAL, **day, count=5).code == code, name
        assert client.on(one, "queryLocalRecordNum", **day).code == code, name
        month = {"year": 2026, "month": 1}
        assert client.on(one, "queryLocalRecordBitmap", **month).code == code, name


def test_the_cloud_is_listed_by_rows(client: Client, till: Camera) -> None:
    begin, end = midnight(2), midnight(1) - 1
    found: list[tuple[int, int]] = []
    keys: list[str] = []
    rows: list[dict[str, Any]] = []
    for first in (1, 101):
        asked = f"{first}-{first + 99}"
        rows = client.on(till, CLOUD, **span(begin, end), queryRange=asked).data["records"]
        found += times(rows)
        keys += [r["recordId"] for r in rows]
    assert 100 < len(found) < 200
    assert found == sorted(set(found))
    assert len(set(keys)) == len(keys)
    assert stretches(found, begin, end) == plain(client.world.cloud_ranges(till, begin, end))
    row = rows[0]
    assert isinstance(row["recordId"], str)
    assert row["size"].isdigit()
    assert row["encryptMode"] == 0
    assert row["recordRegionId"].count("|") == 3
    number = client.on(till, "queryCloudRecordNum", **span(begin, end)).data["recordNum"]
    assert number == len(found)
    when = times([row])[0][0]
    picture = client.fetch(row["thumbUrl"])
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert first_reading(picture.body).when.timestamp() == when
    wall = client.on(client.camera("仓库后墙"), CLOUD, **span(begin, end), queryRange="1-5")
    assert len(wall.data["records"]) == 5


def test_the_same_pieces_whatever_is_asked(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    wide = client.on(till, CLOUD, **span(begin, begin + 1800), queryRange="1-100").data["records"]
    narrow = client.on(till, CLOUD, **span(begin + 700, begin + 701), queryRange="1-9").data
    assert [r["recordId"] for r in narrow["records"]] == [wide[1]["recordId"]]
    assert times(narrow["records"]) == times(wide[1:2])


@pytest.mark.parametrize("by_region", [False, True])
def test_the_cloud_backwards_by_a_cursor(client: Client, till: Camera, by_region: bool) -> None:
    begin, end = midnight(2), midnight(2) + DAY // 4
    cursor: dict[str, object] = {"nextRecordId": "-1"}
    found: list[dict[str, Any]] = []
    while True:
        given = {**span(begin, end), "count": 10, **cursor}
        rows = client.on(till, BACKWARDS, **given).data["records"]
        found += rows
        if len(rows) < 10:
            break
        last = rows[-1]
        key = "recordRegionId" if by_region else "recordId"
        name = "nextRecordRegionId" if by_region else "nextRecordId"
        cursor = {name: last[key]}
    keys = [r["recordId"] for r in found]
    assert all(isinstance(k, int) for k in keys)
    assert keys == sorted(set(keys), reverse=True)
    forwards = client.on(till, CLOUD, **span(begin, end), queryRange="1-100").data["records"]
    assert sorted(times(found)) == times(forwards)
    assert {"pairKey", "playtoken"} <= set(found[0])
    assert {r["type"] for r in found} == {"2000"}
    fitting = client.on(client.camera("试衣间走廊"), BACKWARDS, **span(begin, end), count=5).data
    assert {r["type"] for r in fitting["records"]} == {"1000"}
    wrong = {**span(begin, end), "count": 10}
    assert client.on(till, BACKWARDS, **wrong, nextRecordRegionId="x").code == "OP1003"
    assert client.on(till, BACKWARDS, **{**wrong, "count": 101}).code == "OP1003"
    first = client.on(till, BACKWARDS, **wrong, filterByChannel=True).data["records"]
    assert first[0]["recordId"] == keys[0]


def test_calendars(client: Client, till: Camera) -> None:
    day = datetime.fromtimestamp(midnight(12), BEIJING)
    month = {"year": day.year, "month": day.month}
    length = monthrange(day.year, day.month)[1]
    first = int(datetime(day.year, day.month, 1, tzinfo=BEIJING).timestamp())
    for method, ranges in (
        ("queryLocalRecordBitmap", client.world.device_ranges),
        ("queryCloudRecordBitmap", client.world.cloud_ranges),
    ):
        bitmap = client.on(till, method, **month).data["bitmap"]
        assert len(bitmap) == length
        assert [bit == "1" for bit in bitmap] == [
            bool(ranges(till, first + n * DAY, first + (n + 1) * DAY)) for n in range(length)
        ]
        assert "1" in bitmap
        assert client.on(till, method, year=2001, month=2).data["bitmap"] == "0" * 28
        for wrong in ({"year": 2026, "month": 13}, {"year": 2026, "month": "5"}):
            assert client.on(till, method, **wrong).code == "OP1003", wrong
        assert client.on(till, method, year=2026).code == "OP1002"
    assert (
        "1" not in client.on(till, "queryLocalRecordBitmap", **month, type="Event").data["bitmap"]
    )


def test_calendars_by_kind(client: Client, till: Camera) -> None:
    day = datetime.fromtimestamp(midnight(1), BEIJING)
    month = {"year": day.year, "month": day.month}

    def bitmap(camera: Camera, kind: str) -> str:
        answer = client.on(camera, "queryLocalRecordBitmap", **month, type=kind)
        text: str = answer.data["bitmap"]
        return text

    fitting = client.camera("试衣间走廊")
    assert bitmap(till, "normal") == bitmap(till, "all") == bitmap(till, "All")
    assert bitmap(fitting, "videomotion") == bitmap(fitting, "Event") == bitmap(fitting, "All")
    for camera, kind in ((till, "videomotion"), (fitting, "normal"), (till, "Manual")):
        assert "1" not in bitmap(camera, kind)


def test_a_piece_is_deleted_for_good(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    asked = {**span(begin, begin + 1800), "queryRange": "1-100"}
    rows = client.on(till, CLOUD, **asked).data["records"]
    assert len(rows) == 3
    gone = rows[1]["recordRegionId"]
    assert client.call("deleteCloudRecords", recordRegionId=gone).data is None
    assert client.call("deleteCloudRecords", recordRegionId=gone).code == "RC1001"
    left = client.on(till, CLOUD, **asked).data["records"]
    assert [r["recordId"] for r in left] == [rows[0]["recordId"], rows[2]["recordId"]]
    hole = {**span(begin + 660, begin + 1140), "recordType": "cloudRecord"}
    assert client.on(till, HLS, **hole).code == "RC1001"
    first = {**span(begin, begin + 300), "recordType": "cloudRecord"}
    playlist = client.on(till, HLS, **first).data["url"]
    flv = client.on(till, "createDeviceFlvLive", **first, type="playback").data["flv"]
    piece = next(segments(playlist, client.fetch(playlist)))
    assert client.call("deleteCloudRecords", recordRegionId=rows[0]["recordRegionId"]).code == "0"
    for url in (playlist, flv, piece):
        assert client.fetch(url).status == 404
    number, key = gone.split("|")[1], gone.split("|")[3]
    for wrong in ("x", f"cn|{number}|2|{int(key) + 1}", "cn|9|2|5", f"cn|{number}|2|{key[:-4]}"):
        assert client.call("deleteCloudRecords", recordRegionId=wrong).code == "RC1001", wrong


@pytest.mark.parametrize("store", ["cloudRecord", "localRecord"])
@pytest.mark.parametrize(("stream", "height"), [(0, 360), (1, 180)])
def test_a_recording_plays_by_hls(
    client: Client, till: Camera, store: str, stream: int, height: int
) -> None:
    begin = midnight(1) + MORNING
    params = {**span(begin + 61, begin + 121), "recordType": store, "streamId": stream}
    url = client.on(till, HLS, **params).data["url"]
    pieces = list(segments(url, client.fetch(url)))
    assert len(pieces) == 10
    for number in (0, 7):
        data = client.fetch(pieces[number]).body
        reading = first_reading(data)
        assert reading.when.timestamp() == pytest.approx(begin + 61 + 6 * number, abs=0.1)
        assert reading.channel == till.number
        assert height_of(data) == height


def test_a_playlist_has_what_is_recorded_and_gaps(client: Client, till: Camera) -> None:
    begin, end = midnight(1), midnight(0) - 1
    params = {**span(begin, end), "recordType": "cloudRecord"}
    url = client.on(till, HLS, **params).data["url"]
    text = client.fetch(url).body.decode()
    # The last second of a day is its end.
    held = plain(client.world.cloud_ranges(till, begin, end + 1))
    assert text.count("#EXT-X-DISCONTINUITY") == len(held) - 1 > 0
    lengths = [float(li[8:-1]) for li in text.splitlines() if li.startswith("#EXTINF")]
    assert sum(lengths) == pytest.approx(sum(b - a for a, b in held), abs=1)
    last = list(segments(url, client.fetch(url)))[-1]
    assert first_reading(client.fetch(last).body).when.timestamp() > midnight(0) - 8


def test_an_address_ends_and_its_parts_cannot_be_changed(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    params = {**span(begin, begin + 60), "recordType": "cloudRecord"}
    url = client.on(till, HLS, **params).data["url"]
    piece = next(segments(url, client.fetch(url)))
    assert client.fetch(url.replace(f"begin={begin}", f"begin={begin - 1}")).status == 403
    assert client.fetch(url.replace("cloudRecord", "localRecord")).status == 403
    assert client.fetch(piece.replace("/main/", "/sub/")).status == 403
    assert client.fetch(piece.replace(f"{begin}000-6000", f"{begin}000-61000")).status == 404
    assert client.fetch(f"{client.base}/record/x/index.m3u8").status == 404
    assert client.send("POST", "/record/x", {}, b"").status == 405
    client.world.ahead = 601
    assert client.fetch(url).status == 403
    assert client.fetch(piece).status == 200
    client.sandbox.faults.set("imou", "expired-url")
    assert client.fetch(piece).status == 403


def test_playlists_that_cannot_be(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    base = {**span(begin, begin + 60), "recordType": "cloudRecord"}

    def code(*camera: Camera, **change: object) -> str:
        return client.on(camera[0] if camera else till, HLS, **{**base, **change}).code

    assert code() == "0"
    assert code(**span(midnight(1) - 60, midnight(1) + 60)) == "OP1003"
    assert code(**span(midnight(1), midnight(0))) == "OP1003"
    assert code(**span(begin, begin)) == code(recordType="cloud") == code(streamId=2) == "OP1003"
    assert client.on(till, HLS, **span(begin, begin + 60)).code == "OP1002"
    old = span(midnight(200), midnight(200) + 60)
    assert code(**old) == "RC1001"
    assert code(**old, recordType="localRecord") == "OP1019"
    battery, wall = client.camera("Garden-Battery"), client.camera("仓库后墙")
    assert code(battery, recordType="localRecord") == "DV1030"
    assert code(wall, recordType="localRecord") == "DV1007"
    assert code(wall) == "0"
    client.face.memory.encrypted.add(till.device_id)
    assert code() == "LV1004"


def test_a_device_that_leaves_ends_what_it_plays(client: Client, till: Camera) -> None:
    begin = midnight(1) + MORNING
    params = {**span(begin, begin + 60), "recordType": "localRecord"}
    url = client.on(till, HLS, **params).data["url"]
    piece = next(segments(url, client.fetch(url)))
    client.world.device_of(till).online = False
    assert client.fetch(url).status == client.fetch(piece).status == 404


def test_today_goes_as_far_as_now(client: Client, till: Camera) -> None:
    now = int(time.time())
    rows = client.on(till, CLOUD, **span(now - 6 * 3600, now + 3600), queryRange="1-100").data
    assert all(end <= time.time() + 1 for _, end in times(rows["records"]))
    assert stamp(now)[:4] == rows["records"][0]["beginTime"][:4]
