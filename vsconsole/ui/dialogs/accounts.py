"""The account dialog: a form drawn from the vendor's row, and Verify, which says what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Protocol
from zoneinfo import available_timezones

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Account
from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.dialogs.fields import FieldRow, show_problem
from vsconsole.ui.messages import text_of
from vsconsole.vendors.registry import VENDORS, Vendor, vendor
from vsconsole.work.qt import Dispatcher

_NAME = "name"
_LONGEST_NAME = 64


class AccountKeeper(Protocol):
    """What the dialog needs of the accounts service; calls may block."""

    def verify(self, vendor: str, fields: Mapping[str, str], account_id: str = "") -> None:
        """Tries what is typed; secrets left empty are those of the account."""

    def add(self, vendor: str, name: str, fields: Mapping[str, str]) -> Account:
        """Saves a new login."""

    def update(self, account_id: str, name: str, fields: Mapping[str, str]) -> Account:
        """Saves changes; empty secrets stay as they are."""


class AccountDialog(QDialog):
    """Adds or changes one account; `saved` with it when done."""

    saved = Signal(object)

    def __init__(
        self,
        keeper: AccountKeeper,
        dispatcher: Dispatcher,
        account: Account | None = None,
        *,
        vendor_id: str = "",
        preset: Mapping[str, str] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._dispatcher = dispatcher
        self._account = account
        self._preset = dict(preset or {})
        self._rows: dict[str, FieldRow] = {}
        self._doing = ""
        self._build()
        self._connect()
        start = account.vendor if account else vendor_id or VENDORS[0].id
        self.vendor_box.setCurrentIndex(self.vendor_box.findData(start))
        self._show_vendor()

    def _build(self) -> None:
        self.setWindowTitle(_("Edit account") if self._account else _("Add an account"))
        self.setMinimumWidth(520)
        self.vendor_box = QComboBox()
        self.vendor_box.setAccessibleName(_("Vendor"))
        for row in VENDORS:
            self.vendor_box.addItem(_(row.title), row.id)
        self.vendor_box.setEnabled(self._account is None)
        self.name = QLineEdit(self._account.name if self._account else "")
        self.name.setAccessibleName(_("Name"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.name_problem = plain.label("", "problem", wrap=True)
        self.name_problem.hide()
        self._note = plain.label("", "dim", wrap=True)
        named = QWidget()
        column = QVBoxLayout(named)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addWidget(self.name)
        column.addWidget(self.name_problem)
        self._form = QFormLayout()
        self._form.setVerticalSpacing(tokens.SPACE)
        self._form.setHorizontalSpacing(tokens.SPACE * 2)
        self._form.addRow(_("Vendor"), self.vendor_box)
        self._form.addRow(_("Name"), named)
        self._fixed_rows = self._form.rowCount()
        self.outcome_icon = QLabel()
        self.outcome = plain.label("", wrap=True)
        self.outcome.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told = QHBoxLayout()
        told.addWidget(self.outcome_icon, 0, Qt.AlignmentFlag.AlignTop)
        told.addWidget(self.outcome, 1)
        self.verify_button = QPushButton(_("Verify"))
        self.verify_button.setAutoDefault(False)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save_button = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save_button.setText(_("Save"))
        self.save_button.setDefault(True)
        self.cancel_button = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.cancel_button.setText(_("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.buttons.addButton(self.verify_button, QDialogButtonBox.ButtonRole.ActionRole)
        whole = QVBoxLayout(self)
        whole.setSpacing(12)
        whole.addLayout(self._form)
        whole.addWidget(self._note)
        whole.addLayout(told)
        whole.addStretch(1)
        whole.addWidget(self.buttons)

    def _connect(self) -> None:
        self.vendor_box.currentIndexChanged.connect(self._show_vendor)
        self.verify_button.clicked.connect(self.verify)
        self.buttons.accepted.connect(self.save)
        self.buttons.rejected.connect(self.reject)
        self.name.textEdited.connect(lambda: show_problem(self.name, self.name_problem, ""))

    @property
    def vendor(self) -> Vendor:
        """The chosen vendor's row."""
        return vendor(self.vendor_box.currentData())

    def input(self, name: str) -> QWidget:
        """The input of a field by its name."""
        return self.name if name == _NAME else self._rows[name].input

    def _show_vendor(self) -> None:
        self._stop_verifying()
        while self._form.rowCount() > self._fixed_rows:
            self._form.removeRow(self._fixed_rows)
        self._rows.clear()
        known = {**self._preset, **(self._account.options if self._account else {})}
        for field in self.vendor.fields:
            row = FieldRow(
                field,
                "" if field.secret else known.get(field.name, ""),
                keeps_secret=self._account is not None,
            )
            row.edited.connect(self._on_edited)
            row.zones_wanted.connect(lambda row=row: self._find_zones(row))
            self._rows[field.name] = row
            label = _(field.label)
            if not field.required:
                label = _("{label} (optional)").format(label=label)
            self._form.addRow(plain.action(label), row)
        self._note.setText(_(self.vendor.note) if self.vendor.note else "")
        self._note.setVisible(bool(self.vendor.note))
        self._say("", "")
        self._order_tabs()

    def _order_tabs(self) -> None:
        chain: list[QWidget] = [self.vendor_box, self.name]
        for row in self._rows.values():
            chain += [row.input, *row.extras]
        chain += [self.verify_button, self.save_button, self.cancel_button]
        # Standing for its first button, the box would catch Tab behind the last one.
        self.buttons.setFocusProxy(None)  # type: ignore[arg-type]
        for one, after in pairwise(chain):
            QWidget.setTabOrder(one, after)

    def _find_zones(self, row: FieldRow) -> None:
        # Reads the zone files of the computer, which may take a while.
        self._dispatcher.start(
            self, lambda: sorted(available_timezones()), row.offer_zones, key="zones"
        )

    def _on_edited(self) -> None:
        if not self._doing:
            self._say("", "")

    def fields(self) -> dict[str, str]:
        """What is typed, by field name, without empty ones."""
        typed = {name: row.value() for name, row in self._rows.items()}
        return {name: value for name, value in typed.items() if value}

    def verify(self) -> None:
        """Makes one cheap call with what is typed and says what came out."""
        self._clear_problems()
        self._busy("verify", _("Asking… Esc stops."))
        vendor_id, fields = self.vendor.id, self.fields()
        account_id = self._account.id if self._account else ""
        self._dispatcher.start(
            self,
            lambda: self._keeper.verify(vendor_id, fields, account_id),
            self._verified,
            self.show_error,
            key="verify",
        )

    def _verified(self, _nothing: object) -> None:
        self._free()
        self._say("circle-check", _("The login works."), "ok")

    def save(self) -> None:
        """Checks the fields, saves, and closes."""
        if self._doing:
            return
        self._clear_problems()
        self._busy("save", _("Saving…"))
        account, vendor_id = self._account, self.vendor.id
        name, fields = self.name.text().strip(), self.fields()

        def work() -> Account:
            if account is not None:
                return self._keeper.update(account.id, name, fields)
            return self._keeper.add(vendor_id, name, fields)

        self._dispatcher.start(self, work, self._saved, self.show_error, key="save")

    def _saved(self, account: Account) -> None:
        self._free()
        self.saved.emit(account)
        self.accept()

    def show_error(self, error: ConsoleError) -> None:
        """A failure beside its field, or below the form."""
        self._free()
        if isinstance(error, InvalidInput) and error.field in (_NAME, *self._rows):
            text = str(error)
            if error.field == _NAME:
                show_problem(self.name, self.name_problem, text)
            else:
                self._rows[error.field].show_problem(text)
            self.input(error.field).setFocus()
            self._announce(text)
            return
        what, detail = text_of(error)
        self._say("triangle-alert", "\n".join(part for part in (what, detail) if part), "bad")

    def reject(self) -> None:
        """Stops a verification that runs; closes otherwise. What is being saved is waited for."""
        if self._doing == "verify":
            self._stop_verifying()
        elif not self._doing:
            super().reject()

    def done(self, result: int) -> None:
        for row in self._rows.values():
            row.forget()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.name.setFocus()

    def _stop_verifying(self) -> None:
        if self._doing == "verify":
            self._dispatcher.cancel(self, "verify")
            self._free()

    def _clear_problems(self) -> None:
        show_problem(self.name, self.name_problem, "")
        for row in self._rows.values():
            row.show_problem("")

    def _busy(self, doing: str, text: str) -> None:
        self._doing = doing
        self._enable(False)
        self._say("loader", text, "dim")

    def _free(self) -> None:
        self._doing = ""
        self._enable(True)
        self._say("", "")

    def _enable(self, free: bool) -> None:
        self.verify_button.setEnabled(free)
        self.save_button.setEnabled(free)
        self.cancel_button.setEnabled(free or self._doing == "verify")
        self.cancel_button.setText(_("Cancel") if free else _("Stop"))
        for row in self._rows.values():
            row.setEnabled(free)
        self.name.setEnabled(free)
        self.vendor_box.setEnabled(free and self._account is None)
        if not free:
            # Enter and Esc still arrive here.
            self.setFocus()

    def _say(self, icon: str, text: str, colour: str = "dim") -> None:
        self.outcome.setText(text)
        self.outcome.setProperty("role", {"ok": "good", "bad": "problem"}.get(colour, "dim"))
        self.outcome.style().unpolish(self.outcome)
        self.outcome.style().polish(self.outcome)
        if icon:
            self.outcome_icon.setPixmap(icons.pixmap(icon, 16, colour, self.devicePixelRatioF()))
        self.outcome_icon.setVisible(bool(icon))
        if text:
            self._announce(text)

    def _announce(self, text: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
