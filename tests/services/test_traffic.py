"""Media that the player asks for by its address is counted for the account it was given out for."""

from __future__ import annotations

from tests.services.support import add_box, channel_with, recorded
from vsconsole.domain.model import Ability, Key, Store
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.sandbox.server import Sandbox
from vsconsole.services import traffic
from vsconsole.services.desk import Services


def test_a_stream_counts_for_whom_it_was_opened(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.LIVE, Ability.CLOUD_RECORDS)
    media = lambda: services.usage.report(account.id).today.media  # noqa: E731
    source = services.live.open(channel)
    assert source.protocol is MediaProtocol.FLV
    assert not services.traffic.counted(channel.key)
    read = 0
    with services.open_stream(source) as stream:
        while read < 20_000:
            read += len(stream.read(4096))
    assert media() == read
    assert services.traffic.counted(channel.key)
    # A playlist on this computer, of which libVLC fetches every segment itself.
    span = recorded(services, channel, Store.CLOUD)
    clip = services.playback.source(channel, Store.CLOUD).clip_at(span.begin)
    assert clip is not None
    assert services.traffic.counted(channel.key)
    assert clip.open(span.begin).protocol is MediaProtocol.HLS
    assert not services.traffic.counted(channel.key)


def test_a_device_s_stream_counts_too(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    channel = channel_with(services, account, Ability.DEVICE_RECORDS)
    span = recorded(services, channel, Store.DEVICE)
    clip = services.playback.source(channel, Store.DEVICE).clip_at(span.begin)
    assert clip is not None
    source = clip.open(span.begin)
    assert source.control is not None
    try:
        with services.open_stream(source) as stream:
            got = len(stream.read())
    finally:
        source.control.stop()
    assert services.usage.report(account.id).today.media == got > 0


def test_an_address_of_nobody_counts_for_nobody(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    source = services.live.open(channel_with(services, account, Ability.LIVE))
    # As many later ones make it forgotten.
    for number in range(traffic.MOST):
        other = MediaSource(url=f"http://127.0.0.1/{number}", protocol=MediaProtocol.FLV)
        assert services.traffic.given(Key("other", f"{number}"), other) is other
    with services.open_stream(source) as stream:
        assert stream.read(1000)
    assert services.usage.report(account.id).today.media == 0
