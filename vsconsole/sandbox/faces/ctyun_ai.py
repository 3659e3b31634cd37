"""AI of the Ctyun face: GET /ai/apps/{AppId} and GET /ai/results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vsconsole.sandbox.faces.ctyun_codes import INVALID, NO_APP, Refused
from vsconsole.sandbox.faces.ctyun_desk import (
    Call,
    Desk,
    Node,
    address,
    node,
    nodes,
    paged,
)
from vsconsole.sandbox.faces.ctyun_rules import PAGE, Args, Rule
from vsconsole.sandbox.world import AnalysisTask, Sighting
from vsconsole.sandbox.world.analysis import HEIGHT, WIDTH
from vsconsole.sandbox.world.recordings import DAY, day_begin, day_of

KEPT_DAYS = 30
LONGEST_DAYS = 7

ALGORITHMS: dict[str, tuple[str, str]] = {
    "1": ("Pet", "动物检测"),
    "2": ("Body", "人体检测"),
    "3": ("Car", "车辆检测"),
    "5": ("Smoking", "吸烟检测"),
    "8": ("PhoneCall", "打电话检测"),
}
"""Assumed: AlgorithmsId to what it sees and its name; no list of them is published."""

_LABELS = {"person": "人", "cat": "猫", "dog": "狗", "vehicle": "车辆"}


@dataclass(frozen=True, kw_only=True, slots=True)
class App:
    """One AI application: its algorithms, its hours, and which devices it watches."""

    id: int
    name: str
    description: str
    type: str
    algorithms: tuple[str, ...]
    hours: tuple[str, str]
    watches: Callable[[Node], bool]


APPS = {
    app.id: app
    for app in (
        App(
            id=586,
            name="窗口秩序",
            description="大厅各窗口的人员与行为",
            type="AI-200",
            algorithms=("2", "5", "8"),
            hours=("08:00:00", "20:00:00"),
            watches=lambda one: bool(one.parent),
        ),
        App(
            id=587,
            name="River watch",
            description="河道周边的人、动物与车辆",
            type="AI-100",
            algorithms=("1", "2", "3"),
            hours=("00:00:00", "23:59:59"),
            watches=lambda one: not one.parent and one.camera is not None,
        ),
    )
}


def describe_app(desk: Desk, args: Args) -> dict[str, Any]:
    """An application; with a device also whether it is bound to it."""
    app = _app(args["AppId"])
    wanted = args["DeviceId"]
    bound = [one for one in nodes(desk.world) if app.watches(one)]
    if wanted is not None:
        asked = node(desk.world, wanted)
        bound = [one for one in bound if one.id == asked.id]
    return {
        "AppId": str(app.id),
        "AppName": app.name,
        "Description": app.description,
        "AnalyseType": app.type,
        # Assumed: what a slot holds, and everything below; the stored page ends at its name.
        "OperTimeSlot": [{"StartTime": app.hours[0], "EndTime": app.hours[1]}],
        "Algorithms": [
            {"AlgorithmsId": id, "AlgorithmsName": ALGORITHMS[id][1]} for id in app.algorithms
        ],
        "BindDevices": [{"DeviceId": one.id, "DeviceName": one.name} for one in bound],
    }


def list_results(desk: Desk, args: Args) -> dict[str, Any]:
    """What an algorithm saw, newest first; nothing older than 30 days is there."""
    now = int(desk.now)
    begin = args["StartTime"] if args["StartTime"] is not None else day_begin(day_of(now))
    end = args["EndTime"] if args["EndTime"] is not None else max(now, begin)
    low, high = args["ConfidenceMin"], args["ConfidenceMax"]
    if begin > end or end - begin > LONGEST_DAYS * DAY:
        raise Refused(INVALID, "EndTime")
    if low > high:
        raise Refused(INVALID, "ConfidenceMax")
    apps = list(APPS.values()) if args["AppId"] is None else [_app(args["AppId"])]
    only = node(desk.world, args["DeviceId"]).id if args["DeviceId"] else None
    # Assumed: an algorithm that the account does not use has seen nothing.
    begin = max(begin, now - KEPT_DAYS * DAY)
    rows = [
        row
        for app in apps
        for one in nodes(desk.world)
        if only in (None, one.id) and app.watches(one)
        for row in _seen(desk, app, one, args["AlgorithmsId"], begin, end)
        if low <= row["Confidence"] <= high
    ]
    rows.sort(key=lambda row: (-row["CaptureTime"], row["ResultId"]))
    return paged("AnalysisResults", rows, args)


def _app(number: int) -> App:
    if number not in APPS:
        raise Refused(NO_APP, str(number))
    return APPS[number]


def _seen(
    desk: Desk, app: App, one: Node, algorithm: str, begin: int, end: int
) -> list[dict[str, Any]]:
    if algorithm not in app.algorithms or one.camera is None:
        return []
    kind, name = ALGORITHMS[algorithm]
    slot = {"Start": app.hours[0], "End": app.hours[1]}
    task = AnalysisTask(
        id=str(app.id),
        name=app.name,
        description=app.description,
        cameras=[one.camera.id],
        callback="",
        templates=[{"AIConfig": {"DetectType": kind, "OperTimeslot": [slot]}}],
        created=0,
        updated=0,
        spans=[(0, None)],
    )
    found = desk.world.analysis.sightings(task, one.camera, begin, end, {kind})
    return [_row(desk, app, one, algorithm, name, seen) for seen in found]


def _row(
    desk: Desk, app: App, one: Node, algorithm: str, name: str, seen: Sighting
) -> dict[str, Any]:
    """Assumed: the whole layout; the stored page ends before the table of a result."""
    best = max(score for _, score, *_ in seen.boxes) / 100
    words = "、".join(dict.fromkeys(_LABELS.get(label, label) for label, *_ in seen.boxes))
    plate = f" {seen.plate}" if seen.kind == "Car" else ""
    return {
        "ResultId": f"{one.id[-8:]}{algorithm}{seen.when}",
        "AppId": app.id,
        "AlgorithmsId": algorithm,
        "AlgorithmsName": name,
        "DeviceId": one.id,
        "DeviceName": one.name,
        "CaptureTime": seen.when,
        "Confidence": best,
        "Description": f"{name}:{words}{plate}",
        "ImageUrl": address(desk, f"/media/ai/{one.id}/{seen.when}.png"),
        "ImageWidth": WIDTH,
        "ImageHeight": HEIGHT,
        "Boxes": [
            {
                "Label": _LABELS.get(label, label),
                "Confidence": score / 100,
                "X": x,
                "Y": y,
                "Width": width,
                "Height": height,
            }
            for label, score, x, y, width, height in seen.boxes
        ],
    }


def _share(name: str, default: float) -> Rule:
    return Rule(name, "float", default=default, low=0.0, high=1.0)


CALLS = (
    Call(
        name="DescribeApp",
        path="/ai/apps/{AppId}",
        handler=describe_app,
        query=(Rule("DeviceId"),),
    ),
    Call(
        name="DescribeAIResults",
        path="/ai/results",
        handler=list_results,
        query=(
            Rule("AppId", "int"),
            Rule("AlgorithmsId", required=True),
            Rule("DeviceId"),
            _share("ConfidenceMin", 0.0),
            _share("ConfidenceMax", 1.0),
            Rule("StartTime", "int", low=0),
            Rule("EndTime", "int", low=0),
            *PAGE,
        ),
    ),
)
"""The vendor's pages Ai/AiApp/DescribeApp and Ai/AiAlarm/DescribeAIResults."""
