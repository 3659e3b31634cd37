"""What the colours and patterns of the timeline mean; always in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from vsconsole.i18n import N_, _, language, listed
from vsconsole.ui import labels, tokens
from vsconsole.ui.kept import KeptPaint
from vsconsole.ui.timeline import patterns
from vsconsole.ui.timeline.patterns import Look

_ENTRIES = (
    (Look.CONTINUOUS, N_("continuous")),
    (Look.EVENT, N_("event")),
    (Look.ALARM, N_("alarm")),
    (Look.MANUAL, N_("manual")),
    (Look.DEVICE, N_("on device")),
    (Look.UNKNOWN, N_("unknown")),
)
_SIGNS = (
    N_("green stripes: still being recorded"),
    N_("bracket below: saved to a file"),
    N_("flag: bookmark"),
    N_("red frame: could not be read"),
)
"""What needs more words than there is room for; the hint of every swatch has them."""
_SWATCH = (13.0, 9.0)
_GAP = 9.0


class Legend(QWidget):
    """A swatch and a word each; swatches alone, with hints, where there is no room for words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = False
        self._kept = KeptPaint()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.retranslate()

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Legend"))
        entries = [_(text) for _look, text in _ENTRIES]
        self.setAccessibleDescription(listed([*entries, *map(_, _SIGNS)]))
        self.updateGeometry()
        self.update()

    def set_compact(self, compact: bool) -> None:
        """Leaves the words out."""
        if compact != self._compact:
            self._compact = compact
            self.updateGeometry()
            self.update()

    def width_for(self, *, compact: bool) -> int:
        """The width it takes with or without its words."""
        return round(sum(self._widths(compact)) + _GAP)

    def sizeHint(self) -> QSize:
        return QSize(self.width_for(compact=self._compact), 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _widths(self, compact: bool) -> list[float]:
        if compact:
            return [_SWATCH[0] + 5 for _entry in _ENTRIES]
        return [_SWATCH[0] + 5 + labels.width(_(text)) + _GAP for _look, text in _ENTRIES]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio, place = self.devicePixelRatioF(), (0, 0, self.width(), self.height())
        key = (self._compact, tokens.current().name, language())
        self._kept.paint(painter, place, ratio, key, self._paint)
        painter.end()

    def _paint(self, painter: QPainter, area: QRect) -> None:
        scheme = tokens.current()
        x, middle = 0.0, area.height() / 2
        widths = self._widths(self._compact)
        for (look, text), width in zip(_ENTRIES, widths, strict=True):
            swatch = QRectF(round(x), round(middle - _SWATCH[1] / 2), *_SWATCH)
            painter.setBrushOrigin(QPointF(swatch.left(), swatch.top()))
            painter.fillRect(swatch, patterns.brush(look, self.devicePixelRatioF()))
            if look is Look.UNKNOWN:
                pen = QPen(patterns.colour(look), 1)
                pen.setDashPattern([2, 2])
                painter.setPen(pen)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5))
            if not self._compact:
                place = QRectF(swatch.right() + 5, 0, width, area.height())
                labels.draw_in(painter, place, _(text), scheme.dim)
            x += width

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            x = 0.0
            for (_look, text), width in zip(_ENTRIES, self._widths(self._compact), strict=True):
                if x <= event.pos().x() < x + width:
                    hint = "\n".join([_(text), "", *map(_, _SIGNS)])
                    QToolTip.showText(event.globalPos(), hint, self)
                    return True
                x += width
        elif event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        return bool(super().event(event))
