"""Order, pages and what comes meanwhile: no event twice, none lost, each where it belongs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from tests.ui.events.support import row, rows
from vsconsole.ui.events.model import EventModel


def test_pages_follow_each_other_when_a_view_asks(qtbot: QtBot, qtmodeltester: ModelTester) -> None:
    model = EventModel()
    model.show(rows(100, 10), more=True)
    assert model.canFetchMore(QModelIndex())
    with qtbot.waitSignal(model.more_wanted):
        model.fetchMore(QModelIndex())
    # Asked once, however often the view comes to the end.
    assert not model.canFetchMore(QModelIndex())
    model.append(rows(90, 10), more=False)
    assert [one.number for one in model.rows] == list(range(100, 80, -1))
    assert not model.canFetchMore(QModelIndex())
    text = model.data(model.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert "2026-11-20 13:40:00" in text
    assert "Dock" in text
    qtmodeltester.check(model)


@given(
    st.lists(st.integers(0, 400), unique=True, max_size=40),
    st.lists(st.integers(0, 400), unique=True, max_size=40),
    st.booleans(),
)
def test_new_events_go_where_they_belong(known: list[int], new: list[int], more: bool) -> None:
    model = EventModel()
    model.show([row(number) for number in sorted(known, reverse=True)], more=more)
    inserted: list[int] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append(last - first + 1))
    count = model.insert([row(number) for number in new])
    shown = [one.number for one in model.rows]
    # With pages to come, what is older than what is here comes with them.
    oldest = min(known) if more and known else -1
    assert shown == sorted({*known, *(n for n in new if n > oldest or n in known)}, reverse=True)
    assert count == len(shown) - len(known)
    assert sum(inserted) in (0, count)
    for place, one in enumerate(model.rows):
        assert model.place_of(one.name) == place


def test_an_event_told_again_is_renewed_in_its_place(qtbot: QtBot) -> None:
    model = EventModel()
    model.show(rows(5, 5), more=False)
    with qtbot.waitSignal(model.dataChanged) as told:
        model.renew(row(3, picture="http://127.0.0.1:1/fresh.jpg"))
    assert told.args is not None
    assert told.args[0].row() == 2
    assert model.rows[2].event.picture.endswith("fresh.jpg")
    model.renew(row(77))
    assert len(model.rows) == 5
    assert model.place_of(row(77).name) is None
    assert model.row(QModelIndex()) is None
