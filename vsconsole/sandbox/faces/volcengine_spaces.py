"""Spaces and the tree of groups (2021-01-01)."""

from __future__ import annotations

import re
from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NO_RESULT,
    OLD,
    Call,
    Desk,
    backwards,
    device,
    paged,
    rfc3339,
    space,
)
from vsconsole.sandbox.faces.volcengine_rules import Args, Rule, page
from vsconsole.sandbox.faces.volcengine_state import Space
from vsconsole.sandbox.faces.volcengine_streams import sign_again
from vsconsole.sandbox.world import ROOT_GROUP, Device, Group

PROJECT = "default"
_KEY = re.compile(r"[0-9A-Za-z]{1,100}")


def list_spaces(desk: Desk, args: Args) -> Any:
    """Every space of the account; all are in one project and none has a tag."""
    wanted = args["ProjectName"] in (None, PROJECT) and not args["TagFilters"]
    rows = [_space(desk, s) for s in desk.memory.spaces.values()] if wanted else []
    if backwards(args["Order"]):
        rows.reverse()
    return paged("Spaces", rows, args)


def get_space(desk: Desk, args: Args) -> Any:
    """One space."""
    space(desk, args["SpaceID"])
    return _space(desk, desk.memory.spaces[args["SpaceID"]])


def update_auth(desk: Desk, args: Args) -> Any:
    """Change the keys of stream addresses and how many minutes new ones live.

    Old addresses stay good as long as their key is one of the two.
    """
    space(desk, args["SpaceID"])
    found = desk.memory.spaces[args["SpaceID"]]
    for key in ("MainKey", "SpareKey"):
        if args[key] is not None and not _KEY.fullmatch(args[key]):
            raise invalid(key, "1 to 100 letters and digits")
    found.main_key = args["MainKey"] or found.main_key
    found.spare_key = args["SpareKey"] or found.spare_key
    found.valid_minutes = args["ValidDuration"]
    sign_again(desk, found.id)
    return NO_RESULT


def list_nodes(desk: Desk, args: Args) -> Any:
    """The whole tree of a space at once; devices are leaves."""
    space(desk, args["SpaceID"])
    ids = [args["SpaceID"]] if args["SpaceID"] else list(desk.memory.spaces)
    nodes = [
        _node(desk, group, space_id)
        for space_id in ids
        if _holds_groups(desk, space_id)
        for group in desk.world.children(ROOT_GROUP)
    ]
    if backwards(args["Order"]):
        nodes.reverse()
    return {
        "Nodes": nodes,
        "PageNumber": 1,
        "PageSize": len(nodes),
        "TotalCount": len(nodes),
    }


def get_node(desk: Desk, args: Args) -> Any:
    """One node with what lies below it."""
    leaf = _leaf(desk, args["ID"])
    if leaf is not None:
        return _device_node(desk, leaf)
    return _node(desk, _group(desk, args["ID"]), _tree_space(desk))


def node_devices(desk: Desk, args: Args) -> Any:
    """The devices at a node, by part of a name where asked."""
    leaf = _leaf(desk, args["NodeID"])
    if leaf is not None:
        found = [leaf]
    else:
        found = list(desk.world.devices_in({_group(desk, args["NodeID"]).id}))
    wanted = (args["SearchName"] or "").casefold()
    rows = [_group_device(d) for d in found if wanted in d.name.casefold()]
    return paged("Data", rows, args)


def add_node(desk: Desk, args: Args) -> Any:
    """A new group; the answer is its id."""
    space(desk, args["SpaceID"])
    if args["SpaceID"] is not None and not _holds_groups(desk, args["SpaceID"]):
        raise invalid("SpaceID", "the space has no groups")
    parent = ROOT_GROUP if args["ParentID"] is None else _group(desk, args["ParentID"]).id
    return node_id(desk, desk.world.add_group(args["Name"], parent))


def update_node(desk: Desk, args: Args) -> Any:
    """Rename a group, or a device's leaf, which is the device."""
    leaf = _leaf(desk, args["ID"])
    target = leaf if leaf is not None else _group(desk, args["ID"])
    target.name = args["Name"]
    if leaf is not None and args["Description"] is not None:
        leaf.description = args["Description"]
    return NO_RESULT


def bind_device(desk: Desk, args: Args) -> Any:
    """Hang a device under a group."""
    owner = device(desk, args["DeviceID"])
    owner.group_id = _group(desk, args["ID"]).id
    return NO_RESULT


def delete_nodes(desk: Desk, args: Args) -> Any:
    """Delete empty groups, all or none; the leaf of a device is taken out of the tree."""
    if not args["IDs"]:
        raise invalid("IDs", "empty")
    leaves = [leaf for leaf in (_leaf(desk, text) for text in args["IDs"]) if leaf is not None]
    names = {leaf_id(desk, leaf) for leaf in leaves}
    groups = [_group(desk, text) for text in args["IDs"] if text not in names]
    going = {group.id for group in groups}
    for group in groups:
        below = desk.world.below(group.id) - going
        if below or any(d not in leaves for d in desk.world.devices_in({group.id})):
            # Assumed: the name of the code; nothing is published about full groups.
            raise Refused("OperationDeny.GroupNodeNotEmpty", group.name)
    for leaf in leaves:
        leaf.group_id = ROOT_GROUP
    for group in groups:
        del desk.world.groups[group.id]
    return NO_RESULT


def node_id(desk: Desk, group: Group) -> str:
    """The id of a group's node."""
    return desk.world.make_id("volcengine-node", group.id)


def leaf_id(desk: Desk, owner: Device) -> str:
    """The id of a device's node."""
    return desk.world.make_id("volcengine-leaf", owner.id)


def _group(desk: Desk, text: str) -> Group:
    found = next((g for g in desk.world.groups.values() if node_id(desk, g) == text), None)
    if found is None:
        raise not_found("GroupTreeNode", text)
    return found


def _leaf(desk: Desk, text: str) -> Device | None:
    return next(
        (d for d in desk.world.devices.values() if leaf_id(desk, d) == text and d.group_id), None
    )


def _holds_groups(desk: Desk, space_id: str) -> bool:
    return desk.memory.spaces[space_id].access == "gb28181"


def _tree_space(desk: Desk) -> str:
    return next(s for s in desk.memory.spaces if _holds_groups(desk, s))


def _node(desk: Desk, group: Group, space_id: str) -> dict[str, Any]:
    inner = [_node(desk, child, space_id) for child in desk.world.children(group.id)]
    # Assumed: a bound device is a leaf of its own, as a node has room for one device.
    leaves = [_device_node(desk, owner) for owner in desk.world.devices_in({group.id})]
    above = desk.world.groups.get(group.parent)
    return {
        "ID": node_id(desk, group),
        "Name": group.name,
        "NSID": "",
        "Description": "",
        "Shared": False,
        "SpaceID": space_id,
        "SpaceName": desk.memory.spaces[space_id].name,
        "Region": desk.region,
        "ParentID": "" if above is None else node_id(desk, above),
        "Nodes": [*inner, *leaves],
        "Device": None,
    }


def _device_node(desk: Desk, owner: Device) -> dict[str, Any]:
    space_id = desk.memory.space_of(owner)
    return {
        "ID": leaf_id(desk, owner),
        "Name": owner.name,
        "NSID": owner.code,
        "Description": owner.description,
        "Shared": False,
        "SpaceID": space_id,
        "SpaceName": desk.memory.spaces[space_id].name,
        "Region": desk.region,
        "ParentID": node_id(desk, desk.world.groups[owner.group_id]),
        "Nodes": [],
        "Device": _group_device(owner),
    }


def _group_device(owner: Device) -> dict[str, Any]:
    online = owner.status == "online"
    return {
        "ID": owner.id,
        "Type": owner.kind.upper(),
        "DeviceName": owner.name,
        "Description": owner.description,
        "Status": owner.status,
        "DeviceNSID": owner.code,
        "Protocol": "gb28181",
        "Vendor": owner.manufacturer,
        "Available": online,
        "Channels": [
            {
                "ID": c.id,
                "SipID": c.code,
                "StreamName": c.name,
                "DeviceID": owner.id,
                "Status": "online" if online and c.online else "offline",
                "Description": "",
                "Available": online and c.online,
            }
            for c in owner.cameras
        ],
    }


def _space(desk: Desk, found: Space) -> dict[str, Any]:
    record = next((t for t in desk.memory.templates.values() if t.kind == "record"), None)
    gb = found.access == "gb28181"
    bound = record if gb else None
    return {
        "SpaceID": found.id,
        "SpaceName": found.name,
        "Description": found.description,
        "AccessType": found.access,
        "Status": "enabled",
        "Region": desk.region,
        "CallbackURL": "",
        "Domains": {
            "pull": {
                "Domain": desk.base.partition("//")[2],
                "Type": "pull",
                "Status": "enabled",
                "Default": True,
                "TimeFlag": True,
                "MainKey": found.main_key,
                "SpareKey": found.spare_key,
                "ValidDuration": found.valid_minutes,
            }
        },
        "SipServer": {
            "SipId": "34020000002000000001",
            "SipDomain": "3402000000",
            "SipIp": "127.0.0.1",
            "SipPort": {"udp": 5060, "tcp": 5060},
        }
        if gb
        else None,
        "GB": {"PullOnDemand": False},
        "HLSLowLatency": False,
        "Template": {
            "AI": {"TemplateID": "", "TemplateName": "", "BindTime": ""},
            "Record": {
                "TemplateID": bound.id if bound else "",
                "TemplateName": bound.name if bound else "",
                "BindTime": rfc3339(bound.created) if bound else "",
            },
            "Screenshot": {"TemplateID": "", "TemplateName": "", "BindTime": ""},
        },
        "ProjectName": PROJECT,
        "Tags": [],
        "CreatedAt": rfc3339(found.created),
        "UpdatedAt": rfc3339(found.created),
    }


_ORDER = Rule("Order", "flag")
_TAG = Rule("TagFilters", "object", fields=(Rule("Key", required=True), Rule("Values", "array")))

CALLS = (
    Call(
        "ListSpaces",
        OLD,
        ("GET",),
        list_spaces,
        (*page(), _ORDER, Rule("ProjectName"), Rule("TagFilters", "array", each=_TAG)),
    ),
    Call("GetSpace", OLD, ("GET",), get_space, (Rule("SpaceID", required=True),)),
    Call(
        "UpdateAuthInSpace",
        OLD,
        ("POST",),
        update_auth,
        (
            Rule("SpaceID", required=True),
            Rule("Domain"),
            Rule("MainKey"),
            Rule("SpareKey"),
            Rule("ValidDuration", "int", required=True, low=1, high=43_200),
        ),
    ),
    Call("ListGroupTreeNodes", OLD, ("GET",), list_nodes, (Rule("SpaceID"), _ORDER)),
    Call("GetGroupTreeNode", OLD, ("GET",), get_node, (Rule("ID", required=True),)),
    Call(
        "GetDevicesByGroupTreeNode",
        OLD,
        ("GET",),
        node_devices,
        (Rule("NodeID", required=True), Rule("SearchName"), *page()),
    ),
    Call(
        "AddGroupTreeNode",
        OLD,
        ("POST",),
        add_node,
        (Rule("Name", required=True), Rule("Description"), Rule("SpaceID"), Rule("ParentID")),
    ),
    Call(
        "UpdateGroupTreeNode",
        OLD,
        ("POST",),
        update_node,
        (
            Rule("ID", required=True),
            Rule("Name", required=True),
            Rule("Description"),
            Rule("DeviceID"),
        ),
    ),
    Call(
        "BindDeviceToGroupTreeNode",
        OLD,
        ("POST",),
        bind_device,
        (
            Rule("ID", required=True),
            Rule("Name"),
            Rule("Description"),
            Rule("DeviceID", required=True),
        ),
    ),
    Call(
        "DeleteGroupTreeNodes",
        OLD,
        ("POST",),
        delete_nodes,
        (Rule("IDs", "array", required=True, each=Rule("ID")),),
    ),
)
