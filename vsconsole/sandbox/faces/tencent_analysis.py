"""AI tasks (calls 68 to 74): looking at recordings, and what was seen."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import NO_DATA, Call, Desk, address, page_of, stamp
from vsconsole.sandbox.faces.tencent_rules import NAME, WORDS, Args, Rule
from vsconsole.sandbox.world import AnalysisTask, Sighting
from vsconsole.sandbox.world.analysis import KINDS, clock_seconds
from vsconsole.sandbox.world.recordings import DAY

TOO_MANY = 1000
MOST_SLOTS = 5
LONGEST_LOOK = 30 * DAY
PICTURE_SECONDS = 6 * 3600

_TASK_ID = re.compile(r"at[0-9a-f]{32}")
_CHANNEL = re.compile(r"[0-9A-Za-z_-]{1,64}")
_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
_OBJECT = re.compile(r"[0-9A-Za-z_./-]{1,512}")
_FILE = re.compile(r"(?P<id>[0-9a-f-]{36})/(?P<begin>[0-9]+)-(?P<end>[0-9]+)\.ts")
_CARS = (
    ("大众", "朗逸", "轿车"),
    ("Toyota", "RAV4", "SUV"),
    ("BYD", "汉", "轿车"),
    ("五菱", "宏光", "面包车"),
)
_COLORS = ("白色", "黑色", "银色", "红色", "蓝色")


def create_ai_task(desk: Desk, args: Args) -> Any:
    """#68: a task, on or off."""
    _check_name(args["Name"])
    templates = _templates(args["Templates"])
    desc, callback = _description(args["Desc"]), _callback(args["CallbackUrl"])
    channels = _channels(desk, args["ChannelList"], None)
    now = int(desk.now)
    task = AnalysisTask(
        id="at" + desk.world.fresh_id("analysis").replace("-", ""),
        name=args["Name"],
        description=desc,
        cameras=channels,
        callback=callback,
        templates=templates,
        created=now,
        updated=now,
    )
    desk.world.analysis.tasks[task.id] = task
    if args["IsStartTheTask"]:
        desk.world.analysis.switch(task, True)
    return _row(task)


def update_ai_task(desk: Desk, args: Args) -> Any:
    """#69: change what is given, while the task is off."""
    task = _find(desk, args["TaskId"])
    if task.on:
        raise Refused(43719)
    if args["Name"] is not None:
        _check_name(args["Name"])
    templates = None if args["Templates"] is None else _templates(args["Templates"])
    desc, callback = _description(args["Desc"]), _callback(args["CallbackUrl"])
    if args["ChannelList"] is not None:
        task.cameras = _channels(desk, args["ChannelList"], task)
    task.name = args["Name"] or task.name
    task.templates = templates or task.templates
    task.description = desc if args["Desc"] is not None else task.description
    task.callback = callback if args["CallbackUrl"] is not None else task.callback
    task.updated = int(desk.now)
    return _row(task)


def delete_ai_task(desk: Desk, args: Args) -> Any:
    """#70: forget a task and what it saw."""
    del desk.world.analysis.tasks[_find(desk, args["TaskId"]).id]
    return NO_DATA


def describe_ai_task(desk: Desk, args: Args) -> Any:
    """#71: one task."""
    return _row(_find(desk, args["TaskId"]))


def query_ai_results(desk: Desk, args: Args) -> Any:
    """#72: what a task saw on a channel, newest first, by kind."""
    task = _find(desk, args["TaskId"])
    found = desk.world.cameras.get(args["ChannelId"])
    if found is None or found.id not in task.cameras:
        raise Refused(43715, args["ChannelId"])
    begin, end = _look(desk, args)
    kinds = {args["DetectType"]} if args["DetectType"] else set(KINDS)
    file = args["Object"]
    if file is not None:
        matched = _FILE.fullmatch(file)
        if matched is None or matched["id"] != found.id:
            begin = end
        else:
            begin, end = max(begin, int(matched["begin"])), min(end, int(matched["end"]))
    seen = desk.world.analysis.sightings(task, found, begin, end, kinds)
    results: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for one in page_of(seen, args):
        url = address(desk, f"/ai/{found.id}/{one.when}.png", {"kind": one.kind}, PICTURE_SECONDS)
        info = [_car(one)] if one.kind == "Car" else [_thing(box) for box in one.boxes]
        item = {"Time": stamp(one.when), "Url": url, f"{one.kind}Info": info}
        results[one.kind].append(item)
    return {"TaskId": task.id, "AIResultCount": len(seen), "AIResults": results}


def list_ai_tasks(desk: Desk, args: Args) -> Any:
    """#73: all tasks, with channels and templates when asked."""
    tasks = list(desk.world.analysis.tasks.values())
    rows = []
    for task in page_of(tasks, args):
        shown = _row(task)
        if not args["IsContainChannelList"]:
            del shown["ChannelList"]
        if not args["IsContainTemplate"]:
            del shown["Templates"]
        rows.append(shown)
    return {"TotalCount": len(tasks), "List": rows}


def switch_ai_task(desk: Desk, args: Args) -> Any:
    """#74: on or off."""
    task = _find(desk, args["TaskId"])
    if args["Status"] == "off" and not task.on:
        raise Refused(43724)
    desk.world.analysis.switch(task, args["Status"] == "on")
    return NO_DATA


def _find(desk: Desk, text: str) -> AnalysisTask:
    if not _TASK_ID.fullmatch(text):
        raise Refused(43717, text)
    found = desk.world.analysis.tasks.get(text)
    if found is None:
        raise Refused(43718, text)
    return found


def _look(desk: Desk, args: Args) -> tuple[int, int]:
    """The asked span; without ends, the last 30 days."""
    end = int(desk.now) if args["EndTime"] is None else args["EndTime"]
    begin = end - LONGEST_LOOK if args["BeginTime"] is None else args["BeginTime"]
    if begin > end or end - begin > LONGEST_LOOK:
        raise Refused(43727)
    return begin, end


def _check_name(text: str) -> None:
    if not NAME.fullmatch(text) or len(text) > 32:
        raise Refused(43701)


def _description(text: str | None) -> str:
    if text is not None and (not WORDS.fullmatch(text) or len(text) > 128):
        raise Refused(43702)
    return text or ""


def _callback(text: str | None) -> str:
    if text and not _URL.fullmatch(text):
        raise Refused(43706)
    return text or ""


def _channels(desk: Desk, given: list[Any], task: AnalysisTask | None) -> list[str]:
    if not given:
        raise Refused(43703)
    if len(given) >= TOO_MANY:
        raise Refused(43704)
    for text in given:
        if not isinstance(text, str) or not _CHANNEL.fullmatch(text):
            raise Refused(43705)
        if text not in desk.world.cameras:
            raise Refused(43715, text)
        other = desk.world.analysis.task_of(text)
        if other is not None and other is not task:
            raise Refused(43716, text)
    return list(dict.fromkeys(given))


def _templates(given: list[Any]) -> list[dict[str, object]]:
    """Checked templates, all of one tag."""
    if not given:
        raise Refused(43713)
    tags = [t.get("Tag") if isinstance(t, dict) else None for t in given]
    if any(tag not in ("AI", "Snapshot") for tag in tags):
        raise Refused(43713)
    if len(set(tags)) > 1:
        raise Refused(43714)
    return [_template(t) for t in given]


def _template(given: dict[str, Any]) -> dict[str, object]:
    own, other = ("AIConfig", "SnapshotConfig")
    if given["Tag"] == "Snapshot":
        own, other = other, own
    config = given.get(own)
    if not isinstance(config, dict) or given.get(other) is not None:
        raise Refused(40005, f"{own} goes with the tag")
    made: dict[str, object] = {}
    if own == "AIConfig":
        if config.get("DetectType") not in KINDS:
            raise Refused(43707)
        made["DetectType"] = config["DetectType"]
    interval = config.get("TimeInterval")
    if not isinstance(interval, int) or isinstance(interval, bool) or not 1 <= interval <= 20:
        raise Refused(43708)
    made["TimeInterval"] = interval
    slots = config.get("OperTimeslot")
    if slots is None and own == "SnapshotConfig":
        slots = []
    made["OperTimeslot"] = _slots(slots)
    return {"Tag": given["Tag"], own: made}


def _slots(given: Any) -> list[dict[str, str]]:
    if not isinstance(given, list):
        raise Refused(43711)
    if len(given) > MOST_SLOTS:
        raise Refused(43709)
    made: list[tuple[int, int, dict[str, str]]] = []
    for slot in given:
        first, last = _slot_end(slot, "Start"), _slot_end(slot, "End")
        begin, end = clock_seconds(first), clock_seconds(last)
        if begin >= end:
            raise Refused(43710)
        if any(begin < b and a < end for a, b, _ in made):
            raise Refused(43712)
        made.append((begin, end, {"Start": first, "End": last}))
    return [slot for _, _, slot in made]


def _slot_end(slot: Any, key: str) -> str:
    text = slot.get(key) if isinstance(slot, dict) else None
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise Refused(43711, key)
    return text


def _row(task: AnalysisTask) -> dict[str, Any]:
    return {
        "TaskId": task.id,
        "Name": task.name,
        "Desc": task.description,
        "Status": "on" if task.on else "off",
        "ChannelList": list(task.cameras),
        "CallbackUrl": task.callback,
        "Templates": task.templates,
        "CreatedTime": stamp(task.created),
        "UpdatedTime": stamp(task.updated),
    }


def _location(box: tuple[str, int, int, int, int, int]) -> dict[str, str]:
    """The example of this call writes the numbers as text."""
    return dict(zip(("X", "Y", "Width", "Height"), map(str, box[2:]), strict=True))


def _thing(box: tuple[str, int, int, int, int, int]) -> dict[str, Any]:
    return {"Name": box[0], "Score": box[1], "Location": _location(box)}


def _car(one: Sighting) -> dict[str, Any]:
    random = Random(one.plate)
    brand, serial, kind = random.choice(_CARS)
    return {
        "Serial": serial,
        "Brand": brand,
        "Type": kind,
        "Color": random.choice(_COLORS),
        "Confidence": one.boxes[0][1],
        "Year": random.choice((0, 2019, 2021, 2024)),
        "PlateContent": {
            "Plate": one.plate,
            "Color": "蓝色",
            "Type": "普通蓝牌",
            "Location": _location(one.boxes[0]),
        },
        "Location": _location(one.boxes[0]),
    }


_ID = Rule("TaskId", missing=43717)
_NUMBER = Rule("PageNumber", "int", required=False, default=1, low=1, missing=43720, wrong=43720)


def _size(default: int, most: int) -> Rule:
    return Rule(
        "PageSize",
        "int",
        required=False,
        default=default,
        low=1,
        high=most,
        missing=43721,
        wrong=43721,
    )


def _flag(key: str) -> Rule:
    return Rule(key, "bool", required=False, default=False)


def _task_rules(*, required: bool) -> tuple[Rule, ...]:
    return (
        Rule("Name", required=required, missing=43701),
        Rule("Desc", required=False, missing=43702),
        Rule("ChannelList", "array", required=required, missing=43703, each=_ANY_CHANNEL),
        Rule("CallbackUrl", required=False, missing=43706),
        Rule("Templates", "array", required=required, missing=43713, each=_ANY_TEMPLATE),
    )


class _Anything(Rule):
    """Items that the handler judges itself, because each fault in them has its own code."""

    def check(self, value: Any, unknown: list[str]) -> Any:
        return value


_ANY_CHANNEL = _Anything("ChannelList")
_ANY_TEMPLATE = _Anything("Templates")

CALLS = (
    Call(
        68,
        "POST",
        "/ivc/ai/task",
        create_ai_task,
        body=(*_task_rules(required=True), _flag("IsStartTheTask")),
    ),
    Call(
        69,
        "PUT",
        "/ivc/ai/task",
        update_ai_task,
        query=(_ID,),
        body=_task_rules(required=False),
    ),
    Call(70, "DELETE", "/ivc/ai/task", delete_ai_task, query=(_ID,)),
    Call(71, "GET", "/ivc/ai/task/detail", describe_ai_task, query=(_ID,)),
    Call(
        72,
        "GET",
        "/ivc/ai/task/result",
        query_ai_results,
        query=(
            _ID,
            Rule("ChannelId", missing=43725),
            Rule("Object", required=False, pattern=_OBJECT, wrong=43726),
            Rule("DetectType", required=False, choices=KINDS, wrong=43707),
            Rule("BeginTime", "int", required=False, low=0, missing=43727, wrong=43727),
            Rule("EndTime", "int", required=False, low=0, missing=43727, wrong=43727),
            _NUMBER,
            _size(10, 100),
        ),
    ),
    Call(
        73,
        "GET",
        "/ivc/ai/tasks",
        list_ai_tasks,
        query=(_flag("IsContainChannelList"), _flag("IsContainTemplate"), _NUMBER, _size(20, 200)),
    ),
    Call(
        74,
        "PUT",
        "/ivc/ai/task/status",
        switch_ai_task,
        query=(_ID, Rule("Status", choices=("on", "off"), missing=43722, wrong=43723)),
    ),
)
