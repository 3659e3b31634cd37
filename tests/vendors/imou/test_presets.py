"""Presets: the vendor's names under numbers that stay."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.net.support import gentle
from tests.vendors.imou.support import (
    Refusal,
    adapter_at,
    adapter_with,
    answering,
    asked,
    channels,
)
from vsconsole.domain.errors import Conflict, NotFound, Unsupported
from vsconsole.domain.model import Ability, Channel, Key, Preset, Status
from vsconsole.net.transport import Settings, Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera
from vsconsole.vendors.imou.adapter import ImouAdapter
from vsconsole.vendors.imou.presets import INDEXES, Numbers

KEY = Key("a1", "SN1:0")
ANY = Channel(key=KEY, name="x")
NAMES = st.lists(st.sampled_from("abcdefgh") | st.integers(0, 25).map(str), unique=True)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=5, vendors=["imou"]) as running:
        yield running


@pytest.fixture
def transport() -> Iterator[Transport]:
    made = Transport(Settings(read_timeout=5))
    yield made
    made.close()


@pytest.fixture
def adapter(sandbox: Sandbox, transport: Transport) -> ImouAdapter:
    return adapter_at(sandbox, transport)


@pytest.fixture
def one(adapter: ImouAdapter) -> Channel:
    return next(
        channel
        for channel in channels(adapter)
        if Ability.PRESETS in channel.abilities and channel.status is Status.ONLINE
    )


def camera(sandbox: Sandbox, channel: Channel) -> Camera:
    cameras = sandbox.worlds["imou"].cameras.values()
    return next(found for found in cameras if found.name == channel.name)


# Numbers


def test_numbers_are_given_in_the_order_of_names() -> None:
    for order in (["b", "a", "门"], ["门", "b", "a"]):
        assert Numbers().of(KEY, order) == {1: "a", 2: "b", 3: "门"}


def test_a_name_that_is_a_number_has_it() -> None:
    assert Numbers().of(KEY, ["x", "3", "1", "21", "03", "y"]) == {
        1: "1",
        2: "03",
        3: "3",
        4: "21",
        5: "x",
        6: "y",
    }


@gentle
@given(st.lists(NAMES, min_size=1, max_size=6))
def test_numbers_stay_while_the_name_is_there(lists: list[list[str]]) -> None:
    numbers = Numbers()
    before: dict[str, int] = {}
    for names in lists:
        given = numbers.of(KEY, names)
        assert sorted(given) == list(given)
        assert sorted(given.values()) == sorted(names)
        now = {name: number for number, name in given.items()}
        assert all(now[name] == before[name] for name in names if name in before)
        before = now


def test_channels_do_not_share_numbers() -> None:
    numbers = Numbers()
    other = Key("a1", "SN1:1")
    assert numbers.of(KEY, ["b"]) == {1: "b"}
    assert numbers.of(other, ["c"]) == {1: "c"}
    numbers.put(KEY, "z", 1)
    assert numbers.of(KEY, ["a", "z"]) == {1: "z", 2: "a"}


# At the face


def test_stored_recalled_and_removed(adapter: ImouAdapter, one: Channel, sandbox: Sandbox) -> None:
    assert ImouAdapter.preset_indexes == range(1, 21)
    assert ImouAdapter.preset_names
    before = adapter.presets(one)
    assert before == [Preset(index=1, name="Corner"), Preset(index=2, name="正门")]
    adapter.preset_set(one, 9, "车库 +1")
    adapter.preset_set(one, 5, "")
    assert adapter.presets(one) == [
        *before,
        Preset(index=5, name="5"),
        Preset(index=9, name="车库 +1"),
    ]
    found = camera(sandbox, one)
    here = found.pose
    adapter.preset_goto(one, 1)
    assert found.pose != here
    adapter.preset_goto(one, 9)
    assert found.pose == here
    adapter.preset_delete(one, 1)
    # What is left keeps its number.
    assert [preset.index for preset in adapter.presets(one)] == [2, 5, 9]
    for call in (adapter.preset_goto, adapter.preset_delete):
        with pytest.raises(NotFound):
            call(one, 1)


def test_another_adapter_gives_the_same_numbers(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox, transport: Transport
) -> None:
    adapter.preset_set(one, 7, "")
    assert adapter_at(sandbox, transport).presets(one) == adapter.presets(one)


def test_stored_again_under_the_same_number(
    adapter: ImouAdapter, one: Channel, sandbox: Sandbox
) -> None:
    found = camera(sandbox, one)
    adapter.preset_goto(one, 2)
    there = found.pose
    # The same name: the position is a new one.
    adapter.preset_goto(one, 1)
    adapter.preset_set(one, 2, "正门")
    adapter.preset_goto(one, 2)
    assert found.pose != there
    # Another name: the old one goes.
    adapter.preset_set(one, 2, "侧门")
    assert adapter.presets(one) == [Preset(index=1, name="Corner"), Preset(index=2, name="侧门")]


def test_a_name_of_another_number(adapter: ImouAdapter, one: Channel) -> None:
    with pytest.raises(Conflict, match="Preset 2"):
        adapter.preset_set(one, 3, "正门")
    assert len(adapter.presets(one)) == 2


def test_twenty_and_no_more(adapter: ImouAdapter, one: Channel) -> None:
    for index in INDEXES[2:]:
        adapter.preset_set(one, index, f"点{index}")
    assert [preset.index for preset in adapter.presets(one)] == list(INDEXES)
    # One in place of another still goes.
    adapter.preset_set(one, 20, "新")
    assert adapter.presets(one)[-1] == Preset(index=20, name="新")


def test_a_camera_without(adapter: ImouAdapter) -> None:
    fixed = next(c for c in channels(adapter) if Ability.PRESETS not in c.abilities)
    with pytest.raises(Unsupported):
        adapter.presets(fixed)


def test_what_is_there_is_not_lost_when_storing_fails(transport: Transport) -> None:
    def full(_params: dict[str, Any]) -> None:
        raise Refusal("DV1022")

    listed = {"collections": [{"name": "a"}]}
    with answering(getCollection=listed, setCollection=full, deleteCollection=None) as server:
        with pytest.raises(Conflict):
            adapter_with(transport, server.url).preset_set(ANY, 1, "b")
        assert not asked(server, "deleteCollection")
