"""What vendors told, kept to be quick and to work unplugged; all of it can be asked for again."""

from __future__ import annotations

import logging
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

from vsconsole.domain.errors import CacheDamaged
from vsconsole.domain.model import Key, Node, Store, now
from vsconsole.domain.timeline import Segment, SegmentSet, Span, from_ms, to_ms
from vsconsole.i18n import _
from vsconsole.store.database import Rebuildable
from vsconsole.store.node_rows import NODE_COLUMNS, NodeReader, node_row

TAIL = timedelta(minutes=2)
"""How long after it happened a recording may still be missing from a vendor's list."""

# Answers that touch are kept as one row up to this length, so that today, asked for again and
# again, does not become a row for each time.
_ROW_MS = 26 * 3600 * 1000

_STEPS = (
    """
    CREATE TABLE node (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        generation INTEGER NOT NULL,
        place INTEGER NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        parent TEXT,
        status TEXT,
        seen INTEGER,
        abilities TEXT,
        zone TEXT,
        raw TEXT,
        PRIMARY KEY (account, native)
    ) WITHOUT ROWID;
    CREATE TABLE listing (
        account TEXT PRIMARY KEY,
        generation INTEGER NOT NULL,
        complete INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE coverage (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        store TEXT NOT NULL,
        begin INTEGER NOT NULL,
        end INTEGER NOT NULL,
        segments BLOB NOT NULL,
        PRIMARY KEY (account, native, store, begin)
    ) WITHOUT ROWID;
    """,
)

_log = logging.getLogger(__name__)


class Listing:
    """Takes the batches of one listing of an account; made by `Cache.listing`."""

    def __init__(self, cache: Cache, account: str, generation: int) -> None:
        self._cache = cache
        self._account = account
        self._generation = generation
        self._count = 0
        self._reader = NodeReader(account)

    def add(self, nodes: Sequence[Node]) -> list[Node]:
        """Keeps a batch; it can be read at once, among what earlier listings found.

        Gives the nodes as they will be read, which take half the memory.
        """
        rows = [
            node_row(self._generation, place, node)
            for place, node in enumerate(nodes, start=self._count)
        ]
        self._count += len(rows)
        marks = ", ".join("?" * len(NODE_COLUMNS))
        statement = f"INSERT OR REPLACE INTO node ({', '.join(NODE_COLUMNS)}) VALUES ({marks})"  # noqa: S608 - our own names
        self._cache._database.write(lambda connection: connection.executemany(statement, rows))
        return [self._reader.node(row) for row in rows]


class Cache:
    """Trees and coverage of every account in one file; thread-safe.

    A damaged file is put aside and begun anew, at opening or in use: `damage` says so then.
    """

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; StorageError where the place cannot be used."""
        self.path = path
        self.damage: CacheDamaged | None = None
        self._database = Rebuildable(path, _STEPS, self._warn)

    def close(self) -> None:
        self._database.close()

    # Trees

    @contextmanager
    def listing(self, account: str) -> Iterator[Listing]:
        """A new listing of an account's nodes; what it did not name is dropped when it is whole.

        When the block raises, everything known before stays, beside what had come.
        """
        generation = self._database.write(lambda connection: _next_generation(connection, account))
        yield Listing(self, account, generation)
        self._database.write(lambda connection: _complete(connection, account, generation))

    def replace_nodes(self, account: str, nodes: Iterable[Node]) -> None:
        """A whole listing at once."""
        with self.listing(account) as listing:
            listing.add(tuple(nodes))

    def nodes(self, account: str) -> list[Node]:
        """Everything known of an account, in the vendor's order, parents first."""
        statement = (
            f"SELECT {', '.join(NODE_COLUMNS)} FROM node WHERE account = ? "  # noqa: S608
            "ORDER BY generation DESC, place"
        )
        rows = self._database.read(
            lambda connection: connection.execute(statement, (account,)).fetchall()
        )
        reader = NodeReader(account)
        return [reader.node(row) for row in rows]

    def node(self, key: Key) -> Node | None:
        """One node; None where it is not known."""
        statement = f"SELECT {', '.join(NODE_COLUMNS)} FROM node WHERE account = ? AND native = ?"  # noqa: S608
        row = self._database.read(
            lambda connection: connection.execute(statement, (key.account, key.native)).fetchone()
        )
        return NodeReader(key.account).node(row) if row else None

    def listed(self, account: str) -> datetime | None:
        """When the last whole listing of the account ended; None before the first."""
        row = self._database.read(
            lambda connection: connection.execute(
                "SELECT complete FROM listing WHERE account = ?", (account,)
            ).fetchone()
        )
        return from_ms(row[0]) if row and row[0] is not None else None

    # Coverage

    def known(self, channel: Key, store: Store, span: Span) -> tuple[SegmentSet, list[Span]]:
        """What is recorded in `span` as far as known, and the parts nothing is known of."""
        low, high = to_ms(span.begin), to_ms(span.end)
        rows = self._database.read(
            lambda connection: _touching(connection, channel, store, low, high)
        )
        sets = [_unpacked(row[2]) for row in rows]
        known = SegmentSet.of_spans(Span(from_ms(begin), from_ms(end)) for begin, end, _s in rows)
        return SegmentSet().union(*sets).clip(span), known.gaps(span)

    def remember(
        self,
        channel: Key,
        store: Store,
        span: Span,
        segments: Iterable[Segment],
        *,
        until: datetime | None = None,
    ) -> None:
        """Keeps a vendor's answer for `span`; what was known of it before is forgotten.

        Nothing after `until` counts as known: it may not have been recorded or listed yet when the
        vendor was asked. Pass the instant of asking less TAIL; the default takes it from now.
        """
        end = min(span.end, now() - TAIL if until is None else until)
        if end <= span.begin:
            return
        found = SegmentSet.of(segments).clip(Span(span.begin, end))
        low, high = to_ms(span.begin), to_ms(end)
        self._database.write(
            lambda connection: _replace(connection, channel, store, low, high, found)
        )

    def forget_coverage(self, channel: Key, store: Store, span: Span) -> None:
        """Makes `span` unknown again, to ask for it anew."""
        low, high = to_ms(span.begin), to_ms(span.end)
        self._database.write(lambda connection: _cut_out(connection, channel, store, low, high))

    def forget(self, account: str) -> None:
        """Drops everything known of an account."""

        def drop(connection: Connection) -> None:
            connection.execute("DELETE FROM node WHERE account = ?", (account,))
            connection.execute("DELETE FROM listing WHERE account = ?", (account,))
            connection.execute("DELETE FROM coverage WHERE account = ?", (account,))

        self._database.write(drop)

    def _warn(self, aside: Path) -> None:
        self.damage = CacheDamaged(
            _("The list of cameras and recordings kept on this computer was damaged."),
            why=_("It was put aside as {path}.").format(path=aside),
            remedy=_("Nothing is lost: it is asked for again as you go."),
        )
        _log.warning("cache damaged, put aside as %s", aside)


def _next_generation(connection: Connection, account: str) -> int:
    connection.execute(
        "INSERT INTO listing (account, generation) VALUES (?, 1) "
        "ON CONFLICT (account) DO UPDATE SET generation = generation + 1",
        (account,),
    )
    row = connection.execute("SELECT generation FROM listing WHERE account = ?", (account,))
    return int(row.fetchone()[0])


def _complete(connection: Connection, account: str, generation: int) -> None:
    # A listing that was overtaken by a newer one does not take that one's nodes away.
    connection.execute(
        "DELETE FROM node WHERE account = ? AND generation < ?", (account, generation)
    )
    connection.execute("UPDATE listing SET complete = ? WHERE account = ?", (to_ms(now()), account))


def _touching(
    connection: Connection, channel: Key, store: Store, low: int, high: int
) -> list[tuple[int, int, bytes]]:
    """Rows that overlap or touch [low, high), in order."""
    return connection.execute(
        "SELECT begin, end, segments FROM coverage "
        "WHERE account = ? AND native = ? AND store = ? AND begin <= ? AND end >= ? ORDER BY begin",
        (channel.account, channel.native, store.value, high, low),
    ).fetchall()


def _cut_out(connection: Connection, channel: Key, store: Store, low: int, high: int) -> None:
    """Leaves only what rows know outside [low, high)."""
    for begin, end, blob in _touching(connection, channel, store, low, high):
        if end <= low or begin >= high:
            continue
        _delete(connection, channel, store, begin)
        known = _unpacked(blob)
        for left, right in ((begin, min(end, low)), (max(begin, high), end)):
            if left < right:
                kept = known.clip(Span(from_ms(left), from_ms(right)))
                _insert(connection, channel, store, left, right, kept)


def _replace(
    connection: Connection, channel: Key, store: Store, low: int, high: int, found: SegmentSet
) -> None:
    _cut_out(connection, channel, store, low, high)
    for begin, end, blob in _touching(connection, channel, store, low, high):
        if max(end, high) - min(begin, low) <= _ROW_MS:
            _delete(connection, channel, store, begin)
            low, high = min(begin, low), max(end, high)
            found = found.union(_unpacked(blob))
    _insert(connection, channel, store, low, high, found)


def _delete(connection: Connection, channel: Key, store: Store, begin: int) -> None:
    connection.execute(
        "DELETE FROM coverage WHERE account = ? AND native = ? AND store = ? AND begin = ?",
        (channel.account, channel.native, store.value, begin),
    )


def _insert(
    connection: Connection, channel: Key, store: Store, begin: int, end: int, found: SegmentSet
) -> None:
    connection.execute(
        "INSERT INTO coverage (account, native, store, begin, end, segments) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (channel.account, channel.native, store.value, begin, end, _packed(found)),
    )


def _packed(segments: SegmentSet) -> bytes:
    """Begin, end and kind of each as 64-bit numbers of this machine; the cache never leaves it."""
    flat = array("q")
    for row in segments.rows():
        flat.extend(row)
    return flat.tobytes()


def _unpacked(blob: bytes) -> SegmentSet:
    flat = array("q")
    flat.frombytes(blob)
    return SegmentSet(zip(flat[0::3], flat[1::3], flat[2::3], strict=True))
