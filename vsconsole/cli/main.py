"""Runs one command and turns how it ended into an exit code."""

from __future__ import annotations

import argparse
import getpass
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from vsconsole import i18n, logs
from vsconsole.cli import arguments, interrupt
from vsconsole.cli.output import BUG, INTERRUPTED, Output, exit_code
from vsconsole.domain import cancel
from vsconsole.domain.cancel import CancelToken
from vsconsole.domain.errors import ConsoleError
from vsconsole.i18n import _
from vsconsole.paths import Paths
from vsconsole.services import pinyin
from vsconsole.services.desk import Services
from vsconsole.store.files import told

_COMMANDS = {
    "accounts": "vsconsole.cli.accounts:run",
    "tree": "vsconsole.cli.listings:tree",
    "segments": "vsconsole.cli.listings:segments",
    "events": "vsconsole.cli.listings:events",
    "frame": "vsconsole.cli.frame:run",
    "download": "vsconsole.cli.download:run",
    "endpoints": "vsconsole.cli.calls:endpoints",
    "call": "vsconsole.cli.calls:call",
    "doctor": "vsconsole.cli.doctor:run",
}
"""Commands over the services; each is `(args, services, output) -> exit code`."""

_log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and gives the exit code; what `--help` and `--version` do is leave."""
    words = list(sys.argv[1:] if argv is None else argv)
    if pinyin.asked_for(words):
        return pinyin.serve()
    _speak()
    output = Output(as_json="--json" in words)
    try:
        args = arguments.parser().parse_args(words)
        # A value that merely reads so (`--name --json`) was refused by the parser before.
        output.as_json = getattr(args, "json", False)
        return _run(args, output)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our answer has left; nothing may be written to it at the end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BUG
    except ConsoleError as error:
        output.error(error)
        return exit_code(error)
    except Exception as error:  # noqa: BLE001 - told as a fault, with its own exit code
        _log.exception("the command failed")
        output.error(
            ConsoleError(
                _("This is a fault in the program."),
                why=f"{type(error).__name__}",
                remedy=_("The log has the details; please report it."),
            )
        )
        return BUG
    finally:
        logs.stop()


def _run(args: argparse.Namespace, output: Output) -> int:
    if args.command is None:
        return int(_load("vsconsole.app:main_window")(args))
    if args.command == "demo":
        return int(_load("vsconsole.app:demo")(args))
    if args.command == "sandbox":
        sandbox = _load("vsconsole.sandbox.main:main")
        return int(
            sandbox(
                args.seed,
                args.channels,
                args.fault,
                args.vendor,
                lifetime=args.lifetime,
                parent=args.parent,
                footage_folder=args.footage,
            )
        )
    profile = getattr(args, "profile", None)
    paths = Paths.for_profile(profile) if profile else Paths.default()
    with told(paths.data):
        paths.create()
    with told(paths.log):
        logs.start(paths.log, _redact)
    token = CancelToken()
    run = _load(_COMMANDS[args.command])
    with (
        interrupt.ends(token),
        Services.open(paths, profile_given=bool(profile), passphrase=_passphrase) as services,
        cancel.bound(token),
    ):
        try:
            code = int(run(args, services, output))
        except KeyboardInterrupt:
            token.cancel()
            output.finish()
            raise
        output.finish()
        return code


def _load(place: str) -> Callable[..., int]:
    """A command's function; imported when it is used, so that others start without it."""
    module, _colon, name = place.partition(":")
    function: Callable[..., int] = getattr(import_module(module), name)
    return function


def _redact(text: str) -> str:
    from vsconsole.net.redact import redact_text

    return redact_text(text)


def _speak() -> None:
    try:
        i18n.set_language("auto")
    except FileNotFoundError:
        # A checkout whose translations were not compiled speaks English.
        i18n.set_language("en")


def _passphrase() -> str | None:
    """The vault's pass phrase from the environment, else asked for where somebody is there."""
    given = os.environ.get("VSCONSOLE_PASSPHRASE")
    if given is not None:
        return given or None
    try:
        if os.name == "posix":
            # Standard input may be the fields of a login.
            with Path("/dev/tty").open():
                pass
        elif not sys.stdin.isatty():
            return None
        return getpass.getpass(_("Pass phrase of the vault: ")) or None
    except (OSError, EOFError):
        return None
