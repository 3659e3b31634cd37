"""PTZ and presets of the selected tile's camera."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import ConsoleError, Unsupported
from vsconsole.domain.model import Ability, Channel, Key, Preset
from vsconsole.i18n import _

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.desk.pictures import PicturesDesk
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher


class CameraDesk(QObject):
    """Binds the PTZ panel to the selected tile; a movement ends with the selection."""

    _failed = Signal(object, object)

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
        panel = window.ptz
        pictures.session_changed.connect(self._follow)
        panel.hold.connect(self._hold)
        panel.release.connect(self._release)
        panel.preset_goto.connect(self._goto)
        panel.preset_set.connect(self._set)
        panel.preset_rename.connect(self._rename)
        panel.preset_delete.connect(self._delete)
        panel.presets_wanted.connect(self._load_presets)
        self._failed.connect(self._tell)
        self._unlisten = services.ptz.failed.connect(self._failed.emit)

    def close(self) -> None:
        """Stops whatever moves; the services may outlive this window."""
        self._release()
        self._unlisten()

    def _follow(self) -> None:
        session = self._pictures.session
        channel = session.channel if session else None
        if channel == self._channel:
            return
        self._release()
        self._channel = channel
        self._dispatcher.cancel(self, "moves")
        self._dispatcher.cancel(self, "presets")
        panel = self._window.ptz
        panel.show_presets((), range(0))
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
        reason = "" if moves else _why_not(channel)
        self._window.ptz.show_channel(channel, moves, reason)
        if Ability.PRESETS in channel.abilities:
            self._load_presets()

    def _hold(self, move: PtzMove, speed: float) -> None:
        if self._channel:
            self._services.ptz.hold(self._channel, move, speed)

    def _release(self) -> None:
        if self._channel:
            self._services.ptz.release(self._channel)

    # Presets

    def _load_presets(self) -> None:
        channel = self._channel
        if channel is None:
            return
        presets = self._services.presets

        def work() -> tuple[list[Preset], range]:
            return presets.all(channel), presets.numbers(channel)

        def shown(result: tuple[list[Preset], range]) -> None:
            if channel == self._channel:
                self._window.ptz.show_presets(*result)

        def failed(error: ConsoleError) -> None:
            if channel != self._channel:
                return
            if isinstance(error, Unsupported):
                self._window.ptz.show_presets((), range(0))
            else:
                self._window.ptz.show_presets_error(str(error))

        self._window.ptz.show_presets_loading()
        self._dispatcher.start(self, work, shown, failed, key="presets", party=channel.key.account)

    def _goto(self, index: int) -> None:
        self._preset(lambda channel: self._services.presets.goto(channel, index))

    def _set(self, index: int, name: str) -> None:
        self._preset(lambda channel: self._services.presets.store(channel, index, name), renew=True)

    def _rename(self, index: int, name: str) -> None:
        self._preset(
            lambda channel: self._services.presets.rename(channel, index, name), renew=True
        )

    def _delete(self, index: int) -> None:
        self._preset(lambda channel: self._services.presets.delete(channel, index), renew=True)

    def _preset(self, call: Callable[[Channel], None], *, renew: bool = False) -> None:
        channel = self._channel
        if channel is None:
            return

        def done(_nothing: None) -> None:
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


def _why_not(channel: Channel) -> str:
    if Ability.PTZ not in channel.abilities:
        return _("This camera cannot be moved: its platform lists it as fixed.")
    return _("This account's vendor cannot move cameras.")
