"""Presets: the vendor names them, the console numbers them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from vsconsole.domain.errors import Conflict, NotFound
from vsconsole.domain.model import Channel, Key, Preset
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.imou import mapping

INDEXES = range(1, 21)
"""A camera has twenty at most."""


class Numbers:
    """A number for each name, kept as long as the name is there; used from several threads.

    A name that is itself one of the numbers has it; others take the lowest free ones in the order
    of their names, so that the numbers are the same again when the program is.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Key, dict[str, int]] = {}

    def of(self, key: Key, names: Sequence[str]) -> dict[int, str]:
        """The channel's presets by number; more than there should be are numbered on."""
        with self._lock:
            before = self._known.get(key, {})
            given = {name: before[name] for name in names if name in before}
            taken = set(given.values())
            waiting = sorted(name for name in names if name not in given)
            for name in waiting:
                if name.isascii() and name.isdigit() and str(int(name)) == name:
                    number = int(name)
                    if number in INDEXES and number not in taken:
                        given[name] = number
                        taken.add(number)
            free = (number for number in range(1, len(names) + INDEXES.stop) if number not in taken)
            for name in waiting:
                if name not in given:
                    given[name] = next(free)
            self._known[key] = given
            return {number: name for name, number in sorted(given.items(), key=lambda one: one[1])}

    def put(self, key: Key, name: str, number: int) -> None:
        """Remembers which number a name was stored under."""
        with self._lock:
            known = self._known.setdefault(key, {})
            for other in [one for one, taken in known.items() if taken == number]:
                del known[other]
            known[name] = number


class PresetBook:
    """The presets of an account's channels; safe from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._numbers = Numbers()

    def all(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number."""
        return [Preset(index=index, name=name) for index, name in self._listed(channel).items()]

    def goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset; NotFound for a number that is not set."""
        self._named("turnCollection", channel, self._name(channel, index))

    def set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position under `name`, or the number where it has none.

        What had the number before goes; Conflict where another number has the name.
        """
        name = name or str(index)
        listed = self._listed(channel)
        before = listed.get(index)
        other = next((number for number, one in listed.items() if one == name), index)
        if other != index:
            raise Conflict(
                _("Preset {n} has this name already.").format(n=other),
                remedy=_("Choose another name."),
            )
        # The new one first, so that nothing is lost should it fail; but a name is there only once,
        # and there is no room for a twenty-first.
        room = before != name and len(listed) < len(INDEXES)
        if before is not None and not room:
            self._named("deleteCollection", channel, before)
        self._named("setCollection", channel, name)
        self._numbers.put(channel.key, name, index)
        if before is not None and room:
            self._named("deleteCollection", channel, before)

    def delete(self, channel: Channel, index: int) -> None:
        """Removes a preset; NotFound for a number that is not set."""
        self._named("deleteCollection", channel, self._name(channel, index))

    def _listed(self, channel: Channel) -> dict[int, str]:
        data = self._client.call("getCollection", mapping.place_of(channel.key).params)
        return self._numbers.of(channel.key, mapping.preset_names(data))

    def _name(self, channel: Channel, index: int) -> str:
        listed = self._listed(channel)
        if index not in listed:
            raise NotFound(
                _("There is no preset {n}.").format(n=index),
                remedy=_("It may have been removed: refresh the list."),
            )
        return listed[index]

    def _named(self, call: str, channel: Channel, name: str) -> None:
        params = {**mapping.place_of(channel.key).params, "name": name}
        self._client.call(call, params, urgent=True)
