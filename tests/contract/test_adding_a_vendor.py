"""A sixth cloud takes a folder and a row: the rest of the program then knows it by itself."""

from __future__ import annotations

import argparse
import ast
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import timedelta
from pathlib import Path

import av
import pytest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from tests.contract.sixth import row
from tests.contract.sixth.server import BEGIN, CAMERAS, KEY, KEY_ID, SECONDS, acme
from tests.net.support import LoopbackServer
from tests.services.support import opened
from tests.ui.dialogs.support import Keeper, dispatcher
from vsconsole.cli import calls as cli_calls
from vsconsole.cli.output import Output
from vsconsole.domain.errors import BadCredentials, InvalidInput, NotFound
from vsconsole.domain.model import Account, Channel, Key, Store
from vsconsole.domain.timeline import Span
from vsconsole.services.desk import Services
from vsconsole.ui.dialogs import accounts as dialogs
from vsconsole.vendors import registry

FOLDER = Path(row.__file__).parent / "acme"


@pytest.fixture(autouse=True)
def one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry as it is with one more row; the dialog took the table when it was imported."""
    more = (*registry.VENDORS, row.ROW)
    monkeypatch.setattr(registry, "VENDORS", more)
    monkeypatch.setattr(registry, "_BY_ID", {one.id: one for one in more})
    monkeypatch.setattr(dialogs, "VENDORS", more)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LoopbackServer]:
    with acme(tmp_path) as made:
        yield made


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(tmp_path / "profile") as made:
        yield made


@pytest.fixture
def account(services: Services, server: LoopbackServer) -> Account:
    fields = {"server": server.url, "key_id": KEY_ID, "key": KEY}
    services.accounts.verify("acme", fields)
    made = services.accounts.add("acme", "Ramp", fields)
    services.inventory.refresh(made.id)
    return made


def test_it_lists_and_is_found(services: Services, account: Account) -> None:
    tree = services.inventory.tree(account.id)
    channels = [node for node in tree if isinstance(node, Channel)]
    assert [(node.key.native, node.name) for node in channels] == list(CAMERAS)
    services.search.index(account.id)
    assert {hit.node.name for hit in services.search.find("白短袖")} == {"白短袖 Lager"}


def test_it_plays_a_clip(services: Services, account: Account) -> None:
    channel = services.inventory.channel(Key(account.id, "c2"))
    source = services.playback.source(channel, Store.CLOUD)
    clip = source.clip_at(BEGIN)
    assert clip is not None
    assert clip.span == Span(BEGIN, BEGIN + timedelta(seconds=SECONDS))
    with av.open(clip.open(BEGIN).url) as media:
        assert next(media.decode(video=0)).width == 64
    recorded = services.footage.ensure(channel, Store.CLOUD, Span(BEGIN, clip.span.end))
    assert recorded.covers(BEGIN)


def test_its_form_is_drawn_from_its_row(qtbot: QtBot) -> None:
    with dispatcher() as work:
        dialog = dialogs.AccountDialog(Keeper(), work, vendor_id="acme")
        qtbot.addWidget(dialog)
        dialog.show()
        assert dialog.vendor_box.currentText() == "Acme Cameras"
        labels = {label.text().replace("&", "") for label in dialog.findChildren(QLabel)}
        assert {"Server", "Key number", "Key", row.ROW.note} <= labels
        key = dialog.findChildren(QLineEdit)[-1]
        assert key is dialog.input("key")
        assert key.echoMode() is QLineEdit.EchoMode.Password
        dialog.close()
    with pytest.raises(InvalidInput) as caught:
        registry.vendor("acme").check({"server": "https://acme.test", "key_id": "x", "key": KEY})
    assert caught.value.field == "key_id"


def test_its_calls_are_listed_and_made(services: Services, account: Account) -> None:
    text = io.StringIO()
    with redirect_stdout(text):
        cli_calls.endpoints(argparse.Namespace(vendor=None), services, Output(as_json=True))
    listed = json.loads(text.getvalue())
    assert {one["name"] for one in listed if one["vendor"] == "acme"} == {
        "ListCameras", "ListFiles", "OpenFile"
    }  # fmt: skip
    adapter = services.accounts.adapter(account.id)
    assert adapter.call("ListCameras", {"page": 2})["cameras"]  # type: ignore[attr-defined]


def test_its_errors_are_the_programs(services: Services, account: Account) -> None:
    wrong = {"server": account.options["server"], "key_id": KEY_ID, "key": "not-the-right-one"}
    with pytest.raises(BadCredentials, match="Look at the card"):
        services.accounts.verify("acme", wrong)
    nobody = Channel(key=Key(account.id, "c9"), name="", zone="UTC")
    adapter = services.accounts.adapter(account.id)
    with pytest.raises(NotFound):
        adapter.segments(nobody, Store.CLOUD, Span(BEGIN, BEGIN.replace(hour=13)))  # type: ignore[attr-defined]


def test_nothing_else_knows_it() -> None:
    """One folder with the five files, and no module of the program that names it."""
    names = {path.stem for path in FOLDER.glob("*.py")}
    assert names == {"__init__", "endpoints", "signer", "mapping", "errors", "adapter"}
    program = Path(registry.__file__).parents[1]
    for path in program.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            assert not (isinstance(node, ast.Constant) and node.value == "acme"), path
