"""Groups with what lies below them, also where the vendor's tree is odd."""

from __future__ import annotations

from vsconsole.domain.model import Account, Channel, Device, Group, Key, Node
from vsconsole.services.desk import Services


def keyed(account: Account, *names: str) -> list[Key]:
    return [Key(account.id, name) for name in names]


def listed(services: Services, *nodes: Node, account: Account) -> None:
    with services.cache.listing(account.id) as listing:
        listing.add(nodes)
    services.inventory.changed.emit(account.id)


def test_groups_and_the_channels_below_them(services: Services) -> None:
    account = services.accounts.add("local", "Box", {"folder": "/nowhere"})
    east, gate, west, nvr, one, two, three, lost = keyed(
        account, "east", "gate", "west", "nvr", "1", "2", "3", "lost"
    )
    listed(
        services,
        Group(key=east, name="East"),
        Group(key=gate, name="Gate", parent=east),
        Group(key=west, name="West"),
        Group(key=lost, name="Lost", parent=Key(account.id, "unknown")),
        Device(key=nvr, name="NVR", parent=gate),
        Channel(key=one, name="1", parent=nvr),
        Channel(key=two, name="2", parent=east),
        Channel(key=three, name="3", parent=lost),
        account=account,
    )
    places = services.places
    found = [(place.name, place.depth) for place in places.groups(account.id)]
    assert found == [("East", 0), ("Gate", 1), ("West", 0), ("Lost", 0)]
    assert places.channels(east) == {one, two}
    assert places.channels(gate) == {one}
    assert places.channels(west) == frozenset()
    assert places.channels(lost) == {three}
    assert places.channels(Key("nobody", "x")) == frozenset()


def test_a_new_listing_is_seen(services: Services) -> None:
    account = services.accounts.add("local", "Box", {"folder": "/nowhere"})
    (east,) = keyed(account, "east")
    assert services.places.groups(account.id) == ()
    changed: list[str] = []
    services.places.changed.connect(changed.append)
    listed(services, Group(key=east, name="East"), account=account)
    assert changed == [account.id]
    assert [place.name for place in services.places.groups(account.id)] == ["East"]


def test_groups_that_hold_each_other_end(services: Services) -> None:
    account = services.accounts.add("local", "Box", {"folder": "/nowhere"})
    one, two, camera = keyed(account, "1", "2", "c")
    listed(
        services,
        Group(key=one, name="1", parent=two),
        Group(key=two, name="2", parent=one),
        Channel(key=camera, name="c", parent=one),
        account=account,
    )
    assert services.places.channels(one) == {camera}
    assert services.places.channels(Key(account.id, "3")) == frozenset()
