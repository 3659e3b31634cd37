"""Which channel a file belongs to, and the groups above it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from vsconsole.vendors.local.names import NameFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel: its native id, its name, and the folder it hangs below as parts under the root.

    Ids are `cam:<folder>` for a folder's files, `cam:<folder>//<id>` for those with an id in their
    names, `cam:<file>` for a file that has neither time nor id. No folder is written with `//`, so
    the three never meet.
    """

    native: str
    name: str
    parent: tuple[str, ...]


def place(parts: tuple[str, ...], facts: NameFacts) -> Place:
    """The channel of a file by its path below the root and what its name told."""
    folder = tuple(shown(part) for part in facts.folder)
    path = "/".join(folder) or "."
    if facts.channel:
        channel = shown(facts.channel)
        return Place(native=f"cam:{path}//{channel}", name=channel, parent=folder)
    if facts.begin is None:
        # A single clip; a day's folder above it is as good as any other.
        above = tuple(shown(part) for part in parts[:-1])
        file = shown(parts[-1])
        native = "cam:" + "/".join((*above, file))
        return Place(native=native, name=file.rpartition(".")[0] or file, parent=above)
    if not folder:
        # Named after the account's folder by whoever knows its name.
        return Place(native="cam:.", name="", parent=())
    return Place(native=f"cam:{path}", name=folder[-1], parent=folder[:-1])


def groups(parent: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A folder and those above it, the highest first."""
    for depth in range(1, len(parent) + 1):
        yield parent[:depth]


def group_native(folder: tuple[str, ...]) -> str:
    """The native id of a folder."""
    return "dir:" + "/".join(folder)


def shown(name: str) -> str:
    """A file's name as valid text: bytes that are none, as some disks have, are written out."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def packed(parts: tuple[str, ...]) -> bytes:
    """A path below the root as the index keeps it: the system's own bytes, `/` between parts."""
    return os.fsencode("/".join(parts))


def unpacked(path: bytes) -> tuple[str, ...]:
    """The parts of a packed path."""
    return tuple(os.fsdecode(path).split("/"))
