"""Bookmarks at the desk: made by a key, drawn on the lanes, listed, changed, brought back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, Qt

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.store.marks import FILE, Bookmark, file_key
from vsconsole.ui.dialogs.bookmark import BookmarkDialog
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.model import Mark
from vsconsole.ui.wall.session import TileSession

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher


def kept_under(session: TileSession | None) -> Key | None:
    """What bookmarks of a tile are kept under; None for an address, which may hold a login."""
    if session is None:
        return None
    if session.channel is not None:
        return session.channel.key
    path = session.address.path if session.address else ""
    return file_key(path) if path else None


class BookmarksDesk(QObject):
    """Keeps the list, the lanes and the catalog in step; what is on screen is in memory."""

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        dispatcher: Dispatcher,
        go_to: Callable[[datetime], object],
    ) -> None:
        """`go_to` shows a moment in the selected tile."""
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._dispatcher = dispatcher
        self._go_to = go_to
        self._kept: dict[str, Bookmark] = {}
        self._connect()

    def _connect(self) -> None:
        window, act, panel = self._window, self._window.actions_, self._window.bookmarks
        act["bookmark"].triggered.connect(self.add)
        act["bookmarks"].triggered.connect(window.focus_bookmarks)
        act["previous-bookmark"].triggered.connect(lambda: self.step(forward=False))
        act["next-bookmark"].triggered.connect(lambda: self.step(forward=True))
        window.transport.bookmark_requested.connect(self.add_range)
        self._pictures.lanes_changed.connect(self._show_lanes)
        panel.chosen.connect(self.go)
        panel.edit_asked.connect(self.edit)
        panel.delete_asked.connect(self.delete)
        panel.undo_asked.connect(self._undo)

    def start(self) -> None:
        """Reads what is kept, in the background."""

        def come(found: list[Bookmark]) -> None:
            # What was made while they were read is newer.
            self._kept = {**{one.id: one for one in found}, **self._kept}
            self._show()

        self._dispatcher.start(
            self, self._services.catalog.bookmarks, come, self._window.notifier.error
        )

    def forget_account(self, account: str) -> None:
        """An account is gone, and the catalog's bookmarks of it with it."""
        self._kept = {id: one for id, one in self._kept.items() if one.channel.account != account}
        self._show()

    def add(self) -> None:
        """Keeps the moment at the playhead; its title can be changed at once, or later."""
        at = self._window.timeline_model.playhead
        if at is None:
            self._window.notifier.info(
                _("There is no moment to keep yet."),
                _("Play a recording first: a bookmark is put where its picture is."),
            )
            return
        self._make(Span(at, at))

    def add_range(self, span: Span) -> None:
        """Keeps the selected range."""
        self._make(span)

    def _make(self, span: Span) -> None:
        session = self._pictures.session
        key = kept_under(session)
        if session is None or key is None:
            self._window.notifier.info(
                _("Bookmarks are kept for cameras and for files on disk."),
                _("An address may hold a login, so nothing of it is kept."),
            )
            return
        title = _("{camera} {time}").format(
            camera=session.title, time=texts.clock(span.begin, session.zone)
        )
        made = Bookmark(
            id=uuid4().hex,
            channel=key,
            span=span,
            title=title,
            place=session.title,
            zone=session.zone,
        )
        self._keep(made)
        self._window.notifier.good(
            _("Bookmark kept."), title, action_text=_("Edit…"), action=lambda: self.edit(made)
        )

    def edit(self, bookmark: Bookmark) -> BookmarkDialog:
        """Asks for title, note and colour."""
        dialog = BookmarkDialog(self._kept.get(bookmark.id, bookmark), self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self._keep)
        dialog.open()
        return dialog

    def delete(self, bookmark: Bookmark) -> None:
        """Takes a bookmark away; the panel offers to bring it back."""
        if self._kept.pop(bookmark.id, None) is None:
            return
        self._show()
        self._window.bookmarks.deleted(bookmark)
        self._write(lambda: self._services.catalog.delete_bookmark(bookmark.id))

    def _undo(self, bookmark: Bookmark) -> None:
        self._window.bookmarks.deleted(None)
        self._keep(bookmark)
        self._window.bookmarks.choose(bookmark)

    def go(self, bookmark: Bookmark) -> None:
        """Plays a bookmark's moment, wherever its camera is."""
        begin = bookmark.span.begin
        for tile in self._window.wall.tiles:
            if tile.session is not None and kept_under(tile.session) == bookmark.channel:
                self._window.wall.select_tile(tile)
                self._go_to(begin)
                return
        if bookmark.channel.account == FILE:
            self._pictures.open_address(bookmark.channel.native, at=begin)
            return
        services = self._services

        def found(channel: Channel) -> None:
            self._pictures.play_moment(channel, channel.stores[0], begin)

        self._dispatcher.start(
            self,
            lambda: services.inventory.channel(bookmark.channel),
            found,
            self._window.notifier.error,
            key="go",
        )

    def step(self, *, forward: bool) -> None:
        """Goes to the selected camera's next bookmark, or to the one before."""
        at = self._window.timeline_model.playhead
        key = kept_under(self._pictures.session)
        if at is None or key is None:
            return
        times = (one.span.begin for one in self._kept.values() if one.channel == key)
        when = neighbour(times, at, forward=forward)
        if when is not None:
            self._go_to(when)
            return
        self._window.notifier.info(
            _("No later bookmark of this camera.")
            if forward
            else _("No earlier bookmark of this camera.")
        )

    def _keep(self, bookmark: Bookmark) -> None:
        self._kept[bookmark.id] = bookmark
        self._show()
        self._write(lambda: self._services.catalog.save_bookmark(bookmark))

    def _write(self, work: Callable[[], object]) -> None:
        """In the order in which things were done, off the window's thread."""
        self._dispatcher.start(self, work, on_error=self._failed, lane="control", order="bookmarks")

    def _failed(self, error: ConsoleError) -> None:
        # What is on screen must be what is kept.
        self._window.notifier.error(error)
        self._kept.clear()
        self.start()

    def _show(self) -> None:
        self._window.bookmarks.set_bookmarks(self._kept.values())
        self._show_lanes()

    def _show_lanes(self) -> None:
        marks: dict[Key, list[Mark]] = {}
        for one in self._kept.values():
            until = None if one.span.empty else one.span.end
            mark = Mark(
                when=one.span.begin, title=one.title, until=until, colour=one.colour, id=one.id
            )
            marks.setdefault(one.channel, []).append(mark)
        for session in self._window.wall.sessions():
            key = kept_under(session)
            if key is not None:
                self._window.timeline_model.set_marks(session.lane, marks.get(key, ()))


_HERE = 0.05
_AGAIN = 2.0


def neighbour(times: Iterable[datetime], at: datetime, *, forward: bool) -> datetime | None:
    """The next of `times` after an instant, or the one before it; None without any.

    Going back, what was passed within two seconds is passed over: pressed again right after a
    jump, it goes on to the one before.
    """
    if forward:
        return min((t for t in times if (t - at).total_seconds() > _HERE), default=None)
    return max((t for t in times if (at - t).total_seconds() > _AGAIN), default=None)
