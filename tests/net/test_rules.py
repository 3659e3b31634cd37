from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from vsconsole.domain.errors import InvalidInput
from vsconsole.net.endpoint import Endpoint, Param
from vsconsole.net.rules import (
    Alike,
    AnyOf,
    ClockRange,
    Exclusive,
    NeededWhen,
    Rule,
    TimeRange,
)

# 2026-11-20 00:00 in Shanghai.
MIDNIGHT = 1795104000
DAY = TimeRange("From", "To", timedelta(days=1), "Asia/Shanghai")
FREE = TimeRange("From", "To")


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (Exclusive(("A", "B")), {"A": 1}),
        (Exclusive(("A", "B")), {}),
        (AnyOf(("A", "B")), {"B": 1}),
        (NeededWhen("B", "A", False), {"A": True}),
        (NeededWhen("B", "A", False), {"A": False, "B": ["x"]}),
        (DAY, {"From": MIDNIGHT, "To": MIDNIGHT + 86400}),
        (DAY, {"From": MIDNIGHT}),
        (DAY, {"To": MIDNIGHT}),
        (FREE, {"From": "0", "To": "99999999999999"}),
        (TimeRange("From", "To", timedelta(minutes=30)), {"From": 0, "To": 1800}),
        (ClockRange("From", "To"), {"From": "00:00:00", "To": "00:00:01"}),
        (
            ClockRange("From", "To", timedelta(minutes=10)),
            {"From": "23:49:59", "To": "23:59:59"},
        ),
        (Alike("L", "Tag"), {"L": [{"Tag": 1}, {"Tag": 1}]}),
        (Alike("L", "Tag"), {}),
    ],
)
def test_kept(rule: Rule, values: dict[str, Any]) -> None:
    rule.check(values)
    assert rule.describe()


@pytest.mark.parametrize(
    ("rule", "values", "field"),
    [
        (Exclusive(("A", "B")), {"A": 1, "B": 2}, "B"),
        (AnyOf(("A", "B")), {}, "A"),
        (NeededWhen("B", "A", False), {"A": False}, "B"),
        (NeededWhen("B", "A", False), {"A": False, "B": []}, "B"),
        (FREE, {"From": 5, "To": 5}, "To"),
        (DAY, {"From": MIDNIGHT - 1, "To": MIDNIGHT + 1}, "To"),
        (DAY, {"From": MIDNIGHT, "To": MIDNIGHT + 86401}, "To"),
        (
            TimeRange("From", "To", zone="Asia/Shanghai"),
            {"From": 99999999999999, "To": 99999999999999999},
            "From",
        ),
        (ClockRange("From", "To"), {"From": "10:00:00", "To": "10:00:00"}, "To"),
        (
            ClockRange("From", "To", timedelta(minutes=10)),
            {"From": "10:00:00", "To": "10:09:59"},
            "To",
        ),
        (Alike("L", "Tag"), {"L": [{"Tag": 1}, {"Tag": 2}]}, "L"),
    ],
)
def test_broken(rule: Rule, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rule.check(values)
    assert caught.value.field == field
    assert caught.value.what


def test_a_rule_inside_a_list_names_the_place() -> None:
    section = Param(
        name="Sections",
        type="object",
        fields=(Param(name="From", required=True), Param(name="To", required=True)),
        rules=(ClockRange("From", "To"),),
    )
    row = Endpoint(
        name="x",
        method="POST",
        path="/x",
        params=(Param(name="Sections", type="list", item=section),),
    )
    good = {"From": "10:00:00", "To": "11:00:00"}
    bad = {"From": "10:00:00", "To": "09:00:00"}
    row.check({"Sections": [good]})
    with pytest.raises(InvalidInput) as caught:
        row.check({"Sections": [good, bad]})
    assert caught.value.field == "Sections[1].To"


def test_units_in_words() -> None:
    assert "1440 minutes" in DAY.describe()
    assert "Asia/Shanghai" in DAY.describe()
    assert "1 minute after" in ClockRange("A", "B", timedelta(minutes=1)).describe()
