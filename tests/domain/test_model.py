"""Keys, what things can do, and errors as the user is told them."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vsconsole.domain import capabilities, errors
from vsconsole.domain.capabilities import Capability
from vsconsole.domain.errors import ConsoleError, InvalidInput, RateLimited, TlsFailed
from vsconsole.domain.model import (
    NOTHING,
    Ability,
    Account,
    Channel,
    Device,
    Group,
    Key,
    Store,
    now,
)


@given(st.text("abc-_ 中", min_size=1), st.text("abc/:中", min_size=1))
def test_a_key_is_read_back_from_its_text(account: str, native: str) -> None:
    key = Key(account, native)
    assert Key.parse(str(key)) == key


@pytest.mark.parametrize("text", ["", "account", "account/", "/native"])
def test_a_text_without_both_parts_is_no_key(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself is the message
        Key.parse(text)


def test_the_stores_of_a_channel_come_cloud_first() -> None:
    key = Key("a", "1")
    abilities = frozenset(
        {Ability.LOCAL_RECORDS, Ability.DEVICE_RECORDS, Ability.CLOUD_RECORDS, Ability.PTZ}
    )
    channel = Channel(key=key, name="1", abilities=abilities)
    assert channel.stores == (Store.CLOUD, Store.DEVICE, Store.LOCAL)
    assert Channel(key=key, name="1").stores == ()


def test_what_the_vendor_said_is_beside_equality() -> None:
    key = Key("a", "1")
    assert Group(key=key, name="g", raw={"x": 1}) == Group(key=key, name="g")
    assert Device(key=key, name="d", seen=now()) == Device(key=key, name="d")
    assert "geheim" not in repr(Channel(key=key, name="c", raw={"token": "geheim"}))
    assert Group(key=key, name="g").raw is NOTHING


def test_accounts_do_not_share_their_options() -> None:
    one, two = (Account(id=i, vendor="v", name=i) for i in "ab")
    assert one.options == {}
    assert one.options is not two.options


def test_now_is_in_utc() -> None:
    assert now().tzinfo is UTC


class Bare:
    account = Account(id="a", vendor="v", name="n")

    def verify(self) -> None: ...

    def close(self) -> None: ...

    # Looks like Ptz but does not claim it.
    def ptz_stop(self, channel: Channel) -> None: ...


class Lists(Bare, capabilities.Inventory, capabilities.Live):
    pass


def test_an_adapter_can_do_what_it_names_in_its_bases() -> None:
    assert capabilities.capabilities(Bare()) == frozenset()
    assert capabilities.capabilities(Lists()) == {Capability.INVENTORY, Capability.LIVE}


def test_an_error_says_what_why_and_what_next() -> None:
    error = RateLimited(
        "Too many calls.",
        why="20 a second are allowed.",
        remedy="Wait.",
        code="429",
        request_id="r1",
        retry_after=2.0,
    )
    assert str(error) == "Too many calls. 20 a second are allowed. Wait."
    assert error.as_dict() == {
        "error": "RateLimited",
        "message": "Too many calls. 20 a second are allowed.",
        "remedy": "Wait.",
        "code": "429",
        "request_id": "r1",
    }
    assert error.retryable
    assert not error.may_have_happened


def test_whether_to_try_again_is_the_classs_or_said() -> None:
    assert not ConsoleError("x").retryable
    assert ConsoleError("x", retryable=True).retryable
    assert not RateLimited("x", retryable=False).retryable
    assert not TlsFailed("x").retryable


def test_wrong_input_names_its_field() -> None:
    error = InvalidInput("Too long.", field="name", why="64 is the most.", remedy="Shorten it.")
    assert error.field == "name"
    assert str(error) == "Too long. 64 is the most. Shorten it."


def test_being_called_off_is_of_the_family() -> None:
    assert isinstance(errors.Cancelled(), ConsoleError)
    assert str(errors.Cancelled()) == "cancelled"
