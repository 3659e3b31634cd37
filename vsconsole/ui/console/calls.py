"""The left side: the account, and its calls with a search."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from vsconsole.domain.model import Account
from vsconsole.i18n import _, ngettext
from vsconsole.services.console import Call
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.console.lines import Line, LineList
from vsconsole.vendors.registry import vendor


class CallsPanel(QWidget):
    """Accounts above, search and calls below; `account_chosen`, `call_chosen`, `call_acted`."""

    account_chosen = Signal(str)
    call_chosen = Signal(object)
    call_acted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._calls: tuple[Call, ...] = ()
        self._shown: list[Call] = []
        self._chosen: Call | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        self.account = QComboBox()
        self.account.setAccessibleName(_("Account"))
        self.account.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(_("Search calls"))
        self.show_search_keys("")
        self.search.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.list = LineList(_("Calls"))
        self._nothing = plain.label("", "dim", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._nothing.setMargin(12)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self._nothing)
        top = QVBoxLayout()
        top.setContentsMargins(tokens.SPACE, tokens.SPACE, tokens.SPACE, 0)
        top.setSpacing(tokens.SPACE)
        top.addWidget(self.account)
        top.addWidget(self.search)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE)
        column.addLayout(top)
        column.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.account.currentIndexChanged.connect(self._on_account)
        self.search.textChanged.connect(lambda _text: self._filter())
        self.search.installEventFilter(self)
        self.list.chosen.connect(self._on_chosen)
        self.list.acted.connect(lambda _place: self.call_acted.emit())

    def show_accounts(self, accounts: Sequence[Account], chosen: str) -> None:
        """The accounts in order, and which of them is shown."""
        self.account.blockSignals(True)
        self.account.clear()
        for account in accounts:
            self.account.addItem(
                f"{account.name}  ·  {_(vendor(account.vendor).title)}", account.id
            )
        self.account.setCurrentIndex(self.account.findData(chosen))
        self.account.blockSignals(False)

    def _on_account(self, _place: int) -> None:
        account_id = self.account.currentData()
        if account_id is not None:
            self.account_chosen.emit(account_id)

    def show_calls(self, calls: Sequence[Call]) -> None:
        """The calls of the account; the first of them, or one of the same name, is chosen."""
        self._calls = tuple(calls)
        count = len(calls)
        self.search.setPlaceholderText(
            ngettext("Search {count} call", "Search {count} calls", count).format(count=count)
            if count
            else _("Search calls")
        )
        name = self._chosen.name if self._chosen else ""
        self._chosen = None
        self._filter()
        if calls:
            self.choose(name if any(one.name == name for one in calls) else calls[0].name)

    def choose(self, name: str) -> bool:
        """Makes a call current, whatever is searched for; whether there is one of this name."""
        place = _place_of(name, self._shown)
        if place is None and _place_of(name, self._calls) is not None:
            self.search.clear()
            place = _place_of(name, self._shown)
        if place is None:
            return False
        self.list.choose(place)
        return True

    def show_words(self, words: str) -> None:
        """Words in place of the calls, while or why there are none."""
        self._calls, self._shown, self._chosen = (), [], None
        self.list.lines.show([])
        self._nothing.setText(words)
        self._pages.setCurrentWidget(self._nothing)

    def _filter(self) -> None:
        wanted = self.search.text().lower().split()
        self._shown = [one for one in self._calls if _matches(one, wanted)]
        self.list.lines.show([_line(one) for one in self._shown])
        if not self._shown and self._calls:
            self._nothing.setText(_("No call matches. Try a part of its name or title."))
        self._pages.setCurrentWidget(self.list if self._shown else self._nothing)
        place = _place_of(self._chosen.name, self._shown) if self._chosen else None
        if place is not None:
            self.list.choose(place)

    def _on_chosen(self, place: int) -> None:
        call = self._shown[place]
        if call is not self._chosen:
            self._chosen = call
            self.call_chosen.emit(call)

    def show_search_keys(self, keys: str) -> None:
        """The keys that lead to the search, for its hint."""
        hint = _("By name, address or title in the document")
        self.search.setToolTip(f"{hint} ({keys})" if keys else hint)

    def focus_search(self) -> None:
        """Puts the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._shown:
            if event.key() == Qt.Key.Key_Down:
                if not self.list.currentIndex().isValid():
                    self.list.choose(0)
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not self.list.currentIndex().isValid():
                    self.list.choose(0)
                self.call_acted.emit()
                return True
        return False


def _place_of(name: str, calls: Sequence[Call]) -> int | None:
    return next((place for place, call in enumerate(calls) if call.name == name), None)


def _matches(call: Call, wanted: Sequence[str]) -> bool:
    text = f"{call.name} {call.doc} {call.path}".lower()
    return all(word in text for word in wanted)


def _line(call: Call) -> Line:
    danger = _("takes something away") if call.destructive else ""
    return Line(
        title=call.name,
        below=call.doc,
        end=call.method,
        icon="trash-2" if call.destructive else "",
        colour="bad",
        spoken=danger,
        tip="\n".join(part for part in (call.name, call.doc, danger) if part),
    )
