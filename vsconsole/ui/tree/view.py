"""A tree view that leaves the desk its keys, and says what is done to its rows."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from vsconsole.domain.model import Channel, Key
from vsconsole.i18n import ngettext
from vsconsole.ui import tokens
from vsconsole.ui.tree.delegate import RowDelegate, action_rect
from vsconsole.ui.tree.items import ItemModel
from vsconsole.ui.tree.rows import SAVED, Row

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_SAVED_KEYS = {Qt.Key.Key_F2: "rename", Qt.Key.Key_Delete: "delete"}
_DRAG_SIZE = (220, 28)


class TreeView(QTreeView):
    """Rows of an ItemModel.

    `opened` with the rows of a double-click or Enter, `acted` with the row whose Retry was
    clicked, `menu_asked` with a row and a place, `saved_asked` with "rename" or "delete" and the
    row of a saved view or tour. Plus and minus open and close a branch: the arrows to the sides are
    the desk's.
    """

    opened = Signal(list)
    acted = Signal(object)
    menu_asked = Signal(object, QPoint)
    saved_asked = Signal(str, object)

    def __init__(
        self, model: ItemModel, delegate: RowDelegate, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.items = model
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(16)
        self.setDragEnabled(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def rows(self) -> list[Row]:
        """The selected rows, from top to bottom."""
        selected = self.selectionModel().selectedIndexes()
        # Qt gives them in the order of clicking, the wall fills in the order of the tree.
        selected.sort(key=_path)
        return [row for index in selected if (row := self.items.row(index))]

    def repaint_rows(self, keys: Collection[Key]) -> None:
        """Paints what is in sight of these keys anew, and none of the other rows."""
        index = self.indexAt(QPoint(0, 0)) if keys else QModelIndex()
        while index.isValid():
            place = self.visualRect(index)
            if place.top() > self.viewport().height():
                return
            row = self.items.row(index)
            if row is not None and row.key in keys:
                self.viewport().update(place)
            index = self.indexBelow(index)

    def drawRow(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        if self.selectionModel().isSelected(index):
            painter.fillRect(option.rect, tokens.current().selected)
        super().drawRow(painter, option, index)

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._saved_by(event) is not None
        ):
            event.accept()
            return True
        return super().event(event)

    def _saved_by(self, event: QKeyEvent) -> Row | None:
        """The saved view or tour that a key renames or deletes."""
        if event.key() not in _SAVED_KEYS or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return None
        row = self.items.row(self.currentIndex())
        return row if row is not None and row.kind in SAVED else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        saved = self._saved_by(event)
        if saved is not None:
            self.saved_asked.emit(_SAVED_KEYS[Qt.Key(event.key())], saved)
            return
        if event.key() in _ENTER:
            rows = self.rows()
            current = self.items.row(self.currentIndex())
            if rows or current:
                self.opened.emit(rows or [current])
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the desk's keys; words belong into the field above."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        row = self.items.row(self.indexAt(event.position().toPoint()))
        if row and event.button() == Qt.MouseButton.LeftButton:
            self.opened.emit([row])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        index = self.indexAt(at)
        row = self.items.row(index)
        left = event.button() == Qt.MouseButton.LeftButton
        if row and row.action and left and action_rect(self.visualRect(index)).contains(at):
            self.acted.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            self.scrollTo(index)
            at = self.visualRect(index).center()
        else:
            at = event.pos()
            index = self.indexAt(at)
        row = self.items.row(index)
        if row:
            self.menu_asked.emit(row, self.viewport().mapToGlobal(at))
        event.accept()

    def startDrag(self, supportedActions: Qt.DropAction) -> None:  # noqa: N803
        channels = [channel for row in self.rows() for channel in row.channels()]
        if not channels:
            return
        drag = QDrag(self)
        drag.setMimeData(self.items.mimeData(self.selectionModel().selectedIndexes()))
        drag.setPixmap(drag_picture(channels, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-8, _DRAG_SIZE[1] // 2))
        drag.exec(Qt.DropAction.CopyAction)


def drag_picture(channels: list[Channel], ratio: float) -> QPixmap:
    """What hangs at the cursor: a camera's name, or how many there are."""
    width, height = _DRAG_SIZE
    scheme, font = tokens.current(), tokens.font()
    many = ngettext("{n} camera", "{n} cameras", len(channels)).format(n=len(channels))
    text = channels[0].name if len(channels) == 1 else many
    metrics = QFontMetrics(font)
    width = min(width, metrics.horizontalAdvance(text) + 20)
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(scheme.accent, 1))
    painter.setBrush(scheme.selected)
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, height - 1), tokens.RADIUS, tokens.RADIUS)
    painter.setFont(font)
    painter.setPen(scheme.text)
    area = QRect(10, 0, width - 20, height)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, shown)
    painter.end()
    return made


def _path(index: QModelIndex) -> tuple[int, ...]:
    path: list[int] = []
    while index.isValid():
        path.append(index.row())
        index = index.parent()
    return tuple(reversed(path))
