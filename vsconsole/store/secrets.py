"""Where secrets are kept: the system's keyring, else an encrypted vault, else this session only."""

from __future__ import annotations

import json
import logging
import secrets as randomness
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from vsconsole.domain.errors import SecretStoreUnavailable
from vsconsole.i18n import _
from vsconsole.paths import Paths
from vsconsole.store.vault import Vault

SERVICE = "vsconsole"
"""The name under which entries are found in the system's keyring."""

# Windows refuses entries beyond 2,560 bytes and counts two for a character.
_PIECE_CHARACTERS = 1200
_PIECES = "pieces"

# To unlock a keyring a person may have to type; where nobody can be asked, some wait for ever.
_ANSWER_SECONDS = 60.0

# These keep nothing, or keep it in plain text.
_NO_KEYRINGS = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

_log = logging.getLogger(__name__)


class SecretStore(Protocol):
    """Keeps the secret fields of accounts; every call may block, and ask the user to unlock.

    `kind` is "keyring", "vault" or "session"; `detail` says in words which and why.
    """

    detail: str

    @property
    def kind(self) -> str:
        """Where secrets go."""

    def get(self, account: str) -> dict[str, str]:
        """An account's secret fields, empty where it has none; SecretStoreUnavailable."""

    def set(self, account: str, fields: Mapping[str, str]) -> None:
        """Keeps an account's secret fields in place of those before; SecretStoreUnavailable."""

    def delete(self, account: str) -> None:
        """Forgets an account's secrets; nothing to do where there are none."""


class Secrets:
    """The way to the right SecretStore."""

    @staticmethod
    def open(
        paths: Paths, *, profile_given: bool, passphrase: Callable[[], str | None]
    ) -> SecretStore:
        """The keyring, or with a profile of its own, or without a working keyring, the vault.

        A vault that exists is used again, so that a keyring that appears later hides nothing.
        `passphrase` is called when a secret is first needed; None keeps secrets for the session.
        Imports `keyring` and talks to the system, so it belongs on a worker thread.
        """
        path = paths.data / "vault"
        if profile_given:
            return Vault(path, passphrase, _("Secrets of a profile are kept in its own vault."))
        if path.exists():
            return Vault(path, passphrase, _("Secrets are kept in the vault made earlier."))
        try:
            backend = _working_backend()
        except SecretStoreUnavailable as error:
            _log.info("no keyring: %s", error)
            return Vault(
                path,
                passphrase,
                _("This system offers no keyring ({why}), so secrets are kept in a vault.").format(
                    why=error.why
                ),
            )
        return Keyring(backend)


class Keyring:
    """A SecretStore over a backend of the library `keyring`: one entry an account, JSON.

    What is too long for one entry is written in pieces under new names first, then the entry that
    names them, so that a crash leaves the old secrets or the new.
    """

    kind = "keyring"

    def __init__(self, backend: Any) -> None:
        self.detail = _("Secrets are kept in the system's keyring ({name}).").format(
            name=str(getattr(backend, "name", type(backend).__name__))
        )
        self._backend = backend
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"<Keyring {type(self._backend).__module__}>"

    def get(self, account: str) -> dict[str, str]:
        """An account's secret fields, empty where it has none; SecretStoreUnavailable."""
        with self._lock:
            entry = self._entry(account)
            if not entry:
                return {}
            text = "".join(self._entry(name) for name in _pieces(account, entry)) or entry
        try:
            return {str(name): str(value) for name, value in json.loads(text).items()}
        except (ValueError, AttributeError) as error:
            raise SecretStoreUnavailable(
                _("The keyring's entry for this account cannot be read."),
                remedy=_("Enter the account's secrets again."),
            ) from error

    def set(self, account: str, fields: Mapping[str, str]) -> None:
        """Keeps an account's secret fields in place of those before; SecretStoreUnavailable."""
        # ASCII only: one character is then the same number of bytes everywhere.
        text = json.dumps(dict(fields))
        with self._lock:
            old = _pieces(account, self._entry(account))
            if len(text) <= _PIECE_CHARACTERS:
                self._put(account, text)
            else:
                count = -(-len(text) // _PIECE_CHARACTERS)
                entry = f"{_PIECES} {randomness.token_hex(4)} {count}"
                for i, name in enumerate(_pieces(account, entry)):
                    self._put(name, text[i * _PIECE_CHARACTERS : (i + 1) * _PIECE_CHARACTERS])
                self._put(account, entry)
            for name in old:
                self._drop(name)

    def delete(self, account: str) -> None:
        """Forgets an account's secrets; nothing to do where there are none."""
        with self._lock:
            entry = self._entry(account)
            if entry:
                self._drop(account)
                for name in _pieces(account, entry):
                    self._drop(name)

    def _entry(self, name: str) -> str:
        return _asked(lambda: self._backend.get_password(SERVICE, name)) or ""

    def _put(self, name: str, text: str) -> None:
        _asked(lambda: self._backend.set_password(SERVICE, name, text))

    def _drop(self, name: str) -> None:
        if self._entry(name):
            _asked(lambda: self._backend.delete_password(SERVICE, name))


def _pieces(account: str, entry: str) -> list[str]:
    """The names of the entries an entry points to; empty where it holds the secrets itself."""
    words = entry.split()
    if len(words) != 3 or words[0] != _PIECES or not words[2].isdigit():
        return []
    return [f"{account} {words[1]} {i}" for i in range(int(words[2]))]


def _asked(question: Callable[[], str | None]) -> str | None:
    """A backend's answer; whatever it raises becomes SecretStoreUnavailable."""
    try:
        return question()
    except Exception as error:  # noqa: BLE001 - backends raise what their libraries raise
        # Not chained and without its text: a backend might name what it was given.
        raise SecretStoreUnavailable(
            _("The system's keyring did not answer."),
            why=type(error).__name__,
            remedy=_("Unlock the keyring, then try again."),
        ) from None


def _working_backend() -> Any:
    """The system's keyring, once it has answered; SecretStoreUnavailable says why there is none."""
    found: list[Any] = []
    failed: list[str] = []

    def find() -> None:
        try:
            import keyring

            chosen = keyring.get_keyring()
            for backend in getattr(chosen, "backends", None) or [chosen]:
                if type(backend).__module__.startswith(_NO_KEYRINGS):
                    continue
                backend.get_password(SERVICE, "is anybody there")
                found.append(backend)
                return
            failed.append(_("none is installed"))
        except Exception as error:  # noqa: BLE001 - backends raise what their libraries raise
            failed.append(type(error).__name__)

    thread = threading.Thread(target=find, name="keyring", daemon=True)
    thread.start()
    thread.join(_ANSWER_SECONDS)
    if found:
        return found[0]
    raise SecretStoreUnavailable(
        _("There is no keyring."), why=failed[0] if failed else _("it does not answer")
    )
