"""Acme's answers as what the program knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.contract.sixth.acme.errors import error_for
from vsconsole.domain.model import Ability, Channel, Device, Key, Node, Status
from vsconsole.domain.timeline import Span
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.transport import Response


def payload(_endpoint: Endpoint, response: Response) -> Any:
    """The answer; raises the fault in it."""
    answer = json.loads(response.body)
    if "fault" in answer:
        raise error_for(answer["fault"], answer["words"])
    return answer


def camera(account: str, zone: str, row: Mapping[str, Any]) -> list[Node]:
    """A camera is a device with one channel."""
    device = Device(key=Key(account, f"d.{row['id']}"), name=row["title"], status=Status.ONLINE)
    channel = Channel(
        key=Key(account, row["id"]),
        name=row["title"],
        parent=device.key,
        status=Status.ONLINE,
        abilities=frozenset({Ability.CLOUD_RECORDS}),
        zone=zone,
    )
    return [device, channel]


def files(answer: Mapping[str, Any]) -> list[Span]:
    found = []
    for row in answer["files"]:
        begin = datetime.fromtimestamp(row["begin"], UTC)
        found.append(Span(begin, begin + timedelta(seconds=row["seconds"])))
    return found
