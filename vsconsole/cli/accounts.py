"""`accounts`: saved logins."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from vsconsole.cli.output import Output
from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _
from vsconsole.services.desk import Services
from vsconsole.store.files import told
from vsconsole.vendors import registry

_LARGEST = 1 << 20


def run(args: argparse.Namespace, services: Services, output: Output) -> int:
    return {"add": _add, "list": _list, "verify": _verify, "remove": _remove}[args.action](
        args, services, output
    )


def _add(args: argparse.Namespace, services: Services, output: Output) -> int:
    row = registry.vendor(args.vendor)
    fields = _fields(args)
    for field in row.fields:
        if field.secret and field.required and not fields.get(field.name) and _somebody(output):
            fields[field.name] = getpass.getpass(f"{_(field.label)}: ")
        if field.kind == "folder" and fields.get(field.name):
            # A shell's relative path means nothing to the next run.
            fields[field.name] = str(Path(fields[field.name]).expanduser().absolute())
    account = services.accounts.add(args.vendor, args.name, fields)
    if row.secret_fields & fields.keys() and services.secrets().kind == "session":
        output.note(
            _(
                "The secrets were not kept: there is no keyring and no pass phrase. "
                "Set VSCONSOLE_PASSPHRASE, or type one when asked, and add the account again."
            )
        )
    if output.as_json:
        output.value({"name": account.name, "vendor": account.vendor})
    else:
        output.text(_("Account {name} was saved.").format(name=account.name))
    return 0


def _list(_args: argparse.Namespace, services: Services, output: Output) -> int:
    rows = [
        {
            "name": account.name,
            "vendor": account.vendor,
            "state": services.accounts.state(account.id),
        }
        for account in services.accounts.all()
    ]
    output.rows(rows, ("name", "vendor", "state"))
    return 0


def _verify(args: argparse.Namespace, services: Services, output: Output) -> int:
    account = services.accounts.by_name(args.name)
    services.accounts.verify_account(account.id)
    if output.as_json:
        output.value({"name": account.name, "vendor": account.vendor, "state": "ok"})
    else:
        output.text(_("Account {name} works.").format(name=account.name))
    return 0


def _remove(args: argparse.Namespace, services: Services, output: Output) -> int:
    account = services.accounts.by_name(args.name)
    services.accounts.remove(account.id)
    if output.as_json:
        output.value({"name": account.name, "vendor": account.vendor})
    else:
        output.text(_("Account {name} was removed.").format(name=account.name))
    return 0


def _fields(args: argparse.Namespace) -> dict[str, str]:
    """Fields of `--fields`, and over them those of `--field`; no value is ever repeated."""
    fields: dict[str, str] = {}
    if args.fields == "-":
        fields = _read(sys.stdin.buffer.read(_LARGEST + 1))
    elif args.fields:
        path = Path(args.fields).expanduser()
        with told(path), path.open("rb") as file:
            fields = _read(file.read(_LARGEST + 1))
    for text in args.field:
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise InvalidInput(_("A field is given as NAME=VALUE."), field="field")
        fields[name.strip()] = value
    return fields


def _read(content: bytes) -> dict[str, str]:
    refused = InvalidInput(
        _("The fields are neither a JSON object nor lines NAME=VALUE."), field="fields"
    )
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise refused from None
    if len(content) > _LARGEST:
        raise refused
    if not text.startswith("{"):
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if not all("=" in line for line in lines):
            raise refused
        pairs = (line.partition("=") for line in lines)
        return {name.strip(): value.strip() for name, _sign, value in pairs}
    try:
        found: Any = json.loads(text)
    except ValueError:
        # Not chained: the exception holds the text, and with it the secret.
        raise refused from None
    if not all(isinstance(value, str | int | float) for value in found.values()):
        raise refused
    return {str(name): str(value) for name, value in found.items()}


def _somebody(output: Output) -> bool:
    return not output.as_json and sys.stdin.isatty()
