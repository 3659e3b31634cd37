from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations
from tools.check_translations import problems


def code(*texts: str | tuple[str, str]) -> Catalog:
    made = Catalog()
    for text in texts:
        made.add(text, None, [("ui/x.py", 3)])
    return made


def found(source: Catalog, **translated: str) -> list[str]:
    catalog = Catalog(locale="zh_CN")
    for text in translated.items():
        catalog.add(*text)
    return list(problems(source, catalog))


def test_a_complete_catalog() -> None:
    catalog = Catalog(locale="zh_CN")
    catalog.add("{n} of {all}", "{all} 之 {n}")
    catalog.add("{{braces}}", "{{花括号}}")
    catalog.add("Open", "打开", context="button")
    catalog.add(("one camera", "{n} cameras"), ("{n} 个摄像机",))
    source = code("{n} of {all}", "{{braces}}", ("one camera", "{n} cameras"))
    source.add("Open", None, context="button")
    assert list(problems(source, catalog)) == []


def test_a_text_that_is_not_there() -> None:
    (problem,) = found(code("Play"))
    assert "ui/x.py:3" in problem
    assert "not in the catalog" in problem


def test_the_same_word_in_another_context_does_not_count() -> None:
    source = Catalog()
    source.add("Open", None, context="state")
    assert len(found(source, Open="打开")) == 2


def test_an_empty_translation() -> None:
    assert "not translated" in found(code("Play"), Play="")[0]


def test_an_empty_plural_form() -> None:
    catalog = Catalog(locale="ru")
    catalog.add(("{n} camera", "{n} cameras"), ("{n} камера", "", "{n} камер"))
    assert "not translated" in next(problems(code(("{n} camera", "{n} cameras")), catalog))


def test_a_guess() -> None:
    catalog = Catalog(locale="zh_CN")
    catalog.add("Play", "播放", flags=["fuzzy"])
    assert "guess" in next(problems(code("Play"), catalog))


@pytest.mark.parametrize(
    ("translation", "said"),
    [
        ("{m} 个", "unknown field m"),
        ("个", "lacks the field n"),
        ("{n 个", "cannot be filled in"),
        ("{} 个", "unknown field"),
    ],
)
def test_fields_that_do_not_fit(translation: str, said: str) -> None:
    assert any(said in problem for problem in found(code("{n} left"), **{"{n} left": translation}))


def test_a_text_that_cannot_be_filled_in_itself() -> None:
    assert "itself" in found(code("{n left"), **{"{n left": "剩 {n}"})[0]


def test_a_plural_may_leave_out_what_its_singular_does() -> None:
    catalog = Catalog(locale="zh_CN")
    catalog.add(("one camera", "{n} cameras"), ("一些摄像机",))
    assert list(problems(code(("one camera", "{n} cameras")), catalog)) == []


def test_a_text_that_is_no_longer_used() -> None:
    assert "no longer in the code" in found(code(), Play="播放")[0]


def test_texts_are_found_in_code(tmp_path: Path) -> None:
    package = tmp_path / "vsconsole"
    (package / "ui").mkdir(parents=True)
    (package / "ui" / "x.py").write_text(
        '_("one")\nN_("two")\nngettext("a", "{n} b", n)\npgettext("state", "Open")\n'
        '_("adjacent "\n  "parts")\nlog("not this")\n',
        encoding="utf-8",
    )
    texts = [(m.id, m.context) for m in translations.extract(package) if m.id]
    assert texts == [
        ("one", None), ("two", None), (("a", "{n} b"), None), ("Open", "state"),
        ("adjacent parts", None),
    ]  # fmt: skip


def test_an_update_keeps_translations_and_drops_what_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "zh_CN" / "LC_MESSAGES" / "vsconsole.po"
    path.parent.mkdir(parents=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Play"\nmsgstr "播放"\n\nmsgid "Gone"\nmsgstr "没了"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "LOCALE", tmp_path)
    monkeypatch.setattr(translations, "extract", lambda: code("Play", "Pause"))
    translations.update()
    first = path.read_bytes()
    catalog = translations.read(path)
    kept = catalog.get("Play")
    assert kept is not None
    assert kept.string == "播放"
    assert catalog.get("Pause") is not None
    assert "没了" not in first.decode()
    translations.update()
    assert path.read_bytes() == first

    translations.compile_stale()
    assert path.with_suffix(".mo").exists()
    assert list(path.parent.glob("*.part")) == []
