"""Where a moment can be played from: the store that recorded it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vsconsole.domain.errors import Cancelled, ConsoleError
from vsconsole.domain.model import Channel, Store
from vsconsole.domain.timeline import Span

if TYPE_CHECKING:
    from vsconsole.services.footage import Footage

NEAR = timedelta(seconds=60)
"""A recording that an event started may begin so much later than what started it."""


def store_with(
    footage: Footage, channel: Channel, when: datetime, prefer: Store | None = None
) -> Store | None:
    """The store that recorded `when`, else the one that went on soonest after; None for neither.

    `prefer` is asked first. Blocks. Where a store could not be asked and no other one has it, what
    kept it from being known is raised.
    """
    stores = sorted(channel.stores, key=lambda store: store is not prefer)
    soonest: tuple[datetime, Store] | None = None
    failed: ConsoleError | None = None
    for store in stores:
        try:
            found = footage.ensure(channel, store, Span(when - NEAR, when + NEAR))
        except Cancelled:
            raise
        except ConsoleError as error:
            failed = failed or error
            continue
        begin = found.snap(when)
        if begin == when:
            return store
        if begin is not None and begin - when < NEAR and (not soonest or begin < soonest[0]):
            soonest = (begin, store)
    if soonest is not None:
        return soonest[1]
    if failed is not None:
        raise failed
    return None
