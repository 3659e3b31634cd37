"""Downloads: cut by the vendor's limits, fetched in parallel, gone on with after anything."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    InvalidInput,
    NotFound,
)
from vsconsole.domain.model import Ability, Channel, Key, Store
from vsconsole.domain.timeline import Span, from_ms
from vsconsole.i18n import _
from vsconsole.services.download_files import (
    Journal,
    Request,
    default_name,
)
from vsconsole.services.download_task import Download, DownloadState, Task
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import need_ability
from vsconsole.store.marks import Export

if TYPE_CHECKING:
    from vsconsole.net.transport import Transport
    from vsconsole.services.footage import Footage
    from vsconsole.store.catalog import Catalog
    from vsconsole.work.lanes import Lanes

__all__ = ["Download", "DownloadService", "DownloadState"]

_UNFINISHED = "download."


class DownloadService:
    """Every download of this run of the program; thread-safe."""

    def __init__(
        self,
        adapter: Callable[[str], object],
        footage: Footage,
        lanes: Lanes,
        transport: Callable[[str], Transport],
        catalog: Catalog,
    ) -> None:
        self._catalog = catalog
        self.adapter = adapter
        self.footage = footage
        self.lanes = lanes
        self.transport = transport
        self._lock = threading.Lock()
        self._tasks: dict[str, Task] = {}
        self.changed: Listeners[[Download]] = Listeners()
        """Called on a worker thread when a download has gone on, at most five times a second."""

    def all(self) -> list[Download]:
        """Every download, the oldest first."""
        with self._lock:
            return [task.view for task in self._tasks.values()]

    def get(self, number: str) -> Download:
        """How a download stands; NotFound."""
        return self._task(number).view

    def start(
        self,
        channel: Channel,
        store: Store,
        span: Span,
        path: Path | None = None,
        *,
        folder: Path | None = None,
        overwrite: bool = False,
    ) -> Download:
        """Begins, or goes on with, a download to `path` or under a name of its own in `folder`.

        Returns at once. InvalidInput for an empty range, an unusable name, or a file that another
        download is writing; Unsupported where the channel cannot be downloaded.
        """
        need_ability(channel, Ability.DOWNLOAD)
        if span.empty:
            raise InvalidInput(_("The range is empty."), field="to")
        if path is None:
            path = (folder or Path()) / default_name(channel, span)
        path = path.expanduser().absolute()
        if not path.suffix:
            raise InvalidInput(
                _("The file's name needs an ending."),
                field="output",
                remedy=_("Use .mp4, or another kind of video file."),
            )
        request = Request(channel=channel, store=store, span=span, path=path, overwrite=overwrite)
        task = Task(self, request, uuid4().hex[:8])
        with self._lock:
            for other in self._tasks.values():
                if other.view.path == path and not other.view.state.ended:
                    raise InvalidInput(
                        _("{path} is being downloaded already.").format(path=path),
                        field="output",
                    )
            self._tasks[task.view.id] = task
        self.tell(task.view)
        task.begin()
        return task.view

    def retry(self, number: str) -> Download:
        """Goes on with a download that failed or was cancelled, as a new one in its place."""
        old = self._task(number)
        if not old.view.state.ended or old.view.state is DownloadState.DONE:
            return old.view
        request = old.view.request
        with self._lock:
            self._tasks.pop(number, None)
        return self.start(
            request.channel,
            request.store,
            request.span,
            request.path,
            overwrite=request.overwrite,
        )

    def cancel(self, number: str) -> None:
        """Calls a download off; what came stays, so that it can go on later."""
        self._task(number).cancel()

    def remove(self, number: str) -> None:
        """Takes an ended download off the list; what an unfinished one left is removed."""
        task = self._task(number)
        if not task.view.state.ended:
            raise InvalidInput(_("Cancel the download first."), field="id")
        with self._lock:
            self._tasks.pop(number, None)
        if task.view.state is not DownloadState.DONE:
            request = task.view.request

            def tidy() -> None:
                Journal(request).clear()
                self.note_unfinished(request, False)

            self.lanes.submit("transfer", tidy)

    def wait(self, number: str, timeout: float | None = None) -> Download:
        """Waits for the end; builtin TimeoutError. Cancelled with the present work."""
        task = self._task(number)
        cancel.wait_for(task.ended, lambda: task.view.state.ended, timeout)
        return task.view

    def restore(self, channel: Callable[[Key], Channel]) -> list[Download]:
        """Lists what an earlier run of the program left unfinished, for `retry`; blocks.

        `channel` gives a channel by its key; what belongs to one that is gone is forgotten.
        """
        found: list[Download] = []
        for name in self._catalog.state_names(_UNFINISHED):
            row = self._catalog.state(name)
            try:
                span = Span(from_ms(row["begin"]), from_ms(row["end"]))
                request = Request(
                    channel=channel(Key.parse(row["channel"])),
                    store=Store(row["store"]),
                    span=span,
                    path=Path(row["path"]),
                    overwrite=bool(row["overwrite"]),
                )
            except (KeyError, TypeError, ValueError, NotFound):
                self._catalog.set_state(name, None)
                continue
            with self._lock:
                if any(task.view.path == request.path for task in self._tasks.values()):
                    continue
                task = Task(self, request, uuid4().hex[:8])
                task.view = replace(task.view, state=DownloadState.CANCELLED)
                self._tasks[task.view.id] = task
            found.append(task.view)
            self.tell(task.view)
        return found

    def close(self) -> None:
        """Calls every download off; the next start goes on with them."""
        with self._lock:
            tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()

    def _task(self, number: str) -> Task:
        with self._lock:
            task = self._tasks.get(number)
        if task is None:
            raise NotFound(_("This download is no longer listed."))
        return task

    def note_unfinished(self, request: Request, unfinished: bool) -> None:
        """Keeps in mind, or no longer, that there is something to go on with."""
        row = {
            **request.as_dict(),
            "path": str(request.path),
            "overwrite": request.overwrite,
        }
        name = _UNFINISHED + hashlib.sha256(str(request.path).encode()).hexdigest()[:16]
        self._catalog.set_state(name, row if unfinished else None)

    def note_done(self, request: Request) -> None:
        """Keeps in mind that a range lies in a file; blocks."""
        self._catalog.add_export(
            Export(
                channel=request.channel.key,
                store=request.store,
                span=request.span,
                path=request.path,
            )
        )

    def tell(self, view: Download) -> None:
        self.changed.emit(view)
