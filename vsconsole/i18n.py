"""Text in the user's language: gettext over the catalogs in `resources/locale`.

The language can change while the program runs, so text is looked up when it is shown: a table
built at import time marks its text with `N_` and passes it through `_` later.
"""

import gettext
import locale
import os
import re
import sys
from collections.abc import Iterable

from vsconsole.paths import resources

DOMAIN = "vsconsole"
SOURCE = "en"
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}
"""Code to the name a speaker of the language knows it by."""

# As POSIX, macOS and Windows write Simplified Chinese, in lower case with underscores.
_SIMPLIFIED = ("zh_cn", "zh_sg", "zh_hans", "chinese (simplified)", "chinese_china")
_current: tuple[str, gettext.NullTranslations] = (SOURCE, gettext.NullTranslations())


def _(text: str) -> str:
    """`text` in the current language; fields in braces stay for `str.format`."""
    # The entry with an empty key is the catalog's header, never a text.
    return _current[1].gettext(text) if text else text


def said_in(code: str, text: str) -> str:
    """`text` in the language of `code`, whatever the current one; may read its catalog."""
    return _load(code).gettext(text) if text else text


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form that fits the number `n`."""
    return _current[1].ngettext(singular, plural, n)


def pgettext(context: str, text: str) -> str:
    """`text` as it is said in `context`, for words that translate differently by place."""
    return _current[1].pgettext(context, text)


def listed(items: Iterable[str]) -> str:
    """Items in one line, parted as the current language does it."""
    return pgettext("between the items of a list", ", ").join(items)


def N_(text: str) -> str:
    """Mark `text` for the catalog and return it unchanged; pass it through `_` when shown."""
    return text


def language() -> str:
    """The code of the current language: `en` or `zh_CN`."""
    return _current[0]


def set_language(code: str) -> str:
    """Switch to `en`, `zh_CN`, or with `auto` to what the system says; return the one chosen.

    Raises ValueError for another code and FileNotFoundError when its catalog was not compiled.
    """
    global _current
    chosen = system_language() if code == "auto" else code
    if chosen not in LANGUAGES:
        raise ValueError(f"no translation for {code!r}; there are auto, {', '.join(LANGUAGES)}")
    _current = (chosen, _load(chosen))
    return chosen


def system_language() -> str:
    """The translation nearest to what the environment or the system asks for, else English."""
    for name in _wanted():
        plain = name.partition(".")[0].replace("-", "_").lower()
        if plain == "zh" or plain.startswith(_SIMPLIFIED):
            return "zh_CN"
        if plain in ("c", "posix") or plain.startswith("en"):
            return SOURCE
    return SOURCE


def _wanted() -> list[str]:
    """Locale names, the most wanted first."""
    # The order is gettext's own; LANGUAGE may list several.
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if names := [name for name in os.environ.get(variable, "").split(":") if name]:
            return names
    # Programs started from a Windows or macOS desktop see none of the variables.
    if sys.platform == "win32":
        import ctypes

        return [locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")]
    if sys.platform == "darwin":
        import subprocess

        command = ["/usr/bin/defaults", "read", "-g", "AppleLanguages"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=2, check=False)
        return re.findall(r"[A-Za-z][\w-]+", answer.stdout)
    return [locale.getlocale()[0] or ""]


def _load(code: str) -> gettext.NullTranslations:
    if code == SOURCE:
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, resources() / "locale", [code])
