"""The form of a call by itself: every kind of parameter, its words, its value, its problem."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from vsconsole.demo import hands
from vsconsole.domain.errors import InvalidInput
from vsconsole.net.endpoint import Endpoint, Param
from vsconsole.net.rules import Exclusive
from vsconsole.ui.console import hints
from vsconsole.ui.console.fields import ParamField
from vsconsole.ui.console.form import CallForm
from vsconsole.vendors import registry

INNER = Param(
    name="Parts",
    type="list",
    max_length=5,
    item=Param(
        name="Parts",
        type="object",
        fields=(
            Param(name="Id", required=True, doc="Of the part."),
            Param(name="Weight", type="float", minimum=0.5),
            Param(
                name="Inside",
                type="object",
                required=True,
                fields=(Param(name="Colour", choices=("red", "blue")),),
            ),
        ),
    ),
)
KINDS = (
    Param(name="Name", required=True, min_length=2, max_length=8),
    Param(name="Empty", required=True, min_length=0),
    Param(name="Note"),
    Param(name="Count", type="int", minimum=1, maximum=100, besides=(-1,), default=20),
    Param(name="Mode", type="int", required=True, choices=(1, 2), doc="1 slow, 2 fast"),
    Param(name="Fast", type="bool", default=False),
    Param(name="Word", secret=True),
    Param(name="Sheet", type="file"),
    Param(name="Names", type="list", item=Param(name="Names", max_length=3)),
    INNER,
)
CALL = Endpoint(
    name="Everything",
    method="POST",
    path="/everything",
    params=KINDS,
    rules=(Exclusive(("Note", "Count")),),
    doc="Chapter 1",
)


@pytest.fixture
def form(qtbot: QtBot) -> CallForm:
    form = CallForm()
    qtbot.addWidget(form)
    form.resize(500, 600)
    form.show()
    with qtbot.waitSignal(form.built):
        form.show_call(CALL)
    return form


def line(form: CallForm, name: str) -> QLineEdit:
    text = form.fields[name].text
    assert text is not None
    return text


@pytest.mark.parametrize("vendor", [one.id for one in registry.VENDORS if one.endpoints])
def test_every_call_of_every_vendor_can_be_drawn(qtbot: QtBot, vendor: str) -> None:
    form = CallForm()
    qtbot.addWidget(form)
    form.show()
    for row in registry.endpoints(vendor):
        with qtbot.waitSignal(form.built):
            form.show_call(row)
        assert list(form.fields) == [param.name for param in row.inputs]
        assert form.heading.text() == row.name
        for param in row.inputs:
            field = form.fields[param.name]
            if param.default is None and not param.choices:
                assert field.value() == ("" if field._takes_empty else None)
            if field.json is not None:
                field.put_skeleton()
                value = field.value()
                assert value is not None
                wrong = problem_of(param, json.loads(value))
                assert "no parameter" not in wrong
                assert "must be a" not in wrong


def problem_of(param: Param, value: object) -> str:
    """What a row says to a value; what is to be filled in may still be missing."""
    try:
        param.check(value)
    except InvalidInput as error:
        return error.what
    return ""


def test_what_each_kind_takes_is_said() -> None:
    told = {param.name: hints.hint(param) for param in KINDS}
    assert told == {
        "Name": "text · 2 to 8 characters",
        "Empty": "text · may be empty",
        "Note": "text",
        "Count": "whole number · 1 to 100, or -1 · 20 unless given",
        "Mode": "whole number · one of 1, 2",
        "Fast": "true or false · false unless given",
        "Word": "text",
        "Sheet": "file",
        "Names": "list of: text · at most 3 characters",
        "Parts": "list of objects · at most 5 items",
    }
    assert hints.shape(INNER).splitlines() == [
        "Id *: text · Of the part.",
        "Weight: number · at least 0.5",
        "Inside *: object",
        "  Colour: text · one of red, blue",
    ]
    assert json.loads(hints.skeleton(INNER)) == [{"Id": "", "Inside": {"Colour": "red"}}]


@pytest.mark.parametrize(
    ("param", "words"),
    [
        (Param(name="a", min_length=3), "text · at least 3 characters"),
        (Param(name="a", min_length=4, max_length=4), "text · 4 characters"),
        (Param(name="a", type="int", maximum=9), "whole number · at most 9"),
        (Param(name="a", pattern="[0-9]+"), "text · in the form [0-9]+"),
        (Param(name="a", pattern="[0-9]+", doc="Digits."), "text"),
        (Param(name="a", type="list"), "list of texts"),
        (Param(name="a", type="object"), "object"),
    ],
)
def test_bounds_are_said_in_words(param: Param, words: str) -> None:
    assert hints.hint(param) == words


def test_only_what_is_given_is_a_value(form: CallForm) -> None:
    assert form.values() == {"Empty": ""}
    typed = {
        "Name": "door",
        "Empty": "",
        "Note": "",
        "Count": "3",
        "Mode": "2",
        "Fast": "false",
        "Word": "w",
        "Sheet": "/tmp/a b.xlsx",
        "Names": '["a"]',
        "Parts": '[{"Id": "1"}]',
    }
    for name, text in typed.items():
        form.fields[name].fill(text)
    assert line(form, "Note").text() == '""'
    assert form.values() == typed
    form.clear()
    assert form.values() == {"Empty": ""}


def test_text_is_sent_as_typed_and_numbers_and_paths_without_what_is_around(
    form: CallForm,
) -> None:
    line(form, "Name").setText(" door ")
    line(form, "Count").setText(" 3 ")
    line(form, "Sheet").setText('"/tmp/a.xlsx" ')
    assert form.values() == {"Name": " door ", "Empty": "", "Count": "3", "Sheet": "/tmp/a.xlsx"}


def test_defaults_are_shown_and_not_sent(form: CallForm) -> None:
    assert line(form, "Count").placeholderText() == "20"
    choice = form.fields["Fast"].choice
    assert choice is not None
    assert choice.currentText() == "not sent (false by default)"
    mode = form.fields["Mode"].choice
    assert mode is not None
    assert [mode.itemText(place) for place in range(mode.count())] == ["choose…", "1", "2"]


def test_a_problem_inside_of_a_list_stands_beside_the_list(form: CallForm) -> None:
    inside = InvalidInput("Wrong.", field="Parts[0].Inside.Colour", remedy="Choose.")
    form.show_problems([inside, InvalidInput("Elsewhere.", field="yes")])
    field = form.fields["Parts"]
    assert field.problem.isVisible()
    assert field.problem.text() == "Wrong. Choose."
    assert field.input.accessibleDescription() == "Wrong. Choose."
    assert field.input.property("problem") == "true"
    assert form.problem.text() == "Elsewhere."
    field.put_skeleton()
    assert not field.problem.isVisible()
    assert not form.problem.isVisible()
    assert "Id *" in field.input.accessibleDescription()


def test_a_skeleton_can_be_undone(form: CallForm) -> None:
    edit = form.fields["Parts"].json
    assert edit is not None
    low = edit.height()
    edit.setPlainText("[]")
    form.fields["Parts"].put_skeleton()
    assert edit.height() > low
    edit.undo()
    assert edit.toPlainText() == "[]"


def test_a_secret_is_hidden_until_it_is_asked_for_and_can_be_forgotten(form: CallForm) -> None:
    field = form.fields["Word"]
    field.fill("geheim")
    assert line(form, "Word").echoMode() == QLineEdit.EchoMode.Password
    (show,) = field.extras
    form._area.ensureWidgetVisible(show)
    hands.click(show)
    assert line(form, "Word").echoMode() == QLineEdit.EchoMode.Normal
    form.forget()
    assert field.value() is None


def test_a_file_is_chosen(form: CallForm, tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").write_text("a", encoding="utf-8")
    field = form.fields["Sheet"]
    (browse,) = field.extras
    form._area.ensureWidgetVisible(browse)
    hands.click(browse)
    dialog = field.findChild(QFileDialog)
    assert dialog is not None
    dialog.selectFile(str(tmp_path / "sheet.csv"))
    dialog.accept()
    assert field.value() == str(tmp_path / "sheet.csv")


def test_the_wheel_scrolls_the_form_and_changes_no_choice(form: CallForm) -> None:
    choice = form.fields["Mode"].choice
    assert choice is not None
    choice.setFocus()
    at = QPointF(choice.rect().center())
    none = Qt.MouseButton.NoButton
    turned = QWheelEvent(
        at,
        choice.mapToGlobal(at),
        QPoint(),
        QPoint(0, -120),
        none,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(choice, turned)
    assert choice.currentData() is None


def test_a_value_of_an_older_form_that_no_longer_fits_is_not_taken(qtbot: QtBot) -> None:
    field = ParamField(KINDS[4])
    qtbot.addWidget(field)
    field.fill("7")
    assert field.value() is None


def test_a_newer_call_takes_the_place_of_one_that_is_still_drawn(qtbot: QtBot) -> None:
    form = CallForm()
    qtbot.addWidget(form)
    form.show_call(CALL)
    assert not form.complete
    other = Endpoint(name="Other", method="GET", path="/o", params=(Param(name="Id"),))
    with qtbot.waitSignal(form.built):
        form.show_call(other, {"Id": "1", "Gone": "2"})
    assert form.values() == {"Id": "1"}
    form.show_call(None)
    assert not form.complete
    assert form.values() == {}
