"""Moving cameras: PTZ, lens, presets and cruise tracks."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NEW,
    NO_RESULT,
    OLD,
    Call,
    Desk,
    require_online,
    stream,
)
from vsconsole.sandbox.faces.volcengine_rules import Args, Rule
from vsconsole.sandbox.world import Camera
from vsconsole.sandbox.world.control import DIRECTIONS

FASTEST_STEP = 8
PTZ_MOST, ZOOM_MOST, LENS_MOST = 255, 15, 255

# Assumed: the English names count. Page 1167737 words zoomin as making smaller and zoomout as
# making larger; swap the values should devices turn out to follow the words.
ZOOM = {"zoomin": "zoomin", "zoomout": "zoomout"}
LENS = ("focusfar", "focusnear", "irisin", "irisout")
PRESETS = range(1, 256)
TRACK_MOST = 4095
FIRST_STAY = 5


def cloud_control(desk: Desk, args: Args) -> Any:
    """A movement that lasts until stop, a lens movement, or a preset."""
    found = _movable(desk, args)
    action, cmd, para = args["Action"], args["Cmd"], args["Para"]
    if cmd == "stop" and action != "PresetControl":
        desk.motions.stop(found)
    elif action == "PTZControl" and cmd in DIRECTIONS:
        desk.motions.push(found, cmd, _speed(para, PTZ_MOST))
    elif action == "PTZControl" and cmd in ZOOM:
        desk.motions.push(found, ZOOM[cmd], _speed(para, ZOOM_MOST))
    elif action == "FiControl" and cmd in LENS:
        desk.motions.push(found, cmd, _speed(para, LENS_MOST))
    elif action == "PresetControl" and cmd in ("set", "goto", "remove"):
        _preset(desk, found, cmd, para)
    else:
        raise invalid("Cmd", f"{action} {cmd}")
    return NO_RESULT


def preset_info(desk: Desk, args: Args) -> Any:
    """The presets of a camera, as the device tells."""
    found = stream(desk, args).camera
    require_online(desk, found)
    rows = [{"PresetID": p.index, "PresetName": p.name} for _, p in sorted(found.presets.items())]
    return {"Num": len(rows), "Items": rows}


def set_track(desk: Desk, args: Args) -> Any:
    """Keep a cruise track under a number."""
    found = _movable(desk, args)
    points = args["TrackList"]
    if not 1 <= len(points) <= len(PRESETS):
        raise invalid("TrackList", "1 to 255 points")
    desk.memory.tracks[found.id, args["TrackID"]] = {
        "DeviceNSID": desk.world.device_of(found).code,
        "ChannelID": found.code,
        "TrackID": args["TrackID"],
        "TrackList": [
            {"PresetID": p["PresetID"], "PresetName": p["PresetName"] or str(p["PresetID"])}
            for p in points
        ],
        "StaySeconds": args["StaySeconds"],
        "Speed": args["Speed"],
    }
    return NO_RESULT


def get_track(desk: Desk, args: Args) -> Any:
    """One cruise track."""
    return _track(desk, stream(desk, args).camera, args["TrackID"])


def list_tracks(desk: Desk, args: Args) -> Any:
    """The cruise tracks of a camera, a bare array."""
    found = stream(desk, args).camera
    return [t for (owner, _), t in sorted(desk.memory.tracks.items()) if owner == found.id]


def delete_track(desk: Desk, args: Args) -> Any:
    """Forget a cruise track."""
    found = stream(desk, args).camera
    _track(desk, found, args["TrackID"])
    del desk.memory.tracks[found.id, args["TrackID"]]
    return NO_RESULT


def start_track(desk: Desk, args: Args) -> Any:
    """Go round over the presets of a track until stopped."""
    found = _movable(desk, args)
    track = _track(desk, found, args["TrackID"])
    points = [p["PresetID"] for p in track["TrackList"]]
    desk.motions.cruise(found, points, float(track["StaySeconds"]))
    return NO_RESULT


def stop_track(desk: Desk, args: Args) -> Any:
    """End a cruise."""
    desk.motions.stop(_movable(desk, args))
    return NO_RESULT


def cruise_control(desk: Desk, args: Args) -> Any:
    """The same point by point: add, remove, setspeed, setstay, start, stop."""
    found = _movable(desk, args)
    cmd, key = args["Action"], (found.id, args["TrackID"])
    if cmd == "stop":
        desk.motions.stop(found)
        return NO_RESULT
    if cmd == "start":
        return start_track(desk, args)
    if cmd == "add" and key not in desk.memory.tracks:
        first = {
            "TrackList": [{"PresetID": args["PresetID"], "PresetName": None}],
            "StaySeconds": args["StaySeconds"] or FIRST_STAY,
            "Speed": args["Speed"] or 1,
        }
        return set_track(desk, {**args, **first})
    track = _track(desk, found, args["TrackID"])
    if cmd == "add":
        index = args["PresetID"]
        track["TrackList"].append({"PresetID": index, "PresetName": str(index)})
    elif cmd == "remove":
        kept = [p for p in track["TrackList"] if p["PresetID"] != args["PresetID"]]
        track["TrackList"] = kept
        if not kept:
            del desk.memory.tracks[key]
    elif cmd == "setspeed":
        track["Speed"] = args["Speed"] or track["Speed"]
    else:
        track["StaySeconds"] = args["StaySeconds"] or track["StaySeconds"]
    return NO_RESULT


def _movable(desk: Desk, args: Args) -> Camera:
    """A camera that can be moved now."""
    found = stream(desk, args).camera
    require_online(desk, found)
    if not found.ptz:
        # Assumed: the name of the code; nothing is published about cameras that cannot move.
        raise Refused("OperationDeny.PTZNotSupported", found.code)
    return found


def _speed(para: int, most: int) -> int:
    """A step's size from a speed; 0 is the slowest."""
    if para > most:
        raise invalid("Para", f"above {most}")
    return max(1, round(para * FASTEST_STEP / most))


def _preset(desk: Desk, found: Camera, cmd: str, index: int) -> None:
    if index not in PRESETS:
        raise invalid("Para", "1 to 255")
    if cmd == "set":
        desk.world.set_preset(found, index)
        return
    if index not in found.presets:
        # Assumed: a preset that was never set is refused, where a device might keep silent.
        raise not_found("Preset", str(index))
    if cmd == "goto":
        desk.motions.stop(found)
        desk.world.go_to_preset(found, index)
    else:
        del found.presets[index]


def _track(desk: Desk, found: Camera, number: int) -> dict[str, Any]:
    track = desk.memory.tracks.get((found.id, number))
    if track is None:
        raise not_found("CruiseTrack", str(number))
    return track


# The body's own `Action`, in lower case in the Go SDK; the query's one names the call.
_ACTION = Rule(
    "Action",
    required=True,
    also=("action",),
    choices=("PTZControl", "FiControl", "PresetControl"),
)
_CRUISE = Rule(
    "Action",
    required=True,
    also=("action",),
    choices=("add", "remove", "setspeed", "setstay", "start", "stop"),
)
_STREAM = (Rule("StreamID"), Rule("DeviceNSID"), Rule("ChannelID"))
_OLD = (Rule("SipID"), Rule("DeviceID"), Rule("DeviceNSID"), Rule("ChannelID", required=True))
_COMMAND = (
    _ACTION,
    Rule("Cmd", required=True),
    Rule("Para", "int", required=True, low=0, high=255),
)
_TRACK = Rule("TrackID", "int", required=True, low=1, high=255)
_POINT = Rule(
    "TrackList",
    "object",
    fields=(Rule("PresetID", "int", required=True, low=1, high=255), Rule("PresetName")),
)
_STAY = Rule("StaySeconds", "int", required=True, low=1, high=TRACK_MOST)
_PACE = Rule("Speed", "int", required=True, low=1, high=TRACK_MOST)

CALLS = (
    Call("CloudControl", NEW, ("POST",), cloud_control, (*_STREAM, *_COMMAND)),
    Call("CloudControl", OLD, ("POST",), cloud_control, (*_OLD, *_COMMAND)),
    Call("QueryPresetInfo", NEW, ("POST",), preset_info, (*_STREAM, Rule("TimeOut", "int"))),
    Call("QueryPresetInfo", OLD, ("POST",), preset_info, (*_OLD, Rule("TimeOut", "int"))),
    Call(
        "CruiseControl",
        NEW,
        ("POST",),
        cruise_control,
        (
            *_STREAM,
            _CRUISE,
            _TRACK,
            Rule("PresetID", "int", default=1, low=1, high=255),
            Rule("Speed", "int", low=1, high=TRACK_MOST),
            Rule("StaySeconds", "int", low=1, high=TRACK_MOST),
        ),
    ),
    Call(
        "SetCruiseTrack",
        NEW,
        ("POST",),
        set_track,
        (*_STREAM, _TRACK, Rule("TrackList", "array", required=True, each=_POINT), _STAY, _PACE),
    ),
    Call("GetCruiseTrack", NEW, ("GET",), get_track, (*_STREAM, _TRACK)),
    Call("ListCruiseTracks", NEW, ("GET",), list_tracks, _STREAM),
    Call("DeleteCruiseTrack", NEW, ("POST",), delete_track, (*_STREAM, _TRACK)),
    Call("StartCruiseTrack", NEW, ("POST",), start_track, (*_STREAM, _TRACK)),
    Call("StopCruiseTrack", NEW, ("POST",), stop_track, _STREAM),
)
