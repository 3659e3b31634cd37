"""What the demo starts with: the sandbox's accounts and footage."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import StreamUnavailable
from vsconsole.i18n import _
from vsconsole.services.accounts import Accounts


def add_accounts(accounts: Accounts, info: Mapping[str, Any]) -> None:
    """Saves every login of a sandbox's JSON line; those with a name that is taken are renewed."""
    known = {account.name: account for account in accounts.all()}
    for entry in info["accounts"]:
        name, fields = str(entry["name"]), dict(entry["fields"])
        if name in known:
            accounts.update(known[name].id, name, fields)
        else:
            accounts.add(str(entry["vendor"]), name, fields)


def wait_for_folder(folder: Path, seconds: float = 120.0) -> None:
    """Blocks until a folder is there; StreamUnavailable when it does not come."""
    until = monotonic() + seconds
    while not folder.is_dir():
        cancel.current().wait(0.2)
        if monotonic() > until:
            raise StreamUnavailable(_("The sandbox made no footage."))
