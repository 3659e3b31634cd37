"""Small pictures of presets: what is on screen a moment after a camera was sent there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Key
from vsconsole.player.backend import PlayerState
from vsconsole.ui.wall.session import Mode

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.wall.tile import Tile
    from vsconsole.work.qt import Dispatcher

_ARRIVED_MS = 4000
"""Time to get there and for the picture of it to arrive: no vendor says when a camera is there."""

_FRESH = 900.0
"""Seconds for which a picture is not taken again: a patrol comes by all the time."""


class PresetPictures(QObject):
    """Takes the pictures by itself; `taken` (channel's key) when there is a new one to show."""

    taken = Signal(object)
    _went = Signal(object, int)

    def __init__(
        self,
        tiles: Callable[[], Sequence[Tile]],
        services: Services,
        dispatcher: Dispatcher,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tiles = tiles
        self._services = services
        self._dispatcher = dispatcher
        self._waiting: dict[Key, QTimer] = {}
        self._last: dict[tuple[Key, int], float] = {}
        self._went.connect(self._wait)
        self._unlisten = (
            services.presets.went.connect(self._went.emit),
            services.ptz.moved.connect(lambda channel: self._drop(channel.key)),
        )

    def close(self) -> None:
        """Takes no more."""
        for unlisten in self._unlisten:
            unlisten()
        for key in list(self._waiting):
            self._drop(key)

    def stored(self, channel: Channel, index: int) -> None:
        """The present position is a preset from now on."""
        self._last.pop((channel.key, index), None)
        # At once, should the operator move on; and again, since live pictures come late.
        self._take(channel, index)
        self._last.pop((channel.key, index), None)
        self._wait(channel, index)

    def _wait(self, channel: Channel, index: int) -> None:
        self._drop(channel.key)
        taken = self._last.get((channel.key, index))
        if taken is not None and monotonic() - taken < _FRESH:
            return
        timer = QTimer(self, interval=_ARRIVED_MS, singleShot=True)

        def arrived() -> None:
            self._drop(channel.key)
            self._take(channel, index)

        timer.timeout.connect(arrived)
        self._waiting[channel.key] = timer
        timer.start()

    def _drop(self, key: Key) -> None:
        timer = self._waiting.pop(key, None)
        if timer is not None:
            timer.stop()
            timer.deleteLater()

    def _take(self, channel: Channel, index: int) -> None:
        image = self._live_picture(channel.key)
        if image is None:
            return
        self._last[channel.key, index] = monotonic()
        presets = self._services.presets

        def work() -> None:
            presets.keep_picture(
                channel,
                index,
                bytes(image.constBits()),
                (image.width(), image.height()),
                image.bytesPerLine(),
            )

        self._dispatcher.start(
            self,
            work,
            lambda _nothing: self.taken.emit(channel.key),
            self._not_kept,
            key=("picture", channel.key, index),
            party=channel.key.account,
        )

    def _live_picture(self, key: Key) -> QImage | None:
        """A copy of what a tile shows of the channel just now; None where it shows nothing new."""
        for tile in self._tiles():
            session = tile.session
            if (
                session is not None
                and session.channel is not None
                and session.channel.key == key
                and session.mode is Mode.LIVE
                and session.state is PlayerState.PLAYING
            ):
                image = tile.grab_frame()
                if not image.isNull():
                    return image
        return None

    def _not_kept(self, _error: ConsoleError) -> None:
        """A picture less: nothing an operator has to know at once, the next visit makes one."""
