"""PTZ that moves until stop, lens, presets and cruise tracks."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import av
import pytest

from tests.sandbox.media_support import read_frame
from tests.sandbox.volcengine_support import NEW, NOBODY, OLD, QUICK, Answer, Client, eventually
from vsconsole.sandbox.faces import volcengine_motion
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.world import Camera


@pytest.fixture
def client() -> Iterator[Client]:
    with Sandbox(13, vendors=["volcengine"]) as sandbox:
        yield Client(sandbox)


@pytest.fixture
def dome(client: Client) -> Camera:
    return client.camera("东门球机")


def command(
    client: Client, camera: Camera, cmd: str, para: object = 100, action: str = "PTZControl"
) -> Answer:
    return client.post("CloudControl", StreamID=camera.id, Action=action, Cmd=cmd, Para=para)


def test_a_push_moves_until_stop(client: Client, dome: Camera) -> None:
    for cmd in ("right", "leftdown", "zoomin", "up"):
        before = dome.pose
        assert command(client, dome, cmd, 10).result is None
        assert dome.pose != before
        first = dome.pose
        eventually(lambda first=first: dome.pose != first)
        assert command(client, dome, "stop", 0).result is None
        stood = dome.pose
        assert not client.face.motions.moving(dome)
        threading.Event().wait(3 * volcengine_motion.TICK_SECONDS)
        assert dome.pose == stood


def test_the_picture_moves(client: Client, dome: Camera) -> None:
    url = client.post("StartStream", OLD, StreamID=dome.id, StreamingIndex=1).result["PullUrls"][1]

    def middle() -> bytes:
        """The middle of a picture taken from now on, as a stream begins a little before."""
        now = time.time()
        with av.open(url, "r", options=QUICK, timeout=20) as container:
            frames = container.decode(video=0)
            frame = next(f for f in frames if read_frame(f).when.timestamp() >= now)
            plane = frame.planes[0]
        data, width = bytes(plane), plane.line_size
        return b"".join(data[y * width + 100 : y * width + 220] for y in range(60, 140))

    def differ(a: bytes, b: bytes) -> float:
        return sum(abs(x - y) for x, y in zip(a, b, strict=True)) / len(a)

    before = middle()
    still = differ(before, middle())
    command(client, dome, "right", 200)
    eventually(lambda: abs(dome.pose.pan) > 20)
    command(client, dome, "stop")
    assert differ(before, middle()) > 3 * still + 3


def test_speed_counts(client: Client, dome: Camera) -> None:
    def moved(para: int) -> float:
        before = dome.pose.pan
        command(client, dome, "right", para)
        after = dome.pose.pan
        command(client, dome, "stop")
        return after - before

    assert 0 < moved(0) <= moved(30) < moved(255)
    for cmd, para in (("right", 256), ("right", -1), ("right", "5"), ("zoomin", 16)):
        assert command(client, dome, cmd, para).error == (400, "InvalidParameter.Para")


def test_a_new_push_takes_over(client: Client, dome: Camera) -> None:
    command(client, dome, "right", 255)
    command(client, dome, "up", 1)
    pan = dome.pose.pan
    tilt = dome.pose.tilt
    eventually(lambda: dome.pose.tilt > tilt)
    assert dome.pose.pan == pan


def test_a_push_ends_by_itself(
    client: Client, dome: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volcengine_motion, "LONGEST_SECONDS", 0.4)
    command(client, dome, "right", 1)
    assert client.face.motions.moving(dome)
    eventually(lambda: not client.face.motions.moving(dome))
    command(client, dome, "right", 1)
    client.world.device_of(dome).online = False
    eventually(lambda: not client.face.motions.moving(dome))


def test_the_lens(client: Client, dome: Camera) -> None:
    for cmd, name in (("focusfar", "focus"), ("irisin", "iris"), ("focusnear", "focus")):
        before = getattr(dome.pose, name)
        assert command(client, dome, cmd, 255, "FiControl").result is None
        assert getattr(dome.pose, name) != before
        assert command(client, dome, "stop", 0, "FiControl").result is None
    lower = client.post("CloudControl", StreamID=dome.id, action="FiControl", Cmd="irisout", Para=1)
    assert lower.result is None
    assert client.last.unknown == ()


def test_commands_that_cannot_be(client: Client, dome: Camera) -> None:
    assert command(client, dome, "spin").error == (400, "InvalidParameter.Cmd")
    assert command(client, dome, "right", 1, "FiControl").error == (400, "InvalidParameter.Cmd")
    assert command(client, dome, "stop", 1, "PresetControl").error == (400, "InvalidParameter.Cmd")
    assert command(client, dome, "up", 1, "Move").error == (400, "InvalidParameter.Action")
    assert client.post("CloudControl", StreamID=dome.id, Cmd="up").error == (
        400,
        "MissingParameter",
    )
    fixed = client.camera("分拣线1")
    assert command(client, fixed, "up").error == (403, "OperationDeny.PTZNotSupported")
    assert command(client, client.camera("地磅房"), "up").error == (500, "ErrorDeviceSipTimeout")
    nobody = client.post("CloudControl", StreamID=NOBODY, Action="PTZControl", Cmd="up", Para=1)
    assert nobody.error == (404, "NotFound.StreamData")
    old = {"DeviceID": client.world.device_of(dome).id, "ChannelID": dome.code}
    before = dome.pose
    moved = client.post("CloudControl", OLD, **old, action="PTZControl", Cmd="left", Para=9)
    assert moved.result is None
    assert dome.pose != before


def test_presets(client: Client, dome: Camera) -> None:
    def preset(cmd: str, index: object) -> Answer:
        return command(client, dome, cmd, index, "PresetControl")

    def known() -> list[tuple[int, str]]:
        answer = client.post("QueryPresetInfo", StreamID=dome.id, TimeOut=5).result
        assert answer["Num"] == len(answer["Items"])
        return [(i["PresetID"], i["PresetName"]) for i in answer["Items"]]

    assert known() == [(1, "正门"), (2, "Corner")]
    command(client, dome, "left", 255)
    assert preset("goto", 2).result is None
    there = dome.pose
    assert not client.face.motions.moving(dome)
    command(client, dome, "left", 255)
    command(client, dome, "stop")
    here = dome.pose
    assert preset("set", 255).result is None
    assert known()[-1] == (255, "255")
    preset("goto", 2)
    assert dome.pose == there != here
    preset("goto", 255)
    assert dome.pose == here
    assert preset("remove", 255).result is None
    assert preset("goto", 255).error == (404, "NotFound.PresetData")
    assert preset("remove", 255).error == (404, "NotFound.PresetData")
    assert preset("set", 0).error == (400, "InvalidParameter.Para")
    assert preset("set", 256).error == (400, "InvalidParameter.Para")
    fixed = client.post("QueryPresetInfo", StreamID=client.camera("分拣线1").id).result
    assert fixed == {"Num": 0, "Items": []}
    dark = client.post("QueryPresetInfo", StreamID=client.camera("地磅房").id)
    assert dark.error == (500, "ErrorDeviceSipTimeout")


def test_cruise_tracks(client: Client, dome: Camera) -> None:
    track = {
        "StreamID": dome.id,
        "TrackID": 3,
        "TrackList": [{"PresetID": 2, "PresetName": "Corner"}, {"PresetID": 1}],
        "StaySeconds": 1,
        "Speed": 100,
    }
    assert client.post("SetCruiseTrack", **track).result is None
    kept = client.get("GetCruiseTrack", NEW, StreamID=dome.id, TrackID=3).result
    assert [p["PresetID"] for p in kept["TrackList"]] == [2, 1]
    assert kept["ChannelID"] == dome.code
    assert client.get("ListCruiseTracks", NEW, StreamID=dome.id).result == [kept]
    corner, gate = (dome.presets[n].pose for n in (2, 1))
    assert client.post("StartCruiseTrack", StreamID=dome.id, TrackID=3).result is None
    assert dome.pose == corner
    eventually(lambda: dome.pose == gate)
    eventually(lambda: dome.pose == corner)
    assert client.post("StopCruiseTrack", StreamID=dome.id).result is None
    assert not client.face.motions.moving(dome)
    assert client.post("DeleteCruiseTrack", StreamID=dome.id, TrackID=3).result is None
    gone = client.get("GetCruiseTrack", NEW, StreamID=dome.id, TrackID=3)
    assert gone.error == (404, "NotFound.CruiseTrackData")
    for key, value in (
        ("TrackID", 0),
        ("TrackID", 256),
        ("StaySeconds", 4096),
        ("Speed", 0),
        ("TrackList", []),
        ("TrackList", [{"PresetID": 0}]),
    ):
        bad = client.post("SetCruiseTrack", **{**track, key: value})
        assert bad.status == 400, (key, value)


def test_cruise_point_by_point(client: Client, dome: Camera) -> None:
    def cruise(action: str, **more: object) -> Answer:
        return client.post("CruiseControl", StreamID=dome.id, Action=action, TrackID=7, **more)

    def track() -> dict[str, Any]:
        return dict(client.get("GetCruiseTrack", NEW, StreamID=dome.id, TrackID=7).result)

    assert cruise("start").error == (404, "NotFound.CruiseTrackData")
    assert cruise("add", PresetID=2).result is None
    cruise("add", PresetID=1)
    cruise("setspeed", Speed=9)
    cruise("setstay", StaySeconds=4)
    made = track()
    assert (made["Speed"], made["StaySeconds"]) == (9, 4)
    assert [p["PresetID"] for p in made["TrackList"]] == [2, 1]
    assert cruise("start").result is None
    assert dome.pose == dome.presets[2].pose
    assert cruise("stop").result is None
    cruise("remove", PresetID=2)
    assert len(track()["TrackList"]) == 1
    cruise("remove", PresetID=1)
    assert cruise("remove", PresetID=1).error == (404, "NotFound.CruiseTrackData")
    assert cruise("fly").error == (400, "InvalidParameter.Action")


def test_nothing_moves_after_the_end(dome: Camera, client: Client) -> None:
    command(client, dome, "right", 5)
    client.sandbox.stop()
    stood = dome.pose
    assert not [t for t in threading.enumerate() if t.name.startswith("sandbox-motion")]
    assert dome.pose == stood
