"""Every documented call has a row, takes what the document says, and works at the sandbox."""

from __future__ import annotations

import base64
import io
import json
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.net.support import make_certificate
from tests.vendors.tencent.support import adapter_at
from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.net.endpoint import Endpoint, FilePart
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry
from vsconsole.vendors.tencent.adapter import TencentAdapter
from vsconsole.vendors.tencent.endpoints import ENDPOINTS

DOCUMENT = json.loads((Path(__file__).parent / "document.json").read_text(encoding="utf-8"))
"""Method, path, section and required parameters of each call, read from the document."""

BY_NAME = {endpoint.name: endpoint for endpoint in ENDPOINTS}


def test_the_table_is_the_document() -> None:
    rows = [[e.method, e.path, e.doc, sorted(e.required)] for e in ENDPOINTS]
    assert len(rows) == 83
    assert rows == DOCUMENT
    assert len(BY_NAME) == 83
    assert registry.endpoints("tencent") == ENDPOINTS


def test_what_is_repeated_and_what_is_confirmed() -> None:
    assert all(e.idempotent for e in ENDPOINTS if e.method == "GET")
    assert not any(e.destructive for e in ENDPOINTS if e.method == "GET")
    assert {e.name for e in ENDPOINTS if e.destructive} == {
        e.name for e in ENDPOINTS if "delete" in e.name
    }
    not_twice = {e.name for e in ENDPOINTS if not e.idempotent}
    assert {"control_ptz", "control_record", "device_add", "gateway_upgrade"} < not_twice
    assert not not_twice & {"control_recordctl", "control_preset_manage", "control_stream"}


GOOD: dict[str, dict[str, Any]] = {
    "record_template_add": {
        "TemplateName": "周一",
        "TimeSections": [{"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "08:10:00"}],
    },
    "create_ai_task": {
        "Name": "t",
        "ChannelList": ["c"],
        "Templates": [
            {
                "Tag": "AI",
                "AIConfig": {
                    "DetectType": "Car",
                    "TimeInterval": 20,
                    "OperTimeslot": [{"Start": "10:00:00", "End": "11:00:00"}],
                },
            }
        ],
    },
    "control_recordctl": {"ChannelId": "c", "Session": "s", "Action": "play", "Pos": 0},
    "control_stream": {"ChannelId": "c", "StreamType": 1},
    "device_add": {
        "Name": "hik-1_大厅",
        "AccessProtocol": 2,
        "Type": 1,
        "Password": "123456",
        "OrganizationId": "1",
        "ClusterId": "x",
    },
    "video_download_url": {
        "ChannelId": "c",
        "BeginTime": "1668996000",
        "EndTime": "1668997800",
        "FileType": "mp4",
    },
    "record_plan_add": {
        "PlanName": "p",
        "TemplateId": "t",
        "LifeCycle": {"Transition": 1, "Expiration": 0},
    },
    "get_ai_task_result": {"TaskId": "t", "ChannelId": "c"},
    "organization_add": {"Name": "x" * 16, "ParentId": "0"},
}


@pytest.mark.parametrize("name", GOOD)
def test_good_parameters(name: str) -> None:
    assert BY_NAME[name].check(GOOD[name]) == GOOD[name]


@pytest.mark.parametrize(
    ("name", "change", "field"),
    [
        ("organization_add", {"Name": "x" * 17}, "Name"),
        ("organization_add", {"Name": "a b"}, "Name"),
        ("device_add", {"Name": "x" * 33}, "Name"),
        ("device_add", {"Password": "12345"}, "Password"),
        ("device_add", {"Password": "admin123"}, "Password"),
        ("device_add", {"Description": "x" * 129}, "Description"),
        ("device_add", {"AccessProtocol": 3}, "AccessProtocol"),
        ("control_recordctl", {"Scale": 2}, "Scale"),
        ("control_recordctl", {"Pos": None, "Scale": 3}, "Scale"),
        ("control_recordctl", {"Pos": -1}, "Pos"),
        ("control_recordctl", {"Action": "rewind"}, "Action"),
        ("control_stream", {"Resolution": "6"}, "Resolution"),
        ("control_stream", {"ChannelId": None}, "ChannelId"),
        ("video_download_url", {"EndTime": "1668997801"}, "EndTime"),
        ("video_download_url", {"FileType": "avi"}, "FileType"),
        ("record_plan_add", {"LifeCycle": {"Transition": 0, "Expiration": 0}}, "Transition"),
        ("record_plan_add", {"LifeCycle": {"Transition": 1, "Expiration": 59}}, "Expiration"),
        ("record_plan_add", {"Channels": [{"DeviceId": "d"}]}, "Channels[0].ChannelId"),
        ("record_plan_add", {"PlanName": ""}, "PlanName"),
        ("create_ai_task", {"ChannelList": ["c"] * 1000}, "ChannelList"),
        ("create_ai_task", {"ChannelList": []}, "ChannelList"),
        ("create_ai_task", {"CallbackUrl": "ftp://x"}, "CallbackUrl"),
        ("create_ai_task", {"Templates": [{"Tag": "Snapshot"}]}, "SnapshotConfig"),
        ("get_ai_task_result", {"PageSize": 101}, "PageSize"),
        ("get_ai_task_result", {"BeginTime": 0, "EndTime": 2592001}, "EndTime"),
        ("record_template_add", {"TimeSections": [{"DayOfWeek": 8}]}, "DayOfWeek"),
        (
            "record_template_add",
            {"TimeSections": [{"DayOfWeek": 1, "StartTime": "8:00", "EndTime": "09:00:00"}]},
            "StartTime",
        ),
        (
            "record_template_add",
            {"TimeSections": [{"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "08:09:59"}]},
            "EndTime",
        ),
    ],
)
def test_bad_parameters(name: str, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        BY_NAME[name].check({**GOOD[name], **change})
    assert caught.value.field.endswith(field)


def test_six_time_slots_and_two_tags_are_too_many() -> None:
    good = GOOD["create_ai_task"]
    config = good["Templates"][0]["AIConfig"]
    slots = [{"Start": f"{n:02}:00:00", "End": f"{n:02}:30:00"} for n in range(6)]
    with pytest.raises(InvalidInput, match="at most 5"):
        BY_NAME["create_ai_task"].check(
            {**good, "Templates": [{"Tag": "AI", "AIConfig": {**config, "OperTimeslot": slots}}]}
        )
    both = [*good["Templates"], {"Tag": "Snapshot", "SnapshotConfig": {"TimeInterval": 1}}]
    with pytest.raises(InvalidInput, match="same Tag"):
        BY_NAME["create_ai_task"].check({**good, "Templates": both})


# All 83 at the sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=3, vendors=["tencent"]) as running:
        yield running


@pytest.fixture
def adapter(sandbox: Sandbox) -> Iterator[TencentAdapter]:
    transport = Transport()
    yield adapter_at(sandbox, transport)
    transport.close()


@pytest.mark.parametrize("endpoint", [e for e in ENDPOINTS if e.required], ids=lambda e: e.name)
def test_a_missing_parameter_is_refused_before_sending(
    endpoint: Endpoint, adapter: TencentAdapter, sandbox: Sandbox
) -> None:
    before = len(sandbox.log)
    for name in endpoint.required:
        with pytest.raises(InvalidInput) as caught:
            adapter.call(endpoint.name, {})
        assert caught.value.field in endpoint.required
        assert name in endpoint.required
    assert len(sandbox.log) == before


def pem(tmp_path: Path) -> tuple[FilePart, FilePart]:
    text = make_certificate(tmp_path / "x.pem").read_bytes()
    mark = b"-----BEGIN CERTIFICATE-----"
    key, _, certificate = text.partition(mark)
    return FilePart("k.pem", key), FilePart("c.pem", mark + certificate)


def sheet(template: dict[str, Any], cells: list[str]) -> FilePart:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(base64.b64decode(template["Base64"])))
    book.worksheets[0].append(cells)
    content = io.BytesIO()
    book.save(content)
    return FilePart("devices.xlsx", content.getvalue())


class Tour:
    """Goes through the calls as somebody would who sets up, uses and clears away."""

    def __init__(self, adapter: TencentAdapter) -> None:
        self.adapter = adapter
        self.made: set[str] = set()
        self.refused: dict[str, ConsoleError] = {}

    def __call__(self, name: str, **params: Any) -> Any:
        self.made.add(name)
        return self.adapter.call(name, params)

    def may_fail(self, name: str, **params: Any) -> Any:
        """For what the sandbox's world has no good example of."""
        try:
            return self(name, **params)
        except ConsoleError as error:
            self.refused[name] = error
            return None


def test_every_call(adapter: TencentAdapter, sandbox: Sandbox, tmp_path: Path) -> None:
    call = Tour(adapter)
    for part in (_service, _devices, _pictures, _plans, _templates, _retrieval, _ai, _gateways):
        part(call, tmp_path)
    assert call.made == set(BY_NAME)
    # A certificate for the sandbox's domain would have to be its own.
    assert set(call.refused) <= {"domain_add", "domain_update"}, call.refused
    # Nothing was sent that the document does not know.
    assert not [entry for entry in sandbox.log if entry.unknown]


def _service(call: Tour, tmp_path: Path) -> None:
    key, certificate = pem(tmp_path)
    node = call("config_get_all_region")[0]["Value"]
    name = call("domain_cname", ClusterId=node)
    assert call("domain_record", PlayDomain="play.example.cn", InternalDomain=name) in (True, False)
    domain = call("domain_query")[0]
    call.may_fail(
        "domain_add",
        PlayDomain="play.example.cn",
        InternalDomain=name,
        Key=key,
        Cert=certificate,
        ClusterId=node,
    )
    call.may_fail("domain_update", Id=domain["Id"], Key=key, Cert=certificate)
    auth = call("config_get_authstream")
    assert auth["PullSecret"] in ("", "***")
    call("config_set_authstream", **{**auth, "PullSecret": "abc", "PushSecret": ""})
    organization = call("organization_add", Name="新组织", ParentId="0")
    call("organization_update", Id=organization["Id"], Name="改名")
    assert "改名" in [row["Name"] for row in call("organization_query")]
    call("organization_delete", Id=organization["Id"])


def _devices(call: Tour, tmp_path: Path) -> None:
    node = call("config_get_user_region")[0]["Value"]
    organization = call("organization_query")[0]["Id"]
    made = call(
        "device_add",
        Name="新设备",
        AccessProtocol=2,
        Type=1,
        Password="123456",
        OrganizationId=organization,
        ClusterId=node,
    )
    assert made["Password"] == "***"
    call("device_update", Id=made["Id"], Name="改过")
    assert call("device_describe", Id=made["Id"])["Name"] == "改过"
    call("device_update_status", Id=made["Id"], Status=3)
    call("device_update_org", Ids=[made["Id"]], OrganizationId=organization)
    call("device_delete", Id=made["Id"])
    listed = call("get_user_resources", OrganizationId="0", IsContainSubLevel=True, Status=1)
    gb = next(row for row in listed["List"] if row["AccessProtocol"] == 2)
    call("device_channel", DeviceId=gb["Id"])
    call("device_refresh", DeviceId=gb["Id"])
    template = call("device_export_template", AccessProtocol=2)
    assert base64.b64decode(template["Base64"]).startswith(b"PK")
    job = str(uuid.uuid4())
    call(
        "device_import_sync",
        JobId=job,
        AccessProtocol=2,
        OrganizationId=organization,
        File=sheet(template, ["导入", "1", "1", "123456", "", node]),
    )
    for _ in range(500):
        if call("device_import_progress", JobId=job)["State"] == 1:
            break
        time.sleep(0.02)
    assert call("device_import_result", JobId=job)["Size"] > 100
    call("resource_template", OrganizationId="0", IsContainSubLevel=True)


def _channel(call: Tour, good: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    rows = call("get_user_resources", OrganizationId="0", IsContainSubLevel=True, PageSize=100)
    return next(
        channel
        for device in rows["List"]
        for channel in call("device_channel", DeviceId=device["Id"])
        if good(channel)
    )


def _pictures(call: Tour, tmp_path: Path) -> None:
    one = _channel(call, lambda row: row["PtzType"] == 1 and row["State"] == 1)
    native = one["ChannelId"]
    call("control_ptz", ChannelId=native, Type="up", Speed="8")
    call("control_preset_manage", ChannelId=native, Cmd="set", Index=10)
    assert 10 in [row["Index"] for row in call("control_preset_get", ChannelId=native)]
    live = call("control_stream", ChannelId=native, StreamType=2)
    assert live["Flv"].endswith("?***")
    day = datetime.now(UTC) - timedelta(days=2)
    begin = int(day.replace(hour=1, minute=0, second=0).timestamp())
    times = {"StartTime": begin, "EndTime": begin + 12 * 3600}
    found = call("record_filelist_query", DeviceId=one["DeviceId"], ChannelId=native, **times)
    first = found["List"][0]["Begin"]
    call("record_playback_url", ChannelId=native, **times)
    call(
        "video_download_url",
        ChannelId=native,
        BeginTime=first,
        EndTime=first + 60,
        FileType="ts",
    )
    span = {"ChannelId": native, "Start": begin, "End": begin + 12 * 3600}
    call("control_timeline", **span)
    flv = call("control_record", **span)["Flv"]
    session = flv.partition("@")[2].partition(".")[0]
    for more in ({"Action": "pause"}, {"Action": "play", "Scale": 8}, {"Action": "stop"}):
        call("control_recordctl", ChannelId=native, Session=session, **more)


SECTIONS = [{"DayOfWeek": 1, "StartTime": "08:00:00", "EndTime": "12:00:00"}]
UPLOAD = [{"DayOfWeek": 2, "StartTime": "00:00:00", "EndTime": "05:00:00"}]
LIFE = {"Transition": 30, "Expiration": 0}


def _plans(call: Tour, tmp_path: Path) -> None:
    live = call("record_template_add", TemplateName="模板A", TimeSections=SECTIONS)["TemplateId"]
    backup = call(
        "recordbackup_template_add",
        TemplateName="模板B",
        TimeSections=UPLOAD,
        DevTimeSections=SECTIONS,
        Scale=1,
    )["TemplateId"]
    pages = {"PageSize": 10, "PageNumber": 1}
    for kind, template in (("record", live), ("recordbackup", backup)):
        plan = call(f"{kind}_plan_add", PlanName="计划", TemplateId=template, LifeCycle=LIFE)
        native = plan["PlanId"]
        call(f"{kind}_plan_modify", PlanId=native, Mod={"PlanName": "改名", "LifeCycle": LIFE})
        assert call(f"{kind}_plan_query_by_id", PlanId=native)["PlanName"] == "改名"
        assert call(f"{kind}_planlist_query")
        call(f"{kind}_devicelist_query", PlanId=native, **pages)
        call(f"{kind}_plan_delete", PlanId=native)
    call("recordbackup_devicelist_query", PlanId="", **pages)
    call("record_allchannellist_query")
    organization = call("organization_query")[0]["Id"]
    call("record_channellist_query", OrganizationId=organization, **pages)
    call("record_channelcount_query", OrganizationId=organization)


def _templates(call: Tour, tmp_path: Path) -> None:
    for kind, more in (
        ("record", {"TimeSections": SECTIONS}),
        ("recordbackup", {"TimeSections": UPLOAD, "DevTimeSections": SECTIONS, "Scale": 2}),
    ):
        made = call(f"{kind}_template_add", TemplateName="短期", **more)["TemplateId"]
        call(f"{kind}_template_modify", TemplateId=made, Mod={"TemplateName": "改", **more})
        assert call(f"{kind}_template_query", TemplateId=made)["TemplateName"] == "改"
        assert call(f"{kind}_templatelist_query")
        call(f"{kind}_template_delete", TemplateId=made)


def _retrieval(call: Tour, tmp_path: Path) -> None:
    one = _channel(call, lambda row: row["State"] == 1)
    begin = int((datetime.now(UTC) - timedelta(days=2)).replace(hour=1, minute=0).timestamp())
    task = call(
        "record_retrievetask_add",
        TaskName="取回",
        StartTime=begin,
        EndTime=begin + 3600,
        Mode=1,
        Expiration=10,
        Channels=[{"DeviceId": one["DeviceId"], "ChannelId": one["ChannelId"]}],
    )["TaskId"]
    assert call("record_retrievetask_details_query", TaskId=task)["TaskName"] == "取回"
    assert call("record_retrievetask_list_query")
    call("record_retrievetask_delete", TaskId=task)


def _ai(call: Tour, tmp_path: Path) -> None:
    tasks = call("list_ai_tasks", IsContainChannelList=True)["List"]
    busy = {native for task in tasks for native in task["ChannelList"]}
    one = _channel(call, lambda row: row["ChannelId"] not in busy)
    config = GOOD["create_ai_task"]["Templates"]
    task = call("create_ai_task", Name="识别", ChannelList=[one["ChannelId"]], Templates=config)[
        "TaskId"
    ]
    call("update_ai_task", TaskId=task, Desc="说明")
    call("update_ai_task_status", TaskId=task, Status="on")
    call("get_ai_task_result", TaskId=task, ChannelId=one["ChannelId"], PageSize=100)
    call("update_ai_task_status", TaskId=task, Status="off")
    assert call("get_ai_task_detail", TaskId=task)["Desc"] == "说明"
    call("delete_ai_task", TaskId=task)


def _gateways(call: Tour, tmp_path: Path) -> None:
    one = call("gateway_list", PageNumber=1)["List"][0]["Id"]
    for name in ("describe", "monitor", "devicelist", "version", "upgrade"):
        call(f"gateway_{name}", Id=one)
    assert call("gateway_protocoltype")
    call("gateway_update", Id=one, Name="店铺")
    call("gateway_delete", Id=one)
    call("domain_delete", Id=call("domain_query")[0]["Id"])
