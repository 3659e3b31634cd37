"""Recording templates (calls 54 to 63): hours of a week, for live plans and for backups."""

from __future__ import annotations

import re
from typing import Any, Literal

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import Call, Desk, stamp
from vsconsole.sandbox.faces.tencent_rules import Args, Rule, name
from vsconsole.sandbox.world import Section, Template
from vsconsole.sandbox.world.recordings import DAY

SHORTEST = 600
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_SPEEDS = (1, 2, 4)

Kind = Literal["live", "backup"]


def add_template(desk: Desk, args: Args) -> Any:
    """#54: a template for live plans."""
    return _add(desk, "live", args)


def delete_template(desk: Desk, args: Args) -> Any:
    """#55: a template no plan stands on."""
    return _delete(desk, "live", args)


def modify_template(desk: Desk, args: Args) -> Any:
    """#56: other name or hours; its plans follow at once."""
    return _modify(desk, "live", args)


def query_template(desk: Desk, args: Args) -> Any:
    """#57: one template."""
    return row(find(desk, "live", args["TemplateId"]))


def list_templates(desk: Desk, args: Args) -> Any:
    """#58: all live templates; no value when there are none."""
    return [row(t) for t in desk.world.plans.templates_of("live")] or None


def add_backup_template(desk: Desk, args: Args) -> Any:
    """#59: a template that fetches a device's recordings of the day before."""
    return _add(desk, "backup", args)


def delete_backup_template(desk: Desk, args: Args) -> Any:
    """#60: a backup template no plan stands on."""
    return _delete(desk, "backup", args)


def modify_backup_template(desk: Desk, args: Args) -> Any:
    """#61: other name, windows or speed."""
    return _modify(desk, "backup", args)


def query_backup_template(desk: Desk, args: Args) -> Any:
    """#62: one backup template."""
    return row(find(desk, "backup", args["TemplateId"]))


def list_backup_templates(desk: Desk, args: Args) -> Any:
    """#63: all backup templates; no value when there are none."""
    return [row(t) for t in desk.world.plans.templates_of("backup")] or None


def find(desk: Desk, kind: Kind, text: str) -> Template:
    """The template of an id and kind; Refused 40006 when there is none."""
    found = desk.world.plans.templates.get(text)
    if found is None or found.kind != kind:
        raise Refused(40006, f"template {text}")
    return found


def row(found: Template) -> dict[str, Any]:
    """A template as answers show it."""
    shown: dict[str, Any] = {
        "TemplateId": found.id,
        "TemplateName": found.name,
        "TimeSections": [_section(s) for s in found.sections],
    }
    if found.kind == "backup":
        shown["DevTimeSections"] = [_section(s) for s in found.device_sections]
        shown["Scale"] = found.scale
        shown["CreateAt"] = stamp(found.created)
        shown["UpdateAt"] = stamp(found.updated)
    return shown


def _add(desk: Desk, kind: Kind, args: Args) -> Any:
    _check_free(desk, kind, args["TemplateName"])
    now = int(desk.now)
    made = Template(
        id=desk.world.fresh_id("template").replace("-", ""),
        kind=kind,
        name=args["TemplateName"],
        sections=(),
        created=now,
        updated=now,
    )
    _apply(made, args)
    desk.world.plans.templates[made.id] = made
    return row(made)


def _modify(desk: Desk, kind: Kind, args: Args) -> Any:
    found = find(desk, kind, args["TemplateId"])
    change = args["Mod"]
    new_name = change["TemplateName"]
    if new_name is not None and new_name != found.name:
        _check_free(desk, kind, new_name)
    _apply(found, change)
    found.name = new_name or found.name
    found.updated = int(desk.now)
    desk.world.plans.restart_template(found)
    return row(found)


def _delete(desk: Desk, kind: Kind, args: Args) -> Any:
    found = find(desk, kind, args["TemplateId"])
    if desk.world.plans.uses(found):
        raise Refused(43409)
    del desk.world.plans.templates[found.id]
    return {}


def _apply(found: Template, change: Args) -> None:
    """Check all that is new before any of it counts."""
    sections = found.sections
    if change["TimeSections"] is not None:
        sections = _sections(change["TimeSections"])
    if found.kind == "live":
        found.sections = sections
        return
    device_sections = _sections(change["DevTimeSections"])
    if change["Scale"] not in _SPEEDS:
        raise Refused(43412)
    _check_windows(sections, device_sections, change["Scale"])
    found.sections = sections
    found.device_sections = device_sections
    found.scale = change["Scale"]


def _check_free(desk: Desk, kind: Kind, wanted: str) -> None:
    if any(t.name == wanted for t in desk.world.plans.templates.values()):
        raise Refused(43410, wanted)


def _sections(given: list[Args]) -> tuple[Section, ...]:
    """Checked stretches of a week."""
    if not given:
        raise Refused(40001, "no time section")
    made = []
    for item in given:
        if not 1 <= item["DayOfWeek"] <= 7:
            raise Refused(43402)
        begin, end = _seconds(item["StartTime"]), _seconds(item["EndTime"])
        if begin > end:
            raise Refused(43404)
        # 23:59:59 is how the end of a day is written.
        end = DAY if end == DAY - 1 else end
        if end - begin < SHORTEST:
            raise Refused(43405)
        made.append(Section(weekday=item["DayOfWeek"], begin=begin, end=end))
    return tuple(sorted(made, key=lambda s: (s.weekday, s.begin)))


def _check_windows(
    sections: tuple[Section, ...], device_sections: tuple[Section, ...], scale: int
) -> None:
    """Each day's recordings must fit, at the speed, in the upload windows of the day after."""
    for weekday in range(1, 8):
        recorded = sum(s.end - s.begin for s in device_sections if s.weekday == weekday)
        after = weekday % 7 + 1
        window = sum(s.end - s.begin for s in sections if s.weekday == after)
        if window * scale < recorded:
            raise Refused(43408)


def _seconds(text: str) -> int:
    matched = _CLOCK.fullmatch(text)
    if matched is None:
        raise Refused(43403, text)
    return int(matched[1]) * 3600 + int(matched[2]) * 60 + int(matched[3])


def _section(found: Section) -> dict[str, Any]:
    end = DAY - 1 if found.end == DAY else found.end
    return {
        "DayOfWeek": found.weekday,
        "StartTime": _text(found.begin),
        "EndTime": _text(end),
    }


def _text(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _section_list(key: str, *, required: bool = True) -> Rule:
    item = Rule(
        key,
        "object",
        fields=(Rule("DayOfWeek", "int"), Rule("StartTime"), Rule("EndTime")),
    )
    return Rule(key, "array", required=required, each=item)


_ID = Rule("TemplateId")
_LIVE = (_section_list("TimeSections"),)
_BACKUP = (
    _section_list("TimeSections"),
    _section_list("DevTimeSections"),
    Rule("Scale", "int"),
)
_NEW_NAME = name("TemplateName", required=False)
_LIVE_MOD = Rule("Mod", "object", fields=(_NEW_NAME, _section_list("TimeSections", required=False)))
_BACKUP_MOD = Rule("Mod", "object", fields=(_NEW_NAME, *_BACKUP))

CALLS = (
    Call(54, "POST", "/ivc/record/template/add", add_template, body=(name("TemplateName"), *_LIVE)),
    Call(55, "POST", "/ivc/record/template/delete", delete_template, body=(_ID,)),
    Call(56, "POST", "/ivc/record/template/modify", modify_template, body=(_ID, _LIVE_MOD)),
    Call(57, "GET", "/ivc/record/template/query", query_template, query=(_ID,)),
    Call(58, "GET", "/ivc/record/templatelist/query", list_templates),
    Call(
        59,
        "POST",
        "/ivc/recordbackup/template/add",
        add_backup_template,
        body=(name("TemplateName"), *_BACKUP),
    ),
    Call(60, "POST", "/ivc/recordbackup/template/delete", delete_backup_template, body=(_ID,)),
    Call(
        61,
        "POST",
        "/ivc/recordbackup/template/modify",
        modify_backup_template,
        body=(_ID, _BACKUP_MOD),
    ),
    Call(62, "GET", "/ivc/recordbackup/template/query", query_backup_template, query=(_ID,)),
    Call(63, "GET", "/ivc/recordbackup/templatelist/query", list_backup_templates),
)
