"""The wall: tiles in a regular grid, one of them selected, one of them perhaps enlarged."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, sqrt

from PySide6.QtCore import QRect, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.ui import tokens
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.tile import Tile

LAYOUTS = (1, 4)


class Wall(QFrame):
    """Holds as many tiles as the layout shows; sessions beyond it are closed.

    `selected` follows the selected tile, `took` what was dropped on which tile, `acted` the one
    button of a tile.
    """

    selected = Signal(object)
    layout_changed = Signal(int)
    took = Signal(object, object)
    acted = Signal(object, object)
    cleared = Signal(object)
    profile_asked = Signal(object, object)
    snapshot_asked = Signal(object)
    menu_filling = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "wall")
        self.setAccessibleName(_("Wall"))
        self.tiles: list[Tile] = []
        self._current = 0
        self._enlarged: int | None = None
        self.set_count(1)

    @property
    def count(self) -> int:
        return len(self.tiles)

    @property
    def current(self) -> Tile:
        return self.tiles[self._current]

    @property
    def enlarged(self) -> bool:
        return self._enlarged is not None

    def set_count(self, count: int) -> None:
        """Shows `count` tiles; the pictures of those that go are closed."""
        self._enlarged = None
        while len(self.tiles) > count:
            tile = self.tiles.pop()
            tile.show_session(None)
            tile.hide()
            tile.deleteLater()
        while len(self.tiles) < count:
            self._add()
        self.select(min(self._current, count - 1))
        self._place()
        self.layout_changed.emit(count)

    def select(self, index: int) -> None:
        """Makes a tile the selected one."""
        self._current = index
        if self._enlarged is not None and self._enlarged != index:
            # What is selected must be in sight: a camera may just have been opened in it.
            self._enlarged = index
            self._place()
        for i, tile in enumerate(self.tiles):
            tile.set_selected(i == index and len(self.tiles) > 1)
        self.selected.emit(self.tiles[index])

    def select_next(self, step: int) -> None:
        """Moves the selection on by `step` tiles, round the end."""
        self.select((self._current + step) % len(self.tiles))
        self.current.setFocus()

    def enlarge(self, index: int | None = None) -> None:
        """Shows one tile alone, or goes back to the very same layout."""
        if self._enlarged is not None:
            self._enlarged = None
        elif len(self.tiles) > 1:
            self._enlarged = self._current if index is None else index
        self._place()

    def free_tile(self) -> Tile:
        """The selected tile where it is empty, else the next empty one, else the selected one."""
        order = self.tiles[self._current :] + self.tiles[: self._current]
        return next((tile for tile in order if tile.session is None), self.current)

    def tile_of(self, key: Key) -> Tile | None:
        """The tile that shows a channel already."""
        for tile in self.tiles:
            if tile.session and tile.session.channel and tile.session.channel.key == key:
                return tile
        return None

    def sessions(self) -> list[TileSession]:
        return [tile.session for tile in self.tiles if tile.session]

    def close_all(self) -> None:
        """Closes every picture."""
        for tile in self.tiles:
            tile.show_session(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def _add(self) -> None:
        tile = Tile(len(self.tiles) + 1, self)
        index = len(self.tiles)
        self.tiles.append(tile)

        def chosen() -> None:
            if self._current != index:
                self.select(index)

        tile.chosen.connect(chosen)
        tile.enlarge.connect(lambda: self.enlarge(index))
        tile.took.connect(self._with(tile, self.took.emit))
        tile.acted.connect(self._with(tile, self.acted.emit))
        tile.profile_asked.connect(self._with(tile, self.profile_asked.emit))
        tile.cleared.connect(lambda: self.cleared.emit(tile))
        tile.menu_filling.connect(self._with(tile, self.menu_filling.emit))
        tile.snapshot_asked.connect(lambda: self.snapshot_asked.emit(tile))
        tile.show()

    @staticmethod
    def _with(tile: Tile, emit: Callable[[object, object], None]) -> Callable[[object], None]:
        return lambda value: emit(tile, value)

    def _place(self) -> None:
        area = self.contentsRect().adjusted(tokens.GAP, tokens.GAP, -tokens.GAP, -tokens.GAP)
        if self._enlarged is not None:
            for i, tile in enumerate(self.tiles):
                tile.setVisible(i == self._enlarged)
            self.tiles[self._enlarged].setGeometry(area)
            return
        columns = ceil(sqrt(len(self.tiles)))
        rows = ceil(len(self.tiles) / columns)
        for i, tile in enumerate(self.tiles):
            row, column = divmod(i, columns)
            left = area.left() + column * (area.width() + tokens.GAP) // columns
            right = area.left() + (column + 1) * (area.width() + tokens.GAP) // columns
            top = area.top() + row * (area.height() + tokens.GAP) // rows
            bottom = area.top() + (row + 1) * (area.height() + tokens.GAP) // rows
            tile.setGeometry(QRect(left, top, right - left - tokens.GAP, bottom - top - tokens.GAP))
            tile.show()
