"""The table of layouts, and where its tiles are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect

from vsconsole.ui.wall.layouts import BY_NAME, LAYOUTS, Family, Layout, holding


@given(
    layout=st.sampled_from(LAYOUTS),
    left=st.integers(-50, 50),
    top=st.integers(-50, 50),
    wide=st.integers(300, 4000),
    high=st.integers(300, 2200),
    gap=st.integers(0, 8),
)
def test_tiles_fill_the_area_and_never_overlap(
    layout: Layout, left: int, top: int, wide: int, high: int, gap: int
) -> None:
    area = QRect(left, top, wide, high)
    places = layout.places(area, gap)
    assert len(places) == layout.count
    assert all(area.contains(place) for place in places)
    for i, one in enumerate(places):
        around = one.adjusted(0, 0, gap, gap)
        assert not any(around.intersects(other) for other in places[i + 1 :])
    covered = sum((p.width() + gap) * (p.height() + gap) for p in places)
    assert covered == (wide + gap) * (high + gap)


def test_regular_layouts_go_from_1_to_64_and_have_the_digits_for_keys() -> None:
    regular = [layout for layout in LAYOUTS if layout.family is Family.REGULAR]
    assert [layout.count for layout in regular] == [1, 4, 9, 16, 25, 36, 49, 64]
    keyed = [layout.key for layout in LAYOUTS if layout.key]
    assert sorted(keyed) == [f"Ctrl+{digit}" for digit in range(1, 10)]


def test_one_large_tile_leaves_as_many_small_ones_as_its_name_says() -> None:
    area = QRect(0, 0, 1200, 1200)
    for layout in LAYOUTS:
        if layout.family is not Family.LARGE:
            continue
        large, *small = layout.places(area, 0)
        assert f"1+{len(small)}" == layout.name
        (size,) = {(place.width(), place.height()) for place in small}
        assert large.width() == layout.large * size[0]
        assert large.topLeft() == area.topLeft()
    assert {"1+5", "1+7", "1+12"} <= set(BY_NAME)


def test_names_are_told_apart() -> None:
    assert max(Counter(layout.name for layout in LAYOUTS).values()) == 1
    assert max(Counter(layout.title for layout in LAYOUTS).values()) == 1
    assert all(1 <= layout.count <= 64 for layout in LAYOUTS)


@pytest.mark.parametrize(("count", "name"), [(1, "1"), (2, "4"), (9, "9"), (17, "25"), (99, "64")])
def test_the_smallest_regular_layout_with_room(count: int, name: str) -> None:
    assert holding(count).name == name
