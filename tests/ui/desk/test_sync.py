"""Tiles that play together at a desk whose players are worked by hand, and at a real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QMenu

from tests.e2e.support import Stand
from tests.ui.desk.support import AT, CAMERA, Wall
from vsconsole.demo import hands
from vsconsole.domain.model import Store
from vsconsole.player.backend import PlayerState
from vsconsole.player.group import Step
from vsconsole.ui.wall.session import Mode, TileSession

SECOND = timedelta(seconds=1)


def test_the_switch_brings_all_to_the_selected_tiles_moment(wall: Wall) -> None:
    later = AT + 90 * SECOND
    wall.players[1].show(QColor("navy"), later)
    wall.stand.desk.window.wall.select(1)
    wall.forget()
    wall.stand.press("sync")
    hands.pause(0.1)
    assert [player.took("seek")[-1:] for player in wall.players] == [[(later,)]] * 3
    wall.land(later)
    # It played, so it plays on.
    wall.stand.wait(lambda: all(n > 0 for n in wall.took("resume")), 5)
    assert wall.stand.desk.transport is not None
    assert wall.stand.desk.pictures.steering is not None
    assert wall.stand.desk.pictures.steering.playing


def test_orders_go_to_all_while_it_is_on_and_to_one_when_it_is_off(wall: Wall) -> None:
    playing = wall.stand.desk.playing
    wall.together()
    wall.forget()
    playing.toggle()
    hands.pause(0.1)
    asked = AT + 300 * SECOND
    playing.seek(asked)
    assert [player.took("seek")[-1] for player in wall.players] == [(asked,)] * 3
    wall.land(asked)
    playing.set_speed(4)
    assert all(player.speed == 4 for player in wall.players)
    wall.stand.press("sync")
    wall.forget()
    playing.seek(AT)
    playing.step(1)
    assert sum(wall.took("seek")) == 1
    assert sum(wall.took("step")) == 1


def test_a_step_takes_the_others_along(wall: Wall) -> None:
    wall.together()
    wall.stand.desk.sync.group.pause()
    wall.forget()
    wall.stand.desk.window.wall.select(0)
    wall.stand.press("frame-back")
    assert wall.took("step") == [1, 0, 0]
    before = AT - timedelta(milliseconds=40)
    wall.land(before, 0)
    wall.stand.wait(lambda: wall.took("seek")[1:] == [1, 1], 5)
    assert wall.players[1].took("seek") == [(before,)]


def test_a_tile_without_footage_says_so_and_when_it_begins(wall: Wall) -> None:
    wall.together()
    wall.stand.desk.sync.group.pause()
    asked, begin = AT + 600 * SECOND, AT + 900 * SECOND
    wall.stand.desk.playing.seek(asked)
    wall.players[2].jump(asked, begin)
    wall.land(asked, 0, 1)
    wall.land(begin, 2)
    wall.stand.wait(lambda: wall.step_of(2) is Step.EMPTY, 5)
    hands.pause(0.3)
    tile = wall.stand.desk.window.wall.tiles[2]
    state = tile.state()
    assert state is not None
    assert state.word == "No recording here"
    assert state.hides
    assert f"{begin.astimezone(ZoneInfo(wall.sessions[2].zone)):%H:%M:%S}" in state.detail
    assert not [said for said in wall.stand.said() if "Nothing is recorded" in said]
    tile._button.click()
    assert wall.stand.desk.sync.group.position() == begin


def test_live_tiles_are_no_members_until_they_show_recordings(wall: Wall) -> None:
    wall.together()
    wall.sessions[1].play_live()
    wall.stand.desk.window.wall.select(1)
    wall.stand.desk.pictures.set_mode(Mode.LIVE)
    hands.pause(0.05)
    assert wall.step_of(1) is None
    wall.forget()
    asked = AT + 60 * SECOND
    # It is selected, and stays live all the same: the click is for the others.
    wall.stand.desk.playing.seek(asked)
    assert wall.sessions[1].mode is Mode.LIVE
    assert wall.took("seek") == [1, 0, 1]
    assert wall.took("play") == [0, 0, 0]
    wall.land(asked, 0, 2)
    wall.stand.desk.window.wall.select(1)
    wall.stand.desk.pictures.set_mode(Mode.PLAYBACK)
    hands.pause(0.05)
    assert wall.step_of(1) is Step.COMING
    opened = [at for at, paused in wall.players[1].took("play") if paused]
    assert opened
    assert all(abs((at - asked).total_seconds()) < 5 for at in opened if isinstance(at, datetime))


def test_another_tile_joins_at_the_groups_moment(wall: Wall) -> None:
    wall.together()
    wall.stand.desk.sync.group.pause()
    asked = AT + 120 * SECOND
    wall.stand.desk.playing.seek(asked)
    wall.land(asked)
    wall.stand.desk.pictures.prefer(Mode.PLAYBACK)
    other = wall.stand.channels(*CAMERA)[3]
    session, player = wall.hand.open(other)
    assert wall.stand.desk.sync.standing(session) is not None
    assert {at for at, _paused in player.took("play")} == {asked}


def menu_of(wall: Wall, number: int) -> QMenu:
    return wall.stand.desk.window.wall.tiles[number].menu()


def test_a_tile_is_taken_out_and_in_by_its_menu(wall: Wall) -> None:
    wall.together()
    menu = menu_of(wall, 1)
    entry = next(a for a in menu.actions() if a.text() == "Plays with the others")
    assert entry.isChecked()
    entry.trigger()
    assert wall.step_of(1) is None
    wall.forget()
    wall.stand.desk.window.wall.select(0)
    wall.stand.desk.playing.seek(AT + SECOND)
    assert wall.took("seek") == [1, 0, 1]
    menu.deleteLater()
    menu = menu_of(wall, 1)
    next(a for a in menu.actions() if a.text() == "Plays with the others").trigger()
    assert wall.step_of(1) is not None
    menu.deleteLater()


def test_it_survives_another_language(wall: Wall) -> None:
    wall.together()
    wall.stand.press("skip-gaps")
    wall.stand.speak("zh_CN")
    wall.stand.wait(lambda: len(wall.stand.desk.window.wall.sessions()) == 3, 10)
    sync = wall.stand.desk.sync
    assert sync.on
    assert not sync.group.skip_gaps
    wall.stand.wait(lambda: len(sync.group.members) == 3, 5)


def test_lesson_06_a_held_playhead_holds_the_group(wall: Wall) -> None:
    wall.together()
    model = wall.stand.desk.window.timeline_model
    held = AT + 50 * SECOND
    model.hold_playhead(held)
    wall.stand.desk.playing.seek(held)
    group = wall.stand.desk.sync.group
    for number in range(1000):
        wall.players[number % 3].show(QColor("navy"), AT + number * SECOND)
    hands.pause(0.2)
    assert model.playhead == held
    assert group.position() == held
    model.release_playhead(held)


def test_gaps_are_where_no_tile_has_footage(wall: Wall) -> None:
    wall.together()
    sync = wall.stand.desk.sync
    assert sync.group.skip_gaps
    wall.stand.press("skip-gaps")
    assert not sync.group.skip_gaps


def test_backwards_needs_recordings_on_this_computer(wall: Wall) -> None:
    wall.together()
    wall.stand.press("reverse")
    assert not any(wall.took("reverse"))
    assert any("cannot be played backwards" in said for said in wall.stand.said())


@contextmanager
def playing_yesterday(stand: Stand, count: int) -> Iterator[list[TileSession]]:
    stand.press("layout-4")
    cameras = stand.channels(*CAMERA)[:count]
    span = stand.recorded(cameras[0], Store.CLOUD)
    at = span.begin + (span.end - span.begin) / 2
    sessions = []
    for camera in cameras:
        session = stand.desk.pictures.open_channel(camera)
        session.play_at(at, Store.CLOUD)
        sessions.append(session)
    stand.desk.pictures.lanes_changed.emit()
    yield sessions


def test_real_pictures_stand_at_one_moment(stand: Stand) -> None:
    with playing_yesterday(stand, 2) as sessions:
        tiles = stand.desk.window.wall.tiles
        stand.wait(lambda: all(s.position() is not None for s in sessions))
        stand.press("sync")
        asked = sessions[0].asked
        assert asked is not None
        asked = asked.replace(microsecond=0) + 45 * SECOND
        stand.desk.sync.group.pause()
        stand.desk.playing.seek(asked)

        def there() -> bool:
            burnt = [hands.burnt_in(tile) for tile in tiles[:2]]
            return all(b is not None and abs((b - asked).total_seconds()) < 0.5 for b in burnt)

        stand.wait(there)
        stand.wait(
            lambda: all(
                (s := stand.desk.sync.standing(one)) is not None and s.step is Step.IN_STEP
                for one in sessions
            )
        )
        assert all(s.state is PlayerState.PAUSED for s in sessions)
