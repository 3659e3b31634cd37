"""Devices and their channels (calls 15 to 23)."""

from __future__ import annotations

import re
from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import (
    ACCESS,
    KIND,
    STATUS,
    TRANSPORT,
    Call,
    Desk,
    cluster,
    device,
    group,
    group_number,
    page_of,
    require_device,
)
from vsconsole.sandbox.faces.tencent_rules import (
    Args,
    Rule,
    description,
    device_id,
    name,
    page,
)
from vsconsole.sandbox.world import Camera, Device

PASSWORD = re.compile(r"[0-9]{6,16}")
_ACCESS_OF = {v: k for k, v in ACCESS.items()}
_KIND_OF = {v: k for k, v in KIND.items()}
_TRANSPORT_OF = {v: k for k, v in TRANSPORT.items()}


def add_device(desk: Desk, args: Args) -> Any:
    """#15: a device that waits to register or to push."""
    if args["AccessProtocol"] == ACCESS["rtmp"] and args["Type"] != KIND["ipc"]:
        raise Refused(40003, "RTMP is for IPC only")
    owner = group(desk, args["OrganizationId"])
    node = cluster(desk, args["ClusterId"])
    if not any(d.cluster_id == node.id for d in desk.world.domains.values()):
        raise Refused(41610, "the node has no domain")
    made = desk.world.add_device(
        name=args["Name"],
        kind=_KIND_OF[args["Type"]],  # type: ignore[arg-type]
        access=_ACCESS_OF[args["AccessProtocol"]],  # type: ignore[arg-type]
        group_id=owner.id,
        cluster_id=node.id,
    )
    _apply(made, args)
    return _full(desk, made)


def delete_device(desk: Desk, args: Args) -> Any:
    """#16: a device goes with its channels."""
    desk.world.remove_device(device(desk, args["Id"]))


def update_device(desk: Desk, args: Args) -> Any:
    """#17: change what is given, keep the rest."""
    found = _same(desk, args)
    if args["Name"] is not None:
        found.name = args["Name"]
    _apply(found, args)
    return _full(desk, found)


def describe_device(desk: Desk, args: Args) -> Any:
    """#18: everything about a device."""
    found = device(desk, args["Id"])
    push = f"rtmp://push.{desk.world.clusters[found.cluster_id].cname}/live/{found.id}"
    return {
        "Id": found.id,
        "Name": found.name,
        "Code": found.code,
        "Status": STATUS[found.status],
        "Type": KIND[found.kind],
        "TransportProtocol": TRANSPORT[found.transport],
        "AccessProtocol": ACCESS[found.access],
        "OrganizationId": str(found.group_id),
        "Manufacturer": found.manufacturer,
        "Description": found.description,
        "ClusterId": found.cluster_id,
        "ClusterName": desk.world.clusters[found.cluster_id].name,
        "SipId": "31011500002000000001",
        "SipDomain": "3101150000",
        "SipIp": "127.0.0.1",
        "SipPort": 5060,
        "Password": found.password,
        "PushStreamUrl": push if found.access == "rtmp" else "",
    }


def update_device_status(desk: Desk, args: Args) -> Any:
    """#19: 3 keeps a device out, 2 lets it register again."""
    found = _same(desk, args)
    if args["Status"] == STATUS["disabled"]:
        desk.world.disable(found)
    else:
        # Enabled means allowed to register; until it does, it is offline.
        desk.world.enable(found)


def list_devices(desk: Desk, args: Args) -> Any:
    """#20: devices of an organization, and below it when asked."""
    at = group_number(desk, args["OrganizationId"])
    groups = desk.world.below(at) if args["IsContainSubLevel"] else {at}
    rows = [d for d in desk.world.devices_in(groups) if _wanted(d, args)]
    return {
        "TotalCount": len(rows),
        "List": [_short(found) for found in page_of(rows, args)],
        "RequestId": desk.world.make_id("inner", int(desk.now * 1000)),
    }


def list_channels(desk: Desk, args: Args) -> Any:
    """#21: the channels of a device; a pushing RTMP device has none."""
    found = device(desk, args["DeviceId"])
    if found.access == "rtmp":
        return []
    return [_channel(desk, found, c) for c in found.cameras]


def refresh_device(desk: Desk, args: Args) -> Any:
    """#22: ask a GB device for its channels."""
    found = device(desk, args["DeviceId"])
    if found.access != "gb":
        raise Refused(40002, "for GB devices")
    require_device(desk, found)
    desk.world.refresh(found)


def move_devices(desk: Desk, args: Args) -> Any:
    """#23: put devices into another organization, all or none."""
    to = group(desk, args["OrganizationId"])
    if not args["Ids"]:
        raise Refused(40001, "Ids is empty")
    for found in [device(desk, text) for text in args["Ids"]]:
        found.group_id = to.id


def _wanted(found: Device, args: Args) -> bool:
    """Whether a device passes all filters that are given."""
    values = {
        "AccessProtocol": ACCESS[found.access],
        "Type": KIND[found.kind],
        "Status": STATUS[found.status],
        "ClusterId": found.cluster_id,
    }
    keyword = (args["Keyword"] or "").casefold()
    return keyword in found.name.casefold() and all(
        args[key] in (None, value) for key, value in values.items()
    )


def _same(desk: Desk, args: Args) -> Device:
    """The device that query and body both name."""
    if args["Id"] != args["query.Id"]:
        raise Refused(40005, "Id in the address and in the body differ")
    return device(desk, args["Id"])


def _apply(found: Device, args: Args) -> None:
    if args["TransportProtocol"] is not None and found.access == "gb":
        found.transport = _TRANSPORT_OF[args["TransportProtocol"]]  # type: ignore[assignment]
    if args["Password"] is not None and found.access == "gb":
        found.password = args["Password"]
    if args["Description"] is not None:
        found.description = args["Description"]


def _short(found: Device) -> dict[str, Any]:
    return {
        "Id": found.id,
        "Code": found.code,
        "Name": found.name,
        "AccessProtocol": ACCESS[found.access],
        "Type": KIND[found.kind],
        "ClusterId": found.cluster_id,
        "TransportProtocol": TRANSPORT[found.transport],
        "Password": found.password,
        "Description": found.description,
        "Status": STATUS[found.status],
        "OrganizationId": str(found.group_id),
    }


def _full(desk: Desk, found: Device) -> dict[str, Any]:
    return {**_short(found), "ClusterName": desk.world.clusters[found.cluster_id].name}


def _channel(desk: Desk, owner: Device, found: Camera) -> dict[str, Any]:
    online = owner.status == "online" and found.online
    planned = desk.world.plans.plan_of(found, "live") is not None
    return {
        "ChannelId": found.id,
        "ChannelCode": found.code,
        "DeviceId": owner.id,
        "Name": found.name,
        "Status": int(online and (found.viewers > 0 or planned)),
        "PtzType": int(found.ptz),
        "Manufacturer": found.manufacturer,
        "Resolution": "/".join(found.resolutions),
        "State": int(online),
    }


_CHANGES = (
    Rule("TransportProtocol", "int", required=False, choices=(1, 2)),
    Rule("Password", required=False, pattern=PASSWORD, missing=41626, wrong=41626),
    description(),
)
_ACCESS = Rule("AccessProtocol", "int", choices=(1, 2), wrong=40002)
_TYPE = Rule("Type", "int", choices=(1, 2), wrong=40003)

CALLS = (
    Call(
        15,
        "POST",
        "/ivc/cms/device/add",
        add_device,
        body=(
            name("Name"),
            _ACCESS,
            _TYPE,
            *_CHANGES,
            Rule("OrganizationId"),
            Rule("ClusterId"),
        ),
    ),
    Call(16, "DELETE", "/ivc/cms/device/delete", delete_device, query=(device_id("Id"),)),
    Call(
        17,
        "PUT",
        "/ivc/cms/device/update",
        update_device,
        query=(device_id("Id"),),
        body=(device_id("Id"), name("Name", required=False), *_CHANGES),
    ),
    Call(18, "GET", "/ivc/cms/device/describe", describe_device, query=(device_id("Id"),)),
    Call(
        19,
        "PUT",
        "/ivc/cms/device/updatestatus",
        update_device_status,
        query=(device_id("Id"),),
        body=(device_id("Id"), Rule("Status", "int", choices=(2, 3), wrong=40004)),
    ),
    Call(
        20,
        "GET",
        "/ivc/urm/resource/getUserResources",
        list_devices,
        query=(
            Rule("OrganizationId"),
            Rule("IsContainSubLevel", "bool", required=False, default=False),
            Rule("AccessProtocol", "int", required=False, choices=(1, 2, 3), wrong=40002),
            Rule("Type", "int", required=False, choices=(1, 2), wrong=40003),
            Rule("Status", "int", required=False, choices=(0, 1, 2, 3), wrong=40004),
            Rule("ClusterId", required=False),
            Rule("Keyword", required=False),
            Rule("Uin", "int", required=False),
            *page(),
        ),
    ),
    Call(21, "GET", "/ivc/cms/device/channel", list_channels, query=(device_id("DeviceId"),)),
    Call(22, "POST", "/ivc/cms/device/refresh", refresh_device, body=(device_id("DeviceId"),)),
    Call(
        23,
        "PUT",
        "/ivc/cms/device/updateorg",
        move_devices,
        body=(Rule("Ids", "array", each=device_id("Ids")), Rule("OrganizationId")),
    ),
)
