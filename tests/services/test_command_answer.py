"""What lines of the command box mean: actions, cameras, times, and what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vsconsole.domain.model import Ability, Channel, Group, Key
from vsconsole.i18n import LANGUAGES, said_in, set_language
from vsconsole.services.command_answer import (
    MOST_CAMERAS,
    Act,
    ActionIndex,
    Answer,
    Context,
    GoTo,
    Show,
    answer,
)
from vsconsole.services.command_line import LONGEST, Manner
from vsconsole.services.commands import KEPT, Commands
from vsconsole.services.search import Hit, SearchIndex
from vsconsole.store.catalog import Catalog

ZONE = "Asia/Shanghai"
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=ZoneInfo(ZONE))
CONTEXT = Context(zone=ZONE, day=None, now=NOW)
ACTIONS = (
    ("toggle-play", "Play or pause"),
    ("normal", "Pause, or normal speed"),
    ("live", "Live"),
    ("playback", "Playback"),
    ("snapshot", "Save a snapshot…"),
    ("layout-4", "4 tiles"),
)


def channel(name: str, native: str, zone: str = ZONE) -> Channel:
    return Channel(
        key=Key("a", native),
        name=name,
        zone=zone,
        abilities=frozenset({Ability.LIVE, Ability.CLOUD_RECORDS}),
    )


CAMERAS = (
    # The 20 in its id is no part of what it is called.
    channel("东门1", "c203"),
    channel("东门2", "c2"),
    channel("东门3", "c3"),
    channel("东门 20", "c4"),
    channel("Gate 1", "g1"),
    channel("Gate 2", "g2"),
    channel("装卸区 Dock", "d1"),
    channel("Hafen", "h1", "Europe/Berlin"),
)


@cache
def actions() -> ActionIndex:
    return ActionIndex.of(ACTIONS)


@cache
def cameras() -> SearchIndex:
    return SearchIndex.of([*CAMERAS, Group(key=Key("a", "grp"), name="东门")])


def find(text: str) -> Sequence[Hit]:
    return cameras().find(text)


def said(line: str, context: Context = CONTEXT) -> Answer:
    return answer(line, context, actions(), find)


def told(line: str, context: Context = CONTEXT) -> list[str]:
    """Each suggestion as short text, its time as the channel's zone shows it."""
    found = []
    for one in said(line, context).suggestions:
        if isinstance(one, Act):
            found.append(one.name)
            continue
        zone = one.zone if isinstance(one, GoTo) else one.channel.zone
        when = f"{one.when.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}" if one.when else ""
        name = "" if isinstance(one, GoTo) else one.channel.name
        manner = one.manner.value if isinstance(one, Show) and one.manner else ""
        found.append(" ".join(part for part in (name, when, manner) if part))
    return found


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("东门3 昨天 14:05", "东门3 11-20 14:05:00"),
        ("东门3昨天14:05", "东门3 11-20 14:05:00"),
        ("昨天14:05东门3", "东门3 11-20 14:05:00"),
        ("东门3 昨天的14:05", "东门3 11-20 14:05:00"),
        ("东门3号 昨天 14:05", "东门3 11-20 14:05:00"),
        ("gate 2 yesterday 2pm", "Gate 2 11-20 14:00:00"),
        ("Gate 2, yesterday at 2 pm", "Gate 2 11-20 14:00:00"),
        ("yesterday 2pm gate 2", "Gate 2 11-20 14:00:00"),
        ("gate 2 2pm", "Gate 2 11-21 14:00:00"),
        ("dongmen3 last monday 9:00", "东门3 11-16 09:00:00"),
        ("dm3 上周一 9点", "东门3 11-09 09:00:00"),
        ("zxq 3 天前 下午两点半", "装卸区 Dock 11-18 14:30:00"),
        ("dock 10 minutes ago", "装卸区 Dock 11-21 14:50:00"),
        ("dock 半小时前", "装卸区 Dock 11-21 14:30:00"),
        ("g1 11-20 08:42:49", "Gate 1 11-20 08:42:49"),
        ("11-20 08:42:49", "11-20 08:42:49"),
        ("last monday 9:00", "11-16 09:00:00"),
        ("上周一 9点", "11-09 09:00:00"),
        ("半小时前", "11-21 14:30:00"),
        # A camera's own zone counts, not that of the tile selected.
        ("hafen yesterday 14:05", "Hafen 11-20 14:05:00"),
        # A figure belongs to a name where a camera is called so.
        ("东门 20 08:42", "东门 20 11-21 08:42:00"),
        ("东门 20", "东门 20"),
        ("gate 2", "Gate 2"),
        ("gate 2 live", "Gate 2 live"),
        ("东门3 实时", "东门3 live"),
        ("东门3 现在", "东门3 live"),
        ("回放 东门3", "东门3 playback"),
        ("live", "live"),
        ("shishi", "live"),
        ("ss", "live"),
        ("pause", "normal"),
        ("Play or pause", "toggle-play"),
        ("bofang", "toggle-play"),
        ("snap", "snapshot"),
        ("4 tiles", "layout-4"),
    ],
)
def test_reads_what_operators_type(line: str, first: str) -> None:
    assert told(line)[0] == first, said(line)
    assert said(line).note == ""


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_action_is_found_by_its_words_in_every_language(code: str) -> None:
    for spoken in LANGUAGES:
        set_language(spoken)
        for name, text in ACTIONS:
            assert told(said_in(code, text).rstrip("…"))[0] == name


def test_a_line_with_two_meanings_offers_both_the_name_first() -> None:
    assert told("东门 20 08:42")[:2] == ["东门 20 11-21 08:42:00", "东门1 11-20 08:42:00"]


def test_what_happened_twice_is_offered_twice() -> None:
    autumn = Context(zone="Europe/Berlin", day=None, now=datetime(2026, 11, 1, tzinfo=UTC))
    answered = said("hafen 10-25 2:30", autumn).suggestions
    assert [one.again for one in answered if isinstance(one, Show)] == [False, True]
    first, second = (one.when for one in answered if isinstance(one, Show))
    assert first is not None
    assert second is not None
    assert (second - first).total_seconds() == 3600
    alone = said("10-25 2:30", autumn).suggestions
    assert [one.again for one in alone if isinstance(one, GoTo)] == [False, True]


@pytest.mark.parametrize(
    ("line", "part", "nearest"),
    [
        ("东门3 25:00", "25:00", "东门3"),
        ("25:00", "25:00", None),
        ("东门3 明天 8:00", "明天 8:00", "东门3"),
        ("16:00", "16:00", "11-20 16:00:00"),
        ("东门1 16:00", "16:00", "东门1 11-20 16:00:00"),
        ("dongnen 昨天 14:05", "dongnen", "东门1 11-20 14:05:00"),
        ("东门3 昨天 14:05 foo", "foo", "东门3 11-20 14:05:00"),
        ("gate 9 foo", "9 foo", "Gate 1"),
        ("gate 2 foo", "foo", "Gate 2"),
        ("东门9", "东门9", "东门1"),
        ("snapshut", "snapshut", "snapshot"),
        ("wibble", "wibble", None),
        ("wibble yesterday 14:05", "wibble", "11-20 14:05:00"),
    ],
)
def test_says_which_part_it_cannot_read_and_offers_the_nearest(
    line: str, part: str, nearest: str | None
) -> None:
    assert part in said(line).note
    if nearest is None:
        assert told(line) == []
    else:
        assert nearest in told(line)


def test_a_time_that_clocks_skip_leads_to_the_hour_after_it() -> None:
    spring = Context(zone="Europe/Berlin", day=None, now=datetime(2026, 4, 1, tzinfo=UTC))
    assert "02:30:00" in said("3-29 2:30", spring).note
    assert told("3-29 2:30", spring) == ["03-29 03:30:00"]


def test_groups_are_no_cameras_and_the_list_is_short() -> None:
    many = SearchIndex.of([channel(f"门 {i}", f"n{i}") for i in range(500)])
    found = answer("门", CONTEXT, actions(), many.find).suggestions
    assert len([one for one in found if isinstance(one, Show)]) == MOST_CAMERAS
    assert all(
        one.channel.name != "东门" for one in said("东门").suggestions if isinstance(one, Show)
    )


@settings(deadline=None, max_examples=120)
@given(
    st.text(max_size=2 * LONGEST)
    | st.lists(
        st.sampled_from(
            ["东门3", "gate", "2", "昨天", "14:05", "last", "monday", "2pm", "前", "天", ""]
        ),
        max_size=12,
    ).map(" ".join)
)
def test_every_line_has_an_answer(line: str) -> None:
    found = said(line)
    assert found.suggestions or found.note or not line.strip()
    for one in found.suggestions:
        assert isinstance(one, Act) or one.when is None or one.when <= NOW


def test_commands_done_before_come_back_as_they_would_be_done_now(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.sqlite")
    by_key = {camera.key: camera for camera in CAMERAS}
    commands = Commands(catalog, find, by_key.__getitem__, ACTIONS)
    ago = commands.answer("gate 2 10 min ago", CONTEXT).suggestions[0]
    for done in (Act(name="live"), ago, said("东门3 live").suggestions[0]):
        commands.remember(done)
    commands.remember(ago)
    later = Context(zone=ZONE, day=date(2026, 1, 1), now=datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    fresh = Commands(catalog, find, by_key.__getitem__, ACTIONS)
    again = fresh.answer("  ", later).suggestions
    assert again[0] == Show(
        channel=CAMERAS[5], when=datetime(2026, 11, 21, 8, 50, tzinfo=UTC), time="10 min ago"
    )
    assert again[1:] == (Show(channel=CAMERAS[2], manner=Manner.LIVE), Act(name="live"))
    # What is gone, and what another version wrote, is left out.
    kept = catalog.state("commands")
    odd = [{"action": "no-such"}, {"channel": 7}, {"time": "25:00"}, {}, "x", {"channel": "a/none"}]
    catalog.set_state("commands", [*odd[:5], *kept])
    assert fresh.recent(later) == again
    for number in range(2 * KEPT):
        commands.remember(GoTo(when=NOW, zone=ZONE, time=f"{number % 24}:{number:02}"))
    assert len(catalog.state("commands")) == KEPT
    catalog.close()
