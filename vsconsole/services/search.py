"""Finds nodes by name, id, pinyin and pinyin initials, as fast as somebody types."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from vsconsole.domain import cancel
from vsconsole.domain.model import Key, Node
from vsconsole.services import pinyin
from vsconsole.services.listeners import Listeners

if TYPE_CHECKING:
    from vsconsole.services.inventory import Inventory
    from vsconsole.work.lanes import Lanes

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
# Stands before each field of a node's line, so that a hit behind it is a hit at a field's start.
_FIELD = "\n"


class Hit(NamedTuple):
    """A node that was found: `rank` 0 its name begins so, 1 id or pinyin does, 2 it holds it."""

    node: Node
    rank: int
    favourite: bool


class SearchIndex:
    """An index over fixed nodes: one line of text for each; immutable."""

    __slots__ = ("_lines", "_nodes", "_places")

    def __init__(self, nodes: Sequence[Node], lines: Sequence[str]) -> None:
        self._nodes = nodes
        self._lines = lines
        self._places = {node.key: i for i, node in enumerate(nodes)}

    @classmethod
    def of(cls, nodes: Iterable[Node], *, ids: bool = True) -> Self:
        """Indexes nodes by name, and by id unless told otherwise.

        Blocks, so it belongs on a worker. Raises Cancelled.
        """
        kept: list[Node] = []
        runs: set[str] = set()
        for node in nodes:
            if not len(kept) % 1000:
                cancel.check()
            kept.append(node)
            runs.update(_HAN.findall(node.name))
        spelt = pinyin.readings(runs) if runs else {}
        cancel.check()
        return cls(kept, [_line(node, spelt, ids=ids) for node in kept])

    def __len__(self) -> int:
        return len(self._nodes)

    def find(self, text: str, favourites: Collection[Key] = frozenset()) -> list[Hit]:
        """Every node that holds each word of `text`, the best first; none for an empty text.

        Order: where the hit begins, then favourites, then as indexed.
        """
        words = text.casefold().split()
        if not words:
            return []
        lines = self._lines
        first, *others = words
        places = [i for i, line in enumerate(lines) if first in line]
        for word in others:
            places = [i for i in places if word in lines[i]]
        begins = _FIELD + first
        kept = {self._places[key] for key in favourites if key in self._places}
        # In order of rank, favourites first; filling is faster than sorting afterwards.
        shelves: list[list[Hit]] = [[] for _shelf in range(6)]
        for i in places:
            line = lines[i]
            rank = 0 if line.startswith(begins) else 1 if begins in line else 2
            favourite = i in kept
            shelves[2 * rank + (not favourite)].append(Hit(self._nodes[i], rank, favourite))
        return [hit for shelf in shelves for hit in shelf]


def _line(node: Node, spelt: Mapping[str, pinyin.Reading], *, ids: bool) -> str:
    """What a node is found by: name, id, and the name spelt out in full and by initials."""
    fields = [node.name.casefold(), *([node.key.native.casefold()] if ids else ())]
    if _HAN.search(node.name):
        # In both, what is not Chinese stays as it is.
        for full in (True, False):

            def reading(run: re.Match[str], full: bool = full) -> str:
                found = spelt.get(run.group())
                return run.group() if found is None else found.full if full else found.initials

            fields.append(_HAN.sub(reading, node.name).casefold())
    return _FIELD + _FIELD.join(fields)


class Search:
    """Keeps an index for each account, made anew on a worker when its tree changes."""

    def __init__(
        self, inventory: Inventory, lanes: Lanes, favourites: Callable[[], Collection[Key]]
    ) -> None:
        self._inventory = inventory
        self._lanes = lanes
        self._favourites = favourites
        self._lock = threading.Lock()
        self._indexes: Mapping[str, SearchIndex] = {}
        self._favourite_keys: frozenset[Key] | None = None
        self.changed: Listeners[[str]] = Listeners()
        """Called with the account's id, on a worker thread, when its index is new."""
        inventory.changed.connect(self.rebuild)

    def rebuild(self, account_id: str) -> None:
        """Indexes an account's tree in the background; an older run is called off."""
        self._lanes.submit("fetch", lambda: self.index(account_id), key=("search", account_id))

    def index(self, account_id: str) -> SearchIndex:
        """Indexes an account's tree now, on this thread."""
        index = SearchIndex.of(self._inventory.tree(account_id))
        if self._favourite_keys is None:
            self.refresh_favourites()
        cancel.check()
        with self._lock:
            self._indexes = {**self._indexes, account_id: index}
        self.changed.emit(account_id)
        return index

    def index_also(self, name: str, nodes: Iterable[Node]) -> None:
        """Finds these nodes by their names, too, in place of those given as `name` before.

        Blocks. `name` must be no account's id.
        """
        index = SearchIndex.of(nodes, ids=False)
        with self._lock:
            self._indexes = {**self._indexes, name: index}
        self.changed.emit(name)

    def forget(self, account_id: str) -> None:
        """Drops an account's index."""
        with self._lock:
            self._indexes = {k: v for k, v in self._indexes.items() if k != account_id}

    def refresh_favourites(self) -> None:
        """Takes the favourites anew; reads the disk, so not in the window's thread."""
        self._favourite_keys = frozenset(self._favourites())

    def find(self, text: str, limit: int | None = None) -> list[Hit]:
        """Hits of all accounts, the best first; touches memory only."""
        favourites = self._favourite_keys or frozenset()
        hits = [hit for index in self._indexes.values() for hit in index.find(text, favourites)]
        if len(self._indexes) > 1:
            hits.sort(key=lambda hit: (hit.rank, not hit.favourite))
        return hits if limit is None else hits[:limit]
