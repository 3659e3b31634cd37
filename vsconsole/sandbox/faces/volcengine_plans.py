"""Record plans, and templates for recordings and screenshots (2021-01-01)."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NO_RESULT,
    OLD,
    Call,
    Desk,
    backwards,
    channel,
    device_by_code,
    find_stream,
    page_of,
    paged,
    rfc3339,
    stream,
    stream_of,
)
from vsconsole.sandbox.faces.volcengine_rules import Args, MapRule, Rule, page
from vsconsole.sandbox.faces.volcengine_state import Plan, Template, TemplateKind
from vsconsole.sandbox.faces.volcengine_streams import pull_urls

_TYPE_NAMES: dict[str, TemplateKind] = {"record": "record", "screenshot": "screenshot"}


def list_plans(desk: Desk, args: Args) -> Any:
    """Every plan, by part of a name where asked."""
    wanted = (args["FilterName"] or "").casefold()
    rows = [p for p in desk.memory.plans.values() if wanted in p.name.casefold()]
    return {
        "List": [_plan(desk, p) for p in page_of(rows, args)],
        "PageResult": {
            "PageNumber": args["PageNumber"],
            "PageSize": args["PageSize"],
            "TotalCount": len(rows),
        },
    }


def get_plan(desk: Desk, args: Args) -> Any:
    """One plan."""
    return _plan(desk, _find(desk, args["PlanID"]))


def create_plan(desk: Desk, args: Args) -> Any:
    """A plan that records its streams from now on."""
    _check_name(desk, args["PlanName"], None)
    template = _template(desk, args["BindTemplate"], "record")
    streams = _streams(desk, args["MainStreams"], args["BindStreams"], args["BindChannels"])
    now = int(desk.now)
    plan = Plan(
        id=desk.world.fresh_id("volcengine-plan"),
        name=args["PlanName"],
        description=args["Description"] or "",
        template_id=template.id,
        enabled=args["Status"] == "enabled",
        created=now,
        updated=now,
        streams=dict.fromkeys(streams),
    )
    desk.memory.plans[plan.id] = plan
    _settle(desk, streams)
    return {"ID": plan.id}


def update_plan(desk: Desk, args: Args) -> Any:
    """Change what is given; AddList and DelList bind and free streams."""
    plan = _find(desk, args["PlanID"])
    if args["PlanName"] is not None:
        _check_name(desk, args["PlanName"], plan)
        plan.name = args["PlanName"]
    if args["Description"] is not None:
        plan.description = args["Description"]
    if args["BindTemplate"] is not None:
        plan.template_id = _template(desk, args["BindTemplate"], "record").id
    if args["Status"] is not None:
        plan.enabled = args["Status"] == "enabled"
    touched = list(plan.streams)
    added, freed = args["AddList"] or {}, args["DelList"] or {}
    more = _streams(desk, added.get("Streams"), None, added.get("Devices"))
    for text in more:
        plan.streams[text] = None
    for text in _streams(desk, freed.get("Streams"), None, freed.get("Devices")):
        plan.streams.pop(text, None)
    plan.updated = int(desk.now)
    _settle(desk, [*touched, *more])
    return {"ID": plan.id}


def delete_plan(desk: Desk, args: Args) -> Any:
    """End a plan; what it recorded stays."""
    plan = _find(desk, args["PlanID"])
    del desk.memory.plans[plan.id]
    _settle(desk, list(plan.streams))
    return {"ID": plan.id}


def plan_channels(desk: Desk, args: Args) -> Any:
    """What a plan binds, as a map from device to its streams."""
    plan = _find(desk, args["PlanID"])
    ids = page_of([i for i in plan.streams if i in desk.world.cameras], args)
    listed: dict[str, list[dict[str, Any]]] = {}
    for text in ids:
        camera = desk.world.cameras[text]
        owner = desk.world.device_of(camera)
        listed.setdefault(owner.code, []).append(
            {
                "DeviceNSID": owner.code,
                "ChannelID": camera.code,
                "StreamingType": "0",
                "StreamID": text,
                "StreamName": camera.name,
                "PullUrls": pull_urls(desk, stream_of(desk.world, camera, "main")),
            }
        )
    return {
        "List": listed,
        "PageNumber": args["PageNumber"],
        "PageSize": args["PageSize"],
        "TotalCount": len(plan.streams),
    }


def list_record_templates(desk: Desk, args: Args) -> Any:
    """Every record template."""
    return _templates(desk, args, "record")


def list_screenshot_templates(desk: Desk, args: Args) -> Any:
    """Every screenshot template."""
    return _templates(desk, args, "screenshot")


def create_screenshot_template(desk: Desk, args: Args) -> Any:
    """A template for pictures at a period between ten seconds and three minutes."""
    content = args["Screenshot"] or {k: args[k] for k in ("ScreenshotPeriod", "Type", "TTL")}
    if content["ScreenshotPeriod"] is None or content["Type"] is None or content["TTL"] is None:
        raise Refused("MissingParameter", "ScreenshotPeriod, Type, TTL")
    template = Template(
        id=desk.world.fresh_id("volcengine-template"),
        name=args["TemplateName"],
        kind="screenshot",
        content=dict(content),
        created=desk.now,
    )
    desk.memory.templates[template.id] = template
    return {"ID": template.id}


def set_template(desk: Desk, args: Args) -> Any:
    """Bind a template to one stream; it goes before that of a plan."""
    found = stream(desk, args)
    template = desk.memory.templates.get(args["TemplateID"])
    if template is None:
        raise not_found("Template", args["TemplateID"])
    desk.memory.bound[found.camera.id, template.kind] = template.id
    desk.memory.settle_recording(found.camera)
    return NO_RESULT


def cancel_template(desk: Desk, args: Args) -> Any:
    """Free a stream of its own template."""
    found = stream(desk, args)
    kind = _TYPE_NAMES[args["TemplateType"].lower()]
    if desk.memory.bound.pop((found.camera.id, kind), None) is None:
        raise not_found("Template", args["TemplateType"])
    desk.memory.settle_recording(found.camera)
    return NO_RESULT


def _find(desk: Desk, text: str) -> Plan:
    plan = desk.memory.plans.get(text)
    if plan is None:
        raise not_found("RecordPlan", text)
    return plan


def _template(desk: Desk, text: str, kind: TemplateKind) -> Template:
    template = desk.memory.templates.get(text)
    if template is None or template.kind != kind:
        raise not_found("Template", text)
    return template


def _check_name(desk: Desk, name: str, plan: Plan | None) -> None:
    if any(p.name == name and p is not plan for p in desk.memory.plans.values()):
        # Assumed: names are not shared, as the other platforms have it.
        raise invalid("PlanName", "the name is taken")


def _streams(
    desk: Desk,
    first: list[str] | None,
    second: list[str] | None,
    by_device: dict[str, Any] | None,
) -> list[str]:
    """The cameras that stream ids and a map from device to channels name."""
    found = []
    for text in [*(first or ()), *(second or ())]:
        one = find_stream(desk.world, text)
        if one is None:
            raise not_found("Stream", text)
        found.append(one.camera.id)
    for code, rows in (by_device or {}).items():
        owner = device_by_code(desk, code)
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise invalid("BindChannels", "a map from device to channels expected")
        found += [channel(desk, owner, str(r.get("ChannelID"))).id for r in rows]
    return found


def _settle(desk: Desk, ids: list[str]) -> None:
    for text in dict.fromkeys(ids):
        if text in desk.world.cameras:
            desk.memory.settle_recording(desk.world.cameras[text])


def _plan(desk: Desk, plan: Plan) -> dict[str, Any]:
    template = desk.memory.templates[plan.template_id]
    return {
        "PlanID": plan.id,
        "PlanName": plan.name,
        "Status": "enabled" if plan.enabled else "disabled",
        "Description": plan.description,
        "BindStreamNum": len(plan.streams),
        "BindTemplate": template.id,
        "TemplateInfo": {
            "Format": template.content["Format"],
            "TTL": {"Days": template.days, "TransConfig": []},
        },
        "CreatedAt": plan.created,
        "UpdatedAt": plan.updated,
    }


def _templates(desk: Desk, args: Args, kind: TemplateKind) -> dict[str, Any]:
    rows = [t for t in desk.memory.templates.values() if t.kind == kind]
    if backwards(args["Order"]):
        rows.reverse()
    return paged("Templates", [_template_view(t) for t in rows], args)


def _template_view(template: Template) -> dict[str, Any]:
    return {
        "TemplateID": template.id,
        "TemplateName": template.name,
        "TemplateType": template.kind,
        template.kind.capitalize(): template.content,
        "CreatedAt": rfc3339(template.created),
        "UpdatedAt": rfc3339(template.created),
    }


_PLAN = Rule("PlanID", required=True)
_IDS = Rule("StreamID")
_STATUS = ("enabled", "disabled")
_WHICH = (Rule("StreamingIndex", "int", low=0, high=9), Rule("Resolution"))
_LIST = (Rule("Streams", "array", each=_IDS), MapRule("Devices", "object"), *_WHICH)
_PERIOD = (
    Rule("ScreenshotPeriod", "int", low=10_001, high=179_999),
    Rule("Type", "array", each=Rule("Type", choices=("realtime", "lowfrequency"))),
    Rule("TTL", "object", fields=(Rule("Days", "int", required=True, low=1),)),
)

CALLS = (
    Call("ListRecordPlans", OLD, ("GET",), list_plans, (Rule("FilterName"), *page())),
    Call("GetRecordPlan", OLD, ("GET",), get_plan, (_PLAN,)),
    Call(
        "CreateRecordPlan",
        OLD,
        ("POST",),
        create_plan,
        (
            Rule("PlanName", required=True),
            Rule("Description"),
            Rule("BindTemplate", required=True),
            Rule("Status", required=True, choices=_STATUS),
            Rule("MainStreams", "array", each=_IDS),
            Rule("BindStreams", "array", each=_IDS),
            MapRule("BindChannels", "object"),
            *_WHICH,
        ),
    ),
    Call(
        "UpdateRecordPlan",
        OLD,
        ("POST",),
        update_plan,
        (
            _PLAN,
            Rule("PlanName"),
            Rule("Description"),
            Rule("BindTemplate"),
            Rule("Status", choices=_STATUS),
            Rule("AddList", "object", fields=_LIST),
            Rule("DelList", "object", fields=_LIST),
        ),
    ),
    Call("DeleteRecordPlan", OLD, ("POST", "GET"), delete_plan, (_PLAN,)),
    Call("ListRecordPlanChannels", OLD, ("GET",), plan_channels, (_PLAN, *page())),
    Call(
        "ListRecordTemplates",
        OLD,
        ("GET",),
        list_record_templates,
        (*page(), Rule("Order", "flag")),
    ),
    Call(
        "ListScreenshotTemplates",
        OLD,
        ("GET",),
        list_screenshot_templates,
        (*page(), Rule("Order", "flag")),
    ),
    Call(
        "CreateScreenshotTemplate",
        OLD,
        ("POST",),
        create_screenshot_template,
        (
            Rule("TemplateName", required=True),
            *_PERIOD,
            Rule("Screenshot", "object", fields=_PERIOD),
        ),
    ),
    Call(
        "SetStreamTemplate",
        OLD,
        ("POST",),
        set_template,
        (Rule("StreamID", required=True), Rule("TemplateID", required=True)),
    ),
    Call(
        "CancelStreamTemplate",
        OLD,
        ("GET",),
        cancel_template,
        (
            Rule("StreamID", required=True),
            Rule("TemplateType", required=True, choices=(*_TYPE_NAMES, "Record", "Screenshot")),
        ),
    ),
)
