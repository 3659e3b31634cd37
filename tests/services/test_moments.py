"""The store that recorded a moment, over real footage of the sandbox."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.services.support import add_box, channel_with, recorded
from vsconsole.domain.errors import BadCredentials
from vsconsole.domain.model import Ability, Channel, Store
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.moments import store_with

BOTH = (Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)


def camera(services: Services, sandbox: Sandbox) -> Channel:
    return channel_with(services, add_box(services, sandbox), *BOTH)


def test_the_store_that_has_it_the_preferred_one_first(
    services: Services, sandbox: Sandbox
) -> None:
    channel = camera(services, sandbox)
    both = recorded(services, channel, Store.CLOUD)
    device = list(services.footage.ensure(channel, Store.DEVICE, both).joined().spans())
    when = device[0].begin + (device[0].end - device[0].begin) / 2
    assert store_with(services.footage, channel, when) is Store.CLOUD
    assert store_with(services.footage, channel, when, Store.DEVICE) is Store.DEVICE
    assert store_with(services.footage, channel, when, Store.LOCAL) is Store.CLOUD


class Known:
    """Footage that is known beforehand, or cannot be."""

    def __init__(self, when: dict[Store, tuple[float, float] | Exception]) -> None:
        self._when = when

    def ensure(self, channel: Channel, store: Store, span: Span) -> SegmentSet:
        found = self._when.get(store)
        if isinstance(found, Exception):
            raise found
        if found is None:
            return SegmentSet()
        middle = span.begin + (span.end - span.begin) / 2
        begin, end = (middle + timedelta(seconds=seconds) for seconds in found)
        return SegmentSet.of([Segment(span=Span(begin, end))]).clip(span)


def choose(
    services: Services,
    channel: Channel,
    cloud: tuple[float, float] | Exception | None,
    device: tuple[float, float] | Exception | None,
) -> Store | None:
    known = {
        store: one
        for store, one in ((Store.CLOUD, cloud), (Store.DEVICE, device))
        if one is not None
    }
    when = recorded(services, channel, Store.CLOUD).begin
    return store_with(Known(known), channel, when)  # type: ignore[arg-type]


def test_what_begins_soon_after_will_do(services: Services, sandbox: Sandbox) -> None:
    channel = camera(services, sandbox)
    assert choose(services, channel, (20, 60), (-50, 50)) is Store.DEVICE
    assert choose(services, channel, (20, 60), (4, 60)) is Store.DEVICE
    assert choose(services, channel, (3, 60), None) is Store.CLOUD
    assert choose(services, channel, (-50, -10), None) is None
    assert choose(services, channel, None, None) is None


def test_a_store_that_cannot_be_asked_matters_where_no_other_has_it(
    services: Services, sandbox: Sandbox
) -> None:
    channel, refused = camera(services, sandbox), BadCredentials("Refused.")
    assert choose(services, channel, refused, (-50, 50)) is Store.DEVICE
    with pytest.raises(BadCredentials):
        choose(services, channel, refused, None)
