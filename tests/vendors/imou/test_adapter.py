"""The adapter against the sandbox's face: devices, live pictures, waking, PTZ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.vendors.imou.support import (
    Refusal,
    adapter_at,
    adapter_with,
    answering,
    asked,
    calls,
    channels,
)
from vsconsole.domain import cancel
from vsconsole.domain.capabilities import Capability, PtzMove, capabilities
from vsconsole.domain.errors import (
    Cancelled,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    RateLimited,
    Rejected,
    Unsupported,
    WrongChannel,
)
from vsconsole.domain.model import (
    Ability,
    Channel,
    Device,
    DeviceKind,
    Key,
    Status,
    StreamProfile,
)
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.imou import adapter as adapter_module
from vsconsole.vendors.imou.adapter import ImouAdapter


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["imou"]) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.faults.clear()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> Iterator[ImouAdapter]:
    made = adapter_at(sandbox, transport)
    yield made
    made.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapter_module, "_WAKING", (0.05, 0.1, 0.2, 0.4))


@pytest.fixture
def one(adapter: ImouAdapter) -> Channel:
    """A camera that can be moved."""
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


def asleep(adapter: ImouAdapter) -> Channel:
    return next(c for c in channels(adapter) if c.status is Status.SLEEPING)


def opened(transport: Transport, source: MediaSource) -> bytes:
    with transport.stream(source) as stream:
        return stream.read()


def made_up(**more: Any) -> Channel:
    return Channel(key=Key("a1", "SN1:0"), name="x", **more)


# Devices


def test_what_it_can_do(adapter: ImouAdapter) -> None:
    assert capabilities(adapter) == frozenset(Capability) - {
        Capability.DOWNLOADS,
        Capability.CRUISES,
    }
    adapter.verify()
    adapter.close()


def test_the_tree(adapter: ImouAdapter, sandbox: Sandbox) -> None:
    nodes = [node for batch in adapter.nodes() for node in batch]
    devices = [node for node in nodes if isinstance(node, Device)]
    world = sandbox.worlds["imou"]
    assert {device.name for device in devices} == {d.name for d in world.devices.values()}
    recorder = next(device for device in devices if device.kind is DeviceKind.NVR)
    below = [node for node in nodes if isinstance(node, Channel) and node.parent == recorder.key]
    assert len(below) == 4
    assert {device.status for device in devices} == {
        Status.ONLINE,
        Status.SLEEPING,
        Status.OFFLINE,
    }
    seen: set[Key] = set()
    for node in nodes:
        assert node.parent is None or node.parent in seen
        seen.add(node.key)
    assert len(seen) == len(nodes)


def listed(number: int, parent: str = "") -> dict[str, Any]:
    return {
        "deviceId": f"SN{number}",
        "deviceName": f"D{number}",
        "deviceStatus": "online",
        "parentDeviceId": parent,
        "channelList": [{"channelId": "0", "channelName": "c", "channelStatus": "online"}],
    }


def test_a_page_that_came_empty_by_mistake_is_read_again(transport: Transport) -> None:
    every = [listed(n) for n in range(1, 61)]
    hidden = [2]

    def page(params: dict[str, Any]) -> Any:
        first = (params["page"] - 1) * params["pageSize"]
        rows = every[first : first + params["pageSize"]]
        if params["page"] in hidden:
            hidden.clear()
            return {"count": len(rows), "deviceList": []}
        return {"count": len(rows), "deviceList": rows}

    with answering(listDeviceDetailsByPage=page) as server:
        nodes = [n for batch in adapter_with(transport, server.url).nodes() for n in batch]
        assert [one["page"] for one in asked(server, "listDeviceDetailsByPage")] == [1, 2, 1, 2]
    assert len(nodes) == len({node.key for node in nodes}) == 120


def test_pages_and_parents(transport: Transport) -> None:
    """Pages end with one that is shorter; a gateway may come after what hangs on it."""
    every = [listed(n) for n in range(1, 61)]
    every[0]["parentDeviceId"] = "SN60"
    every[1]["parentDeviceId"] = "nobody's"
    every[2]["parentDeviceId"] = "SN2"

    def page(params: dict[str, Any]) -> Any:
        first = (params["page"] - 1) * params["pageSize"]
        rows = every[first : first + params["pageSize"]]
        return {"count": len(rows), "deviceList": rows}

    with answering(listDeviceDetailsByPage=page) as server:
        adapter = adapter_with(transport, server.url)
        nodes = [node for batch in adapter.nodes() for node in batch]
        assert [one["page"] for one in asked(server, "listDeviceDetailsByPage")] == [1, 2]
    by_key = {node.key: node for node in nodes}
    assert len(by_key) == len(nodes) == 120
    assert by_key[Key("a1", "dev:SN1")].parent == Key("a1", "dev:SN60")
    assert by_key[Key("a1", "dev:SN2")].parent is None
    assert by_key[Key("a1", "dev:SN3")].parent == Key("a1", "dev:SN2")
    order = {node.key: i for i, node in enumerate(nodes)}
    assert all(node.parent is None or order[node.parent] < order[node.key] for node in nodes)


@pytest.mark.parametrize("zone", ["", "America/New_York"])
def test_the_zone_of_its_times(transport: Transport, zone: str) -> None:
    """Times come without one; an account may say which they are of."""
    rows = {"deviceList": [listed(1)]}
    with answering(listDeviceDetailsByPage=rows) as server:
        made = channels(adapter_with(transport, server.url, zone=zone))
    assert [channel.zone for channel in made] == [zone or "Asia/Shanghai"]


def test_gateways_that_hang_on_each_other_are_listed_all_the_same(transport: Transport) -> None:
    rows = {"deviceList": [listed(1, "SN2"), listed(2, "SN1")]}
    with answering(listDeviceDetailsByPage=rows) as server:
        nodes = [n for batch in adapter_with(transport, server.url).nodes() for n in batch]
    assert len(nodes) == 4
    assert nodes[0].parent is None


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_the_tree_survives(adapter: ImouAdapter, sandbox: Sandbox, fault: str) -> None:
    before = {node.key for batch in adapter.nodes() for node in batch}
    sandbox.faults.set("imou", fault)
    nodes = [node.key for batch in adapter.nodes() for node in batch]
    assert set(nodes) == before
    assert len(nodes) == len(before)


def test_cancelling_stops_the_listing(adapter: ImouAdapter) -> None:
    with cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            list(adapter.nodes())


def test_a_fault_is_clear_and_passes(adapter: ImouAdapter, sandbox: Sandbox) -> None:
    sandbox.faults.set("imou", "rate-limit")
    with pytest.raises(RateLimited) as caught:
        adapter.verify()
    assert caught.value.code == "OP1026"
    sandbox.faults.set("imou", "rate-limit", 0)
    sandbox.faults.set("imou", "html", count=1)
    adapter.verify()


# Live


def test_live_is_flv(adapter: ImouAdapter, one: Channel, transport: Transport) -> None:
    for profile in StreamProfile:
        source = adapter.live(one, profile)
        assert (source.protocol, source.live) == (MediaProtocol.FLV, True)
    assert opened(transport, source).startswith(b"FLV")


def test_an_offline_device_and_one_that_does_not_exist(adapter: ImouAdapter) -> None:
    away = next(c for c in channels(adapter) if c.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline) as caught:
        adapter.live(away, StreamProfile.MAIN)
    assert caught.value.code == "DV1007"
    with pytest.raises(NotFound):
        adapter.live(made_up(), StreamProfile.MAIN)


def test_an_flv_address_that_exists_is_read(transport: Transport) -> None:
    def exists(_params: object) -> object:
        raise Refusal("LV1001")

    both = {"flv": "http://127.0.0.1/sd.flv", "flvHD": "http://127.0.0.1/hd.flv"}
    with answering(createDeviceFlvLive=exists, queryDeviceFlvLive=both) as server:
        adapter = adapter_with(transport, server.url)
        assert adapter.live(made_up(), StreamProfile.MAIN).url == both["flvHD"]
        assert adapter.live(made_up(), StreamProfile.SUB).url == both["flv"]


class Hls:
    """The HLS calls of a vendor that has no FLV."""

    def __init__(self, *bound: int) -> None:
        self.bound = set(bound)

    def flv(self, _params: object) -> object:
        raise Refusal("OP1012")

    def rtsp(self, _params: object) -> object:
        raise Refusal("DV1019")

    def info(self, _params: object) -> object:
        if not self.bound:
            raise Refusal("LV1002")
        return self.row()

    def bind(self, params: dict[str, Any]) -> object:
        if self.bound:
            raise Refusal("LV1001")
        self.bound.add(params["streamId"])
        return self.row()

    def row(self) -> dict[str, Any]:
        streams = [
            {"hls": f"https://127.0.0.1/{n}.m3u8", "streamId": n} for n in sorted(self.bound)
        ]
        return {"liveStatus": 1, "liveToken": "t", "streams": streams}

    def methods(self) -> dict[str, Any]:
        return {
            "createDeviceFlvLive": self.flv,
            "getLiveStreamInfo": self.info,
            "bindDeviceLive": self.bind,
            "getStreamUrl": self.rtsp,
        }


def test_hls_where_there_is_no_flv(transport: Transport) -> None:
    """The address that is there is read (LV1001), and made where there is none (LV1002)."""
    with answering(**Hls().methods()) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            source = adapter.live(made_up(), StreamProfile.MAIN)
            assert source == MediaSource(
                url="https://127.0.0.1/0.m3u8", protocol=MediaProtocol.HLS, live=True
            )
        # OP1012 is about the application, so FLV was tried once.
        assert len(asked(server, "createDeviceFlvLive")) == 1
        assert len(asked(server, "getLiveStreamInfo")) == 2
        (bound,) = asked(server, "bindDeviceLive")
        assert (bound["streamId"], bound["liveMode"]) == (0, "proxy")


def test_a_stream_that_is_not_bound_beside_one_that_is(transport: Transport) -> None:
    with answering(**Hls(0).methods()) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            with pytest.raises(Unsupported, match="no live address"):
                adapter.live(made_up(), StreamProfile.SUB)
        assert adapter.live(made_up(), StreamProfile.MAIN).url.endswith("0.m3u8")


def test_somebody_else_bound_it_meanwhile(transport: Transport) -> None:
    made = Hls()

    def bind(params: dict[str, Any]) -> object:
        made.bound.add(params["streamId"])
        raise Refusal("LV1001")

    with answering(**{**made.methods(), "bindDeviceLive": bind}) as server:
        source = adapter_with(transport, server.url).live(made_up(), StreamProfile.SUB)
        assert source.url == "https://127.0.0.1/1.m3u8"


def test_a_shared_device_is_seen_by_rtsp(transport: Transport) -> None:
    def shared(_params: object) -> object:
        raise Refusal("DV1012")

    methods = {**Hls().methods(), "getLiveStreamInfo": shared}
    with answering(**{**methods, "getStreamUrl": {"url": "rtsp://127.0.0.1:554/x"}}) as server:
        source = adapter_with(transport, server.url).live(made_up(), StreamProfile.SUB)
        assert source.protocol is MediaProtocol.RTSP
        assert asked(server, "getStreamUrl")[0]["streamId"] == 1


def test_a_picture_that_is_not_there_just_now_is_asked_for_again(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("DV1012")

    flv = {"flv": "not an address"}
    methods = {"createDeviceFlvLive": flv, "getLiveStreamInfo": no, "getStreamUrl": no}
    with answering(**methods) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            with pytest.raises(PermissionDenied):
                adapter.live(made_up(), StreamProfile.MAIN)
        assert len(asked(server, "createDeviceFlvLive")) == 2


def test_no_way_to_a_picture(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("DV1026")

    methods = dict.fromkeys(("createDeviceFlvLive", "getLiveStreamInfo", "getStreamUrl"), no)
    with answering(**methods) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            with pytest.raises(Unsupported):
                adapter.live(made_up(), StreamProfile.MAIN)
        # What the device does not support is not asked of it again.
        assert all(len(asked(server, name)) == 1 for name in methods)


@pytest.mark.parametrize(
    ("state", "kind"), [(3, QuotaExceeded), ("2", Rejected)], ids=["traffic", "paused"]
)
def test_a_live_address_that_does_not_run(
    transport: Transport, state: Any, kind: type[Exception]
) -> None:
    methods = {**Hls().methods(), "getLiveStreamInfo": {"liveStatus": state}}
    with answering(**methods) as server, pytest.raises(kind):
        adapter_with(transport, server.url).live(made_up(), StreamProfile.MAIN)


def test_other_refusals_of_live_are_told(transport: Transport) -> None:
    def fails(code: str) -> Any:
        def refuse(_params: object) -> object:
            raise Refusal(code)

        return refuse

    for name, code in (
        ("createDeviceFlvLive", "DV1023"),
        ("getLiveStreamInfo", "DV1002"),
        ("bindDeviceLive", "DV1023"),
    ):
        methods = {**Hls().methods(), name: fails(code)}
        with answering(**methods) as server, pytest.raises(ConsoleError) as caught:
            adapter_with(transport, server.url).live(made_up(), StreamProfile.MAIN)
        assert caught.value.code == code


# Waking


@pytest.mark.usefixtures("hasty")
def test_a_sleeping_camera_is_woken(transport: Transport) -> None:
    with Sandbox(seed=6, vendors=["imou"]) as fresh:
        fresh.faces["imou"].sleepers.wake_seconds = 0.2  # type: ignore[attr-defined]
        adapter = adapter_at(fresh, transport)
        channel = asleep(adapter)
        source = adapter.live(channel, StreamProfile.MAIN)
        assert opened(transport, source).startswith(b"FLV")
        assert len(calls(fresh, "wakeUpDevice")) == 1
        # Awake now, so it is not woken again although the list still says that it sleeps.
        adapter.live(channel, StreamProfile.MAIN)
        assert len(calls(fresh, "wakeUpDevice")) == 1


class Sleeper:
    """A camera that answers DV1030 some times after it was woken."""

    def __init__(self, times: int, code: str = "DV1030") -> None:
        self.times = times
        self.code = code
        self.woken = False

    def wake(self, _params: object) -> None:
        self.woken = True

    def move(self, _params: object) -> None:
        if not self.woken or self.times > 0:
            self.times -= 1
            raise Refusal(self.code)


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("code", ["DV1030", "DV1062"])
@pytest.mark.parametrize("status", [Status.ONLINE, Status.SLEEPING])
def test_ptz_wakes_too(transport: Transport, code: str, status: Status) -> None:
    sleeper = Sleeper(3, code)
    with answering(controlMovePTZ=sleeper.move, wakeUpDevice=sleeper.wake) as server:
        adapter = adapter_with(transport, server.url)
        adapter.ptz_move(made_up(status=status), PtzMove.UP, 1.0)
        assert len(asked(server, "wakeUpDevice")) == 1
        assert len(asked(server, "controlMovePTZ")) == 4


@pytest.mark.usefixtures("hasty")
def test_one_that_does_not_wake_up(transport: Transport) -> None:
    sleeper = Sleeper(99)
    with answering(controlMovePTZ=sleeper.move, wakeUpDevice=sleeper.wake) as server:
        adapter = adapter_with(transport, server.url)
        with pytest.raises(DeviceOffline, match="asleep"):
            adapter.ptz_move(made_up(), PtzMove.UP, 1.0)
        assert len(asked(server, "wakeUpDevice")) == 1
        assert len(asked(server, "controlMovePTZ")) == 5


def test_one_that_cannot_be_woken(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("DV1026")

    sleeper = Sleeper(0)
    with answering(controlMovePTZ=sleeper.move, wakeUpDevice=no) as server:
        adapter = adapter_with(transport, server.url)
        for status in (Status.ONLINE, Status.SLEEPING):
            with pytest.raises(DeviceOffline) as caught:
                adapter.ptz_move(made_up(status=status), PtzMove.UP, 1.0)
            assert caught.value.code == "DV1030"
        assert len(asked(server, "controlMovePTZ")) == 2


def test_waiting_for_it_can_be_called_off(transport: Transport) -> None:
    sleeper = Sleeper(99)

    with cancel.bound(cancel.CancelToken()) as token:

        def wake(params: object) -> None:
            sleeper.wake(params)
            token.cancel()

        with (
            answering(controlMovePTZ=sleeper.move, wakeUpDevice=wake) as server,
            pytest.raises(Cancelled),
        ):
            adapter_with(transport, server.url).ptz_move(made_up(), PtzMove.UP, 1.0)


# PTZ


@pytest.mark.parametrize("move", sorted(ImouAdapter.ptz_moves))
def test_ptz_moves_the_picture(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, move: PtzMove
) -> None:
    world = sandbox.worlds["imou"]
    camera = next(c for c in world.cameras.values() if c.name == one.name)
    before = camera.pose
    adapter.ptz_move(one, move, 0.5)
    cancel.current().wait(0.15)
    adapter.ptz_stop(one)
    moved = camera.pose
    last = calls(sandbox, "controlMovePTZ")[-2:]
    assert [entry.params["operation"] for entry in last][1] == 10
    assert last[0].params["duration"] == 1000
    assert moved != before or move is PtzMove.ZOOM_OUT
    signs = {
        PtzMove.LEFT: moved.pan < before.pan,
        PtzMove.RIGHT: moved.pan > before.pan,
        PtzMove.UP: moved.tilt > before.tilt,
        PtzMove.DOWN: moved.tilt < before.tilt,
        PtzMove.LEFT_UP: moved.pan < before.pan and moved.tilt > before.tilt,
        PtzMove.LEFT_DOWN: moved.pan < before.pan and moved.tilt < before.tilt,
        PtzMove.RIGHT_UP: moved.pan > before.pan and moved.tilt > before.tilt,
        PtzMove.RIGHT_DOWN: moved.pan > before.pan and moved.tilt < before.tilt,
        PtzMove.ZOOM_IN: moved.zoom > before.zoom,
        PtzMove.ZOOM_OUT: moved.zoom <= before.zoom,
    }
    assert signs[move]


def test_stopping_a_camera_that_sleeps(transport: Transport) -> None:
    sleeper = Sleeper(9)
    with answering(controlMovePTZ=sleeper.move, wakeUpDevice=sleeper.wake) as server:
        adapter_with(transport, server.url).ptz_stop(made_up())
        assert not asked(server, "wakeUpDevice")
    away = Sleeper(9, "DV1007")
    with answering(controlMovePTZ=away.move) as server, pytest.raises(DeviceOffline):
        adapter_with(transport, server.url).ptz_stop(made_up())


def test_a_move_that_may_have_happened_is_not_repeated(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox
) -> None:
    before = len(calls(sandbox, "controlMovePTZ"))
    sandbox.faults.set("imou", "cut-body", path="controlMovePTZ")
    with pytest.raises(ConsoleError) as caught:
        adapter.ptz_move(one, PtzMove.LEFT, 0.5)
    assert caught.value.may_have_happened
    assert len(calls(sandbox, "controlMovePTZ")) == before + 1


def test_iot_devices_are_named_with_their_product(transport: Transport) -> None:
    with answering(controlMovePTZ=None) as server:
        channel = replace(made_up(), key=Key("a1", "SN1:0:P7"))
        adapter_with(transport, server.url).ptz_stop(channel)
        (params,) = asked(server, "controlMovePTZ")
        assert (params["deviceId"], params["productId"]) == ("SN1", "P7")


# Whose picture it is


@pytest.mark.parametrize("bound", [(0,), ()], ids=["read", "made"])
def test_lesson_43_the_stream_of_another_camera_is_not_shown(
    transport: Transport, bound: tuple[int, ...]
) -> None:
    """An answer that names another device or channel than the one asked for gives no picture."""

    def live_of(named: dict[str, Any]) -> MediaSource:
        hls = Hls(*bound)
        row = hls.row
        hls.row = lambda: {**row(), **named}  # type: ignore[method-assign]
        with answering(**hls.methods()) as server:
            return adapter_with(transport, server.url).live(made_up(), StreamProfile.MAIN)

    assert live_of({"deviceId": "sn1", "channelId": 0}).live
    for named in ({"deviceId": "SN2"}, {"deviceId": "SN1", "channelId": "7"}):
        with pytest.raises(WrongChannel) as caught:
            live_of(named)
        assert caught.value.remedy
