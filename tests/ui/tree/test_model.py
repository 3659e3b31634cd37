"""The tree holds what was listed, however it arrives, and shows searches beside it."""

from __future__ import annotations

import gc
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.ui.tree.support import account, channel, group, key, nodes, nvr, outline
from vsconsole.domain.model import DeviceKind, Node, Status
from vsconsole.ui import drag
from vsconsole.ui.tree.model import TreeModel
from vsconsole.ui.tree.rows import Row

WHOLE = [
    "Head office",
    "  east",
    "    nvr",
    "      gate",
    "      dock",
    "      hall",
    "  till",
]


@pytest.fixture
def model(qapp: object) -> TreeModel:
    made = TreeModel()
    made.set_accounts([account()])
    return made


def test_nodes_hang_where_they_belong(model: TreeModel) -> None:
    model.put(nodes())
    assert outline(model.everything) == WHOLE
    assert model.channel_count == 4


@given(seed=st.integers(0, 10_000), size=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_any_order_and_any_batches_give_the_same_tree(seed: int, size: int, qapp: object) -> None:
    model = TreeModel()
    model.set_accounts([account()])
    mixed = nodes()
    random.Random(seed).shuffle(mixed)
    for first in range(0, len(mixed), size):
        model.put(mixed[first : first + size])
    assert sorted(outline(model.everything)) == sorted(WHOLE)
    assert model.channel_count == 4


def test_qt_finds_no_fault_in_the_models(model: TreeModel) -> None:
    testers = [
        QAbstractItemModelTester(one, QAbstractItemModelTester.FailureReportingMode.Fatal)
        for one in (model.everything, model.found)
    ]
    model.put(nodes())
    model.set_favourites([key("gate"), key("till")])
    model.show_only([key("dock"), key("till")])
    model.put([channel("new", "nvr"), channel("dock", "nvr", name="Dock 2")])
    model.put([nvr("till"), channel("drawer", "till"), channel("hall")])
    model.keep_only("a", {key("east"), key("nvr"), key("gate")})
    model.show_only(None)
    model.set_accounts([account("b", "Other"), account()])
    model.set_accounts([])
    assert outline(model.everything) == []
    del testers


def test_a_node_that_moved_hangs_below_its_new_parent(model: TreeModel) -> None:
    model.put(nodes())
    model.put([group("west"), nvr("nvr", "west")])
    assert outline(model.everything) == [
        "Head office",
        "  east",
        "  till",
        "  west",
        "    nvr",
        "      gate",
        "      dock",
        "      hall",
    ]


def test_a_camera_that_turns_out_to_be_a_recorder_takes_its_cameras(model: TreeModel) -> None:
    model.put(nodes())
    model.put([nvr("gate", "nvr"), channel("lens", "gate")])
    assert outline(model.everything)[3:5] == ["      gate", "        lens"]
    assert model.channel_count == 4


@given(seed=st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_every_row_is_found_where_it_is_whatever_came_and_went(seed: int, qapp: object) -> None:
    model = TreeModel()
    model.set_accounts([account()])
    chance = random.Random(seed)
    recorders = [nvr(f"nvr {i}") for i in range(3)]
    homes = [None, *(recorder.key.native for recorder in recorders)]
    model.put(recorders)
    here: dict[str, str | None] = {}
    for _turn in range(6):
        batch = {f"c{chance.randrange(20)}": chance.choice(homes) for _i in range(6)}
        model.put([channel(name, home) for name, home in batch.items()])
        # A camera that is at the top again stays where it was: it may only not be known there yet.
        here |= batch
        for gone in chance.sample(sorted(here), len(here) // 4):
            del here[gone]
        model.set_note("a", "", problem=chance.choice(["", "No network."]))
        kept = {recorder.key for recorder in recorders} | {key(name) for name in here}
        model.keep_only("a", kept)
        assert model.channel_count == len(here)
        for name, home in here.items():
            index = model.index_of_key(key(name))
            row, above = model.row(index), model.row(index.parent())
            assert row is not None
            assert above is not None
            assert (row.name, above.name) == (name, home or "Head office")


def test_rows_that_went_wait_for_no_search_for_garbage(model: TreeModel) -> None:
    def rows() -> int:
        return sum(isinstance(one, Row) for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        model.put([group("east")])
        before = rows()
        model.put(nodes())
        model.show_only([key("dock")])
        model.show_only(None)
        assert rows() == before + 5
        model.keep_only("a", {key("east")})
        assert rows() == before
        model.set_accounts([])
        assert rows() == before - 2
    finally:
        gc.enable()


def test_a_hundred_cameras_cost_qt_no_item(model: TreeModel) -> None:
    model.put([nvr("nvr"), *(channel(f"c{i}", "nvr") for i in range(100))])
    index = model.index_of_key(key("c7"))
    row = model.row(index)
    assert row is not None
    assert row.item is None
    assert index.flags() & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.account_index("a").flags() & Qt.ItemFlag.ItemIsDragEnabled


def test_a_full_listing_drops_what_is_gone(model: TreeModel) -> None:
    model.put(nodes())
    model.keep_only("a", {key("east"), key("nvr"), key("gate"), key("till")})
    assert outline(model.everything) == ["Head office", "  east", "    nvr", "      gate", "  till"]
    assert model.channel_count == 2
    assert model.node(key("dock")) is None


def test_cameras_of_a_parent_that_is_gone_or_never_came_stay_in_sight(model: TreeModel) -> None:
    listed: list[Node] = [*nodes(), channel("lost", "nowhere")]
    model.put(listed)
    model.keep_only("a", {one.key for one in listed} - {key("nvr")})
    names = ("east", "till", "gate", "dock", "hall", "lost")
    assert sorted(outline(model.everything)[1:]) == sorted(f"  {name}" for name in names)
    # The recorder is listed again: its cameras go home when they are, too.
    model.put([nvr("nvr", "east"), channel("gate", "nvr")])
    assert "      gate" in outline(model.everything)


def test_a_great_many_rows_go_bit_by_bit(model: TreeModel, qtbot: QtBot) -> None:
    model.put([nvr("nvr"), *(channel(f"c{i}", "nvr") for i in range(12_000))])
    keep = {key("nvr"), key("c1")}
    model.keep_only("a", keep)
    # Listed again while the rest is still being dropped.
    model.put([channel("c7", "nvr")])
    qtbot.waitUntil(lambda: model.channel_count <= 2, timeout=20_000)
    assert model.node(key("c1")) is not None
    rows = outline(model.everything)
    assert len(rows) == 2 + model.channel_count


def test_counts_tell_how_many_of_a_recorder_are_online(model: TreeModel) -> None:
    model.put(nodes())
    row = model.row(model.index_of_key(key("nvr")))
    assert row is not None
    assert row.count_text() == "2/3"
    model.put([channel("hall", "nvr", status=Status.ONLINE)])
    assert row.count_text() == "3/3"
    model.keep_only("a", {key("east"), key("nvr"), key("hall")})
    assert row.count_text() == "1/1"


def test_a_pushing_camera_and_its_one_channel_need_no_count(model: TreeModel) -> None:
    model.put([nvr("rtmp", kind=DeviceKind.CAMERA), channel("only", "rtmp")])
    row = model.row(model.index_of_key(key("rtmp")))
    assert row is not None
    assert row.count_text() == ""


def test_favourites_stand_on_top_and_follow_their_cameras(model: TreeModel) -> None:
    model.set_favourites([key("dock"), key("later")])
    model.put(nodes())
    assert outline(model.everything)[:3] == ["Favourites", "  dock", "Head office"]
    model.put([channel("later"), channel("dock", "nvr", name="Dock 2")])
    assert outline(model.everything)[:3] == ["Favourites", "  Dock 2", "  later"]
    model.set_favourites([])
    assert outline(model.everything)[0] == "Head office"


def test_a_search_shows_matches_with_what_they_hang_from(model: TreeModel) -> None:
    model.put(nodes())
    model.show_only([key("till"), key("dock"), key("unknown")])
    assert model.filtered
    assert outline(model.found) == ["Head office", "  till", "  east", "    nvr", "      dock"]
    row = model.row(model.index_of_key(key("nvr")))
    assert row is not None
    # Of all its channels, not of those that were found.
    assert row.count_text() == "2/3"


def test_what_arrives_during_a_search_is_there_when_it_ends(model: TreeModel) -> None:
    model.put(nodes())
    model.show_only([key("dock")])
    model.put([channel("dock 2", "nvr"), channel("dock", "nvr", name="Dock one")])
    assert outline(model.found)[-1].strip() == "Dock one"
    model.show_only([key("dock"), key("dock 2")])
    assert [one.strip() for one in outline(model.found)[-2:]] == ["Dock one", "dock 2"]
    model.show_only(None)
    assert "      dock 2" in outline(model.everything)


def test_an_index_that_is_too_old_finds_nothing(model: TreeModel) -> None:
    model.put(nodes())
    model.show_only([key("dock")])
    kept = QPersistentModelIndex(model.index_of_key(key("dock")))
    model.show_only([key("till")])
    gc.collect()
    assert not kept.isValid()
    assert model.row(kept) is None
    assert model.row(QModelIndex()) is None


def test_a_persistent_index_finds_its_row(model: TreeModel) -> None:
    model.put(nodes())
    kept = QPersistentModelIndex(model.index_of_key(key("dock")))
    model.put([channel("first")])
    row = model.row(kept)
    assert row is not None
    assert row.name == "dock"


def test_an_account_says_how_its_list_stands(model: TreeModel) -> None:
    model.begin_listing("a")
    assert outline(model.everything) == ["Head office", "  Asking for its cameras…"]
    model.end_listing("a")
    assert outline(model.everything) == ["Head office", "  No cameras in this account"]
    model.set_note("a", "12 min old", alarm=True, problem="The login was refused.")
    hint = model.row(model.everything.index(0, 0, model.account_index("a")))
    assert hint is not None
    assert (hint.name, hint.action) == ("The login was refused.", "refresh")
    model.begin_listing("a")
    model.put([channel("till")])
    model.end_listing("a")
    assert outline(model.everything) == ["Head office", "  till"]


def test_a_problem_stays_above_the_nodes_that_are_known(model: TreeModel) -> None:
    model.put(nodes())
    model.set_note("a", "", alarm=True, problem="No network.")
    assert outline(model.everything)[1] == "  No network."
    model.keep_only("a", {key("till")})
    assert outline(model.everything) == ["Head office", "  No network.", "  till"]


def test_accounts_keep_their_rows_when_the_order_changes(model: TreeModel) -> None:
    model.put(nodes())
    model.set_accounts([account("b", "Other"), account("a", "Renamed")])
    assert outline(model.everything)[:3] == ["Other", "Renamed", "  east"]


def test_what_is_dragged_names_each_camera_once(model: TreeModel) -> None:
    model.put(nodes())
    indexes = [model.index_of_key(key(name)) for name in ("nvr", "gate", "till", "east")]
    data = model.everything.mimeData(indexes)
    wanted = (key("gate"), key("dock"), key("hall"), key("till"))
    assert set(drag.dropped(data).channels) == set(wanted)
    assert len(drag.dropped(data).channels) == 4


def test_a_name_that_looks_like_markup_is_shown_as_it_is(model: TreeModel) -> None:
    model.put([channel("x", name="<b>Gate</b><img src='http://example.invalid/x'>")])
    tip = model.index_of_key(key("x")).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    assert "&lt;b&gt;Gate" in tip
