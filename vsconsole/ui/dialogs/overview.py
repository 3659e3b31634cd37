"""The month overview: which camera recorded on which day, in a window of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.heat_map import HeatMap, HeatRow

_FIRST = (2000, 1)


class OverviewDialog(QDialog):
    """A heat map with its month; `month_shown` when another one is turned to."""

    month_shown = Signal(int, int)

    def __init__(self, rows: Sequence[HeatRow], day: date, parent: QWidget | None = None) -> None:
        """Shows `rows` in the month of `day`; nothing is known of them yet."""
        super().__init__(parent)
        self.setWindowTitle(_("Month overview"))
        # A window beside the desk, which stays usable.
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rows = rows
        self.year, self.month = day.year, day.month
        self.title = QLabel()
        self.title.setFont(tokens.font(tokens.TEXT_PX + 1, semibold=True))
        self.back = QPushButton(icons.icon("chevron-left"), "")
        self.on = QPushButton(icons.icon("chevron-right"), "")
        for button, words in ((self.back, _("Previous month")), (self.on, _("Next month"))):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setAutoDefault(False)
        self.note = plain.label("", "dim")
        self.map = HeatMap()
        head = QHBoxLayout()
        for widget in (self.back, self.title, self.on):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.note)
        hint = plain.label(
            _("The bar of a day fills with what was recorded; hatched is not known.")
            + " "
            + _("Click a day to play it from its first recording."),
            "dim",
            wrap=True,
        )
        whole = QVBoxLayout(self)
        whole.addLayout(head)
        whole.addWidget(self.map, 1)
        whole.addWidget(hint)
        self.back.clicked.connect(lambda: self.turn(-1))
        self.on.clicked.connect(lambda: self.turn(1))
        self.resize(self.map.sizeHint().width() + 40, min(720, 170 + len(rows) * 24))
        self.map.setFocus()
        self._show()

    def turn(self, months: int) -> None:
        """Turns by months."""
        count = self.year * 12 + self.month - 1 + months
        year, month = count // 12, count % 12 + 1
        if (year, month) < _FIRST or date(year, month, 1) > max(row.today for row in self._rows):
            return
        self.year, self.month = year, month
        self._show()
        self.month_shown.emit(year, month)

    def set_progress(self, done: int, waiting: str = "") -> None:
        """How many rows are known; `waiting` says why others are not being asked for."""
        if waiting:
            self.note.setText(waiting)
        elif done < len(self._rows):
            self.note.setText(_("{done} of {all} cameras").format(done=done, all=len(self._rows)))
        else:
            self.note.setText("")

    def _show(self) -> None:
        self.title.setText(texts.month_text(self.year, self.month))
        self.map.show_month(self._rows, self.year, self.month)
