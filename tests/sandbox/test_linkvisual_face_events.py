"""Events and pictures."""

import io
import json
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import av
import pytest

from tests.sandbox.linkvisual_support import DAY, Client, midnight
from tests.sandbox.media_support import read_frame
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.timecode import Reading
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(29, vendors=["linkvisual"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def shed(client: Client) -> Camera:
    return client.camera("自行车棚")


def events(client: Client, camera: Camera, days_ago: int = 1, **more: Any) -> dict[str, Any]:
    begin = midnight(days_ago) * 1000
    asked = {"iotId": client.iot(camera), "beginTime": begin, "endTime": begin + DAY * 1000, **more}
    found: dict[str, Any] = client.call("event/query", **asked).data
    return found


def pictures(client: Client, camera: Camera, **more: Any) -> list[dict[str, Any]]:
    begin = midnight(1) * 1000
    asked = {"iotId": client.iot(camera), "startTime": begin, "endTime": begin + DAY * 1000, **more}
    found: list[dict[str, Any]] = client.call("picture/querybytime", **asked).data["pictureList"]
    return found


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def shown(client: Client, url: str) -> tuple[Reading, int]:
    """The code in a picture, and how wide it is."""
    answer = client.fetch(url)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    with av.open(io.BytesIO(answer.body), "r") as container:
        frame = next(container.decode(video=0))
        assert isinstance(frame, av.VideoFrame)
        return read_frame(frame.reformat(format="yuv420p")), frame.width


def test_events_of_a_day(client: Client, shed: Camera) -> None:
    data = events(client, shed, pageSize=1000)
    rows = data["eventList"]
    assert (data["nextValid"], data["nextBeginTime"]) == (False, 0)
    times = [utc(row["eventTimeUTC"]) for row in rows]
    assert times == sorted(times)
    assert all(midnight(1) <= when < midnight(0) for when in times)
    assert len({row["eventId"] for row in rows}) == len(rows) > 10
    assert {row["eventType"] for row in rows} == {1}
    assert {row.get("intelligentTypeList", "") for row in rows} == {"3", ""}
    assert json.loads(rows[0]["eventData"]) == {"alarmType": 1}
    # Each of them set off a recording.
    held = client.world.cloud_ranges(shed, midnight(1), midnight(0))
    assert all(any(r.begin <= when < r.end for r in held) for when in times)


def test_pages_of_events_go_on_in_milliseconds(client: Client, shed: Camera) -> None:
    ids = [row["eventId"] for row in events(client, shed, pageSize=1000)["eventList"]]
    by_time: list[str] = []
    at = midnight(1) * 1000
    while True:
        data = events(client, shed, beginTime=at, pageSize=7)
        by_time += [row["eventId"] for row in data["eventList"]]
        at = data["nextBeginTime"]
        if not data["nextValid"]:
            break
        assert at > 10**12
    assert by_time == ids
    second = events(client, shed, pageStart=1)
    assert [row["eventId"] for row in second["eventList"]] == ids[20:40]


def test_which_pictures_come_with_events(client: Client, shed: Camera) -> None:
    def keys(kind: int) -> set[str]:
        return {
            key
            for row in events(client, shed, pictureType=kind)["eventList"]
            for key in row
            if key.endswith("Url")
        }

    assert keys(0) == {"eventPicUrl", "eventPicThumbUrl"}
    assert keys(1) == {"eventPicUrl"}
    assert keys(2) == {"eventPicThumbUrl"}
    iot = client.iot(shed)
    assert client.call("event/query", iotId=iot, beginTime=2, endTime=1).code == 400
    assert client.call("event/query", iotId=iot, beginTime=1, endTime=2, eventType=2).code == 400


def test_an_events_picture_shows_its_moment(client: Client, shed: Camera) -> None:
    row = events(client, shed)["eventList"][0]
    when = utc(row["eventTimeUTC"])
    reading, width = shown(client, row["eventPicUrl"])
    assert (reading.when.timestamp(), reading.channel, width) == (when, shed.number, 640)
    reading, width = shown(client, row["eventPicThumbUrl"])
    assert (reading.when.timestamp(), width) == (when, 320)
    assert client.fetch(row["eventPicUrl"].replace("time=1", "time=2")).status == 403
    client.world.ahead = 3601
    assert client.fetch(row["eventPicUrl"]).status == 403


def test_details_and_pictures_by_event(client: Client, shed: Camera) -> None:
    rows = events(client, shed)["eventList"]
    iot = client.iot(shed)
    ids = [rows[0]["eventId"], "nothing", rows[1]["eventId"]]
    details = client.call("event/query/byeventids", iotId=iot, eventIds=ids).data["eventList"]
    assert [row["eventId"] for row in details] == [ids[0], ids[2]]
    assert not any(key.endswith("Url") for row in details for key in row)
    full = client.call(
        "event/query/byeventids",
        iotId=iot,
        eventIds=ids[:1],
        needAlarmPicture=True,
        needRecordSnapshot=True,
    ).data["eventList"][0]
    assert full["eventPicId"] == rows[0]["eventPicId"]
    for key in ("eventPicUrl", "eventPicThumbUrl", "recordSnapshotUrl"):
        assert shown(client, full[key])[0].channel == shed.number
    found = client.call("pic/getbyevent", iotId=iot, eventIds=ids).data["pictureList"]
    assert [row["alarmPicId"] for row in found] == [rows[0]["eventPicId"], rows[1]["eventPicId"]]
    assert set(found[0]) == {
        "iotId",
        "eventId",
        "pictureTime",
        "pictureTimeUTC",
        "alarmPicId",
        "picUrl",
        "thumbUrl",
    }
    other = client.iot(client.camera("Playground"))
    assert client.call("pic/getbyevent", iotId=other, eventIds=ids).data["pictureList"] == []
    asked = {"iotId": other, "eventIds": ids}
    assert client.call("event/query/byeventids", **asked).data["eventList"] == []


def test_the_recording_of_an_event(client: Client, shed: Camera) -> None:
    row = events(client, shed)["eventList"][3]
    when = utc(row["eventTimeUTC"])
    asked = {"iotId": client.iot(shed), "eventId": row["eventId"]}
    found = client.call("vod/getbyeventid", **asked).data["vodList"]
    assert utc(found[0]["beginTimeUTC"]) <= when < utc(found[-1]["endTimeUTC"])
    assert set(found[0]) == {
        "fileName",
        "vodUrl",
        "beginTime",
        "endTime",
        "beginTimeUTC",
        "endTimeUTC",
    }
    assert client.fetch(found[0]["vodUrl"], Range="bytes=0-9").status == 206
    assert client.fetch(found[0]["vodUrl"]).status == 403
    assert client.call("vod/getbyeventid", iotId=asked["iotId"], eventId="no").code == 1701
    other = client.camera("Playground")
    wrong = {"iotId": client.iot(other), "eventId": row["eventId"]}
    assert client.call("vod/getbyeventid", **wrong).code == 1701
    # Without an event plan there is nothing to be found by.
    own = events(client, other)["eventList"][0]["eventId"]
    assert client.call("vod/getbyeventid", iotId=wrong["iotId"], eventId=own).code == 403


def test_pictures_by_time(client: Client, shed: Camera) -> None:
    rows = pictures(client, shed, pageSize=100)
    listed = events(client, shed, pageSize=100)["eventList"]
    assert [row["pictureId"] for row in rows] == [row["eventPicId"] for row in listed]
    assert {row["source"] for row in rows} == {1}
    # The document has a number here and text in the list of events.
    assert {row.get("intelligentTypeList") for row in rows} == {3, None}
    assert pictures(client, shed, pageStart=1, pageSize=5) != rows[:5]
    assert [r["pictureId"] for r in pictures(client, shed, pageStart=1, pageSize=5)] == [
        r["pictureId"] for r in rows[5:10]
    ]
    assert pictures(client, shed, source=2) == []
    assert pictures(client, shed, type=1)[0]["thumbUrl"] == ""
    assert pictures(client, shed, type=2)[0]["pictureUrl"] == ""
    iot = client.iot(shed)
    path = "picture/querybytime"
    assert client.call(path, iotId=iot, startTime=1, endTime=2, pageSize=101).code == 400
    assert client.call(path, iotId=iot, startTime=2, endTime=1).code == 400


def test_a_picture_taken_by_command_comes_a_moment_later(client: Client) -> None:
    dome = client.camera("喷泉球机")
    iot = client.iot(dome)
    client.invoke(dome, "PTZActionControl", ActionType=1, Step=10)
    ident = client.call("picture/trigger", iotId=iot).data["pictureId"]
    asked = {"iotId": iot, "pictureIdList": [ident, "nothing"]}
    assert client.call("picture/querybyids", **asked).data["pictureList"] == []
    client.world.ahead = 1.1
    (row,) = client.call("picture/querybyids", **asked).data["pictureList"]
    reading, _ = shown(client, row["pictureUrl"])
    assert abs(reading.when.timestamp() - time.time()) < 20
    # It shows where the camera looked.
    home = client.fetch(row["pictureUrl"]).body
    client.face.memory.snapshots.clear()
    assert client.fetch(row["pictureUrl"]).body != home
    dark = client.iot(client.camera("旧门卫室"))
    assert client.call("picture/trigger", iotId=dark).code == 6205


def test_pictures_by_command_are_listed_and_deleted(client: Client, shed: Camera) -> None:
    iot = client.iot(shed)
    ident = client.call("picture/trigger", iotId=iot).data["pictureId"]
    client.world.ahead = 2
    now = int(client.world.now() * 1000)
    asked = {"iotId": iot, "startTime": now - 60_000, "endTime": now + 60_000, "source": 2}
    (row,) = client.call("picture/querybytime", **asked).data["pictureList"]
    assert (row["pictureId"], row["source"]) == (ident, 2)
    event = events(client, shed)["eventList"][0]
    wanted = [ident, event["eventPicId"], "nothing"]
    gone = client.call("picture/batchdelete", iotId=iot, pictureIdList=wanted).data
    assert gone == {"deleteCount": 2}
    assert client.call("picture/batchdelete", iotId=iot, pictureIdList=wanted).data == {
        "deleteCount": 0
    }
    assert client.call("picture/querybytime", **asked).data["pictureList"] == []
    after = events(client, shed)["eventList"][0]
    assert (after["eventId"], after["eventPicId"]) == (event["eventId"], "")
    assert "eventPicUrl" not in after
    asked = {"iotId": iot, "eventIds": [event["eventId"]]}
    assert client.call("pic/getbyevent", **asked).data["pictureList"] == []
