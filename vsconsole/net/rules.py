"""What the parameters of a call must keep to together, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _, ngettext


class Rule(Protocol):
    """Something parameters must keep to together."""

    def check(self, values: Mapping[str, Any]) -> None:
        """Raises InvalidInput where `values` break the rule."""
        ...

    def describe(self) -> str:
        """The rule in words, for forms and help."""
        ...


@dataclass(frozen=True, slots=True)
class Exclusive:
    """At most one of `names` may be given."""

    names: tuple[str, ...]

    def check(self, values: Mapping[str, Any]) -> None:
        given = [name for name in self.names if name in values]
        if len(given) > 1:
            raise InvalidInput(self.describe(), field=given[1])

    def describe(self) -> str:
        return _("Give only one of {names}.").format(names=", ".join(self.names))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of `names` must be given."""

    names: tuple[str, ...]

    def check(self, values: Mapping[str, Any]) -> None:
        if not any(name in values for name in self.names):
            raise InvalidInput(self.describe(), field=self.names[0])

    def describe(self) -> str:
        return _("Give at least one of {names}.").format(names=", ".join(self.names))


@dataclass(frozen=True, slots=True)
class NeededWhen:
    """`name` must be given where `other` has the value `equals`."""

    name: str
    other: str
    equals: Any

    def check(self, values: Mapping[str, Any]) -> None:
        if values.get(self.other) == self.equals and not values.get(self.name):
            raise InvalidInput(self.describe(), field=self.name)

    def describe(self) -> str:
        return _("{name} is needed when {other} is {value}.").format(
            name=self.name, other=self.other, value=json.dumps(self.equals)
        )


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Unix seconds `begin` to `end`: in order, no longer than `longest`, within a day of `zone`.

    The end itself is excluded, so a range may end at midnight sharp.
    """

    begin: str
    end: str
    longest: timedelta | None = None
    zone: str = ""

    def check(self, values: Mapping[str, Any]) -> None:
        if self.begin not in values or self.end not in values:
            return
        begin, end = int(values[self.begin]), int(values[self.end])
        if end <= begin:
            raise InvalidInput(
                _("{end} must be later than {begin}.").format(begin=self.begin, end=self.end),
                field=self.end,
            )
        if self.longest is not None and end - begin > self.longest.total_seconds():
            raise InvalidInput(self.describe(), field=self.end)
        if self.zone and _day(begin, self.zone, self.begin) != _day(end - 1, self.zone, self.end):
            raise InvalidInput(self.describe(), field=self.end)

    def describe(self) -> str:
        parts = [_("{begin} must be before {end}.").format(begin=self.begin, end=self.end)]
        if self.longest is not None:
            minutes = round(self.longest.total_seconds() / 60)
            parts.append(
                ngettext("At most {n} minute.", "At most {n} minutes.", minutes).format(n=minutes)
            )
        if self.zone:
            parts.append(_("Both on one day of {zone}.").format(zone=self.zone))
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class ClockRange:
    """Times of day `begin` to `end` as HH:MM:SS: in order, and at least `shortest` apart."""

    begin: str
    end: str
    shortest: timedelta = timedelta(seconds=1)

    def check(self, values: Mapping[str, Any]) -> None:
        if _seconds(values[self.end]) - _seconds(values[self.begin]) < (
            self.shortest.total_seconds()
        ):
            raise InvalidInput(self.describe(), field=self.end)

    def describe(self) -> str:
        if self.shortest < timedelta(minutes=1):
            return _("{begin} must be before {end}.").format(begin=self.begin, end=self.end)
        minutes = round(self.shortest.total_seconds() / 60)
        return ngettext(
            "{end} must be at least {n} minute after {begin}.",
            "{end} must be at least {n} minutes after {begin}.",
            minutes,
        ).format(begin=self.begin, end=self.end, n=minutes)


@dataclass(frozen=True, slots=True)
class Alike:
    """The items of list `name` all have the same `key`."""

    name: str
    key: str

    def check(self, values: Mapping[str, Any]) -> None:
        if len({item.get(self.key) for item in values.get(self.name, ())}) > 1:
            raise InvalidInput(self.describe(), field=self.name)

    def describe(self) -> str:
        return _("All {name} must have the same {key}.").format(name=self.name, key=self.key)


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def _day(seconds: int, zone: str, where: str) -> date:
    try:
        return datetime.fromtimestamp(seconds, UTC).astimezone(ZoneInfo(zone)).date()
    except (ValueError, OverflowError, OSError):
        raise InvalidInput(
            _("{name} must be a time in Unix seconds.").format(name=where), field=where
        ) from None
