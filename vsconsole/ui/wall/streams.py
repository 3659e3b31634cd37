"""Which of a camera's streams a tile shows: by its pixels, by its zoom, or as it was pinned."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, QTimer, Signal

from vsconsole.domain.model import StreamProfile

HYSTERESIS_MS = 2000
USUAL_SUB = QSize(640, 360)
"""What a sub stream has, until one was seen."""


class StreamChoice(QObject):
    """`profile` is the stream to show; `changed` when another has been the right one for 2 s.

    A pin, the first choice, and a look while nothing is shown yet count at once.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.profile = StreamProfile.MAIN
        self._pinned: StreamProfile | None = None
        self._pixels = QSize()
        self._zoomed = False
        self._sub = USUAL_SUB
        self._soon = QTimer(self, interval=HYSTERESIS_MS, singleShot=True)
        self._soon.timeout.connect(self._settle)

    @property
    def pinned(self) -> StreamProfile | None:
        """The stream that the operator chose; None where the tile's size does."""
        return self._pinned

    def pin(self, profile: StreamProfile | None) -> None:
        """Keeps to one stream, or goes by size again (None)."""
        self._pinned = profile
        self._settle()

    def look(self, pixels: QSize, *, zoomed: bool) -> None:
        """The tile has so many device pixels for the picture now, and magnifies it or not."""
        self._pixels, self._zoomed = pixels, zoomed
        self._consider()

    def seen_sub(self, size: QSize) -> None:
        """So large the camera's sub stream is."""
        if size != self._sub and not size.isEmpty():
            self._sub = size
            self._consider()

    def begin(self) -> StreamProfile:
        """The stream to open now that none is open."""
        self._soon.stop()
        self.profile = self._wish()
        return self.profile

    def stop(self) -> None:
        """Considers nothing any more."""
        self._soon.stop()

    def _wish(self) -> StreamProfile:
        if self._pinned is not None:
            return self._pinned
        if self._zoomed or self._pixels.isEmpty():
            return StreamProfile.MAIN
        scale = min(
            self._pixels.width() / self._sub.width(), self._pixels.height() / self._sub.height()
        )
        return StreamProfile.MAIN if scale > 1 else StreamProfile.SUB

    def _consider(self) -> None:
        if self._wish() is self.profile:
            self._soon.stop()
        elif not self._soon.isActive():
            self._soon.start()

    def _settle(self) -> None:
        self._soon.stop()
        wish = self._wish()
        if wish is not self.profile:
            self.profile = wish
            self.changed.emit()
