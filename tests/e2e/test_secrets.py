"""What must not be read by others is nowhere: not in logs, messages, nor files of the profile."""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import stat
import sys
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from vsconsole import logs
from vsconsole.domain.errors import ConsoleError
from vsconsole.domain.model import Ability, Store
from vsconsole.net.redact import redact_text
from vsconsole.player.backend import PlayerState
from vsconsole.sandbox.server import Sandbox

_TOKEN = re.compile(rb"(q-signature=|[?&](token|sign|txSecret|auth_key)=)[^&\s<*\x00]")
"""A query that would open something; with its value, since a redacted one has none."""


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.allow_log(".*")
def test_nothing_secret_is_left_behind(
    qapp: object, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    profile = tmp_path / "profile"
    try:
        with Sandbox(vendors=["tencent"]) as sandbox:
            fields = sandbox.fields("tencent")
            secrets = [fields["secret_key"].encode(), fields["secret_key"].encode("utf-16-le")]
            with Stand.open(tmp_path, sandbox) as stand:
                logs.start(stand.program.services.paths.log, redact_text)
                _work(stand, profile)
                said = "\n".join(stand.said()).encode()
    finally:
        logs.stop()
        # Pytest had it on.
        faulthandler.enable(sys.__stderr__)
    runs = profile / "cache" / "runs"
    assert not list(runs.rglob("*.m3u8")), "signed addresses stay on the disk"
    files = [path for path in profile.rglob("*") if path.is_file()]
    assert any("log" in path.name for path in files)
    texts = {str(path.relative_to(profile)): path.read_bytes() for path in files}
    texts["the log"] = caplog.text.encode()
    texts["the messages"] = said
    for name, content in texts.items():
        for secret in secrets:
            assert secret not in content, f"the secret key is in {name}"
        found = _TOKEN.search(content)
        assert not found, f"{found} is in {name}"


def _work(stand: Stand, profile: Path) -> None:
    """Live, cloud and device playback, a refused login, a lost address: all that makes noise."""
    stand.add_account()
    channel = stand.channel(Ability.LIVE, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)
    session = stand.desk.pictures.open_channel(channel)
    stand.wait(lambda: session.state is PlayerState.PLAYING)
    span = stand.recorded(channel, Store.CLOUD)
    session.play_at(span.begin + (span.end - span.begin) / 2, Store.CLOUD)
    runs = profile / "cache" / "runs"
    stand.wait(lambda: session.state is PlayerState.PLAYING and bool(list(runs.rglob("*.m3u8"))))
    for path in runs.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = 0o700 if path.is_dir() else 0o600
        assert mode == wanted, f"{path.name} has mode {mode:o}"
    stand.play_device(channel)
    stand.desk.pictures.clear(stand.tile)
    stand.sandbox.faults.set("tencent", "secret", 1.0)
    with pytest.raises(ConsoleError):
        stand.program.services.accounts.verify_account(channel.key.account)
    stand.press("refresh")
    stand.wait(lambda: not stand.desk.accounts.busy)
    stand.sandbox.faults.clear()
    for fault in ("expired-url", "reset"):
        stand.sandbox.faults.set("tencent", fault, 1.0, path="/live/")
        again = stand.desk.pictures.open_channel(channel)
        stand.wait(lambda again=again: again.error is not None, 30)  # type: ignore[misc]
        stand.desk.pictures.clear(stand.tile)
        stand.sandbox.faults.clear()
