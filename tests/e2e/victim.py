"""Programs to be killed in the midst of their work; each tells by a line what it has done.

python -m tests.e2e.victim scan PROFILE FOLDER
python -m tests.e2e.victim download PROFILE CHANNEL BEGIN_MS END_MS FILE
python -m tests.e2e.victim desk PROFILE
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from vsconsole.domain.model import Key, Store
from vsconsole.domain.timeline import Span, from_ms
from vsconsole.paths import Paths
from vsconsole.services.desk import Services
from vsconsole.services.downloads import Download


def say(*words: object) -> None:
    sys.stdout.write(" ".join(str(word) for word in words) + "\n")
    sys.stdout.flush()


def opened(profile: str) -> Services:
    return Services.open(Paths.for_profile(profile), profile_given=True, passphrase=lambda: "stand")


def scan(profile: str, folder: str) -> None:
    """Lists a folder of footage again and again."""
    with opened(profile) as services:
        known = services.accounts.all()
        account = known[0] if known else services.accounts.add("local", "F", {"folder": folder})
        say("ready")
        while True:
            services.inventory.refresh(account.id, lambda batch: say("batch", len(batch)))
            say("whole")


def download(profile: str, channel: str, begin: str, end: str, path: str) -> None:
    """Downloads a range of the cloud."""
    with opened(profile) as services:
        found = services.inventory.channel(Key.parse(channel))
        span = Span(from_ms(int(begin)), from_ms(int(end)))

        def tell(view: Download) -> None:
            say(view.state.value, view.bytes, view.parts_done, view.parts)

        services.downloads.changed.connect(tell)
        view = services.downloads.start(found, Store.CLOUD, span, Path(path))
        services.downloads.wait(view.id, 60)


def desk(profile: str) -> None:
    """Writes settings, the window's state and favourites without end, as the window does."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from tests.ui.wall.support import HandEngine
    from vsconsole.app import Program

    app = QApplication([])
    program = Program(app, Paths.for_profile(profile).create(), profile_given=True)
    program.engine = HandEngine()  # type: ignore[assignment]
    made = program.start()
    number = 0

    def turn() -> None:
        nonlocal number
        if not made._restored or made.accounts.busy:
            return
        number += 1
        program.set_scheme("light" if number % 2 else "dark")
        program.services.settings.update({"number": number, "same": number, "long": "x" * 4000})
        made.save()
        made.accounts.toggle_favourite(Key("x", str(number)))
        say(number)

    timer = QTimer(interval=5)
    timer.timeout.connect(turn)
    timer.start()
    app.exec()


if __name__ == "__main__":
    works: dict[str, Callable[..., None]] = {"scan": scan, "download": download, "desk": desk}
    works[sys.argv[1]](*sys.argv[2:])
