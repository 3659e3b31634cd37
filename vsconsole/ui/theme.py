"""Tokens into QPalette and one style sheet, applied once a change of scheme."""

from __future__ import annotations

from string import Template

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from vsconsole import paths
from vsconsole.ui import icons, tokens

_ROLES = {
    QPalette.ColorRole.Window: "panel",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "window",
    QPalette.ColorRole.AlternateBase: "panel",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "bad",
    QPalette.ColorRole.Highlight: "selected",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "dim",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.Mid: "line",
    QPalette.ColorRole.Dark: "line",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Accent: "accent",
}

_COLOURS = (
    "window",
    "panel",
    "raised",
    "line",
    "text",
    "dim",
    "accent",
    "on_accent",
    "selected",
    "ok",
    "warn",
    "bad",
    "tile",
)


def palette(scheme: tokens.Scheme) -> QPalette:
    """The scheme as a palette; disabled text is dim."""
    made = QPalette()
    for role, name in _ROLES.items():
        made.setColor(role, getattr(scheme, name))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(disabled, role, _mixed(scheme.dim, scheme.panel, 0.7))
    return made


def style_sheet(scheme: tokens.Scheme) -> str:
    """The one style sheet, its placeholders filled from the tokens."""
    text = (paths.resources() / "style" / "desk.qss").read_text(encoding="utf-8")
    values = {name: getattr(scheme, name).name() for name in _COLOURS}
    values["disabled"] = _mixed(scheme.dim, scheme.panel, 0.7).name()
    values["hover"] = _mixed(scheme.raised, scheme.text, 0.92).name()
    values["row"] = f"{tokens.ROW}px"
    values["button"] = f"{tokens.BUTTON - 2}px"
    values["radius"] = f"{tokens.RADIUS}px"
    values["caption"] = f"{tokens.CAPTION_PX}px"
    return Template(text).substitute(values)


def apply(app: QApplication, scheme_name: str) -> tokens.Scheme:
    """Puts a scheme in force over the whole program."""
    scheme = prepare(app, scheme_name)
    dress(app)
    return scheme


def prepare(app: QApplication, scheme_name: str) -> tokens.Scheme:
    """Everything of a scheme but the style sheet: a window is built in a third of the time so."""
    scheme = tokens.use(scheme_name)
    icons.forget()
    # Taking the old sheet off first costs a seventh of replacing it under a whole window.
    app.setStyleSheet("")
    app.setStyle("Fusion")
    app.setFont(tokens.font())
    app.setPalette(palette(scheme))
    return scheme


def dress(app: QApplication) -> None:
    """The style sheet of the scheme in force, over the windows that are there and those to come."""
    app.setStyleSheet(style_sheet(tokens.current()))


def _mixed(one: QColor, other: QColor, share: float) -> QColor:
    rest = 1 - share
    return QColor.fromRgbF(
        one.redF() * share + other.redF() * rest,
        one.greenF() * share + other.greenF() * rest,
        one.blueF() * share + other.blueF() * rest,
    )
