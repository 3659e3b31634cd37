"""What commands answer, in words and as JSON, and what they end with."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.services.support import ALL_DAY
from vsconsole.sandbox.server import Sandbox
from vsconsole.vendors import registry


def channels(box: Run) -> list[dict[str, Any]]:
    return [row for row in box("tree", "--json").value if row["kind"] == "channel"]


def with_ability(box: Run, *abilities: str) -> str:
    """The key of an online channel, one that records all day where there is one."""
    found = [
        row
        for row in channels(box)
        if row["status"] == "online" and set(abilities) <= set(row["abilities"])
    ]
    return str(min(found, key=lambda row: (row["name"] not in ALL_DAY, row["name"]))["key"])


def yesterday(hour: int = 0) -> str:
    day = datetime.now(UTC).date() - timedelta(days=1)
    return f"{day}T{hour:02}:00:00+08:00"


def test_a_login_is_saved_listed_verified_and_removed(run: Run, sandbox: Sandbox) -> None:
    fields = json.dumps(sandbox.fields("tencent"))
    added = run(
        "accounts", "add", "tencent", "--name", "Box", "--fields", "-", "--json", stdin=fields
    )
    assert added.value == {"name": "Box", "vendor": "tencent"}
    assert added.err == ""
    assert run("--json", "accounts", "list").value == [
        {"name": "Box", "vendor": "tencent", "state": "unverified"}
    ]
    assert run("accounts", "verify", "Box").code == 0
    assert "ok" in run("accounts", "list").out
    assert run("accounts", "remove", "Box", "--json").value["name"] == "Box"
    assert run("accounts", "list", "--json").value == []


def test_fields_come_from_a_file_and_single_ones_win(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    fields = sandbox.fields("tencent")
    file = tmp_path / "fields"
    file.write_text("\n".join(f"{name} = {text}" for name, text in fields.items()))
    words = ("accounts", "add", "tencent", "--name")
    assert run(*words, "Lines", "--fields", str(file)).code == 0
    assert (
        run(*words, "Wrong", "--fields", str(file), "--field", "secret_key=" + "0" * 32).code == 0
    )
    assert run("accounts", "verify", "Lines").code == 0
    refused = run("accounts", "verify", "Wrong", "--json")
    assert refused.code == 3
    assert refused.error["error"] == "BadCredentials"
    assert refused.error["request_id"]


@pytest.mark.parametrize(
    "text", ['{"secret_key": "TOPSECRET"', '{"secret_key": ["TOPSECRET"]}', "TOPSECRET"]
)
def test_a_secret_that_cannot_be_read_is_not_repeated(run: Run, text: str) -> None:
    ran = run("accounts", "add", "tencent", "--name", "B", "--fields", "-", "--json", stdin=text)
    assert ran.code == 2
    assert ran.error["error"] == "InvalidInput"
    assert "TOPSECRET" not in ran.err


def test_without_a_pass_phrase_it_says_that_secrets_were_not_kept(
    run: Run, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VSCONSOLE_PASSPHRASE", "")
    fields = json.dumps(sandbox.fields("tencent"))
    ran = run("accounts", "add", "tencent", "--name", "Box", "--fields", "-", stdin=fields)
    assert ran.code == 0
    assert "VSCONSOLE_PASSPHRASE" in ran.err
    missing = run("accounts", "verify", "Box", "--json")
    assert missing.code == 7
    assert missing.error["error"] == "SecretStoreUnavailable"


def test_the_tree_names_everything_by_the_account(box: Run) -> None:
    rows = box("tree", "--json").value
    assert {row["kind"] for row in rows} == {"group", "device", "channel"}
    keys = {row["key"] for row in rows}
    assert len(keys) == len(rows)
    for row in rows:
        assert set(row) == {
            "key", "kind", "name", "parent", "status", "vendor", "abilities",
        }  # fmt: skip
        assert row["key"].startswith("Box/")
        assert row["parent"] is None or row["parent"] in keys
        assert row["vendor"] == "tencent"
    assert any("ptz" in row["abilities"] for row in rows)
    table = box("tree", "--account", "Box").out.splitlines()
    assert len(table) == len(rows) + 1


def test_the_known_tree_needs_no_network(box: Run, sandbox: Sandbox) -> None:
    rows = box("tree", "--json").value
    sandbox._log.clear()
    assert box("tree", "--json", "--cached").value == rows
    assert sandbox.log == []


def test_an_account_that_fails_does_not_hide_the_others(
    box: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    folder = tmp_path / "footage"
    folder.mkdir()
    (folder / "Gate-1795017600-1795017660.mp4").write_bytes(b"not a video")
    assert box("accounts", "add", "local", "--name", "Disk", f"--field=folder={folder}").code == 0
    sandbox.faults.set("tencent", "secret")
    ran = box("tree", "--json")
    assert ran.code == 3
    assert {row["vendor"] for row in json.loads(ran.out)} == {"local"}
    assert json.loads(ran.err)["error"] == "BadCredentials"


def test_segments_are_sorted_and_within_the_range(box: Run) -> None:
    key = with_ability(box, "cloud-records", "device-records")
    begin = datetime.now(UTC) - timedelta(days=3)
    ran = box("segments", key, "--from", begin.isoformat(), "--to", yesterday(), "--json")
    rows = ran.value
    assert {row["store"] for row in rows} == {"cloud", "device"}
    times = [datetime.fromisoformat(row["start"]) for row in rows]
    assert times == sorted(times)
    for row in rows:
        assert set(row) == {"start", "end", "kind", "store"}
        assert datetime.fromisoformat(row["start"]) >= begin - timedelta(milliseconds=1)
        assert datetime.fromisoformat(row["end"]) <= datetime.fromisoformat(yesterday())
        assert row["start"].endswith("+08:00")


def test_times_without_an_offset_are_the_channels_and_it_says_so(box: Run) -> None:
    key = with_ability(box, "cloud-records")
    naive = box(
        "segments", key, "--from", yesterday()[:10], "--to", yesterday(12)[:-6], "--store", "cloud"
    )
    assert "Asia/Shanghai" in naive.err
    exact = box("segments", key, "--from", yesterday(), "--to", yesterday(12), "--store", "cloud")
    assert exact.err == ""
    assert exact.out == naive.out


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("segments", "nonsense", "--from", "2026-01-01", "--to", "2026-01-02"), 2, "InvalidInput"),
        (("segments", "No/x", "--from", "2026-01-01", "--to", "2026-01-02"), 2, "InvalidInput"),
        (("segments", "Box/x", "--from", "2026-01-01", "--to", "2026-01-02"), 4, "NotFound"),
        (("accounts", "verify", "Nobody"), 2, "InvalidInput"),
        (("accounts", "add", "nobody", "--name", "X"), 2, "InvalidInput"),
        (("endpoints", "--vendor", "nobody"), 2, "InvalidInput"),
        (("tree", "--account", "Nobody"), 2, "InvalidInput"),
        (("frame", "Box/x", "-o", "x.png"), 2, "InvalidInput"),
        (("nonsense",), 2, "InvalidInput"),
        (("tree", "--nonsense"), 2, "InvalidInput"),
        (("call", "Box", "nonsense"), 2, "InvalidInput"),
        (("call", "Box", "device_channel"), 2, "InvalidInput"),
        (("call", "Box", "device_channel", "DeviceId=x", "Colour=red"), 2, "InvalidInput"),
        (("call", "Box", "device_channel", "--params", "[1]"), 2, "InvalidInput"),
        (("call", "Box", "device_delete", "Id=1"), 2, "InvalidInput"),
        (("call", "Box", "device_describe", "Id=nobody"), 4, "NotFound"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_object(
    box: Run, words: tuple[str, ...], code: int, error: str
) -> None:
    ran = box(*words, "--json")
    assert ran.error["error"] == error
    assert ran.error["message"]
    assert ran.code == code


def test_times_that_make_no_range_are_refused(box: Run) -> None:
    key = with_ability(box, "cloud-records")
    for begin, end in (
        ("2026-01-02", "2026-01-01"),
        ("yesterday", "2026-01-01"),
        ("", "2026-01-01"),
    ):
        ran = box("segments", key, "--from", begin, "--to", end, "--json")
        assert ran.code == 2
        assert ran.error["error"] == "InvalidInput"


@pytest.mark.parametrize(
    ("fault", "code"),
    [("secret", 3), ("clock", 3), ("html", 4), ("reset", 5), ("expired-token", 3), ("http-500", 4)],
)
def test_each_trouble_has_its_exit_code(box: Run, sandbox: Sandbox, fault: str, code: int) -> None:
    sandbox.faults.set("tencent", fault)
    ran = box("accounts", "verify", "Box", "--json")
    assert (ran.code, bool(ran.error["message"])) == (code, True)
    assert sandbox.fields("tencent")["secret_key"] not in ran.err


def test_every_documented_call_is_listed(run: Run) -> None:
    rows = run("endpoints", "--vendor", "tencent", "--json").value
    assert len(rows) == 83
    assert all(
        set(row) == {
            "vendor", "name", "method", "path", "required", "optional", "destructive",
            "idempotent", "doc",
        }
        for row in rows
    )  # fmt: skip
    listed = run("endpoints").out.splitlines()
    assert len(listed) == 1 + sum(len(registry.endpoints(one.id)) for one in registry.VENDORS)


def test_a_call_answers_with_the_vendors_payload(box: Run, sandbox: Sandbox) -> None:
    groups = box("call", "Box", "organization_query", "--json").value
    assert {group["Name"] for group in groups} >= {"Warehouse_A"}
    made = box("call", "Box", "organization_add", "Name=New-Group", "ParentId=0", "--json").value
    gone = box(
        "call", "Box", "organization_delete", "--params", json.dumps({"Id": made["Id"]}), "--yes"
    )
    assert gone.code == 0
    refused = box("call", "Box", "organization_delete", f"Id={made['Id']}", "--yes", "--json")
    assert refused.code == 4


def test_calls_that_change_something_are_written_down(box: Run, profile_folder: Path) -> None:
    from vsconsole.store.catalog import Catalog

    box("call", "Box", "organization_query")
    box("call", "Box", "organization_add", "Name=Audited", "ParentId=0")
    box("call", "Box", "organization_delete", "Id=999999", "--yes")
    catalog = Catalog(profile_folder / "data" / "catalog.sqlite")
    lines = [(line.endpoint, line.outcome) for line in catalog.audited()]
    catalog.close()
    assert lines[1] == ("organization_add", "ok")
    assert lines[0][0] == "organization_delete"
    assert lines[0][1] != "ok"
    assert len(lines) == 2


def test_a_file_that_is_answered_goes_where_it_is_wanted(box: Run, tmp_path: Path) -> None:
    file = tmp_path / "template.xlsx"
    ran = box(
        "call", "Box", "device_export_template", "AccessProtocol=2", "-o", str(file), "--json"
    )
    assert ran.value["bytes"] == file.stat().st_size
    assert file.read_bytes().startswith(b"PK")


def test_the_doctor_looks_at_everything(box: Run, sandbox: Sandbox) -> None:
    report = box("doctor", "--json").value
    found = {check["name"]: check for check in report["checks"]}
    assert report["ok"], report
    assert found.keys() >= {
        "python", "qt", "libvlc", "decoders", "secrets", "folder data", "proxies", "account Box",
        "clock Box",
    }  # fmt: skip
    sandbox.faults.set("tencent", "secret")
    sick = box("doctor", "--json").value
    assert not sick["ok"]
    (wrong,) = [check for check in sick["checks"] if not check["ok"]]
    assert wrong["name"] == "account Box"
    assert wrong["remedy"]
    assert "WRONG" in box("doctor").out


def test_events_are_listed_by_time(box: Run) -> None:
    key = next(str(row["key"]) for row in channels(box) if "events" in row["abilities"])
    begin = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    rows = box("events", key, "--from", begin, "--to", yesterday(12), "--json").value
    assert rows == sorted(rows, key=lambda row: datetime.fromisoformat(row["time"]))
    assert all(set(row) == {"time", "end", "kind", "title", "text", "picture"} for row in rows)
