"""Recording plans, event-triggered plans, storage and push intervals."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.linkvisual_support import DAY, Client, midnight
from vsconsole.sandbox.faces.linkvisual_hours import (
    Hour,
    as_rows,
    as_sections,
    from_rows,
    holds,
    moved,
)
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, Section

MORNINGS = [{"dayOfWeek": day, "begin": 6 * 3600, "end": 12 * 3600 - 1} for day in range(7)]


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(19, vendors=["linkvisual"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("喷泉球机")


def new_plan(client: Client, **changes: Any) -> str:
    asked = {"name": "白天", "allDay": 0, "timeSectionList": MORNINGS, **changes}
    return str(client.call("record/plan/set", **asked).data["planId"])


def new_event_plan(client: Client, **changes: Any) -> str:
    asked = {
        "name": "动检",
        "allDay": 1,
        "timeSectionList": [],
        "eventTypeList": [1],
        "preRecordDuration": 5,
        "recordDuration": 60,
        **changes,
    }
    return str(client.call("eventrecord/plan/set", **asked).data["planId"])


# Hours


HOURS = st.lists(
    st.builds(
        lambda day, begin, more: Hour(day, begin, min(begin + more, DAY - 1)),
        st.integers(0, 6),
        st.integers(0, DAY - 1),
        st.integers(0, DAY),
    ),
    max_size=4,
).map(lambda hours: tuple(sorted(set(hours))))


@given(hours=HOURS, zone=st.integers(-11, 12), when=st.integers(1_700_000_000, 1_702_000_000))
def test_hours_hold_the_same_moments_in_every_zone(
    hours: tuple[Hour, ...], zone: int, when: int
) -> None:
    other = moved(hours, zone - 8)
    assert holds(hours, when, 8) == holds(other, when, zone)
    assert from_rows(as_rows(other)) == other


def test_hours_split_at_the_new_midnight() -> None:
    sunday = (Hour(0, 20 * 3600, DAY - 1),)
    assert moved(sunday, 6) == (Hour(1, 2 * 3600, 6 * 3600 - 1),)
    assert moved(sunday, 3) == (Hour(0, 23 * 3600, DAY - 1), Hour(1, 0, 3 * 3600 - 1))
    assert moved((Hour(0, 0, 3599),), -1) == (Hour(6, 23 * 3600, DAY - 1),)
    assert as_sections(sunday, 8) == (Section(weekday=7, begin=20 * 3600, end=DAY),)


# Recording plans


def test_a_plan_from_beginning_to_end(client: Client) -> None:
    plan = new_plan(client)
    got = client.call("record/plan/get", planId=plan).data
    assert got == {"planId": plan, "name": "白天", "allDay": 0, "timeSectionList": MORNINGS}
    assert client.call("record/plan/update", planId=plan, name="Morning").data == {"planId": plan}
    assert client.call("record/plan/get", planId=plan).data == got | {"name": "Morning"}
    listed = client.call("record/plan/query").data
    assert (listed["total"], listed["currentCount"]) == (2, 2)
    assert [row["name"] for row in listed["recordPlanList"]] == ["全天录像", "Morning"]
    page = client.call("record/plan/query", pageStart=1, pageSize=1).data
    assert (page["total"], page["currentCount"]) == (2, 1)
    assert page["recordPlanList"][0]["planId"] == plan
    answer = client.call("record/plan/delete", planId=plan)
    assert "data" not in answer.json
    for call in ("get", "delete", "update"):
        assert client.call(f"record/plan/{call}", planId=plan).code == 1701


def test_hours_are_shown_in_the_zone_that_is_asked_for(client: Client) -> None:
    plan = new_plan(client, timeZone=0)
    assert client.call("record/plan/get", planId=plan, timeZone=0).data["timeSectionList"] == (
        MORNINGS
    )
    shown = client.call("record/plan/get", planId=plan).data["timeSectionList"]
    assert {(row["begin"], row["end"]) for row in shown} == {(14 * 3600, 20 * 3600 - 1)}


def test_plans_that_cannot_be(client: Client) -> None:
    def code(**changes: Any) -> int:
        asked = {"name": "x", "allDay": 0, "timeSectionList": MORNINGS, **changes}
        return client.call("record/plan/set", **asked).code

    assert code(timeSectionList=None) == 400
    assert code(timeSectionList=None, allDay=1) == 200
    assert code(name="") == 400
    assert code(allDay=2) == 400
    assert code(timeZone=13) == 400
    assert code(timeZone=-11) == 200
    for changes in ({"dayOfWeek": 7}, {"begin": -1}, {"end": 86_400}, {"end": 0}, {"begin": None}):
        assert code(timeSectionList=[MORNINGS[0] | changes]) == 400, changes
    assert code(timeSectionList=[MORNINGS[0] | {"color": 1}]) == 200
    assert client.last.unknown == ("timeSectionList.color",)
    plan = new_plan(client, allDay=1, timeSectionList=[])
    assert client.call("record/plan/update", planId=plan, allDay=0).code == 400
    assert client.call("record/plan/query", pageSize=501).code == 400


def test_the_demo_site_records_by_plans(client: Client, dome: Camera) -> None:
    whole = client.call("record/plan/query").data["recordPlanList"][0]["planId"]
    bound = client.call("record/plan/bind/device/query", planId=whole).data
    assert bound["total"] == bound["currentCount"] == 6
    assert {"iotId": client.iot(dome), "streamType": 0} in bound["deviceList"]
    of_dome = client.call("record/plan/getbyiotid", iotId=client.iot(dome)).data
    assert of_dome["planId"] == whole
    shed = client.iot(client.camera("自行车棚"))
    assert "data" not in client.call("record/plan/getbyiotid", iotId=shed).json
    motion = client.call("eventrecord/plan/getbyiotid", iotId=shed).data
    assert (motion["eventTypeList"], motion["preRecordDuration"]) == ([1], 5)


def test_a_bound_plan_decides_what_is_recorded(client: Client, dome: Camera) -> None:
    iot = client.iot(dome)
    # From tomorrow's midnight on only mornings are recorded.
    client.call("record/plan/bind", planId=new_plan(client), iotId=iot)
    noon_to_night = midnight(-1) + 13 * 3600
    morning = midnight(-1) + 8 * 3600 + 1800
    client.face.token_seconds = 10 * DAY
    client.world.ahead = midnight(-2) - midnight(0) + 3600
    assert client.world.cloud_ranges(dome, morning, morning + 600)
    assert not client.world.cloud_ranges(dome, noon_to_night, noon_to_night + 6 * 3600)
    client.world.ahead = 0
    assert "data" not in client.call("record/plan/unbind", iotId=iot).json
    assert client.call("record/plan/unbind", iotId=iot).code == 200
    client.world.ahead = 3 * DAY
    assert not client.world.cloud_ranges(dome, midnight(-2), midnight(-3))


def test_deleting_and_changing_a_plan_reaches_its_devices(client: Client, dome: Camera) -> None:
    plan = new_plan(client)
    client.call("record/plan/bind", planId=plan, iotId=client.iot(dome))
    assert dome.live_coverage[-1].sections == as_sections(from_rows(MORNINGS), 8)
    client.call("record/plan/update", planId=plan, allDay=1)
    assert len(dome.live_coverage[-1].sections) == 7
    assert dome.live_coverage[-1].sections[0].end == DAY
    client.call("record/plan/delete", planId=plan)
    assert dome.live_coverage[-1].end is not None
    assert "data" not in client.call("record/plan/getbyiotid", iotId=client.iot(dome)).json


def test_the_sub_stream_has_a_plan_of_its_own(client: Client, dome: Camera) -> None:
    iot = client.iot(dome)
    plan = new_plan(client, allDay=1)
    client.call("record/plan/bind", planId=plan, iotId=iot, streamType=1)
    assert client.call("record/plan/getbyiotid", iotId=iot, streamType=1).data["planId"] == plan
    assert client.call("record/plan/getbyiotid", iotId=iot).data["planId"] != plan
    begin = midnight(-1)
    client.world.ahead = 2 * DAY
    main = client.face.tape.files(dome, 0, begin, begin + DAY)
    sub = client.face.tape.files(dome, 1, begin, begin + DAY)
    assert [(f.begin, f.end) for f in sub] == [(f.begin, f.end) for f in main]
    assert sub
    assert {f.stream for f in sub} == {1}


def test_binding_needs_storage_and_things_that_exist(client: Client, dome: Camera) -> None:
    plan = new_plan(client)
    dark = client.iot(client.camera("旧门卫室"))
    assert client.call("record/plan/bind", planId=plan, iotId=dark).code == 403
    assert client.call("record/plan/bind", planId=plan, iotId="nothing").code == 62101
    assert client.call("record/plan/bind", planId="nothing", iotId=client.iot(dome)).code == 1701
    assert client.call("record/plan/bind", planId=plan, iotId=dark, streamType=2).code == 400


# Event-triggered plans


def test_an_event_plan_from_beginning_to_end(client: Client, dome: Camera) -> None:
    plan = new_event_plan(client)
    got = client.call("eventrecord/plan/getbyid", planId=plan).data
    assert got == {
        "planId": plan,
        "name": "动检",
        "allDay": 1,
        "timeSectionList": [],
        "preRecordDuration": 5,
        "recordDuration": 60,
        "eventTypeList": [1],
    }
    answer = client.call("eventrecord/plan/update", planId=plan, preRecordDuration=0)
    assert "data" not in answer.json
    assert client.call("eventrecord/plan/getbyid", planId=plan).data == got | {
        "preRecordDuration": 0
    }
    assert client.call("eventrecord/plan/query").data["total"] == 2
    iot = client.iot(dome)
    assert client.call("eventrecord/plan/device/bind", planId=plan, iotId=iot).code == 200
    assert client.call("eventrecord/plan/getbyiotid", iotId=iot).data["planId"] == plan
    bound = client.call("eventrecord/bind/device/query", planId=plan).data
    assert bound["deviceList"] == [{"iotId": iot, "streamType": 0}]
    client.call("eventrecord/plan/unbind", iotId=iot)
    assert client.call("eventrecord/bind/device/query", planId=plan).data["total"] == 0
    client.call("eventrecord/plan/delete", planId=plan)
    assert client.call("eventrecord/plan/getbyid", planId=plan).code == 1701


def test_event_plans_that_cannot_be(client: Client) -> None:
    good = {
        "name": "x",
        "allDay": 1,
        "eventTypeList": [1],
        "recordDuration": 30,
        "timeSectionList": [],
    }

    def code(**changes: Any) -> int:
        return client.call("eventrecord/plan/set", **(good | changes)).code

    assert code() == 200
    assert code(eventTypeList=[]) == 400
    assert code(eventTypeList=[2]) == 400
    assert code(eventTypeList=["1"]) == 400
    assert code(recordDuration=0) == 400
    assert code(preRecordDuration=30) == 400
    plan = new_event_plan(client)
    assert client.call("eventrecord/plan/update", planId=plan, recordDuration=3).code == 400
    assert client.call("eventrecord/plan/getbyid", planId=plan).data["recordDuration"] == 60


def test_events_are_recorded_by_their_plan(client: Client, dome: Camera) -> None:
    iot = client.iot(dome)
    client.call("record/plan/unbind", iotId=iot)
    client.call("eventrecord/plan/device/bind", planId=new_event_plan(client), iotId=iot)
    client.world.ahead = 2 * DAY
    begin = midnight(-1)
    events = client.face.tape.happenings(dome, begin, begin + DAY)
    files = client.face.tape.files(dome, 0, begin, begin + DAY)
    assert events
    assert {file.kind for file in files} == {"event"}
    for event in events:
        shown = client.face.tape.recorded(event)
        assert shown[0].begin <= event.when - 5
        assert shown[-1].end >= event.when + 55


# Storage and push intervals


def test_both_numberings_of_storage(client: Client) -> None:
    gate = client.iot(client.camera("南区大门"))
    shed = client.iot(client.camera("自行车棚"))
    before = client.call("cloudstorage/presented/get", iotId=gate).data
    assert (before["type"], before["consumed"], before["expired"]) == (1, 0, 0)
    assert "startTime" not in before
    assert client.call("cloudstorage/presented/get", iotId=shed).data["type"] == 2
    assert client.call("cloudstorage/presented/consume", iotId=shed).data["type"] == 0
    made = client.call("cloudstorage/presented/consume", iotId=gate, enableDefaultPlan=True).data
    assert (made["type"], made["consumed"]) == (1, 1)
    assert made["startTimeUTC"].endswith("Z")
    assert made["startTime"][10] == " "
    assert client.call("cloudstorage/presented/consume", iotId=gate).code == 403
    assert client.call("cloudstorage/presented/get", iotId=gate).data["consumed"] == 1
    plan = client.call("record/plan/getbyiotid", iotId=gate).data
    assert plan["allDay"] == 1
    dark = client.iot(client.camera("旧门卫室"))
    assert client.call("cloudstorage/presented/get", iotId=dark).data["expired"] == 1


def test_push_intervals(client: Client, dome: Camera) -> None:
    asked = {"iotId": client.iot(dome), "eventType": 1}
    config = client.call("bizevent/config/get", **asked).data["eventConfig"]
    assert config == {"eventType": 1, "eventInterval": 120}
    assert "data" not in client.call("bizevent/config/set", **asked, eventInterval=30).json
    assert client.call("bizevent/config/get", **asked).data["eventConfig"]["eventInterval"] == 30
    other = client.call("bizevent/config/get", **(asked | {"eventType": 2})).data
    assert other["eventConfig"]["eventInterval"] == 120
    client.call("bizevent/config/set", **asked)
    assert client.call("bizevent/config/get", **asked).data["eventConfig"]["eventInterval"] == 120
    assert client.call("bizevent/config/get", **(asked | {"eventType": 3})).code == 400
