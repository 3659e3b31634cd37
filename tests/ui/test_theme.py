"""Both schemes are readable, and the style sheet takes every colour from them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication

from vsconsole import paths
from vsconsole.ui import icons, plain, theme, tokens

SCHEMES = [tokens.DARK, tokens.LIGHT]


@pytest.fixture
def restored(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    tokens.use("dark")
    icons.forget()
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())


def luminance(colour: QColor) -> float:
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: QColor, other: QColor) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_text_can_be_read_on_every_ground(scheme: tokens.Scheme) -> None:
    for ground in ("window", "panel", "raised"):
        for ink in ("text", "dim", "ok", "warn", "bad", "accent"):
            found = contrast(getattr(scheme, ink), getattr(scheme, ground))
            assert found >= 4.5, f"{ink} on {ground} is {found:.2f}"
    assert contrast(scheme.text, scheme.selected) >= 4.5
    assert contrast(scheme.dim, scheme.selected) >= 4.5
    assert contrast(scheme.on_accent, scheme.accent) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_the_style_sheet_is_filled_from_the_tokens(scheme: tokens.Scheme) -> None:
    sheet = theme.style_sheet(scheme)
    assert "$" not in sheet
    source = (paths.resources() / "style" / "desk.qss").read_text(encoding="utf-8")
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", source) == []


def test_no_widget_has_colours_of_its_own() -> None:
    folder = paths.resources().parent / "vsconsole" / "ui"
    for part in ("tree", "panels", "dialogs"):
        for file in (folder / part).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert not re.search(r"QColor\(|#[0-9A-Fa-f]{6}\b|GlobalColor\.(?!transparent)", text)


def test_a_change_of_scheme_reaches_palette_and_icons(restored: QApplication) -> None:
    dark = theme.apply(restored, "dark")
    assert restored.palette().color(QPalette.ColorRole.WindowText) == dark.text
    before = icons.icon("video").pixmap(QSize(16, 16)).toImage()
    light = theme.apply(restored, "light")
    assert restored.palette().color(QPalette.ColorRole.WindowText) == light.text
    assert icons.icon("video").pixmap(QSize(16, 16)).toImage() != before


def test_icons_are_sharp_at_any_scale_and_dim_when_disabled(restored: QApplication) -> None:
    theme.apply(restored, "dark")
    one = icons.pixmap("video", 16, "text", 1.0)
    two = icons.pixmap("video", 16, "text", 2.0)
    assert (one.width(), two.width()) == (16, 32)
    assert two.deviceIndependentSize() == one.deviceIndependentSize()
    plain_icon = icons.icon("video")
    disabled = plain_icon.pixmap(QSize(16, 16), QIcon.Mode.Disabled)
    assert disabled.toImage() != plain_icon.pixmap(QSize(16, 16)).toImage()
    with pytest.raises(OSError, match="no-such-icon"):
        icons.pixmap("no-such-icon", 16)


def test_text_of_others_is_never_markup(qapp: QApplication) -> None:
    assert plain.tip("a < b & c") == "a < b & c"
    assert plain.tip("<b>x</b>\ny") == "<span>&lt;b&gt;x&lt;/b&gt;<br>y</span>"
    assert plain.action("R&D") == "R&&D"
