"""Calls 68 to 83: AI tasks with their pictures, and gateways."""

import datetime
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.face_support import DAY, Answer, Client, midnight
from vsconsole.sandbox.server import Sandbox

TASK = "/ivc/ai/task"
RESULT = "/ivc/ai/task/result"
NOBODY = "00000000-0000-0000-0000-000000000000"
NO_TASK = "at" + "0" * 32


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(15, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def slot(begin: str = "10:00:00", end: str = "11:00:00") -> dict[str, str]:
    return {"Start": begin, "End": end}


def template(**changes: Any) -> dict[str, Any]:
    config = {"DetectType": "Car", "TimeInterval": 10, "OperTimeslot": [slot()], **changes}
    return {"Tag": "AI", "AIConfig": config}


def add(client: Client, **changes: Any) -> Answer:
    body = {
        "Name": "task-1",
        "ChannelList": [client.camera("大厅").id],
        "Templates": [template()],
        **changes,
    }
    return client.post(TASK, **body)


def running(client: Client) -> dict[str, Any]:
    rows = client.get("/ivc/ai/tasks", IsContainChannelList=True, IsContainTemplate=True).data[
        "List"
    ]
    found: dict[str, Any] = next(r for r in rows if r["Status"] == "on")
    return found


def test_a_task_comes_changes_and_goes(client: Client) -> None:
    made = add(client, Desc="words", CallbackUrl="http://127.0.0.1:8000/cb").data
    assert made["Status"] == "off"
    assert made["TaskId"].startswith("at")
    assert made["Templates"] == [template()]
    detail = f"{TASK}/detail"
    assert client.get(detail, TaskId=made["TaskId"]).data == made
    query = {"TaskId": made["TaskId"]}
    changed = client.put(TASK, query, Name="task-2", Templates=[template(DetectType="Pet")]).data
    assert changed["Name"] == "task-2"
    assert changed["Desc"] == "words"
    assert changed["Templates"][0]["AIConfig"]["DetectType"] == "Pet"
    status = f"{TASK}/status"
    assert client.call("PUT", status, {**query, "Status": "off"}).code == 43724
    on = client.call("PUT", status, {**query, "Status": "on"})
    assert on.code == 200
    assert "Data" not in on.json
    assert client.get(detail, **query).data["Status"] == "on"
    assert client.put(TASK, query, Name="task-3").code == 43719
    assert client.call("PUT", status, {**query, "Status": "maybe"}).code == 43723
    assert client.call("PUT", status, {**query, "Status": ""}).code == 43722
    assert client.call("PUT", status, {**query, "Status": "off"}).code == 200
    gone = client.delete(TASK, **query)
    assert gone.code == 200
    assert "Data" not in gone.json
    assert client.get(detail, **query).code == 43718


def test_a_task_can_start_at_once(client: Client) -> None:
    assert add(client, IsStartTheTask=True).data["Status"] == "on"


def test_a_snapshot_task(client: Client) -> None:
    snapshot = {"Tag": "Snapshot", "SnapshotConfig": {"TimeInterval": 5}}
    made = add(client, Templates=[snapshot]).data
    assert made["Templates"][0]["SnapshotConfig"]["TimeInterval"] == 5


def test_tasks_that_cannot_be(client: Client) -> None:
    cameras = list(client.world.cameras)
    snapshot = {"Tag": "Snapshot", "SnapshotConfig": {"TimeInterval": 5, "OperTimeslot": []}}
    cases: list[tuple[dict[str, Any], int]] = [
        ({"Name": "a b"}, 43701),
        ({"Name": "a" * 33}, 43701),
        ({"Name": ""}, 43701),
        ({"Desc": "no!"}, 43702),
        ({"Desc": "a" * 129}, 43702),
        ({"ChannelList": []}, 43703),
        ({"ChannelList": cameras * 60}, 43704),
        ({"ChannelList": ["a;b"]}, 43705),
        ({"ChannelList": [5]}, 43705),
        ({"ChannelList": [NOBODY]}, 43715),
        ({"ChannelList": [client.camera("东门球机").id]}, 43716),
        ({"CallbackUrl": "ftp://x"}, 43706),
        ({"CallbackUrl": "http://a b"}, 43706),
        ({"Templates": [template(DetectType="Ghost")]}, 43707),
        ({"Templates": [template(TimeInterval=0)]}, 43708),
        ({"Templates": [template(TimeInterval=21)]}, 43708),
        ({"Templates": [template(TimeInterval="5")]}, 43708),
        (
            {
                "Templates": [
                    template(OperTimeslot=[slot(f"0{n}:00:00", f"0{n}:30:00") for n in range(6)])
                ]
            },
            43709,
        ),
        ({"Templates": [template(OperTimeslot=[slot("11:00:00", "11:00:00")])]}, 43710),
        ({"Templates": [template(OperTimeslot=[slot("1:00", "2:00")])]}, 43711),
        ({"Templates": [template(OperTimeslot="10:00:00")]}, 43711),
        ({"Templates": [template(OperTimeslot=[slot(), slot("10:30:00", "12:00:00")])]}, 43712),
        ({"Templates": [{"Tag": "Magic"}]}, 43713),
        ({"Templates": []}, 43713),
        ({"Templates": [template(), snapshot]}, 43714),
        ({"Templates": [{**template(), **snapshot}]}, 40005),
        ({"Templates": [{"Tag": "AI"}]}, 40005),
    ]
    for change, code in cases:
        assert add(client, **change).code == code, change
    assert client.get("/ivc/ai/tasks").data["TotalCount"] == 2
    five = [slot(f"0{n}:00:00", f"0{n}:30:00") for n in range(5)]
    assert add(client, Templates=[template(OperTimeslot=five)]).code == 200


def test_task_ids(client: Client) -> None:
    for path in (f"{TASK}/detail", f"{TASK}/status", RESULT):
        method = "PUT" if path.endswith("status") else "GET"
        more = {"Status": "on"} if method == "PUT" else {"ChannelId": NOBODY}
        assert client.call(method, path, {"TaskId": "x y", **more}).code == 43717
        assert client.call(method, path, {"TaskId": NO_TASK, **more}).code == 43718
    assert client.delete(TASK, TaskId=NO_TASK).code == 43718
    assert client.put(TASK, {"TaskId": NO_TASK}, Name="x").code == 43718


def test_listing_tasks(client: Client) -> None:
    path = "/ivc/ai/tasks"
    plain = client.get(path).data
    assert plain["TotalCount"] == 2
    assert all("ChannelList" not in r and "Templates" not in r for r in plain["List"])
    full = client.get(path, IsContainChannelList=True, IsContainTemplate=True).data
    assert all(r["ChannelList"] and r["Templates"] for r in full["List"])
    second = client.get(path, PageNumber=2, PageSize=1).data
    assert [r["TaskId"] for r in second["List"]] == [plain["List"][1]["TaskId"]]
    for wrong, code in (
        ({"PageNumber": 0}, 43720),
        ({"PageSize": 0}, 43721),
        ({"PageSize": 201}, 43721),
        ({"PageNumber": "x"}, 43720),
    ):
        assert client.get(path, **wrong).code == code


def results(client: Client, task: dict[str, Any], **more: object) -> dict[str, Any]:
    found: dict[str, Any] = client.get(
        RESULT, TaskId=task["TaskId"], ChannelId=task["ChannelList"][0], **more
    ).data
    return found


def items(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [(i["Time"], i["Url"]) for rows in data["AIResults"].values() for i in rows]


def test_results_are_stable_paged_and_newest_first(client: Client) -> None:
    task = running(client)
    span = {"BeginTime": midnight(3), "EndTime": midnight(1)}
    first = results(client, task, **span, PageSize=100)
    again = results(client, task, **span, PageSize=100)
    assert first["AIResultCount"] == again["AIResultCount"] > 0
    assert [t for t, _ in items(first)] == [t for t, _ in items(again)]
    assert set(first["AIResults"]) == {
        "Body",
        "Pet",
        "Car",
        "Chefhat",
        "Chefcloth",
        "Facemask",
        "Smoking",
        "PhoneCall",
    }
    assert first["AIResults"]["Body"]
    assert first["AIResults"]["Car"]
    assert first["AIResults"]["Pet"] == []
    paged: list[tuple[str, str]] = []
    for page in range(1, first["AIResultCount"] // 7 + 2):
        part = items(results(client, task, **span, PageSize=7, PageNumber=page))
        assert len(part) <= 7
        if paged and part:
            assert max(t for t, _ in part) <= min(t for t, _ in paged)
        paged += part
    assert sorted(t for t, _ in paged) == sorted(t for t, _ in items(first))
    only = results(client, task, **span, DetectType="Car", PageSize=100)
    assert only["AIResultCount"] == len(first["AIResults"]["Car"])
    assert len(items(results(client, task, **span))) == min(10, first["AIResultCount"])


def test_results_show_boxes_and_plates(client: Client) -> None:
    task = running(client)
    data = results(client, task, BeginTime=midnight(3), EndTime=midnight(1), PageSize=100)[
        "AIResults"
    ]
    for item in data["Body"]:
        for info in item["BodyInfo"]:
            assert info["Name"] == "person"
            assert 0 <= info["Score"] <= 100
            box = {k: int(v) for k, v in info["Location"].items()}
            assert box["X"] + box["Width"] <= 640
            assert box["Y"] + box["Height"] <= 360
    car = data["Car"][0]["CarInfo"][0]
    assert {"Serial", "Brand", "Type", "Color", "Confidence", "Year", "PlateContent"} <= set(car)
    assert car["PlateContent"]["Plate"].startswith("沪A")


def test_the_picture_of_a_result(client: Client) -> None:
    task = running(client)
    when, url = items(results(client, task, BeginTime=midnight(3), EndTime=midnight(1)))[0]
    stamp = datetime.datetime.strptime(when + " +0800", "%Y-%m-%d %H:%M:%S %z").timestamp()
    assert f"/{int(stamp)}.png" in url
    answer = client.fetch(url)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.body.startswith(b"\x89PNG")
    assert client.fetch(url.replace(str(int(stamp)), str(int(stamp) + 1))).status == 403


def test_results_of_one_file(client: Client) -> None:
    task = running(client)
    channel = task["ChannelList"][0]
    begin, end = midnight(3), midnight(2)
    file = f"{channel}/{begin}-{end}.ts"
    one = results(client, task, Object=file, PageSize=100)
    assert (
        one["AIResultCount"]
        == results(client, task, BeginTime=begin, EndTime=end, PageSize=100)["AIResultCount"]
    )
    assert results(client, task, Object="a/b/c/dog.ts")["AIResultCount"] == 0


def test_results_that_cannot_be(client: Client) -> None:
    task = running(client)
    base: dict[str, Any] = {"TaskId": task["TaskId"], "ChannelId": task["ChannelList"][0]}
    now = int(time.time())
    for change, code in (
        ({"ChannelId": ""}, 43725),
        ({"ChannelId": NOBODY}, 43715),
        ({"ChannelId": client.camera("大厅").id}, 43715),
        ({"Object": "a b"}, 43726),
        ({"DetectType": "Ghost"}, 43707),
        ({"BeginTime": now - 31 * DAY, "EndTime": now}, 43727),
        ({"BeginTime": now, "EndTime": now - 1}, 43727),
        ({"BeginTime": "x"}, 43727),
        ({"PageNumber": 0}, 43720),
        ({"PageSize": 101}, 43721),
    ):
        assert client.get(RESULT, **{**base, **change}).code == code, change
    assert client.get(RESULT, **base, BeginTime=now - 30 * DAY, EndTime=now).code == 200


# Gateways

GATEWAY = "/ivc/cms/gateway"


def test_listing_gateways(client: Client) -> None:
    rows = client.get(f"{GATEWAY}/list").data
    assert rows["TotalCount"] == 2
    assert {r["Status"] for r in rows["List"]} == {0, 1}
    assert set(rows["List"][0]) == {
        "Id",
        "GwId",
        "Name",
        "Description",
        "ClusterId",
        "ClusterName",
        "Status",
        "CreatedAt",
    }
    assert "T" in rows["List"][0]["CreatedAt"]

    def count(**filters: object) -> int:
        return int(client.get(f"{GATEWAY}/list", **filters).data["TotalCount"])

    assert count(Status=1) == count(Name="a店") == 1
    assert count(ClusterId="none") == 0
    assert len(client.get(f"{GATEWAY}/list", PageSize=1, PageNumber=2).data["List"]) == 1
    assert client.get(f"{GATEWAY}/list", Status=2).code == 40005


def test_one_gateway(client: Client) -> None:
    gateway = client.get(f"{GATEWAY}/list", Status=1).data["List"][0]
    query = {"Id": gateway["Id"]}
    shown = client.get(f"{GATEWAY}/describe", **query).data
    assert shown["GwId"] == gateway["GwId"]
    assert all(set(v) == {"Name", "Version"} for v in shown["Version"])
    devices = client.get(f"{GATEWAY}/devicelist", **query).data
    assert devices["TotalCount"] == 2
    assert devices["List"][0]["ProtocolTypeName"] == "海康SDK"
    assert devices["List"][0]["ChannelNum"] == 2
    assert client.get(f"{GATEWAY}/monitor", **query).data == {
        "UpFlow": 3 * 2048,
        "DeviceTotal": 2,
        "DeviceOnline": 2,
        "DeviceOffline": 0,
        "ChannelTotal": 3,
        "ChannelOnline": 3,
        "ChannelOffline": 0,
    }
    for path in ("describe", "monitor", "devicelist", "version"):
        assert client.get(f"{GATEWAY}/{path}", Id=NOBODY).code == 40006


def test_protocols(client: Client) -> None:
    rows = client.get(f"{GATEWAY}/protocoltype").data
    assert [(r["Value"], r["Label"]) for r in rows] == [
        (1, "海康SDK"),
        (2, "大华SDK"),
        (3, "宇视SDK"),
        (4, "Onvif"),
    ]


def test_upgrade(client: Client) -> None:
    gateway, other = client.get(f"{GATEWAY}/list").data["List"]
    query = {"Id": gateway["Id"]}
    before = client.get(f"{GATEWAY}/version", **query).data["Services"]
    assert [s["IsUpdate"] for s in before] == [True, True, False]
    assert client.call("POST", f"{GATEWAY}/upgrade", query).data is None
    after = client.get(f"{GATEWAY}/version", **query).data["Services"]
    assert all(not s["IsUpdate"] and s["Version"] == s["LatestVersion"] for s in after)
    assert client.call("POST", f"{GATEWAY}/upgrade", {"Id": other["Id"]}).code == 41617
    assert client.call("POST", f"{GATEWAY}/upgrade", {"Id": NOBODY}).code == 40006


def test_rename_and_delete_a_gateway(client: Client) -> None:
    gateway = client.get(f"{GATEWAY}/list", Status=1).data["List"][0]
    changed = client.put(f"{GATEWAY}/update", Id=gateway["Id"], Name="C-1").data
    assert (changed["Name"], changed["Description"]) == ("C-1", gateway["Description"])
    update = f"{GATEWAY}/update"
    assert (
        client.put(update, Id=gateway["Id"], Name="C-1", Description="").data["Description"] == ""
    )
    assert client.put(update, Id=gateway["Id"], Name="a" * 33).code == 41624
    assert client.put(update, Id=gateway["Id"], Name="x", Description="!").code == 41625
    assert client.put(update, Id=NOBODY, Name="x").code == 40006
    camera = client.camera("收银台")
    device = client.device("收银NVR")
    assert client.delete(f"{GATEWAY}/delete", Id=gateway["Id"]).data is None
    assert client.delete(f"{GATEWAY}/delete", Id=gateway["Id"]).code == 40006
    assert client.get("/ivc/cms/device/describe", Id=device.id).code == 42206
    assert camera.id not in client.world.cameras
