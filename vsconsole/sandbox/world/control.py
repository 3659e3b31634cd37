"""What one PTZ step does to where a camera looks."""

from __future__ import annotations

from dataclasses import replace

from vsconsole.sandbox.world.model import Pose

DEGREES = 1.0
"""Pan and tilt of one step at speed 1; speed 8 goes eight times as far."""

ZOOM_FACTOR = 0.04
LENS_STEP = 0.03
TILT_MOST = 40.0
ZOOM_MOST = 20.0

DIRECTIONS = {
    "up": (0, 1),
    "down": (0, -1),
    "left": (-1, 0),
    "right": (1, 0),
    "leftup": (-1, 1),
    "rightup": (1, 1),
    "leftdown": (-1, -1),
    "rightdown": (1, -1),
}
COMMANDS = (*DIRECTIONS, "zoomin", "zoomout", "focusfar", "focusnear", "irisin", "irisout")


def step(pose: Pose, command: str, speed: int) -> Pose:
    """The pose after one step of a command; KeyError for a command no camera knows."""
    if command in DIRECTIONS:
        x, y = DIRECTIONS[command]
        pan = (pose.pan + x * DEGREES * speed + 180.0) % 360.0 - 180.0
        return replace(pose, pan=pan, tilt=_within(pose.tilt + y * DEGREES * speed, TILT_MOST))
    if command in ("zoomin", "zoomout"):
        factor = 1 + ZOOM_FACTOR * speed
        zoom = pose.zoom * factor if command == "zoomin" else pose.zoom / factor
        return replace(pose, zoom=min(ZOOM_MOST, max(1.0, zoom)))
    by = LENS_STEP * speed
    if command in ("focusfar", "focusnear"):
        focus = pose.focus + (by if command == "focusfar" else -by)
        return replace(pose, focus=_within(focus, 1.0))
    if command in ("irisin", "irisout"):
        return replace(pose, iris=_within(pose.iris + (by if command == "irisin" else -by), 1.0))
    raise KeyError(command)


def _within(value: float, most: float) -> float:
    return min(most, max(-most, value))
