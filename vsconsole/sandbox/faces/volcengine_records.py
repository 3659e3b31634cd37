"""Recordings in the cloud: lists, addresses, deleting, and recording by hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import Refused, invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NEW,
    NO_RESULT,
    OLD,
    Call,
    Desk,
    Stream,
    check_span,
    page_of,
    require_online,
    rfc3339,
    signed,
    stream,
    token_seconds,
)
from vsconsole.sandbox.faces.volcengine_rules import STREAM, TARGET, WHICH, Args, Rule, page, span
from vsconsole.sandbox.faces.volcengine_state import ManualRecord
from vsconsole.sandbox.faces.volcengine_streams import pull_of
from vsconsole.sandbox.world import Range
from vsconsole.sandbox.world.recordings import DAY

LISTS_PER_SECOND = 10
"""ListStreamRecords answers so many calls a second of one user (page 1220475)."""

FORMAT_PATH = "/media_record/v1/file/get_format"
M3U8_PATH = "/media_record/v1/file/get_m3u8"
MANUAL_DAYS = 7
BUCKET = "aiot-record-sandbox"

_KEY = re.compile(r"(?P<id>[0-9a-f-]{36})/(?P<begin>[0-9]{1,11})-(?P<end>[0-9]{1,11})\.(mp4|ts)")

Span = tuple[int, int]


def list_stream_records(desk: Desk, args: Args) -> Any:
    """A bare array of remuxed files, or of TS slices, without any total."""
    found = _main(stream(desk, args))
    begin, end = check_span(args)
    rows = _files(desk, found, begin, end, args["ReqType"])
    if args["ReqType"]:
        return [
            {
                "Type": "record_metadata",
                "Path": _key(found, one, "ts"),
                "RecordMeta": {
                    "StartTime": one[0],
                    "EndTime": one[1],
                    # Assumed: seconds; no page states the unit.
                    "Duration": float(one[1] - one[0]),
                    "Format": "ts",
                    "Bucket": BUCKET,
                    "StorageType": "STANDARD",
                },
            }
            for one in page_of(rows, args)
        ]
    return [
        {
            "Type": "record",
            "Path": _key(found, one, "mp4"),
            "Record": {
                "StartTime": one[0],
                "EndTime": one[1],
                "Duration": float(one[1] - one[0]),
                "Cover": "",
                "Format": "mp4",
            },
        }
        for one in page_of(rows, args)
    ]


def list_device_records(desk: Desk, args: Args) -> Any:
    """The older list: times are RFC 3339 text."""
    found = _main(stream(desk, args))
    begin, end = check_span(args, "StartTs", "EndTs")
    rows = _files(desk, found, begin, end, args["ReqType"])
    kind = "record_metadata" if args["ReqType"] else "record"
    suffix = "ts" if args["ReqType"] else "mp4"
    return [
        {
            "Type": kind,
            "Path": _key(found, one, suffix),
            "RecordMeta" if args["ReqType"] else "Record": {
                "StartTs": rfc3339(one[0]),
                "EndTs": rfc3339(one[1]),
                "Duration": float(one[1] - one[0]),
                "Format": suffix,
            },
        }
        for one in page_of(rows, args)
    ]


def cloud_record_play(desk: Desk, args: Args) -> Any:
    """Addresses of a cloud recording, by the document: ID, HLS and MP4."""
    urls = _addresses(desk, args, *check_span(args, "StartTs", "EndTs"))
    return {"HLS": urls["m3u8"], "ID": urls["id"], "MP4": urls["mp4"]}


def cloud_record_play_new(desk: Desk, args: Args) -> Any:
    """The same under 2023-10-01, with unix seconds."""
    urls = _addresses(desk, args, *check_span(args))
    return {"HLS": urls["m3u8"], "ID": urls["id"], "MP4": urls["mp4"]}


def play_cloud_record(desk: Desk, args: Args) -> Any:
    """Addresses of at most 24 hours, in lower-case keys."""
    begin, end = check_span(args)
    if end - begin > DAY:
        raise invalid("EndTime", "longer than 24 h")
    urls = _addresses(desk, args, begin, end)
    return {"hls": urls["m3u8"], "mp4": urls["mp4"]}


def delete_record_old(desk: Desk, args: Args) -> Any:
    """Delete a manual recording by its id."""
    desk.memory.manual.pop(_manual(desk, args).id)
    return {"DelResult": "success"}


def delete_record(desk: Desk, args: Args) -> Any:
    """Delete files by their keys; keys that name nothing come back as errors."""
    found = _main(stream(desk, args))
    deleted, errors = [], []
    for key in args["ObjKey"]:
        matched = _KEY.fullmatch(key)
        if matched is not None and matched["id"] == found.id:
            one = int(matched["begin"]), int(matched["end"])
            desk.memory.deleted.setdefault(found.camera.id, []).append(one)
            deleted.append(key)
        else:
            errors.append({"Key": key, "Msg": "NotFound.RecordData"})
    return {"Deleted": deleted, "DeleteErrs": errors}


def start_record(desk: Desk, args: Args) -> Any:
    """Record a stream by hand until stopped or its time is over."""
    found = stream(desk, args)
    require_online(desk, found.camera)
    if pull_of(desk, found) is None and not args["AutoPull"]:
        # Assumed: the name of the code; what AutoPull is for says that it is one.
        raise Refused("OperationDeny.StreamNotOnline", found.id)
    task = ManualRecord(
        id=desk.world.fresh_id("volcengine-record"),
        stream_id=found.id,
        camera_id=found.camera.id,
        started=desk.now,
        seconds=args["RecordTime"],
    )
    desk.memory.manual[task.id] = task
    return {"ID": task.id}


def stop_record(desk: Desk, args: Args) -> Any:
    """End a recording by hand."""
    task = _manual(desk, args)
    if not task.running(desk.now):
        # Assumed: the name of the code; nothing is published about stopping twice.
        raise Refused("OperationDeny.RecordStopped", task.id)
    task.stopped = desk.now
    return NO_RESULT


def get_record(desk: Desk, args: Args) -> Any:
    """How a recording by hand is getting on, and where its file is."""
    task = _manual(desk, args)
    running = task.running(desk.now)
    end = int(task.end(desk.now))
    url = ""
    if not running and end > int(task.started):
        url = signed(desk, f"/stream_record/{task.id}.mp4", {"End": end}, token_seconds(desk))
    return {
        "ID": task.id,
        "StreamID": task.stream_id,
        # Assumed: the words of the two states.
        "Status": "recording" if running else "done",
        "Res": {"Url": url, "RemuxUrl": url, "Extra": ""},
        "Msg": "",
        "CreatedAt": int(task.started),
        "StoppedAt": 0 if running else end,
    }


def _addresses(desk: Desk, args: Args, begin: int, end: int) -> dict[str, str]:
    """The three addresses of a recording, good for TokenValid seconds."""
    found = _main(stream(desk, args))
    # Only what is there now, so that a part of a file stays the same part.
    end = min(end, int(desk.now))
    if end <= begin or not desk.memory.cloud_ranges(found.camera, begin, end):
        # Assumed: nothing recorded is refused here rather than by an empty playlist.
        raise not_found("Record", "no recording in this time")
    seconds = token_seconds(desk, args["TokenValid"])
    times = {"Start": begin * 1000, "End": end * 1000}
    fields = {"StreamID": found.id, "IsLive": 0, **times}
    return {
        "id": signed(desk, M3U8_PATH, fields, seconds),
        "m3u8": signed(desk, FORMAT_PATH, {**fields, "Format": "m3u8"}, seconds),
        "mp4": signed(desk, FORMAT_PATH, {**fields, "Format": "mp4"}, seconds),
    }


def _main(found: Stream) -> Stream:
    """Only the main stream is recorded in this account."""
    if found.profile != "main":
        raise not_found("Record", "the sub stream has no record template")
    return found


def _files(desk: Desk, found: Stream, begin: int, end: int, kind: str) -> list[Span]:
    """The files or slices that touch a span, oldest first, whole as they were written."""
    template = desk.memory.template_of(found.camera, "record")
    content = template.content if template else {}
    name = "SliceDuration" if kind else "RecordDuration"
    seconds = int(content.get(name, 10_000 if kind else 3_600_000)) // 1000
    # A file that began before the span has to be seen whole.
    ranges = desk.memory.cloud_ranges(found.camera, begin - seconds, end + seconds)
    return [one for item in ranges for one in cut(item, seconds) if one[0] < end and begin < one[1]]


def cut(item: Range, seconds: int) -> Iterator[Span]:
    """The pieces of a range, cut where the clock is a multiple of their length."""
    at = item.begin
    while at < item.end:
        stop = min(item.end, at - at % seconds + seconds)
        yield at, stop
        at = stop


def _key(found: Stream, one: Span, suffix: str) -> str:
    return f"{found.id}/{one[0]}-{one[1]}.{suffix}"


def _manual(desk: Desk, args: Args) -> ManualRecord:
    task = desk.memory.manual.get(args["RecordID"])
    if task is None:
        raise not_found("Record", args["RecordID"])
    return task


def _play(
    action: str,
    version: str,
    handler: Callable[[Desk, Args], Any],
    times: tuple[Rule, ...],
    *more: Rule,
) -> Call:
    token = Rule("TokenValid", "int", low=1)
    return Call(action, version, ("POST",), handler, (*TARGET, *times, token, *more))


_MOMENTS = (
    Rule("StartTs", "moment", required=True, low=0),
    Rule("EndTs", "moment", required=True, low=0),
)
_TYPE = Rule("ReqType", choices=("", "record_metadata"), default="")
_RECORD = Rule("RecordID", required=True)

CALLS = (
    Call(
        "ListStreamRecords",
        NEW,
        ("POST",),
        list_stream_records,
        (STREAM, *WHICH, *span(), *page(), _TYPE, Rule("WithSub", "bool")),
        per_second=LISTS_PER_SECOND,
    ),
    Call(
        "ListDeviceRecords",
        OLD,
        ("POST",),
        list_device_records,
        (Rule("SpaceID"), STREAM, *_MOMENTS, *page(), _TYPE),
    ),
    _play("CloudRecordPlay", OLD, cloud_record_play, _MOMENTS),
    _play("CloudRecordPlay", NEW, cloud_record_play_new, span(), Rule("EndTimeOffset", "int")),
    _play("PlayCloudRecord", NEW, play_cloud_record, span(), Rule("WithSub", "bool")),
    Call("DeleteStreamRecord", OLD, ("GET",), delete_record_old, (_RECORD,)),
    Call(
        "DeleteStreamRecord",
        NEW,
        ("POST",),
        delete_record,
        (STREAM, Rule("ObjKey", "array", required=True, each=Rule("ObjKey")), Rule("Bucket")),
    ),
    Call(
        "StreamStartRecord",
        OLD,
        ("POST",),
        start_record,
        (
            STREAM,
            Rule("AutoPull", "bool", required=True),
            Rule("Timeout", "int", required=True, low=1),
            Rule("RecordTime", "int", default=3600, low=1),
            Rule("Remux", choices=("mp4",)),
            Rule("Expire", "int", default=MANUAL_DAYS * DAY, low=-1),
        ),
    ),
    Call("StreamStopRecord", OLD, ("GET", "POST"), stop_record, (_RECORD,)),
    Call("GetStreamRecord", OLD, ("GET", "POST"), get_record, (_RECORD,)),
)
