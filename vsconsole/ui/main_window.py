"""The window: tree, wall, timeline, panels and bars in their places. What they do is the desk's."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property, partial
from typing import Any

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSplitter,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import now
from vsconsole.domain.timeline import Span
from vsconsole.i18n import LANGUAGES, _, language
from vsconsole.ui import icons, tokens
from vsconsole.ui.actions import Actions
from vsconsole.ui.events.panel import EventsPanel
from vsconsole.ui.focus_keys import FocusKeys
from vsconsole.ui.notify import Notifier
from vsconsole.ui.panels.bookmarks import BookmarksPanel
from vsconsole.ui.panels.details import DetailsPanel
from vsconsole.ui.panels.jobs import JobsPanel
from vsconsole.ui.panels.messages import MessagesPanel
from vsconsole.ui.panels.ptz import PtzPanel
from vsconsole.ui.timeline.model import TimelineModel
from vsconsole.ui.timeline.panel import TimelinePanel
from vsconsole.ui.timeline.ruler import viewer_zone
from vsconsole.ui.tree.panel import TreePanel
from vsconsole.ui.turns import in_turns
from vsconsole.ui.wall.buttons import LayoutsButton, ViewsButton
from vsconsole.ui.wall.numbers import NumberEntry
from vsconsole.ui.wall.walls import Walls

_FIRST_SIZE = QSize(1440, 864)


class Parts:
    """The panels of a window, each made when first asked for.

    Making them all takes longer than a window may stand still; asked for in turns they do not.
    """

    @cached_property
    def tree(self) -> TreePanel:
        return TreePanel()

    @cached_property
    def wall(self) -> Walls:
        return Walls()

    @cached_property
    def bottom(self) -> TimelinePanel:
        end = now()
        return TimelinePanel(
            TimelineModel(Span(end - timedelta(hours=24), end), zone=viewer_zone())
        )

    @cached_property
    def ptz(self) -> PtzPanel:
        return PtzPanel()

    @cached_property
    def events(self) -> EventsPanel:
        return EventsPanel()


class MainWindow(QMainWindow):
    """Widgets in their places; `closing` before it goes, `language_asked` and `scheme_asked`."""

    closing = Signal()
    language_asked = Signal(str)
    scheme_asked = Signal(str)

    def __init__(self, parts: Parts | None = None) -> None:
        super().__init__()
        parts = parts or Parts()
        self.setWindowTitle("vsconsole")
        self.actions_ = Actions(self)
        self.tree = parts.tree
        self.wall = parts.wall
        self.bottom = parts.bottom
        self.timeline_model = self.bottom.model
        self.timeline_model.setParent(self)
        self.timeline = self.bottom.timeline
        self.calendar = self.bottom.calendar
        self.transport = self.bottom.bar
        self.ptz = parts.ptz
        self.events = parts.events
        self.bookmarks = BookmarksPanel()
        self.details = DetailsPanel()
        self.jobs = JobsPanel()
        self.notifier = Notifier(self)
        self.notifier.keep_to(self.wall)
        self.messages = MessagesPanel(self.notifier)
        self.focus_keys = FocusKeys(self)
        self._only_wall = False
        self._build()
        self._connect()

    def _build(self) -> None:
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        # None is ever out of sight: where there is little room their names are cut.
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.tabBar().setProperty("role", "narrow")
        for panel, name in (
            (self.events, _("Events")),
            (self.bookmarks, _("Bookmarks")),
            (self.details, _("Details")),
            (self.jobs, _("Jobs")),
            (self.messages, _("Messages")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(panel, name), name)
        self.right = QSplitter(Qt.Orientation.Vertical)
        self.right.addWidget(self.ptz)
        self.right.addWidget(self.tabs)
        self.right.setSizes([390, 290])
        self.upper = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.tree, self.wall, self.right):
            self.upper.addWidget(widget)
        self.upper.setStretchFactor(1, 1)
        self.upper.setSizes([264, 900, 320])
        self.upper.setCollapsible(1, False)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(self.upper)
        self.halves.addWidget(self.bottom)
        self.halves.setStretchFactor(0, 1)
        self.halves.setSizes([600, 240])
        self.halves.setCollapsible(0, False)
        self.bar = self._build_bar()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.halves, 1)
        self.setCentralWidget(middle)
        self._build_status()
        self.resize(_FIRST_SIZE)
        self.tree.view.setFocus()

    def _build_bar(self) -> QFrame:
        bar = QFrame()
        bar.setProperty("role", "bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(tokens.SPACE, 5, tokens.SPACE, 5)
        row.setSpacing(tokens.GAP)
        row.addWidget(self._button("left-panel"))
        row.addSpacing(tokens.SPACE)
        modes = QActionGroup(self)
        for name in ("live", "playback"):
            modes.addAction(self.actions_[name])
            row.addWidget(self._button(name, words=True))
        self.actions_["live"].setChecked(True)
        row.addSpacing(tokens.SPACE)
        self.layouts_button = LayoutsButton(self.actions_)
        self.views_button = ViewsButton(self.actions_)
        row.addWidget(self.layouts_button)
        row.addWidget(self.views_button)
        row.addStretch(1)
        row.addWidget(self._button("command", words=True))
        row.addSpacing(tokens.SPACE)
        row.addWidget(self._button("open-address", words=True))
        row.addWidget(self._button("add-account", words=True))
        row.addSpacing(tokens.SPACE)
        for name in ("snapshot", "export", "mute"):
            row.addWidget(self._button(name))
        row.addWidget(self._settings_button())
        row.addWidget(self._button("bottom-panel"))
        row.addWidget(self._button("right-panel"))
        for name in ("left-panel", "bottom-panel", "right-panel"):
            self.actions_[name].setChecked(True)
        return bar

    def _button(self, name: str, *, words: bool = False) -> QToolButton:
        action = self.actions_[name]
        button = QToolButton()
        button.setDefaultAction(action)
        button.setObjectName(f"button-{name}")
        button.setAccessibleName(action.text())
        button.setProperty("flat", "true")
        button.setIconSize(QSize(18, 18))
        button.setToolButtonStyle(
            Qt.ToolButtonStyle.ToolButtonTextBesideIcon
            if words
            else Qt.ToolButtonStyle.ToolButtonIconOnly
        )
        return button

    def _settings_button(self) -> QToolButton:
        menu = QMenu(self)
        schemes = QActionGroup(self)
        menu.addSection(_("Colours"))
        for name in ("dark", "light"):
            schemes.addAction(self.actions_[name])
            menu.addAction(self.actions_[name])
        menu.addSection(_("Language"))
        languages = QActionGroup(self)
        self.language_actions = {}
        for code, name in LANGUAGES.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(code == language())
            action.triggered.connect(lambda _on=False, c=code: self.language_asked.emit(c))
            languages.addAction(action)
            self.language_actions[code] = action
        menu.addSeparator()
        names = ("accounts", "open-folder", "console", "refresh", "full-screen", "keys", "quit")
        for name in names:
            menu.addAction(self.actions_[name])
        button = QToolButton()
        button.setIcon(icons.icon("settings"))
        button.setIconSize(QSize(18, 18))
        button.setProperty("flat", "true")
        button.setAccessibleName(_("Settings"))
        button.setToolTip(_("Settings"))
        button.setObjectName("button-settings")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.settings_menu = menu
        self.settings_button = button
        return button

    def _build_status(self) -> None:
        status = self.statusBar()
        status.setSizeGripEnabled(False)
        self.vendor_state = QLabel()
        self.job_state = QLabel()
        self.job_state.setTextFormat(Qt.TextFormat.PlainText)
        self.vendor_state.setTextFormat(Qt.TextFormat.PlainText)
        self.right_state = QLabel()
        status.addWidget(self.vendor_state)
        status.addWidget(self.job_state)
        status.addPermanentWidget(self.right_state)
        self.vendor_state.setContentsMargins(tokens.SPACE, 0, tokens.SPACE, 0)

    def _connect(self) -> None:
        act = self.actions_
        act["left-panel"].toggled.connect(self.tree.setVisible)
        act["right-panel"].toggled.connect(self.right.setVisible)
        act["bottom-panel"].toggled.connect(self.bottom.setVisible)
        act["full-screen"].triggered.connect(self._full_screen)
        self.numbers = NumberEntry(self.wall, self)
        self.numbers.refused.connect(self.notifier.info)
        self.addActions(self.numbers.actions)
        self.wall.use_actions(self.actions())
        self.wall.layout_changed.connect(self.layouts_button.show_grid)
        act["dark"].triggered.connect(lambda: self.scheme_asked.emit("dark"))
        act["light"].triggered.connect(lambda: self.scheme_asked.emit("light"))
        act["search"].triggered.connect(self._focus_search)
        act["goto"].triggered.connect(self._focus_time)
        act["events"].triggered.connect(self._focus_events)
        act["quit"].triggered.connect(self.close)
        self.jobs.summary_changed.connect(self.job_state.setText)
        self.ptz.add_action(act["ptz-mode"])

    def _focus_search(self) -> None:
        self.actions_["left-panel"].setChecked(True)
        self.tree.focus_search()

    def _focus_events(self) -> None:
        self.show_tab(self.events)
        self.events.focus_search()

    def focus_bookmarks(self) -> None:
        """Lets a bookmark be searched for."""
        self.show_tab(self.bookmarks)
        self.bookmarks.search.setFocus()
        self.bookmarks.search.selectAll()

    def _focus_time(self) -> None:
        self.actions_["bottom-panel"].setChecked(True)
        self.transport.go_to_time()

    def paint_in_turns(self) -> None:
        """The next paint of everything is done panel by panel, not all in one turn."""
        panels = (self.wall, self.bottom, self.tree, self.right)
        for panel in panels:
            panel.setUpdatesEnabled(False)
        in_turns(self, *(partial(panel.setUpdatesEnabled, True) for panel in panels))

    def show_scheme(self) -> None:
        """Takes over a changed scheme where a palette does not reach."""
        self.wall.tint()
        self.layouts_button.show_grid(self.wall.grid)
        self.timeline.update()

    def show_tab(self, widget: QWidget) -> None:
        """Brings one of the right panel's tabs to the front."""
        self.actions_["right-panel"].setChecked(True)
        self.tabs.setCurrentWidget(widget)

    def set_vendor_state(self, text: str, role: str) -> None:
        """How the vendors are, at the left of the status bar."""
        self.vendor_state.setText(text)
        self.vendor_state.setProperty("role", role)
        self.vendor_state.style().unpolish(self.vendor_state)
        self.vendor_state.style().polish(self.vendor_state)

    def toggle_only_wall(self) -> None:
        """Leaves only the wall, full screen; again brings everything back."""
        self._only_wall = not self._only_wall
        for widget, name in (
            (self.tree, "left-panel"),
            (self.right, "right-panel"),
            (self.bottom, "bottom-panel"),
        ):
            widget.setVisible(not self._only_wall and self.actions_[name].isChecked())
        self.bar.setVisible(not self._only_wall)
        self.wall.set_bare(self._only_wall)
        self.statusBar().setVisible(not self._only_wall)
        if self._only_wall:
            self._maximized_before = self.isMaximized()
            self.showFullScreen()
        elif self._maximized_before:
            self.showMaximized()
        else:
            self.showNormal()

    def _full_screen(self) -> None:
        """Of the window that has the keys: this one, or a wall's own."""
        own = next((w for w in self.wall.windows.values() if w.isActiveWindow()), None)
        if own is not None:
            own.toggle_full()
        else:
            self.toggle_only_wall()

    _maximized_before = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            # Always one level up: out of a field, the enlarged tile, a tour, then the full screen.
            if self.focus_keys.leave_field(self.wall.current):
                pass
            elif self.wall.shown.enlarged:
                self.wall.shown.enlarge()
            elif self.wall.tour_bar.isVisible():
                self.wall.tour_bar.end_asked.emit()
            elif self._only_wall:
                self.toggle_only_wall()
            return
        super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def layout_state(self) -> dict[str, Any]:
        """Sizes and places, for the next start."""
        return {
            "geometry": _text(self.saveGeometry()),
            "upper": _text(self.upper.saveState()),
            "halves": _text(self.halves.saveState()),
            "right": _text(self.right.saveState()),
            "panels": {
                name: self.actions_[name].isChecked()
                for name in ("left-panel", "right-panel", "bottom-panel")
            },
        }

    def restore_layout(self, state: dict[str, Any]) -> None:
        """Puts sizes and places back; what does not fit is left as it is."""
        if geometry := state.get("geometry"):
            self.restoreGeometry(_bytes(geometry))
        for name, splitter in (
            ("upper", self.upper),
            ("halves", self.halves),
            ("right", self.right),
        ):
            if saved := state.get(name):
                splitter.restoreState(_bytes(saved))
        for name, shown in state.get("panels", {}).items():
            if name in ("left-panel", "right-panel", "bottom-panel"):
                self.actions_[name].setChecked(bool(shown))


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
