"""A file's pictures from one moment back, decoded a group of pictures at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vsconsole.domain import cancel
from vsconsole.domain.errors import MediaError
from vsconsole.i18n import _
from vsconsole.media.packets import first_second
from vsconsole.media.thumbs import Still

_MOST_BYTES = 200_000_000
_REACHES = (0.0, 1.0, 5.0, 20.0, 90.0)
_SAME = 0.0005


@dataclass(frozen=True, slots=True, eq=False)
class BackPicture:
    """A decoded picture and the media second it shows."""

    second: float
    _frame: Any

    def pixels(self) -> Still:
        """Its pixels; takes some milliseconds."""
        image = self._frame.reformat(format="bgra")
        plane = image.planes[0]
        return Still(
            width=image.width,
            height=image.height,
            stride=plane.line_size,
            bgra=bytes(plane),
            full=(image.width, image.height),
        )


class Backwards:
    """Reads one file backwards; blocks, on one thread. MediaError where it cannot be read.

    Video can be decoded forward only, from a key frame on. So a group of pictures is decoded whole
    and its pictures are given in reverse; of a group that is too large to be kept, the last part
    that fits, and the parts before it by decoding it again.
    """

    def __init__(self, path: Path, *, most_bytes: int = _MOST_BYTES) -> None:
        import av
        import av.error

        self._name = path.name
        self._most_bytes = most_bytes
        self._failures = (av.error.FFmpegError, OSError)
        try:
            self._container: Any = av.open(str(path))
        except self._failures as error:
            raise self._unreadable(error) from error
        if not self._container.streams.video:
            self._container.close()
            raise MediaError(_("{name} has no picture.").format(name=self._name))
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._base = first_second(self._container)
        rate = self._stream.average_rate or self._stream.guessed_rate
        self._period = 1 / float(rate) if rate else 0.04

    def close(self) -> None:
        """Lets go of the file; safe to repeat."""
        self._container.close()

    def groups(self, second: float) -> Iterator[list[BackPicture]]:
        """Pictures up to `second`, in parts: the latest part first, in each the earliest first."""
        end = second + _SAME
        while True:
            part = self._before(end)
            if not part:
                return
            yield part
            end = part[0].second - _SAME

    def _before(self, end: float) -> list[BackPicture]:
        """As many pictures as may be kept that end right before `end`; none at the begin."""
        if end <= -_SAME:
            return []
        try:
            for reach in _REACHES:
                start = end - 2 * _SAME - reach
                if found := self._decoded(start, end):
                    return found
                if start <= 0:
                    return []
            return self._decoded(0.0, end)
        except self._failures as error:
            raise self._unreadable(error) from error

    def _decoded(self, start: float, end: float) -> list[BackPicture]:
        """The pictures from the key frame at or before `start` up to `end`."""
        self._container.seek(round((max(start, 0.0) + self._base) * 1_000_000), backward=True)
        kept: deque[BackPicture] = deque()
        most, second = 1, None
        for frame in self._container.decode(self._stream):
            cancel.check()
            if frame.time is not None:
                second = float(frame.time) - self._base
            elif second is not None:
                second += self._period
            else:
                continue
            if second > end:
                break
            if not kept:
                most = max(1, int(self._most_bytes / (1.5 * frame.width * frame.height)))
            kept.append(BackPicture(second, frame))
            if len(kept) > most:
                kept.popleft()
        return list(kept)

    def _unreadable(self, error: BaseException) -> MediaError:
        return MediaError(
            _("{name} cannot be played backwards.").format(name=self._name),
            why=getattr(error, "strerror", None) or type(error).__name__,
        )
