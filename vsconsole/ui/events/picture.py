"""The picture of the chosen event, with its boxes and everything that is told of it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from vsconsole.i18n import _, listed
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.events import thumbs
from vsconsole.ui.events.rows import EventRow, full_time


class Picture(QWidget):
    """One picture as large as there is room, with boxes and their labels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: EventRow | None = None
        self._image: QImage | None = None
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    @property
    def image(self) -> QImage | None:
        """What is shown; None while words stand in its place."""
        return self._image

    @property
    def words(self) -> str:
        """What is said in place of a picture."""
        return self._words

    def show_words(self, row: EventRow | None, words: str) -> None:
        """Says why there is no picture, or that it is coming."""
        self._show(row, None, words)

    def show_image(self, row: EventRow, image: QImage) -> None:
        self._show(row, image, "")

    def _show(self, row: EventRow | None, image: QImage | None, words: str) -> None:
        self._row, self._image, self._words = row, image, words
        labels = listed(box.label for box in row.event.boxes if box.label) if row else ""
        self.setAccessibleName(_("Picture of the event"))
        self.setAccessibleDescription(words or labels)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(256, 144)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 54)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scheme = tokens.current()
        room = QRectF(self.rect())
        painter.fillRect(room, scheme.tile)
        if self._image is not None and self._row is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            place = thumbs.fitted(self._image, room)
            painter.drawImage(place, self._image)
            full = thumbs.full_size(self._image)
            thumbs.draw_boxes(painter, place, self._row.event.boxes, full, labels=True)
        else:
            # Tiles are dark in both schemes.
            painter.setFont(tokens.font())
            painter.setPen(tokens.DARK.dim)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room.adjusted(12, 8, -12, -8), flags, self._words)
        painter.end()


class EventView(QWidget):
    """The chosen event: picture, time, what happened; `retry_asked` for a picture that failed."""

    retry_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = Picture()
        self.title = plain.label("", "heading", wrap=True)
        self.time = plain.label("", wrap=True)
        self.time.setFont(tokens.font(tabular=True))
        self.text = plain.label("", wrap=True)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.origin = plain.label("", "caption", wrap=True)
        self.retry = QPushButton(_("Retry"))
        self.retry.setIcon(icons.icon("rotate-cw"))
        self.retry.clicked.connect(self.retry_asked)
        self.retry.hide()
        self._row: EventRow | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, tokens.GAP)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.picture, 1)
        column.addWidget(self.title)
        column.addWidget(self.time)
        column.addWidget(self.text)
        last = QHBoxLayout()
        last.addWidget(self.origin, 1)
        last.addWidget(self.retry, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(last)
        self.show_event(None)

    @property
    def row(self) -> EventRow | None:
        """The event that is shown."""
        return self._row

    def show_event(self, row: EventRow | None) -> None:
        """Everything about an event but its picture, which is announced."""
        self._row = row
        self.retry.hide()
        for label in (self.title, self.time, self.text, self.origin):
            label.setVisible(row is not None)
        if row is None:
            self.picture.show_words(None, _("Choose an event to see its picture."))
            return
        self.title.setText(row.event.title or row.event.kind)
        self.time.setText(full_time(row))
        self.text.setText(row.event.text)
        self.text.setVisible(bool(row.event.text.strip()))
        self.origin.setText(" · ".join(part for part in (row.place, row.account) if part))
        self.picture.show_words(
            row, _("Loading the picture…") if row.has_picture else _("No picture with it.")
        )

    def show_image(self, row: EventRow, image: QImage) -> None:
        """The picture came; one of an event that is no longer shown is left out."""
        if self._row is not None and row.name == self._row.name:
            self.retry.hide()
            self.picture.show_image(row, image)

    def show_failure(self, row: EventRow, why: str) -> None:
        """The picture did not come."""
        if self._row is not None and row.name == self._row.name:
            self.picture.show_words(row, why)
            self.retry.show()
