"""Clips of one channel's footage, found as the player needs them."""

from __future__ import annotations

import logging
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from vsconsole.domain import days
from vsconsole.domain.errors import ConsoleError, Unsupported
from vsconsole.domain.model import Ability, Channel, Key, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import SegmentSet, Span
from vsconsole.services.address import Opened, open_address
from vsconsole.services.footage import SETTLED, Footage
from vsconsole.services.hls_clips import GaplessHls, HlsClips, RunFiles
from vsconsole.services.needs import need_ability, records_of

if TYPE_CHECKING:
    from vsconsole.net.transport import Transport

WINDOW = timedelta(hours=1)
"""The longest range that is asked for at once."""

_LOOK_AHEAD = (timedelta(days=1), timedelta(days=7), timedelta(days=31))
_FARTHEST = timedelta(days=400)
_FARTHEST_BACK = timedelta(days=366 * 20)
_ADDRESS_FRESH = 30.0
_EDGE_FRESH = 5.0
_log = logging.getLogger(__name__)

_ABILITY = {
    Store.CLOUD: Ability.CLOUD_RECORDS,
    Store.DEVICE: Ability.DEVICE_RECORDS,
    Store.LOCAL: Ability.LOCAL_RECORDS,
}


@dataclass(slots=True, eq=False)
class _Window:
    """A range whose clips are known up to `until`."""

    span: Span
    lock: threading.Lock = field(default_factory=threading.Lock)
    clips: list[Clip] = field(default_factory=list)
    until: datetime | None = None
    asked: float = 0.0

    @property
    def whole(self) -> bool:
        return self.until is not None and self.until >= self.span.end


class FootageSource:
    """The clips of one channel in one store over all time, for `Player.play`.

    Both calls block. Clips are cut from what `Footage` knows: at most an hour of cloud recordings,
    a device's whole recorded range (one playback session), or a file. Safe from several threads.
    """

    def __init__(
        self,
        channel: Channel,
        store: Store,
        adapter: Callable[[str], object],
        footage: Footage,
        transport: Callable[[], Transport],
        files: RunFiles,
        given: Callable[[Key, MediaSource], object],
    ) -> None:
        self.channel = channel
        self.store = store
        self._adapter = adapter
        self._footage = footage
        self._transport = transport
        self._files = files
        self._given = given
        self._lock = threading.Lock()
        self._windows: dict[datetime, _Window] = {}

    def clip_at(self, when: datetime) -> Clip | None:
        """The clip that holds `when`; None in a gap. Raises what kept it from being found."""
        for window in self._around(when):
            clip = _holding(window.clips, when)
            if clip is not None:
                return clip
        recorded = self._recorded(when)
        if recorded is None:
            return None
        return _holding(self._filled(self._window(when, recorded)), when)

    def clip_after(self, when: datetime) -> Clip | None:
        """The first clip that begins after `when`; None after the last."""
        holding = self.clip_at(when)
        at = holding.span.end if holding else when
        while (start := self._next_recorded(at)) is not None:
            recorded = self._recorded(start)
            if recorded is None:
                return None
            window = self._window(start, recorded)
            for clip in self._filled(window):
                if clip.span.begin > when and clip.span.end > at:
                    return clip
            # Listed as recorded, yet without media: on to what lies behind it.
            at = max(window.span.end, at + timedelta(milliseconds=1))
        return None

    def clip_before(self, when: datetime) -> Clip | None:
        """The last clip that begins before `when`; looks a month back at most, a folder's all."""
        reaches = (_FARTHEST_BACK,) if self.store is Store.LOCAL else _LOOK_AHEAD
        for reach in reaches:
            segments = self._recorded_in(Span(when - reach, when))
            recorded = segments.joined().previous_before(when)
            if recorded is None:
                continue
            last = min(recorded.end, when) - timedelta(milliseconds=1)
            clip = self.clip_at(last)
            if clip is None or clip.span.begin < when:
                return clip
        return None

    def _recorded_in(self, span: Span) -> SegmentSet:
        if self.store is Store.LOCAL:
            records = records_of(self._adapter(self.channel.key.account))
            return SegmentSet.of(records.segments(self.channel, self.store, span))
        return self._footage.ensure(self.channel, self.store, span)

    def _recorded(self, when: datetime) -> Span | None:
        """The recorded range that holds `when`, inside its calendar day."""
        day = days.span_of(days.day_of(when, self.channel.zone), self.channel.zone)
        if when >= now():
            return None
        segments = self._footage.ensure(self.channel, self.store, day)
        return segments.joined().at(when)

    def _next_recorded(self, when: datetime) -> datetime | None:
        """The first recorded moment at or after `when`; looks ever further ahead, up to now."""
        if self.store is Store.LOCAL:
            # Files may lie years apart, and their index answers any range at once.
            records = records_of(self._adapter(self.channel.key.account))
            segments = records.segments(self.channel, self.store, Span(when, max(when, now())))
            return SegmentSet.of(segments).snap(when)
        at, end = when, min(now(), when + _FARTHEST)
        steps = iter(_LOOK_AHEAD)
        step = next(steps)
        while at < end:
            ahead = Span(at, min(end, at + step))
            found = self._footage.ensure(self.channel, self.store, ahead).snap(at)
            if found is not None:
                return found
            at, step = ahead.end, next(steps, step)
        return None

    def _window(self, when: datetime, recorded: Span) -> _Window:
        """The window that holds `when`, a moment inside the range `recorded`."""
        zone = self.channel.zone
        day = days.span_of(days.day_of(when, zone), zone)
        if self.store is Store.CLOUD:
            cells = (when - day.begin) // WINDOW
            begin = day.begin + cells * WINDOW
            span = Span(begin, min(begin + WINDOW, day.end))
        elif self.store is Store.DEVICE:
            span = recorded
        else:
            span = day
        with self._lock:
            window = self._windows.get(span.begin)
            if window is None:
                window = self._windows[span.begin] = _Window(span)
            elif span.end > window.span.end:
                # A device that is still recording: what came since is a window of its own.
                window.span = Span(window.span.begin, span.end)
            return window

    def _around(self, when: datetime) -> list[_Window]:
        with self._lock:
            return [window for window in self._windows.values() if when in window.span]

    def _filled(self, window: _Window) -> list[Clip]:
        """The window's clips, asked for as far as they are not known yet."""
        with window.lock:
            edge = now()
            begin = window.until or window.span.begin
            end = min(window.span.end, edge)
            if window.whole or begin >= end or monotonic() - window.asked < _EDGE_FRESH:
                return window.clips
            adapter = records_of(self._adapter(self.channel.key.account))
            need_ability(self.channel, _ABILITY[self.store])
            span = Span(begin, end)
            found = [
                replace(clip, open=partial(self._open, clip))
                for part in adapter.clips(self.channel, self.store, span)
                for clip in self._expanded(part)
            ]
            window.clips = [*window.clips, *found]
            window.asked = monotonic()
            if window.span.end <= edge - SETTLED:
                window.until = window.span.end
            elif found:
                # Of what is being recorded, only what has a clip is known for good.
                window.until = found[-1].span.end
            return window.clips

    def _open(self, clip: Clip, when: datetime) -> MediaSource:
        source = clip.open(when)
        self._given(self.channel.key, source)
        return source

    def _expanded(self, clip: Clip) -> Iterator[Clip]:
        """The clip itself, or one for each run where it is HLS with gaps."""
        if clip.protocol is MediaProtocol.HLS and clip.gapless:
            yield replace(clip, open=GaplessHls(clip, self._transport, self._files))
            return
        if clip.protocol not in (None, MediaProtocol.HLS) or (
            clip.protocol is None and self.store is not Store.CLOUD
        ):
            yield clip
            return
        try:
            source = clip.open(clip.span.begin)
        except Unsupported:
            # It says so when it is played; what is around it plays.
            yield clip
            return
        if source.protocol is not MediaProtocol.HLS:
            yield replace(clip, open=_Reused(clip, source))
            return
        segments = self._footage.known(self.channel, self.store, clip.span).segments
        yield from HlsClips(clip, source, segments, self._transport(), self._files).clips()


class _Reused:
    """Opens with the source that is there already, then with fresh ones."""

    def __init__(self, clip: Clip, source: MediaSource) -> None:
        self._clip = clip
        self._source: MediaSource | None = source
        self._until = monotonic() + _ADDRESS_FRESH

    def __call__(self, when: datetime) -> MediaSource:
        source, self._source = self._source, None
        if source is not None and when == self._clip.span.begin and monotonic() < self._until:
            return source
        if source is not None and source.control is not None:
            try:
                source.control.stop()
            except ConsoleError as error:
                _log.info("an unused stream could not be stopped: %s", error)
        return self._clip.open(when)


def _holding(clips: Sequence[Clip], when: datetime) -> Clip | None:
    i = bisect_right(clips, when, key=lambda clip: clip.span.begin) - 1
    return clips[i] if i >= 0 and when in clips[i].span else None


class PlaybackService:
    """Makes the sources that players play from.

    `transport` gives an account's way to the network, "" for addresses that are no account's.
    `given` is told of every address that is given out to be played, and for which channel.
    """

    def __init__(
        self,
        adapter: Callable[[str], object],
        footage: Footage,
        transport: Callable[[str], Transport],
        files: RunFiles,
        given: Callable[[Key, MediaSource], object],
    ) -> None:
        self._adapter = adapter
        self._footage = footage
        self._transport = transport
        self._files = files
        self._given = given

    def source(self, channel: Channel, store: Store) -> FootageSource:
        """A channel's footage in one store; nothing is asked yet. Unsupported where it has none."""
        need_ability(channel, _ABILITY[store])
        account = channel.key.account
        return FootageSource(
            channel,
            store,
            self._adapter,
            self._footage,
            lambda: self._transport(account),
            self._files,
            self._given,
        )

    def address(self, text: str) -> Opened:
        """What an address or path leads to; blocks. InvalidInput, NetworkError, MediaError."""
        return open_address(text, lambda: self._transport(""), self._files)

    def close(self) -> None:
        """Removes the run files."""
        self._files.close()
