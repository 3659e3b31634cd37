"""The console's window of a whole desk over a sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from tests.e2e.support import Stand
from vsconsole.domain.model import Account
from vsconsole.sandbox.server import LogEntry
from vsconsole.ui.console.confirm import TypedConfirm
from vsconsole.ui.console.window import ConsoleWindow


@dataclass
class Booth:
    """A desk, its account, and the console opened from it."""

    stand: Stand
    account: Account

    @property
    def window(self) -> ConsoleWindow:
        found = self.stand.desk.console.console
        assert found is not None
        return found

    def open(self) -> ConsoleWindow:
        """The console with the account's calls listed."""
        self.stand.press("console")
        self.stand.wait(lambda: self.window.form.complete, 10, "no form")
        return self.window

    def choose(self, name: str, **values: str) -> None:
        """Chooses a call and types values."""
        assert self.window.calls.choose(name)
        self.complete(name)
        for field, text in values.items():
            self.window.form.fields[field].fill(text)

    def complete(self, name: str) -> None:
        """Waits until the form of a call is there."""
        form = self.window.form
        self.stand.wait(
            lambda: form.call is not None and form.call.name == name and form.complete, 5, name
        )

    def send(self) -> None:
        """Presses Send and waits for what comes of it."""
        self.window.send()
        self.settle()

    def settle(self) -> None:
        self.stand.wait(lambda: not self.window.busy, 20, "no answer")

    def asked(self, path: str) -> list[LogEntry]:
        """The calls to a path the sandbox saw."""
        return self.stand.asked(path)

    def question(self) -> TypedConfirm | None:
        """The question that is open, if one is."""
        found = (w for w in QApplication.topLevelWidgets() if isinstance(w, TypedConfirm))
        return next((one for one in found if one.isVisible()), None)
