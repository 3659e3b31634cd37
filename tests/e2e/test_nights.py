"""What was recorded across midnight plays on, whether or not the vendor cuts it there."""

from __future__ import annotations

import pytest

from tests.bench import vendor_nights
from vsconsole.domain.model import Store

SLACK = 3.0
"""How much longer everything may take here than in the bench: other tests run at the same time."""


@pytest.mark.parametrize("vendor", vendor_nights.EVERYBODY)
def test_a_night_plays_on_across_midnight(vendor: str) -> None:
    local = vendor == vendor_nights.LOCAL
    with vendor_nights.desks((vendor,)) as services:
        found, without = vendor_nights.nights(services)
        assert without == []
        assert {night.store for night in found} == (
            {Store.LOCAL} if local else {Store.CLOUD, Store.DEVICE}
        )
        for outcome in vendor_nights.play_all(services, found, before=3.0, after=4.0):
            assert outcome.wrong(SLACK) == [], outcome.told()
