"""Small drawings of the layouts, as icons."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter

from vsconsole.ui import tokens
from vsconsole.ui.icons import Drawn
from vsconsole.ui.wall.layouts import Layout


class _Engine(Drawn):
    """Draws a layout's tiles in the colours of the scheme in force, sharp at every scale."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout

    def paint(self, painter: QPainter, rect, mode: QIcon.Mode, state: QIcon.State) -> None:  # type: ignore[no-untyped-def]
        scheme = tokens.current()
        colour = scheme.accent if state == QIcon.State.On else scheme.dim
        # Of a screen's shape, in the midst of whatever room there is.
        room = QRect(rect)
        high = min(room.height(), round(room.width() * 0.72))
        area = QRect(0, 0, room.width() - room.width() // 8, high)
        area.moveCenter(room.center())
        dense = max(self._layout.columns, self._layout.rows) > 5
        gap = 1 if dense or area.width() < 20 else 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for place in self._layout.places(area, gap):
            painter.drawRoundedRect(QRectF(place), 1, 1)
        painter.restore()

    def clone(self) -> QIconEngine:
        return _Engine(self._layout)


@cache
def icon(layout: Layout) -> QIcon:
    """A drawing of the layout; in the accent's colour where it is on."""
    return QIcon(_Engine(layout))
