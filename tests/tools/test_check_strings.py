from pathlib import Path

import pytest

from tools.check_strings import check


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for folder in ("domain", "ui", "cli", "services", "sandbox"):
        (tmp_path / folder).mkdir()
    (tmp_path / "domain" / "errors.py").write_text(
        "class NotFound(Exception): ...\nclass Cancelled(Exception): ...\n"
    )
    return tmp_path


WRONG = [
    ("ui", 'label.setText("Play")'),
    ("ui", 'QLabel("Play")'),
    ("ui", 'QtWidgets.QLabel("Play", parent)'),
    ("ui", 'QPushButton(text="Play")'),
    ("ui", 'button.setToolTip("Play" if stopped else _("Pause"))'),
    ("ui", 'button.setToolTip(f"{n} left")'),
    ("ui", 'button.setToolTip("{} left".format(n))'),
    ("ui", 'button.setToolTip("Time: " + text)'),
    ("ui", 'button.setToolTip(name or "none")'),
    ("ui", 'box.addItems([_("one"), "two"])'),
    ("ui", 'button.setToolTip(N_("Play"))'),
    ("ui", 'button.setText("播放")'),
    ("ui", 'QMessageBox.critical(self, _("Sorry"), "It broke")'),
    ("cli", 'print("done")'),
    ("cli", 'parser.add_argument("--at", help="when")'),
    ("cli", 'sys.stderr.write("done")'),
    ("services", 'raise NotFound("no such channel")'),
    ("services", 'raise NotFound(_("No such channel."), remedy="Refresh.")'),
    ("services", 'raise errors.NotFound(f"no channel {name}")'),
]

RIGHT = [
    ("ui", 'label.setText(_("Play"))'),
    ("ui", 'label.setText(_("{n} left").format(n=n))'),
    ("ui", 'label.setText(ngettext("{n} camera", "{n} cameras", n).format(n=n))'),
    ("ui", 'label.setText(f"{hours:02}:{minutes:02}")'),
    ("ui", 'label.setText("×")'),
    ("ui", 'label.setText("&nbsp;")'),
    ("ui", 'label.setText("<b></b>")'),
    ("ui", 'label.setText("1x")'),
    ("ui", "label.setText(name)"),
    ("ui", 'label.setText(names["key"])'),
    ("ui", 'button.setIcon(icon("play"))'),
    ("ui", 'menu.addAction(icon("play"), _("Play"))'),
    ("ui", 'box.setSuffix(" GB/s")  # not text'),
    ("ui", 'box.setPlaceholderText("https://…  rtsp://…")'),
    ("ui", 'self.setWindowTitle(f"{name} - vsconsole")'),
    ("services", 'raise Cancelled("a newer one took its place")'),
    ("cli", 'print(json.dumps({"error": text}))'),
    ("cli", 'parser.add_argument("--at", help=_("when"))'),
    ("cli", 'sys.stdout.write("\\n")'),
    ("services", 'raise NotFound(_("No such channel."), code="E404")'),
    ("services", 'label.setText("not the window")'),
    ("sandbox", 'raise NotFound("English only")'),
    ("domain", 'raise NotFound("for programmers")'),
]


@pytest.mark.parametrize(("part", "line"), WRONG)
def test_untranslated(part: str, line: str, package: Path) -> None:
    (package / part / "x.py").write_text(f"{line}\n", encoding="utf-8")
    (finding,) = check(package)
    assert finding.line == 1


@pytest.mark.parametrize(("part", "line"), RIGHT)
def test_fine(part: str, line: str, package: Path) -> None:
    (package / part / "x.py").write_text(f"{line}\n", encoding="utf-8")
    assert check(package) == []
