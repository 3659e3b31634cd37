"""Complimentary cloud storage, and how often a device's events are pushed."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import FORBIDDEN, Refused
from vsconsole.sandbox.faces.linkvisual_desk import (
    MONTH_SECONDS,
    Call,
    Desk,
    Memory,
    Storage,
    camera_of,
    twins,
)
from vsconsole.sandbox.faces.linkvisual_plans import apply, default_plan
from vsconsole.sandbox.faces.linkvisual_rules import IOT_ID, Args, Rule, switch
from vsconsole.sandbox.world import Camera, Habit, World, recordings

PUSH_SECONDS = 120

GET_TYPES = {True: 1, False: 2}
CONSUME_TYPES = {True: 1, False: 0}
"""Continuous and event-based storage: the document numbers them differently in the two calls."""


def storage_get(desk: Desk, args: Args) -> Any:
    """The complimentary plan of a device, whether claimed or not."""
    storage = _storage(desk, args["iotId"])
    return {"type": GET_TYPES[storage.continuous], **_terms(storage, desk.now)}


def storage_consume(desk: Desk, args: Args) -> Any:
    """Claim it, once; on request with a plan that records always."""
    camera = camera_of(desk, args["iotId"])
    storage = _storage(desk, args["iotId"])
    if storage.since is not None:
        raise Refused(FORBIDDEN, "the plan has been claimed")
    storage.since = int(desk.now)
    if args["enableDefaultPlan"]:
        _record_always(desk, camera)
    return {"type": CONSUME_TYPES[storage.continuous], **_terms(storage, desk.now)}


def push_config_set(desk: Desk, args: Args) -> Any:
    """The least seconds between two pushed messages of a kind."""
    camera = camera_of(desk, args["iotId"])
    desk.memory.intervals[camera.id, args["eventType"]] = args["eventInterval"]


def push_config_get(desk: Desk, args: Args) -> Any:
    """The same, as it is set or by default."""
    camera = camera_of(desk, args["iotId"])
    kind = args["eventType"]
    interval = desk.memory.intervals.get((camera.id, kind), PUSH_SECONDS)
    return {"eventConfig": {"eventType": kind, "eventInterval": interval}}


def begin_site(world: World, memory: Memory) -> None:
    """Recorders' channels have paid storage and a gift to claim; single cameras live on theirs."""
    for camera in world.cameras.values():
        device = world.device_of(camera)
        paid = device.kind == "nvr"
        age = 75 if device.online else 400
        memory.storage[camera.id] = Storage(
            continuous=camera.habit is not Habit.EVENTS,
            since=None if paid else world.born - age * recordings.DAY,
            paid=paid,
        )


def _record_always(desk: Desk, camera: Camera) -> None:
    desk.memory.bound[camera.id, 0] = default_plan(desk).id
    apply(desk.world, desk.memory, (camera.id, 0))


def _storage(desk: Desk, text: str) -> Storage:
    return desk.memory.storage[camera_of(desk, text).id]


def _terms(storage: Storage, now: float) -> dict[str, Any]:
    terms: dict[str, Any] = {
        "lifecycle": storage.days,
        "months": storage.months,
        "consumed": int(storage.since is not None),
        "expired": int(storage.expired(now)),
    }
    if storage.since is not None:
        terms |= twins("startTime", storage.since)
        terms |= twins("endTime", storage.since + storage.months * MONTH_SECONDS)
    return terms


_KIND = Rule("eventType", "int", choices=(1, 2))

CALLS = (
    Call(
        path="/vision/customer/cloudstorage/presented/get",
        versions=("2.1.2",),
        handler=storage_get,
        rules=(IOT_ID,),
    ),
    Call(
        path="/vision/customer/cloudstorage/presented/consume",
        versions=("2.1.3",),
        handler=storage_consume,
        rules=(IOT_ID, switch("enableDefaultPlan")),
    ),
    Call(
        path="/vision/customer/bizevent/config/set",
        versions=("1.0.0",),
        handler=push_config_set,
        rules=(
            IOT_ID,
            _KIND,
            Rule("eventInterval", "int", required=False, default=PUSH_SECONDS, low=0),
        ),
    ),
    Call(
        path="/vision/customer/bizevent/config/get",
        versions=("1.0.0",),
        handler=push_config_get,
        rules=(IOT_ID, _KIND),
    ),
)
