"""Fails where text for people is written into the code without a way to translate it.

    python -m tools.check_strings [FOLDER]

It looks at literals that go straight into a known place for text: setters and constructors of Qt
in the window, what the command line prints and explains, and the words of an error everywhere.
A literal that is no language ("GB/s") is let through by `# not text` at the end of its line.
"""

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = "# not text"

_TRANSLATES = {"_", "ngettext", "pgettext"}
_SETTERS = {
    "addAction", "addItem", "addItems", "addMenu", "addRow", "addSection", "addTab", "addToolBar",
    "drawText", "insertItem", "insertTab", "setAccessibleDescription", "setAccessibleName",
    "setDetailedText", "setHeaderLabel", "setHeaderLabels", "setHorizontalHeaderLabels",
    "setInformativeText", "setItemText", "setLabelText", "setPlaceholderText", "setPrefix",
    "setSpecialValueText", "setStatusTip", "setSuffix", "setTabText", "setTabToolTip", "setText",
    "setTitle", "setToolTip", "setWhatsThis", "setWindowTitle", "showMessage", "showText",
    # Static functions of QMessageBox, QFileDialog and QInputDialog.
    "about", "critical", "getExistingDirectory", "getInt", "getItem", "getOpenFileName",
    "getOpenFileNames", "getSaveFileName", "getText", "information", "question",
}  # fmt: skip
_WIDGETS = {
    "QAction", "QCheckBox", "QCommandLinkButton", "QDockWidget", "QGroupBox", "QLabel",
    "QListWidgetItem", "QMenu", "QMessageBox", "QProgressDialog", "QPushButton", "QRadioButton",
    "QStandardItem", "QTableWidgetItem", "QToolBar", "QTreeWidgetItem", "QWizardPage",
}  # fmt: skip
_KEYWORDS = {
    "accessibleDescription", "accessibleName", "description", "epilog", "help", "label",
    "placeholderText", "prefix", "statusTip", "suffix", "text", "title", "toolTip", "windowTitle",
}  # fmt: skip
_COMMAND_LINE = {"add_argument", "add_argument_group", "add_parser", "ArgumentParser", "error"}
_PRINTS = {"print", "input"}
_ERROR_WORDS = {"what", "why", "remedy"}
# Two letters in a row, of any alphabet, once what is no language is gone: tags, entities, fields
# of a format, addresses, the name of the program.
_WORD = re.compile(r"[^\W\d_]{2}")
_NO_WORDS = re.compile(r"<[^>]*>|&\w+;|\{[^}]*\}|\b[a-z]+://\S*|\bvsconsole\b")
# Never shown: nobody is told that what he called off was called off.
_SILENT = {"Cancelled"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A text and where it stands."""

    file: Path
    line: int
    text: str
    place: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text!r} goes into {self.place} untranslated"


def error_names(package: Path) -> set[str]:
    """The classes of the error family."""
    tree = ast.parse((package / "domain" / "errors.py").read_text(encoding="utf-8"))
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    return names - _SILENT


def literals(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Line and text of the literals whose text reaches the screen when `node` is shown."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            # What stands between the fields; the fields hold values.
            text = "".join(str(p.value) if isinstance(p, ast.Constant) else " " for p in parts)
            yield node.lineno, text
        case ast.IfExp(body=first, orelse=second) | ast.BinOp(left=first, right=second):
            yield from literals(first)
            yield from literals(second)
        case ast.BoolOp(values=items) | ast.List(elts=items) | ast.Tuple(elts=items):
            for item in items:
                yield from literals(item)
        case ast.NamedExpr(value=value):
            yield from literals(value)
        case ast.Call(func=ast.Attribute(value=value, attr="format" | "join" | "upper" | "strip")):
            yield from literals(value)
        case ast.Call(func=ast.Name(id="N_"), args=[value, *_]):
            # It marks the text for the catalog and leaves it in English.
            yield from literals(value)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _shown(call: ast.Call, name: str, *, window: bool, command: bool, errors: set[str]) -> (
    list[ast.expr]
):  # fmt: skip
    """The arguments of `call` that people read."""
    keywords = {k.arg: k.value for k in call.keywords if k.arg}
    if name in errors:
        return [*call.args[:1], *(v for k, v in keywords.items() if k in _ERROR_WORDS)]
    if window and (name in _SETTERS or name in _WIDGETS):
        return [*call.args, *(v for k, v in keywords.items() if k in _KEYWORDS)]
    if command and name in _PRINTS:
        return list(call.args)
    if command and name in _COMMAND_LINE:
        words = [v for k, v in keywords.items() if k in _KEYWORDS]
        return words + (list(call.args) if name == "error" else [])
    if command and name == "write" and ast.unparse(call.func).startswith("sys.std"):
        return list(call.args)
    return []


def findings(file: Path, package: Path, errors: set[str]) -> Iterator[Finding]:
    """Untranslated texts of one file."""
    inside = file.relative_to(package).parts
    window = inside[0] in ("ui", "app.py")
    command = inside[0].startswith("cli")
    source = file.read_text(encoding="utf-8")
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = _name(node.func)
        for argument in _shown(node, name, window=window, command=command, errors=errors):
            for line, text in literals(argument):
                words = _WORD.search(_NO_WORDS.sub(" ", text))
                if words and not lines[line - 1].rstrip().endswith(ALLOWED):
                    yield Finding(file=file, line=line, text=text, place=name)


def check(package: Path) -> list[Finding]:
    """Untranslated texts of the package; the sandbox speaks English only, the domain not at all."""
    errors = error_names(package)
    return [
        finding
        for file in sorted(package.rglob("*.py"))
        if file.relative_to(package).parts[0] not in ("sandbox", "domain")
        for finding in findings(file, package, errors)
    ]


def main() -> int:
    package = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "vsconsole"
    found = check(package)
    for finding in found:
        print(finding)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
