"""Groups, devices and channels of every account: from the cache, and anew from the vendor."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.errors import InvalidInput, NotFound
from vsconsole.domain.model import Channel, Key, Node
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import inventory_of

if TYPE_CHECKING:
    from vsconsole.services.accounts import Accounts
    from vsconsole.store.cache import Cache

_KEPT_CHANNELS = 4096


class Inventory:
    """What the accounts have; thread-safe. Reading touches the disk, refreshing the network.

    What was read or listed is given to all who ask: the tree and the search hold the same nodes.
    """

    def __init__(self, accounts: Accounts, cache: Cache) -> None:
        self._accounts = accounts
        self._cache = cache
        self._lock = threading.Lock()
        self._channels: dict[Key, Channel] = {}
        self._trees: dict[str, tuple[Node, ...]] = {}
        self._changes: Counter[str] = Counter()
        self._refreshing: dict[str, threading.Lock] = {}
        self.changed: Listeners[[str]] = Listeners()
        """Called with the account's id, on the refreshing thread, when its tree is new."""
        accounts.changed.connect(self._account_changed)

    def tree(self, account_id: str) -> list[Node]:
        """What is known of an account, parents before children; empty before the first refresh."""
        with self._lock:
            known, change = self._trees.get(account_id), self._changes[account_id]
        if known is None:
            known = tuple(self._cache.nodes(account_id))
            self._keep_tree(account_id, known, change)
        return list(known)

    def age(self, account_id: str) -> datetime | None:
        """When the account was last listed whole; None before that."""
        return self._cache.listed(account_id)

    def refresh(
        self, account_id: str, on_batch: Callable[[Sequence[Node]], object] | None = None
    ) -> int:
        """Lists the account anew and gives the number of nodes; blocks.

        `on_batch` gets each batch as it arrives, as it was kept. When it fails midway or is called
        off, what was known before stays, beside what had come. Two at once for one account follow
        each other.
        """
        with self._lock:
            gate = self._refreshing.setdefault(account_id, threading.Lock())
        with gate:
            cancel.check()
            adapter = inventory_of(self._accounts.adapter(account_id))
            count = 0
            listed: dict[Key, Node] = {}
            with self._cache.listing(account_id) as listing:
                for batch in adapter.nodes():
                    cancel.check()
                    kept = listing.add(batch)
                    self._drop_tree(account_id)
                    count += len(kept)
                    for node in kept:
                        # Of a node that is named twice the later one counts.
                        listed.pop(node.key, None)
                        listed[node.key] = node
                    if on_batch is not None:
                        on_batch(kept)
            # An account removed meanwhile must not come back through its listing.
            if not self._accounts.exists(account_id):
                self._cache.forget(account_id)
                raise NotFound(_("The account was removed."))
            self._forget(account_id)
            self._keep_tree(account_id, tuple(listed.values()), self._drop_tree(account_id))
        self.changed.emit(account_id)
        return count

    def channel(self, key: Key) -> Channel:
        """A channel by its key, from the cache; NotFound where it is not known."""
        with self._lock:
            if key in self._channels:
                return self._channels[key]
        node = self._cache.node(key)
        if not isinstance(node, Channel):
            raise NotFound(
                _("There is no channel {key}.").format(key=self.text(key)),
                remedy=_("Refresh the account's list, and check the key there."),
            )
        self._note((node,))
        return node

    def find_channel(self, text: str, *, refresh: bool = True) -> Channel:
        """A channel by `ACCOUNT/native-id`; where not known, the account is listed anew once.

        InvalidInput for a text of another form, NotFound for an unknown account or channel.
        """
        try:
            key = Key.parse(text)
        except ValueError:
            raise InvalidInput(
                _("{text} is not a channel's key.").format(text=text),
                field="channel",
                remedy=_("A key has the form ACCOUNT/ID, as the tree shows it."),
            ) from None
        account = self._accounts.by_name(key.account)
        key = Key(account.id, key.native)
        try:
            return self.channel(key)
        except NotFound:
            if not refresh:
                raise
        self.refresh(account.id)
        return self.channel(key)

    def text(self, key: Key) -> str:
        """The key as people write it: the account's name and the vendor's id."""
        return str(Key(self._accounts.name_of(key.account), key.native))

    def _account_changed(self, account_id: str) -> None:
        self._forget(account_id)
        self._drop_tree(account_id)

    def _drop_tree(self, account_id: str) -> int:
        """Has it read anew; gives which change of it that was."""
        with self._lock:
            self._trees.pop(account_id, None)
            self._changes[account_id] += 1
            return self._changes[account_id]

    def _keep_tree(self, account_id: str, nodes: tuple[Node, ...], change: int) -> None:
        """Keeps what was read since a change, unless there was another one meanwhile."""
        with self._lock:
            if nodes and self._changes[account_id] == change:
                self._trees[account_id] = nodes

    def _note(self, nodes: Iterable[Node]) -> None:
        with self._lock:
            for node in nodes:
                if isinstance(node, Channel) and len(self._channels) < _KEPT_CHANNELS:
                    self._channels[node.key] = node

    def _forget(self, account_id: str) -> None:
        with self._lock:
            self._channels = {k: c for k, c in self._channels.items() if k.account != account_id}
