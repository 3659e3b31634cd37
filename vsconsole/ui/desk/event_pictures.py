"""Pictures for the events in sight: fetched and decoded on workers, given up when out of sight."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from vsconsole.domain.errors import ConsoleError, NotFound, StreamExpired, TimedOut
from vsconsole.domain.model import NOTHING, Event
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _
from vsconsole.ui.events.rows import EventRow
from vsconsole.ui.events.thumbs import LARGE, THUMB, decoded

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_SOON_MS = 300
_MOMENT = timedelta(seconds=1)
_RENEWAL_SECONDS = 30.0
_MOST_RENEWED = 500


class EventPicturesDesk(QObject):
    """Small pictures for the list, a large one for the chosen event.

    Near a limit of media only the chosen one is fetched.
    Addresses of pictures are not kept from run to run: those of older events come as their vendors
    are polled, or are asked for when somebody looks at one.
    """

    _polled = Signal(str)

    def __init__(self, window: MainWindow, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._panel = window.events
        self._services = services
        self._dispatcher = dispatcher
        self._loading: dict[Hashable, EventRow] = {}
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._renew_in_sight)
        self._polled.connect(lambda _account: self._soon.start())
        self._unlisten = services.polling.changed.connect(self._polled.emit)
        self._panel.in_sight.connect(self._want)
        self._panel.looked.connect(self.look)
        self._panel.picture_retry_asked.connect(lambda: self.look(self._panel.view.row))

    def close(self) -> None:
        """Fetches nothing more."""
        self._unlisten()
        self._soon.stop()
        self._loading.clear()
        self._dispatcher.cancel(self)

    def again(self) -> None:
        """Pictures that did not come are fetched again when they are in sight."""
        self._panel.thumbs.retry()
        self._panel.list.look()

    @property
    def _ratio(self) -> float:
        return float(self._panel.devicePixelRatioF())

    def _want(self, rows: Sequence[EventRow]) -> None:
        wanted = {row.name: row for row in rows if row.event.picture}
        for name in [name for name in self._loading if name not in wanted]:
            del self._loading[name]
            self._dispatcher.cancel(self, ("thumb", name))
        thumbs = self._panel.thumbs
        missing = [
            row
            for name, row in wanted.items()
            if thumbs.of(name) is None and not thumbs.failure(name) and name not in self._loading
        ]
        usage = self._services.usage
        accounts = {row.channel.account for row in missing}
        waiting = {one for one in accounts if usage.near(one, "media")}
        for row in missing:
            if row.channel.account not in waiting:
                self._fetch(row)

    def _fetch(self, row: EventRow) -> None:
        event, ratio, services = row.event, self._ratio, self._services
        self._loading[row.name] = row

        def work() -> QImage:
            return decoded(services.event_pictures.fetch(event), THUMB, ratio)

        def came(image: QImage) -> None:
            self._loading.pop(row.name, None)
            self._panel.thumbs.put(row.name, image)
            self._panel.model.touch(row.name)

        def failed(error: ConsoleError) -> None:
            self._loading.pop(row.name, None)
            self._panel.thumbs.fail(row.name, str(error))
            self._panel.model.touch(row.name)

        self._dispatcher.start(
            self,
            work,
            came,
            failed,
            lane="transfer",
            key=("thumb", row.name),
            # A server of pictures that does not answer must not hold up anything else.
            party=("pictures", event.channel.account),
        )

    def look(self, row: EventRow | None) -> None:
        """Shows an event's picture large, with a fresh address where the known one is too old."""
        self._dispatcher.cancel(self, "large")
        if row is None or not row.has_picture:
            return
        event, ratio = row.event, self._ratio

        def work() -> tuple[Event, QImage]:
            try:
                data, shown = self._services.event_pictures.fetch(event), event
            except (StreamExpired, NotFound):
                shown = self._renewed(event)
                data = self._services.event_pictures.fetch(shown)
            return shown, decoded(data, LARGE, ratio)

        def came(result: tuple[Event, QImage]) -> None:
            shown, image = result
            self._panel.view.show_image(row, image)
            if shown is not event:
                self._panel.model.renew(replace(row, event=shown))
                self._panel.thumbs.retry()
                self._panel.list.look()

        def failed(error: ConsoleError) -> None:
            self._panel.view.show_failure(row, str(error))

        self._dispatcher.start(
            self,
            work,
            came,
            failed,
            lane="transfer",
            key="large",
            party=("picture", event.channel.account),
        )

    def _renew_in_sight(self) -> None:
        """Takes over the addresses that vendors told again for what is in sight."""
        rows = [
            row for row in self._panel.list.rows_in_sight() if row.old and not row.event.picture
        ]
        if not rows or not self._panel.isVisible():
            return
        begins = [row.event.begin for row in rows]
        span = Span(min(begins), max(begins) + _MOMENT)
        channels = frozenset(row.channel for row in rows)
        services = self._services

        def work() -> dict[Hashable, Event]:
            from vsconsole.services.events import EventQuery

            found = services.events().search(
                EventQuery(channels=channels, span=span), limit=_MOST_RENEWED
            )
            return {
                (known.event.channel, known.event.id): replace(known.event, raw=NOTHING)
                for known in found
                if known.event.picture
            }

        def came(told: dict[Hashable, Event]) -> None:
            for row in rows:
                if row.name in told:
                    self._panel.model.renew(replace(row, event=told[row.name]))
            if told:
                self._panel.list.look()

        self._dispatcher.start(self, work, came, lambda _error: None, key="renew")

    def _renewed(self, event: Event) -> Event:
        """The event as its vendor tells it now, its picture's address fresh; blocks.

        StreamExpired where the vendor has no other address for it, NotFound where it has none.
        """
        from vsconsole.services.events import EventQuery

        services = self._services
        channel = services.inventory.channel(event.channel)
        span = Span(event.begin, event.begin + _MOMENT)
        events = services.events()
        asked = events.refresh([channel], span)
        try:
            asked.wait(_RENEWAL_SECONDS)
        except TimeoutError:
            asked.cancel()
            raise TimedOut(_("The vendor did not answer in time.")) from None
        for error in asked.failed.values():
            raise error
        query = EventQuery(channels=frozenset({event.channel}), span=span)
        for known in events.search(query):
            if known.event.id == event.id and known.event.picture != event.picture:
                return replace(known.event, raw=NOTHING)
        if not event.picture:
            raise NotFound(_("No picture with it."))
        raise StreamExpired(
            _("The picture is no longer kept."),
            why=_("Its address has ended, and the vendor gives no other."),
            retryable=False,
        )
