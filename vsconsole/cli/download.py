"""`download`: recordings as one file, with progress, resume and checksum."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from vsconsole.cli import times
from vsconsole.cli.listings import stores
from vsconsole.cli.output import Output
from vsconsole.domain.errors import Cancelled, Unsupported
from vsconsole.domain.model import Channel, Store
from vsconsole.i18n import _
from vsconsole.services.desk import Services
from vsconsole.services.download_files import default_name, manifest_path
from vsconsole.services.downloads import Download, DownloadState
from vsconsole.services.needs import downloads_of

_LOOK_EVERY = 0.2


def run(args: argparse.Namespace, services: Services, output: Output) -> int:
    channel = services.inventory.find_channel(args.channel)
    span, _naive = times.span(args.begin, args.end, channel.zone)
    store = _store(services, channel, stores(channel, args.store))
    path = Path(args.output).expanduser()
    if path.is_dir():
        path /= default_name(channel, span)
    number = services.downloads.start(channel, store, span, path, overwrite=args.overwrite).id
    done = services.downloads.get(number)
    while not done.state.ended:
        output.progress(_progress(done))
        with suppress(TimeoutError):
            services.downloads.wait(number, _LOOK_EVERY)
        done = services.downloads.get(number)
    if done.error is not None:
        raise done.error
    if done.state is not DownloadState.DONE:
        raise Cancelled
    begin = done.got[0].begin if done.got else span.begin
    end = done.got[-1].end if done.got else span.end
    output.answer(
        {
            "path": str(done.path),
            "bytes": done.bytes,
            "sha256": done.sha256,
            "start": times.show(begin, channel.zone),
            "end": times.show(end, channel.zone),
            "resumed": done.resumed,
            "store": str(store),
            "zone": channel.zone,
            "gaps": [
                {
                    "start": times.show(gap.begin, channel.zone),
                    "end": times.show(gap.end, channel.zone),
                }
                for gap in done.gaps
            ],
            "short_seconds": round(done.short, 3),
            "manifest": str(manifest_path(done.path)),
        }
    )
    return 0


def _store(services: Services, channel: Channel, wanted: tuple[Store, ...]) -> Store:
    """The first store that downloads come from."""
    adapter = downloads_of(services.accounts.adapter(channel.key.account))
    refused: Unsupported | None = None
    for store in wanted:
        try:
            adapter.download_limits(channel, store)
        except Unsupported as error:
            refused = refused or error
        else:
            return store
    assert refused is not None, "there is at least one store"
    raise refused


def _progress(view: Download) -> str:
    return _("{percent} %, {done} of {parts} parts, {size} MB").format(
        percent=int(view.fraction * 100),
        done=view.parts_done,
        parts=view.parts,
        size=f"{view.bytes / 1e6:.1f}",
    )
