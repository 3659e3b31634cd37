"""Recordings of one account: what there is, playlists, device sessions, downloads."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from vsconsole.domain import cancel, days
from vsconsole.domain.capabilities import DownloadLimits
from vsconsole.domain.errors import ConsoleError, InvalidInput, Rejected, Unsupported
from vsconsole.domain.model import Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentKind, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.tencent import mapping
from vsconsole.vendors.tencent.endpoints import ZONE
from vsconsole.vendors.tencent.errors import NOTHING_RECORDED
from vsconsole.vendors.tencent.playback import DeviceStream

_DOWNLOAD_SECONDS = 30 * 60
_ADDRESS_LIFE = timedelta(minutes=10)
_MARGIN = timedelta(seconds=15)
# Files of one recording follow each other; a device may leave a second between two of them.
_SEAM = timedelta(seconds=2)
_CROSSES_MIDNIGHT = frozenset({"40001", "40005"})
_NOTHING = frozenset(map(str, NOTHING_RECORDED))
_log = logging.getLogger(__name__)


class Recordings:
    """The part of the adapter that knows recordings; safe from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._streams: set[DeviceStream] = set()
        self._midnight_refused = False

    def close(self) -> None:
        """Ends open device playbacks; never raises."""
        with self._lock:
            streams = list(self._streams)
        with cancel.bound(cancel.CancelToken()):
            for _stream, _done in self._client.map(_stop_quietly, streams):
                pass

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """One question per Beijing day, several at a time."""
        ask = self._question(channel, store)
        asked = [piece for piece in days.by_day(span, ZONE) if piece.begin < now()]
        found = (
            one
            for _piece, spans in self._client.map(ask, asked)
            for one in spans
            if one.overlaps(span)
        )
        recorded = SegmentSet.of_spans(found, SegmentKind.CONTINUOUS).clip(span)
        return list(recorded.segments(store))

    def _question(self, channel: Channel, store: Store) -> Callable[[Span], list[Span]]:
        if store is Store.CLOUD:
            return partial(self._cloud_day, channel)
        if store is Store.DEVICE and not mapping.pushes(channel):
            return partial(self._device_day, channel)
        raise Unsupported(
            _("This channel has no recordings there."),
            remedy=_("Look in another place, such as the cloud."),
        )

    def _cloud_day(self, channel: Channel, piece: Span) -> list[Span]:
        names = {"DeviceId": mapping.device_of(channel), "ChannelId": channel.key.native}
        return self._recorded(
            piece,
            lambda begin, end: self._client.call(
                "record_filelist_query", {**names, "StartTime": begin, "EndTime": end}
            ),
        )

    def _device_day(self, channel: Channel, piece: Span) -> list[Span]:
        return self._recorded(
            piece,
            lambda begin, end: self._client.call(
                "control_timeline",
                {"ChannelId": channel.key.native, "Start": begin, "End": end},
            ),
        )

    def _recorded(self, piece: Span, ask: Callable[[int, int], Any]) -> list[Span]:
        try:
            data, end = self._within_day(piece, ask)
        except ConsoleError as error:
            if error.code in _NOTHING:
                return []
            raise
        spans = list(mapping.spans(data))
        if end < piece.end:
            # The second before midnight could not be asked for: what reaches it goes on.
            spans += [Span(end, piece.end) for one in spans if one.end >= end]
        return spans

    def _within_day(self, piece: Span, ask: Callable[[int, int], Any]) -> tuple[Any, datetime]:
        """The answer for a piece of one Beijing day, and up to when it was asked.

        "May not cross a day" leaves open whether a range may end at midnight sharp: should it be
        refused once, the last second is left out from then on.
        """
        begin, end = mapping.seconds(piece.begin), mapping.seconds(piece.end, up=True)
        at_midnight = mapping.day_end(piece.end) and end - begin > 1
        if not (at_midnight and self._midnight_refused):
            try:
                return ask(begin, end), piece.end
            except Rejected as error:
                if not at_midnight or error.code not in _CROSSES_MIDNIGHT:
                    raise
        answer = ask(begin, end - 1)
        self._midnight_refused = True
        return answer, datetime.fromtimestamp(end - 1, UTC)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a playlist per Beijing day. Device: a session per recorded range and day."""
        recorded = SegmentSet.of_spans(
            segment.span for segment in self.segments(channel, store, span)
        )
        made: list[Clip] = []
        # A session runs over the seam between two files; a playlist's map counts every second.
        seam = _SEAM if store is Store.DEVICE else timedelta(0)
        for day in days.by_day(span, ZONE):
            ranges = list(recorded.clip(day).joined(seam).spans())
            if store is Store.CLOUD and ranges:
                made.append(self._cloud_clip(channel, ranges))
            elif store is Store.DEVICE:
                made += [self._device_clip(channel, one) for one in ranges]
        return made

    def _cloud_clip(self, channel: Channel, ranges: Sequence[Span]) -> Clip:
        """One playlist; its media runs through the recorded ranges without their gaps."""
        whole = Span(ranges[0].begin, ranges[-1].end)
        return Clip(
            span=whole,
            store=Store.CLOUD,
            open=lambda _when: self._playlist(channel, whole),
            time_map=TimeMap.through(ranges),
        )

    def _playlist(self, channel: Channel, piece: Span) -> MediaSource:
        data, _end = self._within_day(
            piece,
            lambda begin, end: self._client.call(
                "record_playback_url",
                {"ChannelId": channel.key.native, "StartTime": begin, "EndTime": end},
                urgent=True,
            ),
        )
        return MediaSource(url=mapping.url(data, "Hls"), protocol=MediaProtocol.HLS)

    def _device_clip(self, channel: Channel, one: Span) -> Clip:
        return Clip.linear(one, Store.DEVICE, lambda _when: self._device_stream(channel, one))

    def _device_stream(self, channel: Channel, one: Span) -> MediaSource:
        """A session from the range's begin; `control.seek` goes on to where it is wanted."""
        begin, end = mapping.seconds(one.begin), mapping.seconds(one.end, up=True)
        data = self._client.call(
            "control_record",
            {"ChannelId": channel.key.native, "Start": begin, "End": end},
            urgent=True,
        )
        flv = mapping.url(data, "Flv")
        native, session = mapping.session(flv)
        asked = Span(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
        stream = DeviceStream(self._client, native, session, asked, self._forget)
        with self._lock:
            self._streams.add(stream)
        try:
            # Called off while the answer came: nobody would be left to stop it.
            cancel.check()
        except BaseException:
            _stop_quietly(stream)
            raise
        return MediaSource(
            url=flv,
            protocol=MediaProtocol.FLV,
            single_use=True,
            control=stream,
            begins=asked.begin,
        )

    def _forget(self, stream: DeviceStream) -> None:
        with self._lock:
            self._streams.discard(stream)

    def download_limits(self, store: Store) -> DownloadLimits:
        """30 minutes as MP4 or TS, from the cloud only."""
        _only_cloud(store)
        return DownloadLimits(seconds=_DOWNLOAD_SECONDS, file_types=("mp4", "ts"))

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """An address that holds for ten minutes; the range may not cross a Beijing midnight."""
        _only_cloud(store)
        if not mapping.one_day(span):
            raise InvalidInput(
                _("A download may not cross midnight in Beijing."),
                field="to",
                remedy=_("Split it at midnight."),
            )
        asked = now()
        data, _end = self._within_day(
            span,
            lambda begin, end: self._client.call(
                "video_download_url",
                {
                    "ChannelId": channel.key.native,
                    "BeginTime": str(begin),
                    # Half an hour between two whole seconds would round to a second more.
                    "EndTime": str(min(end, begin + _DOWNLOAD_SECONDS)),
                    "FileType": file_type,
                },
            ),
        )
        return MediaSource(
            url=mapping.url(data, "Url"),
            protocol=MediaProtocol.FILE,
            expires=asked + _ADDRESS_LIFE - _MARGIN,
        )


def _stop_quietly(stream: DeviceStream) -> None:
    try:
        stream.stop()
    except ConsoleError as error:
        _log.info("a device playback could not be stopped: %s", error.code or type(error).__name__)


def _only_cloud(store: Store) -> None:
    if store is not Store.CLOUD:
        raise Unsupported(
            _("Only recordings in the cloud can be downloaded from this vendor."),
            remedy=_("Play the recording instead."),
        )
