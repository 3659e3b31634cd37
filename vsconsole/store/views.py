"""Saved views of the wall, and tours over them; a part of the user's own catalog."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from uuid import uuid4

from vsconsole.domain.errors import Conflict, InvalidInput, NotFound
from vsconsole.i18n import _

if TYPE_CHECKING:
    from vsconsole.store.database import Database

STEP = """
    CREATE TABLE view (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL
    );
    CREATE TABLE tour (
        id TEXT PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL
    );
    """
"""What the catalog's file gains with it."""

_Table = Literal["view", "tour"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A wall under a name; `content` is the window's, as JSON."""

    id: str
    name: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class TourStop:
    """A view by its id, and for how many seconds it is shown."""

    view: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTour:
    """Views one after the other, round and round; without stops it goes over the open tabs.

    `seconds` is how long each tab is shown then.
    """

    id: str
    name: str
    stops: tuple[TourStop, ...] = ()
    seconds: int = 10


class ViewStore:
    """Views and tours by name; thread-safe, and on the disk before a call returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def views(self) -> list[SavedView]:
        """Every view, by name."""
        return [
            SavedView(id=id, name=name, content=json.loads(content))
            for id, name, content in self._rows("view")
        ]

    def view(self, id: str) -> SavedView:
        """One view; NotFound."""
        found = next((view for view in self.views() if view.id == id), None)
        if found is None:
            raise _gone("view")
        return found

    def save_view(
        self, name: str, content: Mapping[str, Any], *, replacing: bool = False
    ) -> SavedView:
        """Keeps a new view; Conflict where the name is taken, unless that one is to be replaced."""
        name = _proper(name)
        with self._database.write() as connection:
            taken = _id_of(connection, "view", name)
            if taken and not replacing:
                raise _taken(name)
            view = SavedView(id=taken or uuid4().hex, name=name, content=content)
            _put(connection, "view", view.id, name, dict(content))
        return view

    def rename_view(self, id: str, name: str) -> None:
        """Another name; Conflict where it is taken, NotFound where the view is gone."""
        self._rename("view", id, name)

    def delete_view(self, id: str) -> None:
        """Removes a view, from tours too; NotFound."""
        with self._database.write() as connection:
            _delete(connection, "view", id)
            for tour in self.tours():
                stops = tuple(stop for stop in tour.stops if stop.view != id)
                if stops and stops != tour.stops:
                    content = _tour_content(stops, tour.seconds)
                    _put(connection, "tour", tour.id, tour.name, content)
                elif stops != tour.stops:
                    # Left without a stop it would go over the tabs instead.
                    _delete(connection, "tour", tour.id)

    def tours(self) -> list[SavedTour]:
        """Every tour, by name."""
        return [
            SavedTour(
                id=id,
                name=name,
                stops=tuple(TourStop(view=view, seconds=s) for view, s in value["stops"]),
                seconds=value["seconds"],
            )
            for id, name, content in self._rows("tour")
            for value in (json.loads(content),)
        ]

    def save_tour(
        self, name: str, stops: Sequence[TourStop], *, seconds: int = 10, id: str = ""
    ) -> SavedTour:
        """Keeps a new tour, or the one with this id as it is now; Conflict for a taken name."""
        name = _proper(name)
        tour = SavedTour(id=id or uuid4().hex, name=name, stops=tuple(stops), seconds=seconds)
        with self._database.write() as connection:
            if _id_of(connection, "tour", name) not in ("", tour.id):
                raise _taken(name)
            _put(connection, "tour", tour.id, name, _tour_content(tour.stops, seconds))
        return tour

    def rename_tour(self, id: str, name: str) -> None:
        """Another name; Conflict where it is taken, NotFound where the tour is gone."""
        self._rename("tour", id, name)

    def delete_tour(self, id: str) -> None:
        """Removes a tour; NotFound."""
        with self._database.write() as connection:
            _delete(connection, "tour", id)

    def _rows(self, table: _Table) -> list[tuple[str, str, str]]:
        with self._database.read() as connection:
            return connection.execute(
                f"SELECT id, name, content FROM {table} ORDER BY name COLLATE NOCASE, name"  # noqa: S608
            ).fetchall()

    def _rename(self, table: _Table, id: str, name: str) -> None:
        name = _proper(name)
        with self._database.write() as connection:
            if _id_of(connection, table, name) not in ("", id):
                raise _taken(name)
            changed = connection.execute(
                f"UPDATE {table} SET name = ? WHERE id = ?",  # noqa: S608
                (name, id),
            )
            if not changed.rowcount:
                raise _gone(table)


def _tour_content(stops: Sequence[TourStop], seconds: int) -> dict[str, Any]:
    return {"stops": [[stop.view, stop.seconds] for stop in stops], "seconds": seconds}


def _id_of(connection: sqlite3.Connection, table: _Table, name: str) -> str:
    row = connection.execute(
        f"SELECT id FROM {table} WHERE name = ?",  # noqa: S608
        (name,),
    ).fetchone()
    return str(row[0]) if row else ""


def _put(
    connection: sqlite3.Connection, table: _Table, id: str, name: str, content: dict[str, Any]
) -> None:
    connection.execute(
        f"INSERT INTO {table} (id, name, content) VALUES (?, ?, ?) "  # noqa: S608
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, content = excluded.content",
        (id, name, json.dumps(content, ensure_ascii=False)),
    )


def _delete(connection: sqlite3.Connection, table: _Table, id: str) -> None:
    if not connection.execute(f"DELETE FROM {table} WHERE id = ?", (id,)).rowcount:  # noqa: S608
        raise _gone(table)


def _proper(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(_("It needs a name."), field="name", remedy=_("Type one."))
    return name


def _taken(name: str) -> Conflict:
    return Conflict(
        _("The name {name} is taken.").format(name=name), remedy=_("Choose another name.")
    )


def _gone(table: _Table) -> NotFound:
    if table == "view":
        return NotFound(_("This view no longer exists."))
    return NotFound(_("This tour no longer exists."))
