"""What happened on a channel: alarms, and what the AI packages made of recordings and pictures."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from vsconsole.domain import days
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Channel, Event
from vsconsole.domain.timeline import Span
from vsconsole.net.client import Client
from vsconsole.vendors.imou import happenings, mapping
from vsconsole.vendors.imou.codes import NO_PACKAGE, NO_RIGHT_TO_CALL, NOTHING_RECORDED
from vsconsole.vendors.imou.endpoints.happenings import PACKAGES
from vsconsole.vendors.imou.wire import stamp

FIRST = "-1"
"""The cursor of a first page."""

_ALARMS = 100
# No maximum is documented for digests; the vendor's own app asks for a hundred.
_DIGESTS = 100
_SECOND = timedelta(seconds=1)
_log = logging.getLogger(__name__)


class EventLog:
    """The part of the adapter that knows events; safe from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._refused: set[str] = set()

    def events(self, channel: Channel, span: Span) -> list[Event]:
        """Alarms and digests that begin in `span`, oldest first."""
        if span.empty:
            return []
        found = {one.id: one for one in self._alarms(channel, span) if one.begin in span}
        for package in PACKAGES:
            for one in self._package(channel, span, package):
                if one.begin in span:
                    found[one.id] = one
        return sorted(found.values(), key=lambda one: (one.begin, one.id))

    def _alarms(self, channel: Channel, span: Span) -> Iterator[Event]:
        params = {**_params(channel, span), "count": _ALARMS}
        cursor, seen = FIRST, {FIRST}
        while True:
            try:
                data = self._client.call("getAlarmMessage", {**params, "nextAlarmId": cursor})
            except ConsoleError as error:
                if error.code in NOTHING_RECORDED:
                    return
                raise
            page = happenings.alarm_page(data, channel)
            yield from page.events
            cursor = page.following
            if page.count < _ALARMS or not cursor or cursor in seen:
                return
            seen.add(cursor)

    def _package(self, channel: Channel, span: Span, package: str) -> list[Event]:
        """The events of a package; none where the device or the application has no such package."""
        if package in self._refused:
            return []
        try:
            return list(self._digests(channel, span, package))
        except ConsoleError as error:
            if error.code in NO_RIGHT_TO_CALL:
                _log.info("no digests of %s for this account: %s", package, error.code)
                self._refused.add(package)
            elif error.code not in NO_PACKAGE | NOTHING_RECORDED:
                raise
            return []

    def _digests(self, channel: Channel, span: Span, package: str) -> Iterator[Event]:
        """Records of whole days: a day's digest is dated by its midnight, its pieces are later."""
        first, *others = days.days_in(span, channel.zone)
        begin = days.span_of(first, channel.zone).begin
        end = days.span_of((others or [first])[-1], channel.zone).end - _SECOND
        params = {
            **_params(channel, Span(begin, end)),
            "packageType": package,
            "count": _DIGESTS,
        }
        cursor, seen = FIRST, {FIRST}
        while True:
            data = self._client.call("getCondensedRecords", {**params, "recordId": cursor})
            found = happenings.digests(data, channel.zone)
            for digest in found:
                yield from happenings.events(digest, channel, package)
            fresh = [digest.record_id for digest in found if digest.record_id not in seen]
            if len(found) < _DIGESTS or not fresh:
                return
            seen.update(fresh)
            cursor = found[-1].record_id


def _params(channel: Channel, span: Span) -> dict[str, Any]:
    return {
        **mapping.place_of(channel.key).params,
        "beginTime": stamp(span.begin, channel.zone),
        "endTime": stamp(span.end, channel.zone, up=True),
    }
