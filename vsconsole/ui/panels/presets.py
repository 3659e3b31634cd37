"""The presets of one camera: go, set, rename, delete; and why there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Preset
from vsconsole.i18n import _
from vsconsole.ui import plain, tokens
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.dialogs.preset import PresetDialog

_INDEX = Qt.ItemDataRole.UserRole


class PresetBox(QWidget):
    """Lists presets; `wanted` asks for them again, the others tell what was chosen."""

    goto = Signal(int)
    stored = Signal(int, str)
    renamed = Signal(int, str)
    deleted = Signal(int)
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indexes = range(0)
        self._presets: tuple[Preset, ...] = ()
        self._build()
        self._connect()

    def _build(self) -> None:
        head = QHBoxLayout()
        self._count = plain.label("", "dim")
        head.addWidget(plain.label(_("Presets"), "heading"), 1)
        head.addWidget(self._count)
        self.list = QListWidget()
        self.list.setAccessibleName(_("Presets"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumHeight(2 * tokens.ROW)
        self.message = plain.label("", "dim", wrap=True)
        self.message.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.retry_button = QPushButton(_("Retry"))
        told = QWidget()
        told_column = QVBoxLayout(told)
        told_column.setContentsMargins(0, 0, 0, 0)
        told_column.addWidget(self.message)
        told_column.addWidget(self.retry_button, 0, Qt.AlignmentFlag.AlignLeft)
        told_column.addStretch(1)
        self._told = told
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(told)
        self._pages.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.goto_button = QPushButton(_("Go"))
        self.set_button = QPushButton(_("Set…"))
        self.rename_button = QPushButton(_("Rename…"))
        self.delete_button = QPushButton(_("Delete…"))
        grid = QGridLayout()
        grid.setSpacing(tokens.GAP)
        grid.addWidget(self.goto_button, 0, 0)
        grid.addWidget(self.set_button, 0, 1)
        grid.addWidget(self.rename_button, 1, 0)
        grid.addWidget(self.delete_button, 1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addLayout(grid)

    def _connect(self) -> None:
        self.list.itemActivated.connect(lambda item: self.goto.emit(item.data(_INDEX)))
        self.list.currentItemChanged.connect(lambda *_items: self._enable())
        self.goto_button.clicked.connect(lambda: self._with_current(self.goto.emit))
        self.set_button.clicked.connect(self._ask_set)
        self.rename_button.clicked.connect(lambda: self._with_current(self._ask_rename))
        self.delete_button.clicked.connect(lambda: self._with_current(self._ask_delete))
        self.retry_button.clicked.connect(self.wanted)

    def show_presets(self, presets: Sequence[Preset], indexes: range) -> None:
        """The presets that are set, of the numbers there are."""
        current = self.current()
        self._indexes = indexes
        self._presets = tuple(presets)
        self.list.clear()
        for preset in presets:
            item = QListWidgetItem(_title(preset))
            item.setData(_INDEX, preset.index)
            item.setToolTip(plain.tip(_title(preset)))
            item.setSizeHint(QSize(80, tokens.ROW))
            self.list.addItem(item)
            if preset.index == current:
                self.list.setCurrentItem(item)
        used = _("{used} of {all}").format(used=len(presets), all=len(indexes))
        self._count.setText(used if indexes else "")
        self._say("" if presets else _("None set. Move the camera, then press Set."))
        self.set_button.setEnabled(len(indexes) > 0)

    def show_loading(self) -> None:
        """What is known stays; an empty list says that it is being asked for."""
        if not self._presets:
            self._say(_("Loading…"))

    def show_error(self, text: str) -> None:
        """Why the presets could not be had, with Retry."""
        self._say(text, retry=True)

    def current(self) -> int | None:
        """The number of the preset that is chosen; None where none is."""
        item: QListWidgetItem | None = self.list.currentItem()
        return None if item is None else int(item.data(_INDEX))

    def _say(self, text: str, *, retry: bool = False) -> None:
        self.message.setText(text)
        self._pages.setCurrentWidget(self._told if text else self.list)
        self.retry_button.setVisible(retry)
        self._enable()

    def _enable(self) -> None:
        chosen = self.current() is not None and self._pages.currentWidget() is self.list
        for button in (self.goto_button, self.rename_button, self.delete_button):
            button.setEnabled(chosen)
            button.setToolTip("" if chosen else _("Select a preset first."))

    def _with_current(self, act: Callable[[int], object]) -> None:
        index = self.current()
        if index is not None:
            act(index)

    def _preset(self, index: int) -> Preset:
        return next(one for one in self._presets if one.index == index)

    def _ask_set(self) -> None:
        self._open(PresetDialog(self._presets, self._indexes, parent=self), self.stored.emit)

    def _ask_rename(self, index: int) -> None:
        dialog = PresetDialog(self._presets, self._indexes, only=index, parent=self)
        self._open(dialog, self.renamed.emit)

    @staticmethod
    def _open(dialog: PresetDialog, act: Callable[[int, str], object]) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(act)
        dialog.open()

    def _ask_delete(self, index: int) -> QMessageBox:
        return confirm.ask(
            self,
            _("Delete the preset"),
            _("Delete preset {preset}?").format(preset=_title(self._preset(index))),
            _("The camera forgets this position, for everybody who uses it."),
            _("Delete"),
            lambda: self.deleted.emit(index),
        )


def _title(preset: Preset) -> str:
    return f"{preset.index}  {preset.name}".rstrip()
