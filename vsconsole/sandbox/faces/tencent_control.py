"""Control, live and playback (calls 29 to 38)."""

from __future__ import annotations

import hashlib
import re
from typing import Any
from urllib.parse import quote

from vsconsole.sandbox.faces.tencent_codes import Refused
from vsconsole.sandbox.faces.tencent_desk import (
    Call,
    Desk,
    address,
    camera,
    camera_of,
    check_one_day,
    check_span,
    device,
    require_channel,
    require_device,
    signalling_failed,
)
from vsconsole.sandbox.faces.tencent_rules import DIGITS, UUID, Args, Rule, channel_id, device_id
from vsconsole.sandbox.streams import PlaybackSession, Profile
from vsconsole.sandbox.world import Camera, Device, Range
from vsconsole.sandbox.world.control import COMMANDS

LIVE_SECONDS = 6 * 3600
PLAYBACK_SECONDS = 6 * 3600
"""How long addresses live where the document states no time."""

DOWNLOAD_SECONDS = 600
LONGEST_DOWNLOAD = 1800
DEVICE_FILE_SECONDS = 3600
"""A device lists its recordings file by file; files end on the full hour."""

PRESETS = 10
SCALES = (0.25, 0.5, 1, 2, 4, 8)
_SMALL = ("1", "2")
"""QCIF and CIF come from the sub stream."""


def control_ptz(desk: Desk, args: Args) -> Any:
    """#29: one step; a speed that is missing or out of range means 4."""
    found, _ = _movable(desk, args["ChannelId"])
    speed = args["Speed"]
    if speed is None or not 1 <= speed <= 8:
        speed = 4
    desk.world.move(found, args["Type"], speed)


def manage_preset(desk: Desk, args: Args) -> Any:
    """#30: set, go to or delete one of ten presets."""
    found, owner = _movable(desk, args["ChannelId"])
    index = args["Index"]
    if args["Cmd"] == "set":
        desk.world.set_preset(found, index)
    elif index not in found.presets:
        raise signalling_failed(owner, f"preset {index} was never set")
    elif args["Cmd"] == "goto":
        desk.world.go_to_preset(found, index)
    else:
        del found.presets[index]


def list_presets(desk: Desk, args: Args) -> Any:
    """#31: the presets of a channel."""
    found = camera(desk, args["ChannelId"])
    require_channel(desk, found)
    return [{"Index": p.index, "Name": p.name} for _, p in sorted(found.presets.items())]


def live_stream(desk: Desk, args: Args) -> Any:
    """#32: addresses of the live picture."""
    found = _live_target(desk, args)
    require_channel(desk, found)
    _require_domain(desk, desk.world.device_of(found))
    _, fields = _stream(args)
    auth = desk.world.stream_auth
    seconds = auth.pull_minutes * 60 if auth.pull and auth.pull_minutes else LIVE_SECONDS
    return {
        "Flv": address(desk, f"/live/{found.id}.live.flv", fields, seconds),
        "Hls": address(desk, f"/live/{found.id}.m3u8", fields, seconds),
    }


def cloud_timeline(desk: Desk, args: Args) -> Any:
    """#33: recorded ranges in the cloud within one day."""
    found = camera_of(desk, args["DeviceId"], args["ChannelId"])
    begin, end = args["StartTime"], args["EndTime"]
    check_span(desk, begin, end)
    check_one_day(begin, end)
    ranges = desk.world.cloud_ranges(found, begin, end)
    rows = [{"Begin": r.begin, "End": r.end} for r in ranges]
    return {"Tips": int(bool(rows)), "List": rows or None}


def device_timeline(desk: Desk, args: Args) -> Any:
    """#34: recorded files on the device; 41627 when there are none."""
    found = camera(desk, args["ChannelId"])
    _require_store(desk, found)
    begin, end = args["Start"], args["End"]
    check_span(desk, begin, end)
    files = [f for r in desk.world.device_ranges(found, begin, end) for f in _files(r)]
    if not files:
        raise Refused(41627)
    return [{"Begin": a, "End": b} for a, b in files]


def playback_url(desk: Desk, args: Args) -> Any:
    """#35: the address of a cloud recording."""
    found = camera(desk, args["ChannelId"])
    begin, end = args["StartTime"], args["EndTime"]
    check_span(desk, begin, end)
    check_one_day(begin, end)
    _require_domain(desk, desk.world.device_of(found))
    if not desk.world.cloud_ranges(found, begin, end):
        raise Refused(41627)
    if desk.world.is_cold(found, begin, end):
        raise Refused(42506)
    fields = {"starttime": begin, "endtime": end}
    return {"Hls": address(desk, f"/record/{found.id}/hls.m3u8", fields, PLAYBACK_SECONDS)}


def device_playback(desk: Desk, args: Args) -> Any:
    """#36: the address of a recording on the device, with a session of its own."""
    found = camera(desk, args["ChannelId"])
    _require_store(desk, found)
    begin, end = args["Start"], args["End"]
    check_span(desk, begin, end)
    _require_domain(desk, desk.world.device_of(found))
    profile, fields = _stream(args)
    ranges = desk.world.device_ranges(found, begin, end)
    if not ranges:
        raise Refused(41627)
    session = desk.streams.open_session(found, begin, end, profile, ranges)
    path = f"/live/{found.id}@{session.id}.live.flv"
    return {"Flv": address(desk, path, {"start": begin, "end": end, **fields}, PLAYBACK_SECONDS)}


def control_playback(desk: Desk, args: Args) -> Any:
    """#37: play, pause, stop, jump or change speed of a device playback."""
    position, scale = args["Pos"], args["Scale"]
    if position is not None and scale is not None:
        raise Refused(41630)
    found = camera(desk, args["ChannelId"])
    session = _session(desk, found, args["Session"])
    if args["Action"] != "stop":
        _require_store(desk, found)
    if position is not None and position > session.end - session.begin:
        raise Refused(40005, "Pos is behind the end")
    desk.streams.control(session, args["Action"], position, scale)


def download_url(desk: Desk, args: Args) -> Any:
    """#38: the address of a cloud recording as a file, good for ten minutes."""
    found = camera(desk, args["ChannelId"])
    begin, end = int(args["BeginTime"]), int(args["EndTime"])
    check_span(desk, begin, end)
    check_one_day(begin, end, LONGEST_DOWNLOAD)
    if not desk.world.cloud_ranges(found, begin, end):
        raise Refused(42501)
    if desk.world.is_cold(found, begin, end):
        raise Refused(42506)
    file_type = args["FileType"]
    source = f"{found.id};{begin};{end};{file_type}"
    mark = hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
    path = f"/video.{file_type}"
    seconds = desk.streams.life(DOWNLOAD_SECONDS)
    fields = {
        "source": source,
        "res": mark,
        "expires": f"{seconds:.0f}",
        "signTime": str(int(desk.now)),
    }
    sign = desk.streams.token(path, fields, seconds)
    query = "&".join(f"{k}={quote(v, safe='')}" for k, v in fields.items())
    return {"Url": f"{desk.base}{path}?{query}&sign={sign}"}


def _movable(desk: Desk, text: str) -> tuple[Camera, Device]:
    """A channel that can be moved now."""
    found = camera(desk, text)
    owner = require_channel(desk, found)
    if owner.access == "rtmp":
        raise Refused(40002, "an RTMP device cannot be controlled")
    if not found.ptz:
        raise signalling_failed(owner, "the channel has no PTZ")
    return found, owner


def _live_target(desk: Desk, args: Args) -> Camera:
    """GB channels are named by ChannelId, RTMP devices by DeviceId."""
    if args["ChannelId"] is not None:
        if args["DeviceId"] is not None:
            return camera_of(desk, args["DeviceId"], args["ChannelId"])
        return camera(desk, args["ChannelId"])
    if args["DeviceId"] is None:
        raise Refused(40001, "ChannelId or DeviceId is missing")
    owner = device(desk, args["DeviceId"])
    if owner.access != "rtmp":
        raise Refused(41639, "ChannelId is missing")
    return desk.world.cameras[owner.id]


def _stream(args: Args) -> tuple[Profile, dict[str, object]]:
    """Main or sub, and the query that says so."""
    kind, resolution = args["StreamType"], args["Resolution"]
    if kind is not None and resolution is not None:
        raise Refused(41633)
    if resolution is not None:
        return ("sub" if resolution in _SMALL else "main"), {"resolution": resolution}
    return ("sub" if kind == 2 else "main"), {"stream_type": kind or 1}


def _require_domain(desk: Desk, owner: Device) -> None:
    if not any(d.cluster_id == owner.cluster_id for d in desk.world.domains.values()):
        raise Refused(41623)


def _require_store(desk: Desk, found: Camera) -> None:
    """A channel whose device has recordings of its own and can be asked."""
    owner = desk.world.device_of(found)
    if owner.access == "rtmp":
        raise Refused(40002, "an RTMP device keeps no recordings")
    require_device(desk, owner)
    if not found.online:
        raise Refused(41634)


def _session(desk: Desk, found: Camera, text: str) -> PlaybackSession:
    session = desk.streams.sessions.get(text)
    if session is None or session.camera.id != found.id or session.stopped:
        raise Refused(41605, text)
    return session


def _files(item: Range) -> list[tuple[int, int]]:
    """The hourly files that make up a range."""
    files, at = [], item.begin
    while at < item.end:
        stop = min(item.end, at - at % DEVICE_FILE_SECONDS + DEVICE_FILE_SECONDS)
        files.append((at, stop))
        at = stop
    return files


_SESSION = Rule("Session", pattern=UUID, wrong=41605)
_STREAM = (
    Rule("StreamType", "int", required=False, choices=(1, 2)),
    Rule("Resolution", required=False, pattern=re.compile(r"[1-6]|[0-9]{6,9}")),
)
_SPAN = (Rule("Start", "int", low=0), Rule("End", "int", low=0))
_DAY = (Rule("StartTime", "int", low=0), Rule("EndTime", "int", low=0))

CALLS = (
    Call(
        29,
        "POST",
        "/ivc/cms/control/ptz",
        control_ptz,
        body=(
            channel_id(),
            Rule("Type", choices=COMMANDS),
            Rule("Speed", "int", required=False),
        ),
    ),
    Call(
        30,
        "POST",
        "/ivc/cms/control/preset/mange",
        manage_preset,
        body=(
            channel_id(),
            Rule("Cmd", choices=("goto", "set", "del")),
            Rule("Index", "int", low=1, high=PRESETS),
        ),
    ),
    Call(31, "POST", "/ivc/cms/control/preset/get", list_presets, body=(channel_id(),)),
    Call(
        32,
        "POST",
        "/ivc/cms/control/stream",
        live_stream,
        body=(device_id("DeviceId", required=False), channel_id(required=False), *_STREAM),
    ),
    Call(
        33,
        "GET",
        "/ivc/record/filelist/query",
        cloud_timeline,
        query=(device_id("DeviceId"), channel_id(), *_DAY),
    ),
    Call(34, "POST", "/ivc/cms/control/timeline", device_timeline, body=(channel_id(), *_SPAN)),
    Call(35, "GET", "/ivc/record/playback/url", playback_url, query=(channel_id(), *_DAY)),
    Call(
        36,
        "POST",
        "/ivc/cms/control/record",
        device_playback,
        body=(channel_id(), *_SPAN, *_STREAM),
    ),
    Call(
        37,
        "POST",
        "/ivc/cms/control/recordctl",
        control_playback,
        body=(
            channel_id(),
            _SESSION,
            Rule("Action", choices=("play", "pause", "stop")),
            Rule("Pos", "int", required=False, low=0),
            Rule("Scale", "float", required=False, choices=SCALES),
        ),
    ),
    Call(
        38,
        "POST",
        "/ivc/vds/VideoDownloadUrl",
        download_url,
        body=(
            channel_id(),
            Rule("BeginTime", pattern=DIGITS),
            Rule("EndTime", pattern=DIGITS),
            Rule("FileType", choices=("mp4", "ts")),
        ),
    ),
)
