"""A month at a glance: each day underlined by how much of it was recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from vsconsole.domain import days
from vsconsole.domain.model import now
from vsconsole.i18n import _, language
from vsconsole.ui import icons, tokens
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.month import MonthFootage, MonthState
from vsconsole.ui.timeline.month_grid import MonthGrid

_ARROW = 22


class CalendarWidget(QWidget):
    """Month, arrows to other months, days to choose; told of footage by `set_month`."""

    day_chosen = Signal(object)
    """The date that was clicked, or chosen with Enter."""
    month_shown = Signal(int, int)
    """Year and month now on screen, to load its footage."""
    retry_requested = Signal(int, int)
    """Year and month whose footage could not be read, to be asked for again."""

    def __init__(
        self,
        *,
        zone: str = "UTC",
        clock: Callable[[], datetime] = now,
        first_day: Qt.DayOfWeek | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Shows the present month of `zone`; the week begins as the system says unless given."""
        super().__init__(parent)
        self._zone = zone
        self._clock = clock
        self._first = first_day or QLocale.system().firstDayOfWeek()
        self._months: dict[tuple[int, int], MonthFootage] = {}
        self._shown: object = None
        self._build()
        self._connect()
        self.retranslate()
        self.set_zone(zone)

    def _build(self) -> None:
        self._title = QLabel()
        self._title.setFont(tokens.font(tokens.TEXT_PX, semibold=True))
        self._back = self._arrow("chevron-left")
        self._on = self._arrow("chevron-right")
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self._title, 1)
        head.addWidget(self._back)
        head.addWidget(self._on)
        today = days.day_of(self._clock(), self._zone)
        self.grid = MonthGrid(today, self._first)
        self._note = QLabel()
        self._note.setProperty("role", "caption")
        self._note.setTextFormat(Qt.TextFormat.PlainText)
        self._note.setWordWrap(True)
        self._retry = QPushButton()
        self._retry.setIcon(icons.icon("rotate-cw"))
        foot = QHBoxLayout()
        foot.addWidget(self._note, 1)
        foot.addWidget(self._retry)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 10, 8)
        whole.setSpacing(2)
        whole.addLayout(head)
        whole.addWidget(self.grid)
        whole.addLayout(foot)
        whole.addStretch(1)
        self._note.hide()
        self._retry.hide()
        self.setFocusProxy(self.grid)
        QWidget.setTabOrder(self.grid, self._back)

    def _arrow(self, icon: str) -> QToolButton:
        button = QToolButton()
        button.setProperty("flat", True)
        button.setIcon(icons.icon(icon, "dim"))
        button.setAutoRepeat(True)
        # The style sheet's height is that of bars; here the arrows are part of a line of text.
        button.setStyleSheet(f"min-height: {_ARROW}px; padding: 0;")
        button.setFixedSize(_ARROW, _ARROW)
        return button

    def _connect(self) -> None:
        self._back.clicked.connect(lambda: self.grid.turn(-1))
        self._on.clicked.connect(lambda: self.grid.turn(1))
        self._retry.clicked.connect(lambda: self.retry_requested.emit(*self.grid.month))
        self.grid.chosen.connect(self.day_chosen)
        self.grid.month_changed.connect(self._month_changed)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Calendar"))
        for button, text in (
            (self._back, _("Previous month (Page Up)")),
            (self._on, _("Next month (Page Down)")),
        ):
            button.setToolTip(text)
            button.setAccessibleName(text)
        self._retry.setText(_("Retry"))
        self.grid.retranslate()
        self._show_state()

    @property
    def month(self) -> tuple[int, int]:
        """Year and month on screen."""
        return self.grid.month

    @property
    def selected(self) -> date | None:
        """The selected day, None where none was chosen yet."""
        return self.grid.selected

    def set_zone(self, zone: str) -> None:
        """The zone whose days these are; forgets what was known, since days differ by zone."""
        if zone != self._zone:
            self._months.clear()
        self._zone = zone
        self.refresh_today()
        self._show_state()

    def refresh_today(self) -> None:
        """Moves the sign of today after midnight passed."""
        self.grid.set_today(days.day_of(self._clock(), self._zone))

    def show_month(self, year: int, month: int) -> None:
        """Turns to a month."""
        self.grid.show_month(year, month)

    def select(self, day: date | None) -> None:
        """Marks a day and turns to its month; tells nobody, as it was not the user."""
        self.grid.select(day)

    def set_month(self, year: int, month: int, footage: MonthFootage) -> None:
        """What is known of a month's footage."""
        self._months[year, month] = footage
        self._show_state()

    def forget(self) -> None:
        """Nothing is known of any month, as after a change of channel."""
        self._months.clear()
        self._show_state()

    def _month_changed(self, year: int, month: int) -> None:
        self._show_state()
        self.month_shown.emit(year, month)

    def _show_state(self) -> None:
        year, month = self.grid.month
        footage = self._months.get((year, month), MonthFootage())
        shown = (year, month, footage, language())
        if shown == self._shown:
            return
        self._shown = shown
        self._title.setText(texts.month_text(year, month))
        self.grid.set_footage(footage)
        failed = footage.state is MonthState.FAILED
        loading = footage.state is MonthState.LOADING
        self._note.setText(footage.message if failed else _("Loading") if loading else "")
        self._note.setProperty("role", "problem" if failed else "caption")
        self._note.style().polish(self._note)
        self._note.setVisible(failed or loading)
        self._retry.setVisible(failed)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)
