"""Recordings of one account: files in the cloud, and on devices that speak GB28181."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import monotonic

from vsconsole.domain.errors import ConsoleError, NotFound, StreamUnavailable, Unsupported
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentKind, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.ctyun import mapping
from vsconsole.vendors.ctyun.endpoints import LARGEST_PAGE, LOCAL_VOD
from vsconsole.vendors.ctyun.mapping import RecordFile

REACH = timedelta(hours=1)
"""Assumed: no file is longer. "By begin" and "by end" may mean that only files that lie wholly in
the range are listed, so this much more is asked for on both sides."""

ADDRESS_FRESH = 30.0
"""Seconds in which an address from a list may be used, once. How long it lives is not documented,
so afterwards, and at every reopening, the file is asked for anew."""

_ALL_TYPES = -1
_MAIN_STREAM = 1
_SOURCES = {Store.CLOUD: "cloud", Store.DEVICE: "local"}
_SECOND = timedelta(seconds=1)
# What a device sends is one session; only a playlist has to be fetched again and again.
_SESSIONS = frozenset({MediaProtocol.FLV, MediaProtocol.RTMP, MediaProtocol.RTSP})


class Recordings:
    """The part of the adapter that knows recordings; safe from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """Each file as it is listed: gaps between files stay gaps."""
        files = self._files(channel, store, span)
        recorded = SegmentSet.of_spans((one.span for one in files), SegmentKind.CONTINUOUS)
        return list(recorded.clip(span).segments(store))

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a clip per file. Device: a stream over each range without a gap."""
        files = self._files(channel, store, span)
        if store is Store.DEVICE:
            recorded = SegmentSet.of_spans(one.span for one in files).clip(span).joined()
            return [
                self._device_clip(channel, piece)
                for whole in recorded.spans()
                # A second less than allowed: both ends are rounded to whole ones.
                for piece in whole.pieces(LOCAL_VOD - 2 * _SECOND)
            ]
        made: list[Clip] = []
        left: Span | None = span
        for one in sorted(files, key=lambda file: file.span):
            # A file that overlaps the one before goes on where that one ends.
            part = left.clip(one.span) if left else None
            if part is not None:
                left = Span(part.end, span.end)
                made.append(self._cloud_clip(channel, one, part))
        return made

    def _files(self, channel: Channel, store: Store, span: Span) -> list[RecordFile]:
        """The files that overlap `span`."""
        if store not in _SOURCES:
            raise Unsupported(
                _("This channel has no recordings there."),
                remedy=_("Look in another place, such as the cloud."),
            )
        if store is Store.DEVICE and Ability.DEVICE_RECORDS not in channel.abilities:
            raise Unsupported(
                _("This channel has no recordings there."),
                why=_("Ctyun lists recordings on devices only for those that speak GB28181."),
                remedy=_("Look in another place, such as the cloud."),
            )
        end = min(span.end + REACH, now())
        if span.empty or end <= span.begin:
            return []
        listed = self._listed(channel, store, Span(span.begin - REACH, end))
        return [one for one in listed if one.span.overlaps(span)]

    def _listed(self, channel: Channel, store: Store, span: Span) -> Iterator[RecordFile]:
        asked = _question(channel, store, span)
        if store is Store.DEVICE:
            # Pages and their order are for recordings in the cloud only.
            yield from mapping.record_files(self._client.call("DescribeRecords", asked))
            return
        for page in self._client.pages(
            "DescribeRecords",
            {**asked, "SortBy": "StartTime", "SortDirection": "asc"},
            rows=mapping.record_files,
            total=mapping.total,
            ident=lambda file: file.id,
        ):
            yield from page

    def _cloud_clip(self, channel: Channel, file: RecordFile, part: Span) -> Clip:
        """Part of a file, whose media runs with the clock from the file's begin."""
        address = _Address(file, lambda: self._again(channel, file))
        return Clip(
            span=part,
            store=Store.CLOUD,
            open=lambda _when: address.source(),
            time_map=TimeMap.linear(file.span),
            # A file without an address is still one file: it need not be opened to be shown.
            protocol=file.protocol or MediaProtocol.FILE,
            gapless=True,
        )

    def _again(self, channel: Channel, file: RecordFile) -> RecordFile:
        """The file as it is listed now; NotFound where it has gone."""
        around = Span(file.span.begin - _SECOND, file.span.end + _SECOND)
        data = self._client.call(
            "DescribeRecords",
            {**_question(channel, Store.CLOUD, around), "PageNum": 1, "PageSize": LARGEST_PAGE},
            urgent=True,
        )
        for one in mapping.record_files(data):
            if one.id == file.id:
                return one
        raise NotFound(
            _("This recording is no longer in the cloud."),
            remedy=_("Refresh the timeline to see what is left."),
        )

    def _device_clip(self, channel: Channel, piece: Span) -> Clip:
        return Clip.linear(
            piece, Store.DEVICE, lambda when: self._device_stream(channel, piece, when)
        )

    def _device_stream(self, channel: Channel, piece: Span, when: datetime) -> MediaSource:
        """A stream from the second nearest to `when`: no call to steer or end it is documented."""
        wanted = min(when + _SECOND / 2, piece.end - _SECOND)
        begin = mapping.whole_second(max(piece.begin, wanted))
        data = self._client.call(
            "DescLocalVodStreams",
            {
                "DeviceId": channel.key.native,
                "StreamNum": _MAIN_STREAM,
                "StartTime": mapping.seconds(begin),
                "EndTime": mapping.seconds(piece.end, up=True),
            },
            urgent=True,
        )
        url, protocol = mapping.stream(data, _MAIN_STREAM)
        return MediaSource(
            url=url, protocol=protocol, begins=begin, single_use=protocol in _SESSIONS
        )


class _Address:
    """Where a file is: as it was listed, used once and soon after; otherwise asked for anew."""

    def __init__(self, file: RecordFile, again: Callable[[], RecordFile]) -> None:
        self._lock = threading.Lock()
        self._file = file
        self._unused = True
        self._until = monotonic() + ADDRESS_FRESH
        self._again = again

    def source(self) -> MediaSource:
        """Where the media is now; Unsupported for a type of file that has no address."""
        with self._lock:
            as_listed, self._unused = self._unused and monotonic() < self._until, False
        file = self._file
        if file.protocol is not None or file.format in mapping.PLAYABLE:
            file = file if as_listed else self._again()
        if file.protocol is None:
            raise _no_address(file)
        return MediaSource(url=file.url, protocol=file.protocol)


def _question(channel: Channel, store: Store, span: Span) -> dict[str, str | int]:
    return {
        "DeviceId": channel.key.native,
        "RecordSource": _SOURCES[store],
        "RecordType": _ALL_TYPES,
        "StartTime": mapping.clock(span.begin),
        "EndTime": mapping.clock(span.end, up=True),
    }


def _no_address(file: RecordFile) -> ConsoleError:
    if file.format in mapping.PLAYABLE:
        # Documented to have one: it may still be in the making.
        return StreamUnavailable(
            _("The vendor gave no address for this recording."),
            remedy=_("Try again in a minute; it may still be written."),
        )
    return Unsupported(
        _("This recording cannot be played here."),
        why=_("Ctyun gives no address for files of the type {type}.").format(
            type=file.format or "?"
        ),
        remedy=_("Have the camera record as HLS or PS, or fetch the file in the Ctyun console."),
    )
