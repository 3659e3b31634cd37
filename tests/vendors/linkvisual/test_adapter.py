"""The adapter against the sandbox's face."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.vendors.linkvisual.support import adapter_at, channels, devices
from vsconsole.domain import days
from vsconsole.domain.capabilities import Capability, PtzMove, capabilities
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    ClockSkew,
    ConsoleError,
    DeviceOffline,
    NotFound,
    RateLimited,
    SessionExpired,
    StreamExpired,
    Unreachable,
)
from vsconsole.domain.model import (
    Ability,
    Channel,
    DeviceKind,
    Event,
    Key,
    Preset,
    Status,
    Store,
    StreamProfile,
    now,
)
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera
from vsconsole.vendors.linkvisual import mapping
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter
from vsconsole.vendors.linkvisual.endpoints import ENDPOINTS

ZONE = "Asia/Shanghai"
VENDOR = "linkvisual"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=[VENDOR]) as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.faults.clear()


@pytest.fixture(scope="module")
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


def open_at(
    sandbox: Sandbox, transport: Transport, *, renewed: Any = None, **changed: str
) -> LinkVisualAdapter:
    """The sandbox's account; `changed` fields replace its own, empty ones take them away."""
    fields = {**sandbox.fields(VENDOR), **changed}
    return adapter_at(fields.pop("server"), transport, renewed=renewed, **fields)


@pytest.fixture(scope="module")
def adapter(sandbox: Sandbox, transport: Transport) -> Iterator[LinkVisualAdapter]:
    made = open_at(sandbox, transport)
    yield made
    made.close()


@pytest.fixture(scope="module")
def found(adapter: LinkVisualAdapter) -> list[Channel]:
    return channels(adapter)


def camera_of(sandbox: Sandbox, channel: Channel) -> Camera:
    """The world's camera behind a channel, known by its name."""
    found = [one for one in sandbox.world.cameras.values() if one.name == channel.name]
    assert len(found) == 1
    return found[0]


@pytest.fixture(scope="module")
def one(found: list[Channel], sandbox: Sandbox) -> Channel:
    """A camera that records the whole day."""
    return next(
        channel
        for channel in found
        if channel.status is Status.ONLINE and not camera_of(sandbox, channel).ptz
    )


@pytest.fixture(scope="module")
def dome(found: list[Channel]) -> Channel:
    """The camera that moves, as its product's model says."""
    (channel,) = [one for one in found if Ability.PTZ in one.abilities]
    return channel


def yesterday() -> Span:
    return days.span_of(days.day_of(now(), ZONE) - timedelta(days=1), ZONE)


def calls(sandbox: Sandbox, path: str) -> list[Any]:
    return [entry for entry in sandbox.log if entry.kind == "api" and entry.path.endswith(path)]


# Login


def test_verify(adapter: LinkVisualAdapter, sandbox: Sandbox) -> None:
    adapter.verify()
    assert sandbox.log[-1].status == 200
    assert capabilities(adapter) == frozenset(Capability) - {Capability.CRUISES}


def test_a_wrong_secret(sandbox: Sandbox, transport: Transport) -> None:
    with pytest.raises(BadCredentials) as caught:
        open_at(sandbox, transport, app_secret="wrong-secret").verify()
    assert caught.value.code == "401"
    assert "AppSecret" in caught.value.remedy
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize(("seconds", "word"), [(86400, "behind"), (-7200, "ahead")])
def test_a_wrong_clock(
    adapter: LinkVisualAdapter, sandbox: Sandbox, seconds: float, word: str
) -> None:
    sandbox.faults.set(VENDOR, "clock", seconds=seconds)
    with pytest.raises(ClockSkew, match=word):
        adapter.verify()


def test_a_session_lives_on_past_its_token(sandbox: Sandbox, transport: Transport) -> None:
    told: list[Mapping[str, str]] = []
    fields = sandbox.fields(VENDOR)
    adapter = open_at(sandbox, transport, renewed=lambda _account, new: told.append(new), **fields)
    face: Any = sandbox.faces[VENDOR]
    adapter.verify()
    lives, face.token_seconds = face.token_seconds, 1.5
    try:
        time.sleep(1.6)
        adapter.verify()
    finally:
        face.token_seconds = lives
    assert len(told) == 1
    adapter.verify()
    # What was told opens the account again, the old tokens do not.
    open_at(
        sandbox,
        transport,
        **{name: value for name, value in told[-1].items() if value},
    ).verify()
    with pytest.raises(SessionExpired) as caught:
        open_at(sandbox, transport, **fields).verify()
    assert caught.value.code == "2401"


def test_an_auth_code(sandbox: Sandbox, transport: Transport) -> None:
    face: Any = sandbox.faces[VENDOR]
    none = {"iot_token": "", "refresh_token": "", "identity_id": ""}
    adapter = open_at(sandbox, transport, **none, auth_code=face.auth_code())
    adapter.verify()
    adapter.verify()
    with pytest.raises(SessionExpired):
        open_at(sandbox, transport, **none, auth_code="never given").verify()
    with pytest.raises(BadCredentials):
        open_at(sandbox, transport, **none).verify()


def test_a_wrong_identity(sandbox: Sandbox, transport: Transport) -> None:
    with pytest.raises(BadCredentials) as caught:
        open_at(sandbox, transport, iot_token="ended", identity_id="somebody").verify()
    assert caught.value.code == "29003"


# Faults


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("rate-limit", RateLimited),
        ("reset", Unreachable),
        ("html", BadResponse),
        ("truncated-json", BadResponse),
        ("secret", BadCredentials),
        ("expired-token", SessionExpired),
    ],
)
def test_lasting_faults_say_what_is_wrong(
    adapter: LinkVisualAdapter,
    sandbox: Sandbox,
    fault: str,
    kind: type[ConsoleError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sandbox.faults.set(VENDOR, fault)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert caught.value.what
    assert caught.value.remedy
    fields = sandbox.fields(VENDOR)
    for text in (str(caught.value), repr(caught.value), caplog.text):
        assert fields["app_secret"] not in text
        assert fields["app_key"] not in text
        assert 'iotToken":' not in text
    sandbox.faults.clear()
    adapter.verify()


@pytest.mark.parametrize("fault", ["cut-body", "http-500", "expired-token"])
def test_passing_faults_are_passed_over(
    adapter: LinkVisualAdapter, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.set(VENDOR, fault, count=1)
    adapter.verify()


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_strange_pages_lose_nothing(
    adapter: LinkVisualAdapter, sandbox: Sandbox, one: Channel, fault: str
) -> None:
    day = yesterday()
    hours = Span(day.begin + timedelta(hours=8), day.begin + timedelta(hours=14))
    clean = adapter.segments(one, Store.CLOUD, hours)

    def events() -> list[Event]:
        # An address of a picture is signed anew each time.
        return [replace(event, picture="") for event in adapter.events(one, hours)]

    before = events()
    assert clean
    assert before
    sandbox.faults.set(VENDOR, fault)
    assert adapter.segments(one, Store.CLOUD, hours) == clean
    assert events() == before


# Inventory


def test_the_tree(adapter: LinkVisualAdapter, found: list[Channel], sandbox: Sandbox) -> None:
    world = sandbox.world
    owners = {device.key: device for device in devices(adapter)}
    shown = {(channel.name, owners[channel.parent].name) for channel in found if channel.parent}
    assert shown == {
        (camera.name, world.device_of(camera).name) for camera in world.cameras.values()
    }
    assert {one.name for one in owners.values() if one.kind is DeviceKind.NVR} == {
        one.name for one in world.devices.values() if one.kind == "nvr"
    }
    assert len(owners) == len(world.devices)
    offline = {channel.name for channel in found if channel.status is Status.OFFLINE}
    assert offline == {
        camera.name for camera in world.cameras.values() if not world.device_of(camera).online
    }
    assert {channel.name for channel in found if Ability.PTZ in channel.abilities} == {
        camera.name for camera in world.cameras.values() if camera.ptz
    }
    assert all(Ability.DEVICE_RECORDS in channel.abilities for channel in found)


# Recordings


def test_segments_are_what_the_world_recorded(
    adapter: LinkVisualAdapter, sandbox: Sandbox, one: Channel
) -> None:
    day = yesterday()
    begin, end = int(day.begin.timestamp()), int(day.end.timestamp())
    camera = camera_of(sandbox, one)
    held = {
        Store.CLOUD: sandbox.world.cloud_ranges(camera, begin, end),
        Store.DEVICE: sandbox.world.device_ranges(camera, begin, end),
    }
    for store, ranges in held.items():
        found = SegmentSet.of(adapter.segments(one, store, day)).joined()
        wanted = SegmentSet.of_spans(
            Span(datetime.fromtimestamp(a.begin, UTC), datetime.fromtimestamp(a.end, UTC))
            for a in ranges
        ).joined()
        assert found == wanted
        assert found.seconds > 3600


def test_files_are_clips_and_their_addresses_open_once(
    adapter: LinkVisualAdapter, sandbox: Sandbox, one: Channel, transport: Transport
) -> None:
    day = yesterday()
    clips = adapter.clips(one, Store.CLOUD, day)
    assert calls(sandbox, "getbyfilename") == []
    assert len(clips) > 20
    for clip, after in pairwise(clips):
        assert clip.span.end <= after.span.begin
    clip = clips[0]
    first, second = clip.open(clip.span.begin), clip.open(clip.span.begin)
    assert first.url != second.url
    assert (first.protocol, first.single_use) == (MediaProtocol.FILE, True)
    for source in (first, second):
        with transport.stream(source) as stream:
            assert stream.read(64)[4:8] == b"ftyp"
    with pytest.raises(StreamExpired):
        transport.stream(first)


def test_the_calendar_agrees_with_the_days(adapter: LinkVisualAdapter, one: Channel) -> None:
    day = days.day_of(yesterday().begin, ZONE)
    found = adapter.record_days(one, Store.CLOUD, day.year, day.month)
    assert day.day in found
    for number in range(max(1, day.day - 4), day.day + 1):
        span = days.span_of(day.replace(day=number), ZONE)
        assert bool(adapter.segments(one, Store.CLOUD, span)) is (number in found)


def test_a_download(adapter: LinkVisualAdapter, one: Channel, transport: Transport) -> None:
    clip = adapter.clips(one, Store.CLOUD, yesterday())[0]
    source = adapter.download(one, Store.CLOUD, clip.span, "mp4")
    assert source.begins is not None
    assert source.begins <= clip.span.begin
    with transport.stream(source) as stream:
        assert stream.read(64)[4:8] == b"ftyp"


def test_a_card_s_recording_opens_as_a_stream(
    adapter: LinkVisualAdapter, sandbox: Sandbox, one: Channel
) -> None:
    clip = adapter.clips(one, Store.DEVICE, yesterday())[0]
    source = clip.open(clip.span.begin + timedelta(seconds=20.5))
    assert source.protocol is MediaProtocol.RTMP
    assert source.begins is not None
    into = clip.time_map.media_at(source.begins) - clip.time_map.media_at(clip.span.begin)
    assert into == 20
    assert calls(sandbox, "localfile/getbyname")[-1].params["seekTime"] >= 20


def test_somebody_else_s_camera(adapter: LinkVisualAdapter) -> None:
    nobody = Channel(key=Key("a1", "lv000000000000000000000100"), name="")
    with pytest.raises(NotFound):
        adapter.segments(nobody, Store.CLOUD, yesterday())
    with pytest.raises(NotFound):
        adapter.live(nobody, StreamProfile.MAIN)
    with pytest.raises(NotFound):
        adapter.events(nobody, yesterday())


# Live, PTZ, presets


def test_live(adapter: LinkVisualAdapter, one: Channel) -> None:
    main = adapter.live(one, StreamProfile.MAIN)
    sub = adapter.live(one, StreamProfile.SUB)
    assert main.url != sub.url
    for source in (main, sub):
        assert (source.protocol, source.live) == (MediaProtocol.RTMP, True)
        assert source.single_use
        assert "token" not in repr(source)


def test_an_offline_camera(adapter: LinkVisualAdapter, found: list[Channel]) -> None:
    off = next(channel for channel in found if channel.status is Status.OFFLINE)
    with pytest.raises(DeviceOffline) as caught:
        adapter.live(off, StreamProfile.MAIN)
    assert caught.value.code == "6205"


def test_moving(adapter: LinkVisualAdapter, sandbox: Sandbox, dome: Channel) -> None:
    assert {Ability.PTZ, Ability.ZOOM, Ability.PRESETS} <= dome.abilities
    camera = camera_of(sandbox, dome)
    before = camera.pose
    adapter.ptz_move(dome, PtzMove.RIGHT, 0.5)
    deadline = time.monotonic() + 5
    while camera.pose.pan - before.pan < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    adapter.ptz_stop(dome)
    stopped = camera.pose
    assert stopped.pan > before.pan
    adapter.ptz_stop(dome)
    time.sleep(0.3)
    assert camera.pose == stopped


def test_presets(adapter: LinkVisualAdapter, sandbox: Sandbox, dome: Channel) -> None:
    camera = camera_of(sandbox, dome)
    known = adapter.presets(dome)
    assert Preset(index=1, name="正门") in known
    adapter.preset_set(dome, 7, "")
    adapter.preset_goto(dome, 2)
    assert camera.pose == camera.presets[2].pose
    assert 7 in {preset.index for preset in adapter.presets(dome)}
    adapter.preset_delete(dome, 7)
    assert adapter.presets(dome) == known


# Events


def test_events(adapter: LinkVisualAdapter, one: Channel, transport: Transport) -> None:
    day = yesterday()
    found = adapter.events(one, day)
    assert found
    assert {event.kind for event in found} <= {"motion", "human"}
    assert found == sorted(found, key=lambda event: event.begin)
    assert all(event.begin in day for event in found)
    assert len({event.id for event in found}) == len(found)
    with transport.stream(found[0].picture) as stream:
        assert stream.read(8).startswith(b"\x89PNG")
    assert "token=" not in str(found[0].raw)
    half = Span(day.begin, found[len(found) // 2].begin)
    # By their names: the addresses of the pictures are signed anew with every answer.
    again = [event.id for event in adapter.events(one, half)]
    assert again == [event.id for event in found if event.begin in half]


def test_a_picture_taken_by_hand_is_an_event(adapter: LinkVisualAdapter, one: Channel) -> None:
    taken = adapter.call("picture_trigger", {"iotId": one.key.native})["pictureId"]
    since = now() - timedelta(minutes=1)
    deadline = time.monotonic() + 5
    found: list[str] = []
    while f"picture:{taken}" not in found and time.monotonic() < deadline:
        time.sleep(0.2)
        found = [event.id for event in adapter.events(one, Span(since, now()))]
    assert f"picture:{taken}" in found


# Raw calls

PLAN = {
    "name": "夜间",
    "allDay": 0,
    "timeSectionList": [{"dayOfWeek": 1, "begin": 0, "end": 3600}],
}


def test_every_call_of_the_table(
    adapter: LinkVisualAdapter, sandbox: Sandbox, transport: Transport, one: Channel
) -> None:
    """Each row is a call that the vendor knows, with parameters that it knows."""
    clip = adapter.clips(one, Store.CLOUD, yesterday())[0]
    begin = int(clip.span.begin.timestamp())
    iot: dict[str, Any] = {"iotId": one.key.native}
    seconds = {"beginTime": begin, "endTime": begin + 600}
    rows = mapping.cloud_files(adapter.call("record_query", {**iot, **seconds}))
    card = mapping.card_rows(
        adapter.call(
            "thing_service_invoke",
            {
                **iot,
                "identifier": "QueryRecordList",
                "args": {
                    "BeginTime": begin,
                    "EndTime": begin + 600,
                    "QuerySize": 128,
                    "Type": 0,
                },
            },
        )
    )
    face: Any = sandbox.faces[VENDOR]
    plan = adapter.call("record_plan_set", PLAN)["planId"]
    other = adapter.call("record_plan_set", {**PLAN, "name": "b"})["planId"]
    event_plan = {**PLAN, "eventTypeList": [1], "recordDuration": 30}
    by_event = adapter.call("eventrecord_plan_set", event_plan)["planId"]
    event = adapter.events(one, yesterday())[0].id
    picture = adapter.call("picture_trigger", iot)["pictureId"]
    fields = sandbox.fields(VENDOR)
    recorder = next(node for node in devices(adapter) if node.kind is DeviceKind.NVR)
    given: dict[str, dict[str, Any]] = {
        "record_plan_set": PLAN,
        "record_plan_update": {"planId": plan, "name": "c"},
        "record_plan_query": {"timeZone": 0},
        "record_plan_get": {"planId": plan},
        "record_plan_delete": {"planId": other},
        "record_plan_bind": {**iot, "planId": plan},
        "record_plan_unbind": iot,
        "record_plan_getbyiotid": iot,
        "record_plan_bind_device_query": {"planId": plan},
        "eventrecord_plan_set": event_plan,
        "eventrecord_plan_update": {"planId": by_event, "recordDuration": 40},
        "eventrecord_plan_query": {"pageStart": 0, "pageSize": 500},
        "eventrecord_plan_delete": {"planId": by_event},
        "eventrecord_plan_getbyid": {"planId": by_event},
        "eventrecord_plan_device_bind": {**iot, "planId": by_event},
        "eventrecord_plan_unbind": iot,
        "eventrecord_plan_getbyiotid": {**iot, "streamType": 0},
        "eventrecord_bind_device_query": {"planId": by_event},
        "record_query": {**iot, **seconds, "needSnapshot": True},
        "vod_getbyfilename": {**iot, "fileName": rows[0].name},
        "monthrecord_query": {**iot, "month": f"{clip.span.begin:%Y%m}"},
        "event_query": {
            **iot,
            "beginTime": begin * 1000,
            "endTime": begin * 1000 + 1,
            "pictureType": 2,
        },
        "vod_getbyeventid": {**iot, "eventId": event},
        "record_batchdelete": {**iot, "fileNameList": ["none"]},
        "vod_cloudfile_get": {**iot, "fileName": rows[0].name},
        "record_trigger": {**iot, "recordDuration": 10, "preRecordDuration": 2},
        "record_durationconfig_set": {**iot, "recordDuration": 600},
        "record_durationconfig_get": iot,
        "cloudstorage_presented_get": iot,
        "cloudstorage_presented_consume": {**iot, "enableDefaultPlan": False},
        "picture_trigger": iot,
        "picture_querybytime": {
            **iot,
            "startTime": begin * 1000,
            "endTime": begin * 1000 + 1,
            "source": 2,
        },
        "picture_querybyids": {**iot, "pictureIdList": [picture]},
        "picture_batchdelete": {**iot, "pictureIdList": [picture]},
        "bizevent_config_set": {**iot, "eventType": 1, "eventInterval": 60},
        "bizevent_config_get": {**iot, "eventType": 1},
        "pic_getbyevent": {**iot, "eventIds": [event]},
        "event_query_byeventids": {**iot, "eventIds": [event], "needAlarmPicture": True},
        "account_createSessionByAuthCode": {
            "authCode": face.auth_code(),
            "accountType": "OA_SESSION",
            "appKey": fields["app_key"],
        },
        "account_checkOrRefreshSession": {
            "refreshToken": fields["refresh_token"],
            "identityId": fields["identity_id"],
        },
        "uc_listBindingByAccount": {"thingType": "DEVICE", "nodeType": "DEVICE"},
        "subdevices_list": {"iotId": recorder.key.native.removeprefix("dev:")},
        "thing_tsl_get": iot,
        "thing_service_invoke": {**iot, "identifier": "TriggerPicCapture", "args": {}},
        "stream_query": {**iot, "relayEncrypted": False, "clientType": 1},
        "vision_stream_query": {**iot, "encrypted": False, "scheme": "rtmp"},
        "vod_localfile_getbytime": {**iot, **seconds, "encrypted": False},
        "vod_localfile_getbyname": {**iot, "fileName": card[0]["FileName"], "seekTime": 1},
    }
    assert set(given) == {endpoint.name for endpoint in ENDPOINTS}
    order = sorted(given, key=lambda name: ("delete" in name, "unbind" in name))
    refused: dict[str, str] = {}
    for name in order:
        try:
            adapter.call(name, given[name])
        except ConsoleError as error:
            refused[name] = f"{error.code} {error.why}"
        entry = sandbox.log[-1]
        assert entry.unknown == (), name
    # Only where no event-triggered plan was in effect when it happened.
    assert set(refused) <= {"vod_getbyeventid"}, refused
