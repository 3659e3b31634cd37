"""The pictures of events: fetched when somebody looks, kept in memory only."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import cancel
from vsconsole.domain.errors import BadResponse, NotFound, TimedOut
from vsconsole.domain.model import Event, Key
from vsconsole.i18n import _

if TYPE_CHECKING:
    from vsconsole.media.thumbs import Still
    from vsconsole.net.transport import Transport

LARGEST = 12 * 1024 * 1024
"""Bytes of one picture; cameras of today make some 3 MB."""
KEPT = 32 * 1024 * 1024
"""Bytes of all pictures that are kept."""
LONGEST = 30.0
"""Seconds until a picture has to be here whole."""


def shrunk(data: bytes, width: int, height: int) -> Still:
    """A picture's file made to fit `width` by `height`; see `media.thumbs.still`."""
    from vsconsole.media import thumbs

    return thumbs.still(data, width, height)


class EventPictures:
    """Fetches pictures by the addresses that events came with; thread-safe.

    `transport` gives an account's way to the network. Nothing of what it brings goes to
    the disk: an address may hold a token, and a picture a face.
    """

    def __init__(self, transport: Callable[[str], Transport], *, kept: int = KEPT) -> None:
        self._transport = transport
        self._most = kept
        self._lock = threading.Lock()
        self._pictures: OrderedDict[tuple[Key, str], bytes] = OrderedDict()
        self._size = 0

    def fetch(self, event: Event) -> bytes:
        """The picture's file as the vendor keeps it; blocks, and ends when called off.

        NotFound for an event without a picture, InvalidInput for an address that is neither http
        nor https, BadResponse for one that is empty or too large, and what the way there raises:
        StreamExpired where the address is no longer valid.
        """
        name = (event.channel, event.id)
        with self._lock:
            if name in self._pictures:
                self._pictures.move_to_end(name)
                return self._pictures[name]
        if not event.picture:
            raise NotFound(_("This event came without a picture."))
        data = self._read(event)
        with self._lock:
            self._size += len(data) - len(self._pictures.pop(name, b""))
            self._pictures[name] = data
            while self._size > self._most and len(self._pictures) > 1:
                _oldest, dropped = self._pictures.popitem(last=False)
                self._size -= len(dropped)
        return data

    def forget(self, account_id: str) -> None:
        """Drops the pictures of an account."""
        with self._lock:
            for name in [one for one in self._pictures if one[0].account == account_id]:
                self._size -= len(self._pictures.pop(name))

    def _read(self, event: Event) -> bytes:
        until = monotonic() + LONGEST
        body = bytearray()
        with self._transport(event.channel.account).stream(event.picture) as stream:
            if stream.length is not None and stream.length > LARGEST:
                raise _too_large()
            while chunk := stream.read():
                cancel.check()
                body += chunk
                if len(body) > LARGEST:
                    raise _too_large()
                if monotonic() > until:
                    raise TimedOut(_("The picture did not arrive in time."))
        if not body:
            raise BadResponse(_("The picture is empty."))
        return bytes(body)


def _too_large() -> BadResponse:
    return BadResponse(_("The picture is too large to be real."), retryable=False)
