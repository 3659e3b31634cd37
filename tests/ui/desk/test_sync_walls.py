"""One clock over several walls: tabs that come and go, windows, and tiles put there by others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtGui import QColor

from tests.ui.desk.support import AT, CAMERA, Hands
from tests.ui.wall.support import HandPlayer
from vsconsole.demo import hands
from vsconsole.domain.model import Channel, Store
from vsconsole.player.backend import PlayerState
from vsconsole.ui import tokens
from vsconsole.ui.desk import walls as walls_desk
from vsconsole.ui.desk.sync import SyncDesk
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.walls import Walls

SECOND = timedelta(seconds=1)


def cameras(hand: Hands) -> list[Channel]:
    return hand.stand.channels(*CAMERA)


def sync_of(hand: Hands) -> SyncDesk:
    return hand.stand.desk.sync


def walls_of(hand: Hands) -> Walls:
    return hand.stand.desk.window.wall


def lands(*players: HandPlayer) -> None:
    """They show the moment asked for last, and stand there."""
    for player in players:
        asked = [c[1] for c in player.commands if c[0] in ("seek", "play")][-1]
        player.show(QColor("teal"), asked)  # type: ignore[arg-type]
        player.say(PlayerState.PAUSED)
    hands.pause(0.15)


def two_together(hand: Hands) -> tuple[HandPlayer, HandPlayer]:
    """Two cameras that play yesterday on one clock."""
    hand.stand.press("layout-4")
    one, two = (hand.play(camera, AT)[1] for camera in cameras(hand)[:2])
    hand.stand.press("sync")
    hands.pause(0.1)
    lands(one, two)
    hand.stand.wait(lambda: bool(one.took("resume") and two.took("resume")), 5)
    return one, two


def count(hand: Hands) -> int:
    return len(sync_of(hand).group.members)


def test_a_tab_out_of_sight_is_off_the_clock_and_finds_its_moment_again(hand: Hands) -> None:
    one, two = two_together(hand)
    walls, later = walls_of(hand), AT + 40 * SECOND
    hand.stand.desk.playing.seek(later)
    lands(one, two)
    hand.stand.press("new-tab")
    hands.pause(0.1)
    assert count(hand) == 0
    assert all(player.state is PlayerState.PAUSED for player in (one, two))
    # What they are left at is no matter: they may have stood at the end of a gap.
    for player in (one, two):
        player.show(QColor("navy"), AT)
        player.commands.clear()
    walls.step(-1)
    hand.stand.wait(lambda: count(hand) == 2, 5)
    hand.stand.wait(lambda: bool(one.took("seek") and two.took("seek")), 5)
    asked = {at for player in (one, two) for (at,) in player.took("seek")}
    assert len(asked) == 1
    assert abs((asked.pop() - later).total_seconds()) < 5  # type: ignore[operator]
    lands(one, two)
    hand.stand.wait(lambda: bool(one.took("resume") and two.took("resume")), 5)
    assert sync_of(hand).group.running


def test_a_tab_that_has_rested_goes_on_from_its_moment_too(
    hand: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walls_desk, "REST_MS", 10)
    one, two = two_together(hand)
    later = AT + 40 * SECOND
    hand.stand.desk.playing.seek(later)
    lands(one, two)
    made = len(hand.engine.players)
    hand.stand.press("new-tab")
    hand.stand.wait(lambda: one.closed and two.closed, 5)
    walls_of(hand).step(-1)
    hand.stand.wait(lambda: count(hand) == 2, 5)
    hand.stand.wait(lambda: len(hand.engine.players) == made + 2, 5)
    hands.pause(0.1)
    new = hand.engine.players[made:]
    lands(*new)
    hand.stand.wait(lambda: all(player.took("resume") for player in new), 5)
    at = sync_of(hand).group.position()
    assert at is not None
    assert abs((at - later).total_seconds()) < 10


def test_a_wall_in_a_window_is_on_the_same_clock(hand: Hands) -> None:
    one, two = two_together(hand)
    walls = walls_of(hand)
    first = walls.front
    walls.leave(first)
    walls.bring(walls.shown)
    hands.pause(0.1)
    hand.stand.desk.pictures.prefer(Mode.PLAYBACK)
    _session, three = hand.open(cameras(hand)[2])
    hand.stand.wait(lambda: count(hand) == 3, 5)
    lands(three)
    for player in (one, two, three):
        player.commands.clear()
    asked = AT + 300 * SECOND
    hand.stand.desk.playing.seek(asked)
    assert [player.took("seek") for player in (one, two, three)] == [[(asked,)]] * 3
    walls.come_back(first)


def test_a_moment_played_in_another_tile_takes_all_there(hand: Hands) -> None:
    one, two = two_together(hand)
    walls_of(hand).select(2)
    for player in (one, two):
        player.commands.clear()
    asked = AT + 600 * SECOND
    hand.stand.desk.pictures.play_moment(cameras(hand)[2], Store.CLOUD, asked)
    assert count(hand) == 3
    assert one.took("seek")[-1] == two.took("seek")[-1] == (asked,)
    three = hand.engine.last
    asked_last = [c[1] for c in three.commands if c[0] in ("seek", "play")][-1]
    assert asked_last == asked


def test_the_first_tile_that_is_opened_plays(hand: Hands) -> None:
    hand.stand.press("sync")
    hand.stand.desk.pictures.prefer(Mode.PLAYBACK)
    hand.stand.desk.window.timeline_model.set_playhead(AT)
    _session, player = hand.open(cameras(hand)[0])
    hand.stand.wait(lambda: count(hand) == 1, 5)
    hands.pause(0.1)
    lands(player)
    hand.stand.wait(lambda: bool(player.took("resume")), 5)


def test_tiles_taken_away_by_another_layout_leave_quietly(hand: Hands) -> None:
    one, _two = two_together(hand)
    walls_of(hand).select(1)
    hand.stand.press("layout-1")
    hands.pause(0.2)
    assert count(hand) == 1
    assert not one.closed


def test_a_tile_without_footage_shows_neither_picture_nor_its_time(hand: Hands) -> None:
    one, two = two_together(hand)
    hand.stand.desk.playing.toggle()
    asked, begin = AT + 600 * SECOND, AT + 900 * SECOND
    hand.stand.desk.playing.seek(asked)
    two.jump(asked, begin)
    lands(one)
    two.show(QColor("red"), begin)
    two.say(PlayerState.PAUSED)
    tile = walls_of(hand).tiles[1]

    def hidden() -> bool:
        state = tile.state()
        return state is not None and state.hides

    hand.stand.wait(hidden, 5)
    assert tile.clock_text() == ""
    assert walls_of(hand).tiles[0].clock_text()
    seen = tile.grab().toImage().pixelColor(tile.width() // 2, tile.height() - 4)
    assert seen == tokens.current().tile
    assert "in step" in walls_of(hand).tiles[0].side_text()


def test_a_tile_off_the_clock_says_so_and_stands_out(hand: Hands) -> None:
    one, two = two_together(hand)
    at = sync_of(hand).group.position()
    assert at is not None
    one.show(QColor("navy"), at)
    two.show(QColor("navy"), at - 8 * SECOND)
    session = walls_of(hand).tiles[1].session
    assert session is not None

    def behind() -> bool:
        side = session.strip_state()
        return side is not None and side.warn and "behind" in side.word

    hand.stand.wait(behind, 5)
