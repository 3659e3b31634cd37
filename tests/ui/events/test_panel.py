"""Searching, filtering, looking and choosing, by mouse and by keys; and the four states."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.events.support import numbers, row, rows, shown_panel
from vsconsole.domain.model import Account, Key
from vsconsole.ui import marks
from vsconsole.ui.events.delegate import ROW
from vsconsole.ui.events.filters import GroupChoice, Time, Where, Wish
from vsconsole.ui.events.panel import EventsPanel
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.marks import Shape

LEFT = Qt.MouseButton.LeftButton
ACCOUNTS = [Account(id="a", vendor="local", name="Box"), Account(id="b", vendor="local", name="B")]
GROUPS = {
    "a": [
        GroupChoice(key=Key("a", "east"), name="East", depth=0),
        GroupChoice(key=Key("a", "gate"), name="Gate", depth=1),
    ]
}


def click_row(panel: EventsPanel, place: int) -> None:
    QTest.mouseClick(
        panel.list.viewport(),
        LEFT,
        pos=QPoint(120, place * ROW + 10 - panel.list.verticalScrollBar().value()),
    )


def test_states_follow_what_is_known(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    assert "Reading" in panel.message.text()
    assert not panel.act.isVisible()
    panel.show_failure("The disk is full.")
    assert panel.message.text() == "The disk is full."
    with qtbot.waitSignal(panel.retry_asked):
        panel.act.click()
    panel.show_rows([], 0, more=False)
    assert "Nothing was reported" in panel.message.text()
    with qtbot.waitSignal(panel.again_asked):
        panel.act.click()
    panel.show_accounts(False)
    with qtbot.waitSignal(panel.setup_asked):
        panel.act.click()
    panel.show_rows(rows(3, 3), 3, more=False)
    panel.show_status("up to date")
    assert panel.pages.currentWidget() is panel.list
    assert panel.status.text() == "3 events · up to date"
    panel.show_status("Box: 3 h old.", warn=True)
    assert panel.status.property("role") == "warn"


def test_words_are_asked_for_once_typing_rests_and_cleared_by_escape(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    wishes: list[Wish] = []
    panel.wish_changed.connect(wishes.append)
    panel.focus_search()
    QTest.keyClicks(panel.search, "white")
    qtbot.waitUntil(lambda: bool(wishes))
    assert [wish.text for wish in wishes] == ["white"]
    panel.show_rows([], 0, more=False)
    assert panel.message.text() == "No event fits."
    assert panel.act.text() == "Show all events"
    panel.act.click()
    assert wishes[-1] == Wish()
    assert panel.search.text() == ""
    QTest.keyClicks(panel.search, "x")
    QTest.keyClick(panel.search, Qt.Key.Key_Return)
    assert wishes[-1].text == "x"
    QTest.keyClick(panel.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: wishes[-1].text == "")


def test_filters_narrow_by_place_kind_and_time(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    wishes: list[Wish] = []
    panel.wish_changed.connect(wishes.append)
    with qtbot.waitSignal(panel.filters_opened):
        panel.filter_button.click()
    filters = panel.filters
    assert filters.isVisible()
    filters.show_kinds({"person": "Person", "human": "Person", "car": "Vehicle"})
    filters.show_places(ACCOUNTS, GROUPS)
    assert wishes == []
    texts = [filters.place.itemText(place) for place in range(filters.place.count())]
    assert texts[3:] == ["Box", "    East", "        Gate", "B"]
    # By keys alone.
    filters.kind.setFocus()
    QTest.keyClick(filters.kind, Qt.Key.Key_Down)
    assert wishes[-1].kinds == {"person", "human"}
    QTest.keyClick(filters.place, Qt.Key.Key_Down)
    assert wishes[-1].place is Where.SELECTED
    filters.place.setCurrentIndex(5)
    assert wishes[-1].place == Key("a", "gate")
    QTest.keyClick(filters.time, Qt.Key.Key_Down)
    assert wishes[-1].time is Time.HOUR
    assert wishes[-1].filtered
    # More choices leave what is chosen; a group that is gone does not stay chosen.
    count = len(wishes)
    filters.show_kinds({"person": "Person", "human": "Person", "body": "Person", "pet": "Pet"})
    assert wishes[-1].kinds == {"person", "human", "body"}
    filters.show_places(ACCOUNTS, {})
    assert wishes[-1].place is Where.EVERYWHERE
    assert len(wishes) == count + 2
    panel.clear()
    assert wishes[-1] == Wish()


def test_a_click_or_enter_plays_and_arrows_only_look(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    panel.show_rows(rows(20, 20), 20, more=False)
    played: list[EventRow] = []
    looked: list[EventRow] = []
    panel.chosen.connect(played.append)
    panel.looked.connect(looked.append)
    click_row(panel, 2)
    assert [one.number for one in played] == [18]
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    QTest.keyClick(panel.list, Qt.Key.Key_Down)
    assert [one.number for one in played] == [18]
    assert [one.number for one in looked] == [18, 17, 16]
    assert panel.view.row == row(16)
    QTest.keyClick(panel.list, Qt.Key.Key_Return)
    assert [one.number for one in played] == [18, 16]
    QTest.keyClick(panel.list, Qt.Key.Key_End)
    assert panel.list.row() == row(1)
    QTest.keyClick(panel.list, Qt.Key.Key_Home)
    assert panel.list.row() == row(20)
    # From the search field downwards.
    panel.list.setCurrentIndex(panel.model.index(-1))
    panel.focus_search()
    QTest.keyClick(panel.search, Qt.Key.Key_Down)
    assert panel.list.hasFocus()
    assert panel.list.row() == row(20)


def test_pressing_on_one_and_letting_go_on_another_plays_neither(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    panel.show_rows(rows(5, 5), 5, more=False)
    played: list[EventRow] = []
    panel.chosen.connect(played.append)
    QTest.mousePress(panel.list.viewport(), LEFT, pos=QPoint(100, 10))
    QTest.mouseRelease(panel.list.viewport(), LEFT, pos=QPoint(100, ROW + 10))
    assert played == []


def test_what_is_read_stays_in_place_when_news_come(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    panel.show_rows(rows(200, 100), 500, more=True)
    bar = panel.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 40 * ROW)
    # At the top the newest is what one wants to see.
    panel.show_new([row(201)], 501)
    assert bar.value() == 0
    assert numbers(panel)[:2] == [201, 200]
    bar.setValue(30 * ROW + 7)
    panel.list.select(panel.model.rows[32])
    chosen, at_top = panel.list.row(), panel.list.rows_in_sight()[0]
    panel.show_new([row(number) for number in (202, 203, 204)], 504)
    assert panel.list.rows_in_sight()[0] == at_top
    assert bar.value() == 33 * ROW + 7
    # Also where they are many and all over.
    panel.show_new([row(300 + 2 * number) for number in range(20)], 524)
    assert panel.list.rows_in_sight()[0] == at_top
    assert panel.list.row() == chosen
    assert panel.status.text().startswith("524 events")


def test_the_end_of_the_list_asks_for_more(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    panel.show_rows(rows(200, 50), 100, more=True)
    with qtbot.waitSignal(panel.more_wanted):
        panel.list.verticalScrollBar().setValue(panel.list.verticalScrollBar().maximum())
    panel.show_more(rows(150, 50), more=False)
    assert numbers(panel) == list(range(200, 100, -1))


def test_pictures_are_wanted_for_what_is_in_sight_only(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    seen: list[list[EventRow]] = []
    panel.in_sight.connect(seen.append)
    panel.show_rows(rows(5000, 5000), 5000, more=False)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[-1][0] == row(5000)
    assert len(seen[-1]) < 20
    panel.list.verticalScrollBar().setValue(3000 * ROW)
    qtbot.waitUntil(lambda: seen[-1][0] == row(2000))
    panel.hide()
    panel.list.look()
    assert seen[-1] == []


def test_a_picture_that_came_is_painted_with_its_boxes(qtbot: QtBot) -> None:
    from tests.ui.events.support import BOX

    panel = shown_panel(qtbot)
    one = row(1, boxes=(BOX,))
    panel.show_rows([one], 1, more=False)
    before = panel.list.viewport().grab().toImage()
    image = QImage(80, 45, QImage.Format.Format_RGB32)
    image.fill(QColor("#102040"))
    panel.thumbs.put(one.name, image)
    panel.model.touch(one.name)
    after = panel.list.viewport().grab().toImage()
    assert before != after
    colours = {after.pixelColor(x, ROW // 2).name() for x in range(8, 88)}
    assert "#102040" in colours
    assert "#e69f00" in colours


def test_the_menu_narrows_to_a_kind_and_copies(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    one = row(1, text="白短袖")
    panel.show_rows([one], 1, more=False)
    panel.filters.show_kinds({"person": "Person", "car": "Vehicle"})
    menu = panel.menu_of(one)
    texts = [action.text() for action in menu.actions()]
    menu.actions()[texts.index("Copy")].trigger()
    copied = QGuiApplication.clipboard().text()
    assert "白短袖" in copied
    assert "2026-11-20 12:01:00 UTC+8" in copied
    with qtbot.waitSignal(panel.chosen) as told:
        menu.actions()[0].trigger()
    assert told.args == [one]
    menu.actions()[texts.index("Only events of this kind")].trigger()
    assert panel.wish.kinds == {"person"}


@pytest.mark.parametrize(("height", "shown"), [(320, False), (620, True)])
def test_the_picture_leaves_room_for_the_list_unless_asked_for(
    qtbot: QtBot, height: int, shown: bool
) -> None:
    panel = shown_panel(qtbot, height)
    assert panel.view.isVisible() is shown
    assert panel.picture_button.isChecked() is shown
    panel.picture_button.click()
    assert panel.view.isVisible() is not shown
    panel.resize(280, 700)
    assert panel.view.isVisible() is not shown


def test_everything_has_a_name_and_a_key(qtbot: QtBot) -> None:
    panel = shown_panel(qtbot)
    panel.filter_button.setChecked(True)
    panel.show_rows(rows(3, 3), 3, more=False)
    panel.list.select(row(2))
    named: list[QWidget] = [
        panel.search,
        panel.filter_button,
        panel.picture_button,
        panel.filters.place,
        panel.filters.kind,
        panel.filters.time,
        panel.list,
        panel.again,
    ]
    for widget in named:
        assert widget.accessibleName()
        assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    panel.activateWindow()
    panel.search.setFocus()
    reached: set[QWidget | None] = set()
    for _step in range(14):
        reached.add(QGuiApplication.focusObject())  # type: ignore[arg-type]
        QTest.keyClick(panel.window().focusWidget(), Qt.Key.Key_Tab)
    assert set(named) <= reached


def test_kinds_have_shapes_of_their_own() -> None:
    cases = {
        ("videoMotion", "Motion"): Shape.TRIANGLE,
        ("algorithm-2", "人体检测"): Shape.CIRCLE,
        ("algorithm-3", "车辆检测"): Shape.SQUARE,
        ("Car", "Vehicle"): Shape.SQUARE,
        ("alarm-5.3", ""): Shape.CROSS,
        ("status", "Device offline"): Shape.CROSS,
        ("digest", "AI digest"): Shape.DIAMOND,
    }
    for (kind, title), shape in cases.items():
        assert marks.shape_of(kind, title) is shape
    assert len({marks.colour_of(shape).name() for shape in Shape}) == len(Shape)
