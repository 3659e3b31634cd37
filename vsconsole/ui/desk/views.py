"""Saved views of the wall: kept, named, found in the tree, and shown again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMenu

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Group, Key
from vsconsole.i18n import _, ngettext
from vsconsole.store.views import SavedTour, SavedView
from vsconsole.ui import icons, plain
from vsconsole.ui.dialogs import confirm
from vsconsole.ui.dialogs.name import NameDialog
from vsconsole.ui.tree.rows import Row, RowKind, saved_key
from vsconsole.ui.wall import layouts, previews
from vsconsole.ui.wall.session import Mode
from vsconsole.ui.wall.shown import WallPlan
from vsconsole.ui.wall.wall import Wall

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.desk.walls import WallsDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

_SEARCHED_AS = "views"


class ViewsDesk(QObject):
    """Keeps views and tours in the catalog and shows them in the tree and the menu of views.

    `changed` when there are others; `tour_asked` with a tour to start, `tour_edited` with one to
    change.
    """

    changed = Signal()
    tour_asked = Signal(object)
    tour_edited = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        walls: WallsDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self.store = services.catalog.views
        self._pictures = pictures
        self._walls = walls
        self._dispatcher = dispatcher
        self.views: tuple[SavedView, ...] = ()
        self.tours: tuple[SavedTour, ...] = ()
        self._tours_menu = QMenu(_("Tours"), window)
        self._tours_menu.setIcon(icons.icon("repeat"))
        self._connect()
        self._fill_menu()

    def _connect(self) -> None:
        window, walls = self._window, self._window.wall
        window.actions_["save-view"].triggered.connect(lambda: self.ask_name())
        window.tree.saved_action.connect(self._on_action)
        for signal in (walls.front_changed, walls.walls_changed, self.changed):
            signal.connect(self._show_name)

    def start(self) -> None:
        """Reads what was saved, and shows it."""
        self.change(lambda: None)

    def change(
        self, work: Callable[[], object], done: Callable[[Any], object] | None = None
    ) -> None:
        """Does something to the store off the window's thread, then shows what is there now."""
        store = self.store

        def whole() -> tuple[object, list[SavedView], list[SavedTour]]:
            return work(), store.views(), store.tours()

        def shown(found: tuple[object, list[SavedView], list[SavedTour]]) -> None:
            result, views, tours = found
            self._show(views, tours)
            if done is not None:
                done(result)

        self._dispatcher.start(
            self, whole, shown, self._window.notifier.error, lane="control", order="views"
        )

    def view(self, id: str) -> SavedView | None:
        """A view that is known."""
        return next((view for view in self.views if view.id == id), None)

    def tour(self, id: str) -> SavedTour | None:
        return next((tour for tour in self.tours if tour.id == id), None)

    def _show(self, views: Sequence[SavedView], tours: Sequence[SavedTour]) -> None:
        self.views, self.tours = tuple(views), tuple(tours)
        rows = [
            Row(
                kind=RowKind.VIEW,
                name=view.name,
                key=saved_key(RowKind.VIEW, view.id),
                note=_cameras(view),
            )
            for view in views
        ]
        rows += [
            Row(
                kind=RowKind.TOUR,
                name=tour.name,
                key=saved_key(RowKind.TOUR, tour.id),
                note=_stops(tour),
            )
            for tour in tours
        ]
        self._window.tree.show_saved(rows)
        nodes = [Group(key=row.key, name=row.name) for row in rows if row.key]
        # Spelling out Chinese names may take a while: nothing waits for it.
        self._dispatcher.start(
            self,
            lambda: self._services.search.index_also(_SEARCHED_AS, nodes),
            on_error=self._window.notifier.error,
            key=_SEARCHED_AS,
        )
        self._fill_menu()
        self.changed.emit()

    def _fill_menu(self) -> None:
        menu, act = self._window.views_button.choices, self._window.actions_
        self._tours_menu.clear()
        over_tabs = SavedTour(id="", name=_("The open tabs"))
        for tour in (*self.tours, over_tabs):
            action = self._tours_menu.addAction(plain.action(tour.name))
            action.triggered.connect(partial(self._start_tour, tour))
        self._tours_menu.addSeparator()
        for name in ("tour", "stop-tour", "new-tour"):
            self._tours_menu.addAction(act[name])
        menu.clear()
        for view in self.views:
            layout = layouts.BY_NAME.get(str(view.content.get("layout")), layouts.FIRST)
            action = menu.addAction(previews.icon(layout), plain.action(view.name))
            action.triggered.connect(partial(self._open_again, view.id))
        if self.views:
            menu.addSeparator()
        menu.addAction(act["save-view"])
        menu.addMenu(self._tours_menu)

    def _open_again(self, id: str, _on: bool = False) -> None:
        view = self.view(id)
        if view is not None:
            self.open(view)

    def _start_tour(self, tour: SavedTour, _on: bool = False) -> None:
        self.tour_asked.emit(tour)

    def _show_name(self) -> None:
        view = self.view(self._window.wall.front.view)
        self._window.views_button.show_view(view.name if view else "")

    # Saving

    def ask_name(self) -> NameDialog:
        """Asks for the name to save the wall in front under."""
        wall = self._window.wall.front
        view = self.view(wall.view)
        name = view.name if view else wall.name
        dialog = NameDialog(
            _("Save the wall as a view"),
            name,
            {view.name for view in self.views},
            replaces=True,
            parent=self._window,
        )
        dialog.chosen.connect(lambda name: self.save(wall, name))
        return _opened(dialog)

    def save(self, wall: Wall, name: str) -> None:
        """Keeps a wall under a name, in place of the view that has it."""
        plan = wall.plan().timeless()
        content = {**plan.as_json(), "mode": self._pictures.mode.value}
        lost = sum(bool(shown and shown.as_json() is None) for shown in plan.tiles)

        def saved(view: SavedView) -> None:
            if wall in self._window.wall.all:
                wall.view = view.id
                self._window.wall.rename(wall, view.name)
            self._pictures.wall_changed()
            self._window.notifier.good(
                _("The view {name} is saved.").format(name=view.name),
                ngettext(
                    "{n} tile shows an address, which a view does not keep.",
                    "{n} tiles show addresses, which a view does not keep.",
                    lost,
                ).format(n=lost)
                if lost
                else "",
            )

        self.change(lambda: self.store.save_view(name, content, replacing=True), saved)

    # Showing

    def open(self, view: SavedView, wall: Wall | None = None, *, name: str = "") -> None:
        """Shows a view on a wall, the one in front where none is given.

        The wall is called `name` then, or as the view.
        """
        target = wall or self._window.wall.front
        inventory = self._services.inventory

        def channel_of(key: Key) -> Channel | None:
            try:
                return inventory.channel(key)
            except ConsoleError:
                return None  # gone since: its tile stays empty

        def shown(plan: WallPlan) -> None:
            walls = self._window.wall
            if target not in walls.all:
                return
            self._pictures.prefer(_mode(view))
            target.view = view.id
            walls.rename(target, name or view.name)
            self._walls.open_plan(target, plan)
            missing = _named(view) - sum(shown is not None for shown in plan.tiles)
            if missing:
                self._window.notifier.info(
                    ngettext(
                        "{n} camera of the view {name} is no longer there.",
                        "{n} cameras of the view {name} are no longer there.",
                        missing,
                    ).format(n=missing, name=view.name)
                )

        self._dispatcher.start(
            self,
            lambda: WallPlan.from_json(view.content, channel_of),
            shown,
            self._window.notifier.error,
            key=("open", target.id),
        )

    # What the tree asks for

    def _on_action(self, name: str, key: Key) -> None:
        if key.account == RowKind.TOUR.value:
            tour = self.tour(key.native)
            if tour is not None:
                self._on_tour(name, tour)
            return
        view = self.view(key.native)
        if view is None:
            return
        if name == "open":
            self.open(view)
        elif name == "open-tab":
            self.open(view, self._window.wall.add(name=view.name))
        elif name == "replace":
            self._ask_replace(view)
        elif name == "rename":
            self.ask_new_name(view)
        elif name == "delete":
            self._ask_delete(view)

    def _on_tour(self, name: str, tour: SavedTour) -> None:
        if name == "open":
            self.tour_asked.emit(tour)
        elif name == "edit":
            self.tour_edited.emit(tour)
        elif name == "rename":
            self.ask_new_name(tour)
        elif name == "delete":
            self._ask_delete(tour)

    def ask_new_name(self, saved: SavedView | SavedTour) -> NameDialog:
        """Asks for another name of a view or a tour."""
        view = isinstance(saved, SavedView)
        others: set[str] = {one.name for one in (self.views if view else self.tours)}
        rename = self.store.rename_view if view else self.store.rename_tour
        title = _("Rename the view") if view else _("Rename the tour")
        dialog = NameDialog(title, saved.name, others - {saved.name}, parent=self._window)
        dialog.chosen.connect(
            lambda name: self.change(
                lambda: rename(saved.id, name), lambda _none: self._renamed(saved.id, name)
            )
        )
        return _opened(dialog)

    def _renamed(self, id: str, name: str) -> None:
        walls = self._window.wall
        for wall in walls.all:
            if wall.view == id:
                walls.rename(wall, name)

    def _ask_replace(self, view: SavedView) -> None:
        wall = self._window.wall.front
        confirm.ask(
            self._window,
            _("Replace the view"),
            _("Replace the view {name} by the wall as it is?").format(name=view.name),
            _("Its cameras and layout so far are forgotten."),
            _("Replace"),
            lambda: self.save(wall, view.name),
        )

    def _ask_delete(self, saved: SavedView | SavedTour) -> None:
        view = isinstance(saved, SavedView)
        delete = self.store.delete_view if view else self.store.delete_tour
        confirm.ask(
            self._window,
            _("Delete the view") if view else _("Delete the tour"),
            (_("Delete the view {name}?") if view else _("Delete the tour {name}?")).format(
                name=saved.name
            ),
            _("What is on the wall stays. Tours leave the view out from now on.")
            if view
            else _("Its views stay."),
            _("Delete"),
            lambda: self.change(lambda: delete(saved.id)),
        )


def _opened(dialog: NameDialog) -> NameDialog:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def _mode(view: SavedView) -> Mode:
    try:
        return Mode(str(view.content.get("mode")))
    except ValueError:
        return Mode.LIVE


def _named(view: SavedView) -> int:
    tiles = view.content.get("tiles")
    return sum(bool(tile) for tile in tiles) if isinstance(tiles, list) else 0


def _cameras(view: SavedView) -> str:
    count = _named(view)
    return ngettext("{n} camera", "{n} cameras", count).format(n=count)


def _stops(tour: SavedTour) -> str:
    if not tour.stops:
        return _("tabs")
    return ngettext("{n} view", "{n} views", len(tour.stops)).format(n=len(tour.stops))
