"""What is on the wall, kept for the next start and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from vsconsole.domain.model import Channel, Key, Store, StreamProfile
from vsconsole.ui.turns import in_turns
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.wall import LAYOUTS

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.wall.tile import Tile
    from vsconsole.ui.wall.wall import Wall

_APART_MS = 40


def state_of(wall: Wall, mode: Mode) -> dict[str, Any]:
    """Layout, selection, and for each tile its channel, store, stream and moment."""
    return {
        "count": wall.count,
        "current": wall.tiles.index(wall.current),
        "mode": mode.value,
        "tiles": [_tile_state(tile) for tile in wall.tiles],
    }


def _tile_state(tile: Tile) -> dict[str, str | None] | None:
    session = tile.session
    if session is None or session.channel is None:
        return None
    at = None if session.mode is Mode.LIVE else session.position() or session.asked
    return {
        "channel": str(session.channel.key),
        "mode": session.mode.value,
        "store": session.store.value,
        "profile": session.profile.value,
        "at": at.isoformat() if at else None,
    }


def restore(
    pictures: PicturesDesk,
    wall: Wall,
    state: Mapping[str, Any],
    channel_of: Callable[[Key], Channel | None],
    done: Callable[[], None],
) -> None:
    """Puts back what was on the wall; channels that are gone leave their tile empty.

    ValueError, KeyError or TypeError for a state that is none. The tiles open one after the other,
    so that the window does not stand still while many players start; `done` comes last.
    """
    pictures.prefer(Mode(str(state.get("mode", Mode.LIVE.value))))
    if state.get("count") in LAYOUTS:
        pictures.set_count(int(state["count"]))
    current = state.get("current", 0)
    steps: list[Callable[[], None]] = []
    for tile, entry in zip(wall.tiles, state.get("tiles") or (), strict=False):
        channel = channel_of(Key.parse(entry["channel"])) if entry else None
        if channel is not None:
            at = datetime.fromisoformat(entry["at"]) if entry["at"] else None
            mode, store = Mode(entry["mode"]), Store(entry["store"])
            profile = StreamProfile(entry["profile"])
            show = partial(pictures.show_again, tile, channel, mode, store, profile, at)
            steps.append(partial(_put, wall, tile, show))
    if isinstance(current, int) and 0 <= current < wall.count:
        steps.append(partial(_select, wall, wall.tiles[current]))
    steps.append(done)
    in_turns(wall, *steps, apart_ms=_APART_MS)


def _put(wall: Wall, tile: Tile, show: Callable[[], None]) -> None:
    """Shows it, unless the operator took the tile, or the wall has another layout now."""
    if tile in wall.tiles and tile.session is None:
        show()


def _select(wall: Wall, tile: Tile) -> None:
    if tile in wall.tiles:
        wall.select(wall.tiles.index(tile))
