"""The list itself: a click or Enter plays, arrows only look."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from vsconsole.i18n import _
from vsconsole.ui.events.delegate import ROW, EventDelegate
from vsconsole.ui.events.model import EventModel, Index
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.events.thumbs import Thumbs

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)
_REST_MS = 60
_AHEAD = 4


class EventList(QTableView):
    """Rows of an EventModel, one column of a table.

    A table asks nothing of rows out of sight; a list view asks for each of them at every change.

    `chosen` with the event of a click or Enter, `looked` with the current one, `in_sight` with
    the rows that can be seen once scrolling rests, `menu_asked` with a row and a place.
    """

    chosen = Signal(object)
    looked = Signal(object)
    in_sight = Signal(list)
    menu_asked = Signal(object, QPoint)

    def __init__(self, events: EventModel, pictures: Thumbs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events = events
        self._delegate = EventDelegate(pictures)
        self._pressed = QModelIndex()
        self.setModel(events)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        down = self.verticalHeader()
        down.hide()
        down.setMinimumSectionSize(ROW)
        down.setDefaultSectionSize(ROW)
        down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Events"))
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self.look)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._rest.start())
        events.modelReset.connect(self._rest.start)
        events.rowsInserted.connect(self._rest.start)

    def row(self) -> EventRow | None:
        """The current event."""
        return self.events.row(self.currentIndex())

    def look(self) -> None:
        """Says which rows are in sight, with a few that follow."""
        self.in_sight.emit(self.rows_in_sight() if self.isVisible() else [])

    def rows_in_sight(self) -> list[EventRow]:
        """The rows that can be seen, and a few below."""
        first = self.verticalScrollBar().value() // ROW
        last = first + self.viewport().height() // ROW + 1 + _AHEAD
        return list(self.events.rows[max(0, first) : last + 1])

    def insert(self, rows: list[EventRow]) -> int:
        """Puts new events in without moving what is being read; the number put in."""
        bar = self.verticalScrollBar()
        top, chosen = bar.value(), self.row()
        anchor = self.events.row(self.events.index(top // ROW)) if top else None
        count = self.events.insert(rows)
        if chosen is not None and self.row() != chosen:
            self.select(chosen)
        if anchor is not None:
            place = self.events.place_of(anchor.name)
            if place is not None:
                # The list may not have been laid out since.
                self.doItemsLayout()
                bar.setValue(place * ROW + top % ROW)
        return count

    def select(self, row: EventRow) -> None:
        """Makes an event the current one, where it is in the list."""
        place = self.events.place_of(row.name)
        if place is not None:
            self.setCurrentIndex(self.events.index(place))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.looked.emit(self.events.row(current))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.row()
        if event.key() in _ENTER and row is not None:
            self.chosen.emit(row)
            return
        last = len(self.events.rows) - 1
        if event.key() in _ENDS and last >= 0 and not event.modifiers():
            # In a table they go to the ends of a line.
            self.setCurrentIndex(self.events.index(0 if event.key() == _ENDS[0] else last))
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the desk's keys; words belong into the field above."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        left = event.button() == Qt.MouseButton.LeftButton
        self._pressed = self.indexAt(event.position().toPoint()) if left else QModelIndex()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self.events.row(index)
        if row and event.button() == Qt.MouseButton.LeftButton and index == self._pressed:
            self.chosen.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        at = event.pos()
        index = self.indexAt(at)
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            self.scrollTo(index)
            at = self.visualRect(index).center()
        if row := self.events.row(index):
            self.menu_asked.emit(row, self.viewport().mapToGlobal(at))
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.start()
