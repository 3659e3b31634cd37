"""One wall: tiles in a layout, one of them selected, one of them perhaps enlarged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.ui import tokens
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.grip import Grip
from vsconsole.ui.wall.layouts import Layout
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.shown import Shown, WallPlan
from vsconsole.ui.wall.tile import Tile

# As many as a turn of the event loop has time to make.
_AT_ONCE = 9
_IDS = count(1)


class WallSignals(QFrame):
    """What a wall tells; all walls together tell it of the one in front.

    `selected` follows the selected tile, `took` what was dropped on which tile, `acted` the one
    button of a tile. Whatever is declared here is passed on by `Walls` without more.
    """

    selected = Signal(object)
    layout_changed = Signal(object)
    took = Signal(object, object)
    acted = Signal(object, object)
    cleared = Signal(object)
    profile_asked = Signal(object, object)
    snapshot_asked = Signal(object)
    menu_filling = Signal(object, object)


class Wall(WallSignals):
    """Holds as many tiles as the layout shows.

    What does not fit, or is not in sight, is in `kept` by its place, without a player: whoever
    opens pictures takes it from there. `used` when the operator turns to a tile, `grown` when every
    tile of a new layout is there.
    """

    used = Signal()
    grown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "wall")
        self.setAccessibleName(_("Wall"))
        self.id = next(_IDS)
        self.number = 1
        """Tells it from others while it has no name."""
        self.name = ""
        """What the operator calls it."""
        self.view = ""
        """The saved view that was opened in it last."""
        self.kept: dict[int, Shown] = {}
        self.tiles: list[Tile] = []
        self._grid = layouts.FIRST
        self._current = 0
        self._enlarged: int | None = None
        self._front, self._alone = True, True
        self._growing = QTimer(self, interval=0, singleShot=True)
        self._growing.timeout.connect(self._grow)
        self._grow()

    @property
    def title(self) -> str:
        """Its name, or a number where it has none."""
        return self.name or _("Wall {number}").format(number=self.number)

    @property
    def grid(self) -> Layout:
        """The layout in force."""
        return self._grid

    @property
    def count(self) -> int:
        """How many tiles the layout has."""
        return self._grid.count

    @property
    def current(self) -> Tile:
        return self.tiles[self._current]

    @property
    def enlarged(self) -> bool:
        return self._enlarged is not None

    @property
    def empty(self) -> bool:
        """Whether nothing was ever put on it, or all of it was taken off."""
        return not self.kept and not self.sessions()

    # Layout

    def set_count(self, count: int) -> None:
        """The regular layout with room for `count` tiles."""
        self.set_grid(layouts.holding(count))

    def set_grid(self, layout: Layout) -> None:
        """Another layout; pictures it has no room for are closed, and kept for when it has."""
        self._enlarged = None
        self._grid = layout
        while len(self.tiles) > layout.count:
            self._keep(len(self.tiles) - 1)
            tile = self.tiles.pop()
            tile.hide()
            tile.deleteLater()
        self._current = min(self._current, len(self.tiles) - 1)
        self._grow()
        self.selected.emit(self.current)
        self.layout_changed.emit(layout)

    def _grow(self) -> None:
        """Makes the tiles that are missing, some of them in a turn of the event loop."""
        for _number in range(min(_AT_ONCE, self._grid.count - len(self.tiles))):
            self._add()
        self._place()
        self._mark()
        if len(self.tiles) < self._grid.count:
            self._growing.start()
        else:
            self._growing.stop()
            self.grown.emit()

    def _add(self) -> None:
        tile = Tile(len(self.tiles) + 1, self)
        Grip(tile)
        self.tiles.append(tile)
        # A tile may move to another wall: its parent is the one it is on.
        tile.chosen.connect(lambda: wall_of(tile).choose(tile))
        tile.enlarge.connect(lambda: wall_of(tile).enlarge(wall_of(tile).tiles.index(tile)))
        tile.took.connect(lambda what: wall_of(tile).took.emit(tile, what))
        tile.acted.connect(lambda action: wall_of(tile).acted.emit(tile, action))
        tile.profile_asked.connect(lambda asked: wall_of(tile).profile_asked.emit(tile, asked))
        tile.cleared.connect(lambda: wall_of(tile).cleared.emit(tile))
        tile.snapshot_asked.connect(lambda: wall_of(tile).snapshot_asked.emit(tile))
        tile.menu_filling.connect(lambda menu: wall_of(tile).menu_filling.emit(tile, menu))
        tile.show()

    # Selection

    def select(self, index: int) -> None:
        """Makes a tile the selected one."""
        self._current = index
        if self._enlarged is not None and self._enlarged != index:
            # What is selected must be in sight: a camera may just have been opened in it.
            self._enlarged = index
            self._place()
        self._mark()
        self.selected.emit(self.tiles[index])

    def choose(self, tile: Tile) -> None:
        """The operator turned to a tile."""
        index = self.tiles.index(tile)
        self.used.emit()
        if self._current != index:
            self.select(index)

    def select_next(self, step: int) -> None:
        """Moves the selection on by `step` tiles, round the end."""
        self.select((self._current + step) % len(self.tiles))
        self.current.setFocus()

    def set_front(self, front: bool, *, alone: bool) -> None:
        """Whether it is the one that is worked at; `alone` when no other is in sight."""
        self._front, self._alone = front, alone
        self._mark()

    def _mark(self) -> None:
        marked = self._front and (len(self.tiles) > 1 or not self._alone)
        for i, tile in enumerate(self.tiles):
            tile.set_selected(marked and i == self._current)

    def enlarge(self, index: int | None = None) -> None:
        """Shows one tile alone, or goes back to the very same layout."""
        if self._enlarged is not None:
            self._enlarged = None
        elif len(self.tiles) > 1:
            self._enlarged = self._current if index is None else index
            if self._enlarged != self._current:
                # The keys are for what is in sight.
                self.select(self._enlarged)
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

    # What is shown, without players

    def plan(self) -> WallPlan:
        """What is on it, and what waits for room."""
        shown = [*self._shown()]
        while shown and shown[-1] is None:
            shown.pop()
        return WallPlan(layout=self._grid, tiles=tuple(shown), current=self._current)

    def _shown(self) -> Iterator[Shown | None]:
        for index in range(max(len(self.tiles), *(place + 1 for place in self.kept), 1)):
            tile = self.tiles[index] if index < len(self.tiles) else None
            if tile is not None and tile.session is not None:
                yield Shown.of(tile.session, tile.zoom)
            else:
                yield self.kept.get(index)

    def set_plan(self, plan: WallPlan) -> None:
        """Closes what is shown and keeps what the plan says instead, for `grown` or later."""
        self.close_all()
        # Before the tiles are there, so that whoever hears of them finds it.
        self.kept = {index: shown for index, shown in enumerate(plan.tiles) if shown}
        self._current = 0
        self.set_grid(plan.layout)
        if plan.current < len(self.tiles):
            self.select(plan.current)
        else:
            self._current_later(plan.current)

    def _current_later(self, index: int) -> None:
        def there() -> None:
            self.grown.disconnect(there)
            if index < len(self.tiles):
                self.select(index)

        self.grown.connect(there)

    def rest(self) -> None:
        """Closes every picture and keeps what it was."""
        for index in range(len(self.tiles)):
            self._keep(index)

    def keep_playing(self, places: Iterable[int]) -> None:
        """What is kept of these places was running, and is to run on."""
        for place in places:
            if place in self.kept:
                self.kept[place] = replace(self.kept[place], playing=True)

    def _keep(self, index: int) -> None:
        tile = self.tiles[index]
        if tile.session is not None:
            self.kept[index] = Shown.of(tile.session, tile.zoom)
            tile.show_session(None)

    def close_all(self) -> None:
        """Closes every picture, and forgets what was kept."""
        self.kept.clear()
        for tile in self.tiles:
            tile.show_session(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    def renumber(self) -> None:
        """Tiles have changed places: numbers, frames, the way of the Tab key, and geometry."""
        for number, tile in enumerate(self.tiles, 1):
            tile.set_number(number)
        for before, after in zip(self.tiles, self.tiles[1:], strict=False):
            QWidget.setTabOrder(before, after)
        self._mark()
        self._place()

    def _place(self) -> None:
        area = self.contentsRect().adjusted(tokens.GAP, tokens.GAP, -tokens.GAP, -tokens.GAP)
        if self._enlarged is not None:
            for i, tile in enumerate(self.tiles):
                tile.setVisible(i == self._enlarged)
            self.tiles[self._enlarged].setGeometry(area)
            return
        places = self._grid.places(area, tokens.GAP)
        for tile, place in zip(self.tiles, places, strict=False):
            tile.setGeometry(place)
            tile.show()


def wall_of(tile: Tile) -> Wall:
    """The wall a tile is on."""
    wall = tile.parentWidget()
    assert isinstance(wall, Wall), "a tile hangs from its wall"
    return wall


def swap(one: Tile, other: Tile) -> None:
    """Two tiles change places with all they show; they may be on two walls."""
    first, second = wall_of(one), wall_of(other)
    i, j = first.tiles.index(one), second.tiles.index(other)
    first.tiles[i], second.tiles[j] = other, one
    if first is not second:
        one.setParent(second)
        other.setParent(first)
    for wall in {first, second}:
        wall.renumber()
