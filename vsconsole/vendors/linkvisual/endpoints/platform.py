"""Calls of the platform below the video service: session, devices, things, live, card playback."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Paging
from vsconsole.net.rules import TimeRange
from vsconsole.vendors.linkvisual.endpoints.shared import (
    IOT_ID,
    STREAM,
    Args,
    Call,
    call,
    change,
    flag,
    read,
    seconds,
    text,
    whole,
)

_PAGE = (
    whole(name="pageNo", minimum=1, default=1),
    whole(name="pageSize", minimum=1, maximum=100, default=20),
)
_PAGES = Paging(number="pageNo", size="pageSize", largest=100, items="data", total="total")
_ENCRYPTED = (
    flag(name="encrypted", doc=N_("Only streams that are not encrypted can be shown.")),
    whole(name="encryptType", choices=(0,), doc=N_("0 key frames only")),
)
# Assumed: as in QueryDeviceVodUrl, which does the same for the owner of the cloud account.
_SEEK = whole(name="seekTime", minimum=0, default=0, doc=N_("Seconds from the recording's start."))

ACCOUNT_TYPE = "OA_SESSION"

# Not repeated by itself: a code is good for one session.
_OPEN = call(
    "/account/createSessionByAuthCode",
    "1.0.4",
    "createSessionByAuthCode",
    text("authCode", secret=True),
    text("accountType", choices=(ACCOUNT_TYPE,)),
    text("appKey"),
    user=False,
)
_REFRESH = call(
    "/account/checkOrRefreshSession",
    "1.0.4",
    "checkOrRefreshSession",
    text("refreshToken", secret=True),
    text("identityId", required=False),
    user=False,
    idempotent=True,
)
SESSION: tuple[Call, ...] = (_OPEN, _REFRESH)

DEVICES: tuple[Call, ...] = (
    call(
        "/uc/listBindingByAccount",
        "1.0.8",
        "listBindingByAccount",
        *_PAGE,
        text("thingType", required=False),
        text("nodeType", required=False, doc="DEVICE, GATEWAY"),
        idempotent=True,
        paging=_PAGES,
    ),
    call(
        "/subdevices/list",
        "1.0.6",
        "获取网关的子设备列表",
        IOT_ID,
        *_PAGE,
        idempotent=True,
        paging=_PAGES,
    ),
    call("/thing/tsl/get", "1.0.4", "获取物的TSL功能模板", IOT_ID, idempotent=True),
    # What a service does is the device's own affair: it may take away, and it may add up.
    call(
        "/thing/service/invoke",
        "1.0.5",
        "InvokeThingService",
        IOT_ID,
        text("identifier", doc=N_("A service of the device's model, such as PTZActionControl.")),
        Args(name="args", type="object", required=True, doc=N_("The service's own arguments.")),
        destructive=True,
    ),
)

LIVE: tuple[Call, ...] = (
    # Each answer is an address that works once; asking wakes the camera.
    read(
        "stream/query",
        "2.1.6",
        "Live stream for an app's user",
        IOT_ID,
        STREAM,
        flag(name="relayEncrypted", doc=N_("Only streams that are not encrypted can be shown.")),
        whole(name="relayEncryptType", choices=(0,), doc=N_("0 key frames only")),
        flag(name="forceIFrame"),
        flag(name="enablePrePlay"),
        whole(name="cacheDuration", minimum=0),
        flag(name="needDomainName"),
        whole(name="clientType"),
    ),
    call(
        "/vision/stream/query",
        "2.1.1",
        "获取直播播放地址",
        IOT_ID,
        STREAM,
        *_ENCRYPTED,
        flag(name="forceIFrame"),
        text("scheme", required=False, choices=("rtmp", "hls"), default="rtmp"),
        user=False,
        idempotent=True,
    ),
)

CARD: tuple[Call, ...] = (
    change(
        "vod/localfile/getbytime",
        "2.1.7",
        "Card playback by time",
        IOT_ID,
        seconds("beginTime"),
        seconds("endTime"),
        _SEEK,
        *_ENCRYPTED,
        rules=(TimeRange("beginTime", "endTime"),),
    ),
    change(
        "vod/localfile/getbyname",
        "2.1.4",
        "Card playback by file",
        IOT_ID,
        text("fileName", max_length=180),
        _SEEK,
        *_ENCRYPTED,
    ),
)
