"""The transport bar: buttons, clock, time box, range fields."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.timeline import support
from tests.ui.timeline.support import NOW, ZONE, at, footage, lane, model
from tests.ui.timeline.test_widget import told
from vsconsole.domain.model import Store
from vsconsole.domain.timeline import Span
from vsconsole.ui.timeline.legend import Legend
from vsconsole.ui.timeline.month import MonthFootage
from vsconsole.ui.timeline.panel import TimelinePanel
from vsconsole.ui.timeline.speed import SPEEDS
from vsconsole.ui.timeline.transport import Control, TransportBar

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def bar(qtbot: QtBot) -> TransportBar:
    """A bar that shows 08:42:49 of the 20th."""
    widget = TransportBar(clock=lambda: NOW)
    qtbot.addWidget(widget)
    widget.resize(1900, 40)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.set_clock(at("08:42:49"), ZONE)
    return widget


def press(bar: TransportBar, control: Control) -> None:
    QTest.mouseClick(bar.buttons[control], LEFT)


def type_time(bar: TransportBar, text: str) -> None:
    bar.go_to_time()
    bar.box.edit.clear()
    # QTest.keyClicks knows only characters with a key.
    for character in text:
        if character.isascii():
            QTest.keyClicks(bar.box.edit, character)
        else:
            bar.box.edit.insert(character)
    QTest.keyClick(bar.box.edit, Qt.Key.Key_Return)


def test_each_button_asks_for_its_own(bar: TransportBar) -> None:
    heard = {
        "previous": told(bar.previous_requested),
        "next": told(bar.next_requested),
        "skip": told(bar.skip_requested),
        "frame": told(bar.frame_requested),
        "play": told(bar.play_requested),
        "pause": told(bar.pause_requested),
        "live": told(bar.live_requested),
    }
    for control in (
        Control.PREVIOUS,
        Control.BACK,
        Control.FRAME_BACK,
        Control.PLAY,
        Control.FRAME_ON,
        Control.ON,
        Control.NEXT,
        Control.LIVE,
    ):
        press(bar, control)
    bar.set_playing(True)
    press(bar, Control.PLAY)
    assert heard == {
        "previous": [()],
        "next": [()],
        "skip": [(-10.0,), (10.0,)],
        "frame": [(-1,), (1,)],
        "play": [()],
        "pause": [()],
        "live": [()],
    }
    assert bar.buttons[Control.PLAY].accessibleName() == "Pause"


def test_a_control_that_cannot_work_says_why(bar: TransportBar) -> None:
    bar.set_reason(Control.FRAME_BACK, "Tencent device playback has no single frames.")
    asked = told(bar.frame_requested)
    press(bar, Control.FRAME_BACK)
    assert asked == []
    assert "Tencent device" in bar.buttons[Control.FRAME_BACK].toolTip()
    bar.set_keys({Control.FRAME_BACK: ","})
    bar.set_reason(Control.FRAME_BACK, "")
    press(bar, Control.FRAME_BACK)
    assert asked == [(-1,)]
    assert bar.buttons[Control.FRAME_BACK].toolTip() == "One frame back (,)"
    assert "Ctrl" in bar.export.toolTip()
    assert not bar.export.isEnabled()


def test_the_clock_is_that_of_the_picture_with_its_zone(bar: TransportBar) -> None:
    assert bar.clock.text() == "2026-11-20 08:42:49"
    assert bar.note.text() == "UTC+8 · shown by the picture"
    width = bar.clock.width()
    bar.set_clock(at("11:11:11"), ZONE)
    assert bar.clock.width() == width
    bar.set_clock(None, ZONE)
    assert bar.note.text() == "no picture"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("07:05", "07:05"),
        ("07:05:30", "07:05:30"),
        ("yesterday 14:05", "19 14:05"),
        ("昨天 14:05", "19 14:05"),
        ("11-19 08:42:49", "19 08:42:49"),
        ("2026-11-18 08:42:49", "18 08:42:49"),
        ("19 08:42", "19 08:42"),
    ],
)
def test_the_time_box_goes_to_what_was_typed(bar: TransportBar, text: str, meant: str) -> None:
    entered = told(bar.time_entered)
    type_time(bar, text)
    assert entered == [(at(meant),)]
    assert bar.box.problem.isHidden()
    assert bar.box.edit.text() == ""


def test_the_time_box_says_beside_itself_what_is_wrong(bar: TransportBar) -> None:
    entered = told(bar.time_entered)
    type_time(bar, "soon")
    assert entered == []
    assert bar.box.problem.isVisible()
    assert "soon" in bar.box.problem.toolTip()
    assert bar.box.edit.property("problem") is True
    assert bar.box.problem.geometry().left() >= bar.box.edit.geometry().right()
    type_time(bar, "13:00")
    assert "future" in bar.box.problem.toolTip()
    QTest.keyClick(bar.box.edit, Qt.Key.Key_1)
    assert bar.box.problem.isHidden()
    QTest.keyClick(bar.box.edit, Qt.Key.Key_Escape)
    assert bar.box.edit.text() == ""


def test_a_time_alone_belongs_to_the_day_on_screen(bar: TransportBar) -> None:
    bar.set_clock(at("17 08:00"), ZONE)
    entered = told(bar.time_entered)
    type_time(bar, "23:30")
    assert entered == [(at("17 23:30"),)]


def test_speed_is_asked_for_measured_and_explained(bar: TransportBar) -> None:
    asked = told(bar.speed_requested)
    for action in bar.speed._actions.values():
        action.trigger()
    assert [speed for (speed,) in asked] == list(SPEEDS)
    bar.speed.set_speed(4.0)
    bar.speed.set_measured(3.9)
    assert bar.speed.text().startswith("4×")
    bar.speed.set_measured(1.0)
    assert bar.speed.text().startswith("1.0× asked 4×")
    bar.speed.set_note("The device ignores 4×; every 4th picture is shown.")
    assert bar.speed._line.isVisible()
    assert "ignores" in bar.speed.toolTip()
    bar.speed.set_offered(frozenset({1.0, 2.0}))
    assert not bar.speed._actions[16.0].isEnabled()


def test_stores_are_offered_where_there_are_several(bar: TransportBar) -> None:
    chosen = told(bar.store_chosen)
    bar.set_stores([Store.CLOUD], Store.CLOUD)
    assert bar.stores.isHidden()
    bar.set_stores([Store.CLOUD, Store.DEVICE], Store.CLOUD)
    assert bar.stores.isVisible()
    assert bar.stores.text().startswith("cloud")
    menu = bar.stores.menu()
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()] == [True, False]
    menu.actions()[1].trigger()
    assert chosen == [(Store.DEVICE,)]


def test_the_range_is_text_to_the_second_and_can_be_exported(bar: TransportBar) -> None:
    edited, exported = told(bar.range_edited), told(bar.export_requested)
    whole = support.span("09:30", "10:15")
    bar.set_range(whole)
    assert (bar.fields.begin.text(), bar.fields.end.text()) == ("09:30:00", "10:15:00")
    press(bar, Control.EXPORT)
    assert exported == [(whole,)]
    bar.fields.end.selectAll()
    QTest.keyClicks(bar.fields.end, "10:15:01")
    QTest.keyClick(bar.fields.end, Qt.Key.Key_Return)
    assert edited == [(Span(whole.begin, whole.end + timedelta(seconds=1)),)]
    QTest.mouseClick(bar.fields.clear, LEFT)
    assert edited[-1] == (None,)


@pytest.mark.parametrize("text", ["09:00:00", "later", "23:00"])
def test_a_range_that_cannot_be_is_refused_beside_its_field(bar: TransportBar, text: str) -> None:
    edited = told(bar.range_edited)
    bar.set_range(support.span("09:30", "10:15"))
    bar.fields.end.selectAll()
    QTest.keyClicks(bar.fields.end, text)
    QTest.keyClick(bar.fields.end, Qt.Key.Key_Return)
    assert edited == []
    assert bar.fields.problem.isVisible()
    assert bar.fields.end.property("problem") is True
    QTest.keyClick(bar.fields.end, Qt.Key.Key_Escape)
    assert bar.fields.end.text() == "10:15:00"
    assert bar.fields.problem.isHidden()


def test_a_range_over_midnight_has_its_dates_and_a_fine_one_its_milliseconds(
    bar: TransportBar,
) -> None:
    bar.set_range(Span(at("19 23:30"), at("20 00:30")))
    assert bar.fields.begin.text() == "11-19 23:30:00"
    assert bar.fields.end.text() == "11-20 00:30:00"
    bar.set_range(Span(at("08:00:01.250"), at("08:00:02")))
    assert bar.fields.begin.text() == "08:00:01.250"


@pytest.mark.parametrize("width", [1900, 1385, 1065])
def test_nothing_lies_over_anything_at_any_width(bar: TransportBar, width: int) -> None:
    bar.set_range(support.span("09:30", "10:15"))
    bar.set_stores([Store.CLOUD, Store.DEVICE], Store.CLOUD)
    bar.resize(width, 40)
    layout = bar.layout()
    assert layout
    layout.activate()
    parts = [
        item.widget().geometry()
        for n in range(layout.count())
        if (item := layout.itemAt(n)) and item.widget() and item.widget().isVisible()
    ]
    for one, other in pairwise(parts):
        assert one.right() < other.left()
    assert parts[-1].right() <= width


# The parts together


@pytest.fixture
def panel(qtbot: QtBot) -> TimelinePanel:
    """Calendar, bar and timeline over one model."""
    made = model(
        lane(
            cloud=footage(("05:00", "09:00"), ("10:00", "11:00")),
            device=footage(("05:00", "09:00")),
        )
    )
    widget = TimelinePanel(made, viewer_zone=ZONE, clock=lambda: NOW)
    qtbot.addWidget(widget)
    widget.resize(1600, 280)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def test_clock_and_calendar_follow_the_playhead(panel: TimelinePanel) -> None:
    panel.model.set_playhead(at("08:42:49"))
    assert panel.bar.clock.text() == "2026-11-20 08:42:49"
    assert panel.calendar.selected == date(2026, 11, 20)
    panel.model.set_playhead(at("19 23:59:59"))
    assert panel.calendar.selected == date(2026, 11, 19)


def test_a_day_in_the_calendar_is_shown_whole(panel: TimelinePanel) -> None:
    grid = panel.calendar.grid
    place = grid.rect_of(date(2026, 11, 17)).center().toPoint()
    QTest.mouseClick(grid, LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert panel.model.span == Span(at("17 00:00"), at("18 00:00"))


def test_a_range_drawn_appears_as_text_and_a_range_typed_on_the_timeline(
    panel: TimelinePanel,
) -> None:
    panel.model.set_range(support.span("09:30", "10:15"))
    assert panel.bar.fields.begin.text() == "09:30:00"
    panel.bar.fields.begin.selectAll()
    QTest.keyClicks(panel.bar.fields.begin, "09:31:07")
    QTest.keyClick(panel.bar.fields.begin, Qt.Key.Key_Return)
    assert panel.model.range == Span(at("09:31:07"), at("10:15"))
    QTest.mouseClick(panel.bar.fields.clear, LEFT)
    assert panel.model.range is None
    assert panel.bar.fields.isHidden()


def test_every_part_can_be_reached_with_the_tab_key(panel: TimelinePanel) -> None:
    panel.model.set_range(support.span("09:30", "10:15"))
    panel.activateWindow()
    panel.calendar.grid.setFocus()
    reached = set()
    for _n in range(40):
        widget = panel.focusWidget()
        reached.add(widget)
        QTest.keyClick(widget, Qt.Key.Key_Tab)
    assert {
        panel.calendar.grid,
        panel.bar.box.edit,
        panel.bar.fields.begin,
        panel.bar.fields.end,
        panel.timeline,
        *panel.bar.buttons.values(),
    } <= reached


def test_another_channel_takes_its_days_off_the_calendar(panel: TimelinePanel) -> None:
    calendar = panel.calendar
    calendar.set_month(2026, 11, MonthFootage(shares={date(2026, 11, 3): 1.0}))
    assert calendar.grid.text_of(date(2026, 11, 3)).endswith("recorded 100 %")
    panel.model.set_lanes([lane("gate", cloud=footage(("05:00", "06:00")))])
    assert calendar.grid.text_of(date(2026, 11, 3)).endswith("not known yet")


def test_the_legend_names_every_look_also_without_room_for_words(qtbot: QtBot) -> None:
    legend = Legend()
    qtbot.addWidget(legend)
    legend.show()
    wide = legend.sizeHint().width()
    legend.set_compact(True)
    assert legend.sizeHint().width() < wide / 2
    for word in ("continuous", "event", "alarm", "manual", "on device", "unknown"):
        assert word in legend.accessibleDescription()
    assert len(swatches(legend)) >= 6


def swatches(legend: Legend) -> set[str]:
    """The colours painted at the middle height of the legend."""
    shown = legend.grab().toImage()
    y = shown.height() // 2
    return {shown.pixelColor(x, y).name() for x in range(shown.width())}
