"""Finds nodes by name, id, pinyin and pinyin initials, as fast as somebody types."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
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

    __slots__ = ("_lines", "_nodes")

    def __init__(self, nodes: Sequence[Node], lines: Sequence[str]) -> None:
        self._nodes = nodes
        self._lines = lines

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

    def find(
        self, text: str, favourites: Collection[Key] = frozenset(), limit: int | None = None
    ) -> list[Hit]:
        """The nodes that hold each word of `text`, the best first; none for an empty text.

        Order: where the hit begins, then favourites, then as indexed.
        """
        words = [_narrow(word) for word in text.casefold().split()]
        if not words:
            return []
        lines, nodes = self._lines, self._nodes
        first, *others = words
        places = [i for i, line in enumerate(lines) if first in line]
        for word in others:
            places = [i for i in places if word in lines[i]]
        # Texts know their hashes, keys do not.
        natives = {key.native for key in favourites}
        starred = (i for i in places if nodes[i].key.native in natives) if natives else ()
        kept = {i for i in starred if nodes[i].key in favourites}
        begins = _FIELD + first
        # In order of rank, favourites first; filling is faster than sorting afterwards.
        shelves: list[list[int]] = [[] for _shelf in range(6)]
        for i in places:
            line = lines[i]
            rank = 0 if line.startswith(begins) else 1 if begins in line else 2
            shelves[2 * rank + (i not in kept)].append(i)
        # One letter fits half of all cameras: hits are made of those that are asked for alone.
        found = ((i, shelf) for shelf in range(6) for i in shelves[shelf])
        return [Hit(nodes[i], shelf // 2, not shelf % 2) for i, shelf in islice(found, limit)]


def _line(node: Node, spelt: Mapping[str, pinyin.Reading], *, ids: bool) -> str:
    """What a node is found by: name, id, and the name spelt out in full and by initials."""
    fields = [node.name, *([node.key.native] if ids else ())]
    if _HAN.search(node.name):
        # In both, what is not Chinese stays as it is.
        for full in (True, False):

            def reading(run: re.Match[str], full: bool = full) -> str:
                found = spelt.get(run.group())
                return run.group() if found is None else found.full if full else found.initials

            fields.append(_HAN.sub(reading, node.name))
    return "".join(_FIELD + _narrow(field.casefold()) for field in fields)


def _narrow(text: str) -> str:
    """The text's UTF-8 with a character for each byte: it holds the same parts as the text does.

    One Chinese character would double what the whole line takes with its pinyin. Bytes are no
    larger, but searched at a third of the speed.
    """
    # A vendor's JSON may hold half a character.
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


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
        indexes = self._indexes.values()
        hits = [hit for index in indexes for hit in index.find(text, favourites, limit)]
        if len(indexes) > 1:
            hits.sort(key=lambda hit: (hit.rank, not hit.favourite))
        return hits if limit is None else hits[:limit]
