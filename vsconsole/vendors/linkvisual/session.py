"""The login of a user: an iotToken, and what renews it.

The maker's own app hands out the first token or a code that is good for one session; from then on
the session renews itself, and what it gets goes to where the account's secrets are kept.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.model import now
from vsconsole.vendors.linkvisual import mapping
from vsconsole.vendors.linkvisual.endpoints import OPEN_SESSION, REFRESH_SESSION
from vsconsole.vendors.linkvisual.endpoints.platform import ACCOUNT_TYPE
from vsconsole.vendors.linkvisual.errors import cannot_renew, no_login

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_EXCHANGED = 16

# An account is tried before it is saved, and the trial uses its code up; the saved account then
# finds the session here. Codes are kept as hashes, for as long as the program runs.
_exchanged: OrderedDict[str, mapping.Tokens] = OrderedDict()
_exchanged_lock = threading.Lock()

Ask = Callable[[str, Mapping[str, Any]], Any]


class Session:
    """The tokens of one account; safe from several threads.

    `ask` makes a call without a token; `told` gets the secrets that replace those entered.
    """

    def __init__(
        self,
        ask: Ask,
        app_key: str,
        given: mapping.Tokens,
        auth_code: str,
        told: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._ask = ask
        self._app_key = app_key
        self._tokens = given
        self._auth_code = auth_code
        self._told = told
        self._lock = threading.Lock()
        self._since = _LONG_AGO

    def token(self) -> str:
        """The iotToken to send; gets one first where only a code or a refreshToken was given.

        BadCredentials where there is nothing to get one with, and what the vendor refuses.
        """
        with self._lock:
            # A code that is there was entered after the tokens: it is forgotten once used.
            if self._auth_code or not self._tokens.iot_token:
                self._obtain()
            return self._tokens.iot_token

    def renew(self, sent: datetime) -> None:
        """Gets a new token in place of the one that a call made at `sent` was refused with.

        SessionExpired where there is no refreshToken, or the vendor does not take it.
        """
        with self._lock:
            if self._since > sent:
                return
            if not self._tokens.refresh_token:
                raise cannot_renew()
            self._refresh()

    def adopt(self, data: Any) -> None:
        """Takes the tokens that a call made by hand was answered with."""
        with self._lock:
            self._keep(mapping.tokens(data))

    def _obtain(self) -> None:
        if self._auth_code:
            self._exchange()
        elif self._tokens.refresh_token:
            self._refresh()
        else:
            raise no_login()

    def _exchange(self) -> None:
        key = hashlib.sha256(f"{self._app_key}\n{self._auth_code}".encode()).hexdigest()
        with _exchanged_lock:
            found = _exchanged.get(key)
        if found is None:
            data = self._undisturbed(
                OPEN_SESSION,
                {
                    "authCode": self._auth_code,
                    "accountType": ACCOUNT_TYPE,
                    "appKey": self._app_key,
                },
            )
            found = mapping.tokens(data)
        self._keep(found)
        with _exchanged_lock:
            _exchanged[key] = self._tokens
            while len(_exchanged) > _MOST_EXCHANGED:
                _exchanged.popitem(last=False)

    def _refresh(self) -> None:
        params = {"refreshToken": self._tokens.refresh_token}
        if self._tokens.identity_id:
            params["identityId"] = self._tokens.identity_id
        self._keep(mapping.tokens(self._undisturbed(REFRESH_SESSION, params)))

    def _undisturbed(self, name: str, params: Mapping[str, Any]) -> Any:
        """The answer, also where the work is called off: the tokens in it may be the only ones."""
        with cancel.bound(cancel.CancelToken()):
            return self._ask(name, params)

    def _keep(self, new: mapping.Tokens) -> None:
        """New tokens; what the answer leaves out stays as it was."""
        old = self._tokens
        self._tokens = mapping.Tokens(
            new.iot_token,
            new.refresh_token or old.refresh_token,
            new.identity_id or old.identity_id,
        )
        self._auth_code = ""
        self._since = now()
        kept = {
            "iot_token": self._tokens.iot_token,
            "refresh_token": self._tokens.refresh_token,
            "identity_id": self._tokens.identity_id,
        }
        self._told({**{name: value for name, value in kept.items() if value}, "auth_code": ""})
