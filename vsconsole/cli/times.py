"""Times as they are typed and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.timeline import Span
from vsconsole.i18n import _


def parse(text: str, zone: str, field: str) -> tuple[datetime, bool]:
    """An ISO 8601 time as UTC, and whether it was read in `zone` for lack of an offset."""
    try:
        when = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            _("{text} is not a time.").format(text=text),
            field=field,
            remedy=_("Write it as 2026-11-20T08:42:49+08:00, or without the offset."),
        ) from None
    naive = when.tzinfo is None
    if naive:
        when = when.replace(tzinfo=ZoneInfo(zone))
        # An hour that the clocks skip does not survive the way to UTC and back.
        if when.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != when.replace(
            tzinfo=None
        ):
            raise InvalidInput(
                _("{text} does not exist in {zone}: the clocks skip it.").format(
                    text=text, zone=zone
                ),
                field=field,
                remedy=_("Give the time with its offset."),
            )
    try:
        return when.astimezone(UTC), naive
    except OverflowError:
        raise InvalidInput(_("{text} is too far away.").format(text=text), field=field) from None


def span(begin: str, end: str, zone: str) -> tuple[Span, bool]:
    """The range between two typed times, and whether `zone` was needed to read them."""
    first, naive = parse(begin, zone, "from")
    last, also_naive = parse(end, zone, "to")
    if last <= first:
        raise InvalidInput(_("The end has to be after the begin."), field="to")
    return Span(first, last), naive or also_naive


def show(when: datetime, zone: str) -> str:
    """An instant as ISO 8601 in `zone` with its offset, milliseconds only where there are any."""
    local = when.astimezone(ZoneInfo(zone))
    return local.isoformat(timespec="milliseconds" if local.microsecond else "seconds")


def zone_note(zone: str) -> str:
    """Says in which zone times without an offset were read."""
    return _("Times without an offset were read in {zone}.").format(zone=zone)
