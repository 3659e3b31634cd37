"""Live pictures: addresses that stay until they are deleted (HLS), and short-lived ones (FLV)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vsconsole.sandbox.faces.imou_codes import Refused
from vsconsole.sandbox.faces.imou_desk import (
    Call,
    Desk,
    Live,
    address,
    camera,
    channel_of,
    check_span,
    require_channel,
    require_readable,
    serial_of,
)
from vsconsole.sandbox.faces.imou_records import recorded
from vsconsole.sandbox.faces.imou_rules import CHANNEL, STREAM, TOKEN, Args, Rule
from vsconsole.sandbox.world import Camera
from vsconsole.sandbox.world.recordings import DAY

COVER_SECONDS = 60
FLV_SECONDS = 600.0
"""Assumed: how long an FLV address can be opened; the page names no time."""

FLV_FIELDS = {"flvHD": 0, "flv": 1}
"""The addresses of main and sub stream, by the names the vendor's own mini program reads."""

KIT_SECONDS = 7200
LONGEST_PLAYBACK = DAY
SPEEDS = {"cloudRecord": (1, 2, 4, 8, 16), "localRecord": (1, 2, 4, 8)}


def bind_live(desk: Desk, args: Args) -> dict[str, Any]:
    """A live address of one stream; LV1001 when the stream has one."""
    found = camera(desk, args)
    require_channel(desk, found)
    require_readable(desk, found)
    # Assumed: main and sub stream each have an address of their own.
    if any(one.stream == args["streamId"] for one in _lives_of(desk, found)):
        raise Refused("LV1001")
    made = Live(
        token=desk.world.fresh_id("imou-live").replace("-", ""),
        camera_id=found.id,
        stream=args["streamId"],
    )
    desk.memory.lives[made.token] = made
    return {**_live_row(desk, found, [made]), "liveToken": made.token}


def live_info(desk: Desk, args: Args) -> dict[str, Any]:
    """The live addresses of a channel; LV1002 when it has none."""
    found = camera(desk, args)
    lives = _lives_of(desk, found)
    if not lives:
        raise Refused("LV1002")
    return _live_row(desk, found, lives)


def live_list(desk: Desk, args: Args) -> dict[str, Any]:
    """The asked rows of all live addresses, a row for each."""
    first, last = args["queryRange"]
    lives = list(desk.memory.lives.values())[first - 1 : last]
    cameras = desk.world.cameras
    rows = [_live_row(desk, cameras[one.camera_id], [one]) for one in lives]
    return {"count": len(rows), "lives": rows}


def unbind_live(desk: Desk, args: Args) -> None:
    """Delete a live address; who watches it is cut off."""
    if desk.memory.lives.pop(args["liveToken"], None) is None:
        raise Refused("LV1002")


def create_flv(desk: Desk, args: Args) -> dict[str, Any]:
    """FLV addresses, of what is now (LV1001 when there are some) or of what was recorded."""
    found = camera(desk, args)
    if args["type"] == "realTime":
        require_channel(desk, found)
        require_readable(desk, found)
        if found.id in desk.memory.flv_lives:
            raise Refused("LV1001")
        desk.memory.flv_lives.add(found.id)
        return _flv_addresses(desk, found, {"type": "realTime"})
    for name in ("beginTime", "endTime", "recordType"):
        if args[name] is None:
            raise Refused("OP1002", name)
    begin, end = check_span(args)
    store = args["recordType"]
    if end - begin > LONGEST_PLAYBACK:
        raise Refused("OP1003", "endTime")
    if args["speed"] not in SPEEDS[store]:
        raise Refused("OP1003", "speed")
    if store == "localRecord":
        require_channel(desk, found)
    require_readable(desk, found)
    if not recorded(desk.world, desk.memory, found, store, begin, end):
        raise Refused("OP1019")
    fields = {
        "type": "playback",
        "recordType": store,
        "begin": begin,
        "end": end,
        "speed": args["speed"],
    }
    return _flv_addresses(desk, found, fields)


def query_flv(desk: Desk, args: Args) -> dict[str, Any]:
    """The live FLV addresses that were created, good for a while again; LV1002 without."""
    found = camera(desk, args)
    if found.id not in desk.memory.flv_lives:
        raise Refused("LV1002")
    return _flv_addresses(desk, found, {"type": "realTime"})


def delete_flv(desk: Desk, args: Args) -> None:
    """Delete the live FLV addresses of a channel."""
    found = camera(desk, args)
    if found.id not in desk.memory.flv_lives:
        raise Refused("LV1002")
    desk.memory.flv_lives.remove(found.id)


def _flv_addresses(desk: Desk, found: Camera, fields: Mapping[str, object]) -> dict[str, Any]:
    path = f"/flv/{found.id}.flv"
    return {
        name: address(desk, path, {**fields, "streamId": stream}, FLV_SECONDS)
        for name, stream in FLV_FIELDS.items()
    }


def stream_url(desk: Desk, args: Args) -> dict[str, Any]:
    """RTSP is not spoken here, and the platform has a code for an address it cannot get."""
    require_channel(desk, camera(desk, args))
    raise Refused("OP1021")


def kit_token(desk: Desk, args: Args) -> dict[str, Any]:
    """A token for the vendor's web player, which alone can use it."""
    found = camera(desk, args)
    fields = {"id": found.id, "type": args["type"]}
    return {"kitToken": f"Kt_{desk.streams.token('kit', fields, KIT_SECONDS)}"}


def _lives_of(desk: Desk, found: Camera) -> list[Live]:
    return [one for one in desk.memory.lives.values() if one.camera_id == found.id]


def _live_row(desk: Desk, found: Camera, lives: list[Live]) -> dict[str, Any]:
    streams = [
        {
            "hls": f"{desk.base}/live/{one.token}.m3u8",
            "coverUrl": f"{desk.base}/live/{one.token}.jpg",
            "streamId": one.stream,
            "status": "1",
            "liveToken": one.token,
        }
        for one in lives
    ]
    return {
        "liveToken": lives[0].token,
        "liveStatus": 1,
        "liveType": 1,
        "deviceId": serial_of(desk.world, desk.world.device_of(found)),
        "channelId": channel_of(desk.world, found),
        "coverUpdate": COVER_SECONDS,
        "streams": streams,
        "job": [{"status": True, "period": "always", "beginTime": "", "endTime": ""}],
    }


CALLS = (
    Call(
        "bindDeviceLive",
        bind_live,
        (
            *CHANNEL,
            Rule("streamId", "int", choices=(0, 1)),
            Rule("liveMode", required=False, choices=("proxy",)),
        ),
    ),
    Call("getLiveStreamInfo", live_info, CHANNEL),
    Call("liveList", live_list, (TOKEN, Rule("queryRange", "range"))),
    Call("unbindLive", unbind_live, (TOKEN, Rule("liveToken"))),
    Call(
        "createDeviceFlvLive",
        create_flv,
        (
            *CHANNEL,
            Rule("type", required=False, default="realTime", choices=("realTime", "playback")),
            Rule("beginTime", "time", required=False),
            Rule("endTime", "time", required=False),
            Rule("recordType", required=False, choices=tuple(SPEEDS)),
            Rule("speed", "int", required=False, default=1),
        ),
    ),
    # Named by the vendor's mini program and by clients; their pages are not stored.
    Call("queryDeviceFlvLive", query_flv, CHANNEL),
    Call("deleteDeviceFlvLive", delete_flv, CHANNEL),
    Call("getStreamUrl", stream_url, (*CHANNEL, STREAM)),
    Call("getKitToken", kit_token, (*CHANNEL, Rule("type", "number", choices=(0, 1, 2, 6)))),
)
