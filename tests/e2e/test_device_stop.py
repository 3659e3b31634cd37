"""However device playback is left, the device's session is ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.support import Stand
from vsconsole.domain.model import Ability
from vsconsole.sandbox.server import Sandbox


def _close_tile(stand: Stand) -> None:
    stand.desk.pictures.clear(stand.tile)


def _other_channel(stand: Stand) -> None:
    shown = stand.session.channel
    other = next(
        c
        for c in stand.desk.window.tree.model.channels()
        if c != shown and Ability.LIVE in c.abilities
    )
    stand.desk.pictures.open_channel(other, stand.tile)


def _to_live(stand: Stand) -> None:
    stand.desk.window.actions_["live"].trigger()


def _fewer_tiles(stand: Stand) -> None:
    stand.desk.pictures.set_count(4)
    channel = stand.session.channel
    assert channel is not None
    stand.desk.pictures.clear(stand.desk.window.wall.tiles[0])
    stand.desk.window.wall.select(3)
    stand.play_device(channel)
    stand.desk.pictures.set_count(1)


def _remove_account(stand: Stand) -> None:
    stand.desk.accounts.remove(stand.program.services.accounts.all()[0])


@pytest.mark.parametrize(
    "leave", [_close_tile, _other_channel, _to_live, _fewer_tiles, _remove_account]
)
def test_leaving_ends_the_session(stand: Stand, leave: Callable[[Stand], None]) -> None:
    stand.play_device(stand.channel(Ability.DEVICE_RECORDS))
    assert stand.stopped() == [False]
    leave(stand)
    stand.wait(lambda: all(stand.stopped()), 5, "a session was left open")


def test_quitting_ends_the_session(qapp: object, tmp_path: Path) -> None:
    with Sandbox(vendors=["tencent"]) as sandbox:
        with Stand.open(tmp_path, sandbox) as stand:
            stand.add_account()
            stand.play_device(stand.channel(Ability.DEVICE_RECORDS))
            assert stand.stopped() == [False]
        assert all(session.stopped for session in sandbox.sessions.values())
