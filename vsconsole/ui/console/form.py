"""The form of a call, drawn from its row a few fields a turn, so that the window never waits."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from time import monotonic

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vsconsole.domain.errors import InvalidInput
from vsconsole.i18n import _
from vsconsole.services.console import Call, Parameter
from vsconsole.ui import plain, tokens
from vsconsole.ui.console.fields import EMPTY, ParamField, mono

_TURN_SECONDS = 0.008
_LABEL_WIDTH = 110


class CallForm(QWidget):
    """The call's name and rules above, its fields below; `built` once every field is there."""

    built = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.call: Call | None = None
        self.fields: dict[str, ParamField] = {}
        self._waiting: deque[Parameter] = deque()
        self._values: dict[str, str] = {}
        self._left_out: frozenset[str] = frozenset()
        self._problems: list[InvalidInput] = []
        self._form: QFormLayout | None = None
        self._build()

    def _build(self) -> None:
        self.heading = plain.label("", "heading", wrap=True)
        self.address = plain.label("", "dim", wrap=True)
        self.address.setFont(mono())
        self.doc = plain.label("", "dim", wrap=True)
        self.warning = plain.label("", "warn", wrap=True)
        self.rules = plain.label("", wrap=True)
        self.problem = plain.label("", "problem", wrap=True)
        self.how = plain.label("", "caption", wrap=True)
        for label in (self.heading, self.address, self.doc):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QVBoxLayout()
        head.setContentsMargins(tokens.SPACE * 2, 12, tokens.SPACE * 2, tokens.SPACE)
        head.setSpacing(tokens.GAP)
        for label in self._head():
            head.addWidget(label)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area, 1)
        self._pump = QTimer(self, interval=0)
        self._pump.timeout.connect(self._add_some)
        for label in self._head():
            label.hide()

    def _head(self) -> tuple[QLabel, ...]:
        return (
            self.heading,
            self.address,
            self.doc,
            self.warning,
            self.rules,
            self.how,
            self.problem,
        )

    def show_call(
        self,
        call: Call | None,
        values: Mapping[str, str] | None = None,
        left_out: Collection[str] = (),
    ) -> None:
        """Draws the form of a call with these values in it; None leaves it empty."""
        self.call = call
        self._values = dict(values or {})
        self._left_out = frozenset(left_out)
        self._problems = []
        self.fields = {}
        self._waiting = deque(call.inputs if call else ())
        self._show_head(call)
        content = QWidget()
        self._form = QFormLayout(content)
        self._form.setContentsMargins(tokens.SPACE * 2, tokens.GAP, tokens.SPACE * 2, 12)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(tokens.SPACE)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # The area deletes the one before.
        self._area.setWidget(content)
        self._pump.start()

    def _show_head(self, call: Call | None) -> None:
        texts = dict.fromkeys(self._head(), "")
        if call is not None:
            texts[self.heading] = call.name
            texts[self.address] = f"{call.method} {call.path}"
            texts[self.doc] = _("Document: {doc}").format(doc=call.doc) if call.doc else ""
            if call.destructive:
                texts[self.warning] = _("Takes away what cannot be brought back; it asks first.")
            elif not call.idempotent:
                texts[self.warning] = _("Is not repeated by itself: each time counts.")
            texts[self.rules] = "\n".join(rule.describe() for rule in call.rules)
            texts[self.how] = (
                _("* is needed. What is left empty is not sent; {empty} sends an empty text.")
                if call.inputs
                else _("This call takes no parameters.")
            ).format(empty=EMPTY)
        for label, text in texts.items():
            label.setText(text)
            label.setVisible(bool(text))

    @property
    def complete(self) -> bool:
        """Whether every field is there."""
        return self.call is not None and not self._waiting

    def _add_some(self) -> None:
        until = monotonic() + _TURN_SECONDS
        while self._waiting:
            self._add(self._waiting.popleft())
            if monotonic() > until:
                return
        self._pump.stop()
        if self.call is not None:
            self._order_tabs()
            self.built.emit()

    def _add(self, param: Parameter) -> None:
        field = ParamField(param)
        if param.name in self._values:
            field.fill(self._values[param.name])
        elif param.name in self._left_out:
            field.show_left_out()
        field.edited.connect(self._on_edited)
        self.fields[param.name] = field
        text = f"{param.name} *" if param.required else param.name
        label = plain.label(text, "heading" if param.required else "")
        label.setMinimumWidth(_LABEL_WIDTH)
        label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        # As far down as the text of the input beside it.
        label.setContentsMargins(0, 7, 0, 0)
        label.setToolTip(plain.tip(_("Sent in: {place}").format(place=param.place)))
        label.setBuddy(field.input)
        assert self._form is not None
        self._form.addRow(label, field)

    def _order_tabs(self) -> None:
        chain = [one for field in self.fields.values() for one in (field.input, *field.extras)]
        for one, after in pairwise(chain):
            QWidget.setTabOrder(one, after)

    def _on_edited(self) -> None:
        self.problem.setText("")
        self.problem.hide()
        self.edited.emit()

    def values(self) -> dict[str, str]:
        """What is typed, by name, without what is not to be sent."""
        typed = {name: field.value() for name, field in self.fields.items()}
        return {name: value for name, value in typed.items() if value is not None}

    def show_problems(self, problems: Iterable[InvalidInput]) -> None:
        """What is wrong, each beside its field; what belongs to none stands above them."""
        for field in self.fields.values():
            field.show_problem(None)
        others: list[str] = []
        first: ParamField | None = None
        for error in problems:
            field_of = self._field_of(error.field)
            if field_of is None:
                others.append(str(error))
            else:
                field_of.show_problem(error)
                first = first or field_of
        self.problem.setText("\n".join(others))
        self.problem.setVisible(bool(others))
        if first is not None:
            first.input.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(first)

    def _field_of(self, path: str) -> ParamField | None:
        """The field of a path such as `Channels[2].DeviceId`."""
        if path in self.fields:
            return self.fields[path]
        inside = [name for name in self.fields if path.startswith((f"{name}[", f"{name}."))]
        return self.fields[max(inside, key=len)] if inside else None

    def focus_first(self) -> None:
        """Puts the cursor into the first field."""
        for field in self.fields.values():
            field.input.setFocus(Qt.FocusReason.OtherFocusReason)
            return

    def clear(self) -> None:
        """Empties every field."""
        for field in self.fields.values():
            field.fill(None)
        self._on_edited()

    def forget(self) -> None:
        """Takes secrets out of the inputs."""
        for field in self.fields.values():
            field.forget()
