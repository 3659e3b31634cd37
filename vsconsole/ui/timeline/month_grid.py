"""The days of a month as one painted control with the keyboard of a calendar."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vsconsole.domain import days
from vsconsole.i18n import _
from vsconsole.ui import labels, tokens
from vsconsole.ui.timeline import patterns, texts
from vsconsole.ui.timeline.month import MonthFootage, MonthState
from vsconsole.ui.timeline.patterns import Look

WEEKS = 6
_HEAD = 22.0
_CELL = 27.0
_BAR = 16.0
_LEAST = 4.0
_YEARS = (2000, 2099)
_FACES = {
    today: labels.Face(px=tokens.CAPTION_PX + 1, semibold=today, tabular=True)
    for today in (False, True)
}


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
        if today != self._today:
            self._today = today
            self._describe()
            self.update()

    def set_footage(self, footage: MonthFootage) -> None:
        """What is known of the month on screen."""
        if footage != self._footage:
            self._footage = footage
            self._describe()
            self.update()

    def select(self, day: date | None) -> None:
        """Marks a day and shows its month."""
        if day != self._selected:
            self._repaint(self._selected, day)
            self._selected = day
        if day is not None:
            self._move_to(day)

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
        return QRectF(*self._place_of(day), self.width() / 7, _CELL)

    def _place_of(self, day: date) -> tuple[float, float]:
        """Left and top of a day's cell."""
        place = (day - self._origin()).days
        return place % 7 * self.width() / 7, _HEAD + place // 7 * _CELL

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

    def _repaint(self, *days: date | None) -> None:
        """Asks for a paint of these days' cells alone."""
        for day in days:
            if day is not None:
                # The sign of the cursor reaches over its cell.
                self.update(self.rect_of(day).toAlignedRect().adjusted(-2, -2, 2, 2))

    def _move_to(self, day: date) -> None:
        if day == self._cursor and (day.year, day.month) == self.month:
            return
        self._repaint(self._cursor, day)
        self._cursor = day
        turned = (day.year, day.month) != self.month
        self._year, self._month = day.year, day.month
        if turned:
            self._footage = MonthFootage()
            self.update()
            self.month_changed.emit(day.year, day.month)
        self._describe()

    def _choose(self, day: date) -> None:
        if day <= self._today:
            self.select(day)
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
        part = event.rect()
        left, top, right, bottom = part.left(), part.top(), part.right(), part.bottom()
        if top < _HEAD:
            self._paint_head(painter)
        # Underlines of one colour are one path: a call for each would take longer than all else.
        lines: dict[int, QPainterPath] = {}
        wide = self.width() / 7
        for day in days.month_days(self._year, self._month):
            x, y = self._place_of(day)
            if x <= right and x + wide > left and y <= bottom and y + _CELL > top:
                self._paint_day(painter, day, x, y, wide)
                if day <= self._today:
                    self._add_line(lines, day, x + wide / 2, y + 20)
        for ink, path in lines.items():
            painter.fillPath(path, QColor.fromRgba(ink))
        painter.end()

    def _paint_head(self, painter: QPainter) -> None:
        ink, width = tokens.current().dim, self.width() / 7
        for column, name in enumerate(texts.narrow_days(self._first)):
            place = QRectF(column * width, 0, width, _HEAD - 2)
            labels.draw_in(painter, place, name, ink, centred=True)

    def _paint_day(self, painter: QPainter, day: date, x: float, y: float, wide: float) -> None:
        scheme = tokens.current()
        chosen, today = day == self._selected, day == self._today
        under = day == self._under and day <= self._today
        box = QRectF(x + wide / 2 - 13, y + 1, 26, _CELL - 3) if chosen or under or today else None
        ink = scheme.on_accent if chosen else scheme.text
        if box is not None and (chosen or under):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(scheme.accent if chosen else scheme.raised)
            painter.drawRoundedRect(box, 3, 3)
        if day > self._today:
            ink = patterns.faded(scheme.dim, 0.75)
        elif not chosen and self._footage.shares.get(day, 1.0) <= 0:
            ink = scheme.dim
        if box is not None and today and not chosen:
            painter.setPen(QPen(scheme.dim, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.hasFocus() and day == self._cursor:
            painter.setPen(QPen(scheme.text if chosen else scheme.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(x + wide / 2 - 14, y, 28, _CELL - 1), 4, 4)
        number, face = str(day.day), _FACES[today]
        left, middle = x + (wide - labels.width(number, face)) / 2, y + 10.5
        labels.draw_from(painter, left, middle, number, ink, face)

    def _add_line(
        self, lines: dict[int, QPainterPath], day: date, centre: float, top: float
    ) -> None:
        """The underline: as wide as the recorded share, dotted where that is not known."""
        share = self._footage.shares.get(day)
        if share is not None and share <= 0:
            return
        ink = patterns.colour(Look.UNKNOWN if share is None else Look.CONTINUOUS)
        if day == self._selected:
            ink = tokens.current().on_accent
        path = lines.get(ink.rgba())
        if path is None:
            path = lines[ink.rgba()] = QPainterPath()
        if share is None:
            for step in (-1, 0, 1):
                path.addEllipse(centre + step * 5 - 1, top + 0.2, 2.0, 2.0)
        else:
            width = max(_LEAST, _BAR * share)
            path.addRoundedRect(centre - width / 2, top, width, 2.5, 1, 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        day = self.day_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and day is not None:
            self._choose(day)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        day = self.day_at(event.position())
        if day != self._under:
            self._repaint(self._under, day)
            self._under = day
            usable = day is not None and day <= self._today
            shape = Qt.CursorShape.PointingHandCursor if usable else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)

    def leaveEvent(self, event: QEvent) -> None:
        self._repaint(self._under)
        self._under = None

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
