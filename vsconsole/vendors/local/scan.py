"""Brings the index up to what lies in the folder: first what there is, then what is in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from vsconsole.domain import cancel
from vsconsole.vendors.local.index import Found, Index
from vsconsole.vendors.local.reading import read_media
from vsconsole.vendors.local.tree import Place
from vsconsole.vendors.local.walk import walk

_BATCH = 200
_BATCH_SECONDS = 0.25
_KEEP_EVERY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file or folder that could not be used, or not wholly, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanProgress:
    """How far a scan is: `read` of `to_read` files, once all `folders` have been looked into."""

    folders: int
    files: int
    read: int
    to_read: int


class Scan:
    """One walk over the folder; every step can be called off, and what is done stays done."""

    def __init__(
        self,
        root: Path,
        index: Index,
        on_unreadable: Callable[[Sequence[Problem]], object],
        on_progress: Callable[[ScanProgress], object] | None,
    ) -> None:
        """`on_unreadable` hears of folders that could not be read before anything is forgotten."""
        self._root = root
        self._index = index
        self._on_unreadable = on_unreadable
        self._on_progress = on_progress
        self._folders = self._files = self._read = self._to_read = 0
        self._batch: list[Place] = []
        self._sent = monotonic()
        self._said: set[str] = set()

    def find(self) -> Iterator[Sequence[Place]]:
        """Adds, changes and forgets files; gives each channel once, in batches as they are met.

        Files in folders that cannot be read just now are kept.
        """
        index = self._index
        known = index.known()
        seen: set[tuple[str, ...]] = set()
        unreadable: dict[tuple[str, ...], Problem] = {}
        for folder in walk(self._root):
            self._folders += 1
            self._files += len(folder.files)
            if folder.reason:
                unreadable[folder.path] = Problem(
                    path=self._root.joinpath(*folder.path), reason=folder.reason
                )
            seen.update(found.path for found in folder.files)
            changed = [
                found
                for found in folder.files
                if known.get(found.path) != (found.size, found.mtime_ns)
            ]
            if changed:
                index.add(changed)
            for found in folder.files:
                self._say(index.place(found.path))
            self._tell()
            if len(self._batch) >= _BATCH or monotonic() - self._sent > _BATCH_SECONDS:
                yield from self._send()
        self._on_unreadable(tuple(unreadable.values()))
        gone = []
        for path in sorted(known.keys() - seen):
            if _below(path, unreadable):
                self._say(index.place(path))
            else:
                gone.append(path)
        if gone:
            index.remove(gone)
        index.set_scanned()
        yield from self._send()

    def read(self) -> None:
        """Looks inside every file that is new or changed, the newest first."""
        unread = self._index.unread()
        self._to_read = len(unread)
        for i in range(0, len(unread), _KEEP_EVERY):
            self._read_some(unread[i : i + _KEEP_EVERY])

    def _read_some(self, files: Sequence[Found]) -> None:
        read = []
        try:
            for found in files:
                cancel.check()
                read.append((found, read_media(self._root.joinpath(*found.path))))
                self._read += 1
                self._tell()
        finally:
            self._index.keep(read)

    def _say(self, place: Place) -> None:
        if place.native not in self._said:
            self._said.add(place.native)
            self._batch.append(place)

    def _send(self) -> Iterator[Sequence[Place]]:
        batch, self._batch = self._batch, []
        self._sent = monotonic()
        if batch:
            yield batch

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(
                ScanProgress(
                    folders=self._folders,
                    files=self._files,
                    read=self._read,
                    to_read=self._to_read,
                )
            )


def _below(path: tuple[str, ...], folders: Mapping[tuple[str, ...], object]) -> bool:
    """Whether one of `folders` is above `path`."""
    return any(path[:depth] in folders for depth in range(len(path)))
