"""All the walls: in tabs and in windows of their own. One of them is in front."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import count

from PySide6.QtCore import QTimer, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Key
from vsconsole.i18n import _
from vsconsole.ui import icons, tokens
from vsconsole.ui.drag import Dropped
from vsconsole.ui.turns import in_turns
from vsconsole.ui.wall.layouts import Layout
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.shown import WallPlan
from vsconsole.ui.wall.tabs import WallTabs
from vsconsole.ui.wall.tile import Tile
from vsconsole.ui.wall.tour_bar import TourBar
from vsconsole.ui.wall.wall import Wall, WallSignals, wall_of
from vsconsole.ui.wall.window import WallWindow

_REOPENED = 10
_RELAYED = tuple(name for name, value in vars(WallSignals).items() if isinstance(value, Signal))


class Walls(WallSignals):
    """Answers as the wall in front does, and holds the others.

    In front is the one the operator turned to last: of the tab that is shown, or of a window.
    `front_changed` when that is another; `sight_changed` when walls came into sight or went;
    `walls_changed` when there are more, fewer, or other names; `took_over` with a wall onto whose
    tab something was dropped, and what; `grown` with a wall that has all tiles of its layout;
    `used` when the operator turns to a tile of any wall.
    """

    front_changed = Signal()
    sight_changed = Signal()
    walls_changed = Signal()
    took_over = Signal(object, object)
    grown = Signal(object)
    used = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "wall")
        self.all: list[Wall] = []
        """Every wall in the order of the tabs, those in windows too."""
        self._leaving: list[Wall] = []
        """Walls closed a moment ago, some of whose players still are not."""
        self._tabbed: list[Wall] = []
        self._windows: dict[Wall, WallWindow] = {}
        self._closed: list[tuple[str, str, WallPlan]] = []
        self._actions: Sequence[QAction] = ()
        self._moving = False
        self._build()
        self._connect()
        self._front = self._made()
        self._front.set_front(True, alone=True)

    def _build(self) -> None:
        self.tabs = WallTabs()
        self.new_button = QToolButton()
        self.new_button.setIcon(icons.icon("plus", "dim"))
        self.new_button.setProperty("flat", "true")
        self.new_button.setProperty("small", "true")
        self.new_button.setAccessibleName(_("New tab"))
        self.new_button.setToolTip(_("New tab"))
        self.strip = QWidget()
        row = QHBoxLayout(self.strip)
        row.setContentsMargins(tokens.GAP, 0, tokens.GAP, 0)
        row.setSpacing(tokens.GAP)
        row.addWidget(self.tabs)
        row.addWidget(self.new_button)
        row.addStretch(1)
        self.tour_bar = TourBar()
        self.tour_bar.hide()
        self.pages = QStackedWidget()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.strip)
        self.column.addWidget(self.tour_bar)
        self.column.addWidget(self.pages, 1)

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._on_tab)
        self.tabs.tabMoved.connect(self._on_moved)
        self.tabs.renamed.connect(lambda place, name: self.rename(self._tabbed[place], name))
        self.tabs.close_asked.connect(lambda place: self.close_wall(self._tabbed[place]))
        self.tabs.leave_asked.connect(lambda place: self.leave(self._tabbed[place]))
        self.tabs.hovered.connect(self.tabs.setCurrentIndex)
        self.tabs.took.connect(self._on_took)
        self.new_button.clicked.connect(lambda: self.add())

    def use_actions(self, actions: Sequence[QAction]) -> None:
        """The desk's actions: their keys work in windows of walls too."""
        self._actions = actions

    def set_bare(self, bare: bool) -> None:
        """Shows no tabs, or shows them."""
        self.strip.setVisible(not bare)

    def tint(self) -> None:
        """Takes over another colour scheme."""
        for tile in self.all_tiles():
            tile.tint()
        for window in self._windows.values():
            window.update()

    # Which walls there are

    @property
    def front(self) -> Wall:
        """The wall that is worked at."""
        return self._front

    @property
    def shown(self) -> Wall:
        """The wall of the tab that is shown."""
        return self._tabbed[self.tabs.currentIndex()]

    @property
    def windows(self) -> dict[Wall, WallWindow]:
        """The walls that have windows of their own."""
        return dict(self._windows)

    def in_sight(self) -> list[Wall]:
        """The walls the operator can see: of the tab shown, and of windows."""
        return [wall for wall in self.all if wall is self.shown or wall in self._windows]

    def by_id(self, id: int) -> Wall | None:
        return next((wall for wall in self.all if wall.id == id), None)

    def all_tiles(self) -> list[Tile]:
        return [tile for wall in self.all for tile in wall.tiles]

    def all_sessions(self) -> list[TileSession]:
        """What is playing or opening on any wall."""
        return [session for wall in self.all for session in wall.sessions()]

    def add(self, plan: WallPlan | None = None, *, name: str = "", bring: bool = True) -> Wall:
        """A new wall in a tab of its own at the end; in front unless told otherwise."""
        wall = self._made()
        wall.name = name
        if plan is not None:
            wall.set_plan(plan)
        self._show_title(wall)
        if bring:
            self.bring(wall)
        return wall

    def _made(self) -> Wall:
        wall = Wall()
        taken = {one.number for one in self.all}
        wall.number = next(number for number in count(1) if number not in taken)
        for name in _RELAYED:
            source: SignalInstance = getattr(wall, name)
            source.connect(partial(self._relay, wall, name))
        wall.used.connect(lambda: self._on_used(wall))
        wall.grown.connect(lambda: self.grown.emit(wall))
        self.all.append(wall)
        self._insert(wall)
        return wall

    def _insert(self, wall: Wall) -> None:
        """Puts a wall into its tab, in its place among the others, without showing it."""
        place = sum(one in self._tabbed for one in self.all[: self.all.index(wall)])
        self._moving = True
        self._tabbed.insert(place, wall)
        self.pages.addWidget(wall)
        self.tabs.add(place, wall.title)
        self._moving = False
        if len(self._tabbed) == 1:
            self.pages.setCurrentWidget(wall)
        self.walls_changed.emit()

    def _take_out(self, wall: Wall) -> None:
        """Takes a wall out of its tab; another tab is shown where it was."""
        place = self._tabbed.index(wall)
        self._moving = True
        self._tabbed.remove(wall)
        self.tabs.removeTab(place)
        self.pages.removeWidget(wall)
        self._moving = False
        self.pages.setCurrentWidget(self.shown)

    def close_wall(self, wall: Wall) -> None:
        """Closes a wall and its pictures; `reopen` brings it back. The last one is emptied."""
        if not wall.empty:
            self._closed = [*self._closed, (wall.name, wall.view, wall.plan())][-_REOPENED:]
        if wall in self._windows:
            self._bring_back(wall)
        if len(self._tabbed) == 1:
            self._made()
        self._take_out(wall)
        self.all.remove(wall)
        # Nine players at once would hold the window.
        self._leaving.append(wall)
        wall.kept.clear()
        steps = (partial(tile.show_session, None) for tile in wall.tiles if tile.session)
        in_turns(wall, *steps, partial(self._forget, wall))
        self.walls_changed.emit()
        self._settle(self.shown if wall is self._front else self._front)

    def _forget(self, wall: Wall) -> None:
        self._leaving.remove(wall)
        wall.deleteLater()

    def reopen(self) -> Wall | None:
        """The wall closed last, as it was; None where none was closed."""
        if not self._closed:
            return None
        name, view, plan = self._closed.pop()
        wall = self.add(plan, name=name)
        wall.view = view
        return wall

    def rename(self, wall: Wall, name: str) -> None:
        """Another name; an empty one gives it its number again."""
        wall.name = name
        self._show_title(wall)
        self.walls_changed.emit()

    def edit_name(self, wall: Wall) -> None:
        """Lets the operator type another name into the wall's tab."""
        if wall in self._tabbed:
            self.tabs.edit(self._tabbed.index(wall), wall.title)

    def _show_title(self, wall: Wall) -> None:
        if wall in self._windows:
            self._windows[wall].show_title()
        else:
            self.tabs.name(self._tabbed.index(wall), wall.title)

    def forget_closed(self) -> None:
        """Nothing can be reopened any more."""
        self._closed.clear()

    # In front

    def bring(self, wall: Wall) -> None:
        """Makes a wall the one in front, and shows it."""
        if wall not in self._windows and wall is not self.shown:
            self._moving = True
            self.tabs.setCurrentIndex(self._tabbed.index(wall))
            self._moving = False
            self.pages.setCurrentWidget(wall)
        if wall is not self._front or not self._known():
            self._settle(wall)

    def _on_used(self, wall: Wall) -> None:
        window = self._windows.get(wall)
        if window is None or not window.settling:
            self.bring(wall)
            self.used.emit()

    def step(self, by: int) -> None:
        """Shows the next tab, round the end."""
        place = (self.tabs.currentIndex() + by) % len(self._tabbed)
        self.bring(self._tabbed[place])

    def _known(self) -> bool:
        """Whether what was told last of what is in sight still holds."""
        return self._sight == self.in_sight()

    _sight: Sequence[Wall] = ()

    def _settle(self, front: Wall) -> None:
        """Tells what has changed of which wall is in front and which are in sight."""
        other = front is not self._front
        self._front = front
        sight = self.in_sight()
        for wall in self.all:
            wall.set_front(wall is front, alone=len(sight) == 1)
        if list(self._sight) != sight:
            self._sight = sight
            self.sight_changed.emit()
        if other:
            self.front_changed.emit()
            self.selected.emit(front.current)
            self.layout_changed.emit(front.grid)

    def _on_tab(self, place: int) -> None:
        if not self._moving and 0 <= place < len(self._tabbed):
            self.pages.setCurrentWidget(self._tabbed[place])
            self._settle(self._tabbed[place])

    def _on_moved(self, before: int, after: int) -> None:
        self._tabbed.insert(after, self._tabbed.pop(before))
        tabbed = iter(self._tabbed)
        self.all = [wall if wall in self._windows else next(tabbed) for wall in self.all]

    def _relay(self, wall: Wall, name: str, *values: object) -> None:
        """What the operator does on a wall makes it the one in front; of others nothing is told."""
        if name not in ("selected", "layout_changed"):
            self.bring(wall)
        if wall is self._front:
            getattr(self, name).emit(*values)

    def _on_took(self, place: int, what: Dropped) -> None:
        wall = self._tabbed[place] if place >= 0 else self.add(bring=False)
        self.bring(wall)
        self.took_over.emit(wall, what)

    # Windows

    def leave(self, wall: Wall) -> WallWindow:
        """Moves a wall out of its tab into a window of its own, on another screen if there is."""
        if wall in self._windows:
            return self._windows[wall]
        window = self._window(wall)
        window.place(self.window())
        self._settle(wall)
        return window

    def leave_to(self, wall: Wall, state: dict[str, object]) -> None:
        """Moves a wall into a window where one was in an earlier run."""
        self._window(wall).restore(state)
        self._settle(self._front)

    def _window(self, wall: Wall) -> WallWindow:
        if len(self._tabbed) == 1:
            self._made()
        self._take_out(wall)
        window = WallWindow(wall, self._actions)
        self._windows[wall] = window
        window.left.connect(lambda: QTimer.singleShot(0, self, lambda: self.come_back(wall)))
        window.entered.connect(lambda: self._on_entered(wall))
        self.walls_changed.emit()
        return window

    def _on_entered(self, wall: Wall) -> None:
        if wall in self._windows and not self._windows[wall].settling:
            self.bring(wall)

    def come_back(self, wall: Wall) -> None:
        """Brings a wall back into its tab, and shows it."""
        if wall in self._windows:
            self._bring_back(wall)
            self.bring(wall)

    def _bring_back(self, wall: Wall) -> None:
        window = self._windows.pop(wall)
        window.let_go()
        # What only stood in for it goes.
        lone = self._tabbed[0] if len(self._tabbed) == 1 else None
        self._insert(wall)
        if lone is not None and lone.empty and not lone.name:
            self.pages.setCurrentWidget(wall)
            self._take_out(lone)
            self.all.remove(lone)
            lone.deleteLater()
            if lone is self._front:
                self._front = wall
        self._sight = ()

    def close_windows(self) -> None:
        """Every window of a wall goes with the desk; what was on them is closed."""
        for wall, window in list(self._windows.items()):
            del self._windows[wall]
            self.all.remove(wall)
            wall.close_all()
            window.let_go()
            wall.deleteLater()
        if self._front not in self.all:
            self._front = self.shown

    def close_all(self) -> None:
        """Closes every picture of every wall."""
        for wall in (*self.all, *self._leaving):
            wall.close_all()

    # As the wall in front does

    @property
    def tiles(self) -> list[Tile]:
        return self._front.tiles

    @property
    def current(self) -> Tile:
        return self._front.current

    @property
    def count(self) -> int:
        return self._front.count

    @property
    def grid(self) -> Layout:
        return self._front.grid

    @property
    def enlarged(self) -> bool:
        return self._front.enlarged

    def set_count(self, count: int) -> None:
        self._front.set_count(count)

    def set_grid(self, layout: Layout) -> None:
        self._front.set_grid(layout)

    def select(self, index: int) -> None:
        self._front.select(index)

    def select_next(self, step: int) -> None:
        self._front.select_next(step)

    def select_tile(self, tile: Tile) -> None:
        """Makes a tile of any wall the selected one of its wall."""
        wall = wall_of(tile)
        wall.select(wall.tiles.index(tile))

    def enlarge(self, index: int | None = None) -> None:
        self._front.enlarge(index)

    def free_tile(self) -> Tile:
        return self._front.free_tile()

    def tile_of(self, key: Key) -> Tile | None:
        return self._front.tile_of(key)

    def sessions(self) -> list[TileSession]:
        return self._front.sessions()
