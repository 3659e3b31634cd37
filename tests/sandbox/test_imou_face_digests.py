"""The Imou face's getCondensedRecords: the document's own fields and types, paging, moments."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.sandbox.imou_support import (
    BEIJING,
    DAY,
    Client,
    first_reading,
    midnight,
    span,
)
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera

DIGESTS = "getCondensedRecords"
PACKAGES = ("aiInsight", "aiCloudRecord")

SAMPLE = json.loads(
    """
{
"recordId": "3304819",
"deviceId": "TESTQWERXXXX",
"channelId": "0",
"encryptMode": 1,
"channelName": "门店摄像头1",
"createTime": "20260423T000000",
"size": 238037,
"length": 22,
"thumbUrl": "http://xxxxxxxxx.xx.xxx/xxxxxx",
"type": "包裹",
"recordPath": "xxxxxxxxxxxxxx",
"recordRegionId": "xxxxx|xxxx|2|xxxxx",
"region": "1",
"expireTime": "",
"streamAddr": "https://xxxxxx.imou.com:443",
"userId": "2212322",
"ak": "tIiasd23dfsdfsdg",
"fileToken": "sdhasbdkUIKIsdljfoij34",
"businessType": "712",
"method": 0,
"mp4Videos": [
{
"duration": 24,
"summary": "办公室内多人活动,一戴眼镜白短袖男子在工作",
"expireTime": 1779850855000,
"createTime": 1777258855000,
"timePoint": "10:00",
"updateTime": 1777258855000,
"tags": [
"人"
]
}
]
}
"""
)
"""The one record of the document's sample answer."""


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(27, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def till(client: Client) -> Camera:
    return client.camera("收银")


def walk(
    client: Client, camera: Camera, package: str, begin: int, end: int, count: int = 7
) -> list[dict[str, Any]]:
    """All digests, page by page."""
    found: list[dict[str, Any]] = []
    cursor = "-1"
    while True:
        rows = client.on(
            camera,
            DIGESTS,
            **span(begin, end),
            packageType=package,
            recordId=cursor,
            count=count,
        ).data["records"]
        found += rows
        if len(rows) < count:
            return found
        cursor = rows[-1]["recordId"]


def moment(row: dict[str, Any]) -> int:
    """The epoch second of a record's createTime, which is Beijing's."""
    text = row["createTime"] + "+0800"
    return int(datetime.strptime(text, "%Y%m%dT%H%M%S%z").timestamp())


def shape(value: Any) -> Any:
    """The names and types of a JSON value."""
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_digest_has_the_samples_fields_and_types(
    client: Client, till: Camera, package: str
) -> None:
    rows = walk(client, till, package, midnight(3), midnight(1))
    assert rows
    for row in rows:
        sample = SAMPLE if package == "aiCloudRecord" else {**SAMPLE, "mp4Videos": []}
        assert shape(row) == shape(sample)
        assert row["type"] in ("人", "车", "宠物", "包裹")
        assert row["businessType"] in ("712", "713")
        assert row["recordRegionId"].split("|")[2] == "2"
        assert re.fullmatch(r"20\d{6}T\d{6}", row["createTime"])
    battery = walk(client, client.camera("Garden-Battery"), package, midnight(3), midnight(1))
    assert set(battery[0]) - set(SAMPLE) == {"productId"}


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("name", ["收银", "试衣间走廊", "Garden-Battery", "仓库后墙"])
def test_every_moment_was_recorded(client: Client, package: str, name: str) -> None:
    camera = client.camera(name)
    begin, end = midnight(4), midnight(1)
    rows = walk(client, camera, package, begin, end)
    assert rows
    for row in rows:
        if package == "aiInsight":
            when = moment(row)
            held = client.world.cloud_ranges(camera, when - 60, when + 120)
            assert any(r.begin <= when < r.end for r in held)
        for video in row["mp4Videos"]:
            when = video["createTime"] / 1000
            local = datetime.fromtimestamp(when, BEIJING)
            assert video["timePoint"] == local.strftime("%H:%M")
            assert row["createTime"][:8] == local.strftime("%Y%m%d")
            assert video["updateTime"] == video["createTime"]
            assert video["expireTime"] - video["createTime"] == 30 * DAY * 1000
            held = client.world.cloud_ranges(camera, when - 60, when + 120)
            minute = when - when % 60
            assert any(r.begin <= minute and when + video["duration"] <= r.end for r in held)


def test_a_video_digest_is_a_day_and_a_picture_digest_a_moment(
    client: Client, till: Camera
) -> None:
    videos = walk(client, till, "aiCloudRecord", midnight(4), midnight(1))
    pictures = walk(client, till, "aiInsight", midnight(4), midnight(1))
    assert 2 <= len(videos) <= 3
    assert all(r["createTime"].endswith("T000000") and len(r["mp4Videos"]) > 3 for r in videos)
    assert all(r["length"] == sum(v["duration"] for v in r["mp4Videos"]) > 0 for r in videos)
    assert len(pictures) > len(videos)
    assert all(r["mp4Videos"] == [] and r["length"] == 0 for r in pictures)
    assert {r["type"] for r in pictures} >= {"人", "车"}


@pytest.mark.parametrize("package", PACKAGES)
def test_paging_by_the_last_id_loses_and_doubles_nothing(
    client: Client, till: Camera, package: str
) -> None:
    begin, end = midnight(7), midnight(1)
    whole = walk(client, till, package, begin, end, 10_000)
    keys = [int(r["recordId"]) for r in whole]
    assert len(keys) >= 4
    assert keys == sorted(set(keys))
    for count in (1, 3):
        paged = walk(client, till, package, begin, end, count)
        assert [r["recordId"] for r in paged] == [r["recordId"] for r in whole]
    # A digest is the same whatever span shows it, and is shown by every span that meets it.
    for row in whole[1:3]:
        seconds = [v["createTime"] // 1000 for v in row["mp4Videos"]] or [moment(row)]
        for second in (seconds[0], seconds[-1]):
            alone = walk(client, till, package, second, second + 1)
            assert [r["recordId"] for r in alone] == [row["recordId"]]
            assert alone[0]["mp4Videos"] == row["mp4Videos"]


def test_a_white_shirt_is_seen_every_day_on_every_camera(client: Client) -> None:
    for camera in client.world.cameras.values():
        for days_ago in (1, 2):
            begin = midnight(days_ago)
            rows = walk(client, camera, "aiCloudRecord", begin, begin + DAY)
            words = [v["summary"] for r in rows for v in r["mp4Videos"]]
            assert any("白短袖" in text for text in words), (camera.name, days_ago)


def test_risks_are_tagged(client: Client) -> None:
    tags = {
        tag
        for camera in client.world.cameras.values()
        for row in walk(client, camera, "aiCloudRecord", midnight(5), midnight(1), 1000)
        for video in row["mp4Videos"]
        for tag in video["tags"]
    }
    assert tags == {"人", "车", "宠物", "包裹", "AI_RISK"}


def test_pictures_and_what_cannot_be_fetched(client: Client, till: Camera) -> None:
    row = walk(client, till, "aiInsight", midnight(2), midnight(1))[0]
    picture = client.fetch(row["thumbUrl"])
    assert int(first_reading(picture.body).when.timestamp()) == moment(row)
    assert client.fetch(f"{row['streamAddr']}/{row['recordPath']}").status == 404


def test_only_thirty_days_are_kept_and_nothing_ahead(client: Client, till: Camera) -> None:
    now = client.world.now()
    rows = walk(client, till, "aiCloudRecord", midnight(60), midnight(-2), 10_000)
    moments = [v["createTime"] / 1000 for r in rows for v in r["mp4Videos"]]
    assert now - 31 * DAY < min(moments)
    assert max(moments) < now + 1
    assert walk(client, till, "aiCloudRecord", midnight(60), midnight(50)) == []


def test_digests_that_cannot_be(client: Client, till: Camera) -> None:
    base: dict[str, object] = {
        **span(midnight(2), midnight(1)),
        "packageType": "aiInsight",
        "recordId": "-1",
        "count": 10,
    }

    def code(**change: object) -> str:
        given = {k: v for k, v in {**base, **change}.items() if v is not None}
        return client.on(till, DIGESTS, **given).code

    assert code() == code(recordId=-1) == "0"
    for name in base:
        assert code(**{name: None}) == "OP1002", name
    assert code(packageType="ai") == code(count=0) == code(count="10") == "OP1003"
    assert code(recordId="x") == code(recordId="-2") == "OP1003"
    assert code(beginTime="20260101T000000") == "OP1003"
    assert code(**span(midnight(1), midnight(2))) == "OP1003"
    assert client.call(DIGESTS, **base).code == "OP1002"
    place = {**client.place(till), "channelId": "8"}
    assert client.call(DIGESTS, **{**base, **place}).code == "DV1057"
