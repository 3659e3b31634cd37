"""Recording plans and event-triggered recording plans: eighteen calls of the document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import NO_DATA, REQUEST, Refused
from vsconsole.sandbox.faces.linkvisual_desk import (
    Call,
    Desk,
    EventSpan,
    Key,
    Memory,
    Plan,
    camera_of,
    counted,
    iot_id,
    require_storage,
)
from vsconsole.sandbox.faces.linkvisual_hours import (
    ALL_WEEK,
    Hours,
    as_rows,
    as_sections,
    from_rows,
    moved,
)
from vsconsole.sandbox.faces.linkvisual_rules import (
    IOT_ID,
    PLAN_ID,
    STREAM,
    ZONE,
    Args,
    Rule,
    flag,
    page,
)
from vsconsole.sandbox.world import Camera, Coverage, Habit, World, recordings

KEPT_DAYS = 30


def record_plan_set(desk: Desk, args: Args) -> Any:
    """A new plan; it does nothing until it is bound."""
    plan = _new_plan(desk, args)
    desk.memory.plans[plan.id] = plan
    return {"planId": plan.id}


def record_plan_update(desk: Desk, args: Args) -> Any:
    """Other terms for a plan, which count from now on for the devices it is bound to."""
    plan = _plan(desk.memory.plans, args["planId"])
    _change(plan, args)
    _restart(desk.world, desk.memory, desk.memory.bound, plan)
    return {"planId": plan.id}


def record_plan_query(desk: Desk, args: Args) -> Any:
    """A page of plans."""
    rows = [_row(plan, args["timeZone"]) for plan in desk.memory.plans.values()]
    return counted("recordPlanList", rows, args)


def record_plan_get(desk: Desk, args: Args) -> Any:
    """One plan."""
    return _row(_plan(desk.memory.plans, args["planId"]), args["timeZone"])


def record_plan_delete(desk: Desk, args: Args) -> Any:
    """Forget a plan. Assumed: devices it was bound to stop recording by it."""
    plan = _plan(desk.memory.plans, args["planId"])
    _unbind_all(desk, desk.memory.bound, plan)
    del desk.memory.plans[plan.id]


def record_plan_bind(desk: Desk, args: Args) -> Any:
    """Let a device record by a plan, in place of the one it had."""
    _bind(desk, args, desk.memory.plans, desk.memory.bound)


def record_plan_unbind(desk: Desk, args: Args) -> Any:
    """Let a device stop recording."""
    _unbind(desk, args, desk.memory.bound)


def record_plan_of_device(desk: Desk, args: Args) -> Any:
    """The plan of a device; no data where it has none."""
    return _of_device(desk, args, desk.memory.plans, desk.memory.bound)


def record_plan_devices(desk: Desk, args: Args) -> Any:
    """A page of the devices of a plan."""
    return _devices(desk, args, desk.memory.plans, desk.memory.bound)


def event_plan_set(desk: Desk, args: Args) -> Any:
    """A new event-triggered plan."""
    plan = _new_plan(desk, args)
    _check_event_terms(plan)
    desk.memory.event_plans[plan.id] = plan
    return {"planId": plan.id}


def event_plan_update(desk: Desk, args: Args) -> Any:
    """Other terms for an event-triggered plan; unlike its sibling it answers nothing."""
    plan = _plan(desk.memory.event_plans, args["planId"])
    fresh = replace(plan)
    _change(fresh, args)
    _check_event_terms(fresh)
    _change(plan, args)
    _restart(desk.world, desk.memory, desk.memory.event_bound, plan)


def event_plan_query(desk: Desk, args: Args) -> Any:
    """A page of event-triggered plans."""
    rows = [_event_row(plan, args["timeZone"]) for plan in desk.memory.event_plans.values()]
    return counted("eventRecordPlanList", rows, args)


def event_plan_get(desk: Desk, args: Args) -> Any:
    """One event-triggered plan."""
    return _event_row(_plan(desk.memory.event_plans, args["planId"]), args["timeZone"])


def event_plan_delete(desk: Desk, args: Args) -> Any:
    """Forget an event-triggered plan."""
    plan = _plan(desk.memory.event_plans, args["planId"])
    _unbind_all(desk, desk.memory.event_bound, plan)
    del desk.memory.event_plans[plan.id]


def event_plan_bind(desk: Desk, args: Args) -> Any:
    """Let a device's events be recorded."""
    _bind(desk, args, desk.memory.event_plans, desk.memory.event_bound)


def event_plan_unbind(desk: Desk, args: Args) -> Any:
    """Let a device's events no longer be recorded."""
    _unbind(desk, args, desk.memory.event_bound)


def event_plan_of_device(desk: Desk, args: Args) -> Any:
    """The event-triggered plan of a device; no data where it has none."""
    return _of_device(desk, args, desk.memory.event_plans, desk.memory.event_bound)


def event_plan_devices(desk: Desk, args: Args) -> Any:
    """A page of the devices of an event-triggered plan."""
    return _devices(desk, args, desk.memory.event_plans, desk.memory.event_bound)


def default_plan(desk: Desk) -> Plan:
    """The plan that records always, made when there is none."""
    for plan in desk.memory.plans.values():
        if plan.all_day:
            return plan
    plan = Plan(
        id=desk.world.fresh_id("lv-plan").replace("-", ""),
        name="7*24",
    )
    desk.memory.plans[plan.id] = plan
    return plan


def begin_site(world: World, memory: Memory, since: int) -> None:
    """The plans the demo site has had since the beginning, so that its recordings have a reason."""
    whole = Plan(
        id=world.make_id("lv-plan", 1).replace("-", ""),
        name="全天录像",
    )
    motion = Plan(
        id=world.make_id("lv-plan", 2).replace("-", ""),
        name="移动侦测录像",
        events=(1,),
        before=5,
        seconds=120,
    )
    memory.plans[whole.id] = whole
    memory.event_plans[motion.id] = motion
    for camera in world.cameras.values():
        if camera.habit is Habit.EVENTS:
            memory.event_bound[camera.id, 0] = motion.id
            memory.event_spans[camera.id, 0] = [_span(motion, since)]
        else:
            memory.bound[camera.id, 0] = whole.id


def apply(world: World, memory: Memory, key: Key) -> None:
    """Let what is bound to a stream now decide what is recorded from now on."""
    camera_id, stream = key
    camera = world.cameras[camera_id]
    now = int(world.now())
    plan = memory.plans.get(memory.bound.get(key, ""))
    event_plan = memory.event_plans.get(memory.event_bound.get(key, ""))
    spans = memory.event_spans.setdefault(key, [])
    if spans and spans[-1].end is None:
        spans[-1] = replace(spans[-1], end=now)
    if event_plan is not None:
        spans.append(_span(event_plan, now))
    # A camera that records by itself at motion does so under either kind of plan.
    ruling = plan or (event_plan if camera.habit is Habit.EVENTS else None)
    held = camera.live_coverage if stream == 0 else memory.sub_coverage.setdefault(camera_id, [])
    kept = held[-1].hot_days + held[-1].cold_days if held else KEPT_DAYS
    if held and held[-1].end is None:
        held[-1] = replace(held[-1], end=now)
    if ruling is not None:
        hours = ALL_WEEK if ruling.all_day else ruling.hours
        sections = as_sections(hours, 8 if ruling.all_day else ruling.zone)
        held.append(Coverage(begin=now, end=None, sections=sections, hot_days=kept, cold_days=0))


def _span(plan: Plan, since: int) -> EventSpan:
    hours = None if plan.all_day else moved(plan.hours, 8 - plan.zone)
    return EventSpan(
        begin=since,
        end=None,
        plan_id=plan.id,
        hours=hours,
        before=plan.before,
        seconds=plan.seconds,
    )


def _new_plan(desk: Desk, args: Args) -> Plan:
    plan = Plan(
        id=desk.world.fresh_id("lv-plan").replace("-", ""),
        name=args["name"],
        all_day=False,
    )
    _change(plan, args)
    return plan


def _change(plan: Plan, args: Args) -> None:
    """Take over what is given; Refused when hours are neither given nor there."""
    all_day = plan.all_day if args["allDay"] is None else args["allDay"] == 1
    hours: Hours = plan.hours
    zone = plan.zone
    if args["timeSectionList"] is not None:
        hours = from_rows(args["timeSectionList"])
        zone = args["timeZone"]
        if any(hour.end < hour.begin for hour in hours):
            raise Refused(REQUEST, "timeSectionList: end before begin")
    # The document marks the list as required always and says in words: when allDay is 0.
    if not all_day and not hours:
        raise Refused(REQUEST, "timeSectionList is missing")
    plan.all_day, plan.hours, plan.zone = all_day, hours, zone
    plan.name = args["name"] or plan.name
    if "eventTypeList" in args:
        plan.events = tuple(args["eventTypeList"] or plan.events)
        plan.before = (
            plan.before if args["preRecordDuration"] is None else args["preRecordDuration"]
        )
        plan.seconds = args["recordDuration"] or plan.seconds


def _check_event_terms(plan: Plan) -> None:
    if not plan.events:
        raise Refused(REQUEST, "eventTypeList is empty")
    if plan.before >= plan.seconds:
        raise Refused(REQUEST, "preRecordDuration is part of recordDuration")


def _plan(plans: dict[str, Plan], plan_id: str) -> Plan:
    if plan_id not in plans:
        raise Refused(NO_DATA, f"plan {plan_id}")
    return plans[plan_id]


def _row(plan: Plan, zone: int) -> dict[str, Any]:
    return {
        "planId": plan.id,
        "name": plan.name,
        "allDay": int(plan.all_day),
        "timeSectionList": as_rows(moved(plan.hours, zone - plan.zone)),
    }


def _event_row(plan: Plan, zone: int) -> dict[str, Any]:
    return {
        **_row(plan, zone),
        "preRecordDuration": plan.before,
        "recordDuration": plan.seconds,
        "eventTypeList": list(plan.events),
    }


def _restart(world: World, memory: Memory, bound: dict[Key, str], plan: Plan) -> None:
    for key in [key for key, plan_id in bound.items() if plan_id == plan.id]:
        apply(world, memory, key)


def _bind(desk: Desk, args: Args, plans: dict[str, Plan], bound: dict[Key, str]) -> None:
    plan = _plan(plans, args["planId"])
    camera = camera_of(desk, args["iotId"])
    require_storage(desk, camera)
    key = (camera.id, args["streamType"])
    bound[key] = plan.id
    apply(desk.world, desk.memory, key)


def _unbind(desk: Desk, args: Args, bound: dict[Key, str]) -> None:
    key = _key(camera_of(desk, args["iotId"]), args)
    if bound.pop(key, None) is not None:
        apply(desk.world, desk.memory, key)


def _unbind_all(desk: Desk, bound: dict[Key, str], plan: Plan) -> None:
    for key in [key for key, plan_id in bound.items() if plan_id == plan.id]:
        del bound[key]
        apply(desk.world, desk.memory, key)


def _of_device(desk: Desk, args: Args, plans: dict[str, Plan], bound: dict[Key, str]) -> Any:
    key = _key(camera_of(desk, args["iotId"]), args)
    if key not in bound:
        return None
    plan = plans[bound[key]]
    return (_event_row if plan.events else _row)(plan, args["timeZone"])


def _devices(desk: Desk, args: Args, plans: dict[str, Plan], bound: dict[Key, str]) -> Any:
    plan = _plan(plans, args["planId"])
    rows = [
        {"iotId": iot_id(desk.world, camera_id), "streamType": stream}
        for (camera_id, stream), plan_id in bound.items()
        if plan_id == plan.id
    ]
    return counted("deviceList", rows, args)


def _key(camera: Camera, args: Args) -> Key:
    return camera.id, args["streamType"]


_SECTIONS = Rule(
    "timeSectionList",
    "list",
    required=False,
    each=Rule(
        "timeSectionList",
        "object",
        fields=(
            Rule("dayOfWeek", "int", low=0, high=6),
            Rule("begin", "int", low=0, high=recordings.DAY - 1),
            Rule("end", "int", low=0, high=recordings.DAY - 1),
        ),
    ),
)


def _terms(*, new: bool) -> tuple[Rule, ...]:
    own = (Rule("name"),) if new else (PLAN_ID, Rule("name", required=False))
    return (*own, flag("allDay", required=new), _SECTIONS, ZONE)


def _event_terms(*, new: bool) -> tuple[Rule, ...]:
    before = Rule("preRecordDuration", "int", required=False, default=0 if new else None, low=0)
    types = Rule(
        "eventTypeList",
        "list",
        required=new,
        each=Rule("eventTypeList", "int", choices=(1,)),
    )
    return (*_terms(new=new), before, Rule("recordDuration", "int", required=new, low=1), types)


def _call(path: str, version: str, handler: Any, *rules: Rule) -> Call:
    return Call(path=f"/vision/customer/{path}", versions=(version,), handler=handler, rules=rules)


_DEVICE = (IOT_ID, STREAM)

CALLS = (
    _call("record/plan/set", "2.1.0", record_plan_set, *_terms(new=True)),
    _call("record/plan/update", "2.1.0", record_plan_update, *_terms(new=False)),
    _call("record/plan/query", "2.1.0", record_plan_query, *page(), ZONE),
    _call("record/plan/get", "2.1.0", record_plan_get, PLAN_ID, ZONE),
    _call("record/plan/delete", "2.0.0", record_plan_delete, PLAN_ID),
    _call("record/plan/bind", "2.0.0", record_plan_bind, PLAN_ID, *_DEVICE),
    _call("record/plan/unbind", "2.0.0", record_plan_unbind, *_DEVICE),
    _call("record/plan/getbyiotid", "2.1.0", record_plan_of_device, *_DEVICE, ZONE),
    _call("record/plan/bind/device/query", "2.0.0", record_plan_devices, PLAN_ID, *page()),
    _call("eventrecord/plan/set", "2.1.0", event_plan_set, *_event_terms(new=True)),
    _call("eventrecord/plan/update", "2.1.0", event_plan_update, *_event_terms(new=False)),
    _call("eventrecord/plan/query", "2.1.0", event_plan_query, *page(), ZONE),
    _call("eventrecord/plan/delete", "2.0.0", event_plan_delete, PLAN_ID),
    _call("eventrecord/plan/getbyid", "2.1.0", event_plan_get, PLAN_ID, ZONE),
    _call("eventrecord/plan/device/bind", "2.0.0", event_plan_bind, PLAN_ID, *_DEVICE),
    _call("eventrecord/plan/unbind", "2.0.0", event_plan_unbind, *_DEVICE),
    _call("eventrecord/plan/getbyiotid", "2.1.0", event_plan_of_device, *_DEVICE, ZONE),
    _call("eventrecord/bind/device/query", "2.0.0", event_plan_devices, PLAN_ID, *page()),
)
