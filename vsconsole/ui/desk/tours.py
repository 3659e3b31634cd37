"""Tours: views or tabs one after the other, until somebody touches the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from vsconsole.i18n import _
from vsconsole.store.views import SavedTour, SavedView
from vsconsole.ui.dialogs.tour import TourDialog
from vsconsole.ui.wall.wall import Wall

if TYPE_CHECKING:
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.desk.views import ViewsDesk
    from vsconsole.ui.main_window import MainWindow

_SECOND_MS = 1_000
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
_HANDS = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
    QEvent.Type.DragEnter,
)
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """One thing a tour shows, for so many seconds."""

    name: str
    seconds: int
    view: SavedView | None = None
    wall: Wall | None = None


class TourDesk(QObject):
    """Runs one tour at a time.

    Views are shown in a tab of the tour's own. Any click, key, or turn of the wheel pauses it; what
    is shown stays then. The sound follows no tour.
    """

    def __init__(self, window: MainWindow, pictures: PicturesDesk, views: ViewsDesk) -> None:
        super().__init__(window)
        self._window = window
        self._walls = window.wall
        self._bar = window.wall.tour_bar
        self._pictures = pictures
        self._views = views
        self._tour: SavedTour | None = None
        self._last: SavedTour | None = None
        self._place = 0
        self._left = 0
        self._stop: _Stop | None = None
        self._wall: Wall | None = None
        self._second = QTimer(self, interval=_SECOND_MS)
        self._connect()

    def _connect(self) -> None:
        act = self._window.actions_
        self._second.timeout.connect(self._tick)
        self._bar.pause_asked.connect(self.toggle)
        self._bar.end_asked.connect(self.end)
        self._views.tour_asked.connect(self.start)
        self._views.tour_edited.connect(self.edit)
        self._walls.walls_changed.connect(self._on_walls)
        self._walls.used.connect(self._on_hand)
        act["tour"].triggered.connect(self.toggle)
        act["stop-tour"].triggered.connect(self.end)
        act["new-tour"].triggered.connect(lambda: self.edit(None))

    @property
    def tour(self) -> SavedTour | None:
        """The tour that is running or paused."""
        return self._tour

    @property
    def running(self) -> bool:
        """Whether it goes on by itself."""
        return self._second.isActive()

    def start(self, tour: SavedTour) -> None:
        """Begins a tour, in place of another."""
        self.end()
        if not self._stops(tour):
            self._window.notifier.info(
                _("The tour {name} has nothing to show.").format(name=tour.name),
                _("Save a view first, or open more tabs."),
            )
            return
        self._tour = self._last = tour
        self._place = -1
        self._run()
        self._next()

    def toggle(self) -> None:
        """Pauses the tour, lets it go on, or starts the one that ran last."""
        if self.running:
            self.pause()
        elif self._tour is not None:
            self._run()
            self._show_stop()
        else:
            self.start(self._last_tour())

    def _last_tour(self) -> SavedTour:
        known = self._views.tours
        if self._last is not None:
            again = next((tour for tour in known if tour.id == self._last.id), None)
            if again is not None:
                return again
        return known[0] if known else SavedTour(id="", name=_("The open tabs"))

    def _run(self) -> None:
        self._pictures.sound.be_quiet(True)
        self._second.start()
        _application().installEventFilter(self)

    def pause(self) -> None:
        """Stays at what is shown; the sound waits until the operator turns to a tile."""
        if self.running:
            self._second.stop()
            _application().removeEventFilter(self)
            self._say()

    def end(self) -> None:
        """Ends the tour; what is on the wall stays. Safe to repeat."""
        self.pause()
        self._tour = self._stop = None
        self._bar.hide()

    def _stops(self, tour: SavedTour) -> Sequence[_Stop]:
        if tour.stops:
            return [
                _Stop(name=view.name, seconds=stop.seconds, view=view)
                for stop in tour.stops
                if (view := self._views.view(stop.view)) is not None
            ]
        tabs = [wall for wall in self._walls.all if wall not in self._walls.windows]
        return [_Stop(name=wall.title, seconds=tour.seconds, wall=wall) for wall in tabs]

    def _tick(self) -> None:
        self._left -= 1
        if self._left > 0:
            self._say()
        else:
            self._next()

    def _next(self) -> None:
        self._place += 1
        self._show_stop()

    def _show_stop(self) -> None:
        """Shows the stop whose turn it is; what it shows may have changed since the last round."""
        tour = self._tour
        stops = self._stops(tour) if tour else ()
        if tour is None or not stops:
            self.end()
            return
        self._place %= len(stops)
        stop = stops[self._place]
        self._left = max(1, stop.seconds)
        self._stop = stop
        if stop.wall is not None:
            self._walls.bring(stop.wall)
        elif stop.view is not None:
            wall = self._own_wall(tour)
            self._walls.bring(wall)
            if wall.view != stop.view.id or wall.empty:
                self._views.open(stop.view, wall, name=tour.name)
        self._say()

    def _own_wall(self, tour: SavedTour) -> Wall:
        if self._wall is None or self._wall not in self._walls.all:
            self._wall = self._walls.add(name=tour.name)
        return self._wall

    def _say(self) -> None:
        tour, stop = self._tour, self._stop
        if tour is None or stop is None:
            return
        count = len(self._stops(tour))
        if self.running:
            self._bar.show_running(tour.name, stop.name, self._place + 1, count, self._left)
        else:
            self._bar.show_paused(tour.name, stop.name, self._place + 1, count)

    def _on_walls(self) -> None:
        # Its tab closed by hand, the operator has had enough of it.
        if self._wall is not None and self._wall not in self._walls.all:
            self._wall = None
            if self._stop is not None and self._stop.view is not None:
                self.end()

    def _on_hand(self) -> None:
        if not self.running:
            self._pictures.sound.be_quiet(False)

    # Whoever touches the desk pauses the tour

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _HANDS:
            if not (isinstance(watched, QWidget) and self._bar.isAncestorOf(watched)):
                self.pause()
        elif kind in _KEYS and isinstance(event, QKeyEvent) and self._stops_it(event):
            self.pause()
            # Escape goes one level up at a time: first the tour pauses.
            return bool(event.key() == Qt.Key.Key_Escape)
        return False

    def _stops_it(self, event: QKeyEvent) -> bool:
        if event.key() in _MODIFIERS:
            return False
        if event.key() == Qt.Key.Key_Escape:
            return event.type() == QEvent.Type.KeyPress
        pressed = QKeySequence(event.keyCombination())
        act = self._window.actions_
        own = (*act["tour"].shortcuts(), *act["stop-tour"].shortcuts())
        return pressed not in own

    # Making and changing

    def edit(self, tour: SavedTour | None) -> TourDialog:
        """Opens the form of a tour, or of a new one."""
        self.pause()
        views = self._views
        taken = {one.name for one in views.tours if tour is None or one.id != tour.id}
        dialog = TourDialog(views.views, tour, taken, parent=self._window)
        store = views.store

        def chosen(name: str, stops: Sequence[object], seconds: int) -> None:
            views.change(
                lambda: store.save_tour(
                    name,
                    stops,  # type: ignore[arg-type]
                    seconds=seconds,
                    id=tour.id if tour else "",
                )
            )

        dialog.chosen.connect(chosen)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog


def _application() -> QApplication:
    app = QApplication.instance()
    assert isinstance(app, QApplication), "a desk needs one"
    return app
