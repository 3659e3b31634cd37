"""The adapter against a gateway whose answers the tests write: what the sandbox does not do."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.linkvisual import support
from tests.vendors.linkvisual.support import Gateway, Refusal, adapter_at
from vsconsole import i18n
from vsconsole.domain import cancel
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import (
    BadCredentials,
    BadResponse,
    Cancelled,
    DeviceOffline,
    InvalidInput,
    NotFound,
    Rejected,
    SessionExpired,
    StreamUnavailable,
    TimedOut,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, DeviceKind, Key, Store, StreamProfile
from vsconsole.domain.playback import MediaProtocol
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.vendors.linkvisual import records
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter
from vsconsole.vendors.linkvisual.things import Model

BIND = "/uc/listBindingByAccount"
SUB = "/subdevices/list"
TSL = "/thing/tsl/get"
INVOKE = "/thing/service/invoke"
VISION = "/vision/customer/"

NOON = datetime(2023, 11, 21, 4, tzinfo=UTC)
HOUR = Span(NOON, NOON + timedelta(hours=1))


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with support.gateway() as made:
        yield made


@pytest.fixture
def adapter(gateway: Gateway, transport: Transport) -> Iterator[LinkVisualAdapter]:
    made = adapter_at(gateway.url, transport)
    yield made
    made.close()


def camera(*services: str, inputs: tuple[str, ...] = ("position",)) -> Channel:
    model = Model(dict.fromkeys(services, inputs), zooms=True)
    return Channel(
        key=Key("a1", "cam"),
        name="cam",
        abilities=frozenset({Ability.CLOUD_RECORDS}) | model.abilities,
        raw={"model": model.as_raw()},
    )


def row(native: str, **more: Any) -> dict[str, Any]:
    return {"iotId": native, "productKey": "p", "nickName": native, "status": 1, **more}


def paged(*rows: Mapping[str, Any]) -> Any:
    """An answer by pageNo and pageSize."""

    def answer(params: Mapping[str, Any]) -> Any:
        first = (params["pageNo"] - 1) * params["pageSize"]
        return {"total": len(rows), "data": list(rows[first : first + params["pageSize"]])}

    return answer


# Requests


def test_every_attempt_is_a_new_call(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = [Refusal(500), Refusal(503), {"total": 0, "data": []}]
    adapter.verify()
    assert len({one.ident for one in gateway.asked}) == 3
    assert len({one.nonce for one in gateway.asked}) == 3
    assert all(len(one.ident) == 32 for one in gateway.asked)
    assert gateway.asked[0].frame == {
        "apiVer": "1.0.8",
        "iotToken": "tok-1",
        "language": "en-US",
    }


def test_refusals_are_asked_for_in_the_user_s_language(
    gateway: Gateway, adapter: LinkVisualAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.answers[BIND] = {"total": 0, "data": []}
    monkeypatch.setattr(i18n, "_current", ("zh_CN", i18n._current[1]))
    adapter.verify()
    assert gateway.asked[0].frame["language"] == "zh-CN"


def test_a_wrong_secret(gateway: Gateway, transport: Transport) -> None:
    with pytest.raises(BadCredentials) as caught:
        adapter_at(gateway.url, transport, app_secret="another-secret").verify()
    assert "another-secret" not in str(caught.value)
    assert gateway.asked == []


# The session


class Sessions:
    """What the gateway does with refresh tokens: each is good once."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.refresh = "ref-1"
        gateway.answers["/account/checkOrRefreshSession"] = self.renew
        gateway.answers["/account/createSessionByAuthCode"] = self.open

    def renew(self, params: Mapping[str, Any]) -> Any:
        asked = params["request"]
        if asked.get("identityId") != "ident":
            raise Refusal(29003)
        if asked["refreshToken"] != self.refresh:
            raise Refusal(2401)
        return self._next()

    def open(self, params: Mapping[str, Any]) -> Any:
        asked = params["request"]
        assert asked["accountType"] == "OA_SESSION"
        assert asked["appKey"] == support.APP_KEY
        if asked["authCode"] != "code-1":
            raise Refusal(2401)
        return self._next()

    def _next(self) -> Any:
        number = int(self.refresh.removeprefix("ref-")) + 1
        self.refresh, self.gateway.token = f"ref-{number}", f"tok-{number}"
        return {
            "iotToken": self.gateway.token,
            "refreshToken": self.refresh,
            "identityId": "ident",
        }


def test_an_ended_token_is_renewed_and_the_new_one_kept(
    gateway: Gateway, transport: Transport
) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    told: list[tuple[str, Mapping[str, str]]] = []
    adapter = adapter_at(
        gateway.url,
        transport,
        iot_token="tok-0",
        refresh_token="ref-1",
        identity_id="ident",
        renewed=lambda account, new: told.append((account, new)),
    )
    adapter.verify()
    adapter.verify()
    paths = [one.path for one in gateway.asked]
    assert paths == [BIND, "/account/checkOrRefreshSession", BIND, BIND]
    assert "iotToken" not in gateway.asked[1].frame
    assert told == [
        (
            "a1",
            {
                "iot_token": "tok-2",
                "refresh_token": "ref-2",
                "identity_id": "ident",
                "auth_code": "",
            },
        )
    ]


@pytest.mark.parametrize(
    ("fields", "kind", "code"),
    [
        ({}, SessionExpired, "460"),
        ({"refresh_token": "ref-9", "identity_id": "ident"}, SessionExpired, "2401"),
        ({"refresh_token": "ref-1"}, BadCredentials, "29003"),
    ],
)
def test_three_ends_of_a_session(
    gateway: Gateway,
    transport: Transport,
    fields: dict[str, str],
    kind: type[Exception],
    code: str,
) -> None:
    Sessions(gateway)
    adapter = adapter_at(gateway.url, transport, iot_token="tok-0", **fields)
    with pytest.raises(kind) as caught:
        adapter.verify()
    assert getattr(caught.value, "code", "") == code
    assert "tok-0" not in str(caught.value)


def test_a_token_that_is_refused_at_once_is_renewed_once_only(
    gateway: Gateway, transport: Transport
) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = Refusal(460)
    adapter = adapter_at(gateway.url, transport, refresh_token="ref-1", identity_id="ident")
    with pytest.raises(SessionExpired) as caught:
        adapter.verify()
    assert caught.value.code == "460"
    assert [one.path for one in gateway.asked] == [BIND, "/account/checkOrRefreshSession", BIND]


def test_an_auth_code_opens_a_session(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    told: list[Mapping[str, str]] = []
    adapter = adapter_at(
        gateway.url,
        transport,
        iot_token="",
        auth_code="code-1",
        renewed=lambda _account, new: told.append(new),
    )
    adapter.verify()
    assert gateway.asked[1].frame["iotToken"] == "tok-2"
    assert told[0]["auth_code"] == ""
    with pytest.raises(BadCredentials):
        adapter_at(gateway.url, transport, iot_token="").verify()
    with pytest.raises(SessionExpired):
        adapter_at(gateway.url, transport, iot_token="", auth_code="used").verify()


def test_many_calls_at_once_renew_once(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    adapter = adapter_at(
        gateway.url, transport, iot_token="tok-0", refresh_token="ref-1", identity_id="ident"
    )
    errors: list[Exception] = []

    def work() -> None:
        try:
            adapter.verify()
        except Exception as error:
            errors.append(error)

    # More than the places for calls that there are.
    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert errors == []
    assert len(gateway.calls("checkOrRefreshSession")) == 1


def test_a_session_renewed_by_hand_is_the_account_s(gateway: Gateway, transport: Transport) -> None:
    Sessions(gateway)
    gateway.answers[BIND] = {"total": 0, "data": []}
    adapter = adapter_at(gateway.url, transport, refresh_token="ref-1", identity_id="ident")
    shown = adapter.call(
        "account_checkOrRefreshSession", {"refreshToken": "ref-1", "identityId": "ident"}
    )
    assert shown == {"iotToken": "***", "refreshToken": "***", "identityId": "ident"}
    adapter.verify()
    assert gateway.asked[-1].frame["iotToken"] == "tok-2"
    assert len(gateway.asked) == 2


# The tree


def test_recorders_have_what_is_behind_them(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = paged(
        row("nvr", nodeType="GATEWAY"),
        row("cam", nodeType="DEVICE"),
        row("sub1", nodeType="DEVICE", nickName="named by its user"),
        row("other", nodeType="GATEWAY"),
    )
    behind = {
        "nvr": [row("sub1", nickName="NET_CAM"), row("sub2", status=3), row("nvr"), row("sub1")],
        "other": [row("sub2")],
    }
    gateway.answers[SUB] = lambda params: {
        "total": len(behind[params["iotId"]]),
        "data": behind[params["iotId"]],
    }
    gateway.answers[TSL] = {"services": []}
    nodes = support.tree(adapter)
    made = {node.key.native: node for node in nodes}
    assert list(made) == ["dev:nvr", "dev:cam", "dev:other", "sub1", "sub2", "cam"]
    assert getattr(made["dev:nvr"], "kind", None) is DeviceKind.NVR
    assert made["sub1"].name == "named by its user"
    assert {key: str(node.parent) for key, node in made.items() if isinstance(node, Channel)} == {
        "sub1": "a1/dev:nvr",
        "sub2": "a1/dev:nvr",
        "cam": "a1/dev:cam",
    }
    # One product, one model.
    assert len(gateway.calls(TSL)) == 1


def test_a_long_list_comes_in_pages(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = paged(*(row(f"c{i}", productKey=f"p{i % 5}") for i in range(250)))
    gateway.answers[TSL] = {"services": []}
    batches = [len(batch) for batch in adapter.nodes()]
    assert sum(batches) == 500
    assert len(batches) == 3
    assert [call["pageNo"] for call in gateway.calls(BIND)] == [1, 2, 3]
    assert len(gateway.calls(TSL)) == 5
    gateway.answers[BIND] = paged()
    assert list(adapter.nodes()) == []


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(404, status=404, reason="Invalid Url"),
        Refusal(62101),
        Refusal(403),
        Refusal(71234),
    ],
)
def test_what_cannot_be_known_of_one_does_not_cost_the_tree(
    gateway: Gateway, adapter: LinkVisualAdapter, refusal: Refusal
) -> None:
    gateway.answers[BIND] = paged(row("nvr", nodeType="GATEWAY"), row("cam"))
    gateway.answers[SUB] = {"data": []}
    gateway.answers[TSL] = refusal
    (channel,) = support.channels(adapter)
    assert Ability.PTZ not in channel.abilities
    assert Ability.LIVE in channel.abilities
    gateway.answers[SUB] = Refusal(404, status=404, reason="Invalid Url")
    assert len(support.tree(adapter)) == 3


def test_a_failing_server_is_not_taken_for_a_device_without_services(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[BIND] = paged(row("cam"))
    gateway.answers[TSL] = Refusal(500)
    with pytest.raises(Rejected):
        support.tree(adapter)


# Live


def test_live_without_a_relay_is_hls(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "stream/query"] = {"typeList": ["NAT"], "relayUrl": ""}
    gateway.answers["/vision/stream/query"] = {"path": "https://v.test/live.m3u8?token=x"}
    source = adapter.live(camera(), StreamProfile.SUB)
    assert (source.protocol, source.live, source.single_use) == (MediaProtocol.HLS, True, False)
    user, app = gateway.asked
    assert user.params["streamType"] == app.params["streamType"] == 1
    assert user.params["relayEncrypted"] is False
    assert (app.params["encrypted"], app.params["scheme"]) == (False, "hls")
    assert user.frame["iotToken"] == "tok-1"
    # Signed by the app alone.
    assert "iotToken" not in app.frame
    gateway.answers["/vision/stream/query"] = {"path": None}
    with pytest.raises(StreamUnavailable):
        adapter.live(camera(), StreamProfile.MAIN)


def test_a_sleeping_camera_is_asked_again(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "stream/query"] = [
        Refusal(9201),
        {"relayUrl": "rtmp://r.test:8000/live?token=once"},
    ]
    begun = time.monotonic()
    source = adapter.live(camera(), StreamProfile.MAIN)
    assert time.monotonic() - begun > 0.9
    assert (source.protocol, source.single_use) == (MediaProtocol.RTMP, True)
    gateway.answers[VISION + "stream/query"] = Refusal(6205)
    with pytest.raises(DeviceOffline):
        adapter.live(camera(), StreamProfile.MAIN)


# Recordings in the cloud


def file(index: int, begin: datetime, seconds: int, **more: Any) -> dict[str, Any]:
    def local(when: datetime) -> str:
        return (when + timedelta(hours=8)).strftime("%Y-%m-%d %H:%M:%S")

    end = begin + timedelta(seconds=seconds)
    return {
        "fileName": f"f{index}",
        "beginTime": local(begin),
        "endTime": local(end),
        "beginTimeUTC": begin.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "endTimeUTC": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "recordType": 0,
        "streamType": 0,
        "fileSize": 1,
        **more,
    }


def by_next_begin(rows: list[dict[str, Any]], begins: list[int], size: int) -> Any:
    """Pages that say when the next one begins, as seconds."""

    def answer(params: Mapping[str, Any]) -> Any:
        since = params["beginTime"]
        held = [one for one, begin in zip(rows, begins, strict=True) if begin >= since]
        left = [begin for begin in begins if begin >= since]
        first = params["pageStart"] * size
        more = len(held) > first + size
        return {
            "recordFileList": held[first : first + size],
            "nextValid": more,
            "nextBeginTime": left[first + size] if more else 0,
        }

    return answer


def test_pages_go_on_where_the_vendor_says(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    begins = [NOON + timedelta(minutes=5 * i) for i in range(12)]
    rows = [file(i, begin, 300) for i, begin in enumerate(begins)]
    stamps = [int(begin.timestamp()) for begin in begins]
    gateway.answers[VISION + "record/query"] = by_next_begin(rows, stamps, 5)
    (segment,) = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert segment.span == HOUR
    asked = gateway.calls("record/query")
    assert [(one["beginTime"], one["pageStart"]) for one in asked] == [
        (int(NOON.timestamp()) - 3600, 0),
        (stamps[5], 0),
        (stamps[10], 0),
    ]
    assert all(one["pageSize"] == 500 and one["endTime"] == stamps[0] + 3600 for one in asked)


def test_more_rows_at_one_time_than_a_page_holds(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    rows = [file(i, NOON, 60 + i) for i in range(7)]
    gateway.answers[VISION + "record/query"] = by_next_begin(rows, [int(NOON.timestamp())] * 7, 2)
    (segment,) = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert segment.span.seconds == 66
    assert [one["pageStart"] for one in gateway.calls("record/query")] == [0, 0, 1, 2, 3]


def test_pages_without_end_end(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "record/query"] = {
        "recordFileList": [file(1, NOON, 60)],
        "nextValid": True,
        "nextBeginTime": 0,
    }
    assert len(adapter.segments(camera(), Store.CLOUD, HOUR)) == 1
    assert len(gateway.calls("record/query")) == 3


def test_kinds_and_overlaps(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    rows = [
        file(3, NOON + timedelta(minutes=20), 1200, recordType=2),
        file(1, NOON - timedelta(minutes=10), 1800),
        file(2, NOON + timedelta(minutes=5), 300, recordType=1),
    ]
    gateway.answers[VISION + "record/query"] = {"recordFileList": rows, "nextValid": False}
    segments = adapter.segments(camera(), Store.CLOUD, HOUR)
    assert [(one.kind, one.span.seconds) for one in segments] == [
        (SegmentKind.CONTINUOUS, 300),
        (SegmentKind.ALARM, 300),
        (SegmentKind.CONTINUOUS, 600),
        (SegmentKind.MANUAL, 1200),
    ]
    clips = adapter.clips(camera(), Store.CLOUD, HOUR)
    # The alarm's file lies wholly inside the first one.
    assert [(clip.span.begin, clip.span.seconds) for clip in clips] == [
        (NOON, 1200),
        (NOON + timedelta(minutes=20), 1200),
    ]
    # The media of the first one began ten minutes before the question.
    assert clips[0].time_map.media_at(NOON) == 600
    assert gateway.calls("getbyfilename") == []


def test_every_opening_asks_for_an_address_of_its_own(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[VISION + "record/query"] = {"recordFileList": [file(1, NOON, 60)]}
    gateway.answers[VISION + "vod/getbyfilename"] = [
        {"vodUrl": "https://v.test/1.mp4?auth_key=A"},
        {"vodUrl": "https://v.test/1.m3u8?auth_key=B"},
        {"vodUrl": ""},
    ]
    (clip,) = adapter.clips(camera(), Store.CLOUD, HOUR)
    first = clip.open(NOON)
    second = clip.open(NOON + timedelta(seconds=30))
    assert (first.protocol, second.protocol) == (MediaProtocol.FILE, MediaProtocol.HLS)
    assert first.url != second.url
    for source in (first, second):
        assert source.single_use
        assert source.begins == NOON
        assert "auth_key" not in repr(source)
    with pytest.raises(StreamUnavailable):
        clip.open(NOON)
    # What the files are is told by the last one that was opened.
    assert (clip.protocol, clip.gapless) == (MediaProtocol.FILE, True)
    (again,) = adapter.clips(camera(), Store.CLOUD, HOUR)
    assert again.protocol is MediaProtocol.HLS
    assert gateway.calls("getbyfilename") == [{"iotId": "cam", "fileName": "f1"}] * 3


def test_nothing_is_asked_of_the_future(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    assert adapter.segments(camera(), Store.CLOUD, Span(ahead, ahead + timedelta(days=1))) == []
    assert adapter.clips(camera(), Store.CLOUD, Span(NOON, NOON)) == []
    assert gateway.asked == []


def test_the_calendar(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "monthrecord/query"] = {"recordFlags": "1" + "0" * 28 + "1"}
    assert adapter.record_days(camera(), Store.CLOUD, 2023, 6) == {1, 30}
    assert gateway.calls("monthrecord/query") == [{"iotId": "cam", "month": "202306"}]
    with pytest.raises(Unsupported):
        adapter.record_days(camera("QueryRecordList"), Store.DEVICE, 2023, 6)


# Recordings on the card


def card(begins: list[int], seconds: int, key: str = "RecordList") -> Any:
    def answer(params: Mapping[str, Any]) -> Any:
        args = params["args"]
        found = [
            {"FileName": f"c{begin}", "BeginTime": begin, "EndTime": begin + seconds, "Type": 3}
            for begin in begins
            if args["BeginTime"] < begin + seconds and begin < args["EndTime"]
        ]
        if key == "TimeList":
            found = [{k: v for k, v in one.items() if k != "FileName"} for one in found]
        return {"messageId": "m", key: list(reversed(found))[: args["QuerySize"]]}

    return answer


def test_a_card_that_tells_only_its_newest_files(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    start = int(NOON.timestamp())
    gateway.answers[INVOKE] = card([start + 10 * i for i in range(360)], 10)
    channel = camera("QueryRecordList")
    (segment,) = adapter.segments(channel, Store.DEVICE, HOUR)
    assert segment.span == HOUR
    clips = adapter.clips(channel, Store.DEVICE, HOUR)
    assert len(clips) == 360
    first = gateway.calls(INVOKE)[0]
    assert first["identifier"] == "QueryRecordList"
    assert first["args"] == {
        "BeginTime": start - 3600,
        "EndTime": start + 3600,
        "QuerySize": 128,
        "Type": 0,
    }


def test_card_files_begin_where_they_are_wanted(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[INVOKE] = card([int(NOON.timestamp())], 600)
    gateway.answers[VISION + "vod/localfile/getbyname"] = {"vodUrl": "rtmp://r.test/vod?token=x"}
    (clip,) = adapter.clips(camera("QueryRecordList"), Store.DEVICE, HOUR)
    source = clip.open(NOON + timedelta(seconds=90.7))
    assert (source.protocol, source.single_use) == (MediaProtocol.RTMP, True)
    assert source.begins == NOON + timedelta(seconds=90)
    clip.open(NOON + timedelta(hours=5))
    asked = gateway.calls("getbyname")
    assert asked[0] == {
        "iotId": "cam",
        "fileName": f"c{int(NOON.timestamp())}",
        "seekTime": 90,
        "encrypted": False,
    }
    assert asked[1]["seekTime"] == 599


def test_cards_that_tell_times_only(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    start = int(NOON.timestamp())
    gateway.answers[INVOKE] = card([start], 600, "TimeList")
    gateway.answers[VISION + "vod/localfile/getbytime"] = {"vodUrl": "https://v.test/x.flv?t=1"}
    (clip,) = adapter.clips(camera("QueryRecordTimeList"), Store.DEVICE, HOUR)
    assert gateway.calls(INVOKE)[0]["identifier"] == "QueryRecordTimeList"
    source = clip.open(NOON + timedelta(seconds=5))
    assert source.protocol is MediaProtocol.FLV
    assert gateway.calls("getbytime") == [
        {
            "iotId": "cam",
            "beginTime": start,
            "endTime": start + 600,
            "seekTime": 5,
            "encrypted": False,
        }
    ]


@pytest.mark.parametrize("store", [Store.DEVICE, Store.LOCAL])
def test_stores_that_are_not_there(adapter: LinkVisualAdapter, store: Store) -> None:
    with pytest.raises(Unsupported):
        adapter.segments(camera(), store, HOUR)
    with pytest.raises(Unsupported):
        adapter.download_limits(camera(), store)


# Downloads


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_POLLS", (0.01,))


@pytest.fixture
def one_file(gateway: Gateway) -> None:
    rows = [file(1, NOON, 600), file(2, NOON + timedelta(seconds=600), 600)]
    gateway.answers[VISION + "record/query"] = {"recordFileList": rows, "nextValid": False}


@pytest.mark.usefixtures("quick", "one_file")
def test_a_download_waits_for_its_file(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/cloudfile/get"] = [
        {"url": "", "status": 1, "progress": 0},
        {"url": "", "status": 1, "progress": 60},
        Refusal(500),
        {"url": "https://v.test/1.mp4?k=1", "status": 0, "progress": 100},
    ]
    source = adapter.download(
        camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=600)), "mp4"
    )
    assert (source.protocol, source.single_use) == (MediaProtocol.FILE, True)
    assert source.begins == NOON
    assert gateway.calls("cloudfile/get") == [{"iotId": "cam", "fileName": "f1"}] * 4
    limits = adapter.download_limits(camera(), Store.CLOUD)
    assert (limits.seconds, limits.file_types) == (3600, ("mp4",))


@pytest.mark.usefixtures("quick", "one_file")
def test_a_part_of_a_file_is_in_the_file(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/cloudfile/get"] = {"url": "https://v.test/2.mp4", "status": 0}
    begin = NOON + timedelta(seconds=700)
    source = adapter.download(camera(), Store.CLOUD, Span(begin, begin + timedelta(seconds=5)), "")
    assert source.begins == NOON + timedelta(seconds=600)


@pytest.mark.usefixtures("quick", "one_file")
def test_downloads_that_cannot_be(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    with pytest.raises(InvalidInput) as caught:
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=900)), "mp4")
    assert caught.value.field == "to"
    gateway.answers[VISION + "vod/cloudfile/get"] = {"url": "", "status": -1, "progress": 5}
    with pytest.raises(Rejected):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    gateway.answers[VISION + "record/query"] = {"recordFileList": []}
    with pytest.raises(NotFound):
        adapter.download(camera(), Store.CLOUD, HOUR, "mp4")
    with pytest.raises(Unsupported):
        adapter.download(camera("QueryRecordList"), Store.DEVICE, HOUR, "mp4")


@pytest.mark.usefixtures("one_file")
def test_a_transcoding_that_stands_still_is_left(
    gateway: Gateway, adapter: LinkVisualAdapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_POLLS", (0.01,))
    monkeypatch.setattr(records, "_PATIENCE", 0.05)
    gateway.answers[VISION + "vod/cloudfile/get"] = [
        *({"url": "", "status": 1, "progress": number} for number in range(8)),
        {"url": "", "status": 1, "progress": 7},
    ]
    with pytest.raises(TimedOut, match="7 %"):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    # Progress is patience anew.
    assert len(gateway.calls("cloudfile/get")) >= 12


@pytest.mark.usefixtures("one_file")
def test_waiting_for_a_file_can_be_called_off(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    token = cancel.CancelToken()

    def answer(_params: Mapping[str, Any]) -> Any:
        threading.Timer(0.05, token.cancel).start()
        return {"url": "", "status": 1, "progress": 1}

    gateway.answers[VISION + "vod/cloudfile/get"] = answer
    with cancel.bound(token), pytest.raises(Cancelled):
        adapter.download(camera(), Store.CLOUD, Span(NOON, NOON + timedelta(seconds=60)), "mp4")
    assert len(gateway.calls("cloudfile/get")) == 1


# PTZ and presets


def test_a_camera_that_moves_until_told_to_stop(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[INVOKE] = {"messageId": "m"}
    channel = camera("StartPTZAction", "StopPTZAction")
    assert {Ability.PTZ, Ability.ZOOM} <= channel.abilities
    adapter.ptz_move(channel, PtzMove.UP, 0.5)
    adapter.ptz_move(channel, PtzMove.UP, 0.5)
    adapter.ptz_move(channel, PtzMove.ZOOM_IN, 1.0)
    adapter.ptz_stop(channel)
    adapter.ptz_move(channel, PtzMove.ZOOM_IN, 1.0)
    adapter.ptz_stop(channel)
    adapter.ptz_stop(channel)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [
        ("StartPTZAction", {"ActionType": 2, "Speed": 1}),
        ("StartPTZAction", {"ActionType": 8, "Speed": 2}),
        ("StopPTZAction", {}),
        ("StartPTZAction", {"ActionType": 8, "Speed": 2}),
        ("StopPTZAction", {}),
        ("StopPTZAction", {}),
    ]


def test_a_start_that_failed_is_sent_again_and_a_stop_repeats(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    channel = camera("StartPTZAction", "StopPTZAction")
    gateway.answers[INVOKE] = [Refusal(6205), {"messageId": "m"}]
    with pytest.raises(DeviceOffline):
        adapter.ptz_move(channel, PtzMove.UP, 0)
    adapter.ptz_move(channel, PtzMove.UP, 0)
    gateway.answers[INVOKE] = [Refusal(20056), {"messageId": "m"}]
    adapter.ptz_stop(channel)
    assert [call["identifier"] for call in gateway.calls(INVOKE)] == [
        "StartPTZAction",
        "StartPTZAction",
        "StopPTZAction",
        "StopPTZAction",
    ]


def test_a_camera_that_moves_by_steps(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[INVOKE] = {"messageId": "m"}
    channel = camera("PTZActionControl")
    for speed in (0.0, 0.5, 1.0):
        adapter.ptz_move(channel, PtzMove.LEFT, speed)
    adapter.ptz_stop(channel)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [("PTZActionControl", {"ActionType": 0, "Step": step}) for step in (1, 5, 10)]
    gateway.answers[INVOKE] = Refusal(20056)
    with pytest.raises(DeviceOffline):
        adapter.ptz_move(channel, PtzMove.LEFT, 1)
    # Two steps would go twice as far.
    assert len(gateway.calls(INVOKE)) == 4


PRESETS = ("PresetLocateControl", "PresetAddControl", "PresetDeleteControl", "QueryPresetMap")


def test_presets(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[INVOKE] = {"messageId": "m", "PresetMap": [2, 1]}
    channel = camera(*PRESETS, inputs=("position",))
    assert Ability.PRESETS in channel.abilities
    assert [preset.index for preset in adapter.presets(channel)] == [1, 2]
    adapter.preset_set(channel, 3, "门")
    adapter.preset_goto(channel, 3)
    adapter.preset_delete(channel, 3)
    sent = [(call["identifier"], call["args"]) for call in gateway.calls(INVOKE)]
    assert sent == [
        ("QueryPresetMap", {}),
        ("PresetAddControl", {"position": 3}),
        ("PresetLocateControl", {"position": 3}),
        ("PresetDeleteControl", {"position": 3}),
    ]
    with pytest.raises(Unsupported):
        adapter.preset_goto(camera(), 3)
    gateway.answers[INVOKE] = {"messageId": "m", "PresetMap": "none of the known forms"}
    with pytest.raises(Unsupported):
        adapter.presets(channel)


# Events


def happened(index: int, when: datetime, **more: Any) -> dict[str, Any]:
    return {
        "eventId": f"e{index}",
        "eventTimeUTC": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventType": 1,
        "eventDesc": "motion",
        "eventPicId": f"p{index}",
        **more,
    }


def test_events_in_milliseconds_with_their_pictures(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    begin = int(NOON.timestamp()) * 1000
    first = happened(1, NOON, eventPicUrl="https://v.test/1.jpg")
    second = happened(2, NOON + timedelta(seconds=9), intelligentTypeList="3")
    late = happened(3, HOUR.end)
    gateway.answers[VISION + "event/query"] = [
        {"eventList": [second, first], "nextValid": True, "nextBeginTime": begin + 10_000},
        {"eventList": [second, late], "nextValid": False, "nextBeginTime": 0},
    ]
    gateway.answers[VISION + "pic/getbyevent"] = {
        "pictureList": [
            {"eventId": "e2", "picUrl": "https://v.test/2.jpg"},
            {"eventId": "e9", "picUrl": "https://v.test/9.jpg"},
        ]
    }
    taken = {
        "pictureId": "p7",
        "pictureTimeUTC": "2023-11-21T04:00:05Z",
        "pictureUrl": "https://v.test/7.jpg",
        "source": 2,
    }
    gateway.answers[VISION + "picture/querybytime"] = {
        "pictureList": [taken, {**taken, "pictureId": "p1", "source": 1}]
    }
    events = adapter.events(camera(), HOUR)
    assert [(one.id, one.kind, one.picture) for one in events] == [
        ("e1", "motion", "https://v.test/1.jpg"),
        ("picture:p7", "picture", "https://v.test/7.jpg"),
        ("e2", "human", "https://v.test/2.jpg"),
    ]
    asked = gateway.calls("event/query")
    assert [one["beginTime"] for one in asked] == [begin, begin + 10_000]
    assert asked[0]["endTime"] == begin + 3_600_001
    assert gateway.calls("pic/getbyevent") == [{"iotId": "cam", "eventIds": ["e2"]}]
    (pictures,) = gateway.calls("picture/querybytime")
    assert (pictures["pageStart"], pictures["pageSize"]) == (0, 100)
    assert pictures["startTime"] == begin


def test_pictures_end_with_a_page_that_is_not_full(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    def answer(params: Mapping[str, Any]) -> Any:
        first = params["pageStart"] * 100
        return {
            "pictureList": [
                {"pictureId": f"p{i}", "pictureTimeUTC": "2023-11-21T04:00:05Z"}
                for i in range(first, min(first + 100, 230))
            ]
        }

    gateway.answers[VISION + "event/query"] = {"eventList": [], "nextValid": False}
    gateway.answers[VISION + "picture/querybytime"] = answer
    assert len(adapter.events(camera(), HOUR)) == 230
    assert [one["pageStart"] for one in gateway.calls("querybytime")] == [0, 1, 2]


# Raw calls


def test_raw_calls_show_no_secrets(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[VISION + "vod/getbyfilename"] = {"vodUrl": "https://v.test/1.mp4?key=HIDDEN"}
    shown = adapter.call("vod_getbyfilename", {"iotId": "cam", "fileName": "f"})
    assert shown == {"vodUrl": "https://v.test/1.mp4?***"}
    with pytest.raises(InvalidInput, match="record_plan_set"):
        adapter.call("record_plan_sett", {})


def test_a_call_that_is_no_answer(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers["/account/checkOrRefreshSession"] = {"identityId": "x"}
    with pytest.raises(BadResponse):
        adapter.call("account_checkOrRefreshSession", {"refreshToken": "r"})


def test_a_channel_of_an_older_tree_still_works(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    """The model is read from what the tree kept; without one, steps are what every PTZ knows."""
    gateway.answers[INVOKE] = {}
    adapter.ptz_move(replace(camera(), raw={}), PtzMove.RIGHT, 1)
    assert gateway.calls(INVOKE)[0]["identifier"] == "PTZActionControl"
