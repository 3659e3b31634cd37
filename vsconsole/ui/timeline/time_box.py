"""Text fields for times: one to go to a time, two for the ends of a range."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from vsconsole.domain import days
from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.services.timetext import parse_time
from vsconsole.ui import icons, tokens
from vsconsole.ui.timeline import texts


class TimeEdit(QLineEdit):
    """A line for a time; Escape gives up what was typed, a problem shows by its border."""

    given_up = Signal()

    def __init__(self, characters: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(tokens.font(tokens.TEXT_PX, tabular=True))
        self._characters = characters
        self._problem = False

    def set_problem(self, text: str) -> None:
        """Marks what was typed as wrong; an empty text takes the mark away."""
        if bool(text) != self._problem:
            self._problem = bool(text)
            self.setProperty("problem", self._problem)
            self.style().polish(self)
        self.setAccessibleDescription(text)
        self.setToolTip(text)

    def fit(self, characters: int) -> None:
        """As wide as so many figures need."""
        self._characters = characters
        width = QFontMetricsF(self.font()).horizontalAdvance("0" * characters)
        self.setFixedWidth(round(width) + 22)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class Problem(QLabel):
    """What is wrong with the field beside it, in the room there is; the whole of it as a hint."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "problem")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(140)
        self.hide()
        self._error: InvalidInput | None = None

    def set_error(self, error: InvalidInput | None) -> None:
        """Shows an error, or with None nothing."""
        self._error = error
        self.setToolTip(str(error) if error else "")
        self.setVisible(error is not None)
        self._elide()

    def _elide(self) -> None:
        metrics = QFontMetricsF(self.font())
        mode = Qt.TextElideMode.ElideRight
        self.setText(metrics.elidedText(str(self._error or ""), mode, max(60, self.width() - 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._elide()


class TimeBox(QWidget):
    """Goes to a time typed as operators say it; says beside the field when it cannot."""

    entered = Signal(object)
    """The instant, in UTC."""
    problem_changed = Signal()
    """More or less room is needed."""

    def __init__(
        self, *, clock: Callable[[], datetime] = now, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._zone = "UTC"
        self._day: date | None = None
        self.edit = TimeEdit(16)
        self.edit.fit(16)
        self.edit.setClearButtonEnabled(False)
        self.problem = Problem()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.SPACE)
        whole.addWidget(self.edit)
        whole.addWidget(self.problem, 1)
        whole.addStretch(0)
        self.edit.returnPressed.connect(self._enter)
        self.edit.textEdited.connect(lambda: self._show(None))
        self.edit.given_up.connect(self._give_up)
        self.setFocusProxy(self.edit)
        self.retranslate()

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.edit.setPlaceholderText(_("Go to time"))
        self.edit.setAccessibleName(_("Go to time"))

    def set_context(self, zone: str, day: date | None) -> None:
        """The zone times are typed in, and the day on screen a time alone belongs to."""
        self._zone, self._day = zone, day

    def _enter(self) -> None:
        try:
            when = parse_time(self.edit.text(), zone=self._zone, now=self._clock(), day=self._day)
        except InvalidInput as error:
            self._show(error)
            self.edit.selectAll()
            return
        self._show(None)
        self.edit.clear()
        self.entered.emit(when)

    def _give_up(self) -> None:
        self._show(None)
        self.edit.clear()
        self.edit.clearFocus()

    def _show(self, error: InvalidInput | None) -> None:
        if error is not None or not self.problem.isHidden():
            self.problem.set_error(error)
            self.edit.set_problem(str(error) if error else "")
            self.problem_changed.emit()


class RangeFields(QWidget):
    """Both ends of the selected range as text and what can be done with it; hidden without one.

    Ends are shown and typed to the second, to the millisecond where one has such a part or where
    the footage is on disk and so can be cut at a frame.
    """

    edited = Signal(object)
    """The Span typed, or None when the range was cleared."""
    zoom_asked = Signal(object)
    """The Span to be shown over the whole width."""
    bookmark_asked = Signal(object)
    """The Span to be kept as a bookmark."""
    problem_changed = Signal()
    """More or less room is needed."""

    def __init__(
        self, *, clock: Callable[[], datetime] = now, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._zone = "UTC"
        self._span: Span | None = None
        self._fine = False
        self.begin, self.end = TimeEdit(8), TimeEdit(8)
        self._dash = QLabel("\u2013")
        self.length = QLabel()
        self.length.setProperty("role", "dim")
        self.zoom = _small("zoom-in")
        self.bookmark = _small("bookmark")
        self.clear = _small("x")
        self.problem = Problem()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(tokens.GAP)
        fields: tuple[QWidget, ...] = (self.problem, self.begin, self._dash, self.end, self.length)
        for widget in (*fields, self.zoom, self.bookmark, self.clear):
            whole.addWidget(widget)
        for field in (self.begin, self.end):
            field.editingFinished.connect(self._finish)
            field.given_up.connect(self._refill)
        self.zoom.clicked.connect(lambda: self.zoom_asked.emit(self._span))
        self.bookmark.clicked.connect(lambda: self.bookmark_asked.emit(self._span))
        self.clear.clicked.connect(lambda: self.edited.emit(None))
        self.retranslate()
        self.setVisible(False)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.begin.setAccessibleName(_("Range begins"))
        self.end.setAccessibleName(_("Range ends"))
        for button, words in (
            (self.zoom, _("Zoom to range")),
            (self.bookmark, _("Bookmark the range")),
            (self.clear, _("Clear range")),
        ):
            button.setToolTip(words)
            button.setAccessibleName(words)
        self.length.setAccessibleName(_("Length of the range"))

    def set_range(self, span: Span | None, zone: str, *, fine: bool = False) -> None:
        """Shows a range in a zone, `fine` to the millisecond; hides itself without one."""
        self._span, self._zone, self._fine = span, zone, fine
        self.setVisible(span is not None)
        self._refill()

    def _refill(self) -> None:
        if self._span is None:
            return
        self._show(None)
        self.length.setText(texts.length_text(self._span.seconds))
        for field, when in ((self.begin, self._span.begin), (self.end, self._span.end)):
            text = self._text(when)
            field.setText(text)
            field.setCursorPosition(0)
            field.fit(len(text))
            field.setToolTip(
                f"{texts.stamp(when, self._zone)} {texts.offset_text(when, self._zone)}"
            )

    def _text(self, when: datetime) -> str:
        """With the date where the ends have different ones, with milliseconds where there are."""
        assert self._span is not None
        fine = self._fine or bool(when.microsecond)
        whole = texts.stamp(when, self._zone, milliseconds=fine)
        first, last = (days.day_of(end, self._zone) for end in (self._span.begin, self._span.end))
        return whole[11:] if first == last else whole[5:]

    def _finish(self) -> None:
        if self._span is None:
            return
        ends = []
        for field, when in ((self.begin, self._span.begin), (self.end, self._span.end)):
            if field.text() == self._text(when):
                ends.append(when)
                continue
            day = when.astimezone(ZoneInfo(self._zone)).date()
            try:
                ends.append(parse_time(field.text(), zone=self._zone, now=self._clock(), day=day))
            except InvalidInput as error:
                self._show(error, field)
                return
        if ends[1] <= ends[0]:
            what = _("The range ends before it begins.")
            remedy = _("Type a later end, with its date if it is on another day.")
            self._show(InvalidInput(what, field="range", remedy=remedy), self.end)
            return
        span = Span(*ends)
        self._show(None)
        if span != self._span:
            self.edited.emit(span)

    def _show(self, error: InvalidInput | None, at: TimeEdit | None = None) -> None:
        if error is None and self.problem.isHidden():
            return
        self.problem.set_error(error)
        self.problem_changed.emit()
        for field in (self.begin, self.end):
            field.set_problem(str(error) if error and field is at else "")


def _small(icon: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("flat", True)
    button.setIcon(icons.icon(icon, "dim"))
    return button
