"""Trees from the cache and from the vendor."""

import pytest

from tests.services.support import add_box, calls, channel_with
from vsconsole.domain.cancel import CancelToken, bound
from vsconsole.domain.errors import Cancelled, InvalidInput, NotFound, VendorError
from vsconsole.domain.model import Ability, Channel, Key, Node
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services


def test_a_tree_is_whole_and_parents_come_first(services: Services, sandbox: Sandbox) -> None:
    account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    assert services.inventory.tree(account.id) == []
    assert services.inventory.age(account.id) is None
    told: list[str] = []
    services.inventory.changed.connect(told.append)
    batches: list[int] = []
    count = services.inventory.refresh(account.id, lambda batch: batches.append(len(batch)))
    nodes = services.inventory.tree(account.id)
    assert len(nodes) == count == sum(batches)
    assert told == [account.id]
    assert services.inventory.age(account.id) is not None
    seen: set[Key] = set()
    for node in nodes:
        assert node.parent is None or node.parent in seen
        seen.add(node.key)


def test_a_listing_that_fails_keeps_what_was_known(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    before = services.inventory.tree(account.id)
    age = services.inventory.age(account.id)
    sandbox.faults.set("tencent", "html", path="/device/channel")
    with pytest.raises(VendorError):
        services.inventory.refresh(account.id)
    assert {node.key for node in services.inventory.tree(account.id)} == {n.key for n in before}
    assert services.inventory.age(account.id) == age


def test_everybody_holds_the_same_nodes(services: Services, sandbox: Sandbox) -> None:
    account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    told: list[Node] = []
    services.inventory.refresh(account.id, told.extend)
    index = services.search.index(account.id)
    nodes = services.inventory.tree(account.id)
    assert nodes == services.cache.nodes(account.id)
    assert list(map(id, nodes)) == list(map(id, told))
    assert index.find(told[-1].name)[0].node in told
    (hit, *_others) = index.find(told[-1].name)
    assert id(hit.node) in set(map(id, told))


def test_what_came_of_a_listing_that_failed_can_be_read(
    services: Services, sandbox: Sandbox
) -> None:
    account = add_box(services, sandbox)
    before = services.inventory.tree(account.id)
    with services.cache.listing(account.id) as listing:
        listing.add([Channel(key=Key(account.id, "other"), name="from another run")])
    # Only a whole listing, or one that broke off, has it read anew.
    assert services.inventory.tree(account.id) == before
    sandbox.faults.set("tencent", "html", path="/device/channel")
    with pytest.raises(VendorError):
        services.inventory.refresh(account.id)
    assert services.inventory.tree(account.id) == services.cache.nodes(account.id)
    assert {node.name for node in services.inventory.tree(account.id)} >= {"from another run"}


def test_a_listing_can_be_called_off(services: Services, sandbox: Sandbox) -> None:
    account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    token = CancelToken()
    with bound(token), pytest.raises(Cancelled):
        services.inventory.refresh(account.id, lambda _batch: token.cancel())
    assert len(calls(sandbox, "/device/channel")) == 0


def test_a_channel_is_found_by_the_accounts_name(services: Services, sandbox: Sandbox) -> None:
    account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    services.inventory.refresh(account.id)
    channel = channel_with(services, account, Ability.LIVE)
    text = services.inventory.text(channel.key)
    assert text == f"Box/{channel.key.native}"
    sandbox._log.clear()
    assert services.inventory.find_channel(text) == channel
    assert services.inventory.channel(channel.key) == channel
    assert sandbox.log == []


def test_an_unknown_channel_is_looked_for_once(services: Services, sandbox: Sandbox) -> None:
    services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    with pytest.raises(NotFound):
        services.inventory.find_channel("Box/nobody")
    assert len(calls(sandbox, "/organization/query")) == 1
    with pytest.raises(NotFound):
        services.inventory.find_channel("Box/nobody", refresh=False)
    assert len(calls(sandbox, "/organization/query")) == 1
    for text in ("", "Box", "/x", "Box/"):
        with pytest.raises(InvalidInput):
            services.inventory.find_channel(text)


def test_a_device_is_no_channel(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    device = next(n for n in services.inventory.tree(account.id) if not isinstance(n, Channel))
    with pytest.raises(NotFound):
        services.inventory.channel(device.key)
