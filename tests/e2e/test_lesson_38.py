"""Closing a picture ends the session that a platform keeps for it, on each that has sessions.

Tencent and Volcengine keep one for the playback of a device's recordings. Live streams have none to
end: they are shared by everybody who watches, and the platform ends them when nobody does. Link
Visual, Ctyun and Imou document no call that ends a device's playback.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from vsconsole.domain.model import Ability
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import LogEntry


@pytest.mark.parametrize(
    ("vendor", "stop"), [("tencent", ("Action", "stop")), ("volcengine", ("call", "StopPlayback"))]
)
def test_lesson_38_closing_a_picture_ends_its_session_within_two_seconds(
    qapp: object, tmp_path: Path, vendor: str, stop: tuple[str, str]
) -> None:
    def stops(sandbox: Sandbox) -> list[LogEntry]:
        key, value = stop
        return [e for e in sandbox.log if value in (e.params.get(key), getattr(e, key, None))]

    with Sandbox(vendors=[vendor]) as sandbox, Stand.open(tmp_path, sandbox) as stand:
        stand.program.services.accounts.add(vendor, "Box", sandbox.fields(vendor))
        stand.desk.accounts.start()
        stand.wait(
            lambda: (
                stand.desk.window.tree.model.channel_count > 0
                and not stand.desk.accounts.busy
                and stand.desk._restored
            )
        )
        late = []
        for _try in range(2):
            stand.play_device(stand.channel(Ability.DEVICE_RECORDS, Ability.LIVE))
            assert not stops(sandbox)
            closed = time.time()
            stand.desk.pictures.clear(stand.tile)
            stand.wait(lambda: bool(stops(sandbox)), 10, "the session was left open")
            late.append(stops(sandbox)[0].at - closed)
            if late[-1] < 2:
                break
            sandbox._log.clear()
        assert min(late) < 2
