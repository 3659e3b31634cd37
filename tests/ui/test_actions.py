"""Every action has its words, its icon and keys of its own."""

from __future__ import annotations

from collections import Counter

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from vsconsole import paths
from vsconsole.ui.actions import ENTRIES, Actions, key_list


def test_no_two_actions_share_a_name_or_a_key() -> None:
    assert max(Counter(entry.name for entry in ENTRIES).values()) == 1
    keys = Counter(QKeySequence(key).toString() for entry in ENTRIES for key in entry.keys)
    assert "" not in keys
    assert [key for key, times in keys.items() if times > 1] == []


def test_every_icon_is_there() -> None:
    folder = paths.resources() / "icons"
    missing = [e.name for e in ENTRIES if e.icon and not (folder / f"{e.icon}.svg").is_file()]
    assert missing == []


def test_every_entry_becomes_an_action_with_a_tool_tip_that_names_its_keys(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    actions = Actions(window)
    for entry in ENTRIES:
        action = actions[entry.name]
        assert action.text()
        assert len(action.shortcuts()) == len(entry.keys)
        assert all(key in action.toolTip() for key in entry.keys)


def test_the_list_of_keys_has_them_all() -> None:
    listed = {text for _group, text, _keys in key_list()}
    assert len(key_list()) == sum(bool(entry.keys) for entry in ENTRIES)
    assert "Play or pause" in listed
    assert all(group for group, _text, _keys in key_list())
