"""Icons: what a button shows is the drawing in the colour of its state, at every size."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap

from vsconsole.ui import icons, tokens


def strongest(image: QImage) -> QColor:
    """The colour of the pixel that covers most."""
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(pixels, key=QColor.alpha)


@pytest.mark.parametrize(
    ("mode", "state", "token"),
    [
        (QIcon.Mode.Normal, QIcon.State.Off, "text"),
        (QIcon.Mode.Normal, QIcon.State.On, "accent"),
        (QIcon.Mode.Disabled, QIcon.State.Off, "dim"),
    ],
)
def test_an_icon_has_the_colour_of_its_state_and_is_painted_alike(
    qapp: object, mode: QIcon.Mode, state: QIcon.State, token: str
) -> None:
    icon = icons.icon("camera")
    given = icon.pixmap(QSize(32, 32), 1.0, mode, state).toImage()
    painted = QPixmap(32, 32)
    painted.fill(Qt.GlobalColor.transparent)
    painter = QPainter(painted)
    icon.paint(painter, QRect(0, 0, 32, 32), Qt.AlignmentFlag.AlignCenter, mode, state)
    painter.end()
    assert given == painted.toImage()
    colour, wanted = strongest(given), QColor(getattr(tokens.current(), token))
    assert abs(colour.red() - wanted.red()) < 8
    assert abs(colour.blue() - wanted.blue()) < 8
    assert (colour.alpha() < 200) is (mode is QIcon.Mode.Disabled)


def test_what_is_made_of_an_icon_is_nobody_elses(qapp: object) -> None:
    icon = icons.icon("camera")
    first = icon.pixmap(QSize(24, 24))
    before = first.toImage()
    first.fill(QColor("red"))
    assert icon.pixmap(QSize(24, 24)).toImage() == before
