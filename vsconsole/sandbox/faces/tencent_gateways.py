"""Gateways (calls 75 to 83)."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import KIND, STATUS, Call, Desk, page_of, stamp_t
from vsconsole.sandbox.faces.tencent_rules import Args, Rule, description, name, page
from vsconsole.sandbox.world import Camera, Device, Gateway

PROTOCOLS = {1: "海康SDK", 2: "大华SDK", 3: "宇视SDK", 4: "Onvif"}
KBPS_A_CHANNEL = 2048


def list_gateways(desk: Desk, args: Args) -> Any:
    """#75: gateways, filtered and paged."""
    rows = [
        {**_row(desk, g), "CreatedAt": stamp_t(g.activated)}
        for g in desk.world.gateways.values()
        if (args["Name"] or "").casefold() in g.name.casefold()
        and args["ClusterId"] in (None, g.cluster_id)
        and args["Status"] in (None, int(g.online))
    ]
    return {"TotalCount": len(rows), "List": page_of(rows, args)}


def describe_gateway(desk: Desk, args: Args) -> Any:
    """#76: one gateway with its services."""
    found = _find(desk, args["Id"])
    shown = _row(desk, found)
    del shown["Status"]
    return {
        **shown,
        "Version": [{"Name": s.name, "Version": s.version} for s in found.services],
    }


def monitor_gateway(desk: Desk, args: Args) -> Any:
    """#77: how much hangs on a gateway and how much it sends."""
    found = _find(desk, args["Id"])
    devices = _devices(desk, found)
    cameras = [(d, c) for d in devices for c in d.cameras]
    online = sum(d.status == "online" and found.online for d in devices)
    sending = sum(_is_online(found, d, c) for d, c in cameras)
    return {
        "UpFlow": sending * KBPS_A_CHANNEL,
        "DeviceTotal": len(devices),
        "DeviceOnline": online,
        "DeviceOffline": len(devices) - online,
        "ChannelTotal": len(cameras),
        "ChannelOnline": sending,
        "ChannelOffline": len(cameras) - sending,
    }


def list_gateway_devices(desk: Desk, args: Args) -> Any:
    """#78: the devices behind a gateway."""
    rows = [
        {
            "Id": d.id,
            "Name": d.name,
            "ProtocolType": d.gateway_protocol,
            "ProtocolTypeName": PROTOCOLS[d.gateway_protocol],
            "Type": KIND[d.kind],
            "Ip": d.address,
            "Port": d.port,
            "ChannelNum": len(d.cameras),
            "Status": STATUS[d.status],
        }
        for d in _devices(desk, _find(desk, args["Id"]))
    ]
    return {"TotalCount": len(rows), "List": rows}


def list_gateway_protocols(desk: Desk, args: Args) -> Any:
    """#79: what gateways can speak to devices."""
    return [{"TypeCode": "10001", "Label": v, "Value": k} for k, v in PROTOCOLS.items()]


def query_gateway_versions(desk: Desk, args: Args) -> Any:
    """#80: what could be upgraded."""
    found = _find(desk, args["Id"])
    return {
        "Services": [
            {
                "Name": s.name,
                "Version": s.version,
                "LatestVersion": s.latest,
                "IsUpdate": s.version != s.latest,
                "UpgradeInfo": s.news if s.version != s.latest else "",
            }
            for s in found.services
        ]
    }


def upgrade_gateway(desk: Desk, args: Args) -> Any:
    """#81: bring every service to its latest version."""
    found = _find(desk, args["Id"])
    if not found.online:
        raise Refused(41617, "gateway")
    for service in found.services:
        service.version = service.latest


def update_gateway(desk: Desk, args: Args) -> Any:
    """#82: other name or description."""
    found = _find(desk, args["Id"])
    found.name = args["Name"]
    if args["Description"] is not None:
        found.description = args["Description"]
    return _row(desk, found)


def delete_gateway(desk: Desk, args: Args) -> Any:
    """#83: a gateway goes with all its devices."""
    found = _find(desk, args["Id"])
    for owner in _devices(desk, found):
        desk.world.remove_device(owner)
    del desk.world.gateways[found.id]


def _find(desk: Desk, text: str) -> Gateway:
    found = desk.world.gateways.get(text)
    if found is None:
        raise Refused(40006, f"gateway {text}")
    return found


def _devices(desk: Desk, found: Gateway) -> list[Device]:
    return [d for d in desk.world.devices.values() if d.gateway_id == found.id]


def _is_online(found: Gateway, owner: Device, one: Camera) -> bool:
    return found.online and owner.status == "online" and one.online


def _row(desk: Desk, found: Gateway) -> dict[str, Any]:
    return {
        "Id": found.id,
        "GwId": found.code,
        "Name": found.name,
        "Description": found.description,
        "ClusterId": found.cluster_id,
        "ClusterName": desk.world.clusters[found.cluster_id].name,
        "Status": int(found.online),
    }


_ID = (Rule("Id"),)

CALLS = (
    Call(
        75,
        "GET",
        "/ivc/cms/gateway/list",
        list_gateways,
        query=(
            *page(),
            Rule("Name", required=False),
            Rule("ClusterId", required=False),
            Rule("Status", "int", required=False, choices=(0, 1)),
        ),
    ),
    Call(76, "GET", "/ivc/cms/gateway/describe", describe_gateway, query=_ID),
    Call(77, "GET", "/ivc/cms/gateway/monitor", monitor_gateway, query=_ID),
    Call(78, "GET", "/ivc/cms/gateway/devicelist", list_gateway_devices, query=_ID),
    Call(79, "GET", "/ivc/cms/gateway/protocoltype", list_gateway_protocols),
    Call(80, "GET", "/ivc/cms/gateway/version", query_gateway_versions, query=_ID),
    Call(81, "POST", "/ivc/cms/gateway/upgrade", upgrade_gateway, query=_ID),
    Call(
        82,
        "PUT",
        "/ivc/cms/gateway/update",
        update_gateway,
        body=(*_ID, name("Name"), description()),
    ),
    Call(83, "DELETE", "/ivc/cms/gateway/delete", delete_gateway, query=_ID),
)
