"""What happened: alarms of devices, AI results, and screenshots taken by a template."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NEW,
    NO_RESULT,
    OLD,
    Call,
    Desk,
    Stream,
    check_span,
    device,
    page_of,
    paged,
    signed,
    stream,
    token_seconds,
)
from vsconsole.sandbox.faces.volcengine_rules import (
    STREAM,
    WHICH,
    Args,
    MapRule,
    Rule,
    page,
    span,
)
from vsconsole.sandbox.faces.volcengine_state import HISTORY_DAYS
from vsconsole.sandbox.world import AnalysisTask, Camera, Device
from vsconsole.sandbox.world.recordings import DAY, day_begin, day_of

ALARMS_A_DAY = (2, 5)
DEVICE_ALARM, VIDEO_ALARM, FAULT_ALARM = 2, 5, 6
_KINDS = (
    (VIDEO_ALARM, 2, "运动目标检测报警"),
    (VIDEO_ALARM, 5, "绊线检测报警"),
    (VIDEO_ALARM, 6, "入侵检测报警"),
    (DEVICE_ALARM, 5, "视频遮挡报警"),
    (FAULT_ALARM, 1, "存储设备磁盘故障报警"),
)
"""AlarmMethod, AlarmType and words, as GB/T 28181 numbers them."""

_AREA_TYPES = (5, 6)
MOST_ALARM_DAYS = HISTORY_DAYS

AI_KINDS = {"vehicle": "Car", "person": "Body"}
"""Assumed: the names in the AI map; the Go SDK has vehicle and face results."""


def list_alarms(desk: Desk, args: Args) -> Any:
    """The alarms of one device, of one stream of it where asked."""
    owner = device(desk, args["DeviceID"])
    cameras = owner.cameras
    if args["StreamID"] is not None:
        cameras = [_camera_of(desk, owner, args)]
    oldest = int(desk.now) - MOST_ALARM_DAYS * DAY
    begin = oldest if args["StartTime"] is None else max(oldest, args["StartTime"])
    end = int(desk.now) if args["EndTime"] is None else min(int(desk.now), args["EndTime"])
    methods, priorities = set(args["AlarmMethod"] or ()), set(args["AlarmPriority"] or ())
    rows = [
        row
        for camera in cameras
        for row in alarms(desk, owner, camera, begin, end)
        if (not methods or row["AlarmMethod"] in methods)
        and (not priorities or row["AlarmPriority"] in priorities)
    ]
    rows.sort(key=lambda row: (row["AlarmTime"], row["AlarmNotifyID"]), reverse=args["Order"] != 0)
    return paged("AlarmNotifies", rows, args)


def alarms(
    desk: Desk, owner: Device, camera: Camera, begin: int, end: int
) -> Iterator[dict[str, Any]]:
    """The alarms of one camera in a time: stable for a seed, and only where it was armed and
    recorded, so that there is something to look at."""
    ranges = desk.world.device_ranges(camera, begin, end) if begin < end else []
    silent = desk.memory.disarmed.get(camera.id, ())
    for day in range(day_of(begin), day_of(end) + 1) if ranges else ():
        random = Random(f"{desk.world.seed}/alarm/{camera.number}/{day}")
        for number in range(random.randint(*ALARMS_A_DAY)):
            when = day_begin(day) + random.randrange(6 * 3600, 22 * 3600)
            method, kind, words = random.choice(_KINDS)
            priority = random.randint(1, 4)
            event = random.randint(1, 2) if kind in _AREA_TYPES and method == VIDEO_ALARM else 0
            mark = desk.world.make_id("volcengine-alarm", f"{camera.number}/{day}/{number}")
            if (
                mark in desk.memory.cleared_alarms
                or not any(r.begin <= when < r.end for r in ranges)
                or any(a <= when and (b is None or when < b) for a, b in silent)
            ):
                continue
            yield {
                "AlarmNotifyID": mark,
                "DeviceNSID": owner.code,
                "ChannelID": camera.code,
                "AlarmPriority": priority,
                "AlarmMethod": method,
                "AlarmType": kind,
                "EventType": event,
                "AlarmTime": when,
                "AlarmDescription": f"{camera.name}{words}",
                "Longitude": f"{121.4 + camera.number / 10_000:.6f}",
                "Latitude": f"{31.2 + camera.number / 10_000:.6f}",
            }


def set_alarm(desk: Desk, args: Args) -> Any:
    """Arm or disarm a device, or one stream of it: a disarmed one alarms no more."""
    owner = device(desk, args["DeviceID"])
    arm = str(args["Enable"]).lower()
    # Assumed: how Enable, a text, is written.
    if arm not in ("true", "false", "1", "0"):
        raise invalid("Enable", arm)
    cameras = owner.cameras if args["StreamID"] is None else [_camera_of(desk, owner, args)]
    for camera in cameras:
        spans = desk.memory.disarmed.setdefault(camera.id, [])
        is_off = bool(spans) and spans[-1][1] is None
        if arm in ("false", "0") and not is_off:
            spans.append((desk.now, None))
        elif arm in ("true", "1") and is_off:
            spans[-1] = (spans[-1][0], desk.now)
    return NO_RESULT


def reset_alarm(desk: Desk, args: Args) -> Any:
    """Tell a device that its alarms were seen; the list stays."""
    owner = device(desk, args["DeviceID"])
    if args["StreamID"] is not None:
        _camera_of(desk, owner, args)
    return NO_RESULT


def delete_alarm(desk: Desk, args: Args) -> Any:
    """Take one alarm out of the list."""
    text, end = args["AlarmNotifyID"], int(desk.now)
    begin = end - MOST_ALARM_DAYS * DAY
    for owner in desk.world.devices.values():
        for camera in owner.cameras:
            rows = alarms(desk, owner, camera, begin, end)
            if any(row["AlarmNotifyID"] == text for row in rows):
                desk.memory.cleared_alarms.add(text)
                return NO_RESULT
    raise not_found("Alarm", text)


def clear_alarms(desk: Desk, args: Args) -> Any:
    """Take all alarms of a device out of the list."""
    owner, end = device(desk, args["DeviceID"], args["SpaceID"]), int(desk.now)
    for camera in owner.cameras:
        rows = alarms(desk, owner, camera, end - MOST_ALARM_DAYS * DAY, end)
        desk.memory.cleared_alarms.update([row["AlarmNotifyID"] for row in rows])
    return NO_RESULT


def list_screenshots(desk: Desk, args: Args) -> Any:
    """Pictures taken by the screenshot template of a stream, a bare array."""
    found = stream(desk, args)
    begin, end = check_span(args)
    template = desk.memory.template_of(found.camera, "screenshot")
    if template is None:
        return []
    period = -(-int(template.content["ScreenshotPeriod"]) // 1000)
    begin = max(begin, int(desk.now) - template.days * DAY)
    end = min(end, int(desk.now))
    ranges = desk.memory.cloud_ranges(found.camera, begin, end) if begin < end else []
    times = [t for r in ranges for t in range(-(-r.begin // period) * period, r.end, period)]
    return [
        {
            "Type": "screenshot",
            # Assumed: an address that can be fetched at once.
            "Path": _still(desk, found, when),
            "Screenshot": {"BornTs": when},
        }
        for when in page_of(times, args)
    ]


def ai_results(desk: Desk, args: Args) -> Any:
    """What AI saw on a stream, newest first; an AI map names the kinds wanted."""
    found = stream(desk, args)
    begin, end = check_span(args)
    asked = args["AI"] or {}
    if set(asked) - set(AI_KINDS) or not all(isinstance(v, list) for v in asked.values()):
        raise invalid("AI", f"a map from {', '.join(AI_KINDS)} to lists expected")
    kinds = {AI_KINDS[name] for name in asked} or set(AI_KINDS.values())
    camera = found.camera
    seen = (
        desk.world.analysis.sightings(_task(desk, camera), camera, begin, end, kinds)
        if camera.ptz
        else []
    )
    url = {s.when: _still(desk, found, s.when) for s in page_of(seen, args)}
    rows = [
        {
            "Url": url[s.when],
            "Time": s.when,
            "SegInformation": [
                {
                    "SegUrl": url[s.when],
                    "RectParams": _rect(box),
                    "Vehicle": _vehicle(s.plate, box) if s.kind == "Car" else {},
                    "Face": {},
                    "VQ": {},
                }
                for box in s.boxes
            ],
        }
        for s in page_of(seen, args)
    ]
    return {
        "AiResult": rows,
        "PageNumber": args["PageNumber"],
        "PageSize": args["PageSize"],
        "TotalCount": len(seen),
    }


def _camera_of(desk: Desk, owner: Device, args: Args) -> Camera:
    """The camera of a StreamID that must hang on the device named beside it."""
    camera = stream(desk, args).camera
    if camera.device_id != owner.id:
        raise not_found("Stream", args["StreamID"])
    return camera


def _still(desk: Desk, found: Stream, when: int) -> str:
    path = f"/snapshot/{found.camera.id}/{when}.png"
    return signed(desk, path, {"StreamID": found.id}, token_seconds(desk))


def _task(desk: Desk, camera: Camera) -> AnalysisTask:
    """The cameras that can be moved have been watched by AI for as long as there is anything."""
    since = desk.world.born - HISTORY_DAYS * DAY
    slot = [{"Start": "00:00:00", "End": "23:59:59"}]
    return AnalysisTask(
        id="ai",
        name="ai",
        description="",
        cameras=[camera.id],
        callback="",
        templates=[
            {"AIConfig": {"DetectType": k, "OperTimeslot": slot}} for k in AI_KINDS.values()
        ],
        created=since,
        updated=since,
        spans=[(since, None)],
    )


def _rect(box: tuple[str, int, int, int, int, int]) -> dict[str, int]:
    _, _, x, y, width, height = box
    return {"top": y, "left": x, "width": width, "height": height}


def _vehicle(plate: str, box: tuple[str, int, int, int, int, int]) -> dict[str, Any]:
    return {
        "ObjectID": 1,
        "Plate": plate,
        "Brand": "",
        "Type": "car",
        "Color": "white",
        "Status": "",
        "RectParams": _rect(box),
        "Score": box[1] / 100,
    }


_DEVICE = Rule("DeviceID", required=True)
_SOME_STREAM = Rule("StreamID")

CALLS = (
    Call(
        "ListDeviceAlarms",
        NEW,
        ("POST",),
        list_alarms,
        (
            _DEVICE,
            _SOME_STREAM,
            *span(required=False),
            Rule("AlarmMethod", "array", each=Rule("AlarmMethod", "int", low=1, high=7)),
            Rule("AlarmPriority", "array", each=Rule("AlarmPriority", "int", low=1, high=4)),
            Rule("Order", "int", default=0, low=0),
            *page(),
        ),
    ),
    Call(
        "SetDeviceAlarm",
        NEW,
        ("POST",),
        set_alarm,
        (_DEVICE, _SOME_STREAM, Rule("Enable", "flag", required=True)),
    ),
    Call("ResetDeviceAlarm", NEW, ("POST",), reset_alarm, (_DEVICE, _SOME_STREAM)),
    Call(
        "DeleteDeviceAlarm",
        NEW,
        ("POST",),
        delete_alarm,
        (Rule("AlarmNotifyID", required=True),),
    ),
    Call(
        "ClearDeviceAlarm",
        NEW,
        ("POST",),
        clear_alarms,
        (Rule("SpaceID", required=True), _DEVICE),
    ),
    Call(
        "ListStreamScreenshots",
        NEW,
        ("POST",),
        list_screenshots,
        (STREAM, *WHICH, *span(), *page()),
    ),
    Call(
        "GetAIAnalysisResult",
        OLD,
        ("POST",),
        ai_results,
        (STREAM, *span(), MapRule("AI", "object"), *page()),
    ),
)
