"""The Imou face's devices: both ways to list them, abilities, state, names, sleep and restart."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.imou_support import Client
from vsconsole.sandbox.faces import imou_devices
from vsconsole.sandbox.server import Sandbox

LIST = "listDeviceDetailsByPage"
NOBODY = "0" * 15


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(22, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


def rows(client: Client) -> dict[str, dict[str, Any]]:
    listed = client.call(LIST, page=1, pageSize=50).data["deviceList"]
    return {r["deviceName"]: r for r in listed}


def test_devices_by_page(client: Client) -> None:
    names: list[str] = []
    for page in (1, 2):
        data = client.call(LIST, page=page, pageSize=2).data
        assert data["count"] == len(data["deviceList"])
        names += [r["deviceName"] for r in data["deviceList"]]
    assert names == ["门店NVR", "店门云台", "Garden-Battery", "仓库后墙"]
    beyond = client.call(LIST, page=3, pageSize=2).data
    assert beyond == {"count": 0, "deviceList": []}
    assert client.call(LIST, page=1, pageSize=50, source="share").data["deviceList"] == []
    for wrong in (
        {"page": 0, "pageSize": 5},
        {"page": 1, "pageSize": 51},
        {"page": 1, "pageSize": 0},
        {"page": "1", "pageSize": 5},
        {"page": 1, "pageSize": 5, "source": "all"},
    ):
        assert client.call(LIST, **wrong).code == "OP1003", wrong
    assert client.call(LIST, page=1).code == "OP1002"


def test_what_a_device_shows(client: Client) -> None:
    shown = rows(client)
    recorder, dome = shown["门店NVR"], shown["店门云台"]
    battery, wall = shown["Garden-Battery"], shown["仓库后墙"]
    assert (recorder["catalog"], dome["catalog"]) == ("NVR", "IPC")
    assert [c["channelId"] for c in recorder["channelList"]] == [0, 1, 2, 3]
    assert [c["channelId"] for c in dome["channelList"]] == ["0"]
    assert [c["channelName"] for c in recorder["channelList"]] == [
        "收银",
        "货架",
        "Backdoor",
        "试衣间走廊",
    ]
    assert [r["deviceStatus"] for r in shown.values()] == ["online", "online", "sleep", "offline"]
    assert battery["channelList"][0]["channelStatus"] == "sleep"
    assert wall["channelList"][0]["channelStatus"] == "offline"
    assert {"PTZ", "CollectionPoint"} <= set(dome["channelList"][0]["channelAbility"].split(","))
    assert "PTZ" not in recorder["channelList"][0]["channelAbility"]
    assert "Dormant" in battery["deviceAbility"].split(",")
    assert "Dormant" not in dome["deviceAbility"]
    assert "LocalRecord" in recorder["deviceAbility"].split(",")
    assert [r.get("productId") is not None for r in shown.values()] == [False, False, True, False]
    assert len({r["deviceId"] for r in shown.values()}) == 4
    assert {r["encryptMode"] for r in shown.values()} == {0}
    picture = client.fetch(dome["channelList"][0]["picUrl"])
    assert picture.body.startswith(b"\xff\xd8")


def test_devices_by_id(client: Client) -> None:
    serial = client.serial("门店NVR")
    wanted = [{"deviceId": serial, "channelId": ["1", 3]}, {"deviceId": client.serial("店门云台")}]
    data = client.call("listDeviceDetailsByIds", deviceList=wanted).data
    assert data["count"] == 2
    assert [c["channelId"] for c in data["deviceList"][0]["channelList"]] == [1, 3]
    assert len(data["deviceList"][1]["channelList"]) == 1
    assert client.call("listDeviceDetailsByIds", deviceList=[{"deviceId": NOBODY}]).code == "DV1002"
    for wrong in ([], "x", ["x"], [{"deviceId": serial, "channelId": "1"}]):
        assert client.call("listDeviceDetailsByIds", deviceList=wrong).code == "OP1003", wrong


def test_the_older_pair_of_lists_shares_the_devices(client: Client) -> None:
    def walk(method: str) -> list[str]:
        found: list[str] = []
        last = -1
        while True:
            page = client.call(method, bindId=last, limit=1, type="bind", needApInfo=True).data
            if not page["deviceList"]:
                return found
            assert page["deviceList"][0]["aplist"] == []
            found.append(page["deviceList"][0]["deviceId"])
            last = page["deviceList"][0]["bindId"]

    base, opened = walk("deviceBaseList"), walk("deviceOpenList")
    assert len(base) == len(opened) == 2
    assert set(base) | set(opened) == {r["deviceId"] for r in rows(client).values()}
    assert client.call("deviceBaseList", bindId=-1, limit=50, type="share").data["count"] == 0
    assert client.call("deviceBaseList", bindId=-1, limit=51).code == "OP1003"
    for method, there, elsewhere in (
        ("deviceBaseDetailList", base, opened),
        ("deviceOpenDetailList", opened, base),
    ):
        asked = [{"deviceId": d, "channelList": "0"} for d in there]
        details = client.call(method, deviceList=asked).data["deviceList"]
        assert [d["deviceId"] for d in details] == there
        assert all(len(d["channels"]) == 1 for d in details)
        assert {"name", "status", "ability", "catalog", "version"} <= set(details[0])
        assert {"channelName", "status", "ability", "picUrl"} <= set(details[0]["channels"][0])
        wrong = [{"deviceId": elsewhere[0], "channelList": "0"}]
        assert client.call(method, deviceList=wrong).code == "OP1009"
        assert client.call(method, deviceList=asked * 5).code == "OP1003"


def test_abilities_and_online(client: Client) -> None:
    dome, recorder = client.serial("店门云台"), client.serial("门店NVR")
    asked = [
        {"deviceId": dome, "channelList": "0"},
        {"deviceId": recorder, "channelList": "0,2"},
    ]
    found = client.call("listDeviceAbility", deviceList=asked).data["deviceList"]
    assert "PTZ" in found[0]["channels"][0]["channelAbility"]
    assert [c["channelId"] for c in found[1]["channels"]] == ["0", "2"]
    assert "LocalRecord" in found[1]["ability"]
    states = {
        name: client.call("deviceOnline", deviceId=client.serial(name)).data["onLine"]
        for name in ("门店NVR", "店门云台", "Garden-Battery", "仓库后墙")
    }
    assert states == {"门店NVR": "1", "店门云台": "1", "Garden-Battery": "4", "仓库后墙": "0"}
    client.camera("货架").online = False
    channels = client.call("deviceOnline", deviceId=recorder).data["channels"]
    assert [c["onLine"] for c in channels] == ["1", "0", "1", "1"]
    assert client.call("deviceOnline", deviceId=NOBODY).code == "DV1002"
    assert client.call("deviceOnline", deviceId=dome, productId="X").code == "DV1002"
    client.sandbox.faults.set("imou", "offline")
    assert client.call("deviceOnline", deviceId=dome).data["onLine"] == "0"


def test_a_name_stays(client: Client) -> None:
    serial = client.serial("门店NVR")
    assert client.call("modifyDeviceName", deviceId=serial, name="总店 NVR").data is None
    assert client.call("modifyDeviceName", deviceId=serial, channelId="2", name="后门").data is None
    shown = rows(client)["总店 NVR"]
    assert shown["channelList"][2]["channelName"] == "后门"
    assert shown["channelList"][1]["channelName"] == "货架"

    def rename(**change: object) -> str:
        given = {"deviceId": serial, "name": "x", **change}
        return client.call("modifyDeviceName", **given).code

    assert rename(name="x" * 65) == "OP1003"
    assert rename(name="") == "OP1002"
    assert rename(channelId="4") == rename(channelId="x") == "DV1057"
    assert rename(deviceId=NOBODY) == "DV1002"


def test_an_iot_device_is_renamed_with_its_product(client: Client) -> None:
    battery = rows(client)["Garden-Battery"]
    given = {"deviceId": battery["deviceId"], "name": "Garden"}
    assert client.call("modifyDeviceName", **given).code == "OP1002"
    assert client.call("modifyDeviceName", **given, productId="WRONG").code == "DV1002"
    assert client.call("modifyDeviceName", **given, productId=battery["productId"]).code == "0"
    assert "Garden" in rows(client)


def test_a_device_sleeps_until_it_is_woken_and_again_later(client: Client) -> None:
    sleepers = client.face.sleepers
    sleepers.wake_seconds, sleepers.awake_seconds = 30, 60
    battery = client.camera("Garden-Battery")
    serial = client.serial("Garden-Battery")

    def code(method: str = "deviceStorage") -> str:
        return client.call(method, deviceId=serial).code

    assert code() == "DV1030"
    assert client.on(battery, "setDeviceSnapEnhanced").code == "DV1030"
    assert client.call("wakeUpDevice", deviceId=serial, url="/device/wakeup").data is None
    assert code() == "DV1030"
    # Each use makes it stay awake for another 60 s, and so does being woken when awake.
    for client.world.ahead in (40, 90, 140):
        assert code() == "0"
    client.world.ahead = 190
    assert code("wakeUpDevice") == "0"
    client.world.ahead = 235
    assert code() == "0"
    client.world.ahead = 296
    assert code() == "DV1030"
    assert rows(client)["Garden-Battery"]["deviceStatus"] == "sleep"


def test_waking_what_does_not_sleep(client: Client) -> None:
    assert client.call("wakeUpDevice", deviceId=client.serial("店门云台")).code == "0"
    assert client.call("wakeUpDevice", deviceId=client.serial("仓库后墙")).code == "DV1007"


def test_card_and_battery(client: Client) -> None:
    serial = client.serial("店门云台")
    card = client.call("deviceStorage", deviceId=serial).data
    assert 0 < card["usedBytes"] < card["totalBytes"]
    assert client.call("deviceSdcardStatus", deviceId=serial).data == {"status": "normal"}
    assert client.call("getDevicePowerInfo", deviceId=serial).data == {"electricitys": []}
    client.device("Garden-Battery").asleep = False
    battery = client.call("getDevicePowerInfo", deviceId=client.serial("Garden-Battery")).data
    assert battery["electricitys"][0]["litElec"] == "87"
    for method in ("deviceStorage", "deviceSdcardStatus", "getDevicePowerInfo", "restartDevice"):
        assert client.call(method, deviceId=client.serial("仓库后墙")).code == "DV1007", method


def test_a_restart_takes_a_while(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imou_devices, "RESTART_SECONDS", 60)
    serial = client.serial("店门云台")
    assert client.call("restartDevice", deviceId=serial).data is None
    assert client.call("deviceStorage", deviceId=serial).code == "DV1007"
    assert client.call("deviceOnline", deviceId=serial).data["onLine"] == "0"
    client.world.ahead = 61
    assert client.call("deviceStorage", deviceId=serial).code == "0"
