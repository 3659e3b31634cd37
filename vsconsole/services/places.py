"""Which cameras lie below a group, for whoever looks at a part of an account only."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vsconsole.domain.model import Channel, Group, Key
from vsconsole.services.listeners import Listeners

if TYPE_CHECKING:
    from vsconsole.services.inventory import Inventory


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A group; `depth` is 0 for those right below their account."""

    key: Key
    name: str
    depth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tree:
    groups: tuple[Place, ...]
    parents: Mapping[Key, Key | None]
    channels: tuple[Key, ...]


class Places:
    """The groups of every account and what is below them; thread-safe. Reads the disk."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._lock = threading.Lock()
        self._trees: dict[str, _Tree] = {}
        self.changed: Listeners[[str]] = Listeners()
        """Called with an account's id when its groups may be others."""
        inventory.changed.connect(self.forget)

    def groups(self, account_id: str) -> tuple[Place, ...]:
        """The account's groups, each followed by those below it."""
        return self._tree(account_id).groups

    def channels(self, group: Key) -> frozenset[Key]:
        """Every channel below a group, at any depth."""
        tree = self._tree(group.account)
        return frozenset(key for key in tree.channels if _is_below(tree.parents, key, group))

    def forget(self, account_id: str) -> None:
        """What is known of an account is read anew when next asked for."""
        with self._lock:
            self._trees.pop(account_id, None)
        self.changed.emit(account_id)

    def _tree(self, account_id: str) -> _Tree:
        with self._lock:
            found = self._trees.get(account_id)
        if found is None:
            found = self._read(account_id)
            with self._lock:
                self._trees[account_id] = found
        return found

    def _read(self, account_id: str) -> _Tree:
        nodes = self._inventory.tree(account_id)
        parents = {node.key: node.parent for node in nodes}
        below: dict[Key | None, list[Group]] = {}
        for node in nodes:
            if isinstance(node, Group):
                # A group whose parent is not known stands at the top, as it does in the tree.
                above = node.parent if node.parent in parents else None
                below.setdefault(above, []).append(node)
        groups: list[Place] = []
        pending = [(group, 0) for group in reversed(below.get(None, []))]
        while pending:
            group, depth = pending.pop()
            groups.append(Place(key=group.key, name=group.name, depth=depth))
            pending += [(one, depth + 1) for one in reversed(below.pop(group.key, []))]
        channels = tuple(node.key for node in nodes if isinstance(node, Channel))
        return _Tree(groups=tuple(groups), parents=parents, channels=channels)


def _is_below(parents: Mapping[Key, Key | None], key: Key, group: Key) -> bool:
    seen: set[Key] = set()
    at = parents.get(key)
    while at is not None and at not in seen:
        if at == group:
            return True
        seen.add(at)
        at = parents.get(at)
    return False
