"""Battery devices: asleep until woken, and asleep again when nobody needs them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vsconsole.sandbox.world import Device

WAKE_SECONDS = 1.0
"""Assumed: how long waking takes; the vendor's own client tries again after five seconds."""

AWAKE_SECONDS = 60.0
"""Assumed: how long a device stays awake after its last use; no page says it."""


@dataclass(kw_only=True, slots=True)
class _Rest:
    """When a device will be awake, and when it falls asleep again."""

    device: Device
    wakes: float | None = None
    sleeps: float | None = None


class Sleepers:
    """The devices of a world that can sleep; used under the world's lock."""

    def __init__(self, devices: Iterable[Device]) -> None:
        """Those asleep at the beginning are those that can sleep at all."""
        self.wake_seconds = WAKE_SECONDS
        self.awake_seconds = AWAKE_SECONDS
        self._rests = {d.id: _Rest(device=d) for d in devices if d.asleep}

    def has(self, device: Device) -> bool:
        """Whether a device can sleep."""
        return device.id in self._rests

    def wake(self, device: Device, now: float) -> None:
        """Let a device wake up after a moment; one that is awake stays so for longer."""
        rest = self._rests.get(device.id)
        if rest is None:
            return
        if not device.asleep:
            self.touch(device, now)
        elif rest.wakes is None:
            rest.wakes = now + self.wake_seconds

    def touch(self, device: Device, now: float) -> None:
        """A device that is used stays awake."""
        rest = self._rests.get(device.id)
        if rest is not None and not device.asleep:
            rest.sleeps = now + self.awake_seconds

    def settle(self, now: float) -> None:
        """Let happen what was due by now."""
        for rest in self._rests.values():
            if rest.wakes is not None and rest.wakes <= now:
                rest.device.asleep = False
                rest.sleeps = rest.wakes + self.awake_seconds
                rest.wakes = None
            if rest.sleeps is not None and rest.sleeps <= now:
                rest.device.asleep = True
                rest.sleeps = None
