"""Pictures of recorded moments: of the right moment, without a session, and never silently none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.services.support import add_box, calls, channel_with, day_before, opened, recorded
from vsconsole.domain.errors import ConsoleError, Unsupported
from vsconsole.domain.model import Ability, Channel, Store
from vsconsole.domain.timeline import Span
from vsconsole.sandbox import timecode
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.previews import WITHIN, Preview
from vsconsole.store.usage import Count

LARGE = (640, 480)
"""As large as the burnt-in time can be read from."""


def burnt_in(preview: Preview) -> datetime:
    still = preview.still
    return timecode.read_bgra(still.bgra, still.stride, still.width, still.height).when


@contextmanager
def cloud(vendor: str, folder: Path) -> Iterator[tuple[Services, Sandbox, Channel]]:
    """One vendor's channel with recordings in the cloud."""
    with Sandbox(seed=1, vendors=[vendor]) as sandbox, opened(folder / vendor) as services:
        login = next(one for one in sandbox.info.accounts if one.vendor == vendor)
        account = services.accounts.add(vendor, login.name, login.fields)
        services.inventory.refresh(account.id)
        yield services, sandbox, channel_with(services, account, Ability.CLOUD_RECORDS)


def moment(span: Span, part: float) -> datetime:
    return span.begin + timedelta(seconds=round(span.seconds * part))


def test_a_playlists_picture_shows_the_moment_it_says(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    span = recorded(services, channel, Store.CLOUD)
    when = moment(span, 0.55)
    preview = services.previews.of_channel(channel, Store.CLOUD, when, *LARGE)
    assert preview.off <= WITHIN
    assert abs((burnt_in(preview) - preview.shown).total_seconds()) < 0.2
    small = services.previews.of_channel(channel, Store.CLOUD, when, 128, 72)
    assert small.still.width <= 128
    assert small.still.height <= 72


def test_neighbours_in_one_piece_are_read_once(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    when = moment(recorded(services, channel, Store.CLOUD), 0.5)
    services.previews.of_channel(channel, Store.CLOUD, when, 128, 72)
    before = len(sandbox.log)
    services.previews.of_channel(channel, Store.CLOUD, when, 128, 72)
    assert len(sandbox.log) == before


def test_a_device_is_never_asked_for_a_picture(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.DEVICE_RECORDS)
    when = moment(recorded(services, channel, Store.DEVICE), 0.5)
    before, open_before = len(sandbox.log), set(sandbox.sessions)
    assert "only playback" in services.previews.refusal(channel, Store.DEVICE)
    with pytest.raises(Unsupported):
        services.previews.of_channel(channel, Store.DEVICE, when, 128, 72)
    assert len(sandbox.log) == before
    assert set(sandbox.sessions) <= open_before


def test_an_address_that_works_once_is_not_spent_on_a_picture(tmp_path: Path) -> None:
    with cloud("linkvisual", tmp_path) as (services, sandbox, channel):
        when = moment(recorded(services, channel, Store.CLOUD), 0.5)
        with pytest.raises(Unsupported) as raised:
            services.previews.of_channel(channel, Store.CLOUD, when, 128, 72)
        assert not calls(sandbox, "vod/getbyfilename")
        assert not [entry for entry in sandbox.log if "getbyfilename" in entry.path.lower()]
        # From then on it is known without asking at all.
        assert services.previews.refusal(channel, Store.CLOUD) == raised.value.what


def test_a_file_on_a_web_server_is_read_in_pieces(tmp_path: Path) -> None:
    with cloud("ctyun", tmp_path) as (services, _sandbox, channel):
        found = services.footage.ensure(channel, Store.CLOUD, day_before(2))
        when = moment(max(found.spans(), key=lambda span: span.seconds), 0.5)
        preview = services.previews.of_channel(channel, Store.CLOUD, when, *LARGE)
        assert preview.off <= WITHIN
        assert abs((burnt_in(preview) - preview.shown).total_seconds()) < 1.5


def test_near_a_limit_pictures_wait_and_say_so(tmp_path: Path) -> None:
    with cloud("imou", tmp_path) as (services, sandbox, channel):
        assert services.previews.refusal(channel, Store.CLOUD) == ""
        report = services.usage.report(channel.key.account)
        level = next(one for one in report.levels if one.quota.counted == "calls")
        services.usage.note(channel.key.account, Count(calls=round(level.most * 0.95)))
        before = len(sandbox.log)
        assert "Pictures wait" in services.previews.refusal(channel, Store.CLOUD)
        with pytest.raises(Unsupported):
            services.previews.of_channel(
                channel, Store.CLOUD, datetime.fromisoformat("2026-01-01T00:00:00Z"), 128, 72
            )
        assert len(sandbox.log) == before


def test_what_cannot_be_read_is_told(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.CLOUD_RECORDS)
    when = moment(recorded(services, channel, Store.CLOUD), 0.4)
    sandbox.faults.set("tencent", "http-500", 1.0)
    with pytest.raises(ConsoleError) as raised:
        services.previews.of_channel(channel, Store.CLOUD, when, 128, 72)
    assert raised.value.what
