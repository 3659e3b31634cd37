import pytest

from tests.bench.run import Row, modules, table


def test_a_ratio_against_the_reference() -> None:
    row = Row(name="seek", ours=30.0, reference=20.0, unit="ms", goal=1.2)
    assert row.ratio == pytest.approx(1.5)
    assert row.missed
    assert row.as_dict() == {
        "name": "seek", "ours": 30.0, "reference": 20.0, "ratio": 1.5, "unit": "ms", "goal": 1.2,
    }  # fmt: skip


def test_a_measurement_that_stands_alone() -> None:
    assert Row(name="memory", ours=400.0, unit="MB").ratio is None
    assert not Row(name="memory", ours=400.0, unit="MB").missed
    assert Row(name="filter", ours=120.0, unit="ms", goal=100).missed


def test_the_table_lines_up() -> None:
    rows = [
        Row(name="a", ours=1, reference=2, unit="ms", goal=1.2),
        Row(name="寻找", ours=123.456, unit="MB"),
    ]
    head, first, second = table(rows).splitlines()
    assert first == "a         1          2    0.5  ms     1.2"
    assert second == "寻找  123.5                    MB"
    assert head.split() == ["ours", "reference", "ratio", "unit", "goal"]


def test_only_picks_by_part_of_the_name() -> None:
    assert list(modules(["no such thing"])) == []
    assert all("seek" in name for name in modules(["seek"]))
