"""What the rows have in common: kinds of parameters, and how rows are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import N_, _
from vsconsole.net.endpoint import Endpoint, Param

VISION = "/vision/customer/"

LARGEST_PAGE = 500
LARGEST_PICTURE_PAGE = 100

whole = partial(Param, type="int")
flag = partial(Param, type="bool")


class Call(NamedTuple):
    """A row and what the gateway is told beside it: the apiVer, and whether a user's token."""

    endpoint: Endpoint
    version: str
    user: bool = True


def named(path: str) -> str:
    """The name of the call at a path."""
    return path.removeprefix(VISION).strip("/").replace("/", "_")


def call(path: str, version: str, doc: str, *params: Param, user: bool = True, **more: Any) -> Call:
    """Any call of the gateway; all are POST."""
    made = Endpoint(name=named(path), method="POST", path=path, params=params, doc=doc, **more)
    return Call(made, version, user)


def change(path: str, version: str, doc: str, *params: Param, **more: Any) -> Call:
    """A call of the video service that does something each time it is made."""
    return call(f"{VISION}{path}", version, doc, *params, **more)


def read(path: str, version: str, doc: str, *params: Param, **more: Any) -> Call:
    """A call of the video service that may be made twice without harm."""
    return change(path, version, doc, *params, idempotent=True, **more)


def text(name: str, *, required: bool = True, **more: Any) -> Param:
    return Param(name=name, required=required, **more)


IOT_ID = text("iotId", doc=N_("The device's id."))
PLAN_ID = text("planId")
STREAM = whole(name="streamType", choices=(0, 1), default=0, doc=N_("0 main stream, 1 sub stream"))
ZONE = whole(
    name="timeZone", minimum=-11, maximum=12, default=8, doc=N_("Whole hours ahead of UTC.")
)
ALL_DAY = whole(name="allDay", choices=(0, 1), doc=N_("1 the whole day, 0 by time sections"))


def page(largest: int | None = LARGEST_PAGE) -> tuple[Param, ...]:
    """Pages here begin at 0."""
    return (
        whole(name="pageStart", minimum=0, default=0, doc=N_("The first page is 0.")),
        whole(name="pageSize", minimum=1, maximum=largest, default=20),
    )


def texts(name: str, **more: Any) -> Param:
    return Param(
        name=name, type="list", required=True, item=Param(name=name, required=True), **more
    )


def seconds(name: str) -> Param:
    return whole(name=name, required=True, minimum=0, doc=N_("Seconds since 1970 in UTC."))


def milliseconds(name: str) -> Param:
    return whole(name=name, required=True, minimum=0, doc=N_("Milliseconds since 1970 in UTC."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Args(Param):
    """An object whose fields only the device's own model knows."""

    def check(self, value: Any, where: str = "") -> Any:
        """`value` as an object, also from JSON text."""
        where = where or self.name
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise InvalidInput(
                    _("{name} is not valid JSON.").format(name=where), field=where
                ) from None
        if not isinstance(value, Mapping):
            raise InvalidInput(_("{name} must be an object.").format(name=where), field=where)
        return dict(value)
