"""PTZ and presets of the selected tile's camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import ConsoleError, Unsupported
from vsconsole.domain.model import Ability, Channel, Key
from vsconsole.i18n import _
from vsconsole.services.presets import PresetPage
from vsconsole.ui.desk.patrols import PatrolDesk
from vsconsole.ui.desk.ptz_mode import PtzMode
from vsconsole.ui.desk.ptz_pictures import PresetPictures
from vsconsole.ui.desk.ptz_steer import Hand, Steering
from vsconsole.ui.events.thumbs import decoded
from vsconsole.ui.panels.presets import PICTURE

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher


class CameraDesk(QObject):
    """Binds the PTZ panel to the selected tile; a movement ends with the selection.

    `mode` is the steering by keys and mouse, `patrols` what goes round by itself.
    """

    _failed = Signal(object, object)
    _released = Signal(object)
    _answered = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        services: Services,
        pictures: PicturesDesk,
        dispatcher: Dispatcher,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._pictures = pictures
        self._dispatcher = dispatcher
        self._channel: Channel | None = None
        self.steering = Steering(services.ptz, self)
        self.mode = PtzMode(window, services, self.steering, self._goto)
        self.patrols = PatrolDesk(window, services, dispatcher)
        self._taken = PresetPictures(self.mode.tiles, services, dispatcher, self)
        panel = window.ptz
        pictures.session_changed.connect(self._follow)
        self.steering.lost.connect(self._on_lost)
        self.patrols.changed.connect(self.mode.repaint)
        self._taken.taken.connect(self._on_taken)
        panel.hold.connect(lambda move, speed: self.steering.hold(Hand.PAD, move, speed))
        panel.release.connect(lambda: self.steering.release(Hand.PAD))
        panel.stop.connect(self._stop)
        panel.presets_ordered.connect(self._order)
        panel.preset_goto.connect(self._goto)
        panel.preset_set.connect(self._set)
        panel.preset_rename.connect(self._rename)
        panel.preset_delete.connect(self._delete)
        panel.presets_wanted.connect(self._load_presets)
        self._failed.connect(self._tell)
        self._released.connect(self._on_released)
        self._answered.connect(self._on_answered)
        self._unlisten = (
            services.ptz.failed.connect(self._failed.emit),
            services.ptz.released.connect(self._released.emit),
            services.ptz.answered.connect(self._answered.emit),
        )

    def close(self) -> None:
        """Stops whatever moves; the services may outlive this window."""
        self.mode.close()
        self.steering.release_all()
        self.patrols.close()
        self._taken.close()
        for unlisten in self._unlisten:
            unlisten()

    def _follow(self) -> None:
        session = self._pictures.session
        channel = session.channel if session else None
        self.mode.attach()
        if channel == self._channel:
            self.mode.repaint()
            return
        self.steering.show(channel)
        self._channel = channel
        self.patrols.show(channel)
        self._dispatcher.cancel(self, "moves")
        self._dispatcher.cancel(self, "presets")
        panel = self._window.ptz
        panel.show_presets((), range(0))
        panel.show_round_trip(self._services.ptz.meter.of(channel.key) if channel else None)
        if channel is None:
            panel.show_channel(None)
            return
        panel.show_channel(channel, (), _("Asking what this camera can do…"))
        self._dispatcher.start(
            self,
            lambda: self._services.ptz.moves(channel),
            lambda moves: self._show(channel, moves),
            lambda error: panel.show_channel(channel, (), str(error)),
            key="moves",
            party=channel.key.account,
        )

    def _show(self, channel: Channel, moves: frozenset[PtzMove]) -> None:
        if channel != self._channel:
            return
        self.steering.show(channel, moves)
        reason = "" if moves else _why_not(channel)
        self._window.ptz.show_channel(channel, moves, reason)
        if Ability.PRESETS in channel.abilities:
            self._load_presets()

    def _stop(self) -> None:
        """Everything stands still: what the hand holds, and what goes round by itself."""
        self.steering.release_all()
        if self._channel:
            self._services.ptz.take(self._channel)
            self._services.ptz.stop(self._channel)

    def _on_lost(self, hand: Hand) -> None:
        if hand is Hand.PAD:
            self._window.ptz.release_all()

    def _on_released(self, key: Key) -> None:
        if self._channel is not None and self._channel.key == key:
            self.steering.ended()

    def _on_answered(self, key: Key) -> None:
        if self._channel is not None and self._channel.key == key:
            self._window.ptz.show_round_trip(self._services.ptz.meter.of(key))

    # Presets

    def _load_presets(self) -> None:
        channel = self._channel
        if channel is None:
            return
        presets = self._services.presets
        ratio = self._window.devicePixelRatioF()

        def work() -> tuple[PresetPage, dict[int, QImage]]:
            page = presets.page(channel)
            return page, {index: _image(data, ratio) for index, data in page.pictures.items()}

        def shown(result: tuple[PresetPage, dict[int, QImage]]) -> None:
            page, pictures = result
            if channel == self._channel:
                self._window.ptz.show_presets(
                    page.presets, page.numbers, pictures=pictures, here=page.here
                )

        def failed(error: ConsoleError) -> None:
            if channel != self._channel:
                return
            if isinstance(error, Unsupported):
                self._window.ptz.show_presets((), range(0))
            else:
                self._window.ptz.show_presets_error(str(error))

        self._window.ptz.show_presets_loading()
        self._dispatcher.start(self, work, shown, failed, key="presets", party=channel.key.account)

    def _on_taken(self, key: Key) -> None:
        if self._channel is not None and self._channel.key == key:
            self._load_presets()

    def _goto(self, index: int) -> None:
        if self._channel is not None:
            self.steering.release_all()
            self._services.ptz.take(self._channel)
            self._preset(lambda channel: self._services.presets.goto(channel, index))

    def _set(self, index: int, name: str) -> None:
        self._preset(
            lambda channel: self._services.presets.store(channel, index, name),
            renew=True,
            then=lambda channel: self._taken.stored(channel, index),
        )

    def _order(self, indexes: list[int]) -> None:
        self._preset(lambda channel: self._services.presets.order(channel, indexes), renew=True)

    def _rename(self, index: int, name: str) -> None:
        self._preset(
            lambda channel: self._services.presets.rename(channel, index, name), renew=True
        )

    def _delete(self, index: int) -> None:
        self._preset(lambda channel: self._services.presets.delete(channel, index), renew=True)

    def _preset(
        self,
        call: Callable[[Channel], None],
        *,
        renew: bool = False,
        then: Callable[[Channel], object] | None = None,
    ) -> None:
        channel = self._channel
        if channel is None:
            return

        def done(_nothing: None) -> None:
            if then is not None:
                then(channel)
            if renew and channel == self._channel:
                self._load_presets()

        self._dispatcher.start(
            self,
            lambda: call(channel),
            done,
            self._window.notifier.error,
            lane="control",
            order=("ptz", channel.key),
            party=channel.key.account,
        )

    def _tell(self, _key: Key, error: ConsoleError) -> None:
        self._window.notifier.error(error)


def _image(data: bytes, ratio: float) -> QImage:
    """A preset's picture; none where the file is damaged, the next visit makes another."""
    try:
        return decoded(data, PICTURE, ratio)
    except ConsoleError:
        return QImage()


def _why_not(channel: Channel) -> str:
    if Ability.PTZ not in channel.abilities:
        return _("This camera cannot be moved: its platform lists it as fixed.")
    return _("This account's vendor cannot move cameras.")
