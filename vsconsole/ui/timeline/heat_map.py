"""Days across, channels down: how much of each day was recorded, as a bar that fills its cell."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from vsconsole.domain import days
from vsconsole.i18n import _, listed
from vsconsole.ui import labels, plain, tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.month import MonthFootage, MonthState
from vsconsole.ui.timeline.patterns import Look

HEAD = 38.0
ROW = 24.0
_NAMES = 190.0
_LEAST = 22.0
_AIR = 2.0
_TIME = labels.Face(tabular=True)
_TODAY = labels.Face(tabular=True, semibold=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatRow:
    """One channel; `today` is the day it is there."""

    key: Hashable
    title: str
    today: date


class HeatMap(QAbstractScrollArea):
    """A cell for each day of a month and each row; the arrow keys move a cursor over them."""

    chosen = Signal(object, object)
    """A row's key and the date."""
    sight_changed = Signal()
    """Other rows are in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[HeatRow] = ()
        self._days: tuple[date, ...] = ()
        self._footage: dict[Hashable, MonthFootage] = {}
        self._cursor = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self.sight_changed)
        self.setAccessibleName(_("Coverage by day and camera"))

    def show_month(self, rows: Sequence[HeatRow], year: int, month: int) -> None:
        """Shows these rows of a month, of which nothing is known yet."""
        self._rows, self._days, self._footage = rows, days.month_days(year, month), {}
        row, day = self._cursor
        self._cursor = (
            min(row, max(0, len(rows) - 1)),
            min(day, len(self._days) - 1),
        )
        self._measure()
        self._describe()
        self.viewport().update()

    def set_footage(self, footage: Mapping[Any, MonthFootage]) -> None:
        """What is now known of some rows."""
        self._footage.update(footage)
        self._describe()
        self.viewport().update()

    def rows_in_sight(self) -> list[HeatRow]:
        """The rows that can be seen, from top to bottom."""
        first = int(self._scroll // ROW)
        last = int((self._scroll + self.viewport().height() - HEAD) // ROW) + 1
        return list(self._rows[first:last])

    def cell_rect(self, row: int, day: int) -> QRectF:
        """Where a cell is in the viewport."""
        wide = self._wide
        return QRectF(_NAMES + day * wide, HEAD + row * ROW - self._scroll, wide, ROW)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """The row and the day at a point of the viewport."""
        if at.x() < _NAMES or at.y() < HEAD:
            return None
        row, day = int((at.y() - HEAD + self._scroll) // ROW), int((at.x() - _NAMES) // self._wide)
        return (row, day) if row < len(self._rows) and day < len(self._days) else None

    def text_of(self, row: int, day: int) -> str:
        """A cell in words."""
        one, when = self._rows[row], self._days[day]
        footage = self._footage.get(one.key, MonthFootage(state=MonthState.LOADING))
        share = footage.shares.get(when)
        if when > one.today:
            state = _("in the future")
        elif share is not None and share > 0:
            state = _("recorded {percent} %").format(percent=max(1, round(share * 100)))
        elif share is not None:
            state = _("no recording")
        elif footage.message:
            state = footage.message
        elif footage.state is MonthState.LOADING:
            state = _("loading")
        else:
            state = _("not known yet")
        return listed([one.title, texts.long_day_text(when), state])

    def sizeHint(self) -> QSize:
        return QSize(round(_NAMES + 31 * 26), round(HEAD + ROW * 12))

    @property
    def _wide(self) -> float:
        room = self.viewport().width() - _NAMES
        return float(max(_LEAST, room // max(1, len(self._days))))

    @property
    def _scroll(self) -> int:
        return self.verticalScrollBar().value()

    def _measure(self) -> None:
        room = self.viewport().height() - HEAD
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(len(self._rows) * ROW - room)))
        bar.setPageStep(max(1, round(room)))
        bar.setSingleStep(round(ROW))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        self.sight_changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), tokens.current().panel)
        self._paint_head(painter)
        painter.setClipRect(QRectF(0, HEAD, self.viewport().width(), self.viewport().height()))
        first = int(self._scroll // ROW)
        for number, row in enumerate(self.rows_in_sight(), first):
            self._paint_row(painter, number, row)
        if self.hasFocus() and self._rows:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.current().accent, 2))
            painter.drawRect(self.cell_rect(*self._cursor).adjusted(1, 1, -1, -1))
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        scheme = tokens.current()
        names = texts.narrow_days(1)
        today = self._rows[0].today if self._rows else None
        for number, day in enumerate(self._days):
            cell = QRectF(_NAMES + number * self._wide, 2, self._wide, HEAD / 2 - 2)
            ink = scheme.text if day == today else scheme.dim
            labels.draw_in(painter, cell, names[day.weekday()], ink, centred=True)
            cell.moveTop(HEAD / 2)
            face = _TODAY if day == today else _TIME
            labels.draw_in(painter, cell, str(day.day), ink, face, centred=True)

    def _paint_row(self, painter: QPainter, number: int, row: HeatRow) -> None:
        scheme, footage = tokens.current(), self._footage.get(row.key)
        title = labels.elided(row.title, _NAMES - 20)
        name = QRectF(12, HEAD + number * ROW - self._scroll, _NAMES, ROW)
        labels.draw_in(painter, name, title, scheme.text)
        full: list[QRectF] = []
        none: list[QRectF] = []
        unknown: list[QRectF] = []
        for place, day in enumerate(self._days):
            if day > row.today:
                break
            cell = self.cell_rect(number, place).adjusted(_AIR, _AIR, -_AIR, -_AIR)
            share = footage.shares.get(day) if footage else None
            if share is None:
                unknown.append(cell)
                continue
            none.append(cell)
            if share > 0:
                high = max(2.0, cell.height() * share)
                full.append(QRectF(cell.left(), cell.bottom() - high, cell.width(), high))
        painter.setPen(Qt.PenStyle.NoPen)
        ratio = self.devicePixelRatioF()
        empty = patterns.mixed(scheme.line, scheme.panel, 0.45)
        failed = footage is not None and footage.state is MonthState.FAILED
        for rects, brush in (
            (none, empty),
            (full, patterns.brush(Look.CONTINUOUS, ratio)),
            (unknown if failed else [], patterns.mixed(scheme.bad, scheme.panel, 0.25)),
            (unknown, patterns.brush(Look.UNKNOWN, ratio)),
        ):
            if rects:
                painter.setBrush(brush)
                painter.drawRects(rects)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self._move_to(*cell)
            self._choose()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        usable = cell is not None and self._days[cell[1]] <= self._rows[cell[0]].today
        shape = Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, day = self._cursor
        steps = {
            Qt.Key.Key_Left: (row, day - 1),
            Qt.Key.Key_Right: (row, day + 1),
            Qt.Key.Key_Up: (row - 1, day),
            Qt.Key.Key_Down: (row + 1, day),
            Qt.Key.Key_Home: (row, 0),
            Qt.Key.Key_End: (row, len(self._days) - 1),
        }
        key = Qt.Key(event.key())
        if key in steps:
            self._move_to(*steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        else:
            super().keyPressEvent(event)

    def _move_to(self, row: int, day: int) -> None:
        if not self._rows:
            return
        row = min(max(row, 0), len(self._rows) - 1)
        self._cursor = (row, min(max(day, 0), len(self._days) - 1))
        bar, top = self.verticalScrollBar(), round(row * ROW)
        room = round(self.viewport().height() - HEAD - ROW)
        bar.setValue(min(max(bar.value(), top - room), top))
        self._describe()
        self.viewport().update()

    def _choose(self) -> None:
        if not self._rows:
            return
        row, day = self._rows[self._cursor[0]], self._days[self._cursor[1]]
        if day <= row.today:
            self.chosen.emit(row.key, day)

    def _describe(self) -> None:
        text = self.text_of(*self._cursor) if self._rows else ""
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self.cell_at(QPointF(event.pos()))
            text = plain.tip(self.text_of(*cell)) if cell else self._title_at(event.pos())
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().viewportEvent(event))

    def _title_at(self, at: QPoint) -> str:
        row = int((at.y() - HEAD + self._scroll) // ROW)
        known = at.y() >= HEAD and row < len(self._rows)
        return plain.tip(self._rows[row].title) if known else ""
