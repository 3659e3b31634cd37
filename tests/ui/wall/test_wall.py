"""The wall: its grid, the enlarged tile, what is dropped, what is written over the pictures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import QMimeData, QPoint, QUrl
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import WHEN, HandEngine, HandPlayer, channel, made_wall, session_of
from vsconsole.demo import hands
from vsconsole.domain.model import Key
from vsconsole.player.backend import PlayerState
from vsconsole.ui.drag import CHANNELS, Dropped, channels_data
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.wall import Wall


def filled(qtbot: QtBot) -> tuple[Wall, list[TileSession], list[HandPlayer]]:
    """Four tiles that play."""
    wall, engine = made_wall(qtbot, 4), HandEngine()
    sessions = []
    for number, tile in enumerate(wall.tiles):
        session, player = session_of(engine, shown=channel(f"c{number}"))
        tile.show_session(session)
        player.say(PlayerState.PLAYING)
        sessions.append(session)
    QApplication.processEvents()
    return wall, sessions, engine.players


def visible(wall: Wall) -> list[int]:
    return [i for i, tile in enumerate(wall.tiles) if tile.isVisible()]


def test_four_tiles_fill_the_wall_without_overlap(qtbot: QtBot) -> None:
    wall = made_wall(qtbot, 4)
    places = [tile.geometry() for tile in wall.tiles]
    for i, one in enumerate(places):
        assert wall.rect().contains(one)
        assert not any(one.intersects(other) for other in places[i + 1 :])
    sizes = {(place.width(), place.height()) for place in places}
    assert max(w for w, _h in sizes) - min(w for w, _h in sizes) <= 1
    assert sum(p.width() * p.height() for p in places) > 0.95 * wall.width() * wall.height()
    wall.resize(700, 300)
    assert all(wall.rect().contains(tile.geometry()) for tile in wall.tiles)


def test_enlarging_and_back_keeps_the_very_same_tiles_and_streams(qtbot: QtBot) -> None:
    wall, sessions, players = filled(qtbot)
    tiles = list(wall.tiles)
    places = [tile.geometry() for tile in tiles]
    commands = [list(player.commands) for player in players]
    hands.double_click(tiles[2], tiles[2].rect().center())
    assert wall.enlarged
    assert visible(wall) == [2]
    assert wall.current is tiles[2]
    assert tiles[2].width() > places[2].width() * 1.8
    hands.double_click(tiles[2], tiles[2].rect().center())
    assert not wall.enlarged
    assert wall.tiles == tiles
    assert [tile.geometry() for tile in tiles] == places
    assert [tile.session for tile in tiles] == sessions
    assert [player.commands for player in players] == commands


def test_the_enlarged_tile_is_always_the_selected_one(qtbot: QtBot) -> None:
    wall, _sessions, _players = filled(qtbot)
    wall.select(1)
    wall.enlarge()
    assert visible(wall) == [1]
    wall.select_next(1)
    assert wall.enlarged
    assert visible(wall) == [2]
    assert wall.current is wall.tiles[2]
    wall.select_next(-1)
    wall.select_next(-1)
    assert visible(wall) == [0]
    wall.enlarge()
    assert visible(wall) == [0, 1, 2, 3]


def test_one_tile_alone_has_nothing_to_enlarge(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    wall.enlarge()
    assert not wall.enlarged


def test_fewer_tiles_close_the_pictures_of_those_that_go(qtbot: QtBot) -> None:
    wall, sessions, players = filled(qtbot)
    first = wall.tiles[0]
    wall.select(3)
    wall.enlarge()
    wall.set_count(1)
    assert wall.tiles == [first]
    assert wall.current is first
    assert first.isVisible()
    assert first.session is sessions[0]
    assert [player.closed for player in players] == [False, True, True, True]
    wall.set_count(4)
    assert wall.tiles[0] is first
    assert [tile.session for tile in wall.tiles[1:]] == [None, None, None]
    assert visible(wall) == [0, 1, 2, 3]


def test_closing_the_wall_closes_every_picture(qtbot: QtBot) -> None:
    wall, _sessions, players = filled(qtbot)
    wall.close_all()
    assert all(player.closed for player in players)
    assert wall.sessions() == []
    assert not any(tile._clock.isActive() for tile in wall.tiles)


def test_where_the_next_camera_goes(qtbot: QtBot) -> None:
    wall, sessions, _players = filled(qtbot)
    wall.select(1)
    assert wall.free_tile() is wall.tiles[1]
    wall.tiles[0].show_session(None)
    wall.tiles[3].show_session(None)
    assert wall.free_tile() is wall.tiles[3]
    wall.select(0)
    assert wall.free_tile() is wall.tiles[0]
    shown = sessions[2].channel
    assert shown is not None
    assert wall.tile_of(shown.key) is wall.tiles[2]
    assert wall.tile_of(Key("a", "elsewhere")) is None


def test_click_and_keys_select(qtbot: QtBot) -> None:
    wall, _sessions, _players = filled(qtbot)
    hands.click(wall.tiles[3])
    assert wall.current is wall.tiles[3]
    assert [tile.selected for tile in wall.tiles] == [False, False, False, True]
    wall.select_next(1)
    assert wall.current is wall.tiles[0]
    frame = wall.tiles[0].grab().toImage().pixelColor(QPoint(1, 100))
    assert frame != wall.tiles[1].grab().toImage().pixelColor(QPoint(1, 100))


def _text(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def _urls(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


KEYS = (Key("a", "x/1:2"), Key("b", "门"))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (channels_data(KEYS), Dropped(channels=KEYS)),
        (_urls("file:///x/a.mp4"), Dropped(addresses=("/x/a.mp4",))),
        (_urls("rtsp://10.0.0.5/1", "http://h/x.m3u8"), None),
        (_text("see http://h/x.flv\nhttps://h/y.m3u8 "), Dropped(addresses=("https://h/y.m3u8",))),
    ],
    ids=["channels", "file", "addresses", "text"],
)
def test_what_is_dropped_arrives(qtbot: QtBot, data: QMimeData, what: Dropped | None) -> None:
    wall = made_wall(qtbot, 4)
    with qtbot.waitSignal(wall.took) as took:
        hands.drop(wall.tiles[2], data)
    expected = what or Dropped(addresses=("rtsp://10.0.0.5/1", "http://h/x.m3u8"))
    assert took.args == [wall.tiles[2], expected]


def test_what_is_not_for_the_wall_is_not_taken(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    taken: list[object] = []
    wall.took.connect(lambda _tile, what: taken.append(what))
    broken = QMimeData()
    broken.setData(CHANNELS, b"\xff not json")
    for data in (_text("hello"), _urls("javascript:alert(1)", "data:text/html,x"), broken):
        hands.drop(wall.current, data)
    assert taken == []


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Shanghai", "2026-11-20 16:42:49 +08:00"),
        ("Asia/Kathmandu", "2026-11-20 14:27:49 +05:45"),
        ("America/New_York", "2026-11-20 03:42:49 -05:00"),
        ("UTC", "2026-11-20 08:42:49 +00:00"),
    ],
)
def test_the_time_of_the_picture_is_written_with_its_zone(
    qtbot: QtBot, zone: str, text: str
) -> None:
    wall = made_wall(qtbot)
    session, player = session_of(HandEngine(), shown=channel("c1", zone=zone))
    wall.current.show_session(session)
    assert wall.current.clock_text() == ""
    player.say(PlayerState.PLAYING)
    player.show(QColor("blue"), WHEN)
    assert wall.current.clock_text() == text


def test_the_strip_is_painted_as_the_time_goes_on(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    session, player = session_of(HandEngine())
    session.mode = Mode.PLAYBACK
    tile = wall.current
    tile.show_session(session)
    player.say(PlayerState.PLAYING)
    player.show(QColor("blue"), WHEN)
    strip = tile.rect().adjusted(0, tile.height() - 26, 0, 0)
    QApplication.processEvents()
    before = tile.grab(strip).toImage()
    player.show(QColor("blue"), WHEN + timedelta(seconds=1))
    qtbot.waitUntil(lambda: tile.grab(strip).toImage() != before)


def test_the_strip_says_what_plays_and_how_fast(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    session, player = session_of(HandEngine())
    tile = wall.current
    tile.show_session(session)
    player.say(PlayerState.PLAYING)
    QApplication.processEvents()
    assert tile.side_text() == "LIVE"
    session.mode = Mode.PLAYBACK
    assert tile.side_text() == "1×"
    player.speed, player.speed_measured = 4.0, 3.9
    assert tile.side_text() == "3.9×"
    player.speed_measured = 1.0
    assert tile.side_text() == "1.0× asked 4×"
    player.say(PlayerState.PAUSED)
    QApplication.processEvents()
    assert tile.side_text() == "paused"


def test_the_caption_names_camera_and_account_however_long(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    session, _player = session_of(HandEngine())
    tile = wall.current
    tile.show_session(session)
    assert "Gate c1" in tile.accessibleName()
    head = tile.rect().adjusted(0, 0, 0, 26 - tile.height())
    named = tile.grab(head).toImage()
    session.subtitle = ""
    assert tile.grab(head).toImage() != named
    session.title = "<b>東門</b> " * 80
    tile.grab(head)


def test_another_camera_never_shows_the_picture_of_the_one_before(qtbot: QtBot) -> None:
    wall, engine = made_wall(qtbot), HandEngine()
    tile = wall.current
    first, old = session_of(engine)
    tile.show_session(first)
    old.say(PlayerState.PLAYING)
    red = QColor(210, 20, 20)
    old.show(red, WHEN)
    qtbot.waitUntil(tile.has_picture)
    middle = QPoint(tile.width() // 4, tile.height() // 2)
    assert tile.grab().toImage().pixelColor(middle) == red
    # A frame is on its way when the tile is given to another camera.
    old.show(red, WHEN)
    second, new = session_of(engine, shown=channel("c2"))
    tile.show_session(second)
    old.show(red, WHEN)
    QApplication.processEvents()
    assert old.closed
    assert not tile.has_picture()
    assert tile.grab_frame().isNull()
    assert tile.clock_text() == ""
    assert tile.grab().toImage().pixelColor(middle) != red
    new.show(QColor("green"), WHEN)
    qtbot.waitUntil(tile.has_picture)


def test_only_the_tile_told_so_is_heard(qtbot: QtBot) -> None:
    wall, _sessions, players = filled(qtbot)
    wall.tiles[1].set_audible(True)
    assert [player.audible for player in players] == [False, True, False, False]
    before = wall.tiles[1].grab().toImage()
    wall.tiles[1].set_audible(False)
    assert not players[1].audible
    assert wall.tiles[1].grab().toImage() != before
