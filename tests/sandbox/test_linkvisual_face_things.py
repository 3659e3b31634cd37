"""Sessions, devices, thing services and live pictures."""

import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import av
import pytest

from tests.sandbox.linkvisual_support import (
    DAY,
    MORNING,
    Client,
    enveloped,
    midnight,
    opened,
    readings,
    signed,
)
from vsconsole.sandbox.faces.linkvisual_live import CALLS as LIVE_CALLS
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, Pose

LIST = "/uc/listBindingByAccount"
REFRESH = "/account/checkOrRefreshSession"
ENTER = "/account/createSessionByAuthCode"
LEAVE = "/iotx/account/invalidSession"
LIVE = "/vision/customer/stream/query"
APP_LIVE = "/vision/stream/query"
BY_TIME = "vod/localfile/getbytime"
BY_NAME = "vod/localfile/getbyname"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(17, vendors=["linkvisual"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("喷泉球机")


# Sessions


def refresh(client: Client, token: str, identity: str | None = None) -> Any:
    identity = client.fields["identity_id"] if identity is None else identity
    asked = {"refreshToken": token, "identityId": identity}
    return client.raw(REFRESH, {"request": asked}, token="")


def test_the_three_refusals_of_a_session_differ(client: Client) -> None:
    assert client.raw(LIST, {}, token="").code == 29003
    assert client.raw(LIST, {}, token="gone").code == 460
    assert refresh(client, "gone").code == 2401
    assert refresh(client, client.fields["refresh_token"], "nobody").code == 29003
    assert refresh(client, client.fields["refresh_token"], "").code == 29003


def test_a_token_lives_as_long_as_it_is_set_to(client: Client) -> None:
    assert client.raw(LIST, {}).code == 200
    client.face.token_seconds = 20
    client.world.ahead = 19
    assert client.raw(LIST, {}).code == 200
    client.world.ahead = 21
    assert client.raw(LIST, {}).code == 460
    made = refresh(client, client.fields["refresh_token"]).data
    assert made["iotTokenExpire"] == 20
    assert made["identityId"] == client.fields["identity_id"]
    assert client.raw(LIST, {}, token=made["iotToken"]).code == 200
    client.world.ahead = 42
    assert client.raw(LIST, {}, token=made["iotToken"]).code == 460
    # What is used up stays so; its successor goes on.
    assert refresh(client, client.fields["refresh_token"]).code == 2401
    assert refresh(client, made["refreshToken"]).code == 200
    client.face.refresh_seconds = 0
    assert refresh(client, made["refreshToken"]).code == 2401


def test_renewal_ends_the_old_token_and_leaves_other_sessions(client: Client) -> None:
    other = client.sandbox.fields("linkvisual")
    made = refresh(client, client.fields["refresh_token"]).data
    assert client.raw(LIST, {}).code == 460
    assert client.raw(LIST, {}, token=made["iotToken"]).code == 200
    assert client.raw(LIST, {}, token=other["iot_token"]).code == 200


def test_an_auth_code_opens_one_session(client: Client) -> None:
    def enter(code: str, **changes: object) -> Any:
        asked = {"authCode": code, "accountType": "OA_SESSION", **changes}
        return client.raw(ENTER, {"request": asked}, token="")

    code = client.face.auth_code()
    assert enter(code, accountType="OTHER").code == 400
    assert enter(code, appKey="1").code == 403
    made = enter(code, appKey=client.fields["app_key"]).data
    assert set(made) == {
        "iotToken",
        "iotTokenExpire",
        "refreshToken",
        "refreshTokenExpire",
        "identityId",
    }
    assert client.raw(LIST, {}, token=made["iotToken"]).code == 200
    assert enter(code).code == 2401
    assert enter("never").code == 2401
    late = client.face.auth_code()
    client.world.ahead = 301
    assert enter(late).code == 2401


def test_signing_out(client: Client) -> None:
    assert client.raw(LEAVE, {"request": {"iotToken": client.token}}, token="").code == 200
    assert client.raw(LIST, {}).code == 460
    assert refresh(client, client.fields["refresh_token"]).code == 2401
    assert client.raw(LEAVE, {}, token="").code == 400


def test_the_region_is_this_server(client: Client) -> None:
    data = client.raw("/living/account/region/get", {"countryCode": "CN"}, token="").data
    assert data["apiGatewayEndpoint"] == client.host
    assert data["regionId"] == "cn-shanghai"


# Devices


def test_every_camera_is_a_thing_and_the_recorder_a_gateway(client: Client) -> None:
    found = client.devices()
    cameras = {c.name for c in client.world.cameras.values()}
    assert set(found) == cameras | {"物业NVR"}
    assert found["物业NVR"]["nodeType"] == "GATEWAY"
    assert {found[name]["nodeType"] for name in cameras} == {"DEVICE"}
    assert found["旧门卫室"]["status"] == 3
    assert found["喷泉球机"]["status"] == 1
    # A product shares its model, so what has a motor is another product.
    assert found["喷泉球机"]["productKey"] != found["Playground"]["productKey"]
    assert len({row["iotId"] for row in found.values()}) == len(found)
    below = client.raw("/subdevices/list", {"iotId": found["物业NVR"]["iotId"]}).data
    assert below["total"] == 4
    assert {row["iotId"] for row in below["data"]} == {
        found[name]["iotId"] for name in ("南区大门", "电梯厅", "Mailroom", "自行车棚")
    }
    none = client.raw("/subdevices/list", {"iotId": found["喷泉球机"]["iotId"]}).data
    assert (none["total"], none["data"]) == (0, [])


def test_pages_of_devices_begin_at_one(client: Client) -> None:
    pages = [client.raw(LIST, {"pageNo": n, "pageSize": 3}).data for n in (1, 2, 3, 4)]
    assert [len(page["data"]) for page in pages] == [3, 3, 2, 0]
    assert {page["total"] for page in pages} == {8}
    ids = [row["iotId"] for page in pages for row in page["data"]]
    assert len(set(ids)) == 8
    assert client.raw(LIST, {"pageNo": 0}).code == 400
    gateways = client.raw(LIST, {"nodeType": "GATEWAY"}).data
    assert gateways["total"] == 1


def test_ids_of_nothing_and_of_a_gateway(client: Client) -> None:
    gateway = client.devices()["物业NVR"]["iotId"]
    for path in ("/thing/tsl/get", "/thing/properties/get"):
        assert client.raw(path, {"iotId": "nothing"}).code == 62101
        assert client.raw(path, {"iotId": gateway}).code == 403
    assert client.raw("/thing/status/get", {"iotId": gateway}).data["status"] == 1


def test_properties_stay_as_they_are_set(client: Client, dome: Camera) -> None:
    iot = client.iot(dome)
    path = "/thing/properties/set"
    assert client.raw(path, {"iotId": iot, "items": {"DayNightMode": 2}}).code == 200
    got = client.raw("/thing/properties/get", {"iotId": iot}).data
    assert got["DayNightMode"]["value"] == 2
    assert got["DayNightMode"]["time"] > got["AlarmSwitch"]["time"]
    assert got["StorageStatus"]["value"] == 1
    for items in ({"DayNightMode": 9}, {"StorageStatus": 0}, {"DayNightMode": "1"}):
        assert client.raw(path, {"iotId": iot, "items": items}).code == 400
    dark = client.iot(client.camera("旧门卫室"))
    assert client.raw(path, {"iotId": dark, "items": {"DayNightMode": 1}}).code == 6205


def test_the_model_names_the_services_with_their_arguments(client: Client, dome: Camera) -> None:
    def services(camera: Camera) -> dict[str, list[str]]:
        model = client.raw("/thing/tsl/get", {"iotId": client.iot(camera)}).data
        return {
            one["identifier"]: [given["identifier"] for given in one["inputData"]]
            for one in model["services"]
        }

    found = services(dome)
    assert found["PTZActionControl"] == ["ActionType", "Step"]
    assert found["PresetLocateControl"] == ["PresetID"]
    fixed = client.camera("Playground")
    assert "PTZActionControl" not in services(fixed)
    assert client.invoke(fixed, "StartPTZAction", ActionType=1).code == 400


# PTZ


def test_steps_move_the_picture(client: Client, dome: Camera) -> None:
    for action in range(10):
        dome.pose = Pose(zoom=2.0)
        before = dome.pose
        assert client.invoke(dome, "PTZActionControl", ActionType=action, Step=3).code == 200
        assert dome.pose != before, action
    dome.pose = Pose()
    client.invoke(dome, "PTZActionControl", ActionType=1, Step=10)
    assert dome.pose == Pose(pan=10.0)
    assert client.invoke(dome, "PTZActionControl", ActionType=1, Step=0).code == 200
    assert dome.pose == Pose(pan=10.0)
    for args in ({"ActionType": 10, "Step": 1}, {"ActionType": 0, "Step": 11}, {"Step": 1}):
        assert client.invoke(dome, "PTZActionControl", **args).code == 400


def test_a_held_camera_turns_until_it_is_stopped(client: Client, dome: Camera) -> None:
    assert client.invoke(dome, "StartPTZAction", ActionType=1, Speed=2).code == 200
    deadline = time.monotonic() + 10
    while dome.pose.pan < 12:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert client.invoke(dome, "StopPTZAction").code == 200
    there = dome.pose
    time.sleep(0.3)
    assert dome.pose == there
    # Stopping what stands still is no mistake, and closing ends what still turns.
    assert client.invoke(dome, "StopPTZAction").code == 200
    assert client.invoke(dome, "StartPTZAction", ActionType=0).code == 200


def test_presets(client: Client, dome: Camera) -> None:
    def known() -> list[dict[str, object]]:
        found: list[dict[str, object]] = client.invoke(dome, "QueryPresetMap").data["PresetMap"]
        return found

    assert known() == [{"PresetID": 1, "Name": "正门"}, {"PresetID": 2, "Name": "Corner"}]
    client.invoke(dome, "PTZActionControl", ActionType=0, Step=9)
    there = dome.pose
    assert client.invoke(dome, "PresetAddControl", PresetID=7, Name="池边").code == 200
    assert client.invoke(dome, "PresetLocateControl", PresetID=2).code == 200
    assert dome.pose == Pose(pan=40.0, tilt=-12.0, zoom=2.0)
    assert client.invoke(dome, "PresetLocateControl", PresetID=7).code == 200
    assert dome.pose == there
    assert client.invoke(dome, "PresetDeleteControl", PresetID=7).code == 200
    assert client.invoke(dome, "PresetLocateControl", PresetID=7).code == 22000
    assert client.invoke(dome, "PresetDeleteControl", PresetID=7).code == 22000
    assert len(known()) == 2
    assert client.invoke(dome, "PresetAddControl", PresetID=33).code == 400
    client.invoke(dome, "Reboot")
    assert dome.pose == Pose()


def test_an_offline_device_answers_no_service(client: Client, dome: Camera) -> None:
    assert client.invoke(client.camera("旧门卫室"), "QueryMonthRecord", Month="202611").code == 6205
    client.sandbox.faults.set("linkvisual", "offline")
    assert client.invoke(dome, "StopPTZAction").code == 6205
    client.sandbox.faults.clear()
    client.world.device_of(dome).asleep = True
    assert client.invoke(dome, "StopPTZAction").code == 20056


# Card recordings


def test_the_cards_files_are_the_worlds(client: Client, dome: Camera) -> None:
    begin = midnight(1)
    asked = {"BeginTime": begin, "EndTime": begin + DAY}
    held = client.world.device_ranges(dome, begin, begin + DAY)
    times = client.invoke(dome, "QueryRecordTimeList", **asked, QuerySize=128).data["TimeList"]
    assert [(row["BeginTime"], row["EndTime"]) for row in times] == [(r.begin, r.end) for r in held]
    files = client.invoke(dome, "QueryRecordList", **asked, QuerySize=128, Type=0).data[
        "RecordList"
    ]
    assert sum(row["EndTime"] - row["BeginTime"] for row in files) == sum(
        r.end - r.begin for r in held
    )
    assert all(row["EndTime"] - row["BeginTime"] <= 1800 for row in files)
    assert {row["Type"] for row in files} == {3}
    few = client.invoke(dome, "QueryRecordList", **asked, QuerySize=2).data["RecordList"]
    assert few == files[:2]
    assert client.invoke(dome, "QueryRecordList", **asked, QuerySize=9, Type=2).data[
        "RecordList"
    ] == []  # fmt: skip
    paged = [
        client.invoke(dome, "QueryRecordTimeListByPage", **asked, PageSize=2, PageNo=n).data
        for n in range(1, len(times) // 2 + 2)
    ]
    assert [row for page in paged for row in page["TimeList"]] == times
    assert {page["Total"] for page in paged} == {len(times)}
    for wrong in ({"BeginTime": begin * 1000, "EndTime": begin * 1000}, {"EndTime": begin - 1}):
        assert client.invoke(dome, "QueryRecordList", **(asked | wrong), QuerySize=9).code == 400


def test_the_cards_month(client: Client, dome: Camera) -> None:
    month = time.strftime("%Y%m", time.gmtime(time.time() + 8 * 3600))
    flags = client.invoke(dome, "QueryMonthRecord", Month=month).data["RecordFlags"]
    assert len(flags) in range(28, 32)
    day = int(time.strftime("%d", time.gmtime(midnight(0) + 8 * 3600 + 1)))
    for ago in range(min(day - 1, 20)):
        held = client.world.device_ranges(dome, midnight(ago), midnight(ago) + DAY)
        assert (flags[day - 1 - ago] == "1") == bool(held)
    assert set(flags[day:]) <= {"0"}
    assert client.invoke(dome, "QueryMonthRecord", Month="2026").code == 400


def test_card_playback_over_rtmp_and_flv(client: Client, dome: Camera) -> None:
    begin = midnight(1) + MORNING
    iot = client.iot(dome)
    asked = {"iotId": iot, "beginTime": begin, "endTime": begin + 600}
    url = client.call(BY_TIME, **asked, seekTime=120, encrypted=False).data["vodUrl"]
    assert url.startswith("rtmp://127.0.0.1:")
    with opened(url) as stream:
        (reading,) = readings(stream.decode(video=0), 1)
    assert (reading.when.timestamp(), reading.channel) == (begin + 120, dome.number)
    with pytest.raises(OSError), opened(url):  # noqa: PT011
        pass
    listed = client.invoke(
        dome, "QueryRecordList", BeginTime=begin, EndTime=begin + 600, QuerySize=1
    ).data["RecordList"][0]
    url = client.call(BY_NAME, iotId=iot, fileName=listed["FileName"], scheme="flv").data["vodUrl"]
    with opened(url) as stream:
        (reading,) = readings(stream.decode(video=0), 1)
    assert reading.when.timestamp() == listed["BeginTime"]
    assert client.fetch(url).status == 403


def test_card_playback_that_cannot_be(client: Client, dome: Camera) -> None:
    begin = midnight(1) + MORNING
    iot = client.iot(dome)

    def code(**changes: object) -> int:
        asked = {"iotId": iot, "beginTime": begin, "endTime": begin + 60, **changes}
        return client.call(BY_TIME, **asked).code

    assert code(encrypted=True) == 400
    assert code(endTime=begin) == 400
    assert code(scheme="hls") == 400
    assert code(seekTime=-1) == 400
    held = client.world.device_ranges(dome, midnight(1), midnight(1) + DAY)
    assert code(beginTime=held[0].end + 1, endTime=held[0].end + 20) == 1701
    assert code(iotId=client.iot(client.camera("旧门卫室"))) == 6205
    for name in ("card_1", "card_x_2", f"disc_{begin}_{begin + 60}", ""):
        assert client.call(BY_NAME, iotId=iot, fileName=name).code in (400, 1701)


# Live


@pytest.mark.parametrize(("kind", "width"), [(0, 640), (1, 320)])
def test_live_over_a_relay_that_opens_once(
    client: Client, dome: Camera, kind: int, width: int
) -> None:
    asked = {"iotId": client.iot(dome), "streamType": kind, "relayEncrypted": False}
    data = client.raw(LIVE, asked).data
    url = data["relayUrl"]
    assert urlsplit(url).path == "/live"
    assert data["supportVisionPtz"] is True
    with opened(url) as stream:
        frames = stream.decode(video=0)
        frame = next(frames)
        assert isinstance(frame, av.VideoFrame)
        assert frame.width == width
        (reading,) = readings(frames, 1)
        assert reading.channel == dome.number
        assert abs(reading.when.timestamp() - time.time()) < 10
        assert dome.viewers == 1
    with pytest.raises(OSError), opened(url):  # noqa: PT011
        pass
    assert client.raw(LIVE, asked, version="2.2.0").data["relayUrl"] != url
    deadline = time.monotonic() + 10
    while dome.viewers:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_relay_waits_a_minute(client: Client, dome: Camera) -> None:
    asked = {"iotId": client.iot(dome), "relayEncrypted": False}
    url = client.raw(LIVE, asked).data["relayUrl"]
    client.world.ahead = 61
    with pytest.raises(OSError), opened(url):  # noqa: PT011
        pass


def test_live_for_the_app_needs_no_user(client: Client) -> None:
    camera = client.camera("Playground")
    asked = {"iotId": client.iot(camera), "encrypted": False, "scheme": "hls", "streamType": 1}
    url = client.raw(APP_LIVE, asked, token="").data["path"]
    playlist = client.fetch(url)
    lines = playlist.body.decode().splitlines()
    assert playlist.headers["Content-Type"] == "application/vnd.apple.mpegurl"
    segment = urljoin(url, [line for line in lines if line.endswith(".ts")][-1])
    assert client.fetch(segment).body[0] == 0x47
    assert client.fetch(segment.replace("/sub/", "/main/")).status == 403
    assert client.fetch(urljoin(url, lines[-1]).rsplit("/", 1)[0] + "/1.ts").status == 404
    assert client.fetch(url.replace("stream=1", "stream=0")).status == 403
    # A playlist is fetched again and again.
    assert client.fetch(url).status == 200
    client.world.ahead = 3601
    assert client.fetch(url).status == 403
    client.world.ahead = 0
    client.world.device_of(camera).online = False
    assert client.fetch(url).status == 404
    assert client.fetch(segment).status == 404
    rtmp = client.raw(APP_LIVE, asked | {"scheme": "rtmp"}, token="")
    assert rtmp.code == 6205


def test_live_that_cannot_be(client: Client, dome: Camera) -> None:
    iot = client.iot(dome)
    assert client.raw(LIVE, {"iotId": iot}).code == 400
    assert client.raw(APP_LIVE, {"iotId": iot, "encrypted": True}).code == 400
    assert client.raw(LIVE, {"iotId": iot, "relayEncrypted": False, "streamType": 2}).code == 400
    dark = client.iot(client.camera("旧门卫室"))
    assert client.raw(LIVE, {"iotId": dark, "relayEncrypted": False}).code == 6205
    assert {call.path for call in LIVE_CALLS if not call.user} == {APP_LIVE}


def test_asking_wakes_a_camera(client: Client, dome: Camera) -> None:
    client.world.device_of(dome).asleep = True
    asked = {"iotId": client.iot(dome), "relayEncrypted": False}
    assert client.raw(LIVE, asked).code == 9201
    assert client.raw(LIVE, asked).code == 9201
    client.world.ahead = 1.1
    assert client.raw(LIVE, asked).code == 200
    assert not client.world.device_of(dome).asleep


def test_closing_ends_relays_and_motion() -> None:
    before = set(threading.enumerate())
    with Sandbox(17, vendors=["linkvisual"]) as sandbox:
        client = Client(sandbox)
        dome = client.camera("喷泉球机")
        client.invoke(dome, "StartPTZAction", ActionType=1)
        url = client.raw(LIVE, {"iotId": client.iot(dome), "relayEncrypted": False}).data[
            "relayUrl"
        ]
        stream = opened(url)
    stream.close()
    assert set(threading.enumerate()) <= before
    body = enveloped({}, "1.0.8", client.token)
    headers = signed(LIST, body, client.fields["app_key"], client.fields["app_secret"])
    with pytest.raises(OSError):  # noqa: PT011
        client.send("POST", LIST, headers, body)
