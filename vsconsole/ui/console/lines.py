"""Lists whose entries have two lines: a name, what it is about below, and a note at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from vsconsole.ui import icons, plain, tokens

HEIGHT = 42
_ICON = 14
_EDGE = 8
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry; `colour` is a token, `spoken` what stands for icon and note where read aloud."""

    title: str
    below: str = ""
    end: str = ""
    icon: str = ""
    colour: str = "dim"
    spoken: str = ""
    tip: str = ""


class LineModel(QAbstractListModel):
    """The entries of a list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Puts these entries in place of the former."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self.lines):
            return None
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return line.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(line.tip) if line.tip else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            spoken = (line.title, line.below, line.spoken or line.end)
            return " · ".join(part for part in spoken if part)
        return None


class LineDelegate(QStyledItemDelegate):
    """Paints the entries of a LineModel."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        if not isinstance(model, LineModel):
            return
        line, scheme, area = model.lines[index.row()], tokens.current(), option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, scheme.selected)
        upper = QRect(area.left() + _EDGE, area.top() + 4, area.width() - 2 * _EDGE, 18)
        lower = upper.translated(0, 18)
        lower.setHeight(16)
        right = upper.right()
        if line.icon:
            box = QRectF(right - _ICON, upper.top() + 2, _ICON, _ICON)
            icons.draw(painter, line.icon, box, getattr(scheme, line.colour))
            right -= _ICON + 6
        if line.end:
            font = tokens.font(tokens.CAPTION_PX, tabular=True)
            width = QFontMetrics(font).horizontalAdvance(line.end) + 1
            painter.setPen(scheme.dim)
            _write(painter, font, QRect(right - width, upper.top(), width, 18), line.end)
            right -= width + 6
        upper.setRight(right)
        painter.setPen(scheme.text)
        _write(painter, tokens.font(), upper, line.title)
        painter.setPen(scheme.dim)
        _write(painter, tokens.font(tokens.CAPTION_PX), lower, line.below)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(scheme.accent, 1))
            painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -1.5, -0.5), 2, 2)
        painter.restore()


class LineList(QListView):
    """A list of two-line entries; `chosen` with the place that became current, `acted` on Enter."""

    chosen = Signal(int)
    acted = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.lines = LineModel(self)
        self.setModel(self.lines)
        self.setItemDelegate(LineDelegate(self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.activated.connect(lambda index: self.acted.emit(index.row()))

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(current.row())

    def choose(self, place: int) -> None:
        """Makes an entry current and visible."""
        index = self.lines.index(place)
        self.setCurrentIndex(index)
        self.scrollTo(index)


def _write(painter: QPainter, font: QFont, box: QRect, text: str) -> None:
    painter.setFont(font)
    shown = QFontMetrics(font).elidedText(
        text.replace("\n", " "), Qt.TextElideMode.ElideRight, max(0, box.width())
    )
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(box, flags, shown)
