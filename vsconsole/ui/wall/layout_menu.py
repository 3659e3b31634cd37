"""The menu of layouts: each a small drawing, in a row for each family."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QGridLayout, QMenu, QToolButton, QWidget, QWidgetAction

from vsconsole.i18n import _
from vsconsole.ui import plain, tokens
from vsconsole.ui.wall.layouts import LAYOUTS, Family, Layout

_ICON = QSize(40, 30)
_A_ROW = 5
_STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class LayoutMenu(QMenu):
    """Offers every layout's action; arrows go from drawing to drawing, Enter takes one."""

    def __init__(self, action_of: Callable[[Layout], QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QToolButton] = {}
        self._rows: list[list[QToolButton]] = []
        self._panel = QWidget()
        self._grid = QGridLayout(self._panel)
        self._grid.setContentsMargins(tokens.SPACE, tokens.GAP, tokens.SPACE, tokens.SPACE)
        self._grid.setSpacing(tokens.GAP)
        for family in Family:
            self._add_family(family, action_of)
        holder = QWidgetAction(self)
        holder.setDefaultWidget(self._panel)
        self.addAction(holder)
        self.aboutToShow.connect(self._focus_checked)

    def _add_family(self, family: Family, action_of: Callable[[Layout], QAction]) -> None:
        line = self._grid.rowCount()
        self._grid.addWidget(plain.label(_(family.value), "caption"), line, 0, 1, _A_ROW)
        found = [layout for layout in LAYOUTS if layout.family is family]
        for i, layout in enumerate(found):
            if not i % _A_ROW:
                self._rows.append([])
            button = self._button(layout, action_of(layout))
            self._rows[-1].append(button)
            self._grid.addWidget(button, line + 1 + i // _A_ROW, i % _A_ROW)

    def _button(self, layout: Layout, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(_ICON)
        button.setAccessibleName(action.text())
        button.setObjectName(f"button-layout-{layout.name}")
        button.setProperty("flat", "true")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.installEventFilter(self)
        button.clicked.connect(self.close)
        self.buttons[layout.name] = button
        return button

    def _focus_checked(self) -> None:
        for button in self.buttons.values():
            if button.isChecked():
                button.setFocus()
                return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _STEPS:
                self._go(watched, *_STEPS[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                assert isinstance(watched, QToolButton)
                watched.click()
                return True
        return super().eventFilter(watched, event)

    def _go(self, button: QObject, down: int, on: int) -> None:
        row = next(i for i, row in enumerate(self._rows) if button in row)
        column = self._rows[row].index(button) + on  # type: ignore[arg-type]
        row = (row + down) % len(self._rows)
        self._rows[row][min(max(column, 0), len(self._rows[row]) - 1)].setFocus()
