"""Organizations (calls 10 to 13)."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import Call, Desk, group, group_number
from vsconsole.sandbox.faces.tencent_rules import Args, Rule, name
from vsconsole.sandbox.world import ROOT_GROUP, Group

DEEPEST = 10
"""The document has a code for a tree too deep and no depth; ten levels it is."""


def add_organization(desk: Desk, args: Args) -> Any:
    """#10: a new organization."""
    parent = group_number(desk, args["ParentId"])
    _check_free(desk, args["Name"])
    if parent != ROOT_GROUP and desk.world.level(parent) >= DEEPEST:
        raise Refused(41603)
    return _row(desk, desk.world.add_group(args["Name"], parent))


def delete_organization(desk: Desk, args: Args) -> Any:
    """#11: an organization goes when nothing is left in it."""
    found = group(desk, args["Id"])
    if desk.world.children(found.id):
        raise Refused(41607)
    if any(desk.world.devices_in({found.id})):
        raise Refused(41608)
    del desk.world.groups[found.id]


def update_organization(desk: Desk, args: Args) -> Any:
    """#12: another name."""
    found = group(desk, args["Id"])
    if args["Name"] != found.name:
        _check_free(desk, args["Name"])
    found.name = args["Name"]
    return _row(desk, found)


def query_organization(desk: Desk, args: Args) -> Any:
    """#13: all organizations, flat, with the devices in and below each."""
    world = desk.world
    own: dict[int, list[int]] = {}
    for device in world.devices.values():
        count = own.setdefault(device.group_id, [0, 0])
        count[0] += 1
        count[1] += device.status == "online"
    totals = {i: [0, 0] for i in world.groups}
    for group_id, (total, online) in own.items():
        at = group_id
        while at != ROOT_GROUP:
            totals[at][0] += total
            totals[at][1] += online
            at = world.groups[at].parent
    return [
        {
            **_row(desk, found),
            # The document's example has text in one row and a number in the next.
            "Id": found.id if found.id % 2 == 0 else str(found.id),
            "Total": totals[found.id][0],
            "Online": totals[found.id][1],
        }
        for found in world.groups.values()
    ]


def _check_free(desk: Desk, wanted: str) -> None:
    if any(g.name == wanted for g in desk.world.groups.values()):
        raise Refused(41613, wanted)


def _row(desk: Desk, found: Group) -> dict[str, Any]:
    return {
        "Id": str(found.id),
        "Name": found.name,
        "ParentId": str(found.parent),
        "Level": desk.world.level(found.id),
    }


CALLS = (
    Call(
        10,
        "POST",
        "/ivc/cms/organization/add",
        add_organization,
        body=(name("Name", 16), Rule("ParentId")),
    ),
    Call(11, "DELETE", "/ivc/cms/organization/delete", delete_organization, query=(Rule("Id"),)),
    Call(
        12,
        "PUT",
        "/ivc/cms/organization/update",
        update_organization,
        body=(Rule("Id"), name("Name", 16)),
    ),
    Call(13, "GET", "/ivc/cms/organization/query", query_organization),
)
