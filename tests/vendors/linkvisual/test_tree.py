"""The tree from a gateway's lists: recorders, pages, and what cannot be known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.vendors.linkvisual import support
from tests.vendors.linkvisual.support import BIND, Gateway, Refusal
from vsconsole.domain.errors import Rejected
from vsconsole.domain.model import Ability, Channel, DeviceKind
from vsconsole.vendors.linkvisual.adapter import LinkVisualAdapter

SUB = "/subdevices/list"
TSL = "/thing/tsl/get"


def row(native: str, **more: Any) -> dict[str, Any]:
    return {"iotId": native, "productKey": "p", "nickName": native, "status": 1, **more}


def paged(*rows: Mapping[str, Any]) -> Any:
    """An answer by pageNo and pageSize."""

    def answer(params: Mapping[str, Any]) -> Any:
        first = (params["pageNo"] - 1) * params["pageSize"]
        return {"total": len(rows), "data": list(rows[first : first + params["pageSize"]])}

    return answer


def test_recorders_have_what_is_behind_them(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = paged(
        row("nvr", nodeType="GATEWAY"),
        row("cam", nodeType="DEVICE"),
        row("sub1", nodeType="DEVICE", nickName="named by its user"),
        row("other", nodeType="GATEWAY"),
    )
    behind = {
        "nvr": [row("sub1", nickName="NET_CAM"), row("sub2", status=3), row("nvr"), row("sub1")],
        "other": [row("sub2")],
    }
    gateway.answers[SUB] = lambda params: {
        "total": len(behind[params["iotId"]]),
        "data": behind[params["iotId"]],
    }
    gateway.answers[TSL] = {"services": []}
    nodes = support.tree(adapter)
    made = {node.key.native: node for node in nodes}
    assert list(made) == ["dev:nvr", "dev:cam", "dev:other", "sub1", "sub2", "cam"]
    assert getattr(made["dev:nvr"], "kind", None) is DeviceKind.NVR
    assert made["sub1"].name == "named by its user"
    assert {key: str(node.parent) for key, node in made.items() if isinstance(node, Channel)} == {
        "sub1": "a1/dev:nvr",
        "sub2": "a1/dev:nvr",
        "cam": "a1/dev:cam",
    }
    # One product, one model.
    assert len(gateway.calls(TSL)) == 1


def test_a_long_list_comes_in_pages(gateway: Gateway, adapter: LinkVisualAdapter) -> None:
    gateway.answers[BIND] = paged(*(row(f"c{i}", productKey=f"p{i % 5}") for i in range(250)))
    gateway.answers[TSL] = {"services": []}
    batches = [len(batch) for batch in adapter.nodes()]
    assert sum(batches) == 500
    assert len(batches) == 3
    assert [call["pageNo"] for call in gateway.calls(BIND)] == [1, 2, 3]
    assert len(gateway.calls(TSL)) == 5
    gateway.answers[BIND] = paged()
    assert list(adapter.nodes()) == []


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal(404, status=404, reason="Invalid Url"),
        Refusal(62101),
        Refusal(403),
        Refusal(71234),
    ],
)
def test_what_cannot_be_known_of_one_does_not_cost_the_tree(
    gateway: Gateway, adapter: LinkVisualAdapter, refusal: Refusal
) -> None:
    gateway.answers[BIND] = paged(row("nvr", nodeType="GATEWAY"), row("cam"))
    gateway.answers[SUB] = {"data": []}
    gateway.answers[TSL] = refusal
    (channel,) = support.channels(adapter)
    assert Ability.PTZ not in channel.abilities
    assert Ability.LIVE in channel.abilities
    gateway.answers[SUB] = Refusal(404, status=404, reason="Invalid Url")
    assert len(support.tree(adapter)) == 3


def test_a_failing_server_is_not_taken_for_a_device_without_services(
    gateway: Gateway, adapter: LinkVisualAdapter
) -> None:
    gateway.answers[BIND] = paged(row("cam"))
    gateway.answers[TSL] = Refusal(500)
    with pytest.raises(Rejected):
        support.tree(adapter)
