"""The real window with live tiles over a sandbox beside it, for what is measured of the wall."""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QRect
from PySide6.QtWidgets import QApplication

from tests.bench.clouds import Clouds
from vsconsole.app import Program, _application
from vsconsole.demo import hands
from vsconsole.demo.world import add_accounts
from vsconsole.domain.model import Ability, Channel, Status
from vsconsole.paths import Paths
from vsconsole.player.backend import PlayerState
from vsconsole.ui import drag
from vsconsole.ui.desk.desk import Desk
from vsconsole.ui.main_window import MainWindow
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.session import TileSession
from vsconsole.ui.wall.wall import Wall

SIZE = QRect(0, 0, 1920, 1080)
_PATIENCE = 60.0


@dataclass
class DeskBench:
    """A running program whose window an operator of the bench works at."""

    program: Program
    clouds: Clouds
    vendor_of: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def open(cls, clouds: Clouds) -> Iterator[DeskBench]:
        """The window, with every account of the sandbox listed."""
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ.setdefault("VSCONSOLE_PASSPHRASE", "bench")
        app = _application()
        with tempfile.TemporaryDirectory(prefix="vsconsole-bench-") as folder:
            paths = Paths.for_profile(Path(folder) / "profile").create()
            program = Program(app, paths, profile_given=True)
            bench = cls(program, clouds)
            try:
                add_accounts(program.services.accounts, {"accounts": clouds.accounts})
                program.start(SIZE)
                bench.vendor_of = {a.id: a.vendor for a in program.services.accounts.all()}
                tree = bench.window.tree.model
                bench.wait(
                    lambda: (
                        tree.account_count == len(clouds.accounts)
                        and not bench.desk.accounts.busy
                        and bench.desk._restored
                    ),
                    "the accounts are not listed",
                )
                yield bench
            finally:
                if program.desk is not None:
                    program.desk.window.close()
                    hands.pause(0.1)
                program.close()
                QApplication.processEvents()

    @property
    def desk(self) -> Desk:
        desk = self.program.desk
        assert desk is not None
        return desk

    @property
    def window(self) -> MainWindow:
        return self.desk.window

    @property
    def wall(self) -> Wall:
        return self.window.wall.front

    def wait(self, seen: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
        """Lets the program go on until `seen`; NotSeen with `what` when it takes longer."""
        hands.wait_for(seen, seconds, what)

    def vendor(self, session: TileSession) -> str:
        """Whose camera a tile shows."""
        assert session.channel is not None
        return self.vendor_of[session.channel.key.account]

    def cameras(self) -> list[Channel]:
        """The online channels with live pictures, of each vendor in turn."""
        found: dict[str, list[Channel]] = {}
        for channel in self.window.tree.model.channels():
            if channel.status is Status.ONLINE and Ability.LIVE in channel.abilities:
                found.setdefault(self.vendor_of[channel.key.account], []).append(channel)
        for channels in found.values():
            channels.sort(key=lambda one: one.name)
        longest = max(map(len, found.values()), default=0)
        rows = [sorted(found)] * longest
        return [
            found[vendor][place]
            for place, vendors in enumerate(rows)
            for vendor in vendors
            if place < len(found[vendor])
        ]

    def show(self, channels: Sequence[Channel]) -> list[TileSession]:
        """Drops channels onto a wall with room for them, and waits for their pictures."""
        self.desk.pictures.set_grid(layouts.holding(len(channels)))
        self.wait(lambda: len(self.wall.tiles) >= len(channels), "tiles are missing")
        hands.drop(self.wall.tiles[0], drag.channels_data([one.key for one in channels]))
        self.wait(lambda: len(self.wall.sessions()) == len(channels), "sessions are missing")
        sessions = list(self.wall.sessions())
        self.wait(lambda: all(map(plays, sessions)), "not every tile plays")
        return sessions

    def clear(self) -> None:
        """Empties the wall."""
        for tile in list(self.wall.tiles):
            if tile.session is not None:
                self.desk.pictures.clear(tile)


def plays(session: TileSession) -> bool:
    """Whether a tile's picture is on screen and moves."""
    return session.state is PlayerState.PLAYING and session.player.frame() is not None


class Eye(QObject):
    """Notes what a tile goes through: its states with their time, and its newest picture's."""

    def __init__(self, session: TileSession) -> None:
        super().__init__()
        self.session = session
        self.states: list[tuple[float, PlayerState]] = [(time.monotonic(), session.state)]
        self.pictures = 0
        self.picture_at = time.monotonic()
        self.longest = 0.0
        session.changed.connect(self._on_changed)
        session.frame_ready.connect(self._on_picture)

    def forget(self) -> None:
        """What was until now does not count."""
        self.states = [(time.monotonic(), self.session.state)]
        self.longest, self.picture_at = 0.0, time.monotonic()

    @property
    def left(self) -> list[PlayerState]:
        """The states but PLAYING that it was in."""
        return [state for _at, state in self.states if state is not PlayerState.PLAYING]

    def _on_changed(self) -> None:
        if self.session.state is not self.states[-1][1]:
            self.states.append((time.monotonic(), self.session.state))

    def _on_picture(self) -> None:
        now = time.monotonic()
        self.longest = max(self.longest, now - self.picture_at)
        self.picture_at = now
        self.pictures += 1


def memory() -> float:
    """MB of this process that are in memory."""
    with Path("/proc/self/statm").open() as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() / 1e6


def handles() -> int:
    """How many files, sockets and pipes this process has open."""
    return sum(1 for _each in Path("/proc/self/fd").iterdir())


def threads() -> int:
    """How many threads this process has, libVLC's too."""
    return sum(1 for _each in Path("/proc/self/task").iterdir())
