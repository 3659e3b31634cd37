"""Opens the API console over the desk's services, with the account that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from vsconsole.net.redact import redact_params
from vsconsole.services.console import Console

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.console.window import ConsoleWindow
    from vsconsole.ui.desk.accounts import AccountsDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher


class ConsoleDesk(QObject):
    """Makes the console's window when it is first asked for, then shows the same one again."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        accounts: AccountsDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._dispatcher = dispatcher
        self._accounts = accounts
        self._keys = services.keys
        # What may be written down and shown is decided where all of it is.
        self._console = Console(
            services.accounts, services.catalog, redact_params, paths=services.paths
        )
        self.console: ConsoleWindow | None = None
        window.actions_["console"].triggered.connect(lambda: self.show())
        accounts.console_asked.connect(lambda account: self.show(account.id))
        accounts.accounts_changed.connect(lambda _accounts: self._renew())

    def show(self, account_id: str = "") -> ConsoleWindow:
        """Shows the window, with this account where one is given."""
        if self.console is None:
            # Loaded when first needed: most days nobody opens it.
            from vsconsole.ui.console.window import ConsoleWindow

            self.console = ConsoleWindow(self._console, self._dispatcher, self._keys, self._window)
            self.console.failed.connect(self._window.notifier.error)
            self.console.add_account.connect(lambda: self._accounts.add())
        else:
            self.console.show_accounts()
        if account_id:
            self.console.show_account(account_id)
        self.console.show()
        self.console.raise_()
        self.console.activateWindow()
        self.console.focus_first()
        return self.console

    def _renew(self) -> None:
        if self.console is not None:
            self.console.show_accounts()

    def close(self) -> None:
        """Puts the window away for good; the services may outlive it."""
        self._console.close()
        if self.console is not None:
            self.console.shut()
            self.console.close()
