"""What users of other timelines complained about, kept true here; numbers are the design's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.timeline import support
from tests.ui.timeline.support import (
    at,
    drag_to,
    footage,
    lane,
    model,
    near,
    point,
    show,
    span,
    wheel,
)
from vsconsole.domain import days
from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.ui import theme
from vsconsole.ui.timeline import ticks
from vsconsole.ui.timeline.model import Mark, StoreFootage, TimelineModel
from vsconsole.ui.timeline.month import shares
from vsconsole.ui.timeline.panel import TimelinePanel
from vsconsole.ui.timeline.scale import Scale

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_lesson_01_a_million_positions_move_a_held_playhead_zero_times(qtbot: QtBot) -> None:
    made = model()
    made.set_playhead(at("08:00"))
    timeline = show(qtbot, made)
    place = point(timeline, at("08:00"))
    QTest.mousePress(timeline, LEFT, NONE, place)
    drag_to(timeline, place + QPoint(40, 0))
    assert made.held
    held, moves = made.playhead, []
    made.playhead_changed.connect(lambda: moves.append(made.playhead))
    times = [at("07:00") + timedelta(milliseconds=40 * n) for n in range(1000)]
    for _round in range(1000):
        for when in times:
            made.set_playhead(when)
    assert moves == []
    assert made.playhead == held
    QTest.mouseRelease(timeline, LEFT, NONE, place + QPoint(40, 0))
    assert not made.held


def test_lesson_12_what_is_being_recorded_is_striped_and_never_sought_beyond_now(
    qtbot: QtBot,
) -> None:
    made = model(shown=span("11:00", "13:00"))
    timeline = show(qtbot, made)
    before = timeline.grab().toImage()
    made.set_live_edge(at("11:50"))
    after = timeline.grab().toImage()
    striped = point(timeline, at("11:55"), 50)
    assert any(
        before.pixel(striped + QPoint(dx, 0)) != after.pixel(striped + QPoint(dx, 0))
        for dx in range(8)
    )
    refused: list[str] = []
    timeline.seek_refused.connect(refused.append)
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("12:30")))
    assert "future" in refused[0]
    # The edge grows while the clip does; nothing of it moves the view.
    shown = made.span
    for minute in range(50, 59):
        made.set_live_edge(at(f"11:{minute}"))
        timeline.grab()
    assert made.span == shown


def test_lesson_14_any_moment_is_typed_at_once_or_two_clicks_away(qtbot: QtBot) -> None:
    made = model()
    panel = TimelinePanel(made, viewer_zone=support.ZONE, clock=lambda: support.NOW)
    qtbot.addWidget(panel)
    panel.resize(1300, 260)
    with qtbot.waitExposed(panel):
        panel.show()
    entered: list[datetime] = []
    panel.bar.time_entered.connect(entered.append)
    panel.bar.go_to_time()
    QTest.keyClicks(panel.bar.box.edit, "11-17 06:30")
    QTest.keyClick(panel.bar.box.edit, Qt.Key.Key_Return)
    assert entered == [at("17 06:30")]
    grid = panel.calendar.grid
    QTest.mouseClick(grid, LEFT, NONE, grid.rect_of(date(2026, 11, 18)).center().toPoint())
    made.set_footage("dock", Store.CLOUD, footage(("18 00:00", "18 23:00")))
    sought: list[datetime] = []
    panel.timeline.seek_requested.connect(lambda when, _asked: sought.append(when))
    QTest.mouseClick(panel.timeline, LEFT, NONE, point(panel.timeline, at("18 09:15")))
    assert near(sought[0], at("18 09:15"), panel.timeline)


def test_lesson_15_zoom_is_continuous_from_years_to_a_frame_under_the_cursor(
    qtbot: QtBot,
) -> None:
    end = support.NOW
    made = model(shown=Span(end - timedelta(days=3650), end))
    timeline = show(qtbot, made)
    place = QPoint(500, 60)
    wanted, lengths = timeline.scale.at(500), []
    while made.span.seconds > 5 and len(lengths) < 400:
        lengths.append(made.span.seconds)
        wheel(timeline, place, 0.25)
        assert abs(timeline.scale.x_of(wanted) - 500) < 1.0
    assert made.span.seconds <= 5
    # No step jumps over a zoom that somebody may want.
    assert max(a / b for a, b in pairwise(lengths)) < 1.2


def test_lesson_16_a_range_held_at_the_edge_goes_on_by_itself(qtbot: QtBot) -> None:
    timeline = show(qtbot, model())
    right = round(timeline.scale.right)
    QTest.mousePress(timeline, LEFT, CTRL, point(timeline, at("11:00")))
    drag_to(timeline, QPoint(right - 200, 60), CTRL)
    still = timeline.model.span
    qtbot.wait(60)
    assert timeline.model.span == still
    drag_to(timeline, QPoint(right - 31, 60), CTRL)
    qtbot.waitUntil(lambda: timeline.model.span.end > still.end + timedelta(minutes=2))
    QTest.mouseRelease(timeline, LEFT, CTRL, QPoint(right - 31, 60))
    assert timeline.model.range is not None
    assert timeline.model.range.end > at("11:30")
    rested = timeline.model.span
    qtbot.wait(60)
    assert timeline.model.span == rested


@pytest.mark.parametrize(("store", "typed", "wanted"), [
    ("cloud", "08:10:07", at("08:10:07")),
    ("local", "08:10:07.040", at("08:10:07.04")),
])  # fmt: skip
def test_lesson_17_both_ends_of_a_range_are_typed_exactly(
    qtbot: QtBot, qapp: QApplication, store: str, typed: str, wanted: datetime
) -> None:
    # How wide things are is the style's.
    theme.apply(qapp, "dark")
    made = model(lane(**{store: footage(("05:00", "09:00"))}))
    made.set_range(span("08:00", "08:30"))
    panel = TimelinePanel(made, viewer_zone=support.ZONE, clock=lambda: support.NOW)
    qtbot.addWidget(panel)
    panel.resize(1400, 260)
    with qtbot.waitExposed(panel):
        panel.show()
    fields = panel.bar.fields
    # What colours mean stays in sight however much is asked of the bar.
    panel.resize(1280, 240)
    assert not panel.bar.legend.isHidden()
    assert fields.geometry().right() < panel.bar.export.geometry().left()
    assert fields.length.text() == "30 min"
    assert fields.begin.text() == ("08:00:00.000" if store == "local" else "08:00:00")
    fields.begin.setFocus()
    fields.begin.selectAll()
    QTest.keyClicks(fields.begin, typed)
    QTest.keyClick(fields.begin, Qt.Key.Key_Return)
    assert made.range == Span(wanted, at("08:30"))
    kept: list[Span] = []
    panel.bar.bookmark_requested.connect(kept.append)
    QTest.mouseClick(fields.bookmark, LEFT)
    QTest.mouseClick(fields.zoom, LEFT)
    assert kept == [made.range]
    assert made.span == made.range
    QTest.mouseClick(fields.clear, LEFT)
    assert made.range is None


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_lesson_18_a_day_is_marked_from_one_second_of_its_own_on(zone: str) -> None:
    where = ZoneInfo(zone)
    day = date(2026, 11, 20)
    midnight = datetime(2026, 11, 20, tzinfo=where).astimezone(UTC)
    second = timedelta(seconds=1)

    def marked(begin: datetime, end: datetime) -> set[date]:
        found = shares(SegmentSet.of_spans([Span(begin, end)]), 2026, 11, zone)
        return {one for one, share in found.items() if share > 0}

    assert marked(midnight, midnight + second) == {day}
    assert marked(midnight - second, midnight) == {day - timedelta(days=1)}
    assert marked(midnight - second, midnight + second) == {day - timedelta(days=1), day}
    # A footage of a moment, such as the rest of a file that ends after midnight, marks nothing.
    short = timedelta(milliseconds=900)
    assert marked(midnight - second, midnight + short) == {day - timedelta(days=1)}
    # The whole day of the zone, wherever it lies in UTC, is its day and no other.
    whole = days.span_of(day, zone)
    assert marked(whole.begin, whole.end) == {day}


@pytest.mark.parametrize(
    ("day", "hours", "marks"),
    [(date(2026, 10, 25), 25, {"02:00": 2}), (date(2026, 3, 29), 23, {"02:00": 0, "03:00": 1})],
)
def test_lesson_22_days_of_23_and_25_hours_have_their_length_and_every_hour(
    qtbot: QtBot, day: date, hours: int, marks: dict[str, int]
) -> None:
    zone = "Europe/Berlin"
    whole = days.span_of(day, zone)
    made = TimelineModel(span("06:00", "12:00"))
    recorded = StoreFootage(segments=SegmentSet.of_spans([whole]))
    from vsconsole.ui.timeline.model import Lane

    made.set_lanes([Lane(key=1, title="Gate", zone=zone, footage={Store.CLOUD: recorded})])
    timeline = show(qtbot, made)
    timeline.show_day(day)
    assert made.span == whole
    assert whole.seconds == hours * 3600
    scale = Scale.of(whole, 0, 2500)
    level = next(one for one in ticks.LEVELS if one.ms == 3_600_000)
    found = [tick.label for tick in ticks.ticks(scale, level, zone)]
    assert len(found) == hours
    for label, count in marks.items():
        assert found.count(label) == count
    # Every hour is as wide as any other, the repeated one too.
    places = [scale.x(tick.ms) for tick in ticks.ticks(scale, level, zone)]
    assert {round(b - a) for a, b in pairwise(places)} == {round(2500 / hours)}
    assert shares(recorded.segments, day.year, day.month, zone)[day] == 1.0


@pytest.mark.parametrize("viewer", ["America/Los_Angeles", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_lesson_23_now_is_the_same_instant_for_every_viewer(qtbot: QtBot, viewer: str) -> None:
    made = model(lane(cloud=footage(("05:00", "11:59"))))
    timeline = show(qtbot, made, viewer_zone=viewer)
    QTest.keyClick(timeline, Qt.Key.Key_End)
    assert support.NOW in made.span
    refused: list[str] = []
    sought: list[datetime] = []
    timeline.seek_refused.connect(refused.append)
    timeline.seek_requested.connect(lambda when, _asked: sought.append(when))
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("11:58"), 80))
    QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at("12:02"), 80))
    assert near(sought[0], at("11:58"), timeline)
    assert len(refused) == 1


def test_lesson_24_a_wrong_clock_is_said_beside_its_camera(qtbot: QtBot) -> None:
    made = model(lane("a", "Gate", cloud=footage(("05:00", "09:00"))))
    timeline = show(qtbot, made)
    right = timeline.grab().toImage()
    made.set_offset("a", 37.0)
    wrong = timeline.grab().toImage()
    assert made.offset("a") == 37.0
    names = range(round(timeline.scale.left))
    assert any(right.pixel(x, y) != wrong.pixel(x, y) for x in names for y in range(30, 60))
    made.set_offset("a", 0.0)
    assert timeline.grab().toImage() == right


def test_lesson_26_what_was_exported_is_drawn_on_every_camera_it_was_exported_of(
    qtbot: QtBot,
) -> None:
    made = model(*(lane(key, key, cloud=footage(("05:00", "09:00"))) for key in ("a", "b", "c")))
    timeline = show(qtbot, made)
    before = timeline.grab().toImage()
    for key in ("a", "c"):
        made.set_exported(key, [span("07:00", "08:00")])
    after = timeline.grab().toImage()
    left, right = (round(timeline.scale.x_of(at(text))) for text in ("07:00", "08:00"))
    for key, drawn in (("a", True), ("b", False), ("c", True)):
        row = timeline._canvas.rows.of(key)
        assert row is not None
        top = round(timeline._canvas.top + row.top)
        ys = range(top, round(top + row.height))
        changed = {
            x
            for y in ys
            for x in range(round(timeline.scale.left), timeline.width() - 20)
            if before.pixel(x, y) != after.pixel(x, y)
        }
        assert bool(changed) is drawn
        if drawn:
            assert min(changed) >= left - 1
            assert max(changed) <= right + 1
            assert len(changed) >= right - left


def test_lesson_30_a_part_that_failed_is_told_from_one_without_footage(qtbot: QtBot) -> None:
    broken = span("07:00", "08:00")
    known = footage(("05:00", "07:00"), ("08:30", "11:00"), failed={broken: "No answer."})
    timeline = show(qtbot, model(lane(cloud=known)))
    picture = timeline.grab().toImage()
    row = timeline._canvas.rows.rows[0]
    y = round(timeline._canvas.top + row.bars[0].top + 3)
    colours = {
        what: picture.pixel(round(timeline.scale.x_of(at(text))), y)
        for what, text in (("recorded", "06:50"), ("failed", "07:10"), ("none", "08:20"))
    }
    assert len(set(colours.values())) == 3
    [place] = timeline._canvas.retries
    assert place.span == broken


def test_lesson_44_no_page_is_turned_on_the_way_through_a_day(qtbot: QtBot) -> None:
    whole = Span(at("00:00"), at("00:00") + timedelta(days=1))
    made = model(lane(cloud=footage(("00:00", "11:00"))), shown=whole)
    timeline = show(qtbot, made)
    sought: list[datetime] = []
    timeline.seek_requested.connect(lambda when, _asked: sought.append(when))
    for text in ("00:10", "05:00", "10:50"):
        QTest.mouseClick(timeline, LEFT, NONE, point(timeline, at(text)))
    assert len(sought) == 3


def test_bookmarks_are_flags_that_are_gone_to_by_a_click(qtbot: QtBot) -> None:
    made = model()
    timeline = show(qtbot, made)
    before = timeline.grab().toImage()
    mark = Mark(when=at("07:30:20"), title="a van", colour="amber", until=at("07:50"))
    made.set_marks("dock", [mark])
    timeline.grab()
    assert timeline.grab().toImage() != before
    sought: list[datetime] = []
    timeline.seek_requested.connect(lambda when, _asked: sought.append(when))
    row = timeline._canvas.rows.rows[0]
    flag = point(timeline, at("07:30:20"), round(timeline._canvas.top + row.top + 5))
    QTest.mouseClick(timeline, LEFT, NONE, flag + QPoint(2, 0))
    assert sought == [at("07:30:20")]


def test_thousands_of_bookmarks_cost_what_is_in_sight(qtbot: QtBot) -> None:
    made = model()
    timeline = show(qtbot, made)
    begin = at("05:00")
    made.set_marks(
        "dock",
        [Mark(when=begin + timedelta(seconds=n), title=str(n)) for n in range(-5000, 5000)],
    )
    timeline.grab()
    found = timeline._canvas.flags.near("dock", timeline.scale, timeline.scale.x_of(at("06:00")))
    assert found[0].when == at("06:00")
