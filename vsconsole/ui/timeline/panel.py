"""The lower part of the desk: calendar, transport bar and timeline over one model."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, datetime

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from vsconsole.domain import days
from vsconsole.domain.model import Store, now
from vsconsole.ui import tokens
from vsconsole.ui.timeline.calendar import CalendarWidget
from vsconsole.ui.timeline.model import TimelineModel
from vsconsole.ui.timeline.transport import TransportBar
from vsconsole.ui.timeline.widget import TimelineWidget

CALENDAR_WIDTH = 214


class TimelinePanel(QWidget):
    """Keeps the three parts in step; what needs footage or a player goes on by their signals."""

    def __init__(
        self,
        model: TimelineModel,
        *,
        viewer_zone: str | None = None,
        clock: Callable[[], datetime] = now,
        parent: QWidget | None = None,
    ) -> None:
        """`viewer_zone` is this computer's unless given; `clock` tells the present instant."""
        super().__init__(parent)
        self.model = model
        self._shown: Hashable | None = None
        self.calendar = CalendarWidget(zone=model.zone, clock=clock)
        self.bar = TransportBar(clock=clock)
        self.timeline = TimelineWidget(model, viewer_zone=viewer_zone, clock=clock)
        self._build()
        self._connect()
        self._lane_changed()
        self._show_range()

    def _build(self) -> None:
        self.setAutoFillBackground(True)
        self.calendar.setFixedWidth(CALENDAR_WIDTH)
        self._rule = QFrame()
        self._rule.setFixedWidth(1)
        self._rule.setAutoFillBackground(True)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.bar)
        right.addWidget(self.timeline, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.calendar)
        whole.addWidget(self._rule)
        whole.addLayout(right, 1)
        self._tint()

    def _connect(self) -> None:
        model = self.model
        model.selected_changed.connect(self._lane_changed)
        model.lanes_changed.connect(self._lane_changed)
        model.playhead_changed.connect(self._playhead_moved)
        model.range_changed.connect(self._show_range)
        self.bar.range_edited.connect(model.set_range)
        self.bar.zoom_requested.connect(self.timeline.zoom_to)
        self.calendar.day_chosen.connect(self._day_chosen)

    def show_calendar(self, shown: bool) -> None:
        """Shows or hides the calendar."""
        self.calendar.setVisible(shown)
        self._rule.setVisible(shown)

    def _lane_changed(self) -> None:
        lane = self.model.selected
        if (lane.key if lane else None) != self._shown:
            # Another channel's days would be a lie until its own are known.
            self._shown = lane.key if lane else None
            self.calendar.forget()
        self.calendar.set_zone(self.model.zone)
        self.bar.set_stores(lane.stores if lane else (), lane.store if lane else None)
        self._show_range()
        self._playhead_moved()

    def _show_range(self) -> None:
        lane = self.model.selected
        self.bar.set_range(self.model.range, fine=bool(lane and lane.stores == (Store.LOCAL,)))

    def _playhead_moved(self) -> None:
        when, zone = self.model.playhead, self.model.zone
        self.bar.set_clock(when, zone)
        if when is not None:
            day = days.day_of(when, zone)
            if day != self.calendar.selected:
                self.calendar.select(day)

    def _day_chosen(self, day: date) -> None:
        self.timeline.show_day(day)

    def _tint(self) -> None:
        palette = self._rule.palette()
        palette.setColor(self._rule.backgroundRole(), tokens.current().line)
        self._rule.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self._tint()
        super().changeEvent(event)
