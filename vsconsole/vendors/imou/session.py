"""The login of one account: an accessToken that lives some days, and the server it is good for."""

from __future__ import annotations

import copy
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled, ConsoleError, SessionExpired
from vsconsole.domain.model import now
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.imou.mapping import Grant

ACCESS_TOKEN = "accessToken"

_LOOK = 0.05
# The vendor's seconds are whole ones, and who asks before the end gets the same token again.
_AFTER = timedelta(seconds=1)
# Tokens refused one after the other as soon as they are given out: no more logins for a while.
_RENEWALS, _WITHIN = 4, 30.0


class Session:
    """The token in memory; used from several threads, of which one at a time logs in.

    `ask` logs in at a server. Who waited for a login that failed gets its error, not another try.
    """

    def __init__(self, server: str, ask: Callable[[], Grant]) -> None:
        self._server = server
        self._ask = ask
        self._lock = threading.Lock()
        self._grant: Grant | None = None
        self._since = now()
        self._failure: tuple[float, ConsoleError] | None = None
        self._renewals: deque[float] = deque(maxlen=_RENEWALS)

    @property
    def server(self) -> str:
        """Where calls go: the account's server, or where its last login said."""
        grant = self._grant
        return (grant.server if grant is not None else "") or self._server

    @property
    def token(self) -> str:
        """The token, empty before the first login."""
        grant = self._grant
        return grant.token if grant is not None else ""

    def ensure(self) -> None:
        """Logs in where there is no token, or its life is over."""
        if not self._good():
            asked = time.monotonic()
            with self._turn():
                if not self._good():
                    self._log_in(asked)

    def renew(self, sent: datetime) -> None:
        """Logs in anew, unless that was done after `sent`, when the refused request went out."""
        asked = time.monotonic()
        with self._turn():
            # A login in the future was before this computer's clock was set back.
            if sent < self._since <= now():
                return
            oldest = self._renewals[0] if len(self._renewals) == _RENEWALS else None
            if oldest is not None and asked - oldest < _WITHIN:
                raise SessionExpired(
                    _("The vendor refuses the logins it gives out."),
                    remedy=_("Wait a minute, then try again; check the server of the account."),
                )
            self._log_in(asked)
            self._renewals.append(asked)

    def _good(self) -> bool:
        grant = self._grant
        if grant is None:
            return False
        return now() < self._since + timedelta(seconds=grant.seconds) + _AFTER

    def _log_in(self, asked: float) -> None:
        """Asks for a token; what another thread's try since `asked` ended in is not tried again."""
        if self._failure is not None and self._failure[0] >= asked:
            raise copy.copy(self._failure[1])
        try:
            grant = self._ask()
        except Cancelled:
            raise
        except ConsoleError as error:
            # The request it was for was not sent.
            error.may_have_happened = False
            self._failure = (time.monotonic(), error)
            raise
        self._since, self._grant, self._failure = now(), grant, None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Waits for the other threads' logins; Cancelled when called off meanwhile."""
        while not self._lock.acquire(timeout=_LOOK):
            cancel.check()
        try:
            yield
        finally:
            self._lock.release()


class LoggedInClient(Client):
    """A client that logs in before its first call, so that no call waits for a login in its place.

    Whether a call may have happened is then the call's own affair, never the login's.
    """

    def __init__(self, session: Session, **more: Any) -> None:
        super().__init__(server=lambda: session.server, renew=session.renew, **more)
        self._session = session

    def call(
        self, name: str, params: Mapping[str, Any] | None = None, *, urgent: bool = False
    ) -> Any:
        """As `Client.call`; InvalidInput comes before the login."""
        checked = self.endpoint(name).check(params or {})
        if name != ACCESS_TOKEN:
            self._session.ensure()
        return super().call(name, checked, urgent=urgent)
