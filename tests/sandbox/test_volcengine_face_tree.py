"""Spaces, the group tree, devices, channels and the list of streams."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.volcengine_support import NOBODY, OLD, Client
from vsconsole.sandbox.server import Sandbox


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


# Spaces and groups


def test_spaces_come_in_pages(client: Client) -> None:
    rows = client.get("ListSpaces").result["Spaces"]
    assert [s["AccessType"] for s in rows] == ["gb28181", "rtmp"]
    assert datetime.fromisoformat(rows[0]["CreatedAt"]).utcoffset() == timedelta(hours=8)
    second = client.get("ListSpaces", PageNumber=2, PageSize=1).result
    assert [s["SpaceID"] for s in second["Spaces"]] == [rows[1]["SpaceID"]]
    assert (second["PageNumber"], second["PageSize"], second["TotalCount"]) == (2, 1, 2)
    assert client.get("ListSpaces", Order=-1).result["Spaces"] == rows[::-1]
    assert client.get("GetSpace", SpaceID=rows[0]["SpaceID"]).result == rows[0]
    assert client.get("GetSpace", SpaceID=NOBODY).error == (404, "NotFound.SpaceData")
    assert (
        client.get("ListSpaces", ProjectName="default", TagFilters="[]").result["TotalCount"] == 2
    )
    assert client.get("ListSpaces", ProjectName="x").result["Spaces"] == []
    tagged = client.get("ListSpaces", TagFilters='[{"Key": "a", "Values": ["b"]}]').result
    assert tagged["TotalCount"] == 0
    for wrong in ("[", "x", "{}", '[{"Values": []}]'):
        assert client.get("ListSpaces", TagFilters=wrong).status == 400
    assert client.get("ListSpaces", PageNumber=0).error == (400, "InvalidParameter.PageNumber")
    assert client.get("ListSpaces", PageSize="x").error == (400, "InvalidParameter.PageSize")


def walk(nodes: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield node
        yield from walk(node["Nodes"])


def tree(client: Client) -> list[dict[str, Any]]:
    rows = client.get("ListGroupTreeNodes", SpaceID=client.space).result["Nodes"]
    assert isinstance(rows, list)
    return rows


def test_the_tree_comes_at_once_with_devices_as_leaves(client: Client) -> None:
    nodes = list(walk(tree(client)))
    by_id = {n["ID"]: n for n in nodes}
    groups = [n for n in nodes if n["Device"] is None]
    assert sorted(n["Name"] for n in groups) == ["Dock-East", "分拣区", "物流园"]
    leaves = {n["Name"]: n for n in nodes if n["Device"]}
    assert sorted(leaves) == ["Dock-Dome", "东门球机", "分拣NVR", "地磅房"]
    assert by_id[leaves["分拣NVR"]["ParentID"]]["Name"] == "分拣区"
    recorder = leaves["分拣NVR"]["Device"]
    assert recorder["ID"] == client.device("分拣NVR").id
    assert [c["StreamName"] for c in recorder["Channels"]] == [
        c.name for c in client.device("分拣NVR").cameras
    ]
    assert leaves["地磅房"]["Device"]["Available"] is False
    for node in (groups[0], leaves["分拣NVR"]):
        assert client.get("GetGroupTreeNode", ID=node["ID"]).result == node
    other = client.get("ListSpaces").result["Spaces"][1]["SpaceID"]
    assert client.get("ListGroupTreeNodes", SpaceID=other).result["Nodes"] == []
    assert len(client.get("ListGroupTreeNodes").result["Nodes"]) == 1
    assert client.get("GetGroupTreeNode", ID="x").error == (404, "NotFound.GroupTreeNodeData")


def test_groups_are_added_renamed_filled_and_deleted(client: Client) -> None:
    top = tree(client)[0]
    made = client.post(
        "AddGroupTreeNode", OLD, Name="夜班", SpaceID=client.space, ParentID=top["ID"]
    ).result
    assert isinstance(made, str)
    assert client.post("UpdateGroupTreeNode", OLD, ID=made, Name="Night").result is None
    dome = client.device("东门球机")
    client.post("BindDeviceToGroupTreeNode", OLD, ID=made, DeviceID=dome.id, Name="x")
    node = client.get("GetGroupTreeNode", ID=made).result
    assert node["Name"] == "Night"
    leaf = node["Nodes"][0]
    assert leaf["Device"]["ID"] == dome.id
    rows = client.get("GetDevicesByGroupTreeNode", NodeID=made).result["Data"]
    assert [r["ID"] for r in rows] == [dome.id]
    search = client.get("GetDevicesByGroupTreeNode", NodeID=made, SearchName="zz").result
    assert search["Data"] == []
    assert client.get("GetDevicesByGroupTreeNode", NodeID=leaf["ID"]).result["Data"] == rows
    client.post("UpdateGroupTreeNode", OLD, ID=leaf["ID"], Name="东门", Description="新")
    assert (dome.name, dome.description) == ("东门", "新")
    gone = client.post("DeleteGroupTreeNodes", OLD, IDs=[made])
    assert gone.error == (403, "OperationDeny.GroupNodeNotEmpty")
    assert client.post("DeleteGroupTreeNodes", OLD, IDs=[leaf["ID"], made]).result is None
    assert client.get("GetGroupTreeNode", ID=made).status == 404
    assert client.get("GetGroupTreeNode", ID=leaf["ID"]).status == 404
    assert dome.id not in {n["Device"]["ID"] for n in walk(tree(client)) if n["Device"]}
    bad = client.post("AddGroupTreeNode", OLD, Name="x", ParentID=NOBODY)
    assert bad.error == (404, "NotFound.GroupTreeNodeData")
    other = client.get("ListSpaces").result["Spaces"][1]["SpaceID"]
    bad = client.post("AddGroupTreeNode", OLD, Name="x", SpaceID=other)
    assert bad.error == (400, "InvalidParameter.SpaceID")
    assert client.post("AddGroupTreeNode", OLD).error == (400, "MissingParameter")
    assert client.post("DeleteGroupTreeNodes", OLD, IDs=[]).code == "InvalidParameter.IDs"
    assert client.post("DeleteGroupTreeNodes", OLD, IDs="x").code == "InvalidParameter.IDs"


# Devices


def devices(client: Client, **query: object) -> list[dict[str, Any]]:
    query = {"PageSize": 10, **query}
    rows = client.get("ListDevices", SpaceID=client.space, **query).result["Devices"]
    assert isinstance(rows, list)
    return rows


def test_devices_by_page_and_filter(client: Client) -> None:
    rows = devices(client)
    assert [r["DeviceID"] for r in rows] == list(client.world.devices)
    assert [r["ChannelNum"] for r in rows] == [4, 1, 1, 1]
    assert [r["Type"] for r in rows] == ["NVR", "IPC", "IPC", "IPC"]
    pages = [devices(client, PageNumber=n, PageSize=3) for n in (1, 2, 3)]
    assert [len(p) for p in pages] == [3, 1, 0]
    assert [r["DeviceID"] for p in pages for r in p] == [r["DeviceID"] for r in rows]
    assert [r["DeviceName"] for r in devices(client, Status="offline")] == ["地磅房"]
    assert len(devices(client, Status="online,offline")) == 4
    assert [r["DeviceName"] for r in devices(client, DeviceName="dock")] == ["Dock-Dome"]
    assert [r["DeviceID"] for r in devices(client, DeviceNSID=rows[1]["DeviceNSID"])] == [
        rows[1]["DeviceID"]
    ]
    # Times in the rows go on meanwhile.
    backwards = [row["DeviceID"] for row in devices(client, Order=-1)]
    assert backwards == [row["DeviceID"] for row in rows][::-1]
    assert client.get("ListGroupTreeNodes", Order=-1).result["TotalCount"] == 1
    other = client.get("ListSpaces").result["Spaces"][1]["SpaceID"]
    assert client.get("ListDevices", SpaceID=other, PageSize=5).result["TotalCount"] == 0
    assert client.get("ListDevices", SpaceID=client.space).error == (400, "MissingParameter")
    bad = client.get("ListDevices", SpaceID=client.space, PageSize=5, Status="up")
    assert bad.error == (400, "InvalidParameter.Status")


def test_a_device_has_its_streams_its_twin_typo_and_a_password(client: Client) -> None:
    recorder = client.device("分拣NVR")
    row = client.get("GetDevice", SpaceID=client.space, DeviceID=recorder.id).result
    assert row["DeviceIP"]
    assert row["AutoPullAfterRegiter"] == row["AutoPullAfterRegister"]
    assert row["Password"]
    assert set(row["DeviceStreams"]) == {c.code for c in recorder.cameras}
    first = recorder.cameras[0]
    assert row["DeviceStreams"][first.code]["StreamID"] == first.id
    sub = row["DeviceSubStreams"][first.code][0]["StreamID"]
    assert sub != first.id
    old = client.get("GetDeviceChannels", DeviceID=recorder.id).result["Channels"][0]
    assert old["SubStreams"] == [sub]
    assert old["DeviceItem"]["Info"]["PTZType"] == "3"
    assert old["DeviceItem"]["DeviceID"] == first.code
    other = client.get("ListSpaces").result["Spaces"][1]["SpaceID"]
    assert client.get("GetDevice", SpaceID=other, DeviceID=recorder.id).error == (
        404,
        "NotFound.DeviceData",
    )


def test_what_is_renamed_stays_renamed(client: Client) -> None:
    found = client.device("Dock-Dome")
    changed = client.post(
        "UpdateDevice", OLD, DeviceID=found.id, DeviceName="码头", RtpTransportTcp=True
    )
    assert changed.result == {"ID": found.id}
    row = client.get("GetDevice", SpaceID=client.space, DeviceID=found.id).result
    assert (row["DeviceName"], row["RtpTransportTcp"]) == ("码头", True)
    client.post("UpdateDevice", OLD, DeviceID=found.id, Description="d", Password="12345678")
    row = client.get("GetDevice", SpaceID=client.space, DeviceID=found.id).result
    assert (row["Description"], row["Password"], row["DeviceName"]) == ("d", "12345678", "码头")


def test_a_stopped_device_is_disabled_until_started(client: Client) -> None:
    found = client.device("Dock-Dome")
    camera = client.camera("Dock-Dome")
    client.post("StopDevice", OLD, DeviceID=found.id)
    assert client.get("GetDevice", SpaceID=client.space, DeviceID=found.id).result["Status"] == (
        "disabled"
    )
    refused = client.post("StartStream", OLD, StreamID=camera.id)
    assert refused.error == (403, "OperationDeny.DeviceDisabled")
    client.post("StartDevice", OLD, DeviceID=found.id)
    client.world.ahead = 3
    assert client.get("GetDevice", SpaceID=client.space, DeviceID=found.id).result["Status"] == (
        "online"
    )


# Channels


def test_channels_brief_and_in_detail(client: Client) -> None:
    recorder = client.device("分拣NVR")
    brief = client.get("GetDeviceChannelsV2", DeviceID=recorder.id, QueryMode="brief").result
    assert brief["DeviceNSID"] == recorder.code
    items = [c["DeviceItem"] for c in brief["Channels"]]
    assert [i["ChannelID"] for i in items] == [c.code for c in recorder.cameras]
    assert {i["Status"] for i in items} == {"ON"}
    assert {i["PTZType"] for i in items} == {3}
    assert [c["StreamID"] for c in brief["Channels"]] == [c.id for c in recorder.cameras]
    detail = client.get("GetDeviceChannelsV2", DeviceID=recorder.id).result
    assert [c["DeviceItem"] for c in detail["Channels"]] == [[i] for i in items]
    one = client.get(
        "GetDeviceChannelsV2",
        DeviceID=recorder.id,
        SpaceID=client.space,
        ChannelID=items[1]["ChannelID"],
        QueryMode="brief",
    ).result["Channels"]
    assert one == [brief["Channels"][1]]
    back = {"DeviceID": recorder.id, "QueryMode": "brief", "Order": -1}
    assert client.get("GetDeviceChannelsV2", **back).result["Channels"] == brief["Channels"][::-1]
    dome = client.device("东门球机")
    rows = client.get("GetDeviceChannelsV2", DeviceID=dome.id, QueryMode="brief").result
    assert rows["Channels"][0]["DeviceItem"]["PTZType"] == 1


def test_only_detail_needs_the_device(client: Client) -> None:
    dark = client.device("地磅房")
    brief = client.get("GetDeviceChannelsV2", DeviceID=dark.id, QueryMode="brief").result
    assert [c["DeviceItem"]["Status"] for c in brief["Channels"]] == ["OFF"]
    off = client.get(
        "GetDeviceChannelsV2", DeviceID=dark.id, QueryMode="brief", ChannelStatus="ON"
    ).result
    assert off["Channels"] == []
    assert client.get("GetDeviceChannelsV2", DeviceID=dark.id).error == (
        500,
        "ErrorDeviceSipTimeout",
    )
    bad = client.get("GetDeviceChannelsV2", DeviceID=dark.id, QueryMode="quick")
    assert bad.error == (400, "InvalidParameter.QueryMode")
    bad = client.get("GetDeviceChannelsV2", DeviceID=dark.id, QueryMode="brief", ChannelID="1")
    assert bad.error == (404, "NotFound.ChannelData")


def test_the_catalogue_is_read_again(client: Client) -> None:
    recorder = client.device("分拣NVR")
    client.world.add_camera(recorder, "新通道", recorder.cameras[0].picture, listed=False)
    assert client.get("FreshDevice", DeviceID=recorder.id, SpaceID=client.space).result == {
        "ID": recorder.id
    }
    rows = client.get("GetDeviceChannelsV2", DeviceID=recorder.id, QueryMode="brief").result
    assert rows["Channels"][-1]["DeviceItem"]["Name"] == "新通道"
    dark = client.device("地磅房")
    assert client.get("FreshDevice", DeviceID=dark.id, SpaceID=client.space).status == 500


def test_streams_main_and_sub(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # What is recorded by a plan was pulled long before anybody could ask.
    monkeypatch.setattr("vsconsole.sandbox.faces.volcengine_streams.PULLING_SECONDS", 600.0)
    rows = client.get("ListStreams", SpaceID=client.space, PageSize=100).result
    assert rows["TotalCount"] == 2 * len(client.world.cameras)
    by_id = {r["StreamID"]: r for r in rows["Streams"]}
    camera = client.camera("分拣线1")
    assert by_id[camera.id]["StreamingType"] == "0"
    assert by_id[camera.id]["Status"] == "online"
    assert by_id[camera.id]["Record"]["TemplateID"]
    assert by_id[camera.id]["ChannelID"] == camera.code
    assert {r["Status"] for r in by_id.values() if r["StreamingType"] == "1"} == {
        "init",
        "offline",
    }
    named = client.get("ListStreams", SpaceID=client.space, StreamName="分拣线1").result
    assert [r["StreamName"] for r in named["Streams"]] == ["分拣线1", "分拣线1_sub"]
