"""The picture at the mouse over the timeline: asked for when it rests, one at a time for a lane."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from vsconsole.domain.errors import ConsoleError, NotFound, Unsupported
from vsconsole.domain.model import Store, now
from vsconsole.domain.timeline import to_ms
from vsconsole.i18n import _, ngettext
from vsconsole.services.previews import WITHIN, Preview
from vsconsole.ui.timeline import texts
from vsconsole.ui.timeline.model import Lane, what_at
from vsconsole.ui.wall.session import TileSession

if TYPE_CHECKING:
    from vsconsole.services.desk import Services
    from vsconsole.ui.main_window import MainWindow
    from vsconsole.work.qt import Dispatcher

SIZE = (128, 72)
STEP = 8
"""Pixels that show one picture: moving by one fetches none."""
_REST_MS = 90
_KEPT = 400
_AGAIN_SECONDS = 30.0
_ORDER = (Store.LOCAL, Store.CLOUD, Store.DEVICE)


@dataclass(frozen=True, slots=True)
class _Slot:
    """Some pixels of a lane at a zoom."""

    lane: Hashable
    store: Store
    step: int
    number: int


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why there is no picture, and until when none is asked for again."""

    why: str
    until: float


class PreviewsDesk(QObject):
    """Shows pictures that are known at once and fetches others on a worker.

    `failures` counts what could not be read, by lane; the card says so.
    """

    def __init__(self, window: MainWindow, services: Services, dispatcher: Dispatcher) -> None:
        super().__init__(window)
        self._window = window
        self._services = services
        self._dispatcher = dispatcher
        self._kept: OrderedDict[_Slot, QImage | _Failure] = OrderedDict()
        self._times: dict[_Slot, Preview] = {}
        self._running: dict[Hashable, _Slot] = {}
        self._wanted: tuple[_Slot, TileSession, datetime] | None = None
        self.failures: Counter[Hashable] = Counter()
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._fetch)
        window.timeline.hovered.connect(self._hovered)

    def close(self) -> None:
        """Fetches nothing more."""
        self._rest.stop()
        self._wanted = None
        self._dispatcher.cancel(self)

    def _hovered(self, when: datetime | None) -> None:
        timeline = self._window.timeline
        lane = timeline.hovered_lane() if when is not None else None
        self._wanted = None
        session = self._session(lane.key) if lane is not None else None
        if when is None or lane is None or session is None or when > now():
            self._rest.stop()
            timeline.set_hover_picture(None)
            return
        store = _store_at(lane, when)
        if store is None:
            self._rest.stop()
            timeline.set_hover_picture(None)
            return
        if session.channel is not None:
            why = self._services.previews.refusal(session.channel, store)
            if why:
                self._rest.stop()
                timeline.set_hover_picture(None, why)
                return
        step = max(1, round(timeline.scale.ms_per_px * STEP))
        slot = _Slot(lane.key, store, step, to_ms(when) // step)
        self._wanted = (slot, session, when)
        if not self._show(slot):
            timeline.set_hover_picture(None, framed=True)
            self._rest.start()

    def _session(self, key: Hashable) -> TileSession | None:
        for session in self._window.wall.sessions():
            if session.lane == key:
                return session
        return None

    def _show(self, slot: _Slot) -> bool:
        """Shows what is known of a slot; False where it has to be fetched."""
        found = self._kept.get(slot)
        if found is None or (isinstance(found, _Failure) and found.until < monotonic()):
            return False
        self._kept.move_to_end(slot)
        timeline = self._window.timeline
        if isinstance(found, _Failure):
            timeline.set_hover_picture(None, self._told(slot.lane, found.why), framed=True)
            return True
        shown, lane = self._times[slot].shown, timeline.hovered_lane()
        wanted = self._wanted[2] if self._wanted else shown
        note = ""
        if lane is not None and abs((shown - wanted).total_seconds()) > WITHIN:
            note = _("picture of {time}").format(time=texts.clock(shown, lane.zone))
        timeline.set_hover_picture(found, note, framed=True)
        return True

    def _told(self, lane: Hashable, why: str) -> str:
        count = self.failures[lane]
        if count < 2:
            return why
        more = ngettext("{n} picture failed", "{n} pictures failed", count).format(n=count)
        return f"{why} · {more}"

    def _fetch(self) -> None:
        if self._wanted is None:
            return
        slot, session, when = self._wanted
        if slot.lane in self._running or self._show(slot):
            # What is wanted then is fetched when the one under way has come.
            return
        self._running[slot.lane] = slot
        services, channel = self._services, session.channel
        source = session.address.source if session.address else None
        ratio = self._window.timeline.devicePixelRatioF()
        width, height = (round(side * ratio) for side in SIZE)

        def work() -> tuple[Preview, QImage]:
            if channel is not None:
                preview = services.previews.of_channel(channel, slot.store, when, width, height)
            else:
                clip = source.clip_at(when) if source is not None else None
                if clip is None:
                    raise NotFound(_("Nothing was recorded at that time."))
                preview = services.previews.of_clip(clip, when, width, height)
            return preview, _image(preview, ratio)

        def came(result: tuple[Preview, QImage]) -> None:
            preview, image = result
            if preview.off > WITHIN:
                self._fail(slot, _("No picture within 3 s of this moment."))
            else:
                self._times[slot] = preview
                self._keep(slot, image)

        def failed(error: ConsoleError) -> None:
            if isinstance(error, Unsupported):
                # Not a failure: there are none, and the card says why.
                self._keep(slot, _Failure(error.what, monotonic() + _AGAIN_SECONDS))
            else:
                self._fail(slot, _("No picture: {why}").format(why=error.what))

        self._dispatcher.start(
            self,
            work,
            came,
            failed,
            lane="transfer",
            key=("preview", slot.lane),
            party=("preview", channel.key.account if channel else ""),
        )

    def _fail(self, slot: _Slot, why: str) -> None:
        self.failures[slot.lane] += 1
        self._keep(slot, _Failure(why, monotonic() + _AGAIN_SECONDS))

    def _keep(self, slot: _Slot, what: QImage | _Failure) -> None:
        self._running.pop(slot.lane, None)
        self._kept[slot] = what
        while len(self._kept) > _KEPT:
            oldest, _what = self._kept.popitem(last=False)
            self._times.pop(oldest, None)
        if self._wanted is not None and not self._show(self._wanted[0]):
            self._rest.start()


def _store_at(lane: Lane, when: datetime) -> Store | None:
    """The store whose recording of a moment is looked at: the one played, else the nearest."""
    found = what_at(lane, when)
    if lane.store in found:
        return lane.store
    return next((store for store in _ORDER if store in found), None)


def _image(preview: Preview, ratio: float) -> QImage:
    """On the worker: an image of its own memory; it is no QObject."""
    still = preview.still
    made = QImage(
        still.bgra, still.width, still.height, still.stride, QImage.Format.Format_RGB32
    ).copy()
    made.setDevicePixelRatio(ratio)
    return made
