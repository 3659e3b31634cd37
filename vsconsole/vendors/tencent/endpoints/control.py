"""设备控制, 实况预览, 录像回放: PTZ, live pictures and recordings."""

from __future__ import annotations

from datetime import timedelta

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Param
from vsconsole.net.rules import AnyOf, Exclusive, TimeRange
from vsconsole.vendors.tencent.endpoints.shared import (
    DAY,
    ZONE,
    get,
    ident,
    needed,
    post,
    seconds,
    whole,
)

_STREAM = (
    whole(name="StreamType", choices=(1, 2), doc=N_("1 main stream, 2 sub stream")),
    Param(
        name="Resolution",
        pattern=r"[1-6]|[0-9]{6,10}",
        doc=N_("1 QCIF, 2 CIF, 3 4CIF, 4 D1, 5 720P, 6 1080P, or such as 19201080"),
    ),
)
_STREAM_RULE = Exclusive(("StreamType", "Resolution"))
PTZ_TYPES = (
    "up",
    "down",
    "left",
    "right",
    "leftup",
    "rightup",
    "leftdown",
    "rightdown",
    "zoomin",
    "zoomout",
    "focusfar",
    "focusnear",
    "irisin",
    "irisout",
)

CONTROL = (
    post(
        "control_ptz",
        "/ivc/cms/control/ptz",
        "ptz 控制",
        ident("ChannelId", "body"),
        needed(name="Type", choices=PTZ_TYPES),
        whole(name="Speed", minimum=1, maximum=8, default=4),
    ),
    post(
        "control_preset_manage",
        "/ivc/cms/control/preset/mange",
        "预置位操作",
        ident("ChannelId", "body"),
        needed(name="Cmd", choices=("goto", "set", "del")),
        whole(name="Index", required=True, minimum=1, maximum=10),
        idempotent=True,
    ),
    post(
        "control_preset_get",
        "/ivc/cms/control/preset/get",
        "预置位查询",
        ident("ChannelId", "body"),
        idempotent=True,
    ),
)

LIVE = (
    post(
        "control_stream",
        "/ivc/cms/control/stream",
        "获取开流地址",
        Param(name="DeviceId", doc=N_("For RTMP devices.")),
        Param(name="ChannelId", doc=N_("For GB28181 devices.")),
        *_STREAM,
        rules=(AnyOf(("ChannelId", "DeviceId")), _STREAM_RULE),
        idempotent=True,
    ),
)

RECORDINGS = (
    get(
        "record_filelist_query",
        "/ivc/record/filelist/query",
        "查询录像时间轴(云录像)",
        ident("DeviceId"),
        ident("ChannelId"),
        seconds("StartTime", "query"),
        seconds("EndTime", "query"),
        rules=(TimeRange("StartTime", "EndTime", DAY, ZONE),),
    ),
    post(
        "control_timeline",
        "/ivc/cms/control/timeline",
        "查询录像时间轴(设备本地录像）",
        ident("ChannelId", "body"),
        seconds("Start", "body"),
        seconds("End", "body"),
        rules=(TimeRange("Start", "End"),),
        idempotent=True,
    ),
    get(
        "record_playback_url",
        "/ivc/record/playback/url",
        "获取云录像回放 URL 地址",
        ident("ChannelId"),
        seconds("StartTime", "query"),
        seconds("EndTime", "query"),
        rules=(TimeRange("StartTime", "EndTime", DAY, ZONE),),
    ),
    post(
        "control_record",
        "/ivc/cms/control/record",
        "获取设备本地录像 URL 地址",
        ident("ChannelId", "body"),
        seconds("Start", "body"),
        seconds("End", "body"),
        *_STREAM,
        rules=(TimeRange("Start", "End"), _STREAM_RULE),
    ),
    post(
        "control_recordctl",
        "/ivc/cms/control/recordctl",
        "录像回放控制(设备本地录像)",
        ident("ChannelId", "body"),
        ident("Session", "body"),
        needed(name="Action", choices=("play", "pause", "stop")),
        whole(name="Pos", minimum=0, doc=N_("Seconds from the recording's start.")),
        Param(name="Scale", type="float", choices=(0.25, 0.5, 1, 2, 4, 8), doc=N_("Speed.")),
        rules=(Exclusive(("Pos", "Scale")),),
        idempotent=True,
    ),
    post(
        "video_download_url",
        "/ivc/vds/VideoDownloadUrl",
        "云录像下载 url 获取",
        ident("ChannelId", "body"),
        needed(name="BeginTime", pattern=r"[0-9]{1,12}", doc=N_("Seconds since 1970 in UTC.")),
        needed(name="EndTime", pattern=r"[0-9]{1,12}", doc=N_("Seconds since 1970 in UTC.")),
        needed(name="FileType", choices=("mp4", "ts")),
        rules=(TimeRange("BeginTime", "EndTime", timedelta(minutes=30), ZONE),),
        idempotent=True,
    ),
)
