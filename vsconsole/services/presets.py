"""Camera positions, with what the operator adds: own names, an order, small pictures.

What is added is kept by a preset's mark: its number, or its name where the vendor knows presets by
name only and numbers are the console's own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from vsconsole.domain.capabilities import Presets
from vsconsole.domain.errors import InvalidInput, NotFound
from vsconsole.domain.model import Ability, Channel, Key, Preset
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.services.needs import need_ability, presets_of

if TYPE_CHECKING:
    from vsconsole.store.catalog import Catalog

PICTURE = (160, 90)
"""The most columns and rows of a preset's picture."""

_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetPage:
    """A channel's presets as they are shown: in order, with the pictures there are (JPEG).

    `here` are the numbers whose name is kept on this computer, since the vendor keeps another one
    or none.
    """

    presets: tuple[Preset, ...]
    numbers: range
    pictures: Mapping[int, bytes]
    here: frozenset[int]


class PresetService:
    """Presets of every account's channels; all calls block."""

    def __init__(self, adapter: Callable[[str], object], catalog: Catalog) -> None:
        self._adapter = adapter
        self._catalog = catalog
        self._lock = threading.Lock()
        self._marks: dict[Key, dict[int, str]] = {}
        self.went: Listeners[[Channel, int]] = Listeners()
        """Called on a worker thread when a camera was sent to a preset; it has yet to arrive."""

    def numbers(self, channel: Channel) -> range:
        """The numbers this channel's presets may have."""
        return self._able(channel).preset_indexes

    def all(self, channel: Channel) -> list[Preset]:
        """The presets that are set, in the operator's order, else by number.

        A name of one's own goes before the vendor's.
        """
        return list(self._named(channel)[0])

    def page(self, channel: Channel) -> PresetPage:
        """What is shown of a channel's presets."""
        presets, here = self._named(channel)
        looks = self._catalog.ptz.looks(channel.key)
        pictures = {
            index: look.picture
            for index, mark in self._marks_of(channel).items()
            if (look := looks.get(mark)) is not None and look.picture
        }
        return PresetPage(
            presets=presets, numbers=self.numbers(channel), pictures=pictures, here=here
        )

    def goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._numbered(channel, index).preset_goto(channel, index)
        self.went.emit(channel, index)

    def store(self, channel: Channel, index: int, name: str = "") -> None:
        """Stores the present position under a number, with a name."""
        adapter = self._numbered(channel, index)
        name = _checked(name)
        adapter.preset_set(channel, index, name)
        book = self._catalog.ptz
        if adapter.preset_names:
            mark = name or str(index)
            # The vendor has taken this very name: no other one stands before it.
            book.name_preset(channel.key, mark, "")
            with self._lock:
                self._marks.setdefault(channel.key, {})[index] = mark
        else:
            self._catalog.name_preset(channel.key, index, name)
        # The picture was of the position before.
        book.picture_preset(channel.key, self._mark(channel, index), b"")

    def rename(self, channel: Channel, index: int, name: str) -> None:
        """Names a preset without moving it: no vendor can, so the name is kept here."""
        adapter = self._numbered(channel, index)
        if adapter.preset_names:
            self._catalog.ptz.name_preset(channel.key, self._mark(channel, index), _checked(name))
        else:
            self._catalog.name_preset(channel.key, index, _checked(name))

    def delete(self, channel: Channel, index: int) -> None:
        """Removes a preset and what was kept of it."""
        adapter = self._numbered(channel, index)
        mark = self._mark(channel, index)
        adapter.preset_delete(channel, index)
        if not adapter.preset_names:
            self._catalog.name_preset(channel.key, index, "")
        self._catalog.ptz.forget_preset(channel.key, mark)

    def order(self, channel: Channel, indexes: Sequence[int]) -> None:
        """Keeps the order the operator put the presets in."""
        marks = [self._mark(channel, index) for index in indexes]
        self._catalog.ptz.order_presets(channel.key, marks)

    def keep_picture(
        self, channel: Channel, index: int, bgra: bytes, size: tuple[int, int], stride: int
    ) -> None:
        """Keeps, made small, the picture of `size` columns and rows that shows this preset."""
        from vsconsole.media import small

        made = small.small_jpeg(bgra, size, stride, PICTURE)
        self._catalog.ptz.picture_preset(channel.key, self._mark(channel, index), made)

    def mark(self, channel: Channel, index: int) -> str:
        """What the preset of this number is kept by."""
        return self._mark(channel, index)

    def index_of(self, channel: Channel, mark: str) -> int:
        """The number of the preset that is kept by `mark`; NotFound where it is gone."""
        found = self._at(channel, mark)
        if found is None:
            # It may have been set elsewhere since the list was asked for.
            self._named(channel)
            found = self._at(channel, mark)
        if found is not None:
            return found
        raise NotFound(
            _("The preset {name} of {channel} is gone.").format(name=mark, channel=channel.name),
            remedy=_("Take it out of the patrol, or set it again."),
        )

    def _at(self, channel: Channel, mark: str) -> int | None:
        marks = self._marks_of(channel)
        return next((index for index, known in marks.items() if known == mark), None)

    def _named(self, channel: Channel) -> tuple[tuple[Preset, ...], frozenset[int]]:
        """The presets in order, and whose names are kept here."""
        adapter = self._able(channel)
        found = adapter.presets(channel)
        marks = {
            preset.index: _mark_of(preset.index, preset.name, named=adapter.preset_names)
            for preset in found
        }
        with self._lock:
            self._marks[channel.key] = marks
        looks = self._catalog.ptz.looks(channel.key)
        own = {} if adapter.preset_names else self._catalog.preset_names(channel.key)
        names = {
            index: own.get(index) or (looks[mark].name if mark in looks else "")
            for index, mark in marks.items()
        }

        def place(preset: Preset) -> tuple[float, int]:
            look = looks.get(marks[preset.index])
            return (
                inf if look is None or look.place is None else look.place,
                preset.index,
            )

        presets = tuple(
            Preset(index=preset.index, name=names[preset.index] or preset.name)
            for preset in sorted(found, key=place)
        )
        return presets, frozenset(index for index, name in names.items() if name)

    def _marks_of(self, channel: Channel) -> Mapping[int, str]:
        """The marks as last listed, asked for where nothing was."""
        with self._lock:
            known = self._marks.get(channel.key)
        if known is None:
            self._named(channel)
            with self._lock:
                known = self._marks[channel.key]
        return dict(known)

    def _mark(self, channel: Channel, index: int) -> str:
        adapter = self._able(channel)
        if not adapter.preset_names:
            return str(index)
        return self._marks_of(channel).get(index) or str(index)

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


def _mark_of(index: int, name: str, *, named: bool) -> str:
    return (name if named else "") or str(index)


def _checked(name: str) -> str:
    name = name.strip()
    if len(name) > _LONGEST_NAME:
        raise InvalidInput(
            _("The name is too long: at most {n} characters.").format(n=_LONGEST_NAME),
            field="name",
        )
    return name
