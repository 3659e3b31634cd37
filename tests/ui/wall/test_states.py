"""Whatever a tile shows, it says so in a word, offers at most one action, and stays in use."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import (
    WHEN,
    HandEngine,
    HandPlayer,
    all_errors,
    channel,
    made_wall,
    session_of,
)
from vsconsole.demo import hands
from vsconsole.domain import errors
from vsconsole.domain.errors import ConsoleError
from vsconsole.player.backend import PlayerState
from vsconsole.ui import icons
from vsconsole.ui.drag import Dropped, channels_data
from vsconsole.ui.wall import states
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction
from vsconsole.ui.wall.tile import Tile

_SILENT = {PlayerState.PLAYING, PlayerState.PAUSED}
"""In these the picture speaks, and the strip below it says LIVE, paused or the speed."""

_ERRORS = list(all_errors())
_SHOWN: list[PlayerState | ConsoleError | None] = [None, *PlayerState, *_ERRORS]


def _name(shown: PlayerState | ConsoleError | None) -> str:
    if isinstance(shown, ConsoleError):
        return type(shown).__name__
    return shown.value if shown else "empty"


def _put(
    qtbot: QtBot, shown: PlayerState | ConsoleError | None, mode: Mode = Mode.PLAYBACK
) -> tuple[Tile, TileSession | None, HandPlayer | None]:
    """A tile that shows this state."""
    wall = made_wall(qtbot)
    if shown is None:
        return wall.current, None, None
    session, player = session_of(HandEngine())
    session.mode = mode
    wall.current.show_session(session)
    if isinstance(shown, ConsoleError):
        player.say(PlayerState.FAILED, shown)
    else:
        player.say(shown)
    QApplication.processEvents()
    return wall.current, session, player


def _button(tile: Tile) -> QPushButton:
    found = tile.findChild(QPushButton)
    assert isinstance(found, QPushButton)
    return found


@pytest.mark.parametrize("state", [s for s in PlayerState if s not in _SILENT], ids=_name)
def test_each_state_without_a_moving_picture_has_its_words(
    qtbot: QtBot, state: PlayerState
) -> None:
    tile, _session, _player = _put(qtbot, state)
    said = tile.state()
    if state is PlayerState.FAILED:
        # Comes with an error, whose own words it shows.
        return
    assert said is not None
    assert said.word in tile.accessibleName()
    assert icons.icon(said.icon).availableSizes() is not None
    assert said.action is None
    assert not _button(tile).isVisible()
    tile.grab()


def test_states_do_not_share_their_words() -> None:
    said = [states.of_player(state, live=False) for state in PlayerState]
    words = [state.word for state in said if state]
    assert len(words) == len(set(words)) >= 5


def test_a_live_tile_without_an_address_yet_is_connecting() -> None:
    said = states.of_player(PlayerState.IDLE, live=True)
    assert said is not None
    assert said.word == "Connecting"


@pytest.mark.parametrize("error", _ERRORS, ids=_name)
def test_each_failure_has_an_icon_a_word_and_at_most_one_action(
    qtbot: QtBot, error: ConsoleError
) -> None:
    tile, _session, _player = _put(qtbot, error)
    said = tile.state()
    assert said is not None
    assert said.word
    assert said.detail == "Because."
    icons.pixmap(said.icon, 16)
    assert bool(said.action) == bool(said.action_text)
    button = _button(tile)
    assert button.isVisible() == (said.action is not None)
    assert said.word in tile.accessibleName()
    assert not said.busy
    tile.grab()
    if said.action is not None:
        assert button.text() == said.action_text
        assert tile.rect().contains(button.geometry())
        with qtbot.waitSignal(tile.acted) as acted:
            hands.click(button)
        assert acted.args == [said.action]


def test_what_mends_a_failure_is_offered() -> None:
    offered = {
        errors.BadCredentials: TileAction.ACCOUNTS,
        errors.SessionExpired: TileAction.ACCOUNTS,
        errors.StreamExpired: TileAction.NEW_ADDRESS,
        errors.DeviceBusy: TileAction.TAKE_OVER,
        errors.DeviceOffline: TileAction.RETRY,
        errors.Unreachable: TileAction.RETRY,
        errors.PermissionDenied: None,
        errors.CodecUnsupported: None,
        errors.Unsupported: None,
    }
    for kind, action in offered.items():
        assert states.of_error(kind("x")).action is action, kind


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
@pytest.mark.parametrize("shown", _SHOWN, ids=_name)
def test_every_state_takes_double_click_menu_and_drop(
    qtbot: QtBot, shown: PlayerState | ConsoleError | None
) -> None:
    tile, _session, _player = _put(qtbot, shown)
    corner = QPoint(tile.width() // 2, 60)
    with qtbot.waitSignal(tile.enlarge):
        QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)
    with qtbot.waitSignal(tile.enlarge):
        hands.key(tile, Qt.Key.Key_Return)
    keyboard = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(tile, QContextMenuEvent(keyboard, corner, tile.mapToGlobal(corner)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    words = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert words[0] == "Enlarge or back"
    assert ("Empty this tile" in words) == (shown is not None)
    menu.close()
    key = channel("c2").key
    with qtbot.waitSignal(tile.took) as took:
        hands.drop(tile, channels_data([key]))
    assert took.args == [Dropped(channels=(key,))]


def test_a_busy_state_leaves_the_last_picture_and_a_failure_veils_it(qtbot: QtBot) -> None:
    tile, _session, player = _put(qtbot, PlayerState.PLAYING)
    assert player is not None
    red = QColor(200, 30, 30)
    player.show(red, WHEN)
    qtbot.waitUntil(tile.has_picture)
    place = QPoint(tile.width() // 4, tile.height() // 2)
    assert tile.grab().toImage().pixelColor(place) == red
    player.say(PlayerState.SEEKING)
    QApplication.processEvents()
    assert tile.grab().toImage().pixelColor(place) == red
    player.say(PlayerState.FAILED, errors.DeviceOffline("x"))
    QApplication.processEvents()
    assert tile.grab().toImage().pixelColor(place).red() < 100


def test_the_menu_asks_for_streams_snapshots_and_emptying(qtbot: QtBot) -> None:
    tile, _session, _player = _put(qtbot, PlayerState.PLAYING, Mode.LIVE)
    menu = tile.menu()
    streams = next(action.menu() for action in menu.actions() if action.text() == "Stream")
    assert isinstance(streams, QMenu)
    wanted = {action.text(): action for action in [*menu.actions(), *streams.actions()]}
    for words, signal in (
        ("Sub stream", tile.profile_asked),
        ("By the tile's size", tile.profile_asked),
        ("Save a snapshot…", tile.snapshot_asked),
        ("Open again", tile.acted),
        ("Empty this tile", tile.cleared),
    ):
        with qtbot.waitSignal(signal):
            wanted[words].trigger()
    assert wanted["By the tile's size"].isChecked()
    menu.deleteLater()
