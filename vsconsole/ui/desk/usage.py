"""What was used of accounts: shows it, and counts what the players have fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, QTimer

from vsconsole.domain.errors import NotFound
from vsconsole.domain.model import Account, Store
from vsconsole.services.usage_words import lines
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.vendors.registry import vendor

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.services.usage import Report
    from vsconsole.ui.main_window import MainWindow

EVERY_MS = 2_000
_MEDIA = 4


def report_of(services: Services, account: Account) -> Report | None:
    """What was used of an account; None where it makes no calls, or is gone."""
    if not vendor(account.vendor).endpoints:
        return None
    try:
        return services.usage.report(account.id)
    except NotFound:
        return None


class UsageDesk(QObject):
    """Tells of each account in its tip in the tree; reads the players' counters now and then.

    What libVLC fetches by itself goes by no other way. Its counters make an estimate, which is
    rather too low: what comes after the last look at a medium is missing.
    """

    def __init__(self, window: MainWindow, services: Services) -> None:
        super().__init__(window)
        self._wall = window.wall
        self._services = services
        self._levels: WeakKeyDictionary[TileSession, list[int]] = WeakKeyDictionary()
        self._look = QTimer(self, interval=EVERY_MS)
        self._look.timeout.connect(self.look)
        self._look.start()
        window.tree.model.everything.used = self._used

    def close(self) -> None:
        """Looks for the last time."""
        self._look.stop()
        self.look()

    def look(self) -> None:
        """Counts what came since the last look, of every tile that shows an account's camera."""
        for session in self._wall.all_sessions():
            channel = session.channel
            if channel is None:
                continue
            grown = self._grown(session)
            on_disk = session.mode is Mode.PLAYBACK and session.store is Store.LOCAL
            if not on_disk and not self._services.traffic.counted(channel.key):
                self._services.usage.media(channel.key.account, grown)

    def _grown(self, session: TileSession) -> int:
        """Bytes that came since one of the last looks at the medium that is on screen.

        A player keeps some media open and goes back to them. Which one is on screen is not told,
        so it is taken for that which comes nearest from below, and what came is never counted
        twice.
        """
        levels = self._levels.setdefault(session, [])
        read = session.player.stats().bytes_read
        before = max((level for level in levels if level <= read), default=0)
        if before in levels:
            levels.remove(before)
        if read:
            levels.append(read)
        del levels[:-_MEDIA]
        return read - before

    def _used(self, account: Account) -> str:
        report = report_of(self._services, account)
        return "\n".join(lines(report)) if report else ""
