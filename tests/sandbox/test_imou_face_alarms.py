"""The Imou face's alarms, snapshots and message address."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.imou_support import DAY, Client, first_reading, midnight, seconds, span
from vsconsole.sandbox.faces import imou_alarms, imou_media
from vsconsole.sandbox.media import HOME, View
from vsconsole.sandbox.media.jpeg import jpeg
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, Pose

ALARMS = "getAlarmMessage"
SNAP = "setDeviceSnapEnhanced"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(26, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def till(client: Client) -> Camera:
    return client.camera("收银")


def all_alarms(client: Client, camera: Camera, begin: int, end: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, object] = {}
    while True:
        given = {**span(begin, end), "count": "10", **cursor}
        data = client.on(camera, ALARMS, **given).data
        assert data["count"] == len(data["alarms"]) <= 10
        if not data["alarms"]:
            return found
        found += data["alarms"]
        assert data["nextAlarmId"] == int(data["alarms"][-1]["alarmId"])
        cursor = {"nextAlarmId": data["nextAlarmId"]}


def test_alarms_page_by_page_newest_first(client: Client, till: Camera) -> None:
    begin, end = midnight(2), midnight(1)
    found = all_alarms(client, till, begin, end)
    keys = [int(a["alarmId"]) for a in found]
    assert len(keys) > 20
    assert keys == sorted(set(keys), reverse=True)
    once = client.on(till, ALARMS, **span(begin, end), count=100, nextAlarmId="-1").data["alarms"]
    assert [int(a["alarmId"]) for a in once] == keys
    assert {a["msgType"] for a in found} >= {"human", "videoMotion"}
    held = client.world.cloud_ranges(till, begin, end)
    for alarm in found:
        assert isinstance(alarm["type"], str)
        assert seconds(alarm["localDate"]) == alarm["time"]
        assert begin <= alarm["time"] < end
        assert any(r.begin <= alarm["time"] < r.end for r in held)
        assert alarm["picurlArray"] == [alarm["thumbUrl"]]
    place = client.place(till)
    assert (found[0]["deviceId"], found[0]["channelId"]) == (
        place["deviceId"],
        place["channelId"],
    )
    picture = client.fetch(found[3]["thumbUrl"])
    reading = first_reading(picture.body)
    assert (int(reading.when.timestamp()), reading.channel) == (found[3]["time"], till.number)
    changed = found[3]["thumbUrl"].replace(str(found[3]["time"]), str(found[3]["time"] + 1))
    assert client.fetch(changed).status == 403


def test_alarms_that_cannot_be(client: Client, till: Camera) -> None:
    day = span(midnight(2), midnight(1))
    for wrong in ({"count": 0}, {"count": 101}, {"count": "x"}, {"count": 5, "nextAlarmId": "a"}):
        assert client.on(till, ALARMS, **day, **wrong).code == "OP1003", wrong
    assert client.on(till, ALARMS, **day).code == "OP1002"
    empty = client.on(till, ALARMS, **span(midnight(400), midnight(399)), count=5).data
    assert empty == {"count": 0, "nextAlarmId": -1, "alarms": []}
    # A device that sleeps or is gone still has its past.
    for name in ("Garden-Battery", "仓库后墙"):
        assert client.on(client.camera(name), ALARMS, **day, count=5).data["count"] > 0, name


def test_an_alarm_is_deleted_for_good(client: Client, till: Camera) -> None:
    begin, end = midnight(1) - DAY, midnight(1)
    before = [a["alarmId"] for a in all_alarms(client, till, begin, end)]
    assert client.on(till, "deleteAlarmMessage", alarmId=before[1]).data is None
    assert client.on(till, "deleteAlarmMessage", alarmId=before[1]).code == "OP1001"
    assert client.on(till, "deleteAlarmMessage", alarmId=int(before[0]) + 1).code == "OP1001"
    after = [a["alarmId"] for a in all_alarms(client, till, begin, end)]
    assert after == [before[0], *before[2:]]


def test_a_snapshot_is_there_after_a_moment_and_shows_the_view(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough that no slow machine gets past it.
    monkeypatch.setattr(imou_media, "READY_SECONDS", 60)
    dome = client.camera("店门云台")
    dome.pose = Pose(pan=60.0, zoom=2.0)
    url = client.on(dome, SNAP).data["url"]
    client.world.move(dome, "left", 8)
    assert client.fetch(url).status == 404
    client.world.ahead = 61
    picture = client.fetch(url)
    assert picture.headers["Content-Type"] == "image/jpeg"
    assert first_reading(picture.body).channel == dome.number
    (taken,) = client.face.memory.snapshots.values()
    scene = client.sandbox.streams.scene(dome)
    assert picture.body == jpeg(scene, taken.when, View(pan=60.0, zoom=2.0))
    assert picture.body != jpeg(scene, taken.when, HOME)
    client.world.ahead = 7100
    assert client.fetch(url).status == 200
    client.world.ahead = 7202
    assert client.fetch(url).status == 403


def test_a_device_takes_one_snapshot_a_second(
    client: Client, till: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert imou_alarms.SNAPSHOT_EVERY == 1.0
    monkeypatch.setattr(imou_alarms, "SNAPSHOT_EVERY", 60)
    assert client.on(till, SNAP).code == "0"
    # Channels of one recorder share the limit, another device does not.
    assert client.on(client.camera("货架"), SNAP).code == "DV1010"
    assert client.on(client.camera("店门云台"), "setDeviceSnap").code == "0"
    client.world.ahead = 61
    assert client.on(till, SNAP).code == "0"


def test_only_so_many_snapshots_are_kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imou_alarms, "KEPT_SNAPSHOTS", 1)
    urls = [client.on(client.camera(name), SNAP).data["url"] for name in ("收银", "店门云台")]
    client.world.ahead = 2
    assert [client.fetch(url).status for url in urls] == [404, 200]


def test_snapshots_that_cannot_be(client: Client, till: Camera) -> None:
    for name, code in (("仓库后墙", "DV1007"), ("Garden-Battery", "DV1030")):
        assert client.on(client.camera(name), SNAP).code == code, name
    client.face.memory.encrypted.add(till.device_id)
    assert client.on(till, SNAP).code == "LV1004"
    assert client.fetch(f"{client.base}/snapshot/{'0' * 32}.jpg").status == 403


def test_pictures_of_an_encrypted_device_are_none(client: Client, till: Camera) -> None:
    client.face.memory.encrypted.add(till.device_id)
    alarm = client.on(till, ALARMS, **span(midnight(2), midnight(1)), count=1).data["alarms"][0]
    picture = client.fetch(alarm["thumbUrl"])
    assert picture.status == 200
    assert not picture.body.startswith(b"\xff\xd8")


def test_where_messages_go(client: Client) -> None:
    assert client.call("getMessageCallback").data == {"status": "off"}
    given = {"status": "on", "callbackFlag": "alarm,deviceStatus", "basePush": "2"}
    assert client.call("setMessageCallback", **given).code == "OP1002"
    assert client.call("setMessageCallback", **given, callbackUrl="https://x/y").data is None
    assert client.call("getMessageCallback").data == {**given, "callbackUrl": "https://x/y"}
    assert client.call("setMessageCallback", status="off").code == "0"
    assert client.call("getMessageCallback").data["status"] == "off"
    assert client.call("setMessageCallback", status="maybe").code == "OP1003"
