"""Says over the wall that a tour is running: what it shows, what comes next, how to end it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens


class TourBar(QFrame):
    """One line over the wall; `pause_asked` for pause or going on, `end_asked`."""

    pause_asked = Signal()
    end_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE, tokens.GAP, tokens.SPACE, tokens.GAP)
        row.setSpacing(tokens.SPACE)
        self._sign = QLabel()
        self.text = plain.label("")
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setFont(tokens.font(tabular=True))
        self.pause_button = QToolButton()
        self.end_button = QToolButton()
        self.end_button.setText(_("End the tour"))
        self.pause_button.clicked.connect(self.pause_asked)
        self.end_button.clicked.connect(self.end_asked)
        for button in (self.pause_button, self.end_button):
            button.setProperty("small", "true")
        row.addWidget(self._sign)
        row.addWidget(self.text, 1)
        row.addWidget(self.pause_button)
        row.addWidget(self.end_button)

    def show_running(self, tour: str, stop: str, place: int, count: int, left: int) -> None:
        """What is shown, the `place`th of `count`, for `left` seconds more."""
        self._say(
            _("Tour {tour}: {stop}, {place} of {count}. The next in {left} s.").format(
                tour=tour, stop=stop, place=place, count=count, left=left
            ),
            _("Pause"),
        )

    def show_paused(self, tour: str, stop: str, place: int, count: int) -> None:
        """That it waits, and for whom."""
        self._say(
            _("Tour {tour}: {stop}, {place} of {count}. Paused by your hand.").format(
                tour=tour, stop=stop, place=place, count=count
            ),
            _("Go on"),
        )

    def _say(self, text: str, button: str) -> None:
        # Painted anew each time, in the colours of the scheme in force.
        self._sign.setPixmap(icons.pixmap("repeat", 16, "accent", self.devicePixelRatioF()))
        self.text.setText(text)
        self.text.setToolTip(plain.tip(text))
        self.setAccessibleName(text)
        self.pause_button.setText(button)
        self.show()
