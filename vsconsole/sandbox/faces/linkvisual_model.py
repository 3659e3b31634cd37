"""The thing model of the cameras: properties, and the services a device can be asked for."""

from __future__ import annotations

import calendar
from datetime import datetime
from typing import Any

from vsconsole.sandbox.faces.linkvisual_desk import BEIJING
from vsconsole.sandbox.faces.linkvisual_rules import Rule, seconds
from vsconsole.sandbox.world import Camera, recordings

MOVES = (
    "left",
    "right",
    "up",
    "down",
    "leftup",
    "rightup",
    "leftdown",
    "rightdown",
    "zoomin",
    "zoomout",
)
"""ActionType 0 to 9 in the world's words."""

PRESETS = 32

_ACTION = Rule("ActionType", "int", low=0, high=len(MOVES) - 1)
_SPAN = (seconds("BeginTime"), seconds("EndTime"))
_TYPE = Rule("Type", "int", required=False, default=0, choices=(0, 1, 2, 3))
_PRESET = Rule("PresetID", "int", low=1, high=PRESETS)

COMMON: dict[str, tuple[Rule, ...]] = {
    "QueryRecordList": (*_SPAN, Rule("QuerySize", "int", low=1, high=128), _TYPE),
    "QueryRecordTimeList": (*_SPAN, Rule("QuerySize", "int", low=1, high=128), _TYPE),
    "QueryRecordTimeListByPage": (
        *_SPAN,
        Rule("PageSize", "int", low=1, high=128),
        Rule("PageNo", "int", low=1),
        _TYPE,
    ),
    "QueryMonthRecord": (Rule("Month"),),
    "TriggerPicCapture": (),
    "Reboot": (),
}
"""What every camera does. Assumed: the argument of QueryMonthRecord is yyyyMM, as in the cloud's
call of that name, and PageNo begins at 1; neither was found in a public source."""

PTZ: dict[str, tuple[Rule, ...]] = {
    "PTZActionControl": (_ACTION, Rule("Step", "int", low=0, high=10)),
    "StartPTZAction": (
        _ACTION,
        Rule("Speed", "int", required=False, default=1, choices=(0, 1, 2)),
    ),
    "StopPTZAction": (),
    "PresetLocateControl": (_PRESET,),
    "PresetAddControl": (_PRESET, Rule("Name", required=False)),
    "PresetDeleteControl": (_PRESET,),
    "QueryPresetMap": (),
}
"""What only a camera with a motor does. Assumed: the arguments of the preset services, which are
one maker's and are to be read from the thing model."""

_OUTPUTS = {
    "QueryRecordList": ("RecordList",),
    "QueryRecordTimeList": ("TimeList",),
    "QueryRecordTimeListByPage": ("TimeList", "Total"),
    "QueryMonthRecord": ("RecordFlags",),
    "QueryPresetMap": ("PresetMap",),
    "TriggerPicCapture": ("PictureId",),
}

PROPERTIES: dict[str, tuple[Rule, Any]] = {
    "StreamVideoQuality": (Rule("StreamVideoQuality", "int", choices=(0, 1, 2)), 2),
    "SubStreamVideoQuality": (Rule("SubStreamVideoQuality", "int", choices=(0, 1, 2)), 1),
    "DayNightMode": (Rule("DayNightMode", "int", choices=(0, 1, 2)), 0),
    "ImageFlipState": (Rule("ImageFlipState", "int", choices=(0, 1)), 0),
    "MotionDetectSensitivity": (
        Rule("MotionDetectSensitivity", "int", choices=(0, 1, 2, 3, 4, 5)),
        3,
    ),
    "AlarmSwitch": (Rule("AlarmSwitch", "int", choices=(0, 1)), 1),
    "StorageRecordMode": (Rule("StorageRecordMode", "int", choices=(0, 1, 2)), 2),
}
"""Properties that can be set, with their values at the beginning."""

STATE: dict[str, Any] = {
    "StorageStatus": 1,
    "StorageTotalCapacity": 128.0,
    "StorageRemainCapacity": 12.5,
}
"""Properties that only the device sets: its card."""

_TYPES = {"int": "int", "string": "text", "bool": "bool", "list": "array", "object": "struct"}


def services_of(camera: Camera) -> dict[str, tuple[Rule, ...]]:
    """The services a camera has, with their arguments."""
    return {**COMMON, **PTZ} if camera.ptz else COMMON


def tsl(camera: Camera, product: str) -> dict[str, Any]:
    """The thing model as /thing/tsl/get gives it."""
    properties = [
        _property(name, "rw", _TYPES[rule.kind]) for name, (rule, _) in PROPERTIES.items()
    ]
    properties += [
        _property(name, "r", "double" if isinstance(value, float) else "int")
        for name, value in STATE.items()
    ]
    return {
        "schema": "https://iotx-tsl.oss-ap-southeast-1.aliyuncs.com/schema.json",
        "profile": {"productKey": product},
        "properties": properties,
        "services": [
            {
                "identifier": name,
                "name": name,
                "required": False,
                "callType": "sync",
                "method": f"thing.service.{name}",
                "inputData": [
                    {
                        "identifier": rule.name,
                        "name": rule.name,
                        "dataType": {"type": _TYPES[rule.kind], "specs": _specs(rule)},
                    }
                    for rule in rules
                ],
                "outputData": [
                    {"identifier": out, "name": out, "dataType": {"type": _output_type(out)}}
                    for out in _OUTPUTS.get(name, ())
                ],
            }
            for name, rules in services_of(camera).items()
        ],
        "events": [],
    }


def month_days(month: str) -> tuple[int, int]:
    """First Beijing day of a yyyyMM and how many there are; ValueError when it is none."""
    if len(month) != 6:
        raise ValueError(month)
    first = datetime.strptime(month, "%Y%m").replace(tzinfo=BEIJING)
    _, count = calendar.monthrange(first.year, first.month)
    return recordings.day_of(first.timestamp()), count


def _property(name: str, mode: str, kind: str) -> dict[str, Any]:
    return {
        "identifier": name,
        "name": name,
        "accessMode": mode,
        "required": False,
        "dataType": {"type": kind, "specs": {}},
    }


def _output_type(name: str) -> str:
    return "array" if name in ("RecordList", "TimeList", "PresetMap") else "text"


def _specs(rule: Rule) -> dict[str, str]:
    limits = {"min": rule.low, "max": rule.high}
    specs = {name: str(value) for name, value in limits.items() if value is not None}
    if rule.choices:
        specs |= {str(value): str(value) for value in rule.choices}
    return specs
