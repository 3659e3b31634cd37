"""Writes without end and counts aloud; started as a program by the test that kills it."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vsconsole.domain.model import Account, Channel, Key, Store
from vsconsole.domain.timeline import Segment, Span
from vsconsole.store.cache import Cache
from vsconsole.store.catalog import Catalog
from vsconsole.store.settings import Settings
from vsconsole.store.vault import Vault

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
PHRASE = "open sesame"
CHANNELS = 400


def main(folder: Path, first: int) -> None:
    settings = Settings(folder / "settings.json")
    catalog = Catalog(folder / "catalog.sqlite3")
    cache = Cache(folder / "cache.sqlite3")
    vault = Vault(folder / "vault", lambda: PHRASE, "")
    number = first
    while True:
        number += 1
        settings.update({"number": number, "same": number, "long": "x" * 5000})
        catalog.set_states({"number": number, "same": number})
        catalog.save_account(Account(id="a", vendor="v", name=f"name {number}"))
        vault.set("a", {"number": str(number), "same": str(number)})
        cache.replace_nodes(
            "a", [Channel(key=Key("a", str(i)), name=f"{number}") for i in range(CHANNELS)]
        )
        span = Span(BEGIN + number * HOUR, BEGIN + (number + 1) * HOUR)
        cache.remember(Key("a", "1"), Store.CLOUD, span, [Segment(span=span)])
        # Said only when everything above has returned.
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
