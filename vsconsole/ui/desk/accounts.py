"""Accounts on the desk: the tree from the cache at once, from the vendor when it answers."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Account, Key, Node, now
from vsconsole.i18n import _, listed, ngettext
from vsconsole.ui.desk.usage import report_of
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.dialogs.account_list import AccountListDialog
from vsconsole.ui.dialogs.accounts import AccountDialog
from vsconsole.ui.notify import text_of
from vsconsole.ui.panels.jobs import JobState, JobView

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.lanes import Job
    from vsconsole.work.qt import Dispatcher

_ROWS_A_TURN = 400
_OLD = timedelta(minutes=1)
_MATCHES = 500


class AccountsDesk(QObject):
    """Fills the tree, keeps it fresh, and answers its menus; `changed` when its content is."""

    changed = Signal()
    accounts_changed = Signal(object)
    account_removed = Signal(str)
    console_asked = Signal(object)
    _index_changed = Signal(str)

    def __init__(self, window: MainWindow, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._dispatcher = dispatcher
        self._queue: deque[tuple[str, list[Node]]] = deque()
        self._seen: dict[str, set[Key]] = {}
        self._jobs: dict[str, Job[int]] = {}
        self._problems: dict[str, ConsoleError] = {}
        self._ages: dict[str, datetime] = {}
        self._after: dict[str, Callable[[], None]] = {}
        self._pump = QTimer(self, interval=0)
        self._pump.timeout.connect(self._put_some)
        self._connect()

    def _connect(self) -> None:
        tree, act = self._window.tree, self._window.actions_
        tree.search_asked.connect(self.search)
        tree.favourite_toggled.connect(self.toggle_favourite)
        tree.account_action.connect(self._on_action)
        tree.add_account.connect(lambda: self.add())
        tree.open_folder.connect(self.choose_folder)
        tree.details_asked.connect(self._show_details)
        tree.channel_selected.connect(self._on_selected)
        act["add-account"].triggered.connect(lambda: self.add())
        act["accounts"].triggered.connect(lambda: self.manage())
        act["open-folder"].triggered.connect(self.choose_folder)
        act["refresh"].triggered.connect(self.refresh_all)
        self._window.jobs.cancelled.connect(self._cancel_job)
        self._index_changed.connect(self._search_again)
        self._unlisten = self._services.search.changed.connect(self._index_changed.emit)

    def close(self) -> None:
        """Shows nothing more; the services may outlive this window."""
        self._unlisten()
        self._pump.stop()

    @property
    def busy(self) -> bool:
        """Whether a list is being read or put into the tree."""
        return bool(self._jobs or self._queue)

    def start(self) -> None:
        """Shows what is cached, then asks every vendor."""
        self._show_accounts()
        self._dispatcher.start(
            self,
            self._services.catalog.favourites,
            self._window.tree.model.set_favourites,
            self._tell,
        )
        for account in self._services.accounts.all():
            self._show_cached(account)

    def _show_accounts(self) -> None:
        accounts = self._services.accounts.all()
        self._window.tree.show_accounts(accounts)
        self._show_state()
        self.accounts_changed.emit(accounts)
        self.changed.emit()

    def _show_cached(self, account: Account) -> None:
        services = self._services

        def work() -> tuple[list[Node], datetime | None]:
            nodes = services.inventory.tree(account.id)
            services.search.rebuild(account.id)
            return nodes, services.inventory.age(account.id)

        def shown(result: tuple[list[Node], datetime | None]) -> None:
            nodes, age = result
            if age:
                self._ages[account.id] = age
            self._queue.append((account.id, list(nodes)))
            self._pump.start()
            self.refresh(account.id)

        def failed(error: ConsoleError) -> None:
            self._tell(error)
            self.refresh(account.id)

        self._dispatcher.start(self, work, shown, failed, key=("cached", account.id))

    def _put_some(self) -> None:
        """Puts a few nodes into the tree each turn of the loop, so that the window never waits."""
        if not self._queue:
            self._pump.stop()
            self._window.tree.show_counts()
            self.changed.emit()
            return
        account_id, nodes = self._queue[0]
        self._window.tree.model.put(nodes[:_ROWS_A_TURN])
        del nodes[:_ROWS_A_TURN]
        if not nodes:
            self._queue.popleft()
            after = self._after.get(account_id)
            if after and not any(name == account_id for name, _nodes in self._queue):
                del self._after[account_id]
                after()

    def refresh_all(self) -> None:
        """Asks every vendor again."""
        for account in self._services.accounts.all():
            self.refresh(account.id)

    def refresh(self, account_id: str) -> None:
        """Lists an account anew; what is known stays until the new list is whole."""
        if account_id in self._jobs:
            return
        services = self._services
        self._seen[account_id] = set()
        age = self._ages.get(account_id)
        # Not worth a word as long as it is young: most answers come within a second.
        words = _age_text(age) if age is not None and now() - age >= _OLD else ""
        self._window.tree.model.begin_listing(account_id, words)

        def work(progress: Callable[[Sequence[Node]], None]) -> int:
            return services.inventory.refresh(account_id, progress)

        self._jobs[account_id] = self._dispatcher.start(
            self,
            work,
            lambda _count: self._listed(account_id),
            lambda error: self._not_listed(account_id, error),
            lambda batch: self._on_batch(account_id, batch),
            every_progress=True,
            key=("refresh", account_id),
            party=account_id,
        )
        self._show_scan(account_id)

    def _on_batch(self, account_id: str, batch: Sequence[Node]) -> None:
        seen = self._seen.setdefault(account_id, set())
        seen.update(node.key for node in batch)
        self._queue.append((account_id, list(batch)))
        self._pump.start()
        self._show_scan(account_id)

    def _listed(self, account_id: str) -> None:
        self._jobs.pop(account_id, None)
        self._ages[account_id] = now()
        if self._problems.pop(account_id, None):
            name = self._services.accounts.name_of(account_id)
            self._window.notifier.over(
                f"account:{account_id}", _("{account} answers again.").format(account=name)
            )
        seen = self._seen.pop(account_id, set())
        # Nodes still waiting to be put must not be taken for gone ones.
        self._after[account_id] = lambda: self._settle(account_id, seen)
        self._queue.append((account_id, []))
        self._pump.start()
        self._show_scan(account_id, state=JobState.DONE)
        self._show_state()

    def _settle(self, account_id: str, seen: set[Key]) -> None:
        self._window.tree.model.keep_only(account_id, seen)
        self._window.tree.model.end_listing(account_id)
        self._window.tree.show_counts()
        self.changed.emit()

    def _not_listed(self, account_id: str, error: ConsoleError) -> None:
        self._jobs.pop(account_id, None)
        self._seen.pop(account_id, None)
        self._problems[account_id] = error
        age = self._ages.get(account_id)
        note = error.what if age is None else _age_text(age)
        # Below a tree that is there its age is enough; an empty one says why it is.
        problem = "" if age else str(error)
        self._window.tree.model.set_note(account_id, note, alarm=True, problem=problem)
        self._window.notifier.standing(f"account:{account_id}", error)
        self._show_scan(account_id, state=JobState.FAILED, detail=str(error))
        self._show_state()

    def _show_scan(
        self, account_id: str, *, state: JobState = JobState.RUNNING, detail: str = ""
    ) -> None:
        """A scan of a folder is a job on the list: it may take long, and can be called off."""
        account = next((a for a in self._services.accounts.all() if a.id == account_id), None)
        if account is None or account.vendor != "local":
            return
        count = len(self._seen.get(account_id, ()))
        if not detail and state is JobState.RUNNING:
            detail = ngettext("{n} entry so far", "{n} entries so far", count).format(n=count)
        self._window.jobs.show_job(
            JobView(
                id=f"scan:{account_id}",
                title=_("Reading {folder}").format(folder=account.name),
                detail=detail,
                state=state,
            )
        )

    def _cancel_job(self, job_id: str) -> None:
        kind, _colon, account_id = job_id.partition(":")
        if kind == "scan" and (job := self._jobs.pop(account_id, None)):
            job.cancel()
            self._seen.pop(account_id, None)
            self._window.tree.model.set_note(account_id, _("not read to the end"))
            self._show_scan(account_id, state=JobState.CANCELLED)

    def _show_state(self) -> None:
        """How the vendors are, in one line of the status bar."""
        accounts = self._services.accounts.all()
        problems = [a.name for a in accounts if a.id in self._problems]
        if problems:
            text = "▲ " + _("Not answering: {names}").format(names=listed(problems))
            self._window.set_vendor_state(text, "warn")
        elif accounts:
            well = ngettext("{n} account connected", "{n} accounts connected", len(accounts))
            self._window.set_vendor_state("● " + well.format(n=len(accounts)), "good")
        else:
            self._window.set_vendor_state("", "dim")

    # Search and favourites

    def search(self, text: str) -> None:
        """Shows only what matches; an empty text shows everything."""
        tree = self._window.tree
        if not text:
            self._dispatcher.cancel(self, "search")
            tree.show_matches(None)
            return
        find = self._services.search.find
        self._dispatcher.start(
            self,
            lambda: [hit.node.key for hit in find(text, limit=_MATCHES)],
            tree.show_matches,
            self._tell,
            key="search",
        )

    def _search_again(self, _account_id: str) -> None:
        text = self._window.tree.search.text().strip()
        if text:
            self.search(text)

    def toggle_favourite(self, key: Key) -> None:
        """Makes a channel a favourite, or no longer."""
        catalog = self._services.catalog

        def work() -> list[Key]:
            keys = catalog.favourites()
            if key in keys:
                keys.remove(key)
            else:
                keys.append(key)
            catalog.set_favourites(keys)
            self._services.search.refresh_favourites()
            return keys

        self._dispatcher.start(
            self,
            work,
            self._window.tree.model.set_favourites,
            self._tell,
            order="favourites",
            lane="control",
        )

    # Adding, changing, removing

    def add(self, vendor_id: str = "") -> AccountDialog:
        """Opens the form for a new account."""
        dialog = AccountDialog(
            self._services.accounts, self._dispatcher, vendor_id=vendor_id, parent=self._window
        )
        return self._show_dialog(dialog)

    def manage(self) -> AccountListDialog:
        """Opens the list of accounts, to change, verify, order and remove them."""
        dialog = AccountListDialog(
            self._services.accounts.all(),
            self._window,
            report=lambda account: report_of(self._services, account),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.add_asked.connect(lambda: self.add())
        dialog.account_action.connect(self._on_action)
        dialog.ordered.connect(self._order)
        self.accounts_changed.connect(dialog.show_accounts)
        dialog.open()
        return dialog

    def _order(self, ids: list[str]) -> None:
        self._dispatcher.start(
            self,
            lambda: self._services.accounts.order(ids),
            lambda _nothing: self._show_accounts(),
            self._tell,
        )

    def edit(self, account: Account) -> AccountDialog:
        """Opens the form of an account."""
        dialog = AccountDialog(
            self._services.accounts, self._dispatcher, account, parent=self._window
        )
        return self._show_dialog(dialog)

    def _show_dialog(self, dialog: AccountDialog) -> AccountDialog:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self._on_saved)
        dialog.open()
        return dialog

    def _on_saved(self, account: Account) -> None:
        job = self._jobs.pop(account.id, None)
        if job:
            job.cancel()
        self._problems.pop(account.id, None)
        self._show_accounts()
        self.refresh(account.id)

    def choose_folder(self) -> None:
        """Asks for a folder and makes it an account."""
        dialog = QFileDialog(self._window, _("Folder of footage"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.open_folder)
        dialog.open()

    def open_folder(self, folder: str) -> None:
        """Makes a folder of footage an account, named after it."""
        accounts = self._services.accounts
        taken = {account.name for account in accounts.all()}
        name = base = Path(folder).name or _("Footage")
        number = 2
        while name in taken:
            name, number = f"{base} {number}", number + 1

        self._dispatcher.start(
            self,
            lambda: accounts.add("local", name, {"folder": folder}),
            self._on_saved,
            self._tell,
        )

    def _on_action(self, name: str, account: Account) -> None:
        acts: dict[str, Callable[[], object]] = {
            "refresh": lambda: self.refresh(account.id),
            "verify": lambda: self._verify(account),
            "console": lambda: self.console_asked.emit(account),
            "edit": lambda: self.edit(account),
            "remove": lambda: self._ask_remove(account),
        }
        acts[name]()

    def _verify(self, account: Account) -> None:
        self._dispatcher.start(
            self,
            lambda: self._services.accounts.verify_account(account.id),
            lambda _nothing: self._window.notifier.good(
                _("The login of {account} works.").format(account=account.name)
            ),
            self._tell,
            party=account.id,
        )

    def _ask_remove(self, account: Account) -> None:
        confirm.ask(
            self._window,
            _("Remove the account"),
            _("Remove {account} from this program?").format(account=account.name),
            _("Its login and cached lists are forgotten here. Nothing changes at the vendor."),
            _("Remove"),
            lambda: self.remove(account),
        )

    def remove(self, account: Account) -> None:
        """Forgets an account."""
        job = self._jobs.pop(account.id, None)
        if job:
            job.cancel()

        def removed(_nothing: None) -> None:
            self._queue = deque(entry for entry in self._queue if entry[0] != account.id)
            for table in (self._problems, self._ages, self._after, self._seen):
                table.pop(account.id, None)
            self._services.search.forget(account.id)
            self.account_removed.emit(account.id)
            self._show_accounts()

        self._dispatcher.start(
            self,
            lambda: self._services.accounts.remove(account.id),
            removed,
            self._tell,
            party=account.id,
        )

    # Details

    def _on_selected(self, node: Node) -> None:
        self._window.details.show_node(node, self._services.accounts.name_of(node.key.account))

    def _show_details(self, node: Node) -> None:
        self._on_selected(node)
        self._window.show_tab(self._window.details)

    def _tell(self, error: ConsoleError) -> None:
        self._window.notifier.error(error)

    def problem_text(self, account_id: str) -> str:
        """What is wrong with an account, in words; empty where it is well."""
        error = self._problems.get(account_id)
        return " ".join(text_of(error)) if error else ""


def _age_text(listed: datetime) -> str:
    minutes = int((now() - listed).total_seconds() // 60)
    if minutes < 1:
        return _("less than 1 min old")
    if minutes < 120:
        return ngettext("{n} min old", "{n} min old", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{n} h old", "{n} h old", hours).format(n=hours)
    days = hours // 24
    return ngettext("{n} day old", "{n} days old", days).format(n=days)
