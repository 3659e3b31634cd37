"""The commands and what they take."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from vsconsole import __version__
from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Raises InvalidInput in place of leaving with a text that no script can read."""
        raise InvalidInput(
            _("The command line is not understood."),
            why=message,
            remedy=_("{command} --help shows what it takes.").format(command=self.prog),
        )


def parser() -> argparse.ArgumentParser:
    """The parser of every command; it raises InvalidInput."""
    everywhere = _Parser(add_help=False)
    # Without a default: given before the command, a default behind it would win.
    everywhere.add_argument(
        "--profile",
        metavar=_("DIR"),
        default=argparse.SUPPRESS,
        help=_("keep everything in this folder"),
    )
    everywhere.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("answer with one JSON value"),
    )
    top = _Parser(
        prog="vsconsole",
        parents=[everywhere],
        description=_("A console for cloud video platforms and local footage."),
        epilog=_("Without a command the window opens."),
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"vsconsole {__version__}")
    commands = top.add_subparsers(dest="command", metavar=_("COMMAND"), parser_class=_Parser)

    def command(name: str, about: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, parents=[everywhere], help=about, description=about, allow_abbrev=False
        )

    demo = command("demo", _("open the window on made-up cameras"))
    demo.add_argument(
        "--tour", metavar=_("DIR"), help=_("walk the main job by itself, with pictures in DIR")
    )
    _world(demo)

    sandbox = command("sandbox", _("serve made-up cameras on this computer until Ctrl-C"))
    _world(sandbox)
    sandbox.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar=_("NAME=RATE"),
        help=_("inject a named fault at this rate"),
    )
    sandbox.add_argument(
        "--vendor", action="append", default=[], metavar=_("VENDOR"), help=_("only these vendors")
    )
    sandbox.add_argument(
        "--lifetime",
        type=_seconds,
        metavar=_("SECONDS"),
        help=_("let logins and addresses of media end after so long"),
    )
    # Given by the demo, so that a sandbox does not outlive a program that was killed.
    sandbox.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    sandbox.add_argument("--footage", type=Path, help=argparse.SUPPRESS)

    _accounts(command("accounts", _("saved logins")), everywhere)

    tree = command("tree", _("groups, devices and channels"))
    tree.add_argument("--account", metavar=_("NAME"), help=_("only this account"))
    tree.add_argument(
        "--cached", action="store_true", help=_("what is known already, without asking")
    )

    segments = command("segments", _("recorded ranges of a channel"))
    _range(segments)
    _store(segments)

    events = command("events", _("events of a channel, the newest last"))
    _range(events)

    frame = command("frame", _("the picture at a moment, as the player shows it"))
    _channel(frame)
    moment = frame.add_mutually_exclusive_group(required=True)
    moment.add_argument("--live", action="store_true", help=_("the picture now"))
    moment.add_argument("--at", metavar=_("TIME"), help=_("the picture at this time"))
    _store(frame)
    frame.add_argument("-o", "--output", required=True, metavar=_("FILE.png"))
    frame.add_argument(
        "--timeout",
        type=_seconds,
        default=30.0,
        metavar=_("SECONDS"),
        help=_("how long to wait for the picture (30)"),
    )

    download = command("download", _("recordings as a file"))
    _range(download)
    _store(download)
    download.add_argument("-o", "--output", required=True, metavar=_("FILE"))
    download.add_argument("--overwrite", action="store_true", help=_("replace a file of that name"))

    endpoints = command("endpoints", _("every documented call"))
    endpoints.add_argument("--vendor", metavar=_("VENDOR"), help=_("only this vendor's"))

    call = command("call", _("send one documented call"))
    call.add_argument("account", metavar=_("ACCOUNT"))
    call.add_argument("endpoint", metavar=_("ENDPOINT"))
    call.add_argument(
        "values",
        nargs="*",
        metavar="k=v",
        help=_("parameters; lists and objects as JSON, files as k=@FILE"),
    )
    call.add_argument("--params", metavar="JSON", help=_("parameters as one JSON object"))
    call.add_argument("--yes", action="store_true", help=_("yes, also where it destroys something"))
    call.add_argument(
        "-o", "--output", metavar=_("FILE"), help=_("where to put a file that is answered")
    )

    command("doctor", _("look for what keeps the program from working"))
    return top


def _accounts(accounts: argparse.ArgumentParser, everywhere: _Parser) -> None:
    actions = accounts.add_subparsers(
        dest="action", metavar=_("ACTION"), required=True, parser_class=_Parser
    )

    def action(name: str, about: str) -> argparse.ArgumentParser:
        return actions.add_parser(
            name, parents=[everywhere], help=about, description=about, allow_abbrev=False
        )

    add = action("add", _("save a login"))
    add.add_argument("vendor", metavar=_("VENDOR"))
    add.add_argument("--name", required=True, metavar=_("NAME"))
    add.add_argument(
        "--field", action="append", default=[], metavar="k=v", help=_("one field of the login")
    )
    add.add_argument(
        "--fields",
        metavar=_("FILE"),
        help=_("fields as a JSON object or lines k=v, from a file or - for standard input"),
    )
    action("list", _("every saved login"))
    for name, about in (
        ("verify", _("try a login and say what is wrong")),
        ("remove", _("forget a login")),
    ):
        action(name, about).add_argument("name", metavar=_("NAME"))


def _world(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=1, metavar="N", help=_("which made-up world"))
    command.add_argument("--channels", type=int, metavar="N", help=_("how many cameras"))


def _channel(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "channel", metavar=_("CHANNEL"), help=_("a key that the tree shows: ACCOUNT/ID")
    )


def _range(command: argparse.ArgumentParser) -> None:
    _channel(command)
    command.add_argument("--from", dest="begin", required=True, metavar=_("TIME"))
    command.add_argument("--to", dest="end", required=True, metavar=_("TIME"))


def _store(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--store", choices=("cloud", "device", "local"), help=_("where the recordings lie")
    )


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise ValueError(text)
    return value
