"""How a tile comes back: losses, pictures that fall behind, and never into another mode."""

from __future__ import annotations

import itertools
import random

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
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
from vsconsole.domain.model import Store
from vsconsole.player.backend import PlayerState, PlayerStats
from vsconsole.player.standing import Standing, Step
from vsconsole.ui.drag import channels_data
from vsconsole.ui.wall import guide, measure, reconnect
from vsconsole.ui.wall.measure import Lateness, Meter
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.states import TileAction, TileState
from vsconsole.ui.wall.tile import Tile

GONE = errors.NotFound("The address is not there.", why="Status 404.")


def turn() -> None:
    QApplication.processEvents()


def live(qtbot: QtBot) -> tuple[Tile, TileSession, HandPlayer]:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    session.play_live()
    return tile, session, player


@pytest.mark.parametrize(
    "error",
    [
        GONE,
        errors.DeviceOffline("x"),
        errors.ChannelOffline("x"),
        errors.DeviceBusy("x"),
        errors.Unreachable("x"),
        errors.StreamUnavailable("x"),
        errors.StreamExpired("x"),
        errors.WrongChannel("x"),
        errors.BadResponse("x"),
        errors.SessionExpired("x"),
        errors.Rejected("x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_lesson_34_no_loss_of_a_live_picture_is_final(qtbot: QtBot, error: ConsoleError) -> None:
    tile, session, player = live(qtbot)
    session._retry.setInterval(3_600_000)
    for number in range(1, 4):
        player.say(PlayerState.FAILED, error)
        turn()
        assert session.retry_in is not None
        state = tile.state()
        assert state is not None
        assert f"{session.retry_in} s" in state.detail
        assert state.action is not None
        for second in range(session.retry_in, 0, -1):
            assert session.retry_in == second
            session._retry.timeout.emit()
        assert len(player.took("play_live")) == 1 + number
        # While it is tried, the reason stays to be read, and no old picture passes for a new one.
        player.say(PlayerState.CONNECTING)
        turn()
        state = tile.state()
        assert state is not None
        assert not state.busy
        assert state.detail.endswith("Trying again now.")


def test_lesson_34_pauses_grow_from_1_to_60_s_with_chance_and_recover_in_90_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    walks = []
    for seed in range(40):
        monkeypatch.setattr(reconnect, "random", random.Random(seed))
        retry = reconnect.Reconnect()
        walk = []
        for _ in range(12):
            retry.lost(GONE)
            assert retry.left is not None
            walk.append(retry.left)
        retry.hold()
        walks.append(walk)
        assert walk[0] == 1
        assert 1 <= min(walk) <= max(walk) <= 60
        assert min(walk[7:]) >= 42
        # After an outage of 30 s: the first try behind its end.
        assert next(sum for sum in itertools.accumulate(walk) if sum >= 30) <= 90 - 15
    # No two of a wall's tiles keep asking together.
    assert len({tuple(walk) for walk in walks}) == len(walks)


def test_lesson_34_a_short_blip_leaves_the_picture_and_a_long_one_says_why(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    tile, _session, player = live(qtbot)
    player.say(PlayerState.PLAYING)
    red = QColor(200, 30, 30)
    player.show(red, WHEN)
    qtbot.waitUntil(tile.has_picture)
    player.say(PlayerState.FAILED, errors.Unreachable("x", why="The line was cut."))
    turn()
    place = QPoint(tile.width() // 4, tile.height() // 2)
    assert tile.grab().toImage().pixelColor(place) == red
    state = tile.state()
    assert state is not None
    assert state.busy
    assert state.word.startswith("Lost")
    assert reconnect.GRACE == 5.0
    monkeypatch.setattr(reconnect, "GRACE", 0.0)
    state = tile.state()
    assert state is not None
    assert not state.busy
    assert "The line was cut." in state.detail
    assert state.action is TileAction.RETRY
    assert tile.grab().toImage().pixelColor(place).red() < 100


def test_a_button_tries_again_now(qtbot: QtBot) -> None:
    tile, session, player = live(qtbot)
    player.say(PlayerState.FAILED, GONE)
    turn()
    tile.acted.connect(lambda _action: session.retry())
    hands.click(tile._button)
    assert len(player.took("play_live")) == 2
    assert session.retry_in is None


def test_lesson_10_nothing_but_the_operator_changes_between_live_and_playback(
    qtbot: QtBot,
) -> None:
    """Whatever happens to a picture, in whatever order, its mode stays."""
    chance = random.Random(10)
    for mode in Mode:
        tile, session, player = live(qtbot)
        session._pulse.setInterval(1)
        if mode is Mode.PLAYBACK:
            player.say(PlayerState.FAILED, GONE)
            turn()
            # A countdown that runs when the operator goes to playback does not bring live back.
            assert session.retry_in is not None
            session._retry.setInterval(1)
            session.leave_live()
            qtbot.wait(20)
            assert session.mode is Mode.PLAYBACK
            session.play_at(WHEN)
        else:
            session._retry.setInterval(1)
        failures = list(all_errors())
        before = len(player.took("play_live"))
        for _ in range(300):
            state = chance.choice(list(PlayerState))
            failed = state is PlayerState.FAILED
            player.say(state, chance.choice(failures) if failed else None)
            if chance.random() < 0.2:
                player.numbers = PlayerStats(delay=chance.choice((None, 1.0, 40.0)))
                player.jump(WHEN, WHEN)
                turn()
            if chance.random() < 0.1:
                session.retry()
            assert session.mode is mode
        qtbot.wait(20)
        assert session.mode is mode
        if mode is Mode.PLAYBACK:
            assert len(player.took("play_live")) == before
            assert not player.took("switch_live")
        tile.show_session(None)


# Late


def test_lesson_35_a_live_picture_10_s_behind_is_said_and_its_stream_opened_again(
    qtbot: QtBot,
) -> None:
    tile, session, player = live(qtbot)
    session._pulse.setInterval(3)
    player.say(PlayerState.PLAYING)
    player.show(QColor("red"), WHEN)
    player.numbers = PlayerStats(delay=2.5)
    qtbot.waitUntil(lambda: session.lateness.delay == 2.5)
    strip = session.strip_state()
    assert strip is not None
    assert (strip.word, strip.detail, strip.warn) == ("LIVE", "2.5 s behind", False)
    assert not player.took("switch_live")
    player.numbers = PlayerStats(delay=measure.BEHIND + 2)
    qtbot.waitUntil(lambda: bool(player.took("switch_live")))
    assert tile.side_text() == "LATE 12 s"
    assert session.late
    strip = session.strip_state()
    assert strip is not None
    assert strip.warn
    # The picture stays, and one opening is given time to help.
    assert tile.has_picture()
    qtbot.wait(40)
    assert len(player.took("switch_live")) == 1
    player.numbers = PlayerStats(delay=1.0)
    qtbot.waitUntil(lambda: not session.late)


def test_lesson_35_where_opening_again_does_not_help_it_is_done_ever_more_seldom() -> None:
    lateness, opened, now = Lateness(), [], 0.0
    while now < 1200:
        now += 1
        if lateness.take(30.0, now):
            opened.append(now)
    pauses = [b - a for a, b in itertools.pairwise(opened)]
    assert pauses[0] >= 20
    assert pauses == sorted(pauses)
    assert len(opened) < 10
    # One late second is no reason.
    fresh = Lateness()
    assert not fresh.take(30.0, 1.0)
    assert not fresh.take(1.0, 2.0)
    assert not fresh.take(None, 3.0)


def test_rates_come_from_counters_and_start_anew_with_another_medium() -> None:
    meter = Meter()
    assert meter.rates.frames is None
    for second in range(8):
        meter.take(PlayerStats(frames_shown=25 * second, bytes_read=125_000 * second), second)
    assert meter.rates.frames == pytest.approx(25)
    assert meter.rates.bits == pytest.approx(1e6)
    meter.take(PlayerStats(frames_shown=3, bytes_read=1000), 8.0)
    assert meter.rates.frames is None
    meter.take(PlayerStats(frames_shown=13, bytes_read=1000), 9.0)
    assert meter.rates.frames == pytest.approx(10)


# What a tile says


def test_lesson_04_a_device_that_gives_one_playback_at_a_time_is_busy_and_no_timeout(
    qtbot: QtBot,
) -> None:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    taken = [True]
    session.rival = lambda _one: taken[0]
    session.play_at(WHEN, Store.DEVICE)
    for error in (errors.TimedOut("No answer."), errors.StreamUnavailable("No picture came.")):
        player.say(PlayerState.FAILED, error)
        turn()
        state = tile.state()
        assert state is not None
        assert state.word == "Device busy"
        assert state.action is TileAction.TAKE_OVER
    # Without a rival a timeout is one, and what the cloud keeps is never the device's.
    taken[0] = False
    player.say(PlayerState.FAILED, errors.TimedOut("No answer."))
    turn()
    state = tile.state()
    assert state is not None
    assert state.word == "Vendor unreachable"
    taken[0] = True
    session.play_at(WHEN, Store.CLOUD)
    player.say(PlayerState.FAILED, errors.TimedOut("No answer."))
    turn()
    state = tile.state()
    assert state is not None
    assert state.word == "Vendor unreachable"


def test_lesson_05_the_speed_shown_is_the_speed_measured(qtbot: QtBot) -> None:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    session.play_at(WHEN)
    player.say(PlayerState.PLAYING)
    turn()
    player.speed = 4.0
    player.speed_measured = 1.02
    assert tile.side_text() == "1.0× asked 4×"
    session._pulse.setInterval(3)
    player.numbers = PlayerStats(speed_refused=4.0)
    qtbot.waitUntil(lambda: tile.side_text() == "1.0×, device ignores 4×")
    strip = session.strip_state()
    assert strip is not None
    assert strip.warn
    player.numbers = PlayerStats()
    player.speed_measured = 3.5
    qtbot.waitUntil(lambda: tile.side_text() == "3.5×")


class Gap:
    """What a tile is told that plays with others while it alone has nothing recorded."""

    def state(self) -> TileState | None:
        return guide.state_of(Standing(step=Step.EMPTY, next=WHEN.replace(hour=9)), "Asia/Shanghai")

    def strip(self) -> TileState | None:
        return None


def test_nothing_recorded_among_others_leads_to_what_is_next(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    tile = wall.current
    session, _player = session_of(HandEngine())
    tile.show_session(session)
    session.play_at(WHEN)
    session.guide = Gap()
    turn()
    state = tile.state()
    assert state is not None
    assert (state.word, state.action) == ("No recording here", TileAction.GO_NEXT)
    assert "17:42:49" in state.detail
    tile.grab()
    with qtbot.waitSignal(wall.acted) as acted:
        QTest.mouseClick(tile._button, Qt.MouseButton.LeftButton)
    assert acted.args == [tile, TileAction.GO_NEXT]


def test_a_play_that_ends_before_it_showed_anything_had_nothing_to_show(qtbot: QtBot) -> None:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    session.play_at(WHEN)
    player.say(PlayerState.ENDED)
    turn()
    state = tile.state()
    assert state is not None
    assert (state.word, state.action) == ("No recording here", None)
    player.show(QColor("red"), WHEN)
    state = tile.state()
    assert state is not None
    assert state.word == "End of the recordings"


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
@pytest.mark.parametrize("size", [(900, 520), (160, 90), (48, 27)], ids=str)
def test_lesson_37_every_state_at_every_size_takes_double_click_menu_and_drop(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    """Live, late, playing, paused, lost, counting down, nothing recorded, busy, stalled, zoomed."""
    tile = made_wall(qtbot).current
    tile.resize(*size)

    def late(session: TileSession, player: HandPlayer) -> None:
        session.play_live()
        player.say(PlayerState.PLAYING)
        session.lateness.take(15.0, 1.0)

    def lost(session: TileSession, player: HandPlayer) -> None:
        session.play_live()
        player.say(PlayerState.PLAYING)
        turn()
        player.say(PlayerState.FAILED, GONE)

    def counting(session: TileSession, player: HandPlayer) -> None:
        session.play_live()
        player.say(PlayerState.FAILED, GONE)

    def trying(session: TileSession, player: HandPlayer) -> None:
        counting(session, player)
        turn()
        player.say(PlayerState.CONNECTING)

    def paused(session: TileSession, player: HandPlayer) -> None:
        session.play_at(WHEN)
        player.say(PlayerState.PAUSED)

    def refused_speed(session: TileSession, player: HandPlayer) -> None:
        session.play_at(WHEN)
        player.say(PlayerState.PLAYING)
        turn()
        session.meter.take(PlayerStats(speed_refused=4.0), 1.0)

    def nothing(session: TileSession, player: HandPlayer) -> None:
        session.play_at(WHEN)
        player.say(PlayerState.PAUSED)
        session.guide = Gap()

    states = (late, lost, counting, trying, paused, refused_speed, nothing)
    for number, put in enumerate(states):
        picture = number % 2 == 0
        session, player = session_of(HandEngine())
        tile.show_session(session)
        if picture:
            player.show(QColor("red"), WHEN)
        put(session, player)
        turn()
        tile.set_info(picture)
        tile.grab()
        assert not tile._button.isVisible() or tile.rect().contains(tile._button.geometry())
        corner = QPoint(tile.width() // 2, tile.height() - 4)
        with qtbot.waitSignal(tile.enlarge):
            QTest.mouseDClick(tile, Qt.MouseButton.LeftButton, pos=corner)
        with qtbot.waitSignal(tile.took):
            hands.drop(tile, channels_data([channel("c2").key]))
        mouse = QContextMenuEvent.Reason.Mouse
        QApplication.sendEvent(tile, QContextMenuEvent(mouse, corner, tile.mapToGlobal(corner)))
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        said = tile.state()
        if said is not None and said.action not in (None, TileAction.RETRY):
            # The button may be hidden for want of room.
            assert said.action_text in [action.text() for action in menu.actions()]
        menu.close()
    tile.show_session(None)
