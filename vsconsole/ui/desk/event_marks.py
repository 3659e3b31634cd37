"""The selected channel's events as signs on the timeline, for the range that is in sight."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Key
from vsconsole.domain.timeline import Span
from vsconsole.ui import marks
from vsconsole.ui.timeline.model import EventMark

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.services.events import KnownEvent
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

MOST = 3000
"""So many signs of the newest events in sight; more would cover each other."""
_SOON_MS = 120
_REACHES = tuple(timedelta(hours=hours) for hours in (1, 24, 7 * 24, 31 * 24))
_HERE = timedelta(milliseconds=50)
_AGAIN = timedelta(seconds=2)
"""Going back, what was just gone to is passed over."""
_LONGEST_TITLE = 60


class EventMarksDesk(QObject):
    """Shows what is known at once, and has the vendor asked about what is not."""

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
        self._shown: Key | None = None
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._soon.timeout.connect(self._read)
        window.timeline.visible_span_changed.connect(lambda _span: self._look())
        pictures.session_changed.connect(self._follow)

    def close(self) -> None:
        """Shows nothing more."""
        self._soon.stop()
        self._dispatcher.cancel(self)

    def take(self, told: tuple[KnownEvent, ...]) -> None:
        """New events were told."""
        if any(known.event.channel == self._shown for known in told):
            self._soon.start()

    def _follow(self) -> None:
        session = self._pictures.session
        key = session.channel.key if session and session.channel else None
        if key != self._shown:
            self._shown = key
            self._window.timeline_model.set_events(key, ())
            self._look()

    def _look(self) -> None:
        """Another channel or another range is looked at."""
        session = self._pictures.session
        channel = session.channel if session else None
        if channel is None:
            return
        if Ability.EVENTS in channel.abilities:
            self._services.polling.look(channel.key, self._window.timeline_model.span)
        self._soon.start()

    def neighbour(
        self, at: datetime, on_found: Callable[[datetime | None], object], *, forward: bool
    ) -> None:
        """Finds the next known event of the selected channel, or the one before; a month is looked
        through. `on_found` gets None without any.
        """
        key = self._shown
        if key is None:
            on_found(None)
            return

        def work() -> datetime | None:
            for reach in _REACHES:
                if forward:
                    found = self._earliest(key, Span(at + _HERE, at + reach))
                else:
                    newest = self._search(key, Span(at - reach, at - _AGAIN), 1)
                    found = newest[0] if newest else None
                if found is not None:
                    return found
            return None

        self._dispatcher.start(self, work, on_found, self._window.notifier.error, key="neighbour")

    def _search(self, key: Key, span: Span, limit: int) -> list[datetime]:
        """When the newest known events of a span began; reads the disk."""
        from vsconsole.services.events import EventQuery

        query = EventQuery(channels=frozenset({key}), span=span)
        return [known.event.begin for known in self._services.events().search(query, limit=limit)]

    def _earliest(self, key: Key, span: Span) -> datetime | None:
        """When the first known event of a span began: the newest are told first."""
        found = self._search(key, span, MOST)
        if len(found) < MOST or span.seconds < 1:
            return found[-1] if found else None
        middle = span.begin + (span.end - span.begin) / 2
        return self._earliest(key, Span(span.begin, middle)) or self._earliest(
            key, Span(middle, span.end)
        )

    def _read(self) -> None:
        key, span = self._shown, self._window.timeline_model.span
        if key is None:
            return

        def work() -> list[EventMark]:
            from vsconsole.services.events import EventQuery

            query = EventQuery(channels=frozenset({key}), span=span)
            return [_mark(known) for known in self._services.events().search(query, limit=MOST)]

        def shown(found: list[EventMark]) -> None:
            if self._shown == key:
                self._window.timeline_model.set_events(key, found)

        # What is wrong with the index, the panel says.
        self._dispatcher.start(self, work, shown, _no_signs, key="marks")


def _mark(known: KnownEvent) -> EventMark:
    event = known.event
    return EventMark(
        when=event.begin,
        shape=marks.shape_of(event.kind, event.title),
        title=(event.title or event.kind)[:_LONGEST_TITLE],
    )


def _no_signs(_error: ConsoleError) -> None:
    """Bars are shown without signs."""
