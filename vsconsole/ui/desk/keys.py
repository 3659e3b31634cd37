"""Keys bound to the desk: read at the start, changed by the dialog, kept at once, in files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from vsconsole.i18n import _
from vsconsole.services import keys as choices
from vsconsole.store.files import told, write_whole
from vsconsole.ui.keys import rules, text
from vsconsole.ui.keys.dialog import KeysDialog
from vsconsole.ui.keys.rules import Keys
from vsconsole.ui.timeline.transport import Control

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_BUTTONS = {
    Control.PREVIOUS: "previous",
    Control.FRAME_BACK: "frame-back",
    Control.PLAY: "toggle-play",
    Control.FRAME_ON: "frame-on",
    Control.NEXT: "next",
    Control.LIVE: "live",
    Control.EXPORT: "export",
}


class KeysDesk(QObject):
    """Gives the window the keys that were chosen, and lets the operator choose others."""

    def __init__(self, window: MainWindow, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._choices = services.keys
        self._dispatcher = dispatcher
        self.dialog: KeysDialog | None = None
        window.actions_["keys"].triggered.connect(lambda: self.show())
        window.actions_.changed.connect(self._show_hints)
        self._unlisten = self._choices.changed.connect(self._use)
        self._use()
        dispatcher.start(
            self, self._choices.read, lambda _chosen: self._use(), window.notifier.error
        )

    def close(self) -> None:
        """Follows no more: the choices outlive the window."""
        self._unlisten()

    def _use(self) -> None:
        chosen = self._choices.chosen
        self._window.actions_.use(chosen)
        if self.dialog is not None:
            self.dialog.show_keys(chosen)

    def _show_hints(self) -> None:
        """Where a key is told besides the action's own hint."""
        act = self._window.actions_
        self._window.transport.set_keys(
            {control: of for control, name in _BUTTONS.items() if (of := act.keys_of(name))}
        )
        self._window.tree.show_search_keys(act.keys_of("search"))

    def show(self) -> KeysDialog:
        """The list of keys, in the window that is in front."""
        if self.dialog is not None:
            self.dialog.activateWindow()
            return self.dialog
        dialog = self.dialog = KeysDialog(self._choices.chosen, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.choose)
        dialog.export_asked.connect(self._export)
        dialog.import_asked.connect(self._import)
        dialog.text_asked.connect(self._save_text)
        dialog.finished.connect(self._forget)
        dialog.open()
        return dialog

    def _forget(self) -> None:
        self.dialog = None

    def choose(self, keys: Keys) -> None:
        """Puts choices in force in every window and keeps them."""
        self._choices.choose({name: tuple(of) for name, of in keys.items()})
        self._dispatcher.start(
            self,
            self._choices.keep,
            on_error=self._window.notifier.error,
            lane="control",
            order="keys",
        )

    # Files

    def _export(self, path: Path) -> None:
        content = choices.to_json(rules.present(self._choices.chosen))
        self._write(path, content)

    def _save_text(self, path: Path) -> None:
        self._write(path, text.as_text(self._choices.chosen))

    def _write(self, path: Path, content: str) -> None:
        def done(_nothing: object) -> None:
            self._tell(_("Saved as {path}.").format(path=path))

        self._run(lambda: write_whole(path, content.encode()), done)

    def _import(self, path: Path) -> None:
        def read() -> Keys:
            with told(path):
                content = path.read_bytes().decode(errors="replace")
            return choices.from_json(content)

        def found(keys: Keys) -> None:
            chosen, notes = rules.usable(keys)
            self.choose(chosen)
            self._tell(
                "\n".join([_("The keys of {name} are in force.").format(name=path.name), *notes])
            )

        self._run(read, found)

    def _run(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        if self.dialog is not None:
            # A failure is told in the dialog.
            self._dispatcher.start(self.dialog, work, done, key="file")

    def _tell(self, what: str) -> None:
        if self.dialog is not None:
            self.dialog.say(what)
