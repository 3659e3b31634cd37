"""Events that were seen: found by any part of their words, within bounds, lost without loss."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import CacheDamaged, StorageError
from vsconsole.domain.model import Box, Event, Key, now
from vsconsole.domain.timeline import Span
from vsconsole.store import event_index
from vsconsole.store.event_index import EventIndex, EventQuery, KnownEvent, folded

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DOOR = Key("acc", "ch-1")
YARD = Key("acc", "ch-2")
OTHER = Key("other", "ch-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.sqlite"


@pytest.fixture
def index(path: Path) -> Iterator[EventIndex]:
    made = EventIndex(path)
    yield made
    made.close()


def event(number: int, text: str = "", *, channel: Key = DOOR, **more: object) -> Event:
    fields: dict[str, object] = {
        "id": f"e{number}",
        "channel": channel,
        "begin": BEGIN + timedelta(minutes=number),
        "kind": "Body",
        "title": "Person",
        "text": text,
        **more,
    }
    return Event(**fields)  # type: ignore[arg-type]


def ids(found: list[KnownEvent]) -> list[str]:
    return [known.event.id for known in found]


def search(index: EventIndex, text: str = "", **more: object) -> list[str]:
    return ids(index.search(EventQuery(text=text, **more)))  # type: ignore[arg-type]


def test_an_event_comes_back_whole(index: EventIndex, path: Path) -> None:
    one = event(
        1,
        "白短袖",
        end=BEGIN + timedelta(minutes=2),
        picture="http://a/p.jpg?x=1",
        boxes=(Box(x=0.1, y=0.2, width=0.3, height=0.4, label="人"),),
        raw={"a": [1, "多"]},
    )
    before = now()
    (fresh,) = index.add(DOOR, "东门", [one])
    assert fresh.event == one
    index.close()
    again = EventIndex(path)
    (found,) = again.search(EventQuery())
    again.close()
    # What may carry a token is not written.
    assert found.event == replace(one, picture="")
    assert dict(found.event.raw) == {}
    assert b"http://a" not in path.read_bytes()
    assert found.place == "东门"
    assert before - timedelta(seconds=1) < found.seen <= now()
    assert found.number == fresh.number


def test_only_what_is_new_is_told(index: EventIndex) -> None:
    assert ids(index.add(DOOR, "", [event(2), event(1)])) == ["e1", "e2"]
    assert ids(index.add(DOOR, "", [event(2), event(3)])) == ["e3"]
    # The same id on another channel is another event.
    assert ids(index.add(YARD, "", [event(3, channel=YARD)])) == ["e3"]
    assert ids(index.add(OTHER, "", [event(3, channel=OTHER)])) == ["e3"]
    assert index.count(EventQuery()) == 5


def test_what_is_told_again_replaces_what_was_known(index: EventIndex) -> None:
    index.add(DOOR, "东门", [event(1, "白短袖", picture="http://a/old")])
    (seen,) = index.search(EventQuery())
    assert index.add(DOOR, "西门", [event(1, "黑外套", picture="http://a/new")]) == []
    assert search(index, "白短袖") == search(index, "东门") == []
    assert search(index, "黑外套") == search(index, "西门") == ["e1"]
    (found,) = index.search(EventQuery())
    assert found.event.picture == "http://a/new"
    assert found.seen == seen.seen


# Words


@pytest.mark.parametrize(
    "text",
    ["白", "袖", "短", "白短", "短袖", "白短袖", "穿白", "东", "东门", "ＡBC", "abc1", "c1", "1",
     "white shirt", "shirt WHITE", "hite", "沪a", "person", "人", "门口 白短", "🚗"],
)  # fmt: skip
def test_any_part_is_found(index: EventIndex, text: str) -> None:
    box = Box(x=0, y=0, width=1, height=1, label="人")
    index.add(DOOR, "东门口", [event(1, "穿白短袖 White  shirt; 沪ABC12 🚗", boxes=(box,))])
    index.add(YARD, "River", [event(2, "dog", channel=YARD, title="Pet")])
    assert search(index, text) == ["e1"]


@pytest.mark.parametrize(
    "text", ["白袖", "袖白", "口穿", "shirtwhite", "whiteshirt", "12沪", "白 dog", "短短", "x"]
)
def test_what_is_no_part_is_not_found(index: EventIndex, text: str) -> None:
    index.add(DOOR, "东门口", [event(1, "穿白短袖 White  shirt; 沪ABC12")])
    index.add(YARD, "", [event(2, "dog", channel=YARD)])
    assert search(index, text) == []


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_no_words_find_everything(index: EventIndex, text: str) -> None:
    index.add(DOOR, "", [event(1, "a"), event(2)])
    assert search(index, text) == ["e2", "e1"]


@pytest.mark.parametrize(
    "text", ['"', "'", "* AND", "NOT", "(", "pairs:x", "-", "^a", "\x00", "\ud800"]
)
def test_signs_are_only_signs(index: EventIndex, text: str) -> None:
    index.add(DOOR, "", [event(1, f"before {text} after")])
    assert search(index, text) == ["e1"]


WORDS = st.text(alphabet="ab白短袖东門Ａé -\"'*🚗", max_size=8)


@pytest.mark.parametrize("frequent", [1, 2000])
@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(WORDS, min_size=1, max_size=5), wanted=WORDS)
def test_a_search_is_what_python_finds(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    frequent: int,
    texts: list[str],
    wanted: str,
) -> None:
    monkeypatch.setattr(event_index, "_FREQUENT", frequent)
    made = EventIndex(tmp_path_factory.mktemp("index") / "e.sqlite")
    try:
        made.add(DOOR, "", [event(n, text, title="") for n, text in enumerate(texts)])
        expected = [
            f"e{n}"
            for n, text in enumerate(texts)
            if all(word in folded(text) for word in folded(wanted).split())
        ]
        assert search(made, wanted) == expected[::-1]
    finally:
        made.close()


# Filters


def test_filters(index: EventIndex) -> None:
    index.add(DOOR, "", [event(1), event(2, kind="Car", title="Vehicle")])
    index.add(YARD, "", [event(3, channel=YARD)])
    index.add(OTHER, "", [event(4, channel=OTHER, kind="Car", title="Vehicle")])
    assert search(index) == ["e4", "e3", "e2", "e1"]
    assert search(index, kinds=frozenset({"Car"})) == ["e4", "e2"]
    assert search(index, kinds=frozenset({"Car", "Body"})) == ["e4", "e3", "e2", "e1"]
    assert search(index, accounts=frozenset({"acc"})) == ["e3", "e2", "e1"]
    assert search(index, channels=frozenset({YARD, OTHER})) == ["e4", "e3"]
    span = Span(BEGIN + timedelta(minutes=2), BEGIN + timedelta(minutes=4))
    assert search(index, span=span) == ["e3", "e2"]
    assert search(index, "veh", accounts=frozenset({"acc"}), span=span) == ["e2"]
    assert index.count(EventQuery(kinds=frozenset({"Car"}))) == 2
    assert index.kinds() == {"Body": "Person", "Car": "Vehicle"}
    many = frozenset(Key("acc", f"x{n}") for n in range(40_000)) | {DOOR}
    assert search(index, channels=many) == ["e2", "e1"]


def test_pages_follow_each_other(index: EventIndex) -> None:
    # Two begin together.
    index.add(DOOR, "", [event(n // 2, id=f"e{n}") for n in range(9)])
    found: list[str] = []
    last: KnownEvent | None = None
    while page := index.search(EventQuery(), limit=2, after=last):
        assert len(page) <= 2
        found += ids(page)
        last = page[-1]
    assert found == [f"e{n}" for n in (8, 7, 6, 5, 4, 3, 2, 1, 0)]
    # What is added meanwhile moves nothing.
    first = index.search(EventQuery(), limit=3)
    index.add(DOOR, "", [event(50)])
    assert ids(index.search(EventQuery(), limit=1, after=first[-1])) == ["e5"]


def test_ages(index: EventIndex) -> None:
    assert index.asked("acc") == {}
    before = now()
    index.add(DOOR, "", [])
    index.add(OTHER, "", [event(1, channel=OTHER)])
    asked = index.asked("acc")
    assert list(asked) == [DOOR]
    assert before - timedelta(seconds=1) < asked[DOOR] <= now()


def test_an_account_is_forgotten(index: EventIndex) -> None:
    index.add(DOOR, "东门", [event(1, "白短袖")])
    index.add(OTHER, "", [event(2, "白短袖", channel=OTHER)])
    index.forget("acc")
    assert search(index) == search(index, "白短袖") == ["e2"]
    assert search(index, "东门") == []
    assert index.asked("acc") == {}
    # And may come again.
    assert ids(index.add(DOOR, "", [event(1)])) == ["e1"]


# Bounds and damage


def test_the_oldest_are_dropped(path: Path) -> None:
    index = EventIndex(path, most=100)
    for n in range(0, 300, 10):
        index.add(DOOR, "", [event(n + m, f"number{n + m}x") for m in range(10)])
        assert index.count(EventQuery()) <= 100
    found = search(index)
    assert len(found) >= 90
    assert found == [f"e{n}" for n in range(299, 299 - len(found), -1)]
    assert search(index, "number299x") == ["e299"]
    assert search(index, "number5x") == []
    index.close()


def test_long_things_are_kept_short(index: EventIndex) -> None:
    index.add(DOOR, "东门", [event(1, "长" * 100_000)])
    assert ids(index.search(EventQuery(text="东门"))) == ["e1"]
    assert index.path.stat().st_size < 2_000_000


def test_a_damaged_file_is_put_aside(path: Path, index: EventIndex, allow_log: object) -> None:
    assert callable(allow_log)
    allow_log("event index damaged")
    index.add(DOOR, "", [event(1)])
    index.close()
    path.write_bytes(b"no database" * 1000)
    again = EventIndex(path)
    assert isinstance(again.damage, CacheDamaged)
    assert search(again) == []
    assert ids(again.add(DOOR, "", [event(1)])) == ["e1"]
    again.close()
    assert [p for p in path.parent.iterdir() if p.read_bytes().startswith(b"no database")]


def test_damage_in_use_is_met(path: Path, allow_log: object) -> None:
    assert callable(allow_log)
    allow_log("event index damaged")
    index = EventIndex(path)
    index.add(DOOR, "", [event(n, "words" * 50) for n in range(300)])
    # Move everything into the file, then spoil its inner pages under the open connections.
    other = sqlite3.connect(path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (size - 4096))
    index.add(DOOR, "", [event(n, "more" * 50) for n in range(300, 900)])
    found = index.search(EventQuery(), limit=1000)
    assert index.damage is not None
    assert found
    index.close()


def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError):
        EventIndex(tmp_path / "file" / "events.sqlite")


def test_several_threads(index: EventIndex) -> None:
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            key = Key(f"acc{number}", "ch")
            for n in range(20):
                index.add(key, f"cam{number}", [event(n, f"word{number}", channel=key)])
                assert len(search(index, f"word{number}")) == n + 1
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert index.count(EventQuery()) == 80


def test_pictures_stay_out_of_what_is_printed(index: EventIndex) -> None:
    (fresh,) = index.add(DOOR, "", [event(1, picture="http://a/p?token=secret")])
    assert "secret" not in repr(fresh)
    assert replace(fresh, place="x").event == fresh.event
