"""Recording plans (calls 39 to 53): live to the cloud, and device recordings to the cloud."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import (
    Call,
    Desk,
    camera,
    camera_of,
    group,
    group_number,
    page_of,
    stamp,
)
from vsconsole.sandbox.faces.tencent_rules import (
    Args,
    Rule,
    channel_id,
    description,
    device_id,
    name,
    page,
)
from vsconsole.sandbox.faces.tencent_templates import find as find_template
from vsconsole.sandbox.world import Camera, Plan

MOST_CHANNELS = 5000
MOST_ORGANIZATIONS = 10

Kind = Literal["live", "backup"]


def add_plan(desk: Desk, args: Args) -> Any:
    """#39: record channels live to the cloud."""
    return _head(_add(desk, "live", args))


def delete_plan(desk: Desk, args: Args) -> Any:
    """#40: stop recording; recordings stay for their days."""
    return _delete(desk, "live", args)


def modify_plan(desk: Desk, args: Args) -> Any:
    """#41: change what is given."""
    return _head(_modify(desk, "live", args))


def query_plan(desk: Desk, args: Args) -> Any:
    """#42: one plan."""
    return _row(_find(desk, "live", args["PlanId"]))


def list_plans(desk: Desk, args: Args) -> Any:
    """#43: all live plans; no value when there are none."""
    return [_row(p) for p in desk.world.plans.of_kind("live")] or None


def list_plan_channels(desk: Desk, args: Args) -> Any:
    """#44: channels of a live plan."""
    plan = _find(desk, "live", args["PlanId"])
    return _channels_page(desk, plan.cameras, args)


def list_all_planned(desk: Desk, args: Args) -> Any:
    """#45: channels of all live plans."""
    return {"List": list(desk.world.plans.planned("live")) or None}


def list_organization_channels(desk: Desk, args: Args) -> Any:
    """#46: channels of an organization and whether a live plan has them."""
    at = group_number(desk, args["OrganizationId"])
    planned = desk.world.plans.planned("live")
    cameras = (c for d in desk.world.devices_in({at}) for c in d.cameras)
    found = [c for c in cameras if _matches(desk, c, args, ("ChannelName", "DeviceName"))]
    rows = [{**_channel(desk, c), "InPlan": c.id in planned} for c in page_of(found, args)]
    for shown in rows:
        del shown["OrganizationName"]
    return _page(rows, len(found), args)


def count_channels(desk: Desk, args: Args) -> Any:
    """#47: how many channels organizations have, and how many are in no live plan."""
    if len(args["OrganizationId"]) > MOST_ORGANIZATIONS:
        raise Refused(43406)
    cameras = _of_organizations(desk, args["OrganizationId"])
    planned = desk.world.plans.planned("live")
    free = sum(c.id not in planned for c in cameras)
    return {"TotalCount": len(cameras), "NotInPlanCount": free}


def add_backup_plan(desk: Desk, args: Args) -> Any:
    """#48: fetch device recordings to the cloud; for GB and gateway devices."""
    plan = _add(desk, "backup", args)
    return {**_head(plan), "LifeCycle": _life(plan)}


def delete_backup_plan(desk: Desk, args: Args) -> Any:
    """#49: stop fetching."""
    return _delete(desk, "backup", args)


def modify_backup_plan(desk: Desk, args: Args) -> Any:
    """#50: change what is given."""
    plan = _modify(desk, "backup", args)
    return {
        **_row(plan),
        "StreamType": "",
        "ChannelCount": len(plan.cameras),
        "CreateAt": stamp(plan.created),
        "UpdateAt": stamp(plan.updated),
    }


def query_backup_plan(desk: Desk, args: Args) -> Any:
    """#51: one backup plan."""
    return _row(_find(desk, "backup", args["PlanId"]))


def list_backup_plans(desk: Desk, args: Args) -> Any:
    """#52: all backup plans; no value when there are none."""
    return [_row(p) for p in desk.world.plans.of_kind("backup")] or None


def list_backup_channels(desk: Desk, args: Args) -> Any:
    """#53: channels of one backup plan, or of all when the id is empty."""
    if args["PlanId"] == "":
        return _channels_page(desk, desk.world.plans.planned("backup"), args)
    return _channels_page(desk, _find(desk, "backup", args["PlanId"]).cameras, args)


def _add(desk: Desk, kind: Kind, args: Args) -> Plan:
    template = find_template(desk, kind, args["TemplateId"])
    _check_free(desk, kind, args["PlanName"])
    cameras = _chosen(desk, kind, args["Channels"] or [], args["OrganizationId"] or [], None)
    now = int(desk.now)
    plan = Plan(
        id=desk.world.fresh_id("plan").replace("-", ""),
        kind=kind,
        name=args["PlanName"],
        template_id=template.id,
        description=args["Describe"] or "",
        stream=args.get("StreamType") or "default",
        hot_days=args["LifeCycle"]["Transition"],
        cold_days=args["LifeCycle"]["Expiration"],
        created=now,
        updated=now,
    )
    desk.world.plans.add(plan, cameras)
    return plan


def _delete(desk: Desk, kind: Kind, args: Args) -> Any:
    desk.world.plans.delete(_find(desk, kind, args["PlanId"]))
    return {}


def _modify(desk: Desk, kind: Kind, args: Args) -> Plan:
    book = desk.world.plans
    plan = _find(desk, kind, args["PlanId"])
    change = args["Mod"]
    if change["PlanName"] is not None and change["PlanName"] != plan.name:
        _check_free(desk, kind, change["PlanName"])
    if change["TemplateId"] is not None:
        find_template(desk, kind, change["TemplateId"])
    leaving = [camera(desk, text) for text in change["Del"] or []]
    if any(c.id not in plan.cameras for c in leaving):
        raise Refused(40005, "Del names a channel that is not in the plan")
    coming = _chosen(desk, kind, change["Add"] or [], change["OrganizationId"] or [], plan)
    for gone in leaving:
        book.withdraw(plan, gone)
    plan.name = change["PlanName"] or plan.name
    plan.template_id = change["TemplateId"] or plan.template_id
    if change["Describe"] is not None:
        plan.description = change["Describe"]
    plan.stream = change.get("StreamType") or plan.stream
    if change["LifeCycle"] is not None:
        plan.hot_days = change["LifeCycle"]["Transition"]
        plan.cold_days = change["LifeCycle"]["Expiration"]
    plan.updated = int(desk.now)
    if change["TemplateId"] is not None or change["LifeCycle"] is not None:
        book.restart(plan)
    for found in coming:
        book.enrol(plan, found)
    return plan


def _chosen(
    desk: Desk, kind: Kind, channels: list[Args], organizations: list[str], plan: Plan | None
) -> list[Camera]:
    """The channels to add: those named must be free, organizations give what is free."""
    if len(organizations) > MOST_ORGANIZATIONS:
        raise Refused(43406)
    planned = desk.world.plans.planned(kind)
    chosen: dict[str, Camera] = {}
    for pair in channels:
        found = camera_of(desk, pair["DeviceId"], pair["ChannelId"])
        if found.id in planned:
            raise Refused(42205, f"{found.id} is in a plan")
        if kind == "backup" and desk.world.device_of(found).access == "rtmp":
            raise Refused(40002, "for GB and gateway devices")
        chosen[found.id] = found
    for found in _of_organizations(desk, organizations):
        rtmp = desk.world.device_of(found).access == "rtmp"
        if found.id not in planned and not (kind == "backup" and rtmp):
            chosen[found.id] = found
    if len(chosen) > MOST_CHANNELS:
        raise Refused(40005, f"more than {MOST_CHANNELS} channels")
    return list(chosen.values())


def _of_organizations(desk: Desk, ids: list[str]) -> list[Camera]:
    """Channels of the devices right in the organizations."""
    groups = {group(desk, text).id for text in ids}
    return [c for d in desk.world.devices_in(groups) for c in d.cameras]


def _find(desk: Desk, kind: Kind, text: str) -> Plan:
    found = desk.world.plans.plans.get(text)
    if found is None or found.kind != kind:
        raise Refused(40006, f"plan {text}")
    return found


def _check_free(desk: Desk, kind: Kind, wanted: str) -> None:
    if any(p.name == wanted for p in desk.world.plans.plans.values()):
        raise Refused(43411, wanted)


def _head(plan: Plan) -> dict[str, Any]:
    return {
        "PlanId": plan.id,
        "PlanName": plan.name,
        "TemplateId": plan.template_id,
        "Describe": plan.description,
    }


def _life(plan: Plan) -> dict[str, int]:
    return {"Transition": plan.hot_days, "Expiration": plan.cold_days}


def _row(plan: Plan) -> dict[str, Any]:
    stream = {"StreamType": plan.stream} if plan.kind == "live" else {}
    return {**_head(plan), **stream, "LifeCycle": _life(plan), "Status": 1}


def _channel(desk: Desk, found: Camera) -> dict[str, Any]:
    owner = desk.world.device_of(found)
    place = desk.world.groups.get(owner.group_id)
    return {
        "DeviceId": owner.id,
        "DeviceName": owner.name,
        "ChannelId": found.id,
        "ChannelName": found.name,
        "OrganizationName": place.name if place else "",
    }


def _matches(desk: Desk, found: Camera, args: Args, order: tuple[str, ...]) -> bool:
    """Only the first filter that has a value counts."""
    for key in order:
        if args[key]:
            return str(args[key]).casefold() in str(_channel(desk, found)[key]).casefold()
    return True


def _channels_page(desk: Desk, ids: Iterable[str], args: Args) -> Any:
    order = ("ChannelName", "DeviceName", "OrganizationName")
    cameras = (desk.world.cameras[text] for text in ids)
    found = [c for c in cameras if _matches(desk, c, args, order)]
    return _page([_channel(desk, c) for c in page_of(found, args)], len(found), args)


def _page(rows: list[Any], total: int, args: Args) -> dict[str, Any]:
    return {
        "PageNumber": args["PageNumber"],
        "PageSize": args["PageSize"],
        "TotalCount": total,
        "List": rows,
    }


_ID = Rule("PlanId")
_PAIR = Rule("Channels", "object", fields=(device_id("DeviceId"), channel_id()))
_ORGANIZATIONS = Rule("OrganizationId", "array", required=False, each=Rule("OrganizationId"))
_STREAM = Rule("StreamType", required=False, longest=32)


def _life_rule(*, required: bool) -> Rule:
    days = Rule("Transition", "int", low=1, high=3650)
    # 0 switches cold storage off, so 1 to 59 are the days that are not allowed.
    cold = Rule("Expiration", "int", choices=(0, *range(60, 3651)))
    return Rule("LifeCycle", "object", required=required, fields=(days, cold))


def _new(*more: Rule) -> tuple[Rule, ...]:
    return (
        name("PlanName"),
        Rule("TemplateId"),
        description("Describe"),
        *more,
        _life_rule(required=True),
        Rule("Channels", "array", required=False, each=_PAIR),
        _ORGANIZATIONS,
    )


def _mod(*more: Rule) -> Rule:
    fields = (
        name("PlanName", required=False),
        Rule("TemplateId", required=False),
        description("Describe"),
        *more,
        _life_rule(required=False),
        Rule("Add", "array", required=False, each=_PAIR),
        Rule("Del", "array", required=False, each=channel_id("Del")),
        _ORGANIZATIONS,
    )
    return Rule("Mod", "object", fields=fields)


def _filters(plan: Rule) -> tuple[Rule, ...]:
    names = ("DeviceName", "ChannelName", "OrganizationName")
    return (plan, *(Rule(n, required=False) for n in names), *page(required=True))


CALLS = (
    Call(39, "POST", "/ivc/record/plan/add", add_plan, body=_new(_STREAM)),
    Call(40, "POST", "/ivc/record/plan/delete", delete_plan, body=(_ID,)),
    Call(41, "POST", "/ivc/record/plan/modify", modify_plan, body=(_ID, _mod(_STREAM))),
    Call(42, "GET", "/ivc/record/plan/query/byid", query_plan, query=(_ID,)),
    Call(43, "GET", "/ivc/record/planlist/query", list_plans),
    Call(44, "GET", "/ivc/record/devicelist/query", list_plan_channels, query=_filters(_ID)),
    Call(45, "GET", "/ivc/record/allchannellist/query", list_all_planned),
    Call(
        46,
        "GET",
        "/ivc/record/channellist/query",
        list_organization_channels,
        query=(
            Rule("OrganizationId"),
            Rule("DeviceName", required=False),
            Rule("ChannelName", required=False),
            *page(required=True),
        ),
    ),
    Call(
        47,
        "POST",
        "/ivc/record/channelcount/query",
        count_channels,
        body=(Rule("OrganizationId", "array", each=Rule("OrganizationId")),),
    ),
    Call(48, "POST", "/ivc/recordbackup/plan/add", add_backup_plan, body=_new()),
    Call(49, "POST", "/ivc/recordbackup/plan/delete", delete_backup_plan, body=(_ID,)),
    Call(50, "POST", "/ivc/recordbackup/plan/modify", modify_backup_plan, body=(_ID, _mod())),
    Call(51, "GET", "/ivc/recordbackup/plan/query/byid", query_backup_plan, query=(_ID,)),
    Call(52, "GET", "/ivc/recordbackup/planlist/query", list_backup_plans),
    Call(
        53,
        "GET",
        "/ivc/recordbackup/devicelist/query",
        list_backup_channels,
        query=_filters(Rule("PlanId", empty=True)),
    ),
)
