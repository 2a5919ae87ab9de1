"""The live key map: what each action is bound to, after the preset, the person's own keys and the class set. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtGui import QKeySequence

from allviewer.ui.actions import ACTIONS, HOLDS, ActionSpec

Keys = Mapping[str, tuple[str, ...]]
"""Keys by the id of an action, in Qt's portable spelling; the first is shown in menus."""

BINDABLE: tuple[ActionSpec, ...] = (*ACTIONS, *HOLDS)
SPACE = "Space"
"""Moves the picture while it is held, in every preset: all hands know it."""
_SAFE_TO_DELETE = ("Del", "Shift+Del")
_HOLDABLE = re.compile(r"^([A-Z0-9]|F\d{1,2})$")
_MODIFIERS = ("Ctrl+", "Alt+", "Meta+")


@dataclass(frozen=True, slots=True)
class Preset:
    """Keys that differ from those of the table of actions.

    Attributes:
        class_prefixes: what may stand before the key of a class; "" is the key alone.
    """

    name: str
    title: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    class_prefixes: tuple[str, ...] = ("",)


USUAL = Preset("allviewer", "allviewer")
"""The keys of the table of actions."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two actions wanted one key: `winner` has it, `loser` does without."""

    key: str
    winner: str
    loser: str


def as_portable(key: str) -> str:
    """One spelling for each key; empty for what is no key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText).replace("Shift+Backtab", "Shift+Tab")


def clash(a: str, b: str) -> bool:
    """Whether two keys cannot both work: they are the same, or one is the beginning of the other."""
    return a == b or a.startswith(f"{b}, ") or b.startswith(f"{a}, ")


def resolved(preset: Keys, own: Mapping[str, Sequence[str]], taken: Mapping[str, str]) -> tuple[Keys, list[Conflict]]:
    """What every action is bound to, and who went without.

    Args:
        preset: keys that differ from the table of actions.
        own: keys that differ from the preset; an empty list takes all keys away.
        taken: keys that classes and tags have, and what they do; these win over everything.
    """
    wanted = {spec.id: _wanted(spec, preset, own) for spec in BINDABLE}
    strength = {spec.id: 0 if spec.id in own else 1 if spec.id in preset else 2 for spec in BINDABLE}
    given = _Given(taken)
    bound: dict[str, list[str]] = {spec.id: [] for spec in BINDABLE}
    conflicts = []
    for spec in sorted(BINDABLE, key=lambda spec: strength[spec.id]):
        for key in wanted[spec.id]:
            winner = given.owner_of(key)
            if winner is None:
                given.give(key, spec.id)
                bound[spec.id].append(key)
            elif winner != spec.id:
                conflicts.append(Conflict(key, winner, spec.id))
    return {name: tuple(keys) for name, keys in bound.items()}, conflicts


class _Given:
    """Keys that are given out, by who has them; asked for each key of each action, at every start of the program."""

    def __init__(self, taken: Mapping[str, str]) -> None:
        self._owner: dict[str, str] = {}
        self._begun: dict[str, str] = {}
        for key, owner in taken.items():
            self.give(key, owner)

    def give(self, key: str, owner: str) -> None:
        self._owner[key] = owner
        for beginning in _beginnings(key):
            self._begun.setdefault(beginning, owner)

    def owner_of(self, key: str) -> str | None:
        """Who has a key that clashes with this one."""
        taken = self._owner.get(key) or self._begun.get(key)
        return taken or next((self._owner[part] for part in _beginnings(key) if part in self._owner), None)


def _beginnings(key: str) -> list[str]:
    chords = key.split(", ") if ", " in key else []
    return [", ".join(chords[:count]) for count in range(1, len(chords))]


def refusal(spec: ActionSpec, key: str) -> str:
    """Why a key cannot be bound to an action, in a sentence; empty if it can."""
    if not key:
        return "This is no key."
    if clash(key, SPACE):
        return "Space moves the picture while it is held."
    if spec.deletes and not may_delete(key):
        return f"{spec.plain_text} takes something away: it needs Del, or a key with Ctrl or Alt, never a bare key."
    if spec in HOLDS and not _HOLDABLE.match(key):
        return "What works while a key is held needs one letter, digit or F key, without Ctrl, Alt or Shift."
    return ""


def may_delete(key: str) -> bool:
    """Whether a key cannot be hit by accident in place of a tool."""
    return key in _SAFE_TO_DELETE or any(key.startswith(modifier) for modifier in _MODIFIERS)


def spec_of(action_id: str) -> ActionSpec | None:
    return next((spec for spec in BINDABLE if spec.id == action_id), None)


def in_words(keys: Iterable[str]) -> str:
    """Keys as the system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(QKeySequence(key).toString(native) for key in keys)


def _wanted(spec: ActionSpec, preset: Keys, own: Mapping[str, Sequence[str]]) -> list[str]:
    """Without what may not be: settings are a file that anybody can write."""
    keys = [as_portable(key) for key in own[spec.id]] if spec.id in own else preset.get(spec.id, spec.keys)
    return [key for key in dict.fromkeys(keys) if not refusal(spec, key)]
