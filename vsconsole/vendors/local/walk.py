"""Finds video files below a folder; a folder that cannot be read never stops the rest."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vsconsole.domain import cancel
from vsconsole.vendors.local.index import Found

ENDINGS = frozenset(
    ".mp4 .m4v .mov .mkv .ts .m2ts .mts .flv .avi .mpg .mpeg .ps .vob .dav".split()  # noqa: SIM905
)
"""The kinds of files that are footage, by the ends of their names in lower case."""

# Folders in which systems and disk stations keep what is theirs.
_NOT_OURS = frozenset(
    {"$recycle.bin", "system volume information", "lost+found", "@eadir", "#recycle", "#snapshot"}
)
# The end of the year 2200: disks with a broken clock have dates beyond what Python can count.
_LATEST_NS = 7_289_654_400 * 10**9
_NUMBERS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """One folder that was looked into; `reason` says why it could not be, then without files."""

    path: tuple[str, ...]
    files: tuple[Found, ...] = ()
    reason: str = ""


def walk(root: Path) -> Iterator[Folder]:
    """Every folder below `root`, itself first, one at a time; raises Cancelled.

    Links to folders are followed, each folder is entered once.
    """
    seen: set[tuple[int, int]] = set()
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        cancel.check()
        path = waiting.pop()
        try:
            if not _first_time(root.joinpath(*path), seen):
                continue
            folder, below = look_into(root, path)
        except OSError as error:
            yield Folder(path=path, reason=why(error))
            continue
        yield folder
        waiting.extend(reversed(below))


def found(path: tuple[str, ...], about: os.stat_result) -> Found:
    """A file as the system describes it; dates that no calendar has are brought to its ends."""
    mtime = max(0, min(about.st_mtime_ns, _LATEST_NS))
    return Found(path=path, size=about.st_size, mtime_ns=mtime)


def why(error: OSError) -> str:
    """The system's reason in words."""
    return error.strerror or type(error).__name__


def look_into(root: Path, path: tuple[str, ...]) -> tuple[Folder, list[tuple[str, ...]]]:
    """A folder's footage and the folders in it, both as people sort names; OSError."""
    files: list[Found] = []
    below: list[tuple[str, ...]] = []
    with os.scandir(root.joinpath(*path)) as entries:
        for entry in entries:
            cancel.check()
            name = entry.name
            if name.startswith(".") or name.lower() in _NOT_OURS:
                continue
            try:
                if entry.is_dir():
                    below.append((*path, name))
                elif os.path.splitext(name)[1].lower() in ENDINGS and entry.is_file():  # noqa: PTH122
                    files.append(found((*path, name), entry.stat()))
            except OSError:
                # Gone since the folder was listed, or a link to nowhere: no footage either way.
                continue
    files.sort(key=lambda file: _as_people_sort(file.path[-1]))
    below.sort(key=lambda folder: _as_people_sort(folder[-1]))
    return Folder(path=path, files=tuple(files)), below


def _first_time(place: Path, seen: set[tuple[int, int]]) -> bool:
    """Notes a folder; False where it was reached before by another way."""
    about = place.stat()
    mark = (about.st_dev, about.st_ino)
    # Some network drives number nothing; without numbers only links could lead in circles there.
    if about.st_ino and mark in seen:
        return False
    seen.add(mark)
    return True


def _as_people_sort(name: str) -> list[tuple[int, str]]:
    """A key that puts camera 2 before camera 10."""
    return [
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part.casefold())
        for part in _NUMBERS.split(name)
    ]
