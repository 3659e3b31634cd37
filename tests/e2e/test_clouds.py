"""What each cloud recorded, in the cloud and on the device, plays at the moment asked for."""

from __future__ import annotations

import pytest

from tests.bench import vendor_seeks
from vsconsole.domain.model import Store

COUNT = 2


@pytest.mark.parametrize("vendor", vendor_seeks.VENDORS)
def test_recordings_play_at_the_moment_asked_for(vendor: str) -> None:
    with vendor_seeks.clouds((vendor,)) as (sandbox, services):
        found = vendor_seeks.places(services)
        assert {place.store for place in found} == {Store.CLOUD, Store.DEVICE}
        for place in found:
            outcomes = vendor_seeks.seek(services, place, COUNT)
            assert [one for one in outcomes if not one["right"]] == [], place.name
        assert vendor_seeks.fetched_twice(sandbox) == []
        assert all(
            session.stopped or not session.opened or vendor in ("ctyun", "imou", "linkvisual")
            for session in sandbox.sessions.values()
        )
