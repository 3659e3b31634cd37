"""Rows as a Qt model. Items live in C++, so a layout of 100,000 rows asks Python nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count

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
_LEAF = _DEVICE | Qt.ItemFlag.ItemNeverHasChildren


class ItemModel(QStandardItemModel):
    """Shows rows; `on_wall` are the channels on the wall.

    Items hold a number, not the row itself: an index that is too old finds nothing.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on_wall: frozenset[Key] = frozenset()
        self.used: Callable[[Account], str] | None = None
        """What was used of an account, in lines for its tip."""
        self._rows: dict[int, Row] = {}
        self.setColumnCount(1)

    def row(self, index: Index) -> Row | None:
        """The row behind an index; None for an invalid or outdated one."""
        if not index.isValid():
            return None
        if isinstance(index, QPersistentModelIndex):
            index = self.index(index.row(), index.column(), index.parent())
        number = super().data(index, _NUMBER)
        return self._rows.get(number) if isinstance(number, int) else None

    def add(self, rows: Sequence[Row], parent: Row | None, place: int | None = None) -> None:
        """Puts rows below `parent` (the top for None), at its end or at `place`.

        The parent may be put later itself: its whole branch appears then.
        """
        items = []
        for row in rows:
            item = self._prepare(row)
            row.parent = parent
            if parent is not None:
                if parent.children is None:
                    parent.children = {}
                parent.children[row.number] = row
            items.append(item)
        above = self._item_of(parent)
        if parent is not None:
            parent.count = None
        above.insertRows(above.rowCount() if place is None else place, items)

    def remove(self, rows: Iterable[Row]) -> None:
        """Takes rows off with everything below them; neighbours go together."""
        by_parent: dict[int, tuple[Row | None, list[Row]]] = {}
        for row in rows:
            by_parent.setdefault(id(row.parent), (row.parent, []))[1].append(row)
        for parent, gone in by_parent.values():
            above = self._item_of(parent)
            places = sorted((self.place(row) for row in gone), reverse=True)
            for row in gone:
                self._rows.pop(row.number, None)
                for one in row.below():
                    self._rows.pop(one.number, None)
                if parent is not None:
                    parent.count = None
                    assert parent.children is not None
                    del parent.children[row.number]
            last = 0
            while last < len(places):
                first = last
                while last + 1 < len(places) and places[last + 1] == places[last] - 1:
                    last += 1
                above.removeRows(places[last], last - first + 1)
                last += 1

    def take_off(self, row: Row) -> Iterator[None]:
        """Takes a row off at once; what was below it is let go of bit by bit."""
        taken = self._item_of(row.parent).takeRow(self.place(row))
        return self._dispose(row, taken)

    def _dispose(self, row: Row, taken: list[QStandardItem]) -> Iterator[None]:
        for i, one in enumerate((row, *row.below())):
            self._rows.pop(one.number, None)
            if not i % _STEP:
                yield
        for item in taken:
            while item.rowCount():
                item.removeRows(max(0, item.rowCount() - _STEP), min(_STEP, item.rowCount()))
                yield

    def move(self, row: Row, parent: Row | None) -> None:
        """Hangs a row with everything below it elsewhere, at the end."""
        assert row.item is not None
        taken = self._item_of(row.parent).takeRow(self.place(row))
        if row.parent is not None and row.parent.children is not None:
            row.parent.children.pop(row.number, None)
            row.parent.count = None
        row.parent = parent
        if parent is not None:
            if parent.children is None:
                parent.children = {}
            parent.children[row.number] = row
            parent.count = None
        self._item_of(parent).appendRow(taken)

    def touch(self, row: Row) -> None:
        """Says that a row looks different now, and the one above it, which may count it."""
        if row.parent is not None and row.parent.node is not None:
            row.parent.count = None
            self._emit_changed(row.parent)
        self._emit_changed(row)

    def place(self, row: Row) -> int:
        """Where among its neighbours a row is."""
        assert row.item is not None
        return int(row.item.row())

    def index_of(self, row: Row) -> QModelIndex:
        """The index of a row that is in this model."""
        assert row.item is not None
        return QModelIndex(row.item.index())

    def empty(self) -> None:
        """Takes everything off."""
        self.clear()
        self.setColumnCount(1)
        self._rows.clear()

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

    def _item_of(self, row: Row | None) -> QStandardItem:
        return self.invisibleRootItem() if row is None else self._prepare(row)

    def _prepare(self, row: Row) -> QStandardItem:
        """The row's item, made when first needed: what is below it may come first."""
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
        return row.item

    def _emit_changed(self, row: Row) -> None:
        index = self.index_of(row)
        self.dataChanged.emit(index, index)


def _flags(row: Row) -> Qt.ItemFlag:
    if isinstance(row.node, Channel):
        return _LEAF
    if row.kind is RowKind.HINT or row.kind in SAVED:
        return _PLAIN | Qt.ItemFlag.ItemNeverHasChildren
    return _DEVICE if isinstance(row.node, Device) else _PLAIN
