"""SQLite as this program uses it: one writer, readers beside it, versions by steps, told errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, TypeVar

from vsconsole.domain.errors import DiskFull, NotWritable, StorageError
from vsconsole.i18n import _
from vsconsole.store.files import put_aside, told

T = TypeVar("T")

COMPANIONS = ("", "-wal", "-shm")
"""The files a database in WAL mode consists of, as endings of its name."""

_WAIT_SECONDS = 10.0
_ATTEMPTS = 2


class DamagedError(StorageError):
    """The file is no sound database of this program's."""


class TooNewError(DamagedError):
    """A newer version of the program has written the file."""


class ClosedError(StorageError):
    """The database was closed before it was used."""


class Database:
    """Connections to one file: `write()` for one thread at a time, `read()` beside it.

    `steps` are the scripts that lead from each version to the next, the first from an empty file;
    the file's version is their number. Never change a step that was released: add one.
    """

    def __init__(
        self,
        path: Path,
        steps: Sequence[str],
        *,
        synchronous: Literal["NORMAL", "FULL"] = "NORMAL",
        backup: bool = False,
    ) -> None:
        """Opens, and where needed makes or migrates it; DamagedError, TooNewError, StorageError.

        With `backup` a copy is kept beside it (`<name>.v<version>`) before it is migrated.
        """
        self.path = path
        self._writing = threading.RLock()
        self._reading = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._reader: sqlite3.Connection | None = None
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with self._told():
                self._writer = self._connect(synchronous)
                self._migrate(self._writer, steps, backup)
                self._reader = self._connect(synchronous)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction: kept as a whole when the block ends, dropped when it raises."""
        with self._writing, self._told():
            connection = self._open(self._writer)
            if _busy(connection):
                # Inside a block of the same thread: the outer one decides.
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if _busy(connection):
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """One consistent view of what was written, without waiting for a writer."""
        with self._reading, self._told():
            connection = self._open(self._reader)
            if _busy(connection):
                yield connection
                return
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if _busy(connection):
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the file; further use raises StorageError."""
        with self._writing, self._reading:
            for connection in (self._reader, self._writer):
                if connection is not None:
                    connection.close()
            self._reader = self._writer = None

    def _open(self, connection: sqlite3.Connection | None) -> sqlite3.Connection:
        if connection is None:
            raise ClosedError(_("{name} is closed.").format(name=self.path.name))
        return connection

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={synchronous}")
            connection.execute("PRAGMA foreign_keys=ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection, steps: Sequence[str], backup: bool) -> None:
        version = _version(connection)
        if version > len(steps):
            raise TooNewError(
                _("{name} was written by a newer version of this program.").format(
                    name=self.path.name
                ),
                remedy=_("Install the newer version, or use another profile."),
            )
        if version == len(steps):
            return
        if backup and version:
            self._back_up(connection, version)
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have done it while this one waited for its turn.
            for step in steps[_version(connection) :]:
                for statement in _statements(step):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={len(steps)}")
            connection.execute("COMMIT")
        except BaseException:
            if _busy(connection):
                connection.execute("ROLLBACK")
            raise

    def _back_up(self, connection: sqlite3.Connection, version: int) -> None:
        target = self.path.with_name(f"{self.path.name}.v{version}")
        unfinished = target.with_name(f"{target.name}.new")
        with told(unfinished):
            unfinished.unlink(missing_ok=True)
            copy = sqlite3.connect(unfinished)
            try:
                connection.backup(copy)
            finally:
                copy.close()
            unfinished.replace(target)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns SQLite's errors into the program's own."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._error(error) from error

    def _error(self, error: sqlite3.Error) -> Exception:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        why = str(error)
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return self._damaged(why)
        if code == sqlite3.SQLITE_FULL:
            return DiskFull(
                _("No room is left to write {path}.").format(path=self.path),
                why=why,
                remedy=_("Free some space on this disk, then try again."),
            )
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
            return NotWritable(
                _("{path} cannot be written.").format(path=self.path),
                why=why,
                remedy=_("Give your user the right to write there, or choose another profile."),
            )
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return StorageError(
                _("{path} is in use by another program.").format(path=self.path),
                why=why,
                remedy=_("Close other windows of this program, then try again."),
                retryable=True,
            )
        if code == sqlite3.SQLITE_IOERR:
            return StorageError(
                _("{path} could not be read or written.").format(path=self.path),
                why=why,
                remedy=_("Check the disk, then try again."),
            )
        # A wrong statement is a bug of ours, not the disk's.
        return error

    def _damaged(self, why: str) -> DamagedError:
        return DamagedError(
            _("{path} is damaged.").format(path=self.path),
            why=why,
            remedy=_("Restore it from a backup, or put it aside to begin anew."),
        )


class Rebuildable:
    """A database of what can be asked for again: a damaged file is put aside and begun anew.

    That is noticed at opening (a newer program's file counts as damaged) and in every use;
    `on_damage` is called with the file's new name, on whatever thread found it.
    """

    def __init__(
        self, path: Path, steps: Sequence[str], on_damage: Callable[[Path], object]
    ) -> None:
        """Opens or makes the file; StorageError where the place cannot be used."""
        self._path = path
        self._steps = steps
        self._on_damage = on_damage
        self._renewing = threading.Lock()
        try:
            self._database = Database(path, steps)
        except DamagedError:
            self._database = self._begin_anew()

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does `work` in one transaction; again from its start where the file proves damaged."""

        def whole(database: Database) -> T:
            with database.write() as connection:
                return work(connection)

        return self._using(whole)

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Does `work`, which only reads, in one consistent view."""

        def whole(database: Database) -> T:
            with database.read() as connection:
                return work(connection)

        return self._using(whole)

    def close(self) -> None:
        self._database.close()

    def _using(self, work: Callable[[Database], T]) -> T:
        for _attempt in range(_ATTEMPTS):
            database = self._database
            try:
                return work(database)
            except DamagedError:
                self._renew(database)
            except ClosedError:
                # Another thread has met the damage and is beginning anew, or all is over.
                with self._renewing:
                    if self._database is database:
                        raise
        return work(self._database)

    def _renew(self, damaged: Database) -> None:
        with self._renewing:
            # Another thread may have met the damage first.
            if self._database is damaged:
                damaged.close()
                self._database = self._begin_anew()

    def _begin_anew(self) -> Database:
        aside = put_aside(self._path, COMPANIONS)
        database = Database(self._path, self._steps)
        self._on_damage(aside)
        return database


def _busy(connection: sqlite3.Connection) -> bool:
    return connection.in_transaction


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, each ending with its line.

    `executescript` would end the transaction they belong to.
    """
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    assert not statement.strip(), "a script ends with a semicolon"
