"""Secrets are kept encrypted or by the system, come back, and are shown nowhere."""

import base64
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keyring
import keyring.backend
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import SecretStoreUnavailable
from vsconsole.paths import Paths
from vsconsole.store import secrets as secrets_module
from vsconsole.store import vault as vault_module
from vsconsole.store.secrets import Keyring, Secrets
from vsconsole.store.vault import Vault

FIELDS = {"secret_key": "geheim-Schlüssel-密钥", "token": "t" * 50}
# As the program has it; tests make do with less.
REAL_COST = vault_module._COST


class Memory(keyring.backend.KeyringBackend):
    """A keyring as Windows has it: entries of at most 2,560 bytes, two for a character."""

    priority = 1.0  # type: ignore[assignment]
    name = "memory of the test"

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.broken = False
        self.writes_left = 10**6

    def get_password(self, service: str, username: str) -> str | None:
        if self.broken:
            raise keyring.errors.KeyringLocked(f"cannot read {self.entries}")
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.broken or not self.writes_left:
            raise keyring.errors.PasswordSetError(password)
        if len(password.encode("utf-16-le")) > 2560:
            raise OSError("the stub received bad data")
        self.writes_left -= 1
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.entries[service, username]


@pytest.fixture
def use_keyring(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    def use(backend: Any) -> None:
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)

    return use


@pytest.fixture
def memory(use_keyring: Callable[[Any], None]) -> Memory:
    memory = Memory()
    use_keyring(memory)
    return memory


def never() -> str:
    raise AssertionError("nobody was to be asked")


# Which store


def test_a_working_keyring_is_used(profile: Paths, memory: Memory) -> None:
    store = Secrets.open(profile, profile_given=False, passphrase=never)
    assert store.kind == "keyring"
    assert "memory of the test" in store.detail
    store.set("acc", FIELDS)
    assert store.get("acc") == FIELDS
    assert not (profile.data / "vault").exists()


def test_a_profile_of_its_own_has_a_vault(profile: Paths, memory: Memory) -> None:
    store = Secrets.open(profile, profile_given=True, passphrase=lambda: "open sesame")
    store.set("acc", FIELDS)
    assert store.kind == "vault"
    assert memory.entries == {}
    assert (profile.data / "vault").exists()


class Plain(Memory):
    """As the backends of keyrings.alt, which write plain text."""


Plain.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("kind", ["fail", "null", "plain", "broken"])
def test_without_a_keyring_that_keeps_secrets_there_is_a_vault(
    profile: Paths, use_keyring: Callable[[Any], None], kind: str
) -> None:
    broken = Memory()
    broken.broken = True
    use_keyring(
        {
            "fail": keyring.backends.fail.Keyring(),
            "null": keyring.backends.null.Keyring(),
            "plain": Plain(),
            "broken": broken,
        }[kind]
    )
    store = Secrets.open(profile, profile_given=False, passphrase=lambda: "open sesame")
    assert store.kind == "vault"
    assert "keyring" in store.detail
    store.set("acc", FIELDS)
    assert store.get("acc") == FIELDS


def test_of_several_keyrings_the_first_that_keeps_secrets_is_used(
    profile: Paths, use_keyring: Callable[[Any], None]
) -> None:
    class Several:
        backends = (keyring.backends.null.Keyring(), Plain(), Memory())

    use_keyring(Several())
    store = Secrets.open(profile, profile_given=False, passphrase=never)
    store.set("acc", FIELDS)
    assert Several.backends[2].entries


def test_a_keyring_that_never_answers(
    profile: Paths, use_keyring: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    go = threading.Event()

    class Deaf(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            go.wait(20)
            return None

    use_keyring(Deaf())
    monkeypatch.setattr(secrets_module, "_ANSWER_SECONDS", 0.05)
    store = Secrets.open(profile, profile_given=False, passphrase=never)
    go.set()
    assert store.kind == "vault"
    assert "does not answer" in store.detail


def test_a_vault_made_earlier_is_used_again(profile: Paths, memory: Memory) -> None:
    Secrets.open(profile, profile_given=True, passphrase=lambda: "x").set("acc", FIELDS)
    store = Secrets.open(profile, profile_given=False, passphrase=lambda: "x")
    assert store.kind == "vault"
    assert store.get("acc") == FIELDS


# Keyring


def test_long_secrets_are_kept_in_pieces(memory: Memory) -> None:
    store = Keyring(memory)
    long = {"token": "长" * 3000, "secret_key": "k"}
    store.set("acc", long)
    assert store.get("acc") == long
    assert len(memory.entries) > 3
    longer = {"token": "x" * 9000}
    store.set("acc", longer)
    assert store.get("acc") == longer
    store.set("acc", FIELDS)
    assert store.get("acc") == FIELDS
    assert len(memory.entries) == 1
    store.set("acc", long)
    store.delete("acc")
    assert memory.entries == {}
    store.delete("acc")
    assert store.get("acc") == {}


@pytest.mark.parametrize("writes", range(9))
def test_a_crash_while_writing_leaves_the_old_secrets(memory: Memory, writes: int) -> None:
    store = Keyring(memory)
    store.set("acc", {"token": "a" * 5000})
    memory.writes_left = writes
    try:
        store.set("acc", {"token": "b" * 8000})
    except SecretStoreUnavailable:
        assert store.get("acc") == {"token": "a" * 5000}
    else:
        assert store.get("acc") == {"token": "b" * 8000}


def test_a_locked_keyring_says_so_without_its_words(memory: Memory) -> None:
    store = Keyring(memory)
    store.set("acc", FIELDS)
    memory.broken = True
    for use in (lambda: store.get("acc"), lambda: store.set("acc", FIELDS)):
        with pytest.raises(SecretStoreUnavailable) as raised:
            use()
        assert raised.value.remedy
        assert "geheim" not in str(raised.value)
        assert raised.value.__cause__ is None
    assert "geheim" not in repr(store)


def test_an_entry_of_another_hand(memory: Memory) -> None:
    store = Keyring(memory)
    for entry in ("no json", "[1]", "pieces abc 3", "pieces abc many"):
        memory.entries[secrets_module.SERVICE, "acc"] = entry
        with pytest.raises(SecretStoreUnavailable):
            store.get("acc")


# Vault


def vault(path: Path, phrase: str | None) -> Vault:
    return Vault(path, lambda: phrase, "")


def test_the_vault_opens_with_its_phrase_only(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    first = vault(path, "open sesame")
    assert first.get("acc") == {}
    first.set("acc", FIELDS)
    first.set("other", {"k": "v"})
    again = vault(path, "open sesame")
    assert again.get("acc") == FIELDS
    assert again.get("nobody") == {}
    wrong = vault(path, "open barley")
    with pytest.raises(SecretStoreUnavailable) as raised:
        wrong.get("acc")
    assert "pass phrase" in raised.value.what
    with pytest.raises(SecretStoreUnavailable):
        wrong.set("acc", {})
    assert vault(path, "open sesame").get("acc") == FIELDS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_phrase_can_be_followed_by_the_right_one(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault(path, "right").set("acc", FIELDS)
    phrases = iter(["wrong", "right"])
    store = Vault(path, lambda: next(phrases), "")
    with pytest.raises(SecretStoreUnavailable):
        store.get("acc")
    assert store.get("acc") == FIELDS
    assert store.get("acc") == FIELDS


def test_nothing_secret_is_to_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    store = vault(path, "open sesame")
    store.set("acc", FIELDS)
    shown = repr(store) + repr(store._opened)
    for secret in (b"geheim", b"secret_key", b"acc", b"sesame", b"tttt"):
        assert secret not in path.read_bytes()
        assert secret.decode() not in shown.replace("vault", "")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_byte_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("vault") / "vault"
    vault(path, "x").set("acc", FIELDS)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with pytest.raises(SecretStoreUnavailable):
        vault(path, "x").get("acc")


@pytest.mark.parametrize(
    "change",
    [
        {"n": 2**30}, {"n": 100}, {"r": 0}, {"p": 99}, {"nonce": "AA=="}, {"salt": "AA=="},
        {"kdf": "md5"}, {"vsconsole-vault": 2}, {"salt": 7},
    ],
)  # fmt: skip
def test_a_first_line_that_is_no_vaults_costs_no_memory(
    tmp_path: Path, change: dict[str, object]
) -> None:
    path = tmp_path / "vault"
    vault(path, "x").set("acc", FIELDS)
    line, _newline, text = path.read_bytes().partition(b"\n")
    path.write_bytes(json.dumps({**json.loads(line), **change}).encode() + b"\n" + text)
    with pytest.raises(SecretStoreUnavailable) as raised:
        vault(path, "x").get("acc")
    assert "damaged" in raised.value.what


def test_every_writing_has_its_own_nonce(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    store = vault(path, "x")
    nonces = set()
    for _ in range(20):
        store.set("acc", FIELDS)
        nonces.add(json.loads(path.read_bytes().partition(b"\n")[0])["nonce"])
    assert len(nonces) == 20
    assert all(len(base64.b64decode(nonce)) == 12 for nonce in nonces)


def test_two_programs_do_not_undo_each_other(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    one, two = vault(path, "x"), vault(path, "x")
    one.set("a", {"k": "1"})
    two.set("b", {"k": "2"})
    one.set("c", {"k": "3"})
    assert two.get("c") == {"k": "3"}
    one.delete("a")
    one.delete("nobody")
    assert (two.get("a"), two.get("b")) == ({}, {"k": "2"})


def test_without_a_phrase_secrets_last_for_the_session(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    asked: list[int] = []

    def nothing() -> None:
        asked.append(1)

    store = Vault(path, nothing, "")
    assert store.get("acc") == {}
    assert store.kind == "vault"
    store.set("acc", FIELDS)
    assert store.kind == "session"
    assert store.get("acc") == FIELDS
    store.delete("acc")
    assert store.get("acc") == {}
    assert asked == [1]
    assert list(tmp_path.iterdir()) == []


def test_a_closed_vault_is_not_an_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    vault(path, "x").set("acc", FIELDS)
    store = vault(path, None)
    with pytest.raises(SecretStoreUnavailable) as raised:
        store.get("acc")
    assert raised.value.remedy
    store.set("acc", {"k": "session"})
    assert store.get("acc") == {"k": "session"}
    assert vault(path, "x").get("acc") == FIELDS


def test_deleting_from_a_vault_that_was_never_made_asks_nobody(tmp_path: Path) -> None:
    Vault(tmp_path / "vault", never, "").delete("acc")


def test_the_real_cost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault_module, "_COST", REAL_COST)
    path = tmp_path / "vault"
    vault(path, "x").set("acc", FIELDS)
    assert json.loads(path.read_bytes().partition(b"\n")[0])["n"] == 32768
    assert vault(path, "x").get("acc") == FIELDS
