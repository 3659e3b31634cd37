"""AI digests, alarms, snapshots and push."""

from __future__ import annotations

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Param
from vsconsole.vendors.imou.endpoints.shared import (
    Times,
    channel,
    method,
    needed,
    read,
    remove,
    times,
    whole,
)

PACKAGES = ("aiCloudRecord", "aiInsight")

DIGESTS = (
    read(
        "getCondensedRecords",
        "查询智见录像片段",
        *channel(),
        *times(),
        needed(
            name="packageType",
            choices=PACKAGES,
            doc=N_("aiCloudRecord: digests as video; aiInsight: digests as pictures."),
        ),
        needed(name="recordId", doc=N_("-1 first, then the last one's.")),
        whole(name="count", required=True, minimum=1),
        rules=(Times(),),
    ),
)

ALARMS = (
    read(
        "getAlarmMessage",
        "查询设备报警消息",
        *channel(),
        *times(),
        whole(name="count", required=True, minimum=1, maximum=100),
        Param(name="nextAlarmId", default="-1", doc=N_("-1 first, then the answer's.")),
        rules=(Times(),),
    ),
    remove("deleteAlarmMessage", "删除设备报警消息", *channel(), needed(name="alarmId")),
)

PICTURES = (
    # At most one a second; the picture is there some two seconds after its address.
    method("setDeviceSnapEnhanced", "设备抓图(增强)", *channel()),
    method("setDeviceSnap", "设备抓图", *channel()),
)

PUSH = (
    read(
        "setMessageCallback",
        "设置消息回调",
        needed(name="status", choices=("on", "off")),
        Param(name="callbackUrl", doc=N_("A public address of one's own.")),
        Param(name="callbackFlag", doc=N_("Such as alarm,deviceStatus.")),
        Param(name="basePush", choices=("1", "2")),
    ),
    read("getMessageCallback", "获取消息回调"),
)
