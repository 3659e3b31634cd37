"""What was used of an account, over several runs of the command line."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from vsconsole.domain.errors import InvalidInput
from vsconsole.vendors import registry


def usage(run: Run, name: str = "Box") -> dict[str, str]:
    report = run("doctor", "--json").value
    (found,) = [check for check in report["checks"] if check["name"] == f"usage {name}"]
    return found  # type: ignore[no-any-return]


def calls(check: dict[str, str]) -> int:
    found = re.match(r"Today: ([\d,]+) calls?", check["detail"])
    assert found, check
    return int(found.group(1).replace(",", ""))


def test_runs_add_up(box: Run, tmp_path: Path) -> None:
    before = calls(usage(box))
    assert box("accounts", "verify", "Box").code == 0
    after = usage(box)
    # That of the doctor, and that of the command between.
    assert calls(after) == before + 2
    assert after["ok"]
    assert "0 B of media" in after["detail"]
    assert "At most 20 calls a second" in after["detail"]
    key = next(
        str(row["key"])
        for row in box("tree", "--json").value
        if "live" in row["abilities"] and row["status"] == "online"
    )
    box("frame", key, "--live", "-o", str(tmp_path / "frame.png"), "--json").value  # noqa: B018
    assert "0 B of media" not in usage(box)["detail"]


def test_a_near_limit_is_something_to_be_looked_at(
    box: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    quota = registry.Quota(counted="calls", most=2, period="day", source="a test")
    row = replace(registry.vendor("tencent"), quotas=(quota,))
    monkeypatch.setitem(registry._BY_ID, "tencent", row)
    usage(box)
    check = usage(box)
    assert not check["ok"]
    assert check["detail"] == "2 of 2 calls a day (100 %)"
    assert "limit" in check["remedy"]


@pytest.mark.parametrize("text", ["many", "-1", "1.5"])
def test_a_plan_s_limit_is_a_number(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        registry.vendor("imou").check(
            {"app_id": "lc0123", "app_secret": "secret0123", "calls_per_month": text}
        )
    assert caught.value.field == "calls_per_month"
