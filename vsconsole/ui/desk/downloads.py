"""Downloads from the desk: the selected range into a file, as a job that can be called off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Channel, Key, Store
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.ui.panels.jobs import JobState, JobView

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.services.downloads import Download
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher


class DownloadsDesk(QObject):
    """Asks where to, starts the download, and shows it on the jobs list."""

    _changed = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._dispatcher = dispatcher
        self._told: set[str] = set()
        self._changed.connect(self._show)
        self._unlisten = services.downloads.changed.connect(self._changed.emit)
        window.transport.export_requested.connect(self.ask)
        window.actions_["export"].triggered.connect(self._ask_range)
        window.jobs.cancelled.connect(self._cancel)
        window.jobs.dismissed.connect(self._dismiss)
        pictures.lanes_changed.connect(self._show_exported)

    def close(self) -> None:
        """Shows nothing more; the services may outlive this window."""
        self._unlisten()

    def start_up(self) -> None:
        """Lists what an earlier run left unfinished, to be gone on with."""
        services = self._services

        def shown(found: list[Download]) -> None:
            for download in found:
                self._told.add(download.id)
                self._show(download)

        self._dispatcher.start(
            self,
            lambda: services.downloads.restore(services.inventory.channel),
            shown,
            self._tell,
        )

    def _show_exported(self) -> None:
        """Draws on the lanes what lies in files already."""
        keys = {s.channel.key for s in self._window.wall.sessions() if s.channel}
        catalog = self._services.catalog

        def work() -> dict[Key, list[Span]]:
            return {key: [one.span for one in catalog.exports(key)] for key in keys}

        def shown(found: dict[Key, list[Span]]) -> None:
            for key, spans in found.items():
                self._window.timeline_model.set_exported(key, spans)

        if keys:
            self._dispatcher.start(self, work, shown, self._tell, key="exported")

    def _ask_range(self) -> None:
        span = self._window.timeline_model.range
        if span is None:
            self._window.notifier.info(
                _("Select a range first."),
                _("Drag over the timeline with Ctrl, or press I and O at its begin and end."),
            )
            return
        self.ask(span)

    def ask(self, span: Span) -> None:
        """Asks where the range of the selected tile goes, then downloads it."""
        session = self._pictures.session
        channel = session.channel if session else None
        if session is None or channel is None:
            self._window.notifier.info(_("Select the tile whose footage you want to keep."))
            return
        if Ability.DOWNLOAD not in channel.abilities:
            self._window.notifier.info(
                _("Recordings of {channel} cannot be downloaded.").format(channel=channel.name)
            )
            return
        store = session.store
        from vsconsole.services.download_files import default_name

        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MoviesLocation)
        name = default_name(channel, span)
        dialog = QFileDialog(
            self._window, _("Download to"), str(Path(folder) / name), _("Video (*.mp4 *.ts)")
        )
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("mp4")
        dialog.selectFile(name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.start(channel, store, span, Path(path)))
        dialog.open()

    def start(self, channel: Channel, store: Store, span: Span, path: Path) -> None:
        """Downloads a range to a file; the dialog has asked about replacing one."""
        downloads = self._services.downloads
        self._dispatcher.start(
            self,
            lambda: downloads.start(channel, store, span, path, overwrite=True),
            lambda _download: self._window.show_tab(self._window.jobs),
            self._tell,
        )

    def _show(self, download: Download) -> None:
        from vsconsole.services.downloads import DownloadState

        request = download.request
        state = {
            DownloadState.DONE: JobState.DONE,
            DownloadState.FAILED: JobState.FAILED,
            DownloadState.CANCELLED: JobState.CANCELLED,
        }.get(download.state, JobState.RUNNING)
        action_text = ""
        action: Callable[[], object] | None = None
        if state is JobState.DONE:
            action_text = _("Show the folder")
            folder = QUrl.fromLocalFile(str(request.path.parent))
            action = lambda: QDesktopServices.openUrl(folder)  # noqa: E731
        elif state in (JobState.FAILED, JobState.CANCELLED):
            action_text = _("Go on")
            action = lambda: self._retry(download.id)  # noqa: E731
        running = state is JobState.RUNNING and download.state is not DownloadState.WAITING
        self._window.jobs.show_job(
            JobView(
                id=f"download:{download.id}",
                title=_("Downloading {channel} {range}").format(
                    channel=request.channel.name, range=_range(request.span, request.channel.zone)
                ),
                detail=self._detail(download),
                fraction=download.fraction if running or state is JobState.DONE else None,
                state=state,
                action_text=action_text,
                action=action,
            )
        )
        if download.state.ended and download.id not in self._told:
            self._told.add(download.id)
            if state is JobState.DONE:
                self._show_exported()
                self._window.notifier.good(_("Download finished."), str(request.path))
            elif download.error:
                self._window.notifier.error(download.error)

    @staticmethod
    def _detail(download: Download) -> str:
        from vsconsole.services.downloads import DownloadState

        if download.error:
            return str(download.error)
        size = f"{download.bytes / 1_000_000:.1f} MB"
        if download.state is DownloadState.DONE:
            return f"{size} · {download.request.path.name}"
        if download.parts:
            return _("{size}, part {done} of {all}").format(
                size=size, done=min(download.parts_done + 1, download.parts), all=download.parts
            )
        return ""

    def _retry(self, number: str) -> None:
        def taken_over(_download: Download) -> None:
            # Not before: taking the line off the list gives up what has come of the file.
            self._window.jobs.remove(f"download:{number}")

        self._dispatcher.start(
            self, lambda: self._services.downloads.retry(number), taken_over, self._tell
        )

    def _cancel(self, job_id: str) -> None:
        kind, _colon, number = job_id.partition(":")
        if kind == "download":
            self._services.downloads.cancel(number)

    def _dismiss(self, job_id: str) -> None:
        kind, _colon, number = job_id.partition(":")
        if kind != "download":
            return
        try:
            self._services.downloads.remove(number)
        except ConsoleError:
            # Taken over by its retry, which has a line of its own.
            return

    def _tell(self, error: ConsoleError) -> None:
        self._window.notifier.error(error)


def _range(span: Span, zone: str) -> str:
    where = ZoneInfo(zone)
    begin, end = span.begin.astimezone(where), span.end.astimezone(where)
    last = f"{end:%H:%M:%S}" if begin.date() == end.date() else f"{end:%m-%d %H:%M:%S}"
    return f"{begin:%m-%d %H:%M:%S}–{last}"
