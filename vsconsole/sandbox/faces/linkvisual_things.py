"""Devices as things: the list, status, model, properties and services."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import (
    FAILED,
    REQUEST,
    Refused,
)
from vsconsole.sandbox.faces.linkvisual_desk import (
    Call,
    Desk,
    camera_of,
    iot_id,
    recorders,
    require_online,
)
from vsconsole.sandbox.faces.linkvisual_live import CARD_NAME
from vsconsole.sandbox.faces.linkvisual_model import (
    MOVES,
    PROPERTIES,
    STATE,
    month_days,
    services_of,
    tsl,
)
from vsconsole.sandbox.faces.linkvisual_pictures import take_picture
from vsconsole.sandbox.faces.linkvisual_rules import IOT_ID, Args, Rule, read
from vsconsole.sandbox.world import Camera, Device, Pose, Preset, Range, recordings

STATUS = {"unregistered": 0, "online": 1, "offline": 3, "disabled": 8}
MOST_DEVICES = 100
HOLD_SPEEDS = (1, 2, 4)
"""Degrees of a tenth of a second at Speed 0, 1 and 2."""

CARD_FILE_SECONDS = 1800
CARD_TYPES = {"continuous": 3, "event": 2, "manual": 1}
"""Types on the card, in another order than those of the cloud."""

BYTES_A_SECOND = 64_000


def list_devices(desk: Desk, args: Args) -> Any:
    """A page of what is bound to the account: recorders as gateways, every camera as a device."""
    world = desk.world
    rows = [_gateway_row(desk, device) for device in recorders(world)]
    rows += [_camera_row(desk, camera) for camera in world.cameras.values()]
    for name in ("thingType", "nodeType"):
        if args[name] is not None:
            rows = [row for row in rows if row[name] == args[name]]
    first = (args["pageNo"] - 1) * args["pageSize"]
    return {
        "total": len(rows),
        "pageNo": args["pageNo"],
        "pageSize": args["pageSize"],
        "data": rows[first : first + args["pageSize"]],
    }


def list_sub_devices(desk: Desk, args: Args) -> Any:
    """A page of the cameras behind a recorder; none behind a camera."""
    owner = _device_of(desk, args["iotId"])
    cameras = owner.cameras if owner.kind == "nvr" else []
    first = (args["pageNo"] - 1) * args["pageSize"]
    rows = [_camera_row(desk, camera) for camera in cameras]
    return {
        "total": len(rows),
        "pageNo": args["pageNo"],
        "pageSize": args["pageSize"],
        "data": rows[first : first + args["pageSize"]],
    }


def thing_status(desk: Desk, args: Args) -> Any:
    """Whether a thing is online, and since when."""
    device = _device_of(desk, args["iotId"])
    return {"status": STATUS[device.status], "time": desk.world.born * 1000}


def thing_model(desk: Desk, args: Args) -> Any:
    """What a camera can do."""
    camera = camera_of(desk, args["iotId"])
    return tsl(camera, _product(desk, _kind(camera)))


def get_properties(desk: Desk, args: Args) -> Any:
    """Every property with the time it got its value."""
    camera = camera_of(desk, args["iotId"])
    own = desk.memory.properties.get(camera.id, {})
    values = {name: own.get(name, default) for name, (_, default) in PROPERTIES.items()}
    return {
        name: {
            "value": value,
            "time": desk.memory.property_times.get((camera.id, name), desk.world.born * 1000),
        }
        for name, value in (values | STATE).items()
    }


def set_properties(desk: Desk, args: Args) -> Any:
    """Set properties of a device that is there."""
    camera = camera_of(desk, args["iotId"])
    require_online(desk, camera)
    checked = {}
    for name, value in args["items"].items():
        if name not in PROPERTIES:
            raise Refused(REQUEST, f"{name} is no property that can be set")
        checked[name] = PROPERTIES[name][0].check(value, [])
    desk.memory.properties.setdefault(camera.id, {}).update(checked)
    for name in checked:
        desk.memory.property_times[camera.id, name] = int(desk.now * 1000)
    return {"messageId": _message_id(desk)}


def invoke_service(desk: Desk, args: Args) -> Any:
    """Ask a device for a service; what it gives back stands beside the messageId."""
    camera = camera_of(desk, args["iotId"])
    name = args["identifier"]
    services = services_of(camera)
    if name not in services:
        raise Refused(REQUEST, f"{name} is not in the thing model")
    given, _ = read(services[name], args["args"])
    require_online(desk, camera)
    result = _SERVICES[name](desk, camera, given)
    return {"messageId": _message_id(desk), **(result or {})}


# Services


def _step(desk: Desk, camera: Camera, args: Args) -> None:
    # A step of 0 is allowed and moves nothing.
    desk.world.move(camera, MOVES[args["ActionType"]], args["Step"])


def _start(desk: Desk, camera: Camera, args: Args) -> None:
    desk.hold(camera, MOVES[args["ActionType"]], HOLD_SPEEDS[args["Speed"]])


def _stop(desk: Desk, camera: Camera, _args: Args) -> None:
    desk.release(camera)


def _preset_go(desk: Desk, camera: Camera, args: Args) -> None:
    if args["PresetID"] not in camera.presets:
        raise Refused(FAILED, "the preset was never set")
    desk.world.go_to_preset(camera, args["PresetID"])


def _preset_add(_desk: Desk, camera: Camera, args: Args) -> None:
    index = args["PresetID"]
    name = args["Name"] or str(index)
    camera.presets[index] = Preset(index=index, name=name, pose=camera.pose)


def _preset_delete(_desk: Desk, camera: Camera, args: Args) -> None:
    if camera.presets.pop(args["PresetID"], None) is None:
        raise Refused(FAILED, "the preset was never set")


def _preset_map(_desk: Desk, camera: Camera, _args: Args) -> dict[str, Any]:
    return {
        "PresetMap": [
            {"PresetID": index, "Name": preset.name}
            for index, preset in sorted(camera.presets.items())
        ]
    }


def _record_list(desk: Desk, camera: Camera, args: Args) -> dict[str, Any]:
    """The oldest files up to QuerySize. Assumed: field names, from the device's side."""
    rows = [
        {
            "FileName": f"{CARD_NAME}_{item.begin}_{item.end}",
            "BeginTime": item.begin,
            "EndTime": item.end,
            "Size": (item.end - item.begin) * BYTES_A_SECOND,
            "Type": CARD_TYPES[item.kind],
        }
        for item in _card_files(desk, camera, args)
    ]
    return {"RecordList": rows[: args["QuerySize"]]}


def _time_list(desk: Desk, camera: Camera, args: Args) -> dict[str, Any]:
    return {"TimeList": _times(desk, camera, args)[: args["QuerySize"]]}


def _time_page(desk: Desk, camera: Camera, args: Args) -> dict[str, Any]:
    rows = _times(desk, camera, args)
    first = (args["PageNo"] - 1) * args["PageSize"]
    return {"TimeList": rows[first : first + args["PageSize"]], "Total": len(rows)}


def _month(desk: Desk, camera: Camera, args: Args) -> dict[str, Any]:
    try:
        first, count = month_days(args["Month"])
    except ValueError:
        raise Refused(REQUEST, "Month: yyyyMM expected") from None
    flags = ""
    for day in range(first, first + count):
        begin = recordings.day_begin(day)
        held = desk.world.device_ranges(camera, begin, begin + recordings.DAY)
        flags += "1" if held else "0"
    return {"RecordFlags": flags}


def _capture(desk: Desk, camera: Camera, _args: Args) -> dict[str, Any]:
    return {"PictureId": take_picture(desk, camera).id}


def _reboot(desk: Desk, camera: Camera, _args: Args) -> None:
    desk.release(camera)
    camera.pose = Pose()


_SERVICES: dict[str, Callable[[Desk, Camera, Args], dict[str, Any] | None]] = {
    "PTZActionControl": _step,
    "StartPTZAction": _start,
    "StopPTZAction": _stop,
    "PresetLocateControl": _preset_go,
    "PresetAddControl": _preset_add,
    "PresetDeleteControl": _preset_delete,
    "QueryPresetMap": _preset_map,
    "QueryRecordList": _record_list,
    "QueryRecordTimeList": _time_list,
    "QueryRecordTimeListByPage": _time_page,
    "QueryMonthRecord": _month,
    "TriggerPicCapture": _capture,
    "Reboot": _reboot,
}


def _times(desk: Desk, camera: Camera, args: Args) -> list[dict[str, int]]:
    return [
        {"BeginTime": item.begin, "EndTime": item.end, "Type": CARD_TYPES[item.kind]}
        for item in _card_ranges(desk, camera, args)
    ]


def _card_ranges(desk: Desk, camera: Camera, args: Args) -> list[Range]:
    begin, end = args["BeginTime"], args["EndTime"]
    if begin > end:
        raise Refused(REQUEST, "BeginTime is after EndTime")
    return [
        item
        for item in desk.world.device_ranges(camera, begin, end)
        if args["Type"] in (0, CARD_TYPES[item.kind])
    ]


def _card_files(desk: Desk, camera: Camera, args: Args) -> list[Range]:
    """What the card holds, cut at even half hours."""
    found = []
    for item in _card_ranges(desk, camera, args):
        at = item.begin
        while at < item.end:
            stop = min(item.end, at - at % CARD_FILE_SECONDS + CARD_FILE_SECONDS)
            found.append(Range(at, stop, item.kind))
            at = stop
    return found


# Rows


def _device_of(desk: Desk, text: str) -> Device:
    for device in recorders(desk.world):
        if iot_id(desk.world, device.id) == text:
            return device
    return desk.world.device_of(camera_of(desk, text))


def _camera_row(desk: Desk, camera: Camera) -> dict[str, Any]:
    owner = desk.world.device_of(camera)
    status = STATUS[owner.status if camera.online else "offline"]
    return _row(desk, camera.id, camera.name, camera.code, status, _kind(camera))


def _gateway_row(desk: Desk, device: Device) -> dict[str, Any]:
    return _row(desk, device.id, device.name, device.code, STATUS[device.status], "gateway")


def _kind(camera: Camera) -> str:
    """Cameras with a motor are another product, as all devices of a product share a model."""
    return "dome" if camera.ptz else "camera"


def _row(desk: Desk, native: str, name: str, code: str, status: int, kind: str) -> dict[str, Any]:
    gateway = kind == "gateway"
    since = (desk.world.born - 300 * recordings.DAY) * 1000
    return {
        "iotId": iot_id(desk.world, native),
        "productKey": _product(desk, kind),
        "deviceName": code,
        "productName": "NVR" if gateway else "摄像机",
        "nickName": name,
        "status": status,
        "owned": 1,
        "netType": "NET_ETHERNET" if gateway else "NET_WIFI",
        "nodeType": "GATEWAY" if gateway else "DEVICE",
        "thingType": "DEVICE",
        "categoryKey": "GeneralGateway" if gateway else "Camera",
        "categoryName": "网关" if gateway else "摄像头",
        "productImage": "",
        "bindTime": since,
        "gmtModified": since,
        "identityId": desk.logins.identity,
    }


def _product(desk: Desk, kind: str) -> str:
    mark = hashlib.sha256(f"{desk.world.seed}/product/{kind}".encode()).hexdigest()
    return f"a1{mark[:9]}"


def _message_id(desk: Desk) -> str:
    return desk.world.fresh_id("lv-message").replace("-", "")


_PAGE = (
    Rule("pageNo", "int", required=False, default=1, low=1),
    Rule("pageSize", "int", required=False, default=20, low=1, high=MOST_DEVICES),
)

CALLS = (
    Call(
        path="/uc/listBindingByAccount",
        versions=("1.0.8", "1.0.2"),
        handler=list_devices,
        rules=(
            *_PAGE,
            Rule("thingType", required=False),
            Rule("nodeType", required=False),
        ),
    ),
    Call(
        path="/subdevices/list",
        versions=("1.0.6", "1.0.2"),
        handler=list_sub_devices,
        rules=(IOT_ID, *_PAGE),
    ),
    *(
        Call(path=f"/thing/{path}", versions=("1.0.5", "1.0.4", "1.0.2"), handler=handler, rules=r)
        for path, handler, r in (
            ("status/get", thing_status, (IOT_ID,)),
            ("tsl/get", thing_model, (IOT_ID,)),
            ("properties/get", get_properties, (IOT_ID,)),
            ("properties/set", set_properties, (IOT_ID, Rule("items", "object"))),
            (
                "service/invoke",
                invoke_service,
                (
                    IOT_ID,
                    Rule("identifier"),
                    Rule("args", "object", required=False, default={}),
                ),
            ),
        )
    ),
)
"""Assumed: the apiVer of the other thing calls is among those seen in use for service/invoke."""
