"""Moving while held: what is sent, in which order, and that it ends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from tests.services.support import add_box, calls, channel_with, until
from vsconsole.domain.capabilities import Ptz, PtzMove, PtzStyle
from vsconsole.domain.errors import ConsoleError, DeviceOffline, InvalidInput, TimedOut, Unsupported
from vsconsole.domain.model import Ability, Channel, Key
from vsconsole.sandbox.server import Sandbox
from vsconsole.services.desk import Services
from vsconsole.services.ptz import PtzService
from vsconsole.work.lanes import Lanes


class Camera(Ptz):
    """Writes down what it is told; may refuse, and may take its time."""

    ptz_moves = frozenset(PtzMove)

    def __init__(self, style: PtzStyle) -> None:
        self.ptz_style = style
        self.said: list[str] = []
        self.errors: list[ConsoleError] = []
        self.stop_errors: list[ConsoleError] = []
        self.asked = 0
        self.may_go = threading.Event()
        self.may_go.set()

    def ptz_move(self, channel: Channel, move: PtzMove, speed: float) -> None:
        self.asked += 1
        self.may_go.wait(10)
        self.said.append(f"{move} {speed:g}")
        if self.errors:
            raise self.errors.pop(0)

    def ptz_stop(self, channel: Channel) -> None:
        if self.stop_errors:
            self.said.append("refused")
            raise self.stop_errors.pop(0)
        self.said.append("stop")


STEPS = PtzStyle(steps=True, interval=0.02)
LASTING = PtzStyle(steps=False)
DOME = Channel(key=Key("a", "dome"), name="Dome", abilities=frozenset(Ability))

Make = Callable[..., tuple[PtzService, Camera]]


@pytest.fixture
def make() -> Iterator[Make]:
    lanes = Lanes()
    made: list[PtzService] = []

    def service(style: PtzStyle, **options: float) -> tuple[PtzService, Camera]:
        camera = Camera(style)
        made.append(PtzService(lambda _account: camera, lanes, **options))
        return made[-1], camera

    yield service
    for one in made:
        one.close()
    lanes.close()


def test_a_tap_is_one_step(make: Make) -> None:
    ptz, camera = make(PtzStyle(steps=True, interval=30))
    ptz.hold(DOME, PtzMove.LEFT, 0.25)
    ptz.release(DOME)
    ptz.close()
    assert camera.said == ["left 0.25"]


def test_holding_repeats_steps_until_release(make: Make) -> None:
    ptz, camera = make(STEPS)
    ptz.hold(DOME, PtzMove.LEFT)
    until(lambda: len(camera.said) >= 4)
    ptz.release(DOME)
    ptz.close()
    count = len(camera.said)
    assert set(camera.said) == {"left 0.5"}
    threading.Event().wait(0.1)
    assert len(camera.said) == count


def test_no_step_waits_behind_one_that_is_not_answered(make: Make) -> None:
    ptz, camera = make(STEPS)
    camera.may_go.clear()
    ptz.hold(DOME, PtzMove.LEFT)
    threading.Event().wait(0.2)
    ptz.hold(DOME, PtzMove.RIGHT)
    ptz.hold(DOME, PtzMove.UP)
    ptz.release(DOME)
    camera.may_go.set()
    ptz.close()
    assert camera.said == ["left 0.5"]


def test_a_change_of_direction_goes_out_without_the_ones_between(make: Make) -> None:
    ptz, camera = make(LASTING)
    camera.may_go.clear()
    ptz.hold(DOME, PtzMove.LEFT)
    until(lambda: camera.asked == 1)
    ptz.hold(DOME, PtzMove.RIGHT)
    ptz.hold(DOME, PtzMove.UP, 1.0)
    camera.may_go.set()
    until(lambda: "up 1" in camera.said)
    ptz.release(DOME)
    ptz.close()
    assert camera.said[-2:] == ["up 1", "stop"]
    assert "right 0.5" not in camera.said


def test_a_lasting_move_is_started_once_and_stopped(make: Make) -> None:
    ptz, camera = make(LASTING)
    for _again in range(5):
        ptz.hold(DOME, PtzMove.LEFT)
        ptz.release(DOME)
    ptz.close()
    assert camera.said == ["left 0.5", "stop"] * 5


def test_a_move_is_started_again_before_the_vendor_ends_it(make: Make) -> None:
    ptz, camera = make(PtzStyle(steps=False, longest=0.05))
    ptz.hold(DOME, PtzMove.LEFT)
    until(lambda: camera.said.count("left 0.5") >= 3)
    ptz.release(DOME)
    ptz.close()
    assert camera.said[-1] == "stop"
    assert camera.said.count("stop") == 1


def test_a_stop_is_tried_three_times(make: Make) -> None:
    ptz, camera = make(LASTING)
    camera.stop_errors = [TimedOut("1"), TimedOut("2")]
    ptz.hold(DOME, PtzMove.LEFT)
    ptz.release(DOME)
    ptz.close(wait=5)
    assert camera.said == ["left 0.5", "refused", "refused", "stop"]


def test_a_stop_that_fails_three_times_is_told(make: Make) -> None:
    ptz, camera = make(LASTING)
    camera.stop_errors = [TimedOut(str(i)) for i in range(4)]
    told: list[str] = []
    ptz.failed.connect(lambda _key, error: told.append(error.what))
    ptz.hold(DOME, PtzMove.LEFT)
    ptz.release(DOME)
    ptz.close(wait=5)
    assert told == ["2"]


def test_a_lost_release_ends_by_itself(make: Make) -> None:
    ptz, camera = make(LASTING, longest_hold=0.1)
    ended: list[Key] = []
    ptz.released.connect(ended.append)
    ptz.hold(DOME, PtzMove.LEFT)
    until(lambda: bool(ended))
    ptz.close()
    assert camera.said == ["left 0.5", "stop"]
    assert ended == [DOME.key]


def test_a_move_that_fails_is_told_not_repeated_and_stopped(make: Make) -> None:
    ptz, camera = make(LASTING)
    camera.errors = [DeviceOffline("offline")]
    told: list[ConsoleError] = []
    ended: list[Key] = []
    ptz.failed.connect(lambda _key, error: told.append(error))
    ptz.released.connect(ended.append)
    ptz.hold(DOME, PtzMove.LEFT)
    until(lambda: bool(ended))
    ptz.close()
    assert [type(error) for error in told] == [DeviceOffline]
    assert camera.said == ["left 0.5", "stop"]


def test_closing_stops_every_camera(make: Make) -> None:
    ptz, camera = make(LASTING)
    other = Channel(key=Key("a", "other"), name="Other", abilities=frozenset(Ability))
    ptz.hold(DOME, PtzMove.LEFT)
    ptz.hold(other, PtzMove.UP)
    ptz.close()
    assert camera.said.count("stop") == 2
    ptz.hold(DOME, PtzMove.LEFT)
    assert camera.said.count("left 0.5") == 1


def test_what_the_channel_lacks_is_not_sent(make: Make) -> None:
    ptz, camera = make(STEPS)
    fixed = Channel(key=Key("a", "fixed"), name="Fixed", abilities=frozenset({Ability.PTZ}))
    told: list[ConsoleError] = []
    ptz.failed.connect(lambda _key, error: told.append(error))
    ptz.hold(fixed, PtzMove.ZOOM_IN)
    until(lambda: bool(told))
    assert isinstance(told[0], Unsupported)
    assert "Fixed" in told[0].what
    assert camera.said == []
    assert PtzMove.ZOOM_IN not in ptz.moves(fixed)
    assert PtzMove.LEFT_DOWN in ptz.moves(fixed)


def test_a_speed_outside_the_scale_is_refused(make: Make) -> None:
    ptz, _camera = make(STEPS)
    with pytest.raises(InvalidInput) as refused:
        ptz.hold(DOME, PtzMove.LEFT, 4)
    assert refused.value.field == "speed"


def test_the_sandbox_camera_turns(services: Services, sandbox: Sandbox) -> None:
    account = add_box(services, sandbox)
    dome = channel_with(services, account, Ability.PTZ)
    services.ptz.hold(dome, PtzMove.LEFT, 1.0)
    until(lambda: len(calls(sandbox, "/control/ptz")) >= 2)
    services.ptz.release(dome)
    services.ptz.close()
    sent = calls(sandbox, "/control/ptz")
    assert {entry.params["Type"] for entry in sent} == {"left"}
    assert {entry.params["Speed"] for entry in sent} == {8}
