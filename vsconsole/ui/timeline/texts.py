"""Times, zones, stores and kinds as the timeline words them, in the current language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale

from vsconsole.domain.model import Store
from vsconsole.domain.timeline import SegmentKind
from vsconsole.i18n import N_, _, language, pgettext

_STORES = {Store.CLOUD: N_("cloud"), Store.DEVICE: N_("device"), Store.LOCAL: N_("local")}
_KINDS = {
    SegmentKind.UNKNOWN: N_("recorded"),
    SegmentKind.CONTINUOUS: N_("continuous"),
    SegmentKind.BACKUP: N_("backup"),
    SegmentKind.MANUAL: N_("manual"),
    SegmentKind.EVENT: N_("event"),
    SegmentKind.ALARM: N_("alarm"),
}


def store_text(store: Store) -> str:
    """Where a recording lies, in one word."""
    return _(_STORES[store])


def kind_text(kind: SegmentKind) -> str:
    """Why it was recorded, in one word."""
    return _(_KINDS[kind])


def locale() -> QLocale:
    """The locale of the program's language, for names of months and days."""
    return QLocale(language())


def offset_text(when: datetime, zone: str) -> str:
    """The zone's distance from UTC at an instant, as "UTC+8" or "UTC+5:45"."""
    offset = when.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes >= 0 else "\u2212"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"


def stamp(when: datetime, zone: str, *, milliseconds: bool = False) -> str:
    """Date and time of an instant in `zone`, as "2026-11-20 08:42:49"."""
    local = when.astimezone(ZoneInfo(zone))
    text = f"{local:%Y-%m-%d %H:%M:%S}"
    return f"{text}.{local.microsecond // 1000:03}" if milliseconds else text


def clock(when: datetime, zone: str, *, milliseconds: bool = False) -> str:
    """Time of day of an instant in `zone`, as "08:42:49"."""
    return stamp(when, zone, milliseconds=milliseconds)[11:]


def duration_text(seconds: float) -> str:
    """A length in the two largest units that fit: "1 h 05 min", "45 min", "12 s"."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return _("{hours} h {minutes:02} min").format(hours=hours, minutes=minutes)
    if minutes and left:
        return _("{minutes} min {seconds:02} s").format(minutes=minutes, seconds=left)
    if minutes:
        return _("{minutes} min").format(minutes=minutes)
    return _("{seconds} s").format(seconds=left)


def day_text(day: date) -> str:
    """A day as a short ruler label: "20 Nov"."""
    return locale().toString(QDate(day.year, day.month, day.day), pgettext("day", "d MMM"))


def long_day_text(day: date) -> str:
    """A day in full, for accessible text and hints: "Friday 20 November 2026"."""
    shape = pgettext("full day", "dddd d MMMM yyyy")
    return locale().toString(QDate(day.year, day.month, day.day), shape)


def corner_day_text(day: date, *, year: bool = False) -> str:
    """The day at the left edge of the ruler: "Fri 20 Nov", or with its year "20 Nov 2026"."""
    shape = (
        pgettext("date", "d MMM yyyy")
        if year
        else pgettext("day of the week and date", "ddd d MMM")
    )
    return locale().toString(QDate(day.year, day.month, day.day), shape)


def month_text(year: int, month: int) -> str:
    """A month with its year: "November 2026"."""
    return locale().toString(QDate(year, month, 1), pgettext("month", "MMMM yyyy"))


def short_month_text(year: int, month: int) -> str:
    """A month as a ruler label: "Nov 2026"."""
    return locale().toString(QDate(year, month, 1), pgettext("short month", "MMM yyyy"))


def narrow_days(first: int) -> tuple[str, ...]:
    """The shortest names of the days of a week that begins with day `first`, 1 for Monday."""
    return _narrow_days(first, language())


@lru_cache(maxsize=16)
def _narrow_days(first: int, spoken: str) -> tuple[str, ...]:
    names = QLocale(spoken)
    narrow = QLocale.FormatType.NarrowFormat
    return tuple(names.standaloneDayName((first - 1 + n) % 7 + 1, narrow) for n in range(7))
