"""The tour's step of tiles that play together: files and a cloud on one clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from vsconsole.demo import hands
from vsconsole.demo.hands import NotSeen, wait_for
from vsconsole.demo.stage import RIGHT, SLOW, Stage
from vsconsole.domain.model import Ability, Channel, Status, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.player.backend import PlayerState
from vsconsole.ui.timeline.transport import Control
from vsconsole.ui.wall.tile import Tile

_LOOKS = 5
_BACK = timedelta(days=3)
_LEAST = 30.0
_SECOND = timedelta(seconds=1)


def synchronized(stage: Stage) -> str:
    """Two files and a cloud's camera on one clock: sought by a click, played, stood still."""
    files = stage.channels(lambda c: c.stores == (Store.LOCAL,))[:2]
    tiles = stage.window.wall.tiles
    for place, channel in zip((2, 3), files, strict=False):
        there = stage.window.wall.tile_of(channel.key)
        hands.click(there or tiles[place])
        if there is None:
            stage.show(channel)
        stage.wait_state(PlayerState.PLAYING, PlayerState.PAUSED)
    recorded = _in_both(stage, files)
    cloud = _of_a_cloud(stage, recorded)
    shown = stage.window.wall.tile_of(cloud.key)
    hands.click(shown or tiles[0])
    if shown is None:
        stage.show(cloud)
    stage.press("playback")
    stage.wait_state(PlayerState.PLAYING, PlayerState.PAUSED)
    stage.press("sync")
    members = [stage.window.wall.tile_of(channel.key) for channel in (*files, cloud)]
    shown_tiles = [tile for tile in members if tile is not None]
    try:
        asked = recorded.begin + (recorded.end - recorded.begin) / 3
        stage.window.timeline.zoom_to(recorded)
        hands.pause(0.3)
        clicked = stage.click_time(asked)
        if stage.desk.sync.group.running:
            hands.click(stage.window.transport.buttons[Control.PLAY])
        stood = _at(shown_tiles, clicked)
        hands.click(stage.window.transport.buttons[Control.PLAY])
        apart = _playing(stage, shown_tiles)
        stage.photograph("synchronized.png")
    finally:
        stage.press("sync")
    return f"3 tiles stood {stood:.2f} s apart at most, and played {apart:.2f} s apart"


def _in_both(stage: Stage, files: list[Channel]) -> Span:
    """A range that all files recorded, the newest there is."""
    end = now()
    shared = [Span(end - _BACK, end)]
    for channel in files:
        lately = Span(end - _BACK, end)
        found = stage.recorded(channel, Store.LOCAL, lately, 10, "a folder's footage did not come")
        shared = [part for span in shared for part in found.clip(span).spans()]
    spans = [span for span in shared if span.seconds > _LEAST]
    if not spans:
        raise NotSeen("the files were recorded at different times")
    return spans[-1]


def _of_a_cloud(stage: Stage, span: Span) -> Channel:
    """A cloud's camera that recorded a range, too."""
    wanted = {Ability.CLOUD_RECORDS}
    for channel in stage.channels(lambda c: wanted <= c.abilities and c.status is Status.ONLINE):
        found = stage.recorded(channel, Store.CLOUD, span, SLOW, "a cloud did not answer")
        known = found.at(span.begin)
        if known is not None and known.end >= span.end:
            return channel
    raise NotSeen("no cloud recorded what the files did")


def _times(tiles: list[Tile]) -> list[datetime]:
    found = [hands.burnt_in(tile) for tile in tiles]
    return [when for when in found if when is not None]


def _apart(tiles: list[Tile]) -> float:
    times = _times(tiles)
    if len(times) < len(tiles):
        return float("inf")
    return (max(times) - min(times)).total_seconds()


def _at(tiles: list[Tile], when: datetime) -> float:
    """Waits until all of them stand at a moment; how far apart they are."""
    wait_for(
        lambda: (
            len(_times(tiles)) == len(tiles)
            and all(abs((one - when).total_seconds()) <= RIGHT + 0.5 for one in _times(tiles))
            and _apart(tiles) <= RIGHT
        ),
        SLOW,
        lambda: f"asked {when:%H:%M:%S}, they show {[f'{t:%H:%M:%S.%f}' for t in _times(tiles)]}",
    )
    return _apart(tiles)


def _playing(stage: Stage, tiles: list[Tile]) -> float:
    """Waits until they have played in step for some looks; the farthest apart they were then."""
    before = _times(tiles)
    good: list[float] = []

    def steady() -> bool:
        hands.pause(0.2)
        apart = _apart(tiles)
        moved = all(a - b > _SECOND for a, b in zip(_times(tiles), before, strict=False))
        if apart <= RIGHT and moved:
            good.append(apart)
        else:
            good.clear()
        return len(good) >= _LOOKS

    wait_for(steady, SLOW, lambda: f"{_apart(tiles):.2f} s apart, {stage.desk.sync.group.speed}×")
    return max(good)
