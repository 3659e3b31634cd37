"""A program that is killed while it writes: the next start is whole, and nothing said is lost."""

import random
import subprocess
import sys
import threading
from pathlib import Path

from tests.store.writer import BEGIN, CHANNELS, HOUR, PHRASE
from vsconsole.domain.model import Key, Store
from vsconsole.domain.timeline import Span
from vsconsole.store.cache import Cache
from vsconsole.store.catalog import Catalog
from vsconsole.store.settings import Settings
from vsconsole.store.vault import Vault


def write_and_be_killed(folder: Path, first: int, seconds: float) -> int:
    """Runs the writer, kills it some time after its first round; gives the last number it said."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.store.writer", str(folder), str(first)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    try:
        said = program.stdout.readline()
        threading.Event().wait(seconds)
    finally:
        program.kill()
        rest = program.stdout.read()
        program.wait(20)
        program.stdout.close()
    return int((said + rest).split()[-1])


def check(folder: Path, said: int) -> None:
    """Looks at everything as the next start does."""
    settings = Settings(folder / "settings.json")
    assert settings.damage is None
    assert settings.get("same") == settings.get("number")
    assert settings.get("number") >= said
    assert len(settings.get("long")) == 5000
    assert not list(folder.glob(".settings.json.*"))

    catalog = Catalog(folder / "catalog.sqlite3")
    assert catalog.state("same") == catalog.state("number")
    assert catalog.state("number") >= said
    (account,) = catalog.accounts()
    assert int(account.name.split()[1]) >= said
    catalog.close()

    vault = Vault(folder / "vault", lambda: PHRASE, "")
    fields = vault.get("a")
    assert fields["same"] == fields["number"]
    assert int(fields["number"]) >= said
    assert not list(folder.glob(".vault.*"))

    cache = Cache(folder / "cache.sqlite3")
    assert cache.damage is None
    names = {int(node.name) for node in cache.nodes("a")}
    assert len(cache.nodes("a")) == CHANNELS
    assert max(names) >= said
    assert len(names) == 1
    span = Span(BEGIN + HOUR, BEGIN + (said + 1) * HOUR)
    segments, unknown = cache.known(Key("a", "1"), Store.CLOUD, span)
    assert unknown == []
    assert list(segments.spans()) == [span]
    cache.close()


def test_killed_at_any_moment_the_next_start_is_whole(tmp_path: Path) -> None:
    random.seed(20261120)
    number = 0
    for _ in range(8):
        number = write_and_be_killed(tmp_path, number, random.uniform(0, 0.3))
        check(tmp_path, number)
    assert number >= 8
