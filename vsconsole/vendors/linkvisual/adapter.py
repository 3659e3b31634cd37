"""One Link Visual account: what the console asks, in the document's calls."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from vsconsole.domain.capabilities import (
    DownloadLimits,
    Downloads,
    Events,
    Inventory,
    Live,
    Presets,
    Ptz,
    PtzMove,
    PtzStyle,
    RawCalls,
    RecordDays,
    Records,
)
from vsconsole.domain.errors import StreamUnavailable, Unsupported
from vsconsole.domain.model import (
    Account,
    Channel,
    Event,
    Key,
    Node,
    Preset,
    Store,
    StreamProfile,
)
from vsconsole.domain.playback import Clip, MediaProtocol, MediaSource
from vsconsole.domain.timeline import Segment, Span, to_ms
from vsconsole.i18n import _, language
from vsconsole.net import paging
from vsconsole.net.client import Client, Unsigned
from vsconsole.net.endpoint import Endpoint
from vsconsole.net.pacing import Pacer
from vsconsole.net.redact import redact_params
from vsconsole.net.transport import Transport
from vsconsole.vendors.linkvisual import mapping, signer, things, wire
from vsconsole.vendors.linkvisual.endpoints import (
    CALLS,
    ENDPOINTS,
    OPEN_SESSION,
    REFRESH_SESSION,
)
from vsconsole.vendors.linkvisual.endpoints.shared import LARGEST_PICTURE_PAGE
from vsconsole.vendors.linkvisual.mapping import Tokens
from vsconsole.vendors.linkvisual.records import Recordings, pages
from vsconsole.vendors.linkvisual.session import Session
from vsconsole.vendors.linkvisual.things import Model
from vsconsole.vendors.linkvisual.tree import Tree

SERVER = "https://api.link.aliyun.com"

_INVOKE = "thing_service_invoke"
_SESSION = (OPEN_SESSION, REFRESH_SESSION)
_LANGUAGES = {"en": "en-US", "zh_CN": "zh-CN"}
# No largest page is documented for events; this one is allowed for pictures.
_EVENT_PAGE = 100
_MOST_STEP = 10
_MOST_SPEED = 2


class Context(Protocol):
    """What this adapter needs of the registry's context."""

    @property
    def transport(self) -> Transport: ...
    @property
    def calls_per_second(self) -> float: ...
    @property
    def concurrent(self) -> int: ...
    @property
    def renewed(self) -> Callable[[str, Mapping[str, str]], None]: ...


class LinkVisualAdapter(
    Inventory, Live, Records, RecordDays, Downloads, Ptz, Presets, Events, RawCalls
):
    """Blocking and synchronous; safe from several threads.

    No rate limits are published for this gateway, so those of the program hold.
    """

    # A move is told again now and then: what moves by steps only goes on, anything else is not
    # bothered by it.
    ptz_style = PtzStyle(steps=False, longest=0.6)
    ptz_moves = frozenset(things.MOVES)
    # Assumed: the numbers that presets may have stand in no document.
    preset_indexes = range(1, 17)
    preset_names = False

    def __init__(self, account: Account, secrets: Mapping[str, str], context: Context) -> None:
        self.account = account
        self._credentials = signer.Credentials(
            app_key=account.options["app_key"], app_secret=secrets["app_secret"]
        )
        pacer = Pacer(context.calls_per_second, concurrent=context.concurrent)

        def client(endpoints: Sequence[Endpoint], *, user: bool) -> Client:
            return Client(
                server=account.options.get("server", SERVER),
                endpoints=endpoints,
                build=self._user_request if user else self._plain_request,
                sign=self._signed,
                read=wire.payload,
                renew=self._session_renew if user else None,
                transport=context.transport,
                pacer=pacer,
                workers=context.concurrent,
            )

        self._opener = client([CALLS[name].endpoint for name in _SESSION], user=False)
        self._client = client(ENDPOINTS, user=True)
        # The services asked for here may be asked for twice; the row cannot know that.
        invoke = replace(CALLS[_INVOKE].endpoint, idempotent=True, destructive=False)
        self._asker = client([invoke], user=True)
        self._session = Session(
            self._open_session,
            self._credentials.app_key,
            Tokens(
                secrets.get("iot_token", ""),
                secrets.get("refresh_token", ""),
                account.options.get("identity_id", ""),
            ),
            secrets.get("auth_code", ""),
            lambda new: context.renewed(account.id, new),
        )
        self._tree = Tree(account.id, self._client)
        self._recordings = Recordings(self._client, self._invoke)
        self._lock = threading.Lock()
        self._moving: dict[Key, tuple[PtzMove, int]] = {}

    def verify(self) -> None:
        """Asks for one device."""
        self._client.call("uc_listBindingByAccount", {"pageNo": 1, "pageSize": 1})

    def close(self) -> None:
        """Nothing stays open: the session is the user's, and other programs may share it."""

    # Requests

    def _user_request(self, endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
        call = CALLS[endpoint.name]
        return wire.request(
            call,
            values,
            host,
            ident=uuid.uuid4().hex,
            token=self._session.token() if call.user else "",
            language=_LANGUAGES.get(language(), ""),
        )

    def _plain_request(self, endpoint: Endpoint, values: Mapping[str, Any], host: str) -> Unsigned:
        return wire.request(
            CALLS[endpoint.name],
            values,
            host,
            ident=uuid.uuid4().hex,
            language=_LANGUAGES.get(language(), ""),
        )

    def _signed(self, request: Unsigned, when: datetime) -> Mapping[str, str]:
        return signer.sign(request, self._credentials, when, str(uuid.uuid4()))

    def _session_renew(self, sent: datetime) -> None:
        self._session.renew(sent)

    def _open_session(self, name: str, params: Mapping[str, Any]) -> Any:
        # Urgent: those who wait for the token hold the places that others queue for.
        return self._opener.call(name, params, urgent=True)

    def _invoke(self, iot_id: str, service: str, args: Mapping[str, Any]) -> Any:
        return self._asker.call(
            _INVOKE, {"iotId": iot_id, "identifier": service, "args": args}, urgent=True
        )

    # Inventory

    def nodes(self) -> Iterator[Sequence[Node]]:
        """Recorders with what is behind them, then cameras; the vendor documents no groups."""
        return self._tree.nodes()

    # Live

    def live(self, channel: Channel, profile: StreamProfile) -> MediaSource:
        """RTMP whose token works once; HLS, with its delay, for a camera that has no relay."""
        stream = {
            "iotId": channel.key.native,
            "streamType": 1 if profile is StreamProfile.SUB else 0,
            "forceIFrame": True,
        }
        data = self._client.call(
            "stream_query",
            {**stream, "relayEncrypted": False, "relayEncryptType": 0},
            urgent=True,
        )
        try:
            url = mapping.address(data, "relayUrl")
        except StreamUnavailable:
            return self._live_hls(stream)
        return MediaSource(url=url, protocol=mapping.protocol(url), live=True, single_use=True)

    def _live_hls(self, stream: Mapping[str, Any]) -> MediaSource:
        data = self._client.call(
            "vision_stream_query", {**stream, "encrypted": False, "scheme": "hls"}, urgent=True
        )
        return MediaSource(url=mapping.address(data, "path"), protocol=MediaProtocol.HLS, live=True)

    # Records and downloads

    def segments(self, channel: Channel, store: Store, span: Span) -> list[Segment]:
        """The recorded files of the cloud or of the card in the camera."""
        return self._recordings.segments(channel, store, span)

    def clips(self, channel: Channel, store: Store, span: Span) -> list[Clip]:
        """A clip for each file; its address works once and is asked for at opening."""
        return self._recordings.clips(channel, store, span)

    def record_days(self, channel: Channel, store: Store, year: int, month: int) -> frozenset[int]:
        """The month's flags of the cloud; Unsupported for cards."""
        return self._recordings.days(channel, store, year, month)

    def download_limits(self, channel: Channel, store: Store) -> DownloadLimits:
        """One file as MP4, from the cloud only."""
        return self._recordings.download_limits(store)

    def download(self, channel: Channel, store: Store, span: Span, file_type: str) -> MediaSource:
        """The file that holds the range, waited for while the vendor transcodes it."""
        return self._recordings.download(channel, store, span)

    # PTZ and presets

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        """A movement until `ptz_stop`, or one step where the camera only knows steps."""
        share = min(max(speed, 0.0), 1.0)
        action = {"ActionType": things.MOVES[move]}
        if Model.kept(channel).steps:
            step = max(1, round(share * _MOST_STEP))
            # Never repeated by itself: two steps would go twice as far.
            self._client.call(
                _INVOKE,
                {
                    "iotId": channel.key.native,
                    "identifier": things.PTZ_STEP,
                    "args": {**action, "Step": step},
                },
                urgent=True,
            )
            return
        now = (move, round(share * _MOST_SPEED))
        with self._lock:
            if self._moving.get(channel.key) == now:
                return
        self._invoke(channel.key.native, things.PTZ_START, {**action, "Speed": now[1]})
        with self._lock:
            self._moving[channel.key] = now

    def ptz_stop(self, channel: Channel) -> None:
        """Ends movement; a step ends by itself."""
        with self._lock:
            self._moving.pop(channel.key, None)
        if not Model.kept(channel).steps:
            self._invoke(channel.key.native, things.PTZ_STOP, {})

    def presets(self, channel: Channel) -> list[Preset]:
        """The presets that are set, by number."""
        return things.presets(self._invoke(channel.key.native, things.PRESET_MAP, {}))

    def preset_goto(self, channel: Channel, index: int) -> None:
        """Moves to a preset."""
        self._preset(channel, things.PRESET_GO, index)

    def preset_set(self, channel: Channel, index: int, name: str) -> None:
        """Stores the present position; the device takes no name."""
        self._preset(channel, things.PRESET_ADD, index)

    def preset_delete(self, channel: Channel, index: int) -> None:
        """Removes a preset."""
        self._preset(channel, things.PRESET_DELETE, index)

    def _preset(self, channel: Channel, service: str, index: int) -> None:
        argument = Model.kept(channel).position(service)
        if not argument:
            raise Unsupported(
                _("This camera's model does not say how presets are used."),
                remedy=_("Refresh the tree; if it stays so, use the maker's app."),
            )
        self._invoke(channel.key.native, service, {argument: index})

    # Events

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Alarms with their pictures, and pictures that belong to no alarm."""
        alarms = {event.id: event for event in self._alarms(channel, span) if event.begin in span}
        self._add_pictures(channel, alarms)
        shown = {mapping.picture_id(event.raw) for event in alarms.values()}
        others = [
            event
            for page in self._pictures(channel, span)
            for event in page
            if event.begin in span and mapping.picture_id(event.raw) not in shown
        ]
        return sorted([*alarms.values(), *others], key=lambda event: (event.begin, event.id))

    def _alarms(self, channel: Channel, span: Span) -> Iterator[Event]:
        def ask(begin: int, page: int) -> Any:
            return self._client.call(
                "event_query",
                {
                    "iotId": channel.key.native,
                    "beginTime": begin,
                    "endTime": to_ms(span.end) + 1,
                    "eventType": 0,
                    "pageStart": page,
                    "pageSize": _EVENT_PAGE,
                },
            )

        return pages(
            ask,
            to_ms(span.begin),
            read=lambda data: mapping.events(channel.key, data),
            ident=lambda event: event.id,
            milliseconds=True,
        )

    def _add_pictures(self, channel: Channel, alarms: dict[str, Event]) -> None:
        """Asks for the pictures whose addresses the list left out."""
        bare = [
            event.id
            for event in alarms.values()
            if not event.picture and mapping.picture_id(event.raw)
        ]
        for first in range(0, len(bare), _EVENT_PAGE):
            data = self._client.call(
                "pic_getbyevent",
                {"iotId": channel.key.native, "eventIds": bare[first : first + _EVENT_PAGE]},
            )
            for ident, url in mapping.pictures_by_event(data).items():
                if ident in alarms:
                    alarms[ident] = replace(alarms[ident], picture=url)

    def _pictures(self, channel: Channel, span: Span) -> Iterator[list[Event]]:
        """Neither a total nor a next page is told: a page that is not full is the last."""
        params = {
            "iotId": channel.key.native,
            "startTime": to_ms(span.begin),
            "endTime": to_ms(span.end) + 1,
            "pageSize": LARGEST_PICTURE_PAGE,
        }
        return paging.pages(
            lambda number: self._client.call(
                "picture_querybytime", {**params, "pageStart": number - 1}
            ),
            size=LARGEST_PICTURE_PAGE,
            rows=lambda data: mapping.pictures(channel.key, data),
            total=lambda _data: None,
            ident=lambda event: event.id,
        )

    # Raw calls

    def call(self, name: str, params: Mapping[str, Any]) -> Any:
        """Any call of the table; a session opened by hand becomes the account's own."""
        if name not in _SESSION:
            return self._client.masked(name, params)
        data = self._client.call(name, params)
        self._session.adopt(data)
        return redact_params(data)
