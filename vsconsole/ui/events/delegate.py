"""How an event looks in the list: picture with boxes, time and camera, what happened, account."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vsconsole.domain.model import now
from vsconsole.ui import icons, marks, tokens
from vsconsole.ui.events import thumbs
from vsconsole.ui.events.model import EventModel
from vsconsole.ui.events.rows import EventRow, when_text
from vsconsole.ui.events.thumbs import THUMB, Thumbs

ROW = 58
_EDGE = 8
_ICON = 18.0
_SIGN = 4.0


class EventDelegate(QStyledItemDelegate):
    """Paints the rows of an EventModel, with the pictures that `thumbs` has."""

    def __init__(self, pictures: Thumbs) -> None:
        super().__init__()
        self._pictures = pictures

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(160, ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        model = index.model()
        row = model.row(index) if isinstance(model, EventModel) else None
        if row is None:
            return
        scheme = tokens.current()
        area = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, scheme.selected)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, scheme.raised)
        picture = QRectF(
            area.left() + _EDGE, area.top() + (ROW - THUMB.height()) / 2, *THUMB.toTuple()
        )
        self._paint_picture(painter, picture, row)
        left = round(picture.right()) + _EDGE
        self._paint_words(
            painter, QRect(left, area.top(), area.right() - left - _EDGE + 1, ROW), row
        )
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(scheme.accent, 1))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -1.5, -0.5), 2, 2)
        painter.restore()

    def _paint_picture(self, painter: QPainter, place: QRectF, row: EventRow) -> None:
        painter.fillRect(place, tokens.current().tile)
        image = self._pictures.of(row.name)
        if image is not None:
            where = thumbs.fitted(image, place)
            painter.drawImage(where, image)
            full = thumbs.full_size(image)
            thumbs.draw_boxes(painter, where, row.event.boxes, full, labels=False)
            return
        if not row.has_picture:
            name = "video-off"
        else:
            name = "circle-alert" if self._pictures.failure(row.name) else "camera"
        at = QRectF(0, 0, _ICON, _ICON)
        at.moveCenter(place.center())
        icons.draw(painter, name, at, tokens.DARK.dim)

    def _paint_words(self, painter: QPainter, area: QRect, row: EventRow) -> None:
        scheme = tokens.current()
        first, second, third = (
            QRect(area.left(), area.top() + top, area.width(), height)
            for top, height in ((4, 18), (21, 18), (38, 16))
        )
        time_font = tokens.font(semibold=True, tabular=True)
        time = when_text(row, now())
        _text(painter, first, time, time_font, scheme.text)
        used = QFontMetrics(time_font).horizontalAdvance(time) + 8
        rest = first.adjusted(used, 0, 0, 0)
        _text(painter, rest, row.place, tokens.font(), scheme.dim)
        marks.draw(
            painter,
            marks.shape_of(row.event.kind, row.event.title),
            QPointF(second.left() + _SIGN, second.center().y() + 1),
            _SIGN,
        )
        second.adjust(round(2 * _SIGN) + 6, 0, 0, 0)
        words, origin = row.words, row.account
        if row.event.text and QFontMetrics(tokens.font()).horizontalAdvance(words) > second.width():
            # What was searched for is rather in what is told than in the kind.
            words = row.event.text
            origin = " · ".join(part for part in (row.event.title, row.account) if part)
        _text(painter, second, words, tokens.font(), scheme.text)
        _text(painter, third, origin, tokens.font(tokens.CAPTION_PX), scheme.dim)


def _text(painter: QPainter, area: QRect, text: str, font: QFont, colour: QColor) -> None:
    if area.width() <= 8:
        return
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(
        " ".join(text.split()), Qt.TextElideMode.ElideRight, area.width()
    )
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(area, flags, shown)
