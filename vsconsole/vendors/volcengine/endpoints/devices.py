"""Spaces, their optional group tree, devices with their channels, and streams."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Endpoint, Paging, Param
from vsconsole.net.rules import AnyOf, Exclusive
from vsconsole.vendors.volcengine.endpoints.shared import (
    OLD,
    TIMES,
    get,
    ident,
    needed,
    page,
    post,
    query,
    read,
    removes,
    stream_choice,
    strings,
    times,
)

_ORDER = query(name="Order", choices=("1", "-1"), doc=N_("1 ascending, -1 descending"))
_MODES = ("brief", "detail")
_FRESH = N_("1 renews addresses that have expired.")
_BY_NUMBER = Exclusive(("StreamingIndex", "Resolution"))
_STREAM = (ident("StreamID"), *stream_choice())


def _paging(items: str, largest: int = 100) -> Paging:
    # Assumed: a hundred rows a page; the pages name no limit.
    return Paging(number="PageNumber", size="PageSize", largest=largest, items=items)


SPACES = (
    get(
        "ListSpaces",
        OLD,
        "docs/6521/79397",
        *page(),
        _ORDER,
        query(name="ProjectName"),
        query(
            name="TagFilters",
            type="list",
            item=Param(
                name="TagFilters",
                type="object",
                fields=(needed(name="Key"), strings("Values")),
            ),
        ),
        paging=_paging("Spaces"),
    ),
    get("GetSpace", OLD, "docs/6521/79394", ident("SpaceID", "query")),
)

GROUPS = (
    get(
        "ListGroupTreeNodes",
        OLD,
        "docs/6521/152809",
        ident("SpaceID", "query"),
        query(name="Order"),
    ),
    get("GetGroupTreeNode", OLD, "docs/6521/152810", ident("ID", "query")),
    get(
        "GetDevicesByGroupTreeNode",
        OLD,
        "volc-sdk-golang: GetDevicesByGroupTreeNode",
        ident("NodeID", "query"),
        query(name="SearchName"),
    ),
    post(
        "AddGroupTreeNode",
        OLD,
        "volc-sdk-golang: AddGroupTreeNode",
        ident("SpaceID"),
        needed(name="Name"),
        Param(name="Description"),
        ident("ParentID", required=False),
    ),
    read(
        "UpdateGroupTreeNode",
        OLD,
        "volc-sdk-golang: UpdateGroupTreeNode",
        ident("ID"),
        needed(name="Name"),
        Param(name="Description"),
    ),
    post(
        "BindDeviceToGroupTreeNode",
        OLD,
        "volc-sdk-golang: BindDeviceToGroupTreeNode",
        ident("ID"),
        Param(name="Name"),
        Param(name="Description"),
        ident("DeviceID"),
    ),
    removes(
        post(
            "DeleteGroupTreeNodes",
            OLD,
            "volc-sdk-golang: DeleteGroupTreeNodes",
            strings("IDs", required=True),
        )
    ),
)


def _device_switch(name: str) -> Endpoint:
    return read(name, OLD, f"volc-sdk-golang: {name}", ident("DeviceID", "query"))


DEVICES = (
    get(
        "ListDevices",
        OLD,
        "docs/6521/79414",
        ident("SpaceID", "query"),
        *page(required=True),
        query(name="Status", doc=N_("States with commas: online,offline")),
        query(name="Order"),
        query(name="DeviceID"),
        query(name="DeviceNSID"),
        query(name="DeviceName"),
        paging=_paging("Devices"),
    ),
    get("GetDevice", OLD, "docs/6521/79416", ident("SpaceID", "query"), ident("DeviceID", "query")),
    get(
        "GetDeviceChannelsV2",
        OLD,
        "docs/6521/986469",
        ident("DeviceID", "query"),
        ident("SpaceID", "query", required=False),
        query(name="ChannelID"),
        query(name="ChannelStatus", choices=("ON", "OFF")),
        query(name="Order"),
        query(
            name="QueryMode",
            choices=_MODES,
            default="detail",
            doc=N_("brief is quick and cached, detail asks the device"),
        ),
    ),
    get(
        "GetDeviceChannels",
        OLD,
        "volc-sdk-golang: GetDeviceChannels",
        ident("DeviceID", "query"),
    ),
    get(
        "FreshDevice",
        OLD,
        "volcenginesdk-aiotvideo: FreshDevice",
        ident("DeviceID", "query"),
        ident("SpaceID", "query"),
    ),
    read(
        "UpdateDevice",
        OLD,
        "volcenginesdk-aiotvideo: UpdateDevice",
        ident("DeviceID"),
        Param(name="DeviceName"),
        Param(name="Description"),
    ),
    _device_switch("StartDevice"),
    _device_switch("StopDevice"),
)

STREAMS = (
    get(
        "ListStreams",
        OLD,
        "docs/6521/79424",
        ident("SpaceID", "query"),
        query(name="StreamName"),
        *page(),
        paging=_paging("Streams"),
    ),
    get(
        "GetStream",
        OLD,
        "docs/6521/79425",
        query(name="StreamID"),
        query(name="StreamName"),
        needed(
            name="StreamingIndex",
            type="int",
            place="query",
            minimum=0,
            doc=N_("0 main stream, 1 and more sub streams"),
        ),
        query(name="FreshExpiredPull", choices=("0", "1"), doc=_FRESH),
        query(name="FreshExpiredPush", choices=("0", "1"), doc=_FRESH),
        rules=(AnyOf(("StreamID", "StreamName")),),
    ),
    read(
        "StartStream",
        OLD,
        "docs/6521/1104891",
        *_STREAM,
        ident("SpaceID", required=False),
        Param(name="IgnoreAudio", choices=("0", "1")),
        Param(name="EnableAudioTranscode", choices=("0", "1"), doc=N_("1 turns G.711 into AAC.")),
        Param(name="FreshExpiredPull", choices=("0", "1"), default="1", doc=_FRESH),
        rules=(_BY_NUMBER,),
    ),
    read("StopStream", OLD, "volcenginesdk-aiotvideo: StopStream", *_STREAM, rules=(_BY_NUMBER,)),
    read(
        "GetStreamData",
        OLD,
        "volcenginesdk-aiotvideo: GetStreamData",
        *_STREAM,
        *times(),
        rules=(TIMES, _BY_NUMBER),
    ),
)
