"""How much each account was used on each day: calls, bytes of answers, bytes of media.

Vendors tell none of it, so it lies with the user's own data; a damaged file is begun anew all the
same, since a count that starts late does no harm.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import TypeAlias

from vsconsole.domain.errors import CacheDamaged
from vsconsole.i18n import _
from vsconsole.store.database import Rebuildable

KEPT = timedelta(days=400)
"""How far back days are kept."""

_STEPS = (
    """
    CREATE TABLE used (
        account TEXT NOT NULL,
        day TEXT NOT NULL,
        calls INTEGER NOT NULL,
        refused INTEGER NOT NULL,
        answers INTEGER NOT NULL,
        media INTEGER NOT NULL,
        PRIMARY KEY (account, day)
    ) WITHOUT ROWID;
    """,
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What was used: calls, those of them that were refused for rate or quota, and bytes."""

    calls: int = 0
    refused: int = 0
    answers: int = 0
    media: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            calls=self.calls + other.calls,
            refused=self.refused + other.refused,
            answers=self.answers + other.answers,
            media=self.media + other.media,
        )


Counts: TypeAlias = dict[tuple[str, date], Count]
"""What was used by account and day."""


class UsageStore:
    """The counts of every account in one file; thread-safe, and for several programs at once.

    A damaged file is put aside and begun anew, at opening or in use: `damage` says so then.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; StorageError where the place cannot be used."""
        self.path = path
        self.damage: CacheDamaged | None = None
        self._database = Rebuildable(path, _STEPS, self._warn)

    def close(self) -> None:
        self._database.close()

    def add(self, counts: Mapping[tuple[str, date], Count], first: date) -> Counts:
        """Adds to what is kept; gives all that is kept from `first` on."""
        rows = [
            (account, day.isoformat(), one.calls, one.refused, one.answers, one.media)
            for (account, day), one in counts.items()
        ]

        def work(connection: Connection) -> Counts:
            connection.executemany(
                "INSERT INTO used (account, day, calls, refused, answers, media) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, day) DO UPDATE SET "
                "calls = calls + excluded.calls, refused = refused + excluded.refused, "
                "answers = answers + excluded.answers, media = media + excluded.media",
                rows,
            )
            connection.execute("DELETE FROM used WHERE day < ?", ((first - KEPT).isoformat(),))
            return _since(connection, first)

        return self._database.write(work)

    def since(self, first: date) -> Counts:
        """All that is kept from `first` on."""
        return self._database.read(lambda connection: _since(connection, first))

    def forget(self, account: str) -> None:
        """Drops what is kept of an account."""
        self._database.write(
            lambda connection: connection.execute("DELETE FROM used WHERE account = ?", (account,))
        )

    def _warn(self, aside: Path) -> None:
        self.damage = CacheDamaged(
            _("The counts of calls and traffic were damaged."),
            why=_("They were put aside as {path}.").format(path=aside),
            remedy=_("They begin anew; what vendors still allow is seen in their consoles."),
        )
        _log.warning("usage counts damaged, put aside as %s", aside)


def _since(connection: Connection, first: date) -> Counts:
    rows = connection.execute(
        "SELECT account, day, calls, refused, answers, media FROM used WHERE day >= ?",
        (first.isoformat(),),
    ).fetchall()
    return {
        (account, date.fromisoformat(day)): Count(
            calls=calls, refused=refused, answers=answers, media=media
        )
        for account, day, calls, refused, answers, media in rows
    }
