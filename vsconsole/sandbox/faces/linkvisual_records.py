"""Cloud recordings: listing, playing, downloading, deleting and triggering them."""

from __future__ import annotations

from typing import Any

from vsconsole.sandbox.faces.linkvisual_codes import FORBIDDEN, NO_DATA, REQUEST, Refused
from vsconsole.sandbox.faces.linkvisual_desk import (
    Call,
    Desk,
    address,
    camera_of,
    once,
    page_of,
    require_online,
    require_storage,
    twins,
)
from vsconsole.sandbox.faces.linkvisual_model import month_days
from vsconsole.sandbox.faces.linkvisual_pictures import still_url
from vsconsole.sandbox.faces.linkvisual_rules import (
    FILE_NAME,
    IOT_ID,
    STREAM,
    Args,
    Rule,
    page,
    seconds,
    switch,
    texts,
)
from vsconsole.sandbox.faces.linkvisual_tape import HUMAN, TYPES, File, mp4_of
from vsconsole.sandbox.world import Camera

ALL_TYPES = 99

VOD_SECONDS = 600
DOWNLOAD_SECONDS = 3600
"""Assumed: a vodUrl is for use at once, and only it opens once; no life is documented."""

TRANSCODE_SECONDS = 2.0
MOST_DELETED = 100


def record_query(desk: Desk, args: Args) -> Any:
    """A page of the files in a range of seconds.

    Assumed: oldest first, so that the next page begins at nextBeginTime, in the seconds of the
    request; a file still being written is not there yet.
    """
    camera = camera_of(desk, args["iotId"])
    if args["beginTime"] > args["endTime"]:
        raise Refused(REQUEST, "beginTime is after endTime")
    rows = [
        file
        for file in desk.tape.files(camera, args["streamType"], args["beginTime"], args["endTime"])
        if args["recordType"] in (ALL_TYPES, TYPES[file.kind])
    ]
    last = (args["pageStart"] + 1) * args["pageSize"]
    return {
        "recordFileList": [
            _file_row(desk, file, snapshot=args["needSnapshot"]) for file in page_of(rows, args)
        ],
        "nextValid": last < len(rows),
        "nextBeginTime": rows[last].begin if last < len(rows) else 0,
    }


def vod_by_file_name(desk: Desk, args: Args) -> Any:
    """An address of a file, which opens once."""
    camera = camera_of(desk, args["iotId"])
    return {"vodUrl": _vod_url(desk, _file(desk, camera, args["fileName"]))}


def month_records(desk: Desk, args: Args) -> Any:
    """One character for each day of a month. Assumed: 1 for recorded, days of Beijing."""
    camera = camera_of(desk, args["iotId"])
    try:
        first, count = month_days(args["month"])
    except ValueError:
        raise Refused(REQUEST, "month: yyyyMM expected") from None
    return {"recordFlags": desk.tape.days(camera, 0, first, count)}


def vod_by_event(desk: Desk, args: Args) -> Any:
    """Addresses of the files that show an event of an effective event-triggered plan."""
    camera = camera_of(desk, args["iotId"])
    try:
        event = desk.tape.happening(args["eventId"])
    except LookupError:
        raise Refused(NO_DATA, "eventId") from None
    if event.camera.id != camera.id:
        raise Refused(NO_DATA, "eventId")
    if desk.tape.span_of(event) is None:
        raise Refused(FORBIDDEN, "no event-triggered plan was in effect")
    return {
        "vodList": [
            {
                "fileName": file.name,
                "vodUrl": _vod_url(desk, file),
                **twins("beginTime", file.begin),
                **twins("endTime", file.end),
            }
            for file in desk.tape.recorded(event)
        ]
    }


def delete_records(desk: Desk, args: Args) -> Any:
    """Delete files by name; those that are not there do not count."""
    camera = camera_of(desk, args["iotId"])
    found = set()
    for name in args["fileNameList"]:
        try:
            found.add(desk.tape.file(camera, name).name)
        except LookupError:
            continue
    desk.memory.deleted_files |= found
    return {"deletedCount": len(found)}


def download_url(desk: Desk, args: Args) -> Any:
    """Begin to make an MP4 of a file, say how far it is, and at last where it lies."""
    camera = camera_of(desk, args["iotId"])
    file = _file(desk, camera, args["fileName"])
    begun = desk.memory.transcoding.setdefault(file.name, desk.now)
    progress = min(100, int((desk.now - begun) / TRANSCODE_SECONDS * 100))
    if progress < 100:
        return {"url": "", "status": 1, "progress": progress}
    url = address(desk, f"/download/{file.name}.mp4", {"iotId": args["iotId"]}, DOWNLOAD_SECONDS)
    return {"url": url, "status": 0, "progress": 100}


def trigger_record(desk: Desk, args: Args) -> Any:
    """Let a device record now; listed as manual when it is done."""
    camera = camera_of(desk, args["iotId"])
    stream = args["streamType"]
    if not desk.memory.event_bound.get((camera.id, stream)):
        raise Refused(FORBIDDEN, "an event-triggered plan must be bound")
    require_storage(desk, camera)
    require_online(desk, camera)
    before = args["preRecordDuration"]
    if before > args["recordDuration"]:
        raise Refused(REQUEST, "preRecordDuration is part of recordDuration")
    begin = int(desk.now) - before
    spans = desk.memory.triggered.setdefault((camera.id, stream), [])
    spans.append((begin, begin + args["recordDuration"]))
    return {"recordId": desk.world.fresh_id("lv-record").replace("-", "")}


def set_file_duration(desk: Desk, args: Args) -> Any:
    """How long a continuous recording runs before the next file begins."""
    desk.tape.set_file_seconds(camera_of(desk, args["iotId"]), args["recordDuration"])


def get_file_duration(desk: Desk, args: Args) -> Any:
    """The same, as it is now."""
    return {"recordDuration": desk.tape.file_seconds(camera_of(desk, args["iotId"]))}


def _file(desk: Desk, camera: Camera, name: str) -> File:
    try:
        return desk.tape.file(camera, name)
    except LookupError:
        raise Refused(NO_DATA, "fileName") from None


def _vod_url(desk: Desk, file: File) -> str:
    return once(desk, f"/vod/{file.name}.mp4", {}, VOD_SECONDS)


def _file_row(desk: Desk, file: File, *, snapshot: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        **twins("beginTime", file.begin),
        **twins("endTime", file.end),
        "recordType": TYPES[file.kind],
        "streamType": file.stream,
        "fileName": file.name,
        "fileSize": mp4_of(desk.streams, file).size,
    }
    if snapshot:
        row["snapshotUrl"] = still_url(desk, file.camera, file.begin, small=True)
    events = desk.tape.happenings(file.camera, file.begin, file.end)
    if any(event.human for event in events):
        row["intelligentTypeList"] = str(HUMAN)
    return row


def _call(path: str, version: str, handler: Any, *rules: Rule) -> Call:
    return Call(path=f"/vision/customer/{path}", versions=(version,), handler=handler, rules=rules)


CALLS = (
    _call(
        "record/query",
        "2.1.3",
        record_query,
        IOT_ID,
        STREAM,
        seconds("beginTime"),
        seconds("endTime"),
        Rule("recordType", "int", required=False, default=ALL_TYPES, choices=(0, 1, 2, ALL_TYPES)),
        *page(),
        switch("needSnapshot"),
    ),
    _call("vod/getbyfilename", "2.0.0", vod_by_file_name, IOT_ID, FILE_NAME),
    _call("monthrecord/query", "2.0.0", month_records, IOT_ID, Rule("month")),
    _call("vod/getbyeventid", "2.1.0", vod_by_event, IOT_ID, Rule("eventId")),
    _call(
        "record/batchdelete", "2.0.0", delete_records, IOT_ID, texts("fileNameList", MOST_DELETED)
    ),
    _call("vod/cloudfile/get", "2.1.0", download_url, IOT_ID, FILE_NAME),
    _call(
        "record/trigger",
        "2.1.0",
        trigger_record,
        IOT_ID,
        Rule("recordDuration", "int", low=1, high=1800),
        STREAM,
        Rule("preRecordDuration", "int", required=False, default=0, low=0),
    ),
    _call(
        "record/durationconfig/set",
        "1.0.0",
        set_file_duration,
        IOT_ID,
        Rule("recordDuration", "int", required=False, default=1800, low=600, high=3600),
    ),
    _call("record/durationconfig/get", "1.0.0", get_file_duration, IOT_ID),
)
