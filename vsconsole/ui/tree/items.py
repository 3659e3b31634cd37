"""Rows as a Qt model. Places live in C++, so a layout of 100,000 rows asks Python nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, groupby

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from vsconsole.domain.model import Account, Channel, Device, Key
from vsconsole.ui import drag, plain
from vsconsole.ui.tree.rows import SAVED, Row, RowKind, describe

Index = QModelIndex | QPersistentModelIndex

_NUMBER = Qt.ItemDataRole.UserRole + 1
_NUMBERS = count(1)
_STEP = 2000
_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_DEVICE = _PLAIN | Qt.ItemFlag.ItemIsDragEnabled


class ItemModel(QStandardItemModel):
    """Shows rows; `on_wall` are the channels on the wall.

    Most rows are channels: each of them is a place without an item, which costs Qt eight bytes, and
    can be dragged as it is. The items of the others hold a number, not the row itself: an index
    that is too old finds nothing.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on_wall: frozenset[Key] = frozenset()
        self.used: Callable[[Account], str] | None = None
        """What was used of an account, in lines for its tip."""
        self._tops: list[Row] = []
        self._rows: dict[int, Row] = {}
        self._due: Callable[[], None] | None = None
        self.setColumnCount(1)
        # Before any view's: they ask for rows by the new places.
        self.rowsInserted.connect(self._settle)
        self.rowsRemoved.connect(self._settle)

    def row(self, index: Index) -> Row | None:
        """The row behind an index; None for an invalid or outdated one."""
        if not index.isValid():
            return None
        if isinstance(index, QPersistentModelIndex):
            index = self.index(index.row(), index.column(), index.parent())
        above, place = index.parent(), index.row()
        siblings: Sequence[Row] = self._tops
        if above.isValid():
            parent = self._rows.get(super().data(above, _NUMBER))
            siblings = (parent and parent.children) or ()
        return siblings[place] if place < len(siblings) else None

    def add(self, rows: Sequence[Row], parent: Row | None, place: int | None = None) -> None:
        """Puts rows below `parent` (the top for None), at its end or at `place`.

        The parent may be put later itself: its whole branch appears then.
        """
        above = self._item_of(parent)
        if parent is not None:
            parent.count = None
        first = len(self._siblings(parent)) if place is None else place
        for bare, run in groupby(rows, key=_is_bare):
            fresh = list(run)
            with self._changing(parent, first, fresh=fresh):
                if bare:
                    above.insertRows(first, len(fresh))
                else:
                    above.insertRows(first, [self._item_of(row) for row in fresh])
            first += len(fresh)

    def remove(self, rows: Iterable[Row]) -> None:
        """Takes rows off with everything below them; neighbours go together."""
        by_parent: dict[int, tuple[Row | None, list[Row]]] = {}
        for row in rows:
            by_parent.setdefault(id(row.parent), (row.parent, []))[1].append(row)
        for parent, gone in by_parent.values():
            above = self._item_of(parent)
            places = sorted((self.place(row) for row in gone), reverse=True)
            if parent is not None:
                parent.count = None
            for row in gone:
                for one in (row, *row.below()):
                    self._cut(one)
            last = 0
            while last < len(places):
                first = last
                while last + 1 < len(places) and places[last + 1] == places[last] - 1:
                    last += 1
                with self._changing(parent, places[last], gone=last - first + 1):
                    above.removeRows(places[last], last - first + 1)
                last += 1

    def take_off(self, row: Row) -> Iterator[None]:
        """Takes a row off at once; what was below it is let go of bit by bit."""
        return self._dispose(row, self._take(row))

    def _dispose(self, row: Row, taken: QStandardItem | None) -> Iterator[None]:
        going = [row]
        while going:
            some = going[-_STEP:]
            del going[-_STEP:]
            for one in some:
                going += one.children or ()
                self._cut(one)
            yield
        while taken is not None and taken.rowCount():
            last = taken.rowCount()
            taken.removeRows(max(0, last - _STEP), min(_STEP, last))
            yield

    def _cut(self, row: Row) -> None:
        """Forgets a row that goes, and that those below it hang there: they hold each other."""
        self._rows.pop(row.number, None)
        row.children = None

    def move(self, row: Row, parent: Row | None) -> None:
        """Hangs a row with everything below it elsewhere, at the end."""
        self._take(row)
        self.add([row], parent)

    def _take(self, row: Row) -> QStandardItem | None:
        """Takes a row off with everything below it; its item, where it has one."""
        parent, place = row.parent, self.place(row)
        with self._changing(parent, place, gone=1):
            taken: Sequence[QStandardItem | None] = self._item_of(parent).takeRow(place)
        if parent is not None:
            parent.count = None
        return taken[0]

    @contextmanager
    def _changing(
        self, parent: Row | None, first: int, *, gone: int = 0, fresh: Sequence[Row] = ()
    ) -> Iterator[None]:
        """While Qt's places below `parent` change: rows change when it has told that it will."""
        siblings = self._siblings(parent)

        def change() -> None:
            for row in siblings[first : first + gone]:
                row.place = -1
            siblings[first : first + gone] = fresh
            for place, row in enumerate(fresh, first):
                row.parent, row.place = parent, place

        self._due = change
        yield
        # Of a branch that is not in the model yet Qt tells nobody.
        self._settle()

    def _settle(self) -> None:
        due, self._due = self._due, None
        if due is not None:
            due()

    def touch(self, row: Row) -> None:
        """Says that a row looks different now, and the one above it, which may count it."""
        if row.parent is not None and row.parent.node is not None:
            row.parent.count = None
            self._emit_changed(row.parent)
        self._emit_changed(row)

    def place(self, row: Row) -> int:
        """Where among its neighbours a row is."""
        siblings = self._siblings(row.parent)
        if row.place >= len(siblings) or siblings[row.place] is not row:
            # Some came or went before it.
            for i, one in enumerate(siblings):
                one.place = i
        return row.place

    def index_of(self, row: Row) -> QModelIndex:
        """The index of a row; invalid while what it hangs from is not in this model."""
        if row.item is not None:
            return QModelIndex(row.item.index())
        above = QModelIndex() if row.parent is None else self.index_of(row.parent)
        if row.parent is not None and not above.isValid():
            return QModelIndex()
        return self.index(self.place(row), 0, above)

    def empty(self) -> None:
        """Takes everything off."""
        self.clear()
        self.setColumnCount(1)
        for row in list(self._rows.values()):
            self._cut(row)
        self._tops.clear()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.row(index)
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return describe(row, on_wall=row.key in self.on_wall)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(self._tip(row))
        return None

    def _tip(self, row: Row) -> str:
        text = describe(row, on_wall=row.key in self.on_wall)
        if row.kind is RowKind.ACCOUNT and row.account is not None and self.used is not None:
            text = "\n".join(part for part in (text, self.used(row.account)) if part)
        return text

    def mimeTypes(self) -> list[str]:
        return [drag.CHANNELS]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        rows = (self.row(index) for index in indexes)
        keys = [channel.key for row in rows if row for channel in row.channels()]
        return drag.channels_data(dict.fromkeys(keys))

    def _siblings(self, parent: Row | None) -> list[Row]:
        """The rows below one, in the order of their places."""
        if parent is None:
            return self._tops
        if parent.children is None:
            parent.children = []
        return parent.children

    def _item_of(self, row: Row | None) -> QStandardItem:
        """The row's item, made when first needed: what is below it may come first."""
        if row is None:
            return self.invisibleRootItem()
        if row.item is None:
            row.number = next(_NUMBERS)
            item = QStandardItem()
            item.setData(row.number, _NUMBER)
            item.setFlags(_flags(row))
            if not item.flags() & Qt.ItemFlag.ItemNeverHasChildren:
                # Else Qt inserts the column in the midst of inserting the first row.
                item.setColumnCount(1)
            row.item = item
            self._rows[row.number] = row
            if row.place >= 0:
                # It was put without one, and has something below it now.
                self._item_of(row.parent).setChild(self.place(row), item)
        return row.item

    def _emit_changed(self, row: Row) -> None:
        index = self.index_of(row)
        self.dataChanged.emit(index, index)


def _is_bare(row: Row) -> bool:
    return row.item is None and isinstance(row.node, Channel)


def _flags(row: Row) -> Qt.ItemFlag:
    if row.kind is RowKind.HINT or row.kind in SAVED:
        return _PLAIN | Qt.ItemFlag.ItemNeverHasChildren
    return _DEVICE if isinstance(row.node, Device) else _PLAIN
