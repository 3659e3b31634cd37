"""What every adapter keeps to, whatever its vendor."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.contract.adapters import ADAPTERS, Subject
from vsconsole.domain import cancel, days
from vsconsole.domain import capabilities as protocols
from vsconsole.domain.capabilities import (
    Capability,
    Cruises,
    Downloads,
    Events,
    Inventory,
    Live,
    Presets,
    Ptz,
    RawCalls,
    RecordDays,
    Records,
    capabilities,
)
from vsconsole.domain.errors import Cancelled, InvalidInput, NotFound, Unsupported
from vsconsole.domain.model import (
    Ability,
    Channel,
    Group,
    Key,
    Node,
    Status,
    Store,
    StreamProfile,
)
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.vendors import registry

_PROTOCOLS = {
    Capability.INVENTORY: Inventory,
    Capability.LIVE: Live,
    Capability.RECORDS: Records,
    Capability.RECORD_DAYS: RecordDays,
    Capability.DOWNLOADS: Downloads,
    Capability.PTZ: Ptz,
    Capability.PRESETS: Presets,
    Capability.CRUISES: Cruises,
    Capability.EVENTS: Events,
    Capability.RAW_CALLS: RawCalls,
}


@pytest.fixture(scope="module", params=sorted(ADAPTERS))
def subject(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subject]:
    with ADAPTERS[request.param](tmp_path_factory.mktemp(request.param)) as made:
        yield made


@pytest.fixture(scope="module")
def nodes(subject: Subject) -> list[Node]:
    assert isinstance(subject.adapter, Inventory)
    return [node for batch in subject.adapter.nodes() for node in batch]


def footage(subject: Subject, nodes: list[Node]) -> tuple[Channel, Store, list[Segment]]:
    """The first channel and store with something in the recorded range."""
    adapter = subject.adapter
    assert isinstance(adapter, Records)
    for channel in [node for node in nodes if isinstance(node, Channel)]:
        for store in channel.stores:
            found = adapter.segments(channel, store, subject.recorded)
            if found:
                return channel, store, found
    raise AssertionError("the account has no footage in the range it names")


def skip_without(subject: Subject, capability: Capability) -> None:
    if capability not in capabilities(subject.adapter):
        pytest.skip(f"does not claim {capability}")


def test_the_account_works(subject: Subject) -> None:
    subject.adapter.verify()
    assert subject.adapter.account.vendor in {vendor.id for vendor in registry.VENDORS}


def test_claimed_protocols_are_kept_to_the_letter(subject: Subject) -> None:
    claimed = capabilities(subject.adapter)
    assert Capability.INVENTORY in claimed
    for capability in claimed:
        protocol = _PROTOCOLS[capability]
        for name, wanted in inspect.getmembers(protocol, inspect.isfunction):
            if name.startswith("_"):
                continue
            own = inspect.getattr_static(type(subject.adapter), name)
            assert own is not wanted, f"{name} of {capability} is not there"
            have, want = inspect.signature(own), inspect.signature(wanted)
            assert list(have.parameters) == list(want.parameters), name
            assert have.return_annotation == want.return_annotation, name
        for name in protocol.__annotations__:
            assert hasattr(subject.adapter, name), name


def test_every_protocol_is_known_here() -> None:
    assert set(_PROTOCOLS) == set(Capability)
    assert all(
        getattr(protocols, protocol.__name__) is protocol for protocol in _PROTOCOLS.values()
    )


def test_the_listing_is_a_tree_with_parents_first(subject: Subject, nodes: list[Node]) -> None:
    seen: set[Key] = set()
    for node in nodes:
        assert node.key.account == subject.adapter.account.id
        assert Key.parse(str(node.key)) == node.key
        assert node.key not in seen
        assert node.name
        assert node.parent is None or node.parent in seen
        if not isinstance(node, Group) and node.seen is not None:
            assert node.seen.tzinfo is not None
        seen.add(node.key)
    assert any(isinstance(node, Channel) for node in nodes)


def test_the_listing_is_the_same_again(subject: Subject, nodes: list[Node]) -> None:
    assert isinstance(subject.adapter, Inventory)
    again = [node for batch in subject.adapter.nodes() for node in batch]
    assert {node.key: node.name for node in again} == {node.key: node.name for node in nodes}


def test_cancelling_stops_the_listing(subject: Subject) -> None:
    assert isinstance(subject.adapter, Inventory)
    with cancel.bound(cancel.CancelToken()) as token:
        token.cancel()
        with pytest.raises(Cancelled):
            list(subject.adapter.nodes())


def test_segments_are_sorted_half_open_and_inside(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    _channel, store, found = footage(subject, nodes)
    for segment in found:
        assert segment.store is store
        assert segment.span.begin.utcoffset() == segment.span.end.utcoffset() == timedelta(0)
        assert subject.recorded.begin <= segment.span.begin < segment.span.end
        assert segment.span.end <= subject.recorded.end
    for one, following in pairwise(found):
        assert one.span.end <= following.span.begin


def test_a_range_in_parts_is_the_range(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    assert isinstance(subject.adapter, Records)
    channel, store, whole = footage(subject, nodes)
    parts = [
        segment
        for piece in subject.recorded.pieces(timedelta(hours=11, seconds=0.3))
        for segment in subject.adapter.segments(channel, store, piece)
    ]
    # Cut inside a second, the question is asked for the whole second and its answer clipped.
    assert SegmentSet.of(parts).joined() == SegmentSet.of(whole).joined()


def test_an_empty_range_has_nothing(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    assert isinstance(subject.adapter, Records)
    channel, store, _found = footage(subject, nodes)
    begin = subject.recorded.begin
    assert subject.adapter.segments(channel, store, Span(begin, begin)) == []
    assert subject.adapter.clips(channel, store, Span(begin, begin)) == []


def test_clips_lie_on_the_segments_in_order(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    assert isinstance(subject.adapter, Records)
    channel, store, found = footage(subject, nodes)
    clips = subject.adapter.clips(channel, store, subject.recorded)
    assert clips
    recorded = SegmentSet.of(found)
    for clip in clips:
        assert clip.store is store
        assert not clip.span.empty
        assert recorded.covers(clip.span.begin)
        shown = clip.time_map.wall_at(clip.time_map.media_at(clip.span.begin))
        assert abs((shown - clip.span.begin).total_seconds()) < 0.01
    for one, following in pairwise(clips):
        assert one.span.end <= following.span.begin
    covered = SegmentSet.of_spans(clip.span for clip in clips)
    assert all(not covered.gaps(segment.span) for segment in found)


def test_a_channel_that_does_not_exist(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    assert isinstance(subject.adapter, Records)
    _channel, store, _found = footage(subject, nodes)
    with pytest.raises(NotFound):
        subject.adapter.segments(subject.nobody, store, subject.recorded)
    if isinstance(subject.adapter, Live):
        with pytest.raises(NotFound):
            subject.adapter.live(subject.nobody, StreamProfile.MAIN)


def test_a_store_that_the_channel_lacks(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORDS)
    assert isinstance(subject.adapter, Records)
    channel, _store, _found = footage(subject, nodes)
    lacking = [store for store in Store if store not in channel.stores]
    assert lacking
    with pytest.raises(Unsupported):
        subject.adapter.segments(channel, lacking[0], subject.recorded)


def test_downloads_name_their_limits(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.DOWNLOADS)
    assert isinstance(subject.adapter, Downloads)
    channel, store, _found = footage(subject, nodes)
    limits = subject.adapter.download_limits(channel, store)
    assert limits.seconds > 0
    assert limits.file_types


def test_days_of_a_month_are_those_with_segments(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.RECORD_DAYS)
    assert isinstance(subject.adapter, RecordDays)
    assert isinstance(subject.adapter, Records)
    channel, store, found = footage(subject, nodes)
    day = days.day_of(found[0].span.begin, channel.zone)
    marked = subject.adapter.record_days(channel, store, day.year, day.month)
    first = day.replace(day=1)
    after = (first + timedelta(days=32)).replace(day=1)
    month = Span(days.span_of(first, channel.zone).begin, days.span_of(after, channel.zone).begin)
    recorded = {
        one.day
        for segment in subject.adapter.segments(channel, store, month)
        for piece in days.by_day(segment.span, channel.zone)
        for one in [days.day_of(piece.begin, channel.zone)]
    }
    assert marked == recorded
    assert subject.adapter.record_days(channel, store, 2001, 2) == frozenset()


def test_events_begin_inside_oldest_first(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.EVENTS)
    assert isinstance(subject.adapter, Events)
    span = subject.recorded
    asked = [n for n in nodes if isinstance(n, Channel) and Ability.EVENTS in n.abilities]
    seen = 0
    for channel in asked[:6]:
        found = subject.adapter.events(channel, span)
        assert len({event.id for event in found}) == len(found)
        assert [event.begin for event in found] == sorted(event.begin for event in found)
        for event in found:
            assert event.channel == channel.key
            assert event.begin in span
            assert event.begin.utcoffset() == timedelta(0)
            assert event.end is None or event.end >= event.begin
            assert event.title or event.text or event.kind
        seen += len(found)
    assert seen, "no channel had anything to tell"
    assert subject.adapter.events(asked[0], Span(span.begin, span.begin)) == []


def test_presets_are_numbered_as_they_say(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.PRESETS)
    adapter = subject.adapter
    assert isinstance(adapter, Presets)
    channel = next(
        n
        for n in nodes
        if isinstance(n, Channel) and Ability.PRESETS in n.abilities and n.status is Status.ONLINE
    )
    before = adapter.presets(channel)
    free = next(i for i in adapter.preset_indexes if i not in {one.index for one in before})
    adapter.preset_set(channel, free, "Contract")
    there = adapter.presets(channel)
    assert [one.index for one in there] == sorted({one.index for one in before} | {free})
    assert not adapter.preset_names or there[-1].name or there[0].name
    adapter.preset_goto(channel, free)
    adapter.preset_delete(channel, free)
    assert adapter.presets(channel) == before


def test_live_gives_a_fresh_address(subject: Subject, nodes: list[Node]) -> None:
    skip_without(subject, Capability.LIVE)
    adapter = subject.adapter
    assert isinstance(adapter, Live)
    channel = next(
        n
        for n in nodes
        if isinstance(n, Channel) and Ability.LIVE in n.abilities and n.status is Status.ONLINE
    )
    source = adapter.live(channel, StreamProfile.MAIN)
    assert source.live
    assert source.url.partition(":")[0] in ("http", "https", "rtmp", "rtsp")
    assert source.url not in repr(source)


def test_raw_calls_refuse_before_sending(subject: Subject) -> None:
    skip_without(subject, Capability.RAW_CALLS)
    assert isinstance(subject.adapter, RawCalls)
    table = registry.endpoints(subject.adapter.account.vendor)
    assert table
    for endpoint in table:
        if endpoint.required:
            with pytest.raises(InvalidInput) as caught:
                subject.adapter.call(endpoint.name, {})
            assert caught.value.field
    with pytest.raises(InvalidInput):
        subject.adapter.call("no_such_call_anywhere", {})


def test_closing_twice_is_no_harm(subject: Subject) -> None:
    subject.adapter.close()
    subject.adapter.close()
