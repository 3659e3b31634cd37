"""How a row of the tree looks: icon, name, count or note, and a status told by shape and colour."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vsconsole.domain.model import Status
from vsconsole.i18n import _
from vsconsole.ui import icons, tokens
from vsconsole.ui.tree.items import ItemModel
from vsconsole.ui.tree.rows import Row, RowKind

_ICON = 16
_STAR = 11
_DOT = 9
_END = 8
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
        scheme = tokens.current()
        area = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = area.top() + (area.height() - _ICON) / 2
        icons.draw(painter, row.icon, QRectF(area.left() + 2, top, _ICON, _ICON), _icon_colour(row))
        right = self._paint_end(painter, area, row)
        font = name_font(row, on_wall=row.key in model.on_wall)
        painter.setFont(font)
        painter.setPen(scheme.dim if row.quiet else scheme.text)
        words = QRect(area.left() + _ICON + 8, area.top(), 0, area.height())
        words.setRight(right - 6)
        name = QFontMetrics(font).elidedText(
            _one_line(row.name), Qt.TextElideMode.ElideRight, max(0, words.width())
        )
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, name)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(scheme.accent, 1))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -1.5, -0.5), 2, 2)
        painter.restore()

    def _paint_end(self, painter: QPainter, area: QRect, row: Row) -> int:
        """Status, star, count, note or Retry at the right end; returns where they begin."""
        scheme = tokens.current()
        right = area.right() - _END
        if row.action:
            box = action_rect(area)
            painter.setFont(tokens.font(tokens.CAPTION_PX, semibold=True))
            painter.setPen(scheme.accent)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, _("Retry"))
            return box.left()
        if row.status is not None:
            centre = QPointF(right - _DOT / 2, area.top() + area.height() / 2)
            paint_status(painter, centre, row.status)
            right -= _DOT + 6
        if row.favourite:
            top = area.top() + (area.height() - _STAR) / 2
            icons.draw(painter, "star", QRectF(right - _STAR, top, _STAR, _STAR), scheme.warn)
            right -= _STAR + 5
        text = _one_line(row.note) or row.count_text()
        if text:
            font = tokens.font(tokens.CAPTION_PX, tabular=True)
            painter.setFont(font)
            painter.setPen(scheme.warn if row.alarm else scheme.dim)
            metrics = QFontMetrics(font)
            text = f"! {text}" if row.alarm else text
            width = min(metrics.horizontalAdvance(text) + 1, int(area.width() * _LONGEST_NOTE))
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
            box = QRect(right - width, area.top(), width, area.height())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(box, flags | Qt.TextFlag.TextSingleLine, text)
            right -= width
        return right


def name_font(row: Row, *, on_wall: bool) -> QFont:
    """Semibold for what is on the wall, smaller for hints."""
    if row.kind is RowKind.HINT:
        return tokens.font(tokens.CAPTION_PX)
    return tokens.font(semibold=on_wall and row.key is not None)


def action_rect(area: QRect) -> QRect:
    """Where a row's Retry is, in a row at `area`."""
    metrics = QFontMetrics(tokens.font(tokens.CAPTION_PX, semibold=True))
    width = metrics.horizontalAdvance(_("Retry")) + 2 * _END
    return QRect(area.right() - width, area.top(), width, area.height())


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
