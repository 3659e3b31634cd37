"""The world: the same for a seed, recordings with gaps, and changes that really happen."""

import threading
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vsconsole.sandbox.world import Camera, Pose, Range, Retrieval, World, build, core, recordings
from vsconsole.sandbox.world.control import COMMANDS, step

WORLD = World(7)
CAMERAS = list(WORLD.cameras.values())
FIRST = CAMERAS[0]


def day_span(age: int) -> tuple[int, int]:
    begin = recordings.day_begin(WORLD.first_day - age)
    return begin, begin + recordings.DAY


def test_same_seed_same_world() -> None:
    one, two = World(3), World(3)
    assert list(one.cameras) == list(two.cameras)
    assert [d.name for d in one.devices.values()] == [d.name for d in two.devices.values()]
    begin, end = day_span(5)
    for a, b in zip(one.cameras.values(), two.cameras.values(), strict=True):
        assert one.cloud_ranges(a, begin, end) == two.cloud_ranges(b, begin, end)
        assert one.device_ranges(a, begin, end) == two.device_ranges(b, begin, end)


def test_other_seed_other_ids_and_gaps() -> None:
    other = World(8)
    assert not set(other.cameras) & set(WORLD.cameras)
    begin, end = day_span(1)
    mine = [WORLD.device_ranges(c, begin, end) for c in CAMERAS]
    assert mine != [other.device_ranges(c, begin, end) for c in other.cameras.values()]


def test_one_of_everything() -> None:
    pictures = {c.picture for c in CAMERAS}
    assert {p.codec for p in pictures} == {"h264", "h265"}
    assert {p.audio for p in pictures} == {"aac", "g711a", "g711u", None}
    assert {(p.codec, p.clock) for p in pictures} == {
        (codec, clock) for codec in ("h264", "h265") for clock in ("continues", "jumps", "restarts")
    }
    assert {p.flv_hevc for p in pictures if p.codec == "h265"} == {"id12", "enhanced"}
    devices = list(WORLD.devices.values())
    assert {d.status for d in devices} == {"online", "offline", "disabled", "unregistered"}
    assert {d.access for d in devices} == {"gb", "rtmp", "gateway"}
    assert any(d.kind == "nvr" and len(d.cameras) == 8 for d in devices)
    assert {c.ptz for c in CAMERAS} == {True, False}
    assert any(not c.online and WORLD.device_of(c).online for c in CAMERAS)
    assert len(WORLD.groups) >= 3
    assert max(WORLD.level(g) for g in WORLD.groups) >= 3


def test_numbers_are_stable_and_unique() -> None:
    assert [c.number for c in CAMERAS[:8]] == list(range(1, 9))
    assert len({c.number for c in CAMERAS}) == len(CAMERAS)


@pytest.mark.parametrize("count", [1, 5, 40, 10_000])
def test_as_many_cameras_as_asked(count: int) -> None:
    world = World(1, count)
    assert len(world.cameras) == count
    assert len({c.number for c in world.cameras.values()}) == count
    last = list(world.cameras.values())[-1]
    begin, end = day_span(1)
    assert world.cloud_ranges(last, begin, end)


@pytest.mark.parametrize("camera", CAMERAS[:8], ids=lambda c: c.name)
def test_month_has_gaps_each_day_and_empty_days(camera: Camera) -> None:
    empty = {"cloud": 0, "device": 0}
    for age in range(1, 31):
        begin, end = day_span(age)
        for store, found in (
            ("cloud", WORLD.cloud_ranges(camera, begin, end)),
            ("device", WORLD.device_ranges(camera, begin, end)),
        ):
            if not found:
                empty[store] += 1
                continue
            assert found[0].begin >= begin
            assert found[-1].end <= end
            assert all(a.end < b.begin for a, b in pairwise(found))
            assert sum(r.end - r.begin for r in found) < recordings.DAY
            ask = begin + 8 * 3600 + 42 * 60 + 49
            assert any(r.begin <= ask < r.end for r in found)
    assert 0 < empty["cloud"] < 15
    assert 0 < empty["device"] < 15


def test_recent_days_are_never_empty() -> None:
    for camera in CAMERAS[:8]:
        for age in (1, 2):
            assert WORLD.cloud_ranges(camera, *day_span(age))
            assert WORLD.device_ranges(camera, *day_span(age))


def test_cloud_gap_that_the_device_has_not() -> None:
    begin, _ = day_span(1)
    noon = begin + 12 * 3600
    assert WORLD.cloud_ranges(FIRST, noon, noon + 1800) == []
    assert WORLD.device_ranges(FIRST, noon, noon + 1800) == [Range(noon, noon + 1800, "continuous")]


def test_today_grows_until_now() -> None:
    world = World(7)
    camera = next(iter(world.cameras.values()))
    begin = recordings.day_begin(world.first_day)
    # Half past eight to nine is always recorded: stand in the middle of it.
    world.ahead = begin + 8 * 3600 + 2700 - world.now()
    last = world.cloud_ranges(camera, begin, begin + recordings.DAY)[-1]
    assert abs(last.end - world.now()) < 5
    world.ahead += 60
    later = world.cloud_ranges(camera, begin, begin + recordings.DAY)[-1]
    assert later.begin == last.begin
    assert 55 < later.end - last.end < 65


def test_nothing_before_the_plans_and_after_now() -> None:
    now = int(WORLD.now())
    assert WORLD.cloud_ranges(FIRST, 0, now - 80 * recordings.DAY) == []
    assert WORLD.cloud_ranges(FIRST, now + 10, now + 1000) == []
    assert WORLD.device_ranges(FIRST, 0, now - 50 * recordings.DAY) == []


@settings(max_examples=60, deadline=None)
@example(camera=next(one for one in CAMERAS if one.number == 20), begin=32_400, length=1)
@given(
    camera=st.sampled_from(CAMERAS),
    begin=st.integers(0, 40 * recordings.DAY),
    length=st.integers(1, 3 * recordings.DAY),
)
def test_a_part_of_the_answer_is_the_answer_for_the_part(
    camera: Camera, begin: int, length: int
) -> None:
    start = recordings.day_begin(WORLD.first_day - 41) + begin
    end = min(start + length, WORLD.born)
    for ranges in (WORLD.cloud_ranges, WORLD.device_ranges):
        whole = ranges(camera, start - recordings.DAY, end + recordings.DAY)
        part = ranges(camera, start, end)
        # The newest range of the whole may have grown meanwhile; the part ends before.
        assert part == list(recordings.intersect(whole, start, end))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 20), st.sampled_from(["a", "b"])), max_size=12
    )
)
def test_merged_covers_the_same_seconds_once(rows: list[tuple[int, int, str]]) -> None:
    ranges = [Range(b, b + n, k) for b, n, k in rows]
    merged = recordings.merged(ranges)
    seconds = [s for r in merged for s in range(r.begin, r.end)]
    assert seconds == sorted({s for r in ranges for s in range(r.begin, r.end)})


def test_leaving_a_plan_stops_recording_and_keeps_what_was() -> None:
    world = World(7)
    camera = next(iter(world.cameras.values()))
    begin = recordings.day_begin(world.first_day)
    world.ahead = begin + 8 * 3600 + 2400 - world.now()
    plan = world.plans.plan_of(camera, "live")
    assert plan is not None
    before = world.cloud_ranges(camera, begin, begin + recordings.DAY)
    world.plans.withdraw(plan, camera)
    world.ahead += 300
    after = world.cloud_ranges(camera, begin, begin + recordings.DAY)
    assert after[-1].end - before[-1].end < 10
    world.plans.enrol(plan, camera)
    world.ahead += 60
    again = world.cloud_ranges(camera, begin, begin + recordings.DAY)
    assert 50 < again[-1].end - again[-1].begin < 70


def test_backup_brings_device_recordings_to_the_cloud() -> None:
    backed = next(c for c in CAMERAS if c.backup_coverage)
    kinds = set()
    for age in range(3, 20):
        kinds |= {r.kind for r in WORLD.cloud_ranges(backed, *day_span(age))}
    assert "backup" in kinds


def test_old_recordings_are_cold_until_retrieved() -> None:
    world = World(7)
    camera = next(iter(world.cameras.values()))
    begin = recordings.day_begin(world.first_day - build.HOT_DAYS - 8)
    assert not world.is_cold(camera, *day_span(10))
    assert world.is_cold(camera, begin, begin + 3600)
    task = Retrieval(
        id="t",
        name="t",
        begin=begin,
        end=begin + 7200,
        days=2,
        cameras=(camera.id,),
        created=world.now(),
    )
    world.retrievals[task.id] = task
    assert world.retrieval_state(task) == "waiting"
    assert world.is_cold(camera, begin, begin + 3600)
    world.ahead += core.RETRIEVAL_WAIT
    assert world.retrieval_state(task) == "running"
    world.ahead += core.RETRIEVAL_WORK
    assert world.retrieval_state(task) == "done"
    assert not world.is_cold(camera, begin, begin + 3600)
    assert world.is_cold(camera, begin, begin + 7201)
    world.ahead += 2 * recordings.DAY
    assert world.is_cold(camera, begin, begin + 3600)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_ptz_command_moves_something(command: str) -> None:
    middle = Pose(zoom=3.0)
    assert step(middle, command, 4) != middle
    small, large = step(middle, command, 1), step(middle, command, 8)
    assert small != large


def test_ptz_stays_within_its_limits() -> None:
    pose = Pose()
    for command in COMMANDS:
        for _ in range(400):
            pose = step(pose, command, 8)
            assert -180 <= pose.pan <= 180
            assert -40 <= pose.tilt <= 40
            assert 1 <= pose.zoom <= 20
            assert -1 <= pose.focus <= 1
            assert -1 <= pose.iris <= 1
    with pytest.raises(KeyError):
        step(pose, "stop", 1)


def test_sightings_are_stable_and_inside_recordings() -> None:
    world = World(7)
    task = next(t for t in world.analysis.tasks.values() if t.on)
    camera = world.cameras[task.cameras[0]]
    begin, end = day_span(3)
    first = world.analysis.sightings(task, camera, begin, end, {"Body", "Car"})
    assert first == world.analysis.sightings(task, camera, begin, end, {"Body", "Car"})
    assert first
    assert first == sorted(first, key=lambda s: -s.when)
    ranges = world.cloud_ranges(camera, begin, end)
    assert all(any(r.begin <= s.when < r.end for r in ranges) for s in first)
    assert {s.kind for s in first} == {"Body", "Car"}
    only = world.analysis.sightings(task, camera, begin, end, {"Car"})
    assert [s for s in first if s.kind == "Car"] == only


def test_removing_a_device_takes_its_cameras_everywhere() -> None:
    world = World(7)
    task = next(t for t in world.analysis.tasks.values() if t.on)
    camera = world.cameras[task.cameras[0]]
    world.remove_device(world.device_of(camera))
    assert camera.id not in world.cameras
    assert camera.id not in task.cameras
    assert camera.id not in world.plans.planned("live")


def test_threads_share_one_world() -> None:
    world = World(7)
    group = next(iter(world.groups))
    cluster = next(iter(world.clusters))

    def add() -> None:
        for _ in range(50):
            device = world.add_device(
                name="x", kind="ipc", access="rtmp", group_id=group, cluster_id=cluster
            )
            world.cloud_ranges(device.cameras[0], *day_span(1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    count = len(world.devices)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(world.devices) == count + 200
    assert len({c.number for c in world.cameras.values()}) == len(world.cameras)
