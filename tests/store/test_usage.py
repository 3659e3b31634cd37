from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from vsconsole.domain.errors import CacheDamaged
from vsconsole.store.usage import Count, UsageStore

MONTH = date(2026, 11, 1)
DAY = date(2026, 11, 21)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "usage.sqlite"


def test_what_is_added_adds_up_for_several_programs(path: Path) -> None:
    one, other = UsageStore(path), UsageStore(path)
    count = Count(calls=2, refused=1, answers=30, media=400)
    assert one.add({("a", DAY): count}, MONTH) == {("a", DAY): count}
    found = other.add({("a", DAY): count, ("b", DAY): Count(calls=1)}, MONTH)
    assert found == {("a", DAY): count + count, ("b", DAY): Count(calls=1)}
    assert one.since(MONTH) == found
    assert one.since(date(2026, 11, 22)) == {}
    one.close()
    other.close()
    again = UsageStore(path)
    assert again.since(MONTH) == found
    again.forget("a")
    assert again.since(MONTH) == {("b", DAY): Count(calls=1)}
    again.close()


def test_days_long_past_go(path: Path) -> None:
    store = UsageStore(path)
    old, recent = date(2025, 9, 1), date(2025, 12, 1)
    store.add({("a", old): Count(calls=1), ("a", recent): Count(calls=2)}, old)
    store.add({("a", DAY): Count(calls=3)}, MONTH)
    assert set(store.since(date.min)) == {("a", recent), ("a", DAY)}
    store.close()


@pytest.mark.allow_log("vsconsole.store.usage: usage counts damaged")
def test_a_damaged_file_is_put_aside(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)
    store = UsageStore(path)
    assert isinstance(store.damage, CacheDamaged)
    (aside,) = path.parent.glob("usage.sqlite.damaged-*")
    assert str(aside) in store.damage.why
    assert store.add({("a", DAY): Count(media=5)}, MONTH) == {("a", DAY): Count(media=5)}
    store.close()
