"""How fresh the events are that the panel shows, and what keeps them from being fresher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from vsconsole.domain.model import Key, now
from vsconsole.i18n import _, ngettext
from vsconsole.services.usage_words import wait_text
from vsconsole.ui.events.rows import age_text
from vsconsole.ui.timeline import texts

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.services.event_turns import Standing
    from vsconsole.ui.main_window import MainWindow

_SOON_MS = 250
_AGES_MS = 10_000
_DAY = 86_400.0


class EventStatus(QObject):
    """Words at the foot of the panel; renewed when an answer came and as time goes by."""

    _changed = Signal(str)

    def __init__(self, window: MainWindow, services: Services) -> None:
        super().__init__(window)
        self._panel = window.events
        self._services = services
        self._soon = QTimer(self, interval=_SOON_MS, singleShot=True)
        self._ages = QTimer(self, interval=_AGES_MS)
        self._soon.timeout.connect(self.show)
        self._ages.timeout.connect(self.show)
        self._changed.connect(lambda _account: self._begin())
        self._unlisten = services.polling.changed.connect(self._changed.emit)
        self._ages.start()

    def close(self) -> None:
        """Shows nothing more."""
        self._unlisten()
        self._soon.stop()
        self._ages.stop()

    def _begin(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def show(self) -> None:
        """Says it anew; touches memory only."""
        standings = self._services.polling.standings()
        place = self._panel.wish.place
        if isinstance(place, str | Key):
            account = place if isinstance(place, str) else place.account
            standings = {one: s for one, s in standings.items() if one == account}
        text, warn = self.text_of(list(standings.values()))
        self._panel.show_status(text, warn=warn)

    def text_of(self, standings: Sequence[Standing]) -> tuple[str, bool]:
        """The words, and whether they are a warning."""
        troubled = [one for one in standings if one.problem is not None]
        if troubled:
            return self._trouble(troubled), True
        usage = self._services.usage
        for one in standings:
            if level := usage.near(one.account, "media"):
                name = self._services.accounts.name_of(one.account)
                return _("{account}: {text}").format(account=name, text=wait_text(level)), True
        unasked = sum(one.unasked for one in standings)
        if unasked:
            cameras = ngettext("{n} camera still to ask", "{n} cameras still to ask", unasked)
            return cameras.format(n=unasked), False
        oldest = min((one.since for one in standings if one.since is not None), default=None)
        return (age_text((now() - oldest).total_seconds()) if oldest else ""), False

    def _trouble(self, troubled: Sequence[Standing]) -> str:
        first = troubled[0]
        assert first.problem is not None, "only those with a problem come here"
        name = self._services.accounts.name_of(first.account)
        age = age_text((now() - first.since).total_seconds()) if first.since else ""
        head = f"{name}: {age}" if age else name
        parts = [f"{head}. {first.problem.what}"]
        wait = (first.resumes - now()).total_seconds() if first.resumes else 0.0
        if first.resumes is not None and wait > _DAY:
            day = texts.day_text(first.resumes.astimezone().date())
            parts.append(_("Asked again from {day} on.").format(day=day))
        elif wait >= 1:
            again = texts.duration_text(wait if wait < 60 else 60 * -(-wait // 60))
            parts.append(_("Asked again in {time}.").format(time=again))
        if len(troubled) > 1:
            more = len(troubled) - 1
            parts.append(
                ngettext(
                    "{n} more account is not asked.", "{n} more accounts are not asked.", more
                ).format(n=more)
            )
        return " ".join(parts)
