"""The days of a month as one painted control with the keyboard of a calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vsconsole.i18n import _
from vsconsole.ui import tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.month import MonthFootage, MonthState
from vsconsole.ui.timeline.patterns import Look

WEEKS = 6
_HEAD = 22.0
_CELL = 27.0
_BAR = 16.0
_LEAST = 4.0
_YEARS = (2000, 2099)


class MonthGrid(QWidget):
    """Seven columns, six weeks; a cursor the arrow keys move, a day that is selected."""

    chosen = Signal(object)
    """The date that was clicked or entered."""
    month_changed = Signal(int, int)

    def __init__(self, today: date, first: Qt.DayOfWeek, parent: QWidget | None = None) -> None:
        """Shows the month of `today`; weeks begin with `first`."""
        super().__init__(parent)
        self._today = today
        self._first = first.value
        self._year, self._month = today.year, today.month
        self._cursor = today
        self._selected: date | None = None
        self._footage = MonthFootage()
        self._under: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self._describe()
        self.update()

    @property
    def month(self) -> tuple[int, int]:
        """Year and month on screen."""
        return self._year, self._month

    @property
    def selected(self) -> date | None:
        return self._selected

    @property
    def cursor_day(self) -> date:
        """The day the keyboard is on."""
        return self._cursor

    def set_today(self, today: date) -> None:
        """Days after it cannot be chosen."""
        self._today = today
        self._describe()
        self.update()

    def set_footage(self, footage: MonthFootage) -> None:
        """What is known of the month on screen."""
        self._footage = footage
        self._describe()
        self.update()

    def select(self, day: date | None) -> None:
        """Marks a day and shows its month."""
        self._selected = day
        if day is not None:
            self._move_to(day)
        self.update()

    def show_month(self, year: int, month: int) -> None:
        """Turns to a month; the cursor keeps its day of the month as far as there is one."""
        year = min(max(year, _YEARS[0]), _YEARS[1])
        day = min(self._cursor.day, monthrange(year, month)[1])
        self._move_to(date(year, month, day))

    def turn(self, months: int) -> None:
        """Turns by months."""
        count = self._year * 12 + self._month - 1 + months
        self.show_month(count // 12, count % 12 + 1)

    def rect_of(self, day: date) -> QRectF:
        """The cell of a day, of a neighbouring month's too where it is shown."""
        place = (day - self._origin()).days
        width = self.width() / 7
        return QRectF(place % 7 * width, _HEAD + place // 7 * _CELL, width, _CELL)

    def day_at(self, at: QPointF) -> date | None:
        """The day of the month at a point."""
        column, row = int(at.x() // (self.width() / 7)), int((at.y() - _HEAD) // _CELL)
        if not (0 <= column < 7 and 0 <= row < WEEKS):
            return None
        day = self._origin() + timedelta(days=row * 7 + column)
        return day if (day.year, day.month) == self.month else None

    def sizeHint(self) -> QSize:
        return QSize(7 * 28, round(_HEAD + WEEKS * _CELL))

    def minimumSizeHint(self) -> QSize:
        return QSize(7 * 24, round(_HEAD + WEEKS * _CELL))

    def _origin(self) -> date:
        """The day in the top left corner."""
        first = date(self._year, self._month, 1)
        return first - timedelta(days=(first.isoweekday() - self._first) % 7)

    def _move_to(self, day: date) -> None:
        self._cursor = day
        turned = (day.year, day.month) != self.month
        self._year, self._month = day.year, day.month
        if turned:
            self._footage = MonthFootage()
            self.month_changed.emit(day.year, day.month)
        self._describe()
        self.update()

    def _choose(self, day: date) -> None:
        if day <= self._today:
            self._selected = day
            self._move_to(day)
            self.chosen.emit(day)

    def text_of(self, day: date) -> str:
        """A day and what is known of its footage, in words."""
        name = texts.long_day_text(day)
        share = self._footage.shares.get(day)
        if day > self._today:
            state = _("in the future")
        elif share is not None and share > 0:
            state = _("recorded {percent} %").format(percent=max(1, round(share * 100)))
        elif share is not None:
            state = _("no recording")
        elif self._footage.state is MonthState.LOADING:
            state = _("loading")
        else:
            state = _("not known yet")
        return f"{name}, {state}"

    def _describe(self) -> None:
        text = self.text_of(self._cursor)
        if text != self.accessibleDescription():
            self.setAccessibleName(texts.month_text(*self.month))
            self.setAccessibleDescription(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        day = date(self._year, self._month, 1)
        while day.month == self._month:
            self._paint_day(painter, day, self.rect_of(day))
            day += timedelta(days=1)
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        painter.setFont(tokens.font(tokens.CAPTION_PX))
        painter.setPen(tokens.current().dim)
        locale, width = texts.locale(), self.width() / 7
        for column in range(7):
            number = (self._first - 1 + column) % 7 + 1
            name = locale.standaloneDayName(number, locale.FormatType.NarrowFormat)
            place = QRectF(column * width, 0, width, _HEAD - 2)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_day(self, painter: QPainter, day: date, cell: QRectF) -> None:
        scheme = tokens.current()
        chosen, today = day == self._selected, day == self._today
        centre = cell.center().x()
        box = QRectF(centre - 13, cell.top() + 1, 26, cell.height() - 3)
        painter.setPen(Qt.PenStyle.NoPen)
        ink = scheme.text
        if chosen:
            painter.setBrush(scheme.accent)
            painter.drawRoundedRect(box, 3, 3)
            ink = scheme.on_accent
        elif day == self._under and day <= self._today:
            painter.setBrush(scheme.raised)
            painter.drawRoundedRect(box, 3, 3)
        if day > self._today:
            ink = patterns.faded(scheme.dim, 0.75)
        elif not chosen and self._footage.shares.get(day, 1.0) <= 0:
            ink = scheme.dim
        if today and not chosen:
            painter.setPen(QPen(scheme.dim, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.hasFocus() and day == self._cursor:
            painter.setPen(QPen(scheme.text if chosen else scheme.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(-1, -1, 1, 1), 4, 4)
        painter.setFont(tokens.font(tokens.CAPTION_PX + 1, semibold=today, tabular=True))
        painter.setPen(ink)
        number = QRectF(cell.left(), cell.top() + 2, cell.width(), 17)
        painter.drawText(number, Qt.AlignmentFlag.AlignCenter, str(day.day))
        self._paint_line(painter, day, QPointF(centre, cell.top() + 20), chosen=chosen)

    def _paint_line(self, painter: QPainter, day: date, at: QPointF, *, chosen: bool) -> None:
        """The underline: as wide as the recorded share, dotted where that is not known."""
        if day > self._today:
            return
        scheme = tokens.current()
        share = self._footage.shares.get(day)
        ink = scheme.on_accent if chosen else patterns.colour(Look.CONTINUOUS)
        if share is not None and share > 0:
            width = max(_LEAST, _BAR * share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawRoundedRect(QRectF(at.x() - width / 2, at.y(), width, 2.5), 1, 1)
        elif share is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink if chosen else patterns.colour(Look.UNKNOWN))
            for step in (-1, 0, 1):
                painter.drawEllipse(QPointF(at.x() + step * 5, at.y() + 1.2), 1.0, 1.0)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self.day_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and day is not None:
            self._choose(day)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        day = self.day_at(event.position())
        if day != self._under:
            self._under = day
            usable = day is not None and day <= self._today
            shape = Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._under = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y():
            self.turn(-1 if event.angleDelta().y() > 0 else 1)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, int] = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
        }
        key = event.key()
        if key in steps:
            self._move_to(self._cursor + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            months = 12 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.turn(-months if key == Qt.Key.Key_PageUp else months)
        elif key == Qt.Key.Key_Home:
            self._move_to(self._cursor.replace(day=1))
        elif key == Qt.Key.Key_End:
            self._move_to(self._cursor.replace(day=monthrange(*self.month)[1]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self._cursor)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # The desk's own arrows must not take the calendar's while it has the focus.
            if event.key() in _OWN_KEYS and not event.modifiers():
                event.accept()
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self.day_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.text_of(day) if day else "", self)
            return True
        return bool(super().event(event))

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()


_OWN_KEYS: frozenset[int] = frozenset(
    {
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Return,
        Qt.Key.Key_Enter,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
