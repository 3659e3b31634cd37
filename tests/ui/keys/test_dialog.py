"""The dialog of keys at a desk: recorded, taken, reset, kept, in every window at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton

from tests.e2e.support import Stand
from tests.ui.desk.support import Hands
from tests.ui.wall.support import HandEngine
from vsconsole.demo import hands
from vsconsole.ui.console.window import ConsoleWindow
from vsconsole.ui.keys.dialog import KeysDialog
from vsconsole.ui.timeline.transport import Control

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def opened(stand: Stand) -> KeysDialog:
    """What the question mark shows, pressed with the focus on a tile."""
    stand.tile.setFocus()
    # The layout has made a question mark of it: Shift is used up.
    hands.key(stand.tile, Qt.Key.Key_Question)
    dialog = stand.desk.keys.dialog
    assert dialog is not None
    stand.wait(dialog.isActiveWindow, 3)
    return dialog


def record(dialog: KeysDialog, key: Qt.Key, keys: Qt.KeyboardModifier = CTRL) -> None:
    """Presses the button that records, then a key."""
    hands.click(dialog.editor.record)
    dialog.editor.record.setFocus()
    assert dialog.editor.record.waiting
    hands.key(dialog.editor.record, key, keys)
    assert not dialog.editor.record.waiting


def keys_of(stand: Stand, name: str) -> str:
    return stand.desk.window.actions_.keys_of(name)


def test_recorded_keys_work_at_once_and_hints_follow(hand: Hands) -> None:
    stand = hand.stand
    window = stand.desk.window
    dialog = opened(stand)
    dialog.choose("toggle-play")
    assert [b.text() for b in dialog.editor.keys] == ["Space"]
    record(dialog, Qt.Key.Key_J, CTRL | SHIFT)
    assert keys_of(stand, "toggle-play") == "Space, Ctrl+Shift+J"
    assert [b.text() for b in dialog.editor.keys] == ["Space", "Ctrl+Shift+J"]
    hands.click(dialog.editor.keys[0])
    assert keys_of(stand, "toggle-play") == "Ctrl+Shift+J"
    assert "Ctrl+Shift+J" in window.transport.buttons[Control.PLAY].toolTip()
    dialog.choose("search")
    record(dialog, Qt.Key.Key_U)
    assert "Ctrl+U" in window.tree.search.toolTip()
    hands.click(dialog.close_button)
    window.activateWindow()
    stand.wait(window.isActiveWindow, 3)
    triggered: list[str] = []
    window.actions_["toggle-play"].triggered.connect(lambda: triggered.append("play"))
    for widget in (window.tree.view, stand.tile):
        widget.setFocus()
        hands.key(widget, Qt.Key.Key_Space)
        hands.key(widget, Qt.Key.Key_J, CTRL | SHIFT)
    assert triggered == ["play", "play"]


def test_a_clash_is_shown_beside_the_field_and_can_be_taken(hand: Hands) -> None:
    stand = hand.stand
    dialog = opened(stand)
    dialog.choose("mute")
    record(dialog, Qt.Key.Key_K)
    editor = dialog.editor
    assert "Ctrl+K is “Camera, time or action…” already." in editor.problem.text()
    assert keys_of(stand, "mute") == "M"
    assert editor.take.isVisible()
    assert editor.take.hasFocus()
    hands.key(editor.take, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier)
    assert keys_of(stand, "mute") == "M, Ctrl+K"
    assert keys_of(stand, "command") == ""
    assert not editor.take.isVisible()
    # Given back, the other loses it.
    dialog.choose("command")
    hands.click(editor.default)
    assert keys_of(stand, "command") == "Ctrl+K"
    assert keys_of(stand, "mute") == "M"


def test_keys_of_the_system_and_of_the_desk_itself_are_refused_by_name(hand: Hands) -> None:
    stand = hand.stand
    dialog = opened(stand)
    dialog.choose("mute")
    record(dialog, Qt.Key.Key_F4, Qt.KeyboardModifier.AltModifier)
    assert "system" in dialog.editor.problem.text()
    record(dialog, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert "next control" in dialog.editor.problem.text()
    record(dialog, Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier)
    assert "already" in dialog.editor.problem.text()
    record(dialog, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    # Escape called the recording off, and the dialog is still there.
    assert dialog.isVisible()
    assert keys_of(stand, "mute") == "M"


def test_choices_survive_a_language_and_a_restart_and_can_all_be_reset(
    hand: Hands, tmp_path: Path
) -> None:
    stand = hand.stand
    dialog = opened(stand)
    dialog.choose("mute")
    record(dialog, Qt.Key.Key_U)
    hands.click(dialog.close_button)
    stand.speak("zh_CN")
    assert keys_of(stand, "mute") == "M, Ctrl+U"
    assert "Ctrl+U" in stand.desk.window.actions_["mute"].toolTip()
    stand.wait(lambda: bool(stand.program.services.catalog.state("keys")), 5)
    stand.speak("en")
    stand.quit()
    with Stand.open(tmp_path, stand.sandbox, engine=HandEngine()) as again:
        again.wait(lambda: keys_of(again, "mute") == "M, Ctrl+U", 5)
        dialog = opened(again)
        hands.click(dialog.reset_all)
        box = dialog.findChild(QMessageBox)
        assert box is not None
        agree = box.findChild(QPushButton, "agree")
        assert agree is not None
        hands.click(agree)
        again.wait(lambda: keys_of(again, "mute") == "M", 3)
        assert not dialog.reset_all.isEnabled()
        again.wait(lambda: not again.program.services.catalog.state("keys"), 5)


def test_every_window_follows(hand: Hands) -> None:
    stand = hand.stand
    stand.press("console")
    console = stand.desk.console.console
    assert isinstance(console, ConsoleWindow)
    stand.desk.keys.choose({"console-search": ("Ctrl+J",), "search": ("Ctrl+J",)})
    assert console.actions_["console-search"].shortcuts() == [QKeySequence("Ctrl+J")]
    assert "Ctrl+J" in console.calls.search.toolTip()
    assert "Ctrl+J" in stand.desk.window.tree.search.toolTip()
    console.activateWindow()
    stand.wait(console.isActiveWindow, 3)
    console.send_button.setFocus()
    hands.key(console.send_button, Qt.Key.Key_J, CTRL)
    assert console.calls.search.hasFocus()


def test_the_list_is_searched_by_words_and_by_keys(hand: Hands) -> None:
    dialog = opened(hand.stand)
    hands.write(dialog.search, "recording")
    assert set(dialog.visible_names()) == {"previous", "next"}
    hands.write(dialog.search, "ctrl+g")
    assert dialog.visible_names() == ["goto"]
    hands.write(dialog.search, "k")
    assert "normal" in dialog.visible_names()
    assert "command" in dialog.visible_names()
    hands.write(dialog.search, "nothing of the kind")
    assert dialog.visible_names() == []


@pytest.mark.parametrize("kind", ["json", "text"])
def test_keys_go_to_a_file_and_come_back(hand: Hands, tmp_path: Path, kind: str) -> None:
    stand = hand.stand
    stand.desk.keys.choose({"mute": ("Ctrl+U",), "live": ()})
    dialog = opened(stand)
    target = tmp_path / f"mine.{kind}"
    menu = dialog.more.menu()
    menu.actions()[3 if kind == "json" else 1].trigger()
    _choose(stand, target)
    stand.wait(target.exists, 5)
    stand.wait(lambda: str(target) in dialog.note.text(), 5)
    if kind == "text":
        assert "Ctrl+U" in target.read_text(encoding="utf-8")
        menu.actions()[0].trigger()
        assert QGuiApplication.clipboard().text() == target.read_text(encoding="utf-8")
        return
    stand.desk.keys.choose({})
    values = json.loads(target.read_text(encoding="utf-8"))
    values["keys"]["mute"] = ["Ctrl+U", "Alt+F4"]
    target.write_text(json.dumps(values), encoding="utf-8")
    menu.actions()[4].trigger()
    _choose(stand, target)
    stand.wait(lambda: keys_of(stand, "mute") == "Ctrl+U", 5)
    assert keys_of(stand, "live") == ""
    assert "Alt+F4" in dialog.note.text()
    target.write_text("[]", encoding="utf-8")
    menu.actions()[4].trigger()
    _choose(stand, target)
    stand.wait(lambda: "no file of keys" in dialog.note.text(), 5)
    assert keys_of(stand, "mute") == "Ctrl+U"


def _choose(stand: Stand, target: Path) -> None:
    """Chooses a file as the dialog does; its field and buttons are Qt's own."""

    def there() -> list[QFileDialog]:
        dialog = stand.desk.keys.dialog
        assert dialog is not None
        return [one for one in dialog.findChildren(QFileDialog) if one.isVisible()]

    stand.wait(lambda: bool(there()), 5)
    dialog = there()[0]
    dialog.fileSelected.emit(str(target))
    dialog.reject()
