"""The user's own data: logins without their secrets, favourites, names, bookmarks, what was done.

Nothing here can be asked for again, so every change is on the disk before a call returns, the file
is copied before a new version migrates it, and a damaged one is never replaced by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vsconsole.domain.errors import Conflict, StorageError
from vsconsole.domain.model import Account, Key, now
from vsconsole.domain.timeline import from_ms, to_ms
from vsconsole.i18n import _
from vsconsole.store import ptz_book, views
from vsconsole.store.database import DamagedError, Database, TooNewError
from vsconsole.store.marks import Bookmark, MarkTables

__all__ = ["AuditEntry", "Bookmark", "Catalog"]

_STEPS = (
    """
    CREATE TABLE account (
        id TEXT PRIMARY KEY,
        vendor TEXT NOT NULL,
        name TEXT NOT NULL UNIQUE,
        options TEXT NOT NULL,
        place INTEGER NOT NULL
    );
    CREATE TABLE favourite (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        place INTEGER NOT NULL,
        PRIMARY KEY (account, native)
    );
    CREATE TABLE preset_name (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        number INTEGER NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (account, native, number)
    );
    CREATE TABLE bookmark (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        begin INTEGER NOT NULL,
        end INTEGER NOT NULL,
        title TEXT NOT NULL,
        note TEXT NOT NULL,
        made INTEGER NOT NULL
    );
    CREATE INDEX bookmark_by_time ON bookmark (account, native, begin);
    CREATE TABLE state (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    );
    CREATE TABLE clock_offset (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        seconds REAL NOT NULL,
        PRIMARY KEY (account, native)
    );
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        account TEXT NOT NULL,
        endpoint TEXT NOT NULL,
        params TEXT NOT NULL,
        outcome TEXT NOT NULL
    );
    CREATE INDEX audit_by_time ON audit (at);
    CREATE TRIGGER audit_keeps_what_was BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit log is only added to');
    END;
    CREATE TRIGGER audit_keeps_all BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit log is only added to');
    END;
    """,
    views.STEP,
    """
    ALTER TABLE bookmark ADD COLUMN colour TEXT NOT NULL DEFAULT '';
    ALTER TABLE bookmark ADD COLUMN place TEXT NOT NULL DEFAULT '';
    ALTER TABLE bookmark ADD COLUMN zone TEXT NOT NULL DEFAULT '';
    CREATE TABLE exported (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        store TEXT NOT NULL,
        begin INTEGER NOT NULL,
        end INTEGER NOT NULL,
        path TEXT NOT NULL,
        made INTEGER NOT NULL,
        PRIMARY KEY (account, native, store, begin, end, path)
    );
    """,
    ptz_book.STEP,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """A call that changed something at a vendor; `params` hold no secret.

    `outcome` is "ok" or the name of the error's class.
    """

    number: int
    at: datetime
    account: str
    endpoint: str
    params: Mapping[str, Any]
    outcome: str


class Catalog(MarkTables):
    """One file of the user's own data; thread-safe."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; StorageError where it is damaged, newer or out of reach."""
        try:
            self._database = Database(path, _STEPS, synchronous="FULL", backup=True)
        except TooNewError:
            raise
        except DamagedError as error:
            raise _damaged(path, error) from error
        self.views = views.ViewStore(self._database)
        """Saved views of the wall, and tours."""
        self.ptz = ptz_book.PtzBook(self._database.read, self._database.write)
        """Presets' names, order and pictures, and patrols."""

    def close(self) -> None:
        self._database.close()

    # Accounts

    def accounts(self) -> list[Account]:
        """Every saved login in the user's order."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, vendor, name, options FROM account ORDER BY place"
            ).fetchall()
        return [
            Account(id=row[0], vendor=row[1], name=row[2], options=json.loads(row[3]))
            for row in rows
        ]

    def save_account(self, account: Account) -> None:
        """Adds a login, or changes the one with this id; Conflict where the name is taken."""
        options = json.dumps(dict(account.options), ensure_ascii=False)
        with self._database.write() as connection:
            taken = connection.execute(
                "SELECT 1 FROM account WHERE name = ? AND id <> ?", (account.name, account.id)
            ).fetchone()
            if taken:
                raise Conflict(
                    _("There is already an account named {name}.").format(name=account.name),
                    remedy=_("Choose another name."),
                )
            connection.execute(
                "INSERT INTO account (id, vendor, name, options, place) "
                "VALUES (?, ?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM account)) "
                "ON CONFLICT (id) DO UPDATE SET vendor = excluded.vendor, name = excluded.name, "
                "options = excluded.options",
                (account.id, account.vendor, account.name, options),
            )

    def delete_account(self, account: str) -> None:
        """Removes a login and what the user had added to its channels; the audit log stays."""
        with self._database.write() as connection:
            connection.execute("DELETE FROM account WHERE id = ?", (account,))
            connection.execute("DELETE FROM favourite WHERE account = ?", (account,))
            connection.execute("DELETE FROM preset_name WHERE account = ?", (account,))
            connection.execute("DELETE FROM bookmark WHERE account = ?", (account,))
            connection.execute("DELETE FROM clock_offset WHERE account = ?", (account,))
            connection.execute("DELETE FROM exported WHERE account = ?", (account,))
            self.ptz.forget_account(account)

    def order_accounts(self, ids: Iterable[str]) -> None:
        """Keeps the order the user put the accounts in."""
        with self._database.write() as connection:
            connection.executemany(
                "UPDATE account SET place = ? WHERE id = ?",
                [(place, account) for place, account in enumerate(ids)],
            )

    # Favourites

    def favourites(self) -> list[Key]:
        """The favourite channels in the user's order."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT account, native FROM favourite ORDER BY place"
            ).fetchall()
        return [Key(*row) for row in rows]

    def set_favourites(self, channels: Iterable[Key]) -> None:
        """Keeps the favourite channels in this order."""
        rows = [(key.account, key.native, i) for i, key in enumerate(dict.fromkeys(channels))]
        with self._database.write() as connection:
            connection.execute("DELETE FROM favourite")
            connection.executemany(
                "INSERT INTO favourite (account, native, place) VALUES (?, ?, ?)", rows
            )

    # Names of presets, for vendors that keep none

    def preset_names(self, channel: Key) -> dict[int, str]:
        """The names given to a channel's presets, by number."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT number, name FROM preset_name WHERE account = ? AND native = ? "
                "ORDER BY number",
                (channel.account, channel.native),
            ).fetchall()
        return dict(rows)

    def name_preset(self, channel: Key, number: int, name: str) -> None:
        """Keeps a preset's name; an empty one removes it."""
        with self._database.write() as connection:
            if name:
                connection.execute(
                    "INSERT OR REPLACE INTO preset_name (account, native, number, name) "
                    "VALUES (?, ?, ?, ?)",
                    (channel.account, channel.native, number, name),
                )
            else:
                connection.execute(
                    "DELETE FROM preset_name WHERE account = ? AND native = ? AND number = ?",
                    (channel.account, channel.native, number),
                )

    # State of the window, views, layouts

    def state(self, name: str, default: Any = None) -> Any:
        """The JSON value kept under `name`."""
        with self._database.read() as connection:
            row = connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else default

    def set_state(self, name: str, value: Any) -> None:
        """Keeps a JSON value under `name`; None removes it."""
        self.set_states({name: value})

    def set_states(self, values: Mapping[str, Any]) -> None:
        """Keeps several values together or none of them."""
        rows = [(name, json.dumps(v, ensure_ascii=False)) for name, v in values.items()]
        with self._database.write() as connection:
            connection.executemany("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", rows)
            connection.execute("DELETE FROM state WHERE value = 'null'")

    def state_names(self, prefix: str = "") -> list[str]:
        """The names of the values kept, those that begin with `prefix`, sorted."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT name FROM state WHERE substr(name, 1, ?) = ? ORDER BY name",
                (len(prefix), prefix),
            ).fetchall()
        return [row[0] for row in rows]

    # How far a channel's clock is off

    def clock_offset(self, channel: Key) -> float:
        """Seconds to add to a channel's times to get the right ones; 0 where none was set."""
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT seconds FROM clock_offset WHERE account = ? AND native = ?",
                (channel.account, channel.native),
            ).fetchone()
        return float(row[0]) if row else 0.0

    def set_clock_offset(self, channel: Key, seconds: float) -> None:
        """Keeps what to add to a channel's times."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO clock_offset (account, native, seconds) VALUES (?, ?, ?)",
                (channel.account, channel.native, seconds),
            )

    # What was done

    def audit(self, account: str, endpoint: str, params: Mapping[str, Any], outcome: str) -> None:
        """Adds a line to the log of changes; `params` come redacted."""
        text = json.dumps(dict(params), ensure_ascii=False, default=str)
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO audit (at, account, endpoint, params, outcome) VALUES (?, ?, ?, ?, ?)",
                (to_ms(now()), account, endpoint, text, outcome),
            )

    def audited(self, *, limit: int = 1000, before: int | None = None) -> list[AuditEntry]:
        """The newest lines of the log first, at most `limit`; `before` a number for older ones."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT number, at, account, endpoint, params, outcome FROM audit "
                "WHERE ? IS NULL OR number < ? ORDER BY number DESC LIMIT ?",
                (before, before, limit),
            ).fetchall()
        return [
            AuditEntry(
                number=row[0],
                at=from_ms(row[1]),
                account=row[2],
                endpoint=row[3],
                params=json.loads(row[4]),
                outcome=row[5],
            )
            for row in rows
        ]


def _damaged(path: Path, error: DamagedError) -> StorageError:
    copies = sorted(path.parent.glob(f"{path.name}.v*"), key=lambda copy: copy.stat().st_mtime)
    if copies:
        remedy = _("Restore it from a backup; the copy {copy} is the newest here.").format(
            copy=copies[-1].name
        )
    else:
        remedy = _("Restore it from a backup, or rename it to begin with an empty one.")
    return StorageError(
        _("Your accounts and bookmarks in {path} cannot be read.").format(path=path),
        why=error.why,
        remedy=remedy,
    )
