"""Devices by spreadsheet (calls 24 to 28); openpyxl is loaded with the first one."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from vsconsole.sandbox.faces.tencent_codes import MESSAGES, Refused
from vsconsole.sandbox.faces.tencent_desk import (
    ACCESS,
    KIND,
    STATUS,
    Call,
    Desk,
    ImportJob,
    Xlsx,
    device,
    group,
    group_number,
)
from vsconsole.sandbox.faces.tencent_devices import PASSWORD
from vsconsole.sandbox.faces.tencent_rules import NAME, UUID, WORDS, Args, Rule, device_id
from vsconsole.sandbox.world import Device

MOST_ROWS = 5000
HEADS = {
    ACCESS["rtmp"]: ("设备名称", "设备描述", "服务节点ID"),
    ACCESS["gb"]: ("设备名称", "设备类型", "传输协议", "设备密码", "设备描述", "服务节点ID"),
}
"""The document shows no template; these are the fields of #15 that a row must bring."""

_RESULT = "导入结果"
_LIST_HEAD = ("设备ID", "设备编码", "设备名称", "接入协议", "设备类型", "状态", "组织", "描述")
_KINDS = {"IPC": "ipc", "NVR": "nvr"}
_TRANSPORTS = {"": "udp", "UDP": "udp", "TCP": "tcp"}


def import_devices(desk: Desk, args: Args) -> Any:
    """#24: begin an import; its progress is asked for by the caller's JobId."""
    if args["JobId"] in desk.memory.jobs:
        raise Refused(42205, "the JobId was used")
    owner = group(desk, args["OrganizationId"])
    access = args["AccessProtocol"]
    rows = _read(args["File"].content, HEADS[access])
    job = ImportJob(access=access, rows=[(row, "") for row in rows])
    desk.memory.jobs[args["JobId"]] = job
    desk.background(lambda: _run(desk, job, owner.id))


def import_progress(desk: Desk, args: Args) -> Any:
    """#25: how far an import is."""
    job = _job(desk, args["JobId"])
    total = len(job.rows)
    return {
        "State": int(job.finished),
        "Rate": round(job.done / total, 4) if total else 1.0,
        "Total": total,
        "Succeed": job.done - job.failed,
        "Failed": job.failed,
    }


def import_result(desk: Desk, args: Args) -> Any:
    """#26: each row and what became of it."""
    job = _job(desk, args["JobId"])
    if not job.finished:
        raise Refused(42205, "the import still runs")
    rows = [(*cells, reason or "成功") for cells, reason in job.rows]
    return _sheet("import-result.xlsx", (*HEADS[job.access], _RESULT), rows)


def export_template(desk: Desk, args: Args) -> Any:
    """#27: an empty sheet to fill in."""
    return _sheet("device-template.xlsx", HEADS[args["AccessProtocol"]], ())


def export_devices(desk: Desk, args: Args) -> Any:
    """#28: the devices of an organization, or those named."""
    world = desk.world
    at = group_number(desk, args["OrganizationId"])
    groups = world.below(at) if args["IsContainSubLevel"] else {at}
    devices = list(world.devices_in(groups))
    if not args["IsAllResource"]:
        if not args["DeviceIds"]:
            raise Refused(40001, "DeviceIds is missing")
        wanted = {device(desk, text).id for text in args["DeviceIds"]}
        devices = [d for d in devices if d.id in wanted]
    return _sheet("devices.xlsx", _LIST_HEAD, (_list_row(desk, d) for d in devices))


def _run(desk: Desk, job: ImportJob, group_id: int) -> None:
    for number, (cells, _) in enumerate(job.rows):
        with desk.world.lock:
            reason = _add(desk, job.access, cells, group_id)
            job.rows[number] = (cells, reason)
            job.failed += bool(reason)
            job.done += 1


def _add(desk: Desk, access: int, cells: tuple[str, ...], group_id: int) -> str:
    """Add one device; the reason when it cannot be added."""
    row = dict(zip(HEADS[access], cells, strict=True))
    name, words = row["设备名称"], row["设备描述"]
    kind = _KINDS.get(row.get("设备类型", "IPC").upper())
    transport = _TRANSPORTS.get(row.get("传输协议", "").upper())
    password = row.get("设备密码", "")
    bound = {d.cluster_id for d in desk.world.domains.values()}
    checks = (
        (bool(NAME.fullmatch(name)) and len(name) <= 32, 41624),
        (bool(WORDS.fullmatch(words)) and len(words) <= 128, 41625),
        (kind is not None, 40003),
        (transport is not None, 40005),
        (not password or bool(PASSWORD.fullmatch(password)), 41626),
        (row["服务节点ID"] in bound, 41610),
        (group_id in desk.world.groups, 40006),
    )
    for holds, code in checks:
        if not holds:
            return MESSAGES[code]
    made = desk.world.add_device(
        name=name,
        kind="nvr" if kind == "nvr" else "ipc",
        access="rtmp" if access == ACCESS["rtmp"] else "gb",
        group_id=group_id,
        cluster_id=row["服务节点ID"],
    )
    made.transport = "tcp" if transport == "tcp" else "udp"
    made.password = password
    made.description = words
    return ""


def _read(content: bytes, head: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The rows of an uploaded sheet; Refused 41614, 41615 or 41616."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise Refused(41614, "not a spreadsheet") from None
    if len(book.worksheets) != 1:
        raise Refused(41616)
    found = [
        tuple("" if v is None else str(v).strip() for v in row)
        for row in book.worksheets[0].iter_rows(values_only=True)
    ]
    book.close()
    if not found or found[0][: len(head)] != head or any(found[0][len(head) :]):
        raise Refused(41614, "the head was changed")
    rows = [(*r, *[""] * len(head))[: len(head)] for r in found[1:] if any(r)]
    if len(rows) > MOST_ROWS:
        raise Refused(41615)
    return rows


def _sheet(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Xlsx:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("devices")
    sheet.append(list(head))
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return Xlsx(name=name, content=out.getvalue())


def _list_row(desk: Desk, found: Device) -> tuple[object, ...]:
    place = desk.world.groups.get(found.group_id)
    return (
        found.id,
        found.code,
        found.name,
        ACCESS[found.access],
        KIND[found.kind],
        STATUS[found.status],
        place.name if place else "",
        found.description,
    )


def _job(desk: Desk, text: str) -> ImportJob:
    found = desk.memory.jobs.get(text)
    if found is None:
        raise Refused(40006, f"job {text}")
    return found


_JOB = Rule("JobId", pattern=UUID)
_ACCESS = Rule("AccessProtocol", "int", choices=(1, 2), wrong=40002)

CALLS = (
    Call(
        24,
        "POST",
        "/ivc/cms/device/import/sync",
        import_devices,
        form=(_JOB, _ACCESS, Rule("OrganizationId"), Rule("File", "file")),
    ),
    Call(25, "GET", "/ivc/cms/device/import/progress", import_progress, query=(_JOB,)),
    Call(26, "GET", "/ivc/cms/device/import/result", import_result, query=(_JOB,)),
    Call(27, "GET", "/ivc/cms/device/export/template", export_template, query=(_ACCESS,)),
    Call(
        28,
        "POST",
        "/ivc/urm/resource/template",
        export_devices,
        body=(
            Rule("OrganizationId"),
            Rule("IsContainSubLevel", "bool"),
            Rule("IsAllResource", "bool", required=False, default=True),
            Rule("DeviceIds", "array", required=False, each=device_id("DeviceIds")),
        ),
    ),
)
