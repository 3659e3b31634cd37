"""Bringing recordings back from cold storage (calls 64 to 67)."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import Call, Desk, camera_of, check_one_day, check_span
from vsconsole.sandbox.faces.tencent_rules import Args, Rule, channel_id, device_id, name
from vsconsole.sandbox.world import Retrieval

MOST_CHANNELS = 32
STATE = {"done": 0, "running": 1, "waiting": 2}
NOTHING = 3
MEGABYTES_A_SECOND = 0.25


def add_retrieval(desk: Desk, args: Args) -> Any:
    """#64: ask for a stretch of one day of some channels."""
    world = desk.world
    begin, end = args["StartTime"], args["EndTime"]
    check_span(desk, begin, end)
    check_one_day(begin, end)
    if any(t.name == args["TaskName"] for t in world.retrievals.values()):
        raise Refused(41624, "the name is taken")
    if not 1 <= len(args["Channels"]) <= MOST_CHANNELS:
        raise Refused(40005, f"1 to {MOST_CHANNELS} channels")
    cameras = [camera_of(desk, p["DeviceId"], p["ChannelId"]) for p in args["Channels"]]
    task = Retrieval(
        id=world.fresh_id("retrieval").replace("-", ""),
        name=args["TaskName"],
        begin=begin,
        end=end,
        days=args["Expiration"],
        cameras=tuple(dict.fromkeys(c.id for c in cameras)),
        created=desk.now,
    )
    world.retrievals[task.id] = task
    return _row(desk, task)


def delete_retrieval(desk: Desk, args: Args) -> Any:
    """#65: forget a task; its copies go cold again."""
    del desk.world.retrievals[_find(desk, args["TaskId"]).id]
    return {}


def query_retrieval(desk: Desk, args: Args) -> Any:
    """#66: a task with the state of each channel."""
    task = _find(desk, args["TaskId"])
    world = desk.world
    state = STATE[world.retrieval_state(task)]
    rows = []
    for found in (world.cameras[i] for i in task.cameras if i in world.cameras):
        owner = world.device_of(found)
        recorded = world.cloud_ranges(found, task.begin, task.end)
        rows.append(
            {
                "DeviceId": owner.id,
                "DeviceName": owner.name,
                "ChannelId": found.id,
                "ChannelName": found.name,
                "Status": state if recorded else NOTHING,
            }
        )
    return {**_row(desk, task), "Channels": rows}


def list_retrievals(desk: Desk, args: Args) -> Any:
    """#67: all tasks."""
    return [_row(desk, t) for t in desk.world.retrievals.values()]


def _find(desk: Desk, text: str) -> Retrieval:
    found = desk.world.retrievals.get(text)
    if found is None:
        raise Refused(40006, f"task {text}")
    return found


def _row(desk: Desk, task: Retrieval) -> dict[str, Any]:
    world = desk.world
    seconds = sum(
        r.end - r.begin
        for i in task.cameras
        if i in world.cameras
        for r in world.cloud_ranges(world.cameras[i], task.begin, task.end)
    )
    return {
        "TaskId": task.id,
        "TaskName": task.name,
        "StartTime": task.begin,
        "EndTime": task.end,
        "Mode": 1,
        "Expiration": task.days,
        "Status": STATE[world.retrieval_state(task)],
        "Capacity": round(seconds * MEGABYTES_A_SECOND, 2),
    }


_ID = Rule("TaskId")
_PAIR = Rule("Channels", "object", fields=(device_id("DeviceId"), channel_id()))

CALLS = (
    Call(
        64,
        "POST",
        "/ivc/record/retrievetask/add",
        add_retrieval,
        body=(
            name("TaskName"),
            Rule("StartTime", "int", low=0),
            Rule("EndTime", "int", low=0),
            Rule("Mode", "int", choices=(1,)),
            Rule("Expiration", "int", low=1, high=365),
            Rule("Channels", "array", each=_PAIR),
        ),
    ),
    Call(65, "POST", "/ivc/record/retrievetask/delete", delete_retrieval, body=(_ID,)),
    Call(66, "GET", "/ivc/record/retrievetaskdetails/query", query_retrieval, query=(_ID,)),
    Call(67, "GET", "/ivc/record/retrievetasklist/query", list_retrievals),
)
