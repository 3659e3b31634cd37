"""The timeline under a real mouse, wheel and keyboard."""

import random
import time
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QProxyStyle, QStyle
from pytestqt.qtbot import QtBot

from tests.ui.timeline import support
from tests.ui.timeline.support import (
    ZONE,
    at,
    drag_to,
    footage,
    lane,
    model,
    near,
    point,
    show,
    wheel,
)
from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind, Span
from vsconsole.ui import labels, theme
from vsconsole.ui.timeline.calendar import CalendarWidget
from vsconsole.ui.timeline.model import StoreFootage, TimelineModel
from vsconsole.ui.timeline.scale import FINEST
from vsconsole.ui.timeline.widget import TimelineWidget

LEFT = Qt.MouseButton.LeftButton
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def timeline(qtbot: QtBot) -> TimelineWidget:
    """06:00 to 12:00, recorded 05:00 to 09:00 and 10:00 to 11:00."""
    return show(qtbot, model())


def told(signal: Any) -> list[tuple[Any, ...]]:
    """Everything a signal says from now on."""
    heard: list[tuple[Any, ...]] = []
    signal.connect(lambda *args: heard.append(args))
    return heard


def still(qtbot: QtBot, timeline: TimelineWidget) -> None:
    """Waits for a zoom to come to rest."""
    qtbot.waitUntil(lambda: not timeline._glide.moving)


# Zoom and pan


def test_the_wheel_zooms_at_the_cursor(qtbot: QtBot, timeline: TimelineWidget) -> None:
    place = point(timeline, at("08:00"))
    length = timeline.model.span.seconds
    wheel(timeline, place, 1)
    still(qtbot, timeline)
    assert timeline.model.span.seconds == pytest.approx(length / 1.4, rel=1e-3)
    assert near(timeline.scale.at(place.x()), at("08:00"), timeline, 1.5)
    wheel(timeline, place, -2)
    still(qtbot, timeline)
    assert timeline.model.span.seconds == pytest.approx(length * 1.4, rel=1e-3)
    assert near(timeline.scale.at(place.x()), at("08:00"), timeline, 1.5)


def test_notches_that_come_quickly_add_up(qtbot: QtBot, timeline: TimelineWidget) -> None:
    place = point(timeline, at("08:00"))
    length = timeline.model.span.seconds
    for _n in range(6):
        wheel(timeline, place, 1)
    still(qtbot, timeline)
    assert timeline.model.span.seconds == pytest.approx(length / 1.4**6, rel=1e-3)


def test_zoom_goes_from_years_to_a_frame(qtbot: QtBot, timeline: TimelineWidget) -> None:
    place = point(timeline, at("08:00"))
    under = timeline.scale.at(place.x())
    for _n in range(60):
        wheel(timeline, place, 4)
        timeline._glide._animation.setCurrentTime(1000)
    assert timeline.scale.ms_per_px == pytest.approx(FINEST, rel=0.01)
    assert near(timeline.scale.at(place.x()), under, timeline)
    for _n in range(90):
        wheel(timeline, place, -4)
        timeline._glide._animation.setCurrentTime(1000)
    assert timeline.model.span.seconds > 19 * 365 * 86400
    assert timeline.grab().size() == timeline.size()


def test_a_touch_pad_zooms_by_small_steps_at_once(timeline: TimelineWidget) -> None:
    length = timeline.model.span.seconds
    wheel(timeline, point(timeline, at("08:00")), 0.25)
    assert timeline.model.span.seconds == pytest.approx(length / 1.4**0.25, rel=1e-3)


@pytest.mark.parametrize("sideways", [False, True])
def test_shift_wheel_and_sideways_wheel_pan(timeline: TimelineWidget, sideways: bool) -> None:
    span = timeline.model.span
    wheel(timeline, QPoint(500, 60), -1, NONE if sideways else SHIFT, sideways=sideways)
    assert timeline.model.span.seconds == pytest.approx(span.seconds)
    assert (timeline.model.span.begin - span.begin).total_seconds() == pytest.approx(
        span.seconds / 10, rel=0.01
    )


def test_dragging_pans_and_does_not_seek(timeline: TimelineWidget) -> None:
    sought = told(timeline.seek_requested)
    begin = timeline.model.span.begin
    per_px = timeline.scale.ms_per_px
    QTest.mousePress(timeline, LEFT, NONE, QPoint(600, 60))
    drag_to(timeline, QPoint(560, 60))
    drag_to(timeline, QPoint(500, 60))
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(500, 60))
    moved = (timeline.model.span.begin - begin).total_seconds() * 1000
    assert moved == pytest.approx(100 * per_px, rel=0.06)
    assert sought == []


def test_four_pixels_are_still_a_click(timeline: TimelineWidget) -> None:
    sought = told(timeline.seek_requested)
    span = timeline.model.span
    QTest.mousePress(timeline, LEFT, NONE, point(timeline, at("08:00")))
    drag_to(timeline, point(timeline, at("08:00")) + QPoint(4, 0))
    QTest.mouseRelease(timeline, LEFT, NONE, point(timeline, at("08:00")) + QPoint(4, 0))
    assert len(sought) == 1
    assert timeline.model.span == span


def test_a_drag_held_near_the_edge_keeps_panning(qtbot: QtBot, timeline: TimelineWidget) -> None:
    left = round(timeline.scale.left)
    QTest.mousePress(timeline, LEFT, NONE, QPoint(600, 60))
    drag_to(timeline, QPoint(400, 60))
    drag_to(timeline, QPoint(left + 8, 60))
    begin = timeline.model.span.begin
    qtbot.waitUntil(lambda: timeline.model.span.begin > begin + timedelta(minutes=20))
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(left + 8, 60))
    begin = timeline.model.span.begin
    qtbot.wait(60)
    assert timeline.model.span.begin == begin


def test_a_pan_that_begins_at_the_edge_does_not_run_away(
    qtbot: QtBot, timeline: TimelineWidget
) -> None:
    left = round(timeline.scale.left)
    QTest.mousePress(timeline, LEFT, NONE, QPoint(left + 5, 60))
    drag_to(timeline, QPoint(left + 15, 60))
    span = timeline.model.span
    qtbot.wait(80)
    assert timeline.model.span == span
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(left + 15, 60))


def test_nothing_pans_past_the_present(timeline: TimelineWidget) -> None:
    for _n in range(50):
        timeline.pan(1.0)
    assert timeline.model.span.begin < support.NOW


def test_a_rested_span_is_told_once(qtbot: QtBot, timeline: TimelineWidget) -> None:
    qtbot.wait(200)
    spans = told(timeline.visible_span_changed)
    for _n in range(10):
        timeline.pan(0.01)
    qtbot.waitUntil(lambda: bool(spans))
    qtbot.wait(200)
    assert spans == [(timeline.model.span,)]


def test_a_day_is_shown_whole_also_when_it_has_25_hours(qtbot: QtBot) -> None:
    berlin = TimelineModel(support.span("06:00", "12:00"))
    one = lane(cloud=footage(("05:00", "09:00")))
    berlin.set_lanes([type(one)(key=1, title="Gate", zone="Europe/Berlin", footage=one.footage)])
    timeline = show(qtbot, berlin)
    timeline.show_day(at("08:00").replace(month=10, day=25).date())
    assert berlin.span.seconds == 25 * 3600


# Seeking


def test_a_click_seeks_to_the_time_under_it(timeline: TimelineWidget) -> None:
    sought = told(timeline.seek_requested)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("08:00")))
    [(when, asked)] = sought
    assert when == asked
    assert near(when, at("08:00"), timeline)


def test_a_click_in_a_gap_goes_to_the_next_recording_and_tells_both(
    timeline: TimelineWidget,
) -> None:
    sought = told(timeline.seek_requested)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("09:30")))
    [(when, asked)] = sought
    assert when == at("10:00")
    assert near(asked, at("09:30"), timeline)


def test_a_click_after_the_last_recording_says_so(timeline: TimelineWidget) -> None:
    sought, refused = told(timeline.seek_requested), told(timeline.seek_refused)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("11:30")))
    assert sought == []
    assert "11:30" in refused[0][0]


def test_the_future_is_refused(timeline: TimelineWidget) -> None:
    timeline.pan(0.5)
    refused = told(timeline.seek_refused)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("13:00")))
    assert "future" in refused[0][0]


def test_unknown_time_may_hold_footage_so_it_is_asked_for(qtbot: QtBot) -> None:
    open_span = support.span("09:15", "09:45")
    timeline = show(qtbot, model(lane(cloud=footage(("10:00", "11:00"), unknown=(open_span,)))))
    sought = told(timeline.seek_requested)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("09:30")))
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("09:00")))
    assert near(sought[0][0], at("09:30"), timeline)
    assert sought[1][0] == at("09:15")


def test_a_double_click_plays_and_seeks_once(timeline: TimelineWidget) -> None:
    sought, played = told(timeline.seek_requested), told(timeline.play_requested)
    place = point(timeline, at("08:00"))
    QTest.mouseClick(timeline, LEFT, NONE, place)
    QTest.mouseDClick(timeline, LEFT, NONE, place)
    assert len(sought) == 1
    assert near(played[0][0], at("08:00"), timeline)


def test_a_click_on_another_lane_selects_it_and_looks_there(qtbot: QtBot) -> None:
    two = model(
        lane("a", cloud=footage(("05:00", "11:00"))),
        lane("b", cloud=footage(("10:00", "11:00"))),
    )
    timeline = show(qtbot, two)
    sought = told(timeline.seek_requested)
    row = timeline._canvas.rows.of("b")
    assert row
    y = round(timeline._canvas.top + row.top + row.height / 2)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("08:00"), y))
    assert two.selected
    assert two.selected.key == "b"
    assert sought[0][0] == at("10:00")


def test_a_click_on_the_bar_of_another_store_asks_for_that_store(qtbot: QtBot) -> None:
    both = lane(cloud=footage(("05:00", "09:00")), device=footage(("10:00", "11:00")))
    both = type(both)(key="k", title="t", footage=both.footage, store=Store.CLOUD)
    timeline = show(qtbot, model(both))
    stores, sought = told(timeline.store_requested), told(timeline.seek_requested)
    row = timeline._canvas.rows.rows[0]
    y = round(timeline._canvas.top + row.bars[1].top + 4)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("09:30"), y))
    assert stores == [("k", Store.DEVICE)]
    assert sought[0][0] == at("10:00")


# Scrubbing


def test_nothing_moves_a_playhead_that_is_held(qtbot: QtBot, timeline: TimelineWidget) -> None:
    head = timeline.model
    head.set_playhead(at("08:00"))
    scrubbed, sought = told(timeline.scrubbed), told(timeline.seek_requested)
    QTest.mousePress(timeline, LEFT, NONE, point(timeline, at("08:00")))
    drag_to(timeline, point(timeline, at("07:00")))
    held, span = head.playhead, head.span
    assert held
    assert near(held, at("07:00"), timeline)
    shown = timeline.grab().toImage()
    random.seed(1)
    moves = told(head.playhead_changed)
    for _n in range(1000):
        head.set_playhead(at("05:00") + timedelta(seconds=random.randrange(30_000)))
        assert head.playhead == held
    assert moves == []
    assert head.span == span
    assert timeline.grab().toImage() == shown
    QTest.mouseRelease(timeline, LEFT, NONE, point(timeline, at("07:00")))
    [(when, _asked)] = sought
    assert near(when, at("07:00"), timeline)
    assert head.playhead
    assert near(head.playhead, at("07:00"), timeline)
    assert scrubbed
    head.set_playhead(at("07:00:05"))
    assert head.playhead == at("07:00:05")


def test_scrubbing_tells_at_most_five_times_a_second_and_the_last_place_by_a_seek(
    qtbot: QtBot, timeline: TimelineWidget
) -> None:
    timeline.model.set_playhead(at("08:00"))
    scrubbed, sought = told(timeline.scrubbed), told(timeline.seek_requested)
    x = point(timeline, at("08:00")).x()
    QTest.mousePress(timeline, LEFT, NONE, QPoint(x, 60))
    for step in range(1, 61):
        drag_to(timeline, QPoint(x - step, 60))
    assert len(scrubbed) == 1
    qtbot.waitUntil(lambda: len(scrubbed) == 2)
    assert near(scrubbed[1][0], timeline.scale.at(x - 60), timeline)
    drag_to(timeline, QPoint(x - 80, 60))
    drag_to(timeline, QPoint(x - 90, 60))
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(x - 90, 60))
    count = len(scrubbed)
    qtbot.wait(250)
    assert len(scrubbed) == count
    assert near(sought[-1][0], timeline.scale.at(x - 90), timeline)


def test_two_scrubs_are_never_closer_than_a_fifth_of_a_second(
    qtbot: QtBot, timeline: TimelineWidget
) -> None:
    timeline.model.set_playhead(at("08:00"))
    times: list[float] = []
    timeline.scrubbed.connect(lambda _when: times.append(time.monotonic()))
    x = point(timeline, at("08:00")).x()
    QTest.mousePress(timeline, LEFT, NONE, QPoint(x, 60))
    for step in range(1, 61):
        drag_to(timeline, QPoint(x - step, 60))
        qtbot.wait(10)
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(x - 60, 60))
    assert len(times) >= 2
    # A timer of Qt's may be early by a twentieth; a slow machine only makes it later.
    assert all(later - earlier > 0.18 for earlier, later in pairwise(times))


def test_a_playing_minute_keeps_no_picture_of_each_of_its_seconds(timeline: TimelineWidget) -> None:
    head = timeline.model.span.begin + timedelta(hours=1)
    timeline.model.set_playhead(head)
    timeline.grab()
    before = labels._picture.cache_info().currsize
    for second in range(60):
        timeline.model.set_playhead(head + timedelta(seconds=second))
        timeline.grab()
    assert labels._picture.cache_info().currsize == before


def test_the_playhead_can_be_taken_by_its_label(timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("08:00"))
    timeline.grab()
    label = timeline._canvas.label
    assert label.width() > 20
    QTest.mousePress(timeline, LEFT, NONE, label.topLeft().toPoint() + QPoint(4, 4))
    assert timeline.model.held
    assert timeline.model.playhead
    assert near(timeline.model.playhead, at("08:00"), timeline)
    sought = told(timeline.seek_requested)
    QTest.mouseRelease(timeline, LEFT, NONE, label.topLeft().toPoint() + QPoint(4, 4))
    assert not timeline.model.held
    assert sought == []


@pytest.mark.parametrize("off", [-4, -2, 0, 2, 4])
def test_a_click_beside_the_playhead_goes_to_that_pixel(timeline: TimelineWidget, off: int) -> None:
    timeline.model.set_playhead(at("08:00"))
    sought = told(timeline.seek_requested)
    x = point(timeline, at("08:00")).x() + off
    QTest.mouseClick(timeline, LEFT, NONE, QPoint(x, 60))
    assert [when for when, _asked in sought] == [timeline.scale.at(x)]


def test_a_playhead_let_go_where_nothing_is_goes_on_or_back(timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("08:00"))
    refused = told(timeline.seek_refused)
    for place, stays in (("09:30", "10:00"), ("11:30", "10:00")):
        head = timeline.model.playhead
        assert head
        QTest.mousePress(timeline, LEFT, NONE, point(timeline, head))
        drag_to(timeline, point(timeline, at(place)))
        QTest.mouseRelease(timeline, LEFT, NONE, point(timeline, at(place)))
        assert timeline.model.playhead == at(stays)
    assert len(refused) == 1


@pytest.mark.parametrize("how", ["escape", "focus", "hide"])
def test_a_scrub_that_is_called_off_returns_to_the_picture(
    timeline: TimelineWidget, how: str
) -> None:
    timeline.model.set_playhead(at("08:00"))
    sought = told(timeline.seek_requested)
    QTest.mousePress(timeline, LEFT, NONE, point(timeline, at("08:00")))
    drag_to(timeline, point(timeline, at("07:00")))
    assert timeline.model.held
    if how == "escape":
        QTest.keyClick(timeline, Qt.Key.Key_Escape)
    elif how == "focus":
        timeline.setFocus()
        timeline.clearFocus()
    else:
        timeline.hide()
    assert not timeline.model.held
    assert timeline.model.playhead == at("08:00")
    QTest.mouseRelease(timeline, LEFT, NONE, point(timeline, at("07:00")))
    assert sought == []


def test_a_playhead_held_at_the_edge_keeps_panning(qtbot: QtBot, timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("07:00"))
    QTest.mousePress(timeline, LEFT, NONE, point(timeline, at("07:00")))
    drag_to(timeline, QPoint(round(timeline.scale.left) + 2, 60))
    begin = timeline.model.span.begin
    qtbot.waitUntil(lambda: timeline.model.span.begin < begin - timedelta(minutes=20))
    head = timeline.model.playhead
    assert head
    assert near(head, timeline.model.span.begin, timeline, 6)
    QTest.mouseRelease(timeline, LEFT, NONE, QPoint(round(timeline.scale.left) + 2, 60))


# Following


def test_the_view_follows_the_picture_over_the_edge(timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("11:59:59"))
    span = timeline.model.span
    timeline.model.set_playhead(at("12:00:01"))
    assert timeline.model.span != span
    assert at("12:00:01") in timeline.model.span


def test_the_view_stays_where_the_user_looked_away_to(timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("08:00"))
    timeline.pan(-1.0)
    span = timeline.model.span
    for second in range(20):
        timeline.model.set_playhead(at("08:00") + timedelta(seconds=second))
    assert timeline.model.span == span
    timeline.center_on(at("08:00:20"))
    assert at("08:00") in timeline.model.span


# Range


def test_ctrl_drag_selects_a_range_whose_edges_can_be_moved(timeline: TimelineWidget) -> None:
    begin, end = point(timeline, at("07:00")), point(timeline, at("08:00"))
    QTest.mousePress(timeline, LEFT, CTRL, begin)
    drag_to(timeline, end, CTRL)
    QTest.mouseRelease(timeline, LEFT, CTRL, end)
    span = timeline.model.range
    assert span
    assert near(span.begin, at("07:00"), timeline)
    assert near(span.end, at("08:00"), timeline)
    assert span.begin.microsecond == span.end.microsecond == 0
    further = point(timeline, at("08:30"))
    QTest.mousePress(timeline, LEFT, NONE, end + QPoint(2, 0))
    drag_to(timeline, further + QPoint(2, 0))
    QTest.mouseRelease(timeline, LEFT, NONE, further + QPoint(2, 0))
    moved = timeline.model.range
    assert moved
    assert moved.begin == span.begin
    assert near(moved.end, at("08:30"), timeline)


def test_a_range_can_be_drawn_backward_and_an_edge_over_the_other(
    timeline: TimelineWidget,
) -> None:
    QTest.mousePress(timeline, LEFT, CTRL, point(timeline, at("08:00")))
    drag_to(timeline, point(timeline, at("07:00")), CTRL)
    assert timeline.model.range
    assert near(timeline.model.range.begin, at("07:00"), timeline)
    drag_to(timeline, point(timeline, at("09:00")), CTRL)
    assert near(timeline.model.range.begin, at("08:00"), timeline)
    QTest.keyClick(timeline, Qt.Key.Key_Escape)
    assert timeline.model.range is None
    QTest.mouseRelease(timeline, LEFT, CTRL, point(timeline, at("09:00")))


def test_a_range_is_precise_to_the_millisecond_when_zoomed_in(timeline: TimelineWidget) -> None:
    timeline.zoom_to(Span(at("08:00"), at("08:00:05")))
    QTest.mousePress(timeline, LEFT, CTRL, point(timeline, at("08:00:01.250")))
    drag_to(timeline, point(timeline, at("08:00:02.500")), CTRL)
    QTest.mouseRelease(timeline, LEFT, CTRL, point(timeline, at("08:00:02.500")))
    assert timeline.model.range
    assert abs(timeline.model.range.seconds - 1.25) < 0.02


# Failed ranges, hover, keys


def test_a_failed_range_offers_retry_by_mouse_and_key(qtbot: QtBot) -> None:
    broken = support.span("09:00", "10:00")
    one = lane(cloud=footage(("06:00", "09:00"), failed={broken: "The device does not answer."}))
    timeline = show(qtbot, model(one))
    timeline.grab()
    asked, sought = told(timeline.retry_requested), told(timeline.seek_requested)
    [place] = timeline._canvas.retries
    QTest.mouseClick(timeline, LEFT, NONE, place.rect.center().toPoint())
    assert asked == [("dock", broken, Store.CLOUD)]
    assert sought == []
    QTest.keyClick(timeline, Qt.Key.Key_R)
    assert len(asked) == 2


def test_hover_tells_the_instant_and_takes_a_picture(timeline: TimelineWidget) -> None:
    hovered = told(timeline.hovered)
    timeline.grab()
    timeline._canvas.sharpen()
    while not timeline._canvas.prepare(1.0):
        pass
    plain = timeline.grab().toImage()
    drag = point(timeline, at("08:00"), 90)
    QTest.mouseMove(timeline, drag)
    assert near(hovered[-1][0], at("08:00"), timeline)
    card = timeline.grab().toImage()
    assert card != plain
    picture = QImage(64, 36, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    timeline.set_hover_picture(picture)
    assert timeline.grab().toImage() != card
    QTest.mouseMove(timeline, QPoint(4, 4))
    assert hovered[-1] == (None,)
    assert timeline.grab().toImage() == plain


def test_keys_pan_zoom_and_choose_lanes(qtbot: QtBot) -> None:
    two = model(
        lane("a", cloud=footage(("05:00", "11:00"))),
        lane("b", cloud=footage(("03:00", "11:00"))),
    )
    timeline = show(qtbot, two)
    timeline.setFocus()
    span = two.span
    QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert two.span.begin > span.begin
    QTest.keyClick(timeline, Qt.Key.Key_Left)
    assert abs((two.span.begin - span.begin).total_seconds()) < 1
    QTest.keyClick(timeline, Qt.Key.Key_Plus)
    still(qtbot, timeline)
    assert two.span.seconds < span.seconds
    QTest.keyClick(timeline, Qt.Key.Key_Minus)
    still(qtbot, timeline)
    assert two.span.seconds == pytest.approx(span.seconds, rel=1e-3)
    QTest.keyClick(timeline, Qt.Key.Key_Down)
    assert two.selected
    assert two.selected.key == "b"
    QTest.keyClick(timeline, Qt.Key.Key_Home)
    assert at("03:00") in two.span
    QTest.keyClick(timeline, Qt.Key.Key_End)
    assert support.NOW in two.span


def test_keys_that_qt_has_no_name_for_do_no_harm(qtbot: QtBot, timeline: TimelineWidget) -> None:
    calendar = CalendarWidget(clock=lambda: support.NOW)
    qtbot.addWidget(calendar)
    span = timeline.model.span
    for widget in (timeline, calendar.grid):
        for kind in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            QApplication.sendEvent(widget, QKeyEvent(kind, ord("中"), NONE, "中"))
    assert timeline.model.span == span


def test_what_is_at_the_playhead_can_be_heard(timeline: TimelineWidget) -> None:
    timeline.model.set_playhead(at("08:42:49"))
    assert timeline.accessibleName() == "Timeline"
    heard = timeline.accessibleDescription()
    assert heard == "2026-11-20 08:42:49 UTC+8, Dock, cloud · continuous"
    timeline.model.set_playhead(at("09:30"))
    assert "no recording" in timeline.accessibleDescription()


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard", extend=True)
def test_menu_opens_from_the_keyboard_and_sets_a_range(
    qtbot: QtBot, timeline: TimelineWidget
) -> None:
    timeline.model.set_playhead(at("08:00"))
    reason = QContextMenuEvent.Reason.Keyboard
    event = QContextMenuEvent(reason, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(timeline, event)
    menu = timeline.findChild(QMenu)
    assert menu
    texts = [action.text() for action in menu.actions()]
    assert any("08:00:00" in text for text in texts)
    next(a for a in menu.actions() if a.text() == "Range from here").trigger()
    assert timeline.model.range
    assert near(timeline.model.range.begin, at("08:00"), timeline)
    menu.close()


def test_nothing_moves_by_itself_where_the_system_asks_for_that(qtbot: QtBot) -> None:
    class Still(QProxyStyle):
        def styleHint(self, hint: Any, *rest: Any) -> int:
            still = hint == QStyle.StyleHint.SH_Widget_Animation_Duration
            return 0 if still else super().styleHint(hint, *rest)

    loading = (support.span("09:00", "10:00"),)
    one = lane(cloud=footage(("06:00", "09:00"), loading=loading))
    moving, style = show(qtbot, model(one)), Still()
    assert moving._sheen.isActive()
    timeline = TimelineWidget(model(one), viewer_zone=ZONE, clock=lambda: support.NOW)
    # A widget does not keep its style alive, and asks it once more as it is closed.
    style.setParent(timeline)
    timeline.setStyle(style)
    qtbot.addWidget(timeline)
    timeline.resize(*support.SIZE)
    timeline.show()
    assert not timeline._sheen.isActive()
    length = timeline.model.span.seconds
    wheel(timeline, point(timeline, at("08:00")), 1)
    assert timeline.model.span.seconds == pytest.approx(length / 1.4, rel=1e-3)


def test_the_sheen_ends_with_the_loading(qtbot: QtBot) -> None:
    loading = (support.span("09:00", "10:00"),)
    made = model(lane(cloud=footage(("06:00", "09:00"), loading=loading)))
    timeline = show(qtbot, made)
    first = timeline.grab().toImage()
    qtbot.waitUntil(lambda: timeline.grab().toImage() != first)
    made.set_footage("dock", Store.CLOUD, footage(("06:00", "10:00")))
    assert not timeline._sheen.isActive()


# Painting


def colours_at(timeline: TimelineWidget, when: str, y: int) -> set[str]:
    """The colours in some pixels around a moment."""
    shown = timeline.grab().toImage()
    x = point(timeline, at(when)).x()
    return {shown.pixelColor(x + dx, y + dy).name() for dx in range(-4, 5) for dy in range(-4, 5)}


@pytest.mark.parametrize("name", ["dark", "light"])
def test_kinds_gaps_and_unknown_look_different_in_both_schemes(
    qtbot: QtBot, qapp: Any, name: str
) -> None:
    scheme = theme.apply(qapp, name)
    try:
        ranges = {"continuous": "06:30", "event": "07:30", "alarm": "08:30", "manual": "09:30"}
        segments = [
            support.Segment(span=support.span(f"{n:02}:00", f"{n + 1:02}:00"), kind=kind)
            for n, kind in enumerate(
                (
                    SegmentKind.CONTINUOUS,
                    SegmentKind.EVENT,
                    SegmentKind.ALARM,
                    SegmentKind.MANUAL,
                ),
                start=6,
            )
        ]
        one = StoreFootage(
            segments=support.SegmentSet.of(segments),
            unknown=(support.span("10:00", "11:00"),),
        )
        timeline = show(qtbot, model(lane(cloud=one)))
        row = timeline._canvas.rows.rows[0]
        y = round(timeline._canvas.top + row.bars[0].top + row.bars[0].height / 2)
        seen = {kind: colours_at(timeline, when, y) for kind, when in ranges.items()}
        seen["unknown"] = colours_at(timeline, "10:30", y)
        seen["gap"] = colours_at(timeline, "11:20", y)
        assert seen["gap"] == {scheme.panel.name()}
        for kind in ranges:
            assert scheme.kinds[SegmentKind[kind.upper()]].name() in seen[kind]
        # All but the ordinary recording and the gap have a pattern too.
        for kind in ("event", "alarm", "manual", "unknown"):
            assert len(seen[kind]) > 2
        assert len(seen["continuous"]) == 1
    finally:
        theme.apply(qapp, "dark")


def test_a_second_ruler_is_there_only_where_clocks_differ(qtbot: QtBot) -> None:
    same = show(qtbot, model(), viewer_zone="Asia/Singapore")
    other = show(qtbot, model(), viewer_zone="Asia/Kathmandu")
    assert same._canvas.second_zone is None
    assert other._canvas.second_zone == "Asia/Kathmandu"
    assert other._canvas.top > same._canvas.top


def test_what_was_moved_and_stretched_becomes_what_would_be_painted_anew(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vsconsole.ui.timeline import layer

    kinds = [kind for kind in SegmentKind if kind]
    lanes = []
    for n in range(6):
        segments = [
            support.Segment(
                span=Span(
                    at("05:00") + timedelta(minutes=3 * k + n),
                    at("05:00") + timedelta(minutes=3 * k + n + 2),
                ),
                kind=kinds[k % len(kinds)],
            )
            for k in range(130)
        ]
        lanes.append(lane(f"l{n}", cloud=StoreFootage(segments=support.SegmentSet.of(segments))))
    # Every paint counts as too slow, so that all of the shortcuts are taken.
    monkeypatch.setattr(layer, "SLOW", -1.0)
    monkeypatch.setattr(layer, "BUDGET", 60.0)
    quick = show(qtbot, model(*lanes))
    for step in (0.1, -0.03, -0.2, 0.01):
        quick.pan(step)
        quick.grab()
    assert quick._canvas.pending is layer.Pending.NOTHING
    monkeypatch.setattr(layer, "SLOW", 60.0)
    exact = show(qtbot, model(*lanes, shown=quick.model.span))
    assert quick.grab().toImage() == exact.grab().toImage()
    monkeypatch.setattr(layer, "SLOW", -1.0)
    wheel(quick, QPoint(500, 60), 0.25)
    quick.grab()
    assert quick._canvas.pending is layer.Pending.SHARPNESS
    # A picture that plays meanwhile does not put it off.
    ticking = QTimer(quick)
    ticking.timeout.connect(quick.update)
    ticking.start(10)
    qtbot.waitUntil(lambda: quick._canvas.pending is layer.Pending.NOTHING)
    ticking.stop()
    exact.model.set_span(quick.model.span)
    exact._canvas.sharpen()
    assert quick.grab().toImage() == exact.grab().toImage()


def test_many_lanes_scroll_and_the_selected_one_comes_into_sight(qtbot: QtBot) -> None:
    many = model(*(lane(n, f"Camera {n}", cloud=footage(("06:00", "07:00"))) for n in range(64)))  # type: ignore[arg-type]
    timeline = show(qtbot, many)
    assert timeline._bar.isVisible()
    many.select(40)
    row = timeline._canvas.rows.of(40)
    assert row
    top = row.top - timeline._canvas.scroll
    assert 0 <= top <= timeline.height() - timeline._canvas.top - row.height + 1
    wheel(timeline, QPoint(20, 100), 3)
    assert timeline._canvas.scroll < row.top


def test_an_empty_timeline_paints_and_answers_nothing(qtbot: QtBot) -> None:
    empty = TimelineModel(support.span("06:00", "12:00"), zone=ZONE)
    timeline = show(qtbot, empty)
    assert timeline._canvas.second_zone is None
    sought = told(timeline.seek_requested)
    timeline.grab()
    QTest.mouseClick(timeline, LEFT, NONE, QPoint(500, 60))
    assert sought == []
    assert timeline.accessibleDescription() == "no camera"


def test_footage_that_arrives_late_is_painted_and_changes_nothing_else(
    timeline: TimelineWidget,
) -> None:
    made = timeline.model
    span, before = made.span, timeline.grab().toImage()
    made.set_footage("dock", Store.CLOUD, footage(("05:00", "11:00")))
    after = timeline.grab().toImage()
    assert after != before
    assert made.span == span
    place = point(timeline, at("09:20"), round(timeline._canvas.top + 24))
    assert after.pixelColor(place) == theme.tokens.current().kinds[SegmentKind.CONTINUOUS]


def test_another_store_to_play_is_marked_in_the_names(qtbot: QtBot) -> None:
    both = lane(cloud=footage(("05:00", "09:00")), device=footage(("10:00", "11:00")))
    timeline = show(qtbot, model(both))
    before = timeline.grab().toImage()
    timeline.model.set_lane(replace(both, store=Store.DEVICE))
    assert timeline.grab().toImage() != before
    sought = told(timeline.seek_requested)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("08:00"), 34))
    assert sought[0][0] == at("10:00")
