"""Saved logins and their adapters."""

from pathlib import Path

import pytest

from tests.services.support import add_box, opened
from vsconsole.domain.errors import (
    BadCredentials,
    ClockSkew,
    InvalidInput,
    NotFound,
    SecretStoreUnavailable,
)
from vsconsole.paths import Paths
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services


def test_a_login_survives_a_restart_and_its_secret_is_only_in_the_vault(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    fields = sandbox.fields("tencent")
    with opened(tmp_path) as services:
        services.accounts.add("tencent", " Box ", fields)
    with opened(tmp_path) as services:
        account = services.accounts.by_name("Box")
        assert "secret_key" not in account.options
        services.accounts.verify_account(account.id)
        assert services.accounts.state(account.id) == "ok"
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert fields["secret_key"].encode() not in kept


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 65, "a\nb", "Box"])
def test_a_name_that_cannot_be_is_refused_beside_its_field(
    services: Services, sandbox: Sandbox, name: str
) -> None:
    services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    with pytest.raises(InvalidInput) as refused:
        services.accounts.add("tencent", name, sandbox.fields("tencent"))
    assert refused.value.field == "name"
    assert len(services.accounts.all()) == 1


def test_fields_are_checked_before_anything_is_kept(services: Services, sandbox: Sandbox) -> None:
    fields = sandbox.fields("tencent")
    for name, value in (("secret_key", ""), ("server", "http://example.com"), ("colour", "red")):
        with pytest.raises(InvalidInput) as refused:
            services.accounts.add("tencent", "Box", {**fields, name: value})
        assert refused.value.field == name
    assert services.accounts.all() == []


def test_verifying_says_what_is_wrong(services: Services, sandbox: Sandbox) -> None:
    fields = sandbox.fields("tencent")
    services.accounts.verify("tencent", fields)
    with pytest.raises(BadCredentials):
        services.accounts.verify("tencent", {**fields, "secret_key": "0" * 32})
    sandbox.faults.set("tencent", "clock", seconds=86400)
    with pytest.raises(ClockSkew):
        services.accounts.verify("tencent", fields)
    assert services.accounts.all() == []


def test_a_refused_login_is_remembered_until_it_is_changed(
    services: Services, sandbox: Sandbox
) -> None:
    account = services.accounts.add("tencent", "Box", sandbox.fields("tencent"))
    sandbox.faults.set("tencent", "secret")
    with pytest.raises(BadCredentials):
        services.accounts.verify_account(account.id)
    assert services.accounts.state(account.id) == "BadCredentials"
    services.accounts.update(account.id, "Box", sandbox.fields("tencent"))
    assert services.accounts.state(account.id) == "unverified"


def test_a_change_keeps_the_secret_that_was_not_typed_again(
    services: Services, sandbox: Sandbox
) -> None:
    fields = sandbox.fields("tencent")
    account = services.accounts.add("tencent", "Box", fields)
    old = services.accounts.adapter(account.id)
    told: list[str] = []
    services.accounts.changed.connect(told.append)
    visible = {name: text for name, text in fields.items() if name != "secret_key"}
    services.accounts.verify("tencent", {**visible, "secret_key": ""}, account.id)
    services.accounts.update(account.id, "Renamed", {**visible, "secret_key": ""})
    assert services.accounts.by_name("Renamed").id == account.id
    assert services.accounts.adapter(account.id) is not old
    services.accounts.verify_account(account.id)
    assert told == [account.id]


def test_removing_forgets_everything(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    assert services.inventory.tree(account.id)
    services.accounts.remove(account.id)
    assert services.accounts.all() == []
    assert services.inventory.tree(account.id) == []
    assert services.secrets().get(account.id) == {}
    with pytest.raises(NotFound):
        services.accounts.adapter(account.id)
    with pytest.raises(InvalidInput):
        services.accounts.by_name("Box")


def test_without_a_pass_phrase_a_login_lasts_for_the_session(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    paths = Paths.for_profile(tmp_path)
    with Services.open(paths, profile_given=True, passphrase=lambda: None) as services:
        account = add_box(services, sandbox)
        assert services.secrets().kind == "session"
    with (
        Services.open(paths, profile_given=True, passphrase=lambda: None) as services,
        pytest.raises(SecretStoreUnavailable) as missing,
    ):
        services.accounts.adapter(account.id)
    assert "Box" in missing.value.what


def test_an_account_without_secrets_needs_no_secret_store(tmp_path: Path) -> None:
    def never() -> str:
        raise AssertionError("asked for a pass phrase")

    folder = tmp_path / "footage"
    folder.mkdir()
    paths = Paths.for_profile(tmp_path / "profile")
    with Services.open(paths, profile_given=True, passphrase=never) as services:
        account = services.accounts.add("local", "Disk", {"folder": str(folder)})
        services.accounts.verify_account(account.id)
        services.accounts.remove(account.id)


def test_what_a_vendor_gave_for_tried_secrets_is_saved_with_them(
    services: Services,
) -> None:
    """A code that works once is used up by trying it: the tokens it gave are what counts."""
    with Sandbox(seed=3, vendors=["linkvisual"]) as sandbox:
        face = sandbox.faces["linkvisual"]
        fields = sandbox.fields("linkvisual")
        for name in ("iot_token", "refresh_token", "identity_id"):
            fields.pop(name, None)
        fields["auth_code"] = face.auth_code()  # type: ignore[attr-defined]  # this face's own
        services.accounts.verify("linkvisual", fields)
        account = services.accounts.add("linkvisual", "Park", fields)
        # Before the account is used at all.
        kept = services.accounts._secrets_of(account)
        assert kept["iot_token"]
        assert kept["refresh_token"]
