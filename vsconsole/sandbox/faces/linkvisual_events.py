"""Events of a device: a page by time, and details by id."""

from __future__ import annotations

import json
from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import REQUEST, Refused
from vsconsole.sandbox.faces.linkvisual_desk import Call, Desk, camera_of, page_of, twins
from vsconsole.sandbox.faces.linkvisual_pictures import (
    MOTION,
    ORIGINAL,
    THUMBNAIL,
    has_picture,
    picture_id_of,
    still_url,
)
from vsconsole.sandbox.faces.linkvisual_rules import IOT_ID, Args, Rule, millis, page, switch, texts
from vsconsole.sandbox.faces.linkvisual_tape import HUMAN, Happening


def event_query(desk: Desk, args: Args) -> Any:
    """A page of events in a range of milliseconds.

    Assumed: oldest first, and nextBeginTime in the milliseconds of the request.
    """
    camera = camera_of(desk, args["iotId"])
    begin, end = args["beginTime"], args["endTime"]
    if begin > end:
        raise Refused(REQUEST, "beginTime is after endTime")
    events = desk.tape.happenings(camera, begin / 1000, end / 1000)
    last = (args["pageStart"] + 1) * args["pageSize"]
    return {
        "eventList": [_row(desk, event, args["pictureType"]) for event in page_of(events, args)],
        "nextValid": last < len(events),
        "nextBeginTime": events[last].when * 1000 if last < len(events) else 0,
    }


def events_by_ids(desk: Desk, args: Args) -> Any:
    """Details of events; ids that are not there are left out.

    Assumed: the list is called eventList, as in event/query; the document does not name it.
    """
    camera = camera_of(desk, args["iotId"])
    rows = []
    for event_id in args["eventIds"]:
        try:
            event = desk.tape.happening(event_id)
        except LookupError:
            continue
        if event.camera.id == camera.id:
            rows.append(_details(desk, event, args))
    return {"eventList": rows}


def _row(desk: Desk, event: Happening, kind: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "eventId": event.id,
        **twins("eventTime", event.when),
        "eventType": MOTION,
        "eventDesc": "移动侦测",
        "eventPicId": picture_id_of(event) if has_picture(desk, event) else "",
        "eventData": json.dumps({"alarmType": MOTION}),
    }
    if has_picture(desk, event):
        if kind != THUMBNAIL:
            row["eventPicUrl"] = still_url(desk, event.camera, event.when)
        if kind != ORIGINAL:
            row["eventPicThumbUrl"] = still_url(desk, event.camera, event.when, small=True)
    if event.human:
        row["intelligentTypeList"] = str(HUMAN)
    return row


def _details(desk: Desk, event: Happening, args: Args) -> dict[str, Any]:
    files = desk.tape.recorded(event)
    row: dict[str, Any] = {
        "eventId": event.id,
        "eventType": MOTION,
        **twins("eventTime", event.when),
        "eventPicId": picture_id_of(event) if has_picture(desk, event) else "",
        "eventFileName": files[0].name if files else "",
    }
    if args["needAlarmPicture"] and has_picture(desk, event):
        row["eventPicUrl"] = still_url(desk, event.camera, event.when)
        row["eventPicThumbUrl"] = still_url(desk, event.camera, event.when, small=True)
    if args["needRecordSnapshot"] and files:
        row["recordSnapshotUrl"] = still_url(desk, event.camera, files[0].begin, small=True)
    return row


CALLS = (
    Call(
        path="/vision/customer/event/query",
        versions=("2.1.2",),
        handler=event_query,
        rules=(
            IOT_ID,
            millis("beginTime"),
            millis("endTime"),
            Rule("eventType", "int", required=False, default=0, choices=(0, MOTION)),
            Rule("pictureType", "int", required=False, default=0, choices=(0, 1, 2)),
            *page(None),
        ),
    ),
    Call(
        path="/vision/customer/event/query/byeventids",
        versions=("1.0.0",),
        handler=events_by_ids,
        rules=(
            IOT_ID,
            texts("eventIds"),
            switch("needAlarmPicture"),
            switch("needRecordSnapshot"),
        ),
    ),
)
