"""Rounds that devices go by themselves, where a platform documents how to begin and end one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from vsconsole.domain.capabilities import Cruises
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Channel, Cruise, Key
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import cruises_of, need_ability

if TYPE_CHECKING:
    from vsconsole.services.ptz import PtzService
    from vsconsole.work.lanes import Lanes

_log = logging.getLogger(__name__)


class CruiseService:
    """Lists, begins and ends cruises; its calls block.

    One that was begun here is ended before an operator's first movement is sent: what a device
    does with both at once is not documented. It goes on when the program ends.
    """

    def __init__(self, adapter: Callable[[str], object], lanes: Lanes, ptz: PtzService) -> None:
        self._adapter = adapter
        self._lanes = lanes
        self._lock = threading.Lock()
        self._begun: dict[Key, int] = {}
        self.changed: Listeners[[Key]] = Listeners()
        """Called on any thread when a cruise was begun or ended from here."""
        ptz.moved.connect(self._by_hand)

    def offered(self, channel: Channel) -> bool:
        """Whether the channel's platform documents cruises; makes the adapter."""
        adapter = self._adapter(channel.key.account)
        return isinstance(adapter, Cruises) and Ability.PRESETS in channel.abilities

    def all(self, channel: Channel) -> list[Cruise]:
        """The device's cruises by number."""
        return self._able(channel).cruises(channel)

    def begun(self, channel: Key) -> int | None:
        """The cruise that was begun from here and not ended since."""
        with self._lock:
            return self._begun.get(channel)

    def start(self, channel: Channel, index: int) -> None:
        """Begins a cruise, in place of another."""
        self._able(channel).cruise_start(channel, index)
        with self._lock:
            self._begun[channel.key] = index
        self.changed.emit(channel.key)

    def stop(self, channel: Channel) -> None:
        """Ends the channel's cruise, also one begun elsewhere."""
        self._able(channel).cruise_stop(channel)
        with self._lock:
            self._begun.pop(channel.key, None)
        self.changed.emit(channel.key)

    def _able(self, channel: Channel) -> Cruises:
        need_ability(channel, Ability.PRESETS)
        return cruises_of(self._adapter(channel.key.account))

    def _by_hand(self, channel: Channel) -> None:
        with self._lock:
            if self._begun.pop(channel.key, None) is None:
                return
        self._lanes.submit(
            "control",
            lambda: self._end(channel),
            order=("ptz", channel.key),
            party=channel.key.account,
        )
        self.changed.emit(channel.key)

    def _end(self, channel: Channel) -> None:
        try:
            self._able(channel).cruise_stop(channel)
        except ConsoleError as error:
            # The movement that follows tells the operator whether the camera obeys.
            _log.warning("a cruise of %s was not ended: %s", channel.key, type(error).__name__)
