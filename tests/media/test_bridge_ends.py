"""What a bridge opened goes with it, however its stream ended: nothing waits for the collector."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from vsconsole.domain.errors import StreamUnavailable
from vsconsole.media import bridge as bridges
from vsconsole.media.bridge import Bridge
from vsconsole.sandbox import media
from vsconsole.sandbox.media import Scene

SECONDS = 3.0
FIRST = 1_763_600_000.0


class Line:
    """An FLV stream of bytes whose line is torn, or ends, after the last of them."""

    def __init__(self, data: bytes, *, torn: bool) -> None:
        self._data = data
        self._torn = torn
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        piece = self._data[self._at : self._at + size]
        self._at += len(piece)
        if not piece and self._torn:
            raise StreamUnavailable("The line is torn.")
        return piece

    def close(self) -> None:
        pass


@pytest.fixture(scope="module")
def data() -> bytes:
    """H.264 with G.711, which has to be coded again."""
    scene = Scene(channel=77, codec="h264", audio="g711a")
    return Path(media.recording_file(scene, FIRST, FIRST + SECONDS, "flv")).read_bytes()


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("torn", [True, False], ids=["torn", "ended"])
def test_a_stream_that_ended_leaves_nothing_behind(
    data: bytes, torn: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[weakref.ref[object]] = []
    output = bridges._Output

    def noted(*parts: object) -> object:
        one = output(*parts)
        # The encoder, whose worker threads go with it.
        made.append(weakref.ref(one))
        made.append(weakref.ref(one._encoder))
        return one

    monkeypatch.setattr(bridges, "_Output", noted)
    bridge = Bridge(partial(Line, data, torn=torn), live=True)
    reader = bridge.reader()
    bridge.start()
    read = 0
    while piece := reader.read(65536):
        read += len(piece)
    bridge.join(10)
    assert read > 20_000
    assert (bridge.error is not None) is torn
    assert bridge.error is None or bridge.error.__traceback__ is None
    made.append(weakref.ref(bridge))
    containers = [one for one in gc.get_objects() if type(one).__name__ == "OutputContainer"]
    assert not containers
    del bridge, reader
    until = time.monotonic() + 5  # the thread lets go last
    while any(one() is not None for one in made) and time.monotonic() < until:
        time.sleep(0.01)
    assert len(made) == 3
    assert [one() for one in made] == [None] * 3
