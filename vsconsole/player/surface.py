"""The widget that shows a player's frames."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from vsconsole.player.backend import Frame, Player

_WHOLE = QRectF(0.0, 0.0, 1.0, 1.0)


class Surface(QWidget):
    """Paints the newest frame between bars; keeps the last one until another comes.

    Frames arrive on libVLC's threads: `frame_arrived` may be called from any of them, and asks for
    one repaint however many come before it happens. A hidden surface asks for none.
    """

    shown = Signal(int)
    """The number of a frame that was painted for the first time."""

    zoom_changed = Signal()

    _arrived = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._player: Player | None = None
        self._frame: Frame | None = None
        self._zoom = QRectF(_WHOLE)
        self._asked = False
        self._painted = 0
        # Kept from picture to picture: rectangles made for each would give the interpreter away
        # when they go, in the middle of a paint.
        self._placed: tuple[tuple[int, int, int, int], QRectF, QRectF] | None = None
        self._covered = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def set_player(self, player: Player | None) -> None:
        """Shows the frames of `player` from now on; the last frame stays until one comes."""
        self._player = player
        self._take()

    def clear(self) -> None:
        """Shows nothing."""
        self._frame = None
        self.update()

    def frame_arrived(self) -> None:
        """Call this from `PlayerListener.on_frame`; any thread."""
        if not self._asked:
            self._asked = True
            self._arrived.emit()

    def take_frame(self) -> None:
        """Shows the player's newest frame; on the window's thread."""
        self._take()

    @property
    def zoom(self) -> QRectF:
        """The part of the picture that is shown, as fractions of its size."""
        return QRectF(self._zoom)

    @zoom.setter
    def zoom(self, part: QRectF) -> None:
        size = min(1.0, max(0.02, part.width())), min(1.0, max(0.02, part.height()))
        left = min(max(0.0, part.x()), 1.0 - size[0])
        top = min(max(0.0, part.y()), 1.0 - size[1])
        part = QRectF(left, top, *size)
        if part != self._zoom:
            self._zoom = part
            self._placed = None
            self.update()
            self.zoom_changed.emit()

    @property
    def frame(self) -> Frame | None:
        """The frame on screen."""
        return self._frame

    def picture_rect(self) -> QRect:
        """Where the picture is in the widget, between the bars; empty without a picture."""
        if self._frame is None:
            return QRect()
        part = self._source(self._frame)
        size = QSize(max(1, round(part.width())), max(1, round(part.height())))
        size.scale(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRect(
            (self.width() - size.width()) // 2,
            (self.height() - size.height()) // 2,
            size.width(),
            size.height(),
        )

    def fraction_at(self, pos: QPointF | QPoint) -> QPointF:
        """The place of the whole picture (fractions of its size) that is under `pos`."""
        shown, zoom = QRectF(self.picture_rect()), self._zoom
        if shown.isEmpty():
            shown = QRectF(self.rect())
        return QPointF(
            zoom.x() + (pos.x() - shown.x()) / max(1.0, shown.width()) * zoom.width(),
            zoom.y() + (pos.y() - shown.y()) / max(1.0, shown.height()) * zoom.height(),
        )

    def on_screen(self, part: QRectF) -> QRectF:
        """Where a part of the whole picture (fractions of its size) is in the widget."""
        shown, zoom = QRectF(self.picture_rect()), self._zoom
        wide, high = shown.width() / zoom.width(), shown.height() / zoom.height()
        return QRectF(
            shown.x() + (part.x() - zoom.x()) * wide,
            shown.y() + (part.y() - zoom.y()) * high,
            part.width() * wide,
            part.height() * high,
        )

    def grab_frame(self, *, zoomed: bool = False) -> QImage:
        """A copy of the frame on screen in its own size, or of the part that is shown.

        Null where there is none.
        """
        if self._frame is None:
            return QImage()
        image = _image(self._frame)
        return image.copy(self._source(self._frame).toAlignedRect()) if zoomed else image.copy()

    def paint_whole(self, painter: QPainter, rect: QRect) -> None:
        """Draws the whole frame into `rect`, whatever is zoomed in."""
        if self._frame is not None:
            painter.drawImage(rect, _image(self._frame))

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = self._frame
        if frame is None:
            painter.fillRect(0, 0, self.width(), self.height(), self._back())
            return
        target, source = self._placing(frame)
        if not self._covered:
            painter.fillRect(0, 0, self.width(), self.height(), self._back())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, _image(frame), source)
        painter.end()
        if frame.number != self._painted:
            self._painted = frame.number
            self.shown.emit(frame.number)

    def _back(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Base)

    def _placing(self, frame: Frame) -> tuple[QRectF, QRectF]:
        """Where the picture goes and what of it, kept for the next one: see `_placed`."""
        key = (self.width(), self.height(), frame.width, frame.height)
        if self._placed is None or self._placed[0] != key:
            rect = self.picture_rect()
            self._covered = rect == self.rect()
            self._placed = key, QRectF(rect), self._source(frame)
        return self._placed[1:]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def _take(self) -> None:
        self._asked = False
        frame = self._player.frame() if self._player is not None else None
        if frame is not None and frame is not self._frame:
            self._frame = frame
            if self.isVisible():
                self.update()

    def _source(self, frame: Frame) -> QRectF:
        zoom = self._zoom
        return QRectF(
            zoom.x() * frame.width,
            zoom.y() * frame.height,
            zoom.width() * frame.width,
            zoom.height() * frame.height,
        )


def _image(frame: Frame) -> QImage:
    """The frame's pixels, not copied: valid as long as the frame is held."""
    return QImage(frame.data, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
