"""The tree of one account: recorders, what is behind them, cameras, and what each can do."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from vsconsole.domain.errors import (
    DeviceOffline,
    NotFound,
    PermissionDenied,
    Rejected,
    Unsupported,
)
from vsconsole.domain.model import Channel, Device, Node
from vsconsole.net.client import Client
from vsconsole.vendors.linkvisual import mapping, wire
from vsconsole.vendors.linkvisual.things import Model
from vsconsole.vendors.linkvisual.wire import Raw

_BATCH = 200
_log = logging.getLogger(__name__)


class Tree:
    """The part of the adapter that lists devices; safe from several threads."""

    def __init__(self, account: str, client: Client) -> None:
        self._account = account
        self._client = client

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Every device in one batch, then channels as their models become known.

        The account's list names sub devices and the recorder they belong to side by side, so it
        is read to its end before anything can be said of what hangs where.
        """
        bound = {mapping.iot_id(row): row for row in self._listed("uc_listBindingByAccount", {})}
        gateways = {native: row for native, row in bound.items() if mapping.is_gateway(row)}
        below: dict[str, list[Raw]] = {}
        for gateway, found in self._client.map(self._sub_devices, gateways):
            below[gateway] = []
            for row in found:
                native = mapping.iot_id(row)
                if native not in gateways:
                    # A sub device may be bound by itself too, with the name its user gave it.
                    below[gateway].append({**row, **bound.pop(native, {})})
        tree: list[tuple[Device, list[Raw]]] = []
        for native, row in bound.items():
            device = mapping.device(self._account, row)
            tree.append((device, below[native] if native in gateways else [row]))
        if tree:
            yield [device for device, _rows in tree]
        yield from self._channels(tree)

    def _listed(self, name: str, params: dict[str, str]) -> Iterator[Raw]:
        for page in self._client.pages(
            name,
            params,
            rows=lambda data: wire.rows(data, "data"),
            total=wire.total,
            ident=mapping.iot_id,
        ):
            yield from page

    def _sub_devices(self, gateway: str) -> list[Raw]:
        try:
            return list(self._listed("subdevices_list", {"iotId": gateway}))
        except (NotFound, DeviceOffline, Unsupported) as error:
            # Unbound a moment ago, never seen, or a region without the call: the rest of the tree
            # is there all the same.
            _log.info("a gateway's devices are not known: %s", error.code)
            return []

    def _channels(
        self, tree: Sequence[tuple[Device, Sequence[Raw]]]
    ) -> Iterator[Sequence[Channel]]:
        """Channels in batches; devices of one product share a model, so it is asked for once."""
        by_product: dict[str, list[tuple[Device, Raw]]] = {}
        seen: set[str] = set()
        for device, found in tree:
            for row in found:
                if mapping.iot_id(row) not in seen:
                    seen.add(mapping.iot_id(row))
                    by_product.setdefault(mapping.product(row), []).append((device, row))
        batch: list[Channel] = []
        for members, model in self._client.map(self._model, by_product.values()):
            batch += [mapping.channel(device, row, model) for device, row in members]
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        if batch:
            yield batch

    def _model(self, members: Sequence[tuple[Device, Raw]]) -> Model:
        _device, row = members[0]
        try:
            return Model.of(self._client.call("thing_tsl_get", {"iotId": mapping.iot_id(row)}))
        except (NotFound, DeviceOffline, PermissionDenied, Rejected, Unsupported) as error:
            if error.retryable:
                raise
            _log.info("a product's model is not known: %s", error.code)
            return Model()
