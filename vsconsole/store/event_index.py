"""Every event that was seen, searchable by any part of its words, at once and unplugged.

SQLite's own tokenizers find words, or three characters and more; Chinese is searched by one or two.
So a text is indexed by each of its characters together with the one that follows: a phrase of such
pairs is exactly a part of the text, and one character is where a pair begins.
"""

from __future__ import annotations

import json
import logging
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from vsconsole.domain.errors import CacheDamaged
from vsconsole.domain.model import Box, Event, Key, now
from vsconsole.domain.timeline import Span, from_ms, to_ms
from vsconsole.i18n import _
from vsconsole.store.database import Rebuildable

MOST_EVENTS = 200_000
_MOST_TOLD = 5_000
"""So many are kept, the newest; some 1 kB each."""

_FREQUENT = 2000
"""From so many hits on, looking through the newest events is quicker than sorting all hits."""

_LONGEST_TEXT = 4000
_SPARE = 0.05
"""This share more is dropped when there are too many, so that not every addition has to."""

_STEPS = (
    """
    CREATE TABLE event (
        number INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        channel TEXT NOT NULL,
        native TEXT NOT NULL,
        begin INTEGER NOT NULL,
        end INTEGER,
        kind TEXT NOT NULL,
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        boxes TEXT NOT NULL,
        place TEXT NOT NULL,
        seen INTEGER NOT NULL,
        words TEXT NOT NULL,
        UNIQUE (account, channel, native)
    );
    CREATE INDEX event_by_time ON event (begin, number);
    CREATE INDEX event_by_channel ON event (account, channel, begin);
    CREATE VIRTUAL TABLE word USING fts5 (
        pairs, content='', columnsize=0, tokenize='ascii', prefix='6'
    );
    CREATE TABLE asked (
        account TEXT NOT NULL,
        channel TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, channel)
    ) WITHOUT ROWID;
    """,
)

_COLUMNS = "number, account, channel, native, begin, end, kind, title, text, boxes, place, seen"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEvent:
    """An event out of the index. `place` is the channel's name and `seen` when it was first told.

    `number` grows with each event added; two that begin together are ordered by it.
    """

    event: Event
    place: str
    seen: datetime
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """What to look for; what is empty does not matter.

    Every word of `text` has to be somewhere in an event's words or its channel's name, in any
    case and width. `span` is when events begin.
    """

    text: str = ""
    kinds: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    channels: frozenset[Key] = field(default=frozenset(), repr=False)
    span: Span | None = None


class EventIndex:
    """The events of every account in one file; thread-safe.

    A damaged file is put aside and begun anew, at opening or in use: `damage` says so then.
    Picture addresses and the vendor's records may carry tokens: they are kept in memory, of the
    events told last, and never written.
    """

    def __init__(self, path: Path, *, most: int = MOST_EVENTS) -> None:
        """Opens or makes the file; StorageError where the place cannot be used."""
        self.path = path
        self.damage: CacheDamaged | None = None
        self._most = most
        self._told_lock = threading.Lock()
        self._told: OrderedDict[tuple[Key, str], Event] = OrderedDict()
        self._database = Rebuildable(path, _STEPS, self._warn)

    def close(self) -> None:
        self._database.close()

    def add(self, channel: Key, place: str, events: Iterable[Event]) -> list[KnownEvent]:
        """Keeps what a vendor told now of a channel; gives those not known before, oldest first.

        One that is known already takes over what was told, such as a fresh address of its picture.
        """
        given = sorted(events, key=lambda event: (event.begin, event.id))
        at = now()
        with self._told_lock:
            for event in given:
                self._told[channel, _sound(event.id)] = event
                self._told.move_to_end((channel, _sound(event.id)))
            while len(self._told) > _MOST_TOLD:
                self._told.popitem(last=False)

        def work(connection: Connection) -> list[KnownEvent]:
            fresh = [
                known
                for event in given
                if (known := _put(connection, channel, place, event, at)) is not None
            ]
            connection.execute(
                "INSERT OR REPLACE INTO asked (account, channel, at) VALUES (?, ?, ?)",
                (channel.account, channel.native, to_ms(at)),
            )
            if fresh:
                _shorten(connection, self._most)
            return fresh

        return [self._whole(known) for known in self._database.write(work)]

    def _whole(self, known: KnownEvent) -> KnownEvent:
        """An event with what is not written of it, where it was told in this run."""
        event = known.event
        with self._told_lock:
            told = self._told.get((event.channel, event.id))
        if told is None:
            return known
        return replace(known, event=replace(event, picture=told.picture, raw=told.raw))

    def search(
        self, query: EventQuery, *, limit: int = 200, after: KnownEvent | None = None
    ) -> list[KnownEvent]:
        """The newest events that fit, newest first; with `after` those that follow that one."""

        def work(connection: Connection) -> list[tuple[Any, ...]]:
            conditions, values = _conditions(query, frequent=_is_frequent(connection, query.text))
            if after is not None:
                conditions.append("(begin, number) < (?, ?)")
                values += [to_ms(after.event.begin), after.number]
            where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
            statement = (
                f"SELECT {_COLUMNS} FROM event {where} "  # noqa: S608 - our own names
                "ORDER BY begin DESC, number DESC LIMIT ?"
            )
            return connection.execute(statement, (*values, limit)).fetchall()

        return [self._whole(_known(row)) for row in self._database.read(work)]

    def count(self, query: EventQuery) -> int:
        """How many events fit."""
        conditions, values = _conditions(query)
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        statement = f"SELECT count(*) FROM event {where}"  # noqa: S608 - our own names
        row = self._database.read(
            lambda connection: connection.execute(statement, values).fetchone()
        )
        return int(row[0])

    def kinds(self) -> dict[str, str]:
        """Every kind there is, with the newest title it goes by; in the order of the titles."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT kind, title, max(begin) FROM event GROUP BY kind ORDER BY title, kind"
            ).fetchall()
        )
        return {kind: title for kind, title, _begin in rows}

    def asked(self, account: str) -> dict[Key, datetime]:
        """When each channel of an account was last asked; those never asked are left out."""
        rows = self._database.read(
            lambda connection: connection.execute(
                "SELECT channel, at FROM asked WHERE account = ?", (account,)
            ).fetchall()
        )
        return {Key(account, channel): from_ms(at) for channel, at in rows}

    def forget(self, account: str) -> None:
        """Drops everything known of an account."""

        def work(connection: Connection) -> None:
            _drop(connection, "account = ?", (account,))
            connection.execute("DELETE FROM asked WHERE account = ?", (account,))

        self._database.write(work)

    def _warn(self, aside: Path) -> None:
        self.damage = CacheDamaged(
            _("The list of events kept on this computer was damaged."),
            why=_("It was put aside as {path}.").format(path=aside),
            remedy=_("Events that the vendors still have are asked for again as you go."),
        )
        _log.warning("event index damaged, put aside as %s", aside)


# Words


def folded(text: str) -> str:
    """`text` as it is compared: without case, width and other ways to write the same."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _pairs(words: str) -> Iterator[str]:
    """Each character with the one that follows in its word, as hexadecimal of one length.

    The last one stands alone, so that pairs of two words never follow each other.
    """
    for word in words.split():
        codes = [f"{ord(character):06x}" for character in word]
        yield from (one + after for one, after in zip(codes, [*codes[1:], ""], strict=True))


def _words(text: str) -> list[str]:
    """What has to be found, each word by itself."""
    return folded(_sound(text)).split()


def _match(text: str) -> str:
    """The FTS5 expression that finds each word of `text` as a part; empty where there is none."""
    found: list[str] = []
    for word in _words(text):
        # The last pair is half a one: where something follows in an event it is another.
        *pairs, last = _pairs(word)
        found.append(f'"{" ".join(pairs)}"' if pairs else f'"{last}" *')
    return " AND ".join(found)


# Rows


def _is_frequent(connection: Connection, text: str) -> bool:
    """Whether so many events have the words of `text` that the newest of them are soon found."""
    match = _match(text)
    if not match:
        return False
    (count,) = connection.execute(
        "SELECT count(*) FROM (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)",
        (match, _FREQUENT),
    ).fetchone()
    return bool(count == _FREQUENT)


def _conditions(query: EventQuery, *, frequent: bool = False) -> tuple[list[str], list[object]]:
    """Conditions and their values; those of `frequent` words are held against each event."""
    conditions: list[str] = []
    values: list[object] = []
    words = _words(query.text)
    if frequent:
        conditions += ["instr(words, ?)"] * len(words)
        values += words
    elif words:
        conditions.append("number IN (SELECT rowid FROM word WHERE word MATCH ?)")
        values.append(_match(query.text))
    for column, wanted in (("kind", query.kinds), ("account", query.accounts)):
        if wanted:
            # As one value: a statement may not have more than so many.
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")  # noqa: S608
            values.append(json.dumps(sorted(wanted)))
    if query.channels:
        conditions.append(
            "(account, channel) IN (SELECT json_extract(value, '$[0]'), "
            "json_extract(value, '$[1]') FROM json_each(?))"
        )
        values.append(json.dumps([(key.account, key.native) for key in sorted(query.channels)]))
    if query.span is not None:
        conditions.append("begin >= ? AND begin < ?")
        values += [to_ms(query.span.begin), to_ms(query.span.end)]
    return conditions, values


def _put(
    connection: Connection, channel: Key, place: str, event: Event, at: datetime
) -> KnownEvent | None:
    """Keeps one event; None where it was known."""
    labels = " ".join(box.label for box in event.boxes)
    words = folded(_sound(f"{event.title} {place} {labels} {event.text}"[:_LONGEST_TEXT]))
    told: dict[str, object] = {
        "begin": to_ms(event.begin),
        "end": None if event.end is None else to_ms(event.end),
        "kind": _sound(event.kind),
        "title": _sound(event.title),
        "text": _sound(event.text),
        "boxes": _sound(json.dumps([asdict(box) for box in event.boxes], ensure_ascii=False)),
        "place": _sound(place),
        "words": words,
    }
    identity = (channel.account, channel.native, _sound(event.id))
    before = connection.execute(
        "SELECT number, words FROM event WHERE account = ? AND channel = ? AND native = ?", identity
    ).fetchone()
    if before is not None:
        number, old = before
        changes = ", ".join(f"{name} = ?" for name in told)
        connection.execute(
            f"UPDATE event SET {changes} WHERE number = ?",  # noqa: S608 - our own names
            (*told.values(), number),
        )
        if old != words:
            _unindex(connection, number, old)
            _index(connection, number, words)
        return None
    names = ", ".join(("account", "channel", "native", *told, "seen"))
    marks = ", ".join("?" * (len(told) + 4))
    row = connection.execute(
        f"INSERT INTO event ({names}) VALUES ({marks})",  # noqa: S608 - our own names
        (*identity, *told.values(), to_ms(at)),
    )
    number = int(row.lastrowid or 0)
    _index(connection, number, words)
    return KnownEvent(event=event, place=place, seen=at, number=number)


def _sound(text: str) -> str:
    """`text` as it can be kept: half characters, which JSON lets through, become question marks."""
    return text.encode("utf-8", "replace").decode()


def _index(connection: Connection, number: int, words: str) -> None:
    connection.execute(
        "INSERT INTO word (rowid, pairs) VALUES (?, ?)", (number, " ".join(_pairs(words)))
    )


def _unindex(connection: Connection, number: int, words: str) -> None:
    # The index keeps no texts, so it has to be told what to take out.
    connection.execute(
        "INSERT INTO word (word, rowid, pairs) VALUES ('delete', ?, ?)",
        (number, " ".join(_pairs(words))),
    )


def _drop(connection: Connection, condition: str, values: Sequence[object]) -> None:
    statement = f"SELECT number, words FROM event WHERE {condition}"  # noqa: S608 - our own words
    for number, words in connection.execute(statement, values).fetchall():
        _unindex(connection, number, words)
        connection.execute("DELETE FROM event WHERE number = ?", (number,))


def _shorten(connection: Connection, most: int) -> None:
    """Drops the oldest events where there are more than `most`."""
    (count,) = connection.execute("SELECT count(*) FROM event").fetchone()
    if count > most:
        excess = count - int(most * (1 - _SPARE))
        _drop(
            connection,
            "number IN (SELECT number FROM event ORDER BY begin, number LIMIT ?)",
            (excess,),
        )


def _known(row: tuple[Any, ...]) -> KnownEvent:
    number, account, channel, native, begin, end, kind, title, text = row[:9]
    boxes, place, seen = row[9:]
    return KnownEvent(
        event=Event(
            id=native,
            channel=Key(account, channel),
            begin=from_ms(begin),
            end=None if end is None else from_ms(end),
            kind=kind,
            title=title,
            text=text,
            boxes=tuple(Box(**box) for box in json.loads(boxes)),
        ),
        place=place,
        seen=from_ms(seen),
        number=number,
    )
