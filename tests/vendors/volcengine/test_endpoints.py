"""Every row takes what its page says, and is a call that the sandbox knows."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.vendors.volcengine.support import adapter_at, calls, channels
from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Ability, Channel, Status
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.volcengine.adapter import VolcengineAdapter
from vsconsole.vendors.volcengine.endpoints import ENDPOINTS
from vsconsole.vendors.volcengine.mapping import tree

DOCUMENT = json.loads((Path(__file__).parent / "document.json").read_text(encoding="utf-8"))
BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}


def test_rows_are_whole() -> None:
    assert len(BY_NAME) == len(ENDPOINTS)
    for row in ENDPOINTS:
        assert row.doc
        version = "2021-01-01" if row.path.endswith("2021-01-01") else "2023-10-01"
        assert row.path == f"/?Action={row.name}&Version={version}"


def test_the_documents_operation() -> None:
    row = BY_NAME["CloudRecordPlay"]
    assert (row.method, row.doc) == ("POST", "录制管理: CloudRecordPlay - 云端录像播放")
    assert DOCUMENT["address"].endswith(row.path.removeprefix("/"))
    assert [param.name for param in row.inputs] == DOCUMENT["parameters"]
    assert row.check(DOCUMENT["request"]) == DOCUMENT["request"]


def test_what_is_repeated_and_what_is_confirmed() -> None:
    destructive = {e.name for e in ENDPOINTS if e.destructive}
    assert destructive == {e.name for e in ENDPOINTS if e.name.startswith(("Delete", "Clear"))}
    assert all(BY_NAME[name].idempotent for name in destructive)
    not_twice = {e.name for e in ENDPOINTS if not e.idempotent}
    assert not_twice == {
        "AddGroupTreeNode",
        "BindDeviceToGroupTreeNode",
        "CloudControl",
        "CreateRecordPlan",
        "CreateScreenshotTemplate",
        "CruiseControl",
        "DownloadLocalMedia",
        "StartPlayback",
        "StreamStartRecord",
    }


TIMES = {"StartTime": 1688390000, "EndTime": 1688393600}
GOOD: dict[str, dict[str, Any]] = {
    "CloudRecordPlay": {
        "StartTs": "1688390000",
        "EndTs": "2023-07-03T22:10:10.5Z",
        "DeviceNSID": "3402",
        "ChannelID": "3402",
        "StreamingIndex": 1,
    },
    "CloudControl": {"StreamID": "s", "Action": "PTZControl", "Cmd": "stop", "Para": 0},
    "ControlPlayback": {"PlaybackID": "p", "Cmd": 3, "Ntp": "61", "Scale": 1.0},
    "PlayCloudRecord": {"StreamID": "s", "StartTime": 0, "EndTime": 86400, "TokenValid": 60},
    "StartStream": {"StreamID": "s", "Resolution": "1920x1080"},
    "SetCruiseTrack": {
        "StreamID": "s",
        "TrackID": 255,
        "TrackList": [{"PresetID": 1}, {"PresetID": 255, "PresetName": "门"}],
        "StaySeconds": 4095,
        "Speed": 1,
    },
    "DownloadLocalMedia": {
        "StreamID": "s",
        **TIMES,
        "Mps": {
            "M3U8Option": {"ToMp4": True},
            "Subtitle": {"SubtitleList": [{"Content": "x", "Start": 0, "End": 1000}]},
        },
    },
    "StreamStartRecord": {"StreamID": "s", "AutoPull": True, "Timeout": 60, "Expire": -1},
    "ListRecordPlans": {"FilterName": ""},
}


@pytest.mark.parametrize("name", GOOD)
def test_good_parameters(name: str) -> None:
    assert BY_NAME[name].check(GOOD[name]) == GOOD[name]


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("CloudRecordPlay", {"StreamID": "s"}, "DeviceNSID"),
        ("CloudRecordPlay", {"DeviceNSID": None}, "StreamID"),
        ("CloudRecordPlay", {"ChannelID": None}, "ChannelID"),
        ("CloudRecordPlay", {"StartTs": "2023-07-03 21:10:10"}, "StartTs"),
        ("CloudRecordPlay", {"EndTs": None}, "EndTs"),
        ("CloudRecordPlay", {"Resolution": "large"}, "Resolution"),
        ("CloudRecordPlay", {"TokenValid": 0}, "TokenValid"),
        ("CloudControl", {"Para": 256}, "Para"),
        ("CloudControl", {"Cmd": "jump"}, "Cmd"),
        ("ControlPlayback", {"Scale": 0.5}, "Scale"),
        ("ControlPlayback", {"Ntp": "-1"}, "Ntp"),
        ("ControlPlayback", {"Cmd": 4}, "Cmd"),
        ("PlayCloudRecord", {"EndTime": 86401}, "EndTime"),
        ("PlayCloudRecord", {"EndTime": 0}, "EndTime"),
        ("StartStream", {"StreamingIndex": 0}, "Resolution"),
        ("SetCruiseTrack", {"TrackID": 0}, "TrackID"),
        ("SetCruiseTrack", {"TrackList": [{"PresetID": 256}]}, "TrackList[0].PresetID"),
        ("SetCruiseTrack", {"Speed": 4096}, "Speed"),
        ("DownloadLocalMedia", {"Mps": {"ToMp4": True}}, "Mps.ToMp4"),
        ("StreamStartRecord", {"Expire": 0}, "Expire"),
    ],
)
def test_wrong_parameters(name: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BY_NAME[name].check({**GOOD[name], **change})
    assert caught.value.field == field


# Each at the sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=7, vendors=["volcengine"]) as running:
        yield running


@pytest.fixture(scope="module")
def adapter(sandbox: Sandbox) -> Iterator[VolcengineAdapter]:
    transport = Transport()
    made = adapter_at(sandbox, transport)
    yield made
    made.close()
    transport.close()


@pytest.fixture(scope="module")
def dome(adapter: VolcengineAdapter) -> Channel:
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


def values_for(name: str, dome: Channel) -> dict[str, Any]:
    """What each required parameter may be, for a camera that is there."""
    begin = int(time.time()) - 86400
    own: dict[str, Any] = {
        "SpaceID": tree.native_space(dome.parent),
        "DeviceID": tree.native_device(dome.parent),
        "StreamID": dome.key.native,
        "StreamingIndex": 0,
        "StartTime": begin,
        "EndTime": begin + 600,
        "StartTs": str(begin),
        "EndTs": str(begin + 600),
        "Name": "x",
        "IDs": ["none"],
        "Action": "PTZControl",
        "Cmd": "stop",
        "Para": 0,
        "TrackID": 1,
        "TrackList": [{"PresetID": 1}],
        "StaySeconds": 5,
        "Speed": 5,
        "Enable": "true",
        "PageSize": 10,
        "FilterName": "",
        "PlanName": "夜间",
        "Status": "enabled",
        "TemplateName": "x",
        "Screenshot": {"ScreenshotPeriod": 20000, "Type": ["realtime"], "TTL": {"Days": 1}},
        "TemplateType": "record",
        "AutoPull": True,
        "Timeout": 60,
        "Ntp": "0",
        "Scale": 1,
    }
    if name == "ControlPlayback":
        own["Cmd"] = 1
    if name == "CruiseControl":
        own["Action"] = "stop"
    if name == "StopDevice":
        own["DeviceID"] = "none"
    if name in ("GetStream", "CloudRecordPlay"):
        return {key: own[key] for key in (*BY_NAME[name].required, "StreamID")}
    # Other ids name nothing, which is an answer too.
    return {key: own.get(key, "none") for key in BY_NAME[name].required}


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_the_sandbox_knows_each_call(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, name: str
) -> None:
    code = ""
    try:
        adapter.call(name, values_for(name, dome))
    except ConsoleError as error:
        code = error.code
    # Ids that name nothing are not found; anything else would be a call made wrongly.
    assert not code or code.startswith("NotFound."), code
    seen = calls(sandbox, name)[-1]
    assert seen.unknown == ()
    assert seen.query["Version"] in BY_NAME[name].path
