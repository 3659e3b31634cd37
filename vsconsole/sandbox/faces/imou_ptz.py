"""Moving a camera, and the points it remembers by name ("collections")."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_desk import Call, Desk, camera, require_channel
from vsconsole.sandbox.faces.imou_rules import CHANNEL, Args, Rule
from vsconsole.sandbox.world import Camera, Pose, Preset
from vsconsole.sandbox.world.control import TILT_MOST, ZOOM_MOST

OPERATIONS = (
    "up",
    "down",
    "left",
    "right",
    "leftup",
    "leftdown",
    "rightup",
    "rightdown",
    "zoomin",
    "zoomout",
)
STOP = len(OPERATIONS)
LONGEST = 30_000
"""Assumed: the longest movement in ms; 200 to 1000 are what clients send."""

MOST_POINTS = 20
LONGEST_NAME = 64
"""Assumed: as long as the name of a device."""


def move(desk: Desk, args: Args) -> None:
    """Move for `duration` ms, or stop."""
    found = _movable(desk, args)
    if args["operation"] == STOP:
        desk.motions.stop(found)
    else:
        desk.motions.begin(found, OPERATIONS[args["operation"]], args["duration"] / 1000)


def locate(desk: Desk, args: Args) -> None:
    """Look at a place: h and v from -1 to 1, z from 0 to 1."""
    found = _movable(desk, args)
    desk.motions.stop(found)
    found.pose = Pose(
        pan=args["h"] * 180.0,
        tilt=args["v"] * TILT_MOST,
        zoom=1.0 + args["z"] * (ZOOM_MOST - 1.0),
    )


def location(desk: Desk, args: Args) -> dict[str, Any]:
    """Where the camera looks, in the same numbers."""
    pose = _movable(desk, args).pose
    return {
        "h": round(pose.pan / 180.0, 4),
        "v": round(pose.tilt / TILT_MOST, 4),
        "z": round((pose.zoom - 1.0) / (ZOOM_MOST - 1.0), 4),
    }


def list_points(desk: Desk, args: Args) -> dict[str, Any]:
    """All points, oldest first."""
    found = _movable(desk, args)
    return {"collections": [{"name": p.name} for _, p in sorted(found.presets.items())]}


def add_point(desk: Desk, args: Args) -> None:
    """Remember where the camera looks now."""
    found = _movable(desk, args)
    if _named(found, args["name"]) is not None:
        raise Refused("DV1023")
    if len(found.presets) >= MOST_POINTS:
        raise Refused("DV1022")
    index = max(found.presets, default=0) + 1
    found.presets[index] = Preset(index=index, name=args["name"], pose=found.pose)


def go_to_point(desk: Desk, args: Args) -> None:
    """Look where the point looked."""
    found = _movable(desk, args)
    point = _existing(found, args["name"])
    desk.motions.stop(found)
    desk.world.go_to_preset(found, point.index)


def rename_point(desk: Desk, args: Args) -> None:
    """Another name for a point."""
    found = _movable(desk, args)
    point = _existing(found, args["name"])
    other = _named(found, args["newName"])
    if other is not None and other.index != point.index:
        raise Refused("DV1023")
    found.presets[point.index] = Preset(index=point.index, name=args["newName"], pose=point.pose)


def delete_point(desk: Desk, args: Args) -> None:
    """Forget a point."""
    found = _movable(desk, args)
    del found.presets[_existing(found, args["name"]).index]


def _movable(desk: Desk, args: Args) -> Camera:
    found = camera(desk, args)
    require_channel(desk, found)
    if not found.ptz:
        raise Refused("DV1019")
    return found


def _named(found: Camera, name: str) -> Preset | None:
    return next((p for p in found.presets.values() if p.name == name), None)


def _existing(found: Camera, name: str) -> Preset:
    point = _named(found, name)
    if point is None:
        raise Refused("DV1024")
    return point


_NAME = Rule("name", longest=LONGEST_NAME)

CALLS = (
    Call(
        "controlMovePTZ",
        move,
        (
            *CHANNEL,
            Rule("operation", "number", low=0, high=STOP),
            Rule("duration", "number", low=1, high=LONGEST),
        ),
    ),
    Call(
        "controlLocationPTZ",
        locate,
        (
            *CHANNEL,
            Rule("h", "float", low=-1, high=1),
            Rule("v", "float", low=-1, high=1),
            Rule("z", "float", low=0, high=1),
        ),
    ),
    Call("devicePTZInfo", location, CHANNEL),
    Call("getCollection", list_points, CHANNEL),
    Call("setCollection", add_point, (*CHANNEL, _NAME)),
    Call(
        "turnCollection",
        go_to_point,
        (*CHANNEL, _NAME, Rule("deviceType", required=False, choices=("ehome", "gb"))),
    ),
    # Assumed: both are named in older header text, their parameters nowhere.
    Call(
        "modifyCollection", rename_point, (*CHANNEL, _NAME, Rule("newName", longest=LONGEST_NAME))
    ),
    Call("deleteCollection", delete_point, (*CHANNEL, _NAME)),
)
