"""Pictures decoded small, boxes where they belong, and few kept."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, QSizeF
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from tests.ui.events.support import BOX, jpeg, row
from vsconsole.domain.errors import CodecUnsupported
from vsconsole.domain.model import Box
from vsconsole.ui.events import thumbs
from vsconsole.ui.events.picture import EventView
from vsconsole.ui.events.thumbs import Thumbs, decoded


@pytest.mark.parametrize("form", ["JPG", "PNG"])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_picture_is_decoded_to_the_room_there_is(form: str, ratio: float) -> None:
    image = decoded(jpeg(1920, 1080, "green", form), QSize(80, 45), ratio)
    assert image.size() == QSize(80, 45) * ratio
    assert image.devicePixelRatio() == ratio
    assert QColor(image.pixel(5, 5)).green() > 100
    # A small one is not blown up.
    assert decoded(jpeg(40, 30), QSize(80, 45)).size() == QSize(40, 30)


@pytest.mark.parametrize(
    "data", [b"", b"<html>no</html>", jpeg()[:40]], ids=["empty", "page", "cut"]
)
def test_what_is_no_picture_is_said_so(data: bytes) -> None:
    with pytest.raises(CodecUnsupported):
        decoded(data, QSize(80, 45))


_WHILE_THE_WINDOW_WORKS = """
import sys, threading, time
from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication
from vsconsole.ui.events.thumbs import decoded

app = QApplication([])
data, ended = sys.stdin.buffer.read(), threading.Event()

def work():
    while not ended.is_set():
        decoded(data, QSize(40, 20))

threads = [threading.Thread(target=work, daemon=True) for _ in range(2)]
for thread in threads:
    thread.start()
until = time.monotonic() + 3
while time.monotonic() < until:
    timers = [QTimer() for _ in range(20)]
    loops = [QEventLoop() for _ in range(20)]
    for timer, loop in zip(timers, loops):
        timer.timeout.connect(loop.quit)
    del loops, loop
ended.set()
for thread in threads:
    thread.join()
print("done")
"""


def test_decoding_on_workers_never_stops_the_window() -> None:
    # What Qt reads pictures with connects objects; see `decoded`.
    ran = subprocess.run(
        [sys.executable, "-c", _WHILE_THE_WINDOW_WORKS],
        input=jpeg(64, 36),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout == b"done\n", ran.stderr.decode()


def test_a_playlist_is_no_picture() -> None:
    # FFmpeg would open what it names.
    with pytest.raises(CodecUnsupported):
        decoded(b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", QSize(80, 45))


def painted(boxes: tuple[Box, ...], *, labels: bool) -> QImage:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    thumbs.draw_boxes(painter, QRectF(0, 0, 200, 100), boxes, QSizeF(1000, 500), labels=labels)
    painter.end()
    return image


def test_boxes_are_fractions_of_the_picture(qapp: object) -> None:
    image = painted((BOX,), labels=False)
    for on_edge in ((50, 50), (150, 50), (100, 25), (100, 75)):
        assert QColor(image.pixel(*on_edge)).red() > 150
    assert image.pixelColor(100, 50) == QColor("black")
    assert image.pixelColor(20, 50) == QColor("black")
    # Outside of the picture there is nothing to see, and nothing is drawn twice its size.
    beyond = painted((Box(x=1.5, y=0.2, width=1, height=1),), labels=True)
    assert beyond == painted((), labels=True)


def test_boxes_in_pixels_are_those_of_the_picture_as_it_came(qapp: object) -> None:
    pixels = Box(x=250, y=125, width=500, height=250, label="Person", pixels=True)
    for labels in (False, True):
        assert painted((pixels,), labels=labels) == painted((BOX,), labels=labels)


def test_a_shrunk_picture_knows_how_large_it_came(qapp: object) -> None:
    image = decoded(jpeg(640, 360), QSize(80, 45))
    assert (image.size(), thumbs.full_size(image)) == (QSize(80, 45), QSizeF(640, 360))
    assert thumbs.full_size(QImage(3, 2, QImage.Format.Format_RGB32)) == QSizeF(3, 2)


def test_labels_stay_inside_the_picture(qapp: object) -> None:
    plain = painted((Box(x=0.9, y=0.0, width=0.1, height=0.3),), labels=True)
    named = painted((Box(x=0.9, y=0.0, width=0.1, height=0.3, label="粤B12345"),), labels=True)
    changed = [
        x
        for x in range(200)
        for y in range(100)
        if plain.pixel(QPoint(x, y)) != named.pixel(QPoint(x, y))
    ]
    assert changed
    assert min(changed) > 100


def test_few_pictures_are_kept_the_newest_looked_at(qapp: object) -> None:
    kept = Thumbs()
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    for number in range(thumbs.KEPT):
        kept.put(number, image)
    assert kept.of(0) is not None
    kept.put("new", image)
    assert kept.of(0) is not None
    assert kept.of(1) is None
    kept.fail("odd", "why")
    assert kept.failure("odd") == "why"
    kept.retry()
    assert kept.failure("odd") == ""


def test_the_chosen_event_s_picture_or_why_there_is_none(qtbot: QtBot) -> None:
    view = EventView()
    qtbot.addWidget(view)
    view.resize(280, 300)
    view.show()
    assert "Choose" in view.picture.words
    one = row(1, text="一名白短袖男子", boxes=(BOX,))
    view.show_event(one)
    assert "Loading" in view.picture.words
    assert view.text.text() == "一名白短袖男子"
    assert view.time.text() == "2026-11-20 12:01:00 UTC+8"
    image = decoded(jpeg(320, 180, "navy"), QSize(320, 180))
    # One that was asked for before, for another event, comes too late.
    view.show_image(row(2), image)
    assert view.picture.image is None
    view.show_failure(one, "It is gone.")
    assert view.picture.words == "It is gone."
    with qtbot.waitSignal(view.retry_asked):
        view.retry.click()
    view.show_image(one, image)
    assert not view.retry.isVisible()
    assert "Person" in view.picture.accessibleDescription()
    seen = view.picture.grab().toImage()
    colours = {seen.pixelColor(x, seen.height() // 2).name() for x in range(seen.width())}
    assert "#e69f00" in colours
    view.show_event(row(3, picture=""))
    assert "No picture" in view.picture.words
