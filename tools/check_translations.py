"""Fails where a text of the code is not translated, or translated so that it cannot be filled in.

python -m tools.check_translations
"""

import string
import sys
from collections.abc import Iterable, Iterator

from babel.messages.catalog import Catalog, Message

from tools import translations


def fields(text: str) -> set[str]:
    """The names of the fields that `str.format` fills in; raises ValueError for a stray brace."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def problems(code: Catalog, catalog: Catalog) -> Iterator[str]:
    """What is wrong with `catalog`, against the texts of the code; nothing when all is well."""
    for message in code:
        if not message.id:
            continue
        key = message.id if isinstance(message.id, str) else message.id[0]
        where = ", ".join(f"{file}:{line}" for file, line in message.locations)
        translated = catalog.get(key, message.context)
        if translated is None:
            yield f"{where}: {key!r} is not in the catalog (make translations)"
        elif not translations.filled(translated.string):
            yield f"{where}: {key!r} is not translated"
        elif translated.fuzzy:
            yield f"{where}: the translation of {key!r} is marked as a guess"
        else:
            yield from (f"{where}: {key!r}: {text}" for text in _mismatches(message, translated))
    for message in catalog:
        key = message.id if isinstance(message.id, str) else message.id[0]
        if key and code.get(key, message.context) is None:
            yield f"{key!r} is in the catalog, but no longer in the code (make translations)"


def _mismatches(message: Message, translated: Message) -> Iterator[str]:
    sources = _forms(message.id)
    try:
        known = set[str]().union(*map(fields, sources))
        # "one recording" needs no number, so a form may leave out what another form leaves out.
        needed = set[str].intersection(*map(fields, sources))
    except ValueError as error:
        yield f"the text itself cannot be filled in: {error}"
        return
    for form in _forms(translated.string):
        try:
            used = fields(form)
        except ValueError as error:
            yield f"{form!r} cannot be filled in: {error}"
            continue
        if used - known:
            yield f"{form!r} has the unknown field {', '.join(sorted(used - known))}"
        if needed - used:
            yield f"{form!r} lacks the field {', '.join(sorted(needed - used))}"


def _forms(text: str | Iterable[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [])


def main() -> int:
    code = translations.extract()
    failed = False
    for path in translations.catalogs():
        for problem in problems(code, translations.read(path)):
            failed = True
            print(f"{path.parent.parent.name}: {problem}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
