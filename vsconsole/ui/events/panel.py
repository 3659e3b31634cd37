"""The events of all accounts: search, filters, list, and the chosen one's picture."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _, ngettext
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.events.delegate import ROW
from vsconsole.ui.events.filters import FilterBar, Wish
from vsconsole.ui.events.model import EventModel
from vsconsole.ui.events.picture import EventView
from vsconsole.ui.events.rows import EventRow, full_time
from vsconsole.ui.events.thumbs import Thumbs
from vsconsole.ui.events.view import EventList

_DELAY_MS = 80
_BARS = 72
"""Pixels that search and status take."""
_PICTURE = 236
"""Pixels of height that the chosen event takes below the list, unless moved by hand."""


class EventsPanel(QWidget):
    """Shows what it is given and says what is wanted.

    `wish_changed` with the Wish, `chosen` with the event to play, `looked` with the current one,
    `in_sight` with the rows whose pictures can be seen, `more_wanted` at the end of the list,
    `retry_asked` after a failure, `again_asked` to ask the vendors now, `picture_retry_asked`,
    `setup_asked` where there is no account, `filters_opened` when their choices are to be renewed.
    """

    wish_changed = Signal(object)
    chosen = Signal(object)
    looked = Signal(object)
    in_sight = Signal(list)
    more_wanted = Signal()
    retry_asked = Signal()
    again_asked = Signal()
    picture_retry_asked = Signal()
    setup_asked = Signal()
    filters_opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbs = Thumbs()
        self.model = EventModel(self)
        self._wish = Wish()
        self._accounts = False
        self._known = False
        self._total = 0
        self._age = ""
        self._picture_wanted: bool | None = None
        self._build()
        self._connect()
        self.show_loading()

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(_("Search events"))
        self.search.setAccessibleName(_("Search events"))
        self.search.setToolTip(_("Words of what happened, kinds, plates, cameras"))
        self.search.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.filter_button = _toggle("list-checks", _("Filters"))
        self.picture_button = _toggle("eye", _("Picture of the chosen event"))
        self.filters = FilterBar()
        self.filters.hide()
        self.list = EventList(self.model, self.thumbs)
        self.message = plain.label("", "dim", wrap=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.act = QPushButton()
        page = QWidget()
        words = QVBoxLayout(page)
        words.setContentsMargins(tokens.SPACE * 2, tokens.SPACE * 2, tokens.SPACE * 2, 0)
        words.addWidget(self.message)
        words.addWidget(self.act, 0, Qt.AlignmentFlag.AlignHCenter)
        words.addStretch(1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.pages.addWidget(page)
        self.view = EventView()
        self.parts = QSplitter(Qt.Orientation.Vertical)
        self.parts.addWidget(self.pages)
        self.parts.addWidget(self.view)
        self.parts.setStretchFactor(0, 1)
        self.parts.setChildrenCollapsible(False)
        self.list.setMinimumHeight(ROW)
        self.status = plain.label("", "caption", wrap=True)
        self.again = QToolButton()
        self.again.setIcon(icons.icon("refresh-cw", "dim"))
        self.again.setProperty("flat", "true")
        self.again.setProperty("small", "true")
        self.again.setToolTip(_("Ask now"))
        self.again.setAccessibleName(_("Ask for events now"))
        top = QHBoxLayout()
        top.setSpacing(tokens.GAP)
        top.addWidget(self.search, 1)
        top.addWidget(self.filter_button)
        top.addWidget(self.picture_button)
        head = QVBoxLayout()
        head.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, tokens.GAP)
        head.setSpacing(tokens.GAP)
        head.addLayout(top)
        head.addWidget(self.filters)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.SPACE, 2, tokens.GAP, 4)
        foot.addWidget(self.status, 1)
        foot.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.parts, 1)
        column.addLayout(foot)
        self._delay = QTimer(self, interval=_DELAY_MS, singleShot=True)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._delay.start())
        self.search.installEventFilter(self)
        self._delay.timeout.connect(self._ask)
        self.filters.changed.connect(self._ask)
        self.filter_button.toggled.connect(self._show_filters)
        self.picture_button.clicked.connect(self._want_picture)
        self.list.chosen.connect(self.chosen)
        self.list.looked.connect(self._look)
        self.list.in_sight.connect(self.in_sight)
        self.list.menu_asked.connect(self._show_menu)
        self.model.more_wanted.connect(self.more_wanted)
        self.act.clicked.connect(self._act)
        self.again.clicked.connect(self.again_asked)
        self.view.retry_asked.connect(self.picture_retry_asked)

    @property
    def wish(self) -> Wish:
        """What is wanted at this moment."""
        return self._wish

    def focus_search(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    # What is shown

    def show_loading(self) -> None:
        """Nothing is known yet."""
        self._say(_("Reading the events kept on this computer…"), "", None)

    def show_rows(self, rows: Sequence[EventRow], total: int, *, more: bool) -> None:
        """The events that fit, the newest first, `total` of them in all."""
        chosen = self.list.row()
        self._known, self._total = True, total
        self.model.show(rows, more=more)
        self.list.scrollToTop()
        if chosen is not None:
            self.list.select(chosen)
        if self.list.row() is None:
            self._look(None)
        self._choose_page()

    def show_more(self, rows: Sequence[EventRow], *, more: bool) -> None:
        """The page that follows."""
        self.model.append(rows, more=more)

    def show_new(self, rows: Sequence[EventRow], total: int) -> None:
        """Events that were told just now and fit; so many fit in all."""
        self._total = total
        self.list.insert(list(rows))
        self._choose_page()

    def show_failure(self, text: str) -> None:
        """The events could not be read."""
        self._known = False
        self._say(text, _("Retry"), "retry")

    def show_accounts(self, there: bool) -> None:
        """Whether there is any account that may have events."""
        self._accounts = there
        self._choose_page()

    def show_status(self, text: str, *, warn: bool = False) -> None:
        """How fresh it is, and what keeps it from being fresher."""
        self._age = text
        role = "warn" if warn else "caption"
        if self.status.property("role") != role:
            self.status.setProperty("role", role)
            self.status.style().unpolish(self.status)
            self.status.style().polish(self.status)
        self._show_status()

    def _show_status(self) -> None:
        count = ngettext("{n} event", "{n} events", self._total).format(n=f"{self._total:,}")
        parts = [count] if self._known and self._total else []
        self.status.setText(" · ".join([*parts, *([self._age] if self._age else [])]))

    def _choose_page(self) -> None:
        """The list, or what to do where it is empty."""
        self._show_status()
        if not self._known:
            return
        if self.model.rows:
            self.pages.setCurrentIndex(0)
        elif self._wish.narrow:
            self._say(_("No event fits."), _("Show all events"), "clear")
        elif not self._accounts:
            self._say(
                _("Events of all accounts appear here. Add an account first."),
                _("Add an account…"),
                "setup",
            )
        else:
            self._say(
                _(
                    "Nothing was reported yet. Cameras are asked one after the other; what they "
                    "report appears here by itself."
                ),
                _("Ask now"),
                "again",
            )

    def _say(self, text: str, button: str, action: str | None) -> None:
        self.message.setText(text)
        self.act.setText(button)
        self.act.setVisible(bool(button))
        self.act.setProperty("does", action)
        self.pages.setCurrentIndex(1)

    def _act(self) -> None:
        does = self.act.property("does")
        if does == "clear":
            self.clear()
        elif does == "retry":
            self.show_loading()
            self.retry_asked.emit()
        elif does == "setup":
            self.setup_asked.emit()
        elif does == "again":
            self.again_asked.emit()

    def clear(self) -> None:
        """Searches for nothing and filters nothing."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self.filters.blockSignals(True)
        self.filters.clear()
        self.filters.blockSignals(False)
        self._ask()

    # What is done

    def _ask(self) -> None:
        self._delay.stop()
        wish = self.filters.wish(self.search.text().strip())
        if wish != self._wish:
            self._wish = wish
            colour = "accent" if wish.filtered else "text"
            self.filter_button.setIcon(icons.icon("list-checks", colour))
            self.wish_changed.emit(wish)

    def _show_filters(self, shown: bool) -> None:
        self.filters.setVisible(shown)
        self._fit()
        if shown:
            self.filters_opened.emit()
            self.filters.place.setFocus(Qt.FocusReason.TabFocusReason)

    def _look(self, row: EventRow | None) -> None:
        before = self.view.row
        if row is None or before is None or row.name != before.name:
            self.view.show_event(row)
            self.looked.emit(row)

    def _show_menu(self, row: EventRow, at: QPoint) -> None:
        menu = self.menu_of(row)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def menu_of(self, row: EventRow) -> QMenu:
        """What can be done with an event."""
        menu = QMenu(self)
        menu.addAction(icons.icon("play"), _("Play this moment"), partial(self.chosen.emit, row))
        kind = partial(self._only_kind, row)
        menu.addAction(_("Only events of this kind"), kind)
        menu.addAction(_("Copy"), partial(self._copy, row))
        return menu

    def _only_kind(self, row: EventRow) -> None:
        self.filter_button.setChecked(True)
        self.filters.choose(kinds=frozenset({row.event.kind}))

    @staticmethod
    def _copy(row: EventRow) -> None:
        parts = (full_time(row), row.place, row.account, row.event.title, row.event.text)
        QGuiApplication.clipboard().setText("\n".join(part for part in parts if part))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.search
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            if event.key() == Qt.Key.Key_Down and self.model.rows:
                self.list.setFocus(Qt.FocusReason.TabFocusReason)
                if self.list.row() is None:
                    self.list.select(self.model.rows[0])
                return True
            if event.key() == Qt.Key.Key_Escape and self.search.text():
                self.search.clear()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._ask()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _want_picture(self, wanted: bool) -> None:
        self._picture_wanted = wanted
        self._fit()

    def _fit(self) -> None:
        """The picture is shown where it was asked for, or leaves room for a list beside it."""
        shown = self._picture_wanted
        if shown is None:
            taken = self.filters.sizeHint().height() if self.filter_button.isChecked() else 0
            shown = self.height() - taken >= _PICTURE + 3 * ROW + _BARS
        self.picture_button.setChecked(shown)
        if shown == self.view.isHidden():
            self.view.setVisible(shown)
            room = self.parts.height()
            self.parts.setSizes([max(ROW, room - _PICTURE), min(_PICTURE, room)])


def _toggle(icon: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icons.icon(icon))
    button.setCheckable(True)
    button.setProperty("flat", "true")
    button.setToolTip(name)
    button.setAccessibleName(name)
    return button
