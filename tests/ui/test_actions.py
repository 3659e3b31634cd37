"""Every action has its words, its icon and keys of its own, whatever was chosen."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from vsconsole import paths
from vsconsole.i18n import LANGUAGES, set_language
from vsconsole.ui.actions import ENTRIES, Actions, keys_text
from vsconsole.ui.keys import rules, text

# The list of the specification: every one of these keys does something by default.
KEYS = (
    "Space", "J", "K", "L", "Left", "Right", "Shift+Left", "Shift+Right", "Ctrl+Left", "Ctrl+Right",
    ",", ".", "Z", "X", "I", "O", "N", "M", "S", "F11", "Ctrl+1", "Ctrl+2", "Ctrl+F", "Ctrl+G",
    "Ctrl+K", "?",
)  # fmt: skip


def test_no_two_actions_share_a_name() -> None:
    assert max(Counter(entry.name for entry in ENTRIES).values()) == 1


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_actions_of_a_context_share_a_default_key(code: str) -> None:
    set_language(code)
    assert rules.clashes({}) == []
    for entry in ENTRIES:
        for key in entry.keys:
            assert rules.plain(key), f"{entry.name}: {key} is no single key"
        assert len({rules.plain(key) for key in entry.keys}) == len(entry.keys)


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_menu_entries_share_a_letter_that_opens_them(code: str) -> None:
    """An ampersand in a text would be a key of its own, another in each language."""
    set_language(code)
    assert [e.name for e in ENTRIES if "&" in e.text] == []
    for _title, rows in text.groups({}):
        assert [words for _name, words, _keys in rows if "&" in words] == []


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_no_default_key_belongs_to_the_system_or_the_desk(platform: str) -> None:
    # On a Mac these are with the other Ctrl, as the table says.
    other = {"next-tile", "previous-tile", "left-panel", "right-panel", "bottom-panel"}
    taken = {
        f"{entry.name}: {key}": why
        for entry in ENTRIES
        for key in entry.keys
        if (why := rules.reserved(rules.plain(key), platform))
        and not (platform == "darwin" and entry.name in other)
    }
    assert taken == {}


def test_every_key_of_the_specification_does_something() -> None:
    default = {rules.plain(key) for entry in ENTRIES for key in entry.keys}
    assert [key for key in KEYS if rules.plain(key) not in default] == []


def test_every_icon_is_there() -> None:
    folder = paths.resources() / "icons"
    missing = [e.name for e in ENTRIES if e.icon and not (folder / f"{e.icon}.svg").is_file()]
    assert missing == []


def test_every_entry_becomes_an_action_with_a_tool_tip_that_names_its_keys(qtbot: QtBot) -> None:
    for context in {entry.context for entry in ENTRIES}:
        window = QMainWindow()
        qtbot.addWidget(window)
        actions = Actions(window, context)
        for entry in ENTRIES:
            if entry.context == context:
                action = actions[entry.name]
                assert action.text()
                assert len(action.shortcuts()) == len(entry.keys)
                assert all(keys_text([key]) in action.toolTip() for key in entry.keys)


def test_chosen_keys_take_the_place_of_the_default_ones(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    told: list[str] = []
    actions.changed.connect(lambda: told.append(actions.keys_of("mute")))
    actions.use({"mute": ("Ctrl+M", "Pause"), "live": ()})
    assert told == ["Ctrl+M, Pause"]
    assert actions["mute"].shortcuts() == [QKeySequence("Ctrl+M"), QKeySequence("Pause")]
    assert actions["mute"].toolTip() == "Sound on or off (Ctrl+M, Pause)"
    assert actions["live"].toolTip() == "Live"
    actions.use({})
    assert actions.keys_of("mute") == "M"


def test_a_held_key_repeats_only_what_goes_on_step_by_step(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    assert actions["on-5"].autoRepeat()
    assert actions["frame-back"].autoRepeat()
    assert not actions["toggle-play"].autoRepeat()
    assert not actions["clear-tile"].autoRepeat()
