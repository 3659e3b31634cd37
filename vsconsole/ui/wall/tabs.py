"""The tabs over the wall: pick, rename, move, close, and drop cameras onto."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QTabBar, QToolButton, QWidget

from vsconsole.i18n import _
from vsconsole.ui import icons, plain
from vsconsole.ui.drag import dropped

NAME_LENGTH = 64
_HOVER_MS = 600


class WallTabs(QTabBar):
    """One tab a wall, by its place.

    `renamed` (place, name), `close_asked` and `leave_asked` (place), `took` (place or -1 for a new
    tab, what was dropped), `hovered` (place) when something is held over a tab for a while.
    """

    renamed = Signal(int, str)
    close_asked = Signal(int)
    leave_asked = Signal(int)
    took = Signal(int, object)
    hovered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Walls"))
        self.setMovable(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionBehaviorOnRemove(QTabBar.SelectionBehavior.SelectPreviousTab)
        self.setAcceptDrops(True)
        self.editor: QLineEdit | None = None
        self._edited = -1
        self._over = -1
        self._hover = QTimer(self, interval=_HOVER_MS, singleShot=True)
        self._hover.timeout.connect(self._tell_hover)

    def add(self, place: int, title: str) -> None:
        """A tab at `place`."""
        self.insertTab(place, plain.action(title))
        self.name(place, title)
        button = QToolButton(self)
        button.setIcon(icons.icon("x", "dim"))
        button.setProperty("flat", "true")
        button.setProperty("small", "true")
        button.setAccessibleName(_("Close the tab"))
        button.setToolTip(_("Close the tab"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.close_asked.emit(self._place_of(button)))
        self.setTabButton(place, QTabBar.ButtonPosition.RightSide, button)

    def name(self, place: int, title: str) -> None:
        """Another title."""
        self.setTabText(place, plain.action(title))
        self.setAccessibleTabName(place, title)
        self.setTabToolTip(place, plain.tip(title))

    def edit(self, place: int, title: str) -> None:
        """Lets the operator type another name, in the tab itself."""
        self.end_edit()
        if not 0 <= place < self.count():
            return
        self._edited = place
        editor = self.editor = QLineEdit(title, self)
        editor.setAccessibleName(_("Name of the tab"))
        editor.setMaxLength(NAME_LENGTH)
        where = self.tabRect(place)
        editor.setGeometry(where.adjusted(2, 1, -2, -1))
        editor.setProperty("small", "true")
        editor.installEventFilter(self)
        editor.editingFinished.connect(self._take_name)
        editor.selectAll()
        editor.show()
        editor.setFocus()

    def end_edit(self) -> None:
        """Leaves the name as it was."""
        editor, self.editor = self.editor, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()

    def _take_name(self) -> None:
        if self.editor is not None:
            text, place = " ".join(self.editor.text().split()), self._edited
            self.end_edit()
            self.renamed.emit(place, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.editor
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            self.end_edit()
            return True
        return super().eventFilter(watched, event)

    def _place_of(self, button: QToolButton) -> int:
        side = QTabBar.ButtonPosition.RightSide
        return next(i for i in range(self.count()) if self.tabButton(i, side) is button)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self.edit(place, self.accessibleTabName(place))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = self.tabAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.MiddleButton and place >= 0:
            self.close_asked.emit(place)

    def menu_of(self, place: int) -> QMenu:
        """What can be done to a tab."""
        menu = QMenu(self)
        menu.addAction(_("Rename…"), lambda: self.edit(place, self.accessibleTabName(place)))
        menu.addAction(_("To a window of its own"), lambda: self.leave_asked.emit(place))
        menu.addSeparator()
        menu.addAction(_("Close the tab"), lambda: self.close_asked.emit(place))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.currentIndex() if by_key else self.tabAt(event.pos())
        if place >= 0:
            menu = self.menu_of(place)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.mapToGlobal(self.tabRect(place).bottomLeft()))

    # What is dropped

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.acceptProposedAction()
        self._hold_over(self.tabAt(event.position().toPoint()))

    def dragLeaveEvent(self, event: object) -> None:
        self._hold_over(-1)

    def dropEvent(self, event: QDropEvent) -> None:
        self._hold_over(-1)
        what = dropped(event.mimeData(), copy=event.dropAction() is Qt.DropAction.CopyAction)
        if what:
            event.acceptProposedAction()
            self.took.emit(self.tabAt(event.position().toPoint()), what)

    def _hold_over(self, place: int) -> None:
        if place != self._over:
            self._over = place
            self._hover.stop()
            if place >= 0:
                self._hover.start()

    def _tell_hover(self) -> None:
        if 0 <= self._over < self.count():
            self.hovered.emit(self._over)
