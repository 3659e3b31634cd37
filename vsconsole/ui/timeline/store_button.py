"""Which store to play from, where a channel has several."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from vsconsole.domain.model import Store
from vsconsole.i18n import _
from vsconsole.ui.timeline import texts


class StoreButton(QToolButton):
    """A menu of stores; hidden where there is no choice."""

    chosen = Signal(object)
    """The Store."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stores: tuple[Store, ...] = ()
        self._current: Store | None = None
        self._menu = QMenu(self)
        self._group = QActionGroup(self)
        self._menu.aboutToShow.connect(self._fill)
        self.setMenu(self._menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.hide()

    def set_stores(self, stores: Sequence[Store], current: Store | None) -> None:
        """The stores to choose from and the one being played."""
        if (tuple(stores), current) != (self._stores, self._current):
            self._stores, self._current = tuple(stores), current
            self.retranslate()
        self.setVisible(len(stores) > 1)

    def retranslate(self) -> None:
        """Takes its texts from the present language."""
        self.setAccessibleName(_("Where to play from"))
        self.setToolTip(_("Where to play from"))
        face = texts.store_text(self._current) if self._current else _("all stores")
        self.setText(f"{face} \u25be")

    def _fill(self) -> None:
        """The menu is made when it is asked for: the store played changes far more often."""
        self._menu.clear()
        for store in self._stores:
            action = self._menu.addAction(texts.store_text(store))
            action.setCheckable(True)
            action.setChecked(store is self._current)
            self._group.addAction(action)
            action.triggered.connect(lambda _checked=False, one=store: self.chosen.emit(one))
