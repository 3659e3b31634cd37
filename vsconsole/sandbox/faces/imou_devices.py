"""Devices: listing by page and by the older pair, abilities, state, names, waking, restart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_desk import (
    Call,
    Desk,
    camera,
    channel_of,
    device,
    device_by_serial,
    encrypt_mode,
    picture_url,
    product_of,
    require_device,
    serial_of,
    status_of,
)
from vsconsole.sandbox.faces.imou_rules import DEVICE, TOKEN, Args, Rule
from vsconsole.sandbox.world import Camera, Device

LARGEST_PAGE = 50
MOST_DETAILS = 8
"""Devices that one call for details takes."""

RESTART_SECONDS = 5.0
"""Assumed: how long a device is away when it starts anew."""

CARD_BYTES = 256 << 30
_ONLINE = {"offline": "0", "online": "1", "sleep": "4"}
_RECORDER = ("LocalStorage", "LocalRecord")
_CHANNEL = ("CloudStorage", "AlarmMD")


def list_by_page(desk: Desk, args: Args) -> dict[str, Any]:
    """One page; `count` is how many are on it, not how many there are."""
    devices = [] if args["source"] == "share" else list(desk.world.devices.values())
    first = (args["page"] - 1) * args["pageSize"]
    rows = [_row(desk, d) for d in devices[first : first + args["pageSize"]]]
    return {"count": len(rows), "deviceList": rows}


def list_by_ids(desk: Desk, args: Args) -> dict[str, Any]:
    """The devices of some serial numbers, with all channels or those named."""
    rows = []
    for item in args["deviceList"]:
        row = _row(desk, device_by_serial(desk, item["deviceId"]))
        wanted = item["channelId"]
        if wanted is not None:
            row["channelList"] = [c for c in row["channelList"] if str(c["channelId"]) in wanted]
        rows.append(row)
    return {"count": len(rows), "deviceList": rows}


def base_list(desk: Desk, args: Args) -> dict[str, Any]:
    """Devices that were bound with the vendor's app."""
    return _bound_list(desk, args, "Lechange")


def open_list(desk: Desk, args: Args) -> dict[str, Any]:
    """Devices that were bound through the platform."""
    return _bound_list(desk, args, "PaaS")


def base_details(desk: Desk, args: Args) -> dict[str, Any]:
    """More about devices that were bound with the app."""
    return _details(desk, args, "Lechange")


def open_details(desk: Desk, args: Args) -> dict[str, Any]:
    """More about devices that were bound through the platform."""
    return _details(desk, args, "PaaS")


def online(desk: Desk, args: Args) -> dict[str, Any]:
    """Whether a device and each of its channels is there: 0 no, 1 yes, 4 asleep."""
    found = device(desk, args)
    state = "offline" if "offline" in desk.struck else status_of(found)
    channels = [
        {"channelId": str(number), "onLine": _ONLINE[state if c.online else "offline"]}
        for number, c in enumerate(found.cameras)
    ]
    return {
        "deviceId": args["deviceId"],
        "onLine": _ONLINE[state],
        "channels": channels,
    }


def abilities(desk: Desk, args: Args) -> dict[str, Any]:
    """What devices and channels can do."""
    rows = []
    for item in args["deviceList"]:
        found = device_by_serial(desk, item["deviceId"])
        channels = [
            {"channelId": str(n), "channelAbility": _channel_ability(c)}
            for n, c in _channels(found, item["channelList"])
        ]
        rows.append(
            {
                "deviceId": item["deviceId"],
                "ability": _device_ability(desk, found),
                "channels": channels,
                "aps": [],
            }
        )
    return {"deviceList": rows}


def rename(desk: Desk, args: Args) -> None:
    """A new name for a device, or for one of its channels."""
    found = device(desk, args)
    if args["productId"] is None and product_of(desk, found) is not None:
        raise Refused("OP1002", "productId")
    if args["channelId"] is None:
        found.name = args["name"]
    else:
        camera(desk, args).name = args["name"]


def wake_up(desk: Desk, args: Args) -> None:
    """Wake a device that sleeps; it is there a moment later."""
    found = device(desk, args)
    if found.status != "online" or "offline" in desk.struck:
        raise Refused("DV1007")
    desk.sleepers.wake(found, desk.now)


def storage(desk: Desk, args: Args) -> dict[str, Any]:
    """How much of the card is used, in bytes."""
    found = device(desk, args)
    require_device(desk, found)
    return {"totalBytes": CARD_BYTES, "usedBytes": CARD_BYTES // 8 * (2 + len(found.cameras))}


def card_status(desk: Desk, args: Args) -> dict[str, Any]:
    """Whether the card is there and sound."""
    require_device(desk, device(desk, args))
    return {"status": "normal"}


def restart(desk: Desk, args: Args) -> None:
    """Start a device anew; it is offline for some seconds."""
    found = device(desk, args)
    require_device(desk, found)
    found.online = False
    desk.memory.restarts[found.id] = desk.now + RESTART_SECONDS


def power(desk: Desk, args: Args) -> dict[str, Any]:
    """The batteries of a device; one on the mains has none."""
    found = device(desk, args)
    require_device(desk, found)
    if not desk.sleepers.has(found):
        return {"electricitys": []}
    return {"electricitys": [{"type": "battery", "electric": "87", "litElec": "87"}]}


# Rows


def _row(desk: Desk, found: Device) -> dict[str, Any]:
    row: dict[str, Any] = {
        "deviceId": serial_of(desk.world, found),
        "deviceName": found.name,
        "deviceStatus": status_of(found),
        "deviceAbility": _device_ability(desk, found),
        "deviceVersion": "2.840.0000000.18.R.240118",
        "deviceModel": _model(desk, found),
        "brand": "lechange",
        "catalog": "NVR" if found.kind == "nvr" else "IPC",
        "accessType": _access(desk, found),
        "encryptMode": encrypt_mode(desk, found.id),
        "channelNum": len(found.cameras),
        "multiFlag": False,
        "playToken": desk.world.make_id("imou-play", found.code).replace("-", ""),
        "source": "bind",
        "channelList": [_channel_row(desk, found, c) for c in found.cameras],
    }
    product = product_of(desk, found)
    if product is not None:
        row["productId"] = product
    return row


def _channel_row(desk: Desk, owner: Device, found: Camera) -> dict[str, Any]:
    number = channel_of(desk.world, found)
    status = status_of(owner)
    return {
        # Recorders answer numbers here, single cameras text.
        "channelId": number if owner.kind == "nvr" else str(number),
        "channelName": found.name,
        "channelStatus": status if found.online else "offline",
        "channelAbility": _channel_ability(found),
        "picUrl": picture_url(desk, found, int(desk.now) // 60 * 60),
        "csStatus": "using",
        "remindStatus": "on",
        "cameraStatus": "on",
        "resolutions": [
            {"name": "HD", "imageSize": 3, "streamType": 0},
            {"name": "SD", "imageSize": 1, "streamType": 1},
        ],
    }


def _bound_list(desk: Desk, args: Args, access: str) -> dict[str, Any]:
    """A page after the last bindId; -1 begins."""
    rows: list[dict[str, Any]] = []
    for bind_id, found in enumerate(desk.world.devices.values(), start=1001):
        if bind_id > args["bindId"] and _access(desk, found) == access and args["type"] != "share":
            channels = [
                {"channelId": str(n), "channelName": c.name} for n, c in enumerate(found.cameras)
            ]
            rows.append(
                {
                    "bindId": bind_id,
                    "deviceId": serial_of(desk.world, found),
                    "channels": channels,
                    **({"aplist": []} if args["needApInfo"] else {}),
                }
            )
    rows = rows[: args["limit"]]
    return {"count": len(rows), "deviceList": rows}


def _details(desk: Desk, args: Args, access: str) -> dict[str, Any]:
    rows = []
    for item in args["deviceList"]:
        found = device_by_serial(desk, item["deviceId"])
        if _access(desk, found) != access:
            raise Refused("OP1009", item["deviceId"])
        channels = [
            {
                "channelId": str(n),
                "deviceId": item["deviceId"],
                "channelName": c.name,
                "status": status_of(found) if c.online else "offline",
                "ability": _channel_ability(c),
                "picUrl": picture_url(desk, c, int(desk.now) // 60 * 60),
                "storageStrategyStatus": "using",
                "cameraStatus": "on",
                "remindStatus": "on",
                "resolutions": [],
            }
            for n, c in _channels(found, item["channelList"])
        ]
        row = _row(desk, found)
        rows.append(
            {
                "deviceId": row["deviceId"],
                "name": row["deviceName"],
                "status": row["deviceStatus"],
                "ability": row["deviceAbility"],
                "version": row["deviceVersion"],
                "deviceModel": row["deviceModel"],
                "brand": row["brand"],
                "catalog": row["catalog"],
                "encryptMode": row["encryptMode"],
                "playToken": row["playToken"],
                "accessType": access,
                "channels": channels,
            }
        )
    return {"count": len(rows), "deviceList": rows}


def _channels(found: Device, text: str | None) -> Iterator[tuple[int, Camera]]:
    """The channels of "0,1,2", or all without a list."""
    wanted = None if text is None else {part.strip() for part in text.split(",")}
    for number, one in enumerate(found.cameras):
        if wanted is None or str(number) in wanted:
            yield number, one


def _access(desk: Desk, found: Device) -> str:
    """Recorders and cameras on the mains were bound through the platform, the rest by app."""
    bound = found.kind == "nvr" or any(c.ptz for c in found.cameras)
    return "PaaS" if bound and not desk.sleepers.has(found) else "Lechange"


def _model(desk: Desk, found: Device) -> str:
    if found.kind == "nvr":
        return "NVR1104HS"
    return "IPC-B46LP" if desk.sleepers.has(found) else "IPC-S41FEP"


def _device_ability(desk: Desk, found: Device) -> str:
    names = [*_RECORDER]
    if found.kind != "nvr":
        names += [n for c in found.cameras for n in _channel_ability(c).split(",")]
    if desk.sleepers.has(found):
        names.append("Dormant")
    return ",".join(names)


def _channel_ability(found: Camera) -> str:
    return ",".join((*_CHANNEL, "PTZ", "CollectionPoint") if found.ptz else _CHANNEL)


_BOUND = (
    TOKEN,
    Rule("bindId", "int", low=-1),
    Rule("limit", "int", low=1, high=LARGEST_PAGE),
    Rule(
        "type",
        required=False,
        default="bindAndShare",
        choices=("bind", "share", "bindAndShare"),
    ),
    Rule("needApInfo", "bool", required=False, default=False),
)
_DETAILS = (
    TOKEN,
    Rule(
        "deviceList",
        "list",
        high=MOST_DETAILS,
        fields=(Rule("deviceId"), Rule("channelList", required=False)),
    ),
)

CALLS = (
    Call(
        "listDeviceDetailsByPage",
        list_by_page,
        (
            TOKEN,
            Rule("page", "int", low=1),
            Rule("pageSize", "int", low=1, high=LARGEST_PAGE),
            Rule(
                "source",
                required=False,
                default="bindAndShare",
                choices=("bind", "share", "bindAndShare"),
            ),
        ),
    ),
    Call(
        "listDeviceDetailsByIds",
        list_by_ids,
        (
            TOKEN,
            Rule(
                "deviceList",
                "list",
                high=LARGEST_PAGE,
                fields=(
                    Rule("deviceId"),
                    Rule("productId", required=False),
                    Rule("channelId", "texts", required=False),
                ),
            ),
        ),
    ),
    Call("deviceBaseList", base_list, _BOUND),
    Call("deviceOpenList", open_list, _BOUND),
    Call("deviceBaseDetailList", base_details, _DETAILS),
    Call("deviceOpenDetailList", open_details, _DETAILS),
    Call("deviceOnline", online, DEVICE),
    Call("listDeviceAbility", abilities, _DETAILS),
    Call(
        "modifyDeviceName",
        rename,
        (
            *DEVICE,
            Rule("name", longest=64),
            Rule("channelId", required=False, longest=8),
            Rule("subDeviceId", required=False),
        ),
    ),
    # The vendor's own client sends this path along; nobody says what else could stand there.
    Call("wakeUpDevice", wake_up, (*DEVICE, Rule("url", required=False))),
    Call("deviceStorage", storage, DEVICE),
    Call("deviceSdcardStatus", card_status, DEVICE),
    Call("restartDevice", restart, DEVICE),
    Call("getDevicePowerInfo", power, DEVICE),
)
