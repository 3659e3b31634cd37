"""The tour's step that steers a camera by keys, on its picture and by wheel."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from vsconsole.demo import hands
from vsconsole.demo.hands import NotSeen, wait_for
from vsconsole.demo.stage import SLOW, Stage
from vsconsole.player.backend import PlayerState

_SIZE = (48, 27)
_ELSEWHERE = 0.15
"""The share of a picture that is another one when the camera has turned."""


def steer(stage: Stage) -> str:
    """Turns by an arrow key, back by dragging on the picture, zooms by wheel, leaves by Escape."""
    stage.press("live")
    stage.wait_state(PlayerState.PLAYING)
    wait_for(lambda: hands.burnt_in(stage.tile) is not None, SLOW, "no live picture")
    camera, tile = stage.desk.camera, stage.tile
    wait_for(lambda: bool(camera.steering.moves), 5, "nobody knows how it moves")
    told = len(stage.window.notifier.messages)
    # A key is the window's once it is in front again, after the dialog of the step before.
    stage.window.activateWindow()
    wait_for(stage.window.isActiveWindow, 5, "the window does not come to the front")
    tile.setFocus()
    hands.key(tile, Qt.Key.Key_C)
    wait_for(lambda: camera.mode.on, 2, "C does not begin the PTZ mode")
    seen = []
    before = _look(stage)
    QTest.keyPress(tile, Qt.Key.Key_Right)
    hands.pause(1.5)
    QTest.keyRelease(tile, Qt.Key.Key_Right)
    seen.append(_turned(stage, before, "the arrow key"))
    before = _look(stage)
    middle = tile.rect().center()
    QTest.mousePress(tile, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseMove(tile, QPoint(round(middle.x() * 0.15), middle.y()))
    hands.pause(1.5)
    stage.photograph("16a-steered-on-the-picture.png")
    QTest.mouseRelease(tile, Qt.MouseButton.LeftButton)
    seen.append(_turned(stage, before, "dragging"))
    before = _look(stage)
    for _notch in range(6):
        _wheel(stage, 120)
        hands.pause(0.1)
    seen.append(_turned(stage, before, "the wheel"))
    for _notch in range(6):
        _wheel(stage, -120)
        hands.pause(0.1)
    hands.key(tile, Qt.Key.Key_Escape)
    wait_for(lambda: not camera.mode.on, 2, "Escape does not leave the PTZ mode")
    if len(stage.window.notifier.messages) != told:
        raise NotSeen(stage.window.notifier.messages[-1].text)
    channel = stage.session.channel
    assert channel is not None
    trip = stage.program.services.ptz.meter.of(channel.key)
    if trip is None or not stage.window.ptz.isVisible():
        raise NotSeen("the round trip was not measured")
    changed = ", ".join(f"{share:.0%}" for share in seen)
    return f"key, drag and wheel changed {changed} of it; answers in {trip.median * 1000:.0f} ms"


def _look(stage: Stage) -> QImage:
    """The picture on screen, small and grey, without its burnt-in time."""
    image = stage.tile.grab_frame()
    inner = image.copy(0, image.height() // 8, image.width(), image.height() * 5 // 8)
    small = inner.scaled(*_SIZE, mode=Qt.TransformationMode.SmoothTransformation)
    return small.convertToFormat(QImage.Format.Format_Grayscale8)


def _turned(stage: Stage, before: QImage, how: str) -> float:
    """Waits until the picture is another one; the share of it that changed."""
    share = [0.0]

    def other() -> bool:
        after = _look(stage)
        pairs = [
            abs(before.pixelColor(x, y).value() - after.pixelColor(x, y).value()) > 12
            for x in range(_SIZE[0])
            for y in range(_SIZE[1])
        ]
        share[0] = sum(pairs) / len(pairs)
        return share[0] > _ELSEWHERE

    wait_for(other, 10, lambda: f"{how} changed {share[0]:.0%} of the picture")
    return share[0]


def _wheel(stage: Stage, delta: int) -> None:
    at = QPointF(stage.tile.rect().center())
    event = QWheelEvent(
        at,
        stage.tile.mapToGlobal(at),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(stage.tile, event)
