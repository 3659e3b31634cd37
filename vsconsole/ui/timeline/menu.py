"""The timeline's context menu: what can be done at one place in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu

from vsconsole.domain import days
from vsconsole.i18n import _
from vsconsole.ui.timeline import texts

if TYPE_CHECKING:
    from vsconsole.ui.timeline.widget import TimelineWidget


def open_at(timeline: TimelineWidget, at: QPointF, place: QPoint) -> None:
    """Opens the menu for a point of the timeline at a place on the screen."""
    model, scale = timeline.model, timeline.scale
    when = scale.at(at.x())
    menu = QMenu(timeline)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    # Titles are plain text, and so are these: no character of theirs is a mnemonic.
    time = texts.clock(when, model.zone)
    play = menu.addAction(_("Play from {time}").format(time=time))
    play.triggered.connect(lambda: timeline.play_at(when))
    menu.addSeparator()
    menu.addAction(_("Range from here")).triggered.connect(lambda: model.range_from(when))
    menu.addAction(_("Range until here")).triggered.connect(lambda: model.range_until(when))
    span = model.range
    if span is not None:
        menu.addAction(_("Zoom to range")).triggered.connect(lambda: timeline.zoom_to(span))
        menu.addAction(_("Clear range")).triggered.connect(lambda: model.set_range(None))
    menu.addSeparator()
    day = days.day_of(when, model.zone)
    show = menu.addAction(_("Show all of {day}").format(day=texts.day_text(day)))
    show.triggered.connect(lambda: timeline.show_day(day))
    lane = model.selected
    if lane and any(footage.failed for footage in lane.footage.values()):
        menu.addAction(_("Retry what could not be read")).triggered.connect(timeline.retry_failed)
    menu.popup(place)
