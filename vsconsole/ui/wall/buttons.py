"""The bar's two buttons of the wall: its layout, and its saved views."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from vsconsole.i18n import _
from vsconsole.ui import plain
from vsconsole.ui.actions import Actions
from vsconsole.ui.wall import layouts, previews
from vsconsole.ui.wall.layout_menu import LayoutMenu
from vsconsole.ui.wall.layouts import LAYOUTS, Layout

_WIDEST = 220


class _Button(QToolButton):
    """Opens a menu by click or by an action's key, and waits for neither."""

    def __init__(self, name: str, actions: Actions) -> None:
        super().__init__()
        self.setObjectName(f"button-{name}")
        self.setProperty("flat", "true")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        actions[name].triggered.connect(self._drop_down)

    def _drop_down(self) -> None:
        self.menu().popup(self.mapToGlobal(self.rect().bottomLeft()))


class LayoutsButton(_Button):
    """Shows the layout of the wall in front; its menu offers all."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("layouts", actions)
        group = QActionGroup(self)
        for layout in LAYOUTS:
            action = actions[f"layout-{layout.name}"]
            action.setIcon(previews.icon(layout))
            action.setIconText(layout.short)
            group.addAction(action)
        self._actions = actions
        self.choices = LayoutMenu(lambda layout: actions[f"layout-{layout.name}"], self)
        self.setMenu(self.choices)
        self.setIconSize(QSize(22, 18))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.show_grid(layouts.FIRST)

    def show_grid(self, layout: Layout) -> None:
        """Which layout is in force."""
        self._actions[f"layout-{layout.name}"].setChecked(True)
        self.setIcon(previews.icon(layout))
        self.setText(layout.short)
        self.setAccessibleName(_("Layout: {layout}").format(layout=_(layout.title)))
        self.setToolTip(self.accessibleName())


class ViewsButton(_Button):
    """Shows the name of the view in front; what its menu holds is the desk's."""

    def __init__(self, actions: Actions) -> None:
        super().__init__("views", actions)
        self.choices = QMenu(self)
        self.choices.setToolTipsVisible(True)
        self.setMenu(self.choices)
        self.show_view("")

    def show_view(self, name: str) -> None:
        """Which saved view is on the wall; none for an empty name."""
        text = _("View: {name}").format(name=name) if name else _("Views")
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST)
        self.setText(plain.action(shown))
        self.setAccessibleName(text)
        self.setToolTip(plain.tip(text))
