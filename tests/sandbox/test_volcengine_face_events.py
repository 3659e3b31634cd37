"""Alarms, screenshots and AI results."""

import io
from collections.abc import Iterator
from typing import Any

import av
import pytest

from tests.sandbox.volcengine_support import DAY, MORNING, NOBODY, OLD, Client, midnight
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("东门球机")


def alarms(client: Client, device: str, **more: object) -> list[dict[str, Any]]:
    body = {"DeviceID": device, "PageSize": 1000, **more}
    rows = client.post("ListDeviceAlarms", **body).result["AlarmNotifies"]
    assert isinstance(rows, list)
    return rows


def test_alarms_of_a_device(client: Client) -> None:
    recorder = client.device("分拣NVR")
    begin = midnight(5)
    rows = alarms(client, recorder.id, StartTime=begin, EndTime=midnight(0))
    assert len(rows) > 20
    assert {r["ChannelID"] for r in rows} <= {c.code for c in recorder.cameras}
    assert len({r["AlarmNotifyID"] for r in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda r: (r["AlarmTime"], r["AlarmNotifyID"]))
    assert all(begin <= r["AlarmTime"] < midnight(0) for r in rows)
    assert all(isinstance(r["Longitude"], str) for r in rows)
    by_code = {c.code: c for c in recorder.cameras}
    for row in rows:
        assert client.world.device_ranges(
            by_code[row["ChannelID"]], row["AlarmTime"], row["AlarmTime"] + 1
        )
    again = alarms(client, recorder.id, StartTime=begin, EndTime=midnight(0), Order=1)
    assert again == rows[::-1]
    part = alarms(client, recorder.id, StartTime=rows[3]["AlarmTime"], EndTime=midnight(0))
    assert part[0]["AlarmTime"] == rows[3]["AlarmTime"]


def test_alarms_by_page_stream_and_kind(client: Client) -> None:
    recorder = client.device("分拣NVR")
    span = {"StartTime": midnight(5), "EndTime": midnight(0)}
    rows = alarms(client, recorder.id, **span)
    pages = [alarms(client, recorder.id, **span, PageNumber=n, PageSize=7) for n in range(1, 20)]
    assert [r for page in pages for r in page] == rows
    one = recorder.cameras[1]
    assert alarms(client, recorder.id, **span, StreamID=one.id) == [
        r for r in rows if r["ChannelID"] == one.code
    ]
    assert alarms(client, recorder.id, **span, AlarmMethod=[2, 6], AlarmPriority=[]) == [
        r for r in rows if r["AlarmMethod"] in (2, 6)
    ]
    assert alarms(client, recorder.id, **span, AlarmPriority=[1]) == [
        r for r in rows if r["AlarmPriority"] == 1
    ]
    assert alarms(client, recorder.id)
    other = {"DeviceID": recorder.id, "StreamID": client.camera("东门球机").id}
    assert client.post("ListDeviceAlarms", **other).error == (404, "NotFound.StreamData")
    assert client.post("ListDeviceAlarms", DeviceID=NOBODY).error == (404, "NotFound.DeviceData")
    assert client.post("ListDeviceAlarms").error == (400, "MissingParameter")
    bad = client.post("ListDeviceAlarms", DeviceID=recorder.id, AlarmMethod=[8])
    assert bad.error == (400, "InvalidParameter.AlarmMethod")


def test_paging_may_stand_in_the_query(client: Client, dome: Camera) -> None:
    pairs = [
        ("Action", "ListDeviceAlarms"),
        ("Version", "2023-10-01"),
        ("PageNumber", "1"),
        ("PageSize", "2"),
    ]
    body = b'{"DeviceID": "%s"}' % dome.device_id.encode()
    assert len(client.signed("POST", pairs, body).result["AlarmNotifies"]) == 2


def test_alarms_are_deleted_and_cleared(client: Client, dome: Camera) -> None:
    span = {"StartTime": midnight(5), "EndTime": midnight(0)}
    rows = alarms(client, dome.device_id, **span)
    first = rows[0]["AlarmNotifyID"]
    assert client.post("DeleteDeviceAlarm", AlarmNotifyID=first).result is None
    assert alarms(client, dome.device_id, **span) == rows[1:]
    gone = client.post("DeleteDeviceAlarm", AlarmNotifyID=first)
    assert gone.error == (404, "NotFound.AlarmData")
    body = {"SpaceID": client.space, "DeviceID": dome.device_id}
    assert client.post("ClearDeviceAlarm", **body).result is None
    assert alarms(client, dome.device_id) == []
    assert client.post("ResetDeviceAlarm", DeviceID=dome.device_id).result is None
    assert alarms(client, client.camera("Dock-Dome").device_id)


def test_a_disarmed_device_is_silent(client: Client, dome: Camera) -> None:
    set_to = {"DeviceID": dome.device_id, "StreamID": dome.id}
    client.world.ahead = midnight(0) - 10 * DAY - client.world.now()
    client.clock = client.world.now
    assert client.post("SetDeviceAlarm", **set_to, Enable="false").result is None
    client.world.ahead += 5 * DAY
    assert client.post("SetDeviceAlarm", DeviceID=dome.device_id, Enable=True).result is None
    client.world.ahead += 5 * DAY
    begin = midnight(0) - 10 * DAY
    silent = {"StartTime": begin + 60, "EndTime": begin + 5 * DAY - 60}
    assert alarms(client, dome.device_id, **silent) == []
    loud = {"StartTime": begin + 5 * DAY + 60, "EndTime": begin + 10 * DAY}
    assert alarms(client, dome.device_id, **loud)
    assert client.post("SetDeviceAlarm", **set_to, Enable="maybe").status == 400


def test_screenshots_every_minute(client: Client, dome: Camera) -> None:
    begin = midnight(1) + MORNING
    asked = {"StartTime": begin, "EndTime": begin + 300}
    rows = client.post("ListStreamScreenshots", StreamID=dome.id, **asked).result
    assert [r["Screenshot"]["BornTs"] for r in rows] == list(range(begin, begin + 300, 60))
    picture = client.fetch(rows[2]["Path"])
    assert picture.headers["Content-Type"] == "image/png"
    reading = timecode_of(picture.body)
    assert (reading.channel, reading.when.timestamp()) == (dome.number, begin + 120)
    assert client.fetch(rows[2]["Path"].replace(str(begin + 120), str(begin + 121))).status == 403
    second = client.post(
        "ListStreamScreenshots", StreamID=dome.id, **asked, PageNumber=2, PageSize=3
    ).result
    assert [r["Screenshot"]["BornTs"] for r in second] == [begin + 180, begin + 240]
    none = client.camera("分拣线1")
    assert client.post("ListStreamScreenshots", StreamID=none.id, **asked).result == []
    old = {"StartTime": begin - 20 * DAY, "EndTime": begin - 19 * DAY}
    assert client.post("ListStreamScreenshots", StreamID=dome.id, **old).result == []


def timecode_of(png: bytes) -> timecode.Reading:
    with av.open(io.BytesIO(png), "r") as container:
        frame = next(container.decode(video=0)).reformat(format="gray")
    plane = frame.planes[0]
    return timecode.read(memoryview(plane), plane.line_size, frame.width, frame.height)


def test_ai_results_with_boxes_and_plates(client: Client, dome: Camera) -> None:
    asked = {"StreamID": dome.id, "StartTime": midnight(3), "EndTime": midnight(0)}
    answer = client.post("GetAIAnalysisResult", OLD, **asked, PageSize=100).result
    rows = answer["AiResult"]
    assert answer["TotalCount"] == len(rows) > 10
    times = [r["Time"] for r in rows]
    assert times == sorted(times, reverse=True)
    cars = client.post("GetAIAnalysisResult", OLD, **asked, AI={"vehicle": []}, PageSize=100).result
    assert 0 < len(cars["AiResult"]) < len(rows)
    for row in cars["AiResult"]:
        assert row["SegInformation"][0]["Vehicle"]["Plate"].startswith("沪A")
        assert set(row["SegInformation"][0]["RectParams"]) == {"top", "left", "width", "height"}
    picture = client.fetch(rows[0]["Url"])
    assert timecode_of(picture.body).when.timestamp() == rows[0]["Time"]
    fixed = {**asked, "StreamID": client.camera("分拣线1").id}
    assert client.post("GetAIAnalysisResult", OLD, **fixed).result["AiResult"] == []
    wrongs: tuple[object, ...] = ({"cat": []}, {"vehicle": 1}, [])
    for wrong in wrongs:
        bad = client.post("GetAIAnalysisResult", OLD, **asked, AI=wrong)
        assert bad.error == (400, "InvalidParameter.AI")
