"""Recordings of the Ctyun face: GET /devices/{DeviceId}/records and .../local/vod/streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from vsconsole.sandbox.faces.ctyun_codes import INVALID, NO_RECORD, Refused
from vsconsole.sandbox.faces.ctyun_desk import (
    Call,
    Desk,
    Node,
    address,
    node,
    paged,
    require_gb28181,
    stamp,
)
from vsconsole.sandbox.faces.ctyun_rules import DIRECTIONS, NETWORK, PAGE, Args, Rule
from vsconsole.sandbox.world import Camera, Habit, Range, World
from vsconsole.sandbox.world.recordings import DAY, day_begin, day_of

Format = Literal["hls", "ps", "mp4", "m3u8"]

ALL_TYPES = -1
WHOLE_DAY, CYCLE, GIVEN_TIME, MANUAL, WHOLE_DAY_PACKAGE = 1, 2, 3, 5, 6

LONGEST_FILE = 1800
"""Assumed: the interval at which a file ends when nothing else ends it; the older record template
page has it as its default."""

LONGEST_VOD = 86_400
"""The page's limit of one device playback."""

LOCAL_FILE = 3600
_SHORTEST = 20
_LONG: tuple[Format, int] = ("hls", LONGEST_FILE)
_BYTES_PER_SECOND = 21_590
# Short files lie between the long ones, as in the document's sample; those that are not HLS are
# always short, because a file that is fetched whole has to be made whole.
_SHORT: tuple[tuple[Format, int], ...] = (
    ("hls", 816),
    ("ps", 64),
    ("hls", 25),
    ("mp4", 64),
    ("ps", 45),
    ("m3u8", 64),
)
_BETWEEN_SHORT = 4
"""Long files from one short file to the next."""


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One recorded file: whole epoch seconds, its format and why it was recorded."""

    id: str
    begin: int
    end: int
    format: Format
    type: int

    @property
    def seconds(self) -> int:
        """FileDuration."""
        return self.end - self.begin


def list_records(desk: Desk, args: Args) -> dict[str, Any]:
    """The files of a device that overlap the asked time; local ones come all at once.

    Assumed: a file that overlaps is listed whole.
    """
    one = node(desk.world, args["DeviceId"])
    begin, end = args["StartTime"], args["EndTime"]
    if begin >= end:
        raise Refused(INVALID, "EndTime")
    local = args["RecordSource"] == "local"
    if local:
        require_gb28181(desk, one)
    found: list[File] = []
    if one.camera is not None:
        list_files = local_files if local else cloud_files
        found = list_files(desk.world, one.camera, begin, end)
    if not local and args["RecordType"] != ALL_TYPES:
        found = [file for file in found if file.type == args["RecordType"]]
    if args["SortDirection"].lower() == "desc":
        found.reverse()
    rows = [_row(desk, one, file, local=local) for file in found]
    if local:
        # Assumed: what is not paged comes as one page.
        args = {**args, "PageNum": 1, "PageSize": max(1, len(rows))}
    return {
        "DeviceId": one.id,
        **paged("Records", rows, args),
        # The sample has a 0 here for a question about all types.
        "RecordType": max(0, args["RecordType"]),
    }


def open_local_stream(desk: Desk, args: Args) -> dict[str, Any]:
    """A playback session on the device, by FLV, HLS and RTMP; each call makes a new one."""
    one = node(desk.world, args["DeviceId"])
    begin, end = args["StartTime"], args["EndTime"]
    if begin >= end or end - begin > LONGEST_VOD:
        raise Refused(INVALID, "EndTime")
    require_gb28181(desk, one)
    if one.camera is None:
        raise Refused(NO_RECORD)
    ranges = desk.world.device_ranges(one.camera, begin, end)
    if not ranges:
        raise Refused(NO_RECORD)
    session = desk.streams.open_session(one.camera, begin, end, "main", ranges)
    flv = address(desk, f"/media/local/{session.id}.flv")
    hls = address(desk, f"/media/local/{session.id}.m3u8")
    name = f"{session.id}?token={desk.streams.token(f'rtmp/{session.id}', {}, desk.seconds)}"
    # Assumed: the layout is that of the sister service's streams.
    stream = {
        "StreamNum": args["StreamNum"],
        "SSRC": f"1{int(session.id[:8], 16) % 10**9:09d}",
        "Audio": {"Codec": one.camera.picture.audio or ""},
        "Video": {"Codec": one.camera.picture.codec},
        "PlayUrl": {
            "FlvUrl": flv,
            "HlsUrl": hls,
            "RtmpUrl": f"{desk.rtmp()}/local/{name}",
            # The sandbox speaks no RTSP; an address that is not in use is "" in the document.
            "RtspUrl": "",
        },
    }
    return {"DeviceId": one.id, "LocalVodStreams": [stream]}


def cloud_files(world: World, camera: Camera, begin: int, end: int) -> list[File]:
    """The files in the cloud that overlap [begin, end), the newest up to now."""
    # Files end at midnight, so a day's files are the same whatever was asked for. The day that
    # is being forgotten is left out: its files' borders would move with the clock.
    kept = max((c.hot_days + c.cold_days for c in camera.live_coverage), default=0)
    now = int(world.now())
    oldest = now - kept * DAY
    found: list[File] = []
    for day in range(day_of(max(begin, oldest)), day_of(min(end, now)) + 1):
        midnight = day_begin(day)
        if midnight >= oldest:
            ranges = world.cloud_ranges(camera, midnight, midnight + DAY)
            found += _files(camera, ranges, now)
    return [file for file in found if file.begin < end and file.end > begin]


def local_files(world: World, camera: Camera, begin: int, end: int) -> list[File]:
    """The files on the device that overlap [begin, end)."""
    found = []
    for piece in world.device_ranges(camera, begin - LOCAL_FILE, end + LOCAL_FILE):
        at = piece.begin
        while at < piece.end:
            # On the full hour, whatever the question's begin was.
            last = min(piece.end, at - at % LOCAL_FILE + LOCAL_FILE)
            found.append(
                File(id=_id("73", camera, at), begin=at, end=last, format="ps", type=WHOLE_DAY)
            )
            at = last
    return [file for file in found if file.begin < end and file.end > begin]


def _files(camera: Camera, ranges: Iterable[Range], now: int) -> Iterator[File]:
    """A day's ranges cut into files; neighbours are a second apart, as in the sample."""
    count = camera.number
    for piece in ranges:
        at = piece.begin
        # Assumed: what is being written is listed up to now, like a file that ended.
        running = piece.end >= now - 1
        while piece.end - at >= _SHORTEST:
            form, length = _LONG
            count += 1
            if count % _BETWEEN_SHORT == 0:
                form, length = _SHORT[count // _BETWEEN_SHORT % len(_SHORT)]
            last = min(piece.end, at + length)
            # No file is left that is too short; of a running one the border must not move.
            if not running and piece.end - last < _SHORTEST:
                last = piece.end
            end = last if last == piece.end else last - 1
            if running:
                end = min(end, at + length - 1)
            yield File(
                id=_id("72", camera, at),
                begin=at,
                end=end,
                format=_possible(camera, form),
                type=MANUAL if form == "ps" else _type(camera),
            )
            at = last


def _possible(camera: Camera, form: Format) -> Format:
    """What a file can really be: the sandbox's PS does not take H.265."""
    return "hls" if form == "ps" and camera.picture.codec == "h265" else form


def _type(camera: Camera) -> int:
    if camera.habit is Habit.WORKING_HOURS:
        return CYCLE
    if camera.habit is Habit.EVENTS:
        return GIVEN_TIME
    return WHOLE_DAY_PACKAGE if camera.number % 2 else WHOLE_DAY


def _id(kind: str, camera: Camera, begin: int) -> str:
    """18 digits, the same whenever the file is listed."""
    return f"{kind}{camera.number:06d}{begin:010d}"


def _row(desk: Desk, one: Node, file: File, *, local: bool) -> dict[str, Any]:
    """A file as the document's sample has it: whole numbers as text, unused addresses empty."""
    assert one.camera is not None
    hls = ps = cover = ""
    if not local:
        place = f"{one.id}/{file.begin}-{file.end}"
        cover = address(desk, f"/media/cover/{one.id}/{file.begin}.png")
        if file.format == "hls":
            hls = address(desk, f"/media/record/{place}.m3u8")
        elif file.format == "ps":
            ps = address(desk, f"/media/record/{place}.ps")
    size = file.seconds * _BYTES_PER_SECOND + file.begin % 9973
    return {
        "RecordId": file.id,
        "FileFormat": file.format,
        "Audio": {"Codec": _sound(one.camera, file, local=local)},
        "Video": {"Codec": one.camera.picture.codec},
        "PlayUrl": {"HlsUrl": hls, "PsUrl": ps},
        "StartTime": stamp(file.begin),
        "EndTime": stamp(file.end),
        "FileDuration": str(file.seconds),
        "CoverUrl": cover,
        "FileSize": str(size),
    }


def _sound(camera: Camera, file: File, *, local: bool) -> str:
    audio = camera.picture.audio
    if audio is None or (file.format == "ps" and not local):
        return ""
    if file.format == "hls":
        # HLS cannot carry G.711: the cloud makes AAC of it.
        return "aac"
    return audio if audio in ("aac", "g711a") else ""


CALLS = (
    Call(
        name="DescribeRecords",
        path="/devices/{DeviceId}/records",
        handler=list_records,
        query=(
            NETWORK,
            Rule("RecordSource", default="cloud", choices=("cloud", "local")),
            Rule(
                "RecordType",
                "int",
                required=True,
                choices=(ALL_TYPES, WHOLE_DAY, CYCLE, GIVEN_TIME, MANUAL, WHOLE_DAY_PACKAGE),
            ),
            Rule("StartTime", "time", required=True),
            Rule("EndTime", "time", required=True),
            Rule("SortBy", choices=("StartTime",)),
            Rule("SortDirection", default="asc", choices=DIRECTIONS),
            *PAGE,
        ),
    ),
    Call(
        name="DescLocalVodStreams",
        path="/devices/{DeviceId}/local/vod/streams",
        handler=open_local_stream,
        query=(
            NETWORK,
            Rule("StreamNum", "int", required=True, choices=(1,)),
            Rule("StartTime", "int", required=True, low=0),
            Rule("EndTime", "int", required=True, low=0),
        ),
    ),
)
"""The document itself, and the vendor's page VssDevice/Stream/DescLocalVodStreams."""
