"""What is on the walls, kept for the next start and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from vsconsole.domain.model import Channel, Key
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.shown import WallPlan, keys_in

if TYPE_CHECKING:
    from vsconsole.ui.wall.wall import Wall
    from vsconsole.ui.wall.walls import Walls


def state_of(walls: Walls, mode: Mode) -> dict[str, Any]:
    """Every wall with its layout, selection, tiles, and window; which is in front and shown."""
    return {
        "mode": mode.value,
        "front": walls.all.index(walls.front),
        "shown": walls.all.index(walls.shown),
        "walls": [_wall_state(walls, wall) for wall in walls.all],
    }


def _wall_state(walls: Walls, wall: Wall) -> dict[str, Any]:
    window = walls.windows.get(wall)
    return {
        **wall.plan().as_json(),
        "name": wall.name,
        "view": wall.view,
        "number": wall.number,
        "window": window.state() if window else None,
    }


def walls_in(pictures: object) -> list[Mapping[str, Any]]:
    """The walls of a kept state; older versions knew one and kept it as the state itself."""
    if not isinstance(pictures, Mapping):
        return []
    walls = pictures.get("walls", [pictures])
    return [wall for wall in walls if isinstance(wall, Mapping)] if isinstance(walls, list) else []


def channels_in(pictures: object) -> Iterator[Key]:
    """The channels a kept state names."""
    for wall in walls_in(pictures):
        yield from keys_in(wall)


def restore(
    walls: Walls, state: Mapping[str, Any], channel_of: Callable[[Key], Channel | None]
) -> None:
    """Makes the walls of a kept state, without pictures yet.

    Channels that are gone leave their tile empty; what makes no sense is passed over.
    """
    made: list[Wall] = []
    # Whoever has opened something before the state was read keeps it, and stays there.
    begun = not walls.front.empty
    for entry in walls_in(state):
        wall = walls.add(bring=False) if made or begun else walls.front
        made.append(wall)
        wall.view = str(entry.get("view") or "")
        if isinstance(number := entry.get("number"), int) and number > 0:
            wall.number = number
        walls.rename(wall, str(entry.get("name") or ""))
        wall.set_plan(WallPlan.from_json(entry, channel_of))
    for wall, entry in zip(made, walls_in(state), strict=True):
        if isinstance(window := entry.get("window"), Mapping):
            walls.leave_to(wall, dict(window))
    for name in () if begun else ("shown", "front"):
        place = state.get(name)
        if isinstance(place, int) and 0 <= place < len(made):
            walls.bring(made[place])
