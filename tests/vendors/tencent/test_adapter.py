"""The adapter against the sandbox's face."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.vendors.tencent.support import adapter_at, calls, channels
from vsconsole.domain import cancel, days
from vsconsole.domain.capabilities import Capability, PtzMove, capabilities
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    ClockSkew,
    ConsoleError,
    DeviceOffline,
    InvalidInput,
    NotFound,
    RateLimited,
    SessionExpired,
    TimedOut,
    Unreachable,
    Unsupported,
)
from vsconsole.domain.model import (
    Ability,
    Channel,
    Device,
    Group,
    Key,
    Status,
    Store,
    StreamProfile,
    now,
)
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.tencent import adapter as adapter_module
from vsconsole.vendors.tencent import playback
from vsconsole.vendors.tencent.adapter import TencentAdapter

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["tencent"]) as running:
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
def adapter(sandbox: Sandbox, transport: Transport) -> Iterator[TencentAdapter]:
    made = adapter_at(sandbox, transport)
    yield made
    made.close()


@pytest.fixture
def one(adapter: TencentAdapter) -> Channel:
    """A channel that can do everything."""
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


@pytest.fixture
def pushing(adapter: TencentAdapter) -> Channel:
    return next(
        channel for channel in channels(adapter) if Ability.DEVICE_RECORDS not in channel.abilities
    )


def yesterday() -> Span:
    return days.span_of(days.day_of(now(), ZONE) - timedelta(days=1), ZONE)


# Login


def test_verify(adapter: TencentAdapter, sandbox: Sandbox) -> None:
    adapter.verify()
    assert sandbox.log[-1].status == 200
    assert capabilities(adapter) == frozenset(Capability) - {Capability.RECORD_DAYS}


def test_a_wrong_secret(sandbox: Sandbox, transport: Transport) -> None:
    with pytest.raises(BadCredentials) as caught:
        adapter_at(sandbox, transport, secret_key="wrong-secret").verify()
    assert caught.value.code == "41602"
    assert "SecretKey" in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "word"), [(86400, "behind"), (-7200, "ahead")])
def test_a_wrong_clock(
    adapter: TencentAdapter, sandbox: Sandbox, seconds: float, word: str
) -> None:
    sandbox.faults.set("tencent", "clock", seconds=seconds)
    with pytest.raises(ClockSkew, match=word):
        adapter.verify()


def test_temporary_keys(sandbox: Sandbox, transport: Transport) -> None:
    face = sandbox.faces["tencent"]
    made = face.add_temporary(3600)  # type: ignore[attr-defined]
    fields = {"secret_id": made.secret_id, "secret_key": made.secret_key}
    adapter_at(sandbox, transport, **fields, token=made.token).verify()
    with pytest.raises(BadCredentials):
        adapter_at(sandbox, transport, **fields).verify()
    over = face.add_temporary(-1)  # type: ignore[attr-defined]
    with pytest.raises(SessionExpired):
        adapter_at(
            sandbox,
            transport,
            secret_id=over.secret_id,
            secret_key=over.secret_key,
            token=over.token,
        ).verify()


# Faults


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
        ("expired-token", SessionExpired),
    ],
)
def test_lasting_faults_say_what_is_wrong(
    adapter: TencentAdapter,
    sandbox: Sandbox,
    fault: str,
    kind: type[ConsoleError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults.set("tencent", fault)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert caught.value.what
    assert caught.value.remedy
    secret = sandbox.fields("tencent")["secret_key"]
    for text in (str(caught.value), repr(caught.value), caplog.text):
        assert secret not in text
        assert "q-signature=" not in text


@pytest.mark.parametrize("fault", ["rate-limit", "reset", "html", "http-500", "truncated-json"])
def test_passing_faults_are_passed_over(
    adapter: TencentAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set("tencent", fault, count=1)
    adapter.verify()


def test_a_move_whose_answer_was_lost_is_not_repeated(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    sandbox.faults.set("tencent", "reset", path="/control/ptz")
    before = len(calls(sandbox, "/control/ptz"))
    with pytest.raises(Unreachable) as caught:
        adapter.ptz_move(one, PtzMove.UP, 1)
    assert caught.value.may_have_happened
    assert len(calls(sandbox, "/control/ptz")) == before + 1


# Inventory


def test_the_tree(adapter: TencentAdapter, sandbox: Sandbox) -> None:
    seen: dict[Key, object] = {}
    for batch in adapter.nodes():
        assert batch
        for node in batch:
            assert node.key not in seen
            assert node.parent is None or node.parent in seen
            assert node.key.account == "a1"
            seen[node.key] = node
    world = sandbox.world
    assert sum(isinstance(n, Group) for n in seen.values()) == len(world.groups)
    assert sum(isinstance(n, Device) for n in seen.values()) == len(world.devices)
    found = {n.key.native for n in seen.values() if isinstance(n, Channel)}
    assert found == set(world.cameras)
    assert any(n.name == "总部园区" for n in seen.values() if isinstance(n, Group))
    assert "Password" not in str([n.raw for n in seen.values()]) or "***" in str(
        [n.raw for n in seen.values() if isinstance(n, Device)]
    )


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_the_tree_of_a_strange_server(
    adapter: TencentAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set("tencent", fault)
    found = channels(adapter)
    assert {one.key.native for one in found} == set(sandbox.world.cameras)
    assert len(found) == len(sandbox.world.cameras)


def _failure(adapter: TencentAdapter) -> str | None:
    try:
        channels(adapter)
    except ConsoleError as error:
        return error.remedy
    return None


def test_missing_fields_never_crash(adapter: TencentAdapter, sandbox: Sandbox) -> None:
    sandbox.faults.set("tencent", "missing-fields")
    texts = [_failure(adapter) for _ in range(5)]
    assert all(text is None or text for text in texts)


def test_many_channels_come_in_batches(transport: Transport) -> None:
    with Sandbox(seed=1, channels=600, vendors=["tencent"]) as big:
        made = adapter_at(big, transport)
        batches = [batch for batch in made.nodes() if isinstance(batch[0], Channel)]
        found = {node.key for batch in batches for node in batch}
        assert len(found) == len(big.world.cameras)
        assert len(batches) > 1
        pages = calls(big, "getUserResources")
        assert all(entry.query["IsContainSubLevel"] == "true" for entry in pages)


def test_one_lost_device_does_not_lose_the_tree(adapter: TencentAdapter, sandbox: Sandbox) -> None:
    sandbox.faults.set("tencent", "missing-fields", path="/nowhere")
    gone = next(iter(sandbox.world.devices))
    devices = [node for batch in adapter.nodes() for node in batch if isinstance(node, Device)]
    lost = next(node for node in devices if node.key.native == f"dev:{gone}")
    away = replace(lost, key=Key("a1", "dev:00000000-0000-0000-0000-000000000000"))
    assert [c for batch in adapter._channels([away]) for c in batch] == []


def test_cancelling_stops_a_listing(adapter: TencentAdapter) -> None:
    with cancel.bound(cancel.CancelToken()) as token:
        listing = adapter.nodes()
        next(listing)
        token.cancel()
        with pytest.raises(Cancelled):
            list(listing)


# Live


def test_live(adapter: TencentAdapter, sandbox: Sandbox, one: Channel) -> None:
    for profile, number in ((StreamProfile.MAIN, 1), (StreamProfile.SUB, 2)):
        source = adapter.live(one, profile)
        assert source.protocol is MediaProtocol.FLV
        assert source.live
        assert ".flv" in source.url
        assert source.url not in repr(source)
        assert calls(sandbox, "/control/stream")[-1].params == {
            "ChannelId": one.key.native,
            "DeviceId": None,
            "StreamType": number,
            "Resolution": None,
        }


def test_live_of_a_pushing_device(
    adapter: TencentAdapter, sandbox: Sandbox, pushing: Channel
) -> None:
    assert adapter.live(pushing, StreamProfile.MAIN).protocol is MediaProtocol.FLV
    assert calls(sandbox, "/control/stream")[-1].params["ChannelId"] is None
    with pytest.raises(Unsupported):
        adapter.live(pushing, StreamProfile.SUB)


def test_live_of_an_offline_device(adapter: TencentAdapter) -> None:
    away = next(c for c in channels(adapter) if c.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline):
        adapter.live(away, StreamProfile.MAIN)


def test_hls_where_there_is_no_flv(
    adapter: TencentAdapter, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        adapter_module.mapping, "stream_urls", lambda _data: ("", "https://a.test/x.m3u8")
    )
    source = adapter.live(one, StreamProfile.MAIN)
    assert (source.protocol, source.url) == (MediaProtocol.HLS, "https://a.test/x.m3u8")


# Records


@pytest.mark.parametrize("store", [Store.CLOUD, Store.DEVICE])
def test_segments_are_what_was_recorded(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel, store: Store
) -> None:
    day = yesterday()
    span = Span(day.begin - timedelta(days=2), day.end - timedelta(seconds=1, milliseconds=250))
    found = adapter.segments(one, store, span)
    assert found == sorted(found)
    assert all(segment.store is store for segment in found)
    camera = sandbox.world.cameras[one.key.native]
    asked = int(span.begin.timestamp()), int(span.end.timestamp()) + 1
    ranges = (
        sandbox.world.cloud_ranges(camera, *asked)
        if store is Store.CLOUD
        else sandbox.world.device_ranges(camera, *asked)
    )
    expected = SegmentSet.of_spans(
        Span(datetime.fromtimestamp(r.begin, UTC), datetime.fromtimestamp(r.end, UTC))
        for r in ranges
    ).clip(span)
    assert SegmentSet.of(found) == expected
    assert len(expected) > 1


def test_a_month_is_one_question_per_beijing_day(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    day = yesterday()
    before = len(calls(sandbox, "/record/filelist/query"))
    adapter.segments(one, Store.CLOUD, Span(day.end - timedelta(days=31), day.end))
    asked = calls(sandbox, "/record/filelist/query")[before:]
    assert len(asked) == 31
    assert all(entry.code == 200 for entry in asked)


def test_the_future_is_not_asked_for(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    before = len(sandbox.log)
    tomorrow = now() + timedelta(days=1, hours=1)
    assert adapter.segments(one, Store.CLOUD, Span(tomorrow, tomorrow + timedelta(days=3))) == []
    assert len(sandbox.log) == before


def test_a_vendor_that_takes_midnight_for_the_next_day(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = {}
    span = Span(yesterday().begin - timedelta(days=6), yesterday().end)
    for store in (Store.CLOUD, Store.DEVICE):
        expected[store] = adapter.segments(one, store, span)
    real = adapter._client.call
    refused = []

    def strict(name: str, params: dict[str, int], **more: bool) -> object:
        end = params.get("EndTime", params.get("End"))
        if end is not None and (end + 8 * 3600) % 86400 == 0:
            refused.append(name)
            # What the service answers to a range over two days.
            params = {**params, "EndTime": end + 7200, "End": end + 7200}
            raise adapter_module.mapping.error_for(40005)
        return real(name, params, **more)

    monkeypatch.setattr(adapter._client, "call", strict)
    for store in (Store.CLOUD, Store.DEVICE):
        assert adapter.segments(one, store, span) == expected[store]
    assert refused
    before = len(refused)
    assert adapter.segments(one, Store.CLOUD, span) == expected[Store.CLOUD]
    assert len(refused) == before


def test_unknown_and_unfit_channels(adapter: TencentAdapter, pushing: Channel) -> None:
    nobody = Channel(key=Key("a1", "00000000-0000-0000-0000-000000000000"), name="")
    with pytest.raises(NotFound):
        adapter.segments(nobody, Store.CLOUD, yesterday())
    with pytest.raises(Unsupported):
        adapter.segments(pushing, Store.DEVICE, yesterday())
    with pytest.raises(Unsupported):
        adapter.segments(pushing, Store.LOCAL, yesterday())
    assert adapter.segments(pushing, Store.CLOUD, yesterday()) is not None


def test_cloud_clips(adapter: TencentAdapter, sandbox: Sandbox, one: Channel) -> None:
    day = yesterday()
    span = Span(day.begin - timedelta(hours=5), day.end - timedelta(hours=3))
    clips = adapter.clips(one, Store.CLOUD, span)
    recorded = SegmentSet.of(adapter.segments(one, Store.CLOUD, span))
    parts = [recorded.clip(part) for part in days.by_day(span, ZONE)]
    assert [clip.span for clip in clips] == [part.bounds for part in parts if len(part)]
    assert clips
    for clip in clips:
        inside = recorded.clip(clip.span)
        assert clip.time_map.media_at(clip.span.begin) == 0
        assert abs(clip.time_map.media_at(clip.span.end) - inside.seconds) < 5
        source = clip.open(clip.span.begin)
        assert source.protocol is MediaProtocol.HLS
        assert source.control is None
        with adapter._client._transport.stream(source) as stream:
            assert stream.read().startswith(b"#EXTM3U")
    assert calls(sandbox, "/playback/url")[-1].code == 200


def test_device_playback(adapter: TencentAdapter, sandbox: Sandbox, one: Channel) -> None:
    clip = adapter.clips(one, Store.DEVICE, yesterday())[0]
    assert not calls(sandbox, "/control/record")
    source = clip.open(clip.span.begin)
    control = source.control
    assert control is not None
    assert source.protocol is MediaProtocol.FLV
    assert source.begins == clip.span.begin
    control.pause()
    control.resume()
    control.seek(clip.span.begin + timedelta(seconds=61.7))
    control.set_speed(0.25)
    session = list(sandbox.sessions.values())[-1]
    assert session.commands == [
        ("pause", None, None),
        ("play", None, None),
        ("play", 61, None),
        ("play", None, 0.25),
    ]
    with pytest.raises(InvalidInput):
        control.set_speed(3)
    with pytest.raises(InvalidInput):
        control.seek(clip.span.begin - timedelta(seconds=1))
    assert not session.stopped
    control.stop()
    control.stop()
    assert session.stopped
    assert [command[0] for command in session.commands].count("stop") == 1
    with pytest.raises(NotFound):
        control.pause()
    assert not adapter._recordings._streams


def test_stop_is_sent_however_the_stream_was_left(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    clip = adapter.clips(one, Store.DEVICE, yesterday())[0]
    with cancel.bound(cancel.CancelToken()) as token:
        control = clip.open(clip.span.begin).control
        assert control is not None
        token.cancel()
        control.stop()
    assert list(sandbox.sessions.values())[-1].stopped

    # Closing the account ends what is left; a session that is gone already is no failure.
    left = clip.open(clip.span.begin)
    clip.open(clip.span.begin)
    adapter.close()
    assert all(session.stopped for session in sandbox.sessions.values())
    assert left.control is not None
    left.control.stop()


def test_a_stop_that_fails_can_be_repeated(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    control = adapter.clips(one, Store.DEVICE, yesterday())[0].open(yesterday().begin).control
    assert control is not None
    sandbox.faults.set("tencent", "http-500", path="/recordctl")
    with pytest.raises(BadResponse):
        control.stop()
    adapter.close()
    assert not list(sandbox.sessions.values())[-1].stopped
    sandbox.faults.clear()
    control.stop()
    assert list(sandbox.sessions.values())[-1].stopped


def test_a_stop_does_not_wait_for_ever(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "_PATIENCE", 0.2)
    control = adapter.clips(one, Store.DEVICE, yesterday())[0].open(yesterday().begin).control
    assert control is not None
    sandbox.faults.set("tencent", "slow", path="/recordctl", seconds=3)
    with pytest.raises(TimedOut):
        control.stop()
    adapter.close()
    monkeypatch.undo()
    sandbox.faults.clear()
    control.stop()
    assert list(sandbox.sessions.values())[-1].stopped


def test_a_session_that_ended_by_itself(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel
) -> None:
    control = adapter.clips(one, Store.DEVICE, yesterday())[0].open(yesterday().begin).control
    assert control is not None
    native, session = list(sandbox.sessions.items())[-1]
    adapter.call(
        "control_recordctl",
        {"ChannelId": one.key.native, "Session": native, "Action": "stop"},
    )
    control.stop()
    assert session.stopped


def test_called_off_while_opening(
    adapter: TencentAdapter, sandbox: Sandbox, one: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = adapter.clips(one, Store.DEVICE, yesterday())[0]
    real = adapter_module.mapping.session
    with cancel.bound(cancel.CancelToken()) as token:

        def cancelled_meanwhile(flv: str) -> tuple[str, str]:
            token.cancel()
            return real(flv)

        monkeypatch.setattr(adapter_module.mapping, "session", cancelled_meanwhile)
        with pytest.raises(Cancelled):
            clip.open(clip.span.begin)
    assert list(sandbox.sessions.values())[-1].stopped


# Downloads


def test_downloads(adapter: TencentAdapter, one: Channel) -> None:
    limits = adapter.download_limits(one, Store.CLOUD)
    assert (limits.seconds, limits.file_types) == (1800, ("mp4", "ts"))
    with pytest.raises(Unsupported):
        adapter.download_limits(one, Store.DEVICE)
    recorded = adapter.segments(one, Store.CLOUD, yesterday())[0].span
    span = Span(recorded.begin, recorded.begin + timedelta(seconds=20))
    source = adapter.download(one, Store.CLOUD, span, "mp4")
    assert source.protocol is MediaProtocol.FILE
    assert source.expires is not None
    assert timedelta(minutes=9) < source.expires - now() <= timedelta(minutes=10)
    with pytest.raises(InvalidInput):
        adapter.download(one, Store.CLOUD, span, "avi")
    midnight = yesterday().end
    over = Span(midnight - timedelta(seconds=5), midnight + timedelta(seconds=5))
    with pytest.raises(InvalidInput, match="midnight"):
        adapter.download(one, Store.CLOUD, over, "mp4")
    with pytest.raises(Unsupported):
        adapter.download(one, Store.DEVICE, span, "mp4")


# PTZ and presets


@pytest.mark.parametrize(
    ("move", "speed", "sent"),
    [
        (PtzMove.LEFT_UP, 0, ("leftup", 1)),
        (PtzMove.RIGHT_DOWN, 0.5, ("rightdown", 5)),
        (PtzMove.ZOOM_IN, 1, ("zoomin", 8)),
        (PtzMove.IRIS_OPEN, 7, ("irisin", 8)),
        (PtzMove.IRIS_CLOSE, -1, ("irisout", 1)),
    ],
)
def test_ptz(
    adapter: TencentAdapter,
    sandbox: Sandbox,
    one: Channel,
    move: PtzMove,
    speed: float,
    sent: tuple[str, int],
) -> None:
    adapter.ptz_move(one, move, speed)
    params = calls(sandbox, "/control/ptz")[-1].params
    assert (params["Type"], params["Speed"]) == sent
    before = len(sandbox.log)
    adapter.ptz_stop(one)
    assert len(sandbox.log) == before
    assert adapter.ptz_style.steps
    assert adapter.ptz_moves == frozenset(PtzMove)


def test_presets(adapter: TencentAdapter, one: Channel) -> None:
    adapter.preset_set(one, 7, "ignored")
    assert 7 in [preset.index for preset in adapter.presets(one)]
    adapter.preset_goto(one, 7)
    adapter.preset_delete(one, 7)
    assert 7 not in [preset.index for preset in adapter.presets(one)]
    with pytest.raises(InvalidInput):
        adapter.preset_set(one, 11, "")
    assert adapter.preset_indexes == range(1, 11)
    assert not adapter.preset_names


# Events and raw calls


def test_events(adapter: TencentAdapter) -> None:
    span = Span(now() - timedelta(days=3), now())
    found = [event for channel in channels(adapter) for event in adapter.events(channel, span)]
    assert found
    for event in found:
        assert event.begin in span
        assert event.title
        assert event.text
        assert event.boxes
        assert all(box.pixels and box.label for box in event.boxes)
    assert len({(event.channel, event.id) for event in found}) == len(found)
    watched = found[0].channel
    long = Span(now() - timedelta(days=70), now())
    events = adapter.events(Channel(key=watched, name=""), long)
    assert [event.begin for event in events] == sorted(event.begin for event in events)
    assert len(events) > 100


def test_raw_calls_are_masked(adapter: TencentAdapter, one: Channel) -> None:
    assert one.parent is not None
    told = adapter.call("device_describe", {"Id": one.parent.native.removeprefix("dev:")})
    assert told["Password"] in ("", "***")
    assert "token" not in adapter.call("control_stream", {"ChannelId": one.key.native})["Flv"]
    with pytest.raises(InvalidInput) as caught:
        adapter.call("device_describ", {})
    assert "device_describe" in caught.value.remedy
