"""The strip by which a tile is dragged to another place: its caption."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from vsconsole.ui import drag, tokens
from vsconsole.ui.wall.tile import Tile

HEIGHT = 26
_WIDE = 1 << 14
_SHOWN = QSize(192, 108)


class Grip(QWidget):
    """Lies on the caption of a tile, unseen; the picture below is left to whoever works on it."""

    def __init__(self, tile: Tile) -> None:
        super().__init__(tile)
        self._tile = tile
        self._pressed: QPoint | None = None
        self.lower()
        # Wider than any tile, which cuts it off: nothing to do when the tile's size changes.
        self.setGeometry(0, 0, _WIDE, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._tile.setFocus(Qt.FocusReason.MouseFocusReason)
        self._tile.chosen.emit()
        left = event.button() == Qt.MouseButton.LeftButton and self._tile.session is not None
        self._pressed = event.position().toPoint() if left else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, began = event.position().toPoint(), self._pressed
        far = QApplication.startDragDistance()
        if began is not None and (at - began).manhattanLength() >= far:
            self._pressed = None
            self._drag()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._tile.enlarge.emit()

    def _drag(self) -> None:
        from vsconsole.ui.wall.wall import wall_of

        wall = wall_of(self._tile)
        made = QDrag(self._tile)
        made.setMimeData(drag.tile_data(wall.id, wall.tiles.index(self._tile)))
        made.setPixmap(self._picture())
        made.setHotSpot(QPoint(-8, -8))
        # Ctrl makes a copy of the move.
        actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
        made.exec(actions, Qt.DropAction.MoveAction)

    def _picture(self) -> QPixmap:
        """What hangs at the cursor: the tile, small."""
        ratio = self.devicePixelRatioF()
        grabbed = self._tile.grab().scaled(
            _SHOWN * ratio,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        painter = QPainter(grabbed)
        painter.setPen(tokens.current().accent)
        painter.drawRect(QRectF(QRect(QPoint(0, 0), _SHOWN)).adjusted(0, 0, -1, -1))
        painter.end()
        return grabbed
