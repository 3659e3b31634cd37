"""The Imou face's PTZ, which lasts, and its points by name."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.sandbox.imou_support import Client
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera, Pose

MOVE = "controlMovePTZ"


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(24, vendors=["imou"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("店门云台")


def waited(condition: Callable[[], bool]) -> bool:
    """Whether something came true before patience ended."""
    last = time.monotonic() + 10
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True


def moving() -> bool:
    return any(t.name == "sandbox-imou-ptz" for t in threading.enumerate())


def points(client: Client, dome: Camera) -> list[str]:
    return [c["name"] for c in client.on(dome, "getCollection").data["collections"]]


@pytest.mark.parametrize(
    ("operation", "axis", "sign"),
    [("0", "tilt", 1), (1, "tilt", -1), ("2", "pan", -1), (3, "pan", 1), ("8", "zoom", 1)],
)
def test_a_move_goes_on_for_its_duration(
    client: Client, dome: Camera, operation: object, axis: str, sign: int
) -> None:
    before: float = getattr(dome.pose, axis)
    assert client.on(dome, MOVE, operation=operation, duration="400").data is None
    assert waited(lambda: not moving())
    after = getattr(dome.pose, axis)
    assert (after - before) * sign > 0
    if axis != "zoom":
        assert after - before == pytest.approx(10 * sign)


def test_diagonals_and_zooming_out(client: Client, dome: Camera) -> None:
    for operation, pan, tilt in ((4, -5, 5), (5, -5, -5), (6, 5, 5), (7, 5, -5)):
        dome.pose = Pose(zoom=5.0)
        client.on(dome, MOVE, operation=operation, duration=200)
        assert waited(lambda: not moving())
        assert dome.pose.pan == pytest.approx(pan)
        assert dome.pose.tilt == pytest.approx(tilt)
    client.on(dome, MOVE, operation=9, duration=200)
    assert waited(lambda: not moving())
    assert dome.pose.zoom < 5


def test_stop_ends_a_move(client: Client, dome: Camera) -> None:
    client.on(dome, MOVE, operation=3, duration=30_000)
    assert waited(lambda: dome.pose.pan > 1)
    assert client.on(dome, MOVE, operation=10, duration=1).code == "0"
    there = dome.pose
    assert waited(lambda: not moving())
    assert dome.pose == there


def test_a_new_move_replaces_the_old_one(client: Client, dome: Camera) -> None:
    client.on(dome, MOVE, operation=3, duration=30_000)
    client.on(dome, MOVE, operation=0, duration=200)
    assert waited(lambda: not moving())
    assert dome.pose.tilt == pytest.approx(5)


def test_stopping_the_sandbox_ends_a_move() -> None:
    with Sandbox(24, vendors=["imou"]) as sandbox:
        client = Client(sandbox)
        client.on(client.camera("店门云台"), MOVE, operation=3, duration=30_000)
        assert moving()
    assert not moving()


def test_moves_that_cannot_be(client: Client, dome: Camera) -> None:
    for wrong in (
        {"operation": 11, "duration": 100},
        {"operation": "up", "duration": 100},
        {"operation": 1, "duration": 0},
        {"operation": 1, "duration": "x"},
        {"operation": 1.5, "duration": 100},
    ):
        assert client.on(dome, MOVE, **wrong).code == "OP1003", wrong
    assert client.on(dome, MOVE, operation=1).code == "OP1002"
    given = {"operation": 1, "duration": 100}
    for name, code in (
        ("收银", "DV1019"),
        ("仓库后墙", "DV1007"),
        ("Garden-Battery", "DV1030"),
    ):
        assert client.on(client.camera(name), MOVE, **given).code == code, name
    assert not moving()


def test_a_place_by_numbers(client: Client, dome: Camera) -> None:
    assert client.on(dome, "controlLocationPTZ", h=0.5, v=-0.25, z=1).data is None
    assert dome.pose == Pose(pan=90.0, tilt=-10.0, zoom=20.0)
    assert client.on(dome, "devicePTZInfo").data == {"h": 0.5, "v": -0.25, "z": 1.0}
    for wrong in ({"h": 1.1}, {"v": "0"}, {"z": -0.1}):
        given = {"h": 0, "v": 0, "z": 0, **wrong}
        assert client.on(dome, "controlLocationPTZ", **given).code == "OP1003", wrong


def test_points_by_name(client: Client, dome: Camera) -> None:
    assert points(client, dome) == ["正门", "Corner"]
    dome.pose = Pose(pan=77.0)
    assert client.on(dome, "setCollection", name="橱窗").data is None
    assert client.on(dome, "setCollection", name="橱窗").code == "DV1023"
    client.on(dome, "controlLocationPTZ", h=0, v=0, z=0)
    assert client.on(dome, "turnCollection", name="橱窗", deviceType="ehome").code == "0"
    assert dome.pose.pan == 77.0
    assert client.on(dome, "modifyCollection", name="橱窗", newName="窗").code == "0"
    assert client.on(dome, "modifyCollection", name="窗", newName="窗").code == "0"
    assert client.on(dome, "modifyCollection", name="窗", newName="正门").code == "DV1023"
    assert points(client, dome) == ["正门", "Corner", "窗"]
    assert client.on(dome, "deleteCollection", name="窗").code == "0"
    for method in ("turnCollection", "deleteCollection"):
        assert client.on(dome, method, name="窗").code == "DV1024"
    assert client.on(dome, "modifyCollection", name="窗", newName="x").code == "DV1024"
    assert points(client, dome) == ["正门", "Corner"]


def test_there_are_at_most_twenty_points(client: Client, dome: Camera) -> None:
    for number in range(18):
        assert client.on(dome, "setCollection", name=f"p{number}").code == "0"
    assert client.on(dome, "setCollection", name="more").code == "DV1022"
    assert len(points(client, dome)) == 20
    assert client.on(client.camera("收银"), "getCollection").code == "DV1019"
