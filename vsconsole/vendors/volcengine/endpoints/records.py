"""Recordings in the cloud and on devices, downloads, and screenshots."""

from __future__ import annotations

from datetime import timedelta

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging, Param
from vsconsole.net.rules import AnyOf, Exclusive, NeededWhen, TimeRange
from vsconsole.vendors.volcengine.endpoints.shared import (
    DAY,
    NEW,
    OLD,
    TIMES,
    flag,
    get,
    ident,
    needed,
    page,
    pages_both,
    post,
    read,
    removes,
    stream_choice,
    times,
    whole,
)

LARGEST_PAGE = 30000
ROWS = 5000
"""Rows asked for at once: a day of files and most of a day of slices, in a short answer."""

TOKEN_SECONDS = 3600
SPEEDS = (1, 2, 4, 8, 16, 32)
DOWNLOAD = timedelta(minutes=30)

_BY_NUMBER = Exclusive(("StreamingIndex", "Resolution"))
_TOKEN = whole(
    name="TokenValid",
    minimum=1,
    default=TOKEN_SECONDS,
    doc=N_("Seconds that the addresses hold."),
)
_SLICES = "record_metadata"
_ROWS = Paging(number="PageNumber", size="PageSize", largest=ROWS, items="", total="")


def _when(name: str) -> Param:
    return needed(
        name=name,
        pattern=r"[0-9]{9,13}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+\-]\d\d:\d\d)",
        doc=N_("Seconds since 1970, or such as 2023-07-03T21:10:10+08:00."),
    )


CLOUD = (
    read(
        "ListStreamRecords",
        NEW,
        "docs/6521/1220475",
        ident("StreamID"),
        *stream_choice(),
        *times(),
        *pages_both(LARGEST_PAGE),
        Param(
            name="ReqType",
            choices=("", _SLICES),
            doc=N_("Empty for files, record_metadata for slices"),
        ),
        flag(name="WithSub"),
        rules=(TIMES, _BY_NUMBER),
        paging=_ROWS,
    ),
    read(
        "PlayCloudRecord",
        NEW,
        "docs/6521/1169962",
        ident("StreamID"),
        *stream_choice(),
        *times(),
        _TOKEN,
        flag(name="WithSub"),
        rules=(TimeRange("StartTime", "EndTime", DAY), _BY_NUMBER),
    ),
    read(
        "CloudRecordPlay",
        OLD,
        "录制管理: CloudRecordPlay - 云端录像播放",
        Param(name="StreamID", doc=N_("Or DeviceNSID and ChannelID.")),
        _when("StartTs"),
        _when("EndTs"),
        _TOKEN,
        Param(name="DeviceNSID", doc=N_("Together with ChannelID, in place of StreamID.")),
        Param(name="ChannelID"),
        *stream_choice(),
        rules=(
            Exclusive(("StreamID", "DeviceNSID")),
            AnyOf(("StreamID", "DeviceNSID")),
            NeededWhen("ChannelID", "StreamID", None),
        ),
    ),
    read(
        "ListDeviceRecords",
        OLD,
        "volc-sdk-golang: ListDeviceRecords",
        ident("SpaceID", "query"),
        ident("StreamID", "query"),
        Param(name="ReqType", place="query", choices=("", _SLICES)),
        *page("query"),
        _when("StartTs"),
        _when("EndTs"),
        paging=_ROWS,
    ),
    removes(
        get(
            "DeleteStreamRecord",
            OLD,
            "volcenginesdk-aiotvideo: DeleteStreamRecord",
            ident("RecordID", "query"),
        )
    ),
)

_SUBTITLE_FONT = Param(
    name="Font",
    type="object",
    fields=(
        Param(name="Alignment"),
        whole(name="FontSize"),
        Param(name="PrimaryColor"),
    ),
)

DEVICE = (
    get(
        "GetRecordList",
        NEW,
        "docs/6521/1169960",
        ident("StreamID", "query"),
        *times("query"),
        Param(
            name="RecordType",
            place="query",
            choices=("all", "alarm", "time", "manual"),
            default="all",
        ),
        Param(
            name="TimeoutInSec",
            type="int",
            place="query",
            minimum=1,
            doc=N_("Seconds that the device may take."),
        ),
        Param(name="Order", place="query", choices=("true", "false")),
        Param(name="DeviceNSID", place="query"),
        Param(name="ChannelID", place="query"),
        *stream_choice("query"),
        rules=(TIMES, _BY_NUMBER),
    ),
    post(
        "StartPlayback",
        NEW,
        "docs/6521/1169965",
        ident("SpaceID"),
        ident("StreamID"),
        *times(),
        rules=(TIMES,),
    ),
    get("GetPlaybackStatus", NEW, "docs/6521/1169967", ident("PlaybackID", "query")),
    read(
        "ControlPlayback",
        NEW,
        "docs/6521/1169968",
        ident("PlaybackID"),
        whole(
            name="Cmd",
            required=True,
            choices=(0, 1, 2, 3),
            doc=N_("0 play, 1 pause, 2 speed, 3 seek"),
        ),
        needed(
            name="Ntp",
            pattern=r"[0-9]+(\.[0-9]+)?",
            doc=N_("Seconds from the start of the recording."),
        ),
        Param(name="Scale", type="float", required=True, choices=SPEEDS, doc=N_("Speed.")),
    ),
    get("StopPlayback", NEW, "docs/6521/1169950", ident("PlaybackID", "query")),
    post(
        "DownloadLocalMedia",
        NEW,
        "docs/6521/1169956",
        ident("StreamID"),
        *times(),
        Param(
            name="Mps",
            type="object",
            fields=(
                Param(name="M3U8Option", type="object", fields=(flag(name="ToMp4"),)),
                Param(
                    name="Subtitle",
                    type="object",
                    fields=(
                        _SUBTITLE_FONT,
                        Param(
                            name="SubtitleList",
                            type="list",
                            item=Param(
                                name="SubtitleList",
                                type="object",
                                fields=(
                                    needed(name="Content"),
                                    whole(name="Start", doc=N_("Milliseconds.")),
                                    whole(name="End", doc=N_("Milliseconds.")),
                                    _SUBTITLE_FONT,
                                ),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        rules=(TIMES,),
    ),
    get("GetLocalDownload", OLD, "docs/6521/1123386", ident("ID", "query")),
)

SCREENSHOTS = (
    read(
        "ListStreamScreenshots",
        NEW,
        "docs/6521/1466599",
        ident("StreamID"),
        *stream_choice(),
        *times(),
        *pages_both(LARGEST_PAGE),
        rules=(TIMES, _BY_NUMBER),
        paging=_ROWS,
    ),
)
