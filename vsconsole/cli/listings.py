"""`tree`, `segments` and `events`."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

from vsconsole.cli import times
from vsconsole.cli.output import Output, exit_code
from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Ability, Channel, Group, Key, Node, Store
from vsconsole.domain.timeline import Segment, Span
from vsconsole.i18n import _
from vsconsole.services.desk import Services
from vsconsole.services.needs import events_of, need_ability


def tree(args: argparse.Namespace, services: Services, output: Output) -> int:
    """Lists every account anew; one that fails does not hide the others."""
    if args.account:
        accounts = [services.accounts.by_name(args.account)]
    else:
        accounts = services.accounts.all()
    rows: list[dict[str, Any]] = []
    errors: list[ConsoleError] = []
    for account in accounts:
        if not args.cached:
            found = 0

            def count(batch: Iterable[Node], name: str = account.name) -> None:
                nonlocal found
                found += len(list(batch))
                output.progress(_("{account}: {n} found").format(account=name, n=found))

            try:
                services.inventory.refresh(account.id, count)
            except ConsoleError as error:
                errors.append(error)
                continue
        rows += [
            _row(node, account.name, account.vendor) for node in services.inventory.tree(account.id)
        ]
    return _answer(output, rows, ("key", "kind", "name", "status"), errors)


def segments(args: argparse.Namespace, services: Services, output: Output) -> int:
    """Recorded ranges of one store, or of all the channel has."""
    channel = services.inventory.find_channel(args.channel)
    span, naive = times.span(args.begin, args.end, channel.zone)
    found: list[Segment] = []
    errors: list[ConsoleError] = []
    loads = [
        (store, services.footage.load(channel, store, span, retry=True))
        for store in stores(channel, args.store)
    ]
    for store, load in loads:
        coverage = load.wait()
        found += coverage.segments.segments(store)
        errors += coverage.failed.values()
    rows = [
        {
            "start": times.show(segment.span.begin, channel.zone),
            "end": times.show(segment.span.end, channel.zone),
            "kind": segment.kind.name.lower(),
            "store": str(segment.store),
        }
        for segment in sorted(found, key=lambda one: (one.span, one.store))
    ]
    if naive:
        output.note(times.zone_note(channel.zone))
    return _answer(output, rows, ("start", "end", "kind", "store"), errors)


def events(args: argparse.Namespace, services: Services, output: Output) -> int:
    """Events that begin in a range."""
    channel = services.inventory.find_channel(args.channel)
    span, naive = times.span(args.begin, args.end, channel.zone)
    adapter = events_of(services.accounts.adapter(channel.key.account))
    need_ability(channel, Ability.EVENTS)
    rows = [
        {
            "time": times.show(event.begin, channel.zone),
            "end": times.show(event.end, channel.zone) if event.end else None,
            "kind": event.kind,
            "title": event.title,
            "text": event.text,
            "picture": event.picture,
        }
        for event in adapter.events(channel, Span(span.begin, span.end))
    ]
    if naive:
        output.note(times.zone_note(channel.zone))
    return _answer(output, rows, ("time", "end", "kind", "title", "text"), [])


def stores(channel: Channel, wanted: str | None) -> tuple[Store, ...]:
    """The store that was named, or every one the channel has; InvalidInput where it lacks it."""
    if wanted is None:
        if not channel.stores:
            raise InvalidInput(
                _("{channel} has no recordings anywhere.").format(channel=channel.name),
                field="channel",
            )
        return channel.stores
    if Store(wanted) not in channel.stores:
        raise InvalidInput(
            _("{channel} has no recordings in the store {store}.").format(
                channel=channel.name, store=wanted
            ),
            field="store",
            remedy=_("It has: {stores}.").format(stores=", ".join(channel.stores) or _("none")),
        )
    return (Store(wanted),)


def _row(node: Node, account: str, vendor: str) -> dict[str, Any]:
    if isinstance(node, Group):
        kind, status = "group", None
    else:
        kind = "channel" if isinstance(node, Channel) else "device"
        status = str(node.status)
    return {
        "key": str(Key(account, node.key.native)),
        "kind": kind,
        "name": node.name,
        "parent": str(Key(account, node.parent.native)) if node.parent else None,
        "status": status,
        "vendor": vendor,
        "abilities": sorted(node.abilities) if isinstance(node, Channel) else [],
    }


def _answer(
    output: Output,
    rows: list[dict[str, Any]],
    columns: tuple[str, ...],
    errors: list[ConsoleError],
) -> int:
    """Writes what there is, then the first error; what else failed has most likely the same."""
    if errors and not rows:
        raise errors[0]
    output.rows(rows, columns)
    if not errors:
        return 0
    output.error(errors[0])
    return exit_code(errors[0])
