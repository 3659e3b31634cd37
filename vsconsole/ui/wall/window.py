"""A window of its own for one wall, for another monitor."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QByteArray, QEvent, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vsconsole.ui.wall.wall import Wall

_SHARE = 0.7
_APART = 60
_CALM_MS = 500


class WallWindow(QWidget):
    """Holds one wall; `left` when it was closed by hand, `entered` when it becomes active.

    The keys are those of the desk: `actions` are its actions.
    """

    left = Signal()
    entered = Signal()

    def __init__(self, wall: Wall, actions: Iterable[QAction]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.wall = wall
        self._full, self._before = False, False
        self._bringing_back = False
        self.addActions(list(actions))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(wall)
        wall.show()
        # Else the first tile would be turned to when the window becomes active.
        wall.current.setFocus()
        self._calm = QTimer(self, interval=_CALM_MS, singleShot=True)
        self.show_title()

    def show_title(self) -> None:
        """Takes over the name of its wall."""
        self.setWindowTitle(f"{self.wall.title} · vsconsole")

    @property
    def settling(self) -> bool:
        """Whether it was put there a moment ago, and became active without anybody's doing."""
        return self._calm.isActive()

    def place(self, beside: QWidget) -> None:
        """Goes to another screen than `beside`, and fills it; where there is none, onto its own."""
        others = [screen for screen in QGuiApplication.screens() if screen is not beside.screen()]
        if others:
            self.setGeometry(others[0].availableGeometry())
            self.showMaximized()
            return
        free = beside.screen().availableGeometry()
        where = QRect(beside.geometry())
        where.setSize(where.size() * _SHARE)
        where.translate(_APART, _APART)
        where.moveRight(min(where.right(), free.right()))
        where.moveBottom(min(where.bottom(), free.bottom()))
        self.setGeometry(where)
        self.show()

    def state(self) -> dict[str, object]:
        """Where it is, for the next start."""
        return {
            "geometry": bytes(self.saveGeometry().toBase64().data()).decode(),
            "full": self._full,
        }

    def restore(self, state: dict[str, object]) -> None:
        """Goes where it was; onto a screen that is there, should that one be gone."""
        self._calm.start()
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.restoreGeometry(QByteArray.fromBase64(str(state.get("geometry", "")).encode()))
        self.show()
        if state.get("full") is True:
            self.toggle_full()
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, False)

    def toggle_full(self) -> None:
        """Fills the screen with the wall, or goes back to what it was."""
        self._full = not self._full
        if self._full:
            self._before = self.isMaximized()
            self.showFullScreen()
        elif self._before:
            self.showMaximized()
        else:
            self.showNormal()

    def let_go(self) -> Wall:
        """Gives its wall back and goes."""
        self._bringing_back = True
        self.wall.setParent(None)
        self.close()
        self.deleteLater()
        return self.wall

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            # Always one level up: the enlarged tile first, then the full screen.
            if self.wall.enlarged:
                self.wall.enlarge()
            elif self._full:
                self.toggle_full()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        if not self._bringing_back:
            self._bringing_back = True
            self.left.emit()
