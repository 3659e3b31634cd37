"""What the next start finds: tiles, layout, open rows, scheme, language, unfinished downloads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QRectF

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole import i18n
from vsconsole.demo import hands
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.model import Ability, Channel, Key, Store, StreamProfile, now
from vsconsole.domain.timeline import Span
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.downloads import DownloadState
from vsconsole.ui import theme, tokens
from vsconsole.ui.panels.jobs import JobState
from vsconsole.ui.wall import layouts
from vsconsole.ui.wall.session import Mode

CAMERA = (Ability.LIVE, Ability.SUB_STREAM, Ability.CLOUD_RECORDS, Ability.DEVICE_RECORDS)


@dataclass
class Runs:
    """Starts of the program, one after the other, over the same profile."""

    folder: Path
    sandbox: Sandbox

    @contextmanager
    def start(self) -> Iterator[Hands]:
        engine = HandEngine()
        with Stand.open(self.folder, self.sandbox, engine=engine) as stand:
            stand.wait(lambda: stand.desk._restored, 5, "the saved state was not read")
            hands.pause(0.05)
            yield Hands(stand, engine)


@pytest.fixture
def runs(qapp: Any, tmp_path: Path, sandbox: Sandbox) -> Iterator[Runs]:
    yield Runs(tmp_path, sandbox)
    theme.apply(qapp, "dark")


def shown(hand: Hands) -> list[Channel | None]:
    tiles = hand.stand.desk.window.wall.tiles
    return [tile.session.channel if tile.session else None for tile in tiles]


def test_the_wall_is_as_it_was_left(runs: Runs) -> None:
    at = now() - timedelta(days=1)
    with runs.start() as hand:
        hand.stand.add_account()
        hand.stand.press("layout-4")
        one, two = hand.stand.channels(*CAMERA)[:2]
        wall = hand.stand.desk.window.wall
        wall.select(1)
        live, _player = hand.open(one)
        live.play_live(StreamProfile.SUB)
        wall.select(3)
        hand.play(two, at, Store.DEVICE)
        wall.select(1)
        hand.stand.desk.window.actions_["right-panel"].setChecked(False)
    with runs.start() as hand:
        window = hand.stand.desk.window
        keys = [channel.key if channel else None for channel in shown(hand)]
        assert keys == [None, one.key, None, two.key]
        first, second = (window.wall.tiles[i].session for i in (1, 3))
        assert first is not None
        assert second is not None
        assert (first.mode, first.profile) == (Mode.LIVE, StreamProfile.SUB)
        assert (second.mode, second.store) == (Mode.PLAYBACK, Store.DEVICE)
        # Nothing runs off unseen: what was played back waits at its moment.
        assert hand.engine.players[1].took("play") == [(at, True)]
        assert len(hand.engine.players[0].took("play_live")) == 1
        assert window.wall.current is window.wall.tiles[1]
        assert window.actions_["layout-4"].isChecked()
        assert not window.right.isVisible()
        assert first.subtitle == "Box"


def test_open_rows_scheme_and_language_stay(runs: Runs) -> None:
    with runs.start() as hand:
        stand = hand.stand
        account = stand.add_account()
        tree = stand.desk.window.tree
        group = next(row for row in tree.model._rows.values() if row.children)
        assert group.key is not None
        tree.view.setExpanded(tree.model.index_of_key(group.key), True)
        stand.program.set_scheme("light")
        stand.speak("zh_CN")
        # The window is another one, with everything on it.
        assert stand.desk.window.actions_["live"].text() != "Live"
        kept = lambda: stand.program.services.settings.get("language", "")  # noqa: E731
        stand.wait(lambda: kept() == "zh_CN", 3)
    i18n.set_language("en")
    with runs.start() as hand:
        stand = hand.stand
        assert i18n.language() == "zh_CN"
        assert tokens.current().name == "light"
        assert stand.desk.window.actions_["light"].isChecked()
        tree = stand.desk.window.tree
        stand.wait(lambda: tree.model.index_of_key(group.key).isValid(), 5)
        stand.wait(lambda: tree.view.isExpanded(tree.model.index_of_key(group.key)), 3)
        assert tree.view.isExpanded(tree.model.account_index(account.id))


def test_a_closed_account_row_stays_closed(runs: Runs) -> None:
    with runs.start() as hand:
        account = hand.stand.add_account()
        tree = hand.stand.desk.window.tree
        tree.view.setExpanded(tree.model.account_index(account.id), False)
    with runs.start() as hand:
        tree = hand.stand.desk.window.tree
        hand.stand.wait(lambda: tree.model.channel_count > 0, 5)
        assert not tree.view.isExpanded(tree.model.account_index(account.id))


def test_leaving_before_the_saved_state_was_read_keeps_it(runs: Runs) -> None:
    with runs.start() as hand:
        hand.stand.add_account()
        channel = hand.stand.channel(*CAMERA)
        hand.open(channel)
    with Stand.open(runs.folder, runs.sandbox, engine=HandEngine()) as stand:
        assert not stand.desk._restored
    with runs.start() as hand:
        hand.stand.wait(lambda: shown(hand) != [None], 3, "the wall was lost")


@pytest.mark.parametrize(
    "change",
    [
        {"walls": [{"tiles": [{"channel": "gone/x", "mode": "live", "store": "cloud",
                               "profile": "main", "at": None}]}]},
        {"walls": [{"tiles": [{"channel": "no slash"}]}]},
        {"walls": [{"tiles": "?", "layout": "many", "current": 99}], "mode": "mirror"},
        {"walls": [{"layout": "9x9", "current": -4, "window": {"geometry": 7}}, "?"]},
        {"walls": 3, "front": "x"},
    ],
    ids=["unknown account", "broken key", "nonsense", "another program's layout", "no walls"],
)  # fmt: skip
def test_a_state_that_makes_no_sense_is_harmless(runs: Runs, change: dict[str, Any]) -> None:
    with runs.start() as hand:
        hand.stand.add_account()
        services = hand.stand.program.services
    with runs.start() as hand:
        services = hand.stand.program.services
        state = services.catalog.state("desk", {})
        state["pictures"].update(change)
        state["layout"]["geometry"] = "not base64!"
        state["expanded"] = ["gone/org:1", "-gone"]
        hand.stand.desk.shut()
        hand.stand.desk._restored = False
        services.catalog.set_state("desk", state)
    crashes: list[str] = []
    with runs.start() as hand:
        hand.stand.program.dispatcher.crashed.connect(crashes.append)
        stand = hand.stand
        stand.wait(lambda: stand.desk.window.tree.model.channel_count > 0, 5)
        hands.pause(0.1)
        assert shown(hand)[0] is None
        assert stand.desk.window.wall.count == 1
        hand.open(stand.channel(*CAMERA))
        assert shown(hand)[0] is not None
    assert crashes == []


def test_another_language_leaves_nothing_of_the_old_window_listening(runs: Runs) -> None:
    with runs.start() as hand:
        stand = hand.stand
        stand.add_account()
        hand.open(stand.channel(Ability.PTZ))
        stand.speak("zh_CN")
        stand.wait(lambda: stand.tile.session is not None, 5)
        stand.wait(lambda: not stand.desk.accounts.busy, 10)
        # Each of these tells whoever listens; what listens for a window that is gone would fail.
        services = stand.program.services
        channel = stand.session.channel
        assert channel is not None
        stand.sandbox.faults.set("tencent", "secret", 1.0, path="/control/ptz")
        services.ptz.hold(channel, PtzMove.LEFT)
        stand.wait(lambda: bool(stand.said()), 10)
        services.search.rebuild(channel.key.account)
        span = Span(now() - timedelta(days=800), now() - timedelta(days=799))
        path = runs.folder / "x.mp4"
        number = services.downloads.start(channel, Store.CLOUD, span, path).id
        stand.wait(lambda: services.downloads.get(number).state.ended, 10)
        hands.pause(0.1)
    i18n.set_language("en")


def test_a_download_that_was_not_finished_is_listed_again(runs: Runs, tmp_path: Path) -> None:
    with runs.start() as hand:
        stand = hand.stand
        stand.add_account()
        channel = stand.channel(*CAMERA, Ability.DOWNLOAD)
        span = stand.recorded(channel, Store.CLOUD, 2)
        stand.sandbox.faults.set("tencent", "slow", 1.0, seconds=5, path="VideoDownloadUrl")
        downloads = stand.program.services.downloads
        asked = Span(span.begin, span.begin + timedelta(seconds=20))
        number = downloads.start(channel, Store.CLOUD, asked, tmp_path / "a.mp4").id
        stand.wait(lambda: downloads.get(number).state is DownloadState.RUNNING, 10)
    runs.sandbox.faults.clear()
    with runs.start() as hand:
        jobs = hand.stand.desk.window.jobs
        hand.stand.wait(lambda: len(jobs.jobs()) == 1, 5, "the download is forgotten")
        (job,) = jobs.jobs()
        assert job.action_text == "Go on"
        assert job.action is not None
        job.action()
        hand.stand.wait((tmp_path / "a.mp4").exists, 20)
        hand.stand.wait(lambda: [job.state for job in jobs.jobs()] == [JobState.DONE], 5)


def test_an_account_removed_empties_its_tiles(runs: Runs) -> None:
    with runs.start() as hand:
        account = hand.stand.add_account()
        session, player = hand.open(hand.stand.channel(*CAMERA))
        assert session.channel is not None
        assert session.channel.key == Key(account.id, session.channel.key.native)
        hand.stand.desk.accounts.remove(account)
        hand.stand.wait(lambda: player.closed, 5)
        assert shown(hand) == [None]


def test_the_wall_of_an_older_version_still_opens(runs: Runs) -> None:
    with runs.start() as hand:
        hand.stand.add_account()
        one, two = hand.stand.channels(*CAMERA)[:2]
        services = hand.stand.program.services
        state = services.catalog.state("desk", {}) or {}
        entry = {"mode": "live", "store": "cloud", "profile": "sub", "at": None}
        state["pictures"] = {
            "count": 4,
            "current": 2,
            "mode": "live",
            "tiles": [{"channel": str(one.key), **entry}, None, {"channel": str(two.key), **entry}],
        }
        hand.stand.desk.shut()
        hand.stand.desk._restored = False
        services.catalog.set_state("desk", state)
    with runs.start() as hand:
        wall = hand.stand.desk.window.wall
        keys = [channel.key if channel else None for channel in shown(hand)]
        assert keys == [one.key, None, two.key, None]
        assert wall.current is wall.tiles[2]
        assert [one.title for one in wall.all] == ["Wall 1"]


def test_tabs_windows_and_layouts_come_back(runs: Runs) -> None:
    with runs.start() as hand:
        hand.stand.add_account()
        one, two, three = hand.stand.channels(*CAMERA)[:3]
        walls, pictures = hand.stand.desk.window.wall, hand.stand.desk.pictures
        hand.stand.press("layout-1+5")
        hand.open(one)
        walls.tiles[0].zoom = QRectF(0.5, 0.0, 0.5, 0.5)
        second = walls.add(name="夜班")
        hand.stand.press("layout-3x2")
        hand.open(two)
        pictures.set_grid(layouts.BY_NAME["2x1"])
        third = walls.add()
        hand.open(three)
        window = walls.leave(third)
        window.setGeometry(140, 90, 500, 400)
        hand.stand.wait(window.isActiveWindow, 3)
        walls.bring(second)
        before = [wall.title for wall in walls.all]
    with runs.start() as hand:
        walls = hand.stand.desk.window.wall
        assert [wall.title for wall in walls.all] == before == ["Wall 1", "夜班", "Wall 3"]
        assert [wall.grid.name for wall in walls.all] == ["1+5", "2x1", "1"]
        assert walls.front is walls.shown is walls.all[1]
        (found,) = walls.windows
        assert found is walls.all[2]
        own = walls.windows[found]
        assert own.isVisible()
        assert own.geometry().getRect() == (140, 90, 500, 400)
        hand.stand.wait(lambda: bool(found.sessions() and walls.front.sessions()), 3)
        shows = [session.channel.key for session in found.sessions() if session.channel]
        assert shows == [three.key]
        # What is out of sight opens when it is looked at.
        assert walls.all[0].sessions() == []
        walls.bring(walls.all[0])
        hand.stand.wait(lambda: bool(walls.sessions()), 3)
        assert walls.tiles[0].zoom == QRectF(0.5, 0.0, 0.5, 0.5)
        own.close()
        hand.stand.wait(lambda: not walls.windows, 3)
        assert [wall.title for wall in walls.all] == before
        assert walls.front is found


def test_what_was_opened_before_the_state_was_read_stays_in_front(runs: Runs) -> None:
    with runs.start() as hand:
        hand.stand.add_account()
        one, two = hand.stand.channels(*CAMERA)[:2]
        hand.open(one)
    with Stand.open(runs.folder, runs.sandbox, engine=HandEngine()) as stand:
        session = stand.desk.pictures.open_channel(two)
        stand.wait(lambda: stand.desk._restored, 5)
        walls = stand.desk.window.wall
        assert walls.tiles[0].session is session
        assert walls.front is walls.shown is walls.all[0]
        kept = walls.all[1].kept[0]
        assert kept.channel is not None
        assert kept.channel.key == one.key
