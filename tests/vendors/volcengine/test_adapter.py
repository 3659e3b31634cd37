"""The adapter against the sandbox's face."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.vendors.volcengine.support import adapter_at, calls, channels
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
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.volcengine.adapter import VolcengineAdapter

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["volcengine"]) as running:
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
def adapter(sandbox: Sandbox, transport: Transport) -> Iterator[VolcengineAdapter]:
    made = adapter_at(sandbox, transport)
    yield made
    made.close()


@pytest.fixture(scope="module")
def listed(sandbox: Sandbox) -> list[Channel]:
    transport = Transport()
    found = channels(adapter_at(sandbox, transport))
    transport.close()
    return found


@pytest.fixture
def dome(listed: list[Channel]) -> Channel:
    """A channel that can do everything."""
    return next(
        channel
        for channel in listed
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


def yesterday() -> Span:
    return days.span_of(days.day_of(now(), ZONE) - timedelta(days=1), ZONE)


def begins_with(transport: Transport, source: MediaSource, expected: bytes) -> bool:
    with transport.stream(source) as stream:
        data = b""
        while len(data) < len(expected) and (more := stream.read()):
            data += more
        return data.startswith(expected)


# Login


def test_verify(adapter: VolcengineAdapter, sandbox: Sandbox) -> None:
    adapter.verify()
    assert sandbox.log[-1].status == 200
    assert capabilities(adapter) == frozenset(Capability) - {Capability.RECORD_DAYS}


def test_wrong_keys(sandbox: Sandbox, transport: Transport) -> None:
    for changed, code in (
        ({"secret_key": "wrong-secret"}, "SignatureDoesNotMatch"),
        ({"access_key": "AKLTunknown"}, "InvalidAccessKey"),
    ):
        with pytest.raises(BadCredentials) as caught:
            adapter_at(sandbox, transport, **changed).verify()
        assert caught.value.code == code
        assert caught.value.request_id
        assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "word"), [(86400, "behind"), (-7200, "ahead")])
def test_a_wrong_clock(
    adapter: VolcengineAdapter, sandbox: Sandbox, seconds: float, word: str
) -> None:
    sandbox.faults.set("volcengine", "clock", seconds=seconds)
    with pytest.raises(ClockSkew, match=word):
        adapter.verify()


def test_temporary_keys(sandbox: Sandbox, transport: Transport) -> None:
    face = sandbox.faces["volcengine"]
    made = face.add_temporary(3600)  # type: ignore[attr-defined]
    fields = {"access_key": made.access_key, "secret_key": made.secret_key}
    adapter_at(sandbox, transport, **fields, session_token=made.session_token).verify()
    with pytest.raises((BadCredentials, SessionExpired)):
        adapter_at(sandbox, transport, **fields).verify()
    over = face.add_temporary(-1)  # type: ignore[attr-defined]
    with pytest.raises(SessionExpired) as caught:
        adapter_at(
            sandbox,
            transport,
            access_key=over.access_key,
            secret_key=over.secret_key,
            session_token=over.session_token,
        ).verify()
    assert "session token" in caught.value.remedy


def test_any_region_works(sandbox: Sandbox, transport: Transport) -> None:
    adapter_at(sandbox, transport, region="cn-beijing").verify()


# Faults


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate-limit", RateLimited),
        ("reset", Unreachable),
        ("http-500", BadResponse),
        ("secret", BadCredentials),
        ("expired-token", SessionExpired),
    ],
)
def test_lasting_faults_say_what_is_wrong(
    adapter: VolcengineAdapter,
    sandbox: Sandbox,
    fault: str,
    kind: type[ConsoleError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults.set("volcengine", fault)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert caught.value.what
    assert caught.value.remedy
    secret = sandbox.fields("volcengine")["secret_key"]
    for text in (str(caught.value), repr(caught.value), caplog.text):
        assert secret not in text
        assert "Signature=" not in text


@pytest.mark.parametrize("fault", ["rate-limit", "reset", "html", "http-500", "truncated-json"])
def test_passing_faults_are_passed_over(
    adapter: VolcengineAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set("volcengine", fault, count=1)
    adapter.verify()


def test_a_move_whose_answer_was_lost_is_not_repeated(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel
) -> None:
    before = len(sandbox.log)
    sandbox.faults.set("volcengine", "reset")
    with pytest.raises(Unreachable) as caught:
        adapter.ptz_move(dome, PtzMove.UP, 1)
    assert caught.value.may_have_happened
    assert len(sandbox.log) == before + 1


# Inventory


def test_the_tree(adapter: VolcengineAdapter, sandbox: Sandbox) -> None:
    seen: dict[Key, Group | Device | Channel] = {}
    for batch in adapter.nodes():
        assert batch
        for node in batch:
            assert node.key not in seen
            assert node.parent is None or node.parent in seen
            seen[node.key] = node
    world = sandbox.world
    found = list(seen.values())
    names = {n.name for n in found if isinstance(n, Group)}
    assert names >= {group.name for group in world.groups.values() if group.id}
    assert sum(isinstance(n, Device) for n in found) == len(world.devices)
    assert {n.key.native for n in found if isinstance(n, Channel)} == set(world.cameras)
    parents = {n.name: seen[n.parent].name for n in found if n.parent is not None}
    assert parents["分拣NVR"] == "分拣区"
    assert parents["分拣区"] == "物流园"
    assert parents["Conveyor"] == "分拣NVR"
    queries = [entry.query["QueryMode"] for entry in calls(sandbox, "GetDeviceChannelsV2")]
    assert set(queries) == {"brief"}


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_the_tree_of_a_strange_server(
    adapter: VolcengineAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set("volcengine", fault)
    found = channels(adapter)
    assert {one.key.native for one in found} == set(sandbox.world.cameras)
    assert len(found) == len(sandbox.world.cameras)


def _failure(adapter: VolcengineAdapter) -> str | None:
    try:
        channels(adapter)
    except ConsoleError as error:
        return error.remedy
    return None


def test_missing_fields_never_crash(adapter: VolcengineAdapter, sandbox: Sandbox) -> None:
    sandbox.faults.set("volcengine", "missing-fields")
    texts = [_failure(adapter) for _ in range(5)]
    assert all(text is None or text for text in texts)


def test_one_lost_device_does_not_lose_the_tree(adapter: VolcengineAdapter) -> None:
    known = next(n for batch in adapter.nodes() for n in batch if isinstance(n, Device))
    space = known.key.native.split(":")[1]
    away = replace(known, key=Key("a1", f"dev:{space}:00000000-0000-4000-8000-000000000000"))
    assert [c for batch in adapter._channels([away]) for c in batch] == []


def test_cancelling_stops_a_listing(adapter: VolcengineAdapter) -> None:
    with cancel.bound(cancel.CancelToken()) as token:
        listing = adapter.nodes()
        next(listing)
        token.cancel()
        with pytest.raises(Cancelled):
            list(listing)


# Live


def test_live(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    urls = []
    for profile, index in ((StreamProfile.MAIN, 0), (StreamProfile.SUB, 1)):
        source = adapter.live(dome, profile)
        assert (source.protocol, source.live) == (MediaProtocol.FLV, True)
        assert source.url not in repr(source)
        params = calls(sandbox, "StartStream")[-1].params
        assert (params["StreamID"], params["StreamingIndex"]) == (dome.key.native, index)
        assert params["FreshExpiredPull"] == "1"
        assert source.expires is not None
        assert source.expires > now()
        assert begins_with(transport, source, b"FLV\x01")
        urls.append(source.url.partition("?")[0])
    assert urls[0] != urls[1]


def test_live_of_an_offline_device(adapter: VolcengineAdapter, listed: list[Channel]) -> None:
    away = next(c for c in listed if c.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline):
        adapter.live(away, StreamProfile.MAIN)


def test_an_unknown_channel(adapter: VolcengineAdapter) -> None:
    nobody = Channel(key=Key("a1", "00000000-0000-4000-8000-000000000000"), name="")
    with pytest.raises(NotFound):
        adapter.live(nobody, StreamProfile.MAIN)
    with pytest.raises(Unsupported):
        adapter.live(nobody, StreamProfile.SUB)
    for store in (Store.CLOUD, Store.DEVICE):
        with pytest.raises(NotFound):
            adapter.segments(nobody, store, yesterday())
    with pytest.raises(Unsupported):
        adapter.segments(nobody, Store.LOCAL, yesterday())
    with pytest.raises(Unsupported):
        adapter.events(nobody, yesterday())


# Recordings


@pytest.mark.parametrize("store", [Store.CLOUD, Store.DEVICE])
def test_segments_are_what_was_recorded(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, store: Store
) -> None:
    day = yesterday()
    span = Span(day.begin - timedelta(days=2), day.end - timedelta(seconds=1, milliseconds=250))
    found = adapter.segments(dome, store, span)
    assert found == sorted(found)
    assert all(segment.store is store for segment in found)
    for one, following in pairwise(found):
        assert one.span.end <= following.span.begin
    camera = sandbox.world.cameras[dome.key.native]
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
    assert SegmentSet.of(found).joined() == expected.joined()
    assert len(expected) > 1


def test_two_weeks_keep_to_the_published_pace(transport: Transport) -> None:
    """Ten lists a second are allowed; the sandbox refuses the eleventh."""
    with Sandbox(seed=6, vendors=["volcengine"]) as fresh:
        made = adapter_at(fresh, transport)
        day = yesterday()
        found = made.segments(
            channels(made)[0], Store.CLOUD, Span(day.end - timedelta(days=14), day.end)
        )
        asked = calls(fresh, "ListStreamRecords")
        assert found
        assert len(asked) >= 14
        assert all(entry.status == 200 for entry in asked)


def test_the_future_is_not_asked_for(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel
) -> None:
    before = len(sandbox.log)
    tomorrow = now() + timedelta(days=1, hours=1)
    assert adapter.segments(dome, Store.CLOUD, Span(tomorrow, tomorrow + timedelta(days=3))) == []
    assert len(sandbox.log) == before


def test_cloud_playback(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    day = yesterday()
    clips = adapter.clips(dome, Store.CLOUD, Span(day.begin, day.begin + timedelta(hours=13)))
    assert len(clips) == 1
    before = len(sandbox.log)
    source = clips[0].open(clips[0].span.begin)
    asked = sandbox.log[before:]
    assert [entry.call for entry in asked] == ["CloudRecordPlay"]
    assert asked[0].params["TokenValid"] == 7200
    assert source.protocol is MediaProtocol.HLS
    assert source.expires is not None
    assert timedelta(hours=1.9) < source.expires - now() < timedelta(hours=2)
    assert begins_with(transport, source, b"#EXTM3U")
    # Time goes on where a gap in the recording ends.
    stretches = clips[0].time_map.stretches
    for one, following in pairwise(stretches):
        assert following.media == pytest.approx(one.media + one.seconds)


def test_two_days_are_two_playlists(adapter: VolcengineAdapter, dome: Channel) -> None:
    midnight = yesterday().begin
    around = Span(midnight - timedelta(hours=3), midnight + timedelta(hours=3))
    clips = adapter.clips(dome, Store.CLOUD, around)
    assert len(clips) == 2
    assert clips[0].span.end <= midnight <= clips[1].span.begin


def test_a_channel_named_by_national_ids(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    """Listed without a StreamID, it plays all the same."""
    nsid, native = dome.raw["DeviceNSID"], dome.raw["ChannelID"]
    named = replace(dome, key=Key("a1", f"gb:{nsid}:{native}"))
    span = Span(yesterday().begin, yesterday().begin + timedelta(hours=2))
    before = len(calls(sandbox, "ListStreams"))
    for store in (Store.CLOUD, Store.DEVICE):
        assert adapter.segments(named, store, span) == adapter.segments(dome, store, span)
    assert len(calls(sandbox, "ListStreams")) == before + 1
    source = adapter.clips(named, Store.CLOUD, span)[0].open(span.begin)
    params = calls(sandbox, "CloudRecordPlay")[-1].params
    assert (params["DeviceNSID"], params["ChannelID"]) == (nsid, native)
    assert params["StreamID"] is None
    assert begins_with(transport, source, b"#EXTM3U")
    file = adapter.download(named, Store.CLOUD, Span(span.begin, span.begin + MINUTE), "mp4")
    assert calls(sandbox, "CloudRecordPlay")[-1].params["ChannelID"] == native
    assert file.protocol is MediaProtocol.FILE
    lost = replace(dome, key=Key("a1", f"gb:{nsid}:0"))
    with pytest.raises(NotFound, match="no stream"):
        adapter.segments(lost, Store.CLOUD, span)
    with pytest.raises(NotFound):
        adapter.segments(replace(lost, parent=None), Store.CLOUD, span)


MINUTE = timedelta(minutes=1)


# Device playback


def test_device_playback(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    clip = adapter.clips(dome, Store.DEVICE, yesterday())[0]
    assert not calls(sandbox, "StartPlayback")
    source = clip.open(clip.span.begin)
    control = source.control
    assert control is not None
    assert (source.protocol, source.begins) == (MediaProtocol.FLV, clip.span.begin)
    assert begins_with(transport, source, b"FLV\x01")
    assert calls(sandbox, "GetPlaybackStatus")[-1].status == 200
    control.pause()
    control.resume()
    control.seek(clip.span.begin + timedelta(seconds=61.7))
    control.set_speed(4.0)
    asked = [entry.params for entry in calls(sandbox, "ControlPlayback")]
    assert [(p["Cmd"], p["Ntp"], p["Scale"]) for p in asked] == [
        (1, "0", 1.0),
        (0, "0", 1.0),
        (3, "61.700", 1.0),
        (2, "0", 4.0),
    ]
    with pytest.raises(InvalidInput):
        control.set_speed(0.5)
    with pytest.raises(InvalidInput):
        control.seek(clip.span.begin - timedelta(seconds=1))
    session = list(sandbox.sessions.values())[-1]
    assert not session.stopped
    control.stop()
    control.stop()
    assert session.stopped
    assert len(calls(sandbox, "StopPlayback")) == 1
    with pytest.raises(NotFound):
        control.pause()
    assert not adapter._recordings._streams


def test_a_seek_while_held_plays_on(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel
) -> None:
    clip = adapter.clips(dome, Store.DEVICE, yesterday())[0]
    control = clip.open(clip.span.begin).control
    assert control is not None
    before = len(calls(sandbox, "ControlPlayback"))
    control.pause()
    control.seek(clip.span.begin + MINUTE)
    control.seek(clip.span.begin + 2 * MINUTE)
    control.stop()
    asked = calls(sandbox, "ControlPlayback")[before:]
    assert [entry.params["Cmd"] for entry in asked] == [1, 3, 0, 3]


def test_stop_is_sent_however_the_stream_was_left(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel
) -> None:
    clip = adapter.clips(dome, Store.DEVICE, yesterday())[0]
    with cancel.bound(cancel.CancelToken()) as token:
        control = clip.open(clip.span.begin).control
        assert control is not None
        token.cancel()
        control.stop()
    assert list(sandbox.sessions.values())[-1].stopped

    # Closing the account ends what is left.
    left = clip.open(clip.span.begin)
    clip.open(clip.span.begin)
    adapter.close()
    assert all(session.stopped for session in sandbox.sessions.values())
    assert left.control is not None
    left.control.stop()


def test_a_stop_that_fails_can_be_repeated(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel
) -> None:
    clip = adapter.clips(dome, Store.DEVICE, yesterday())[0]
    control = clip.open(clip.span.begin).control
    assert control is not None
    sandbox.faults.set("volcengine", "http-500")
    with pytest.raises(BadResponse):
        control.stop()
    adapter.close()
    assert not list(sandbox.sessions.values())[-1].stopped
    sandbox.faults.clear()
    control.stop()
    assert list(sandbox.sessions.values())[-1].stopped


# Downloads


def test_downloads_from_the_cloud(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    limits = adapter.download_limits(dome, Store.CLOUD)
    assert (limits.seconds, limits.file_types) == (86400, ("mp4",))
    recorded = adapter.segments(dome, Store.CLOUD, yesterday())[0].span
    span = Span(recorded.begin, recorded.begin + timedelta(seconds=20))
    source = adapter.download(dome, Store.CLOUD, span, "mp4")
    assert calls(sandbox, "PlayCloudRecord")[-1].params["StreamID"] == dome.key.native
    assert source.protocol is MediaProtocol.FILE
    assert source.expires is not None
    with transport.stream(source) as stream:
        assert b"ftyp" in stream.read()
    day = yesterday()
    whole = Span(day.begin + timedelta(milliseconds=500), day.end - timedelta(milliseconds=0))
    adapter.download(dome, Store.CLOUD, Span(whole.begin, whole.begin + timedelta(days=1)), "mp4")
    with pytest.raises(InvalidInput):
        adapter.download(dome, Store.CLOUD, span, "avi")
    with pytest.raises(InvalidInput):
        adapter.download(dome, Store.CLOUD, Span(day.begin, day.end + MINUTE), "mp4")
    with pytest.raises(Unsupported):
        adapter.download(dome, Store.LOCAL, span, "mp4")


def test_downloads_from_the_device(
    adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel, transport: Transport
) -> None:
    assert adapter.download_limits(dome, Store.DEVICE).seconds == 1800
    recorded = adapter.segments(dome, Store.DEVICE, yesterday())[0].span
    span = Span(recorded.begin, recorded.begin + timedelta(seconds=5))
    source = adapter.download(dome, Store.DEVICE, span, "mp4")
    with transport.stream(source) as stream:
        assert b"ftyp" in stream.read()
    started = len(calls(sandbox, "DownloadLocalMedia"))
    # Asked for again, the file is there already.
    adapter.download(dome, Store.DEVICE, span, "mp4")
    assert len(calls(sandbox, "DownloadLocalMedia")) == started


# PTZ and presets


@pytest.mark.parametrize(
    ("move", "speed", "sent"),
    [
        (PtzMove.LEFT_UP, 0, ("PTZControl", "leftup", 1)),
        (PtzMove.RIGHT, 0.5, ("PTZControl", "right", 128)),
        (PtzMove.ZOOM_IN, 1, ("PTZControl", "zoomin", 15)),
        (PtzMove.ZOOM_OUT, 0.5, ("PTZControl", "zoomout", 8)),
        (PtzMove.IRIS_OPEN, 7, ("FiControl", "irisin", 255)),
        (PtzMove.FOCUS_NEAR, -1, ("FiControl", "focusnear", 1)),
    ],
)
def test_ptz(
    adapter: VolcengineAdapter,
    sandbox: Sandbox,
    dome: Channel,
    move: PtzMove,
    speed: float,
    sent: tuple[str, str, int],
) -> None:
    adapter.ptz_move(dome, move, speed)
    params = calls(sandbox, "CloudControl")[-1].params
    assert (params["Action"], params["Cmd"], params["Para"]) == sent
    adapter.ptz_stop(dome)
    params = calls(sandbox, "CloudControl")[-1].params
    assert (params["Action"], params["Cmd"]) == ("PTZControl", "stop")
    assert not adapter.ptz_style.steps
    assert adapter.ptz_moves == frozenset(PtzMove)


def test_presets(adapter: VolcengineAdapter, dome: Channel) -> None:
    adapter.preset_set(dome, 255, "ignored")
    assert 255 in [preset.index for preset in adapter.presets(dome)]
    adapter.preset_goto(dome, 255)
    adapter.preset_delete(dome, 255)
    found = adapter.presets(dome)
    assert 255 not in [preset.index for preset in found]
    assert any(preset.name for preset in found)
    with pytest.raises(InvalidInput):
        adapter.preset_set(dome, 256, "")
    assert adapter.preset_indexes == range(1, 256)


# Events and raw calls


def test_events(adapter: VolcengineAdapter) -> None:
    span = Span(now() - timedelta(days=3), now())
    by_channel = {one: adapter.events(one, span) for one in channels(adapter)}
    found = [event for events in by_channel.values() for event in events]
    assert found
    for one, events in by_channel.items():
        assert [event.begin for event in events] == sorted(event.begin for event in events)
        assert all(event.channel == one.key for event in events)
    for event in found:
        assert event.begin in span
        assert event.title
    assert len({(event.channel, event.id) for event in found}) == len(found)
    one = max(by_channel, key=lambda one: len(by_channel[one]))
    begin = by_channel[one][0].begin
    assert by_channel[one][0] not in adapter.events(one, Span(begin + MINUTE, now()))
    assert adapter.events(one, Span(begin, begin)) == []


def test_raw_calls_are_masked(adapter: VolcengineAdapter, sandbox: Sandbox, dome: Channel) -> None:
    assert dome.parent is not None
    _kind, space, device = dome.parent.native.split(":")
    told = adapter.call("GetDevice", {"SpaceID": space, "DeviceID": device})
    assert told["DeviceID"] == device
    for name in ("Username", "Password"):
        assert told[name] in ("", "***")
    started = adapter.call("StartStream", {"StreamID": dome.key.native})
    assert started["PullUrls"]
    assert "volcSecret" not in str(started)
    day = yesterday()
    listed = adapter.call(
        "ListStreamRecords",
        {
            "StreamID": dome.key.native,
            "StartTime": int(day.begin.timestamp()),
            "EndTime": int(day.end.timestamp()),
        },
    )
    assert listed
    with pytest.raises(InvalidInput) as caught:
        adapter.call("GetDevic", {})
    assert "GetDevice" in caught.value.remedy
