"""The API console's window at work: what is chosen, typed, sent, answered and copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Account
from vsconsole.i18n import _, listed
from vsconsole.services.console import Answered, Call, Console, Entry, Failed
from vsconsole.services.keys import KeyChoices
from vsconsole.ui.actions import Actions
from vsconsole.ui.console.confirm import TypedConfirm
from vsconsole.ui.console.frame import ConsoleFrame
from vsconsole.ui.dialogs import confirm
from vsconsole.work.qt import Dispatcher

_SEND = "send"


class ConsoleWindow(ConsoleFrame):
    """Sends one call at a time; `failed` with what went wrong outside of a call, `add_account`."""

    failed = Signal(object)
    add_account = Signal()
    _recorded = Signal(str)

    def __init__(
        self, console: Console, dispatcher: Dispatcher, keys: KeyChoices, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.actions_ = Actions(self, "console")
        self._keys = keys
        self._console = console
        self._dispatcher = dispatcher
        self._accounts: dict[str, Account] = {}
        self._account = ""
        self._sending: tuple[str, str] | None = None
        self._drafts: dict[tuple[str, str], dict[str, str]] = {}
        self._refill: Entry | None = None
        self._connect()
        self.show_accounts()
        self._dispatcher.start(self, console.tidy)

    def _connect(self) -> None:
        self.add_button.clicked.connect(self.add_account)
        self.calls.account_chosen.connect(self.show_account)
        self.calls.call_chosen.connect(self._show_call)
        self.calls.call_acted.connect(self.form.focus_first)
        self.form.built.connect(self._enable)
        self.form.edited.connect(lambda: self._say(""))
        self.send_button.clicked.connect(self.send)
        self.stop_button.clicked.connect(self.stop)
        self.copy_button.clicked.connect(self.copy)
        self.clear_button.clicked.connect(self.form.clear)
        self.answer.save_asked.connect(self._ask_where)
        self.history.refill.connect(self.fill)
        self.history.clear_asked.connect(self._ask_clear)
        self._recorded.connect(self._on_recorded)
        self._unlisten = self._console.recorded.connect(self._recorded.emit)
        for name, act in (
            ("console-send", self.send),
            ("console-search", self.calls.focus_search),
            ("console-copy", self.copy),
        ):
            self.actions_[name].triggered.connect(act)
        QShortcut(QKeySequence("Escape"), self, self._leave)
        self.actions_.changed.connect(self._show_keys)
        self._unfollow = self._keys.changed.connect(self._use_keys)
        self._use_keys()

    def _use_keys(self) -> None:
        self.actions_.use(self._keys.chosen)

    def _show_keys(self) -> None:
        self.send_button.setToolTip(self.actions_["console-send"].toolTip())
        self.copy_button.setToolTip(self.actions_["console-copy"].toolTip())
        self.calls.show_search_keys(self.actions_.keys_of("console-search"))

    def shut(self) -> None:
        """Listens no more and calls off what runs; the services may outlive this window."""
        self._unlisten()
        self._unfollow()
        self._dispatcher.cancel(self)

    # Accounts and calls

    def show_accounts(self) -> None:
        """Takes over the accounts as they are now."""
        accounts = self._console.accounts()
        self._accounts = {account.id: account for account in accounts}
        self.pages.setCurrentIndex(0 if accounts else 1)
        old = self._account
        if old not in self._accounts:
            self._drafts = {key: text for key, text in self._drafts.items() if key[0] != old}
            self._account = ""
        shown = self._account or (accounts[0].id if accounts else "")
        self.calls.show_accounts(accounts, shown)
        if shown != self._account:
            self.show_account(shown)
        elif not accounts:
            self.form.show_call(None)
        self._enable()

    def show_account(self, account_id: str) -> None:
        """Lists the calls of an account and what was called with it."""
        if account_id == self._account or account_id not in self._accounts:
            return
        self._keep_draft()
        self._account = account_id
        self.calls.show_accounts(list(self._accounts.values()), account_id)
        self.calls.show_words(_("Reading the list of calls…"))
        self.form.show_call(None)
        self.history.show_entries([])
        self._enable()
        self._dispatcher.start(
            self,
            lambda: self._console.calls(account_id),
            self._show_calls,
            self._not_listed,
            key="calls",
        )
        self._read_history()

    def _show_calls(self, calls: tuple[Call, ...]) -> None:
        self.calls.show_calls(calls)

    def _not_listed(self, error: ConsoleError) -> None:
        self.calls.show_words(str(error))

    def _show_call(self, call: Call) -> None:
        self._keep_draft()
        self._say("")
        refill, self._refill = self._refill, None
        if refill is not None and refill.call == call.name:
            self.form.show_call(call, refill.values, refill.left_out)
        else:
            self.form.show_call(call, self._drafts.get((self._account, call.name)))
        self._enable()

    def _keep_draft(self) -> None:
        """Remembers what is typed while another form is shown; secrets are not."""
        call = self.form.call
        if call is None or not self.form.complete or not self._account:
            return
        values = self.form.values()
        hidden = self._console.secrets(call, values)
        kept = {name: text for name, text in values.items() if name not in hidden}
        self._drafts[self._account, call.name] = kept

    def fill(self, entry: Entry) -> None:
        """Fills the form as it was for an earlier call."""
        call = self.form.call
        if call is not None and call.name == entry.call:
            self.form.show_call(call, entry.values, entry.left_out)
            self._enable()
            return
        self._refill = entry
        if not self.calls.choose(entry.call):
            self._refill = None
            self._say(_("There is no call {name}.").format(name=entry.call), "warn")

    # Sending

    @property
    def busy(self) -> bool:
        """Whether a call is being checked or sent."""
        return self._sending is not None

    def _enable(self) -> None:
        there = self.form.complete
        self.send_button.setEnabled(there and not self.busy)
        self.stop_button.setEnabled(self.busy)
        self.copy_button.setEnabled(there)
        self.clear_button.setEnabled(there and bool(self.form.fields))

    def send(self) -> None:
        """Checks what is typed, asks where something is lost by it, and sends the call."""
        call = self.form.call
        if call is None or self.busy or not self.form.complete:
            return
        account_id, values = self._account, self.form.values()
        self._say("")
        self._begin(account_id, call)
        self._dispatcher.start(
            self,
            lambda: self._console.problems(call, values),
            lambda found: self._checked(account_id, call, values, found),
            lambda error: self._not_sent(call, error),
            key=_SEND,
            party=account_id,
        )

    def _begin(self, account_id: str, call: Call) -> None:
        self._sending = (account_id, call.name)
        self._enable()

    def _end(self) -> None:
        self._sending = None
        self._enable()

    def _checked(
        self, account_id: str, call: Call, values: Mapping[str, str], found: list[InvalidInput]
    ) -> None:
        self._end()
        if found:
            if self.form.call is call:
                self.form.show_problems(found)
        elif account_id not in self._accounts:
            # Removed while the values were looked at.
            return
        elif call.destructive:
            self._ask(account_id, call, values)
        else:
            self._send(account_id, call, values)

    def _ask(self, account_id: str, call: Call, values: Mapping[str, str]) -> None:
        hidden = self._console.secrets(call, values)
        told = "\n".join(
            f"{name} = {'***' if name in hidden else text}" for name, text in values.items()
        )
        TypedConfirm(
            call.name,
            self._accounts[account_id].name,
            told,
            lambda: self._send(account_id, call, values),
            self,
        ).open()

    def _send(self, account_id: str, call: Call, values: Mapping[str, str]) -> None:
        self._begin(account_id, call)
        self.answer.show_waiting(call.name)
        name = self._accounts[account_id].name if account_id in self._accounts else account_id
        self._dispatcher.start(
            self,
            lambda: self._console.send(account_id, call, values),
            lambda outcome: self._sent(name, call, outcome),
            lambda error: self._not_sent(call, error),
            key=_SEND,
            party=account_id,
        )

    def _sent(self, account: str, call: Call, outcome: Answered | Failed) -> None:
        self._end()
        if isinstance(outcome, Answered):
            self.answer.show_answer(call.name, account, outcome)
        else:
            self.answer.show_failure(call.name, account, outcome)
            self._show_beside(call, outcome.error)
        if outcome.unkept is not None:
            self.failed.emit(outcome.unkept)

    def _not_sent(self, call: Call, error: ConsoleError) -> None:
        self._end()
        self.answer.show_error(call.name, error)
        self._show_beside(call, error)

    def _show_beside(self, call: Call, error: ConsoleError) -> None:
        """Says what is wrong with a value beside its field, where its form is still shown."""
        if isinstance(error, InvalidInput) and self.form.call is call:
            self.form.show_problems([error])

    def stop(self) -> None:
        """Calls off what is being sent."""
        if self._sending is None:
            return
        _account, name = self._sending
        self._dispatcher.cancel(self, _SEND)
        self._end()
        self.answer.show_stopped(name)

    def _leave(self) -> None:
        if self.busy:
            self.stop()
        else:
            self.close()

    # Copying and saving

    def copy(self) -> None:
        """Puts the call on the clipboard as a line of the command line."""
        call = self.form.call
        if call is None or not self.form.complete:
            return
        line = self._console.command(self._accounts[self._account], call, self.form.values())
        QGuiApplication.clipboard().setText(line.text)
        told = [_("Copied.")]
        if line.left_out:
            names = listed(line.left_out)
            told.append(
                _("Secrets are not in it; give them yourself: {names}.").format(names=names)
            )
        if call.destructive:
            told.append(_("It asks for --yes."))
        self._say(" ".join(told), "warn" if len(told) > 1 else "good")

    def _say(self, text: str, role: str = "dim") -> None:
        self.note.setText(text)
        self.note.setProperty("role", role)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setVisible(bool(text))

    def _ask_where(self, name: str, content: bytes) -> None:
        dialog = QFileDialog(self, _("Save the answer"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: self._save(Path(path), content))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _save(self, path: Path, content: bytes) -> None:
        self._dispatcher.start(
            self,
            lambda: self._console.save(path, content),
            lambda _nothing: self._say(_("Saved as {path}.").format(path=path), "good"),
            lambda error: self._say(str(error), "problem"),
        )

    # History

    def _on_recorded(self, account_id: str) -> None:
        if account_id == self._account:
            self._read_history()

    def _read_history(self) -> None:
        account_id = self._account
        self._dispatcher.start(
            self,
            lambda: self._console.history(account_id),
            self.history.show_entries,
            self.failed.emit,
            key="history",
        )

    def _ask_clear(self) -> None:
        account_id = self._account
        confirm.ask(
            self,
            _("Clear the history"),
            _("Forget what was called with {account}?").format(
                account=self._accounts[account_id].name
            ),
            _("The log of changes stays as it is."),
            _("Clear"),
            self._clearing(account_id),
        )

    def _clearing(self, account_id: str) -> Callable[[], object]:
        return lambda: self._dispatcher.start(
            self,
            lambda: self._console.clear(account_id),
            lambda _nothing: self._on_recorded(account_id),
            self.failed.emit,
        )

    # The window

    def focus_first(self) -> None:
        """Puts the cursor where one begins."""
        if self._accounts:
            self.calls.focus_search()
        else:
            self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        if not event.spontaneous():
            self.form.forget()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        # Only put away: what runs goes on, and what is typed stays.
        event.accept()
