"""A tile by its number: digits, then Enter; while they are typed every tile shows its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from vsconsole.i18n import _
from vsconsole.ui import tokens
from vsconsole.ui.wall.wall import Wall
from vsconsole.ui.wall.walls import Walls

_WAIT_MS = 4_000
_MOST_DIGITS = 2
_ENTER = ("Return", "Enter")


class NumberEntry(QObject):
    """Collects digits typed anywhere but in a text field; Enter selects that tile of the wall.

    `refused` with a sentence where there is no such tile. `enabled` False leaves the digits to
    somebody else.
    """

    refused = Signal(str)

    def __init__(self, walls: Walls, parent: QWidget) -> None:
        super().__init__(parent)
        self._walls = walls
        self.typed = ""
        self._overlay: NumberOverlay | None = None
        self._late = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._late.timeout.connect(self.clear)
        self._digits = [self._action(str(n), lambda n=n: self._add(n)) for n in range(10)]
        self._ends = [
            self._action(key, act)
            for key, act in (
                *((enter, self._take) for enter in _ENTER),
                ("Esc", self.clear),
                ("Backspace", self._back),
            )
        ]
        self._arm()

    def _action(self, key: str, act: object) -> QAction:
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: act())  # type: ignore[operator]
        return action

    @property
    def actions(self) -> list[QAction]:
        """To be added to every window in which digits are typed."""
        return [*self._digits, *self._ends]

    @property
    def enabled(self) -> bool:
        return self._digits[0].isEnabled()

    @enabled.setter
    def enabled(self, enabled: bool) -> None:
        self.clear()
        for action in self._digits:
            action.setEnabled(enabled)

    def clear(self) -> None:
        """Forgets what was typed."""
        self.typed = ""
        self._show()

    def _add(self, digit: int) -> None:
        typed = (self.typed + str(digit)).lstrip("0")
        if len(typed) <= _MOST_DIGITS:
            self.typed = typed
        self._show()

    def _back(self) -> None:
        self.typed = self.typed[:-1]
        self._show()

    def _take(self) -> None:
        number, wall = int(self.typed), self._walls.front
        self.clear()
        if number <= len(wall.tiles):
            wall.select(number - 1)
            wall.current.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.refused.emit(_("There is no tile {number} on this wall.").format(number=number))

    def _show(self) -> None:
        self._arm()
        wall = self._walls.front
        if self._overlay is not None and (not self.typed or self._overlay.wall is not wall):
            self._overlay.hide()
            self._overlay.deleteLater()
            self._overlay = None
        if not self.typed:
            self._late.stop()
            return
        self._late.start()
        if self._overlay is None:
            self._overlay = NumberOverlay(wall)
        self._overlay.show_typed(self.typed)

    def _arm(self) -> None:
        # Only while there is something typed: else these keys are everybody's.
        for action in self._ends:
            action.setEnabled(bool(self.typed))


class NumberOverlay(QWidget):
    """Each tile's number over it; those that do not begin with what was typed are dim."""

    def __init__(self, wall: Wall) -> None:
        super().__init__(wall)
        self.wall = wall
        self._typed = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(wall.rect())
        self.show()

    def show_typed(self, typed: str) -> None:
        """What was typed so far."""
        self._typed = typed
        self.setAccessibleName(_("Tile {number}").format(number=typed))
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        scheme = tokens.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for tile in self.wall.tiles:
            if not tile.isVisible():
                continue
            text = str(tile.number)
            fits, same = text.startswith(self._typed), text == self._typed
            font = tokens.font(28 if same else 20, semibold=True, tabular=True)
            metrics = QFontMetrics(font)
            box = QRect(0, 0, metrics.horizontalAdvance(text) + 24, metrics.height() + 12)
            box.moveCenter(tile.geometry().center())
            painter.setOpacity(1.0 if fits else 0.45)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(scheme.accent if same else scheme.raised)
            painter.drawRoundedRect(box, tokens.RADIUS, tokens.RADIUS)
            painter.setPen(scheme.on_accent if same else scheme.text)
            painter.setFont(font)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
