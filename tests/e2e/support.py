"""A desk to work at: the real window, services and player over a sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from vsconsole.app import Program
from vsconsole.demo import hands
from vsconsole.domain import days
from vsconsole.domain.model import Ability, Account, Channel, Status, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.paths import Paths
from vsconsole.player.backend import Engine, PlayerState
from vsconsole.sandbox.server import LogEntry, Sandbox
from vsconsole.ui.desk.desk import Desk
from vsconsole.ui.wall.session import Mode, TileSession
from vsconsole.ui.wall.tile import Tile

ALL_DAY = ("前门", "东门球机")
"""Channels of the sandbox whose recordings are long."""


@dataclass
class Stand:
    """A program with its desk, and the sandbox it looks at."""

    program: Program
    sandbox: Sandbox

    @classmethod
    @contextmanager
    def open(
        cls, folder: Path, sandbox: Sandbox, *, engine: Engine | None = None
    ) -> Iterator[Stand]:
        """The program over a profile in `folder`, with the real player unless given another."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("VSCONSOLE_PASSPHRASE", "stand")
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            paths = Paths.for_profile(folder / "profile").create()
            program = Program(app, paths, profile_given=True)
            if engine is not None:
                program.engine = engine  # type: ignore[assignment]
            program.start()
            stand = cls(program, sandbox)
            try:
                yield stand
            finally:
                stand.quit()

    @property
    def desk(self) -> Desk:
        assert self.program.desk is not None
        return self.program.desk

    @property
    def tile(self) -> Tile:
        return self.desk.window.wall.current

    @property
    def session(self) -> TileSession:
        assert self.tile.session is not None
        return self.tile.session

    def add_account(self, name: str = "Box") -> Account:
        """Saves the sandbox's login and waits for its tree."""
        account = self.program.services.accounts.add(
            "tencent", name, self.sandbox.fields("tencent")
        )
        self.desk.accounts.start()
        self.wait(
            lambda: (
                self.desk.window.tree.model.channel_count > 0
                and not self.desk.accounts.busy
                # Before that, what is done at the desk is not kept.
                and self.desk._restored
            )
        )
        return account

    def channels(self, *abilities: Ability) -> list[Channel]:
        """The online channels with these abilities, in an order that stays."""
        found = (
            c
            for c in self.desk.window.tree.model.channels()
            if c.status is Status.ONLINE and set(abilities) <= c.abilities
        )
        # Channels come in the order in which their devices answered.
        return sorted(found, key=lambda channel: (channel.name not in ALL_DAY, channel.name))

    def channel(self, *abilities: Ability) -> Channel:
        """The first of them, one that records all day where there is one."""
        return self.channels(*abilities)[0]

    def asked(self, path: str) -> list[LogEntry]:
        """The calls to paths with this ending that the sandbox saw, oldest first."""
        return [entry for entry in self.sandbox.log if entry.path.endswith(path)]

    def said(self) -> list[str]:
        """Every message so far, headline and detail."""
        messages = self.desk.window.notifier.messages
        return [f"{message.text} {message.detail}" for message in messages]

    def speak(self, code: str) -> None:
        """Shows everything in another language, in a window made anew."""
        old = self.desk
        self.program.set_language(code)
        self.wait(lambda: self.desk is not old and self.desk._restored, 5, "no new window")

    def press(self, name: str) -> None:
        """Does the action of this name."""
        self.desk.window.actions_[name].trigger()

    def recorded(self, channel: Channel, store: Store, back: int = 1) -> Span:
        """The longest recorded range of a past day."""
        day = days.span_of(days.day_of(now(), channel.zone), channel.zone)
        whole = Span(day.begin - (day.end - day.begin) * back, day.begin)
        load = self.program.services.footage.load(channel, store, whole)
        self.wait(lambda: load.done)
        spans = load.coverage().segments.joined().spans()
        return max(spans, key=lambda span: span.seconds)

    def play_device(self, channel: Channel) -> datetime:
        """Plays from the device, and the moment asked for."""
        span = self.recorded(channel, Store.DEVICE)
        at = span.begin + (span.end - span.begin) / 2
        session = self.desk.pictures.open_channel(channel)
        session.play_at(at, Store.DEVICE)
        self.wait(lambda: session.state is PlayerState.PLAYING and session.mode is Mode.PLAYBACK)
        self.wait(lambda: hands.burnt_in(self.tile) is not None)
        return at

    def wait(
        self,
        seen: Callable[[], bool],
        seconds: float = 20.0,
        what: str | Callable[[], str] = "",
    ) -> None:
        hands.wait_for(seen, seconds, what or "it did not happen")

    def stopped(self) -> list[bool]:
        """For every device playback session, whether its client stopped it."""
        return [session.stopped for session in self.sandbox.sessions.values()]

    def quit(self) -> None:
        """Closes the window as the operator does, and ends the program."""
        desk = self.program.desk
        if desk is not None:
            desk.window.close()
            hands.pause(0.05)
        self.program.close()
        # Qt's own words are the application's, which the tests share.
        self.program.app.removeTranslator(self.program._words)
        if desk is not None:
            desk.window.deleteLater()
            desk.deleteLater()
            self.program.desk = None
        hands.pause(0.05)
