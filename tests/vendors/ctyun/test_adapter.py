"""The adapter against the sandbox's face."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.net.support import Handler, serving
from tests.vendors.ctyun.support import (
    KEYS,
    adapter_at,
    adapter_with,
    calls,
    channels,
    envelope,
)
from vsconsole.domain import cancel
from vsconsole.domain.capabilities import Capability, capabilities
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    ClockSkew,
    ConsoleError,
    InvalidInput,
    NotFound,
    PermissionDenied,
    RateLimited,
    Unreachable,
)
from vsconsole.domain.model import (
    Ability,
    Channel,
    Device,
    DeviceKind,
    Group,
    Key,
    Node,
    Status,
    Store,
    now,
)
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.ctyun import adapter as adapter_module
from vsconsole.vendors.ctyun.adapter import CtyunAdapter

WEEK = 7 * 86400
MONTH = 30 * 86400


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["ctyun"]) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(sandbox: Sandbox) -> Iterator[None]:
    sandbox._log.clear()
    yield
    sandbox.faults.clear()


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> Iterator[CtyunAdapter]:
    made = adapter_at(sandbox, transport)
    yield made
    made.close()


@pytest.fixture
def one(adapter: CtyunAdapter) -> Channel:
    """A camera of the recorder."""
    return next(channel for channel in channels(adapter) if channel.name == "一号窗口")


# Login


def test_what_is_claimed(adapter: CtyunAdapter, sandbox: Sandbox) -> None:
    adapter.verify()
    assert [entry.call for entry in sandbox.log] == ["DescribeDevices"]
    assert capabilities(adapter) == {
        Capability.INVENTORY,
        Capability.RECORDS,
        Capability.EVENTS,
        Capability.RAW_CALLS,
    }


@pytest.mark.parametrize(
    "changed", [{"secret_key": "wrong-secret"}, {"access_key": "WRONGACCESSKEY"}]
)
def test_wrong_keys(sandbox: Sandbox, transport: Transport, changed: dict[str, str]) -> None:
    with pytest.raises(BadCredentials) as caught:
        adapter_at(sandbox, transport, **changed).verify()
    assert caught.value.code.startswith("VSS_")
    assert "secret key" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "word"), [(86400, "behind"), (-7200, "ahead")])
def test_a_wrong_clock(adapter: CtyunAdapter, sandbox: Sandbox, seconds: float, word: str) -> None:
    sandbox.faults.set("ctyun", "clock", seconds=seconds)
    with pytest.raises(ClockSkew, match=word):
        adapter.verify()


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate-limit", RateLimited),
        ("reset", Unreachable),
        ("cut-body", Unreachable),
        ("html", BadResponse),
        ("http-500", BadResponse),
        ("truncated-json", BadResponse),
        ("secret", BadCredentials),
    ],
)
def test_lasting_faults_say_what_is_wrong(
    adapter: CtyunAdapter,
    sandbox: Sandbox,
    fault: str,
    kind: type[ConsoleError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults.set("ctyun", fault)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert caught.value.what
    assert caught.value.remedy
    secret = sandbox.fields("ctyun")["secret_key"]
    for text in (str(caught.value), repr(caught.value), caplog.text, repr(vars(adapter))):
        assert secret not in text
        assert "Signature=" not in text
    sandbox.faults.clear()
    adapter.verify()


@pytest.mark.parametrize("fault", ["rate-limit", "reset", "html", "http-500", "truncated-json"])
def test_passing_faults_are_passed_over(
    adapter: CtyunAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set("ctyun", fault, count=1)
    adapter.verify()


# The tree


def listing(adapter: CtyunAdapter) -> dict[Key, Node]:
    """Every node, parents seen to come first and each once."""
    seen: dict[Key, Node] = {}
    for batch in adapter.nodes():
        assert batch
        for node in batch:
            assert node.key not in seen
            assert node.parent is None or node.parent in seen
            seen[node.key] = node
    return seen


def test_the_tree(adapter: CtyunAdapter, sandbox: Sandbox) -> None:
    seen = listing(adapter)
    world = sandbox.world
    groups = {n.name: n for n in seen.values() if isinstance(n, Group)}
    assert set(groups) == {group.name for group in world.groups.values()}
    assert groups["二楼窗口"].parent == groups["政务大厅"].key
    devices = {n.name: n for n in seen.values() if isinstance(n, Device)}
    assert set(devices) == {device.name for device in world.devices.values()}
    recorder = devices["大厅国标NVR"]
    assert (recorder.kind, recorder.parent) == (DeviceKind.NVR, groups["政务大厅"].key)
    found = [n for n in seen.values() if isinstance(n, Channel)]
    assert {n.name for n in found} == {camera.name for camera in world.cameras.values()}
    assert {n.name for n in found if n.parent == recorder.key} == {
        "一号窗口",
        "二号窗口",
        "等候区",
        "自助终端",
    }
    assert {n.name for n in found if n.status is Status.OFFLINE} == {"二楼走廊"}
    assert all(n.stores == (Store.CLOUD, Store.DEVICE) for n in found)
    assert not any(entry.unknown for entry in sandbox.log)
    # The root, three directories, one recorder: nothing is listed twice.
    assert len(calls(sandbox, "DescribeDevices")) == 5


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_the_tree_of_a_strange_server(adapter: CtyunAdapter, sandbox: Sandbox, fault: str) -> None:
    expected = set(listing(adapter))
    sandbox.faults.set("ctyun", fault)
    assert set(listing(adapter)) == expected


def _failure(adapter: CtyunAdapter) -> str | None:
    try:
        channels(adapter)
    except ConsoleError as error:
        return error.remedy
    return None


def test_missing_fields_never_crash(adapter: CtyunAdapter, sandbox: Sandbox) -> None:
    sandbox.faults.set("ctyun", "missing-fields")
    remedies = [_failure(adapter) for _ in range(8)]
    assert all(remedy is None or remedy for remedy in remedies)


def test_cancelling_stops_a_listing(adapter: CtyunAdapter) -> None:
    with cancel.bound(cancel.CancelToken()) as token:
        pages = adapter.nodes()
        next(pages)
        token.cancel()
        with pytest.raises(Cancelled):
            list(pages)


def device(native: str, kind: str, parent: str = "", **more: object) -> dict[str, object]:
    return {"DeviceId": native, "DeviceType": kind, "ParentDeviceId": parent, **more}


def test_a_server_that_lists_everything_at_once(transport: Transport) -> None:
    """Cameras among the recorders, directories with the devices in them, one recorder gone."""

    def answer(handler: Handler) -> None:
        query = parse_qs(urlsplit(handler.seen.target).query)
        if query.get("ParentDeviceId") == ["1"]:
            below = [device("11", "ipc", "1"), device("12", "nvr", "1")]
            envelope(handler, {"Devices": below, "TotalNum": "2"})
        elif query.get("ParentDeviceId") == ["12"]:
            # Shown by a second recorder, too.
            envelope(handler, {"Devices": [device("11", "ipc")], "TotalNum": 1})
        elif query.get("DirId") == ["5"]:
            envelope(handler, {"Devices": [device("1", "nvr")], "TotalNum": 1})
        elif query.get("ParentDeviceId") == ["3"]:
            envelope(handler, statusCode=404, error="VSS_9", message="设备不存在")
        elif "ParentDeviceId" in query or "DirId" in query:
            envelope(handler, {"Devices": []})
        else:
            rows = [
                device("11", "ipc", "1"),
                device("99", "ipc", "98"),
                device("97", "nvr", "98"),
                device("1", "nvr", DeviceDir={"DirId": 5, "DirName": "D"}, DirId=5),
                device("3", "platform"),
            ]
            envelope(handler, {"Devices": rows, "TotalNum": len(rows)})

    with serving(answer) as server:
        adapter = adapter_with({**KEYS, "server": server.url}, transport)
        seen = listing(adapter)
    parents = {node.key.native: node.parent and node.parent.native for node in seen.values()}
    assert parents == {
        "dir:5": None,
        "dev:1": "dir:5",
        "11": "dev:1",
        "dev:12": "dev:1",
        "dev:3": None,
        # Its recorder never came.
        "dev:99": None,
        "99": "dev:99",
        "dev:97": None,
    }


def test_directories_that_name_each_other(transport: Transport) -> None:
    def answer(handler: Handler) -> None:
        dirs = [
            {"DirId": "1", "DirName": "a", "ParentDirId": "2"},
            {"DirId": "2", "DirName": "b", "ParentDirId": "1"},
            {"DirId": "3", "DirName": "c", "ParentDirId": "3"},
        ]
        envelope(handler, {"Dirs": dirs, "Devices": []})

    with serving(answer) as server:
        adapter = adapter_with({**KEYS, "server": server.url}, transport)
        assert len(listing(adapter)) == 3


# AI results


def test_results_are_events(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel, transport: Transport
) -> None:
    span = Span(now() - timedelta(days=3), now() - timedelta(days=1))
    events = adapter.events(one, span)
    assert events
    assert [e.begin for e in events] == sorted(e.begin for e in events)
    assert all(e.begin in span and e.channel == one.key for e in events)
    assert len({e.id for e in events}) == len(events)
    # The recorder's cameras are watched by an app that sees people and what they do.
    assert {e.kind for e in events} <= {"algorithm-2", "algorithm-5", "algorithm-8"}
    assert any(e.title == "人体检测" and e.text.startswith("窗口秩序; ") for e in events)
    assert all(0 <= box.x < 1 and box.label for e in events for box in e.boxes)
    with transport.stream(events[0].picture) as stream:
        assert stream.read().startswith(b"\x89PNG")
    assert len(calls(sandbox, "DescribeApp")) == 1
    whole = adapter.events(one, Span(now() - timedelta(days=90), now()))
    # Their pictures' addresses are new, they are the same.
    assert {e.id for e in events} < {e.id for e in whole}


def test_questions_keep_to_a_week_and_a_month(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel
) -> None:
    adapter.events(one, Span(now() - timedelta(days=400), now() + timedelta(days=2)))
    asked = calls(sandbox, "DescribeAIResults")
    assert all(entry.status == 200 for entry in asked)
    for entry in asked:
        begin, end = entry.params["StartTime"], entry.params["EndTime"]
        assert 0 < end - begin <= WEEK
        assert begin > entry.at - MONTH
    # Three algorithms have results of this camera; the first question told which are in use.
    sandbox._log.clear()
    adapter.events(one, Span(now() - timedelta(hours=1), now()))
    again = calls(sandbox, "DescribeAIResults")
    assert len(again) < 8
    assert all(entry.params["DeviceId"] == one.key.native for entry in again)
    sandbox._log.clear()
    assert adapter.events(one, Span(now() - timedelta(days=60), now() - timedelta(days=40))) == []
    assert calls(sandbox, "DescribeAIResults") == []


def test_an_algorithm_that_is_begun_later_is_noticed(
    adapter: CtyunAdapter, sandbox: Sandbox, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_module, "_LOOK_AGAIN", -1.0)
    recent = Span(now() - timedelta(hours=1), now())
    for _ in range(2):
        sandbox._log.clear()
        adapter.events(one, recent)
        looked = [e for e in calls(sandbox, "DescribeAIResults") if not e.params["DeviceId"]]
        assert len(looked) >= len(adapter_module.ALGORITHMS)


def test_looking_for_algorithms_can_be_called_off(adapter: CtyunAdapter, one: Channel) -> None:
    with adapter._looking, cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            adapter.events(one, Span(now() - timedelta(hours=1), now()))


def test_an_unknown_channel_has_no_events(adapter: CtyunAdapter) -> None:
    nobody = Channel(key=Key("a1", "123"), name="")
    with pytest.raises(NotFound):
        adapter.events(nobody, Span(now() - timedelta(days=3), now()))


def test_algorithms_and_apps_that_are_refused(transport: Transport) -> None:
    when = int(now().timestamp()) - 600
    refused = ["VSS_3", 400, "算法不存在"]
    good = [["2"]]

    def answer(handler: Handler) -> None:
        url = urlsplit(handler.seen.target)
        query = parse_qs(url.query)
        if url.path.startswith("/ai/apps"):
            envelope(handler, statusCode=404, error="VSS_4", message="应用不存在")
        elif query["AlgorithmsId"] not in good:
            error, status, message = refused
            envelope(handler, statusCode=status, error=error, message=message)
        else:
            rows = [{"ResultId": "1", "AppId": "7", "Timestamp": when}, {"ResultId": "2"}]
            envelope(handler, {"AnalysisResults": rows, "TotalNum": "2"})

    channel = Channel(key=Key("a1", "1"), name="x", abilities=frozenset({Ability.EVENTS}))
    span = Span(now() - timedelta(hours=1), now())
    with serving(answer) as server:
        adapter = adapter_with({**KEYS, "server": server.url}, transport)
        (event,) = adapter.events(channel, span)
        assert (event.title, event.text) == ("AI result of algorithm 2", "")
        # Where not one id is good, nothing is known.
        good.clear()
        with pytest.raises(NotFound):
            adapter_with({**KEYS, "server": server.url}, transport).events(channel, span)
        good.append(["2"])
        # What is wrong with the account is told, not taken for "no results".
        refused[:] = ["VSS_5", 403, "没有权限"]
        with pytest.raises(PermissionDenied):
            adapter_with({**KEYS, "server": server.url}, transport).events(channel, span)
        refused[:] = ["VSS_6", 500, "内部错误"]
        with pytest.raises(ConsoleError) as caught:
            adapter_with({**KEYS, "server": server.url}, transport).events(channel, span)
        assert caught.value.retryable


# Raw calls


def test_raw_calls(adapter: CtyunAdapter, one: Channel) -> None:
    found = adapter.call("DescribeDevice", {"DeviceId": one.key.native, "IncludeDeviceDir": "1"})
    assert found["Device"]["DeviceName"] == "一号窗口"
    with pytest.raises(InvalidInput) as caught:
        adapter.call("DescribeDevice", {})
    assert caught.value.field == "DeviceId"
    with pytest.raises(NotFound):
        adapter.call("DescribeDevice", {"DeviceId": "1"})
    app = adapter.call("DescribeApp", {"AppId": "586", "DeviceId": one.key.native})
    assert app["AppName"] == "窗口秩序"


def test_a_new_device_shows_in_the_tree(sandbox: Sandbox, transport: Transport) -> None:
    with Sandbox(seed=6, vendors=["ctyun"]) as fresh:
        adapter = adapter_at(fresh, transport)
        pushing = {"DeviceType": "ipc", "DeviceName": "北门-01 +%~*"}
        adapter.call("CreateDevice", {"Region": "1", "Device": pushing, "VideoDevice": {}})
        found = {n.name: n for n in listing(adapter).values() if isinstance(n, Channel)}
    made = found["北门-01 +%~*"]
    assert made.status is Status.UNREGISTERED
    # It does not speak GB28181, so nothing can be had from the device itself.
    assert made.stores == (Store.CLOUD,)
    assert len(calls(fresh, "CreateDevice")) == 1


def test_closing_twice(adapter: CtyunAdapter) -> None:
    adapter.close()
    adapter.close()
