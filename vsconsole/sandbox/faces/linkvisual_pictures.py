"""Pictures: taken by command or at an event, listed, fetched by id, deleted."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import REQUEST, Refused
from vsconsole.sandbox.faces.linkvisual_desk import (
    Call,
    Desk,
    Snapshot,
    address,
    camera_of,
    iot_id,
    page_of,
    require_online,
    twins,
)
from vsconsole.sandbox.faces.linkvisual_rules import IOT_ID, Args, Rule, millis, page, texts
from vsconsole.sandbox.faces.linkvisual_tape import HUMAN, Happening
from vsconsole.sandbox.world import Camera

PICTURE_SECONDS = 3600
"""Assumed: how long the address of a picture is good."""

ARRIVAL_SECONDS = 1.0
"""After so long a picture taken by command is there."""

ALL, ORIGINAL, THUMBNAIL = 0, 1, 2
BY_EVENT, BY_COMMAND = 1, 2
EVENT_PICTURE = "ev"
MOTION = 1


def picture_trigger(desk: Desk, args: Args) -> Any:
    """Take a picture now; it comes a moment later."""
    camera = camera_of(desk, args["iotId"])
    require_online(desk, camera)
    return {"pictureId": take_picture(desk, camera).id}


def pictures_by_time(desk: Desk, args: Args) -> Any:
    """A page of pictures in a range of milliseconds. Assumed: oldest first."""
    camera = camera_of(desk, args["iotId"])
    begin, end = args["startTime"] / 1000, args["endTime"] / 1000
    if begin > end:
        raise Refused(REQUEST, "startTime is after endTime")
    rows: list[tuple[float, dict[str, Any]]] = []
    if args["source"] in (ALL, BY_EVENT):
        for event in desk.tape.happenings(camera, begin, end):
            row = _event_picture(desk, event, args["type"])
            row |= {"eventType": MOTION, "source": BY_EVENT}
            if event.human:
                row["intelligentTypeList"] = HUMAN
            rows.append((event.when, row))
    if args["source"] in (ALL, BY_COMMAND):
        for shot in desk.memory.snapshots.values():
            if shot.camera_id == camera.id and begin <= shot.when < end and shot.ready <= desk.now:
                row = _snapshot_picture(desk, shot, args["type"])
                rows.append((shot.when, row | {"eventType": 0, "source": BY_COMMAND}))
    gone = desk.memory.deleted_pictures
    kept = [row for _, row in sorted(rows, key=lambda r: r[0]) if row["pictureId"] not in gone]
    return {"pictureList": page_of(kept, args)}


def pictures_by_ids(desk: Desk, args: Args) -> Any:
    """Pictures of ids; what is not there, or not yet, is left out."""
    camera = camera_of(desk, args["iotId"])
    found = []
    for picture_id in args["pictureIdList"]:
        try:
            found.append(_picture(desk, camera, picture_id, args["type"]))
        except LookupError:
            continue
    return {"pictureList": found}


def delete_pictures(desk: Desk, args: Args) -> Any:
    """Delete pictures; those that are not there do not count."""
    camera = camera_of(desk, args["iotId"])
    found = set()
    for picture_id in args["pictureIdList"]:
        try:
            found.add(_picture(desk, camera, picture_id, ALL)["pictureId"])
        except LookupError:
            continue
    desk.memory.deleted_pictures |= found
    return {"deleteCount": len(found)}


def pictures_of_events(desk: Desk, args: Args) -> Any:
    """The pictures of events, under names of their own."""
    camera = camera_of(desk, args["iotId"])
    rows = []
    for event_id in args["eventIds"]:
        try:
            event = desk.tape.happening(event_id)
        except LookupError:
            continue
        if event.camera.id != camera.id or not has_picture(desk, event):
            continue
        rows.append(
            {
                "iotId": args["iotId"],
                "eventId": event.id,
                **twins("pictureTime", event.when),
                "alarmPicId": picture_id_of(event),
                "picUrl": still_url(desk, camera, event.when),
                "thumbUrl": still_url(desk, camera, event.when, small=True),
            }
        )
    return {"pictureList": rows}


def take_picture(desk: Desk, camera: Camera) -> Snapshot:
    """Remember what a camera sees now."""
    shot = Snapshot(
        id=desk.world.fresh_id("lv-picture").replace("-", ""),
        camera_id=camera.id,
        when=desk.now,
        ready=desk.now + ARRIVAL_SECONDS,
        pose=camera.pose,
    )
    desk.memory.snapshots[shot.id] = shot
    return shot


def picture_id_of(event: Happening) -> str:
    """The id of the picture that an event has."""
    return EVENT_PICTURE + event.id


def has_picture(desk: Desk, event: Happening) -> bool:
    """Whether an event's picture was not deleted."""
    return picture_id_of(event) not in desk.memory.deleted_pictures


def still_url(
    desk: Desk, camera: Camera, when: float, *, small: bool = False, shot: str = ""
) -> str:
    """The address of a picture of a moment; `shot` is one taken by command."""
    fields: dict[str, object] = {"time": int(when * 1000), "size": "small" if small else "full"}
    if shot:
        fields["shot"] = shot
    return address(desk, f"/picture/{iot_id(desk.world, camera.id)}.png", fields, PICTURE_SECONDS)


def _picture(desk: Desk, camera: Camera, picture_id: str, kind: int) -> dict[str, Any]:
    """The picture of an id; LookupError when the camera has none such."""
    if picture_id in desk.memory.deleted_pictures:
        raise LookupError(picture_id)
    if picture_id.startswith(EVENT_PICTURE):
        event = desk.tape.happening(picture_id.removeprefix(EVENT_PICTURE))
        if event.camera.id != camera.id:
            raise LookupError(picture_id)
        return _event_picture(desk, event, kind)
    shot = desk.memory.snapshots[picture_id]
    if shot.camera_id != camera.id or shot.ready > desk.now:
        raise LookupError(picture_id)
    return _snapshot_picture(desk, shot, kind)


def _event_picture(desk: Desk, event: Happening, kind: int) -> dict[str, Any]:
    return {
        "iotId": iot_id(desk.world, event.camera.id),
        "pictureId": picture_id_of(event),
        **twins("pictureTime", event.when),
        **_urls(desk, event.camera, event.when, kind),
    }


def _snapshot_picture(desk: Desk, shot: Snapshot, kind: int) -> dict[str, Any]:
    return {
        "iotId": iot_id(desk.world, shot.camera_id),
        "pictureId": shot.id,
        **twins("pictureTime", shot.when),
        **_urls(desk, desk.world.cameras[shot.camera_id], shot.when, kind, shot.id),
    }


def _urls(desk: Desk, camera: Camera, when: float, kind: int, shot: str = "") -> dict[str, str]:
    """Both addresses, of which a type that was not asked for is empty."""
    full = still_url(desk, camera, when, shot=shot) if kind != THUMBNAIL else ""
    thumb = still_url(desk, camera, when, small=True, shot=shot) if kind != ORIGINAL else ""
    return {"pictureUrl": full, "thumbUrl": thumb}


_TYPE = Rule("type", "int", required=False, default=ALL, choices=(ALL, ORIGINAL, THUMBNAIL))
_SOURCE = Rule("source", "int", required=False, default=ALL, choices=(ALL, 1, 2, 3))


def _call(path: str, version: str, handler: Any, *rules: Rule) -> Call:
    return Call(path=f"/vision/customer/{path}", versions=(version,), handler=handler, rules=rules)


CALLS = (
    _call("picture/trigger", "2.0.0", picture_trigger, IOT_ID),
    _call(
        "picture/querybytime",
        "2.1.1",
        pictures_by_time,
        IOT_ID,
        millis("startTime"),
        millis("endTime"),
        *page(100),
        _TYPE,
        _SOURCE,
    ),
    _call("picture/querybyids", "2.1.0", pictures_by_ids, IOT_ID, texts("pictureIdList"), _TYPE),
    _call("picture/batchdelete", "2.0.0", delete_pictures, IOT_ID, texts("pictureIdList")),
    _call("pic/getbyevent", "2.1.0", pictures_of_events, IOT_ID, texts("eventIds")),
)
