"""What stays as it is painted once and kept: each further paint copies it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

Place: TypeAlias = tuple[int, int, int, int]
"""x, y, width and height: in numbers, because a QRect would be made for every picture."""


class KeptPaint:
    """One rectangle of a widget, painted anew only when what it shows is another."""

    def __init__(self) -> None:
        self._key: Hashable = None
        self._pixmap: QPixmap | None = None

    def paint(
        self,
        painter: QPainter,
        place: Place,
        ratio: float,
        key: Hashable,
        draw: Callable[[QPainter, QRect], None],
    ) -> None:
        """Puts at `place` what `draw` paints for `key`; at a device pixel ratio."""
        x, y, width, height = place
        whole = (key, width, height, ratio)
        if self._pixmap is None or whole != self._key:
            self._key, self._pixmap = whole, painted(QSize(width, height), ratio, draw)
        painter.drawPixmap(x, y, self._pixmap)

    def forget(self) -> None:
        """Keeps nothing until it is painted again."""
        self._key = self._pixmap = None


def painted(size: QSize, ratio: float, draw: Callable[[QPainter, QRect], None]) -> QPixmap:
    """What `draw` paints on nothing, so many logical pixels large; at a device pixel ratio."""
    pixmap = QPixmap(size * ratio)
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    try:
        draw(painter, QRect(QPoint(0, 0), size))
    finally:
        # Qt does not survive a painter that outlives its pixmap.
        painter.end()
    return pixmap
