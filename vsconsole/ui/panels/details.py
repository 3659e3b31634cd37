"""What is known of the selected node, in words, with the vendor's own record below."""

from __future__ import annotations

import json
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.model import Ability, Channel, Device, Group, Node
from vsconsole.i18n import _, listed
from vsconsole.net.redact import redact_params
from vsconsole.ui import plain, tokens
from vsconsole.ui.tree.rows import kind_word, status_word

_RAW_HEIGHT = 140


class DetailsPanel(QWidget):
    """Shows one node; text can be selected and copied, secrets of the record are masked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Node | None, str] = (None, "")
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._empty = plain.label(
            _("Select a camera or device to see its details."), "dim", wrap=True
        )
        self._empty.setMargin(12)
        self._form = QFormLayout()
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._form.setHorizontalSpacing(tokens.SPACE + tokens.GAP)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        self._caption = plain.label(_("The vendor's record"), "dim")
        self.raw = QPlainTextEdit()
        self.raw.setReadOnly(True)
        self.raw.setTabChangesFocus(True)
        self.raw.setAccessibleName(_("The vendor's record"))
        self.raw.setMinimumHeight(_RAW_HEIGHT)
        self._caption.setBuddy(self.raw)
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(12, 10, 12, 10)
        column.addLayout(self._form)
        column.addSpacing(tokens.GAP)
        column.addWidget(self._caption)
        column.addWidget(self.raw, 1)
        self._area = QScrollArea()
        self._area.setWidget(self._content)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._empty)
        outer.addWidget(self._area, 1)
        outer.addStretch(0)
        self._show()

    def show_node(self, node: Node | None, account: str) -> None:
        """The facts of a node; None empties the panel."""
        if self._shown[0] is node and self._shown[1] == account:
            # What somebody is selecting stays selected.
            return
        self._shown = (node, account)
        self._show()

    def _show(self) -> None:
        node, account = self._shown
        self._empty.setVisible(node is None)
        self._area.setVisible(node is not None)
        if node is None:
            return
        known = facts(node, account)
        for index, (caption, value) in enumerate(known):
            if index == len(self._rows):
                self._add_row()
            name, text = self._rows[index]
            name.setText(caption)
            text.setText(value)
            text.setAccessibleName(f"{caption}: {value}")
        for index in range(len(self._rows)):
            self._form.setRowVisible(index, index < len(known))
        record = _json(node.raw)
        self.raw.setPlainText(record)
        for widget in (self._caption, self.raw):
            widget.setVisible(bool(record))

    def _add_row(self) -> None:
        """One more line; lines are used again, as making them anew makes the window wait."""
        name, text = plain.label("", "dim"), plain.label("", wrap=True)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setMinimumWidth(0)
        self._form.addRow(name, text)
        self._rows.append((name, text))


def facts(node: Node, account: str) -> list[tuple[str, str]]:
    """What is known of a node as (caption, text)."""
    found = [(_("Name"), node.name), (_("Account"), account), (_("Id"), node.key.native)]
    if isinstance(node, Group):
        return found
    status = status_word(node.status)
    if node.seen:
        zone = ZoneInfo(node.zone) if isinstance(node, Channel) else None
        status = _("{status}, as of {time}").format(
            status=status, time=f"{node.seen.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        )
    found.append((_("Status"), status))
    if isinstance(node, Device):
        found.append((_("Kind"), kind_word(node.kind)))
    if isinstance(node, Channel):
        found.append((_("Time zone"), node.zone))
        able = [ability_word(ability) for ability in Ability if ability in node.abilities]
        found.append((_("Can"), listed(able) or _("nothing this program knows of")))
    return found


def ability_word(ability: Ability) -> str:
    """An ability as the operator reads it."""
    return {
        Ability.LIVE: _("live"),
        Ability.SUB_STREAM: _("sub stream"),
        Ability.CLOUD_RECORDS: _("recordings in the cloud"),
        Ability.DEVICE_RECORDS: _("recordings on the device"),
        Ability.LOCAL_RECORDS: _("recordings on this computer"),
        Ability.DOWNLOAD: _("download"),
        Ability.PTZ: _("move"),
        Ability.ZOOM: _("zoom"),
        Ability.FOCUS: _("focus"),
        Ability.IRIS: _("iris"),
        Ability.PRESETS: _("presets"),
        Ability.EVENTS: _("events"),
    }[ability]


def _json(raw: Mapping[str, object]) -> str:
    if not raw:
        return ""
    return json.dumps(redact_params(raw), ensure_ascii=False, indent=2, default=str)
