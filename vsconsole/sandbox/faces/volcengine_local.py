"""What devices recorded themselves: lists, playback the server controls, and downloads."""

from __future__ import annotations

import re
from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import invalid, not_found
from vsconsole.sandbox.faces.volcengine_desk import (
    NEW,
    NO_RESULT,
    OLD,
    Call,
    Desk,
    backwards,
    check_span,
    paged,
    require_online,
    rfc3339,
    signed,
    space,
    stream,
    token_seconds,
)
from vsconsole.sandbox.faces.volcengine_records import cut
from vsconsole.sandbox.faces.volcengine_rules import TARGET, Args, Rule, page, span
from vsconsole.sandbox.faces.volcengine_state import Download, Playback
from vsconsole.sandbox.faces.volcengine_streams import live_seconds, volc_query
from vsconsole.sandbox.streams import PlaybackSession
from vsconsole.sandbox.world import Camera, Range

FILE_SECONDS = 3600
"""A device lists its recordings file by file; files end on the full hour."""

PULLING_SECONDS = 0.5
"""How long a device takes until its playback is online."""

DOWNLOAD_SECONDS = 1.5
"""How long a device takes to send any recording to the cloud."""

BYTES_A_SECOND = 60_000
SCALES = (1, 2, 4, 8, 16, 32)
FASTEST = 32
"""The devices here go no faster, whatever they are told."""

PLAY, PAUSE, SPEED, SEEK = range(4)
CONTROL_ARGS = "InvalidParameter.PlayBackControlArgs"
_NTP = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_TYPES = {"all": None, "alarm": "event", "time": "continuous", "manual": "manual"}


def record_list(desk: Desk, args: Args) -> Any:
    """The files on the device that touch a time, as the device itself tells."""
    found = stream(desk, args)
    owner = require_online(desk, found.camera)
    begin, end = check_span(args)
    kind = _TYPES[args["RecordType"]]
    ranges = desk.world.device_ranges(found.camera, begin - FILE_SECONDS, end + FILE_SECONDS)
    files = [
        (*one, item)
        for item in ranges
        for one in cut(item, FILE_SECONDS)
        if one[0] < end and begin < one[1] and kind in (None, item.kind)
    ]
    if backwards(args["Order"]):
        files.reverse()
    # The two SDKs disagree on the types: the one that asks by GET expects text.
    write = _item_text if desk.method == "GET" or args.get("StreamID") is None else _item_numbers
    rows = [write(owner.code, found.camera, *one) for one in files]
    return {"Num": len(rows), "Items": rows}


def start_playback(desk: Desk, args: Args) -> Any:
    """Ask a device to play a time; its stream comes online after a moment."""
    space(desk, args["SpaceID"])
    found = stream(desk, args)
    owner = require_online(desk, found.camera)
    begin, end = check_span(args)
    ranges = desk.world.device_ranges(found.camera, begin, end)
    session = desk.streams.open_session(found.camera, begin, end, found.profile, ranges)
    playback = Playback(
        id=session.id, session_id=session.id, started=desk.now, recorded=bool(ranges)
    )
    desk.memory.playbacks[playback.id] = playback
    token = desk.streams.token("playback", {"id": playback.id}, live_seconds(desk, owner))
    query = volc_query(token)
    return {
        "PlaybackID": playback.id,
        "PullUrls": [
            f"{desk.rtmp()}/playback/{playback.id}?{query}",
            f"{desk.base}/playback/{playback.id}.flv?{query}",
        ],
        "PushUrl": f"rtmp://push.invalid/playback/{playback.id}",
    }


def playback_status(desk: Desk, args: Args) -> Any:
    """Pulling, online, offline, failed or deleted."""
    playback, session = _playback(desk, args)
    return {"Status": state(desk.now, playback, session, on=desk.streams.is_on(session.camera))}


def state(now: float, playback: Playback, session: PlaybackSession, *, on: bool) -> str:
    """The status of a playback."""
    if session.stopped:
        return "deleted"
    if not playback.recorded:
        # Assumed: a device with nothing to send fails, as the start itself tells nothing.
        return "failed"
    if not on:
        return "offline"
    if now - playback.started < PULLING_SECONDS:
        return "pulling"
    ended = session.stream is not None and session.stream.stopped
    return "offline" if ended and session.closed >= session.opened else "online"


def control_playback(desk: Desk, args: Args) -> Any:
    """Play, pause, change speed or jump."""
    playback, session = _playback(desk, args)
    if session.stopped:
        raise not_found("Playback", playback.id)
    require_online(desk, session.camera)
    if not _NTP.fullmatch(args["Ntp"]) or args["Scale"] not in SCALES:
        raise invalid("PlayBackControlArgs", "Ntp, Scale")
    cmd, position = args["Cmd"], float(args["Ntp"])
    if cmd == SEEK and position >= session.end - session.begin:
        raise invalid("PlayBackControlArgs", "Ntp is behind the end")
    # A play request with a range or a scale also ends a pause, as it does on devices.
    desk.streams.control(
        session,
        "pause" if cmd == PAUSE else "play",
        position if cmd == SEEK else None,
        float(min(args["Scale"], FASTEST)) if cmd == SPEED else None,
    )
    return NO_RESULT


def stop_playback(desk: Desk, args: Args) -> Any:
    """End a playback; one that has ended is no longer known."""
    playback, session = _playback(desk, args)
    if session.stopped:
        raise not_found("Playback", playback.id)
    desk.streams.control(session, "stop", None, None)
    return NO_RESULT


def download_media(desk: Desk, args: Args) -> Any:
    """Ask a device to send a recording to the cloud."""
    found = stream(desk, args)
    require_online(desk, found.camera)
    begin, end = check_span(args)
    process = args["Mps"] or {}
    option = process.get("M3U8Option") or {}
    subtitle = process.get("Subtitle") or {}
    task = Download(
        id=desk.world.fresh_id("volcengine-download"),
        stream_id=found.id,
        camera_id=found.camera.id,
        begin=begin,
        end=end,
        to_mp4=bool(option.get("ToMp4")),
        subtitles=list(subtitle.get("SubtitleList") or ()),
        started=desk.now,
    )
    desk.memory.downloads[task.id] = task
    return {"DownloadID": task.id}


def local_download(desk: Desk, args: Args) -> Any:
    """How far downloads are, all of them or one."""
    space(desk, args["SpaceID"])
    tasks = list(desk.memory.downloads.values())
    if args["ID"] is not None:
        tasks = [t for t in tasks if t.id == args["ID"]]
        if not tasks:
            raise not_found("Download", args["ID"])
    return paged("GBMedias", [_download(desk, t) for t in tasks], args)


def _download(desk: Desk, task: Download) -> dict[str, Any]:
    camera = desk.world.cameras.get(task.camera_id)
    ranges = desk.world.device_ranges(camera, task.begin, task.end) if camera else []
    share = min(1.0, (desk.now - task.started) / DOWNLOAD_SECONDS)
    recorded = sum(r.end - r.begin for r in ranges)
    status, message = ("done", "") if share >= 1 else ("downloading", "")
    if not ranges:
        status, message = "failed", "no recording in this time"
    done = status == "done"
    name = f"{task.begin}-{task.end}.{'mp4' if task.to_mp4 else 'm3u8'}"
    seconds = token_seconds(desk)
    path = f"/gb_media/{task.id}"
    fields = {"StreamID": task.stream_id}
    return {
        "ID": task.id,
        "StartTime": task.begin,
        "EndTime": task.end,
        "CallID": desk.world.make_id("volcengine-call", task.id)[:8],
        # Assumed: all words but `done`.
        "Status": status,
        "Url": signed(desk, f"{path}/{name}", fields, seconds) if done else "",
        "FileSize": round(recorded * share * BYTES_A_SECOND),
        "FileName": name,
        # Assumed: nanoseconds of media received, as Go types it a duration.
        "FileStreamLength": round(recorded * share * 1e9),
        "Msg": message,
        "CreateAt": int(task.started),
        "SubtitleUrl": signed(desk, f"{path}/subtitle.srt", fields, seconds)
        if done and task.subtitles
        else "",
    }


def _playback(desk: Desk, args: Args) -> tuple[Playback, PlaybackSession]:
    playback = desk.memory.playbacks.get(args["PlaybackID"])
    if playback is None:
        raise not_found("Playback", args["PlaybackID"])
    return playback, desk.streams.sessions[playback.session_id]


def _item_text(code: str, camera: Camera, begin: int, end: int, item: Range) -> dict[str, Any]:
    return {
        **_item(camera, begin, item),
        "DeviceID": code,
        "StartTime": rfc3339(begin)[:19],
        "EndTime": rfc3339(end)[:19],
        "StartTimeStamp": begin,
        "EndTimeStamp": end,
        "FileSize": str((end - begin) * BYTES_A_SECOND),
    }


def _item_numbers(code: str, camera: Camera, begin: int, end: int, item: Range) -> dict[str, Any]:
    return {
        **_item(camera, begin, item),
        "StartTime": begin,
        "EndTime": end,
        "FileSize": (end - begin) * BYTES_A_SECOND,
    }


def _item(camera: Camera, begin: int, item: Range) -> dict[str, Any]:
    kind = next((k for k, v in _TYPES.items() if v == item.kind), "time")
    name = f"{camera.code}_{rfc3339(begin)[:19].replace(':', '')}"
    return {"Name": name, "ChannelID": camera.code, "Secrecy": "0", "Type": kind}


_PLAYBACK = Rule("PlaybackID", required=True)
_FONT = Rule(
    "Font",
    "object",
    fields=(Rule("FontSize", "int"), Rule("PrimaryColor"), Rule("Alignment")),
)
_SUBTITLE = Rule(
    "SubtitleList",
    "object",
    fields=(
        Rule("Content", required=True),
        Rule("Start", "int", required=True, low=0),
        Rule("End", "int", required=True, low=0),
        _FONT,
    ),
)
_MPS = Rule(
    "Mps",
    "object",
    also=("MediaProcess",),
    fields=(
        Rule("M3U8Option", "object", fields=(Rule("ToMp4", "bool"),)),
        Rule(
            "Subtitle",
            "object",
            fields=(
                _FONT,
                Rule("SubtitleSrc"),
                Rule("SubtitleList", "array", each=_SUBTITLE),
            ),
        ),
    ),
)
_LIST = (
    Rule("RecordType", choices=tuple(_TYPES), default="all"),
    Rule("TimeoutInSec", "int", low=1),
    Rule("Order", "flag"),
)
_DOWNLOAD = (
    Rule("StreamID", required=True),
    *span(),
    _MPS,
    Rule("DownloadSpeedSingle", "int"),
    Rule("Expire", "int"),
)

CALLS = (
    Call("GetRecordList", NEW, ("GET", "POST"), record_list, (*TARGET, *span(), *_LIST)),
    Call(
        "GetRecordList",
        OLD,
        ("POST",),
        record_list,
        (
            Rule("DeviceID", required=True),
            Rule("ChannelID", required=True),
            *span(),
            *_LIST,
        ),
    ),
    Call(
        "StartPlayback",
        NEW,
        ("POST",),
        start_playback,
        (Rule("SpaceID", required=True), Rule("StreamID", required=True), *span(), _MPS),
    ),
    Call("GetPlaybackStatus", NEW, ("GET",), playback_status, (_PLAYBACK,)),
    Call(
        "ControlPlayback",
        NEW,
        ("POST",),
        control_playback,
        (
            _PLAYBACK,
            Rule("Cmd", "int", required=True, low=PLAY, high=SEEK, wrong=CONTROL_ARGS),
            Rule("Ntp", required=True, wrong=CONTROL_ARGS),
            Rule("Scale", "number", required=True, wrong=CONTROL_ARGS),
        ),
    ),
    Call("StopPlayback", NEW, ("GET", "POST"), stop_playback, (_PLAYBACK,)),
    Call("DownloadLocalMedia", NEW, ("POST",), download_media, _DOWNLOAD),
    Call("LocalMediaDownload", NEW, ("POST",), download_media, _DOWNLOAD),
    Call(
        "GetLocalDownload",
        OLD,
        ("GET", "POST"),
        local_download,
        (Rule("ID"), Rule("SpaceID"), *page()),
    ),
)
