"""How a row of the tree looks: icon, name, count or note, and a status told by shape and colour."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vsconsole.domain.model import Status
from vsconsole.i18n import _
from vsconsole.ui import icons, kept, labels, tokens
from vsconsole.ui.tree.items import ItemModel
from vsconsole.ui.tree.rows import Row, RowKind

_ICON = 16
_STAR = 11
_DOT = 9
_END = 8
_NAME = labels.Face(px=tokens.TEXT_PX)
_ON_WALL = labels.Face(px=tokens.TEXT_PX, semibold=True)
_RETRY = labels.Face(semibold=True)
# The name keeps at least this share of the row from the note behind it.
_LONGEST_NOTE = 0.6


class RowDelegate(QStyledItemDelegate):
    """Paints the rows of an ItemModel; channels on the wall are bold."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(120, tokens.ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        if not isinstance(model, ItemModel):
            return
        row = model.row(index)
        if row is None:
            return
        area = option.rect
        left, right = area.left(), area.right()
        middle = area.top() + area.height() / 2
        icons.draw_at(painter, row.icon, left + 2, middle - _ICON / 2, _ICON, _icon_colour(row))
        begin = left + _ICON + 8
        room = self._paint_end(painter, area, right - _END, middle, row) - 6 - begin
        scheme = tokens.current()
        face = name_face(row, on_wall=row.key in model.on_wall)
        name = labels.elided(_one_line(row.name), max(0, room), face)
        ink = scheme.dim if row.quiet else scheme.text
        labels.draw_from(painter, begin, middle, name, ink, face)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(scheme.accent, 1))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -1.5, -0.5), 2, 2)
            painter.restore()

    def _paint_end(
        self, painter: QPainter, area: QRect, right: int, middle: float, row: Row
    ) -> int:
        """Status, star, count, note or Retry left of `right`; returns where they begin."""
        scheme = tokens.current()
        if row.action:
            box = action_rect(area)
            labels.draw_in(painter, QRectF(box), _("Retry"), scheme.accent, _RETRY, centred=True)
            return box.left()
        if row.status is not None:
            dot = _status(row.status, scheme.name, painter.device().devicePixelRatioF())
            painter.drawPixmap(right - _DOT - 1, round(middle - _DOT / 2) - 1, dot)
            right -= _DOT + 6
        if row.favourite:
            star = right - _STAR
            icons.draw_at(painter, "star", star, middle - _STAR / 2, _STAR, scheme.warn)
            right -= _STAR + 5
        text = _one_line(row.note) or row.count_text()
        if text:
            text = f"! {text}" if row.alarm else text
            text = labels.elided(text, int(area.width() * _LONGEST_NOTE), labels.TIME)
            right -= math.ceil(labels.width(text, labels.TIME))
            ink = scheme.warn if row.alarm else scheme.dim
            labels.draw_from(painter, right, middle, text, ink, labels.TIME)
        return right


def name_face(row: Row, *, on_wall: bool) -> labels.Face:
    """Semibold for what is on the wall, smaller for hints."""
    if row.kind is RowKind.HINT:
        return labels.PLAIN
    return _ON_WALL if on_wall and row.key is not None else _NAME


def action_rect(area: QRect) -> QRect:
    """Where a row's Retry is, in a row at `area`."""
    width = math.ceil(labels.width(_("Retry"), _RETRY)) + 2 * _END
    return QRect(area.right() - width, area.top(), width, area.height())


@lru_cache(maxsize=64)
def _status(status: Status, _scheme: str, ratio: float) -> QPixmap:
    """A status in the present colours, which are `_scheme`."""
    wide = _DOT + 2  # a pixel of air for the pen
    centre = QPointF(wide / 2, wide / 2)
    return kept.painted(
        QSize(wide, wide), ratio, lambda onto, _area: paint_status(onto, centre, status)
    )


def paint_status(painter: QPainter, centre: QPointF, status: Status) -> None:
    """A status by shape as well as colour: full, ring, half, crossed, small dot."""
    scheme = tokens.current()
    radius = _DOT / 2 - 0.5
    box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if status is Status.ONLINE:
        _fill(painter, scheme.ok)
        painter.drawEllipse(box)
    elif status is Status.SLEEPING:
        _fill(painter, scheme.warn)
        painter.drawPie(box, 90 * 16, 180 * 16)
        painter.setPen(QPen(scheme.warn, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box)
    elif status is Status.OFFLINE:
        painter.setPen(QPen(scheme.dim, 1.4))
        painter.drawEllipse(box)
    elif status is Status.UNREGISTERED:
        painter.setPen(QPen(scheme.dim, 1.4, Qt.PenStyle.DotLine))
        painter.drawEllipse(box)
    elif status is Status.DISABLED:
        painter.setPen(QPen(scheme.bad, 1.6))
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())
    else:
        _fill(painter, scheme.dim)
        painter.drawEllipse(centre, 1.6, 1.6)
    painter.restore()


def _icon_colour(row: Row) -> QColor:
    scheme = tokens.current()
    return scheme.warn if row.kind is RowKind.FAVOURITES or row.alarm else scheme.dim


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _fill(painter: QPainter, colour: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
