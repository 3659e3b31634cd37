"""The timeline's picture: geometry, and painting in three layers.

The frame (ruler, grid, names) and the bars are kept as pixmaps until the span, the size or the
data change; what moves (playhead, range, now, hover) is painted over them each time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QPainter, QPen

from vsconsole.domain.timeline import Span
from vsconsole.ui import labels, tokens
from vsconsole.ui.timeline import bars, flags, overlay, texts
from vsconsole.ui.timeline.bars import RetryPlace, Runs
from vsconsole.ui.timeline.event_ticks import EventTicks
from vsconsole.ui.timeline.flags import FLAG_HEIGHT, Flags
from vsconsole.ui.timeline.frame import MARGIN, Frame, Setting
from vsconsole.ui.timeline.layer import BarLayer, Pending
from vsconsole.ui.timeline.model import TimelineModel
from vsconsole.ui.timeline.overlay import FINE, NO_PICTURE, HoverPicture, Tracks
from vsconsole.ui.timeline.rows import Row, Rows
from vsconsole.ui.timeline.ruler import HEIGHT, SECOND_HEIGHT, differ
from vsconsole.ui.timeline.scale import Scale

_RIGHT = 12.0
_NAMES = (96.0, 176.0)
_TOLD = 3
_TIME = 90.0
"""Pixels that no time of the ruler is wider than."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What the upper layer shows besides the model: this instant, the hover, the sheen's phase."""

    now: datetime
    hover: QPointF | None = None
    picture: HoverPicture = NO_PICTURE
    focused: bool = False
    phase: float | None = None


class Canvas:
    """Everything about where things are and how they look; no events."""

    def __init__(self, model: TimelineModel, viewer_zone: str) -> None:
        self._model = model
        self._viewer_zone = viewer_zone
        self._rows: Rows | None = None
        self._runs = Runs()
        self._layer = BarLayer(self._runs)
        self._size = QSizeF(1, 1)
        self._behind = Frame()
        self._version = 0
        self._arranged = 0
        self._second: tuple[object, str | None] = (None, None)
        self._ticks = EventTicks(())
        self.flags = Flags(model)
        self.scroll = 0.0
        self.retries: list[RetryPlace] = []
        self.label = QRectF()
        self._labels: list[QRectF] = []
        self.arrange()

    def arrange(self) -> None:
        """Places the lanes anew after they, the selection or the font changed."""
        model = self._model
        self._arranged += 1
        self._rows = None
        widest = max((labels.width(lane.title, bars.NAME) for lane in model.lanes), default=0.0)
        day = f"{texts.corner_day_text(self._sample_day())}  UTC+10:45"
        widest = max(widest, labels.width(day))
        self.names = float(math.ceil(min(max(widest + 8, _NAMES[0]), _NAMES[1])))
        self._runs.keep(lane.key for lane in model.lanes)
        self.arrange_events()
        self.stale()

    def arrange_footage(self) -> None:
        """Takes what is known of the lanes anew; their places stay."""
        self._rows = None

    @property
    def rows(self) -> Rows:
        """Where the lanes are; worked out when first needed after a change."""
        if self._rows is None:
            selected = self._model.selected
            key = selected.key if selected else None
            self._rows = Rows(self._model.lanes, key, labels.height(bars.NAME))
        return self._rows

    def arrange_events(self) -> None:
        """Takes what happened on the selected lane anew."""
        if self._ticks.marks is not self._model.events:
            self._ticks = EventTicks(self._model.events)

    def arrange_marks(self) -> None:
        """Takes clock offsets anew; bookmarks are painted each time."""
        self._arranged += 1

    def sign_at(self, at: QPointF) -> datetime | None:
        """The instant of the bookmark or of the event whose sign is at a point."""
        row = self.row_at(at.y())
        if row is None:
            return None
        if at.y() - self.top + self.scroll <= row.top + FLAG_HEIGHT and (
            marks := self.flags.near(row.lane.key, self.scale, at.x())
        ):
            return marks[0].when
        if not row.tall:
            return None
        if at.y() - self.top + self.scroll > row.top + row.head:
            return None
        near = self._ticks.near(self.scale, at.x())
        return near[0].when if near else None

    def stale(self) -> None:
        """What is kept has to be painted anew."""
        self._version += 1

    def resize(self, size: QSize) -> None:
        """The widget's size in logical pixels."""
        self._size = QSizeF(size)
        self.set_scroll(self.scroll)

    def set_scroll(self, value: float) -> None:
        """How far the lanes are scrolled, kept within what there is."""
        self.scroll = min(max(0.0, value), self.overflow)

    @property
    def overflow(self) -> float:
        """How much taller the lanes are than the room for them."""
        return max(0.0, self.rows.height - (self._size.height() - self.top - 4))

    @property
    def scale(self) -> Scale:
        left = MARGIN + self.names
        return Scale.of(self._model.span, left, self._size.width() - left - _RIGHT)

    @property
    def second_zone(self) -> str | None:
        """The viewer's zone where its clocks differ from the channel's in sight."""
        key = (self._model.zone, self._model.span)
        if key != self._second[0]:
            other = self._viewer_zone if differ(*key, self._viewer_zone) else None
            self._second = (key, other)
        return self._second[1]

    @property
    def top(self) -> float:
        """Where the lanes begin."""
        return HEIGHT + (SECOND_HEIGHT if self.second_zone else 0.0) + 4

    @property
    def tracks(self) -> Tracks:
        bottom = min(self._size.height(), self.top + self.rows.height + 2)
        return Tracks(
            scale=self.scale,
            top=self.top,
            bottom=max(bottom, self.top + 24),
            ruler_top=0.0,
            zone=self._model.zone,
        )

    def row_at(self, y: float) -> Row | None:
        """The lane under a pixel of the widget; None over the ruler and below the last lane."""
        return None if y < self.top else self.rows.at(y - self.top + self.scroll)

    def retry_at(self, at: QPointF) -> RetryPlace | None:
        """The failed range under a point."""
        return next((place for place in self.retries if place.rect.contains(at)), None)

    def paint(self, painter: QPainter, moment: Moment) -> None:
        """Ruler and names, then the bars, then what moves over them."""
        scale = self.scale
        self._frame(painter, scale)
        place = self._place(scale)
        rows = self._visible()
        key = (self._version, self.scroll, tokens.current().name, self._behind.key)

        def behind(below: QPainter, part: QRectF) -> None:
            self._behind.behind(below, place, part)

        # Rows are painted where they are in the layer, that is without ruler and scrolling.
        self._layer.draw(painter, rows, scale, place, -self.scroll, key, behind)
        painter.save()
        painter.setClipRect(place)
        painter.translate(0, self.top - self.scroll)
        for row in rows:
            self.flags.paint(painter, row, scale)
        found = bars.signs(painter, rows, scale)
        if moment.phase is not None:
            bars.sheen(painter, rows, scale, moment.phase)
        painter.restore()
        self.retries = [self._shifted(place) for place in found]
        self._upper(painter, moment)

    @property
    def pending(self) -> Pending:
        """What the last paint had no time for."""
        return self._layer.pending

    def prepare(self, seconds: float) -> bool:
        """Makes what a paint lacked, for at most `seconds`; True when the next will be whole."""
        return self._layer.prepare(self._visible(), self.scale, seconds)

    def sharpen(self) -> None:
        """The next paint shows the bars exactly."""
        self._layer.sharpen()

    def _place(self, scale: Scale) -> QRectF:
        """Where bars are painted, to whole pixels."""
        height = max(1, math.ceil(self._size.height() - self.top))
        return QRectF(scale.left, self.top, math.ceil(scale.width), height)

    def _frame(self, painter: QPainter, scale: Scale) -> None:
        """Ruler, grid and names, kept until the zoom, the size or the lanes change."""
        self._labels = self._behind.draw(
            painter,
            Setting(
                scale=scale,
                zone=self._model.zone,
                second=self.second_zone,
                size=self._size,
                top=self.top,
                bottom=self.tracks.bottom,
                scroll=self.scroll,
                names=self.names,
                lanes=self._arranged,
                rows=self._visible(),
                ticks=self._ticks,
                offset=self._model.offset,
            ),
        )

    def _upper(self, painter: QPainter, moment: Moment) -> None:
        model, tracks = self._model, self.tracks
        scale = tracks.scale
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.save()
        painter.setClipRect(QRectF(scale.left, 0, scale.width, self._size.height()))
        overlay.live_edge(painter, tracks, model.live_edge, moment.now)
        if not model.lanes:
            overlay.nothing(painter, self._place(scale))
        span = model.range
        if span is not None and self._in_sight(span):
            overlay.selected_range(painter, tracks, span)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.label = QRectF()
        head = model.playhead
        if head is not None and self._shows(scale, head):
            self.label = overlay.playhead(
                painter, tracks, head, held=model.held, times=self._labels
            )
        if moment.hover is not None:
            self._hover(painter, tracks, moment.hover, moment)
        if moment.focused:
            painter.setPen(QPen(tokens.current().accent, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            frame = QRectF(0.5, 0.5, self._size.width() - 1, self._size.height() - 1)
            painter.drawRoundedRect(frame, tokens.RADIUS, tokens.RADIUS)

    def head_sign(self) -> object:
        """What is seen of the playhead; two that are equal look alike."""
        head, tracks = self._model.playhead, self.tracks
        if head is None or not self._shows(tracks.scale, head):
            return None
        return (*overlay.playhead_sign(tracks, head), self._model.held)

    def head_places(self) -> list[QRectF]:
        """What has to be painted anew where the playhead is: its line, and the ruler near it."""
        head, tracks = self._model.playhead, self.tracks
        if head is None or not self._shows(tracks.scale, head):
            return []
        x, text = overlay.playhead_sign(tracks, head)
        label = overlay.playhead_label(tracks, x, text)
        # Times of the ruler that the label touches are wiped, as far as they reach.
        beside = label.adjusted(-_TIME, -4, _TIME, 4)
        return [beside, QRectF(x - 2, 0, 4, tracks.bottom + 1)]

    def now_sign(self, now: datetime) -> object:
        """What is seen of this instant and of the live edge; two that are equal look alike."""
        scale, edge = self.scale, self._model.live_edge
        places = [scale.x_of(now), scale.x_of(edge) if edge else scale.right]
        if min(places) > scale.right:
            return None
        return [round(max(place, scale.left)) for place in places]

    @staticmethod
    def _shows(scale: Scale, when: datetime) -> bool:
        return scale.left - 1 <= scale.x_of(when) <= scale.right + 1

    def _hover(self, painter: QPainter, tracks: Tracks, at: QPointF, moment: Moment) -> None:
        row = self.row_at(at.y())
        lane = row.lane if row else self._model.selected
        fine = tracks.scale.ms_per_px < FINE
        when = tracks.scale.at(at.x())
        lines = overlay.hover_lines(
            lane, when, lane.zone if lane else self._model.zone, fine=fine, now=moment.now
        )
        if row is not None:
            near = self.flags.near(row.lane.key, tracks.scale, at.x())
            lines += flags.lines(row.lane.zone, near[:_TOLD])
        if row is not None and row.tall:
            lines += [
                f"{texts.clock(mark.when, self._model.zone)} {mark.title}"
                for mark in self._ticks.near(tracks.scale, at.x())[:_TOLD]
            ]
        if moment.picture.note:
            lines.append(moment.picture.note)
        overlay.hover_card(painter, tracks, at, lines, moment.picture)

    def loading_in_sight(self) -> bool:
        """Whether any range that is being loaded can be seen."""
        return any(
            self._in_sight(span)
            for row in self._visible()
            for footage in row.lane.footage.values()
            for span in footage.loading
        )

    def _in_sight(self, span: Span) -> bool:
        return span.overlaps(self._model.span)

    def _visible(self) -> list[Row]:
        height = self._size.height() - self.top
        return list(self.rows.between(self.scroll, self.scroll + height))

    def _shifted(self, place: RetryPlace) -> RetryPlace:
        rect = place.rect.translated(0, self.top - self.scroll)
        return RetryPlace(
            rect=rect,
            key=place.key,
            store=place.store,
            span=place.span,
            message=place.message,
        )

    @staticmethod
    def _sample_day() -> date:
        """A day whose name is about as wide as any."""
        return date(2026, 9, 23)
