"""What the user put on a channel's time: bookmarks, and which ranges were saved to files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vsconsole.domain.errors import NotFound
from vsconsole.domain.model import Key, Store, now
from vsconsole.domain.timeline import Span, from_ms, to_ms
from vsconsole.i18n import _
from vsconsole.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Bookmark:
    """A range of one channel's time the user gave a title; an instant has an empty span.

    `place` is what the channel was called and `zone` (IANA) what its clock showed when it was made,
    so that it can be read where the channel is gone. A file's `channel` is that of `file_key`.
    """

    id: str
    channel: Key
    span: Span
    title: str
    note: str = ""
    colour: str = ""
    place: str = ""
    zone: str = ""


FILE = "file"
"""The account of what was opened from disk by its path; no saved login has this id."""


def file_key(path: str) -> Key:
    """What belongs to a file opened by its path is kept under this."""
    return Key(FILE, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A range of a channel that was saved to a file."""

    channel: Key
    store: Store
    span: Span
    path: Path


class MarkTables:
    """Their tables in the catalog; every change is on the disk before its call returns."""

    _database: Database

    def bookmarks(self, channel: Key | None = None, span: Span | None = None) -> list[Bookmark]:
        """Bookmarks by begin: a channel's or everyone's, all or those that touch `span`."""
        low = to_ms(span.begin) if span else None
        high = to_ms(span.end) if span else None
        account, native = (channel.account, channel.native) if channel else (None, None)
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT id, account, native, begin, end, title, note, colour, place, zone "
                "FROM bookmark WHERE (? IS NULL OR account = ? AND native = ?) "
                "AND (? IS NULL OR begin < ? AND (end > ? OR begin >= ?)) ORDER BY begin, made",
                (account, account, native, low, high, low, low),
            ).fetchall()
        return [
            Bookmark(
                id=row[0],
                channel=Key(row[1], row[2]),
                span=Span(from_ms(row[3]), from_ms(row[4])),
                title=row[5],
                note=row[6],
                colour=row[7],
                place=row[8],
                zone=row[9],
            )
            for row in rows
        ]

    def save_bookmark(self, bookmark: Bookmark) -> None:
        """Keeps a bookmark as it is now, one that was deleted too; times to the millisecond."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT INTO bookmark (id, account, native, begin, end, title, note, colour, "
                "place, zone, made) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET begin = excluded.begin, end = excluded.end, "
                "title = excluded.title, note = excluded.note, colour = excluded.colour, "
                "place = excluded.place, zone = excluded.zone",
                (
                    bookmark.id,
                    bookmark.channel.account,
                    bookmark.channel.native,
                    to_ms(bookmark.span.begin),
                    to_ms(bookmark.span.end),
                    bookmark.title,
                    bookmark.note,
                    bookmark.colour,
                    bookmark.place,
                    bookmark.zone,
                    to_ms(now()),
                ),
            )

    def delete_bookmark(self, id: str) -> None:
        """Removes a bookmark; NotFound where there is none."""
        with self._database.write() as connection:
            if not connection.execute("DELETE FROM bookmark WHERE id = ?", (id,)).rowcount:
                raise NotFound(_("This bookmark no longer exists."))

    # What was saved to files

    def add_export(self, export: Export) -> None:
        """Notes that a range lies in a file; noted again, it is the same."""
        with self._database.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO exported (account, native, store, begin, end, path, made) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    export.channel.account,
                    export.channel.native,
                    export.store.value,
                    to_ms(export.span.begin),
                    to_ms(export.span.end),
                    str(export.path),
                    to_ms(now()),
                ),
            )

    def exports(self, channel: Key) -> list[Export]:
        """What was saved of a channel, by begin; the files may have been moved since."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT store, begin, end, path FROM exported "
                "WHERE account = ? AND native = ? ORDER BY begin, made",
                (channel.account, channel.native),
            ).fetchall()
        return [
            Export(
                channel=channel,
                store=Store(row[0]),
                span=Span(from_ms(row[1]), from_ms(row[2])),
                path=Path(row[3]),
            )
            for row in rows
        ]
