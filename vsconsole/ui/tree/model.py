"""Everything the tree shows: nodes arrive in batches, what a search found is a tree of its own."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from time import perf_counter

from PySide6.QtCore import QModelIndex, QObject, QTimer, Signal

from vsconsole.domain.model import Account, Channel, Key, Node
from vsconsole.i18n import _
from vsconsole.ui.tree.items import Index, ItemModel
from vsconsole.ui.tree.rows import Row, RowKind, copy_of

_STEP = 500
_TURN_S = 0.01
_DONE = object()


class TreeModel(QObject):
    """Accounts and their nodes in `everything`; what a search found, with its parents, in `found`.

    Views of `everything` keep what is open, selected and scrolled to while a search is shown.
    `settled` when everything that was to go is gone.
    """

    settled = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.everything = ItemModel(self)
        self.found = ItemModel(self)
        self._accounts: dict[str, Row] = {}
        self._rows: dict[Key, Row] = {}
        self._found: dict[Key, Row] = {}
        self._matches: tuple[Key, ...] | None = None
        self._waiting: dict[Key, dict[Key, Node]] = {}
        self._favourites: tuple[Key, ...] = ()
        self._heading: Row | None = None
        self._starred: dict[Key, Row] = {}
        self._saved_heading: Row | None = None
        self._saved: dict[Key, Row] = {}
        self._hints: dict[str, Row] = {}
        self._listing: set[str] = set()
        self._listed: set[str] = set()
        self._channels = 0
        self._going: dict[str, set[Key]] = {}
        self._steps: deque[Iterator[None]] = deque()
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._clean)

    # Accounts

    def set_accounts(self, accounts: Sequence[Account]) -> None:
        """The accounts in order; rows of those that stay are kept."""
        kept = {account.id for account in accounts}
        for account_id in [one for one in self._accounts if one not in kept]:
            self._drop_account(account_id)
        for account in accounts:
            row = self._accounts.get(account.id)
            if row is None:
                row = Row(kind=RowKind.ACCOUNT, name=account.name, account=account)
                self._accounts[account.id] = row
                self.everything.add([row], None)
            elif row.account != account:
                row.name, row.account = account.name, account
                self.everything.touch(row)
        order = [account.id for account in accounts]
        if list(self._accounts) != order:
            self._accounts = {one: self._accounts[one] for one in order}
            for row in self._accounts.values():
                self.everything.move(row, None)
        self._show_favourites()

    def _drop_account(self, account_id: str) -> None:
        self._going.pop(account_id, None)
        for key in [key for key in self._rows if key.account == account_id]:
            self._forget(key)
        for parent in [key for key in self._waiting if key.account == account_id]:
            del self._waiting[parent]
        self._hints.pop(account_id, None)
        self._listing.discard(account_id)
        self._listed.discard(account_id)
        self._start(self.everything.take_off(self._accounts.pop(account_id)))

    def set_note(self, account: str, note: str, *, alarm: bool = False, problem: str = "") -> None:
        """The text at the end of an account's row, and below it why it could not be listed."""
        row = self._accounts.get(account)
        if row is None:
            return
        if (row.note, row.alarm) != (note, alarm):
            row.note, row.alarm = note, alarm
            self.everything.touch(row)
        self._listing.discard(account)
        self._show_hint(account, problem)

    def begin_listing(self, account: str, age: str = "") -> None:
        """The account is being listed: its row says so, and the age of what it shows meanwhile."""
        words = _("loading…")
        self.set_note(account, f"{words} · {age}" if age else words)
        self._listing.add(account)
        self._show_hint(account)

    def end_listing(self, account: str) -> None:
        """The account was listed to the end, all its nodes were put."""
        self._listed.add(account)
        self.set_note(account, "")

    def _show_hint(self, account: str, problem: str = "") -> None:
        """Below an account: that it is being listed, is empty, or why it could not be listed."""
        row = self._accounts[account]
        old = self._hints.get(account)
        bare = len(row.children or ()) == (old is not None)
        text = ""
        if problem:
            text = problem
        elif bare and account in self._listing:
            text = _("Asking for its cameras…")
        elif bare and account in self._listed:
            text = _("No cameras in this account")
        if old is not None and (old.name, old.alarm) == (text, bool(problem)):
            return
        if old is not None:
            del self._hints[account]
            self.everything.remove([old])
        if text:
            hint = Row(
                kind=RowKind.HINT,
                name=text,
                account=row.account,
                alarm=bool(problem),
                action="refresh" if problem else "",
            )
            self._hints[account] = hint
            self.everything.add([hint], row, 0)

    @property
    def account_count(self) -> int:
        return len(self._accounts)

    def account_of(self, key: Key) -> Account | None:
        row = self._accounts.get(key.account)
        return row.account if row else None

    def account_index(self, account: str) -> QModelIndex:
        """The index of an account's row in `everything`; invalid where there is none."""
        row = self._accounts.get(account)
        return self.everything.index_of(row) if row else QModelIndex()

    # Favourites

    def set_favourites(self, keys: Iterable[Key]) -> None:
        """The favourite channels, shown above the accounts."""
        before = set(self._favourites)
        self._favourites = tuple(dict.fromkeys(keys))
        for key in before ^ set(self._favourites):
            for table, model in ((self._rows, self.everything), (self._found, self.found)):
                row = table.get(key)
                if row:
                    row.favourite = key in self._favourites
                    model.touch(row)
        self._show_favourites()

    def is_favourite(self, key: Key) -> bool:
        return key in self._favourites

    def _show_favourites(self) -> None:
        rows = [self._rows[key] for key in self._favourites if key in self._rows]
        wanted = [row.key for row in rows]
        if self._heading is not None and list(self._starred) == wanted:
            return
        if self._heading is not None and not rows:
            self.everything.remove([self._heading])
            self._heading = None
        elif self._heading is not None:
            self.everything.remove(list(self._starred.values()))
        self._starred = {row.key: copy_of(row, favourite=False) for row in rows if row.key}
        if not rows:
            return
        if self._heading is None:
            self._heading = Row(kind=RowKind.FAVOURITES, name=_("Favourites"))
            place = 0 if self._saved_heading is None else 1
            self.everything.add([self._heading], None, place)
        self.everything.add(list(self._starred.values()), self._heading)

    # Saved views and tours

    def set_saved(self, rows: Sequence[Row]) -> None:
        """The saved views and tours in order, under a heading at the top; `rows` are new ones."""
        if self._saved_heading is not None:
            self.everything.remove([self._saved_heading])
            self._saved_heading = None
        self._saved = {row.key: row for row in rows if row.key}
        if rows:
            self._saved_heading = Row(kind=RowKind.VIEWS, name=_("Views"))
            # Below it first, so that the view hears of the branch once.
            self.everything.add(rows, self._saved_heading)
            self.everything.add([self._saved_heading], None, 0)

    # Nodes

    def put(self, nodes: Sequence[Node]) -> None:
        """Adds nodes, or renews those that are there; a child may come before its parent."""
        fresh: dict[int, tuple[Row, list[Row]]] = {}
        made: dict[Key, Node] = {}
        moved: list[tuple[Row, Row]] = []
        starred = False
        for node in nodes if self._going else ():
            self._going.get(node.key.account, set()).discard(node.key)
        pending = list(nodes)
        while pending:
            unblocked: list[Node] = []
            for node in pending:
                parent = self._parent_row(node)
                row = self._rows.get(node.key)
                if row is not None:
                    self._renew(row, node)
                    if parent is not None and row.place >= 0 and parent is not row.parent:
                        moved.append((row, parent))
                elif parent is None:
                    if node.parent:
                        self._waiting.setdefault(node.parent, {})[node.key] = node
                else:
                    fresh.setdefault(id(parent), (parent, []))[1].append(self._new_row(node))
                    made[node.key] = node
                    starred = starred or node.key in self._favourites
                    unblocked += self._waiting.pop(node.key, {}).values()
            pending = unblocked
        # What is below goes in first, so that the view hears of each new branch once.
        for parent, rows in reversed(fresh.values()):
            self.everything.add(rows, parent)
        for row, parent in moved:
            self.everything.move(row, parent)
        for parent, _new in fresh.values():
            if parent.kind is RowKind.ACCOUNT and parent.account:
                hint = self._hints.get(parent.account.id)
                if hint is not None and not hint.alarm:
                    self._show_hint(parent.account.id)
            elif parent.key not in made and parent.place >= 0:
                self.everything.touch(parent)
        if starred:
            self._show_favourites()

    def _new_row(self, node: Node) -> Row:
        row = Row(
            kind=RowKind.NODE,
            name=node.name,
            key=node.key,
            node=node,
            favourite=node.key in self._favourites,
        )
        self._rows[node.key] = row
        self._channels += isinstance(node, Channel)
        return row

    def _renew(self, row: Row, node: Node) -> None:
        looks_same = row.node == node
        self._channels += isinstance(node, Channel) - isinstance(row.node, Channel)
        row.node, row.name = node, node.name
        for table, model in ((self._starred, self.everything), (self._found, self.found)):
            other = table.get(node.key)
            if other is not None:
                other.node, other.name, other.count = node, node.name, row.count_text()
                model.touch(other)
        if row.place >= 0 and not looks_same:
            self.everything.touch(row)

    def _parent_row(self, node: Node) -> Row | None:
        if node.parent is None:
            return self._accounts.get(node.key.account)
        return self._rows.get(node.parent)

    def keep_only(self, account: str, keys: set[Key]) -> None:
        """Drops the account's nodes that a full listing no longer has, and ends the waiting.

        What waits for a parent that was never listed hangs from the account itself. Many rows go
        bit by bit, so that the window never waits; `settled` when all are gone.
        """
        self._start(self._drop_gone(account, keys))

    def _drop_gone(self, account: str, keys: set[Key]) -> Iterator[None]:
        # What is listed again while this goes on stays: `put` takes it out.
        gone = self._going[account] = set()
        order: list[Key] = []
        for i, key in enumerate(list(self._rows)):
            if key.account == account and key not in keys:
                gone.add(key)
                order.append(key)
            if not i % _STEP:
                yield
        # Neighbours came together and go together, from the end on: the others keep their places.
        order.reverse()
        for first in range(0, len(order), _STEP):
            listed = [key for key in order[first : first + _STEP] if key in gone]
            found = (row for key in listed if (row := self._rows.get(key)))
            rows = [row for row in found if not self._hangs(row, gone)]
            for head in rows:
                self._let_go(head, keys, gone)
            self.everything.remove(rows)
            yield
        self._going.pop(account, None)
        if account in self._accounts:
            self._adopt(account, keys)
            hint = self._hints.get(account)
            if hint is None or not hint.alarm:
                self._show_hint(account)
        self._show_favourites()

    @staticmethod
    def _hangs(row: Row, gone: set[Key]) -> bool:
        return row.parent is not None and row.parent.key in gone

    def _let_go(self, head: Row, keys: set[Key], gone: set[Key]) -> None:
        """Forgets a node and what is below; what is still listed there waits for its parent."""
        for row in (head, *head.below()):
            if row.node is None:
                continue
            self._forget(row.node.key)
            if row is not head and row.node.parent and row.node.key not in gone:
                self._waiting.setdefault(row.node.parent, {})[row.node.key] = row.node

    def _start(self, steps: Iterator[None]) -> None:
        self._steps.append(steps)
        self._clean()

    def _clean(self) -> None:
        """Goes on with what is left to drop, for a short time; the timer comes back for more."""
        until = perf_counter() + _TURN_S
        while self._steps and perf_counter() < until:
            if next(self._steps[0], _DONE) is _DONE:
                self._steps.popleft()
        if self._steps:
            self._turn.start()
        else:
            self.settled.emit()

    def _adopt(self, account: str, keys: set[Key]) -> None:
        above = self._accounts[account]
        rows = []
        freed: list[Node] = []
        for parent in [key for key in self._waiting if key.account == account and key not in keys]:
            for node in self._waiting.pop(parent).values():
                if node.key in keys and node.key not in self._rows:
                    rows.append(self._new_row(node))
                    freed += self._waiting.pop(node.key, {}).values()
        if rows:
            self.everything.add(rows, above)
            self.put(freed)

    def _forget(self, key: Key) -> None:
        row = self._rows.pop(key, None)
        if row is not None:
            self._channels -= isinstance(row.node, Channel)

    @property
    def channel_count(self) -> int:
        return self._channels

    def channels(self) -> Iterator[Channel]:
        """Every channel there is."""
        for row in self._rows.values():
            if isinstance(row.node, Channel):
                yield row.node

    def node(self, key: Key) -> Node | None:
        """The node of a key; None where it is not there."""
        row = self._rows.get(key)
        return row.node if row else None

    def nodes(self) -> Iterator[Node]:
        """Every node there is."""
        for row in self._rows.values():
            if row.node:
                yield row.node

    # Search

    def show_only(self, keys: Sequence[Key] | None) -> None:
        """Fills `found` with these nodes and what they hang from, best first; None ends it."""
        self.found.empty()
        self._found = {}
        self._matches = tuple(keys) if keys is not None else None
        tops: list[Row] = []
        below: dict[int, tuple[Row, list[Row]]] = {}
        copies: dict[int, Row] = {}

        for key in keys or ():
            row = self._rows.get(key) or self._saved.get(key)
            child: Row | None = None
            while row is not None:
                made = copies.get(id(row))
                known = made is not None
                if made is None:
                    made = copies[id(row)] = copy_of(row)
                    if row.key:
                        self._found[row.key] = made
                    if row.parent is None:
                        tops.append(made)
                if child is not None:
                    below.setdefault(id(made), (made, []))[1].append(child)
                if known:
                    break
                child, row = made, row.parent
        self.found.add(tops, None)
        for above, rows in below.values():
            count = above.count
            self.found.add(rows, above)
            # Counts tell of all its channels, not only of those that were found.
            above.count = count

    @property
    def filtered(self) -> bool:
        return self._matches is not None

    # What is shown now

    @property
    def shown(self) -> ItemModel:
        """What the view shows now: `found` during a search."""
        return self.found if self.filtered else self.everything

    def row(self, index: Index) -> Row | None:
        """The row behind an index of either tree; None for an invalid one."""
        model = index.model()
        return model.row(index) if isinstance(model, ItemModel) else None

    def index_of_key(self, key: Key) -> QModelIndex:
        """The index of a node in what is shown; invalid where it is not shown."""
        row = (self._found if self.filtered else self._rows).get(key)
        if row is None and not self.filtered:
            row = self._saved.get(key)
        return self.shown.index_of(row) if row and row.place >= 0 else QModelIndex()
