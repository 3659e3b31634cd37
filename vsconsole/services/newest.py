"""Where a channel's newest footage begins, for an operator who has not said which moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vsconsole.domain.model import Channel, Store, now
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.services.footage import Footage
from vsconsole.services.needs import records_of

_LOOK_BACK = (timedelta(days=1), timedelta(days=7), timedelta(days=31))
_LEAD = timedelta(minutes=5)
_LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


def newest_begin(
    adapter: Callable[[str], object], footage: Footage, channel: Channel, store: Store
) -> datetime | None:
    """Five minutes before the end of the newest recording, or its begin where it is shorter.

    Looks back a month; on this computer, as far as there are files, and then the first file of the
    newest day, since people open a folder to see it from its start. None where nothing is found.
    Blocks, and raises what kept it from being known.
    """
    if store is Store.LOCAL:
        records = records_of(adapter(channel.key.account))
        found = SegmentSet.of(records.segments(channel, store, Span(_LONG_AGO, now())))
        bounds = found.bounds
        if bounds is None:
            return None
        return found.snap(bounds.end - timedelta(days=1))
    for back in _LOOK_BACK:
        found = footage.ensure(channel, store, Span(now() - back, now())).joined()
        last = found.previous_before(now())
        if last is not None:
            return max(last.begin, last.end - _LEAD)
    return None
