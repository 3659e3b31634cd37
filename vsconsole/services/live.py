"""Opens live streams."""

from __future__ import annotations

from collections.abc import Callable

from vsconsole.domain.errors import DeviceOffline, Unsupported
from vsconsole.domain.model import Ability, Channel, Key, Status, StreamProfile
from vsconsole.domain.playback import MediaSource
from vsconsole.i18n import _
from vsconsole.services.needs import live_of, need_ability


class LiveService:
    """Live streams of every account's channels.

    `given` is told of every address that is given out, and for which channel.
    """

    def __init__(
        self, adapter: Callable[[str], object], given: Callable[[Key, MediaSource], object]
    ) -> None:
        self._adapter = adapter
        self._given = given

    def open(self, channel: Channel, profile: StreamProfile = StreamProfile.MAIN) -> MediaSource:
        """A fresh address of the stream; blocks. A channel without a sub stream gives its main one.

        Raises Unsupported, DeviceOffline for one known to be disabled, and what the adapter raises.
        """
        need_ability(channel, Ability.LIVE)
        if channel.status is Status.DISABLED:
            # Known from the vendor's list; asking would only say the same more slowly.
            raise DeviceOffline(
                _("{channel} is switched off at its platform.").format(channel=channel.name),
                remedy=_("Enable the device there and refresh the list."),
            )
        adapter = live_of(self._adapter(channel.key.account))
        wanted = profile
        if profile is StreamProfile.SUB and Ability.SUB_STREAM not in channel.abilities:
            wanted = StreamProfile.MAIN
        try:
            source = adapter.live(channel, wanted)
        except Unsupported:
            if wanted is StreamProfile.MAIN:
                raise
            source = adapter.live(channel, StreamProfile.MAIN)
        self._given(channel.key, source)
        return source

    def opener(
        self, channel: Channel, profile: StreamProfile = StreamProfile.MAIN
    ) -> Callable[[], MediaSource]:
        """What `Player.play_live` takes: asks for a fresh address at every call."""
        return lambda: self.open(channel, profile)
