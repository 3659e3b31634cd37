"""Calls 39 to 67: plans, templates and bringing recordings back."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.face_support import DAY, Answer, Client, midnight
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, build

LIVE, BACKUP = "/ivc/record", "/ivc/recordbackup"
NOBODY = "00000000-0000-0000-0000-000000000000"
LIFE = {"Transition": 30, "Expiration": 60}


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(14, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def pair(camera: Camera) -> dict[str, str]:
    return {"DeviceId": camera.device_id, "ChannelId": camera.id}


def template_id(client: Client, kind: str) -> str:
    return str(client.get(f"{kind}/templatelist/query").data[0]["TemplateId"])


def free(client: Client, camera: Camera) -> None:
    """Take a camera out of its live plan."""
    plan = client.world.plans.plan_of(camera, "live")
    assert plan is not None
    answer = client.post(f"{LIVE}/plan/modify", PlanId=plan.id, Mod={"Del": [camera.id]})
    assert answer.code == 200


def add_plan(client: Client, kind: str, **changes: Any) -> Answer:
    body = {
        "PlanName": "plan-1",
        "TemplateId": template_id(client, kind),
        "LifeCycle": LIFE,
        **changes,
    }
    return client.post(f"{kind}/plan/add", **body)


@pytest.mark.parametrize("kind", [LIVE, BACKUP])
def test_a_plan_comes_changes_and_goes(client: Client, kind: str) -> None:
    camera = client.camera("东门球机")
    free(client, camera)
    made = add_plan(client, kind, Channels=[pair(camera)], Describe="words").data
    head = {"PlanId", "PlanName", "TemplateId", "Describe"}
    assert set(made) == (head if kind == LIVE else head | {"LifeCycle"})
    shown = client.get(f"{kind}/plan/query/byid", PlanId=made["PlanId"]).data
    assert shown["LifeCycle"] == LIFE
    assert shown["Status"] == 1
    assert shown.get("StreamType") == ("default" if kind == LIVE else None)
    assert shown in client.get(f"{kind}/planlist/query").data
    listed = client.get(
        f"{kind}/devicelist/query", PlanId=made["PlanId"], PageSize=10, PageNumber=1
    ).data
    assert (listed["TotalCount"], listed["PageSize"], listed["PageNumber"]) == (1, 10, 1)
    assert listed["List"] == [
        {
            **pair(camera),
            "DeviceName": "东门球机",
            "ChannelName": "东门球机",
            "OrganizationName": "North-Gate",
        }
    ]
    change = {"PlanName": "plan-2", "Describe": "", "LifeCycle": {"Transition": 1, "Expiration": 0}}
    changed = client.post(f"{kind}/plan/modify", PlanId=made["PlanId"], Mod=change).data
    assert (changed["PlanName"], changed["Describe"]) == ("plan-2", "")
    if kind == BACKUP:
        assert changed["ChannelCount"] == 1
        assert changed["CreateAt"][4] == "-"
    assert client.post(f"{kind}/plan/modify", PlanId=made["PlanId"], Mod={}).code == 200
    assert client.post(f"{kind}/plan/delete", PlanId=made["PlanId"]).data == {}
    assert client.get(f"{kind}/plan/query/byid", PlanId=made["PlanId"]).code == 40006
    assert client.post(f"{kind}/plan/delete", PlanId=made["PlanId"]).code == 40006


def test_a_channel_is_in_one_plan_of_a_kind(client: Client) -> None:
    camera = client.camera("前门")
    assert add_plan(client, LIVE, Channels=[pair(camera)]).code == 42205
    assert add_plan(client, BACKUP, Channels=[pair(camera)]).code == 200
    assert add_plan(client, BACKUP, PlanName="b", Channels=[pair(camera)]).code == 42205
    free(client, camera)
    assert add_plan(client, LIVE, PlanName="c", Channels=[pair(camera)]).code == 200


def test_recording_follows_the_plan(client: Client) -> None:
    camera = client.camera("前门")
    today = midnight(0)
    # 08:45 is always within a recording.
    client.world.ahead = today + 8 * 3600 + 2700 - time.time()
    until = client.world.cloud_ranges(camera, today, today + DAY)[-1].end
    plan = client.world.plans.plan_of(camera, "live")
    assert plan is not None
    client.world.plans.withdraw(plan, camera)
    client.world.ahead += 300
    assert client.world.cloud_ranges(camera, today, today + DAY)[-1].end <= until + 5


def test_organizations_bring_their_free_channels(client: Client) -> None:
    hall = client.device("大厅NVR")
    org = str(hall.group_id)
    for camera in hall.cameras[:3]:
        free(client, camera)
    count = f"{LIVE}/channelcount/query"
    assert client.post(count, OrganizationId=[org]).data == {
        "TotalCount": 9,
        "NotInPlanCount": 3,
    }
    page = {"OrganizationId": org, "PageSize": 20, "PageNumber": 1}
    rows = client.get(f"{LIVE}/channellist/query", **page).data
    assert rows["TotalCount"] == 9
    assert [r["InPlan"] for r in rows["List"]][:4] == [False, False, False, True]
    only = client.get(f"{LIVE}/channellist/query", **page, ChannelName="前门").data["List"]
    assert [r["ChannelName"] for r in only] == ["前门"]
    # A channel name counts before a device name.
    both = client.get(
        f"{LIVE}/channellist/query", **page, ChannelName="前门", DeviceName="旧机房"
    ).data
    assert both["TotalCount"] == 1
    made = add_plan(client, LIVE, OrganizationId=[org]).data
    assert client.post(count, OrganizationId=[org]).data["NotInPlanCount"] == 0
    shown = {"PlanId": made["PlanId"], "PageSize": 2, "PageNumber": 2}
    second = client.get(f"{LIVE}/devicelist/query", **shown).data
    assert (second["TotalCount"], len(second["List"])) == (3, 1)
    by_org = client.get(f"{LIVE}/devicelist/query", **shown, OrganizationName="none").data
    assert by_org["TotalCount"] == 0


def test_all_planned_channels(client: Client) -> None:
    ids = client.get(f"{LIVE}/allchannellist/query").data["List"]
    assert set(ids) == set(client.world.cameras)
    for plan in client.get(f"{LIVE}/planlist/query").data:
        client.post(f"{LIVE}/plan/delete", PlanId=plan["PlanId"])
    assert client.get(f"{LIVE}/allchannellist/query").data == {"List": None}
    assert client.get(f"{LIVE}/planlist/query").data is None


def test_backup_channels_of_all_plans(client: Client) -> None:
    page = {"PageSize": 20, "PageNumber": 1}
    path = f"{BACKUP}/devicelist/query"
    assert client.get(path, PlanId="", **page).data["TotalCount"] == 1
    add_plan(client, BACKUP, Channels=[pair(client.camera("前门"))])
    assert client.get(path, PlanId="", **page).data["TotalCount"] == 2
    assert client.get(path, PlanId="", **page, ChannelName="前").data["TotalCount"] == 1
    assert client.get(path, PlanId="none", **page).code == 40006
    assert client.get(path, **page).code == 40001


@pytest.mark.parametrize("kind", [LIVE, BACKUP])
def test_plans_that_cannot_be(client: Client, kind: str) -> None:
    taken = client.get(f"{kind}/planlist/query").data[0]
    camera = client.camera("前门")
    other_kind = template_id(client, BACKUP if kind == LIVE else LIVE)
    cases: list[tuple[dict[str, Any], int, int]] = [
        ({"PlanName": "a" * 33}, 41624, 200),
        ({"PlanName": "a b"}, 41624, 200),
        ({"PlanName": taken["PlanName"]}, 43411, 400),
        ({"Describe": "a" * 129}, 41625, 200),
        ({"TemplateId": "none"}, 40006, 200),
        ({"TemplateId": other_kind}, 40006, 200),
        ({"LifeCycle": {"Transition": 0, "Expiration": 0}}, 40005, 200),
        ({"LifeCycle": {"Transition": 3651, "Expiration": 0}}, 40005, 200),
        ({"LifeCycle": {"Transition": 1, "Expiration": 59}}, 40005, 200),
        ({"LifeCycle": {"Transition": 1, "Expiration": 3651}}, 40005, 200),
        ({"LifeCycle": {"Transition": 1}}, 40001, 200),
        ({"Channels": [{**pair(camera), "DeviceId": NOBODY}]}, 42206, 200),
        ({"Channels": [{**pair(camera), "ChannelId": NOBODY}]}, 42207, 200),
        ({"Channels": [{"ChannelId": camera.id}]}, 40001, 200),
        ({"Channels": "all"}, 40001, 200),
        ({"OrganizationId": [str(n) for n in range(11)]}, 43406, 400),
        ({"OrganizationId": ["98765"]}, 40006, 200),
    ]
    for change, code, status in cases:
        answer = add_plan(client, kind, **change)
        assert (answer.code, answer.status) == (code, status), change
    assert len(client.get(f"{kind}/planlist/query").data) == (2 if kind == LIVE else 1)


def test_rtmp_has_nothing_to_back_up(client: Client) -> None:
    push = client.camera("移动推流")
    assert add_plan(client, BACKUP, Channels=[pair(push)]).code == 40002
    org = [str(client.device("移动推流").group_id)]
    made = add_plan(client, BACKUP, OrganizationId=org).data
    assert push.id not in client.world.plans.plans[made["PlanId"]].cameras


def test_a_change_that_cannot_be_changes_nothing(client: Client) -> None:
    plan, other = client.get(f"{LIVE}/planlist/query").data
    camera = client.camera("前门")

    def modify(**change: Any) -> int:
        return client.post(f"{LIVE}/plan/modify", PlanId=plan["PlanId"], Mod=change).code

    assert modify(PlanName=other["PlanName"]) == 43411
    assert modify(PlanName="new", TemplateId="none") == 40006
    assert modify(PlanName="new", Add=[pair(camera)]) == 42205
    assert modify(PlanName="new", Del=[NOBODY]) == 42207
    assert modify(PlanName="new", Del=[client.camera("收银台").id]) == 40005
    assert modify(PlanName="new", OrganizationId=["98765"]) == 40006
    assert modify(PlanName="") == 41624
    assert client.get(f"{LIVE}/planlist/query").data == [plan, other]
    assert modify(PlanName=plan["PlanName"]) == 200
    assert modify(Del=[camera.id]) == 200
    assert modify(Add=[pair(camera)]) == 200
    assert client.post(f"{LIVE}/plan/modify", PlanId="none", Mod={}).code == 40006


def test_counting_takes_ten_organizations(client: Client) -> None:
    ids = [str(g) for g in client.world.groups]
    path = f"{LIVE}/channelcount/query"
    total = client.post(path, OrganizationId=ids).data["TotalCount"]
    assert total == len(client.world.cameras)
    answer = client.post(path, OrganizationId=[ids[0]] * 11)
    assert (answer.code, answer.status) == (43406, 400)


# Templates


def section(day: int = 1, begin: str = "08:00:00", end: str = "12:00:00") -> dict[str, object]:
    return {"DayOfWeek": day, "StartTime": begin, "EndTime": end}


def test_a_template_comes_changes_and_goes(client: Client) -> None:
    sections = [section(), section(1, "20:30:00", "23:40:00"), section(7, "00:00:00", "23:59:59")]
    made = client.post(f"{LIVE}/template/add", TemplateName="t-1", TimeSections=sections).data
    assert made["TimeSections"] == sections
    query = {"TemplateId": made["TemplateId"]}
    assert client.get(f"{LIVE}/template/query", **query).data == made
    assert made in client.get(f"{LIVE}/templatelist/query").data
    change = {"TemplateName": "t-2"}
    changed = client.post(f"{LIVE}/template/modify", **query, Mod=change).data
    assert changed == {**made, "TemplateName": "t-2"}
    change2 = {"TimeSections": [section(2)]}
    changed = client.post(f"{LIVE}/template/modify", **query, Mod=change2).data
    assert changed["TimeSections"] == [section(2)]
    assert client.get(f"{BACKUP}/template/query", **query).code == 40006
    assert client.post(f"{LIVE}/template/delete", **query).data == {}
    assert client.get(f"{LIVE}/template/query", **query).code == 40006


def test_a_template_in_use_stays(client: Client) -> None:
    for kind in (LIVE, BACKUP):
        answer = client.post(f"{kind}/template/delete", TemplateId=template_id(client, kind))
        assert (answer.code, answer.status) == (43409, 400)
    for plan in client.get(f"{BACKUP}/planlist/query").data:
        client.post(f"{BACKUP}/plan/delete", PlanId=plan["PlanId"])
    used = template_id(client, BACKUP)
    assert client.post(f"{BACKUP}/template/delete", TemplateId=used).data == {}
    assert client.get(f"{BACKUP}/templatelist/query").data is None


@pytest.mark.parametrize(
    ("sections", "code"),
    [
        ([section(0)], 43402),
        ([section(8)], 43402),
        ([section(1, "8:00:00")], 43403),
        ([section(1, "08:00:00", "23:400:00")], 43403),
        ([section(1, "08:00:00", "24:00:00")], 43403),
        ([section(1, "12:00:00", "08:00:00")], 43404),
        ([section(1, "08:00:00", "08:09:59")], 43405),
        ([section(), section(2, "08:00:00", "08:00:00")], 43405),
        ([], 40001),
        ([{"DayOfWeek": 1}], 40001),
    ],
)
def test_sections_that_cannot_be(
    client: Client, sections: list[dict[str, object]], code: int
) -> None:
    status = 400 if code > 43400 else 200
    body: dict[str, Any] = {"TemplateName": "t", "TimeSections": sections}
    answer = client.post(f"{LIVE}/template/add", **body)
    assert (answer.code, answer.status) == (code, status)
    more = {"DevTimeSections": [section()], "Scale": 1}
    answer = client.post(f"{BACKUP}/template/add", **body, **more)
    assert (answer.code, answer.status) == (code, status)


def test_template_names_are_unique(client: Client) -> None:
    taken = client.get(f"{LIVE}/templatelist/query").data[0]["TemplateName"]
    body: dict[str, Any] = {"TimeSections": [section()]}
    answer = client.post(f"{LIVE}/template/add", TemplateName=taken, **body)
    assert (answer.code, answer.status) == (43410, 400)
    assert client.post(f"{LIVE}/template/add", TemplateName="a" * 33, **body).code == 41624
    assert client.post(f"{LIVE}/template/add", TemplateName="a" * 32, **body).code == 200
    made = template_id(client, LIVE)
    assert (
        client.post(f"{LIVE}/template/modify", TemplateId=made, Mod={"TemplateName": "a" * 32}).code
        == 43410
    )


def backup_template(client: Client, **changes: Any) -> Answer:
    body = {
        "TemplateName": "b-1",
        "TimeSections": [section(2, "00:00:00", "02:00:00")],
        "DevTimeSections": [section(1, "08:00:00", "12:00:00")],
        "Scale": 2,
        **changes,
    }
    return client.post(f"{BACKUP}/template/add", **body)


def test_backup_windows_must_fit_what_was_recorded(client: Client) -> None:
    made = backup_template(client).data
    assert made["Scale"] == 2
    assert made["DevTimeSections"] == [section(1, "08:00:00", "12:00:00")]
    assert made["CreateAt"] == made["UpdateAt"]
    query = {"TemplateId": made["TemplateId"]}
    assert client.get(f"{BACKUP}/template/query", **query).data == made
    for change, code in (
        ({"Scale": 1}, 43408),
        ({"Scale": 3}, 43412),
        ({"Scale": 8}, 43412),
        # The window is on the day after, so the same day does not help.
        ({"TimeSections": [section(1, "00:00:00", "02:00:00")]}, 43408),
        ({"TimeSections": [section(2, "00:00:00", "01:59:59")]}, 43408),
        ({"DevTimeSections": [section(7), section(1)]}, 43408),
    ):
        answer = backup_template(client, TemplateName="b-2", **change)
        assert (answer.code, answer.status) == (code, 400), change
    sunday = {
        "DevTimeSections": [section(7, "08:00:00", "12:00:00")],
        "TimeSections": [section(1, "00:00:00", "01:00:00")],
        "Scale": 4,
    }
    assert backup_template(client, TemplateName="b-3", **sunday).code == 200
    same = {k: made[k] for k in ("TimeSections", "DevTimeSections")}
    modify = f"{BACKUP}/template/modify"
    assert client.post(modify, **query, Mod={**same, "Scale": 1}).code == 43408
    assert client.post(modify, **query, Mod={**same, "Scale": 4}).data["Scale"] == 4
    assert client.post(modify, **query, Mod=same).code == 40001
    assert client.get(f"{BACKUP}/template/query", **query).data["Scale"] == 4


# Retrieval


def cold_morning(client: Client, camera: Camera) -> int:
    for age in range(build.HOT_DAYS + 3, build.HOT_DAYS + 20):
        begin = midnight(age)
        if client.world.cloud_ranges(camera, begin, begin + DAY):
            return begin + 8 * 3600 + 1800
    raise AssertionError("no cold day")


def retrieve(client: Client, camera: Camera, begin: int, **changes: Any) -> Answer:
    body = {
        "TaskName": "back-1",
        "StartTime": begin,
        "EndTime": begin + 1200,
        "Mode": 1,
        "Expiration": 10,
        "Channels": [pair(camera)],
        **changes,
    }
    return client.post(f"{LIVE}/retrievetask/add", **body)


def test_retrieval_makes_cold_recordings_playable(client: Client) -> None:
    camera = client.camera("前门")
    begin = cold_morning(client, camera)
    asked = {"ChannelId": camera.id, "StartTime": begin, "EndTime": begin + 600}
    assert client.get(f"{LIVE}/playback/url", **asked).code == 42506
    made = retrieve(client, camera, begin).data
    assert (made["Status"], made["Mode"], made["Expiration"]) == (2, 1, 10)
    assert made["Capacity"] > 0
    client.world.ahead = 1.5
    task = {"TaskId": made["TaskId"]}
    assert client.get(f"{LIVE}/retrievetaskdetails/query", **task).data["Status"] == 1
    client.world.ahead = 5
    shown = client.get(f"{LIVE}/retrievetaskdetails/query", **task).data
    assert shown["Status"] == 0
    assert [c["Status"] for c in shown["Channels"]] == [0]
    assert shown["Channels"][0]["ChannelName"] == "前门"
    assert [t["TaskId"] for t in client.get(f"{LIVE}/retrievetasklist/query").data] == [
        made["TaskId"]
    ]
    url = client.get(f"{LIVE}/playback/url", **asked).data["Hls"]
    assert client.fetch(url).status == 200
    assert client.post(f"{LIVE}/retrievetask/delete", **task).data == {}
    assert client.get(f"{LIVE}/playback/url", **asked).code == 42506
    assert client.post(f"{LIVE}/retrievetask/delete", **task).code == 40006


def test_a_channel_without_recordings_says_so(client: Client) -> None:
    camera = client.camera("前门")
    noon = cold_morning(client, camera) + 3 * 3600 + 1800
    made = retrieve(client, camera, noon).data
    shown = client.get(f"{LIVE}/retrievetaskdetails/query", TaskId=made["TaskId"]).data
    assert [c["Status"] for c in shown["Channels"]] == [3]
    assert shown["Capacity"] == 0


def test_retrievals_that_cannot_be(client: Client) -> None:
    camera = client.camera("前门")
    begin = cold_morning(client, camera)
    day = begin - 8 * 3600 - 1800
    assert retrieve(client, camera, begin).code == 200
    for change, code in (
        ({}, 41624),
        ({"TaskName": "a" * 33}, 41624),
        ({"TaskName": "b", "Mode": 2}, 40005),
        ({"TaskName": "b", "Expiration": 0}, 40005),
        ({"TaskName": "b", "Expiration": 366}, 40005),
        ({"TaskName": "b", "EndTime": begin - 1}, 41611),
        ({"TaskName": "b", "EndTime": day + DAY + 1}, 40005),
        ({"TaskName": "b", "StartTime": day, "EndTime": day + DAY}, 200),
        ({"TaskName": "c", "Channels": []}, 40005),
        ({"TaskName": "c", "Channels": [pair(camera)] * 33}, 40005),
        ({"TaskName": "c", "Channels": [{**pair(camera), "ChannelId": NOBODY}]}, 42207),
        ({"TaskName": "c", "StartTime": int(time.time()) + 999, "EndTime": 2**33}, 41612),
    ):
        assert retrieve(client, camera, begin, **change).code == code, change
    assert client.get(f"{LIVE}/retrievetaskdetails/query", TaskId="none").code == 40006
