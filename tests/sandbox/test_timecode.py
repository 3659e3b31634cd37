"""The time code can be read back, by us and by a stranger who has only its description."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.sandbox import timecode

SIZES = [(320, 180), (640, 360), (1280, 720), (704, 576), (1920, 1080)]
WHEN = 1795164169250


def drawn(width: int, height: int, when_ms: int = WHEN, channel: int = 12) -> bytearray:
    luma = bytearray(random.Random(3).randbytes(width * height))
    timecode.draw(luma, width, width, height, when_ms, channel)
    return luma


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_what_is_drawn_is_read(width: int, height: int) -> None:
    reading = timecode.read(bytes(drawn(width, height)), width, width, height)
    assert reading.when == datetime(2026, 11, 20, 8, 42, 49, 250000, tzinfo=UTC)
    assert reading.channel == 12


@settings(max_examples=40, deadline=None)
@given(st.integers(0, (1 << 44) - 1), st.integers(0, (1 << 20) - 1))
def test_every_time_and_channel_fits(when_ms: int, channel: int) -> None:
    bits = timecode.encode(when_ms, channel)
    assert len(bits) == 96
    word = int("".join(map(str, bits)), 2)
    assert word >> 24 + 20 & (1 << 44) - 1 == when_ms
    assert word >> 24 & (1 << 20) - 1 == channel


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 95), st.integers(0, 4102444800000))
def test_any_one_wrong_cell_is_noticed(cell: int, when_ms: int) -> None:
    luma = bytearray(320 * 180)
    timecode.draw(luma, 320, 320, 180, when_ms, 7)
    row, column = divmod(cell, 32)
    for y in range(156 + row * 6, 162 + row * 6):
        for x in range(8 + column * 6, 14 + column * 6):
            luma[y * 320 + x] = 252 - luma[y * 320 + x]
    with pytest.raises(timecode.Unreadable):
        timecode.read(luma, 320, 320, 180)


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_plain_picture_has_no_code(shade: int) -> None:
    with pytest.raises(timecode.Unreadable):
        timecode.read(bytes([shade]) * (320 * 180), 320, 320, 180)


def test_noise_has_no_code() -> None:
    for seed in range(20):
        noise = random.Random(seed).randbytes(320 * 180)
        with pytest.raises(timecode.Unreadable):
            timecode.read(noise, 320, 320, 180)


def test_a_stride_wider_than_the_picture() -> None:
    luma = bytearray(352 * 180)
    timecode.draw(luma, 352, 320, 180, WHEN, 3)
    assert timecode.read(luma, 352, 320, 180).channel == 3
    assert not any(luma[y * 352 + 320 : (y + 1) * 352] != bytes(32) for y in range(180))


@pytest.mark.parametrize(("width", "height"), [(300, 180), (320, 170)])
def test_a_picture_too_small_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="too small"):
        timecode.draw(bytearray(width * height), width, width, height, WHEN, 1)


@pytest.mark.parametrize(("when_ms", "channel"), [(-1, 0), (1 << 44, 0), (0, -1), (0, 1 << 20)])
def test_values_that_do_not_fit_are_refused(when_ms: int, channel: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        timecode.encode(when_ms, channel)


def test_bgra_pictures_are_read() -> None:
    luma = drawn(640, 360)
    pixels = b"".join(bytes((value, value, value, 255)) for value in luma)
    assert timecode.read_bgra(pixels, 640 * 4, 640, 360) == timecode.read(luma, 640, 640, 360)


@pytest.mark.parametrize(("width", "height"), [(427, 240), (500, 281), (853, 480)])
def test_uneven_scaling_is_survived(width: int, height: int) -> None:
    luma = drawn(640, 360)
    smaller = bytes(
        luma[y * 360 // height * 640 + x * 640 // width]
        for y in range(height)
        for x in range(width)
    )
    assert timecode.read(smaller, width, width, height).channel == 12


def test_the_text_is_local_time_and_the_code_is_not() -> None:
    assert timecode.text_of(WHEN, 12) == "2026-11-20 16:42:49.250 CH 12"
    assert timecode.text_of(WHEN, 12, 0) == "2026-11-20 08:42:49.250 CH 12"
    assert timecode.text_of(WHEN, 12, -210) == "2026-11-20 05:12:49.250 CH 12"
    first, second = bytearray(320 * 180), bytearray(320 * 180)
    timecode.draw(first, 320, 320, 180, WHEN, 12)
    timecode.draw(second, 320, 320, 180, WHEN, 12, utc_offset_minutes=0)
    assert first != second
    assert timecode.read(first, 320, 320, 180) == timecode.read(second, 320, 320, 180)


def test_the_text_can_be_read_by_eye() -> None:
    """The dots of the text box are those of the glyphs, light on dark."""
    luma = drawn(320, 180)
    x, y, width, _ = timecode.text_box(320, 12)
    text = timecode.text_of(WHEN, 12)
    dots = timecode.glyphs(text)
    seen = [
        [luma[(y + 2 + row) * 320 + x + 2 + column] > 128 for column in range(6 * len(text))]
        for row in range(7)
    ]
    assert seen == dots
    assert x + width <= 320


def stranger_reads(description: str, luma: bytes, width: int, height: int) -> tuple[datetime, int]:
    """A reader written from the JSON alone."""
    spec = json.loads(description)
    grid = spec["grid"]
    values = []
    for row in range(grid["rows"]):
        for column in range(grid["columns"]):
            x = (grid["left"] + (column + 0.5) * grid["cell_width"]) * width
            y = (grid["top"] + (row + 0.5) * grid["cell_height"]) * height
            values.append(luma[int(y) * width + int(x)])
    sync = spec["fields"][0]
    marks = [sync["value"] >> sync["bits"] - 1 - i & 1 for i in range(sync["bits"])]
    ones = [v for v, m in zip(values, marks, strict=False) if m]
    zeros = [v for v, m in zip(values, marks, strict=False) if not m]
    threshold = (sum(ones) / len(ones) + sum(zeros) / len(zeros)) / 2
    bits = [int(value > threshold) for value in values]
    fields, at = {}, 0
    for field in spec["fields"]:
        fields[field["name"]] = int("".join(map(str, bits[at : at + field["bits"]])), 2)
        at += field["bits"]
    assert at == spec["bits"]
    crc, polynomial = int(spec["crc"]["init"], 16), int(spec["crc"]["polynomial"], 16)
    for bit in bits[8:72]:
        top = crc >> 23 & 1
        crc = crc << 1 & 0xFFFFFF
        if top ^ bit:
            crc ^= polynomial
    assert crc == fields["crc"]
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=fields["time"])
    return moment, fields["channel"]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_stranger_can_read_it_from_the_description(width: int, height: int) -> None:
    description = json.dumps(timecode.DESCRIPTION)
    luma = bytes(drawn(width, height, channel=9999))
    expected = timecode.read(luma, width, width, height)
    assert stranger_reads(description, luma, width, height) == (expected.when, 9999)


def test_the_example_of_the_description() -> None:
    example = json.loads(json.dumps(timecode.DESCRIPTION))["example"]
    moment = datetime.fromisoformat(example["time"])
    bits = timecode.encode(round(moment.timestamp() * 1000), example["channel"])
    assert "".join(map(str, bits)) == "".join(example["rows"])


def test_importing_it_loads_no_codec() -> None:
    code = (
        "import sys; import vsconsole.sandbox.timecode, vsconsole.sandbox.media; "
        "sys.exit('av' in sys.modules or 'numpy' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
