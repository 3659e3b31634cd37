"""Files that are whole after a crash, and this computer's refusals in the program's own words."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vsconsole.domain.errors import DiskFull, NotWritable, StorageError
from vsconsole.domain.model import now
from vsconsole.i18n import _

_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


def storage_error(path: Path, error: OSError) -> StorageError:
    """What the system's refusal to read or write `path` means to the user."""
    why = _("The system says: {reason}.").format(reason=error.strerror or type(error).__name__)
    if error.errno in _FULL:
        return DiskFull(
            _("No room is left to write {path}.").format(path=path),
            why=why,
            remedy=_("Free some space on this disk, then try again."),
        )
    if error.errno in _REFUSED:
        return NotWritable(
            _("{path} cannot be written.").format(path=path),
            why=why,
            remedy=_("Give your user the right to write there, or choose another place."),
        )
    return StorageError(
        _("{path} could not be read or written.").format(path=path),
        why=why,
        remedy=_("Check the disk, then try again."),
    )


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turns an OSError inside the block into a StorageError about `path`."""
    try:
        yield
    except OSError as error:
        raise storage_error(path, error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Replaces a file so that after a crash it is the old one or the new one; StorageError.

    The file is readable by its owner only.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp makes it private to the user, and in the same folder the replacing is one step.
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def clear_left_over(path: Path) -> None:
    """Removes what a killed `write_whole(path)` left beside it; what cannot go stays."""
    for left in path.parent.glob(f".{path.name}.*.new"):
        try:
            left.unlink()
        except OSError:
            # Another process may be writing it at this moment.
            continue


def put_aside(path: Path, suffixes: tuple[str, ...] = ("",)) -> Path:
    """Renames a damaged file (with its companions) out of the way; gives its new name.

    One damaged copy is kept, the newest.
    """
    aside = path.with_name(f"{path.name}.damaged-{now():%Y%m%dT%H%M%S%f}")
    with told(path):
        for old in path.parent.glob(f"{path.name}.damaged-*"):
            old.unlink(missing_ok=True)
        for suffix in suffixes:
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.replace(aside.with_name(aside.name + suffix))
    return aside


def _sync_folder(folder: Path) -> None:
    """Makes a renaming last; Windows has no such call and needs none."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
