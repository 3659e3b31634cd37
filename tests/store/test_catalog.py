"""The user's own data: kept at once, migrated with a copy, never replaced by itself."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vsconsole.domain.errors import Conflict, NotFound, StorageError
from vsconsole.domain.model import Account, Key, Store, now
from vsconsole.domain.timeline import Span
from vsconsole.store import catalog as catalog_module
from vsconsole.store.catalog import Bookmark, Catalog
from vsconsole.store.database import Database, TooNewError
from vsconsole.store.marks import Export, file_key

BEGIN = datetime(2026, 11, 20, 8, 42, 49, 250_000, tzinfo=UTC)
ONE, TWO = Key("a", "1"), Key("a", "2")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "catalog.sqlite3"


@pytest.fixture
def catalog(path: Path) -> Iterator[Catalog]:
    catalog = Catalog(path)
    yield catalog
    catalog.close()


def bookmark(channel: Key, span: Span, title: str, **look: str) -> Bookmark:
    return Bookmark(id=f"{channel} {title}", channel=channel, span=span, title=title, **look)


def account(id: str, name: str, **options: str) -> Account:
    return Account(id=id, vendor="tencent", name=name, options=options)


def test_accounts_come_back_in_the_users_order(catalog: Catalog, path: Path) -> None:
    accounts = [account("1", "总部", server="https://x"), account("2", "B"), account("3", "C")]
    for one in accounts:
        catalog.save_account(one)
    assert catalog.accounts() == accounts
    catalog.save_account(account("2", "Branch", server="y"))
    catalog.order_accounts(["3", "1", "2"])
    catalog.close()
    again = Catalog(path)
    assert again.accounts() == [accounts[2], accounts[0], account("2", "Branch", server="y")]
    again.close()


def test_a_name_belongs_to_one_account(catalog: Catalog) -> None:
    catalog.save_account(account("1", "A"))
    with pytest.raises(Conflict) as raised:
        catalog.save_account(account("2", "A"))
    assert "A" in raised.value.what
    catalog.save_account(account("1", "A", server="x"))
    assert catalog.accounts() == [account("1", "A", server="x")]


def test_deleting_an_account_takes_what_hangs_on_it_but_not_the_log(catalog: Catalog) -> None:
    other = Key("b", "1")
    for one in (account("a", "A"), account("b", "B")):
        catalog.save_account(one)
    catalog.set_favourites([ONE, other])
    for key in (ONE, other):
        catalog.name_preset(key, 1, "Gate")
        catalog.save_bookmark(bookmark(key, Span(BEGIN, BEGIN), "here"))
        catalog.set_clock_offset(key, 1.5)
        catalog.audit(key.account, "DeleteDevice", {}, "ok")
    catalog.delete_account("a")
    assert catalog.accounts() == [account("b", "B")]
    assert catalog.favourites() == [other]
    assert catalog.preset_names(ONE) == {}
    assert catalog.bookmarks(ONE) == []
    assert catalog.clock_offset(ONE) == 0
    assert catalog.preset_names(other) == {1: "Gate"}
    assert len(catalog.bookmarks(other)) == 1
    assert len(catalog.audited()) == 2


def test_favourites_keep_their_order(catalog: Catalog) -> None:
    catalog.set_favourites([TWO, ONE, TWO])
    assert catalog.favourites() == [TWO, ONE]
    catalog.set_favourites([ONE])
    assert catalog.favourites() == [ONE]


def test_presets_are_named(catalog: Catalog) -> None:
    catalog.name_preset(ONE, 3, "Gate")
    catalog.name_preset(ONE, 1, "Yard")
    catalog.name_preset(TWO, 1, "Other")
    catalog.name_preset(ONE, 3, "Main gate")
    assert list(catalog.preset_names(ONE).items()) == [(1, "Yard"), (3, "Main gate")]
    catalog.name_preset(ONE, 3, "")
    assert catalog.preset_names(ONE) == {1: "Yard"}


def test_bookmarks_of_a_time(catalog: Catalog) -> None:
    hour = timedelta(hours=1)
    instant = bookmark(ONE, Span(BEGIN, BEGIN), "a thief", note="left by the gate")
    long = bookmark(ONE, Span(BEGIN - hour, BEGIN + hour), "whole")
    for one in (instant, long, bookmark(TWO, Span(BEGIN, BEGIN), "elsewhere")):
        catalog.save_bookmark(one)
    assert catalog.bookmarks(ONE) == [long, instant]
    assert catalog.bookmarks(ONE, Span(BEGIN, BEGIN + hour)) == [long, instant]
    assert catalog.bookmarks(ONE, Span(BEGIN - hour, BEGIN)) == [long]
    assert catalog.bookmarks(ONE, Span(BEGIN + hour, BEGIN + 2 * hour)) == []
    assert catalog.bookmarks() == [
        long,
        instant,
        *catalog.bookmarks(TWO),
    ]
    changed = replace(instant, title="a postman", note="after all")
    catalog.save_bookmark(changed)
    catalog.delete_bookmark(long.id)
    assert catalog.bookmarks(ONE) == [changed]
    with pytest.raises(NotFound):
        catalog.delete_bookmark(long.id)


def test_state_is_kept_under_names(catalog: Catalog) -> None:
    assert catalog.state("wall", {"tiles": 1}) == {"tiles": 1}
    catalog.set_states({"wall": {"tiles": 4, "门": None}, "view:a": 1, "view:b": [2]})
    assert catalog.state("wall") == {"tiles": 4, "门": None}
    assert catalog.state_names("view:") == ["view:a", "view:b"]
    catalog.set_state("view:a", None)
    assert catalog.state_names() == ["view:b", "wall"]
    assert catalog.state("view:a") is None


def test_clocks_that_are_off(catalog: Catalog) -> None:
    assert catalog.clock_offset(ONE) == 0
    catalog.set_clock_offset(ONE, -3.25)
    assert catalog.clock_offset(ONE) == -3.25
    assert catalog.clock_offset(TWO) == 0


def test_the_log_is_only_added_to(catalog: Catalog, path: Path) -> None:
    for number in range(5):
        catalog.audit("a", "ControlDevice", {"n": number, "key": "***"}, "ok")
    newest, *_others = catalog.audited(limit=2)
    assert newest.params == {"n": 4, "key": "***"}
    assert now() - newest.at < timedelta(minutes=1)
    older = catalog.audited(before=newest.number)
    assert [entry.params["n"] for entry in older] == [3, 2, 1, 0]
    connection = sqlite3.connect(path)
    for statement in ("DELETE FROM audit", "UPDATE audit SET outcome = 'x'"):
        with pytest.raises(sqlite3.IntegrityError, match="only added to"):
            connection.execute(statement)
    connection.close()


def test_a_bookmark_keeps_its_look_and_comes_back_after_it_was_deleted(
    catalog: Catalog, path: Path
) -> None:
    made = bookmark(
        file_key("/footage/plaza 1.mp4"),
        Span(BEGIN, BEGIN),
        "a van",
        colour="amber",
        place="plaza 1.mp4",
        zone="Asia/Shanghai",
    )
    catalog.save_bookmark(made)
    catalog.delete_bookmark(made.id)
    assert catalog.bookmarks() == []
    catalog.save_bookmark(made)
    catalog.close()
    again = Catalog(path)
    assert again.bookmarks() == again.bookmarks(made.channel) == [made]
    again.close()


def test_what_was_exported_is_known_and_goes_with_its_account(catalog: Catalog) -> None:
    export = Export(
        channel=ONE,
        store=Store.CLOUD,
        span=Span(BEGIN, BEGIN + timedelta(hours=1)),
        path=Path("/downloads/gate.mp4"),
    )
    catalog.add_export(export)
    catalog.add_export(export)
    catalog.add_export(replace(export, channel=TWO, store=Store.DEVICE))
    assert catalog.exports(ONE) == [export]
    catalog.delete_account(ONE.account)
    assert catalog.exports(ONE) == []


def test_a_catalog_of_the_first_version_keeps_its_bookmarks(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as old:
        old.setattr(catalog_module, "_STEPS", catalog_module._STEPS[:1])
        Catalog(path).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO bookmark VALUES ('1', 'a', 'n', 1000, 2000, 'a thief', 'by the gate', 3000)"
    )
    connection.commit()
    connection.close()
    catalog = Catalog(path)
    [kept] = catalog.bookmarks()
    assert (kept.title, kept.note, kept.colour) == ("a thief", "by the gate", "")
    catalog.close()


def test_a_copy_is_kept_before_a_migration(
    catalog: Catalog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.save_account(account("1", "A"))
    catalog.close()
    version = len(catalog_module._STEPS)
    steps = (*catalog_module._STEPS, "ALTER TABLE account ADD COLUMN colour TEXT;")
    monkeypatch.setattr(catalog_module, "_STEPS", steps)
    migrated = Catalog(path)
    assert migrated.accounts() == [account("1", "A")]
    migrated.close()
    copy = path.with_name(f"catalog.sqlite3.v{version}")
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT name FROM account").fetchall() == [("A",)]
    assert connection.execute("PRAGMA user_version").fetchone() == (version,)
    connection.close()


def test_a_migration_that_fails_changes_nothing(
    catalog: Catalog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.save_account(account("1", "A"))
    catalog.close()
    steps = catalog_module._STEPS
    broken = "ALTER TABLE account ADD COLUMN colour TEXT;\nCREATE TABLE account (id TEXT);"
    monkeypatch.setattr(catalog_module, "_STEPS", (*steps, broken))
    with pytest.raises(sqlite3.OperationalError):
        Catalog(path)
    monkeypatch.setattr(catalog_module, "_STEPS", steps)
    again = Catalog(path)
    assert again.accounts() == [account("1", "A")]
    again.close()


def test_a_file_of_a_newer_version_is_not_touched(
    catalog: Catalog, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.close()
    before = path.read_bytes()
    monkeypatch.setattr(catalog_module, "_STEPS", ())
    with pytest.raises(TooNewError) as raised:
        Catalog(path)
    assert "newer" in raised.value.what
    assert path.read_bytes() == before


def test_a_damaged_catalog_is_not_replaced(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(StorageError) as raised:
        Catalog(path)
    assert str(path) in raised.value.what
    assert "rename" in raised.value.remedy
    assert path.read_bytes() == b"no database " * 1000
    copy = path.with_name("catalog.sqlite3.v1")
    copy.write_bytes(b"copy")
    with pytest.raises(StorageError) as raised:
        Catalog(path)
    assert "catalog.sqlite3.v1" in raised.value.remedy


def test_a_write_inside_a_write_belongs_to_it(tmp_path: Path) -> None:
    database = Database(tmp_path / "x", ("CREATE TABLE t (n INTEGER);",))

    def fail() -> None:
        with database.write() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
            with database.write() as inner:
                inner.execute("INSERT INTO t VALUES (2)")
            raise ValueError("undone")

    with pytest.raises(ValueError, match="undone"):
        fail()
    with database.read() as connection, database.read() as inner:
        assert inner.execute("SELECT count(*) FROM t").fetchone() == (0,)
        assert connection is inner
    with pytest.raises(sqlite3.OperationalError), database.write() as connection:
        connection.execute("a bug of ours")
    database.close()


def test_a_read_only_place(tmp_path: Path) -> None:
    path = tmp_path / "x"
    database = Database(path, ("CREATE TABLE t (n INTEGER);",))
    with database.write() as connection:
        connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StorageError) as raised, database.write() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    assert type(raised.value).__name__ == "NotWritable"
    database.close()


def test_a_file_in_use_can_be_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vsconsole.store.database._WAIT_SECONDS", 0.05)
    path = tmp_path / "x"
    database = Database(path, ("CREATE TABLE t (n INTEGER);",))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError) as raised, database.write():
        pass
    assert raised.value.retryable
    other.close()
    database.close()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    database = Database(tmp_path / "x", ("CREATE TABLE t (n BLOB);",))
    with database.write() as connection:
        connection.execute("PRAGMA max_page_count=4")
    with pytest.raises(StorageError) as raised, database.write() as connection:
        connection.execute("INSERT INTO t VALUES (zeroblob(1000000))")
    assert type(raised.value).__name__ == "DiskFull"
    database.close()
