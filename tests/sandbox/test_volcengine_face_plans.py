"""Record plans and templates, and what they do to recordings."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.volcengine_support import DAY, NOBODY, OLD, Client
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def line(client: Client) -> Camera:
    return client.camera("分拣线1")


def plans(client: Client) -> list[dict[str, Any]]:
    return list(client.get("ListRecordPlans").result["List"])


def template(client: Client) -> str:
    return str(client.get("ListRecordTemplates").result["Templates"][0]["TemplateID"])


def records_now(client: Client, camera: Camera) -> bool:
    """Whether what a camera shows from now on is recorded."""
    later = client.world.now() + DAY
    held = camera.live_coverage
    return bool(held) and held[-1].end is None and held[-1].begin <= later


def test_the_first_plan_binds_every_camera(client: Client) -> None:
    answer = client.get("ListRecordPlans").result
    assert answer["PageResult"]["TotalCount"] == 1
    plan = answer["List"][0]
    assert plan["Status"] == "enabled"
    assert plan["BindStreamNum"] == len(client.world.cameras)
    assert isinstance(plan["CreatedAt"], int)
    assert plan["BindTemplate"] == template(client)
    assert plan["TemplateInfo"]["TTL"]["Days"] == 75
    assert client.get("GetRecordPlan", PlanID=plan["PlanID"]).result == plan
    assert client.get("ListRecordPlans", FilterName="zz").result["List"] == []
    bound = client.get("ListRecordPlanChannels", PlanID=plan["PlanID"], PageSize=100).result
    assert sum(len(rows) for rows in bound["List"].values()) == len(client.world.cameras)
    recorder = client.device("分拣NVR")
    assert [r["ChannelID"] for r in bound["List"][recorder.code]] == [
        c.code for c in recorder.cameras
    ]


def test_a_plan_is_made_changed_and_deleted(client: Client, line: Camera) -> None:
    first = plans(client)[0]["PlanID"]
    assert client.post("DeleteRecordPlan", OLD, PlanID=first).result == {"ID": first}
    assert not records_now(client, line)
    assert client.get("GetRecordPlan", PlanID=first).error == (404, "NotFound.RecordPlanData")
    body = {"PlanName": "夜间", "BindTemplate": template(client), "Status": "enabled"}
    made = client.post("CreateRecordPlan", OLD, **body, MainStreams=[line.id]).result["ID"]
    assert records_now(client, line)
    other = client.camera("Conveyor")
    assert not records_now(client, other)
    recorder = client.device("分拣NVR").code
    client.post(
        "UpdateRecordPlan",
        OLD,
        PlanID=made,
        PlanName="Night",
        AddList={"Devices": {recorder: [{"ChannelID": other.code}]}},
        DelList={"Streams": [line.id]},
    )
    assert client.last.unknown == ()
    assert [(p["PlanName"], p["BindStreamNum"]) for p in plans(client)] == [("Night", 1)]
    assert records_now(client, other)
    assert not records_now(client, line)
    client.post("UpdateRecordPlan", OLD, PlanID=made, Status="disabled", Description="d")
    assert (plans(client)[0]["Status"], plans(client)[0]["Description"]) == ("disabled", "d")
    assert not records_now(client, other)


def test_what_was_recorded_stays(client: Client, line: Camera) -> None:
    now = client.world.now()
    before = client.world.cloud_ranges(line, now - 3 * DAY, now - DAY)
    assert before
    client.post("DeleteRecordPlan", OLD, PlanID=plans(client)[0]["PlanID"])
    assert client.world.cloud_ranges(line, now - 3 * DAY, now - DAY) == before


def test_plans_that_cannot_be(client: Client, line: Camera) -> None:
    body = {"PlanName": "x", "BindTemplate": template(client), "Status": "enabled"}

    def error(**changes: object) -> tuple[int, str]:
        return client.post("CreateRecordPlan", OLD, **{**body, **changes}).error

    assert error(PlanName="全园录像") == (400, "InvalidParameter.PlanName")
    assert error(Status="on") == (400, "InvalidParameter.Status")
    assert error(BindTemplate=NOBODY) == (404, "NotFound.TemplateData")
    assert error(BindTemplate=None) == (400, "MissingParameter")
    assert error(MainStreams=[NOBODY]) == (404, "NotFound.StreamData")
    assert error(BindChannels={"1": []}) == (404, "NotFound.DeviceData")
    code = client.device("分拣NVR").code
    assert error(BindChannels={code: [{"ChannelID": "1"}]}) == (404, "NotFound.ChannelData")
    assert error(BindChannels={code: "x"}) == (400, "InvalidParameter.BindChannels")
    assert error(BindChannels=[]) == (400, "InvalidParameter.BindChannels")
    made = client.post("CreateRecordPlan", OLD, **body).result["ID"]
    taken = client.post("UpdateRecordPlan", OLD, PlanID=made, PlanName="全园录像")
    assert taken.error == (400, "InvalidParameter.PlanName")
    same = client.post("UpdateRecordPlan", OLD, PlanID=made, PlanName="x")
    assert same.result == {"ID": made}


def test_templates(client: Client, line: Camera) -> None:
    record = client.get("ListRecordTemplates").result["Templates"][0]
    assert record["TemplateType"] == "record"
    assert record["Record"]["RecordDuration"] == 3_600_000
    shots = client.get("ListScreenshotTemplates").result
    assert (shots["TotalCount"], shots["Templates"][0]["Screenshot"]["ScreenshotPeriod"]) == (
        1,
        60_000,
    )
    body = {"TemplateName": "t", "Type": ["realtime"], "TTL": {"Days": 3}}
    made = client.post("CreateScreenshotTemplate", OLD, **body, ScreenshotPeriod=30_000).result[
        "ID"
    ]
    assert client.get("ListScreenshotTemplates").result["TotalCount"] == 2
    for period in (10_000, 180_000, None):
        bad = client.post("CreateScreenshotTemplate", OLD, **body, ScreenshotPeriod=period)
        assert bad.status == 400
    assert client.post("SetStreamTemplate", OLD, StreamID=line.id, TemplateID=made).result is None
    row = client.get("GetStream", StreamID=line.id, StreamingIndex=0).result
    assert row["Screenshot"]["TemplateID"] == made
    cancel = {"StreamID": line.id, "TemplateType": "screenshot"}
    assert client.get("CancelStreamTemplate", **cancel).result is None
    assert client.get("CancelStreamTemplate", **cancel).error == (404, "NotFound.TemplateData")
    bad = client.post("SetStreamTemplate", OLD, StreamID=line.id, TemplateID=NOBODY)
    assert bad.error == (404, "NotFound.TemplateData")


def test_a_streams_own_record_template_records_without_a_plan(client: Client, line: Camera) -> None:
    client.post("DeleteRecordPlan", OLD, PlanID=plans(client)[0]["PlanID"])
    own = template(client)
    client.post("SetStreamTemplate", OLD, StreamID=line.id, TemplateID=own)
    assert records_now(client, line)
    client.get("CancelStreamTemplate", StreamID=line.id, TemplateType="record")
    assert not records_now(client, line)
