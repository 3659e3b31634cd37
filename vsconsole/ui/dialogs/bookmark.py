"""A bookmark's title, note and colour."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.store.marks import Bookmark
from vsconsole.ui import flags, plain
from vsconsole.ui.dialogs.buttons import or_cancel
from vsconsole.ui.panels.bookmarks import when_text

_LONGEST_TITLE = 120
_DOT = 14


class BookmarkDialog(QDialog):
    """Asks what a bookmark is about; `saved` with it as it then is."""

    saved = Signal(object)

    def __init__(self, bookmark: Bookmark, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bookmark = bookmark
        self.setWindowTitle(_("Bookmark"))
        self.setMinimumWidth(420)
        self.title = QLineEdit(bookmark.title)
        self.title.setMaxLength(_LONGEST_TITLE)
        self.title.selectAll()
        self.note = QPlainTextEdit(bookmark.note)
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(84)
        self.colour = QComboBox()
        self.colour.setIconSize(QSize(_DOT, _DOT))
        for name in flags.COLOURS:
            self.colour.addItem(_dot(name, self.devicePixelRatioF()), flags.name_of(name), name)
        self.colour.setCurrentIndex(max(0, self.colour.findData(bookmark.colour)))
        self.problem = plain.label("", "problem", wrap=True)
        self.problem.hide()
        form = QFormLayout()
        form.addRow(plain.label(when_text(bookmark)))
        form.addRow(plain.label(bookmark.place, "dim"))
        for words, field in (
            (_("Title"), self.title),
            (_("Note"), self.note),
            (_("Colour"), self.colour),
        ):
            field.setAccessibleName(words)
            form.addRow(words, field)
        buttons, _save = or_cancel(QDialogButtonBox.StandardButton.Save, _("Save"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self.title.textEdited.connect(lambda: self.problem.hide())
        self.title.setFocus()

    def accept(self) -> None:
        title = " ".join(self.title.text().split())
        if not title:
            self.problem.setText(_("Type a title, by which it can be found."))
            self.problem.show()
            self.title.setFocus()
            return
        changed = replace(
            self._bookmark,
            title=title,
            note=self.note.toPlainText().strip(),
            colour=str(self.colour.currentData()),
        )
        self.saved.emit(changed)
        super().accept()


def _dot(name: str, ratio: float) -> QIcon:
    made = QPixmap(round(_DOT * ratio), round(_DOT * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(flags.colour_of(name))
    painter.drawEllipse(QPointF(_DOT / 2, _DOT / 2), _DOT / 2 - 1, _DOT / 2 - 1)
    painter.end()
    return QIcon(made)
