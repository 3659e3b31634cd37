"""One run backwards through what lies on disk: decodes ahead on one thread, shows on another."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from queue import Empty, Full, Queue

from vsconsole.domain import cancel
from vsconsole.domain.errors import Cancelled, ConsoleError, MediaError, Unsupported
from vsconsole.domain.model import Store
from vsconsole.domain.playback import Clip, MediaProtocol
from vsconsole.i18n import _
from vsconsole.media.backwards import BackPicture, Backwards
from vsconsole.media.thumbs import Still
from vsconsole.player.backend import PlaybackSource, PlayerState
from vsconsole.player.pieces import begin_of, local_path
from vsconsole.work.threads import Thread

_log = logging.getLogger(__name__)

_GAP = timedelta(seconds=1)
_LATE = 0.06
_STILL_SHOWN = 0.25
_WAIT = 0.1
_MEASURED = 3.0
_GUESSED_PERIOD = 0.04
_LONGEST_PERIOD = 0.5

Shown = Callable[[Still, datetime], None]


class BackwardRun:
    """Shows pictures from `at` back, each when its time has come; those that are late are left out.

    `shown`, `told` (a state, an error) and `gap` (asked, shown) are called on its threads. It holds
    the first picture until `go`, or goes back from it by `step`.
    """

    def __init__(
        self,
        source: PlaybackSource,
        at: datetime,
        speed: float,
        shown: Shown,
        told: Callable[[PlayerState, ConsoleError | None], None],
        gap: Callable[[datetime, datetime], None],
    ) -> None:
        self.speed = speed
        self._source = source
        self._at = at
        self._shown = shown
        self._told = told
        self._gap = gap
        self._ahead: Queue[tuple[Clip, list[tuple[datetime, BackPicture]]] | None] = Queue(1)
        self._token = cancel.CancelToken()
        self._wake = threading.Condition()
        self._going = False
        self._steps = 0
        self._last: datetime | None = None
        self._begun = 0.0
        self.period = _GUESSED_PERIOD
        self._failure: ConsoleError | None = None
        self._samples: deque[tuple[float, datetime]] = deque(maxlen=128)
        self._threads = [
            Thread(target=self._guarded, args=(work,), name=name, daemon=True)
            for work, name in (
                (self._decode, "player backwards"),
                (self._show, "player backwards screen"),
            )
        ]

    def start(self) -> None:
        """Begins to decode."""
        for thread in self._threads:
            thread.begin()

    def go(self) -> None:
        """Runs from the first picture on."""
        with self._wake:
            self._going = True
            self._wake.notify_all()

    def step(self, pictures: int) -> None:
        """Shows the picture that many before the one it holds."""
        with self._wake:
            self._steps += pictures
            self._wake.notify_all()

    @property
    def going(self) -> bool:
        return self._going

    def end(self) -> None:
        """Ends it, from any thread; returns at once."""
        self._token.cancel()
        with self._wake:
            self._wake.notify_all()

    def join(self, seconds: float) -> None:
        """Waits at most `seconds` for its threads."""
        until = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def speed_measured(self) -> float | None:
        """Wall-clock seconds shown per second, below zero; None until it is known."""
        now = time.monotonic()
        with self._wake:
            recent = [sample for sample in self._samples if now - sample[0] < _MEASURED]
        if len(recent) < 2 or recent[-1][0] - recent[0][0] < 0.8:
            return None
        (first, begin), (last, end) = recent[0], recent[-1]
        return (end - begin).total_seconds() / (last - first)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            with cancel.bound(self._token):
                work()
        except Cancelled:
            pass
        except ConsoleError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 a bug; the program goes on
            _log.exception("playing backwards failed")
            self._fail(MediaError(_("The player failed."), why=f"{type(error).__name__}: {error}"))

    def _fail(self, error: ConsoleError) -> None:
        if not self._token.cancelled:
            self._token.cancel()
            self._told(PlayerState.FAILED, error)

    # Decoding

    def _decode(self) -> None:
        clip = self._source.clip_at(self._at) or self._source.clip_before(self._at)
        end = self._at
        while clip is not None:
            self._decode_clip(clip, min(end, clip.span.end))
            end = clip.span.begin
            clip = self._source.clip_before(end)
        self._hand_on(None)

    def _decode_clip(self, clip: Clip, end: datetime) -> None:
        path, offset = _file_of(clip, end)
        with closing(Backwards(path)) as file:
            for group in file.groups(clip.time_map.media_at(end) - offset):
                timed = [(clip.time_map.wall_at(one.second + offset), one) for one in group]
                self._hand_on((clip, [one for one in timed if one[0] <= end]))

    def _hand_on(self, part: tuple[Clip, list[tuple[datetime, BackPicture]]] | None) -> None:
        while True:
            cancel.check()
            try:
                self._ahead.put(part, timeout=_WAIT)
            except Full:
                continue
            return

    # Showing

    def _show(self) -> None:
        last = self._at
        clip: Clip | None = None
        late: tuple[datetime, BackPicture] | None = None
        while True:
            part = self._next()
            if part is None:
                if late is not None:
                    self._put_on_screen(*late)  # the first of all is where it stays
                if not self._token.cancelled:
                    self._told(PlayerState.ENDED, None)
                return
            if part[0] is not clip:
                clip = part[0]
                if last - clip.span.end >= _GAP:
                    self._gap(last, clip.span.end)
            for when, picture in reversed(part[1]):
                late = None if self._wait_for(when) else (when, picture)
                if late is None:
                    self._put_on_screen(when, picture)
            last = part[1][0][0] if part[1] else last

    def _next(self) -> tuple[Clip, list[tuple[datetime, BackPicture]]] | None:
        while True:
            cancel.check()
            try:
                return self._ahead.get(timeout=_WAIT)
            except Empty:
                continue

    def _wait_for(self, when: datetime) -> bool:
        """Waits for a picture's time; False where that has passed."""
        if not self._begun and self._held():
            return self._steps == 0
        due = self._begun + (self._at - when).total_seconds() / self.speed
        while (wait := due - time.monotonic()) > 0:
            cancel.check()
            with self._wake:
                self._wake.wait(min(wait, _WAIT))
        cancel.check()
        return wait > -_LATE or time.monotonic() - self._samples[-1][0] > _STILL_SHOWN

    def _held(self) -> bool:
        """Waits while the picture on screen is held; True where the next is a step, or the first.

        Of several steps the pictures between are not shown: `_steps` are still to go.
        """
        last = self._last
        if last is None:
            self._steps = max(0, self._steps - 1)
            return True
        with self._wake:
            while not self._going and not self._steps and not self._token.cancelled:
                self._wake.wait()
            if self._steps and not self._going:
                self._steps -= 1
                return True
        cancel.check()
        self._at, self._begun = last, time.monotonic()
        with self._wake:
            self._samples.clear()
            self._samples.append((self._begun, last))
        self._told(PlayerState.PLAYING, None)
        return False

    def _put_on_screen(self, when: datetime, picture: BackPicture) -> None:
        still = picture.pixels()
        cancel.check()
        if self._last is not None and self._last > when:
            self.period = min((self._last - when).total_seconds(), _LONGEST_PERIOD)
        self._last = when
        with self._wake:
            self._samples.append((time.monotonic(), when))
        self._shown(still, when)
        if not self._begun and not self._going:
            self._told(PlayerState.PAUSED, None)


def _file_of(clip: Clip, when: datetime) -> tuple[Path, float]:
    """The file of a clip, and the second of the clip's map at which it begins; may block."""
    known = clip.protocol in (None, MediaProtocol.FILE, MediaProtocol.FLV)
    source = clip.open(when) if clip.store is Store.LOCAL and known else None
    path = local_path(source.url) if source is not None else None
    if path is None or source is None or source.protocol is MediaProtocol.HLS:
        raise Unsupported(
            _("This cannot be played backwards."),
            why=_("Only recordings on this computer can; a stream comes forward only."),
            remedy=_("Download the range and open the file."),
        )
    return path, begin_of(clip, source)
