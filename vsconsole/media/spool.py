"""A file that a server hands out once: read over one connection, kept, sought in at will."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from vsconsole.domain import cancel
from vsconsole.domain.errors import (
    Cancelled,
    ConsoleError,
    DiskFull,
    MediaError,
    NetworkError,
    StreamUnavailable,
)
from vsconsole.i18n import _
from vsconsole.media.bridge import Readable

_log = logging.getLogger(__name__)
_CHUNK = 256 * 1024
_NAME = "recording"


class Spool:
    """The bytes of one stream, from its first on, in a file that goes when the spool does.

    `open` is called once, on the spool's thread; the stream is read to its end as fast as it comes,
    whatever is read of the spool meanwhile.
    """

    def __init__(self, open: Callable[[], Readable]) -> None:
        self._open = open
        self._changed = threading.Condition()
        self._folder: Path | None = None
        self._file: IO[bytes] | None = None
        self._stream: Readable | None = None
        self._written = 0
        self._length: int | None = None
        self._opened = False
        self._ended = False
        self._closed = False
        self._error: ConsoleError | None = None
        self._readers: list[SpoolReader] = []
        self._thread = threading.Thread(target=self._fetch, name="spool", daemon=True)

    def start(self) -> None:
        """Begins to fetch; to be called once."""
        self._thread.start()

    @property
    def error(self) -> ConsoleError | None:
        """Why the stream ended early; None while it has not."""
        with self._changed:
            return self._error

    @property
    def fetched(self) -> int:
        """How many bytes have come."""
        with self._changed:
            return self._written

    def reader(self) -> SpoolReader:
        """Reads from the first byte on; several may read at once."""
        made = SpoolReader(self)
        with self._changed:
            self._readers.append(made)
        return made

    def length(self, gone: Callable[[], bool]) -> int | None:
        """How many bytes it will have; waits until the server said so, None where it does not.

        None too when `gone` says that nobody wants to know any more.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._opened or self._ended or self._closed or gone())
            return self._length

    def whole(self) -> Path:
        """Waits until all has come and gives the file; raises why it has not, or Cancelled."""
        cancel.wait_for(self._changed, lambda: self._ended or self._closed)
        with self._changed:
            if self._error is not None:
                raise self._error
            if self._folder is None or self._closed:
                raise Cancelled
            return self._folder / _NAME

    def close(self) -> None:
        """Ends fetching and every reader, and gives the disk back; safe to repeat."""
        with self._changed:
            self._closed = True
            stream = self._stream
            readers, self._readers = self._readers, []
            self._changed.notify_all()
        if stream is not None:
            stream.close()
        for reader in readers:
            reader.close()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join(2.0)
        with self._changed:
            file, self._file = self._file, None
            folder, self._folder = self._folder, None
        if file is not None:
            file.close()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _fetch(self) -> None:
        try:
            self._copy()
        except Cancelled:
            pass
        except ConsoleError as error:
            self._fail(error)
        except OSError as error:
            full = DiskFull if error.errno == 28 else MediaError
            self._fail(full(_("The recording cannot be kept on this disk."), why=str(error)))
        except Exception as error:  # noqa: BLE001 a bug; who reads must not wait for ever
            _log.exception("fetching a recording failed")
            self._fail(StreamUnavailable(_("The stream ended."), why=type(error).__name__))
        finally:
            with self._changed:
                self._ended = True
                stream, self._stream = self._stream, None
                self._changed.notify_all()
            if stream is not None:
                with suppress(ConsoleError, OSError):
                    stream.close()

    def _copy(self) -> None:
        stream = self._open()
        length = getattr(stream, "length", None)
        with self._changed:
            self._stream, self._length, self._opened = stream, length, True
            if not self._closed:
                self._folder = Path(tempfile.mkdtemp(prefix="vsconsole-spool-"))
                self._file = (self._folder / _NAME).open("w+b", buffering=0)
            self._changed.notify_all()
        while data := stream.read(_CHUNK):
            with self._changed:
                if self._closed or self._file is None:
                    return
                self._file.seek(self._written)
                self._file.write(data)
                self._written += len(data)
                self._changed.notify_all()
        with self._changed:
            if self._length is not None and self._written < self._length:
                raise StreamUnavailable(
                    _("The recording broke off."), remedy=_("Play it again from this moment.")
                )

    def _fail(self, error: ConsoleError) -> None:
        if isinstance(error, NetworkError):
            _log.info("a recording broke off: %s", type(error).__name__)
        with self._changed:
            if not self._closed:
                self._error = error

    def read_at(self, position: int, size: int, gone: Callable[[], bool]) -> bytes:
        """Bytes from `position` on, waiting until the first has come; empty at the end.

        Empty too when `gone` says that nobody wants them any more, or the spool was closed.
        """
        with self._changed:
            if self._length is not None and position >= self._length:
                # libVLC looks for more behind an MP4's pictures before it shows the first.
                return b""
            self._changed.wait_for(
                lambda: self._written > position or self._ended or self._closed or gone()
            )
            if self._closed or self._file is None or gone() or self._written <= position:
                return b""
            self._file.seek(position)
            return self._file.read(min(size, self._written - position))

    def wake(self) -> None:
        """Has those who wait look again."""
        with self._changed:
            self._changed.notify_all()


class SpoolReader:
    """One place in a spool: what one libVLC medium reads and seeks in."""

    def __init__(self, spool: Spool) -> None:
        self.size: tuple[int, int] | None = None
        self._spool = spool
        self._position = 0
        self._closed = False

    def read(self, size: int) -> bytes:
        """At most `size` bytes, waiting for the first; empty at the end and after `close`."""
        data = self._spool.read_at(self._position, size, lambda: self._closed)
        self._position += len(data)
        return data

    def seek(self, position: int) -> None:
        """Goes to a byte, also one that has not come yet."""
        self._position = position

    def length(self) -> int | None:
        """How many bytes there are in all; None where that is not known."""
        return self._spool.length(lambda: self._closed)

    def close(self) -> None:
        """Ends a waiting `read`; safe to repeat, from any thread."""
        self._closed = True
        self._spool.wake()
