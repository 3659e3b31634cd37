"""Events to show, without any vendor."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import Box, Event, Key
from vsconsole.ui.events.panel import EventsPanel
from vsconsole.ui.events.rows import EventRow

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BOX = Box(x=0.25, y=0.25, width=0.5, height=0.5, label="Person")


def row(
    number: int,
    *,
    text: str = "",
    title: str = "Person",
    kind: str = "person",
    picture: str = "http://127.0.0.1:1/p.jpg",
    boxes: tuple[Box, ...] = (),
    camera: str = "Dock",
) -> EventRow:
    """The event `number` minutes after noon in Beijing."""
    event = Event(
        id=str(number),
        channel=Key("a", camera),
        begin=NOON + timedelta(minutes=number),
        kind=kind,
        title=title,
        text=text,
        picture=picture,
        boxes=boxes,
    )
    return EventRow(event=event, number=number, place=camera, account="Box", zone="Asia/Shanghai")


def rows(newest: int, count: int) -> list[EventRow]:
    """So many events, the newest first."""
    return [row(newest - place) for place in range(count)]


def numbers(panel: EventsPanel) -> list[int]:
    return [one.number for one in panel.model.rows]


def shown_panel(qtbot: QtBot, height: int = 620) -> EventsPanel:
    """A panel on screen, with an account."""
    panel = EventsPanel()
    qtbot.addWidget(panel)
    panel.resize(280, height)
    panel.show_accounts(True)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def jpeg(width: int = 320, height: int = 180, colour: str = "navy", form: str = "JPG") -> bytes:
    """A picture's file, of one colour."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)
    return bytes(data.data())
