"""`endpoints` and `call`: every documented call of a vendor."""

from __future__ import annotations

import argparse
import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsconsole.cli.output import Output
from vsconsole.domain.errors import InvalidInput, Unsupported
from vsconsole.i18n import _
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.redact import redact_params
from vsconsole.services.desk import Services
from vsconsole.services.needs import raw_calls_of
from vsconsole.store.files import write_whole
from vsconsole.vendors import registry


def endpoints(args: argparse.Namespace, _services: Services, output: Output) -> int:
    """Every documented call."""
    vendors = [registry.vendor(args.vendor)] if args.vendor else registry.VENDORS
    rows = [
        {
            "vendor": vendor.id,
            "name": row.name,
            "method": row.method,
            "path": row.path,
            "required": list(row.required),
            "optional": list(row.optional),
            "destructive": row.destructive,
            "idempotent": row.idempotent,
            "doc": row.doc,
        }
        for vendor in vendors
        for row in registry.endpoints(vendor.id)
    ]
    output.rows(rows, ("name", "method", "path", "required", "destructive"))
    return 0


def call(args: argparse.Namespace, services: Services, output: Output) -> int:
    """One signed call; one that changes something is written to the audit log."""
    account = services.accounts.by_name(args.account)
    row = _row(account.vendor, args.endpoint)
    params = _params(row, args)
    checked = row.check(params)
    if row.destructive and not args.yes:
        raise InvalidInput(
            _("{name} takes away what cannot be brought back.").format(name=row.name),
            field="yes",
            remedy=_("Add --yes if you mean it."),
        )
    adapter = raw_calls_of(services.accounts.adapter(account.id))
    outcome = "ok"
    try:
        payload = adapter.call(row.name, params)
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        if row.method != "GET":
            services.catalog.audit(account.id, row.name, _masked(row, checked), outcome)
    if row.answer == "file" and args.output:
        _file(Path(args.output).expanduser().absolute(), payload, output)
    elif output.as_json:
        output.value(payload)
    else:
        print(json.dumps(payload, ensure_ascii=False, indent=2, default=str))
    return 0


def _row(vendor: str, name: str) -> Endpoint:
    rows = registry.endpoints(vendor)
    if not rows:
        raise Unsupported(_("This account's vendor has no calls to send."))
    for row in rows:
        if row.name.lower() == name.lower():
            return row
    raise InvalidInput(
        _("There is no call {name}.").format(name=name),
        field="endpoint",
        remedy=_("vsconsole endpoints lists them all."),
    )


def _params(row: Endpoint, args: argparse.Namespace) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if args.params:
        try:
            params = json.loads(args.params)
        except ValueError:
            raise InvalidInput(_("The parameters are not JSON."), field="params") from None
        if not isinstance(params, dict):
            raise InvalidInput(_("The parameters have to be a JSON object."), field="params")
    files = {param.name for param in row.params if param.type == "file"}
    for text in args.values:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise InvalidInput(
                _("{text} is not a parameter.").format(text=text),
                field="values",
                remedy=_("Parameters are given as NAME=VALUE."),
            )
        params[name] = value.removeprefix("@") if name in files else value
    return params


def _masked(row: Endpoint, params: Mapping[str, Any]) -> Mapping[str, Any]:
    masked: Mapping[str, Any] = redact_params(
        dict(params), {param.name for param in row.params if param.secret}
    )
    return masked


def _file(path: Path, payload: Mapping[str, Any], output: Output) -> None:
    """A file that was answered, put where `--output` says instead of into the JSON."""
    content = base64.b64decode(payload["Base64"])
    write_whole(path, content)
    output.answer({"path": str(path), "bytes": len(content), "name": payload["FileName"]})
