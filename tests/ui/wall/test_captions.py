"""What is written over a picture: readable at every size, and what matters most stays."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import WHEN, HandEngine, channel, made_wall, session_of
from vsconsole.domain import errors
from vsconsole.domain.model import Store
from vsconsole.player.backend import PlayerState, PlayerStats
from vsconsole.ui import tokens
from vsconsole.ui.wall import captions, info, states

SIZES = [(1280, 720), (420, 240), (300, 170), (220, 130), (160, 90), (120, 68), (91, 58)]
LONG = "The account may not see this camera. " * 6


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    ("zone", "sign"),
    [("Asia/Shanghai", "+8"), ("Asia/Kathmandu", "+5:45"), ("America/St_Johns", "-3:30")],
)
def test_lesson_25_time_and_zone_are_readable_on_every_playback_tile(
    qtbot: QtBot, size: tuple[int, int], zone: str, sign: str
) -> None:
    measure = captions.measure_of(*size)
    metrics = QFontMetrics(tokens.font(measure.px, tabular=True))
    room = size[0] - 2 * measure.pad
    clocks = captions.times(WHEN, zone)
    for side in (None, states.of_paused(), states.of_playing(4, 1.0, 4.0)):
        clock, _word = captions.strip_texts(metrics, clocks, side, measure, room)
        assert clock in clocks
        seconds = clocks[2].split()[0]
        assert seconds in clock
        hours = clocks[0].split()[-1]
        assert clock.endswith((hours, sign))
        assert metrics.horizontalAdvance(clock) <= room


def test_the_longest_form_that_fits_is_written(qtbot: QtBot) -> None:
    clocks = captions.times(datetime(2026, 11, 20, 8, 42, 49, tzinfo=UTC), "Asia/Shanghai")
    assert clocks == (
        "2026-11-20 16:42:49 +08:00",
        "11-20 16:42:49 +08:00",
        "16:42:49 +08:00",
        "16:42:49+8",
    )
    metrics = QFontMetrics(tokens.font(13, tabular=True))
    for clock in clocks:
        assert captions.fitting(metrics, clocks, metrics.horizontalAdvance(clock)) == clock
    assert captions.fitting(metrics, clocks, 10) != clocks[0]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("detail", ["", "The line was cut.", LONG], ids=["none", "short", "long"])
def test_the_parts_of_a_state_have_places_of_their_own(
    qtbot: QtBot, size: tuple[int, int], detail: str
) -> None:
    measure = captions.measure_of(*size)
    area = QRect(0, measure.strip, size[0], size[1] - 2 * measure.strip)
    state = states.TileState(
        icon="lock", word="No permission", detail=detail, action=states.TileAction.RETRY
    )
    places = captions.state_places(area, measure, state)
    if not measure.words:
        return
    parts = [places.icon.toAlignedRect(), places.word, places.detail]
    for one in parts:
        assert one.isEmpty() or area.contains(one)
    for i, one in enumerate(parts):
        assert not any(one.intersects(other) for other in parts[i + 1 :])
    assert places.below >= max(part.bottom() for part in parts)
    if measure.button:
        assert places.below + tokens.BUTTON <= area.bottom() + 1


def test_the_button_is_there_as_long_as_there_is_room(qtbot: QtBot) -> None:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    session.play_live()
    player.say(PlayerState.FAILED, errors.DeviceOffline("x", why=LONG))
    QApplication.processEvents()
    for width, height in SIZES:
        tile.resize(width, height)
        QApplication.processEvents()
        visible = tile._button.isVisible()
        assert visible == (height >= 180)
        assert not visible or tile.rect().contains(tile._button.geometry())


def test_a_word_too_long_for_a_tiny_tile_is_broken_and_not_cut(qtbot: QtBot) -> None:
    tile = made_wall(qtbot).current
    tile.resize(91, 58)
    session, player = session_of(HandEngine())
    tile.show_session(session)
    said = []
    for word in (errors.DeviceOffline("x"), errors.CodecUnsupported("x")):
        session.play_live()
        player.say(PlayerState.FAILED, word)
        QApplication.processEvents()
        said.append(tile.grab().toImage())
    assert said[0] != said[1]


def test_what_is_measured_is_written_and_shown_on_demand(qtbot: QtBot) -> None:
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    session.play_live()
    player.say(PlayerState.PLAYING)
    player.show(QColor("navy"), WHEN)
    QApplication.processEvents()
    for second in range(3):
        numbers = PlayerStats(
            width=1920,
            height=1080,
            video="hevc",
            audio="mp4a",
            protocol="flv",
            frames_per_second=25,
            frames_shown=24 * second,
            frames_lost=3,
            bytes_read=250_000 * second,
            delay=0.84,
            buffered=0.3,
            reopened=1,
        )
        session.meter.take(numbers, float(second))
    assert dict(info.rows(session)) == {
        "Video": "1920×1080 hevc",
        "Frame rate": "24.0 /s (stream says 25)",
        "Bit rate": "2.0 Mbit/s",
        "Delay": "0.8 s",
        "Dropped": "3",
        "Buffer": "0.3 s",
        "Stream": "main (by size), FLV",
        "Sound": "mp4a",
        "Opened again": "1",
    }
    before = tile.grab().toImage()
    tile.set_info(True)
    assert tile.grab().toImage() != before
    tile.set_info(False)
    assert tile.grab().toImage() == before


def test_what_is_not_known_is_a_dash_and_playback_names_its_store(qtbot: QtBot) -> None:
    session, _player = session_of(HandEngine(), shown=channel())
    session.play_at(WHEN, Store.DEVICE)
    rows = dict(info.rows(session))
    assert rows["Frame rate"] == rows["Bit rate"] == rows["Buffer"] == "–"
    assert rows["Stream"] == "device recording"
    assert "Delay" not in rows
    session.close()
