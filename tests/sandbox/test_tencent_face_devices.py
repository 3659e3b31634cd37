"""Calls 15 to 28: devices, channels and spreadsheets."""

import io
import time
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.sandbox.face_support import Answer, Client
from vsconsole.sandbox.server import Sandbox

LIST = "/ivc/urm/resource/getUserResources"
ADD = "/ivc/cms/device/add"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(12, vendors=["tencent"]) as sandbox:
        yield Client(sandbox)


def place(client: Client) -> dict[str, str]:
    return {
        "OrganizationId": str(next(iter(client.world.groups))),
        "ClusterId": client.get("/ivc/cms/config/getuserregion").data[0]["Value"],
    }


def add(client: Client, **changes: Any) -> Answer:
    body = {"Name": "New-1", "AccessProtocol": 2, "Type": 1, **place(client), **changes}
    return client.post(ADD, **body)


def test_a_device_comes_changes_and_goes(client: Client) -> None:
    made = add(client, Password="123456", Description="门口-1", TransportProtocol=2).data
    assert made["Status"] == 0
    assert len(made["Code"]) == 20
    assert made["Code"].isdigit()
    assert made["ClusterName"]
    assert (made["TransportProtocol"], made["Password"]) == (2, "123456")
    shown = client.get("/ivc/cms/device/describe", Id=made["Id"]).data
    assert {k: shown[k] for k in made} == made
    assert {"SipId", "SipDomain", "SipIp", "SipPort", "PushStreamUrl"} <= set(shown)
    changed = client.put(
        "/ivc/cms/device/update", {"Id": made["Id"]}, Id=made["Id"], Name="Other"
    ).data
    assert changed == {**made, "Name": "Other"}
    assert client.delete("/ivc/cms/device/delete", Id=made["Id"]).data is None
    assert client.get("/ivc/cms/device/describe", Id=made["Id"]).code == 42206
    assert client.delete("/ivc/cms/device/delete", Id=made["Id"]).code == 42206


def test_an_rtmp_device_has_an_address_and_no_channels(client: Client) -> None:
    made = add(client, AccessProtocol=1).data
    shown = client.get("/ivc/cms/device/describe", Id=made["Id"]).data
    assert shown["PushStreamUrl"].startswith("rtmp://")
    assert client.get("/ivc/cms/device/channel", DeviceId=made["Id"]).data == []


def test_devices_that_cannot_be(client: Client) -> None:
    unbound = next(
        c
        for c in client.world.clusters
        if c not in {d.cluster_id for d in client.world.domains.values()}
    )
    for change, code in (
        ({"Name": "a" * 33}, 41624),
        ({"Name": "a b"}, 41624),
        ({"Name": ""}, 41624),
        ({"AccessProtocol": 3}, 40002),
        ({"Type": 3}, 40003),
        ({"AccessProtocol": 1, "Type": 2}, 40003),
        ({"TransportProtocol": 3}, 40005),
        ({"Password": "12345"}, 41626),
        ({"Password": "1" * 17}, 41626),
        ({"Password": "abcdef"}, 41626),
        ({"Description": "a" * 129}, 41625),
        ({"Description": "no!"}, 41625),
        ({"OrganizationId": "0"}, 40006),
        ({"OrganizationId": "77777"}, 40006),
        ({"ClusterId": "none"}, 41610),
        ({"ClusterId": unbound}, 41610),
        ({"Type": "1"}, 40001),
    ):
        assert add(client, **change).code == code, change
    count = len(client.world.devices)
    assert add(client, Name="a" * 32, Description="a" * 128, Password="1" * 16).code == 200
    assert add(client).code == 200
    assert add(client).code == 200, "names need not be unique"
    assert len(client.world.devices) == count + 3


def test_update_needs_one_id_twice(client: Client) -> None:
    one, other = list(client.world.devices)[:2]
    path = "/ivc/cms/device/update"
    assert client.put(path, {"Id": one}, Id=other, Name="x").code == 40005
    assert client.put(path, {"Id": "x"}, Id="x", Name="x").code == 41638
    assert client.put(path, {"Id": one}, Id=one, Password="12").code == 41626
    assert client.put(path, {"Id": one}, Id=one, Description="").code == 200


def test_disable_and_enable(client: Client) -> None:
    device = client.device("东门球机")
    path = "/ivc/cms/device/updatestatus"

    def status(code: int) -> Answer:
        return client.put(path, {"Id": device.id}, Id=device.id, Status=code)

    assert status(3).data is None
    assert client.get("/ivc/cms/device/describe", Id=device.id).data["Status"] == 3
    camera = device.cameras[0].id
    assert client.post("/ivc/cms/control/stream", ChannelId=camera).code == 41621
    assert status(2).data is None
    assert client.get("/ivc/cms/device/describe", Id=device.id).data["Status"] == 2
    assert client.post("/ivc/cms/control/stream", ChannelId=camera).code == 41617
    assert status(1).code == 40004
    for _ in range(2):
        client.world.ahead += 1.1
        shown = client.get("/ivc/cms/device/describe", Id=device.id).data["Status"]
    assert shown == 1
    dark = client.device("停车场西")
    path_id = {"Id": dark.id}
    assert client.put(path, path_id, Id=dark.id, Status=3).code == 200
    assert client.put(path, path_id, Id=dark.id, Status=2).code == 200
    client.world.ahead += 5
    assert client.get("/ivc/cms/device/describe", Id=dark.id).data["Status"] == 2


def test_listing_pages_and_filters(client: Client) -> None:
    every = client.get(LIST, OrganizationId=0, IsContainSubLevel=True).data
    assert every["TotalCount"] == len(every["List"]) == len(client.world.devices)
    paged: list[str] = []
    for page in range(1, 6):
        rows = client.get(
            LIST, OrganizationId=0, IsContainSubLevel=True, PageNumber=page, PageSize=3
        ).data
        assert rows["TotalCount"] == every["TotalCount"]
        paged += [d["Id"] for d in rows["List"]]
    assert paged == [d["Id"] for d in every["List"]]
    assert client.get(LIST, OrganizationId=0).data["List"] == []

    def count(**filters: object) -> int:
        return int(
            client.get(LIST, OrganizationId=0, IsContainSubLevel=True, **filters).data["TotalCount"]
        )

    assert count(AccessProtocol=1) == 1
    assert count(AccessProtocol=3) == 2
    assert count(Type=2) == 3
    assert count(Status=0) == count(Status=2) == count(Status=3) == 1
    assert count(Keyword="nvr") == 3
    assert count(Keyword="nvr", AccessProtocol=2) == 2
    assert count(ClusterId="none") == 0
    assert count(Uin=100012345678) == len(client.world.devices)
    for wrong, code in (
        ({"AccessProtocol": 4}, 40002),
        ({"Type": 9}, 40003),
        ({"Status": 9}, 40004),
        ({"PageNumber": 0}, 40005),
        ({"PageSize": 0}, 40005),
    ):
        assert client.get(LIST, OrganizationId=0, **wrong).code == code
    assert client.get(LIST, OrganizationId=98765).code == 40006


def test_sub_levels_only_when_asked(client: Client) -> None:
    campus = next(g for g in client.world.groups.values() if g.parent == 0)
    assert client.get(LIST, OrganizationId=campus.id).data["TotalCount"] == 0
    whole = client.get(LIST, OrganizationId=campus.id, IsContainSubLevel=True).data
    assert 0 < whole["TotalCount"] < len(client.world.devices)


def test_channels(client: Client) -> None:
    device = client.device("大厅NVR")
    rows = client.get("/ivc/cms/device/channel", DeviceId=device.id).data
    assert [r["Name"] for r in rows] == [c.name for c in device.cameras]
    assert {r["DeviceId"] for r in rows} == {device.id}
    assert all(r["State"] == 1 and r["Status"] == 1 and r["PtzType"] == 0 for r in rows)
    assert all(len(r["ChannelCode"]) == 20 and r["Resolution"] == "6/3" for r in rows)
    (dome,) = client.get("/ivc/cms/device/channel", DeviceId=client.device("东门球机").id).data
    assert dome["PtzType"] == 1
    (dark,) = client.get("/ivc/cms/device/channel", DeviceId=client.device("停车场西").id).data
    assert (dark["State"], dark["Status"]) == (0, 0)
    shelf = client.get("/ivc/cms/device/channel", DeviceId=client.device("Warehouse-NVR").id).data
    assert [r["State"] for r in shelf] == [1, 0]
    assert client.get("/ivc/cms/device/channel", DeviceId="x").code == 41638


def test_refresh_brings_new_channels(client: Client) -> None:
    device = client.device("Warehouse-NVR")
    assert client.post("/ivc/cms/device/refresh", DeviceId=device.id).data is None
    rows = client.get("/ivc/cms/device/channel", DeviceId=device.id).data
    assert [r["Name"] for r in rows] == ["Shelf-1", "Shelf-2", "Shelf-3"]
    for name, code in (
        ("停车场西", 41617),
        ("旧机房", 41621),
        ("New-Camera", 41628),
        ("移动推流", 40002),
        ("收银NVR", 40002),
    ):
        found = client.device(name).id
        assert client.post("/ivc/cms/device/refresh", DeviceId=found).code == code


def test_moving_devices_is_all_or_none(client: Client) -> None:
    path = "/ivc/cms/device/updateorg"
    devices = [client.device("东门球机"), client.device("车库入口")]
    ids = [d.id for d in devices]
    to = str(client.device("收银NVR").group_id)
    before = [d.group_id for d in devices]
    nobody = "00000000-0000-0000-0000-000000000000"
    assert client.put(path, Ids=[*ids, nobody], OrganizationId=to).code == 42206
    assert client.put(path, Ids=[*ids, "x"], OrganizationId=to).code == 41638
    assert client.put(path, Ids=[], OrganizationId=to).code == 40001
    assert client.put(path, Ids=ids, OrganizationId="98765").code == 40006
    assert [d.group_id for d in devices] == before
    assert client.put(path, Ids=ids, OrganizationId=to).data is None
    rows = client.get(LIST, OrganizationId=to).data["List"]
    assert set(ids) <= {r["Id"] for r in rows}


# Spreadsheets


def sheet_rows(content: bytes) -> list[tuple[object, ...]]:
    book = load_workbook(io.BytesIO(content))
    assert len(book.worksheets) == 1
    return list(book.worksheets[0].iter_rows(values_only=True))


def sheet(rows: Sequence[Sequence[object]], sheets: int = 1) -> bytes:
    book = Workbook(write_only=True)
    for number in range(sheets):
        made = book.create_sheet(f"s{number}")
        for row in rows:
            made.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send_sheet(
    client: Client, content: bytes, access: str = "2", **changes: Any
) -> tuple[str, int]:
    job = str(uuid.uuid4())
    form: dict[str, Any] = {
        "JobId": job,
        "AccessProtocol": access,
        "OrganizationId": place(client)["OrganizationId"],
        "File": ("device.xlsx", content),
    }
    answer = client.call("POST", "/ivc/cms/device/import/sync", form={**form, **changes})
    return job, answer.code


def finished(client: Client, job: str) -> dict[str, Any]:
    for _ in range(400):
        state: dict[str, Any] = client.get("/ivc/cms/device/import/progress", JobId=job).data
        assert 0 <= state["Rate"] <= 1
        if state["State"] == 1:
            return state
        time.sleep(0.02)
    raise AssertionError("the import did not end")


def test_import_a_filled_template(client: Client) -> None:
    answer = client.get("/ivc/cms/device/export/template", AccessProtocol=2)
    assert answer.headers["Content-Type"] == "application/download"
    (head,) = sheet_rows(answer.body)
    node = place(client)["ClusterId"]
    rows = [
        ("Gate-1", "IPC", "UDP", "123456", "", node),
        ("录像机", "nvr", "", "", "words", node),
        ("bad name!", "IPC", "UDP", "", "", node),
        ("Gate-2", "TOASTER", "", "", "", node),
        ("Gate-3", "IPC", "SCTP", "", "", node),
        ("Gate-4", "IPC", "", "12", "", node),
        ("Gate-5", "IPC", "", "", "no!", node),
        ("Gate-6", "IPC", "", "", "", "none"),
    ]
    count = len(client.world.devices)
    job, code = send_sheet(client, sheet([head, *rows]))
    assert code == 200
    state = finished(client, job)
    assert (state["Total"], state["Succeed"], state["Failed"]) == (8, 2, 6)
    assert state["Rate"] == 1
    assert len(client.world.devices) == count + 2
    assert client.device("录像机").kind == "nvr"
    result = sheet_rows(client.get("/ivc/cms/device/import/result", JobId=job).body)
    assert result[0][:-1] == head
    assert [r[-1] == "成功" for r in result[1:]] == [True, True] + [False] * 6
    form: dict[str, Any] = {"JobId": job}
    assert send_sheet(client, sheet([head]), **form)[1] == 42205


def test_import_rtmp_devices(client: Client) -> None:
    (head,) = sheet_rows(client.get("/ivc/cms/device/export/template", AccessProtocol=1).body)
    job, code = send_sheet(client, sheet([head, ("Push-1", "", place(client)["ClusterId"])]), "1")
    assert code == 200
    assert finished(client, job)["Succeed"] == 1
    assert client.device("Push-1").access == "rtmp"


def test_sheets_that_are_refused(client: Client) -> None:
    (head,) = sheet_rows(client.get("/ivc/cms/device/export/template", AccessProtocol=2).body)
    row = ("a", "IPC", "", "", "", "x")
    assert send_sheet(client, b"no sheet")[1] == 41614
    assert send_sheet(client, sheet([("x", *head[1:]), row]))[1] == 41614
    assert send_sheet(client, sheet([row]))[1] == 41614
    assert send_sheet(client, sheet([head, row], sheets=2))[1] == 41616
    assert send_sheet(client, sheet([head, *[row] * 5001]))[1] == 41615
    assert send_sheet(client, sheet([head]), "3")[1] == 40002
    assert send_sheet(client, sheet([head]), "x")[1] == 40001
    assert send_sheet(client, sheet([head]), OrganizationId="98765")[1] == 40006
    assert send_sheet(client, sheet([head]), JobId="x")[1] == 40005
    assert send_sheet(client, sheet([head]), File="not a file")[1] == 40001
    job, code = send_sheet(client, sheet([head]))
    assert code == 200
    assert finished(client, job)["Total"] == 0


def test_jobs_that_are_not(client: Client) -> None:
    for path in ("/ivc/cms/device/import/progress", "/ivc/cms/device/import/result"):
        assert client.get(path, JobId=str(uuid.uuid4())).code == 40006
    assert client.get("/ivc/cms/device/export/template", AccessProtocol=3).code == 40002


def test_export_devices(client: Client) -> None:
    path = "/ivc/urm/resource/template"
    rows = sheet_rows(client.post(path, OrganizationId="0", IsContainSubLevel=True).body)
    assert len(rows) == 1 + len(client.world.devices)
    assert {r[0] for r in rows[1:]} == set(client.world.devices)
    one = client.device("东门球机").id
    some = client.post(
        path, OrganizationId="0", IsContainSubLevel=True, IsAllResource=False, DeviceIds=[one]
    )
    assert [r[0] for r in sheet_rows(some.body)[1:]] == [one]
    flat = client.post(path, OrganizationId="0", IsContainSubLevel=False)
    assert len(sheet_rows(flat.body)) == 1
    more = {"OrganizationId": "0", "IsContainSubLevel": True, "IsAllResource": False}
    assert client.post(path, **more).code == 40001
    assert client.post(path, **more, DeviceIds=["x"]).code == 41638
    assert client.post(path, OrganizationId="98765", IsContainSubLevel=True).code == 40006
