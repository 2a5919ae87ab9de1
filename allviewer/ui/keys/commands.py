"""Everything that can be done now, as the palette lists it: actions, classes and tags, with their keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QIcon

from allviewer.ui.actions import ACTIONS, Actions
from allviewer.ui.keys.class_keys import Giver
from allviewer.ui.keys.fuzzy import fit
from allviewer.ui.keys.key_map import in_words

_IN_GROUP = 0.7
_IN_TIP = 2.0
_RECENT = 3.0


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the palette. `name` is what it is remembered by."""

    name: str
    text: str
    group: str
    tip: str
    keys: str
    icon: QIcon
    is_possible: bool
    run: Callable[[], object]


def commands_of(
    actions: Actions, class_keys: Sequence[tuple[str, str, Giver]], giving: Callable[[Giver], Callable[[], None]]
) -> list[Command]:
    """All commands, in the order of the table of actions; classes and tags at the end."""
    listed = []
    for spec in ACTIONS:
        action = actions[spec.id]
        keys, icon = in_words(key.toString() for key in action.shortcuts()), action.icon()
        if spec.id != "palette":
            of_spec = (spec.id, spec.plain_text, spec.group, spec.tip, keys)
            listed.append(Command(*of_spec, icon, action.isEnabled(), action.trigger))
    for key, words, giver in class_keys:
        verb = "Label as" if giver[0] == "class" else "Tag as"
        text = f"{verb} {words.partition(' ')[2]}"
        tip = "The selected cells, or the one under the cursor"
        listed.append(
            Command(f"{giver[0]}:{giver[1]}", text, "Classes", tip, in_words([key]), QIcon(), True, giving(giver))
        )
    return listed


def matching(commands: Sequence[Command], typed: str, recent: Sequence[str] = ()) -> list[Command]:
    """Commands that fit what was typed, the best first; with nothing typed, those used last come first."""
    newest = {name: len(recent) - place for place, name in enumerate(recent)}
    if not typed.strip():
        return sorted(commands, key=lambda command: -newest.get(command.name, 0))
    scored = [(score, command) for command in commands if (score := _score(typed, command)) is not None]
    return [
        command
        for _, command in sorted(scored, key=lambda pair: -(pair[0] + (_RECENT if pair[1].name in newest else 0.0)))
    ]


def _score(typed: str, command: Command) -> float | None:
    """By the name; else by group and name; else every word stands in the explanation."""
    by_name = fit(typed, command.text)
    by_group = fit(typed, f"{command.group} {command.text}")
    if by_name is not None and (by_group is None or by_name >= _IN_GROUP * by_group):
        return by_name
    if by_group is not None:
        return _IN_GROUP * by_group
    return _IN_TIP if all(word in command.tip.lower() for word in typed.lower().split()) else None
