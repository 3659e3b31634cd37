"""The program's settings: one JSON file, replaced whole, kept aside where it cannot be read."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vsconsole.domain.errors import StorageError
from vsconsole.i18n import _
from vsconsole.store.files import clear_left_over, put_aside, told, write_whole

_log = logging.getLogger(__name__)


class Settings:
    """Named JSON values; reading is from memory, writing goes to disk before it returns.

    Thread-safe. `damage` tells of a file that could not be read and was put aside.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damage: StorageError | None = None
        self._lock = threading.Lock()
        clear_left_over(path)
        self._values = self._read()

    def get(self, name: str, default: Any = None) -> Any:
        """The value under `name`; `default` where none was set, or one of another JSON type.

        A default of None accepts any type. What is given back may be changed freely.
        """
        with self._lock:
            value = self._values.get(name)
        if value is None or not _fits(value, default):
            return default
        return json.loads(json.dumps(value))

    def set(self, name: str, value: Any) -> None:
        """Keeps a JSON value under `name`, None removes it; StorageError where it cannot be kept.

        A value that was refused by the disk still holds until the program ends.
        """
        self.update({name: value})

    def update(self, values: Mapping[str, Any]) -> None:
        """Sets several values with one writing, as `set` does."""
        with self._lock:
            kept = {**self._values, **json.loads(json.dumps(dict(values)))}
            kept = {name: value for name, value in kept.items() if value is not None}
            if kept == self._values and self.path.exists():
                return
            self._values = kept
            text = json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True)
            write_whole(self.path, text.encode())

    def _read(self) -> dict[str, Any]:
        try:
            with told(self.path):
                values = json.loads(self.path.read_bytes())
            if isinstance(values, dict):
                return values
            reason = "not a JSON object"
        except StorageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                return {}
            self.damage = error
            _log.warning("settings not read: %s", error)
            return {}
        except ValueError as error:
            # UnicodeDecodeError too.
            reason = str(error)
        try:
            aside = put_aside(self.path)
        except StorageError as error:
            self.damage = error
        else:
            self.damage = StorageError(
                _("The settings could not be read, so the defaults are used."),
                why=reason,
                remedy=_("The damaged file was kept as {path}.").format(path=aside),
            )
        _log.warning("settings damaged: %s", self.damage)
        return {}


def _fits(value: object, default: object) -> bool:
    """Whether a value from the file is of the kind the caller expects."""
    if default is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, type(default)) and isinstance(default, type(value))
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
