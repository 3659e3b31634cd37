"""Events: alarms and both kinds of digests against the face, and their pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.imou.support import (
    DOCUMENT,
    Refusal,
    adapter_at,
    adapter_with,
    answering,
    asked,
    calls,
    channels,
)
from vsconsole.domain import days
from vsconsole.domain.errors import NotFound, PermissionDenied
from vsconsole.domain.model import Ability, Channel, Key, Status, now
from vsconsole.domain.timeline import Span
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors.imou import happenings
from vsconsole.vendors.imou.adapter import ImouAdapter

ZONE = "Asia/Shanghai"
ANY = Channel(key=Key("a1", "SN1:0"), name="x", zone=ZONE)
BEGIN = datetime(2026, 4, 22, 16, 0, tzinfo=UTC)
DAY = Span(BEGIN, BEGIN + timedelta(days=1))
RECORD = DOCUMENT["answer"]["result"]["data"]["records"][0]
NOTHING: dict[str, Any] = {"alarms": [], "count": 0}


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
    made = Transport(Settings(read_timeout=10))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> ImouAdapter:
    return adapter_at(sandbox, transport)


@pytest.fixture
def one(adapter: ImouAdapter) -> Channel:
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PTZ in channel.abilities and channel.status is Status.ONLINE
    )


def past(count: int) -> Span:
    end = days.span_of(days.day_of(now(), ZONE), ZONE).begin
    return Span(end - timedelta(days=count), end)


def test_alarms_and_both_kinds_of_digests(adapter: ImouAdapter, one: Channel) -> None:
    span = past(3)
    found = adapter.events(one, span)
    sources = {event.id.partition("/")[0] for event in found}
    assert sources == {"alarm", "aiInsight", "aiCloudRecord"}
    assert [event.begin for event in found] == sorted(event.begin for event in found)
    assert len({event.id for event in found}) == len(found)
    for event in found:
        assert event.channel == one.key
        assert event.begin in span
        assert event.title
        assert event.kind in happenings.TITLES
        assert event.picture.startswith("http://127.0.0.1")
        if event.id.startswith("aiCloudRecord"):
            assert event.end is not None
            assert event.end > event.begin
    # The AI's words, which the search finds.
    words = "".join(event.text for event in found if event.id.startswith("ai"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in words)


def test_pictures_can_be_fetched(adapter: ImouAdapter, one: Channel, transport: Transport) -> None:
    event = adapter.events(one, past(1))[0]
    with transport.stream(event.picture) as stream:
        assert stream.read().startswith(b"\xff\xd8")


def test_a_range_in_parts_is_the_range(adapter: ImouAdapter, one: Channel) -> None:
    """Digests are asked for by whole days, yet each event comes once and in its own part."""
    whole = adapter.events(one, past(2))
    parts = [
        event
        for piece in past(2).pieces(timedelta(hours=7))
        for event in adapter.events(one, piece)
    ]
    assert [event.id for event in parts] == [event.id for event in whole]
    begin = past(1).begin
    assert adapter.events(one, Span(begin, begin)) == []


@pytest.mark.parametrize("fault", ["duplicate-page", "unordered-page", "extra-fields"])
def test_nothing_is_lost_or_doubled(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, fault: str
) -> None:
    before = {event.id for event in adapter.events(one, past(1))}
    sandbox.faults.set("imou", fault)
    found = adapter.events(one, past(1))
    assert {event.id for event in found} == before
    assert len(found) == len(before)


def test_many_alarms_are_paged(adapter: ImouAdapter, one: Channel, sandbox: Sandbox) -> None:
    before = len(calls(sandbox, "getAlarmMessage"))
    found = [event for event in adapter.events(one, past(6)) if event.id.startswith("alarm")]
    assert len(found) > 100
    assert len(calls(sandbox, "getAlarmMessage")) - before == len(found) // 100 + 1


def test_a_channel_that_does_not_exist(adapter: ImouAdapter) -> None:
    with pytest.raises(NotFound):
        adapter.events(ANY, past(1))


# Pages, with a server of the test's own


def digests(count: int) -> list[dict[str, Any]]:
    return [
        {
            **RECORD,
            "recordId": str(n),
            "createTime": "20260423T000000",
            "mp4Videos": [
                {**RECORD["mp4Videos"][0], "timePoint": f"{n // 60:02}:{n % 60:02}", "tags": ["车"]}
            ],
        }
        for n in range(1, count + 1)
    ]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_pages_of_digests_follow_the_cursor(transport: Transport, count: int) -> None:
    every = digests(count)

    def page(params: dict[str, Any]) -> Any:
        if params["packageType"] == "aiInsight":
            return {"records": []}
        first = max(0, int(params["recordId"]))
        return {"records": every[first : first + params["count"]]}

    with answering(getCondensedRecords=page, getAlarmMessage=NOTHING) as server:
        found = adapter_with(transport, server.url).events(ANY, DAY)
        video = [
            one
            for one in asked(server, "getCondensedRecords")
            if one["packageType"] == "aiCloudRecord"
        ]
    assert len(found) == count
    assert [one["recordId"] for one in video] == [
        "-1",
        *(str(n * 100) for n in range(1, count // 100 + 1)),
    ]
    # A day's digest is dated by its midnight, so whole days are asked for.
    assert {(one["beginTime"], one["endTime"]) for one in video} == {
        ("2026-04-23 00:00:00", "2026-04-23 23:59:59")
    }


def test_a_server_that_repeats_its_pages_ends(transport: Transport) -> None:
    alarms = [{"alarmId": n, "time": 1776900000 + n, "msgType": "human"} for n in range(100)]
    with answering(
        getCondensedRecords={"records": digests(100)},
        getAlarmMessage={"alarms": alarms, "nextAlarmId": 99},
    ) as server:
        found = adapter_with(transport, server.url).events(ANY, DAY)
        assert len(asked(server, "getCondensedRecords")) == 4
        assert len(asked(server, "getAlarmMessage")) == 2
    assert len([event for event in found if event.id.startswith("aiCloudRecord")]) == 100


def test_the_sample_within_a_day(transport: Transport) -> None:
    """The time of the piece counts, not that of its record, which lies at midnight."""
    with answering(getCondensedRecords={"records": [RECORD]}, getAlarmMessage=NOTHING) as server:
        adapter = adapter_with(transport, server.url)
        at_ten = BEGIN + timedelta(hours=10)
        found = adapter.events(ANY, Span(at_ten, at_ten + timedelta(hours=1)))
        assert [event.begin for event in found] == [at_ten, at_ten]
        assert {event.text for event in found} == {"办公室内多人活动,一戴眼镜白短袖男子在工作"}
        assert adapter.events(ANY, Span(BEGIN, at_ten)) == []


@pytest.mark.parametrize("code", ["ST1004", "ST1005", "DV1026", "OP1019"])
def test_a_device_without_the_package_has_its_alarms(transport: Transport, code: str) -> None:
    def no(_params: object) -> object:
        raise Refusal(code)

    alarm = {"alarmId": 1, "time": int(BEGIN.timestamp()), "msgType": "human"}
    with answering(getCondensedRecords=no, getAlarmMessage={"alarms": [alarm]}) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(2):
            (event,) = adapter.events(ANY, DAY)
        assert event.kind == "person"
        assert len(asked(server, "getCondensedRecords")) == 4


def test_an_application_without_the_right_is_not_asked_again(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("OP1012")

    with answering(getCondensedRecords=no, getAlarmMessage=NOTHING) as server:
        adapter = adapter_with(transport, server.url)
        for _ in range(3):
            assert adapter.events(ANY, DAY) == []
        # Once for each package.
        assert len(asked(server, "getCondensedRecords")) == 2


def test_other_refusals_are_told(transport: Transport) -> None:
    def no(_params: object) -> object:
        raise Refusal("OP1009")

    def none(_params: object) -> object:
        raise Refusal("OP1019")

    with (
        answering(getCondensedRecords=no, getAlarmMessage=none) as server,
        pytest.raises(PermissionDenied),
    ):
        adapter_with(transport, server.url).events(ANY, DAY)
    with (
        answering(getCondensedRecords={}, getAlarmMessage=no) as server,
        pytest.raises(PermissionDenied),
    ):
        adapter_with(transport, server.url).events(ANY, DAY)
