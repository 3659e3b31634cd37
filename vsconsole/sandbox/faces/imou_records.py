"""Recordings on the card and in the cloud: lists, calendars, deletion, and the address to play."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime
from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_desk import (
    Call,
    Desk,
    Memory,
    address,
    camera,
    channel_of,
    check_span,
    encrypt_mode,
    picture_url,
    product_of,
    require_channel,
    require_readable,
    stamp,
)
from vsconsole.sandbox.faces.imou_rules import (
    CHANNEL,
    MONTH,
    SPAN,
    STREAM,
    TOKEN,
    Args,
    Rule,
)
from vsconsole.sandbox.world import Camera, Range, World, recordings
from vsconsole.sandbox.world.recordings import DAY, ZONE

PIECE_SECONDS = {"cloudRecord": 600, "localRecord": 1800}
"""Assumed: recordings are kept in pieces that end on the full ten minutes or half hour."""

LOCAL_PAGE = 30
CLOUD_PAGE = 100
"""The smaller of the published limits for a card, and what a queryRange spans for the cloud."""

HLS_SECONDS = 600.0
"""Assumed: how long the address of a playlist counts; the page only says that it is short."""

EPOCH = 1_577_836_800
"""Ids of recordings count from 2020."""

_BYTES = 48_000
_REGION = re.compile(r"cn\|([0-9]{1,9})\|2\|([0-9]{1,18})")


# What there is


def pieces(
    world: World, memory: Memory, found: Camera, store: str, begin: int, end: int
) -> list[Range]:
    """The whole pieces that touch [begin, end), oldest first; equal for every window."""
    size = PIECE_SECONDS[store]
    first, last = begin - begin % size, end + -end % size
    look = world.cloud_ranges if store == "cloudRecord" else world.device_ranges
    found_pieces = []
    for item in look(found, first, last):
        at = item.begin
        while at < item.end:
            stop = min(item.end, at - at % size + size)
            if stop > begin and at < end and not _deleted(memory, found, store, at):
                found_pieces.append(Range(at, stop, item.kind))
            at = stop
    return found_pieces


def recorded(
    world: World, memory: Memory, found: Camera, store: str, begin: int, end: int
) -> list[Range]:
    """The recorded stretches within [begin, end)."""
    held = pieces(world, memory, found, store, begin, end)
    return recordings.merged(recordings.intersect(held, begin, end))


def _deleted(memory: Memory, found: Camera, store: str, begin: int) -> bool:
    return store == "cloudRecord" and (found.id, begin) in memory.deleted_records


# On the card


def local_records(desk: Desk, args: Args) -> dict[str, Any]:
    """Pieces on the card, oldest first, by rows or the first `count`; OP1019 without any."""
    found, held = _local(desk, args)
    if args["queryRange"] is not None:
        first, last = args["queryRange"]
    elif args["count"] is not None:
        first, last = 1, args["count"]
    else:
        raise Refused("OP1002", "count")
    rows = [_local_row(desk, found, piece) for piece in held[first - 1 : last]]
    if not rows:
        raise Refused("OP1019")
    return {"records": rows, "sessionId": "MediaFileSession0"}


def local_count(desk: Desk, args: Args) -> dict[str, Any]:
    """How many pieces are on the card."""
    return {"recordNum": len(_local(desk, args)[1])}


def local_bitmap(desk: Desk, args: Args) -> dict[str, Any]:
    """The days of a month with recordings on the card."""
    found = camera(desk, args)
    require_channel(desk, found)
    return {"bitmap": _bitmap(desk, found, "localRecord", args)}


def _local(desk: Desk, args: Args) -> tuple[Camera, list[Range]]:
    found = camera(desk, args)
    begin, end = check_span(args)
    require_channel(desk, found)
    held = pieces(desk.world, desk.memory, found, "localRecord", begin, end)
    return found, [p for p in held if _is_type(p, args["type"])]


def _is_type(piece: Range, kind: str) -> bool:
    wanted = kind.lower()
    return wanted == "all" or piece.kind == _KINDS.get(wanted, wanted)


def _local_row(desk: Desk, found: Camera, piece: Range) -> dict[str, Any]:
    day = stamp(piece.begin)[:10]
    hours = "-".join(stamp(when)[11:].replace(":", ".") for when in (piece.begin, piece.end))
    event = piece.kind == "event"
    name = f"/mnt/dvr/mmc1p2_0/{day}/001/dav/{hours[:2]}/{hours}[{'M' if event else 'R'}][0@0].dav"
    return {
        "recordId": name,
        "fileLength": (piece.end - piece.begin) * _BYTES,
        "size": str((piece.end - piece.begin) * _BYTES),
        "channelID": str(channel_of(desk.world, found)),
        "encryptMode": encrypt_mode(desk, found.device_id),
        "beginTime": stamp(piece.begin),
        "endTime": stamp(piece.end),
        # Manual, Event or All; assumed: what runs all the time has the type that asks for all.
        "type": "Event" if event else "All",
        "streamType": "main",
    }


# In the cloud


def cloud_records(desk: Desk, args: Args) -> dict[str, Any]:
    """The asked rows of the pieces in the cloud, oldest first."""
    found = camera(desk, args)
    begin, end = check_span(args)
    first, last = args["queryRange"]
    held = pieces(desk.world, desk.memory, found, "cloudRecord", begin, end)[first - 1 : last]
    return {"records": [_cloud_row(desk, found, args, piece) for piece in held]}


def cloud_records_backwards(desk: Desk, args: Args) -> dict[str, Any]:
    """The pieces in the cloud that are older than the cursor, newest first."""
    found = camera(desk, args)
    begin, end = check_span(args)
    below = _cursor(args)
    held = pieces(desk.world, desk.memory, found, "cloudRecord", begin, end)
    older = [p for p in reversed(held) if below is None or record_id(found, p.begin) < below]
    rows = []
    for piece in older[: args["count"]]:
        row = _cloud_row(desk, found, args, piece)
        # A number here, text in the other call.
        row["recordId"] = int(row["recordId"])
        # As the vendor's client headers list them: 1000 by event, 2000 all the time.
        row["type"] = "1000" if piece.kind == "event" else "2000"
        row["pairKey"] = ""
        row["playtoken"] = desk.world.make_id("imou-record", row["recordId"]).replace("-", "")
        rows.append(row)
    return {"records": rows}


def cloud_count(desk: Desk, args: Args) -> dict[str, Any]:
    """How many pieces are in the cloud."""
    begin, end = check_span(args)
    held = pieces(desk.world, desk.memory, camera(desk, args), "cloudRecord", begin, end)
    return {"recordNum": len(held)}


def cloud_bitmap(desk: Desk, args: Args) -> dict[str, Any]:
    """The days of a month with recordings in the cloud."""
    return {"bitmap": _bitmap(desk, camera(desk, args), "cloudRecord", args)}


def delete_cloud(desk: Desk, args: Args) -> None:
    """Delete one piece by its recordRegionId; RC1001 when there is none."""
    matched = _REGION.fullmatch(args["recordRegionId"])
    number, key = (int(matched[1]), int(matched[2])) if matched else (0, 0)
    found = next((c for c in desk.world.cameras.values() if c.number == number), None)
    begin = key // 1000 + EPOCH
    if found is None or not any(
        piece.begin == begin and record_id(found, piece.begin) == key
        for piece in pieces(desk.world, desk.memory, found, "cloudRecord", begin, begin + 1)
    ):
        raise Refused("RC1001")
    desk.memory.deleted_records.add((found.id, begin))


def record_id(found: Camera, begin: int) -> int:
    """The id of what a camera recorded from a second on; it grows with time."""
    return (begin - EPOCH) * 1000 + found.number % 1000


def region_id(found: Camera, key: int) -> str:
    """Where the platform keeps a recording."""
    return f"cn|{found.number}|2|{key}"


def _cursor(args: Args) -> int | None:
    """The id after which to go on; None for the first page."""
    region = args["nextRecordRegionId"]
    if region is not None:
        matched = _REGION.fullmatch(region)
        if matched is None:
            raise Refused("OP1003", "nextRecordRegionId")
        return int(matched[2])
    cursor: int | None = args["nextRecordId"]
    return None if cursor in (None, -1) else cursor


def _cloud_row(desk: Desk, found: Camera, args: Args, piece: Range) -> dict[str, Any]:
    key = record_id(found, piece.begin)
    row = {
        "recordId": str(key),
        "deviceId": args["deviceId"],
        "channelId": args["channelId"],
        "beginTime": stamp(piece.begin),
        "endTime": stamp(piece.end),
        "size": str((piece.end - piece.begin) * _BYTES),
        "thumbUrl": picture_url(desk, found, piece.begin),
        "encryptMode": encrypt_mode(desk, found.device_id),
        "recordRegionId": region_id(found, key),
    }
    product = product_of(desk, desk.world.device_of(found))
    return row if product is None else {**row, "productId": product}


# Both


def record_hls(desk: Desk, args: Args) -> dict[str, Any]:
    """A playlist of what one day holds between two times; both must be of that day."""
    found = camera(desk, args)
    begin, end = check_span(args)
    if recordings.day_of(begin) != recordings.day_of(end):
        raise Refused("OP1003", "endTime")
    store = args["recordType"]
    if store == "localRecord":
        require_channel(desk, found)
    require_readable(desk, found)
    end = inclusive(end)
    if not recorded(desk.world, desk.memory, found, store, begin, end):
        raise Refused("OP1019" if store == "localRecord" else "RC1001")
    fields = {"begin": begin, "end": end, "recordType": store, "streamId": args["streamId"]}
    return {"url": address(desk, f"/record/{found.id}/index.m3u8", fields, HLS_SECONDS)}


def inclusive(end: int) -> int:
    """The end of an asked span: 23:59:59 is how the end of a day is written."""
    return end + 1 if (end + 1 + ZONE) % DAY == 0 else end


def _bitmap(desk: Desk, found: Camera, store: str, args: Args) -> str:
    """A 0 or 1 for each day of a month."""
    year, month = args["year"], args["month"]
    first = int(datetime(year, month, 1, tzinfo=UTC).timestamp()) - ZONE
    days = monthrange(year, month)[1]
    held = pieces(desk.world, desk.memory, found, store, first, first + days * DAY)
    wanted = [p for p in held if _is_type(p, args.get("type", "All"))]
    marked = set()
    for piece in wanted:
        marked.add((piece.begin - first) // DAY)
        marked.add((piece.end - 1 - first) // DAY)
    return "".join("1" if day in marked else "0" for day in range(days))


_KINDS = {"videomotion": "event", "normal": "continuous"}
_TYPES = ("All", "Manual", "Event")
_TYPE = Rule("type", required=False, default="All", choices=_TYPES)
# The vendor's client headers name others for the calendar.
_DAY_TYPE = Rule("type", required=False, default="All", choices=(*_TYPES, "all", *_KINDS))
_STORE = Rule("recordType", choices=tuple(PIECE_SECONDS))

CALLS = (
    Call(
        "queryLocalRecords",
        local_records,
        (
            *CHANNEL,
            *SPAN,
            _TYPE,
            Rule("queryRange", "range", required=False),
            # Text in the vendor's client headers, a number in its samples.
            Rule("count", "number", required=False, low=1, high=LOCAL_PAGE),
            Rule("sessionId", required=False),
        ),
    ),
    Call("queryLocalRecordNum", local_count, (*CHANNEL, *SPAN, _TYPE)),
    Call("queryLocalRecordBitmap", local_bitmap, (*CHANNEL, *MONTH, _DAY_TYPE)),
    Call("queryCloudRecords", cloud_records, (*CHANNEL, *SPAN, Rule("queryRange", "range"))),
    Call(
        "getCloudRecords",
        cloud_records_backwards,
        (
            *CHANNEL,
            *SPAN,
            Rule("count", "int", low=1, high=CLOUD_PAGE),
            Rule("nextRecordId", "number", required=False),
            Rule("nextRecordRegionId", required=False),
            Rule("filterByChannel", "bool", required=False),
        ),
    ),
    Call("queryCloudRecordNum", cloud_count, (*CHANNEL, *SPAN)),
    Call(
        "queryCloudRecordBitmap",
        cloud_bitmap,
        (*CHANNEL, *MONTH, Rule("filterByChannel", "bool", required=False)),
    ),
    Call(
        "deleteCloudRecords",
        delete_cloud,
        (TOKEN, Rule("recordRegionId"), Rule("productId", required=False)),
    ),
    Call("createDeviceRecordHls", record_hls, (*CHANNEL, *SPAN, _STORE, STREAM)),
)
