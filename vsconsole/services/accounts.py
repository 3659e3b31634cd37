"""Saved logins: their fields in the catalog, their secrets in the secret store, their adapters."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from vsconsole.domain.capabilities import Adapter
from vsconsole.domain.errors import (
    Cancelled,
    Conflict,
    ConsoleError,
    InvalidInput,
    NotFound,
    SecretStoreUnavailable,
)
from vsconsole.domain.model import Account
from vsconsole.i18n import _, listed
from vsconsole.services.listeners import Listeners
from vsconsole.vendors import registry

if TYPE_CHECKING:
    from vsconsole.store.catalog import Catalog
    from vsconsole.store.secrets import SecretStore
    from vsconsole.vendors.registry import Context

_LONGEST_NAME = 64
_STATE = "account.{}.state"
_log = logging.getLogger(__name__)


_Entered: TypeAlias = tuple[str, frozenset[tuple[str, str]]]


def _entered(vendor: str, secrets: Mapping[str, str]) -> _Entered:
    return vendor, frozenset(secrets.items())


class Accounts:
    """Every saved login and its adapter, made when first needed; thread-safe.

    `secrets` gives the secret store; it may block, and is called only for vendors that have
    secrets. `context` gives what adapters share.
    """

    def __init__(
        self,
        catalog: Catalog,
        secrets: Callable[[], SecretStore],
        context: Callable[[], Context],
    ) -> None:
        self._catalog = catalog
        self._secrets = secrets
        self._context = context
        self._lock = threading.RLock()
        self._making: dict[str, threading.Lock] = {}
        self._adapters: dict[str, Adapter] = {}
        self._accounts = {account.id: account for account in catalog.accounts()}
        # What vendors gave for secrets that were only tried so far: a code works once.
        self._exchanged: dict[_Entered, dict[str, str]] = {}
        self._closed = False
        self.changed: Listeners[[str]] = Listeners()
        """Called with the account's id after it was added, changed or removed."""
        self.removed: Listeners[[str]] = Listeners()
        """Called with the account's id after it was removed, before `changed`."""

    def all(self) -> list[Account]:
        """Every account in the user's order."""
        with self._lock:
            return list(self._accounts.values())

    def exists(self, account_id: str) -> bool:
        with self._lock:
            return account_id in self._accounts

    def get(self, account_id: str) -> Account:
        """An account by its id; NotFound."""
        with self._lock:
            account = self._accounts.get(account_id)
        if account is None:
            raise NotFound(_("This account no longer exists."))
        return account

    def by_name(self, name: str) -> Account:
        """An account by its name, or by its id; InvalidInput."""
        with self._lock:
            for account in self._accounts.values():
                if name in (account.name, account.id):
                    return account
            names = listed(account.name for account in self._accounts.values())
        raise InvalidInput(
            _("There is no account named {name}.").format(name=name),
            field="account",
            remedy=_("The accounts are: {names}.").format(names=names)
            if names
            else _("Add an account first."),
        )

    def name_of(self, account_id: str) -> str:
        """The account's name; the id itself where it no longer exists."""
        with self._lock:
            account = self._accounts.get(account_id)
        return account.name if account else account_id

    def add(self, vendor: str, name: str, fields: Mapping[str, str]) -> Account:
        """Saves a new login, unverified; InvalidInput beside the field, StorageError."""
        row = registry.vendor(vendor)
        options, secrets = row.divide(row.check(fields))
        account = Account(
            id=uuid4().hex[:12], vendor=vendor, name=self._check_name(name), options=options
        )
        secrets = self._newest(vendor, secrets)
        if secrets:
            self._secrets().set(account.id, secrets)
        try:
            self._save(account)
        except Exception:
            if secrets:
                self._secrets().delete(account.id)
            raise
        self.changed.emit(account.id)
        return account

    def update(self, account_id: str, name: str, fields: Mapping[str, str]) -> Account:
        """Changes a login; secret fields that are missing or empty stay as they are."""
        old = self.get(account_id)
        row = registry.vendor(old.vendor)
        kept = self._secrets_of(old)
        given = {field: text for field, text in fields.items() if text}
        options, secrets = row.divide(row.check({**kept, **given}))
        account = Account(
            id=old.id, vendor=old.vendor, name=self._check_name(name, old.id), options=options
        )
        secrets = self._newest(old.vendor, secrets)
        if secrets != kept:
            self._secrets().set(account.id, secrets)
        self._save(account)
        self._catalog.set_state(_STATE.format(account.id), None)
        self._drop_adapter(account.id)
        self.changed.emit(account.id)
        return account

    def remove(self, account_id: str) -> None:
        """Forgets a login, its secrets and what is kept of it."""
        account = self.get(account_id)
        if registry.vendor(account.vendor).secret_fields:
            self._secrets().delete(account.id)
        self._catalog.delete_account(account.id)
        self._catalog.set_state(_STATE.format(account.id), None)
        with self._lock:
            del self._accounts[account.id]
        self._drop_adapter(account.id)
        self.removed.emit(account.id)
        self.changed.emit(account.id)

    def order(self, account_ids: list[str]) -> None:
        """Keeps the order the user put the accounts in."""
        self._catalog.order_accounts(account_ids)
        with self._lock:
            self._accounts = {account.id: account for account in self._catalog.accounts()}

    def verify(self, vendor: str, fields: Mapping[str, str], account_id: str = "") -> None:
        """Tries fields that are not saved; raises what is wrong. Blocks.

        With `account_id`, secret fields that are missing or empty are taken from that account.
        """
        row = registry.vendor(vendor)
        kept = self._secrets_of(self.get(account_id)) if account_id else {}
        given = {field: text for field, text in fields.items() if text}
        options, secrets = row.divide(row.check({**kept, **given}))
        trial = Account(id=f"trial-{uuid4().hex[:8]}", vendor=vendor, name="", options=options)
        entered = _entered(vendor, secrets)

        def keep(_account: str, new: Mapping[str, str]) -> None:
            with self._lock:
                self._exchanged.setdefault(entered, {}).update(new)

        context = replace(self._context(), renewed=keep)
        if account_id and (meters := context.meters) is not None:
            # A trial has a name of its own, yet its calls are the account's.
            context = replace(context, meters=lambda _trial: meters(account_id))
        with closing(registry.make_adapter(trial, secrets, context)) as adapter:
            adapter.verify()

    def verify_account(self, account_id: str) -> None:
        """Makes one cheap call with a saved login; raises what is wrong. Blocks."""
        try:
            self.adapter(account_id).verify()
        except Cancelled:
            raise
        except ConsoleError as error:
            self._catalog.set_state(_STATE.format(account_id), type(error).__name__)
            raise
        self._catalog.set_state(_STATE.format(account_id), "ok")

    def state(self, account_id: str) -> str:
        """How the login was when last verified: "ok", an error's class, or "unverified"."""
        return str(self._catalog.state(_STATE.format(account_id), "unverified"))

    def adapter(self, account_id: str) -> Adapter:
        """The account's adapter, made once; may block. NotFound, SecretStoreUnavailable."""
        with self._lock:
            if account_id in self._adapters:
                return self._adapters[account_id]
            gate = self._making.setdefault(account_id, threading.Lock())
        with gate:
            with self._lock:
                if account_id in self._adapters:
                    return self._adapters[account_id]
            account = self.get(account_id)
            context = replace(self._context(), renewed=self._keep_renewed)
            adapter = registry.make_adapter(account, self._secrets_of(account), context)
            with self._lock:
                if not self._closed and self._accounts.get(account_id) is account:
                    self._adapters[account_id] = adapter
                    return adapter
            adapter.close()
            raise Cancelled("the account was changed or closed while its adapter was made")

    def close(self) -> None:
        """Closes every adapter; none is made afterwards."""
        with self._lock:
            self._closed = True
            adapters = list(self._adapters.values())
            self._adapters.clear()
        for adapter in adapters:
            adapter.close()

    def _save(self, account: Account) -> None:
        try:
            self._catalog.save_account(account)
        except Conflict as error:
            raise InvalidInput(error.what, field="name", remedy=error.remedy) from None
        with self._lock:
            self._accounts[account.id] = account

    def _secrets_of(self, account: Account) -> dict[str, str]:
        row = registry.vendor(account.vendor)
        if not row.secret_fields:
            return {}
        store = self._secrets()
        found = store.get(account.id)
        if not found and any(field.secret and field.required for field in row.fields):
            if store.kind == "session":
                why = _("They were kept for one session only.")
            else:
                why = _("The secret store holds none for it.")
            raise SecretStoreUnavailable(
                _("The secrets of account {name} are not here.").format(name=account.name),
                why=why,
                remedy=_("Enter them again, or give the vault's pass phrase."),
            )
        return found

    def _newest(self, vendor: str, secrets: dict[str, str]) -> dict[str, str]:
        """The secrets with what the vendor gave for them when they were tried."""
        with self._lock:
            return {**secrets, **self._exchanged.pop(_entered(vendor, secrets), {})}

    def _keep_renewed(self, account_id: str, secrets: Mapping[str, str]) -> None:
        """Keeps what a vendor gave in place of the secrets that were entered."""
        with self._lock:
            if account_id not in self._accounts:
                return
        store = self._secrets()
        store.set(account_id, {**store.get(account_id), **secrets})

    def _check_name(self, name: str, own_id: str = "") -> str:
        name = unicodedata.normalize("NFC", name).strip()
        if not name:
            raise InvalidInput(_("The account needs a name."), field="name")
        if len(name) > _LONGEST_NAME:
            raise InvalidInput(
                _("The name is too long: at most {n} characters.").format(n=_LONGEST_NAME),
                field="name",
            )
        if "/" in name or any(unicodedata.category(sign).startswith("C") for sign in name):
            raise InvalidInput(
                _("The name may not hold a slash or invisible characters."), field="name"
            )
        with self._lock:
            if any(one.name == name and one.id != own_id for one in self._accounts.values()):
                raise InvalidInput(
                    _("There is already an account named {name}.").format(name=name),
                    field="name",
                    remedy=_("Choose another name."),
                )
        return name

    def _drop_adapter(self, account_id: str) -> None:
        with self._lock:
            adapter = self._adapters.pop(account_id, None)
        if adapter is not None:
            adapter.close()
