"""Recordings of one account: what there is, playlists, device sessions, downloads."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from vsconsole.domain import cancel, days
from vsconsole.domain.capabilities import DownloadLimits
from vsconsole.domain.errors import (
    ConsoleError,
    InvalidInput,
    NotFound,
    StreamUnavailable,
    TimedOut,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.volcengine.endpoints import ZONE
from vsconsole.vendors.volcengine.endpoints.records import DOWNLOAD
from vsconsole.vendors.volcengine.endpoints.shared import DAY
from vsconsole.vendors.volcengine.errors import nothing_recorded
from vsconsole.vendors.volcengine.mapping import footage, tree, wire
from vsconsole.vendors.volcengine.playback import DeviceStream

_TOKEN_SECONDS = 7200
_MARGIN = timedelta(seconds=30)
# The list shows files when they are closed; what came since is there as slices.
_UNFINISHED = timedelta(days=1)
# Files of one recording follow each other; a device may leave a second between two of them.
_SEAM = timedelta(seconds=2)
_DEVICE_SECONDS = 20
_STREAMS = (MediaProtocol.FLV, MediaProtocol.RTMP, MediaProtocol.HLS)
_FIRST_LOOK, _LONGEST_LOOK = 0.5, 5.0
_DOWNLOAD_PATIENCE = 180.0
_KEPT_DOWNLOADS = 64
_log = logging.getLogger(__name__)


class Recordings:
    """The part of the adapter that knows recordings; safe from several threads.

    `stream_of` tells a channel's StreamID; `listing` is the client for the lists of cloud
    recordings, which have a quota of their own.
    """

    def __init__(
        self, client: Client, listing: Client, stream_of: Callable[[Channel], str]
    ) -> None:
        self._client = client
        self._listing = listing
        self._stream_of = stream_of
        self._lock = threading.Lock()
        self._streams: set[DeviceStream] = set()
        self._downloads: OrderedDict[tuple[str, int, int], str] = OrderedDict()

    def close(self) -> None:
        """Ends open device playbacks; never raises."""
        with self._lock:
            streams = list(self._streams)
        with cancel.bound(cancel.CancelToken()):
            for _stream, _done in self._client.map(_stop_quietly, streams):
                pass

    # What there is

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """One question per Beijing day, several at a time."""
        if store is Store.CLOUD:
            ask = partial(self._cloud_day, channel, self._stream_of(channel))
        elif store is Store.DEVICE and not tree.is_pushed(channel.raw):
            ask = partial(self._device_day, channel, self._stream_of(channel))
        else:
            raise _no_recordings()
        asked = [piece for piece in days.by_day(span, ZONE) if piece.begin < now()]
        found = [one for _piece, day in self._client.map(ask, asked) for one in day]
        return list(SegmentSet.of(found).clip(span).segments(store))

    def _cloud_day(self, channel: Channel, stream: str, piece: Span) -> list[Segment]:
        found = self._cloud_list(stream, piece, "")
        last = max((span.end for span in found), default=piece.begin)
        # Without any files the template may make none, and slices are all there is.
        if (not found or piece.end > now() - _UNFINISHED) and last < piece.end:
            found += self._cloud_list(stream, Span(last, piece.end), "record_metadata")
        return [Segment(span=span, store=Store.CLOUD) for span in found]

    def _cloud_list(self, stream: str, piece: Span, kind: str) -> list[Span]:
        params = {"StreamID": stream, "ReqType": kind or None, **_times(piece)}
        try:
            return [
                span
                for page in self._listing.pages(
                    "ListStreamRecords",
                    params,
                    rows=wire.rows,
                    total=wire.total,
                    ident=footage.cloud_ident,
                )
                for span in footage.cloud_files(page)
            ]
        except NotFound as error:
            if nothing_recorded(error):
                return []
            raise

    def _device_day(self, channel: Channel, stream: str, piece: Span) -> list[Segment]:
        """Asks the device itself, which takes its time."""
        params = {
            "StreamID": stream,
            "DeviceNSID": wire.text(channel.raw.get("DeviceNSID")) or None,
            "ChannelID": wire.text(channel.raw.get("ChannelID")) or None,
            "RecordType": "all",
            "TimeoutInSec": _DEVICE_SECONDS,
            "Order": "true",
            **_times(piece),
        }
        try:
            return list(footage.device_files(self._client.call("GetRecordList", params)))
        except NotFound as error:
            if nothing_recorded(error):
                return []
            raise

    # Clips

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
            if store is Store.DEVICE:
                made += [self._device_clip(channel, one) for one in ranges]
            elif ranges:
                made.append(self._cloud_clip(channel, ranges))
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
        asked = now()
        data = self._addresses(channel, piece, newer=False, urgent=True)
        # `ID` is an address of the same playlist, in spite of its name.
        url = footage.record_url(data, "HLS", "ID", "MP4")
        protocol = footage.protocol_of(url) or MediaProtocol.HLS
        return MediaSource(url=url, protocol=protocol, expires=_expiry(asked))

    def _addresses(self, channel: Channel, piece: Span, *, newer: bool, urgent: bool) -> Any:
        """What CloudRecordPlay says of a range, or PlayCloudRecord where `newer`.

        Only the first can name a stream by national-standard ids. Where the service no longer
        knows the one, the other is asked.
        """
        gb = tree.gb_name(channel)
        calls = [self._older(channel, gb, piece)]
        if gb is None:
            newest = ("PlayCloudRecord", {"StreamID": channel.key.native, **_within_day(piece)})
            calls.insert(0 if newer else 1, newest)
        for name, params in calls[:-1]:
            try:
                return self._client.call(name, {**params, **_TOKEN}, urgent=urgent)
            except Unsupported as error:
                _log.info("%s is refused: %s", name, error.code)
        name, params = calls[-1]
        return self._client.call(name, {**params, **_TOKEN}, urgent=urgent)

    def _older(
        self, channel: Channel, gb: tuple[str, str] | None, piece: Span
    ) -> tuple[str, dict[str, Any]]:
        named: dict[str, Any] = {"StreamID": channel.key.native}
        if gb is not None:
            named = {"DeviceNSID": gb[0], "ChannelID": gb[1], "StreamingIndex": tree.MAIN}
        return "CloudRecordPlay", {
            **named,
            "StartTs": wire.rfc3339(wire.seconds(piece.begin)),
            "EndTs": wire.rfc3339(wire.seconds(piece.end, up=True)),
        }

    def _device_clip(self, channel: Channel, one: Span) -> Clip:
        return Clip.linear(one, Store.DEVICE, lambda _when: self._device_stream(channel, one))

    def _device_stream(self, channel: Channel, one: Span) -> MediaSource:
        """A session from the range's begin; `control.seek` goes on to where it is wanted."""
        begin, end = wire.seconds(one.begin), wire.seconds(one.end, up=True)
        asked = Span(datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(end, UTC))
        data = self._client.call(
            "StartPlayback",
            {
                "SpaceID": _space_of(channel),
                "StreamID": self._stream_of(channel),
                "StartTime": begin,
                "EndTime": end,
            },
            urgent=True,
        )
        stream = DeviceStream(self._client, wire.needed(data, "PlaybackID"), asked, self._forget)
        with self._lock:
            self._streams.add(stream)
        try:
            url, protocol = footage.chosen(footage.addresses(data), _STREAMS)
            stream.wait_until_online()
            # Called off while the answer came: nobody would be left to stop it.
            cancel.check()
        except BaseException:
            _stop_quietly(stream)
            raise
        return MediaSource(url=url, protocol=protocol, control=stream, begins=asked.begin)

    def _forget(self, stream: DeviceStream) -> None:
        with self._lock:
            self._streams.discard(stream)

    # Downloads

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """A day from the cloud, half an hour from the device, as MP4."""
        if store is Store.CLOUD:
            return DownloadLimits(seconds=DAY.total_seconds())
        if store is Store.DEVICE and Ability.DEVICE_RECORDS in channel.abilities:
            return DownloadLimits(seconds=DOWNLOAD.total_seconds())
        raise _no_recordings()

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """The MP4 address of a range; from the device it blocks until the file was fetched."""
        limits = self.download_limits(channel, store)
        if file_type not in limits.file_types:
            raise InvalidInput(
                _("This file type is not offered."),
                field="type",
                remedy=_("Choose one of {types}.").format(types=", ".join(limits.file_types)),
            )
        if span.seconds > limits.seconds:
            raise InvalidInput(
                _("The range is too long for one download."),
                field="to",
                remedy=_("Split it."),
            )
        if store is Store.DEVICE:
            return self._device_file(channel, span)
        asked = now()
        data = self._addresses(channel, span, newer=True, urgent=False)
        return MediaSource(
            url=footage.record_url(data, "mp4"),
            protocol=MediaProtocol.FILE,
            expires=_expiry(asked),
        )

    def _device_file(self, channel: Channel, span: Span) -> MediaSource:
        """Fetched by the vendor once; asked for again, only the address is new."""
        asked = _times(span)
        name = (channel.key.native, asked["StartTime"], asked["EndTime"])
        with self._lock:
            native = self._downloads.get(name)
        url = ""
        if native is not None:
            try:
                url = self._fetched(native, span)
            except (NotFound, StreamUnavailable) as error:
                _log.info("an earlier download is gone: %s", error.code)
        if not url:
            data = self._client.call(
                "DownloadLocalMedia",
                {
                    "StreamID": self._stream_of(channel),
                    "Mps": {"M3U8Option": {"ToMp4": True}},
                    **asked,
                },
            )
            native = wire.needed(data, "DownloadID")
            with self._lock:
                self._downloads[name] = native
                while len(self._downloads) > _KEPT_DOWNLOADS:
                    self._downloads.popitem(last=False)
            url = self._fetched(native, span)
        return MediaSource(url=url, protocol=MediaProtocol.FILE)

    def _fetched(self, native: str, span: Span) -> str:
        """The address of a download once it is done."""
        begun = monotonic()
        pause = _FIRST_LOOK
        # Assumed: a device sends at least half as fast as it recorded.
        patience = _DOWNLOAD_PATIENCE + 2 * span.seconds
        while True:
            row = footage.download(self._client.call("GetLocalDownload", {"ID": native}), native)
            status = wire.text(row.get("Status")).lower()
            if status == "done":
                return footage.record_url(row, "Url")
            if footage.has_failed(status):
                raise StreamUnavailable(
                    _("The device did not send the recording."),
                    why=footage.reason(row),
                    remedy=_("Check that the device is online, then try again."),
                    code=status,
                )
            if monotonic() - begun > patience:
                raise TimedOut(
                    _("The device did not send the recording in time."),
                    remedy=_("Try again later, or with a shorter range."),
                )
            cancel.current().wait(pause)
            pause = min(pause * 1.5, _LONGEST_LOOK)


_TOKEN = {"TokenValid": _TOKEN_SECONDS}


def _times(piece: Span) -> dict[str, int]:
    return {
        "StartTime": wire.seconds(piece.begin),
        "EndTime": wire.seconds(piece.end, up=True),
    }


def _within_day(piece: Span) -> dict[str, int]:
    """As `_times`; a day between two whole seconds would round to a second more than a day."""
    found = _times(piece)
    longest = found["StartTime"] + int(DAY.total_seconds())
    return {**found, "EndTime": min(found["EndTime"], longest)}


def _expiry(asked: datetime) -> datetime:
    return asked + timedelta(seconds=_TOKEN_SECONDS) - _MARGIN


def _space_of(channel: Channel) -> str:
    """The space a channel is in; NotFound for one that was not listed."""
    native = tree.native_space(channel.parent)
    if not native:
        raise NotFound(
            _("It is not known where this channel belongs."),
            remedy=_("Refresh the account's list."),
        )
    return native


def _stop_quietly(stream: DeviceStream) -> None:
    try:
        stream.stop()
    except ConsoleError as error:
        _log.info("a device playback could not be stopped: %s", error.code or type(error).__name__)


def _no_recordings() -> Unsupported:
    return Unsupported(
        _("This channel has no recordings there."),
        remedy=_("Look in another place, such as the cloud."),
    )
