"""The tree of one listing: directories, devices, and cameras below those that hold others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vsconsole.domain.model import Channel, Device, Group, Key, Node
from vsconsole.vendors.ctyun import mapping
from vsconsole.vendors.ctyun.mapping import Directory, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something to list: a directory, the cameras of a device, or with neither the root."""

    directory: str = ""
    device: str = ""

    @property
    def params(self) -> dict[str, str]:
        """What names it in a question; nothing for the root."""
        named = {"DirId": self.directory, "ParentDeviceId": self.device}
        return {name: value for name, value in named.items() if value}


ROOT = Place()


class Walk:
    """Makes nodes of what places hold, parents first and each once, and says where to look next.

    Assumed: a place lists what lies in it, not below. Should it list more, a device goes where its
    own row says it belongs.
    """

    def __init__(self, account: str) -> None:
        self._account = account
        self._groups: dict[str, Group] = {}
        self._devices: dict[str, tuple[Device, Entry]] = {}
        self._channels: set[str] = set()
        self._next: list[Place] = []
        self._early: list[tuple[Place, Entry]] = []

    def places(self) -> list[Place]:
        """Where to look next; each is given out once."""
        found, self._next = self._next, []
        return found

    def add(
        self, place: Place, directories: Sequence[Directory], entries: Sequence[Entry]
    ) -> list[Node]:
        """The new nodes of a page of `place`."""
        made: list[Node] = [*self._new_groups(place, directories)]
        for entry in entries:
            if entry.parent and entry.parent != place.device:
                # It comes again with its recorder; by itself only where that is never listed.
                self._early.append((place, entry))
            else:
                made += self._new(place, entry)
        return made

    def left_over(self) -> list[Node]:
        """Nodes for the devices whose own parent never came."""
        waiting, self._early = self._early, []
        return [node for place, entry in waiting for node in self._new(place, entry)]

    def _new_groups(self, place: Place, directories: Sequence[Directory]) -> list[Group]:
        named = {one.id: one for one in directories}
        made: list[Group] = []

        def parent_of(one: Directory, above: frozenset[str]) -> Key | None:
            parent = one.parent
            if parent in named and parent not in above:
                return make(named[parent], above | {parent}).key
            known = self._groups.get(parent) or self._groups.get(place.directory)
            return known.key if known and known.key.native != f"dir:{one.id}" else None

        def make(one: Directory, above: frozenset[str]) -> Group:
            if one.id not in self._groups:
                group = mapping.group(self._account, one, parent_of(one, above))
                self._groups[one.id] = group
                self._next.append(Place(directory=one.id))
                made.append(group)
            return self._groups[one.id]

        for one in directories:
            make(one, frozenset({one.id}))
        return made

    def _new(self, place: Place, entry: Entry) -> Sequence[Node]:
        owner = self._devices.get(place.device)
        if owner is not None and not entry.holds_others:
            return self._new_channel(owner[0], entry, gb28181=owner[1].gb28181)
        if entry.id in self._devices or entry.id in self._channels:
            return []
        group = self._groups.get(entry.directory) or self._groups.get(place.directory)
        parent = owner[0].key if owner is not None else group.key if group is not None else None
        device = mapping.device(self._account, entry, parent)
        self._devices[entry.id] = (device, entry)
        if entry.holds_others:
            self._next.append(Place(device=entry.id))
            return [device]
        return [device, *self._new_channel(device, entry, gb28181=False)]

    def _new_channel(self, owner: Device, entry: Entry, *, gb28181: bool) -> list[Channel]:
        if entry.id in self._channels:
            return []
        self._channels.add(entry.id)
        return [mapping.channel(owner, entry, gb28181=gb28181)]
