"""Camera positions; their names are kept here where the vendor keeps none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vsconsole.domain.capabilities import Presets
from vsconsole.domain.errors import InvalidInput
from vsconsole.domain.model import Ability, Channel, Preset
from vsconsole.i18n import _
from vsconsole.services.needs import need_ability, presets_of

if TYPE_CHECKING:
    from vsconsole.store.catalog import Catalog

_LONGEST_NAME = 64


class PresetService:
    """Presets of every account's channels; all calls block."""

    def __init__(self, adapter: Callable[[str], object], catalog: Catalog) -> None:
        self._adapter = adapter
        self._catalog = catalog

    def numbers(self, channel: Channel) -> range:
        """The numbers this channel's presets may have."""
        return self._able(channel).preset_indexes

    def all(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number, a name of one's own before the vendor's."""
        adapter = self._able(channel)
        names = {} if adapter.preset_names else self._catalog.preset_names(channel.key)
        found = adapter.presets(channel)
        return [
            Preset(index=preset.index, name=names.get(preset.index) or preset.name)
            for preset in sorted(found, key=lambda preset: preset.index)
        ]

    def goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._numbered(channel, index).preset_goto(channel, index)

    def store(self, channel: Channel, index: int, name: str = "") -> None:
        """Stores the present position under a number, with a name."""
        adapter = self._numbered(channel, index)
        name = _checked(name)
        adapter.preset_set(channel, index, name)
        if not adapter.preset_names:
            self._catalog.name_preset(channel.key, index, name)

    def rename(self, channel: Channel, index: int, name: str) -> None:
        """Names a preset without moving it; InvalidInput where only the vendor can name it."""
        adapter = self._numbered(channel, index)
        if adapter.preset_names:
            raise InvalidInput(
                _("This vendor names a preset only while storing it."),
                field="name",
                remedy=_("Go to the preset, then store it again under the new name."),
            )
        self._catalog.name_preset(channel.key, index, _checked(name))

    def delete(self, channel: Channel, index: int) -> None:
        """Removes a preset and its name."""
        adapter = self._numbered(channel, index)
        adapter.preset_delete(channel, index)
        if not adapter.preset_names:
            self._catalog.name_preset(channel.key, index, "")

    def _able(self, channel: Channel) -> Presets:
        need_ability(channel, Ability.PRESETS)
        return presets_of(self._adapter(channel.key.account))

    def _numbered(self, channel: Channel, index: int) -> Presets:
        adapter = self._able(channel)
        if index not in adapter.preset_indexes:
            raise InvalidInput(
                _("Presets are numbered {first} to {last} here.").format(
                    first=adapter.preset_indexes[0], last=adapter.preset_indexes[-1]
                ),
                field="index",
            )
        return adapter


def _checked(name: str) -> str:
    name = name.strip()
    if len(name) > _LONGEST_NAME:
        raise InvalidInput(
            _("The name is too long: at most {n} characters.").format(n=_LONGEST_NAME),
            field="name",
        )
    return name
