"""What the command line writes: one JSON value or a table to standard output, the rest to error."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

from vsconsole.domain.errors import (
    AccountError,
    Cancelled,
    ConsoleError,
    InvalidInput,
    MediaError,
    NetworkError,
    StorageError,
    VendorError,
)
from vsconsole.i18n import _

INTERRUPTED = 130
BUG = 1

_EXIT: Sequence[tuple[type[ConsoleError], int]] = (
    (Cancelled, INTERRUPTED),
    (InvalidInput, 2),
    (AccountError, 3),
    (VendorError, 4),
    (NetworkError, 5),
    (MediaError, 6),
    (StorageError, 7),
)
_PROGRESS_EVERY = 0.2
_PROGRESS_LINE_EVERY = 5.0


def exit_code(error: BaseException) -> int:
    """The exit code that scripts are told an error by."""
    return next((code for kind, code in _EXIT if isinstance(error, kind)), BUG)


class Output:
    """Where a command's answer, notes, progress and errors go.

    With `as_json` standard output gets exactly one JSON value, and standard error nothing but the
    error's object when there is one: notes are left out then, progress is for terminals.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._notes: list[str] = []
        self._on_line = False
        # Quick work says nothing of its progress.
        self._told_at = monotonic()
        # Names of cameras must come through whatever the terminal's code page is.
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:
                reconfigure(encoding="utf-8" if as_json else None, errors="backslashreplace")

    def value(self, value: Any) -> None:
        """Writes the answer as JSON."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
        sys.stdout.flush()

    def answer(self, value: Mapping[str, Any]) -> None:
        """One object: JSON, or a line for each of its keys."""
        if self.as_json:
            self.value(value)
            return
        width = max((len(key) for key in value), default=0)
        for key, item in value.items():
            print(f"{key:<{width}}  {_plain(item)}")

    def rows(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """A list of objects: JSON, or a table of `columns`."""
        if self.as_json:
            self.value(list(rows))
            return
        cells = [[_plain(row.get(column)) for column in columns] for row in rows]
        table = [list(columns), *cells]
        widths = [max(_width(line[i]) for line in table) for i in range(len(columns))]
        for line in table:
            padded = (cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(line))
            print("  ".join(padded).rstrip())

    def text(self, line: str) -> None:
        """An answer in words, for people only."""
        if not self.as_json:
            print(line)

    def note(self, line: str) -> None:
        """Something worth knowing beside the answer; written at the end of a run that worked."""
        self._notes.append(line)

    def progress(self, line: str) -> None:
        """How far it is: one line, overwritten in a terminal, repeated now and then elsewhere."""
        terminal = sys.stderr.isatty()
        if self.as_json and not terminal:
            return
        pause = _PROGRESS_EVERY if terminal else _PROGRESS_LINE_EVERY
        if monotonic() - self._told_at < pause:
            return
        self._told_at = monotonic()
        if terminal:
            sys.stderr.write(f"\r\x1b[K{line}")
            self._on_line = True
        else:
            sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

    def finish(self) -> None:
        """Ends the line of progress and writes the notes."""
        self._end_line()
        for line in self._notes:
            sys.stderr.write(f"{line}\n")
        self._notes.clear()

    def error(self, error: ConsoleError) -> None:
        """Tells what happened, why and what to do."""
        self._end_line()
        if self.as_json:
            sys.stderr.write(json.dumps(dict(error.as_dict()), ensure_ascii=False) + "\n")
        else:
            where = getattr(error, "field", "")
            lines = [f"{where}: {error.what}" if where else error.what, error.why, error.remedy]
            details = [
                f"{name} {text}"
                for name, text in ((_("code"), error.code), (_("request"), error.request_id))
                if text
            ]
            lines.append(f"({', '.join(details)})" if details else "")
            sys.stderr.write("\n".join(line for line in lines if line) + "\n")
        sys.stderr.flush()

    def _end_line(self) -> None:
        if self._on_line:
            self._on_line = False
            with suppress(OSError):
                sys.stderr.write("\n")


def _plain(item: Any) -> str:
    """A value as a table shows it; vendors' control characters do not reach the terminal."""
    if item is None:
        return ""
    if isinstance(item, bool):
        return _("yes") if item else _("no")
    if isinstance(item, Mapping):
        return json.dumps(item, ensure_ascii=False, default=str)
    if isinstance(item, list | tuple):
        return ", ".join(_plain(one) for one in item)
    return "".join(
        sign if unicodedata.category(sign)[0] != "C" else "\N{REPLACEMENT CHARACTER}"
        for sign in str(item)
    )


def _width(text: str) -> int:
    """Columns of a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
