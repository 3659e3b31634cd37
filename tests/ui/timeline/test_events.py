"""Signs of events above the bars: where they happened, told apart by shape, cheap."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.timeline.support import at, footage, lane, model, near, show
from vsconsole.ui import marks
from vsconsole.ui.marks import Shape
from vsconsole.ui.timeline.event_ticks import EventTicks
from vsconsole.ui.timeline.model import EventMark
from vsconsole.ui.timeline.scale import Scale
from vsconsole.ui.timeline.widget import TimelineWidget

LEFT = Qt.MouseButton.LeftButton


def mark(text: str, shape: Shape = Shape.CIRCLE, title: str = "Person") -> EventMark:
    return EventMark(when=at(text), shape=shape, title=title)


def strip(widget: TimelineWidget) -> QImage:
    """What is above the bars of the tall lane."""
    canvas = widget._canvas
    row = next(row for row in canvas.rows.rows if row.tall)
    image = widget.grab().toImage()
    top = round(canvas.top + row.top)
    return image.copy(0, top, image.width(), round(row.head))


def middle(widget: TimelineWidget) -> int:
    canvas = widget._canvas
    row = next(row for row in canvas.rows.rows if row.tall)
    return round(canvas.top + row.top + row.head / 2)


def test_signs_are_where_events_were(qtbot: QtBot) -> None:
    made = model()
    widget = show(qtbot, made)
    before = strip(widget)
    made.set_events("dock", [mark("08:00"), mark("10:30", Shape.SQUARE, "Car")])
    after = strip(widget)
    changed = {
        x
        for x in range(after.width())
        for y in range(after.height())
        if before.pixel(x, y) != after.pixel(x, y)
    }
    places = [widget.scale.x_of(at("08:00")), widget.scale.x_of(at("10:30"))]
    assert all(min(abs(x - place) for place in places) <= 6 for x in changed)
    for place, shape in zip(places, (Shape.CIRCLE, Shape.SQUARE), strict=True):
        pixel = after.pixelColor(round(place), after.height() // 2)
        assert pixel.name() == marks.colour_of(shape).name()


def test_signs_belong_to_the_selected_lane(qtbot: QtBot) -> None:
    made = model(lane("dock", cloud=footage(("05:00", "09:00"))), lane("gate", "Gate"))
    show(qtbot, made)
    made.set_events("gate", [mark("08:00")])
    assert made.events == ()
    made.select("gate")
    assert len(made.events) == 1
    with qtbot.assertNotEmitted(made.events_changed):
        made.set_events("gate", [mark("08:00")])


def test_a_click_on_a_sign_plays_that_moment(qtbot: QtBot) -> None:
    made = model()
    widget = show(qtbot, made)
    moment = mark("08:00:17")
    made.set_events("dock", [moment])
    place = QPointF(widget.scale.x_of(moment.when) + 3, middle(widget)).toPoint()
    with qtbot.waitSignal(widget.seek_requested) as told:
        QTest.mouseClick(widget, LEFT, pos=place)
    assert told.args == [moment.when, moment.when]
    # On the bar below it is the time under the mouse.
    place.setY(place.y() + 18)
    with qtbot.waitSignal(widget.seek_requested) as told:
        QTest.mouseClick(widget, LEFT, pos=place)
    assert told.args is not None
    assert told.args[0] != moment.when
    assert near(told.args[0], moment.when + timedelta(0), widget, 4)


def test_the_nearest_are_named() -> None:
    scale = Scale.of(model().span, 0, 1000)
    ticks = EventTicks((mark("08:00", title="b"), mark("08:01", title="a"), mark("11:00")))
    found = ticks.near(scale, scale.x_of(at("08:01")))
    assert [one.title for one in found] == ["a", "b"]
    assert ticks.near(scale, scale.x_of(at("09:30"))) == []


def test_ten_thousand_signs_cost_a_few_calls(qapp: object) -> None:
    begin = at("06:00")
    shapes = list(Shape)
    many = tuple(
        EventMark(when=begin + timedelta(seconds=2 * n), shape=shapes[n % 5], title="x")
        for n in range(10_000)
    )
    ticks = EventTicks(many)
    scale = Scale.of(model().span, 0, 1000)
    image = QImage(1000, 20, QImage.Format.Format_RGB32)
    image.fill(0)

    class Counting(QPainter):
        calls = 0

        def fillPath(self, *args: object) -> None:  # type: ignore[override]
            Counting.calls += 1
            super().fillPath(*args)  # type: ignore[call-overload]

    painter = Counting(image)
    ticks.paint(painter, scale, 10)
    painter.end()
    assert Counting.calls == len(shapes)
    lit = sum(image.pixel(x, 10) != image.pixel(0, 19) for x in range(1000))
    assert lit > 800
