"""Devices of the Ctyun face: GET /devices, GET /devices/{DeviceId} and POST /devices."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.ctyun_codes import INVALID, NO_DIRECTORY, Refused
from vsconsole.sandbox.faces.ctyun_desk import (
    Call,
    Desk,
    Node,
    device_number,
    directory_number,
    group_of,
    node,
    nodes,
    paged,
)
from vsconsole.sandbox.faces.ctyun_rules import DIRECTIONS, PAGE, Args, Rule, switch
from vsconsole.sandbox.world import ROOT_GROUP, World
from vsconsole.sandbox.world.recordings import DAY

REGION = "0851002"
TYPES = ("ipc", "nvr", "platform")
_AGE_DAYS = 80
_PLACE = ("InOrgRegion", "InOrgRegionLevel", "DeviceIndustryCode", "DeviceNetworkCode")
_GB28181 = ("InVersion", "InUserName", "StreamTransProtocol", "AutoStartStream")


def list_devices(desk: Desk, args: Args) -> dict[str, Any]:
    """One directory's devices, or one device's channels; without either the root directory's."""
    rows = [one for one in _asked(desk, args) if _fits(desk, one, args)]
    key = "CreatedTime" if args["SortBy"] == "CreatedTime" else "UpdatedTime"
    full = [_described(desk, one, args) for one in rows]
    full.sort(key=lambda row: int(row[key]), reverse=args["SortDirection"].lower() == "desc")
    answer = paged("Devices", full, args)
    if args["IncludeDeviceDir"] and not args["ParentDeviceId"]:
        # Assumed: a directory's own directories come with its devices when directory information
        # is asked for; no other way to learn of them is published.
        answer["Dirs"] = [
            _directory(desk.world, group.id) for group in desk.world.children(_group(desk, args))
        ]
    return answer


def describe_device(desk: Desk, args: Args) -> dict[str, Any]:
    """Everything about one device."""
    return _described(desk, node(desk.world, args["DeviceId"]), args)


def create_device(desk: Desk, args: Args) -> dict[str, Any]:
    """A device that waits to register; it lies in the root directory."""
    given = args["Device"]
    video = args["VideoDevice"]
    # Assumed: what names no GB28181 settings pushes its stream, as a camera alone can.
    by_gb = video is None or video["Gb28181Device"] is not None
    if not by_gb and given["DeviceType"] != "ipc":
        raise Refused(INVALID, "Device.DeviceType")
    device = desk.world.add_device(
        name=given["DeviceName"],
        kind="ipc" if given["DeviceType"] == "ipc" else "nvr",
        access="gb" if by_gb else "rtmp",
        group_id=ROOT_GROUP,
        cluster_id="",
    )
    device.manufacturer = given["DeviceVendor"] or ""
    desk.memory.made[device.id] = args
    desk.memory.made_at[device.id] = int(desk.now * 1000)
    # Assumed: the answer names the device; the page's own answer is not published.
    return {"DeviceId": device_number(device.id)}


def _group(desk: Desk, args: Args) -> int:
    found = group_of(desk.world, args["DirId"]) if args["DirId"] else ROOT_GROUP
    if found is None:
        raise Refused(NO_DIRECTORY, args["DirId"])
    return found


def _asked(desk: Desk, args: Args) -> list[Node]:
    if args["ParentDeviceId"]:
        parent = node(desk.world, args["ParentDeviceId"])
        if args["DirId"] and parent.device.group_id != _group(desk, args):
            return []
        return [one for one in nodes(desk.world) if one.parent == parent.id]
    group = _group(desk, args)
    return [one for one in nodes(desk.world) if not one.parent and one.device.group_id == group]


def _fits(desk: Desk, one: Node, args: Args) -> bool:
    return (
        args["DeviceVendor"] in (None, one.device.manufacturer)
        # Assumed: part of a name finds the device, as in the vendor's console.
        and (args["DeviceName"] or "") in one.name
        and args["DeviceType"] in (None, _type(desk, one))
        and args["DeviceStatus"] in (None, one.status)
        and args["StreamStatus"] in (None, _stream_status(one))
    )


def _type(desk: Desk, one: Node) -> str:
    if one.parent:
        return "ipc"
    made = desk.memory.made.get(one.device.id)
    return str(made["Device"]["DeviceType"]) if made else one.device.kind


def _stream_status(one: Node) -> str:
    # A recorder has no stream of its own.
    return "on" if one.camera is not None and one.status == "on" else "off"


def _described(desk: Desk, one: Node, args: Args) -> dict[str, Any]:
    """The layout of one device.

    Assumed: lists have the same layout, and names inside `Device` that the pages do not show are
    those of the vendor's first interface (DeviceStatus, ParentDeviceId, DirId, ...).
    """
    device = one.device
    made = desk.memory.made.get(device.id, {})
    given = made.get("Device") or {}
    created = _created(desk, one)
    body: dict[str, Any] = {
        "DeviceId": one.id,
        "DeviceName": one.name,
        "DeviceType": _type(desk, one),
        "DeviceVendor": device.manufacturer,
        "DeviceStatus": one.status,
        "StreamStatus": _stream_status(one),
        "ParentDeviceId": one.parent,
        "DirId": directory_number(desk.world, device.group_id),
        "DeviceChannelSize": given.get("DeviceChannelSize") or len(device.cameras),
        "Description": device.description,
    }
    if one.parent and one.camera is not None:
        body["ChannelNum"] = str(device.cameras.index(one.camera) + 1)
        body["DeviceChannelSize"] = 0
    for name in _PLACE:
        if given.get(name) is not None:
            body[name] = given[name]
    if args["IncludeDeviceStats"]:
        on = sum(camera.online and device.status == "online" for camera in device.cameras)
        body["DeviceStats"] = {"TotalSize": len(device.cameras), "OnlineSize": on}
    if args["IncludeDeviceDir"]:
        body["DeviceDir"] = _directory(desk.world, device.group_id)
    return {
        "Region": made.get("Region") or REGION,
        "InNetworkType": made.get("InNetworkType") or "public",
        "OutNetworkType": made.get("OutNetworkType") or "public",
        "Device": body,
        "VideoDevice": _video(one, made),
        "ViidDevice": {},
        "CreatedTime": str(created),
        "UpdatedTime": str(created),
    }


def _video(one: Node, made: Args) -> dict[str, Any]:
    if one.device.access != "gb":
        return {"RtmpDevice": {}}
    given = (made.get("VideoDevice") or {}).get("Gb28181Device") or {}
    code = one.camera.code if one.parent and one.camera else one.device.code
    usual = ("2016", "", one.device.transport, 1)
    settings = {
        name: given.get(name) if given.get(name) is not None else value
        for name, value in zip(_GB28181, usual, strict=True)
    }
    return {"Gb28181Device": {"OutId": code, **settings}}


def _created(desk: Desk, one: Node) -> int:
    """Epoch milliseconds; devices came one a minute, channels each a second after the other."""
    made = desk.memory.made_at.get(one.device.id)
    if made is not None:
        return made
    order = list(desk.world.devices).index(one.device.id)
    channel = one.device.cameras.index(one.camera) + 1 if one.parent and one.camera else 0
    begin = desk.world.born - _AGE_DAYS * DAY
    return (begin + 60 * order + channel) * 1000 + 343


def _directory(world: World, group_id: int) -> dict[str, Any]:
    group = world.groups.get(group_id)
    return {
        "DirId": directory_number(world, group_id),
        "DirName": group.name if group else "",
        "ParentDirId": directory_number(world, group.parent) if group else "",
    }


_INCLUDE = (switch("IncludeDeviceStats"), switch("IncludeDeviceDir"))
_NETWORK = ("public", "private")

CALLS = (
    Call(
        name="DescribeDevices",
        path="/devices",
        handler=list_devices,
        query=(
            Rule("DirId"),
            Rule("ParentDeviceId"),
            Rule("DeviceVendor"),
            Rule("DeviceName"),
            Rule("DeviceType", choices=TYPES),
            Rule("DeviceStatus", choices=("on", "off", "new")),
            Rule("StreamStatus", choices=("on", "off", "failed")),
            *_INCLUDE,
            Rule("SortBy", default="CreatedTime", choices=("CreatedTime", "UpdatedTime")),
            Rule("SortDirection", default="asc", choices=DIRECTIONS),
            *PAGE,
        ),
    ),
    Call(
        name="DescribeDevice",
        path="/devices/{DeviceId}",
        handler=describe_device,
        query=_INCLUDE,
    ),
    Call(
        name="CreateDevice",
        method="POST",
        path="/devices",
        handler=create_device,
        body=(
            Rule("Region"),
            Rule("InNetworkType", choices=_NETWORK),
            Rule("OutNetworkType", choices=_NETWORK),
            Rule(
                "Device",
                "object",
                required=True,
                fields=(
                    Rule("DeviceType", required=True, choices=TYPES),
                    Rule("DeviceVendor", longest=64),
                    Rule("DeviceName", required=True, longest=64),
                    Rule("DeviceChannelSize", "int", low=0, high=1000),
                    *(Rule(name, "any") for name in _PLACE),
                ),
            ),
            Rule(
                "Resource",
                "object",
                fields=(
                    Rule(
                        "Video",
                        "array",
                        fields=(Rule("BillingMode", "any"), Rule("ResourceId", "any")),
                    ),
                ),
            ),
            Rule(
                "VideoDevice",
                "object",
                fields=(
                    Rule(
                        "Gb28181Device",
                        "object",
                        fields=tuple(Rule(name, "any") for name in _GB28181),
                    ),
                ),
            ),
        ),
    ),
)
"""The vendor's pages Device/DescribeDevices, Device/DescribeDevice and RequestMethod/Signature."""
