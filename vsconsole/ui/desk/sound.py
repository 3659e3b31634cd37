"""Who is heard: one tile at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shiboken6 import isValid

if TYPE_CHECKING:
    from vsconsole.ui.wall.tile import Tile
    from vsconsole.ui.wall.walls import Walls


class Sound:
    """Lets the selected tile be heard, or none; told by `share` that another one is selected."""

    def __init__(self, walls: Walls) -> None:
        self._walls = walls
        self._audible = False
        self._quiet = False
        self._heard: Tile | None = None

    def toggle(self) -> None:
        """Lets the selected tile be heard, or nothing."""
        # Silent because of a tour, it is to be heard.
        self._audible = self._quiet or not self._audible
        self.be_quiet(False)

    def be_quiet(self, quiet: bool) -> None:
        """While quiet the sound does not follow the selection: a tour selects by itself."""
        self._quiet = quiet
        self.share()

    def share(self) -> None:
        """The tile that is selected now is the one that is heard, if any is."""
        heard = self._walls.current if self._audible and not self._quiet else None
        before, self._heard = self._heard, heard
        if before is not None and before is not heard and isValid(before):
            before.set_audible(False)
        if heard is not None:
            heard.set_audible(True)
