"""The widget paints the newest frame, between bars, and keeps it."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from vsconsole.player.backend import Frame
from vsconsole.player.surface import Surface


class _Still:
    """Stands where a player would: its newest frame is all a surface asks for."""

    def __init__(self) -> None:
        self.newest: Frame | None = None

    def frame(self) -> Frame | None:
        return self.newest


def _frame(number: int, left: bytes, right: bytes) -> Frame:
    row = left * 8 + right * 8
    return Frame(width=16, height=8, stride=64, data=memoryview(bytearray(row * 8)), number=number)


BLUE, RED = b"\xff\0\0\xff", b"\0\0\xff\xff"


def test_letterbox_zoom_and_keeping(qtbot) -> None:  # type: ignore[no-untyped-def]
    surface, still = Surface(), _Still()
    qtbot.addWidget(surface)
    surface.resize(160, 160)
    surface.show()
    still.newest = _frame(1, BLUE, RED)
    surface.set_player(still)  # type: ignore[arg-type]
    with qtbot.waitSignal(surface.shown):
        surface.frame_arrived()
    assert surface.picture_rect().getRect() == (0, 40, 160, 80)
    image = surface.grab().toImage()
    assert image.pixelColor(20, 80) == QColor(0, 0, 255)
    assert image.pixelColor(140, 80) == QColor(255, 0, 0)
    assert image.pixelColor(80, 10) == surface.palette().base().color()

    surface.zoom = QRectF(0.5, 0.0, 0.5, 1.0)
    assert surface.grab().toImage().pixelColor(20, 80) == QColor(255, 0, 0)
    assert surface.grab_frame().pixelColor(0, 0) == QColor(0, 0, 255)

    still.newest = None
    surface.frame_arrived()
    qtbot.wait(20)
    assert not surface.grab_frame().isNull()
    surface.clear()
    assert surface.grab_frame().isNull()
    assert surface.picture_rect().isEmpty()
