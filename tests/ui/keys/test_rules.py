"""What keys may be, whose they are, and what becomes of choices."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import LANGUAGES, set_language
from vsconsole.services.keys import from_json, to_json
from vsconsole.ui.actions import ENTRIES
from vsconsole.ui.keys import rules, text

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.mark.parametrize(
    ("key", "modifiers", "typed", "kept"),
    [
        (Qt.Key.Key_B, NONE, "b", "B"),
        (Qt.Key.Key_B, SHIFT, "B", "Shift+B"),
        (Qt.Key.Key_B, CTRL | SHIFT, "\x02", "Ctrl+Shift+B"),
        # Shift is part of what the layout makes a question mark of.
        (Qt.Key.Key_Question, SHIFT, "?", "?"),
        (Qt.Key.Key_Slash, NONE, "/", "/"),
        (Qt.Key.Key_Plus, KEYPAD, "+", "+"),
        (Qt.Key.Key_Left, SHIFT, "", "Shift+Left"),
        (Qt.Key.Key_F5, CTRL, "", "Ctrl+F5"),
        (Qt.Key.Key_Backtab, SHIFT, "", "Shift+Tab"),
        (Qt.Key.Key_Space, NONE, " ", "Space"),
        (Qt.Key.Key_MediaPlay, NONE, "", "Media Play"),
        (Qt.Key.Key_Control, CTRL, "", ""),
        (Qt.Key.Key_Shift, SHIFT, "", ""),
    ],
)
def test_a_pressed_key_is_kept_as_it_will_come_again(
    key: Qt.Key, modifiers: Qt.KeyboardModifier, typed: str, kept: str
) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, typed)
    assert rules.pressed(event) == kept
    assert not kept or rules.plain(kept) == kept


@pytest.mark.parametrize("key", ["", "Ctrl+", "Shift", "Ctrl+K, Ctrl+B", "no key at all"])
def test_what_is_no_single_key_is_none(key: str) -> None:
    assert rules.plain(key) == ""


@pytest.mark.parametrize(
    ("key", "platform", "word"),
    [
        ("Esc", "linux", "level up"),
        ("Tab", "linux", "next control"),
        ("Return", "win32", "focus"),
        ("Down", "linux", "lists"),
        ("7", "linux", "numbers"),
        ("Alt+F4", "linux", "system"),
        ("Ctrl+Alt+F3", "linux", "system"),
        ("Ctrl+Alt+Del", "win32", "system"),
        ("Meta+L", "win32", "system"),
        ("Meta+D", "freebsd14", "system"),
        ("Ctrl+Space", "darwin", "system"),
    ],
)
def test_reserved_keys_are_named(key: str, platform: str, word: str) -> None:
    assert word in rules.reserved(rules.plain(key), platform)


@pytest.mark.parametrize(
    ("key", "platform"),
    [("Ctrl+K", "linux"), ("Meta+Tab", "darwin"), ("F", "win32"), ("?", "linux")],
)
def test_other_keys_are_free(key: str, platform: str) -> None:
    assert rules.reserved(key, platform) == ""


def test_taking_a_key_takes_it_from_the_other_and_reset_brings_it_back() -> None:
    taken = rules.with_key({}, "mute", "K")
    assert taken == {"mute": ("M", "K"), "normal": ()}
    assert rules.owners("K", rules.present(taken), "desk") == ("mute",)
    less = rules.without_key(taken, "mute", "M")
    assert less == {"mute": ("K",), "normal": ()}
    assert rules.reset(less, "normal") == {"mute": ()}
    assert rules.reset(rules.reset(less, "normal"), "mute") == {}
    # The console is another window: its Ctrl+F is its own.
    assert "search" not in rules.with_key({}, "console-copy", "Ctrl+K")
    assert rules.owners("Ctrl+F", {}, "console") == ("console-search",)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["add", "remove", "reset"]),
            st.sampled_from([entry.name for entry in ENTRIES]),
            st.sampled_from(["Space", "K", "Ctrl+K", "F9", "Ctrl+F", "?", "Left"]),
        ),
        max_size=12,
    )
)
def test_whatever_is_changed_no_key_does_two_things(steps: list[tuple[str, str, str]]) -> None:
    keys: rules.Keys = {}
    for step, name, key in steps:
        if step == "add":
            keys = rules.with_key(rules.without_key(keys, name, key), name, key)
            assert key in rules.present(keys)[name]
        elif step == "remove":
            keys = rules.without_key(keys, name, key)
        else:
            keys = rules.reset(keys, name)
            assert rules.present(keys)[name] == rules.entry(name).keys
        assert rules.clashes(keys) == []
    assert rules.usable(from_json(to_json(rules.present(keys)))) == (rules.changed_only(keys), [])


def test_a_file_is_taken_as_far_as_it_can_be_and_the_rest_is_told() -> None:
    chosen, told = rules.usable(
        {"mute": ("K", "Esc", "blah blah"), "gone": ("F9",), "live": ("K",), "keys": ()}
    )
    assert chosen == {"mute": ("K",), "normal": (), "live": (), "keys": ()}
    words = "\n".join(told)
    for part in ("“gone”", "Esc", "blah", "K stays with “Sound on or off”"):
        assert part in words
    assert rules.clashes(chosen) == []


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"vsconsole-keys": 2, "keys": {}}', '{"vsconsole-keys": 1}',
     '{"vsconsole-keys": 1, "keys": {"a": "K"}}', '{"vsconsole-keys": 1, "keys": [1]}', "\x00"],
)  # fmt: skip
def test_another_file_is_refused_with_what_to_do(content: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        from_json(content)
    assert caught.value.remedy


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_printed_list_has_every_key(code: str) -> None:
    set_language(code)
    printed = text.as_text({"mute": ("Ctrl+Shift+U",)})
    assert "Ctrl+Shift+U" in printed
    for entry in ENTRIES:
        for key in entry.keys if entry.name != "mute" else ():
            native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
            assert f" {native}" in printed
    assert all(len(line) < 120 for line in printed.splitlines())
