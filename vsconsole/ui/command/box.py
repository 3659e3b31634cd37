"""The command box over a window: a line to type into, and what it would do below it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vsconsole.i18n import _
from vsconsole.services.command_answer import Suggestion
from vsconsole.services.command_line import LONGEST
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.command.rows import Row

_WIDTH = 680
_ROW = 32
_MOST_ROWS = 12
_ROW_ROLE = Qt.ItemDataRole.UserRole
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ON = frozenset({Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_Tab})
_BACK = frozenset({Qt.Key.Key_Up, Qt.Key.Key_PageUp, Qt.Key.Key_Backtab})
_FAR = frozenset({Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})
_TABS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_ALIGN = Qt.AlignmentFlag.AlignVCenter


class _Line(QLineEdit):
    """Leaves to the box what moves through the list, does it, or closes."""

    def __init__(self, box: CommandBox) -> None:
        super().__init__(box)
        self._box = box

    def event(self, event: QEvent) -> bool:
        # A line never sees Tab otherwise: Qt goes to the next control with it.
        pressed = event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in _TABS:
            return self._box.took(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._box.took(event):
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        # A menu of the line itself, or another program, is not a way out.
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self._box.leave()


class _Delegate(QStyledItemDelegate):
    """Icon, what it is, what it would do, its keys."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(0, _ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: Row = index.data(_ROW_ROLE)
        scheme, area = tokens.current(), QRect(option.rect)
        painter.save()
        if option.state & option.state.State_Selected:
            painter.fillRect(area, scheme.selected)
            painter.fillRect(QRect(area.left(), area.top(), 2, area.height()), scheme.accent)
        icon = QRect(area.left() + 12, area.top() + (area.height() - 16) // 2, 16, 16)
        icons.draw(painter, row.icon, icon.toRectF(), scheme.dim)
        inner = area.adjusted(38, 0, -12, 0)
        painter.setPen(scheme.dim)
        painter.setFont(tokens.font(12))
        if row.keys:
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | _ALIGN, row.keys)
            inner.setRight(inner.right() - painter.fontMetrics().horizontalAdvance(row.keys) - 12)
        title = tokens.font(semibold=True, tabular=True)
        painter.setFont(title)
        painter.setPen(scheme.dim if row.reason else scheme.text)
        used = self._text(painter, inner, row.title, 0.6)
        inner.setLeft(inner.left() + used + 12)
        painter.setFont(tokens.font(12, tabular=True))
        painter.setPen(scheme.warn if row.reason else scheme.dim)
        self._text(painter, inner, row.reason or row.detail, 1.0)
        painter.restore()

    @staticmethod
    def _text(painter: QPainter, area: QRect, text: str, share: float) -> int:
        metrics = QFontMetrics(painter.font())
        room = int(max(0, area.width()) * share)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | _ALIGN, shown)
        return metrics.horizontalAdvance(shown)


class CommandBox(QFrame):
    """Lies over `window` until something is done, Escape, or the focus goes elsewhere.

    `asked` with the line whenever it changed; the answer comes by `show_rows` with the line it is
    for. `chosen` with the Suggestion to be done; `gone` after it closed, however that came.
    """

    asked = Signal(str)
    chosen = Signal(object)
    gone = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "command")
        self.setAccessibleName(_("Camera, time or action"))
        self._window = window
        self._before = QApplication.focusWidget()
        self._answered: str | None = None
        self._enter = False
        self._open = True
        self._build()
        self._connect()

    def _build(self) -> None:
        self.line = _Line(self)
        self.line.setMaxLength(LONGEST)
        self.line.setAccessibleName(_("Camera, time or action"))
        self.line.setPlaceholderText(_("Gate 2 yesterday 2pm, 11-20 08:42, pause…"))
        self.line.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.note = plain.label("", "warn", wrap=True)
        self.note.setMargin(tokens.GAP)
        self.note.hide()
        self.list = QListWidget()
        self.list.setAccessibleName(_("What it would do"))
        self.list.setItemDelegate(_Delegate(self))
        # The keys stay with the line; arrows in it move through the list.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.hint = plain.label(_("Enter does it · ↑ ↓ choose · Esc closes"), "caption")
        self.hint.setMargin(tokens.GAP)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, tokens.GAP)
        column.setSpacing(tokens.GAP)
        for widget in (self.line, self.note, self.list, self.hint):
            column.addWidget(widget)

    def _connect(self) -> None:
        self.line.textChanged.connect(self._on_text)
        self.list.currentRowChanged.connect(self._describe)
        self.list.itemClicked.connect(lambda _item: self._do())
        self._window.installEventFilter(self)

    def open(self) -> None:
        """Shows the box with the cursor in its line, and asks for what was done before."""
        self._place()
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._on_text(self.line.text())

    def show_rows(self, line: str, rows: Sequence[Row], note: str) -> None:
        """The answer to a line; one that is no longer typed is dropped."""
        if not self._open or line != self.line.text():
            return
        # The same line answered again keeps what was chosen.
        again = self._answered == line
        before: Row | None = self.list.currentIndex().data(_ROW_ROLE)
        self._answered = line
        self.list.clear()
        for row in rows:
            item = QListWidgetItem(row.words)
            item.setData(_ROW_ROLE, row)
            item.setToolTip(plain.tip(row.words))
            self.list.addItem(item)
        self.note.setText(note)
        self.note.setVisible(bool(note))
        if not line.strip():
            self.hint.setText(
                _("Done before. Enter does it again · ↑ ↓ choose · Esc closes")
                if rows
                else _("Type a camera, a time, an action, or a camera and a time.")
            )
        else:
            self.hint.setText(_("Enter does it · ↑ ↓ choose · Esc closes"))
        kept = [i for i, row in enumerate(rows) if again and before and row.does == before.does]
        self.list.setCurrentRow(kept[0] if kept else 0 if rows else -1)
        self._describe()
        self._place()
        if self._enter:
            self._enter = False
            # What only comes near is looked at before it is done.
            if not note:
                self._do()

    def rows(self) -> list[Row]:
        """What is listed, from top to bottom."""
        return [self.list.item(i).data(_ROW_ROLE) for i in range(self.list.count())]

    def took(self, event: QKeyEvent) -> bool:
        """Does what a key means for the box; False leaves it to the line."""
        if event.key() in _ENTER:
            if self._answered == self.line.text():
                self._do()
            else:
                self._enter = True
        elif event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in _ON | _BACK and self.list.count():
            far = event.key() in _FAR
            step = _MOST_ROWS - 1 if far else 1
            self._move(step if event.key() in _ON else -step, wrap=not far)
        elif event.key() not in _TABS:
            return False
        return True

    def leave(self) -> None:
        """Closes without doing anything; the focus goes back to where it was. Repeatable."""
        if not self._open:
            return
        self._open = False
        self._window.removeEventFilter(self)
        had = self.line.hasFocus()
        self.hide()
        before = self._before
        if had and before is not None and _usable(before):
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.gone.emit()
        self.deleteLater()

    def _do(self) -> None:
        row: Row | None = self.list.currentIndex().data(_ROW_ROLE)
        if row is None or not self._open:
            return
        if row.reason:
            self.note.setText(f"{row.title}: {row.reason}")
            self.note.show()
            self._place()
            return
        does: Suggestion = row.does
        self.leave()
        self.chosen.emit(does)

    def _move(self, step: int, *, wrap: bool) -> None:
        last = self.list.count() - 1
        place = self.list.currentRow() + step
        if wrap and not 0 <= place <= last:
            place = 0 if step > 0 else last
        self.list.setCurrentRow(min(max(place, 0), last))

    def _on_text(self, text: str) -> None:
        self._answered = None
        self._enter = False
        self.asked.emit(text)

    def _describe(self) -> None:
        """Screen readers read the line; what Enter would do is its description."""
        row: Row | None = self.list.currentIndex().data(_ROW_ROLE)
        words = row.words if row else ""
        note = "" if self.note.isHidden() else self.note.text()
        self.line.setAccessibleDescription(" ".join(part for part in (note, words) if part))

    def _place(self) -> None:
        area = self._window.rect()
        width = min(_WIDTH, area.width() - 2 * tokens.SPACE)
        top = min(56, max(tokens.SPACE, area.height() // 12))
        margins = self._column.contentsMargins()
        inner = width - margins.left() - margins.right()
        parts = [self.line.sizeHint().height(), self.hint.sizeHint().height()]
        if not self.note.isHidden():
            parts.append(self.note.heightForWidth(inner))
        fixed = sum(parts) + len(parts) * tokens.GAP + margins.top() + margins.bottom()
        count = self.list.count()
        room = max(1, (area.height() - top - tokens.SPACE - fixed - tokens.GAP) // _ROW)
        shown = min(count, _MOST_ROWS, room)
        self.list.setVisible(shown > 0)
        # With its border, which shows the focus of other lists.
        self.list.setFixedHeight(max(1, shown) * _ROW + 2)
        listed = shown * _ROW + 2 + tokens.GAP if shown else 0
        self.setGeometry((area.width() - width) // 2, top, width, fixed + listed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False


def _usable(widget: QWidget) -> bool:
    return isValid(widget) and widget.isVisible() and widget.isEnabled()
