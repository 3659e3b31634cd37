"""Which stream a tile shows, and what a session does when another suits it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import WHEN, HandEngine, HandOpener, HandPlayer, channel, made_wall
from tests.ui.wall.support import session_of as made_session
from vsconsole.domain.model import Ability, StreamProfile
from vsconsole.player.backend import PlayerState, PlayerStats
from vsconsole.ui.wall import streams
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.streams import StreamChoice
from vsconsole.ui.wall.tile import Tile

MAIN, SUB = StreamProfile.MAIN, StreamProfile.SUB
SMALL, LARGE = QSize(320, 180), QSize(1280, 720)


def choice(qtbot: QtBot) -> tuple[StreamChoice, list[StreamProfile]]:
    made = StreamChoice()
    made._soon.setInterval(30)
    told: list[StreamProfile] = []
    made.changed.connect(lambda: told.append(made.profile))
    return made, told


def test_the_first_choice_counts_at_once_and_later_ones_when_they_last(qtbot: QtBot) -> None:
    assert streams.HYSTERESIS_MS == 2000
    made, told = choice(qtbot)
    made.look(SMALL, zoomed=False)
    assert made.begin() is SUB
    made.look(LARGE, zoomed=False)
    assert made.profile is SUB
    qtbot.waitUntil(lambda: told == [MAIN])
    # Sizes on the way of a window being dragged do not count.
    for _ in range(4):
        made.look(SMALL, zoomed=False)
        made.look(LARGE, zoomed=False)
    assert not made._soon.isActive()
    made.look(SMALL, zoomed=False)
    qtbot.waitUntil(lambda: told == [MAIN, SUB])


def test_a_sub_stream_is_enough_up_to_what_it_has(qtbot: QtBot) -> None:
    made, _told = choice(qtbot)
    made.look(QSize(640, 480), zoomed=False)  # bars above and below
    assert made.begin() is SUB
    made.look(QSize(800, 460), zoomed=False)
    assert made.begin() is MAIN
    made.seen_sub(QSize(960, 540))
    assert made.begin() is SUB
    made.look(SMALL, zoomed=True)
    assert made.begin() is MAIN
    made.stop()


def test_a_pin_holds_against_size_and_zoom(qtbot: QtBot) -> None:
    made, told = choice(qtbot)
    made.look(LARGE, zoomed=False)
    made.begin()
    made.pin(SUB)
    assert told == [SUB]
    made.look(LARGE, zoomed=True)
    assert not made._soon.isActive()
    made.pin(None)
    assert told == [SUB, MAIN]


def live(qtbot: QtBot, *abilities: Ability) -> tuple[Tile, TileSession, HandPlayer, HandOpener]:
    opener = HandOpener()
    tile = made_wall(qtbot, 4).tiles[0]
    session, player = made_session(HandEngine(), opener, channel("c1", *abilities))
    session.streams._soon.setInterval(30)
    tile.show_session(session)
    session.play_live()
    player.say(PlayerState.PLAYING)
    QApplication.processEvents()
    return tile, session, player, opener


def opened(player: HandPlayer, opener: HandOpener, command: str) -> StreamProfile:
    player.took(command)[-1][0]()  # type: ignore[operator]
    return opener.lives[-1][1]


def test_a_small_tile_opens_the_sub_stream_and_zoom_takes_the_main_one(qtbot: QtBot) -> None:
    tile, session, player, opener = live(qtbot)
    assert opened(player, opener, "play_live") is SUB
    player.show(QColor("red"), WHEN)
    tile.zoom = QRectF(0.2, 0.2, 0.5, 0.5)
    qtbot.waitUntil(lambda: len(player.took("switch_live")) == 1)
    assert opened(player, opener, "switch_live") is MAIN
    tile.zoom = QRectF(0, 0, 1, 1)
    qtbot.waitUntil(lambda: len(player.took("switch_live")) == 2)
    assert opened(player, opener, "switch_live") is SUB
    # The picture is changed, never taken away.
    assert not player.took("stop")
    assert len(player.took("play_live")) == 1
    assert session.state is PlayerState.PLAYING


def test_a_larger_tile_and_a_denser_screen_take_the_main_stream(qtbot: QtBot) -> None:
    tile, session, player, _opener = live(qtbot)
    tile.resize(900, 520)
    qtbot.waitUntil(lambda: session.profile is MAIN)
    assert len(player.took("switch_live")) == 1
    # Twice as many pixels in the same place.
    session.look(QSize(400, 225) * 2, zoomed=False)
    qtbot.wait(60)
    assert session.profile is MAIN


def test_the_stream_that_was_chosen_while_the_picture_was_held_comes_with_it(qtbot: QtBot) -> None:
    tile, session, player, _opener = live(qtbot)
    player.pause()
    QApplication.processEvents()
    tile.resize(900, 520)
    qtbot.waitUntil(lambda: session.profile is MAIN)
    assert not player.took("switch_live")
    player.resume()
    QApplication.processEvents()
    assert len(player.took("switch_live")) == 1


def test_the_size_of_the_sub_stream_is_learned_from_its_picture(qtbot: QtBot) -> None:
    _tile, session, player, _opener = live(qtbot)
    assert session.profile is SUB
    player.numbers = PlayerStats(width=176, height=144)
    session._pulse.setInterval(5)
    qtbot.waitUntil(lambda: session.profile is MAIN)
    assert len(player.took("switch_live")) == 1


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_a_channel_with_one_stream_keeps_to_it(qtbot: QtBot, size: QSize) -> None:
    _tile, session, player, opener = live(qtbot, Ability.LIVE, Ability.CLOUD_RECORDS)
    assert opened(player, opener, "play_live") is MAIN
    session.look(size, zoomed=False)
    qtbot.wait(60)
    assert not player.took("switch_live")
