"""Devices and their channels (2021-01-01)."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    OLD,
    Call,
    Desk,
    Stream,
    backwards,
    device,
    page_of,
    require_device,
    rfc3339,
    space,
    stream_of,
)
from vsconsole.sandbox.faces.volcengine_rules import Args, Rule, page
from vsconsole.sandbox.faces.volcengine_streams import pull_urls, status
from vsconsole.sandbox.world import Camera, Device

STATES = ("unregistered", "online", "offline", "invalid_password", "disabled", "channel_update")
DOME, FIXED = 1, 3
"""PTZType of what can be moved and what cannot."""


def list_devices(desk: Desk, args: Args) -> Any:
    """The devices of a space that pass every filter given."""
    space(desk, args["SpaceID"])
    states = set((args["Status"] or "").split(",")) - {""}
    if states - set(STATES):
        raise invalid("Status", ",".join(sorted(states - set(STATES))))
    name = (args["DeviceName"] or "").casefold()
    rows = [
        d
        for d in desk.world.devices.values()
        if desk.memory.space_of(d) == args["SpaceID"]
        and (not states or d.status in states)
        and args["DeviceID"] in (None, d.id)
        and args["DeviceNSID"] in (None, d.code)
        and name in d.name.casefold()
    ]
    if backwards(args["Order"]):
        rows.reverse()
    return {
        "Devices": [_view(desk, d) for d in page_of(rows, args)],
        "PageNumber": args["PageNumber"],
        "PageSize": args["PageSize"],
        "TotalCount": len(rows),
    }


def get_device(desk: Desk, args: Args) -> Any:
    """One device, with its address."""
    found = device(desk, args["DeviceID"], args["SpaceID"])
    return {**_view(desk, found), "DeviceIP": found.address or "192.168.10.20"}


def update_device(desk: Desk, args: Args) -> Any:
    """Change what is given, keep the rest."""
    found = device(desk, args["DeviceID"])
    if args["DeviceName"] is not None:
        found.name = args["DeviceName"]
    if args["Description"] is not None:
        found.description = args["Description"]
    if args["RtpTransportTcp"] is not None:
        found.transport = "tcp" if args["RtpTransportTcp"] else "udp"
    if args["Password"] is not None:
        found.password = args["Password"]
    return {"ID": found.id}


def start_device(desk: Desk, args: Args) -> Any:
    """Let a stopped device register again."""
    found = device(desk, args["DeviceID"])
    desk.world.enable(found)
    return {"ID": found.id}


def stop_device(desk: Desk, args: Args) -> Any:
    """Keep a device out."""
    found = device(desk, args["DeviceID"])
    desk.world.disable(found)
    return {"ID": found.id}


def fresh_device(desk: Desk, args: Args) -> Any:
    """Read the catalogue of a device again."""
    found = device(desk, args["DeviceID"], args["SpaceID"])
    require_device(desk, found)
    desk.world.refresh(found)
    return {"ID": found.id}


def channels_v2(desk: Desk, args: Args) -> Any:
    """The channels of a device: brief as they are known, or in detail from the device itself."""
    found = device(desk, args["DeviceID"], args["SpaceID"])
    detail = args["QueryMode"] == "detail"
    if detail:
        require_device(desk, found)
    rows = []
    for camera in found.cameras:
        item = _item(found, camera)
        if args["ChannelID"] in (None, camera.code) and args["ChannelStatus"] in (
            None,
            item["Status"],
        ):
            rows.append(
                {
                    "StreamID": camera.id,
                    "CreateAt": rfc3339(desk.world.born - 86_400),
                    # The SDK types it as a list, the page's sample shows an object: both occur.
                    "DeviceItem": [item] if detail else item,
                }
            )
    if args["ChannelID"] is not None and not rows and args["ChannelStatus"] is None:
        raise not_found("Channel", args["ChannelID"])
    if backwards(args["Order"]):
        rows.reverse()
    return {
        "DeviceID": found.id,
        "DeviceNSID": found.code,
        "DeviceName": found.name,
        "Channels": rows,
    }


def channels(desk: Desk, args: Args) -> Any:
    """The older listing: it knows sub streams, and puts PTZType as text under Info."""
    found = device(desk, args["DeviceID"], args["SpaceID"])
    rows = []
    for camera in found.cameras:
        item = _item(found, camera)
        info = {k: item.pop(k) for k in ("PTZType", "Resolution", "DownloadSpeed")}
        info["PTZType"] = str(info["PTZType"])
        item["DeviceID"] = item.pop("ChannelID")
        rows.append(
            {
                "StreamID": camera.id,
                "CreateAt": rfc3339(desk.world.born - 86_400),
                "DeviceItem": {**item, "Info": info},
                "SubStreams": [stream_of(desk.world, camera, "sub").id],
            }
        )
    return {
        "DeviceID": found.id,
        "DeviceNSID": found.code,
        "DeviceName": found.name,
        "Channels": rows,
    }


def _item(owner: Device, camera: Camera) -> dict[str, Any]:
    on = owner.status == "online" and camera.online
    return {
        "ChannelID": camera.code,
        "Name": camera.name,
        "Status": "ON" if on else "OFF",
        "PTZType": DOME if camera.ptz else FIXED,
        "Resolution": "/".join(camera.resolutions),
        "DownloadSpeed": "1/2/4",
        "Manufacturer": camera.manufacturer,
        "Model": "IPC",
        "Owner": "",
        "CivilCode": camera.code[:6],
        "Address": "",
        "Parental": "0",
        "ParentID": owner.code,
        "RegisterWay": "1",
        "Secrecy": "0",
        "IPAddress": "",
        "Port": "",
        "Longitude": "",
        "Latitude": "",
    }


def _view(desk: Desk, found: Device) -> dict[str, Any]:
    space_id = desk.memory.space_of(found)
    since = rfc3339(desk.world.born - 86_400)
    return {
        "DeviceID": found.id,
        "DeviceNSID": found.code,
        "DeviceName": found.name,
        "Type": found.kind.upper(),
        "Status": found.status,
        "SpaceID": space_id,
        "SpaceName": desk.memory.spaces[space_id].name,
        "ChannelNum": len(found.cameras),
        "Manufactory": found.manufacturer,
        "Description": found.description,
        "Location": "",
        "Coordinates": {"Longitude": None, "Latitude": None},
        "RtpTransportTcp": found.transport == "tcp",
        "UseSubStream": True,
        "AutoPullAfterRegister": True,
        # The misspelt twin is part of the interface.
        "AutoPullAfterRegiter": True,
        "AlertNotification": {
            "Enabled": True,
            "Phone": False,
            "Device": True,
            "SMS": False,
            "GPS": False,
            "Video": True,
            "DeviceFault": True,
            "Other": False,
        },
        "DeviceStreams": {
            c.code: _stream(desk, c, stream_of(desk.world, c, "main")) for c in found.cameras
        },
        "DeviceSubStreams": {
            c.code: [_stream(desk, c, stream_of(desk.world, c, "sub"))] for c in found.cameras
        },
        "Username": found.code,
        "Password": found.password or desk.world.make_id("volcengine-sip", found.id)[:8],
        "CreatedAt": since,
        "UpdatedAt": since,
    }


def _stream(desk: Desk, camera: Camera, found: Stream) -> dict[str, Any]:
    return {
        "StreamID": found.id,
        "Name": camera.name,
        "ChannelStatus": "ON" if desk.streams.is_on(camera) else "OFF",
        "Manufacturer": camera.manufacturer,
        "Model": "IPC",
        "Status": status(desk, found),
        "PullUrls": pull_urls(desk, found),
        "PushUrl": "",
    }


_DEVICE = Rule("DeviceID", required=True)
_SPACE = Rule("SpaceID")
_ORDER = Rule("Order", "flag")
_MODE = Rule("QueryMode", choices=("brief", "detail"), default="detail")

CALLS = (
    Call(
        "ListDevices",
        OLD,
        ("GET",),
        list_devices,
        (
            Rule("SpaceID", required=True),
            *page(required=True),
            Rule("Status"),
            _ORDER,
            Rule("DeviceID"),
            Rule("DeviceNSID"),
            Rule("DeviceName"),
        ),
    ),
    Call("GetDevice", OLD, ("GET",), get_device, (Rule("SpaceID", required=True), _DEVICE)),
    Call(
        "UpdateDevice",
        OLD,
        ("POST",),
        update_device,
        (
            _DEVICE,
            Rule("DeviceName"),
            Rule("DeviceNSID"),
            Rule("Description"),
            Rule("Username"),
            Rule("Password"),
            Rule("Type", choices=("IPC", "NVR", "Platform")),
            Rule("RtpTransportTcp", "bool"),
            Rule("Location"),
        ),
    ),
    Call("StartDevice", OLD, ("POST",), start_device, (_DEVICE,)),
    Call("StopDevice", OLD, ("POST",), stop_device, (_DEVICE,)),
    Call("FreshDevice", OLD, ("GET",), fresh_device, (_DEVICE, Rule("SpaceID", required=True))),
    Call(
        "GetDeviceChannelsV2",
        OLD,
        ("GET",),
        channels_v2,
        (
            _DEVICE,
            _SPACE,
            Rule("ChannelID"),
            Rule("ChannelStatus", choices=("ON", "OFF")),
            _ORDER,
            _MODE,
        ),
    ),
    Call("GetDeviceChannels", OLD, ("GET",), channels, (_DEVICE, _SPACE)),
)
