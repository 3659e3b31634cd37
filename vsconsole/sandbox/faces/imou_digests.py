"""getCondensedRecords: digests of what the analysis saw, as video or as pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from vsconsole.sandbox.faces.imou_desk import (
    Call,
    Desk,
    camera,
    check_span,
    clock_stamp,
    compact_stamp,
    encrypt_mode,
    picture_url,
    product_of,
)
from vsconsole.sandbox.faces.imou_records import record_id, region_id
from vsconsole.sandbox.faces.imou_rules import CHANNEL, SPAN, Args, Rule
from vsconsole.sandbox.faces.imou_sightings import Package, Seen, seen_by
from vsconsole.sandbox.world import Camera
from vsconsole.sandbox.world.recordings import DAY, day_begin, day_of

PACKAGES: tuple[Package, ...] = ("aiInsight", "aiCloudRecord")
KEPT_DAYS = 30
"""The document's sample lies thirty days between createTime and expireTime."""

_M3U, _DAV = "712", "713"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Digest:
    """A record: the second it is dated by, and what it shows."""

    dated: int
    pieces: tuple[Seen, ...]


def condensed_records(desk: Desk, args: Args) -> dict[str, Any]:
    """Digests with something seen in the span, after the cursor.

    Assumed: oldest first, as the document's sample asks after 213123 and gets 3304819.
    """
    found = camera(desk, args)
    begin, end = check_span(args)
    digests = [
        digest
        for digest in _digests(desk, found, args["packageType"], begin, end)
        if record_id(found, digest.dated) > args["recordId"]
    ]
    return {"records": [_row(desk, found, args, digest) for digest in digests[: args["count"]]]}


def _digests(
    desk: Desk, found: Camera, package: Package, begin: int, end: int
) -> Iterator[_Digest]:
    """One digest a day for videos, one for each moment for pictures, as the vendor's app shows.

    A video digest is dated by its midnight, as the document's sample is. Assumed: a span shows it
    whole when one of its pieces lies within.
    """
    now = int(desk.now)
    first, last = max(begin, now - KEPT_DAYS * DAY), min(end, now)
    for day in range(day_of(first), day_of(last) + 1):
        midnight = day_begin(day)
        pieces = seen_by(desk.world, found, package, midnight, midnight + DAY)
        shown = [seen for seen in pieces if first <= seen.when < last]
        if package == "aiInsight":
            yield from (_Digest(dated=seen.when, pieces=(seen,)) for seen in shown)
        elif shown:
            yield _Digest(dated=midnight, pieces=tuple(pieces))


def _row(desk: Desk, found: Camera, args: Args, digest: _Digest) -> dict[str, Any]:
    key = record_id(found, digest.dated)
    videos = args["packageType"] == "aiCloudRecord"
    length = sum(seen.seconds for seen in digest.pieces) if videos else 0
    dav = found.picture.codec == "h265"
    secret = desk.world.make_id("imou-digest", key).replace("-", "")
    row = {
        "recordId": str(key),
        "deviceId": args["deviceId"],
        "channelId": args["channelId"],
        "encryptMode": encrypt_mode(desk, found.device_id),
        "channelName": found.name,
        "createTime": compact_stamp(digest.dated),
        "size": length * 10_820 if videos else 40_000 + key % 160_000,
        "length": length,
        "thumbUrl": picture_url(desk, found, digest.pieces[0].when),
        "type": digest.pieces[0].tags[0],
        "recordPath": f"{args['deviceId']}/{found.number}/{key}.{'dav' if dav else 'm3u8'}",
        "recordRegionId": region_id(found, key),
        "region": "1",
        "expireTime": "",
        "streamAddr": desk.base,
        "userId": "2212322",
        "ak": secret[:16],
        "fileToken": secret[16:],
        "businessType": _DAV if dav else _M3U,
        "method": 0,
        # The vendor's app takes a picture digest as it is when nothing is nested in it.
        "mp4Videos": [_video(seen) for seen in digest.pieces] if videos else [],
    }
    product = product_of(desk, desk.world.device_of(found))
    return row if product is None else {**row, "productId": product}


def _video(seen: Seen) -> dict[str, Any]:
    """One thing seen; numbers as in the document's sample, where its table says text.

    Assumed: createTime is when it was seen, and timePoint the same moment by hour and minute.
    """
    when = seen.when * 1000
    return {
        "duration": seen.seconds,
        "summary": seen.summary,
        "expireTime": when + KEPT_DAYS * DAY * 1000,
        "createTime": when,
        "timePoint": clock_stamp(seen.when),
        "updateTime": when,
        "tags": list(seen.tags),
    }


CALLS = (
    Call(
        "getCondensedRecords",
        condensed_records,
        (
            *CHANNEL,
            *SPAN,
            Rule("packageType", choices=PACKAGES),
            Rule("recordId", "number", low=-1),
            Rule("count", "int", low=1),
        ),
    ),
)
