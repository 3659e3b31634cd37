"""Secrets in one encrypted file, opened by a pass phrase, for where there is no keyring.

The file is one line of JSON (how the key is made, salt, nonce) and then the AES-256-GCM text of a
JSON object; the line is authenticated with it. The key comes from the pass phrase by scrypt.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vsconsole.domain.errors import SecretStoreUnavailable
from vsconsole.i18n import N_, _
from vsconsole.store.files import clear_left_over, told, write_whole

# 32 MB and some 80 ms a try. Values read from a file may go up to the limits, no further: the line
# is only known to be genuine once the key has been made.
_COST = {"n": 2**15, "r": 8, "p": 1}
_COST_LIMIT = {"n": 2**18, "r": 16, "p": 4}
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_FORMAT = 1

_UNREADABLE = N_("The vault {path} is damaged.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    line: bytes
    salt: bytes
    nonce: bytes
    cost: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A key and what it was made with."""

    salt: bytes
    cost: Mapping[str, int]
    key: bytes = field(repr=False)


class Vault:
    """A SecretStore over one file; asks for the pass phrase when a secret is first needed.

    When the answer is None, secrets last until the program ends and `kind` turns to "session".
    """

    def __init__(self, path: Path, passphrase: Callable[[], str | None], detail: str) -> None:
        self.path = path
        self.detail = detail
        self._passphrase = passphrase
        self._lock = threading.RLock()
        self._opened: _Opened | None = None
        self._session: dict[str, dict[str, str]] | None = None
        clear_left_over(path)

    def __repr__(self) -> str:
        return f"<Vault {self.path} {self.kind}>"

    @property
    def kind(self) -> str:
        """Either "vault", or "session" once no pass phrase was given."""
        return "vault" if self._session is None else "session"

    def get(self, account: str) -> dict[str, str]:
        """An account's secret fields, empty where it has none; SecretStoreUnavailable."""
        with self._lock:
            if self._session is None and not self.path.exists():
                return {}
            opened = self._open()
            if opened is not None:
                return self._read(opened).get(account, {})
            assert self._session is not None
            if account not in self._session and self.path.exists():
                raise SecretStoreUnavailable(
                    _("The vault is closed, so this account's secrets cannot be read."),
                    remedy=_("Start again and give the pass phrase, or enter the secrets anew."),
                )
            return dict(self._session.get(account, {}))

    def set(self, account: str, fields: Mapping[str, str]) -> None:
        """Keeps an account's secret fields in place of those before; SecretStoreUnavailable."""
        with self._lock:
            opened = self._open()
            if opened is None:
                assert self._session is not None
                self._session[account] = dict(fields)
                return
            # Read again: the window and the command line may both have the vault open.
            secrets = self._read(opened) if self.path.exists() else {}
            self._write(opened, {**secrets, account: dict(fields)})

    def delete(self, account: str) -> None:
        """Forgets an account's secrets; nothing to do where there are none."""
        with self._lock:
            if self._session is not None:
                self._session.pop(account, None)
                return
            if not self.path.exists():
                return
            opened = self._open()
            if opened is not None:
                secrets = self._read(opened)
                if secrets.pop(account, None) is not None:
                    self._write(opened, secrets)

    def _open(self) -> _Opened | None:
        """The key, asked for the first time; None where the user gave no pass phrase."""
        if self._opened is not None or self._session is not None:
            return self._opened
        phrase = self._passphrase()
        if not phrase:
            self._session = {}
            return None
        if self.path.exists():
            header, _text = self._load()
            salt, cost = header.salt, header.cost
        else:
            salt, cost = os.urandom(_SALT_BYTES), _COST
        opened = _Opened(salt=salt, cost=cost, key=_key(phrase, salt, cost))
        if self.path.exists():
            self._read(opened)
        self._opened = opened
        return opened

    def _read(self, opened: _Opened) -> dict[str, dict[str, str]]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        header, text = self._load()
        try:
            plain = AESGCM(opened.key).decrypt(header.nonce, text, header.line)
        except InvalidTag as error:
            raise SecretStoreUnavailable(
                _("The pass phrase does not open the vault {path}.").format(path=self.path),
                why=_("It is wrong, or the file was changed."),
                remedy=_(
                    "Try again. Without the right pass phrase the secrets are lost: "
                    "delete the file and enter them anew."
                ),
            ) from error
        secrets: dict[str, dict[str, str]] = json.loads(plain)
        return secrets

    def _write(self, opened: _Opened, secrets: Mapping[str, Mapping[str, str]]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        header = {
            "vsconsole-vault": _FORMAT,
            "kdf": "scrypt",
            **opened.cost,
            "cipher": "AES-256-GCM",
            "salt": base64.b64encode(opened.salt).decode(),
            "nonce": base64.b64encode(nonce).decode(),
        }
        line = json.dumps(header).encode()
        text = AESGCM(opened.key).encrypt(nonce, json.dumps(secrets).encode(), line)
        write_whole(self.path, line + b"\n" + text)

    def _load(self) -> tuple[_Header, bytes]:
        with told(self.path):
            content = self.path.read_bytes()
        line, _newline, text = content.partition(b"\n")
        try:
            header = _header(line)
        except (ValueError, KeyError, TypeError) as error:
            raise SecretStoreUnavailable(
                _(_UNREADABLE).format(path=self.path),
                why=_("Its first line is not a vault's."),
                remedy=_("Restore it from a backup, or delete it and enter the secrets anew."),
            ) from error
        return header, text


def _header(line: bytes) -> _Header:
    """Reads the first line; ValueError, KeyError or TypeError where it is not one of ours."""
    values: dict[str, Any] = json.loads(line)
    if values["vsconsole-vault"] != _FORMAT or values["kdf"] != "scrypt":
        raise ValueError("unknown format")
    cost = {name: int(values[name]) for name in _COST}
    if any(not 1 <= cost[name] <= _COST_LIMIT[name] for name in cost):
        raise ValueError("cost out of range")
    salt, nonce = (base64.b64decode(values[name], validate=True) for name in ("salt", "nonce"))
    if len(nonce) != _NONCE_BYTES or len(salt) < _SALT_BYTES or cost["n"] & (cost["n"] - 1):
        raise ValueError("wrong lengths")
    return _Header(line=line, salt=salt, nonce=nonce, cost=cost)


def _key(phrase: str, salt: bytes, cost: Mapping[str, int]) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=cost["n"], r=cost["r"], p=cost["p"])
    return kdf.derive(phrase.encode())
