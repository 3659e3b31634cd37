"""The dialog of keys: what `?` shows, searched, changed, printed, taken elsewhere."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import ConsoleError
from vsconsole.i18n import _, ngettext
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.keys import text
from vsconsole.ui.keys.editor import KeyEditor
from vsconsole.ui.keys.rules import Keys

_NAME = Qt.ItemDataRole.UserRole


class KeysDialog(QDialog):
    """Shows the present keys; every change leaves at once as `chosen` with all choices.

    `export_asked`, `import_asked` and `text_asked` with a path; what came of it is told by `say`.
    """

    chosen = Signal(object)
    export_asked = Signal(object)
    import_asked = Signal(object)
    text_asked = Signal(object)

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._items: dict[str, QTreeWidgetItem] = {}
        self._groups: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self._build()
        self._connect()
        self._fill()
        self.search.setFocus()

    def _build(self) -> None:
        self.setWindowTitle(_("Keys"))
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.search.setPlaceholderText(_("Search actions and keys"))
        self.search.setAccessibleName(_("Search actions and keys"))
        self.search.addAction(icons.icon("search", "dim"), QLineEdit.ActionPosition.LeadingPosition)
        self.list = QTreeWidget()
        self.list.setAccessibleName(_("Actions and their keys"))
        self.list.setHeaderLabels([_("Action"), _("Keys")])
        self.list.setRootIsDecorated(False)
        self.list.setIndentation(tokens.SPACE)
        self.list.setUniformRowHeights(True)
        self.list.setTabKeyNavigation(False)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.editor = KeyEditor()
        self.note = plain.label("", "dim", wrap=True)
        self.note.hide()
        self.more = QPushButton(_("List of keys"))
        self.more.setMenu(self._build_menu())
        self.reset_all = QPushButton(_("All default keys…"))
        self.close_button = QPushButton(_("Close"))
        buttons = QHBoxLayout()
        for button in (self.more, self.reset_all):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        for button in (self.more, self.reset_all, self.close_button):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setSpacing(tokens.SPACE)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.editor)
        column.addWidget(self.note)
        column.addLayout(buttons)
        room = self.screen().availableSize()
        self.resize(min(560, room.width() - 40), min(620, room.height() - 60))

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.addAction(icons.icon("copy"), _("Copy as text"), self._copy)
        menu.addAction(icons.icon("save"), _("Save as text…"), self._save_text)
        menu.addSeparator()
        menu.addAction(_("Export…"), self._export)
        menu.addAction(_("Import…"), self._import)
        return menu

    def _connect(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(lambda _now, _before: self._edit())
        self.list.itemActivated.connect(lambda _item, _column: self.editor.record.setFocus())
        self.editor.chosen.connect(self.chosen)
        self.reset_all.clicked.connect(self._ask_reset)
        self.close_button.clicked.connect(self.reject)

    def show_keys(self, keys: Keys) -> None:
        """Takes over choices made here or elsewhere."""
        self._keys = keys
        for title, rows in text.groups(keys):
            del title
            for name, _words, of in rows:
                self._items[name].setText(1, of)
        self.reset_all.setEnabled(bool(keys))
        self._filter(self.search.text())
        self._edit()

    def choose(self, name: str) -> None:
        """Makes an action the one that is edited."""
        self.list.setCurrentItem(self._items[name])

    def say(self, what: str, role: str = "dim") -> None:
        """Tells below the list what came of something."""
        self.note.setText(what)
        self.note.setProperty("role", role)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setVisible(bool(what))

    def show_error(self, error: ConsoleError) -> None:
        """A file could not be written or read."""
        self.say(str(error), "problem")

    def visible_names(self) -> list[str]:
        """The actions that match the search, from top to bottom."""
        return [name for name, item in self._items.items() if not item.isHidden()]

    def _fill(self) -> None:
        for title, rows in text.groups(self._keys):
            parent, items = self._group(title)
            for name, words, of in rows:
                item = QTreeWidgetItem(parent, [words, of])
                item.setData(0, _NAME, name)
                self._items[name] = item
                items.append(item)
        parent, items = self._group(_("Fixed keys"))
        for of, words in text.fixed():
            item = QTreeWidgetItem(parent, [words, of])
            item.setToolTip(0, plain.tip(words))
            items.append(item)
        self.list.expandAll()
        self.show_keys(self._keys)

    def _group(self, title: str) -> tuple[QTreeWidgetItem, list[QTreeWidgetItem]]:
        parent = QTreeWidgetItem(self.list, [title])
        parent.setFlags(Qt.ItemFlag.ItemIsEnabled)
        parent.setFont(0, tokens.font(semibold=True))
        parent.setFirstColumnSpanned(True)
        self._groups.append((parent, []))
        return self._groups[-1]

    def _edit(self) -> None:
        name = self.list.currentIndex().siblingAtColumn(0).data(_NAME)
        self.editor.show_action(name or "", self._keys)

    def _filter(self, typed: str) -> None:
        words = typed.casefold().split()
        for parent, items in self._groups:
            shown = 0
            for item in items:
                # Keys are compared part by part: "K" is not in "Backspace".
                whole = item.text(0).casefold()
                parts = item.text(1).casefold().replace(",", " ").split()
                fits = all(w in whole or any(w in (p, *p.split("+")) for p in parts) for w in words)
                item.setHidden(not fits)
                shown += fits
            parent.setHidden(not shown)

    # Files and text

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(text.as_text(self._keys))
        self.say(_("The list is on the clipboard."))

    def _save_text(self) -> None:
        self._ask_file(_("Save as text"), "vsconsole-keys.txt", self.text_asked)

    def _export(self) -> None:
        self._ask_file(_("Export keys"), "vsconsole-keys.json", self.export_asked)

    def _ask_file(self, title: str, name: str, then: SignalInstance) -> None:
        dialog = QFileDialog(self, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        self._open(dialog, then)

    def _import(self) -> None:
        dialog = QFileDialog(self, _("Import keys"), "", "JSON (*.json)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open(dialog, self.import_asked)

    @staticmethod
    def _open(dialog: QFileDialog, then: SignalInstance) -> None:
        dialog.fileSelected.connect(lambda path: then.emit(Path(path)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _ask_reset(self) -> None:
        count = len(self._keys)
        confirm.ask(
            self,
            _("Keys"),
            _("Give every action its default keys back?"),
            ngettext(
                "{n} action has other keys now.", "{n} actions have other keys now.", count
            ).format(n=count),
            _("Default keys"),
            lambda: self.chosen.emit({}),
        )
