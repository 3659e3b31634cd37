"""A tour: its name, and what it shows for how long."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from vsconsole.i18n import _
from vsconsole.store.views import SavedTour, SavedView, TourStop
from vsconsole.ui import plain, tokens
from vsconsole.ui.dialogs.buttons import or_cancel

_LONGEST_NAME = 64
_SECONDS = range(2, 3601)
_USUAL = 10
_VIEW = Qt.ItemDataRole.UserRole
_TIME = Qt.ItemDataRole.UserRole + 1


class TourDialog(QDialog):
    """Asks for a tour; `chosen` with its name, its stops (none: the open tabs) and seconds."""

    chosen = Signal(str, object, int)

    def __init__(
        self,
        views: Sequence[SavedView],
        tour: SavedTour | None,
        taken: Collection[str],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._views = {view.id: view.name for view in views}
        self._taken = frozenset(taken)
        self._build()
        self.setWindowTitle(_("New tour") if tour is None else _("Change the tour"))
        if tour is not None:
            self.name.setText(tour.name)
            self.seconds.setValue(tour.seconds)
            for stop in tour.stops:
                if stop.view in self._views:
                    self._add(stop.view, stop.seconds)
        over_tabs = not self._views or (tour is not None and not tour.stops)
        self.over.setCurrentIndex(1 if over_tabs else 0)
        self._connect()
        self._judge()

    def _build(self) -> None:
        self.setMinimumWidth(420)
        self.name = QLineEdit()
        self.name.setAccessibleName(_("Name"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.over = QComboBox()
        self.over.setAccessibleName(_("Goes over"))
        self.over.addItems([_("Saved views"), _("The open tabs")])
        self.view = QComboBox()
        self.view.setAccessibleName(_("View"))
        for id, name in self._views.items():
            self.view.addItem(name, id)
        self.add_button = QPushButton(_("Add"))
        self.stops = QListWidget()
        self.stops.setAccessibleName(_("What it shows, in this order"))
        self.seconds = QSpinBox()
        self.seconds.setAccessibleName(_("Seconds for each"))
        self.seconds.setRange(_SECONDS.start, _SECONDS.stop - 1)
        self.seconds.setSuffix(_(" s"))
        self.seconds.setValue(_USUAL)
        self.up_button = QPushButton(_("Up"))
        self.down_button = QPushButton(_("Down"))
        self.remove_button = QPushButton(_("Take out"))
        self.word = plain.label("", "warn", wrap=True)
        form = QFormLayout()
        form.addRow(_("Name"), self.name)
        form.addRow(_("Goes over"), self.over)
        pick = QHBoxLayout()
        pick.addWidget(self.view, 1)
        pick.addWidget(self.add_button)
        self._pick = QWidget()
        inner = QVBoxLayout(self._pick)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(pick)
        inner.addWidget(self.stops)
        moves = QHBoxLayout()
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setAutoDefault(False)
            moves.addWidget(button)
        self.add_button.setAutoDefault(False)
        moves.addStretch(1)
        inner.addLayout(moves)
        times = QFormLayout()
        times.addRow(_("Seconds for each"), self.seconds)
        buttons, self.save_button = or_cancel(QDialogButtonBox.StandardButton.Save, _("Save"))
        buttons.accepted.connect(self._save)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setSpacing(tokens.SPACE)
        column.addLayout(form)
        column.addWidget(self._pick, 1)
        column.addLayout(times)
        column.addWidget(self.word)
        column.addWidget(buttons)

    def _connect(self) -> None:
        self.name.textChanged.connect(self._judge)
        self.over.currentIndexChanged.connect(self._judge)
        self.add_button.clicked.connect(self._add_chosen)
        self.remove_button.clicked.connect(self._remove)
        self.up_button.clicked.connect(lambda: self._move(-1))
        self.down_button.clicked.connect(lambda: self._move(1))
        self.seconds.valueChanged.connect(self._set_seconds)
        self.stops.currentItemChanged.connect(self._show_seconds)

    @property
    def over_tabs(self) -> bool:
        return self.over.currentIndex() == 1

    def _add_chosen(self) -> None:
        if self.view.currentData():
            self._add(self.view.currentData(), self.seconds.value())
            self.stops.setCurrentRow(self.stops.count() - 1)
            # The next one is likely the next to be added.
            self.view.setCurrentIndex((self.view.currentIndex() + 1) % self.view.count())
        self._judge()

    def _add(self, view: str, seconds: int) -> None:
        item = QListWidgetItem()
        item.setData(_VIEW, view)
        self.stops.addItem(item)
        self._time(item, seconds)

    def _time(self, item: QListWidgetItem, seconds: int) -> None:
        item.setData(_TIME, seconds)
        name = self._views[item.data(_VIEW)]
        item.setText(_("{view}, {seconds} s").format(view=name, seconds=seconds))

    def _set_seconds(self, seconds: int) -> None:
        item = self.stops.currentItem()
        if item is not None:
            self._time(item, seconds)

    def _show_seconds(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.seconds.setValue(item.data(_TIME))

    def _remove(self) -> None:
        self.stops.takeItem(self.stops.currentRow())
        self._judge()

    def _move(self, by: int) -> None:
        row = self.stops.currentRow()
        if 0 <= row + by < self.stops.count():
            self.stops.insertItem(row + by, self.stops.takeItem(row))
            self.stops.setCurrentRow(row + by)

    def _stop_list(self) -> tuple[TourStop, ...]:
        if self.over_tabs:
            return ()
        items = (self.stops.item(row) for row in range(self.stops.count()))
        return tuple(TourStop(view=item.data(_VIEW), seconds=item.data(_TIME)) for item in items)

    def _text(self) -> str:
        return " ".join(self.name.text().split())

    def _judge(self) -> None:
        self._pick.setVisible(not self.over_tabs)
        word = ""
        if self._text() in self._taken:
            word = _("There is one of this name. Choose another.")
        elif not self.over_tabs and not self._views:
            word = _("There is no saved view yet. Save one first, or go over the open tabs.")
        elif not self.over_tabs and not self.stops.count():
            word = _("Add the views it is to show.")
        self.word.setText(word)
        self.word.setVisible(bool(word))
        self.save_button.setEnabled(bool(self._text()) and not word)

    def _save(self) -> None:
        self.chosen.emit(self._text(), self._stop_list(), self.seconds.value())
        self.accept()
