"""The list of accounts: add, edit, verify, order and remove logins."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Account
from vsconsole.i18n import _
from vsconsole.services.usage import Report
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.dialogs.usage import UsageBox
from vsconsole.vendors.registry import vendor

_ACCOUNT = Qt.ItemDataRole.UserRole
_USAGE_MS = 2_000


def _no_report(_account: Account) -> Report | None:
    return None


class AccountListDialog(QDialog):
    """Shows the accounts in their order; each signal says what is asked for.

    `add_asked`; `account_action` with "edit", "verify" or "remove" and the account, as the tree's;
    `ordered` with the ids in their new order. `report` tells what was used of an account, None
    where nothing is counted; it is called every few seconds.
    """

    add_asked = Signal()
    account_action = Signal(str, object)
    ordered = Signal(list)

    def __init__(
        self,
        accounts: Sequence[Account],
        parent: QWidget | None = None,
        *,
        report: Callable[[Account], Report | None] = _no_report,
    ) -> None:
        super().__init__(parent)
        self._report = report
        self._tick = QTimer(self, interval=_USAGE_MS)
        self._accounts: list[Account] = []
        self._build()
        self._connect()
        self.show_accounts(accounts)
        self._tick.start()

    def _build(self) -> None:
        self.setWindowTitle(_("Accounts"))
        self.resize(520, 360)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Accounts"))
        self.list.setIconSize(QSize(16, 16))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        empty = plain.label(_("There is no account yet. Add one to see its cameras."), "dim")
        empty.setWordWrap(True)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(empty)
        self.add_button = QPushButton(icons.icon("plus"), _("Add…"))
        self.edit_button = QPushButton(icons.icon("pencil"), _("Edit…"))
        self.verify_button = QPushButton(icons.icon("list-checks"), _("Verify"))
        self.up_button = QPushButton(icons.icon("arrow-up"), _("Up"))
        self.down_button = QPushButton(icons.icon("arrow-down"), _("Down"))
        self.remove_button = QPushButton(icons.icon("trash-2"), _("Remove…"))
        side = QVBoxLayout()
        for button in self._side():
            button.setAutoDefault(False)
            side.addWidget(button)
        side.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self._pages, 1)
        row.addLayout(side)
        self.usage = UsageBox()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(_("Close"))
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(row, 1)
        column.addWidget(self.usage)
        column.addWidget(buttons)

    def _side(self) -> tuple[QPushButton, ...]:
        return (
            self.add_button,
            self.edit_button,
            self.verify_button,
            self.up_button,
            self.down_button,
            self.remove_button,
        )

    def _connect(self) -> None:
        self._tick.timeout.connect(self._show_usage)
        self.add_button.clicked.connect(self.add_asked)
        self.list.itemActivated.connect(lambda _item: self._act("edit"))
        self.list.currentRowChanged.connect(lambda _row: self._enable())
        self.edit_button.clicked.connect(lambda: self._act("edit"))
        self.verify_button.clicked.connect(lambda: self._act("verify"))
        self.remove_button.clicked.connect(lambda: self._act("remove"))
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """The accounts in order; the chosen one stays chosen."""
        chosen = self.current()
        self._accounts = list(accounts)
        self.list.clear()
        for account in accounts:
            text = f"{account.name}  ·  {_(vendor(account.vendor).title)}"
            icon = "hard-drive" if account.vendor == "local" else "cloud"
            item = QListWidgetItem(icons.icon(icon, "dim"), text)
            item.setToolTip(plain.tip(text))
            item.setSizeHint(QSize(80, tokens.ROW))
            item.setData(_ACCOUNT, account.id)
            self.list.addItem(item)
            if chosen is not None and account.id == chosen.id:
                self.list.setCurrentItem(item)
        if self.list.currentItem() is None and accounts:
            self.list.setCurrentRow(0)
        self._pages.setCurrentIndex(0 if accounts else 1)
        self._enable()

    def current(self) -> Account | None:
        """The chosen account; None where none is."""
        item: QListWidgetItem | None = self.list.currentItem()
        wanted = None if item is None else item.data(_ACCOUNT)
        return next((one for one in self._accounts if one.id == wanted), None)

    def _act(self, name: str) -> None:
        account = self.current()
        if account is not None:
            self.account_action.emit(name, account)

    def _move(self, step: int) -> None:
        place = self.list.currentRow()
        other = place + step
        if place >= 0 and 0 <= other < len(self._accounts):
            accounts = list(self._accounts)
            accounts[place], accounts[other] = accounts[other], accounts[place]
            self.show_accounts(accounts)
            self.ordered.emit([account.id for account in accounts])

    def _enable(self) -> None:
        place, last = self.list.currentRow(), len(self._accounts) - 1
        for button in (self.edit_button, self.verify_button, self.remove_button):
            button.setEnabled(place >= 0)
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < last)
        self._show_usage()

    def _show_usage(self) -> None:
        account = self.current()
        self.usage.show_report(None if account is None else self._report(account))
