"""What the cameras of the Imou site saw: stable for a seed, and only where there are recordings."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from vsconsole.sandbox.world import Camera, Habit, World, recordings

Package = Literal["aiCloudRecord", "aiInsight"]

PERSON, CAR, PET, PARCEL, RISK = "人", "车", "宠物", "包裹", "AI_RISK"

_SCENES: tuple[tuple[tuple[str, ...], str], ...] = (
    ((PERSON,), "店内多人活动,一戴眼镜白短袖男子在收银台前结账"),
    ((PERSON,), "一名白短袖女子在货架前挑选商品后离开"),
    ((PERSON,), "一名黑色外套男子推门进入,停留片刻后离开"),
    ((PERSON,), "两名顾客在柜台前交谈,其中一人背红色双肩包"),
    ((PERSON,), "一名蓝色围裙店员整理货架并清点商品"),
    ((PERSON, CAR), "一名戴头盔男子骑黑色电动车经过门口"),
    ((CAR,), "一辆白色轿车在门前停靠后驶离"),
    ((CAR, PERSON), "一辆蓝色货车停在后门,两人卸货"),
    ((PET,), "一只橘猫从画面左侧走过"),
    ((PET, PERSON), "一名老人牵着一只白色小狗路过"),
    ((PARCEL, PERSON), "快递员将一个纸箱放在门口后离开"),
    ((PARCEL, PERSON), "一名白短袖男子取走门口的包裹"),
    ((PERSON, RISK), "一名戴帽男子在门口长时间徘徊,请留意"),
    ((PERSON, RISK), "夜间有人翻越围栏进入后院,请尽快查看"),
)
_WHITE_SHIRTS = tuple(scene for scene in _SCENES if "白短袖" in scene[1])

_SURE = {"aiCloudRecord": 8 * 3600 + 2165, "aiInsight": 8 * 3600 + 2525}
"""From here on within five minutes every recorded day has a white shirt, also on event cameras."""

_SURE_WITHIN = 300
_TRIES = {Habit.EVENTS: 60, Habit.WORKING_HOURS: 24, Habit.WHOLE_DAY: 14}
"""Random moments of a day; few of them meet the short clips of an event camera."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """Something seen: from when, how many seconds, its tags, the first of them first, and words."""

    when: int
    seconds: int
    tags: tuple[str, ...]
    summary: str

    @property
    def end(self) -> int:
        """The second after the last."""
        return self.when + self.seconds


def seen_by(world: World, camera: Camera, package: Package, begin: int, end: int) -> list[Seen]:
    """What a camera saw that began in [begin, end) and is over, oldest first."""
    found = []
    for day in range(recordings.day_of(begin), recordings.day_of(end) + 1):
        found += [s for s in _daily(world, camera, package, day) if begin <= s.when < end]
    return found


def _daily(world: World, camera: Camera, package: Package, day: int) -> list[Seen]:
    random = Random(f"{world.seed}/imou/{package}/{camera.number}/{day}")
    first = recordings.day_begin(day)
    tags, summary = random.choice(_WHITE_SHIRTS)
    sure = first + _SURE[package] + random.randrange(_SURE_WITHIN)
    moments = [Seen(when=sure, seconds=random.randint(8, 40), tags=tags, summary=summary)]
    for _ in range(_TRIES[camera.habit]):
        when = first + random.randrange(60, recordings.DAY - 60)
        seconds = random.randint(8, 40)
        tags, summary = random.choice(_SCENES)
        moments.append(Seen(when=when, seconds=seconds, tags=tags, summary=summary))
    ranges = world.cloud_ranges(camera, first, first + recordings.DAY)
    # The minute is recorded from its beginning, as digests name moments by hour and minute.
    held = [
        seen
        for seen in moments
        if any(r.begin <= seen.when - seen.when % 60 and seen.end <= r.end for r in ranges)
    ]
    return sorted({seen.when: seen for seen in held}.values(), key=lambda seen: seen.when)
