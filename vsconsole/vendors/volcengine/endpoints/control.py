"""PTZ, presets, cruise tracks and alarms."""

from __future__ import annotations

from dataclasses import replace

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Endpoint, Paging, Param
from vsconsole.vendors.volcengine.endpoints.shared import (
    NEW,
    OLD,
    TIMES,
    get,
    ident,
    needed,
    page,
    pages_both,
    post,
    read,
    removes,
    seconds,
    times,
    whole,
)

COMMANDS = (
    "stop",
    "right",
    "left",
    "down",
    "up",
    "rightup",
    "rightdown",
    "leftup",
    "leftdown",
    "zoomin",
    "zoomout",
    "focusfar",
    "focusnear",
    "irisin",
    "irisout",
    "set",
    "goto",
    "remove",
)
PRESETS = range(1, 256)

PTZ = (
    post(
        "CloudControl",
        NEW,
        "docs/6521/1167737",
        ident("StreamID"),
        needed(name="Action", choices=("PTZControl", "FiControl", "PresetControl")),
        needed(name="Cmd", choices=COMMANDS),
        whole(
            name="Para",
            required=True,
            minimum=0,
            maximum=255,
            doc=N_("Speed 0 to 255, for zoom 0 to 15; for presets their number from 1 to 255"),
        ),
    ),
    read(
        "QueryPresetInfo",
        NEW,
        "docs/6521/1169957",
        ident("StreamID"),
        whole(name="TimeOut", minimum=1, doc=N_("Seconds.")),
    ),
)


def _track(place: str = "body") -> Param:
    return Param(
        name="TrackID",
        type="int",
        place="query" if place == "query" else "body",
        required=True,
        minimum=1,
        maximum=255,
    )


_PRESET = whole(name="PresetID", minimum=PRESETS[0], maximum=PRESETS[-1])
_PACE = (
    whole(name="StaySeconds", minimum=1, maximum=4095, doc=N_("Seconds.")),
    whole(name="Speed", minimum=1, maximum=4095),
)


def _cruise(name: str, *params: Param) -> Endpoint:
    return read(name, NEW, f"volc-sdk-golang: {name}", ident("StreamID"), *params)


CRUISE = (
    post(
        "CruiseControl",
        NEW,
        "volc-sdk-golang: CruiseControl",
        ident("StreamID"),
        needed(name="Action"),
        _track(),
        _PRESET,
        *_PACE,
    ),
    read(
        "SetCruiseTrack",
        NEW,
        "docs/6521/1169953",
        ident("StreamID"),
        _track(),
        Param(
            name="TrackList",
            type="list",
            required=True,
            max_length=255,
            item=Param(
                name="TrackList",
                type="object",
                fields=(
                    whole(name="PresetID", required=True, minimum=PRESETS[0], maximum=PRESETS[-1]),
                    Param(name="PresetName"),
                ),
            ),
        ),
        *(replace(one, required=True) for one in _PACE),
    ),
    get(
        "GetCruiseTrack",
        NEW,
        "volc-sdk-golang: GetCruiseTrack",
        ident("StreamID", "query"),
        _track("query"),
    ),
    get("ListCruiseTracks", NEW, "volc-sdk-golang: ListCruiseTracks", ident("StreamID", "query")),
    removes(_cruise("DeleteCruiseTrack", _track())),
    _cruise("StartCruiseTrack", _track()),
    _cruise("StopCruiseTrack"),
)


def _numbers(name: str, highest: int, doc: str) -> Param:
    return Param(
        name=name,
        type="list",
        item=Param(name=name, type="int", minimum=1, maximum=highest),
        doc=doc,
    )


_DEVICE = (ident("DeviceID"), ident("StreamID", required=False))

ALARMS = (
    read(
        "ListDeviceAlarms",
        NEW,
        "docs/6521/1169952",
        *_DEVICE,
        seconds("StartTime", required=False),
        seconds("EndTime", required=False),
        _numbers(
            "AlarmMethod",
            7,
            N_("1 phone, 2 device, 3 SMS, 4 GPS, 5 video, 6 device fault, 7 other"),
        ),
        _numbers("AlarmPriority", 4, N_("1 highest to 4")),
        whole(name="Order", doc=N_("0 ascending, any other descending")),
        *pages_both(),
        rules=(TIMES,),
        # Assumed: a hundred rows a page; the page names no limit.
        paging=Paging(number="PageNumber", size="PageSize", largest=100, items="AlarmNotifies"),
    ),
    read(
        "SetDeviceAlarm",
        NEW,
        "volc-sdk-golang: SetDeviceAlarm",
        *_DEVICE,
        needed(name="Enable", doc=N_("Whether alarms are armed.")),
    ),
    read("ResetDeviceAlarm", NEW, "volc-sdk-golang: ResetDeviceAlarm", *_DEVICE),
    removes(
        post(
            "DeleteDeviceAlarm",
            NEW,
            "volc-sdk-golang: DeleteDeviceAlarm",
            ident("AlarmNotifyID", "query"),
        )
    ),
    removes(
        post(
            "ClearDeviceAlarm",
            NEW,
            "volc-sdk-golang: ClearDeviceAlarm",
            ident("SpaceID", "query"),
            ident("DeviceID", "query"),
        )
    ),
    read(
        "GetAIAnalysisResult",
        OLD,
        "volc-sdk-golang: GetAIAnalysisResult",
        # The published kit names the stream in both places.
        ident("StreamID", "query"),
        ident("StreamID"),
        *times(),
        # The names that its map `AI` takes are not published; without it all results come.
        *page(),
        rules=(TIMES,),
    ),
)
