"""One Ctyun account: what the console asks, in the calls of the v2 documents.

Live pictures, PTZ, presets, plans, snapshots and downloads are not publicly documented, so they
are not claimed here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from math import inf
from time import monotonic
from typing import Any, Protocol

from vsconsole.domain import cancel
from vsconsole.domain.capabilities import Events, Inventory, RawCalls, Records
from vsconsole.domain.errors import ConsoleError, DeviceOffline, NotFound, Rejected, Unsupported
from vsconsole.domain.model import Account, Channel, Event, Node, Store, now
from vsconsole.domain.playback import Clip
from vsconsole.domain.timeline import Segment, Span
from vsconsole.net.client import Client
from vsconsole.net.pacing import Pacer
from vsconsole.net.transport import Transport
from vsconsole.vendors.ctyun import mapping, signer
from vsconsole.vendors.ctyun.endpoints import AI_KEPT, AI_SPAN, ENDPOINTS
from vsconsole.vendors.ctyun.records import Recordings
from vsconsole.vendors.ctyun.tree import ROOT, Place, Walk

SERVER = "https://vssapi.ctyun.cn"

ALGORITHMS = tuple(str(number) for number in range(1, 17))
"""Assumed: the ids that algorithms have. Results are asked for by algorithm, and no call lists
them; the page's example is "2". Which of them an account uses is looked up week by week."""

_LOOK_AGAIN = 3600.0
"""Seconds after which an algorithm is noticed that was begun this week."""

_WAIT_STEP = 0.05
_SLACK = timedelta(minutes=2)
"""What the vendor's clock may be ahead, so that nothing is asked for that it has dropped."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_log = logging.getLogger(__name__)


class Context(Protocol):
    """What this adapter needs of the registry's context."""

    @property
    def transport(self) -> Transport: ...
    @property
    def calls_per_second(self) -> float: ...
    @property
    def concurrent(self) -> int: ...


class CtyunAdapter(Inventory, Records, Events, RawCalls):
    """Blocking and synchronous; safe from several threads."""

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        credentials = signer.Credentials(
            access_key=account.options["access_key"], secret_key=secrets["secret_key"]
        )
        self._client = Client(
            server=account.options.get("server", SERVER),
            endpoints=ENDPOINTS,
            build=signer.build,
            encode_query=signer.encode_query,
            sign=lambda request, when: signer.sign(request, credentials, when),
            read=mapping.payload,
            transport=context.transport,
            # The v2 documents name no rate limit.
            pacer=Pacer(context.calls_per_second, concurrent=context.concurrent),
            workers=context.concurrent,
        )
        self._recordings = Recordings(self._client)
        self._looking = threading.Lock()
        self._used: dict[int, tuple[tuple[str, ...], float]] = {}
        self._apps: dict[int, str] = {}

    def verify(self) -> None:
        """Asks for one device."""
        self._client.call("DescribeDevices", {"PageNum": 1, "PageSize": 1})

    def close(self) -> None:
        """Nothing is open between calls; never raises."""

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """The root directory, then what it names: directories, and recorders with their cameras."""
        walk = Walk(self.account.id)
        for found in self._pages(ROOT):
            if nodes := walk.add(ROOT, *found):
                yield nodes
        while True:
            while places := walk.places():
                for place, pages in self._client.map(self._whole, places):
                    for found in pages:
                        if nodes := walk.add(place, *found):
                            yield nodes
            if not (nodes := walk.left_over()):
                return
            yield nodes

    def _whole(self, place: Place) -> list[tuple[list[mapping.Directory], list[mapping.Entry]]]:
        try:
            return list(self._pages(place))
        except (NotFound, DeviceOffline) as error:
            # Deleted a moment ago, or never registered: no reason to lose the rest of the tree.
            _log.info("what a place holds is not known: %s", error.code)
            return []

    def _pages(self, place: Place) -> Iterator[tuple[list[mapping.Directory], list[mapping.Entry]]]:
        directories: list[mapping.Directory] = []

        def devices(data: Any) -> list[mapping.Entry]:
            directories.extend(mapping.directories(data))
            return mapping.entries(data)

        for page in self._client.pages(
            "DescribeDevices",
            {**place.params, "IncludeDeviceDir": 1},
            rows=devices,
            total=mapping.total,
            ident=lambda entry: entry.id,
        ):
            named, directories = directories, []
            yield named, page
        if directories:
            yield directories, []

    # Records

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """One question, in pages where the cloud answers; each file is what it says."""
        return self._recordings.segments(channel, store, span)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """Cloud: a clip per file. Device: a stream over each range without a gap."""
        return self._recordings.clips(channel, store, span)

    # Events

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """AI results, as far back as the vendor keeps them: 30 days."""
        asked = [
            (algorithm, piece) for piece in _weeks(span) for algorithm in self._in_use(piece.begin)
        ]
        found: dict[str, Event] = {}
        for (algorithm, _piece), rows in self._client.map(partial(self._results, channel), asked):
            for row in rows:
                name = self._app(mapping.app_of(row))
                event = mapping.event(channel.key, algorithm, row, name)
                if event is not None and event.begin in span:
                    found[event.id] = event
        return sorted(found.values(), key=lambda event: (event.begin, event.id))

    def _results(self, channel: Channel, asked: tuple[str, Span]) -> list[mapping.Raw]:
        pages = self._client.pages(
            "DescribeAIResults",
            {**_question(*asked), "DeviceId": channel.key.native},
            rows=mapping.results,
            total=mapping.total,
            ident=mapping.result_key,
        )
        return [row for page in pages for row in page]

    def _in_use(self, when: datetime) -> tuple[str, ...]:
        """The algorithms with any result in a moment's week; looked up by one thread at a time."""
        number = (when - _EPOCH) // AI_SPAN
        whole = Span(_EPOCH + number * AI_SPAN, _EPOCH + (number + 1) * AI_SPAN)
        while not self._looking.acquire(timeout=_WAIT_STEP):
            cancel.check()
        try:
            used, until = self._used.get(number, ((), -1.0))
            if monotonic() > until:
                answers = [
                    answer
                    for week in _weeks(whole)
                    for answer in self._client.map(partial(self._has, week), ALGORITHMS)
                ]
                refused = [has for _one, has in answers if isinstance(has, ConsoleError)]
                if answers and len(refused) == len(answers):
                    # Not one id was good: that is no answer, so it must not pass for "nothing".
                    raise refused[0]
                found = {algorithm for algorithm, has in answers if has is True}
                used = tuple(one for one in ALGORITHMS if one in found)
                over = now() > whole.end + timedelta(seconds=_LOOK_AGAIN)
                self._used[number] = used, inf if over else monotonic() + _LOOK_AGAIN
            return used
        finally:
            self._looking.release()

    def _has(self, piece: Span, algorithm: str) -> bool | ConsoleError:
        """Whether an algorithm has results; the error where there is no such algorithm here."""
        try:
            data = self._client.call(
                "DescribeAIResults", {**_question(algorithm, piece), "PageNum": 1, "PageSize": 1}
            )
        except (NotFound, Unsupported, Rejected) as error:
            if error.retryable:
                raise
            return error
        return bool(mapping.total(data) or mapping.results(data))

    def _app(self, number: int | None) -> str:
        """An AI app's name, asked for once; empty where it cannot be had."""
        if number is None:
            return ""
        if number not in self._apps:
            try:
                data = self._client.call("DescribeApp", {"AppId": number})
            except (NotFound, Unsupported, Rejected) as error:
                _log.info("an AI app's name is not known: %s", error.code)
                data = {}
            self._apps[number] = mapping.app_name(data)
        return self._apps[number]

    # Raw calls

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any documented call."""
        return self._client.masked(name, params)


def _weeks(span: Span) -> list[Span]:
    """What the vendor still has of `span`, cut so that each part may be asked for at once."""
    end = now()
    kept = span.clip(Span(end - AI_KEPT + _SLACK, end))
    pieces: list[Span] = []
    while kept is not None:
        week = _EPOCH + ((kept.begin - _EPOCH) // AI_SPAN + 1) * AI_SPAN
        pieces.append(Span(kept.begin, min(week, kept.end)))
        kept = Span(week, kept.end) if week < kept.end else None
    return pieces


def _question(algorithm: str, piece: Span) -> dict[str, Any]:
    return {
        "AlgorithmsId": algorithm,
        "StartTime": mapping.seconds(piece.begin),
        "EndTime": mapping.seconds(piece.end, up=True),
    }
