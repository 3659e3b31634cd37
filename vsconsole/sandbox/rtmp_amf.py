"""AMF 0, the value format of RTMP commands (Adobe's "Action Message Format -- AMF 0")."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Amf: TypeAlias = "float | bool | str | Mapping[str, Amf] | Sequence[Amf] | None"

_NUMBER, _BOOLEAN, _STRING, _OBJECT, _NULL = 0, 1, 2, 3, 5
_OBJECT_END, _STRICT_ARRAY, _LONG_STRING = 9, 10, 12

_DEEPEST = 16
"""A client nests two levels; more than this is an attack on the stack."""


class AmfError(ValueError):
    """Bytes that are no AMF 0."""


def encode(*values: Amf) -> bytes:
    """The values one after the other; a mapping becomes an object, a sequence a strict array."""
    return b"".join(_encoded(value) for value in values)


def decode(data: bytes) -> list[Amf]:
    """All values in `data`; dates are milliseconds, undefined is None; AmfError if damaged."""
    reader = _Reader(data)
    values = []
    while reader.at < len(data):
        values.append(reader.value(0))
    return values


def _encoded(value: Amf) -> bytes:
    if value is None:
        return bytes([_NULL])
    if isinstance(value, bool):
        return bytes([_BOOLEAN, value])
    if isinstance(value, int | float):
        return bytes([_NUMBER]) + struct.pack(">d", value)
    if isinstance(value, str):
        data = value.encode()
        if len(data) > 0xFFFF:
            return bytes([_LONG_STRING]) + struct.pack(">I", len(data)) + data
        return bytes([_STRING]) + _short(data)
    if isinstance(value, Mapping):
        pairs = b"".join(_short(key.encode()) + _encoded(item) for key, item in value.items())
        return bytes([_OBJECT]) + pairs + bytes([0, 0, _OBJECT_END])
    return (
        bytes([_STRICT_ARRAY])
        + struct.pack(">I", len(value))
        + b"".join(_encoded(item) for item in value)
    )


def _short(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


class _Reader:
    """Values from bytes; never reads past their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def value(self, depth: int) -> Amf:
        if depth > _DEEPEST:
            raise AmfError("nested too deep")
        kind = self._take(1)[0]
        match kind:
            case 0:  # number
                return float(struct.unpack(">d", self._take(8))[0])
            case 1:  # boolean
                return self._take(1) != b"\0"
            case 2:  # string
                return self._text(self._number(2))
            case 3:  # object
                return self._pairs(depth)
            case 5 | 6 | 13:  # null, undefined, unsupported
                return None
            case 8:  # ECMA array: the count is a hint only
                self._take(4)
                return self._pairs(depth)
            case 10:  # strict array
                # No more than there are bytes left, or the count alone would fill memory.
                count = self._number(4)
                if count > len(self._data) - self.at:
                    raise AmfError("an array longer than the message")
                return [self.value(depth + 1) for _ in range(count)]
            case 11:  # date: milliseconds and a zone that is always 0
                when = float(struct.unpack(">d", self._take(8))[0])
                self._take(2)
                return when
            case 12 | 15:  # long string, XML
                return self._text(self._number(4))
            case 16:  # typed object
                self._text(self._number(2))
                return self._pairs(depth)
        raise AmfError(f"no AMF 0 value begins with {kind}")

    def _pairs(self, depth: int) -> dict[str, Amf]:
        found: dict[str, Amf] = {}
        while True:
            key = self._text(self._number(2))
            if not key and self._data[self.at : self.at + 1] == bytes([_OBJECT_END]):
                self.at += 1
                return found
            found[key] = self.value(depth + 1)

    def _number(self, size: int) -> int:
        return int.from_bytes(self._take(size), "big")

    def _text(self, size: int) -> str:
        try:
            return self._take(size).decode()
        except UnicodeDecodeError:
            raise AmfError("text that is no UTF-8") from None

    def _take(self, size: int) -> bytes:
        piece = self._data[self.at : self.at + size]
        if len(piece) < size:
            raise AmfError("cut short")
        self.at += size
        return piece
