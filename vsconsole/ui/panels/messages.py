"""Everything that was told, newest first; its full text can be selected and copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.ui import icons, plain, tokens
from vsconsole.ui.messages import ICONS, Message

if TYPE_CHECKING:
    from vsconsole.ui.notify import Notifier

_KEPT = 500
_NUMBER = Qt.ItemDataRole.UserRole


class MessagesPanel(QWidget):
    """Lists the notifier's messages; the chosen one is shown whole, with its action and Copy."""

    def __init__(self, notifier: Notifier, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages: dict[int, Message] = {}
        self._build()
        self._connect()
        notifier.told.connect(self._add)
        notifier.renewed.connect(self._renew)
        for message in notifier.messages:
            self._add(message)
        self._show_page()

    def _build(self) -> None:
        self.list = QListWidget()
        self.list.setAccessibleName(_("Messages"))
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(QSize(16, 16))
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        copy = QAction(_("Copy"), self.list)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        self.list.addAction(copy)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("The message in full"))
        self.text.setTabChangesFocus(True)
        self.copy_button = QPushButton(icons.icon("copy"), _("Copy"))
        self.action_button = QPushButton()
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.action_button)
        buttons.addStretch(1)
        self._whole = QWidget()
        whole = QVBoxLayout(self._whole)
        whole.setContentsMargins(tokens.SPACE, tokens.GAP, tokens.SPACE, tokens.SPACE)
        whole.addWidget(self.text, 1)
        whole.addLayout(buttons)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self._whole)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 1)
        empty = plain.label(_("No messages yet."), "dim", wrap=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setMargin(12)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(empty)
        self._pages.addWidget(split)
        self._whole.hide()

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_items: self._show_whole())
        self.list.itemActivated.connect(lambda _item: self._act())
        self.copy_button.clicked.connect(self._copy)
        self.action_button.clicked.connect(self._act)

    def current(self) -> Message | None:
        """The chosen message; None where none is."""
        item: QListWidgetItem | None = self.list.currentItem()
        return None if item is None else self._messages.get(item.data(_NUMBER))

    def _add(self, message: Message) -> None:
        item = QListWidgetItem()
        item.setData(_NUMBER, message.number)
        self._fill(item, message)
        self.list.insertItem(0, item)
        while self.list.count() > _KEPT:
            gone = self.list.takeItem(self.list.count() - 1)
            self._messages.pop(gone.data(_NUMBER), None)
        self._show_page()

    def _renew(self, message: Message) -> None:
        for place in range(self.list.count()):
            item = self.list.item(place)
            if item.data(_NUMBER) == message.number:
                was_current = item is self.list.currentItem()
                self.list.takeItem(place)
                self._fill(item, message)
                self.list.insertItem(0, item)
                if was_current:
                    self.list.setCurrentItem(item)
                    self._show_whole()
                return

    def _fill(self, item: QListWidgetItem, message: Message) -> None:
        self._messages[message.number] = message
        icon, colour = ICONS[message.level]
        times = f"  ×{message.times}" if message.times > 1 else ""
        item.setIcon(icons.icon(icon, colour))
        item.setText(f"{message.when:%H:%M:%S}  {' '.join(message.text.split())}{times}")
        item.setToolTip(plain.tip(message.as_text()))
        item.setSizeHint(QSize(80, tokens.ROW))

    def _show_page(self) -> None:
        self._pages.setCurrentIndex(1 if self.list.count() else 0)

    def _show_whole(self) -> None:
        message = self.current()
        self._whole.setVisible(message is not None)
        if message is None:
            return
        self.text.setPlainText(message.as_text())
        self.action_button.setText(plain.action(message.action_text))
        self.action_button.setVisible(bool(message.action_text and message.action))

    def _act(self) -> None:
        message = self.current()
        if message is not None and message.action is not None:
            message.action()

    def _copy(self) -> None:
        message = self.current()
        if message is not None:
            QGuiApplication.clipboard().setText(message.as_text())
