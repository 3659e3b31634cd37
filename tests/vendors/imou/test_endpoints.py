"""The table: the document's call to the letter, the rules of parameters, and every call works."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.vendors.imou.support import DOCUMENT, adapter_at, calls, channels
from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Ability, Status, now
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.faces import imou
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.imou import mapping
from vsconsole.vendors.imou.adapter import ImouAdapter
from vsconsole.vendors.imou.endpoints import ENDPOINTS
from vsconsole.vendors.imou.wire import stamp

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}
ZONE = "Asia/Shanghai"
RANGE = {"beginTime": "2026-04-27 00:00:00", "endTime": "2026-04-27 10:00:00"}
PLACE = {"deviceId": "D", "channelId": "0"}


def test_the_rows() -> None:
    assert len(ENDPOINTS) == len(BY_NAME) == 46
    for row in ENDPOINTS:
        assert (row.method, row.path) == ("POST", f"/openapi/{row.name}")
        assert row.doc
        assert all(param.place == "body" for param in row.params)
        # It is added when a call is signed.
        assert "token" not in {param.name for param in row.params}


def test_the_document_s_call() -> None:
    row = BY_NAME["getCondensedRecords"]
    params = DOCUMENT["request"]["params"]
    assert set(row.required) == set(params) - {"token"}
    assert row.optional == ("productId",)
    assert row.check({k: v for k, v in params.items() if k != "token"}) == {
        k: v for k, v in params.items() if k != "token"
    }
    for package in ("aiInsight", "aiCloudRecord"):
        row.check({**{k: v for k, v in params.items() if k != "token"}, "packageType": package})


def test_what_is_repeated_and_what_is_confirmed() -> None:
    assert {row.name for row in ENDPOINTS if row.destructive} == {
        "restartDevice",
        "unbindLive",
        "deleteCollection",
        "deleteCloudRecords",
        "deleteAlarmMessage",
    }
    assert {row.name for row in ENDPOINTS if not row.idempotent} == {
        "restartDevice",
        "controlMovePTZ",
        "setCollection",
        "setDeviceSnap",
        "setDeviceSnapEnhanced",
    }
    paging = BY_NAME["listDeviceDetailsByPage"].paging
    assert paging is not None
    assert (paging.number, paging.size, paging.largest) == ("page", "pageSize", 50)


@pytest.mark.parametrize(
    ("name", "params", "field"),
    [
        ("getCondensedRecords", {**PLACE, **RANGE, "packageType": "x"}, "packageType"),
        ("listDeviceDetailsByPage", {"page": 0, "pageSize": 1}, "page"),
        ("listDeviceDetailsByPage", {"page": 1, "pageSize": 51}, "pageSize"),
        ("queryCloudRecords", {**PLACE, **RANGE, "queryRange": "0-5"}, "queryRange"),
        ("queryCloudRecords", {**PLACE, **RANGE, "queryRange": "1-101"}, "queryRange"),
        ("queryCloudRecords", {**PLACE, **RANGE, "queryRange": "5-4"}, "queryRange"),
        ("liveList", {"queryRange": "1"}, "queryRange"),
        ("queryLocalRecords", {**PLACE, **RANGE, "queryRange": "1-9", "count": 9}, "count"),
        ("queryLocalRecordNum", {**PLACE, **RANGE, "beginTime": "2026-4-27"}, "beginTime"),
        ("queryLocalRecordNum", {**PLACE, **RANGE, "endTime": "2026-99-27 00:00:00"}, "endTime"),
        ("queryLocalRecordNum", {**PLACE, **RANGE, "endTime": RANGE["beginTime"]}, "endTime"),
        ("createDeviceRecordHls", {**PLACE, **RANGE}, "recordType"),
        (
            "createDeviceRecordHls",
            {**PLACE, **RANGE, "endTime": "2026-04-28 00:00:00", "recordType": "cloudRecord"},
            "endTime",
        ),
        ("createDeviceFlvLive", {**PLACE, "type": "playback"}, "beginTime"),
        ("createDeviceFlvLive", {**PLACE, **RANGE, "type": "playback"}, "recordType"),
        (
            "createDeviceFlvLive",
            {
                **PLACE,
                "type": "playback",
                "recordType": "localRecord",
                "beginTime": "2026-04-27 00:00:00",
                "endTime": "2026-04-28 00:00:01",
            },
            "endTime",
        ),
        ("controlMovePTZ", {**PLACE, "operation": "11", "duration": 1}, "operation"),
        ("getAlarmMessage", {**PLACE, **RANGE, "count": 101}, "count"),
        ("queryCloudRecordBitmap", {**PLACE, "year": 2026, "month": 13}, "month"),
        ("deviceOnline", {"deviceId": "D", "token": "x"}, "token"),
    ],
)
def test_what_is_refused_before_sending(name: str, params: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BY_NAME[name].check(params)
    assert caught.value.field == field


def test_what_is_let_through() -> None:
    BY_NAME["createDeviceFlvLive"].check(PLACE)
    BY_NAME["createDeviceFlvLive"].check(
        {
            **PLACE,
            "type": "playback",
            "recordType": "localRecord",
            # Up to a day, and across midnight.
            "beginTime": "2026-04-27 12:00:00",
            "endTime": "2026-04-28 12:00:00",
        }
    )
    BY_NAME["queryCloudRecords"].check({**PLACE, **RANGE, "queryRange": "101-200"})


def test_rules_say_what_they_want() -> None:
    said = {rule.describe() for row in ENDPOINTS for rule in row.rules}
    assert "beginTime must be before endTime. Both on one day." in said
    assert "beginTime must be before endTime. At most 24 hours." in said
    assert "queryRange is written as 1-100: at most a hundred, counted from 1." in said


# Each call against the face


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["imou"]) as running:
        yield running


@pytest.fixture(scope="module")
def adapter(sandbox: Sandbox) -> Iterator[ImouAdapter]:
    transport = Transport(Settings(read_timeout=5))
    yield adapter_at(sandbox, transport)
    transport.close()


@pytest.fixture(scope="module")
def good(adapter: ImouAdapter) -> dict[str, dict[str, Any]]:
    """Parameters that each call accepts, where it takes more than a channel."""
    one = next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )
    place = mapping.place_of(one.key)
    yesterday = now() - timedelta(days=1)
    times = {"beginTime": stamp(yesterday, ZONE), "endTime": stamp(now(), ZONE)}
    month = {"year": 2026, "month": 4}
    details = {"deviceList": [{"deviceId": place.device, "channelList": "0"}]}
    playback = {
        "beginTime": stamp(yesterday.replace(hour=0, minute=45), ZONE),
        "endTime": stamp(yesterday.replace(hour=0, minute=50), ZONE),
        "recordType": "cloudRecord",
    }
    listing = {"bindId": -1, "limit": 10}
    return {
        "accessToken": {},
        "listDeviceDetailsByPage": {"page": 1, "pageSize": 10},
        "listDeviceDetailsByIds": {"deviceList": [{"deviceId": place.device, "channelId": ["0"]}]},
        "deviceBaseList": listing,
        "deviceOpenList": {**listing, "needApInfo": True, "type": "bind"},
        "deviceBaseDetailList": details,
        "deviceOpenDetailList": details,
        "listDeviceAbility": details,
        "modifyDeviceName": {"name": "新名字 + 1", "channelId": "0"},
        "bindDeviceLive": {"streamId": 0, "liveMode": "proxy"},
        "liveList": {"queryRange": "1-10"},
        "createDeviceFlvLive": {**playback, "type": "playback", "speed": 2},
        "getStreamUrl": {"streamId": 0},
        "getKitToken": {"type": 0},
        "controlMovePTZ": {"operation": "0", "duration": 200},
        "controlLocationPTZ": {"h": 0.1, "v": 0, "z": 0.5},
        "setCollection": {"name": "point"},
        "turnCollection": {"name": "point"},
        "deleteCollection": {"name": "point"},
        "queryLocalRecords": {**times, "count": 5},
        "queryLocalRecordBitmap": month,
        "queryLocalRecordNum": times,
        "queryCloudRecordNum": times,
        "queryCloudRecords": {**times, "queryRange": "1-5"},
        "getCloudRecords": {**times, "count": 5, "nextRecordId": "-1"},
        "queryCloudRecordBitmap": month,
        "createDeviceRecordHls": {**playback, "streamId": 1},
        "getCondensedRecords": {
            **times,
            "packageType": "aiInsight",
            "recordId": "-1",
            "count": 5,
        },
        "getAlarmMessage": {**times, "count": 5},
        "setMessageCallback": {
            "status": "on",
            "callbackUrl": "https://example.org/x",
            "callbackFlag": "alarm,deviceStatus",
            "basePush": "2",
        },
        "": place.params,
    }


def params_for(name: str, good: dict[str, dict[str, Any]]) -> dict[str, Any]:
    known = {param.name for param in BY_NAME[name].params}
    given = {**good[""], **good.get(name, {})}
    return {key: value for key, value in given.items() if key in known}


# These need something that was made before, or what the sandbox does not have.
_ELSEWHERE = {"unbindLive", "deleteCloudRecords", "deleteAlarmMessage", "queryDeviceFlvLive"}
# The sandbox speaks no RTSP; the app's own devices and the platform's are two lists.
_REFUSED = {"getStreamUrl": "OP1021", "deviceBaseDetailList": "OP1009"}


@pytest.mark.parametrize(
    "name", [row.name for row in ENDPOINTS if row.name not in {*_ELSEWHERE, "restartDevice"}]
)
def test_every_call(
    name: str, adapter: ImouAdapter, sandbox: Sandbox, good: dict[str, dict[str, Any]]
) -> None:
    if name in ("setDeviceSnap", "setDeviceSnapEnhanced"):
        # At most one a second of a device, whichever call.
        sandbox.faces["imou"].memory.snapped.clear()  # type: ignore[attr-defined]
    if name in _REFUSED:
        with pytest.raises(ConsoleError) as caught:
            adapter.call(name, params_for(name, good))
        assert caught.value.code == _REFUSED[name]
    else:
        adapter.call(name, params_for(name, good))
    entry = calls(sandbox, name)[-1]
    assert entry.call == name
    assert not entry.unknown


def test_the_face_knows_every_call_but_one() -> None:
    """`queryDeviceFlvLive` is read only where an FLV address exists already."""
    known = {call.name for call in imou.CALLS} | {imou.TOKEN_METHOD}
    assert set(BY_NAME) - known <= {"queryDeviceFlvLive"}


def test_what_was_made_is_taken_away(
    adapter: ImouAdapter, good: dict[str, dict[str, Any]], sandbox: Sandbox
) -> None:
    place = good[""]
    # Its token is a secret, masked in what the console shows.
    lives = sandbox.faces["imou"].memory.lives  # type: ignore[attr-defined]
    if not lives:
        adapter.call("bindDeviceLive", {**place, "streamId": 0})
    assert adapter.call("liveList", {"queryRange": "1-10"})["lives"][0]["liveToken"] == "***"
    for token in list(lives):
        adapter.call("unbindLive", {"liveToken": token})
    assert not lives
    records = adapter.call("queryCloudRecords", params_for("queryCloudRecords", good))["records"]
    adapter.call("deleteCloudRecords", {"recordRegionId": records[-1]["recordRegionId"]})
    alarms = adapter.call("getAlarmMessage", params_for("getAlarmMessage", good))["alarms"]
    adapter.call("deleteAlarmMessage", {**place, "alarmId": alarms[0]["alarmId"]})
    left = adapter.call("getAlarmMessage", params_for("getAlarmMessage", good))["alarms"]
    assert alarms[0]["alarmId"] not in {one["alarmId"] for one in left}


def test_secrets_are_masked(adapter: ImouAdapter, good: dict[str, dict[str, Any]]) -> None:
    login = adapter.call("accessToken", {})
    assert login["accessToken"] == "***"
    data = adapter.call("getCondensedRecords", params_for("getCondensedRecords", good))
    for record in data["records"]:
        assert record["ak"] == record["fileToken"] == "***"
        assert "token=" not in record["thumbUrl"]
    assert data["records"]
