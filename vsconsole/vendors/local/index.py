"""What is known of every file of an account: one SQLite file that can be made anew by scanning."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from vsconsole.domain.timeline import SegmentKind, from_ms, to_ms
from vsconsole.store.database import Rebuildable
from vsconsole.vendors.local.names import RULES, NameFacts, read
from vsconsole.vendors.local.tree import Place, packed, place, unpacked

_STEPS = (
    """
    CREATE TABLE file (
        path BLOB PRIMARY KEY,
        size INTEGER NOT NULL,
        mtime INTEGER NOT NULL,
        channel TEXT NOT NULL,
        name_begin INTEGER,
        name_end INTEGER,
        kind INTEGER NOT NULL,
        read INTEGER NOT NULL DEFAULT 0,
        media_begin INTEGER,
        seconds REAL,
        media TEXT NOT NULL DEFAULT '',
        problem TEXT NOT NULL DEFAULT ''
    ) WITHOUT ROWID;
    CREATE INDEX file_by_channel ON file (channel);
    CREATE INDEX file_unread ON file (mtime) WHERE read = 0;
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
)
_COLUMNS = (
    "path, size, mtime, name_begin, name_end, kind, read, media_begin, seconds, media, problem"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A file as a folder's listing shows it; `path` are the parts below the root."""

    path: tuple[str, ...]
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What was read from inside a file; `seconds` is None where nothing in it can be played."""

    begin: datetime | None = None
    seconds: float | None = None
    media: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of the index; times are the recorder's, before any correction."""

    found: Found
    name_begin: datetime | None
    name_end: datetime | None
    kind: SegmentKind
    read: bool
    facts: MediaFacts = field(repr=False)

    @property
    def begin(self) -> datetime | None:
        """From the name, else from inside, else the file's date less its length."""
        if self.name_begin is not None:
            return self.name_begin
        if self.facts.begin is not None:
            return self.facts.begin
        if self.facts.seconds is None:
            return None
        return from_ms(self.found.mtime_ns // 1_000_000) - timedelta(seconds=self.facts.seconds)

    @property
    def estimated(self) -> bool:
        """Whether the begin is only the file's date less its length."""
        return self.name_begin is None and self.facts.begin is None

    @property
    def end(self) -> datetime | None:
        begin = self.begin
        if begin is None or self.facts.seconds is None:
            return None
        return begin + timedelta(seconds=self.facts.seconds)


class Index:
    """The files of one account; thread-safe. A damaged index is put aside and begun anew."""

    def __init__(self, path: Path, zone: str) -> None:
        """Opens or makes it; names are read in `zone`, again where it was another before."""
        self._zone = zone
        self._database = Rebuildable(
            path, _STEPS, lambda aside: _log.warning("index damaged, put aside as %s", aside)
        )
        self._read_names_again()

    def close(self) -> None:
        self._database.close()

    @property
    def scanned(self) -> bool:
        """Whether the folder was ever walked to its end."""
        return self._meta("scanned") == "yes"

    def set_scanned(self) -> None:
        self._database.write(lambda connection: _set_meta(connection, "scanned", "yes"))

    def known(self, folder: tuple[str, ...] = ()) -> dict[tuple[str, ...], tuple[int, int]]:
        """Size and date (ns) of every file in a folder and below it, by path."""
        # As bytes, all that begins with "folder/" lies before "folder0".
        low, high = (packed((*folder, "")), packed(folder) + b"0") if folder else (b"", None)
        rows = self._rows(
            "SELECT path, size, mtime FROM file WHERE path >= ? AND (? IS NULL OR path < ?)",
            (low, high, high),
        )
        return {unpacked(row[0]): (row[1], row[2]) for row in rows}

    def add(self, files: Iterable[Found]) -> None:
        """Adds new files and those that changed; they have to be read."""
        rows = [self._row(found) for found in files]
        self._database.write(
            lambda connection: connection.executemany(
                "INSERT OR REPLACE INTO file "
                "(path, size, mtime, channel, name_begin, name_end, kind) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
        )

    def remove(self, paths: Iterable[tuple[str, ...]]) -> None:
        """Forgets files that are gone."""
        rows = [(packed(path),) for path in paths]
        self._database.write(
            lambda connection: connection.executemany("DELETE FROM file WHERE path = ?", rows)
        )

    def keep(self, read: Iterable[tuple[Found, MediaFacts]]) -> None:
        """Keeps what was read; not where the file has changed since, it is to be read again."""
        rows = [
            (
                to_ms(facts.begin) if facts.begin else None,
                facts.seconds,
                facts.media,
                facts.problem,
                packed(found.path),
                found.size,
                found.mtime_ns,
            )
            for found, facts in read
        ]
        self._database.write(
            lambda connection: connection.executemany(
                "UPDATE file SET read = 1, media_begin = ?, seconds = ?, media = ?, problem = ? "
                "WHERE path = ? AND size = ? AND mtime = ?",
                rows,
            )
        )

    def unread(self) -> list[Found]:
        """Files to be read, the newest first."""
        rows = self._rows(
            "SELECT path, size, mtime FROM file WHERE read = 0 ORDER BY mtime DESC", ()
        )
        return [_found(row) for row in rows]

    def channel(self, native: str) -> list[FileEntry]:
        """Every file of a channel; empty for an unknown one."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM file WHERE channel = ?", (native,))  # noqa: S608
        return [_entry(row) for row in rows]

    def about(self, native: str) -> dict[str, Any]:
        """How many files a channel has, and what the newest of those read is made of."""
        (count,) = self._rows("SELECT count(*) FROM file WHERE channel = ?", (native,))[0]
        rows = self._rows(
            "SELECT media FROM file WHERE channel = ? AND media <> '' ORDER BY mtime DESC LIMIT 1",
            (native,),
        )
        return {"files": count, "media": json.loads(rows[0][0]) if rows else {}}

    def problems(self, native: str | None = None) -> list[tuple[tuple[str, ...], str]]:
        """Path and reason of files that are broken or not finished; of one channel or of all."""
        statement = "SELECT path, problem FROM file WHERE problem <> '' "
        if native is None:
            rows = self._rows(statement + "ORDER BY path", ())
        else:
            rows = self._rows(statement + "AND channel = ? ORDER BY path", (native,))
        return [(unpacked(row[0]), row[1]) for row in rows]

    def place(self, path: tuple[str, ...]) -> Place:
        """The channel a file belongs to."""
        return place(path, read(path, self._zone))

    def _row(self, found: Found) -> tuple[object, ...]:
        facts = read(found.path, self._zone)
        return (
            packed(found.path),
            found.size,
            found.mtime_ns,
            place(found.path, facts).native,
            *_name_times(facts),
        )

    def _read_names_again(self) -> None:
        rules = f"{RULES} {self._zone}"
        if self._meta("rules") == rules:
            return
        changed = []
        for (path,) in self._rows("SELECT path FROM file", ()):
            parts = unpacked(path)
            facts = read(parts, self._zone)
            changed.append((place(parts, facts).native, *_name_times(facts), path))

        def work(connection: Connection) -> None:
            connection.executemany(
                "UPDATE file SET channel = ?, name_begin = ?, name_end = ?, kind = ? "
                "WHERE path = ?",
                changed,
            )
            _set_meta(connection, "rules", rules)

        self._database.write(work)

    def _meta(self, name: str) -> str:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def _rows(self, statement: str, values: Sequence[object]) -> list[Any]:
        return self._database.read(
            lambda connection: connection.execute(statement, values).fetchall()
        )


def _name_times(facts: NameFacts) -> tuple[int | None, int | None, int]:
    return (
        to_ms(facts.begin) if facts.begin else None,
        to_ms(facts.end) if facts.end else None,
        int(facts.kind),
    )


def _set_meta(connection: Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def _found(row: Sequence[Any]) -> Found:
    return Found(path=unpacked(row[0]), size=row[1], mtime_ns=row[2])


def _entry(row: Sequence[Any]) -> FileEntry:
    _path, _size, _mtime, begin, end, kind, done, media_begin, seconds, media, problem = row
    return FileEntry(
        found=_found(row),
        name_begin=from_ms(begin) if begin is not None else None,
        name_end=from_ms(end) if end is not None else None,
        kind=SegmentKind(kind),
        read=bool(done),
        facts=MediaFacts(
            begin=from_ms(media_begin) if media_begin is not None else None,
            seconds=seconds,
            media=media,
            problem=problem,
        ),
    )
