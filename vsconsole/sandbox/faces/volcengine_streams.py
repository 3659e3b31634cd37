"""Streams, and starting and stopping them (2021-01-01)."""

from __future__ import annotations

import math
from typing import Any

from vsconsole.sandbox.faces.volcengine_codes import invalid
from vsconsole.sandbox.faces.volcengine_desk import (
    OLD,
    Call,
    Desk,
    Stream,
    check_span,
    find_stream,
    paged,
    require_online,
    rfc3339,
    space,
    stream,
    stream_of,
)
from vsconsole.sandbox.faces.volcengine_rules import TARGET, WHICH, Args, Rule, page, span
from vsconsole.sandbox.faces.volcengine_state import Pull
from vsconsole.sandbox.world import Camera, Device

PULLING_SECONDS = 0.3
"""How long a stream that was just started says `pulling`."""

_RECORDED_BEFORE = 86_400
"""Seconds that what a plan records had been pulled for when the world began."""

SAMPLE_SECONDS = 60
LONGEST_DATA = 24 * 3600
_BITS = {"main": 900_000, "sub": 250_000}


def list_streams(desk: Desk, args: Args) -> Any:
    """The streams of a space, main and sub, by part of a name where asked."""
    space(desk, args["SpaceID"])
    wanted = (args["StreamName"] or "").casefold()
    rows = [
        view(desk, found)
        for owner in desk.world.devices.values()
        if desk.memory.space_of(owner) == args["SpaceID"]
        for camera in owner.cameras
        for found in both(desk, camera)
        if wanted in _name(found).casefold()
    ]
    return paged("Streams", rows, args)


def get_stream(desk: Desk, args: Args) -> Any:
    """One stream; its expired addresses are renewed when asked."""
    found = stream(desk, args)
    if args["FreshExpiredPull"] == "1":
        renew(desk, found)
    return {
        **view(desk, found),
        "PushUrl": _push_url(desk, found),
        "RTMPushUrl": "",
        "PullSource": "",
    }


def start_stream(desk: Desk, args: Args) -> Any:
    """Ask the device for its picture; the answer is where to fetch it."""
    found = stream(desk, args)
    space(desk, args["SpaceID"])
    require_online(desk, found.camera)
    if pull_of(desk, found) is None:
        desk.memory.stopped.discard(found.id)
        _pull(desk, found, desk.now)
    elif args["FreshExpiredPull"] == "1":
        renew(desk, found)
    # Assumed: an empty map, as Go types it; no stream here has a transcoding template.
    return {"ID": found.id, "PullUrls": pull_urls(desk, found), "TransPullUrls": {}}


def stop_stream(desk: Desk, args: Args) -> Any:
    """End a stream for everybody who looks at it."""
    # Assumed: what is recorded by a plan goes on being recorded.
    found = stream(desk, args)
    desk.memory.pulls.pop(found.id, None)
    desk.memory.stopped.add(found.id)
    return {"ID": found.id}


def stream_data(desk: Desk, args: Args) -> Any:
    """Rates over a time, a sample a minute while the stream was recorded."""
    from vsconsole.sandbox.media import SIZES

    found = stream(desk, args)
    begin, end = check_span(args)
    if end - begin > LONGEST_DATA:
        # Assumed: the limit of the other calls that take a span of this kind.
        raise invalid("EndTime", "longer than 24 h")
    ranges = desk.memory.cloud_ranges(found.camera, begin, end)
    first = -(-begin // SAMPLE_SECONDS) * SAMPLE_SECONDS
    times = [
        t for t in range(first, end, SAMPLE_SECONDS) if any(r.begin <= t < r.end for r in ranges)
    ]
    width, height = SIZES[found.profile]

    def series(most: float) -> list[dict[str, Any]]:
        return [
            {"TimeStamp": t, "Value": round(most * (0.9 + 0.1 * math.sin(t / 600)))} for t in times
        ]

    return {
        "BVideo": series(_BITS[found.profile]),
        "BAudio": series(64_000 if found.camera.picture.audio else 0),
        "FPS": [{"TimeStamp": t, "Value": 12} for t in times],
        "Frame": [{"TimeStamp": t, "Value": 12 * SAMPLE_SECONDS} for t in times],
        "VCodec": found.camera.picture.codec,
        "Width": width,
        "Height": height,
    }


def both(desk: Desk, camera: Camera) -> tuple[Stream, Stream]:
    """Main and sub stream of a camera."""
    return stream_of(desk.world, camera, "main"), stream_of(desk.world, camera, "sub")


def status(desk: Desk, found: Stream) -> str:
    """Init, pulling, online, offline, or stopped in the spelling of page 133500."""
    if not desk.streams.is_on(found.camera):
        return "offline"
    if found.id in desk.memory.stopped:
        return "stoppped"
    pull = pull_of(desk, found)
    if pull is None:
        return "init"
    return "pulling" if desk.now - pull.since < PULLING_SECONDS else "online"


def pull_of(desk: Desk, found: Stream) -> Pull | None:
    """The addresses of a started stream; what a plan records was started with it."""
    pull = desk.memory.pulls.get(found.id)
    if pull is None and found.profile == "main" and found.id not in desk.memory.stopped:
        recorded = desk.memory.template_of(found.camera, "record") is not None
        if recorded and desk.streams.is_on(found.camera):
            return _pull(desk, found, float(desk.world.born - _RECORDED_BEFORE))
    return pull


def renew(desk: Desk, found: Stream) -> None:
    """New addresses for a started stream whose old ones have ended; others stay as they are."""
    pull = pull_of(desk, found)
    if pull is not None and desk.now >= pull.until:
        _pull(desk, found, pull.since)


def pull_urls(desk: Desk, found: Stream) -> list[str]:
    """RTMP, FLV and HLS addresses of a started stream, good or expired; none when not started."""
    pull = pull_of(desk, found)
    if pull is None:
        return []
    query = volc_query(pull.token)
    return [
        f"{desk.rtmp()}/live/{found.id}?{query}",
        f"{desk.base}/live/{found.id}.flv?{query}",
        f"{desk.base}/live/{found.id}.m3u8?{query}",
    ]


def sign_again(desk: Desk, space_id: str) -> None:
    """New addresses for the started streams of a space whose keys were changed."""
    for pull in list(desk.memory.pulls.values()):
        found = find_stream(desk.world, pull.stream_id)
        if found is not None and desk.memory.space_of(desk.world.device_of(found.camera)) == (
            space_id
        ):
            _pull(desk, found, pull.since)


def live_fields(found: Stream, key: str) -> dict[str, str]:
    """What the token of a live address covers: the stream, and a key of its space."""
    return {"stream": found.id, "key": key}


def volc_query(token: str) -> str:
    """A token in the two items that stream addresses carry."""
    until, _, secret = token.partition(".")
    return f"volcTime={until}&volcSecret={secret}"


def live_seconds(desk: Desk, owner: Device) -> float:
    """How long new stream addresses of a device live."""
    memory = desk.memory
    for chosen in (memory.pull_seconds, memory.token_seconds):
        if chosen is not None:
            return desk.streams.life(chosen)
    return desk.streams.life(memory.spaces[memory.space_of(owner)].valid_minutes * 60.0)


def view(desk: Desk, found: Stream) -> dict[str, Any]:
    """What listings say of a stream."""
    camera = found.camera
    owner = desk.world.device_of(camera)
    space_id = desk.memory.space_of(owner)
    pull = desk.memory.pulls.get(found.id)
    record = desk.memory.template_of(camera, "record") if found.profile == "main" else None
    shot = desk.memory.template_of(camera, "screenshot") if found.profile == "main" else None
    return {
        "StreamID": found.id,
        "StreamName": _name(found),
        "Status": status(desk, found),
        # Assumed: the number that StreamingIndex has elsewhere.
        "StreamingType": str(found.index),
        "SpaceID": space_id,
        "SpaceAccessType": desk.memory.spaces[space_id].access,
        "DeviceID": owner.id,
        "DeviceNSID": owner.code,
        "ChannelID": camera.code,
        "SIPID": "34020000002000000001",
        "Description": "",
        "Resolution": "/".join(camera.resolutions),
        "RtpTransportTcp": owner.transport == "tcp",
        "PullUrls": pull_urls(desk, found),
        "TransPullUrls": {},
        "RecentPushTs": rfc3339(pull.since) if pull else "",
        "Record": _named(record),
        "Screenshot": _named(shot),
        "AI": _named(None),
        "CreatedAt": rfc3339(desk.world.born - 86_400),
        "UpdatedAt": rfc3339(desk.world.born - 86_400),
    }


def _pull(desk: Desk, found: Stream, since: float) -> Pull:
    owner = desk.world.device_of(found.camera)
    seconds = live_seconds(desk, owner)
    key = desk.memory.spaces[desk.memory.space_of(owner)].main_key
    pull = Pull(
        stream_id=found.id,
        since=since,
        token=desk.streams.token("live", live_fields(found, key), seconds),
        # As the token has it, so that an address that has ended is never told as a good one.
        until=float(int(desk.now + seconds)),
    )
    desk.memory.pulls[found.id] = pull
    return pull


def _push_url(desk: Desk, found: Stream) -> str:
    seconds = live_seconds(desk, desk.world.device_of(found.camera))
    token = desk.streams.token("push", {"stream": found.id}, seconds)
    return f"rtmp://push.invalid/live/{found.id}?{volc_query(token)}"


def _name(found: Stream) -> str:
    return found.camera.name if found.profile == "main" else f"{found.camera.name}_sub"


def _named(template: Any) -> dict[str, str]:
    if template is None:
        return {"TemplateID": "", "TemplateName": ""}
    return {"TemplateID": template.id, "TemplateName": template.name}


_FRESH = Rule("FreshExpiredPull", choices=("0", "1"), default="0")

CALLS = (
    Call(
        "ListStreams",
        OLD,
        ("GET",),
        list_streams,
        (Rule("SpaceID", required=True), Rule("StreamName"), *page()),
    ),
    Call(
        "GetStream",
        OLD,
        ("GET",),
        get_stream,
        (
            Rule("StreamID", required=True),
            Rule("StreamingIndex", "int", required=True, low=0, high=9),
            Rule("Resolution"),
            Rule("StreamName"),
            _FRESH,
            Rule("FreshExpiredPush", choices=("0", "1")),
        ),
    ),
    Call(
        "StartStream",
        OLD,
        ("POST",),
        start_stream,
        (
            *TARGET,
            Rule("IgnoreAudio", "flag"),
            Rule("EnableAudioTranscode", "flag"),
            Rule("FreshExpiredPull", choices=("0", "1"), default="1"),
            Rule("SpaceID"),
        ),
    ),
    Call("StopStream", OLD, ("POST",), stop_stream, TARGET),
    Call(
        "GetStreamData",
        OLD,
        ("POST",),
        stream_data,
        (Rule("StreamID", required=True), *span(), *WHICH),
    ),
)
