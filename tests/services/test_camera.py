"""Live streams and presets of the sandbox's cameras."""

import pytest

from tests.services.support import add_box, calls, channel_with
from vsconsole.domain.errors import ConsoleError, DeviceOffline, InvalidInput, Unsupported
from vsconsole.domain.model import Ability, Channel, Preset, Status, StreamProfile
from vsconsole.domain.playback import MediaProtocol
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services


def test_a_live_address_is_fresh_each_time(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.LIVE, Ability.SUB_STREAM)
    open_live = services.live.opener(channel, StreamProfile.SUB)
    first, second = open_live(), open_live()
    assert first.live
    assert first.protocol is MediaProtocol.FLV
    assert second.live
    assert [entry.params["StreamType"] for entry in calls(sandbox, "/control/stream")] == [2, 2]


def test_a_channel_without_a_sub_stream_gives_its_main_one(
    services: Services, sandbox: Sandbox
) -> None:
    account = add_box(services, sandbox)
    channel = next(
        node
        for node in services.inventory.tree(account.id)
        if isinstance(node, Channel)
        and Ability.LIVE in node.abilities
        and Ability.SUB_STREAM not in node.abilities
        and node.status is Status.ONLINE
    )
    assert services.live.open(channel, StreamProfile.SUB).live


def test_what_cannot_be_shown_says_why(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    nodes = [n for n in services.inventory.tree(account.id) if isinstance(n, Channel)]
    disabled = next(node for node in nodes if node.status is Status.DISABLED)
    offline = next(node for node in nodes if node.status is Status.OFFLINE)
    sandbox._log.clear()
    with pytest.raises(DeviceOffline) as off:
        services.live.open(disabled)
    assert off.value.remedy
    assert sandbox.log == []
    with pytest.raises(ConsoleError) as away:
        services.live.open(offline)
    assert away.value.remedy
    blind = Channel(key=offline.key, name="Blind")
    with pytest.raises(Unsupported):
        services.live.open(blind)


def test_presets_are_stored_named_recalled_and_removed(
    services: Services, sandbox: Sandbox
) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.PRESETS)
    presets = services.presets
    for preset in presets.all(channel):
        presets.delete(channel, preset.index)
    presets.store(channel, 3, " 大门 ")
    presets.store(channel, 1)
    assert [preset.index for preset in presets.all(channel)] == [1, 3]
    assert presets.all(channel)[1] == Preset(index=3, name="大门")
    presets.rename(channel, 3, "Gate")
    assert presets.all(channel)[1].name == "Gate"
    presets.goto(channel, 3)
    presets.delete(channel, 3)
    assert [preset.index for preset in presets.all(channel)] == [1]
    assert services.catalog.preset_names(channel.key) == {}
    assert presets.numbers(channel) == range(1, 11)


def test_a_preset_that_cannot_be_is_refused(services: Services, sandbox: Sandbox) -> None:
    channel = channel_with(services, add_box(services, sandbox), Ability.PRESETS)
    sandbox._log.clear()
    with pytest.raises(InvalidInput) as number:
        services.presets.store(channel, 11, "x")
    assert number.value.field == "index"
    with pytest.raises(InvalidInput) as name:
        services.presets.store(channel, 1, "x" * 65)
    assert name.value.field == "name"
    with pytest.raises(Unsupported):
        services.presets.all(Channel(key=channel.key, name="Fixed"))
    assert sandbox.log == []
