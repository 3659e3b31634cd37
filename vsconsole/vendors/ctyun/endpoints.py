"""Every call of the v2 documents that is published, named as its page is.

The flattened tables have lost their "required" column; where the page shows it, the row has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import N_, _
from vsconsole.net.endpoint import Endpoint, Paging, Param
from vsconsole.net.rules import TimeRange

ZONE = "Asia/Shanghai"
"""Texts of time bear no zone. Assumed: Beijing's, as the seed's request and its time stamp fit."""

LARGEST_PAGE = 1000
LOCAL_VOD = timedelta(days=1)
"""The longest range of one device-side playback."""
AI_SPAN = timedelta(days=7)
"""The longest range of one question about AI results."""
AI_KEPT = timedelta(days=30)

_TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d"

_query = partial(Param, place="query")
_flag = partial(Param, place="query", type="int", choices=(0, 1))
_device = Param(name="DeviceId", place="path", required=True, pattern=r"[0-9A-Za-z_\-]+")
_network = _query(
    name="OutNetwork",
    choices=("internet", "vpn"),
    default="internet",
    doc=N_("internet, or vpn for the private video network"),
)


@dataclass(frozen=True, slots=True)
class TextRange:
    """Times `begin` and `end` as `yyyy-mm-dd HH:MM:SS`, in order."""

    begin: str
    end: str

    def check(self, values: Mapping[str, Any]) -> None:
        """InvalidInput where the end is not after the begin."""
        # In this format the order of the texts is the order of the times.
        if values[self.end] <= values[self.begin]:
            raise InvalidInput(self.describe(), field=self.end)

    def describe(self) -> str:
        return _("{begin} must be before {end}.").format(begin=self.begin, end=self.end)


def _page(*, doc: str = "") -> tuple[Param, ...]:
    return (
        _query(name="PageNum", type="int", minimum=1, default=1, doc=doc),
        _query(name="PageSize", type="int", minimum=1, maximum=LARGEST_PAGE, default=20, doc=doc),
    )


def _direction() -> Param:
    return _query(name="SortDirection", choices=("asc", "desc"), default="asc")


def _seconds(name: str, *, required: bool) -> Param:
    return _query(
        name=name, type="int", required=required, minimum=0, doc=N_("Seconds since 1970 in UTC.")
    )


def _clock(name: str) -> Param:
    return _query(
        name=name,
        required=True,
        pattern=_TIME,
        doc=N_("yyyy-mm-dd HH:MM:SS, Beijing time."),
    )


def _words(*names: str) -> tuple[Param, ...]:
    return tuple(Param(name=name) for name in names)


def _object(name: str, *fields: Param, **more: Any) -> Param:
    return Param(name=name, type="object", fields=fields, **more)


_NETWORKS = tuple(
    Param(name=name, choices=("public", "private")) for name in ("InNetworkType", "OutNetworkType")
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        name="DescribeRecords",
        method="GET",
        path="/devices/{DeviceId}/records",
        params=(
            _device,
            _network,
            _query(
                name="RecordSource",
                choices=("cloud", "local"),
                default="cloud",
                doc=N_("local: on the device, which has to speak GB28181"),
            ),
            _query(
                name="RecordType",
                type="int",
                required=True,
                choices=(-1, 1, 2, 3, 5, 6),
                doc=N_(
                    "-1 all, 1 all day, 2 cyclic timer, 3 given time, 5 manual, "
                    "6 all day by resource package"
                ),
            ),
            _clock("StartTime"),
            _clock("EndTime"),
            _query(name="SortBy", choices=("StartTime",)),
            _direction(),
            *_page(doc=N_("For recordings in the cloud only.")),
        ),
        rules=(TextRange("StartTime", "EndTime"),),
        idempotent=True,
        paging=Paging(
            number="PageNum",
            size="PageSize",
            largest=LARGEST_PAGE,
            items="Records",
            total="TotalNum",
        ),
        doc="查询录像列表",
    ),
    Endpoint(
        name="DescribeDevices",
        method="GET",
        path="/devices",
        params=(
            _query(name="DirId", doc=N_("A directory; empty for the root.")),
            _query(name="ParentDeviceId", doc=N_("A recorder or platform, for its cameras.")),
            *(_query(name=name) for name in ("DeviceVendor", "DeviceName")),
            _query(name="DeviceType", choices=("ipc", "nvr", "platform")),
            _query(name="DeviceStatus", choices=("on", "off", "new")),
            _query(name="StreamStatus", choices=("on", "off", "failed")),
            _flag(name="IncludeDeviceStats"),
            _flag(name="IncludeDeviceDir"),
            _query(name="SortBy", choices=("CreatedTime", "UpdatedTime"), default="CreatedTime"),
            _direction(),
            *_page(),
        ),
        idempotent=True,
        # Assumed: the list is called as the records' and the results' are, by what it holds.
        paging=Paging(
            number="PageNum",
            size="PageSize",
            largest=LARGEST_PAGE,
            items="Devices",
            total="TotalNum",
        ),
        doc="查询设备列表",
    ),
    Endpoint(
        name="DescribeDevice",
        method="GET",
        path="/devices/{DeviceId}",
        params=(_device, _flag(name="IncludeDeviceStats"), _flag(name="IncludeDeviceDir")),
        idempotent=True,
        doc="查询设备",
    ),
    Endpoint(
        name="CreateDevice",
        method="POST",
        path="/devices",
        params=(
            # Assumed: region, kind and name are the least a new device needs.
            Param(name="Region", required=True),
            *_NETWORKS,
            _object(
                "Device",
                Param(name="DeviceType", required=True, choices=("ipc", "nvr", "platform")),
                Param(name="DeviceVendor"),
                Param(name="DeviceName", required=True),
                Param(name="DeviceChannelSize", type="int", minimum=0),
                Param(name="InOrgRegion"),
                Param(name="InOrgRegionLevel", type="int"),
                *_words("DeviceIndustryCode", "DeviceNetworkCode"),
                required=True,
            ),
            _object(
                "Resource",
                Param(
                    name="Video",
                    type="list",
                    item=_object("Video", *_words("BillingMode", "ResourceId")),
                ),
            ),
            _object(
                "VideoDevice",
                _object(
                    "Gb28181Device",
                    *_words("InVersion", "InUserName", "StreamTransProtocol", "AutoStartStream"),
                ),
            ),
        ),
        doc="创建设备",
    ),
    Endpoint(
        name="DescLocalVodStreams",
        method="GET",
        path="/devices/{DeviceId}/local/vod/streams",
        params=(
            _device,
            _network,
            _query(name="StreamNum", type="int", required=True, minimum=1, doc=N_("1 main stream")),
            _seconds("StartTime", required=True),
            _seconds("EndTime", required=True),
        ),
        rules=(TimeRange("StartTime", "EndTime", longest=LOCAL_VOD),),
        # Each call takes one of the recorder's sessions, although it is a GET.
        idempotent=False,
        doc="查询本地录像点播流",
    ),
    Endpoint(
        name="DescribeApp",
        method="GET",
        path="/ai/apps/{AppId}",
        params=(
            Param(name="AppId", type="int", place="path", required=True, minimum=0),
            _query(name="DeviceId", doc=N_("Tells whether the app watches this device.")),
        ),
        idempotent=True,
        doc="查询AI应用",
    ),
    Endpoint(
        name="DescribeAIResults",
        method="GET",
        path="/ai/results",
        params=(
            _query(name="AppId", type="int", minimum=0),
            _query(name="AlgorithmsId", required=True),
            _query(name="DeviceId"),
            *(
                _query(name=name, type="float", minimum=0.0, maximum=1.0)
                for name in ("ConfidenceMin", "ConfidenceMax")
            ),
            _seconds("StartTime", required=False),
            _seconds("EndTime", required=False),
            *_page(),
        ),
        rules=(TimeRange("StartTime", "EndTime", longest=AI_SPAN),),
        idempotent=True,
        paging=Paging(
            number="PageNum",
            size="PageSize",
            largest=LARGEST_PAGE,
            items="AnalysisResults",
            total="TotalNum",
        ),
        doc="查询AI分析结果告警",
    ),
)
