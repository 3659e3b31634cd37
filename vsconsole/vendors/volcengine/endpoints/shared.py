"""What the rows have in common: kinds of parameters, and how rows are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, Literal

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Endpoint, Param, Place
from vsconsole.net.rules import TimeRange

ZONE = "Asia/Shanghai"
"""The service runs in China; its samples say +08:00."""

OLD, NEW = "2021-01-01", "2023-10-01"
DAY = timedelta(days=1)
TIMES = TimeRange("StartTime", "EndTime")

query = partial(Param, place="query")
whole = partial(Param, type="int")
flag = partial(Param, type="bool")
needed = partial(Param, required=True)


def ident(name: str, place: Place = "body", *, required: bool = True) -> Param:
    """A parameter that names a thing by its id."""
    return Param(name=name, place=place, required=required)


def seconds(name: str, place: Place = "body", *, required: bool = True) -> Param:
    return Param(
        name=name,
        type="int",
        place=place,
        required=required,
        minimum=0,
        doc=N_("Seconds since 1970 in UTC."),
    )


def times(place: Place = "body") -> tuple[Param, ...]:
    return (seconds("StartTime", place), seconds("EndTime", place))


def stream_choice(place: Place = "body") -> tuple[Param, ...]:
    """Which of a channel's streams is meant: by number or by size, not both."""
    return (
        Param(
            name="StreamingIndex",
            type="int",
            place=place,
            minimum=0,
            doc=N_("0 main stream, 1 and more sub streams"),
        ),
        Param(
            name="Resolution",
            place=place,
            pattern=r"[1-6]|[0-9]{2,5}x[0-9]{2,5}",
            doc=N_("1 QCIF, 2 CIF, 3 4CIF, 4 D1, 5 720p, 6 1080p, or such as 1920x1080"),
        ),
    )


def page(
    place: Place = "query", *, largest: int | None = None, required: bool = False
) -> tuple[Param, ...]:
    return (
        Param(name="PageNumber", type="int", place=place, minimum=1, default=1),
        Param(
            name="PageSize",
            type="int",
            place=place,
            minimum=1,
            maximum=largest,
            required=required,
            default=None if required else 20,
        ),
    )


def pages_both(largest: int | None = None) -> tuple[Param, ...]:
    """One published kit puts the paging of these POST calls in the query, the other in the body."""
    return (*page("query", largest=largest), *page("body", largest=largest))


def strings(name: str, *, required: bool = False) -> Param:
    return Param(name=name, type="list", required=required, item=Param(name=name, required=True))


def _row(
    method: Literal["GET", "POST"],
    name: str,
    version: str,
    doc: str,
    params: tuple[Param, ...],
    more: dict[str, Any],
) -> Endpoint:
    path = f"/?Action={name}&Version={version}"
    return Endpoint(name=name, method=method, path=path, params=params, doc=doc, **more)


def get(name: str, version: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    return _row("GET", name, version, doc, params, {"idempotent": True, **more})


def post(name: str, version: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    return _row("POST", name, version, doc, params, more)


def read(name: str, version: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    """A POST call that only reads, or sets a state that is the same the second time."""
    return post(name, version, doc, *params, **{"idempotent": True, **more})


def removes(row: Endpoint) -> Endpoint:
    """A row whose call takes away what cannot be brought back; repeats do no harm."""
    return replace(row, idempotent=True, destructive=True)
