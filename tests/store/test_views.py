"""Saved views and tours in the catalog."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from vsconsole.domain.errors import Conflict, InvalidInput, NotFound
from vsconsole.store import catalog as catalog_module
from vsconsole.store.catalog import Catalog
from vsconsole.store.views import SavedTour, TourStop, ViewStore

CONTENT = {"layout": "9", "tiles": [{"channel": "a/门"}]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalog.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[ViewStore]:
    catalog = Catalog(path)
    yield catalog.views
    catalog.close()


def test_views_come_back_by_name(store: ViewStore, path: Path) -> None:
    night = store.save_view("night", CONTENT)
    gate = store.save_view("  Gate  round ", {"layout": "1"})
    assert gate.name == "Gate round"
    again = Catalog(path)
    assert again.views.views() == [gate, night]
    assert again.views.view(night.id) == night
    again.close()


def test_a_taken_name_is_refused_or_its_view_replaced(store: ViewStore) -> None:
    first = store.save_view("Night", CONTENT)
    with pytest.raises(Conflict):
        store.save_view("Night", {})
    assert store.view(first.id).content == CONTENT
    replaced = store.save_view("Night", {"layout": "4"}, replacing=True)
    assert replaced.id == first.id
    assert [view.content for view in store.views()] == [{"layout": "4"}]
    with pytest.raises(InvalidInput):
        store.save_view("  ", {})


def test_renaming_and_deleting(store: ViewStore) -> None:
    one, two = store.save_view("One", {}), store.save_view("Two", {})
    store.rename_view(one.id, "Eins")
    assert [view.name for view in store.views()] == ["Eins", "Two"]
    with pytest.raises(Conflict):
        store.rename_view(one.id, "Two")
    store.delete_view(two.id)
    for gone in (lambda: store.delete_view(two.id), lambda: store.view(two.id)):
        with pytest.raises(NotFound):
            gone()
    with pytest.raises(NotFound):
        store.rename_view(two.id, "x")


def test_tours_keep_their_stops_without_views_that_are_deleted(store: ViewStore) -> None:
    one, two = store.save_view("One", {}), store.save_view("Two", {})
    stops = (TourStop(view=one.id, seconds=5), TourStop(view=two.id, seconds=7))
    both = store.save_tour("Both", stops)
    only = store.save_tour("Only", stops[1:])
    tabs = store.save_tour("Tabs", (), seconds=30)
    assert store.tours() == [both, only, tabs]
    store.delete_view(two.id)
    # One that has nothing left to show would turn into a tour of the tabs.
    assert store.tours() == [SavedTour(id=both.id, name="Both", stops=stops[:1]), tabs]
    changed = store.save_tour("Every tab", (), seconds=4, id=tabs.id)
    assert store.tours()[1] == changed
    with pytest.raises(Conflict):
        store.save_tour("Both", ())
    store.rename_tour(tabs.id, "All")
    store.delete_tour(tabs.id)
    with pytest.raises(NotFound):
        store.delete_tour(tabs.id)


def test_a_catalog_of_the_version_before_gains_them(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = catalog_module._STEPS
    place = next(i for i, step in enumerate(steps) if "TABLE view" in step)
    monkeypatch.setattr(catalog_module, "_STEPS", steps[:place])
    old = Catalog(path)
    old.set_state("desk", {"kept": True})
    old.close()
    monkeypatch.setattr(catalog_module, "_STEPS", steps)
    new = Catalog(path)
    assert new.state("desk") == {"kept": True}
    assert new.views.views() == []
    new.views.save_view("Night", CONTENT)
    new.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT name FROM view").fetchall() == [("Night",)]
    connection.close()
