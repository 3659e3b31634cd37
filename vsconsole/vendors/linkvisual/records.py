"""Recordings of one account: files in the cloud and on cards, how they open, downloads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from vsconsole.domain import cancel
from vsconsole.domain.capabilities import DownloadLimits
from vsconsole.domain.errors import InvalidInput, NotFound, TimedOut, Unsupported
from vsconsole.domain.model import Ability, Channel, Store, now
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource, TimeMap
from vsconsole.domain.timeline import Segment, SegmentSet, Span
from vsconsole.i18n import _
from vsconsole.net.client import Client
from vsconsole.vendors.linkvisual import mapping, things
from vsconsole.vendors.linkvisual.endpoints.shared import LARGEST_PAGE
from vsconsole.vendors.linkvisual.mapping import File

T = TypeVar("T")

LONGEST_FILE = timedelta(hours=1)
"""A file holds at most 30 minutes by plan; "Set the duration…" allows an hour."""

CARD_PAGE = 128
"""How many files a card is asked for at once, as the makers' apps do."""

_SHORTEST_QUESTION = 60
_IDLE_PAGES = 2
_POLLS = (1.0, 1.5, 2.0)
_PATIENCE = 180.0
_log = logging.getLogger(__name__)

Invoke = Callable[[str, str, dict[str, Any]], Any]


def pages(
    ask: Callable[[int, int], Any],
    begin: int,
    *,
    read: Callable[[Any], Iterable[T]],
    ident: Callable[[T], Hashable],
    milliseconds: bool,
) -> Iterator[T]:
    """What `read` finds in a list whose pages name the time at which the next one begins.

    `ask(begin, page)` gets times in the call's own unit. Where that time does not go on, as with
    more rows at one time than a page holds, the next page of the same time is asked for. Each is
    given once, by `ident`; two pages in a row without news end the list.
    """
    page, idle = 0, 0
    seen: set[Hashable] = set()
    while idle < _IDLE_PAGES:
        cancel.check()
        data = ask(begin, page)
        idle += 1
        for found in read(data):
            if (name := ident(found)) not in seen:
                seen.add(name)
                idle = 0
                yield found
        more, begins = mapping.following(data, milliseconds=milliseconds)
        if not more:
            return
        begin, page = (begins, 0) if begins > begin else (begin, page + 1)


class Recordings:
    """The part of the adapter that knows recordings; safe from several threads.

    `invoke(iotId, service, args)` asks a device, and may do so again after a failure.
    """

    def __init__(self, client: Client, invoke: Invoke) -> None:
        self._client = client
        self._invoke = invoke
        # Not told before a file is opened, but one vendor's files are alike.
        self._cloud_protocol = MediaProtocol.FILE

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """What the files cover; an alarm's file wins over a scheduled one at the same time."""
        found = (
            Segment(span=file.span, kind=file.kind, store=store)
            for file in self.files(channel, store, span)
        )
        return list(SegmentSet.of(found).clip(span).segments(store))

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """A clip for each file; where two overlap, the later one from the earlier one's end on."""
        made: list[Clip] = []
        end = span.begin
        for file in self.files(channel, store, span):
            part = file.span.clip(Span(end, max(end, span.end)))
            if part is not None:
                made.append(self._clip(channel, store, file, part))
                end = part.end
        return made

    def days(self, channel: Channel, store: Store, year: int, month: int) -> frozenset[int]:
        """The month's flags, which there are for the cloud only."""
        if store is not Store.CLOUD:
            raise Unsupported(
                _("Only the cloud tells for a whole month on which days something was recorded."),
                remedy=_("Open the days themselves."),
            )
        data = self._client.call(
            "monthrecord_query",
            {"iotId": channel.key.native, "month": f"{year:04}{month:02}"},
        )
        return mapping.days(data)

    def files(self, channel: Channel, store: Store, span: Span) -> list[File]:
        """The files that touch `span`, by begin, the longer one first; each once.

        Assumed: a file is found by its begin, so the question begins one file's length earlier.
        """
        ask = self._question(channel, store)
        if span.empty or span.begin >= now():
            return []
        begin = max(0, mapping.seconds(span.begin) - int(LONGEST_FILE.total_seconds()))
        found = {
            (file.name, file.span): file
            for file in ask(begin, mapping.seconds(span.end, up=True))
            if file.span.overlaps(span)
        }
        return sorted(found.values(), key=lambda file: (file.span.begin, -file.span.seconds))

    def _question(self, channel: Channel, store: Store) -> Callable[[int, int], Iterable[File]]:
        if store is Store.CLOUD:
            return partial(self._cloud_files, channel)
        if store is Store.DEVICE and Ability.DEVICE_RECORDS in channel.abilities:
            return partial(self._card_files, channel)
        raise Unsupported(
            _("This channel has no recordings there."),
            remedy=_("Look in another place, such as the cloud."),
        )

    def _cloud_files(self, channel: Channel, begin: int, end: int) -> Iterator[File]:
        def ask(since: int, page: int) -> Any:
            return self._client.call(
                "record_query",
                {
                    "iotId": channel.key.native,
                    "beginTime": since,
                    "endTime": end,
                    "pageStart": page,
                    "pageSize": LARGEST_PAGE,
                },
            )

        return pages(
            ask,
            begin,
            read=mapping.cloud_files,
            ident=lambda file: (file.name, file.span),
            milliseconds=False,
        )

    def _card_files(self, channel: Channel, begin: int, end: int) -> list[File]:
        """A full answer says nothing of where it was cut off, so its range is asked in halves."""
        known = things.Model.kept(channel).services
        service = things.RECORD_LIST if things.RECORD_LIST in known else things.RECORD_TIMES
        args = {"BeginTime": begin, "EndTime": end, "QuerySize": CARD_PAGE, "Type": 0}
        found = mapping.card_rows(self._invoke(channel.key.native, service, args))
        if len(found) < CARD_PAGE or end - begin <= _SHORTEST_QUESTION:
            return mapping.card_files(found)
        cancel.check()
        middle = (begin + end) // 2
        return [
            *self._card_files(channel, begin, middle),
            *self._card_files(channel, middle, end),
        ]

    def _clip(self, channel: Channel, store: Store, file: File, part: Span) -> Clip:
        open_file = self._open_cloud if store is Store.CLOUD else self._open_card
        return Clip(
            span=part,
            store=store,
            open=partial(open_file, channel.key.native, file),
            # Media counts from the file's begin, also where the clip begins later.
            time_map=TimeMap.linear(file.span),
            protocol=self._cloud_protocol if store is Store.CLOUD else None,
            gapless=True,
            single_use=True,
        )

    def _open_cloud(self, iot_id: str, file: File, _when: datetime) -> MediaSource:
        """A new address each time: it "can be used only once", so nothing looks at it before."""
        data = self._client.call(
            "vod_getbyfilename", {"iotId": iot_id, "fileName": file.name}, urgent=True
        )
        source = _once(mapping.address(data, "vodUrl"), file.span.begin)
        self._cloud_protocol = source.protocol
        return source

    def _open_card(self, iot_id: str, file: File, when: datetime) -> MediaSource:
        """A stream from the device, from the whole second before `when` on."""
        into = int((when - file.span.begin).total_seconds())
        into = max(0, min(into, int(file.span.seconds) - 1))
        params: dict[str, Any] = {"iotId": iot_id, "seekTime": into, "encrypted": False}
        if file.name:
            name = "vod_localfile_getbyname"
            params["fileName"] = file.name
        else:
            name = "vod_localfile_getbytime"
            params["beginTime"] = mapping.seconds(file.span.begin)
            params["endTime"] = mapping.seconds(file.span.end)
        data = self._client.call(name, params, urgent=True)
        return _once(mapping.address(data, "vodUrl"), file.span.begin + timedelta(seconds=into))

    # Downloads

    def download_limits(self, store: Store) -> DownloadLimits:
        """One file of the cloud, as MP4."""
        _only_cloud(store)
        return DownloadLimits(seconds=LONGEST_FILE.total_seconds(), by_file=True)

    def download(self, channel: Channel, store: Store, span: Span) -> MediaSource:
        """The whole file that holds `span`, once the vendor has made an MP4 of it.

        `begins` is the file's own begin. InvalidInput for a range over several files.
        """
        _only_cloud(store)
        file = self._holding(channel, span)
        url = self._transcoded(channel.key.native, file)
        # Not said of these addresses; taken for single use like those for playing.
        return MediaSource(
            url=url, protocol=MediaProtocol.FILE, single_use=True, begins=file.span.begin
        )

    def _holding(self, channel: Channel, span: Span) -> File:
        files = self.files(channel, Store.CLOUD, span)
        if not files:
            raise NotFound(
                _("Nothing is recorded in this range."),
                remedy=_("Choose a range that the timeline shows as recorded."),
            )
        best = max(files, key=lambda file: _shared(file.span, span))
        if _shared(best.span, span) < span.seconds - 1:
            raise InvalidInput(
                _("The vendor hands out recordings file by file."),
                field="to",
                why=_("This range is not inside one file."),
                remedy=_("Split it where one file ends and the next begins."),
            )
        return best

    def _transcoded(self, iot_id: str, file: File) -> str:
        """Asks until the file is made; TimedOut where its making stands still."""
        polls = iter(_POLLS)
        pause = next(polls)
        reached, stood = -1, 0.0
        while True:
            data = self._client.call("vod_cloudfile_get", {"iotId": iot_id, "fileName": file.name})
            url, progress = mapping.transcoded(data)
            if url:
                return url
            stood = 0.0 if progress > reached else stood + pause
            if stood >= _PATIENCE:
                raise TimedOut(
                    _("The vendor is still making the file."),
                    why=_("It stands at {progress} %.").format(progress=progress),
                    remedy=_("Start the download again later: the vendor goes on meanwhile."),
                )
            if progress > reached:
                _log.info("a recording is being made into a file: %d %%", progress)
                reached = progress
            cancel.current().wait(pause)
            pause = next(polls, pause)


def _once(url: str, begins: datetime) -> MediaSource:
    return MediaSource(url=url, protocol=mapping.protocol(url), single_use=True, begins=begins)


def _shared(one: Span, other: Span) -> float:
    both = one.clip(other)
    return both.seconds if both else 0.0


def _only_cloud(store: Store) -> None:
    if store is not Store.CLOUD:
        raise Unsupported(
            _("Only recordings in the cloud can be downloaded from this vendor."),
            remedy=_("Play the recording instead."),
        )
