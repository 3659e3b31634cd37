"""Every seek in HLS ends on the picture that was asked for."""

from __future__ import annotations

import pytest

from tests.bench import seek_media
from tests.player.seek_check import check
from vsconsole.sandbox.media.scene import Clock, Codec

COUNT = 20
LENGTH = 40.0


@pytest.mark.parametrize("codec", seek_media.CODECS)
@pytest.mark.parametrize("clock", seek_media.CLOCKS)
def test_hls_with_a_gap(clock: Clock, codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    with seek_media.hls_recording(clock, codec, LENGTH) as recording:
        assert len(recording.playback.clips) == 2
        check(recording, COUNT, monkeypatch)
