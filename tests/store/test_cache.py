"""Trees and coverage that are quick, true, and can be lost without loss."""

import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.errors import CacheDamaged, StorageError
from vsconsole.domain.model import (
    Ability,
    Channel,
    Device,
    DeviceKind,
    Group,
    Key,
    Node,
    Status,
    Store,
    now,
)
from vsconsole.domain.timeline import Segment, SegmentKind, SegmentSet, Span
from vsconsole.store.cache import TAIL, Cache

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
CHANNEL = Key("acc", "ch-1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache.sqlite3"


@pytest.fixture
def cache(path: Path) -> Iterator[Cache]:
    cache = Cache(path)
    yield cache
    cache.close()


def tree(account: str = "acc", channels: int = 3) -> list[Node]:
    group = Group(key=Key(account, "org:1"), name="总部", raw={"Id": 1, "多": ["x"]})
    device = Device(
        key=Key(account, "dev:1"),
        name="NVR",
        kind=DeviceKind.NVR,
        parent=group.key,
        status=Status.ONLINE,
        seen=BEGIN,
    )
    return [
        group,
        device,
        *(
            Channel(
                key=Key(account, f"ch-{i}"),
                name=f"Camera {i}",
                parent=device.key,
                status=Status.OFFLINE,
                abilities=frozenset({Ability.LIVE, Ability.CLOUD_RECORDS}),
                zone="Europe/Berlin",
                seen=BEGIN,
                raw={"ChannelId": f"ch-{i}", "n": i},
            )
            for i in range(channels)
        ),
    ]


def hours(begin: float, end: float) -> Span:
    return Span(BEGIN + timedelta(hours=begin), BEGIN + timedelta(hours=end))


def recorded(begin: float, end: float, kind: SegmentKind = SegmentKind.CONTINUOUS) -> Segment:
    return Segment(span=hours(begin, end), kind=kind, store=Store.CLOUD)


# Trees


def test_a_tree_comes_back_whole_and_in_order(cache: Cache, path: Path) -> None:
    nodes = tree()
    before = now()
    cache.replace_nodes("acc", nodes)
    assert cache.nodes("acc") == nodes
    assert [dict(node.raw) for node in cache.nodes("acc")] == [dict(node.raw) for node in nodes]
    assert [getattr(node, "seen", None) for node in cache.nodes("acc")] == [
        None,
        *[BEGIN] * 4,
    ]
    listed = cache.listed("acc")
    assert listed is not None
    assert before - timedelta(seconds=1) < listed <= now()
    cache.close()
    again = Cache(path)
    assert again.nodes("acc") == nodes
    assert again.node(nodes[2].key) == nodes[2]
    assert again.node(Key("acc", "nobody")) is None
    again.close()


def test_nodes_read_from_the_cache_can_be_written_to_it(cache: Cache) -> None:
    cache.replace_nodes("acc", tree())
    cache.replace_nodes("acc", cache.nodes("acc"))
    assert [dict(node.raw) for node in cache.nodes("acc")] == [dict(n.raw) for n in tree()]


def test_a_new_listing_drops_what_it_does_not_name(cache: Cache) -> None:
    cache.replace_nodes("acc", tree(channels=3))
    cache.replace_nodes("other", tree("other"))
    cache.replace_nodes("acc", tree(channels=1))
    assert cache.nodes("acc") == tree(channels=1)
    assert cache.nodes("other") == tree("other")


def test_batches_are_there_at_once_beside_what_was_known(cache: Cache) -> None:
    cache.replace_nodes("acc", tree(channels=2))
    new = Channel(key=Key("acc", "ch-9"), name="new")
    with cache.listing("acc") as listing:
        listing.add([new])
        assert {node.key.native for node in cache.nodes("acc")} == {
            "org:1", "dev:1", "ch-0", "ch-1", "ch-9",
        }  # fmt: skip
        listing.add(tree(channels=1))
    assert [node.key.native for node in cache.nodes("acc")] == ["ch-9", "org:1", "dev:1", "ch-0"]


def test_a_batch_comes_back_as_it_will_be_read(cache: Cache) -> None:
    with cache.listing("acc") as listing:
        kept = [*listing.add(tree()[:3]), *listing.add(tree()[3:])]
    assert kept == tree()
    assert [dict(node.raw) for node in kept] == [dict(node.raw) for node in tree()]
    first, *others = (node for node in kept if isinstance(node, Channel))
    # One object for all of them: there may be a hundred thousand.
    assert all(one.parent is first.parent for one in others)
    assert all(one.abilities is first.abilities for one in others)


def test_a_listing_that_fails_loses_nothing(cache: Cache) -> None:
    cache.replace_nodes("acc", tree())
    listed = cache.listed("acc")

    def cut() -> None:
        with cache.listing("acc") as listing:
            listing.add(tree(channels=1))
            raise StorageError("cut")

    with pytest.raises(StorageError, match="cut"):
        cut()
    assert {node.key for node in cache.nodes("acc")} == {node.key for node in tree()}
    assert cache.listed("acc") == listed
    cache.replace_nodes("acc", tree(channels=1))
    assert cache.nodes("acc") == tree(channels=1)


def test_never_listed(cache: Cache) -> None:
    assert cache.listed("acc") is None
    assert cache.nodes("acc") == []


def test_words_of_a_later_version_do_not_cost_the_tree(cache: Cache, path: Path) -> None:
    cache.replace_nodes("acc", tree(channels=1))
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE node SET status = 'dreaming', abilities = 'fly live' WHERE native = 'ch-0'"
        )
        connection.execute("UPDATE node SET kind = 'drone' WHERE native = 'dev:1'")
    connection.close()
    _group, device, channel = cache.nodes("acc")
    assert isinstance(device, Device)
    assert device.kind is DeviceKind.CAMERA
    assert isinstance(channel, Channel)
    assert (channel.status, channel.abilities) == (Status.UNKNOWN, {Ability.LIVE})


# Coverage


def test_nothing_is_known_at_first(cache: Cache) -> None:
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, 24))
    assert len(segments) == 0
    assert unknown == [hours(0, 24)]


def test_what_was_asked_is_known_and_the_rest_is_not(cache: Cache) -> None:
    cache.remember(CHANNEL, Store.CLOUD, hours(0, 24), [recorded(1, 2), recorded(23, 25)])
    cache.remember(CHANNEL, Store.CLOUD, hours(48, 72), [])
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(-1, 100))
    # What reaches past the question's end is only known up to there.
    assert list(segments.spans()) == [hours(1, 2), hours(23, 24)]
    assert unknown == [hours(-1, 0), hours(24, 48), hours(72, 100)]
    assert cache.known(CHANNEL, Store.CLOUD, hours(50, 60)) == (SegmentSet(), [])
    assert cache.known(CHANNEL, Store.DEVICE, hours(0, 1))[1] == [hours(0, 1)]
    assert cache.known(Key("acc", "ch-2"), Store.CLOUD, hours(0, 1))[1] == [hours(0, 1)]


def test_a_newer_answer_replaces_the_older(cache: Cache) -> None:
    cache.remember(CHANNEL, Store.CLOUD, hours(0, 24), [recorded(1, 2), recorded(10, 20)])
    cache.remember(CHANNEL, Store.CLOUD, hours(12, 14), [recorded(13, 14, SegmentKind.ALARM)])
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, 24))
    assert unknown == []
    assert list(segments.segments(Store.CLOUD)) == [
        recorded(1, 2),
        recorded(10, 12),
        recorded(13, 14, SegmentKind.ALARM),
        recorded(14, 20),
    ]


def test_the_tail_of_an_answer_is_asked_for_again(cache: Cache) -> None:
    asked = BEGIN + timedelta(hours=10)
    cache.remember(
        CHANNEL, Store.CLOUD, hours(0, 24), [recorded(1, 2), recorded(9, 10)], until=asked - TAIL
    )
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, 24))
    assert unknown == [Span(asked - TAIL, BEGIN + timedelta(hours=24))]
    assert segments.bounds == Span(BEGIN + timedelta(hours=1), asked - TAIL)
    cache.remember(CHANNEL, Store.CLOUD, hours(12, 24), [], until=BEGIN + timedelta(hours=11))
    assert cache.known(CHANNEL, Store.CLOUD, hours(0, 24))[1] == unknown


def test_without_a_word_the_tail_is_counted_from_now(cache: Cache) -> None:
    span = Span(now() - timedelta(hours=1), now() + timedelta(hours=1))
    cache.remember(CHANNEL, Store.CLOUD, span, [])
    _segments, (unknown,) = cache.known(CHANNEL, Store.CLOUD, span)
    assert now() - TAIL - timedelta(minutes=1) < unknown.begin <= now() - TAIL
    assert unknown.end >= span.end - timedelta(milliseconds=1)


def test_a_recording_goes_on_over_the_border_of_two_answers(cache: Cache) -> None:
    cache.remember(CHANNEL, Store.CLOUD, hours(0, 24), [recorded(20, 24)])
    cache.remember(CHANNEL, Store.CLOUD, hours(24, 48), [recorded(24, 26)])
    segments, _unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, 48))
    assert list(segments.spans()) == [hours(20, 26)]


def test_today_asked_for_again_and_again_stays_one_row(cache: Cache, path: Path) -> None:
    for minute in range(60):
        begin, end = minute / 60, (minute + 1) / 60
        cache.remember(CHANNEL, Store.CLOUD, hours(begin, end), [recorded(begin, end)])
    assert list(cache.known(CHANNEL, Store.CLOUD, hours(0, 24))[0].spans()) == [hours(0, 1)]
    for day in range(30):
        cache.remember(CHANNEL, Store.CLOUD, hours(day * 24, day * 24 + 24), [])
    with sqlite3.connect(path) as connection:
        (count,) = connection.execute("SELECT count(*) FROM coverage").fetchone()
    connection.close()
    assert count == 30


def test_a_range_can_be_made_unknown_again(cache: Cache) -> None:
    cache.remember(CHANNEL, Store.CLOUD, hours(0, 24), [recorded(0, 24)])
    cache.forget_coverage(CHANNEL, Store.CLOUD, hours(6, 7))
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, 24))
    assert unknown == [hours(6, 7)]
    assert list(segments.spans()) == [hours(0, 6), hours(7, 24)]


def test_forgetting_an_account_leaves_the_others(cache: Cache) -> None:
    for account in ("acc", "other"):
        cache.replace_nodes(account, tree(account))
        cache.remember(Key(account, "c"), Store.CLOUD, hours(0, 1), [recorded(0, 1)])
    cache.forget("acc")
    assert cache.nodes("acc") == []
    assert cache.listed("acc") is None
    assert cache.known(Key("acc", "c"), Store.CLOUD, hours(0, 1))[1] == [hours(0, 1)]
    assert cache.nodes("other") == tree("other")
    assert cache.known(Key("other", "c"), Store.CLOUD, hours(0, 1))[1] == []


WIDTH = 48
numbers = st.integers(0, WIDTH)


@st.composite
def answers(draw: st.DrawFn) -> tuple[str, int, int, list[tuple[int, int, SegmentKind]]]:
    begin, end = sorted((draw(numbers), draw(numbers)))
    pairs = st.tuples(numbers, numbers).map(sorted)
    found = [
        (low, high, draw(st.sampled_from(list(SegmentKind))))
        for low, high in draw(st.lists(pairs, max_size=4))
    ]
    return draw(st.sampled_from(["remember", "remember", "forget"])), begin, end, found


@settings(max_examples=60, deadline=None)
@given(st.lists(answers(), max_size=12))
def test_any_sequence_of_answers_is_as_an_hour_by_hour_model_says(
    tmp_path_factory: pytest.TempPathFactory,
    sequence: list[tuple[str, int, int, list[tuple[int, int, SegmentKind]]]],
) -> None:
    cache = Cache(tmp_path_factory.mktemp("model") / "cache.sqlite3")
    known = [False] * WIDTH
    kinds: list[int] = [-1] * WIDTH
    for what, begin, end, found in sequence:
        span = hours(begin, end)
        if what == "forget":
            cache.forget_coverage(CHANNEL, Store.CLOUD, span)
        else:
            answer = [recorded(*one) for one in found]
            cache.remember(CHANNEL, Store.CLOUD, span, answer)
        for i in range(begin, end):
            known[i] = what == "remember"
            touching = [int(kind) for low, high, kind in found if low <= i < high]
            kinds[i] = max(touching, default=-1) if known[i] else -1
    segments, unknown = cache.known(CHANNEL, Store.CLOUD, hours(0, WIDTH))
    cache.close()
    gaps = SegmentSet.of_spans(unknown)
    for i in range(WIDTH):
        middle = BEGIN + timedelta(hours=i + 0.5)
        assert gaps.covers(middle) is not known[i]
        here = segments.clip(Span(middle, middle + timedelta(seconds=1)))
        assert [kind for _b, _e, kind in here.rows()] == ([kinds[i]] if kinds[i] >= 0 else [])


# The file


@pytest.mark.allow_log("vsconsole.store.cache: cache damaged")
@pytest.mark.parametrize(
    "content", [b"no database at all" * 100, b"SQLite format 3\0" + b"\1" * 5000]
)
def test_a_damaged_file_is_put_aside_at_the_start(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    cache = Cache(path)
    assert isinstance(cache.damage, CacheDamaged)
    (aside,) = path.parent.glob("cache.sqlite3.damaged-*")
    assert aside.read_bytes() == content
    cache.replace_nodes("acc", tree())
    assert cache.nodes("acc") == tree()
    cache.close()


@pytest.mark.allow_log("vsconsole.store.cache: cache damaged")
def test_damage_inside_a_table_is_found_when_it_is_read(cache: Cache, path: Path) -> None:
    cache.replace_nodes("acc", tree(channels=2000))
    cache.close()
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    again = Cache(path)
    assert again.nodes("acc") == []
    assert again.damage is not None
    assert again.nodes("acc") == []
    again.close()


@pytest.mark.allow_log("vsconsole.store.cache: cache damaged")
def test_damage_in_use_is_survived_by_every_thread(cache: Cache, path: Path) -> None:
    cache.replace_nodes("acc", tree(channels=3000))
    # Flushed from the companion file into the main one, so that the damage below is met.
    other = sqlite3.connect(path)
    other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * (path.stat().st_size - 4096))
    failed: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for i in range(20):
                cache.nodes("acc")
                cache.remember(Key("acc", f"{number}"), Store.CLOUD, hours(i, i + 1), [])
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert cache.damage is not None
    cache.replace_nodes("acc", tree())
    assert cache.nodes("acc") == tree()


@pytest.mark.allow_log("vsconsole.store.cache: cache damaged")
def test_a_file_of_a_newer_version_is_put_aside(cache: Cache, path: Path) -> None:
    cache.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=999")
    connection.close()
    again = Cache(path)
    assert again.damage is not None
    again.close()


def test_a_place_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as raised:
        Cache(tmp_path / "file" / "cache.sqlite3")
    assert raised.value.remedy
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError):
        Cache(tmp_path / "folder")


def test_a_closed_cache_says_so(cache: Cache) -> None:
    cache.close()
    with pytest.raises(StorageError):
        cache.nodes("acc")


def test_threads_write_and_read_together(cache: Cache) -> None:
    failed: list[BaseException] = []

    def use(number: int) -> None:
        try:
            for i in range(10):
                cache.replace_nodes(f"acc{number}", tree(f"acc{number}", 20 + i))
                assert len(cache.nodes(f"acc{number}")) == 22 + i
                cache.remember(CHANNEL, Store.CLOUD, hours(i, i + 1), [recorded(i, i + 1)])
                cache.known(CHANNEL, Store.CLOUD, hours(0, 24))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=use, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert list(cache.known(CHANNEL, Store.CLOUD, hours(0, 10))[0].spans()) == [hours(0, 10)]


def test_two_programs_share_one_file(cache: Cache, path: Path) -> None:
    other = Cache(path)
    cache.replace_nodes("acc", tree())
    assert other.nodes("acc") == tree()
    other.replace_nodes("acc", tree(channels=1))
    assert cache.nodes("acc") == tree(channels=1)
    other.close()
