"""What is kept of presets and patrols, and that it outlives a restart."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vsconsole.domain.errors import NotFound
from vsconsole.domain.model import Account, Key
from vsconsole.store import catalog as catalog_module
from vsconsole.store.catalog import Catalog
from vsconsole.store.ptz_book import PatrolStop, PresetLook

DOME, OTHER = Key("a", "dome"), Key("b", "other")


def test_looks_are_kept_apart_by_channel_and_outlive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    catalog = Catalog(path)
    catalog.ptz.order_presets(DOME, ["3", "1"])
    catalog.ptz.name_preset(DOME, "3", "大门")
    catalog.ptz.picture_preset(DOME, "3", b"jpeg")
    catalog.ptz.picture_preset(OTHER, "3", b"else")
    catalog.ptz.order_presets(DOME, ["1", "3"])
    catalog.close()
    catalog = Catalog(path)
    assert catalog.ptz.looks(DOME) == {
        "1": PresetLook(place=0),
        "3": PresetLook(place=1, name="大门", picture=b"jpeg"),
    }
    catalog.ptz.forget_preset(DOME, "3")
    assert set(catalog.ptz.looks(DOME)) == {"1"}
    assert catalog.ptz.looks(OTHER)["3"].picture == b"else"
    catalog.close()


def test_patrols_are_kept_changed_and_removed(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    stops = (PatrolStop(preset="1", dwell=10), PatrolStop(preset="door", dwell=2.5))
    night = catalog.ptz.add_patrol(DOME, "Night", stops, pace=2)
    day = catalog.ptz.add_patrol(DOME, "Day", stops[:1])
    assert catalog.ptz.patrols(DOME) == [day, night]
    assert catalog.ptz.patrols(OTHER) == []
    catalog.ptz.delete_patrol(day.id)
    assert catalog.ptz.patrols(DOME) == [night]
    with pytest.raises(NotFound):
        catalog.ptz.delete_patrol(day.id)
    catalog.close()


def test_an_account_that_goes_takes_them_along(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    catalog.save_account(Account(id="a", vendor="tencent", name="A"))
    for key in (DOME, OTHER):
        catalog.ptz.name_preset(key, "1", "Gate")
        catalog.ptz.add_patrol(key, "Night", [PatrolStop(preset="1", dwell=10)])
    catalog.delete_account("a")
    assert catalog.ptz.looks(DOME) == {}
    assert catalog.ptz.patrols(DOME) == []
    assert catalog.ptz.looks(OTHER)
    assert catalog.ptz.patrols(OTHER)
    catalog.close()


def test_a_catalog_of_the_first_version_gets_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalog.sqlite"
    steps = catalog_module._STEPS
    with monkeypatch.context() as patch:
        patch.setattr(catalog_module, "_STEPS", steps[:1])
        Catalog(path).close()
    catalog = Catalog(path)
    catalog.ptz.name_preset(DOME, "1", "Gate")
    assert catalog.ptz.looks(DOME)["1"].name == "Gate"
    catalog.close()
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (len(steps),)
    connection.close()
