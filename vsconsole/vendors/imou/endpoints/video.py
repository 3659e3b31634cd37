"""Live pictures, PTZ, presets and recordings."""

from __future__ import annotations

from datetime import timedelta

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Param
from vsconsole.net.rules import Exclusive, NeededWhen
from vsconsole.vendors.imou.endpoints.shared import (
    QueryRange,
    Times,
    channel,
    flag,
    method,
    month,
    needed,
    query_range,
    read,
    remove,
    stream,
    times,
    whole,
)

DAY = timedelta(days=1)
RECORD_TYPES = ("localRecord", "cloudRecord")

LIVE = (
    # A second one answers LV1001 and changes nothing.
    read(
        "bindDeviceLive",
        "创建设备源直播地址",
        *channel(),
        stream(required=True),
        Param(name="liveMode", choices=("proxy",)),
    ),
    read("getLiveStreamInfo", "根据设备和通道获取直播地址", *channel()),
    read("liveList", "获取直播列表", query_range(), rules=(QueryRange(),)),
    remove("unbindLive", "解绑直播地址", needed(name="liveToken", secret=True)),
    read(
        "createDeviceFlvLive",
        "创建设备flv直播地址",
        *channel(),
        Param(name="type", choices=("realTime", "playback"), default="realTime"),
        *times(required=False),
        Param(name="recordType", choices=RECORD_TYPES, doc=N_("Where the recording lies.")),
        whole(
            name="speed",
            choices=(1, 2, 4, 8, 16),
            default=1,
            doc=N_("Up to 16 from the cloud, up to 8 from the device."),
        ),
        rules=(
            NeededWhen("beginTime", "type", "playback"),
            NeededWhen("endTime", "type", "playback"),
            NeededWhen("recordType", "type", "playback"),
            Times(longest=DAY),
        ),
    ),
    read("queryDeviceFlvLive", "查询设备通道flv直播地址", *channel()),
    read("getStreamUrl", "获取设备RTSP播放地址", *channel(), stream(required=True)),
    read(
        "getKitToken",
        "获取轻应用播放token",
        *channel(),
        whole(
            name="type",
            required=True,
            choices=(0, 1, 2, 6),
            doc=N_("0 all, 1 live, 2 playback, 6 PTZ"),
        ),
    ),
)

STOP = "10"

PTZ = (
    method(
        "controlMovePTZ",
        "云台移动控制接口",
        *channel(),
        needed(
            name="operation",
            choices=tuple(str(number) for number in range(11)),
            doc=N_(
                "0 up, 1 down, 2 left, 3 right, 4 upper left, 5 lower left, 6 upper right, "
                "7 lower right, 8 zoom in, 9 zoom out, 10 stop"
            ),
        ),
        whole(name="duration", required=True, minimum=1, doc=N_("Milliseconds.")),
    ),
    read(
        "controlLocationPTZ",
        "云台定位接口",
        *channel(),
        Param(name="h", type="float", required=True, minimum=-1, maximum=1),
        Param(name="v", type="float", required=True, minimum=-1, maximum=1),
        Param(name="z", type="float", required=True, minimum=0, maximum=1),
    ),
    read("devicePTZInfo", "获取云台位置信息", *channel()),
)

_POINT = needed(name="name", doc=N_("The preset's name, which no other one has."))

PRESETS = (
    read("getCollection", "获取收藏点", *channel()),
    method("setCollection", "设置收藏点", *channel(), _POINT),
    read(
        "turnCollection",
        "转动到收藏点",
        *channel(),
        _POINT,
        Param(name="deviceType", choices=("ehome", "gb")),
    ),
    # Assumed: named like the other three; the vendor's client lists the call without parameters.
    remove("deleteCollection", "删除收藏点", *channel(), _POINT),
)

_TYPE = Param(name="type", choices=("All", "Manual", "Event"), default="All")

RECORDINGS = (
    read(
        "queryLocalRecords",
        "查询设备本地录像片段",
        *channel(),
        *times(),
        _TYPE,
        query_range(required=False),
        whole(name="count", minimum=1, maximum=100),
        rules=(Exclusive(("queryRange", "count")), QueryRange(), Times()),
    ),
    read("queryLocalRecordBitmap", "查询设备本地录像的日期", *channel(), *month(), _TYPE),
    read("queryLocalRecordNum", "查询设备本地录像片段数量", *channel(), *times(), rules=(Times(),)),
    read("queryCloudRecordNum", "查询设备云录像片段数量", *channel(), *times(), rules=(Times(),)),
    read(
        "queryCloudRecords",
        "查询设备云录像片段",
        *channel(),
        *times(),
        query_range(),
        rules=(QueryRange(), Times()),
    ),
    read(
        "getCloudRecords",
        "倒序查询设备云录像片段",
        *channel(),
        *times(),
        whole(name="count", required=True, minimum=1, maximum=100),
        Param(name="nextRecordId", default="-1", doc=N_("-1 first, then the last one's.")),
        Param(name="nextRecordRegionId"),
        flag(name="filterByChannel", default=False, doc=N_("False gives both lenses.")),
        rules=(Exclusive(("nextRecordId", "nextRecordRegionId")), Times()),
    ),
    read("queryCloudRecordBitmap", "查询设备云录像的日期", *channel(), *month()),
    remove("deleteCloudRecords", "删除设备云录像片段", needed(name="recordRegionId")),
    read(
        "createDeviceRecordHls",
        "创建设备录像hls地址",
        *channel(),
        *times(),
        needed(name="recordType", choices=RECORD_TYPES, doc=N_("Where the recording lies.")),
        stream(),
        rules=(Times(one_day=True),),
    ),
)
