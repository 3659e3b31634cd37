"""Digital zoom by wheel, box, drag, map and keys; and who has the mouse on a tile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.wall.support import WHEN, HandEngine, HandPlayer, channel, made_wall, session_of
from vsconsole.demo import hands
from vsconsole.player.backend import Frame, PlayerState
from vsconsole.ui.wall import zoom
from vsconsole.ui.wall.tile import Tile
from vsconsole.ui.wall.tools import PictureView

LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
NO_KEYS = Qt.KeyboardModifier.NoModifier


def shown(qtbot: QtBot, *, live: bool = True) -> tuple[Tile, HandPlayer]:
    """A tile with a picture of two halves, red and blue, red at the left."""
    tile = made_wall(qtbot).current
    session, player = session_of(HandEngine())
    tile.show_session(session)
    if live:
        session.play_live()
    else:
        session.play_at(WHEN)
    player.say(PlayerState.PLAYING)
    player.show(QColor("red"), WHEN)
    row = bytes((0, 0, 255, 255)) * 16 + bytes((255, 0, 0, 255)) * 16
    player._frame = Frame(
        width=32, height=18, stride=128, data=memoryview(row * 18), number=99, when=WHEN
    )
    player._listener.on_frame()
    qtbot.waitUntil(lambda: tile.frame is player._frame)
    return tile, player


def wheel(tile: Tile, at: QPoint, notches: float) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(at), tile.mapToGlobal(QPointF(at)), QPoint(), QPoint(0, round(notches * 120)),
        Qt.MouseButton.NoButton, NO_KEYS, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(tile, event)
    return event


def drag(tile: Tile, begin: QPoint, end: QPoint, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    QTest.mousePress(tile, LEFT, keys, begin)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(tile, begin + (end - begin) * part)
        at = begin + (end - begin) * part
        QApplication.sendEvent(tile, _move(tile, at, LEFT))
    QTest.mouseRelease(tile, LEFT, keys, end)


def _move(tile: Tile, at: QPoint, buttons: Qt.MouseButton) -> QMouseEvent:
    place = QPointF(at)
    return QMouseEvent(
        QMouseEvent.Type.MouseMove, place, tile.mapToGlobal(place), Qt.MouseButton.NoButton,
        buttons, NO_KEYS,
    )  # fmt: skip


@pytest.mark.parametrize("live", [True, False], ids=["live", "playback"])
def test_the_wheel_magnifies_what_is_under_the_cursor(qtbot: QtBot, live: bool) -> None:
    tile, player = shown(qtbot, live=live)
    at = QPoint(tile.width() // 4, tile.height() // 3)
    before = tile.fraction_at(at)
    wheel(tile, at, 3)
    assert tile.zoom.width() == pytest.approx(1 / zoom.STEP**3)
    after = tile.fraction_at(at)
    assert (after - before).manhattanLength() < 0.01
    # The picture that is shown is the part, and the next frame is shown the same way.
    wheel(tile, at, 6)
    player.show(QColor("green"), WHEN)
    qtbot.waitUntil(lambda: tile.frame is player._frame)
    assert tile.zoom.width() < 0.2
    for _ in range(30):
        wheel(tile, at, -1)
    assert tile.zoom == zoom.WHOLE
    for _ in range(40):
        wheel(tile, at, 1)
    assert tile.zoom.width() == pytest.approx(zoom.NEAREST)
    assert tile.rect().contains(tile.picture_rect())


def test_what_is_painted_is_the_part_that_is_zoomed_to(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    left, right = (QPoint(round(tile.width() * x), tile.height() // 2) for x in (0.2, 0.7))
    whole = tile.grab().toImage()
    assert whole.pixelColor(left).red() > 200
    assert whole.pixelColor(right).blue() > 200
    tile.zoom = QRectF(0.6, 0.3, 0.3, 0.3)
    part = tile.grab().toImage()
    assert part.pixelColor(left).blue() > 200
    assert part.pixelColor(left).red() < 60
    # The map in the corner shows both halves still.
    area = zoom.map_rect(tile)
    assert tile.rect().contains(area)
    assert part.pixelColor(area.topLeft() + QPoint(6, area.height() // 4)).red() > 200
    zoom.reset(tile)
    assert zoom.zoomed(tile) is False
    assert tile.grab().toImage().pixelColor(left).red() > 200


def test_a_box_drawn_with_shift_is_what_is_shown(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    begin = QPoint(tile.width() // 2, tile.height() // 4)
    end = QPoint(tile.width() * 3 // 4, tile.height() // 2)
    wanted = QRectF(tile.fraction_at(begin), tile.fraction_at(end))
    drag(tile, begin, end, SHIFT)
    # Magnified evenly, all of the box in sight.
    assert tile.zoom.width() == pytest.approx(tile.zoom.height())
    assert tile.zoom.adjusted(-0.01, -0.01, 0.01, 0.01).contains(wanted)
    assert tile.zoom.width() < 0.3
    # A click with Shift is no box.
    before = tile.zoom
    drag(tile, begin, begin + QPoint(2, 1), SHIFT)
    assert tile.zoom == before


def test_the_zoom_tool_draws_one_box_without_shift_and_escape_calls_it_off(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    begin, end = QPoint(100, 100), QPoint(300, 220)
    tile.arm_zoom()
    hands.key(tile, Qt.Key.Key_Escape)
    drag(tile, begin, end)
    assert not zoom.zoomed(tile)
    tile.arm_zoom()
    drag(tile, begin, end)
    assert zoom.zoomed(tile)
    before = tile.zoom
    drag(tile, begin, end)  # a drag pans now
    assert tile.zoom.size() == before.size()
    assert tile.zoom.topLeft() != before.topLeft()
    hands.key(tile, Qt.Key.Key_Escape)
    assert not zoom.zoomed(tile)


def test_dragging_pans_a_zoomed_picture_and_stops_at_its_edge(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    tile.zoom = QRectF(0.4, 0.4, 0.25, 0.25)
    middle = tile.rect().center()
    under = tile.fraction_at(middle)
    drag(tile, middle, middle + QPoint(80, 40))
    assert (tile.fraction_at(middle + QPoint(80, 40)) - under).manhattanLength() < 0.01
    for _ in range(6):
        drag(tile, middle, middle + QPoint(400, 200))
    assert tile.zoom.topLeft() == QPointF(0, 0)
    area = zoom.map_rect(tile)
    hands.click(tile, area.bottomRight() - QPoint(2, 2))
    assert tile.zoom.right() == pytest.approx(1.0)
    assert tile.zoom.bottom() == pytest.approx(1.0)


def test_a_picture_that_is_whole_is_not_panned_and_none_is_not_zoomed(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    drag(tile, QPoint(100, 100), QPoint(300, 200))
    assert not zoom.zoomed(tile)
    tile.show_session(None)
    wheel(tile, tile.rect().center(), 5)
    drag(tile, QPoint(100, 100), QPoint(300, 200), SHIFT)
    assert not zoom.zoomed(tile)


def test_another_camera_is_shown_whole(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    tile.zoom = QRectF(0.4, 0.4, 0.25, 0.25)
    session, _other = session_of(HandEngine(), shown=channel("c2"))
    tile.show_session(session)
    assert not zoom.zoomed(tile)


class Noting:
    """A tool that takes what it is told to, and notes what it hears."""

    def __init__(self, *, takes: bool = True) -> None:
        self.takes = takes
        self.heard: list[str] = []

    def press(self, _view: PictureView, _event: QMouseEvent) -> bool:
        self.heard.append("press")
        return self.takes

    def move(self, _view: PictureView, event: QMouseEvent) -> None:
        self.heard.append("move" if event.buttons() else "hover")

    def release(self, _view: PictureView, _event: QMouseEvent) -> None:
        self.heard.append("release")

    def wheel(self, _view: PictureView, _event: QWheelEvent) -> bool:
        self.heard.append("wheel")
        return self.takes

    def cancel(self, _view: PictureView) -> None:
        self.heard.append("cancel")

    def paint(self, _view: PictureView, painter: QPainter) -> None:
        painter.fillRect(0, 60, 20, 20, QColor("lime"))


def test_a_tool_of_a_tile_comes_before_its_zoom(qtbot: QtBot) -> None:
    tile, _player = shown(qtbot)
    tool = Noting()
    tile.tool = tool
    wheel(tile, tile.rect().center(), 3)
    drag(tile, QPoint(100, 100), QPoint(300, 200), SHIFT)
    assert not zoom.zoomed(tile)
    assert tool.heard[0] == "wheel"
    assert tool.heard[1] == "press"
    assert tool.heard[-1] == "release"
    assert set(tool.heard[2:-1]) == {"move"}
    assert tile.grab().toImage().pixelColor(QPoint(10, 70)) == QColor("lime")
    # What it does not take is the zoom's.
    tool.takes = False
    wheel(tile, tile.rect().center(), 3)
    assert zoom.zoomed(tile)
    tile.tool = None
    assert tool.heard[-1] == "cancel"
    assert tile.grab().toImage().pixelColor(QPoint(10, 70)) != QColor("lime")


def _lose_focus(tile: Tile) -> None:
    tile.setFocus()
    tile.clearFocus()


def _menu(tile: Tile) -> None:
    at = tile.rect().center()
    mouse = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(tile, QContextMenuEvent(mouse, at, tile.mapToGlobal(at)))
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, QMenu)
    popup.close()


@pytest.mark.qt_log_ignore("does not support grabbing the keyboard")
@pytest.mark.parametrize(
    "loss",
    [
        _lose_focus,
        Tile.hide,
        _menu,
        lambda tile: tile.show_session(None),
        lambda tile: hands.key(tile, Qt.Key.Key_Escape),
        lambda tile: setattr(tile, "tool", None),
    ],
    ids=["focus", "hidden", "menu", "other camera", "Escape", "other tool"],
)
def test_whatever_takes_the_mouse_away_ends_the_tool_once(
    qtbot: QtBot, loss: Callable[[Tile], object]
) -> None:
    tile, _player = shown(qtbot)
    tool = Noting()
    tile.tool = tool
    QTest.mousePress(tile, LEFT, NO_KEYS, QPoint(100, 100))
    QTest.mousePress(tile, Qt.MouseButton.RightButton, NO_KEYS, QPoint(100, 100))
    assert tool.heard.count("press") == 1
    loss(tile)
    assert "cancel" in tool.heard
    for button in (LEFT, Qt.MouseButton.RightButton):
        # A button left down would be down for every test after this one.
        QTest.mouseRelease(tile, button, NO_KEYS, QPoint(100, 100))
    assert "release" not in tool.heard
