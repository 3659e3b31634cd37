"""What the rows have in common: kinds of parameters, and how rows are made."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from vsconsole.i18n import N_
from vsconsole.net.endpoint import Endpoint, Param

ZONE = "Asia/Shanghai"
"""Ranges "may not cross a day": the document does not say whose, the service runs in China."""

_NAME = r"[\u3007\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9_\-]"
_NAME_DOC = N_("Chinese characters, English letters, digits, _ and - may be used.")
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
DAY = timedelta(days=1)

query = partial(Param, place="query")
field = partial(Param, place="form")
whole = partial(Param, type="int")
flag = partial(Param, type="bool")
needed = partial(Param, required=True)


def ident(name: str = "Id", place: Any = "query") -> Param:
    return Param(name=name, place=place, required=True)


def name(name: str, longest: int = 32, *, required: bool = True) -> Param:
    return Param(
        name=name,
        required=required,
        max_length=longest,
        pattern=f"{_NAME}+",
        doc=_NAME_DOC,
    )


def words(name: str) -> Param:
    return Param(name=name, max_length=128, pattern=f"{_NAME}*", doc=_NAME_DOC)


def seconds(name: str, place: Any, *, required: bool = True) -> Param:
    return Param(
        name=name,
        type="int",
        place=place,
        required=required,
        minimum=0,
        doc=N_("Seconds since 1970 in UTC."),
    )


def strings(name: str, *, required: bool = False, **limits: Any) -> Param:
    return Param(
        name=name,
        type="list",
        required=required,
        item=Param(name=name, required=True),
        **limits,
    )


def page(
    *, required: bool = False, largest: int | None = None, size: int = 20
) -> tuple[Param, ...]:
    return (
        query(
            name="PageNumber",
            type="int",
            minimum=1,
            required=required,
            default=None if required else 1,
        ),
        query(
            name="PageSize",
            type="int",
            minimum=1,
            maximum=largest,
            required=required,
            default=None if required else size,
        ),
    )


def required(param: Param) -> Param:
    return replace(param, required=True)


def channels(name: str, *, most: int, required: bool = False) -> Param:
    return Param(
        name=name,
        type="list",
        required=required,
        max_length=most,
        item=Param(
            name=name, type="object", fields=(ident("DeviceId", "body"), ident("ChannelId", "body"))
        ),
    )


def get(name: str, path: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    return Endpoint(
        name=name, method="GET", path=path, params=params, idempotent=True, doc=doc, **more
    )


def delete(name: str, path: str, doc: str, key: str = "Id") -> Endpoint:
    """Repeats do no harm: what is gone stays gone, and the client takes "not found" for done."""
    return Endpoint(
        name=name,
        method="DELETE",
        path=path,
        params=(ident(key),),
        idempotent=True,
        destructive=True,
        doc=doc,
    )


def post(name: str, path: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    return Endpoint(name=name, method="POST", path=path, params=params, doc=doc, **more)


def put(name: str, path: str, doc: str, *params: Param, **more: Any) -> Endpoint:
    more = {"idempotent": True, **more}
    return Endpoint(name=name, method="PUT", path=path, params=params, doc=doc, **more)


def remove(name: str, path: str, doc: str, key: str) -> Endpoint:
    return post(name, path, doc, ident(key, "body"), idempotent=True, destructive=True)
