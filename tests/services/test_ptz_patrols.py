"""Patrols over the sandbox's cameras: where they go, and everything that ends them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.support import add_box, calls, channel_with, until
from vsconsole.domain.capabilities import PtzMove
from vsconsole.domain.errors import ConsoleError, InvalidInput
from vsconsole.domain.model import Ability, Channel, Key
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.ptz_patrols import PatrolEnd, PatrolService
from vsconsole.store.ptz_book import Patrol, PatrolStop

PRESET = "/control/preset/mange"


@pytest.fixture
def dome(services: Services, sandbox: Sandbox) -> Channel:
    """A camera with presets 1, 2 and 3."""
    channel = channel_with(services, add_box(services, sandbox), Ability.PRESETS)
    for number in (1, 2, 3):
        services.presets.store(channel, number)
    return channel


@pytest.fixture
def patrols(services: Services) -> Iterator[PatrolService]:
    """A service whose cameras may go on almost at once."""
    made = PatrolService(
        services.presets, services.ptz, services.catalog, services.lanes, shortest=0.02
    )
    yield made
    made.close()


def stops(*numbers: int, dwell: float = 0.03) -> list[PatrolStop]:
    return [PatrolStop(preset=str(number), dwell=dwell) for number in numbers]


def went(sandbox: Sandbox) -> list[int]:
    return [
        entry.params["Index"] for entry in calls(sandbox, PRESET) if entry.params["Cmd"] == "goto"
    ]


def ends(patrols: PatrolService) -> list[PatrolEnd]:
    told: list[PatrolEnd] = []
    patrols.ended.connect(lambda _channel, _patrol, why: told.append(why))
    return told


def test_a_patrol_goes_round_and_round(
    patrols: PatrolService, dome: Channel, sandbox: Sandbox
) -> None:
    patrol = patrols.add(dome, " Night ", stops(2, 3, 1))
    assert patrols.all(dome) == [patrol]
    assert patrol.name == "Night"
    patrols.start(dome, patrol)
    until(lambda: len(went(sandbox)) >= 5)
    assert went(sandbox)[:5] == [2, 3, 1, 2, 3]
    patrols.stop(dome.key)
    assert patrols.run(dome.key) is None
    services_quiet(sandbox)


def services_quiet(sandbox: Sandbox) -> None:
    """Nothing more is sent once what was under way has arrived."""
    import time

    time.sleep(0.1)
    count = len(went(sandbox))
    time.sleep(0.25)
    assert len(went(sandbox)) == count


def test_pause_stays_and_resume_goes_on(
    patrols: PatrolService, dome: Channel, sandbox: Sandbox
) -> None:
    patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2))))
    until(lambda: len(went(sandbox)) >= 2)
    patrols.pause(dome.key)
    services_quiet(sandbox)
    run = patrols.run(dome.key)
    assert run is not None
    assert run.paused
    count = len(went(sandbox))
    patrols.resume(dome.key)
    until(lambda: len(went(sandbox)) > count)
    assert went(sandbox)[count] != went(sandbox)[count - 1]


def test_the_pace_shortens_stays(patrols: PatrolService, dome: Channel, sandbox: Sandbox) -> None:
    slow = Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2, dwell=30)))
    patrols.start(dome, slow)
    until(lambda: (run := patrols.run(dome.key)) is not None and (run.left or 0) > 29)
    fast = Patrol(id="2", channel=dome.key, name="x", stops=slow.stops, pace=4)
    patrols.start(dome, fast)
    until(lambda: (run := patrols.run(dome.key)) is not None and 0 < (run.left or 0) <= 7.5)


def test_moving_by_hand_ends_it_before_the_movement(
    patrols: PatrolService, services: Services, dome: Channel, sandbox: Sandbox
) -> None:
    told = ends(patrols)
    patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2))))
    until(lambda: len(went(sandbox)) >= 2)
    services.ptz.hold(dome, PtzMove.LEFT)
    services.ptz.release(dome)
    assert told == [PatrolEnd.BY_HAND]
    assert patrols.run(dome.key) is None
    until(lambda: bool(calls(sandbox, "/control/ptz")))
    after = [e.path for e in sandbox.log]
    moved = next(i for i, path in enumerate(after) if path.endswith("/control/ptz"))
    services_quiet(sandbox)
    assert not any(e.path.endswith(PRESET) for e in sandbox.log[moved:])


def test_three_failures_in_a_row_end_it_and_are_told_once(
    patrols: PatrolService, dome: Channel, sandbox: Sandbox
) -> None:
    told, failed = ends(patrols), list[ConsoleError]()
    patrols.failed.connect(lambda _key, error: failed.append(error))
    sandbox.faults.set("tencent", "secret", 1.0, path=PRESET)
    try:
        patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2))))
        until(lambda: bool(failed))
    finally:
        sandbox.faults.clear()
    assert told == [PatrolEnd.FAILED]
    assert len(failed) == 1
    assert patrols.run(dome.key) is None


def test_a_preset_that_is_gone_is_passed_over(
    patrols: PatrolService, services: Services, dome: Channel, sandbox: Sandbox
) -> None:
    services.presets.delete(dome, 2)
    told = ends(patrols)
    patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2, 3))))
    until(lambda: len(went(sandbox)) >= 4)
    assert went(sandbox)[:4] == [1, 3, 1, 3]
    assert not told


def test_closing_ends_all(patrols: PatrolService, dome: Channel) -> None:
    told = ends(patrols)
    patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2))))
    patrols.close()
    assert told == [PatrolEnd.CLOSED]
    patrols.start(dome, Patrol(id="1", channel=dome.key, name="x", stops=tuple(stops(1, 2))))
    assert patrols.under_way() == []


def test_a_patrol_that_cannot_be_is_refused(services: Services) -> None:
    dome = Channel(key=Key("a", "dome"), name="Dome")
    for name, given, pace, field in (
        ("", stops(1, 2, dwell=9), 1.0, "name"),
        ("x", stops(1, dwell=9), 1.0, "stops"),
        ("x", stops(1, 2, dwell=1), 1.0, "dwell"),
        ("x", stops(1, 2, dwell=9), 0.0, "pace"),
    ):
        with pytest.raises(InvalidInput) as refused:
            services.patrols.add(dome, name, given, pace)
        assert refused.value.field == field
