"""The window's composition root: services, player engine and desk; sandbox and tour on top."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import sys
import tempfile
import threading
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLibraryInfo, QObject, QRect, Qt, QTimer, QTranslator, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QInputDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
)

from vsconsole import __version__, i18n, logs
from vsconsole.domain.errors import ConsoleError
from vsconsole.i18n import _
from vsconsole.net.redact import redact_text
from vsconsole.paths import Paths
from vsconsole.player.vlc import VlcEngine
from vsconsole.services.desk import Services
from vsconsole.ui import theme
from vsconsole.ui.desk.desk import Desk
from vsconsole.ui.main_window import MainWindow, Parts
from vsconsole.ui.turns import in_turns
from vsconsole.work import heap
from vsconsole.work.qt import Dispatcher, look_for_garbage

if TYPE_CHECKING:
    from vsconsole.demo.process import SandboxProcess

_WARM_MS = 300
_SWITCH_SECONDS = 0.0002
_log = logging.getLogger(__name__)


class PassphraseAsker(QObject):
    """Asks for the vault's pass phrase in the window, for a worker thread that waits."""

    _asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.parent_window: object = None
        self._asked.connect(self._ask, Qt.ConnectionType.QueuedConnection)

    def __call__(self) -> str | None:
        """The pass phrase, None where the user gives none; blocks, never on the GUI thread."""
        from_environment = os.environ.get("VSCONSOLE_PASSPHRASE")
        if from_environment:
            return from_environment
        answer = _Answer()
        self._asked.emit(answer)
        answer.ready.wait()
        return answer.text

    def _ask(self, answer: _Answer) -> None:
        # The stub of QInputDialog does not know that there may be no parent.
        dialog = QInputDialog(self.parent_window)  # type: ignore[arg-type]
        dialog.setWindowTitle(_("Vault"))
        dialog.setLabelText(
            _("Pass phrase for the secrets of this profile (Cancel keeps them for this run only):")
        )
        dialog.setTextEchoMode(QLineEdit.EchoMode.Password)

        def done(result: int) -> None:
            answer.text = dialog.textValue() if result == QDialog.DialogCode.Accepted else None
            answer.ready.set()

        dialog.finished.connect(done)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


class _Answer:
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.text: str | None = None


class Program(QObject):
    """One run of the window: makes the desk, remakes it for another language, ends everything."""

    def __init__(self, app: QApplication, paths: Paths, *, profile_given: bool) -> None:
        super().__init__()
        self.app = app
        self._asker = PassphraseAsker()
        self.services = Services.open(paths, profile_given=profile_given, passphrase=self._asker)
        settings = self.services.settings
        self._words = QTranslator(self)
        self._speak(settings.get("language", "auto"))
        theme.prepare(app, settings.get("scheme", "dark"))
        self.dispatcher = Dispatcher(self.services.lanes)
        self.dispatcher.crashed.connect(self._crashed)
        self.engine = VlcEngine(open_stream=self.services.open_stream)
        self.desk: Desk | None = None
        self._warmed = False
        self._warming = QTimer(self, interval=_WARM_MS, singleShot=True)
        self._warming.timeout.connect(self._warm_up)
        self.sandbox: SandboxProcess | None = None

    def start(self, geometry: QRect | None = None) -> Desk:
        """Shows the window, where it was or at `geometry`."""
        desk = self._build(MainWindow())
        theme.dress(self.app)
        self._open(desk, geometry)
        return desk

    def _build(self, window: MainWindow) -> Desk:
        desk = Desk(self.services, self.engine, self.dispatcher, window)
        desk.closed.connect(self.app.quit)
        desk.language_asked.connect(self.set_language)
        desk.scheme_asked.connect(self.set_scheme)
        desk.sandbox_asked.connect(self.try_sandbox)
        return desk

    def _open(self, desk: Desk, geometry: QRect | None, kept: dict[str, Any] | None = None) -> None:
        self._asker.parent_window = desk.window
        self.desk = desk
        desk.start(geometry, kept)
        if not self._warmed:
            self._warmed = True
            self._warming.start()

    def _warm_up(self) -> None:
        """Loads what the first play needs while nobody waits for it yet, on a worker."""

        def work() -> None:
            for name in ("requests", "av", "m3u8"):
                import_module(name)
            self.engine.version()
            # What is loaded by now stays: looking through it for garbage would take the
            # interpreter from the window for some 30 ms each time.
            gc.freeze()

        # Where libVLC is missing the first play says so, with what to do.
        self.dispatcher.start(self, work, on_error=lambda _error: None, lane="media")

    def set_scheme(self, name: str) -> None:
        """Dark or light, kept for the next start; done in turns of the event loop."""
        self._keep("scheme", name)
        desk = self.desk
        if desk is None:
            theme.apply(self.app, name)
            return
        window = desk.window
        window.setUpdatesEnabled(False)

        def done() -> None:
            window.show_scheme()
            window.paint_in_turns()
            window.setUpdatesEnabled(True)

        # Of the window: should another language be chosen meanwhile, the new one is dressed anew.
        in_turns(window, lambda: theme.prepare(self.app, name), lambda: theme.dress(self.app), done)

    def set_language(self, code: str) -> None:
        """Shows everything in another language: the window is made anew, with what was on it.

        Step by step in turns of the event loop, so that even this does not make the window wait.
        """
        if code == i18n.language() or self.desk is None:
            return
        self._speak(code)
        self._keep("language", code)
        old = self.desk
        old.closed.disconnect()
        old.window.setUpdatesEnabled(False)
        geometry = old.window.geometry()
        parts = Parts()
        windows: list[MainWindow] = []
        made: list[Desk] = []
        kept: list[dict[str, Any] | None] = []

        def leave() -> None:
            old.window.hide()
            old.window.deleteLater()
            old.deleteLater()

        def show() -> None:
            windows[0].paint_in_turns()
            self._open(made[0], geometry, kept[0])

        # The old one goes first: taking its dress off would cost as much as making the new one.
        in_turns(
            self,
            lambda: kept.append(old.shut()),
            leave,
            lambda: self.app.setStyleSheet(""),
            lambda: parts.bottom,
            lambda: (parts.tree, parts.wall, parts.ptz),
            lambda: parts.events,
            lambda: windows.append(MainWindow(parts)),
            lambda: made.append(self._build(windows[0])),
            lambda: theme.dress(self.app),
            show,
        )

    def _speak(self, code: str) -> None:
        """Sets the language of our texts and of Qt's own, in its file dialogs and buttons."""
        chosen = i18n.set_language(code)
        self.app.removeTranslator(self._words)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._words.load(f"qtbase_{chosen}", folder):
            self.app.installTranslator(self._words)

    def _keep(self, name: str, value: str) -> None:
        self.dispatcher.start(self, lambda: self.services.settings.set(name, value))

    def show_error(self, error: ConsoleError) -> None:
        """What went wrong outside of any panel."""
        if self.desk:
            self.desk.window.notifier.error(error)

    def try_sandbox(self) -> None:
        """Starts the sandbox and adds its accounts."""
        from vsconsole.demo.process import SandboxProcess
        from vsconsole.demo.world import add_accounts

        def work() -> SandboxProcess:
            process = SandboxProcess()
            process.start()
            add_accounts(self.services.accounts, process.info)
            return process

        def ready(process: SandboxProcess) -> None:
            self.sandbox = process
            if self.desk:
                self.desk.accounts.start()

        self.dispatcher.start(self, work, ready)

    def close(self) -> None:
        """Ends players, sessions and work, in that order, in at most two seconds each."""
        self._warming.stop()
        self.engine.close()
        self.services.close()
        if self.sandbox:
            self.sandbox.stop()

    def _crashed(self, report: str) -> None:
        """A bug: says so with a report to copy; the program goes on."""
        _log.error("unexpected failure\n%s", report)
        if self.desk is None:
            return
        dialog = QDialog(self.desk.window)
        dialog.setWindowTitle(_("Something went wrong in vsconsole"))
        column = QVBoxLayout(dialog)
        words = QLabel(
            _("This is a fault of the program. Your work goes on; the report helps to mend it.")
        )
        words.setWordWrap(True)
        text = QPlainTextEdit(redact_text(report))
        text.setReadOnly(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(_("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text.toPlainText()))
        buttons.rejected.connect(dialog.reject)
        for widget in (words, text, buttons):
            column.addWidget(widget)
        dialog.resize(640, 360)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()


def _application() -> QApplication:
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("vsconsole")
    app.setApplicationVersion(__version__)
    app.setQuitOnLastWindowClosed(False)
    # Workers hand the interpreter back sooner than by default, so that the window gets its turn.
    sys.setswitchinterval(_SWITCH_SECONDS)
    look_for_garbage(app)
    heap.keep_small()
    return app


def _paths(args: argparse.Namespace) -> Paths:
    profile = getattr(args, "profile", None)
    return Paths.for_profile(profile) if profile else Paths.default()


def main_window(args: argparse.Namespace) -> int:
    """Runs the window until the operator closes it."""
    app = _application()
    paths = _paths(args).create()
    logs.start(paths.log, redact_text)
    program = Program(app, paths, profile_given=bool(getattr(args, "profile", None)))
    try:
        program.start()
        return app.exec()
    finally:
        program.close()


def demo(args: argparse.Namespace) -> int:
    """Runs sandbox and window together, accounts already there; with `tour`, by itself."""
    from vsconsole.demo.process import SandboxProcess
    from vsconsole.demo.world import add_accounts, wait_for_folder

    app = _application()
    with tempfile.TemporaryDirectory(prefix="vsconsole-demo-") as folder:
        profile = Path(args.profile) if getattr(args, "profile", None) else Path(folder) / "profile"
        os.environ.setdefault("VSCONSOLE_PASSPHRASE", "sandbox")
        paths = Paths.for_profile(profile).create()
        logs.start(paths.log, redact_text)
        footage = Path(folder) / "recordings"
        sandbox = SandboxProcess(seed=args.seed, channels=args.channels, footage=footage)
        sandbox.start()
        program = Program(app, paths, profile_given=True)
        try:
            if args.tour:
                from vsconsole.demo.tour import run_tour

                return run_tour(
                    program,
                    sandbox,
                    Path(args.tour),
                    footage,
                    json=bool(getattr(args, "json", False)),
                )
            add_accounts(program.services.accounts, sandbox.info)
            desk = program.start()
            program.dispatcher.start(
                desk,
                lambda: wait_for_folder(footage),
                lambda _there: desk.accounts.open_folder(str(footage)),
                lane="transfer",
            )
            return app.exec()
        finally:
            program.close()
            sandbox.stop()


__all__ = ["Program", "demo", "main_window"]
