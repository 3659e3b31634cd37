"""Which keys the operator chose for which action, kept in the catalog; no Qt."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _
from vsconsole.services.listeners import Listeners
from vsconsole.store.catalog import Catalog

Chosen = Mapping[str, tuple[str, ...]]
"""Names of actions to keys as Qt writes them portably; an empty tuple takes the keys away."""

_STATE = "keys"
_FILE = "vsconsole-keys"
_VERSION = 1


class KeyChoices:
    """The choices of one profile, shared by every window; only what differs from the defaults.

    `changed` is called by whoever changes them, on their thread.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._chosen: dict[str, tuple[str, ...]] | None = None
        self.changed: Listeners[[]] = Listeners()

    @property
    def chosen(self) -> Chosen:
        """The choices; none before they were read."""
        with self._lock:
            return dict(self._chosen or {})

    def read(self) -> Chosen:
        """Reads the choices where nothing was chosen yet; from the disk, so on a worker."""
        kept = self._catalog.state(_STATE, {})
        with self._lock:
            if self._chosen is None:
                self._chosen = _sound(kept)
            return dict(self._chosen)

    def choose(self, chosen: Chosen) -> None:
        """Puts choices in force at once; `keep` makes them last."""
        with self._lock:
            self._chosen = {name: tuple(keys) for name, keys in chosen.items()}
        self.changed.emit()

    def keep(self) -> None:
        """Writes the present choices to the disk; StorageError."""
        self._catalog.set_state(_STATE, {name: list(keys) for name, keys in self.chosen.items()})


def _sound(kept: object) -> dict[str, tuple[str, ...]]:
    """What can be understood of choices read back."""
    if not isinstance(kept, dict):
        return {}
    return {
        str(name): tuple(str(key) for key in keys)
        for name, keys in kept.items()
        if isinstance(keys, list)
    }


def to_json(keys: Mapping[str, Sequence[str]]) -> str:
    """Keys as a file to be taken elsewhere."""
    values = {name: list(of) for name, of in sorted(keys.items())}
    return json.dumps({_FILE: _VERSION, "keys": values}, ensure_ascii=False, indent=2) + "\n"


def from_json(text: str) -> Chosen:
    """Keys of such a file; InvalidInput where it is none."""
    try:
        whole: Any = json.loads(text)
        if not isinstance(whole, dict) or whole.get(_FILE) != _VERSION:
            raise ValueError(_FILE)
        keys = whole["keys"]
        if not all(
            isinstance(of, list) and all(isinstance(key, str) for key in of) for of in keys.values()
        ):
            raise TypeError(_FILE)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidInput(
            _("This is no file of keys."),
            remedy=_("Choose a file that “Export…” has written."),
        ) from error
    return {str(name): tuple(of) for name, of in keys.items()}
