"""A session: what it asks its player for, how it comes back, and what it refuses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import (
    WHEN,
    HandEngine,
    HandOpener,
    HandPlayer,
    channel,
    made_wall,
    session_of,
)
from vsconsole.domain import errors
from vsconsole.domain.model import Ability, Store, StreamProfile
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.tile import Tile

LOST = errors.Unreachable("The stream was cut.", why="The connection was reset.")


def turn() -> None:
    QApplication.processEvents()


def shown_live(qtbot: QtBot) -> tuple[Tile, TileSession, HandPlayer]:
    """A live session in a tile, its seconds made short."""
    wall = made_wall(qtbot)
    session, player = session_of(HandEngine())
    session._retry.setInterval(40)
    wall.current.show_session(session)
    session.play_live()
    return wall.current, session, player


def test_a_lost_live_stream_counts_down_and_is_opened_again(qtbot: QtBot) -> None:
    tile, session, player = shown_live(qtbot)
    counted: list[int] = []
    session.changed.connect(lambda: counted.append(session.retry_in or 0))
    player.say(PlayerState.FAILED, LOST)
    turn()
    assert session.retry_in is not None
    state = tile.state()
    assert state is not None
    assert state.word == "Vendor unreachable"
    assert f"Retrying in {session.retry_in} s." in state.detail
    assert "The connection was reset." in state.detail
    qtbot.waitUntil(lambda: len(player.took("play_live")) == 2)
    assert session.retry_in is None
    player.say(PlayerState.FAILED, LOST)
    turn()
    first = session.retry_in
    assert first is not None
    qtbot.waitUntil(lambda: len(player.took("play_live")) == 3)
    assert (
        counted == sorted(counted[: counted.index(0)], reverse=True) + counted[counted.index(0) :]
    )


def test_the_pause_between_tries_grows_to_a_minute_and_a_picture_makes_it_short(
    qtbot: QtBot,
) -> None:
    _tile, session, player = shown_live(qtbot)
    pauses: list[int] = []
    for _ in range(9):
        player.say(PlayerState.FAILED, LOST)
        turn()
        assert session.retry_in is not None
        pauses.append(session.retry_in)
        session.play_live()
    assert pauses[0] <= 2
    assert 40 <= max(pauses) <= 78
    # Jitter may turn neighbours round, but not the course of it.
    assert pauses[2] <= pauses[5] <= pauses[8] + 30
    player.say(PlayerState.PLAYING)
    turn()
    player.say(PlayerState.FAILED, LOST)
    turn()
    assert session.retry_in is not None
    assert session.retry_in <= 2


def test_what_the_vendor_says_about_waiting_is_kept_to(qtbot: QtBot) -> None:
    _tile, session, player = shown_live(qtbot)
    player.say(PlayerState.FAILED, errors.RateLimited("Too many calls.", retry_after=30))
    turn()
    assert session.retry_in is not None
    assert session.retry_in >= 24


def test_retry_now_does_not_wait(qtbot: QtBot) -> None:
    _tile, session, player = shown_live(qtbot)
    player.say(PlayerState.FAILED, LOST)
    turn()
    session.retry()
    assert session.retry_in is None
    assert not session._retry.isActive()
    assert len(player.took("play_live")) == 2


@pytest.mark.parametrize(
    "error",
    [errors.BadCredentials("x"), errors.PermissionDenied("x"), errors.CodecUnsupported("x")],
    ids=lambda error: type(error).__name__,
)
def test_what_only_the_operator_can_mend_is_not_tried_again(
    qtbot: QtBot, error: errors.ConsoleError
) -> None:
    _tile, session, player = shown_live(qtbot)
    player.say(PlayerState.FAILED, error)
    turn()
    assert session.retry_in is None
    assert not session._retry.isActive()


def test_recordings_are_tried_again_by_hand_only_from_where_they_stopped(qtbot: QtBot) -> None:
    _tile, session, player = shown_live(qtbot)
    session.play_at(WHEN, Store.DEVICE)
    player.where = WHEN + timedelta(seconds=7)
    player.say(PlayerState.FAILED, LOST)
    turn()
    assert session.retry_in is None
    session.retry()
    assert player.took("play") == [(WHEN, False), (WHEN + timedelta(seconds=7), False)]
    # Nothing came at all: the moment that was asked for.
    session.play_at(WHEN)
    session.retry()
    assert player.took("play")[-1] == (WHEN, False)


def test_a_seek_in_what_plays_is_a_seek_and_anything_else_opens_it() -> None:
    session, player = session_of(HandEngine())
    session.seek(WHEN)
    assert player.took("play") == [(WHEN, False)]
    player.say(PlayerState.PLAYING)
    session.seek(WHEN + timedelta(seconds=1))
    assert player.took("seek") == [(WHEN + timedelta(seconds=1),)]
    for state in (PlayerState.ENDED, PlayerState.FAILED):
        player.say(state, LOST if state is PlayerState.FAILED else None)
        before = len(player.took("play"))
        session.seek(WHEN)
        assert len(player.took("play")) == before + 1
        player.say(PlayerState.PLAYING)
    session.play_live()
    session.seek(WHEN)
    assert session.mode is Mode.PLAYBACK
    session.close()


def test_the_stream_and_the_store_asked_for_are_the_ones_opened() -> None:
    opener = HandOpener()
    session, player = session_of(HandEngine(), opener)
    session.play_live(StreamProfile.SUB)
    player.took("play_live")[-1][0]()  # type: ignore[operator]
    session.play_at(WHEN, Store.DEVICE)
    assert opener.lives == [(session.channel.key, StreamProfile.SUB)]  # type: ignore[union-attr]
    assert opener.playbacks == [(session.channel.key, Store.DEVICE)]  # type: ignore[union-attr]
    session.close()
    one = channel("c9", Ability.LIVE, Ability.CLOUD_RECORDS)
    session, player = session_of(HandEngine(), opener, one)
    session.play_live(StreamProfile.SUB)
    player.took("play_live")[-1][0]()  # type: ignore[operator]
    assert opener.lives[-1] == (one.key, StreamProfile.MAIN)
    session.store = Store.DEVICE
    session.play_at(WHEN)
    assert opener.playbacks[-1] == (one.key, Store.CLOUD)
    session.close()


def test_what_a_channel_cannot_do_is_said_and_stays_said() -> None:
    session, player = session_of(HandEngine(), shown=channel("c1", Ability.LOCAL_RECORDS))
    player.say(PlayerState.PLAYING)
    session.play_live()
    # What was on its way when the player was stopped comes after it.
    player.say(PlayerState.PLAYING)
    player.say(PlayerState.IDLE)
    turn()
    assert isinstance(session.error, errors.Unsupported)
    assert "no live picture" in session.error.why
    assert session.state is PlayerState.IDLE
    session.close()
    session, player = session_of(HandEngine(), shown=channel("c1", Ability.LIVE))
    session.play_at(WHEN)
    assert isinstance(session.error, errors.Unsupported)
    assert not player.took("play")
    session.play_live()
    player.say(PlayerState.PLAYING)
    turn()
    assert session.error is None
    assert session.state is PlayerState.PLAYING
    session.close()


def test_a_gap_is_passed_on(qtbot: QtBot) -> None:
    session, player = session_of(HandEngine())
    with qtbot.waitSignal(session.gap) as gap:
        player.jump(WHEN, WHEN + timedelta(hours=1))
    assert gap.args == [WHEN, WHEN + timedelta(hours=1)]
    session.close()


def test_a_closed_session_is_silent(qtbot: QtBot) -> None:
    tile, session, player = shown_live(qtbot)
    player.say(PlayerState.FAILED, LOST)
    turn()
    told: list[None] = []
    session.changed.connect(lambda: told.append(None))
    tile.show_session(None)
    player.say(PlayerState.PLAYING)
    player.jump(datetime(2026, 1, 1, tzinfo=UTC), WHEN)
    turn()
    assert told == []
    assert player.closed
    session.close()
    assert player.took("close") == [()]


def test_pictures_that_come_while_the_window_is_busy_are_one_event(qtbot: QtBot) -> None:
    session, _player = session_of(HandEngine())
    told: list[int] = []
    session.frame_ready.connect(lambda: told.append(1))
    for number in range(1, 4):
        # As libVLC does: on a thread of its own.
        decoder = Thread(target=lambda: [session.on_frame() for _each in range(100)])
        decoder.start()
        decoder.join()
        QApplication.processEvents()
        assert len(told) == number
    # What was on its way when it was closed is told to nobody.
    decoder = Thread(target=session.on_frame)
    decoder.start()
    decoder.join()
    session.close()
    QApplication.processEvents()
    assert len(told) == 3
