"""One Acme account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from tests.contract.sixth.acme import mapping, signer
from tests.contract.sixth.acme.endpoints import ENDPOINTS
from vsconsole.domain.capabilities import Inventory, RawCalls, Records
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Account, Channel, Node, Store
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.net.client import Client
from vsconsole.vendors.registry import Context

ZONE = "Europe/Vienna"


class AcmeAdapter(Inventory, Records, RawCalls):
    """Lists cameras and plays what they recorded."""

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        key_id, key = account.options["key_id"], secrets["key"]
        self._client = Client(
            server=account.options["server"],
            endpoints=ENDPOINTS,
            sign=lambda request, when: signer.sign(request, key_id, key, when),
            read=mapping.payload,
            transport=context.transport,
        )

    def verify(self) -> None:
        """Asks for a page of cameras."""
        self._client.call("ListCameras", {"page": 1, "size": 1})

    def close(self) -> None:
        """Nothing is open."""

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Pages of cameras."""
        for page in self._client.pages(
            "ListCameras",
            {},
            rows=lambda data: data["cameras"],
            total=lambda data: data["total"],
            ident=lambda row: row["id"],
        ):
            yield [node for row in page for node in mapping.camera(self.account.id, ZONE, row)]

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """The files, clipped."""
        found = SegmentSet.of_spans(self._files(channel, store, span))
        return list(found.clip(span).segments(store))

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """A clip for each file."""
        return [
            Clip.linear(one, store, partial(self._open, channel, one))
            for one in self._files(channel, store, span)
        ]

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any call."""
        return self._client.masked(name, params)

    def _files(self, channel: Channel, store: Store, span: Span) -> list[Span]:
        if store is not Store.CLOUD:
            raise Unsupported("Acme keeps recordings in the cloud only.", remedy="Look there.")
        if span.empty:
            return []
        asked = {"from": int(span.begin.timestamp()), "to": int(span.end.timestamp()) + 1}
        data = self._client.call("ListFiles", {"camera": channel.key.native, **asked})
        return mapping.files(data)

    def _open(self, channel: Channel, one: Span, _when: datetime) -> MediaSource:
        asked = {"camera": channel.key.native, "begin": int(one.begin.timestamp())}
        return MediaSource(
            url=self._client.call("OpenFile", asked, urgent=True)["url"],
            protocol=MediaProtocol.FILE,
        )
