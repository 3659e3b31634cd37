"""Live pictures and playback from the card: the addresses, and who may open an RTMP one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from vsconsole.sandbox.faces.linkvisual_codes import (
    NO_DATA,
    NOT_CONNECTED,
    OFFLINE,
    REQUEST,
    Refused,
)
from vsconsole.sandbox.faces.linkvisual_desk import (
    Call,
    Desk,
    Memory,
    Relay,
    address,
    camera_of,
    iot_id,
    once,
    profile_of,
    require_online,
)
from vsconsole.sandbox.faces.linkvisual_rules import (
    FILE_NAME,
    IOT_ID,
    STREAM,
    Args,
    Rule,
    seconds,
    switch,
)
from vsconsole.sandbox.streams import PlaybackSession, Streams
from vsconsole.sandbox.world import Camera, World

RELAY_SECONDS = 60
HLS_SECONDS = 3600
"""Assumed: how long addresses wait to be opened; only that a relay's opens once is known."""

WAKE_SECONDS = 1.0
CARD_NAME = "card"


def live_of_user(desk: Desk, args: Args) -> Any:
    """The relay of a live picture; 9201 while the camera still has to be woken."""
    if args["relayEncrypted"]:
        raise Refused(REQUEST, "relayEncrypted: this relay does not encrypt")
    camera = camera_of(desk, args["iotId"])
    _connect(desk, camera)
    return {
        "typeList": ["Relay"],
        "relayUrl": _relay_url(desk, camera, args["streamType"]),
        "relayDecryptKey": {"iv": "", "key": ""},
        "p2pInfo": {},
        "supportVisionPtz": camera.ptz,
    }


def live_of_app(desk: Desk, args: Args) -> Any:
    """The address of a live picture as RTMP or HLS."""
    if args["encrypted"]:
        raise Refused(REQUEST, "encrypted: this relay does not encrypt")
    camera = camera_of(desk, args["iotId"])
    _connect(desk, camera)
    if args["scheme"] == "hls":
        path = f"/live/{iot_id(desk.world, camera.id)}.m3u8"
        play = address(desk, path, {"stream": args["streamType"]}, HLS_SECONDS)
    else:
        play = _relay_url(desk, camera, args["streamType"])
    return {"path": play, "supportRelayPrePlay": False, "decryptKey": {"iv": "", "key": ""}}


def card_by_time(desk: Desk, args: Args) -> Any:
    """The address of what the card holds in a range of seconds."""
    camera = camera_of(desk, args["iotId"])
    return _card_url(desk, camera, args["beginTime"], args["endTime"], args)


def card_by_name(desk: Desk, args: Args) -> Any:
    """The address of one recording of the card."""
    camera = camera_of(desk, args["iotId"])
    try:
        kind, begin, end = args["fileName"].split("_")
        span = int(begin), int(end)
    except ValueError:
        raise Refused(NO_DATA, "fileName") from None
    if kind != CARD_NAME:
        raise Refused(NO_DATA, "fileName")
    return _card_url(desk, camera, *span, args)


def open_relay(
    world: World, streams: Streams, memory: Memory, app: str, name: str
) -> Iterator[bytes]:
    """What an RTMP address opens, once; PermissionError for a token that does not count.

    The token stands behind the app, as the vendor's relay has it, or behind a stream's name.
    """
    where, _, query = app.partition("?")
    query = query or name.partition("?")[2]
    if where != "live":
        raise LookupError(where)
    with world.lock:
        relay = memory.relays.pop(dict(parse_qsl(query)).get("token", ""), None)
        if relay is None or world.now() >= relay.until:
            raise PermissionError("the token does not count")
        camera = world.cameras.get(relay.camera_id)
    if camera is None or not streams.is_on(camera):
        raise LookupError("no stream")
    if relay.session is not None:
        return streams.play(relay.session)
    return streams.live_flv(camera, relay.profile)


def _connect(desk: Desk, camera: Camera) -> None:
    """Refused while the camera has no connection; asking wakes one that sleeps."""
    owner = desk.world.device_of(camera)
    if owner.asleep and owner.status == "online" and "offline" not in desk.struck:
        woken = desk.memory.waking.setdefault(owner.id, desk.now)
        if desk.now < woken + WAKE_SECONDS:
            raise Refused(NOT_CONNECTED)
        owner.asleep = False
    desk.memory.waking.pop(owner.id, None)
    if "offline" in desk.struck or owner.status != "online" or not camera.online:
        raise Refused(OFFLINE)


def _relay_url(
    desk: Desk, camera: Camera, stream: int, session: PlaybackSession | None = None
) -> str:
    """The vendor's form of a relay: the app with the token, and no name."""
    token = desk.world.fresh_id("lv-relay").replace("-", "")
    desk.memory.relays[token] = Relay(
        camera_id=camera.id,
        profile=profile_of(stream),
        until=desk.now + desk.streams.life(RELAY_SECONDS),
        session=session,
    )
    return f"{desk.relay()}/live?token={token}"


def _card_url(desk: Desk, camera: Camera, begin: int, end: int, args: Args) -> dict[str, Any]:
    if args["encrypted"]:
        raise Refused(REQUEST, "encrypted: this relay does not encrypt")
    require_online(desk, camera)
    if begin >= end:
        raise Refused(REQUEST, "beginTime is not before endTime")
    first = begin + (args["seekTime"] or 0)
    ranges = desk.world.device_ranges(camera, first, end)
    if not ranges:
        raise Refused(NO_DATA, "no recording on the card")
    profile = profile_of(args["streamType"])
    session = desk.streams.open_session(camera, first, end, profile, ranges)
    if args["scheme"] == "flv":
        return {"vodUrl": once(desk, f"/card/{session.id}.flv", {}, RELAY_SECONDS)}
    return {"vodUrl": _relay_url(desk, camera, args["streamType"], session)}


_CARD = (
    Rule("seekTime", "int", required=False, low=0),
    switch("encrypted"),
    Rule("encryptType", "int", required=False, choices=(0,)),
    Rule("scheme", required=False, default="rtmp", choices=("rtmp", "flv")),
    STREAM,
)
"""Assumed: named as in the document of the cloud's live call and in the RPC's QueryDeviceVodUrl."""

CALLS = (
    Call(
        path="/vision/customer/stream/query",
        versions=("2.1.6", "2.2.0"),
        handler=live_of_user,
        rules=(
            IOT_ID,
            STREAM,
            # Assumed: true where it is not said, as a client that can decrypt must not say it.
            switch("relayEncrypted", default=True),
            Rule("relayEncryptType", "int", required=False, choices=(0,)),
            switch("forceIFrame", default=True),
            switch("enablePrePlay"),
            Rule("cacheDuration", "int", required=False, low=0, high=10_000),
            switch("needDomainName"),
            Rule("clientType", "int", required=False),
        ),
    ),
    Call(
        path="/vision/stream/query",
        versions=("2.1.1",),
        handler=live_of_app,
        user=False,
        rules=(
            IOT_ID,
            STREAM,
            switch("encrypted", default=True),
            Rule("encryptType", "int", required=False, choices=(0,)),
            switch("forceIFrame", default=True),
            Rule("scheme", required=False, default="rtmp", choices=("rtmp", "hls")),
        ),
    ),
    Call(
        path="/vision/customer/vod/localfile/getbytime",
        versions=("2.1.7",),
        handler=card_by_time,
        rules=(IOT_ID, seconds("beginTime"), seconds("endTime"), *_CARD),
    ),
    Call(
        path="/vision/customer/vod/localfile/getbyname",
        versions=("2.1.4",),
        handler=card_by_name,
        rules=(IOT_ID, FILE_NAME, *_CARD),
    ),
)
