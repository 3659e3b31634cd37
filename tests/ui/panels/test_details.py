"""What is known of a camera can be read and copied; secrets cannot."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from vsconsole.domain.model import Ability, Channel, Device, DeviceKind, Group, Key, Status, now
from vsconsole.ui.panels.details import DetailsPanel, ability_word, facts

RAW = {
    "Name": "Dock",
    "Password": "hunter2",
    "SecretId": "AKID1",
    "Empty": {"Token": ""},
    "List": [{"SecretKey": "s3cret"}, "rtsp://user:pw@cam.example/live?token=abc&x=1"],
}


def test_a_camera_in_words(qtbot: QtBot) -> None:
    panel = DetailsPanel()
    qtbot.addWidget(panel)
    panel.resize(280, 500)
    camera = Channel(
        key=Key("a", "c1"),
        name="<b>Dock</b>",
        status=Status.ONLINE,
        seen=now(),
        abilities=frozenset({Ability.PTZ, Ability.LIVE}),
        raw=RAW,
    )
    panel.show_node(camera, "Head office")
    panel.show()
    labels = panel.findChildren(QLabel)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels)
    texts = [label.text() for label in labels]
    assert {"<b>Dock</b>", "Head office", "c1", "live, move"} <= set(texts)
    assert any("+0800" in text for text in texts)
    selectable = Qt.TextInteractionFlag.TextSelectableByMouse
    assert all(
        label.textInteractionFlags() & selectable for label in labels if label.text() == "c1"
    )
    assert json.loads(panel.raw.toPlainText())["Password"] == "***"
    assert "hunter2" not in panel.raw.toPlainText()
    panel.show_node(None, "")
    assert panel._empty.isVisible()
    assert not panel.raw.isVisible()


def test_what_is_being_selected_stays_when_the_same_node_is_shown_again(qtbot: QtBot) -> None:
    panel = DetailsPanel()
    qtbot.addWidget(panel)
    camera = Channel(key=Key("a", "c1"), name="Dock", raw=RAW)
    panel.show_node(camera, "Head office")
    panel.raw.selectAll()
    panel.show_node(camera, "Head office")
    assert panel.raw.textCursor().hasSelection()


def test_devices_and_groups_have_their_own_facts(qtbot: QtBot) -> None:
    device = Device(key=Key("a", "d"), name="NVR", kind=DeviceKind.NVR)
    assert ("Kind", "recorder (NVR)") in facts(device, "x")
    assert [name for name, _text in facts(Group(key=Key("a", "g"), name="G"), "x")] == [
        "Name",
        "Account",
        "Id",
    ]
    assert len({ability_word(ability) for ability in Ability}) == len(Ability)
