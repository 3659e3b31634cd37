"""The time code burnt into every sandbox frame: blocks for programs, text for people.

The blocks hold the frame's wall-clock time in milliseconds and the channel number, guarded by a
CRC, in a grid given as fractions of the picture, so they survive scaling and hard compression.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TypeAlias

Luma: TypeAlias = bytes | bytearray | memoryview

COLUMNS, ROWS = 32, 3
# Cell size and place in 1/160 of the width and 1/30 of the height: whole pixels, 6 x 6 at
# 320 x 180 and 12 x 12 at 640 x 360.
_X_PARTS, _Y_PARTS = 160, 30
_LEFT, _TOP, _CELL_X, _CELL_Y = 4, 26, 3, 1

_SYNC = 0b11010010
_SYNC_BITS, _TIME_BITS, _CHANNEL_BITS, _CRC_BITS = 8, 44, 20, 24
_CRC_POLYNOMIAL, _CRC_START = 0x864CFB, 0xB704CE
_DARK, _LIGHT = 24, 228
_MIN_CONTRAST = 40

DESCRIPTION: dict[str, object] = {
    "name": "vsconsole block time code",
    "version": 1,
    "grid": {
        "columns": COLUMNS,
        "rows": ROWS,
        "left": _LEFT / _X_PARTS,
        "top": _TOP / _Y_PARTS,
        "cell_width": _CELL_X / _X_PARTS,
        "cell_height": _CELL_Y / _Y_PARTS,
        "unit": "fraction of the picture's width (left, cell_width) and height (top, cell_height)",
    },
    "cell": (
        "the value of a cell is the mean luma of its inner half in both directions; "
        "a light cell is 1, a dark cell is 0; colour carries nothing"
    ),
    "colour": {"one": f"grey, luma {_LIGHT}", "zero": f"grey, luma {_DARK}"},
    "threshold": (
        "the mean of two values: the mean of the sync cells that are 1 and the mean of the sync "
        f"cells that are 0; if they differ by less than {_MIN_CONTRAST} of 255 there is no code"
    ),
    "order": "row by row from the top, each row from left to right, most significant bit first",
    "bits": COLUMNS * ROWS,
    "fields": [
        {"name": "sync", "bits": _SYNC_BITS, "value": _SYNC},
        {
            "name": "time",
            "bits": _TIME_BITS,
            "meaning": "milliseconds since 1970-01-01T00:00:00Z, of exactly this frame",
        },
        {"name": "channel", "bits": _CHANNEL_BITS, "meaning": "channel number"},
        {
            "name": "crc",
            "bits": _CRC_BITS,
            "meaning": "CRC of the 64 bits of time and channel as 8 bytes, big endian",
        },
    ],
    "crc": {
        "width": _CRC_BITS,
        "polynomial": f"0x{_CRC_POLYNOMIAL:06X}",
        "init": f"0x{_CRC_START:06X}",
        "reflect_in": False,
        "reflect_out": False,
        "xor_out": "0x000000",
        "check": {"of": "123456789", "is": "0x21CF02"},
        "name": "CRC-24/OPENPGP",
    },
    "example": {
        "time": "2026-11-20T08:42:49.250Z",
        "channel": 12,
        "rows": [
            "11010010000110100001111110000001",
            "11110110010000100010000000000000",
            "00001100001111011000111100010011",
        ],
    },
    "text": "top left, for people: the same time in the channel's zone, and the channel number",
}
"""Everything a stranger needs to write a reader; JSON-able."""


class Unreadable(ValueError):
    """The picture holds no whole time code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a frame says about itself: `when` is aware UTC with milliseconds."""

    when: datetime
    channel: int


def encode(when_ms: int, channel: int) -> tuple[int, ...]:
    """The 96 bits of a code in drawing order; ValueError when a value does not fit."""
    if not 0 <= when_ms < 1 << _TIME_BITS:
        raise ValueError(f"time out of range: {when_ms}")
    if not 0 <= channel < 1 << _CHANNEL_BITS:
        raise ValueError(f"channel out of range: {channel}")
    payload = when_ms << _CHANNEL_BITS | channel
    word = (_SYNC << 64 | payload) << _CRC_BITS | _crc24(payload.to_bytes(8, "big"))
    return tuple(word >> shift & 1 for shift in range(COLUMNS * ROWS - 1, -1, -1))


def draw(
    luma: bytearray | memoryview,
    stride: int,
    width: int,
    height: int,
    when_ms: int,
    channel: int,
    *,
    utc_offset_minutes: int = 480,
) -> None:
    """Burn blocks and text into a luma plane of `height` rows, `stride` bytes apart.

    The picture must be at least 320 x 180. The offset is the zone of the text only.
    """
    if width < 2 * _X_PARTS or height < 6 * _Y_PARTS:
        raise ValueError(f"picture too small for a time code: {width} x {height}")
    _draw_blocks(luma, stride, width, height, encode(when_ms, channel))
    _draw_text(luma, stride, width, when_ms, channel, utc_offset_minutes)


def read(luma: Luma, stride: int, width: int, height: int) -> Reading:
    """The code of a luma (or grey) plane; `Unreadable` when there is none or it is damaged."""
    return read_with(lambda x, y: luma[y * stride + x], width, height)


def read_bgra(pixels: Luma, stride: int, width: int, height: int) -> Reading:
    """The code of a picture of 4 bytes a pixel, blue green red first; as `read`."""

    def grey(x: int, y: int) -> int:
        at = y * stride + 4 * x
        return (pixels[at] + 2 * pixels[at + 1] + pixels[at + 2]) // 4

    return read_with(grey, width, height)


def read_with(grey: Callable[[int, int], int], width: int, height: int) -> Reading:
    """The code of any picture, given the grey value 0 to 255 at (x, y); as `read`."""
    values = [_cell_value(grey, width, height, index) for index in range(COLUMNS * ROWS)]
    marks = [_SYNC >> shift & 1 for shift in range(_SYNC_BITS - 1, -1, -1)]
    light = _mean([value for value, mark in zip(values, marks, strict=False) if mark])
    dark = _mean([value for value, mark in zip(values, marks, strict=False) if not mark])
    if light - dark < _MIN_CONTRAST:
        raise Unreadable("no time code: the sync cells do not stand out")
    threshold = (light + dark) / 2
    word = 0
    for value in values:
        word = word << 1 | (value > threshold)
    crc = word & ((1 << _CRC_BITS) - 1)
    payload = word >> _CRC_BITS & ((1 << 64) - 1)
    if word >> 64 + _CRC_BITS != _SYNC:
        raise Unreadable("no time code: the sync cells are wrong")
    if _crc24(payload.to_bytes(8, "big")) != crc:
        raise Unreadable("damaged time code: the checksum is wrong")
    when_ms, channel = payload >> _CHANNEL_BITS, payload & ((1 << _CHANNEL_BITS) - 1)
    return Reading(when=_EPOCH + timedelta(milliseconds=when_ms), channel=channel)


def text_of(when_ms: int, channel: int, utc_offset_minutes: int = 480) -> str:
    """The line for people: `2026-11-20 08:42:49.250 CH 12`."""
    seconds, millis = divmod(when_ms, 1000)
    return f"{_second_text(seconds, utc_offset_minutes)}.{millis:03d} CH {channel}"


def text_box(width: int, channel: int) -> tuple[int, int, int, int]:
    """x, y, width and height in pixels of the box that the text of `channel` stands in."""
    scale = max(1, width // 320)
    length = len(text_of(0, channel))
    return 4 * scale, 4 * scale, (6 * length + 3) * scale, 11 * scale


def block_box(width: int, height: int) -> tuple[int, int, int, int]:
    """x, y, width and height in pixels of the blocks with the dark margin around them."""
    left, right = _edge(_LEFT, _X_PARTS, width), _edge(_LEFT + COLUMNS * _CELL_X, _X_PARTS, width)
    top, bottom = _edge(_TOP, _Y_PARTS, height), _edge(_TOP + ROWS * _CELL_Y, _Y_PARTS, height)
    margin = max(2, height // 90)
    return left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin


def glyphs(text: str) -> list[list[bool]]:
    """Seven rows of dots of `text` (digits, C, H and punctuation), six dots a character."""
    return [
        [bool(_FONT[character][row] >> (4 - column) & 1) for character in text for column in _DOTS]
        for row in range(7)
    ]


_DOTS = (0, 1, 2, 3, 4, -1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _crc24(data: bytes) -> int:
    crc = _CRC_START
    for byte in data:
        crc = (crc << 8 & 0xFFFFFF) ^ _CRC_TABLE[crc >> 16 ^ byte]
    return crc


def _crc24_of_byte(byte: int) -> int:
    crc = byte << 16
    for _ in range(8):
        crc <<= 1
        if crc & 0x1000000:
            crc ^= 0x1000000 | _CRC_POLYNOMIAL
    return crc


_CRC_TABLE = [_crc24_of_byte(byte) for byte in range(256)]


def _edge(parts: int, of: int, size: int) -> int:
    return parts * size // of


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _cell_value(grey: Callable[[int, int], int], width: int, height: int, index: int) -> float:
    row, column = divmod(index, COLUMNS)
    xs = _inner(_LEFT + column * _CELL_X, _CELL_X, _X_PARTS, width)
    ys = _inner(_TOP + row * _CELL_Y, _CELL_Y, _Y_PARTS, height)
    return _mean([grey(x, y) for y in ys for x in xs])


def _inner(start: int, length: int, of: int, size: int) -> list[int]:
    """At most four pixel positions spread over the inner half of a cell along one axis."""
    begin = (start + length / 4) * size / of
    end = (start + length * 3 / 4) * size / of
    first, last = math.ceil(begin - 0.5), math.floor(end - 0.5)
    if last < first:
        first = last = int((begin + end) / 2)
    step = max(1, (last - first + 1) // 4)
    return list(range(first, last + 1, step))


def _draw_blocks(
    luma: bytearray | memoryview, stride: int, width: int, height: int, bits: tuple[int, ...]
) -> None:
    box_x, box_y, box_width, box_height = block_box(width, height)
    margin = bytes([_DARK]) * box_width
    edges = [_edge(_LEFT + column * _CELL_X, _X_PARTS, width) for column in range(COLUMNS + 1)]
    tops = [_edge(_TOP + row * _CELL_Y, _Y_PARTS, height) for row in range(ROWS + 1)]
    lead = bytes([_DARK]) * (edges[0] - box_x)
    tail = bytes([_DARK]) * (box_x + box_width - edges[COLUMNS])
    shades = (bytes([_DARK]), bytes([_LIGHT]))
    for y in (*range(box_y, tops[0]), *range(tops[ROWS], box_y + box_height)):
        luma[y * stride + box_x : y * stride + box_x + box_width] = margin
    for row in range(ROWS):
        cells = b"".join(
            shades[bits[row * COLUMNS + column]] * (edges[column + 1] - edges[column])
            for column in range(COLUMNS)
        )
        line = lead + cells + tail
        for y in range(tops[row], tops[row + 1]):
            luma[y * stride + box_x : y * stride + box_x + box_width] = line


def _draw_text(
    luma: bytearray | memoryview,
    stride: int,
    width: int,
    when_ms: int,
    channel: int,
    utc_offset_minutes: int,
) -> None:
    scale = max(1, width // 320)
    text = text_of(when_ms, channel, utc_offset_minutes)
    glyphs = [_glyph_rows(character, scale) for character in text]
    x, y, box_width, box_height = text_box(width, channel)
    x_end = min(x + box_width, width)
    blank = bytes([_DARK]) * (x_end - x)
    lead = bytes([_DARK]) * (2 * scale)
    top = y + 2 * scale
    for line in (*range(y, top), *range(top + 7 * scale, y + box_height)):
        luma[line * stride + x : line * stride + x_end] = blank
    for row in range(7):
        content = lead + b"".join([glyph[row] for glyph in glyphs])
        content = content.ljust(x_end - x, bytes([_DARK]))[: x_end - x]
        for line in range(top + row * scale, top + (row + 1) * scale):
            luma[line * stride + x : line * stride + x_end] = content


@lru_cache(maxsize=64)
def _second_text(seconds: int, utc_offset_minutes: int) -> str:
    zone = timezone(timedelta(minutes=utc_offset_minutes))
    return (_EPOCH + timedelta(seconds=seconds)).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


@lru_cache(maxsize=64)
def _glyph_rows(character: str, scale: int) -> tuple[bytes, ...]:
    shades = (bytes([_DARK]) * scale, bytes([_LIGHT]) * scale)
    return tuple(
        b"".join(shades[bits >> (4 - column) & 1] for column in range(5)) + shades[0]
        for bits in _FONT[character]
    )


# Five by seven dots, one number a row, the leftmost dot is the highest of five bits.
_FONT: dict[str, tuple[int, ...]] = {
    " ": (0, 0, 0, 0, 0, 0, 0),
    "-": (0, 0, 0, 0b01110, 0, 0, 0),
    ".": (0, 0, 0, 0, 0, 0b01100, 0b01100),
    ":": (0, 0b01100, 0b01100, 0, 0b01100, 0b01100, 0),
    "0": (0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110),
    "1": (0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110),
    "2": (0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111),
    "3": (0b01110, 0b10001, 0b00001, 0b00110, 0b00001, 0b10001, 0b01110),
    "4": (0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010),
    "5": (0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110),
    "6": (0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110),
    "7": (0b11111, 0b00001, 0b00010, 0b00100, 0b01000, 0b01000, 0b01000),
    "8": (0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110),
    "9": (0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100),
    "C": (0b01110, 0b10001, 0b10000, 0b10000, 0b10000, 0b10001, 0b01110),
    "H": (0b10001, 0b10001, 0b10001, 0b11111, 0b10001, 0b10001, 0b10001),
}
