"""The presets of one camera: go, set, rename, put in order, delete; and why there are none."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
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

PICTURE = QSize(64, 36)
"""Room for a preset's picture."""

_INDEX = Qt.ItemDataRole.UserRole
_ALT_ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class _Ordered(QListWidget):
    """A list whose rows are put in order by dragging or with Alt and the arrows."""

    ordered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.model().rowsMoved.connect(lambda *_rows: self.ordered.emit())

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and _alt_step(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step, row = _alt_step(event), self.currentRow()
        if not step:
            super().keyPressEvent(event)
        elif row >= 0 and 0 <= row + step < self.count():
            item = self.takeItem(row)
            self.insertItem(row + step, item)
            self.setCurrentRow(row + step)
            self.ordered.emit()


def _alt_step(event: QKeyEvent) -> int:
    if event.modifiers() & Qt.KeyboardModifier.AltModifier:
        return _ALT_ARROWS.get(Qt.Key(event.key()), 0)
    return 0


class PresetBox(QWidget):
    """Lists presets; `wanted` asks for them again, the others tell what was chosen.

    `ordered` has every number in the order they were put in.
    """

    goto = Signal(int)
    stored = Signal(int, str)
    renamed = Signal(int, str)
    deleted = Signal(int)
    ordered = Signal(object)
    wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._indexes = range(0)
        self._presets: tuple[Preset, ...] = ()
        self._here: frozenset[int] = frozenset()
        self._build()
        self._connect()

    def _build(self) -> None:
        self.count = plain.label("", "dim")
        self.list = _Ordered()
        self.list.setAccessibleName(_("Presets"))
        self.list.setAccessibleDescription(
            _("Drag, or Alt with Up and Down, to put them in order.")
        )
        self.list.setIconSize(PICTURE)
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
        column.setContentsMargins(0, tokens.GAP, 0, 0)
        column.setSpacing(tokens.GAP)
        column.addWidget(self.count, 0, Qt.AlignmentFlag.AlignRight)
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
        self.list.ordered.connect(lambda: self.ordered.emit(self._order()))

    def show_presets(
        self,
        presets: Sequence[Preset],
        indexes: range,
        *,
        pictures: Mapping[int, QImage] | None = None,
        here: Collection[int] = (),
    ) -> None:
        """The presets that are set, of the numbers there are; `here` as in `PresetPage`."""
        current = self.current()
        self._indexes = indexes
        self._presets = tuple(presets)
        self._here = frozenset(here)
        pictures = pictures or {}
        self.list.clear()
        for preset in presets:
            item = QListWidgetItem(_title(preset))
            item.setData(_INDEX, preset.index)
            item.setToolTip(plain.tip(self._tip(preset)))
            if pictures:
                item.setIcon(_icon(pictures.get(preset.index)))
            item.setSizeHint(QSize(80, PICTURE.height() + 8 if pictures else tokens.ROW))
            self.list.addItem(item)
            if preset.index == current:
                self.list.setCurrentItem(item)
        used = _("{used} of {all}").format(used=len(presets), all=len(indexes))
        self.count.setText(used if indexes else "")
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

    def indexes(self) -> frozenset[int]:
        """The numbers of the presets that are set."""
        return frozenset(preset.index for preset in self._presets)

    def _order(self) -> list[int]:
        return [int(self.list.item(row).data(_INDEX)) for row in range(self.list.count())]

    def _tip(self, preset: Preset) -> str:
        if preset.index not in self._here:
            return _title(preset)
        return _title(preset) + "\n" + _("The name is kept on this computer only.")

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


def _icon(image: QImage | None) -> QIcon:
    """The picture in the middle of its room; an empty room where there is none."""
    ratio = 1.0 if image is None or image.isNull() else image.devicePixelRatio()
    made = QPixmap(PICTURE * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(tokens.current().tile)
    if image is not None and not image.isNull():
        painter = QPainter(made)
        size = image.deviceIndependentSize()
        painter.drawImage(
            QPointF((PICTURE.width() - size.width()) / 2, (PICTURE.height() - size.height()) / 2),
            image,
        )
        painter.end()
    return QIcon(made)


def _title(preset: Preset) -> str:
    # Some vendors call a preset by its number where it has no name.
    name = "" if preset.name == str(preset.index) else preset.name
    return f"{preset.index}  {name}".rstrip()
