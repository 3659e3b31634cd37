"""An adapter as one that can do something, or an error that says what is missing: Unsupported."""

from __future__ import annotations

from vsconsole.domain.capabilities import (
    Cruises,
    Downloads,
    Events,
    Inventory,
    Live,
    Presets,
    Ptz,
    RawCalls,
    Records,
)
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Ability, Channel
from vsconsole.i18n import N_, _

_VENDOR: dict[type, str] = {
    Inventory: N_("This account's vendor offers no list of cameras."),
    Live: N_("This account's vendor offers no live pictures."),
    Records: N_("This account's vendor offers no recordings."),
    Downloads: N_("This account's vendor offers no downloads."),
    Ptz: N_("This account's vendor cannot move cameras."),
    Presets: N_("This account's vendor offers no camera presets."),
    Cruises: N_("This account's vendor documents no cruises."),
    Events: N_("This account's vendor offers no events."),
    RawCalls: N_("This account's vendor has no calls to send."),
}
_CHANNEL = {
    Ability.LIVE: N_("{channel} gives no live picture."),
    Ability.CLOUD_RECORDS: N_("{channel} has no recordings in the cloud."),
    Ability.DEVICE_RECORDS: N_("{channel} has no recordings on its device."),
    Ability.LOCAL_RECORDS: N_("{channel} has no recordings on this computer."),
    Ability.DOWNLOAD: N_("Recordings of {channel} cannot be downloaded."),
    Ability.PTZ: N_("{channel} cannot be moved."),
    Ability.ZOOM: N_("{channel} cannot be zoomed."),
    Ability.FOCUS: N_("The focus of {channel} cannot be set."),
    Ability.IRIS: N_("The iris of {channel} cannot be set."),
    Ability.PRESETS: N_("{channel} has no presets."),
    Ability.EVENTS: N_("{channel} reports no events."),
}


def inventory_of(adapter: object) -> Inventory:
    if isinstance(adapter, Inventory):
        return adapter
    raise _lacks(Inventory)


def live_of(adapter: object) -> Live:
    if isinstance(adapter, Live):
        return adapter
    raise _lacks(Live)


def records_of(adapter: object) -> Records:
    if isinstance(adapter, Records):
        return adapter
    raise _lacks(Records)


def downloads_of(adapter: object) -> Downloads:
    if isinstance(adapter, Downloads):
        return adapter
    raise _lacks(Downloads)


def ptz_of(adapter: object) -> Ptz:
    if isinstance(adapter, Ptz):
        return adapter
    raise _lacks(Ptz)


def presets_of(adapter: object) -> Presets:
    if isinstance(adapter, Presets):
        return adapter
    raise _lacks(Presets)


def cruises_of(adapter: object) -> Cruises:
    if isinstance(adapter, Cruises):
        return adapter
    raise _lacks(Cruises)


def events_of(adapter: object) -> Events:
    if isinstance(adapter, Events):
        return adapter
    raise _lacks(Events)


def raw_calls_of(adapter: object) -> RawCalls:
    if isinstance(adapter, RawCalls):
        return adapter
    raise _lacks(RawCalls)


def need_ability(channel: Channel, ability: Ability) -> None:
    """Unsupported where the channel lacks `ability`."""
    if ability not in channel.abilities:
        raise Unsupported(_(_CHANNEL[ability]).format(channel=channel.name))


def _lacks(protocol: type) -> Unsupported:
    return Unsupported(_(_VENDOR[protocol]))
