"""A snapshot of a tile: to a file or the clipboard, and in it which camera and when it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QMimeData, QObject, QStandardPaths, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from vsconsole.domain.errors import NotWritable
from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.services.download_files import clean_name
from vsconsole.ui.wall import zoom

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from vsconsole.ui.main_window import MainWindow
    from vsconsole.ui.wall.tile import Tile
    from vsconsole.work.qt import Dispatcher

_JPEG = 92


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A picture with what it shows; `name` is a file name without its ending."""

    image: QImage
    name: str


def snapshot_of(tile: Tile, *, zoomed: bool) -> Snapshot | None:
    """The picture on screen: all of it, or the part that is shown; None where there is none.

    Its time is the frame's own with the zone's offset, to the millisecond. Where the stream tells
    none, it is this computer's, and the metadata say so.
    """
    session, frame = tile.session, tile.frame
    if session is None or frame is None:
        return None
    image = tile.grab_frame(zoomed=zoomed)
    part = tile.zoom if zoomed and zoom.zoomed(tile) else None
    local = (frame.when or now()).astimezone(ZoneInfo(session.zone))
    # Keywords of the PNG format, which are English; a JPEG carries them as its comment.
    texts = {
        "Title": session.title,  # not text
        "Source": session.subtitle,  # not text
        "Creation Time": local.isoformat(timespec="milliseconds"),  # not text
        "Time From": "stream" if frame.when else "computer",  # not text
        "Time Zone": session.zone,  # not text
        "Channel": str(session.channel.key) if session.channel else "",  # not text
    }
    if part is not None:
        numbers = (part.x(), part.y(), part.width(), part.height())
        texts["Part"] = " ".join(f"{number:.4f}" for number in numbers)  # not text
    for key, text in texts.items():
        if text:
            image.setText(key, text)
    return Snapshot(image=image, name=clean_name(f"{session.title}_{_stamp(local)}"))


def _stamp(local: datetime) -> str:
    return f"{local:%Y-%m-%d_%H-%M-%S}.{local.microsecond // 1000:03d}{local:%z}"


class SnapshotDesk(QObject):
    """Saves the picture on screen where the user says, off the window's thread, or copies it."""

    def __init__(self, window: MainWindow, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._dispatcher = dispatcher
        wall, act = window.wall, window.actions_
        wall.snapshot_asked.connect(self.ask)
        wall.menu_filling.connect(self._fill_menu)
        act["snapshot"].triggered.connect(lambda: self.ask(wall.current))
        act["copy-picture"].triggered.connect(lambda: self.copy(wall.current))

    def _fill_menu(self, tile: Tile, menu: QMenu) -> None:
        if tile.has_picture() and zoom.zoomed(tile):
            menu.addAction(_("Save the whole picture…"), lambda: self.ask(tile, whole=True))

    def ask(self, tile: Tile, *, whole: bool = False) -> None:
        """Asks for the file; the picture is the one on screen now, as it is zoomed unless `whole`.

        PNG or JPEG, by the name's ending.
        """
        taken = snapshot_of(tile, zoomed=not whole)
        if taken is None:
            self._window.notifier.info(_("There is no picture to save yet."))
            return
        name = f"{taken.name}.png"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(
            self._window,
            _("Save a snapshot"),
            str(Path(folder) / name),
            "PNG (*.png);;JPEG (*.jpg *.jpeg)",
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filterSelected.connect(
            lambda chosen: dialog.setDefaultSuffix("jpg" if "jpg" in chosen else "png")
        )

        def save(path: str) -> None:
            def work() -> str:
                return write(taken.image, path)

            self._dispatcher.start(self, work, self._saved, self._window.notifier.error)

        dialog.fileSelected.connect(save)
        dialog.open()

    def copy(self, tile: Tile) -> None:
        """Puts the picture on the clipboard, with its metadata for who takes it as PNG."""
        taken = snapshot_of(tile, zoomed=True)
        if taken is None:
            self._window.notifier.info(_("There is no picture to copy yet."))
            return

        def packed(data: bytes) -> None:
            mime = QMimeData()
            mime.setData("image/png", data)
            mime.setImageData(taken.image)
            QApplication.clipboard().setMimeData(mime)
            self._window.notifier.good(_("Picture copied."), taken.name)

        self._dispatcher.start(
            self, lambda: _png(taken.image), packed, self._window.notifier.error, key="copy"
        )

    def _saved(self, path: str) -> None:
        self._window.notifier.good(_("Snapshot saved."), path)


def write(image: QImage, path: str) -> str:
    """Writes PNG or JPEG by the ending of `path`, with the image's texts; NotWritable."""
    jpeg = Path(path).suffix.lower() in (".jpg", ".jpeg")
    if not image.save(path, quality=_JPEG if jpeg else -1):
        raise NotWritable(
            _("The snapshot could not be saved."),
            remedy=_("Choose another folder, or free some space."),
        )
    return path


def _png(image: QImage) -> bytes:
    """The image as a PNG file's bytes; by way of a file, as a worker makes no QBuffer."""
    with TemporaryDirectory(prefix="vsconsole-") as folder:
        return Path(write(image, str(Path(folder) / "picture.png"))).read_bytes()
