"""Which keys can be given to an action, whose they are already, and how they are written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from vsconsole.i18n import N_, _
from vsconsole.ui.actions import ENTRIES, Entry

Keys = Mapping[str, Sequence[str]]
"""Names of actions to keys, as chosen; the others have their defaults."""

_NO = Qt.KeyboardModifier.NoModifier
_MODIFIERS = frozenset(
    {
        Qt.Key.Key_Control,
        Qt.Key.Key_Shift,
        Qt.Key.Key_Alt,
        Qt.Key.Key_Meta,
        Qt.Key.Key_AltGr,
        Qt.Key.Key_CapsLock,
        Qt.Key.Key_NumLock,
        Qt.Key.Key_ScrollLock,
        Qt.Key.Key_Super_L,
        Qt.Key.Key_Super_R,
        Qt.Key.Key_unknown,
        Qt.Key(0),
    }
)
_LISTS = N_("It moves within lists, the calendar and the timeline.")
_OURS: Mapping[str, str] = {
    "Esc": N_("Escape always goes one level up."),
    "Tab": N_("Tab goes to the next control."),
    "Shift+Tab": N_("Tab goes to the next control."),
    "Return": N_("Enter presses or opens what has the focus."),
    "Enter": N_("Enter presses or opens what has the focus."),
    **dict.fromkeys(("Up", "Down", "Home", "End", "PgUp", "PgDown"), _LISTS),
    **dict.fromkeys("0123456789", N_("Digits are the numbers of cameras and presets.")),
    "Menu": N_("It opens the menu of what has the focus."),
    "Shift+F10": N_("It opens the menu of what has the focus."),
}
_SYSTEM: Mapping[str, tuple[str, ...]] = {
    "win32": (
        "Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Alt+Esc", "Alt+Space", "Ctrl+Esc",
        "Ctrl+Shift+Esc", "Ctrl+Alt+Del", "Print", "Alt+Print",
    ),
    "darwin": (
        "Ctrl+Tab", "Ctrl+Shift+Tab", "Ctrl+Space", "Ctrl+H", "Ctrl+Alt+H", "Ctrl+M",
        "Ctrl+Alt+Esc", "Ctrl+Shift+3", "Ctrl+Shift+4", "Ctrl+Shift+5",
    ),
    "linux": (
        "Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Alt+Esc", "Alt+Space", "Ctrl+Alt+Del",
        "Ctrl+Alt+Backspace", "Print", "Alt+Print",
        *(f"Ctrl+Alt+F{number}" for number in range(1, 13)),
    ),
}  # fmt: skip

FIXED: tuple[tuple[str, str], ...] = (
    ("Esc", N_("One level up: out of a field, an enlarged tile, the full screen")),
    ("Tab", N_("To the next control")),
    ("Return", N_("Press the button, open the row, enlarge the tile, or hold a PTZ button")),
    ("Up, Down, PgUp, PgDown, Home, End", N_("Move within lists, sliders and tabs")),
    ("+, -", N_("Open or close a branch of the tree; zoom the timeline")),
    ("Left, Right", N_("In the calendar, another day; everywhere else what is set above")),
    ("Alt+Up, Alt+Down", N_("In the presets' list, put the row elsewhere")),
    ("Menu, Shift+F10", N_("Open the menu of what has the focus")),
)
"""Keys that cannot be changed, with what they do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A key that several actions of a context have."""

    key: str
    names: tuple[str, ...]


def entry(name: str) -> Entry:
    """The action of this name; KeyError."""
    for one in ENTRIES:
        if one.name == name:
            return one
    raise KeyError(name)


def present(chosen: Keys) -> dict[str, tuple[str, ...]]:
    """The keys of every action."""
    return {one.name: tuple(chosen.get(one.name, one.keys)) for one in ENTRIES}


def changed_only(keys: Keys) -> dict[str, tuple[str, ...]]:
    """What of the present keys differs from the defaults: that is what is kept."""
    default = {one.name: one.keys for one in ENTRIES}
    return {
        name: tuple(of)
        for name, of in keys.items()
        if name in default and tuple(of) != default[name]
    }


def plain(key: str) -> str:
    """A key as it is compared and kept; empty for what is no single key."""
    sequence = QKeySequence(key)
    combinations = _combinations(sequence)
    if len(combinations) != 1 or combinations[0].key() in _MODIFIERS:
        return ""
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)


def pressed(event: QKeyEvent) -> str:
    """The key of an event as it is kept; empty while only Ctrl, Shift or Alt are held."""
    key = Qt.Key(event.key())
    if key in _MODIFIERS:
        return ""
    modifiers = event.modifiers() & ~(
        Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
    )
    if key == Qt.Key.Key_Backtab:
        key, modifiers = Qt.Key.Key_Tab, modifiers | Qt.KeyboardModifier.ShiftModifier
    text = event.text()
    if text.isprintable() and text.strip() and not text.isalpha():
        # "?" is what the layout makes of Shift and another key; Shift is part of it already.
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(modifiers, key)).toString(
        QKeySequence.SequenceFormat.PortableText
    )


def reserved(key: str, platform: str = sys.platform) -> str:
    """Why a key cannot be given to an action; empty where it can."""
    if key in _OURS:
        return _(_OURS[key])
    system = _SYSTEM["linux" if platform not in _SYSTEM else platform]
    taken = {QKeySequence(one).toString() for one in system}
    meta = any(
        combination.keyboardModifiers() & Qt.KeyboardModifier.MetaModifier
        for combination in _combinations(QKeySequence(key))
    )
    if key in taken or (meta and platform != "darwin"):
        return _("The system keeps this key for itself.")
    return ""


def _combinations(sequence: QKeySequence) -> list[QKeyCombination]:
    # The stub does not know that a sequence can be indexed.
    return [sequence[place] for place in range(sequence.count())]  # type: ignore[index]


def owners(key: str, keys: Keys, context: str) -> tuple[str, ...]:
    """The actions of a context that have a key."""
    return tuple(
        one.name
        for one in ENTRIES
        if one.context == context and key in (plain(k) for k in keys.get(one.name, one.keys))
    )


def clashes(keys: Keys) -> list[Clash]:
    """Every key that two actions of one context have."""
    found = []
    for context in dict.fromkeys(one.context for one in ENTRIES):
        by_key: dict[str, list[str]] = {}
        for one in ENTRIES:
            if one.context == context:
                for key in keys.get(one.name, one.keys):
                    by_key.setdefault(plain(key), []).append(one.name)
        found += [
            Clash(key=key, names=tuple(names))
            for key, names in by_key.items()
            if len(names) > 1 or not key
        ]
    return found


def with_key(keys: Keys, name: str, key: str) -> dict[str, tuple[str, ...]]:
    """Gives an action one more key and takes it from those of its context that had it."""
    all_keys = present(keys)
    for other in owners(key, all_keys, entry(name).context):
        all_keys[other] = tuple(one for one in all_keys[other] if plain(one) != key)
    all_keys[name] = (*all_keys[name], key)
    return changed_only(all_keys)


def without_key(keys: Keys, name: str, key: str) -> dict[str, tuple[str, ...]]:
    """Takes one key away from an action."""
    all_keys = present(keys)
    all_keys[name] = tuple(one for one in all_keys[name] if plain(one) != plain(key))
    return changed_only(all_keys)


def reset(keys: Keys, name: str) -> dict[str, tuple[str, ...]]:
    """Gives an action its default keys back, and takes them from those that had got them."""
    all_keys = present(keys)
    all_keys[name] = ()
    for key in entry(name).keys:
        all_keys = present(with_key(all_keys, name, plain(key)))
    all_keys[name] = entry(name).keys
    return changed_only(all_keys)


def usable(chosen: Keys) -> tuple[dict[str, tuple[str, ...]], list[str]]:
    """What can be used of keys from a file, and in words what cannot."""
    known = {one.name for one in ENTRIES}
    kept: dict[str, tuple[str, ...]] = {}
    told = []
    for name, keys in chosen.items():
        if name not in known:
            told.append(_("There is no action “{name}” here.").format(name=name))
            continue
        good = []
        for key in keys:
            sound = plain(key)
            if not sound:
                told.append(_("“{key}” is no key.").format(key=key))
            elif why := reserved(sound):
                told.append(f"{sound}: {why}")
            else:
                good.append(sound)
        kept[name] = tuple(good)
    all_keys = present(kept)
    for clash in clashes(all_keys):
        # The first that was chosen keeps it; a default gives way to a choice.
        keeper = next((name for name in kept if name in clash.names), clash.names[0])
        for name in clash.names:
            if name != keeper:
                all_keys[name] = tuple(k for k in all_keys[name] if plain(k) != clash.key)
                told.append(
                    _("{key} stays with “{action}”; “{other}” has lost it.").format(
                        key=clash.key, action=_(entry(keeper).text), other=_(entry(name).text)
                    )
                )
    return changed_only(all_keys), told
