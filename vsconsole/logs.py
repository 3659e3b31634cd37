"""Where the program writes down what it does: one rotating file a profile, redacted."""

import faulthandler
import logging
import logging.handlers
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

_SIZE = 2 * 1024 * 1024
_KEPT = 4
_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)-7s %(threadName)s %(name)s: %(message)s"
_DATES = "%Y-%m-%dT%H:%M:%S"

_crashes: TextIO | None = None


class _Redacting(logging.Formatter):
    """Redacts the finished text, so that arguments and trace-backs are covered too."""

    def __init__(self, redact: Callable[[str], str]) -> None:
        super().__init__(_FORMAT, _DATES)
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


class _Handler(logging.handlers.RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A full disk must not print the record, which is not redacted yet, to standard error."""


def start(
    folder: Path, redact: Callable[[str], str], *, level: int = logging.INFO, echo: bool = False
) -> Path:
    """Write everything logged from now on to `folder`, and crashes beside it; return the file.

    `redact` takes the secrets out of a finished entry. With `echo` warnings also go to standard
    error. Calling it again moves the log. Raises OSError where the folder cannot be written.
    """
    stop()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "vsconsole.log"
    handlers: list[logging.Handler] = [
        # Opened at the first entry: a run that says nothing leaves nothing.
        _Handler(file, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8", delay=True)
    ]
    if echo:
        handlers.append(logging.StreamHandler(sys.stderr))
        handlers[-1].setLevel(logging.WARNING)
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(_Redacting(redact))
        handler.set_name("vsconsole")
        root.addHandler(handler)
    root.setLevel(level)
    # These write every address they open, with its query.
    for noisy in ("urllib3", "libav"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    _record_crashes(folder / "crash.log")
    return file


def stop() -> None:
    """Close the files that `start` opened; nothing happens when it was not called."""
    global _crashes
    root = logging.getLogger()
    for handler in [h for h in root.handlers if h.get_name() == "vsconsole"]:
        root.removeHandler(handler)
        handler.close()
    if _crashes is not None:
        faulthandler.disable()
        _crashes.close()
        _crashes = None


def _record_crashes(file: Path) -> None:
    """Have the interpreter write the stacks of all threads should a library bring it down."""
    global _crashes
    _crashes = file.open("a", encoding="utf-8")
    faulthandler.enable(_crashes)
