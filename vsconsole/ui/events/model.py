"""The events that fit, newest first, as a list a view walks through page by page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from vsconsole.ui import plain
from vsconsole.ui.events.rows import EventRow, full_time, spoken

Index = QModelIndex | QPersistentModelIndex
_MOST_RUNS = 6
_NOWHERE = QModelIndex()


class EventModel(QAbstractListModel):
    """Rows in order; `more_wanted` when a view comes to the end of what is there."""

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[EventRow] = []
        self._orders: list[tuple[float, int]] = []
        self._names: dict[Hashable, EventRow] = {}
        self._more = False
        self._asked = False

    @property
    def rows(self) -> Sequence[EventRow]:
        """From the newest on."""
        return self._rows

    @property
    def more(self) -> bool:
        """Whether older ones follow that are not here yet."""
        return self._more

    def show(self, rows: Sequence[EventRow], *, more: bool) -> None:
        """Shows these, newest first, in place of what there was."""
        self.beginResetModel()
        self._rows = list(rows)
        self._orders = [row.order for row in rows]
        self._names = {row.name: row for row in rows}
        self._more, self._asked = more, False
        self.endResetModel()

    def append(self, rows: Sequence[EventRow], *, more: bool) -> None:
        """The page that follows."""
        self._more, self._asked = more, False
        fresh = [row for row in rows if row.name not in self._names]
        if not fresh:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
        self._rows += fresh
        self._orders += [row.order for row in fresh]
        self._names.update((row.name, row) for row in fresh)
        self.endInsertRows()

    def insert(self, rows: Sequence[EventRow]) -> int:
        """Puts new events where they belong; the number put in.

        Those older than what is here are left to the page they come with.
        """
        fresh = sorted(
            (row for row in rows if row.name not in self._names), key=lambda row: row.order
        )
        if self._more and self._orders:
            fresh = [row for row in fresh if row.order < self._orders[-1]]
        runs = self._runs(fresh)
        # Views take a few insertions well, and many worse than a list that is new.
        whole = len(runs) > _MOST_RUNS
        if whole:
            self.beginResetModel()
        for place, run in reversed(runs):
            if not whole:
                self.beginInsertRows(QModelIndex(), place, place + len(run) - 1)
            self._rows[place:place] = run
            self._orders[place:place] = [row.order for row in run]
            self._names.update((row.name, row) for row in run)
            if not whole:
                self.endInsertRows()
        if whole:
            self.endResetModel()
        return len(fresh)

    def _runs(self, fresh: Sequence[EventRow]) -> list[tuple[int, list[EventRow]]]:
        """New rows by the place where they go in, which is that before anything was put in."""
        runs: list[tuple[int, list[EventRow]]] = []
        for row in fresh:
            place = bisect_left(self._orders, row.order)
            if runs and runs[-1][0] == place:
                runs[-1][1].append(row)
            else:
                runs.append((place, [row]))
        return runs

    def renew(self, row: EventRow) -> None:
        """Takes over what was told again of an event, such as its picture's new address."""
        place = self.place_of(row.name)
        if place is not None and self._orders[place] == row.order:
            self._rows[place] = row
            self._names[row.name] = row
            self.touch(row.name)

    def row(self, index: Index) -> EventRow | None:
        """The event of an index; None for one that is not valid."""
        place = index.row()
        return self._rows[place] if index.isValid() and 0 <= place < len(self._rows) else None

    def place_of(self, name: Hashable) -> int | None:
        """Where an event is, None where it is not."""
        row = self._names.get(name)
        return None if row is None else bisect_left(self._orders, row.order)

    def touch(self, name: Hashable) -> None:
        """An event looks different: its picture came."""
        place = self.place_of(name)
        if place is not None:
            index = self.index(place)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DecorationRole])

    # Qt's side

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self.row(index)
            return spoken(row) if row else None
        if role == Qt.ItemDataRole.ToolTipRole:
            row = self.row(index)
            return plain.tip(f"{full_time(row)}\n{row.place}\n{row.words}") if row else None
        return None

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._more and not self._asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()
