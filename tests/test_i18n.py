from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from vsconsole import i18n


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Catalog], None]:
    """Puts a catalog of the test's own in the place of the program's."""

    def put(made: Catalog) -> None:
        folder = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES"
        folder.mkdir(parents=True)
        with (folder / "vsconsole.mo").open("wb") as file:
            write_mo(file, made)
        monkeypatch.setattr(i18n, "resources", lambda: tmp_path)

    return put


def chinese() -> Catalog:
    made = Catalog(locale="zh_CN", charset="utf-8")
    made.add("Play", "播放")
    made.add("Open", "打开", context="button")
    made.add("Open", "未关闭", context="state")
    made.add(("{n} camera", "{n} cameras"), ("{n} 个摄像机",))
    return made


def test_english_is_the_source() -> None:
    assert i18n.set_language("en") == "en"
    assert i18n._("Play") == "Play"
    assert i18n.ngettext("{n} camera", "{n} cameras", 1) == "{n} camera"
    assert i18n.ngettext("{n} camera", "{n} cameras", 2) == "{n} cameras"
    assert i18n.pgettext("state", "Open") == "Open"


def test_chinese(catalog: Callable[[Catalog], None]) -> None:
    catalog(chinese())
    assert i18n.set_language("zh_CN") == "zh_CN"
    assert i18n.language() == "zh_CN"
    assert i18n._("Play") == "播放"
    assert i18n.pgettext("button", "Open") == "打开"
    assert i18n.pgettext("state", "Open") == "未关闭"
    assert i18n.ngettext("{n} camera", "{n} cameras", 1).format(n=1) == "1 个摄像机"
    assert i18n._("not in the catalog") == "not in the catalog"


def test_an_empty_text_is_not_the_header_of_the_catalog(
    catalog: Callable[[Catalog], None],
) -> None:
    catalog(chinese())
    i18n.set_language("zh_CN")
    assert i18n._("") == ""


def test_the_language_changes_while_it_runs(catalog: Callable[[Catalog], None]) -> None:
    catalog(chinese())
    marked = i18n.N_("Play")
    assert marked == "Play"
    i18n.set_language("zh_CN")
    assert i18n._(marked) == "播放"
    i18n.set_language("en")
    assert i18n._(marked) == "Play"


def test_an_unknown_language_changes_nothing() -> None:
    with pytest.raises(ValueError, match="fr"):
        i18n.set_language("fr")
    assert i18n.language() == "en"


def test_a_missing_catalog_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(i18n, "resources", lambda: tmp_path)
    with pytest.raises(FileNotFoundError):
        i18n.set_language("zh_CN")
    assert i18n.language() == "en"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_SG"}, "zh_CN"),
        ({"LANG": "zh-Hans-CN"}, "zh_CN"),
        ({"LANG": "zh"}, "zh_CN"),
        ({"LANG": "zh_TW.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "cs_CZ.UTF-8"}, "en"),
        # The stronger variable decides.
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh_CN"),
        # And within it the first that there is.
        ({"LANGUAGE": "cs:zh_CN:en"}, "zh_CN"),
        ({"LANGUAGE": "cs:en:zh_CN"}, "en"),
    ],
)
def test_the_systems_language(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert i18n.system_language() == expected


def test_auto_asks_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert i18n.set_language("auto") == "zh_CN"
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    assert i18n.set_language("auto") == "en"
