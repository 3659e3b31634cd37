"""Digital zoom: the wheel at the cursor, a box by Shift and drag, pan by drag, a map of where."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen, QWheelEvent

from vsconsole.ui import tokens
from vsconsole.ui.wall.tools import PictureView

WHOLE = QRectF(0.0, 0.0, 1.0, 1.0)
NEAREST = 0.05
"""The smallest part of the picture's width and height that is shown: 20 times."""

STEP = 1.25
_SMALLEST_BOX = 8
_MAP = 0.2
_MAP_LEAST = 48
_VEIL = QColor(0, 0, 0, 190)
_LINE = QColor(255, 255, 255, 220)


def zoomed(view: PictureView) -> bool:
    """Whether less than the whole picture is shown."""
    part = view.zoom
    return part.width() < 0.999 or part.height() < 0.999


def magnify(view: PictureView, factor: float, at: QPointF | None = None) -> None:
    """Shows the picture `factor` times as large as now; what is at `at` (or the middle) stays."""
    shown, part = QRectF(view.picture_rect()), view.zoom
    if shown.isEmpty():
        return
    at = at if at is not None else shown.center()
    fixed = view.fraction_at(at)
    width = min(1.0, max(NEAREST, part.width() / factor))
    height = min(1.0, max(NEAREST, part.height() / factor))
    across = min(1.0, max(0.0, (at.x() - shown.x()) / shown.width()))
    down = min(1.0, max(0.0, (at.y() - shown.y()) / shown.height()))
    view.zoom = QRectF(fixed.x() - across * width, fixed.y() - down * height, width, height)


def shift(view: PictureView, across: float, down: float) -> None:
    """Shows what lies beside, by parts of what is shown."""
    part = view.zoom
    view.zoom = part.translated(across * part.width(), down * part.height())


def reset(view: PictureView) -> None:
    """Shows the whole picture."""
    view.zoom = QRectF(WHOLE)


def show_box(view: PictureView, box: QRectF) -> None:
    """Shows what is in `box` (of the tile), as large as it can be whole."""
    box = box.intersected(QRectF(view.picture_rect()))
    if box.isEmpty():
        return
    first, last = view.fraction_at(box.topLeft()), view.fraction_at(box.bottomRight())
    # As much of the width as of the height: the picture keeps its shape.
    size = max(last.x() - first.x(), last.y() - first.y(), NEAREST)
    middle = (first + last) / 2
    view.zoom = QRectF(middle.x() - size / 2, middle.y() - size / 2, size, size)


class ZoomTool:
    """The tool of every tile. `armed`: the next drag draws a box, without Shift, too."""

    def __init__(self) -> None:
        self.armed = False
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self._pan: tuple[QPointF, QRectF] | None = None
        self._on_map = False

    def press(self, view: PictureView, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton or view.picture_rect().isEmpty():
            return False
        at = event.position()
        if self.armed or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._from = self._to = at
            return True
        if not zoomed(view):
            return False
        self._on_map = QRectF(map_rect(view)).contains(at)
        if self._on_map:
            self._go_on_map(view, at)
        else:
            self._pan = (at, view.zoom)
        return True

    def move(self, view: PictureView, event: QMouseEvent) -> None:
        at = event.position()
        if self._from is not None:
            self._to = at
            view.repaint_tool()
        elif self._on_map:
            self._go_on_map(view, at)
        elif self._pan is not None:
            begun, part = self._pan
            shown = view.picture_rect()
            moved = at - begun
            view.zoom = part.translated(
                -moved.x() / max(1, shown.width()) * part.width(),
                -moved.y() / max(1, shown.height()) * part.height(),
            )

    def release(self, view: PictureView, event: QMouseEvent) -> None:
        box = self._box()
        self.cancel(view)
        if box is not None and min(box.width(), box.height()) >= _SMALLEST_BOX:
            show_box(view, box)

    def wheel(self, view: PictureView, event: QWheelEvent) -> bool:
        turned = event.angleDelta().y()
        if not turned or view.picture_rect().isEmpty():
            return False
        magnify(view, STEP ** (turned / 120), event.position())
        return True

    def cancel(self, view: PictureView) -> None:
        self._from = self._to = self._pan = None
        self._on_map = self.armed = False
        view.repaint_tool()

    def paint(self, view: PictureView, painter: QPainter) -> None:
        if zoomed(view):
            self._paint_map(view, painter)
        box = self._box()
        if box is not None:
            painter.setPen(QPen(tokens.DARK.accent, 2))
            painter.setBrush(QColor(255, 255, 255, 30))
            painter.drawRect(box)

    def _box(self) -> QRectF | None:
        if self._from is None or self._to is None:
            return None
        return QRectF(self._from, self._to).normalized()

    @staticmethod
    def _go_on_map(view: PictureView, at: QPointF) -> None:
        area, part = QRectF(map_rect(view)), view.zoom
        middle = QPointF((at.x() - area.x()) / area.width(), (at.y() - area.y()) / area.height())
        view.zoom = QRectF(
            middle.x() - part.width() / 2,
            middle.y() - part.height() / 2,
            part.width(),
            part.height(),
        )

    @staticmethod
    def _paint_map(view: PictureView, painter: QPainter) -> None:
        area = map_rect(view)
        if area.isEmpty():
            return
        view.paint_whole(painter, area)
        painter.setPen(QPen(_VEIL, 3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        painter.setPen(QPen(_LINE, 1))
        painter.drawRect(area)
        part = view.zoom
        painter.setPen(QPen(tokens.DARK.accent, 2))
        painter.drawRect(
            QRectF(
                area.x() + part.x() * area.width(),
                area.y() + part.y() * area.height(),
                part.width() * area.width(),
                part.height() * area.height(),
            )
        )


def map_rect(view: PictureView) -> QRect:
    """Where the map is: in the lower right corner; empty where the tile has no room for it."""
    free, shown, part = view.free_rect(), view.picture_rect(), view.zoom
    if shown.isEmpty() or shown.height() <= 0:
        return QRect()
    whole = shown.width() / part.width() / (shown.height() / part.height())
    width = round(free.width() * _MAP)
    height = round(width / whole)
    if width < _MAP_LEAST or height > free.height() // 2:
        return QRect()
    gap = tokens.SPACE
    return QRect(free.right() - gap - width, free.bottom() - gap - height, width, height)
