"""The keys of one action: each can be taken away, more can be recorded, clashes are shown."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from vsconsole.i18n import _, listed
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.actions import keys_text
from vsconsole.ui.keys import rules
from vsconsole.ui.keys.record import RecordButton
from vsconsole.ui.keys.rules import Keys


class KeyEditor(QFrame):
    """Shows one action; every change leaves as `chosen` with all choices as they would be then."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self._keys: Keys = {}
        self._name = ""
        self._wanted = ""
        self._build()

    def _build(self) -> None:
        self.title = plain.label("", "heading")
        self.title.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.keys: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(tokens.GAP)
        self.record = RecordButton()
        self.record.recorded.connect(self._recorded)
        self.default = QPushButton(_("Default keys"))
        self.default.setAutoDefault(False)
        self.default.clicked.connect(lambda: self.chosen.emit(rules.reset(self._keys, self._name)))
        self._row.addStretch(1)
        self._row.addWidget(self.record)
        self._row.addWidget(self.default)
        self.problem = plain.label("", "problem", wrap=True)
        self.take = QPushButton(_("Take it"))
        self.take.setAutoDefault(False)
        self.take.clicked.connect(self._take)
        below = QHBoxLayout()
        below.addWidget(self.problem, 1)
        below.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE, 0, 0)
        column.addWidget(self.title)
        column.addLayout(self._row)
        column.addLayout(below)
        self._say("")

    def show_action(self, name: str, keys: Keys) -> None:
        """Shows an action with its keys; an empty name shows none."""
        if name != self._name:
            self.record.setChecked(False)
        self._name, self._keys = name, keys
        self._say("")
        had = next((i for i, one in enumerate(self.keys) if one.hasFocus()), None)
        for old in self.keys:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.keys = []
        self.setEnabled(bool(name))
        self.title.setText(_("Choose an action."))
        if not name:
            return
        entry = rules.entry(name)
        self.title.setText(_(entry.text))
        present = rules.present(keys)[name]
        for place, key in enumerate(present):
            words = keys_text([key])
            button = QPushButton(icons.icon("x", "dim"), words)
            button.setAutoDefault(False)
            button.setToolTip(_("Take {key} away").format(key=words))
            button.setAccessibleName(button.toolTip())
            button.clicked.connect(partial(self._remove, key))
            self._row.insertWidget(place, button)
            button.show()
            self.keys.append(button)
        self.default.setEnabled(present != entry.keys)
        default = keys_text(entry.keys) or _("none")
        self.default.setToolTip(_("By default: {keys}").format(keys=default))
        if had is not None:
            (self.keys[min(had, len(self.keys) - 1)] if self.keys else self.record).setFocus()

    def _remove(self, key: str) -> None:
        self.chosen.emit(rules.without_key(self._keys, self._name, key))

    def _recorded(self, key: str) -> None:
        words = keys_text([key])
        entry = rules.entry(self._name)
        if key in (rules.plain(one) for one in rules.present(self._keys)[self._name]):
            self._say(_("It has {key} already.").format(key=words))
        elif why := rules.reserved(key):
            self._say(_("{key} cannot be used. {why}").format(key=words, why=why))
        elif others := rules.owners(key, self._keys, entry.context):
            names = listed(f"“{_(rules.entry(name).text)}”" for name in others)
            self._say(_("{key} is {action} already.").format(key=words, action=names), key)
            self.take.setFocus()
        else:
            self.chosen.emit(rules.with_key(self._keys, self._name, key))

    def _take(self) -> None:
        self.record.setFocus()
        self.chosen.emit(rules.with_key(self._keys, self._name, self._wanted))

    def _say(self, text: str, wanted: str = "") -> None:
        self._wanted = wanted
        self.problem.setText(text)
        self.record.setAccessibleDescription(text)
        self.take.setVisible(bool(wanted))
        self.take.setToolTip(text)
        self.take.setAccessibleDescription(text)
