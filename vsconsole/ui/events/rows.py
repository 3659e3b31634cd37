"""One event as the list shows it, and the words for its time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from vsconsole.domain.model import Event, Key
from vsconsole.i18n import _, listed, ngettext
from vsconsole.ui.timeline import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event with what belongs to its line: the camera's name and zone, the account's name.

    `number` orders two that begin together. `old` ones were told in an earlier run, of which no
    picture's address is kept.
    """

    event: Event
    number: int
    place: str
    account: str
    zone: str
    old: bool = False

    @property
    def has_picture(self) -> bool:
        """Whether there may be a picture of it."""
        return bool(self.event.picture) or self.old

    @property
    def order(self) -> tuple[float, int]:
        """Ascending from the newest."""
        return (-self.event.begin.timestamp(), -self.number)

    @property
    def name(self) -> Hashable:
        """Names the event for ever."""
        return self.event.channel, self.event.id

    @property
    def channel(self) -> Key:
        return self.event.channel

    @property
    def words(self) -> str:
        """What happened in one line: the kind, and what is told of it."""
        parts = (self.event.title, " ".join(self.event.text.split()))
        return " · ".join(part for part in parts if part) or self.event.kind


def when_text(row: EventRow, today: datetime) -> str:
    """Its time in the camera's zone, as short as it can be on the day of `today`: "08:41:55"."""
    zone = ZoneInfo(row.zone)
    local, day = row.event.begin.astimezone(zone), today.astimezone(zone)
    if local.date() == day.date():
        return f"{local:%H:%M:%S}"
    return f"{local:%m-%d %H:%M:%S}" if local.year == day.year else f"{local:%Y-%m-%d %H:%M}"


def full_time(row: EventRow) -> str:
    """Its time with day and zone, and how long it took where that is known."""
    begin, end = row.event.begin, row.event.end
    text = f"{texts.stamp(begin, row.zone)} {texts.offset_text(begin, row.zone)}"
    if end is not None and end > begin:
        text += " · " + texts.duration_text((end - begin).total_seconds())
    return text


def spoken(row: EventRow) -> str:
    """The row for those who hear it."""
    return listed(part for part in (full_time(row), row.place, row.words, row.account) if part)


def age_text(seconds: float) -> str:
    """How old what is shown is, no finer than it matters."""
    minutes = int(seconds // 60)
    if minutes < 5:
        return _("up to date")
    if minutes < 120:
        return ngettext("{n} min old", "{n} min old", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 48:
        return ngettext("{n} h old", "{n} h old", hours).format(n=hours)
    days = hours // 24
    return ngettext("{n} day old", "{n} days old", days).format(n=days)
