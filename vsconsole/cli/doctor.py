"""`doctor`: looks for what keeps the program from working, and says what to do about it."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from importlib import metadata, util
from pathlib import Path
from urllib.parse import urlsplit

from vsconsole.cli.output import Output
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Account, now
from vsconsole.i18n import _
from vsconsole.net.redact import redact_url
from vsconsole.net.transport import Request
from vsconsole.services.desk import Services
from vsconsole.services.usage_words import level_text, lines
from vsconsole.vendors import registry

_MOST_SKEW = timedelta(seconds=60)
_PLUGINS = ("libavcodec", "libts", "libmp4", "libadaptive", "libhttp", "libvmem")
_PLUGIN_PLACES = (
    ("/usr/lib", "*/vlc/plugins"),
    ("/usr/lib", "vlc/plugins"),
    ("/usr/lib64", "vlc/plugins"),
    ("/Applications", "VLC.app/Contents/MacOS/plugins"),
    ("C:/Program Files", "VideoLAN/VLC/plugins"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def run(_args: argparse.Namespace, services: Services, output: Output) -> int:
    """Exit code 0 also when something is wrong: finding it is what was asked for."""
    checks: list[Check] = []
    for look in _LOOKS:
        output.progress(_("Looking: {what}").format(what=_name(look)))
        try:
            checks += look(services)
        except ConsoleError as error:
            checks.append(_wrong(_name(look), error))
    ok = all(check.ok for check in checks)
    if output.as_json:
        output.value(
            {
                "ok": ok,
                "checks": [
                    {
                        "name": check.name,
                        "ok": check.ok,
                        "detail": check.detail,
                        "remedy": check.remedy,
                    }
                    for check in checks
                ],
            }
        )
        return 0
    width = max(len(check.name) for check in checks)
    for check in checks:
        mark = _("ok") if check.ok else _("WRONG")
        output.text(f"{mark:<6} {check.name:<{width}}  {check.detail}")
        if check.remedy and not check.ok:
            output.text(f"{'':<6} {'':<{width}}  {check.remedy}")
    return 0


def _python(_services: Services) -> Iterator[Check]:
    yield Check(
        name="python",
        ok=sys.version_info >= (3, 11),
        detail=f"{sys.version.split()[0]} ({sys.executable})",
        remedy=_("Install Python 3.11 or newer."),
    )


def _qt(_services: Services) -> Iterator[Check]:
    # Not imported: this also runs where Qt's libraries are missing.
    found = util.find_spec("PySide6") is not None and util.find_spec("PySide6.QtWidgets")
    version = _version("PySide6-Essentials") or _version("PySide6")
    broken = version in ("6.11.0", "6.11.1") or (version == "6.12.0" and sys.version_info < (3, 12))
    yield Check(
        name="qt",
        ok=bool(found) and not broken,
        detail=version or _("not installed"),
        remedy=_("This version is known to fail; install another one.")
        if broken
        else _("Install PySide6-Essentials into this Python."),
    )


def _player(_services: Services) -> Iterator[Check]:
    from vsconsole.player.vlc import VlcEngine

    try:
        version = VlcEngine().version()
    except ConsoleError as error:
        yield _wrong("libvlc", error)
        return
    yield Check(
        name="libvlc",
        ok=version.startswith("3."),
        detail=version,
        remedy=_("Install libVLC 3."),
    )


def _plugins(_services: Services) -> Iterator[Check]:
    """The parts of libVLC that distributions package apart."""
    given = os.environ.get("VLC_PLUGIN_PATH")
    places = (
        [Path(given)]
        if given
        else [
            folder
            for root, pattern in _PLUGIN_PLACES
            for folder in Path(root).glob(pattern)
            if Path(root).is_dir()
        ]
    )
    found = {file.name.partition("_plugin")[0] for place in places for file in place.rglob("lib*")}
    if not found:
        yield Check(name="libvlc plugins", ok=True, detail=_("not where they usually are"))
        return
    missing = [name for name in _PLUGINS if name not in found]
    yield Check(
        name="libvlc plugins",
        ok=not missing,
        detail=_("missing: {names}").format(names=", ".join(missing))
        if missing
        else ", ".join(_PLUGINS),
        remedy=_("Install the package vlc-plugin-base, or VLC 3 whole."),
    )


def _decoders(_services: Services) -> Iterator[Check]:
    # Its wheels bring every decoder along; not imported, which would take its time.
    version = _version("av") if util.find_spec("av") else ""
    yield Check(
        name="decoders",
        ok=bool(version),
        detail=f"PyAV {version}" if version else _("PyAV is not installed"),
        remedy=_("Install the Python package av."),
    )


def _secrets(services: Services) -> Iterator[Check]:
    store = services.secrets()
    needed = any(
        registry.vendor(account.vendor).secret_fields for account in services.accounts.all()
    )
    # Asking for a secret is what opens a vault, and shows whether it can be.
    for account in services.accounts.all() if needed else ():
        store.get(account.id)
        break
    yield Check(
        name="secrets",
        ok=store.kind != "session",
        detail=f"{store.kind}: {store.detail}",
        remedy=_("Give a pass phrase in VSCONSOLE_PASSPHRASE, or unlock the system's keyring."),
    )


def _folders(services: Services) -> Iterator[Check]:
    paths = services.paths
    for name, folder in (
        ("config", paths.config),
        ("data", paths.data),
        ("cache", paths.cache),
        ("log", paths.log),
        ("temporary", Path(tempfile.gettempdir())),
    ):
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(b"vsconsole")
        except OSError as error:
            yield Check(
                name=f"folder {name}",
                ok=False,
                detail=f"{folder}: {error.strerror}",
                remedy=_("Give your user the right to write there."),
            )
        else:
            yield Check(name=f"folder {name}", ok=True, detail=str(folder))


def _proxies(services: Services) -> Iterator[Check]:
    from urllib.request import getproxies

    own = services.settings.get("network.proxy")
    if own is not None:
        detail = redact_url(own) if own else _("none, as the settings say")
    else:
        found = {name: redact_url(url) for name, url in getproxies().items() if name != "no"}
        detail = ", ".join(f"{name} {url}" for name, url in sorted(found.items())) or _("none")
    yield Check(name="proxies", ok=True, detail=detail)


def _accounts(services: Services) -> Iterator[Check]:
    for account in services.accounts.all():
        yield from _clock(services, account)
        name = f"account {account.name}"
        try:
            services.accounts.verify_account(account.id)
        except ConsoleError as error:
            yield _wrong(name, error)
        else:
            yield Check(name=name, ok=True, detail=_("reached, login accepted"))
        if registry.vendor(account.vendor).endpoints:
            yield _usage(services, account)


def _usage(services: Services, account: Account) -> Check:
    """How much the account was used, and whether a limit is near."""
    services.usage.load()
    report = services.usage.report(account.id)
    near = [level_text(level) for level in report.levels if level.near]
    return Check(
        name=f"usage {account.name}",
        ok=not near,
        detail="; ".join(near or lines(report)),
        remedy=_("Enter the plan's own limit in the account, or have it raised by the vendor."),
    )


def _clock(services: Services, account: Account) -> Iterator[Check]:
    """This computer's clock against the server's, from the date of any answer."""
    row = registry.vendor(account.vendor)
    server = account.options.get("server") or next(
        (field.default for field in row.fields if field.name == "server"), ""
    )
    if not server:
        return
    name = f"clock {account.name}"
    try:
        sent = now()
        answer = services.transport.send(Request(method="GET", url=f"{server}/"))
        there = parsedate_to_datetime(answer.headers["date"])
    except ConsoleError as error:
        yield _wrong(name, error)
        return
    except (KeyError, ValueError, TypeError):
        yield Check(name=name, ok=True, detail=_("the server tells no time"))
        return
    skew = there - sent - (now() - sent) / 2
    yield Check(
        name=name,
        ok=abs(skew) <= _MOST_SKEW,
        detail=_("{seconds} s from the clock of {host}").format(
            seconds=round(skew.total_seconds()), host=urlsplit(server).hostname
        ),
        remedy=_("Set this computer's clock, best by switching on automatic time."),
    )


def _wrong(name: str, error: ConsoleError) -> Check:
    detail = " ".join(part for part in (error.what, error.why) if part)
    return Check(name=name, ok=False, detail=detail, remedy=error.remedy)


def _name(look: Callable[[Services], Iterable[Check]]) -> str:
    return str(getattr(look, "__name__", "")).strip("_")


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


_LOOKS: tuple[Callable[[Services], Iterable[Check]], ...] = (
    _python,
    _qt,
    _player,
    _plugins,
    _decoders,
    _secrets,
    _folders,
    _proxies,
    _accounts,
)
