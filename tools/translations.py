"""The catalogs of translations: gather the texts of the code, update, compile.

python -m tools.translations update     texts of the code into every catalog
python -m tools.translations compile    catalogs into what the program reads
"""

import argparse
import io
import os
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "resources" / "locale"

# Which arguments are text; "c" marks a context.
_KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
# Lines of the header that say when and by whom, which git knows better.
_NOISE = re.compile(
    rb'^"(Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team'
    rb"|Generated-By|Project-Id-Version):.*\n",
    re.MULTILINE,
)


def catalogs() -> list[Path]:
    """Every catalog, in the order of its language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/vsconsole.po"))


def read(path: Path) -> Catalog:
    """A catalog from its file; raises ValueError where the file is damaged."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def extract(package: Path = ROOT / "vsconsole") -> Catalog:
    """The texts marked in the code, with the file and line each stands in."""
    found = Catalog(project="vsconsole", charset="utf-8", fuzzy=False)
    messages = extract_from_dir(
        package,
        method_map=[("**.py", "python")],
        keywords=_KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, line, text, comments, context in sorted(messages, key=lambda m: (m[0], m[1])):
        where = [(f"{package.name}/{name}", line)]
        found.add(text, None, where, auto_comments=comments, context=context)
    return found


def update() -> None:
    """Bring the texts of the code into every catalog; texts no longer used go.

    Nothing is guessed from similar texts: a wrong translation is worse than a missing one.
    """
    template = extract()
    for path in catalogs():
        catalog = read(path)
        catalog.update(template, no_fuzzy_matching=True)
        # Line numbers would change in every commit.
        text = io.BytesIO()
        write_po(text, catalog, width=100, include_lineno=False, ignore_obsolete=True,
                 sort_by_file=True)  # fmt: skip
        path.write_bytes(_NOISE.sub(b"", text.getvalue()).rstrip() + b"\n")
        missing = sum(bool(m.id) and not filled(m.string) for m in catalog)
        print(f"{path.relative_to(ROOT)}: {len(catalog)} texts, {missing} to translate")


def filled(string: str | list[str] | tuple[str, ...] | None) -> bool:
    """Whether a translation, or every plural form of one, is there."""
    forms = [string] if isinstance(string, str) else string or []
    return bool(forms) and all(forms)


def compile_stale() -> None:
    """Compile the catalogs that changed since they were compiled; safe to run side by side."""
    for path in catalogs():
        target = path.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= path.stat().st_mtime_ns:
            continue
        part = target.with_suffix(f".{os.getpid()}.part")
        with part.open("wb") as file:
            write_mo(file, read(path))
        part.replace(target)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("action", choices=("update", "compile"))
    if parser.parse_args().action == "update":
        update()
    compile_stale()
    return 0


if __name__ == "__main__":
    sys.exit(main())
