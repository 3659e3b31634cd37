"""Groups, devices and channels as rows of the cache and back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from vsconsole.domain.model import (
    NOTHING,
    Ability,
    Channel,
    Device,
    DeviceKind,
    Group,
    Key,
    Node,
    Status,
)
from vsconsole.domain.timeline import from_ms, to_ms

NODE_COLUMNS = (
    "account",
    "native",
    "generation",
    "place",
    "kind",
    "name",
    "parent",
    "status",
    "seen",
    "abilities",
    "zone",
    "raw",
)

_GROUP, _CHANNEL = "group", "channel"
# Other kinds are the DeviceKind's own word.

_STATUSES = {status.value: status for status in Status}
_DEVICE_KINDS = {kind.value: kind for kind in DeviceKind}


class StoredRaw(Mapping[str, Any]):
    """A vendor's own fields, read from their text when first looked into.

    Ten thousand of them are loaded at every start, and hardly one is looked at. One Chinese
    character would double what the text takes: it is kept as UTF-8.
    """

    __slots__ = ("_text", "_values")

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._values: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())

    def text(self) -> str:
        """All of them as JSON, as they were stored."""
        return self._text.decode()

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = json.loads(self._text)
        return self._values


def node_row(generation: int, place: int, node: Node) -> tuple[object, ...]:
    """A node as values for NODE_COLUMNS; `place` orders the nodes of one generation."""
    kind, status, seen, abilities, zone = _GROUP, None, None, None, None
    if not isinstance(node, Group):
        status = node.status.value
        seen = to_ms(node.seen) if node.seen else None
        if isinstance(node, Channel):
            kind, zone = _CHANNEL, node.zone
            abilities = " ".join(sorted(node.abilities))
        else:
            kind = node.kind.value
    if isinstance(node.raw, StoredRaw):
        raw: str | None = node.raw.text()
    else:
        raw = json.dumps(dict(node.raw), ensure_ascii=False, default=str) if node.raw else None
    return (
        node.key.account,
        node.key.native,
        generation,
        place,
        kind,
        node.name,
        node.parent.native if node.parent else None,
        status,
        seen,
        abilities,
        zone,
        raw,
    )


class NodeReader:
    """Turns rows of one account back into nodes; parents' keys and abilities are shared."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._parents: dict[str, Key] = {}
        self._abilities: dict[str, frozenset[Ability]] = {}

    def node(self, row: tuple[Any, ...]) -> Node:
        """The node of a row of NODE_COLUMNS."""
        _account, native, _generation, _place, kind, name, above, state, at, able, zone, raw = row
        key = Key(self._account, native)
        parent = self._parent(above) if above is not None else None
        fields = StoredRaw(raw) if raw else NOTHING
        if kind == _GROUP:
            return Group(key=key, name=name, parent=parent, raw=fields)
        # A word of a later version is not worth losing the tree for.
        status = _STATUSES.get(state, Status.UNKNOWN)
        seen: datetime | None = from_ms(at) if at is not None else None
        if kind == _CHANNEL:
            return Channel(
                key=key,
                name=name,
                parent=parent,
                status=status,
                abilities=self._able(able),
                zone=zone,
                seen=seen,
                raw=fields,
            )
        return Device(
            key=key,
            name=name,
            kind=_DEVICE_KINDS.get(kind, DeviceKind.CAMERA),
            parent=parent,
            status=status,
            seen=seen,
            raw=fields,
        )

    def _parent(self, native: str) -> Key:
        key = self._parents.get(native)
        if key is None:
            key = self._parents[native] = Key(self._account, native)
        return key

    def _able(self, words: str) -> frozenset[Ability]:
        abilities = self._abilities.get(words)
        if abilities is None:
            known = {ability.value: ability for ability in Ability}
            abilities = frozenset(known[word] for word in words.split() if word in known)
            self._abilities[words] = abilities
        return abilities
