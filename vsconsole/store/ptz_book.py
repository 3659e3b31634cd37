"""What the operator added to cameras that move: names, order and pictures of presets, patrols."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from uuid import uuid4

from vsconsole.domain.errors import NotFound
from vsconsole.domain.model import Key
from vsconsole.i18n import _

STEP = """
    CREATE TABLE IF NOT EXISTS preset_look (
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        preset TEXT NOT NULL,
        place INTEGER,
        name TEXT NOT NULL DEFAULT '',
        picture BLOB,
        PRIMARY KEY (account, native, preset)
    );
    CREATE TABLE IF NOT EXISTS patrol (
        id TEXT PRIMARY KEY,
        account TEXT NOT NULL,
        native TEXT NOT NULL,
        name TEXT NOT NULL,
        pace REAL NOT NULL,
        stops TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS patrol_by_channel ON patrol (account, native, name);
"""
"""The step of the catalog's migrations that makes these tables."""

_Open = Callable[[], AbstractContextManager[sqlite3.Connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetLook:
    """How a preset is shown: its place in the operator's order, own name, and picture's file."""

    place: int | None = None
    name: str = ""
    picture: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatrolStop:
    """A preset (by its mark, see `services.presets`) and the seconds to stay there."""

    preset: str
    dwell: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Patrol:
    """A round over a channel's presets; `pace` 2 stays half as long everywhere."""

    id: str
    channel: Key
    name: str
    stops: tuple[PatrolStop, ...]
    pace: float = 1.0


class PtzBook:
    """A part of the catalog; thread-safe as it is."""

    def __init__(self, read: _Open, write: _Open) -> None:
        """`read` and `write` open a transaction of the catalog's database."""
        self._read = read
        self._write = write

    # Presets

    def looks(self, channel: Key) -> dict[str, PresetLook]:
        """What is kept of a channel's presets, by their marks."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT preset, place, name, picture FROM preset_look "
                "WHERE account = ? AND native = ?",
                (channel.account, channel.native),
            ).fetchall()
        return {
            row[0]: PresetLook(place=row[1], name=row[2], picture=row[3] or b"") for row in rows
        }

    def order_presets(self, channel: Key, marks: Iterable[str]) -> None:
        """Keeps the order the operator put the presets in."""
        rows = [(channel.account, channel.native, mark, i) for i, mark in enumerate(marks)]
        with self._write() as connection:
            connection.executemany(
                "INSERT INTO preset_look (account, native, preset, place) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (account, native, preset) DO UPDATE SET place = excluded.place",
                rows,
            )

    def name_preset(self, channel: Key, mark: str, name: str) -> None:
        """Keeps an own name; an empty one removes it."""
        with self._write() as connection:
            connection.execute(
                "INSERT INTO preset_look (account, native, preset, name) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (account, native, preset) DO UPDATE SET name = excluded.name",
                (channel.account, channel.native, mark, name),
            )

    def picture_preset(self, channel: Key, mark: str, picture: bytes) -> None:
        """Keeps a preset's small picture; an empty one removes it."""
        with self._write() as connection:
            connection.execute(
                "INSERT INTO preset_look (account, native, preset, picture) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (account, native, preset) DO UPDATE SET picture = excluded.picture",
                (channel.account, channel.native, mark, picture),
            )

    def forget_preset(self, channel: Key, mark: str) -> None:
        """Removes what was kept of a preset."""
        with self._write() as connection:
            connection.execute(
                "DELETE FROM preset_look WHERE account = ? AND native = ? AND preset = ?",
                (channel.account, channel.native, mark),
            )

    # Patrols

    def patrols(self, channel: Key) -> list[Patrol]:
        """A channel's patrols by name."""
        with self._read() as connection:
            rows = connection.execute(
                "SELECT id, name, pace, stops FROM patrol WHERE account = ? AND native = ? "
                "ORDER BY name, id",
                (channel.account, channel.native),
            ).fetchall()
        return [
            Patrol(
                id=row[0],
                channel=channel,
                name=row[1],
                pace=row[2],
                stops=tuple(
                    PatrolStop(preset=mark, dwell=dwell) for mark, dwell in json.loads(row[3])
                ),
            )
            for row in rows
        ]

    def add_patrol(
        self, channel: Key, name: str, stops: Iterable[PatrolStop], pace: float = 1.0
    ) -> Patrol:
        """Keeps a new patrol and gives it with its id."""
        patrol = Patrol(id=uuid4().hex, channel=channel, name=name, stops=tuple(stops), pace=pace)
        self.save_patrol(patrol)
        return patrol

    def save_patrol(self, patrol: Patrol) -> None:
        """Keeps a patrol as it is now."""
        stops = json.dumps([[stop.preset, stop.dwell] for stop in patrol.stops])
        with self._write() as connection:
            connection.execute(
                "INSERT INTO patrol (id, account, native, name, pace, stops) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                "name = excluded.name, pace = excluded.pace, stops = excluded.stops",
                (
                    patrol.id,
                    patrol.channel.account,
                    patrol.channel.native,
                    patrol.name,
                    patrol.pace,
                    stops,
                ),
            )

    def delete_patrol(self, id: str) -> None:
        """Removes a patrol; NotFound where there is none."""
        with self._write() as connection:
            if not connection.execute("DELETE FROM patrol WHERE id = ?", (id,)).rowcount:
                raise NotFound(_("This patrol no longer exists."))

    def forget_account(self, account: str) -> None:
        """Removes what was kept of an account's cameras."""
        with self._write() as connection:
            connection.execute("DELETE FROM preset_look WHERE account = ?", (account,))
            connection.execute("DELETE FROM patrol WHERE account = ?", (account,))
