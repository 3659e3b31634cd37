"""Boxes of an MP4 file (ISO/IEC 14496-12), as bytes."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

UNIT_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(name: str, *parts: bytes) -> bytes:
    """A box of a four-letter name."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name.encode() + body


def table(name: str, rows: Sequence[tuple[int, ...]]) -> bytes:
    """A counted table of 32-bit numbers."""
    body = b"".join(struct.pack(f">{len(row)}I", *row) for row in rows)
    return box(name, struct.pack(">II", 0, len(rows)) + body)


def sizes(values: Sequence[int]) -> bytes:
    """The table of sample sizes."""
    return box("stsz", struct.pack(f">III{len(values)}I", 0, 0, len(values), *values))


def track(
    *,
    number: int,
    duration: int,
    place: bytes,
    edits: Sequence[tuple[int, int]],
    scale: int,
    ticks: int,
    handler: bytes,
    kind: bytes,
    tables: Iterable[bytes],
) -> bytes:
    """A track: `place` is the end of its header from the layer on, `tables` those of its samples.

    `duration` and the lengths of `edits` are in units of the movie, `ticks` in those of `scale`.
    """
    header = struct.pack(">IIIIII8x", 3, 0, 0, number, 0, duration) + place
    listed = struct.pack(">II", 0, len(edits))
    listed += b"".join(struct.pack(">IiI", length, start, 0x10000) for length, start in edits)
    source = box("dref", struct.pack(">II", 0, 1), box("url ", struct.pack(">I", 1)))
    media_header = struct.pack(">IIIIIHH", 0, 0, 0, scale, ticks, 0x55C4, 0)
    return box(
        "trak",
        box("tkhd", header),
        box("edts", box("elst", listed)),
        box(
            "mdia",
            box("mdhd", media_header),
            box("hdlr", bytes(8) + handler + bytes(13)),
            box("minf", kind, box("dinf", source), box("stbl", *tables)),
        ),
    )


def inside(data: bytes, *path: str) -> Iterator[bytes]:
    """The bodies of the boxes at a path of names."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == path[0].encode():
            body = data[at + 8 : at + size]
            if len(path) == 1:
                yield body
            else:
                yield from inside(body, *path[1:])
        at += size
