"""Live HLS begins near its newest segment, not with the oldest of the list."""

from __future__ import annotations

import time

from tests.bench.seek_media import served
from tests.player.support import Watcher, reading
from vsconsole.domain.playback import MediaProtocol, MediaSource
from vsconsole.player.vlc import VlcEngine
from vsconsole.sandbox.media import LiveHls, Scene

SEGMENT = 2.0


def test_lesson_35_live_hls_is_at_most_three_segments_behind() -> None:
    stream = LiveHls(Scene(channel=5), "sub")

    def answer(path: str) -> bytes:
        if path.endswith(".m3u8"):
            return stream.playlist(lambda sequence: f"{sequence}.ts").encode()
        return stream.segment(int(path[1:].partition(".")[0]))

    engine, watcher = VlcEngine(), Watcher()
    player = engine.player(watcher)
    try:
        with served(answer) as base:
            source = MediaSource(url=f"{base}/live.m3u8", protocol=MediaProtocol.HLS, live=True)
            player.play_live(lambda: source)
            watcher.wait_settled(player)
            frame = player.frame()
            assert frame is not None
            behind = time.time() - reading(frame).timestamp()
            # The newest segment is complete, so up to one more lies between it and now.
            assert behind < 4 * SEGMENT + 1.5
            player.close()
    finally:
        engine.close()
