"""The month, its days, and what is known of them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.timeline.test_widget import told
from vsconsole.domain import days
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.ui import tokens
from vsconsole.ui.timeline.calendar import CalendarWidget
from vsconsole.ui.timeline.month import MonthFootage, MonthState, shares

LEFT = Qt.MouseButton.LeftButton
NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def calendar(qtbot: QtBot) -> CalendarWidget:
    """November 2026 in Shanghai, today the 20th."""
    widget = CalendarWidget(zone="Asia/Shanghai", clock=lambda: NOW, first_day=Qt.DayOfWeek.Monday)
    qtbot.addWidget(widget)
    widget.setFixedWidth(214)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.grid.setFocus()
    return widget


def click(calendar: CalendarWidget, day: date) -> None:
    place = calendar.grid.rect_of(day).center().toPoint()
    QTest.mouseClick(calendar.grid, LEFT, Qt.KeyboardModifier.NoModifier, place)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_a_day_is_marked_when_one_second_of_it_was_recorded(zone: str) -> None:
    day = days.span_of(date(2026, 11, 10), zone)
    second, half = timedelta(seconds=1), timedelta(milliseconds=500)

    def marked(begin: datetime, end: datetime) -> list[int]:
        found = shares(SegmentSet.of_spans([Span(begin, end)]), 2026, 11, zone)
        assert len(found) == 30
        return [day.day for day, share in found.items() if share > 0]

    assert marked(day.begin, day.begin + second) == [10]
    assert marked(day.begin - second, day.begin) == [9]
    assert marked(day.end - second, day.end) == [10]
    assert marked(day.begin - second, day.begin + second) == [9, 10]
    assert marked(day.begin - half, day.begin + half) == []
    assert marked(day.begin, day.end) == [10]


def test_the_share_is_of_the_days_own_hours_and_unknown_days_have_none() -> None:
    long_day = days.span_of(date(2026, 10, 25), "Europe/Berlin")
    half = Span(long_day.begin, long_day.begin + timedelta(hours=12.5))
    unknown = days.span_of(date(2026, 10, 26), "Europe/Berlin")
    found = shares(SegmentSet.of_spans([half]), 2026, 10, "Europe/Berlin", [unknown])
    assert found[date(2026, 10, 25)] == pytest.approx(0.5)
    assert date(2026, 10, 26) not in found
    assert found[date(2026, 10, 27)] == 0


def test_weeks_begin_with_monday_and_days_lie_below_their_names(calendar: CalendarWidget) -> None:
    first = calendar.grid.rect_of(date(2026, 11, 1))
    second = calendar.grid.rect_of(date(2026, 11, 2))
    assert first.left() > second.left() == 0
    assert second.top() > first.top()
    for number in range(1, 31):
        day = date(2026, 11, number)
        assert calendar.grid.day_at(calendar.grid.rect_of(day).center()) == day


def test_weeks_can_begin_with_sunday(qtbot: QtBot) -> None:
    widget = CalendarWidget(clock=lambda: NOW, first_day=Qt.DayOfWeek.Sunday)
    qtbot.addWidget(widget)
    assert widget.grid.rect_of(date(2026, 11, 1)).left() == 0


def test_a_click_chooses_a_day_but_not_one_to_come(calendar: CalendarWidget) -> None:
    chosen = told(calendar.day_chosen)
    click(calendar, date(2026, 11, 12))
    click(calendar, date(2026, 11, 21))
    assert chosen == [(date(2026, 11, 12),)]
    assert calendar.selected == date(2026, 11, 12)


def test_arrows_turn_months_and_each_is_asked_for(calendar: CalendarWidget) -> None:
    shown = told(calendar.month_shown)
    QTest.mouseClick(calendar._back, LEFT)
    QTest.mouseClick(calendar._back, LEFT)
    QTest.mouseClick(calendar._on, LEFT)
    assert shown == [(2026, 10), (2026, 9), (2026, 10)]
    assert calendar._title.text() == "October 2026"
    calendar.show_month(2026, 1)
    QTest.mouseClick(calendar._back, LEFT)
    assert calendar.month == (2025, 12)


def test_the_keyboard_reaches_every_day_and_month(calendar: CalendarWidget) -> None:
    chosen, shown = told(calendar.day_chosen), told(calendar.month_shown)
    grid = calendar.grid
    QTest.keyClick(grid, Qt.Key.Key_Left)
    QTest.keyClick(grid, Qt.Key.Key_Up)
    QTest.keyClick(grid, Qt.Key.Key_Return)
    assert chosen == [(date(2026, 11, 12),)]
    QTest.keyClick(grid, Qt.Key.Key_PageUp)
    QTest.keyClick(grid, Qt.Key.Key_End)
    assert grid.cursor_day == date(2026, 10, 31)
    QTest.keyClick(grid, Qt.Key.Key_PageUp)
    assert grid.cursor_day == date(2026, 9, 30)
    QTest.keyClick(grid, Qt.Key.Key_Home)
    QTest.keyClick(grid, Qt.Key.Key_Left)
    assert grid.cursor_day == date(2026, 8, 31)
    QTest.keyClick(grid, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ShiftModifier)
    assert calendar.month == (2027, 8)
    # Space is the desk's.
    QTest.keyClick(grid, Qt.Key.Key_Space)
    assert len(chosen) == 1
    assert shown == [(2026, 10), (2026, 9), (2026, 8), (2027, 8)]


def test_selecting_from_outside_turns_the_month_but_chooses_nothing(
    calendar: CalendarWidget,
) -> None:
    chosen = told(calendar.day_chosen)
    calendar.select(date(2026, 9, 3))
    assert calendar.month == (2026, 9)
    assert chosen == []


def line_width(calendar: CalendarWidget, day: date) -> int:
    """Pixels of the underline's colour below a day."""
    shown = calendar.grid.grab().toImage()
    cell = calendar.grid.rect_of(day)
    wanted = tokens.current().kinds[next(iter(tokens.current().kinds))]
    y = round(cell.top() + 21)
    return sum(
        shown.pixelColor(x, y).name() == wanted.name()
        for x in range(round(cell.left()), round(cell.right()))
    )


def test_the_underline_is_as_wide_as_the_recorded_share(calendar: CalendarWidget) -> None:
    known = {date(2026, 11, 3): 1.0, date(2026, 11, 4): 0.5, date(2026, 11, 5): 0.001}
    known[date(2026, 11, 6)] = 0.0
    calendar.set_month(2026, 11, MonthFootage(shares=known))
    widths = [line_width(calendar, day) for day in known]
    assert widths[0] > widths[1] > widths[2] > 0 == widths[3]
    assert calendar.grid.text_of(date(2026, 11, 4)) == "Wednesday 4 November 2026, recorded 50 %"
    assert calendar.grid.text_of(date(2026, 11, 6)).endswith("no recording")
    assert calendar.grid.text_of(date(2026, 11, 7)).endswith("not known yet")
    assert calendar.grid.text_of(date(2026, 11, 21)).endswith("in the future")


def test_loading_and_failed_months_say_so_and_offer_retry(calendar: CalendarWidget) -> None:
    calendar.set_month(2026, 11, MonthFootage(state=MonthState.LOADING))
    assert calendar._note.text() == "Loading"
    assert calendar._retry.isHidden()
    failed = MonthFootage(state=MonthState.FAILED, message="<b>No</b> answer.")
    calendar.set_month(2026, 11, failed)
    assert calendar._note.text() == "<b>No</b> answer."
    assert calendar._note.textFormat() == Qt.TextFormat.PlainText
    asked = told(calendar.retry_requested)
    retry = calendar.findChild(QPushButton)
    assert retry
    QTest.mouseClick(retry, LEFT)
    assert asked == [(2026, 11)]
    calendar.set_month(2026, 11, MonthFootage(shares={}))
    assert calendar._retry.isHidden()


def test_a_month_told_while_another_is_shown_waits_for_its_turn(calendar: CalendarWidget) -> None:
    calendar.set_month(2026, 10, MonthFootage(shares={date(2026, 10, 9): 1.0}))
    assert calendar.grid.text_of(date(2026, 10, 9)).endswith("not known yet")
    calendar.show_month(2026, 10)
    assert calendar.grid.text_of(date(2026, 10, 9)).endswith("recorded 100 %")
    calendar.set_zone("Europe/Berlin")
    assert calendar.grid.text_of(date(2026, 10, 9)).endswith("not known yet")


def test_today_is_the_day_of_the_channels_zone(qtbot: QtBot) -> None:
    late = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    widget = CalendarWidget(zone="Pacific/Kiritimati", clock=lambda: late)
    qtbot.addWidget(widget)
    assert widget.grid.cursor_day == date(2026, 11, 21)
    chosen = told(widget.day_chosen)
    widget.resize(214, 240)
    widget.show()
    click(widget, date(2026, 11, 21))
    assert chosen == [(date(2026, 11, 21),)]


def test_language_and_hover_change_what_is_shown(calendar: CalendarWidget) -> None:
    from vsconsole import i18n

    plain = calendar.grid.grab().toImage()
    place = calendar.grid.rect_of(date(2026, 11, 12)).center().toPoint()
    QTest.mouseMove(calendar.grid, place)
    assert calendar.grid.grab().toImage() != plain
    QTest.mouseMove(calendar.grid, QPoint(2, 2))
    i18n.set_language("zh_CN")
    QApplication.sendEvent(calendar, QEvent(QEvent.Type.LanguageChange))
    assert "11月" in calendar._title.text() or "十一月" in calendar._title.text()
