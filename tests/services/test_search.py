"""Finding nodes by name, id, pinyin and initials."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.support import add_box, until
from vsconsole.domain.model import Channel, Group, Key
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import pinyin
from vsconsole.services.desk import Services
from vsconsole.services.search import SearchIndex


def channel(name: str, native: str = "x") -> Channel:
    return Channel(key=Key("a", native), name=name)


def names(index: SearchIndex, text: str, *favourites: str) -> list[str]:
    return [hit.node.name for hit in index.find(text, {Key("a", n) for n in favourites})]


INDEX = SearchIndex.of(
    [
        channel("东门球机", "id-1"),
        channel("大门", "id-2"),
        channel("North Gate", "id-3"),
        channel("Gate 2 北门", "id-4"),
        Group(key=Key("a", "org:1"), name="总部园区"),
    ]
)


def test_a_name_is_found_by_any_part_of_it_in_any_case() -> None:
    assert names(INDEX, "门") == ["东门球机", "大门", "Gate 2 北门"]
    assert names(INDEX, "gATE") == ["Gate 2 北门", "North Gate"]


def test_chinese_names_are_found_by_pinyin_and_by_initials() -> None:
    assert names(INDEX, "dongmen") == ["东门球机"]
    assert names(INDEX, "dmqj") == ["东门球机"]
    assert names(INDEX, "DM") == ["东门球机", "大门"]
    assert names(INDEX, "zbyq") == ["总部园区"]
    assert names(INDEX, "beimen") == ["Gate 2 北门"]


def test_an_id_finds_its_node() -> None:
    assert names(INDEX, "id-3") == ["North Gate"]
    assert names(INDEX, "org:1") == ["总部园区"]


def test_every_word_has_to_be_found() -> None:
    assert names(INDEX, "gate north") == ["North Gate"]
    assert names(INDEX, "gate south") == []


def test_a_name_that_begins_so_comes_before_an_id_and_an_inside() -> None:
    index = SearchIndex.of([channel("a door", "1"), channel("x", "door"), channel("Door 7", "3")])
    assert [hit.rank for hit in index.find("door")] == [0, 1, 2]
    assert names(index, "door") == ["Door 7", "x", "a door"]


def test_favourites_come_first_among_equals_only() -> None:
    index = SearchIndex.of([channel("Door 1", "1"), channel("Door 2", "2"), channel("a door", "3")])
    assert names(index, "door", "2", "3") == ["Door 2", "Door 1", "a door"]


def test_a_favourite_is_told_from_its_namesake_in_another_account() -> None:
    index = SearchIndex.of([channel("Door 1", "1"), channel("Door 2", "2")])
    hits = index.find("door", {Key("b", "2"), Key("a", "1")})
    assert [hit.favourite for hit in hits] == [True, False]


# The first of them asks how Chinese is read.
@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.sampled_from(["Door 1", "a door", "Indoor", "门 door", "Gate"]), max_size=12),
    st.sets(st.integers(0, 11)),
    st.integers(0, 12),
)
def test_the_best_few_are_the_first_of_all(
    called: list[str], starred: set[int], limit: int
) -> None:
    index = SearchIndex.of(channel(name, f"id-{i}") for i, name in enumerate(called))
    favourites = {Key("a", f"id-{i}") for i in starred}
    everything = index.find("door", favourites)
    assert len(everything) == sum("door" in name.casefold() for name in called)
    assert index.find("door", favourites, limit) == everything[:limit]
    assert everything == sorted(everything, key=lambda hit: (hit.rank, not hit.favourite))


def test_half_a_character_in_a_name_does_no_harm() -> None:
    index = SearchIndex.of([channel("Gate \ud83d 北"), channel("North")])
    assert names(index, "gate") == names(index, "\ud83d") == names(index, "北")


def test_one_letter_is_not_found_inside_another() -> None:
    # Their UTF-8 shares bytes; a letter of Latin-1 is a byte of many characters.
    index = SearchIndex.of([channel("北门"), channel("é")])
    assert names(index, "å") == names(index, "\x97") == []
    assert names(index, "É") == ["é"]


def test_nothing_typed_finds_nothing() -> None:
    assert names(INDEX, "   ") == []


# Each new run of Chinese characters asks the process that knows how they are read.
@settings(deadline=None, max_examples=30)
@given(st.text(), st.text())
def test_a_substring_of_a_name_always_finds_it(left: str, right: str) -> None:
    words = right.split()
    index = SearchIndex.of([channel(left + right)])
    if words and words[0].casefold() in (left + right).casefold():
        assert len(index.find(words[0])) == 1


def test_ten_thousand_nodes_are_all_found() -> None:
    index = SearchIndex.of(channel(f"楼层{i}摄像机", f"cam-{i}") for i in range(10_000))
    assert len(index.find("lc")) == 10_000
    assert names(index, "louceng4711shexiangji") == ["楼层4711摄像机"]


def test_a_new_tree_is_indexed_by_itself(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    until(lambda: bool(services.search.find("dmqj")))
    best = services.search.find("dmqj")[0]
    assert best.node.name == "东门球机"
    assert not best.favourite
    services.catalog.set_favourites([best.node.key])
    services.search.refresh_favourites()
    assert services.search.find("dmqj")[0].favourite
    services.accounts.remove(account.id)
    assert services.search.find("dmqj") == []


def test_names_stay_searchable_when_nobody_can_spell_them(
    monkeypatch: pytest.MonkeyPatch, allow_log: Callable[[str], None]
) -> None:
    allow_log("names are not searchable by pinyin")
    monkeypatch.setattr(pinyin.sys, "executable", "/no/such/python")
    index = SearchIndex.of([channel("囊北門")])
    assert names(index, "囊北") == ["囊北門"]
    assert names(index, "nb") == []
