"""Alarms, snapshots, and where the platform would push messages to."""

from __future__ import annotations

from random import Random
from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_desk import (
    Call,
    Desk,
    Snapshot,
    address,
    camera,
    channel_of,
    check_span,
    picture_url,
    require_channel,
    require_readable,
    stamp,
)
from vsconsole.sandbox.faces.imou_records import EPOCH, record_id
from vsconsole.sandbox.faces.imou_rules import CHANNEL, SPAN, TOKEN, Args, Rule
from vsconsole.sandbox.faces.imou_sightings import CAR, PARCEL, PERSON, PET, seen_by
from vsconsole.sandbox.world import Camera, recordings

SNAPSHOT_SECONDS = 7200.0
READY_SECONDS = 1.5
"""A snapshot can be fetched after a moment: callers wait one and a half to three seconds."""

SNAPSHOT_EVERY = 1.0
KEPT_SNAPSHOTS = 500
MOTIONS_A_DAY = 24
_MOTION = ("videoMotion", "", "1")
# Published answers have 120 for a person. Assumed: the other numbers and labels, as no stored
# page lists them.
_KINDS = {
    PERSON: ("human", "humanAlarm", "120"),
    CAR: ("car", "carAlarm", "121"),
    PET: ("pet", "petAlarm", "122"),
    PARCEL: ("parcel", "parcelAlarm", "123"),
}


def alarms(desk: Desk, args: Args) -> dict[str, Any]:
    """Alarms of a channel older than the cursor, newest first."""
    found = camera(desk, args)
    begin, end = check_span(args)
    after = args["nextAlarmId"]
    below = None if after in (None, -1) else after
    rows = [
        (key, when, kind)
        for key, when, kind in _all_alarms(desk, found, begin, end)
        if (below is None or key < below) and key not in desk.memory.deleted_alarms
    ][: args["count"]]
    last = rows[-1][0] if rows else (-1 if after is None else after)
    return {
        "count": len(rows),
        "nextAlarmId": last,
        "alarms": [_row(desk, found, args, *row) for row in rows],
    }


def delete_alarm(desk: Desk, args: Args) -> None:
    """Forget one alarm."""
    found = camera(desk, args)
    key = args["alarmId"]
    when = key // 1000 + EPOCH
    known = {one for one, _, _ in _all_alarms(desk, found, when, when + 1)}
    if key not in known - desk.memory.deleted_alarms:
        raise Refused("OP1001", "alarmId")
    desk.memory.deleted_alarms.add(key)


def snapshot(desk: Desk, args: Args) -> dict[str, Any]:
    """Order a picture of now; one a second of a device, fetched after a moment."""
    found = camera(desk, args)
    owner = require_channel(desk, found)
    require_readable(desk, found)
    last = desk.memory.snapped.get(owner.id)
    if last is not None and desk.now - last < SNAPSHOT_EVERY:
        raise Refused("DV1010")
    desk.memory.snapped[owner.id] = desk.now
    mark = desk.world.fresh_id("imou-snapshot").replace("-", "")
    snapshots = desk.memory.snapshots
    snapshots[mark] = Snapshot(camera_id=found.id, when=desk.now, pose=found.pose)
    while len(snapshots) > KEPT_SNAPSHOTS:
        del snapshots[next(iter(snapshots))]
    return {"url": address(desk, f"/snapshot/{mark}.jpg", {}, SNAPSHOT_SECONDS)}


def set_callback(desk: Desk, args: Args) -> None:
    """Where messages go; nothing is sent from here, as the address would not be on loopback."""
    if args["status"] == "on" and args["callbackUrl"] is None:
        raise Refused("OP1002", "callbackUrl")
    desk.memory.callback = {key: str(args[key] or "") for key in _CALLBACK}


def get_callback(desk: Desk, args: Args) -> dict[str, Any]:
    """What was set."""
    return dict(desk.memory.callback)


def _all_alarms(desk: Desk, found: Camera, begin: int, end: int) -> list[tuple[int, int, str]]:
    """(id, epoch second, kind or empty for motion) of a span, newest first."""
    kinds: dict[int, str] = dict.fromkeys(_motions(desk, found, begin, end), "")
    for package in ("aiInsight", "aiCloudRecord"):
        kinds |= {s.when: s.tags[0] for s in seen_by(desk.world, found, package, begin, end)}
    return [(record_id(found, when), when, kinds[when]) for when in sorted(kinds, reverse=True)]


def _motions(desk: Desk, found: Camera, begin: int, end: int) -> list[int]:
    """When something moved: random moments of each day that are recorded."""
    moments = []
    for day in range(recordings.day_of(begin), recordings.day_of(end) + 1):
        random = Random(f"{desk.world.seed}/imou/motion/{found.number}/{day}")
        first = recordings.day_begin(day)
        ranges = desk.world.cloud_ranges(found, first, first + recordings.DAY)
        for _ in range(MOTIONS_A_DAY):
            when = first + random.randrange(recordings.DAY)
            if begin <= when < end and any(r.begin <= when < r.end for r in ranges):
                moments.append(when)
    return moments


def _row(desk: Desk, found: Camera, args: Args, key: int, when: int, kind: str) -> dict[str, Any]:
    message, label, number = _KINDS.get(kind, _MOTION)
    picture = picture_url(desk, found, when)
    return {
        # Text here and a number in nextAlarmId, as in published answers.
        "alarmId": str(key),
        "time": when,
        "localDate": stamp(when),
        "type": number,
        "msgType": message,
        "labelType": label,
        "deviceId": args["deviceId"],
        "channelId": str(channel_of(desk.world, found)),
        "name": found.name,
        "thumbUrl": picture,
        "picurlArray": [picture],
        "token": desk.world.make_id("imou-alarm", key).replace("-", ""),
    }


_CALLBACK = ("status", "callbackUrl", "callbackFlag", "basePush")

CALLS = (
    Call(
        "getAlarmMessage",
        alarms,
        (
            *CHANNEL,
            *SPAN,
            Rule("count", "number", low=1, high=100),
            Rule("nextAlarmId", "number", required=False),
        ),
    ),
    Call("deleteAlarmMessage", delete_alarm, (*CHANNEL, Rule("alarmId", "number"))),
    Call("setDeviceSnapEnhanced", snapshot, CHANNEL),
    Call("setDeviceSnap", snapshot, CHANNEL),
    Call(
        "setMessageCallback",
        set_callback,
        (
            TOKEN,
            Rule("status", choices=("on", "off")),
            Rule("callbackUrl", required=False),
            Rule("callbackFlag", required=False),
            Rule("basePush", required=False),
        ),
    ),
    Call("getMessageCallback", get_callback, (TOKEN,)),
)
