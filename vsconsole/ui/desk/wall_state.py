"""What is on the wall, kept for the next start and put back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QRectF

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


def _tile_state(tile: Tile) -> dict[str, Any] | None:
    session = tile.session
    if session is None or session.channel is None:
        return None
    at = None if session.mode is Mode.LIVE else session.position() or session.asked
    return {
        "channel": str(session.channel.key),
        "mode": session.mode.value,
        "store": session.store.value,
        "stream": session.pinned.value if session.pinned else None,
        "zoom": [tile.zoom.x(), tile.zoom.y(), tile.zoom.width()],
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
            stream = entry.get("stream")
            pinned = StreamProfile(stream) if stream else None
            show = partial(pictures.show_again, tile, channel, mode, store, pinned, at)
            steps.append(partial(_put, wall, tile, show, _part(entry.get("zoom"))))
    if isinstance(current, int) and 0 <= current < wall.count:
        steps.append(partial(_select, wall, wall.tiles[current]))
    steps.append(done)
    in_turns(wall, *steps, apart_ms=_APART_MS)


def _put(wall: Wall, tile: Tile, show: Callable[[], None], part: QRectF) -> None:
    """Shows it, unless the operator took the tile, or the wall has another layout now."""
    if tile in wall.tiles and tile.session is None:
        show()
        tile.zoom = part


def _part(saved: object) -> QRectF:
    """The part of the picture that was shown; the whole where that is not known."""
    if isinstance(saved, list) and len(saved) == 3:
        x, y, size = (float(number) for number in saved)
        return QRectF(x, y, size, size)
    return QRectF(0.0, 0.0, 1.0, 1.0)


def _select(wall: Wall, tile: Tile) -> None:
    if tile in wall.tiles:
        wall.select(wall.tiles.index(tile))
