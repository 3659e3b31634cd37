"""GET /devices, GET /devices/{DeviceId} and POST /devices of the Ctyun face."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.ctyun_support import Client
from vsconsole.sandbox.server import Sandbox

NOBODY = "700000000000000000"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["ctyun"]) as sandbox:
        yield Client(sandbox)


def names(page: dict[str, Any]) -> list[str]:
    return [row["Device"]["DeviceName"] for row in page["Devices"]]


def directory(client: Client, *path: str) -> str:
    found = ""
    for name in path:
        more = {"DirId": found} if found else {}
        page = client.get("/devices", IncludeDeviceDir=1, **more).data
        found = next(d["DirId"] for d in page["Dirs"] if d["DirName"] == name)
    return found


def test_the_whole_site_is_found_from_the_root(client: Client) -> None:
    found = client.found()
    devices = client.world.devices.values()
    channels = [c.name for d in devices if d.kind == "nvr" for c in d.cameras]
    assert sorted(found) == sorted([*(d.name for d in devices), *channels])
    assert len({row["DeviceId"] for row in found.values()}) == len(found)
    assert all(len(row["DeviceId"]) == 18 and row["DeviceId"].isdigit() for row in found.values())
    recorder = found["大厅国标NVR"]
    assert [row["DeviceName"] for row in found.values()
            if row["ParentDeviceId"] == recorder["DeviceId"]] == channels  # fmt: skip
    assert recorder["DeviceType"] == "nvr"
    assert recorder["DeviceChannelSize"] == 4
    assert [found[name]["ChannelNum"] for name in channels] == ["1", "2", "3", "4"]


def test_directories_come_only_when_asked_for(client: Client) -> None:
    page = client.get("/devices").data
    assert names(page) == []
    assert "Dirs" not in page
    assert (page["PageNum"], page["PageSize"], page["TotalPage"], page["TotalNum"]) == (1, 20, 0, 0)
    page = client.get("/devices", IncludeDeviceDir=1).data
    assert [d["DirName"] for d in page["Dirs"]] == ["政务大厅", "River-Watch"]
    hall = directory(client, "政务大厅")
    page = client.get("/devices", IncludeDeviceDir=1, DirId=hall).data
    assert names(page) == ["大厅国标NVR"]
    assert [(d["DirName"], d["ParentDirId"]) for d in page["Dirs"]] == [("二楼窗口", hall)]
    assert page["Devices"][0]["Device"]["DeviceDir"]["DirName"] == "政务大厅"
    root = client.get("/devices", IncludeDeviceDir=1).data["Dirs"][0]["ParentDirId"]
    assert client.get("/devices", IncludeDeviceDir=1, DirId=root).data["Dirs"]
    assert client.get("/devices", DirId="800000000000000").error == "VSS_1002"


def test_children_of_a_recorder(client: Client) -> None:
    parent = client.id("大厅国标NVR")
    rows = client.get("/devices", ParentDeviceId=parent).data["Devices"]
    assert [row["Device"]["ParentDeviceId"] for row in rows] == [parent] * 4
    assert all(row["VideoDevice"]["Gb28181Device"]["OutId"] for row in rows)
    hall = directory(client, "政务大厅")
    assert len(client.get("/devices", ParentDeviceId=parent, DirId=hall).data["Devices"]) == 4
    other = directory(client, "River-Watch")
    assert client.get("/devices", ParentDeviceId=parent, DirId=other).data["Devices"] == []
    assert client.get("/devices", ParentDeviceId=client.id("Weir")).data["Devices"] == []
    assert client.get("/devices", ParentDeviceId=NOBODY).error == "VSS_1001"


def test_filters(client: Client) -> None:
    river = directory(client, "River-Watch")
    upstairs = directory(client, "政务大厅", "二楼窗口")
    parent = client.id("大厅国标NVR")
    for query, expected in (
        ({"DirId": river}, ["河道一号", "Weir"]),
        ({"DirId": river, "DeviceName": "一"}, ["河道一号"]),
        ({"DirId": river, "DeviceVendor": "Hikvision"}, ["河道一号", "Weir"]),
        ({"DirId": river, "DeviceVendor": "Dahua"}, []),
        ({"DirId": river, "DeviceType": "nvr"}, []),
        ({"DirId": river, "DeviceStatus": "on", "StreamStatus": "on"}, ["河道一号", "Weir"]),
        ({"DirId": upstairs}, ["二楼走廊"]),
        ({"DirId": upstairs, "DeviceStatus": "off", "StreamStatus": "off"}, ["二楼走廊"]),
        ({"DirId": upstairs, "DeviceStatus": "on"}, []),
        ({"ParentDeviceId": parent, "DeviceName": "窗口"}, ["一号窗口", "二号窗口"]),
        ({"ParentDeviceId": parent, "StreamStatus": "failed"}, []),
    ):
        assert names(client.get("/devices", **query).data) == expected, query


def test_order_and_pages(client: Client) -> None:
    parent = client.id("大厅国标NVR")
    whole = client.get("/devices", ParentDeviceId=parent).data
    created = [int(row["CreatedTime"]) for row in whole["Devices"]]
    assert created == sorted(created)
    assert all(isinstance(row["CreatedTime"], str) for row in whole["Devices"])
    assert created[0] > 10**12
    for direction in ("desc", "Desc"):
        backwards = client.get(
            "/devices", ParentDeviceId=parent, SortBy="UpdatedTime", SortDirection=direction
        ).data
        assert names(backwards) == names(whole)[::-1]
    pages = [
        client.get("/devices", ParentDeviceId=parent, PageNum=number, PageSize=3).data
        for number in (1, 2, 3)
    ]
    assert [len(page["Devices"]) for page in pages] == [3, 1, 0]
    assert {(p["TotalNum"], p["TotalPage"], p["PageSize"]) for p in pages} == {(4, 2, 3)}
    assert [name for page in pages for name in names(page)] == names(whole)


def test_what_is_refused(client: Client) -> None:
    for query in (
        {"PageSize": 0},
        {"PageSize": 1001},
        {"PageNum": 0},
        {"PageNum": "x"},
        {"DeviceType": "camera"},
        {"DeviceStatus": "online"},
        {"StreamStatus": "new"},
        {"SortBy": "DeviceName"},
        {"SortDirection": "up"},
        {"IncludeDeviceDir": 2},
    ):
        answer = client.get("/devices", **query)
        assert (answer.error, answer.status) == ("VSS_0001", 400), query
    assert client.call("GET", "/devices", "PageNum=1&PageNum=2").error == "VSS_0001"
    assert client.get("/device").error == "VSS_0005"
    assert client.call("DELETE", "/devices").error == "VSS_0005"
    assert client.call("GET", "/devices", body=b"{}").error == "VSS_0001"
    # An empty parameter is none, an unknown one is noted and otherwise ignored.
    assert client.get("/devices", DirId="", DeviceType="", Colour="red").data
    assert client.last.unknown == ("Colour",)
    assert client.last.call == "DescribeDevices"


def test_one_device(client: Client) -> None:
    data = client.get(f"/devices/{client.id('Weir')}").data
    assert set(data) == {"Region", "InNetworkType", "OutNetworkType", "Device", "VideoDevice",
                         "ViidDevice", "CreatedTime", "UpdatedTime", "RequestId"}  # fmt: skip
    assert data["Device"]["DeviceName"] == "Weir"
    assert "DeviceStats" not in data["Device"]
    recorder = client.id("大厅国标NVR")
    full = client.get(f"/devices/{recorder}", IncludeDeviceStats=1, IncludeDeviceDir=1).data
    assert full["Device"]["DeviceStats"] == {"TotalSize": 4, "OnlineSize": 4}
    assert full["Device"]["DeviceDir"]["DirName"] == "政务大厅"
    assert client.get(f"/devices/{NOBODY}").error == "VSS_1001"
    assert client.get("/devices/x").error == "VSS_1001"
    # State is the world's.
    client.camera("等候区").online = False
    assert client.get(f"/devices/{client.id('等候区')}").data["Device"]["DeviceStatus"] == "off"
    stats = client.get(f"/devices/{recorder}", IncludeDeviceStats=1).data["Device"]["DeviceStats"]
    assert stats["OnlineSize"] == 3


BODY: dict[str, Any] = {
    "Region": "1100000",
    "InNetworkType": "private",
    "OutNetworkType": "public",
    "Device": {
        "DeviceType": "ipc",
        "DeviceVendor": "海康",
        "DeviceName": "北门-01",
        "DeviceChannelSize": 1,
        "InOrgRegion": "510107",
        "InOrgRegionLevel": 4,
        "DeviceIndustryCode": "01",
        "DeviceNetworkCode": "6",
    },
    "Resource": {"Video": [{"BillingMode": "packages", "ResourceId": "1"}]},
    "VideoDevice": {
        "Gb28181Device": {
            "InVersion": "2016",
            "InUserName": "north",
            "StreamTransProtocol": "udp",
            "AutoStartStream": 1,
        }
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(BODY))
    *parts, last = path.split(".")
    inner = body
    for part in parts:
        inner = inner[part]
    if value is None:
        del inner[last]
    else:
        inner[last] = value
    return body


def test_a_new_device_waits_to_register(client: Client) -> None:
    made = client.post("/devices", BODY).data["DeviceId"]
    assert client.last.unknown == ()
    row = client.get("/devices", DeviceStatus="new").data["Devices"][0]
    assert row["Device"]["DeviceId"] == made
    assert row["Region"] == "1100000"
    assert row["InNetworkType"] == "private"
    assert row["Device"]["InOrgRegionLevel"] == 4
    assert row["Device"]["DeviceVendor"] == "海康"
    assert row["VideoDevice"]["Gb28181Device"]["StreamTransProtocol"] == "udp"
    assert client.get(f"/devices/{made}").data["Device"]["DeviceName"] == "北门-01"
    times = {"StartTime": "2026-01-01 00:00:00", "EndTime": "2026-01-02 00:00:00"}
    records = f"/devices/{made}/records"
    assert client.get(records, RecordType=-1, **times).data["Records"] == []
    local = client.get(records, RecordType=-1, RecordSource="local", **times)
    assert local.error == "VSS_1003"
    stream = f"/devices/{made}/local/vod/streams"
    assert client.get(stream, StreamNum=1, StartTime=0, EndTime=60).error == "VSS_1003"


def test_a_platform_holds_no_channels_yet_and_a_pushing_camera_is_no_gb_device(
    client: Client,
) -> None:
    made = client.post("/devices", changed("Device.DeviceType", "platform")).data["DeviceId"]
    assert client.get(f"/devices/{made}").data["Device"]["DeviceType"] == "platform"
    assert client.get("/devices", ParentDeviceId=made).data["Devices"] == []
    pushing = client.post("/devices", changed("VideoDevice.Gb28181Device", None)).data["DeviceId"]
    assert "Gb28181Device" not in client.get(f"/devices/{pushing}").data["VideoDevice"]
    times = {"StartTime": "2026-01-01 00:00:00", "EndTime": "2026-01-02 00:00:00"}
    local = client.get(f"/devices/{pushing}/records", RecordType=-1, RecordSource="local", **times)
    assert (local.error, local.status) == ("VSS_1004", 400)


def test_new_devices_that_cannot_be(client: Client) -> None:
    for path, value in (
        ("Device", None),
        ("Device.DeviceName", None),
        ("Device.DeviceName", ""),
        ("Device.DeviceName", "x" * 65),
        ("Device.DeviceName", 5),
        ("Device.DeviceType", None),
        ("Device.DeviceType", "camera"),
        ("Device.DeviceChannelSize", 1001),
        ("Device", []),
        ("InNetworkType", "vpn"),
        ("Resource.Video", {}),
        ("Resource.Video", [5]),
        ("VideoDevice.Gb28181Device.InVersion", []),
    ):
        assert client.post("/devices", changed(path, value)).error == "VSS_0001", path
    assert client.post("/devices", []).error == "VSS_0001"
    assert client.call("POST", "/devices", body=b"{").error == "VSS_0001"
    assert client.call("POST", "/devices").error == "VSS_0001"
    recorder = changed("VideoDevice.Gb28181Device", None)
    recorder["Device"]["DeviceType"] = "nvr"
    assert client.post("/devices", recorder).error == "VSS_0001"
    assert client.post("/devices", changed("Device.Colour", "red")).data
    assert client.last.unknown == ("Device.Colour",)
