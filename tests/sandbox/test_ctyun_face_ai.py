"""GET /ai/apps/{AppId} and GET /ai/results of the Ctyun face."""

import io
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest

from tests.sandbox.ctyun_support import DAY, Client, midnight
from tests.sandbox.media_support import read_frame
from vsconsole.sandbox.server import Sandbox

PEOPLE, CARS = "2", "3"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["ctyun"]) as sandbox:
        yield Client(sandbox)


def results(client: Client, **query: object) -> list[dict[str, Any]]:
    asked = {"AlgorithmsId": PEOPLE, "StartTime": midnight(2), "EndTime": midnight(1), **query}
    page = client.get("/ai/results", **{"PageSize": 1000, **asked}).data
    assert page["TotalNum"] == len(page["AnalysisResults"])
    return list(page["AnalysisResults"])


def test_apps(client: Client) -> None:
    data = client.get("/ai/apps/586").data
    assert data["AppId"] == "586"
    assert data["AnalyseType"] == "AI-200"
    assert data["OperTimeSlot"] == [{"StartTime": "08:00:00", "EndTime": "20:00:00"}]
    assert {row["DeviceName"] for row in data["BindDevices"]} == {
        "一号窗口",
        "二号窗口",
        "等候区",
        "自助终端",
    }
    window, weir = client.id("一号窗口"), client.id("Weir")
    for device, expected in ((window, [window]), (weir, [])):
        bound = client.get("/ai/apps/586", DeviceId=device).data["BindDevices"]
        assert [row["DeviceId"] for row in bound] == expected
    assert client.get("/ai/apps/587").data["AnalyseType"] == "AI-100"
    for wrong in ("588", "x", "9" * 30, "٥٨٦"):
        path = "/ai/apps/%D9%A5" if not wrong.isascii() else f"/ai/apps/{wrong}"
        assert client.get(path).error == "VSS_3001"
    assert client.get("/ai/apps/586", DeviceId="7").error == "VSS_1001"


def test_results_are_sightings_within_recordings(client: Client) -> None:
    rows = results(client)
    assert len(rows) > 10
    names = {row["DeviceId"]: row["DeviceName"] for row in rows}
    assert len(names) > 3
    times = [row["CaptureTime"] for row in rows]
    assert times == sorted(times, reverse=True)
    for row in rows:
        camera = client.camera(row["DeviceName"])
        assert client.id(row["DeviceName"]) == row["DeviceId"]
        assert midnight(2) <= row["CaptureTime"] < midnight(1)
        when = row["CaptureTime"]
        assert client.world.cloud_ranges(camera, when, when + 1)
        assert (row["AlgorithmsId"], row["AlgorithmsName"]) == (PEOPLE, "人体检测")
        assert 0 <= row["Confidence"] <= 1
        assert row["Confidence"] == max(box["Confidence"] for box in row["Boxes"])
        for box in row["Boxes"]:
            assert 0 <= box["X"] < box["X"] + box["Width"] <= row["ImageWidth"]
            assert 0 <= box["Y"] < box["Y"] + box["Height"] <= row["ImageHeight"]
    assert len({row["ResultId"] for row in rows}) == len(rows)
    # The window app looks in office hours only.
    hours = [(row["CaptureTime"] - midnight(2)) // 3600 for row in rows if row["AppId"] == 586]
    assert hours
    assert all(8 <= hour < 20 for hour in hours)


def test_filters(client: Client) -> None:
    whole = results(client)
    weir, noon = client.id("Weir"), midnight(2) + 12 * 3600
    for query, key, low, high in (
        ({"AppId": 587}, "AppId", 587, 587),
        ({"DeviceId": weir}, "DeviceId", weir, weir),
        ({"ConfidenceMin": 0.9}, "Confidence", 0.9, 1),
        ({"ConfidenceMax": "0.9"}, "Confidence", 0, 0.9),
        ({"StartTime": noon}, "CaptureTime", noon, noon * 2),
    ):
        part = results(client, **query)
        fits = [row["ResultId"] for row in whole if low <= row[key] <= high]
        assert [row["ResultId"] for row in part] == fits
        assert 0 < len(part) < len(whole), query
    cars = results(client, AlgorithmsId=CARS)
    assert cars
    assert all("沪A" in row["Description"] for row in cars)
    assert results(client, AlgorithmsId="16") == []
    assert results(client, AlgorithmsId=PEOPLE, DeviceId=client.id("大厅国标NVR")) == []


def test_pages(client: Client) -> None:
    whole = [row["ResultId"] for row in results(client)]
    asked = {"AlgorithmsId": PEOPLE, "StartTime": midnight(2), "EndTime": midnight(1)}
    pages = [
        client.get("/ai/results", PageNum=n, PageSize=9, **asked).data
        for n in range(1, len(whole) // 9 + 3)
    ]
    assert [row["ResultId"] for page in pages for row in page["AnalysisResults"]] == whole


def test_times_are_today_without_a_question(client: Client) -> None:
    page = client.get("/ai/results", AlgorithmsId=PEOPLE, PageSize=1000).data
    assert all(midnight(0) <= row["CaptureTime"] <= time.time() for row in page["AnalysisResults"])


def test_kept_for_30_days_and_asked_for_7(client: Client) -> None:
    week = {"StartTime": midnight(8), "EndTime": midnight(1)}
    assert results(client, **week)
    longer = client.get("/ai/results", AlgorithmsId=PEOPLE, StartTime=midnight(8),
                        EndTime=midnight(1) + 1)  # fmt: skip
    assert (longer.error, longer.status) == ("VSS_0001", 400)
    oldest = results(client, StartTime=midnight(33), EndTime=midnight(27))
    assert oldest
    edge = time.time() - 30 * DAY - 2
    assert all(row["CaptureTime"] >= edge for row in oldest)
    assert results(client, StartTime=midnight(40), EndTime=midnight(34)) == []


def test_what_is_refused(client: Client) -> None:
    now = int(time.time())
    for query in (
        {"AlgorithmsId": ""},
        {"StartTime": now, "EndTime": now - 1},
        {"StartTime": "2026-01-01 00:00:00"},
        {"ConfidenceMin": 1.1},
        {"ConfidenceMax": -0.1},
        {"ConfidenceMin": 0.8, "ConfidenceMax": 0.2},
        {"ConfidenceMin": "high"},
        {"PageSize": 1001},
        {"AppId": "x"},
    ):
        asked = {"AlgorithmsId": PEOPLE, **query}
        assert client.get("/ai/results", **asked).error == "VSS_0001", query
    assert client.get("/ai/results").error == "VSS_0001"
    assert client.get("/ai/results", AlgorithmsId=PEOPLE, AppId=1).error == "VSS_3001"
    assert client.get("/ai/results", AlgorithmsId=PEOPLE, DeviceId="1").error == "VSS_1001"


def test_the_picture_is_of_that_moment(client: Client) -> None:
    row = results(client, DeviceId=client.id("Weir"))[0]
    answer = client.fetch(row["ImageUrl"])
    assert answer.headers["Content-Type"] == "image/png"
    with av.open(io.BytesIO(answer.body), "r") as container:
        frame = next(container.decode(video=0))
        assert (frame.width, frame.height) == (row["ImageWidth"], row["ImageHeight"])
        reading = read_frame(frame.reformat(format="gray"))
    assert abs(reading.when.timestamp() - row["CaptureTime"]) < 0.1
    assert reading.channel == client.camera("Weir").number
