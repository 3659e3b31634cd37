"""Spaces, groups, devices, channels, and the keys that name them.

Keys: `space:SPACE`, `group:NODE`, `dev:SPACE:DEVICE`; a channel is its main stream's id, or, where
the vendor gives it none, `gb:DEVICE:CHANNEL` by national-standard ids. Ids hold no colon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vsconsole.domain.model import (
    Ability,
    Channel,
    Device,
    DeviceKind,
    Group,
    Key,
    Status,
    now,
)
from vsconsole.vendors.volcengine.endpoints import ZONE
from vsconsole.vendors.volcengine.mapping.wire import Raw, integer, needed, rows, shown, text

MAIN, SUB = 0, 1
"""StreamingIndex of the main stream and of the first sub stream."""

_FIXED = 3
_PUSHED = "rtmp"
_GB = "gb"

_DEVICE_STATUS = {
    "online": Status.ONLINE,
    "channel_update": Status.ONLINE,
    "offline": Status.OFFLINE,
    "invalid_password": Status.OFFLINE,
    "unregistered": Status.UNREGISTERED,
    "disabled": Status.DISABLED,
}
# "stoppped" stands so on the page.
_STREAM_STATUS = {
    "online": Status.ONLINE,
    "pulling": Status.ONLINE,
    "init": Status.OFFLINE,
    "offline": Status.OFFLINE,
    "failed": Status.OFFLINE,
    "stopping": Status.OFFLINE,
    "stopped": Status.OFFLINE,
    "stoppped": Status.OFFLINE,
    "forbid": Status.DISABLED,
}
_KINDS = {"ipc": DeviceKind.CAMERA, "nvr": DeviceKind.NVR, "platform": DeviceKind.GATEWAY}
_ALWAYS = frozenset({Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DOWNLOAD})
_BY_SIGNALLING = frozenset({Ability.SUB_STREAM, Ability.DEVICE_RECORDS, Ability.EVENTS})
_MOVABLE = frozenset({Ability.PTZ, Ability.ZOOM, Ability.FOCUS, Ability.IRIS, Ability.PRESETS})


def space(account: str, raw: Raw) -> Group:
    """A space of the list."""
    native = needed(raw, "SpaceID")
    return Group(
        key=space_key(account, native), name=text(raw.get("SpaceName")) or native, raw=shown(raw)
    )


def is_pushed(raw: Raw) -> bool:
    """Whether a space, stream or channel is of the kind that pushes RTMP, without signalling."""
    kind = text(raw.get("AccessType")) or text(raw.get("SpaceAccessType"))
    return kind.lower() == _PUSHED


def tree(owner: Group, data: Any) -> tuple[list[Group], dict[str, Key]]:
    """The groups below a space, parents first, and the group of each device by its id.

    A node that only stands for its device makes no group; nor does a root named as its space.
    """
    groups: list[Group] = []
    places: dict[str, Key] = {}
    # A node met twice, or inside itself, counts once.
    seen: set[str] = set()

    def walk(nodes: Sequence[Raw], parent: Group) -> None:
        for node in nodes:
            native = text(node.get("ID"))
            if not native or native in seen:
                continue
            seen.add(native)
            name = text(node.get("Name"))
            below = rows(node, "Nodes")
            device = node.get("Device")
            member = text(device.get("ID")) if isinstance(device, Mapping) else ""
            stands_for = (
                member
                and isinstance(device, Mapping)
                and not below
                and name in ("", text(device.get("DeviceName")))
            )
            is_root = parent is owner and name == owner.name and not member
            here = parent
            if not stands_for and not is_root:
                here = Group(
                    key=group_key(owner.key.account, native),
                    name=name or native,
                    parent=parent.key,
                    raw={
                        key: value
                        for key, value in shown(node).items()
                        if key not in ("Nodes", "Device")
                    },
                )
                groups.append(here)
            if member:
                places.setdefault(member, here.key)
            walk(below, here)

    walk(rows(data, "Nodes"), owner)
    return groups, places


def device(owner: Group, places: Mapping[str, Key], raw: Raw) -> Device:
    """A device of a space's list, in its group where it has one."""
    native = needed(raw, "DeviceID")
    return Device(
        key=device_key(owner.key.account, native_space(owner.key), native),
        name=text(raw.get("DeviceName")) or native,
        kind=_KINDS.get(text(raw.get("Type")).lower(), DeviceKind.CAMERA),
        parent=places.get(native, owner.key),
        status=_DEVICE_STATUS.get(text(raw.get("Status")).lower(), Status.UNKNOWN),
        seen=now(),
        raw=shown(raw),
    )


def channels(owner: Device, data: Any) -> list[Channel]:
    """The channels of a device; entries of its catalogue that only hold others are left out."""
    nsid = text(data.get("DeviceNSID")) if isinstance(data, Mapping) else ""
    nsid = nsid or text(owner.raw.get("DeviceNSID"))
    found = (_channel(owner, nsid, row) for row in rows(data, "Channels"))
    return [one for one in found if one is not None]


def _channel(owner: Device, nsid: str, row: Raw) -> Channel | None:
    item = _item(row)
    stream = text(row.get("StreamID"))
    # The older call has the channel's id under the device's name.
    native = text(item.get("ChannelID")) or text(item.get("DeviceID"))
    if not stream and (not native or text(item.get("Parental")) == "1"):
        return None
    status = owner.status
    if status in (Status.ONLINE, Status.UNKNOWN):
        state = text(item.get("Status")).upper()
        status = {"ON": Status.ONLINE, "OFF": Status.OFFLINE}.get(state, status)
    abilities = _ALWAYS | _BY_SIGNALLING
    # Many recorders leave the type open, so only a camera known to be fixed has no controls.
    if integer(item.get("PTZType"), 0) != _FIXED:
        abilities |= _MOVABLE
    return Channel(
        key=Key(owner.key.account, stream or f"{_GB}:{nsid}:{native}"),
        name=text(item.get("Name")) or owner.name,
        parent=owner.key,
        status=status,
        abilities=abilities,
        zone=ZONE,
        seen=now(),
        raw={**shown(item), "StreamID": stream, "DeviceNSID": nsid, "ChannelID": native},
    )


def _item(row: Raw) -> Raw:
    """What a row says of its channel: an object, a list of one, with an `Info` inside or not."""
    item = row.get("DeviceItem")
    if not isinstance(item, Mapping):
        item = next(iter(rows(item)), row)
    info = item.get("Info")
    return {**info, **item} if isinstance(info, Mapping) else item


def pushed(owner: Group, raw: Raw) -> Channel:
    """A stream that is pushed as RTMP, which has no device that could be asked for anything."""
    native = needed(raw, "StreamID")
    return Channel(
        key=Key(owner.key.account, native),
        name=text(raw.get("StreamName")) or native,
        parent=owner.key,
        status=_STREAM_STATUS.get(text(raw.get("Status")).lower(), Status.UNKNOWN),
        abilities=_ALWAYS,
        zone=ZONE,
        seen=now(),
        raw={**shown(raw), "SpaceAccessType": _PUSHED},
    )


def space_key(account: str, native: str) -> Key:
    return Key(account, f"space:{native}")


def group_key(account: str, native: str) -> Key:
    return Key(account, f"group:{native}")


def device_key(account: str, space: str, native: str) -> Key:
    return Key(account, f"dev:{space}:{native}")


def native_space(key: Key | None) -> str:
    """The id of the space that a space's, device's or channel's parent's key names; else empty."""
    kind, _colon, rest = key.native.partition(":") if key else ("", "", "")
    return rest.partition(":")[0] if kind in ("space", "dev") else ""


def native_device(key: Key | None) -> str:
    """The id of the device that a key names; empty for a key of another kind."""
    kind, _colon, rest = key.native.partition(":") if key else ("", "", "")
    return rest.partition(":")[2] if kind == "dev" else ""


def gb_name(one: Channel) -> tuple[str, str] | None:
    """DeviceNSID and ChannelID of a channel that has no StreamID; None for one that has."""
    kind, _colon, rest = one.key.native.partition(":")
    nsid, colon, native = rest.partition(":")
    return (nsid, native) if kind == _GB and colon else None


def stream_in(rows: Sequence[Raw], gb: tuple[str, str]) -> str:
    """The StreamID of the stream with these DeviceNSID and ChannelID; empty where none has."""
    for row in rows:
        if (text(row.get("DeviceNSID")), text(row.get("ChannelID"))) == gb:
            return text(row.get("StreamID"))
    return ""
