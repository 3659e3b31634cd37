"""Recordings of one account: what there is in the cloud and on devices, and their addresses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from vsconsole.domain import days
from vsconsole.domain.errors import (
    Conflict,
    ConsoleError,
    PermissionDenied,
    StreamUnavailable,
    Unsupported,
)
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.imou import mapping
from vsconsole.vendors.imou.codes import NO_RIGHT_TO_CALL, NOTHING_RECORDED
from vsconsole.vendors.imou.mapping import Record
from vsconsole.vendors.imou.wire import stamp

T = TypeVar("T")

_CLOUD_PAGE = 100
# Clients of the vendor's ask for 30 or for 100 at a time; 30 is good in both places.
_DEVICE_PAGE = 30
_IDLE_PAGES = 2
_SECOND = timedelta(seconds=1)
# Files of one recording follow each other; the end of one may be the second before the next.
_SEAM = _SECOND

_ABILITY = {
    Store.CLOUD: Ability.CLOUD_RECORDS,
    Store.DEVICE: Ability.DEVICE_RECORDS,
}
_RECORD_TYPE = {Store.CLOUD: "cloudRecord", Store.DEVICE: "localRecord"}
_BITMAP = {Store.CLOUD: "queryCloudRecordBitmap", Store.DEVICE: "queryLocalRecordBitmap"}

# What a way to the picture ends in where the other way may still lead there.
_OTHER_WAY = (Unsupported, PermissionDenied, StreamUnavailable, Conflict)

_log = logging.getLogger(__name__)


class Awake(Protocol):
    """Asks something of a device, which is woken where it is asleep."""

    def __call__(self, channel: Channel, ask: Callable[[], T]) -> T: ...


class Recordings:
    """The part of the adapter that knows recordings; safe from several threads.

    `awake` makes a question to a device that may have to be woken for it.
    """

    def __init__(self, client: Client, awake: Awake) -> None:
        self._client = client
        self._awake = awake
        self._by_cursor = False

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """Recorded ranges that touch `span`, clipped to it; each page is one call."""
        _need(channel, store)
        asked = span.clip(Span(span.begin, max(span.begin, now())))
        if asked is None:
            return []
        list_of = self._cloud if store is Store.CLOUD else self._on_device
        found = (
            Segment(span=record.span, kind=record.kind, store=store)
            for page in self._asked(channel, store, lambda: list(list_of(channel, asked)))
            for record in page
        )
        return list(SegmentSet.of(found).clip(span).segments(store))

    def record_days(self, channel: Channel, store: Store, year: int, month: int) -> frozenset[int]:
        """Days of the month with footage, from the vendor's bitmap."""
        _need(channel, store)
        params = {**mapping.place_of(channel.key).params, "year": year, "month": month}
        data = self._asked(channel, store, lambda: self._page(_BITMAP[store], params))
        return mapping.record_days(data) if data else frozenset()

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a playlist per day of the channel. Device: a stream per recorded range and day."""
        recorded = SegmentSet.of_spans(one.span for one in self.segments(channel, store, span))
        # A stream runs over the seam between two files; a playlist's map counts every second.
        seam = _SEAM if store is Store.DEVICE else timedelta(0)
        made: list[Clip] = []
        for day in days.by_day(span, channel.zone):
            ranges = list(recorded.clip(day).joined(seam).spans())
            if store is Store.CLOUD and ranges:
                made.append(self._cloud_clip(channel, ranges))
            elif store is Store.DEVICE:
                made += [self._device_clip(channel, one) for one in ranges]
        return made

    def _asked(self, channel: Channel, store: Store, ask: Callable[[], T]) -> T:
        """A question about a store; only that of a device may find it asleep."""
        return self._awake(channel, ask) if store is Store.DEVICE else ask()

    # Lists

    def _page(self, name: str, params: Mapping[str, Any]) -> Any:
        """A page of a list; empty where the answer is that nothing was recorded."""
        try:
            return self._client.call(name, params)
        except ConsoleError as error:
            if error.code in NOTHING_RECORDED:
                return {}
            raise

    def _cloud(self, channel: Channel, span: Span) -> Iterator[list[Record]]:
        """Pages by number, or from the newest by the last one's id where that call is refused."""
        if not self._by_cursor:
            try:
                yield from self._cloud_by_number(channel, span)
                return
            except (PermissionDenied, Unsupported) as error:
                if error.code not in NO_RIGHT_TO_CALL:
                    raise
                _log.info("cloud recordings are listed in the other way: %s", error.code)
                self._by_cursor = True
        yield from self._cloud_by_cursor(channel, span)

    def _cloud_by_number(self, channel: Channel, span: Span) -> Iterator[list[Record]]:
        params = _params(channel, span)
        seen: set[object] = set()
        first = 1
        idle = 0
        while idle < _IDLE_PAGES:
            data = self._page(
                "queryCloudRecords",
                {**params, "queryRange": f"{first}-{first + _CLOUD_PAGE - 1}"},
            )
            fresh = _fresh(mapping.records(data, channel.zone), seen)
            yield fresh
            if mapping.count(data, "records") < _CLOUD_PAGE:
                return
            idle = 0 if fresh else idle + 1
            first += _CLOUD_PAGE

    def _cloud_by_cursor(self, channel: Channel, span: Span) -> Iterator[list[Record]]:
        params = {**_params(channel, span), "count": _CLOUD_PAGE}
        seen: set[object] = set()
        cursor = "-1"
        while True:
            data = self._page("getCloudRecords", {**params, "nextRecordId": cursor})
            fresh = _fresh(mapping.records(data, channel.zone), seen)
            yield fresh
            if mapping.count(data, "records") < _CLOUD_PAGE or not fresh:
                return
            # The newest come first, so the oldest is the last one.
            cursor = min(fresh, key=lambda record: record.span.begin).cursor

    def _on_device(self, channel: Channel, span: Span) -> Iterator[list[Record]]:
        """Pages by time: each begins where the last file of the one before ended.

        The vendor's page would begin a second later, which loses a file that begins in between.
        """
        seen: set[object] = set()
        at, idle = span.begin, 0
        while idle < _IDLE_PAGES and at < span.end:
            data = self._page(
                "queryLocalRecords",
                {
                    **_params(channel, Span(at, span.end)),
                    "type": "All",
                    "count": _DEVICE_PAGE,
                },
            )
            fresh = _fresh(mapping.records(data, channel.zone), seen)
            yield fresh
            if mapping.count(data, "records") < _DEVICE_PAGE:
                return
            idle = 0 if fresh else idle + 1
            ends = max((record.span.end for record in fresh), default=at)
            at = ends if ends > at else at + _SECOND

    # Pictures

    def _cloud_clip(self, channel: Channel, ranges: Sequence[Span]) -> Clip:
        """One playlist; its media runs through the recorded ranges without their gaps."""
        whole = Span(ranges[0].begin, ranges[-1].end)
        return Clip(
            span=whole,
            store=Store.CLOUD,
            open=lambda _when: self._playlist(channel, Store.CLOUD, whole),
            time_map=TimeMap.through(ranges),
        )

    def _device_clip(self, channel: Channel, one: Span) -> Clip:
        def opened(when: datetime) -> MediaSource:
            return self._awake(channel, lambda: self._device_stream(channel, one, when))

        return Clip.linear(one, Store.DEVICE, opened)

    def _device_stream(self, channel: Channel, one: Span, when: datetime) -> MediaSource:
        """A stream that begins at `when`: a device's cannot be sought in. Else a playlist."""
        try:
            return self._stream(channel, one, when)
        except _OTHER_WAY as error:
            _log.info("no FLV of a device's recording: %s", error.code or type(error).__name__)
        return self._playlist(channel, Store.DEVICE, one)

    def _stream(self, channel: Channel, one: Span, when: datetime) -> MediaSource:
        begin = min(max(when, one.begin), one.end - _SECOND).replace(microsecond=0)
        data = self._client.call(
            "createDeviceFlvLive",
            {
                **_params(channel, Span(begin, one.end)),
                "type": "playback",
                "recordType": _RECORD_TYPE[Store.DEVICE],
            },
            urgent=True,
        )
        return MediaSource(
            url=mapping.flv(data, mapping.MAIN), protocol=MediaProtocol.FLV, begins=begin
        )

    def _playlist(self, channel: Channel, store: Store, one: Span) -> MediaSource:
        asked = _within_day(one, channel.zone)
        data = self._client.call(
            "createDeviceRecordHls",
            {
                **_params(channel, asked),
                "recordType": _RECORD_TYPE[store],
                "streamId": mapping.MAIN,
            },
            urgent=True,
        )
        return MediaSource(
            url=mapping.url(data),
            protocol=MediaProtocol.HLS,
            # A cloud's playlist is cut into runs, and those are laid where they begin.
            begins=asked.begin.replace(microsecond=0) if store is Store.DEVICE else None,
        )


def _need(channel: Channel, store: Store) -> None:
    """Unsupported for a store the channel has nothing in; one not from the list may have all."""
    ability = _ABILITY.get(store)
    if ability is None or (channel.abilities and ability not in channel.abilities):
        raise Unsupported(
            _("This channel has no recordings there."),
            remedy=_("Look in another place, such as the cloud."),
        )


def _params(channel: Channel, span: Span) -> dict[str, Any]:
    return {
        **mapping.place_of(channel.key).params,
        "beginTime": stamp(span.begin, channel.zone),
        "endTime": stamp(span.end, channel.zone, up=True),
    }


def _fresh(found: Iterator[Record], seen: set[object]) -> list[Record]:
    fresh = []
    for record in found:
        if record.ident not in seen:
            seen.add(record.ident)
            fresh.append(record)
    return fresh


def _within_day(one: Span, zone: str) -> Span:
    """`one`, a part of one day, without the midnight at its end, which is another day's."""
    day = days.span_of(days.day_of(one.begin, zone), zone)
    end = min(one.end, day.end - _SECOND)
    return Span(max(day.begin, min(one.begin, end - _SECOND)), end)
