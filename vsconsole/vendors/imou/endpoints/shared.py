"""What the rows have in common: kinds of parameters, rules, and how rows are made."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import N_, _, ngettext
from vsconsole.net.endpoint import Endpoint, Param

ZONE = "Asia/Shanghai"
"""Times come without a zone. Assumed: those of a mainland account are Beijing's."""

STAMP = "%Y-%m-%d %H:%M:%S"

whole = partial(Param, type="int")
flag = partial(Param, type="bool")
needed = partial(Param, required=True)

_QUERY_RANGE = re.compile(r"([1-9][0-9]{0,8})-([1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True)
class QueryRange:
    """`name` is "first-last", counted from 1, at most a hundred of them."""

    name: str = "queryRange"

    def check(self, values: Mapping[str, Any]) -> None:
        """InvalidInput where the two numbers are not in order or too far apart."""
        found = _QUERY_RANGE.fullmatch(values.get(self.name, "1-1"))
        if found is None or not 0 <= int(found[2]) - int(found[1]) <= 99:
            raise InvalidInput(self.describe(), field=self.name)

    def describe(self) -> str:
        return _("{name} is written as 1-100: at most a hundred, counted from 1.").format(
            name=self.name
        )


@dataclass(frozen=True, slots=True)
class Times:
    """Local times `begin` to `end` as yyyy-MM-dd HH:mm:ss: in order, and no further apart than
    `longest`; `one_day` keeps both on one calendar day."""

    begin: str = "beginTime"
    end: str = "endTime"
    longest: timedelta | None = None
    one_day: bool = False

    def check(self, values: Mapping[str, Any]) -> None:
        """InvalidInput for times that are none, out of order, or too far apart."""
        if self.begin not in values or self.end not in values:
            return
        begin = _parsed(values[self.begin], self.begin)
        end = _parsed(values[self.end], self.end)
        if end <= begin:
            raise InvalidInput(
                _("{end} must be later than {begin}.").format(begin=self.begin, end=self.end),
                field=self.end,
            )
        too_long = self.longest is not None and end - begin > self.longest
        if too_long or (self.one_day and begin.date() != end.date()):
            raise InvalidInput(self.describe(), field=self.end)

    def describe(self) -> str:
        parts = [_("{begin} must be before {end}.").format(begin=self.begin, end=self.end)]
        if self.longest is not None:
            hours = round(self.longest.total_seconds() / 3600)
            parts.append(ngettext("At most {n} hour.", "At most {n} hours.", hours).format(n=hours))
        if self.one_day:
            parts.append(_("Both on one day."))
        return " ".join(parts)


def _parsed(text: str, field: str) -> datetime:
    try:
        return datetime.strptime(text, STAMP)  # noqa: DTZ007 - compared with its like only
    except ValueError:
        raise InvalidInput(
            _("{name} is not a time as yyyy-MM-dd HH:mm:ss.").format(name=field), field=field
        ) from None


def device() -> tuple[Param, ...]:
    """The device a call is about."""
    return (
        needed(name="deviceId", doc=N_("The device's serial number.")),
        Param(name="productId", doc=N_("Only for IoT devices, which have one.")),
    )


def channel() -> tuple[Param, ...]:
    """The channel a call is about."""
    return (*device(), needed(name="channelId", doc=N_("The channel's number, from 0.")))


def times(*, required: bool = True) -> tuple[Param, ...]:
    """The range of time a call is about."""
    return tuple(
        Param(
            name=name,
            required=required,
            pattern=r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}",
            doc=N_("Local time of the device as yyyy-MM-dd HH:mm:ss."),
        )
        for name in ("beginTime", "endTime")
    )


def query_range(*, required: bool = True) -> Param:
    return Param(
        name="queryRange",
        required=required,
        pattern=_QUERY_RANGE.pattern,
        doc=N_("First and last, counted from 1, such as 1-100."),
    )


def stream(*, required: bool = False) -> Param:
    return whole(
        name="streamId",
        required=required,
        choices=(0, 1),
        default=None if required else 0,
        doc=N_("0 main stream, 1 sub stream"),
    )


def month() -> tuple[Param, ...]:
    return (
        whole(name="year", required=True, minimum=1970, maximum=9999),
        whole(name="month", required=True, minimum=1, maximum=12),
    )


def method(name: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    """A call by the vendor's name for it; `doc` is the page's title."""
    return Endpoint(
        name=name, method="POST", path=f"/openapi/{name}", params=params, doc=doc, **more
    )


def read(name: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    """A call that only asks, or that sets what is the same the second time."""
    return method(name, doc, *params, idempotent=True, **more)


def remove(name: str, doc: str, *params: Param) -> Endpoint:
    """A call that takes something away for good."""
    return method(name, doc, *params, idempotent=True, destructive=True)
