"""What servers may answer, beyond what the sandbox does: scripted, as the pages word it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.volcengine.support import Refusal, Step, channels, scripted
from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    BadResponse,
    Cancelled,
    ConsoleError,
    DeviceOffline,
    NotFound,
    PermissionDenied,
    StreamUnavailable,
    TimedOut,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Key, Store, StreamProfile, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Span
from vsconsole.vendors.volcengine import playback, records
from vsconsole.vendors.volcengine.adapter import VolcengineAdapter

BEGIN = datetime(2023, 7, 3, 13, 0, tzinfo=UTC)
HOUR = Span(BEGIN, BEGIN + timedelta(hours=1))
START = int(BEGIN.timestamp())
CAMERA = Channel(
    key=Key("a1", "st-1"),
    name="大厅",
    parent=Key("a1", "dev:s-1:d-1"),
    abilities=frozenset({Ability.DEVICE_RECORDS, Ability.CLOUD_RECORDS}),
    raw={"DeviceNSID": "3402", "ChannelID": "3403"},
)
FLV = "http://127.0.0.1:1/live/a.flv?volcSecret=s"
HLS = "http://127.0.0.1:1/live/a.m3u8?volcSecret=s"
RTMP = "rtmp://127.0.0.1:1/live/a?volcSecret=s"


def file(begin: int, end: int, key: str = "Record") -> dict[str, Any]:
    return {
        "Type": "record",
        "Path": f"{begin}.mp4",
        key: {"StartTime": START + begin, "EndTime": START + end, "Duration": end - begin},
    }


def failure(act: Callable[[], object]) -> ConsoleError:
    with pytest.raises(ConsoleError) as caught:
        act()
    return caught.value


def minutes(adapter: VolcengineAdapter, store: Store, span: Span = HOUR) -> list[tuple[int, int]]:
    return [
        (int((s.span.begin - BEGIN).total_seconds()), int((s.span.end - BEGIN).total_seconds()))
        for s in adapter.segments(CAMERA, store, span)
    ]


# The list of cloud recordings


def test_files_are_enough_for_a_day_that_has_passed() -> None:
    with scripted(ListStreamRecords=[file(600, 1200), file(0, 600), file(3000, 9000)]) as (
        adapter,
        script,
    ):
        assert minutes(adapter, Store.CLOUD) == [(0, 1200), (3000, 3600)]
        (asked,) = script.of("ListStreamRecords")
        assert (asked["StartTime"], asked["EndTime"]) == (START, START + 3600)
        assert "ReqType" not in asked
        # A day without recordings makes no clip.
        clips = adapter.clips(CAMERA, Store.CLOUD, Span(BEGIN, BEGIN + timedelta(days=1)))
        assert [clip.span.begin for clip in clips] == [BEGIN]


def test_without_files_there_may_be_slices() -> None:
    def listed(params: dict[str, Any]) -> list[dict[str, Any]]:
        return [file(60, 120, "RecordMeta")] if params.get("ReqType") else []

    with scripted(ListStreamRecords=listed) as (adapter, script):
        assert minutes(adapter, Store.CLOUD) == [(60, 120)]
        assert script.of("ListStreamRecords")[1]["ReqType"] == "record_metadata"


def test_what_is_newer_than_the_last_file_is_there_as_slices() -> None:
    today = now().replace(microsecond=0)
    span = Span(today - timedelta(minutes=30), today)

    def row(begin: int, end: int, key: str) -> dict[str, Any]:
        at = int(span.begin.timestamp())
        return {"Path": f"{begin}", key: {"StartTime": at + begin, "EndTime": at + end}}

    def listed(params: dict[str, Any]) -> list[dict[str, Any]]:
        if params.get("ReqType"):
            assert params["StartTime"] == int(span.begin.timestamp()) + 600
            return [row(600, 1700, "RecordMeta")]
        return [row(0, 600, "Record")]

    # At midnight the range is two days, and the earlier one has files only.
    with scripted(ListStreamRecords=listed) as (adapter, _script):
        whole = Span(span.begin, span.begin + timedelta(minutes=30))
        if (today + timedelta(hours=8)).date() != (span.begin + timedelta(hours=8)).date():
            pytest.skip("it is midnight in Beijing")
        (found,) = adapter.segments(CAMERA, Store.CLOUD, whole)
        assert found.span.seconds == 1700


def test_pages_are_read_until_one_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    def listed(params: dict[str, Any]) -> list[dict[str, Any]]:
        number, size = int(params["PageNumber"]), int(params["PageSize"])
        rows = [file(i, i + 1) for i in range(size + 10)]
        return rows[(number - 1) * size : number * size]

    with scripted(ListStreamRecords=listed) as (adapter, script):
        assert minutes(adapter, Store.CLOUD) == [(0, 3600)]
        assert [p["PageNumber"] for p in script.of("ListStreamRecords")] == [1, 2]


@pytest.mark.parametrize("store", [Store.CLOUD, Store.DEVICE])
def test_nothing_recorded_is_no_error(store: Store) -> None:
    refused = Refusal("NotFound.StreamRecord", 404)
    with scripted(ListStreamRecords=refused, GetRecordList=refused) as (adapter, _script):
        assert minutes(adapter, store) == []
    refused = Refusal("NotFound.StreamData", 404)
    with scripted(ListStreamRecords=refused, GetRecordList=refused) as (adapter, _script):
        caught = failure(lambda: minutes(adapter, store))
        assert type(caught) is NotFound


def test_the_device_s_list() -> None:
    rows = [
        {"StartTime": START, "EndTime": START + 600, "Type": "time"},
        {"StartTime": START + 300, "EndTime": START + 400, "Type": "alarm"},
    ]
    with scripted(GetRecordList={"Num": "2", "Items": rows}) as (adapter, script):
        assert minutes(adapter, Store.DEVICE) == [(0, 300), (300, 400), (400, 600)]
        (asked,) = script.of("GetRecordList")
        assert (asked["DeviceNSID"], asked["ChannelID"]) == ("3402", "3403")
        assert asked["RecordType"] == "all"
        # A seam of a second or two, and a change of kind, do not end a session.
        rows.append({"StartTime": START + 602, "EndTime": START + 900, "Type": "time"})
        assert [c.span.seconds for c in adapter.clips(CAMERA, Store.DEVICE, HOUR)] == [900]


# Addresses of cloud recordings


def cloud_clip(adapter: VolcengineAdapter) -> Clip:
    (clip,) = adapter.clips(CAMERA, Store.CLOUD, HOUR)
    return clip


def test_the_other_call_is_asked_where_one_is_no_longer_known() -> None:
    gone = Refusal("InvalidActionOrVersion", 404)
    urls = {"hls": "http://127.0.0.1:1/x?Format=m3u8", "mp4": "http://127.0.0.1:1/x.mp4"}
    older = {"HLS": urls["hls"], "MP4": urls["mp4"], "ID": urls["hls"]}
    files = [file(0, 3600)]
    with scripted(ListStreamRecords=files, CloudRecordPlay=gone, PlayCloudRecord=urls) as (
        adapter,
        script,
    ):
        assert cloud_clip(adapter).open(BEGIN).url == urls["hls"]
        assert script.of("CloudRecordPlay")[0]["StartTs"] == "2023-07-03T21:00:00+08:00"
        assert script.of("PlayCloudRecord")[0]["StartTime"] == START
    with scripted(CloudRecordPlay=older, PlayCloudRecord=gone) as (adapter, script):
        assert adapter.download(CAMERA, Store.CLOUD, HOUR, "mp4").url == urls["mp4"]
        assert len(script.asked) == 2
    with scripted(CloudRecordPlay=gone, PlayCloudRecord=gone) as (adapter, script):
        caught = failure(lambda: adapter.download(CAMERA, Store.CLOUD, HOUR, "mp4"))
        assert type(caught) is Unsupported
        assert len(script.asked) == 2


@pytest.mark.parametrize(
    ("answer", "protocol"),
    [
        ({"HLS": "", "ID": "http://127.0.0.1:1/get_m3u8?Start=1"}, MediaProtocol.HLS),
        ({"HLS": "http://127.0.0.1:1/strange"}, MediaProtocol.HLS),
        ({"MP4": "http://127.0.0.1:1/a.mp4"}, MediaProtocol.FILE),
    ],
)
def test_what_is_played_of_an_answer(answer: dict[str, str], protocol: MediaProtocol) -> None:
    with scripted(ListStreamRecords=[file(0, 3600)], CloudRecordPlay=answer) as (adapter, _s):
        source = cloud_clip(adapter).open(BEGIN)
        assert source.protocol is protocol
        assert source.url in answer.values()


def test_no_address_is_said() -> None:
    with scripted(ListStreamRecords=[file(0, 3600)], CloudRecordPlay={}) as (adapter, _script):
        clip = cloud_clip(adapter)
        with pytest.raises(StreamUnavailable):
            clip.open(BEGIN)


# Device playback

STARTED = {"PlaybackID": "p-1", "PullUrls": [RTMP, HLS, FLV], "PushUrl": "rtmp://x/y"}
ITEMS = {"Num": 1, "Items": [{"StartTime": START, "EndTime": START + 3600, "Type": "time"}]}


def opened(adapter: VolcengineAdapter) -> MediaSource:
    (clip,) = adapter.clips(CAMERA, Store.DEVICE, HOUR)
    return clip.open(BEGIN)


def states(*names: str) -> list[Step]:
    return [Step({"Status": name}) for name in names]


def test_the_picture_is_opened_once_the_stream_is_online() -> None:
    with scripted(
        GetRecordList=ITEMS,
        StartPlayback=STARTED,
        GetPlaybackStatus=states("pulling", "offline", "pulling", "online"),
        StopPlayback=None,
    ) as (adapter, script):
        source = opened(adapter)
        assert (source.url, source.protocol) == (FLV, MediaProtocol.FLV)
        assert script.of("StartPlayback") == [
            {"SpaceID": "s-1", "StreamID": "st-1", "StartTime": START, "EndTime": START + 3600}
        ]
        assert len(script.of("GetPlaybackStatus")) == 4
        assert source.control is not None
        source.control.stop()
        assert script.of("StopPlayback") == [{"PlaybackID": "p-1"}]


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ({"GetPlaybackStatus": states("pulling", "failed")}, StreamUnavailable),
        ({"GetPlaybackStatus": states("deleted")}, StreamUnavailable),
        ({"GetPlaybackStatus": states("offline")}, StreamUnavailable),
        ({"GetPlaybackStatus": states("pulling")}, TimedOut),
        ({"GetPlaybackStatus": "strange"}, TimedOut),
        ({"GetPlaybackStatus": Refusal("ErrorDeviceSipTimeout", 500)}, DeviceOffline),
        ({"StartPlayback": {**STARTED, "PullUrls": []}}, StreamUnavailable),
    ],
)
def test_a_session_that_does_not_start_is_stopped(
    answers: dict[str, Any], kind: type[ConsoleError], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(playback, "_START_PATIENCE", 0.3)
    monkeypatch.setattr(playback, "_OFFLINE_PATIENCE", 0.1)
    results = {"GetRecordList": ITEMS, "StartPlayback": STARTED, "StopPlayback": None, **answers}
    with scripted(**results) as (adapter, script):
        with pytest.raises(kind):
            opened(adapter)
        assert script.of("StopPlayback") == [{"PlaybackID": "p-1"}]
        assert not adapter._recordings._streams


def test_called_off_while_the_device_starts() -> None:
    token = cancel.CancelToken()

    def status(_params: dict[str, Any]) -> dict[str, str]:
        token.cancel()
        return {"Status": "pulling"}

    with scripted(
        GetRecordList=ITEMS, StartPlayback=STARTED, GetPlaybackStatus=status, StopPlayback=None
    ) as (adapter, script):
        (clip,) = adapter.clips(CAMERA, Store.DEVICE, HOUR)
        with cancel.bound(token), pytest.raises(Cancelled):
            clip.open(BEGIN)
        assert script.of("StopPlayback") == [{"PlaybackID": "p-1"}]


def test_an_answer_without_a_session() -> None:
    with scripted(GetRecordList=ITEMS, StartPlayback={}) as (adapter, script):
        with pytest.raises(BadResponse):
            opened(adapter)
        assert not script.of("StopPlayback")


@pytest.mark.parametrize(
    ("code", "sent"), [("InvalidParameter.PlayBackControlArgs", ["61.500", "62", "10"]), ("", [])]
)
def test_where_fractions_of_a_second_are_refused(code: str, sent: list[str]) -> None:
    refusal = Refusal(code or "Strange")

    def control(params: dict[str, Any]) -> Any:
        return refusal if "." in params["Ntp"] else None

    with scripted(
        GetRecordList=ITEMS,
        StartPlayback=STARTED,
        GetPlaybackStatus=states("online"),
        ControlPlayback=control,
        StopPlayback=None,
    ) as (adapter, script):
        stream = opened(adapter).control
        assert stream is not None
        where = BEGIN + timedelta(seconds=61.5)
        if sent:
            stream.seek(where)
            stream.seek(BEGIN + timedelta(seconds=10.25))
            assert [p["Ntp"] for p in script.of("ControlPlayback")] == sent
        else:
            assert failure(lambda: stream.seek(where)).code == "Strange"


def test_a_session_that_is_gone_already() -> None:
    with scripted(
        GetRecordList=ITEMS,
        StartPlayback=STARTED,
        GetPlaybackStatus=states("online"),
        StopPlayback=Refusal("NotFound.PlaybackData", 404),
    ) as (adapter, script):
        control = opened(adapter).control
        assert control is not None
        control.stop()
        control.stop()
        assert len(script.of("StopPlayback")) == 1


def test_a_stop_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playback, "_STOP_PATIENCE", 0.2)
    waiting = threading.Event()

    def stuck(_params: dict[str, Any]) -> None:
        waiting.wait(5)

    results: dict[str, Any] = {
        "GetRecordList": ITEMS,
        "StartPlayback": STARTED,
        "GetPlaybackStatus": states("online"),
        "StopPlayback": stuck,
    }
    with scripted(**results) as (adapter, script):
        control = opened(adapter).control
        assert control is not None
        with pytest.raises(TimedOut):
            control.stop()
        adapter.close()
        waiting.set()
        script.results["StopPlayback"] = None
        control.stop()
        assert not adapter._recordings._streams


def test_a_channel_that_was_never_listed_cannot_be_played_from_its_device() -> None:
    lost = Channel(key=Key("a1", "st-1"), name="")
    with scripted(GetRecordList=ITEMS) as (adapter, _script):
        (clip,) = adapter.clips(lost, Store.DEVICE, HOUR)
        with pytest.raises(NotFound, match="not known"):
            clip.open(BEGIN)


# Downloads from the device


def media(status: str, **more: str) -> dict[str, Any]:
    return {"GBMedias": [{"ID": "dl-1", "Status": status, **more}], "TotalCount": 1}


SHORT = Span(BEGIN, BEGIN + timedelta(minutes=5))


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_FIRST_LOOK", 0.01)
    monkeypatch.setattr(records, "_LONGEST_LOOK", 0.02)


@pytest.mark.usefixtures("quick")
def test_a_download_is_waited_for() -> None:
    done = media("done", Url="http://127.0.0.1:1/f.mp4")
    with scripted(
        DownloadLocalMedia={"DownloadID": "dl-1"},
        GetLocalDownload=[Step({"GBMedias": []}), Step(media("pulling")), Step(done)],
    ) as (adapter, script):
        source = adapter.download(CAMERA, Store.DEVICE, SHORT, "mp4")
        assert (source.url, source.protocol) == ("http://127.0.0.1:1/f.mp4", MediaProtocol.FILE)
        (asked,) = script.of("DownloadLocalMedia")
        assert asked["Mps"] == {"M3U8Option": {"ToMp4": True}}
        assert script.of("GetLocalDownload") == [{"ID": "dl-1"}] * 3


@pytest.mark.usefixtures("quick")
def test_a_download_that_failed_is_begun_anew_when_asked_again() -> None:
    with scripted(
        DownloadLocalMedia={"DownloadID": "dl-1"},
        GetLocalDownload=media("failed", Msg="device busy"),
    ) as (adapter, script):
        with pytest.raises(StreamUnavailable, match="device busy"):
            adapter.download(CAMERA, Store.DEVICE, SHORT, "mp4")
        script.results["GetLocalDownload"] = [
            Step(media("failed")),
            Step(media("done", Url="http://127.0.0.1:1/f.mp4")),
        ]
        assert adapter.download(CAMERA, Store.DEVICE, SHORT, "mp4").url
        assert len(script.of("DownloadLocalMedia")) == 2


@pytest.mark.usefixtures("quick")
def test_a_download_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_DOWNLOAD_PATIENCE", -2 * SHORT.seconds)
    answers = {"DownloadLocalMedia": {"DownloadID": "dl-1"}, "GetLocalDownload": media("pulling")}
    with scripted(**answers) as (adapter, script):
        caught = failure(lambda: adapter.download(CAMERA, Store.DEVICE, SHORT, "mp4"))
        assert type(caught) is TimedOut
        assert len(script.of("GetLocalDownload")) == 1


def test_only_so_many_downloads_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_KEPT_DOWNLOADS", 1)
    with scripted(
        DownloadLocalMedia={"DownloadID": "dl-1"},
        GetLocalDownload=media("done", Url="http://127.0.0.1:1/f.mp4"),
    ) as (adapter, script):
        for minute in (0, 1, 0):
            begin = BEGIN + timedelta(minutes=minute)
            span = Span(begin, begin + timedelta(seconds=30))
            adapter.download(CAMERA, Store.DEVICE, span, "mp4")
        assert len(script.of("DownloadLocalMedia")) == 3
    with scripted() as (adapter, _script), pytest.raises(Unsupported):
        adapter.download_limits(Channel(key=Key("a1", "st"), name=""), Store.DEVICE)


# Trees and live streams of other kinds


PUSHED = {"SpaceID": "s-2", "SpaceName": "直播", "AccessType": "rtmp"}


@pytest.mark.parametrize(
    "refusal", ["InvalidActionOrVersion", "NotFound.GroupTree", "OperationDeny.FunctionLimit"]
)
def test_a_space_may_have_no_group_tree(refusal: str) -> None:
    with scripted(
        ListSpaces={"Spaces": [{"SpaceID": "s-1", "SpaceName": "园区"}], "TotalCount": "1"},
        ListGroupTreeNodes=Refusal(refusal, 404),
        ListDevices={"Devices": [{"DeviceID": "d-1", "DeviceName": "门"}], "TotalCount": 1},
        GetDeviceChannelsV2={"Channels": [{"StreamID": "st-1", "DeviceItem": {"Name": "门"}}]},
    ) as (adapter, _script):
        nodes = [node for batch in adapter.nodes() for node in batch]
        assert [node.key.native for node in nodes] == ["space:s-1", "dev:s-1:d-1", "st-1"]
        assert nodes[1].parent == nodes[0].key


def test_a_failing_service_is_not_taken_for_a_missing_tree() -> None:
    with (
        scripted(
            ListSpaces={"Spaces": [{"SpaceID": "s-1"}], "TotalCount": 1},
            ListGroupTreeNodes=Refusal("InvalidParameter.SpaceID"),
        ) as (adapter, _script),
        pytest.raises(ConsoleError, match="not valid"),
    ):
        list(adapter.nodes())


def test_pushed_streams_hang_below_their_space() -> None:
    stream = {"StreamID": "st-9", "StreamName": "门口", "Status": "online", "PullUrls": [RTMP]}
    with scripted(
        ListSpaces={"Spaces": [PUSHED], "TotalCount": 1},
        ListStreams={"Streams": [stream], "TotalCount": 1},
        GetStream={**stream, "PullUrls": [RTMP]},
    ) as (adapter, script):
        (one,) = channels(adapter)
        assert one.stores == (Store.CLOUD,)
        source = adapter.live(one, StreamProfile.MAIN)
        assert (source.url, source.protocol) == (RTMP, MediaProtocol.RTMP)
        assert script.of("GetStream") == [
            {"StreamID": "st-9", "StreamingIndex": "0", "FreshExpiredPull": "1"}
        ]
        for refused in (
            lambda: adapter.live(one, StreamProfile.SUB),
            lambda: adapter.segments(one, Store.DEVICE, HOUR),
            lambda: adapter.download_limits(one, Store.DEVICE),
            lambda: adapter.events(one, HOUR),
        ):
            with pytest.raises(Unsupported):
                refused()


@pytest.mark.parametrize(
    ("urls", "protocol"),
    [
        ([RTMP, HLS, FLV], MediaProtocol.FLV),
        ([RTMP, HLS], MediaProtocol.HLS),
        ([RTMP], MediaProtocol.RTMP),
        (["rtsp://127.0.0.1:1/a"], MediaProtocol.RTSP),
    ],
)
def test_flv_then_hls_then_rtmp(urls: list[str], protocol: MediaProtocol) -> None:
    with scripted(StartStream={"ID": "x", "PullUrls": urls}) as (adapter, script):
        assert adapter.live(CAMERA, StreamProfile.MAIN).protocol is protocol
        assert script.of("StartStream")[0]["SpaceID"] == "s-1"


def test_only_web_and_stream_addresses_are_taken() -> None:
    with scripted() as (adapter, script):
        for urls in ([], ["file:///etc/passwd.flv"], ["smb://a/b.flv"], None):
            script.results["StartStream"] = {"PullUrls": urls}
            with pytest.raises(StreamUnavailable):
                adapter.live(CAMERA, StreamProfile.MAIN)


def test_many_channels_come_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vsconsole.vendors.volcengine.adapter._BATCH", 2)

    def of_device(params: dict[str, Any]) -> dict[str, Any]:
        ident = params["DeviceID"]
        rows = [{"StreamID": f"{ident}-{i}", "DeviceItem": {"Name": str(i)}} for i in range(2)]
        return {"Channels": [*rows, *rows]}

    devices = [{"DeviceID": f"d{i}"} for i in range(3)]
    with scripted(
        ListSpaces={"Spaces": [{"SpaceID": "s-1"}], "TotalCount": 1},
        ListGroupTreeNodes=None,
        ListDevices={"Devices": devices, "TotalCount": 3},
        GetDeviceChannelsV2=of_device,
    ) as (adapter, _script):
        batches = [b for b in adapter.nodes() if isinstance(b[0], Channel)]
        assert [len(batch) for batch in batches] == [2, 2, 2]
        assert len({node.key for batch in batches for node in batch}) == 6


def test_permission_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(ListSpaces=Refusal("LackPolicy", 403)) as (adapter, _script):
        with pytest.raises(PermissionDenied) as caught:
            adapter.verify()
        assert "console" in caught.value.remedy
