"""Whose the media is that a player fetches by an address: an address does not say so itself."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING

from vsconsole.domain.model import Key

if TYPE_CHECKING:
    from vsconsole.domain.playback import MediaSource
    from vsconsole.net.transport import ByteStream, Transport

MOST = 256
"""So many addresses are remembered, the newest; they are kept in memory only."""


class Traffic:
    """Notes for which channel each address was given out, and opens those the player asks for.

    Thread-safe. `transport` gives an account's way to the network, "" for nobody's.
    """

    def __init__(self, transport: Callable[[str], Transport]) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._owners: OrderedDict[str, Key] = OrderedDict()
        self._counted: set[Key] = set()

    def given(self, channel: Key, source: MediaSource) -> MediaSource:
        """Notes that `source` is what plays the channel now, and gives it back."""
        with self._lock:
            self._owners[source.url] = channel
            self._owners.move_to_end(source.url)
            while len(self._owners) > MOST:
                self._owners.popitem(last=False)
            self._counted.discard(channel)
        return source

    def open_stream(self, source: MediaSource) -> ByteStream:
        """The bytes of an address, counted for the account it was given out for."""
        with self._lock:
            owner = self._owners.get(source.url)
            if owner is not None:
                self._counted.add(owner)
        return self._transport(owner.account if owner else "").stream(source)

    def counted(self, channel: Key) -> bool:
        """Whether what plays the channel now is counted here; else libVLC fetches it itself."""
        with self._lock:
            return channel in self._counted
