"""A timeline over a known day, and the mouse that works it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import Segment, SegmentKind, SegmentSet, Span
from vsconsole.ui.timeline.model import Lane, StoreFootage, TimelineModel
from vsconsole.ui.timeline.widget import TimelineWidget

ZONE = "Asia/Shanghai"
SIZE = (1000, 240)


def at(text: str, zone: str = ZONE) -> datetime:
    """The instant of "20 08:42:49" in November 2026; the day may be left out for the 20th."""
    day, _space, clock = text.rpartition(" ")
    hour, minute, *second = (float(part) for part in clock.split(":"))
    begin = datetime(2026, 11, int(day or 20), tzinfo=ZoneInfo(zone))
    moved = timedelta(hours=hour, minutes=minute, seconds=second[0] if second else 0)
    return (begin + moved).astimezone(UTC)


NOW = at("12:00")


def span(begin: str, end: str) -> Span:
    """A range of that day."""
    return Span(at(begin), at(end))


def footage(
    *ranges: tuple[str, str],
    kind: SegmentKind = SegmentKind.CONTINUOUS,
    unknown: tuple[Span, ...] = (),
    loading: tuple[Span, ...] = (),
    failed: Mapping[Span, str] | None = None,
) -> StoreFootage:
    """Recordings of one kind, and what is not known."""
    return StoreFootage(
        segments=SegmentSet.of(Segment(span=span(*one), kind=kind) for one in ranges),
        unknown=unknown,
        loading=loading,
        failed=failed or {},
    )


def lane(key: str = "dock", title: str = "Dock", **stores: StoreFootage) -> Lane:
    """A lane with footage by the names of its stores."""
    found = {Store(name): one for name, one in stores.items()}
    return Lane(key=key, title=title, zone=ZONE, footage=found)


def model(*lanes: Lane, shown: Span | None = None) -> TimelineModel:
    """A model that shows 06:00 to 12:00 with recordings to 09:00 and from 10:00 to 11:00."""
    made = TimelineModel(shown or span("06:00", "12:00"))
    made.set_lanes(lanes or (lane(cloud=footage(("05:00", "09:00"), ("10:00", "11:00"))),))
    return made


def show(qtbot: QtBot, made: TimelineModel, viewer_zone: str = ZONE) -> TimelineWidget:
    """The timeline on screen; `NOW` is this instant."""
    widget = TimelineWidget(made, viewer_zone=viewer_zone, clock=lambda: NOW)
    qtbot.addWidget(widget)
    widget.resize(*SIZE)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def point(widget: TimelineWidget, when: datetime, y: int = 60) -> QPoint:
    """Where an instant is, on the first lane unless told."""
    return QPoint(round(widget.scale.x_of(when)), y)


def wheel(
    widget: QWidget,
    place: QPoint,
    notches: float,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    *,
    sideways: bool = False,
) -> None:
    """Turns the wheel away from the hand for positive notches."""
    delta = round(notches * 120)
    angle = QPoint(delta, 0) if sideways else QPoint(0, delta)
    event = QWheelEvent(
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def drag_to(
    widget: QWidget, place: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Moves the mouse with the left button held, inside the widget or not."""
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        QPointF(widget.mapToGlobal(place)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        modifiers,
    )
    QApplication.sendEvent(widget, event)


def near(one: datetime, other: datetime, widget: TimelineWidget, pixels: float = 1.0) -> bool:
    """Whether two instants are within so many pixels."""
    return abs((one - other).total_seconds()) * 1000 <= widget.scale.ms_per_px * pixels
