"""The present keys as plain text, to be printed and pinned to a wall."""

from __future__ import annotations

from vsconsole.i18n import _
from vsconsole.ui.actions import ENTRIES, keys_text
from vsconsole.ui.keys.rules import FIXED, Keys, present


def groups(keys: Keys) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each group in words with its actions as (name, words, keys); those without keys too."""
    now = present(keys)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for one in ENTRIES:
        found.setdefault(_(one.group), []).append((one.name, _(one.text), keys_text(now[one.name])))
    return list(found.items())


def fixed() -> list[tuple[str, str]]:
    """The keys that cannot be changed, as (keys, words)."""
    return [(", ".join(keys_text([k]) for k in keys.split(", ")), _(text)) for keys, text in FIXED]


def as_text(keys: Keys) -> str:
    """Everything that has keys, by group, keys in front."""
    parts = [
        (title, [(of, text) for _name, text, of in rows if of]) for title, rows in groups(keys)
    ]
    parts.append((_("Fixed keys"), fixed()))
    width = max(len(of) for _title, rows in parts for of, _text in rows) + 2
    lines = [_("Keys of vsconsole")]
    for title, rows in parts:
        if rows:
            lines += ["", title, *(f"  {of:<{width}}{text}" for of, text in rows)]
    return "\n".join(lines) + "\n"
