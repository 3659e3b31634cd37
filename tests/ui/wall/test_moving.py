"""Tiles that change places, numbers typed for them, and walls too large for one turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import cast

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import (
    WHEN,
    HandEngine,
    HandOpener,
    channel,
    made_wall,
    session_of,
)
from vsconsole.domain.model import StreamProfile
from vsconsole.player.backend import Player, PlayerListener, PlayerState
from vsconsole.player.clip_player import ClipPlayer
from vsconsole.player.decks import Deck, DeckStats
from vsconsole.ui.drag import Dropped, dropped, tile_data
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.grip import HEIGHT, Grip
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.shown import Shown, WallPlan
from vsconsole.ui.wall.tile import Tile
from vsconsole.ui.wall.wall import Wall, swap


def filled(wall: Wall, engine: HandEngine) -> None:
    """Every tile shows a camera that plays."""
    for number, tile in enumerate(wall.tiles):
        session, player = session_of(engine, shown=channel(f"c{wall.id}-{number}"))
        tile.show_session(session)
        player.say(PlayerState.PLAYING)
    QApplication.processEvents()


@pytest.fixture
def wall(qtbot: QtBot) -> Iterator[Wall]:
    wall = made_wall(qtbot, 9)
    filled(wall, HandEngine())
    yield wall
    wall.close_all()


def titles(wall: Wall) -> list[str]:
    return [tile.session.title if tile.session else "" for tile in wall.tiles]


def test_swapped_tiles_take_everything_along(wall: Wall) -> None:
    before, places = titles(wall), [tile.geometry() for tile in wall.tiles]
    moved = wall.tiles[1]
    moved.zoom = QRectF(0.25, 0.25, 0.5, 0.5)
    session = moved.session
    assert session is not None
    swap(wall.tiles[1], wall.tiles[7])
    assert titles(wall) == [before[{1: 7, 7: 1}.get(i, i)] for i in range(9)]
    assert [tile.geometry() for tile in wall.tiles] == places
    assert wall.tiles[7] is moved
    assert moved.session is session
    assert moved.zoom == QRectF(0.25, 0.25, 0.5, 0.5)
    assert [tile.number for tile in wall.tiles] == list(range(1, 10))
    assert "8" in moved.accessibleName()
    # What is done to it is told of the tile where it is now.
    QTest.mouseClick(moved, Qt.MouseButton.LeftButton)
    assert wall.current is moved
    assert [tile.selected for tile in wall.tiles].index(True) == 7


def test_tiles_of_two_walls_change_places(wall: Wall, qtbot: QtBot) -> None:
    other = made_wall(qtbot, 4)
    filled(other, HandEngine())
    mine, theirs = wall.tiles[2], other.tiles[3]
    swap(mine, theirs)
    assert wall.tiles[2] is theirs
    assert other.tiles[3] is mine
    assert mine.parentWidget() is other
    assert mine.isVisible()
    assert theirs.isVisible()
    asked: list[Tile] = []
    other.cleared.connect(asked.append)
    mine.cleared.emit()
    assert asked == [mine]
    mine.enlarge.emit()
    assert other.enlarged
    assert not wall.enlarged


@pytest.mark.parametrize("copy", [False, True])
def test_what_a_tile_is_dropped_on_hears_whether_it_is_a_copy(wall: Wall, copy: bool) -> None:
    took: list[tuple[object, object]] = []
    wall.took.connect(lambda tile, what: took.append((tile, what)))
    action = Qt.DropAction.CopyAction if copy else Qt.DropAction.MoveAction
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data, target = tile_data(wall.id, 3), wall.tiles[5]
    at = target.rect().center()
    QApplication.sendEvent(target, QDragEnterEvent(at, action, data, left, none))
    QApplication.sendEvent(target, QDropEvent(QPointF(at), action, data, left, none))
    assert took == [(target, Dropped(tile=(wall.id, 3), copy=copy))]


def test_a_tile_that_is_none_is_not_dropped() -> None:
    for payload in (b"?", b"[1]", b'{"a": 1}', b'["x", 2]'):
        data = QMimeData()
        data.setData("application/x-vsconsole-tile", payload)
        assert not dropped(data)


def test_the_caption_is_what_a_tile_is_dragged_by(
    wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    drags: list[Grip] = []
    monkeypatch.setattr(Grip, "_drag", lambda grip: drags.append(grip))
    tile = wall.tiles[4]
    (grip,) = tile.findChildren(Grip)
    left = Qt.MouseButton.LeftButton
    assert tile.childAt(QPoint(20, HEIGHT - 2)) is grip
    assert tile.childAt(QPoint(20, HEIGHT + 2)) is None
    QTest.mousePress(grip, left, pos=QPoint(20, 10))
    assert wall.current is tile
    QTest.mouseMove(grip, QPoint(22, 11))
    assert drags == []
    QTest.mouseMove(grip, QPoint(60, 20))
    assert drags == [grip]
    QTest.mouseMove(grip, QPoint(90, 20))
    assert drags == [grip]
    QTest.mouseRelease(grip, left)
    QTest.mouseDClick(grip, left, pos=QPoint(20, 10))
    assert wall.enlarged


def test_what_has_no_room_is_kept_and_has_its_place_when_there_is(wall: Wall) -> None:
    engine_tiles = titles(wall)
    third = wall.tiles[8].session
    assert third is not None
    third.pin(StreamProfile.SUB)
    wall.set_grid(layouts.BY_NAME["3x1"])
    assert titles(wall) == engine_tiles[:3]
    assert sorted(wall.kept) == [3, 4, 5, 6, 7, 8]
    assert wall.kept[8].pinned is StreamProfile.SUB
    plan = wall.plan()
    assert [shown.channel.name for shown in plan.tiles if shown and shown.channel] == engine_tiles
    wall.set_count(9)
    assert titles(wall)[3:] == [""] * 6
    assert sorted(wall.kept) == [3, 4, 5, 6, 7, 8]


def test_sixty_four_tiles_come_some_in_a_turn(qtbot: QtBot) -> None:
    wall = made_wall(qtbot)
    with qtbot.waitSignal(wall.grown) as _grown:
        wall.set_count(64)
        # Making them all at once would hold the window.
        assert len(wall.tiles) < 64
    assert len(wall.tiles) == 64
    assert [tile.number for tile in wall.tiles] == list(range(1, 65))
    assert all(wall.rect().contains(tile.geometry()) for tile in wall.tiles)
    assert all(tile.isVisible() for tile in wall.tiles)
    # Another layout meanwhile is the one that counts.
    wall.set_count(4)
    wall.set_count(64)
    wall.set_count(9)
    QApplication.processEvents()
    assert len(wall.tiles) == 9


def test_a_plan_survives_as_json(wall: Wall) -> None:
    session = wall.tiles[2].session
    assert session is not None
    session.play_at(WHEN)
    wall.tiles[2].zoom = QRectF(0.1, 0.2, 0.3, 0.4)
    wall.tiles[5].show_session(None)
    wall.select(6)
    plan = wall.plan()
    known = {shown.channel.key: shown.channel for shown in plan.tiles if shown and shown.channel}
    again = WallPlan.from_json(plan.as_json(), known.get)
    assert (again.layout, again.current) == (plan.layout, 6)
    assert [shown and shown.channel for shown in again.tiles] == [
        shown and shown.channel for shown in plan.tiles
    ]
    third = again.tiles[2]
    assert third is not None
    assert (third.mode, third.at, third.zoom) == (Mode.PLAYBACK, WHEN, (0.1, 0.2, 0.3, 0.4))
    assert again.timeless().tiles[2] == Shown(
        channel=third.channel, mode=Mode.PLAYBACK, store=third.store, zoom=third.zoom
    )


def test_a_plan_of_an_older_version_knew_a_count() -> None:
    gate = channel("g")
    entry = {"channel": str(gate.key), "mode": "live", "store": "cloud", "stream": "sub",
             "at": None}  # fmt: skip
    plan = WallPlan.from_json(
        {"count": 4, "current": 3, "tiles": [None, entry, {"channel": "no slash"}, "?"]},
        {gate.key: gate}.get,
    )
    assert (plan.layout.name, plan.current) == ("4", 3)
    assert [shown.channel if shown else None for shown in plan.tiles] == [None, gate, None, None]
    odd = WallPlan.from_json({"layout": "77x1", "current": -2, "tiles": "?"}, {}.get)
    assert (odd.layout.name, odd.current, odd.tiles) == ("1", 0, ())


def test_lesson_40_back_from_the_enlarged_tile_all_is_as_it_was(wall: Wall) -> None:
    session = wall.tiles[3].session
    assert session is not None
    session.pin(StreamProfile.SUB)
    wall.tiles[3].zoom = QRectF(0, 0, 0.5, 0.5)
    wall.tiles[6].zoom = QRectF(0.5, 0.5, 0.25, 0.25)
    wall.set_grid(layouts.BY_NAME["1+7"])
    before = [(tile, tile.session, tile.geometry(), tile.zoom, tile.number) for tile in wall.tiles]
    profiles = [tile.session.pinned for tile in wall.tiles if tile.session]
    for index in (3, 0, 7):
        QTest.mouseDClick(
            wall.tiles[index], Qt.MouseButton.LeftButton, pos=wall.tiles[index].rect().center()
        )
        assert [tile.isVisible() for tile in wall.tiles].count(True) == 1
        assert wall.tiles[index].geometry().width() > 0.9 * wall.width()
        QTest.keyClick(wall.tiles[index], Qt.Key.Key_Return)
        now = [(tile, tile.session, tile.geometry(), tile.zoom, tile.number) for tile in wall.tiles]
        assert now == before
        assert all(tile.isVisible() for tile in wall.tiles)
    assert [tile.session.pinned for tile in wall.tiles if tile.session] == profiles
    assert wall.grid.name == "1+7"


def test_a_moment_is_kept_to_the_picture_on_screen(qtbot: QtBot) -> None:
    session, player = session_of(HandEngine())
    session.play_at(WHEN)
    player.say(PlayerState.PLAYING)
    player.where = WHEN + timedelta(seconds=3)
    QApplication.processEvents()
    shown = Shown.of(session, QRectF(0, 0, 1, 1))
    assert (shown.at, shown.playing) == (WHEN + timedelta(seconds=3), True)
    session.close()


class _StuckDeck:
    """What a dead stream is to libVLC: stopping it takes until the test lets it go."""

    def __init__(self, free: threading.Event, threads: list[threading.Thread]) -> None:
        self._free = free
        self._threads = threads
        self.opened = False
        self.paused = self.still = self.doubtful = self.late = False
        self.period = 0.04

    def _wait(self) -> None:
        self._threads.append(threading.current_thread())
        self._free.wait(20)

    def open(self, medium: object, *, audible: bool) -> int:
        self.opened = True
        return 1

    def stop(self) -> None:
        self._wait()

    def close(self) -> None:
        self._wait()

    def stats(self) -> DeckStats:
        return DeckStats()

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *_args, **_named: None


class _StuckEngine:
    """Real players over decks that are stuck."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.threads: list[threading.Thread] = []
        self.players: list[ClipPlayer] = []
        self.decks: list[_StuckDeck] = []

    def player(self, listener: PlayerListener) -> Player:
        deck = _StuckDeck(self.free, self.threads)
        self.decks.append(deck)
        self.players.append(ClipPlayer(listener, lambda _events: cast("Deck", deck), None))
        return self.players[-1]

    def close(self, wait: float = 2.0) -> None:
        for player in self.players:
            player.close()
            player.join(wait)


def test_lesson_33_closing_16_dead_streams_never_holds_the_window(qtbot: QtBot) -> None:
    wall, engine = made_wall(qtbot, 16), _StuckEngine()
    qtbot.waitUntil(lambda: len(wall.tiles) == 16)
    for number, tile in enumerate(wall.tiles):
        session = TileSession(HandOpener(), engine, channel=channel(f"c{number}"))
        tile.show_session(session)
        session.play_live()
    qtbot.waitUntil(lambda: [deck.opened for deck in engine.decks] == [True] * 16)
    # Were one of them waited for, this would not come back before the event is set.
    wall.set_count(1)
    wall.close_all()
    assert not engine.free.is_set()
    assert wall.sessions() == []
    QApplication.processEvents()
    qtbot.waitUntil(lambda: len(set(engine.threads)) == 16, timeout=10_000)
    assert threading.main_thread() not in engine.threads
    engine.free.set()
    engine.close(10)
