"""What is let go over the wall: cameras, files and addresses to open, tiles to move."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject
from shiboken6 import isValid

from vsconsole.domain.model import Channel
from vsconsole.i18n import _, ngettext
from vsconsole.ui.drag import Dropped
from vsconsole.ui.turns import in_turns
from vsconsole.ui.wall.shown import Shown
from vsconsole.ui.wall.tile import Tile
from vsconsole.ui.wall.wall import Wall, swap, wall_of

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow

APART_MS = 40
"""Between the openings of two tiles, when many are opened one after the other."""


class _Open(Protocol):
    """Shows one thing in a tile, which becomes the selected one or not."""

    def __call__(self, tile: Tile, *, select: bool = True) -> object: ...


class DropsDesk(QObject):
    """Opens what is dropped on tiles and tabs, and moves or copies tiles."""

    def __init__(self, window: MainWindow, pictures: PicturesDesk) -> None:
        super().__init__(window)
        self._window = window
        self._pictures = pictures
        window.wall.took.connect(self._on_dropped)
        window.wall.took_over.connect(self._on_dropped_over)

    def _on_dropped(self, tile: Tile, what: Dropped) -> None:
        """What was let go over a tile: the first thing goes there, the others to free tiles.

        Another tile changes places with it, or is shown here as well.
        """
        wall = self._window.wall
        if what.tile is not None:
            self._move_tile(tile, what)
            return
        nodes = (self._window.tree.model.node(key) for key in what.channels)
        channels = [node for node in nodes if isinstance(node, Channel)]
        opens: list[_Open] = [
            *(partial(self._pictures.open_channel, channel) for channel in channels[:1]),
            *(
                partial(self._pictures.open_channel, channel)
                for channel in channels[1:]
                if wall.tile_of(channel.key) is None
            ),
            *(partial(self._pictures.open_address, text) for text in what.addresses),
        ]
        if opens:
            opens[0](tile)
            in_turns(self, *self._steps(tile, opens[1:]), apart_ms=APART_MS)

    def _steps(self, first: Tile, opens: Sequence[_Open]) -> Iterator[Callable[[], object]]:
        """A step for each thing, for many at once would hold the window; each in an empty tile.

        The first tile stays selected.
        """
        wall, taken, left = wall_of(first), {first}, []

        def step(open: _Open) -> None:
            order = wall.tiles if isValid(wall) else []
            free = next((one for one in order if one.session is None and one not in taken), None)
            if free is None:
                left.append(open)
                return
            taken.add(free)
            open(free, select=False)

        def told() -> None:
            if left:
                count = len(left)
                self._window.notifier.info(
                    ngettext(
                        "{n} more found no empty tile.", "{n} more found no empty tile.", count
                    ).format(n=count),
                    _("A larger layout has room for it."),
                )

        yield from (partial(step, open) for open in opens)
        yield told

    def _on_dropped_over(self, wall: Wall, what: Dropped) -> None:
        """What was let go over a tab goes to free tiles of its wall."""
        self._on_dropped(wall.free_tile(), what)

    def _move_tile(self, tile: Tile, what: Dropped) -> None:
        assert what.tile is not None
        id, place = what.tile
        source = self._window.wall.by_id(id)
        if source is None or place >= len(source.tiles) or source.tiles[place] is tile:
            return  # it has gone meanwhile
        moved = source.tiles[place]
        if not what.copy:
            swap(moved, tile)
            self._window.wall.select_tile(moved)
        elif moved.session is not None:
            shown = Shown.of(moved.session, moved.zoom)
            tile.show_session(None)
            self._pictures.show_again(tile, shown)
            self._window.wall.select_tile(tile)
        self._pictures.wall_changed()
