"""A snapshot of a tile: to a file whose name and metadata say what and when it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog

from vsconsole.domain.errors import NotWritable
from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.services.download_files import clean_name

if TYPE_CHECKING:
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.ui.wall.tile import Tile
    from vsconsole.work.qt import Dispatcher


class SnapshotDesk(QObject):
    """Saves the picture on screen where the user says, off the window's thread."""

    def __init__(self, window: MainWindow, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._dispatcher = dispatcher
        wall = window.wall
        wall.snapshot_asked.connect(self.ask)
        window.actions_["snapshot"].triggered.connect(lambda: self.ask(wall.current))

    def ask(self, tile: Tile) -> None:
        """Asks for the file; the picture is the one on screen now."""
        session = tile.session
        image = tile.grab_frame()
        if image.isNull() or session is None:
            self._window.notifier.info(_("There is no picture to save yet."))
            return
        when = session.position() or now()
        local = when.astimezone(ZoneInfo(session.zone))
        # Keywords of the PNG format, which are English.
        image.setText("Title", session.title)  # not text
        image.setText("Creation Time", when.isoformat())  # not text
        name = clean_name(f"{session.title}_{local:%Y-%m-%d_%H-%M-%S%z}") + ".png"
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        dialog = QFileDialog(
            self._window, _("Save a snapshot"), str(Path(folder) / name), "PNG (*.png)"
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def save(path: str) -> None:
            def work() -> str:
                if not image.save(path):
                    raise NotWritable(
                        _("The snapshot could not be saved."),
                        remedy=_("Choose another folder, or free some space."),
                    )
                return path

            self._dispatcher.start(self, work, self._saved, self._window.notifier.error)

        dialog.fileSelected.connect(save)
        dialog.open()

    def _saved(self, path: str) -> None:
        self._window.notifier.good(_("Snapshot saved."), path)
