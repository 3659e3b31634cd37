"""Moving, presets and cruises on every platform that documents them, as its sandbox sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.adapters import adapter_at
from tests.services.support import until
from vsconsole.domain.capabilities import Adapter, Inventory, PtzMove, RawCalls
from vsconsole.domain.errors import Unsupported
from vsconsole.domain.model import Ability, Channel, Preset, Status
from vsconsole.net.transport import Transport
from vsconsole.sandbox.server import Sandbox
from vsconsole.sandbox.wire import LogEntry
from vsconsole.services.cruises import CruiseService
from vsconsole.services.presets import PresetService
from vsconsole.services.ptz import PtzService
from vsconsole.store.catalog import Catalog
from vsconsole.work.lanes import Lanes

VENDORS = ("tencent", "linkvisual", "volcengine", "imou")


@pytest.fixture(scope="module")
def clouds() -> Iterator[Sandbox]:
    with Sandbox(seed=1, vendors=list(VENDORS)) as sandbox:
        yield sandbox


Domes = dict[str, tuple[Adapter, Channel]]


@pytest.fixture(scope="module")
def domes(clouds: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Domes]:
    """Each vendor's account, with an online camera of it that moves and has presets."""
    transport = Transport()
    found: Domes = {}
    for vendor in VENDORS:
        adapter = adapter_at(clouds, vendor, transport, cache=tmp_path_factory.mktemp(vendor))
        assert isinstance(adapter, Inventory)
        found[vendor] = (
            adapter,
            next(
                node
                for batch in adapter.nodes()
                for node in batch
                if isinstance(node, Channel)
                and {Ability.PTZ, Ability.PRESETS} <= node.abilities
                and node.status is Status.ONLINE
            ),
        )
    yield found
    for adapter, _dome in found.values():
        adapter.close()
    transport.close()


@dataclass(frozen=True, kw_only=True)
class Bench:
    """The services that steer one camera."""

    clouds: Sandbox
    adapter: Adapter
    dome: Channel
    catalog: Catalog
    ptz: PtzService
    presets: PresetService
    cruises: CruiseService

    @property
    def log(self) -> list[LogEntry]:
        return list(self.clouds.log)

    def clear(self) -> None:
        self.clouds._log.clear()

    def quiet(self) -> None:
        """Waits until every stop was answered."""
        until(lambda: self.ptz._stopping == 0)


@pytest.fixture
def vendor() -> str:
    return "volcengine"


@pytest.fixture
def bench(vendor: str, clouds: Sandbox, domes: Domes, tmp_path: Path) -> Iterator[Bench]:
    adapter, dome = domes[vendor]
    lanes, catalog = Lanes(), Catalog(tmp_path / "catalog.sqlite")
    ptz = PtzService(lambda _account: adapter, lanes)
    made = Bench(
        clouds=clouds,
        adapter=adapter,
        dome=dome,
        catalog=catalog,
        ptz=ptz,
        presets=PresetService(lambda _account: adapter, catalog),
        cruises=CruiseService(lambda _account: adapter, lanes, ptz),
    )
    made.clear()
    yield made
    ptz.close()
    lanes.close()
    catalog.close()


def speed_in(entry: LogEntry) -> float | None:
    """What a call says about speed, wherever the vendor has it."""
    params: Mapping[str, Any] = entry.params
    args = params.get("args", {})
    args = json.loads(args) if isinstance(args, str) else args
    for place, key in ((params, "Speed"), (params, "Para"), (args, "Speed"), (args, "Step")):
        if key in place:
            return float(place[key])
    return None


@pytest.mark.parametrize(
    ("vendor", "move", "slow", "fast"),
    [
        ("tencent", PtzMove.LEFT, 1, 8),
        ("tencent", PtzMove.ZOOM_IN, 1, 8),
        ("volcengine", PtzMove.LEFT, 1, 255),
        ("volcengine", PtzMove.ZOOM_IN, 1, 15),
        ("linkvisual", PtzMove.LEFT, 0, 2),
        ("imou", PtzMove.LEFT, None, None),
    ],
)
def test_lesson_42_speed_is_0_to_1_here_and_the_vendors_own_there(
    bench: Bench,
    move: PtzMove,
    slow: float | None,
    fast: float | None,
) -> None:
    dome = bench.dome
    sent: list[float | None] = []
    for speed in (0.0, 1.0):
        bench.clear()
        bench.ptz.hold(dome, move, speed)
        until(lambda: bool(bench.log))
        bench.ptz.release(dome)
        bench.quiet()
        assert all(entry.status == 200 and entry.code in (0, 200, None) for entry in bench.log)
        sent.append(speed_in(bench.log[0]))
    assert sent == [slow, fast]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_way_there_and_back_is_measured(bench: Bench) -> None:
    dome = bench.dome
    assert bench.ptz.meter.of(dome.key) is None
    bench.ptz.hold(dome, PtzMove.RIGHT, 0.5)
    bench.ptz.release(dome)
    bench.quiet()
    trip = bench.ptz.meter.of(dome.key)
    assert trip is not None
    assert 0 < trip.last < 10
    assert trip.count >= 1


@pytest.mark.parametrize("vendor", VENDORS)
def test_presets_are_renamed_and_ordered_here_where_the_vendor_cannot(bench: Bench) -> None:
    dome = bench.dome
    presets = bench.presets
    for number, name in ((3, "Ramp"), (4, "Gate")):
        presets.store(dome, number, name)
    assert Preset(index=4, name="Gate") in presets.all(dome)
    presets.rename(dome, 4, "大门")
    numbers = [preset.index for preset in presets.all(dome)]
    presets.order(dome, [4, *(number for number in numbers if number != 4)])
    white = bytes([255]) * (320 * 180 * 4)
    presets.keep_picture(dome, 4, white, (320, 180), 320 * 4)
    bench.clear()
    page = presets.page(dome)
    assert page.presets[0] == Preset(index=4, name="大门")
    assert 4 in page.here
    assert page.pictures[4].startswith(b"\xff\xd8\xff")
    assert len(page.pictures[4]) < 6000
    # Stored anew it is another position: the picture and the own name of the one before go.
    presets.store(dome, 4, "Door")
    page = presets.page(dome)
    assert Preset(index=4, name="Door") in page.presets
    assert 4 not in page.pictures
    presets.delete(dome, 4)
    presets.delete(dome, 3)
    assert not {3, 4} & {preset.index for preset in presets.all(dome)}
    assert "Door" not in bench.catalog.ptz.looks(dome.key)


def test_cruises_are_listed_begun_and_ended_before_a_hand_moves(bench: Bench) -> None:
    dome = bench.dome
    for number in (1, 2):
        bench.presets.store(dome, number)
    adapter = bench.adapter
    assert isinstance(adapter, RawCalls)
    track = {
        "StreamID": dome.key.native,
        "TrackID": 3,
        "TrackList": [{"PresetID": 2}, {"PresetID": 1}],
        "StaySeconds": 20,
        "Speed": 5,
    }
    adapter.call("SetCruiseTrack", track)
    cruises = bench.cruises
    assert cruises.offered(dome)
    (found,) = cruises.all(dome)
    assert (found.index, found.presets, found.stay) == (3, (2, 1), 20)
    cruises.start(dome, 3)
    assert cruises.begun(dome.key) == 3
    bench.clear()
    bench.ptz.hold(dome, PtzMove.LEFT)
    bench.ptz.release(dome)
    bench.quiet()
    assert cruises.begun(dome.key) is None
    calls = [(entry.call, entry.params.get("Cmd")) for entry in bench.log]
    assert calls == [
        ("StopCruiseTrack", None),
        ("CloudControl", "left"),
        ("CloudControl", "stop"),
    ]
    cruises.start(dome, 3)
    cruises.stop(dome)
    assert cruises.begun(dome.key) is None


@pytest.mark.parametrize("vendor", ["tencent"])
def test_a_platform_without_cruises_says_so(bench: Bench) -> None:
    dome = bench.dome
    assert not bench.cruises.offered(dome)
    with pytest.raises(Unsupported, match="documents no cruises"):
        bench.cruises.all(dome)


def test_stop_is_sent_although_nothing_is_known_to_move(bench: Bench) -> None:
    """What an earlier run of the program left turning can be stopped."""
    dome = bench.dome
    bench.ptz.stop(dome)
    bench.quiet()
    assert [entry.params["Cmd"] for entry in bench.log] == ["stop"]
