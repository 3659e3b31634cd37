"""The name of this computer's zone, wherever the system keeps it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from vsconsole.vendors.local import zone


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A computer that keeps no name, as Windows."""
    monkeypatch.setattr(zone, "_LINK", tmp_path / "localtime")
    monkeypatch.setattr(zone, "_NAME", tmp_path / "timezone")
    monkeypatch.delenv("TZ", raising=False)
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


def test_from_the_environment(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", ":Asia/Shanghai")
    assert zone.local_zone() == "Asia/Shanghai"
    monkeypatch.setenv("TZ", "Europe")
    (bare / "timezone").write_text("Europe/Berlin\n")
    assert zone.local_zone() == "Europe/Berlin"


def test_from_the_link(bare: Path) -> None:
    target = bare / "usr" / "zoneinfo" / "America" / "New_York"
    target.parent.mkdir(parents=True)
    target.touch()
    (bare / "localtime").symlink_to(target)
    assert zone.local_zone() == "America/New_York"


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be changed here")
@pytest.mark.parametrize(
    "rule", ["CST-8", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "<+14>-14"]
)
def test_from_its_offsets(bare: Path, monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    monkeypatch.setenv("TZ", rule)
    time.tzset()
    found = ZoneInfo(zone.local_zone())
    year = datetime.now(UTC).year
    for month in range(1, 13):
        when = datetime(year, month, 15, tzinfo=UTC)
        offset = when.astimezone(found).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == time.localtime(when.timestamp()).tm_gmtoff


def test_where_nothing_fits(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "XYZ-3:17")
    time.tzset()
    assert zone.local_zone() == "UTC"
