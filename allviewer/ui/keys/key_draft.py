"""Keys while a person changes them: a preset and what differs from it, before it holds. Pure."""

from collections.abc import Mapping, Sequence

from allviewer.domain.labels import ClassSet
from allviewer.ui.actions import ActionSpec
from allviewer.ui.keys.class_keys import keys_of_classes
from allviewer.ui.keys.key_map import BINDABLE, Keys, Preset, clash, in_words, refusal, resolved, spec_of
from allviewer.ui.keys.presets import preset


class KeyDraft:
    """What would be bound. Every change leaves no key with two meanings: who loses one loses it openly."""

    def __init__(self, preset_name: str, own: Mapping[str, Sequence[str]], class_set: ClassSet) -> None:
        self._class_set = class_set
        self.preset: Preset = preset(preset_name)
        self.own: dict[str, list[str]] = {name: list(keys) for name, keys in own.items() if spec_of(name)}

    @property
    def keys(self) -> Keys:
        """What every action would be bound to."""
        return resolved(self.preset.keys, self.own, self._taken)[0]

    @property
    def _taken(self) -> dict[str, str]:
        return {key: words for key, words, _ in keys_of_classes(self._class_set, self.preset.class_prefixes)}

    @property
    def keyless_sentence(self) -> str:
        """Which actions have no key; empty if all have one."""
        keys = self.keys
        names = [spec.plain_text for spec in BINDABLE if not keys[spec.id]]
        return f"Without a key: {', '.join(names)}." if names else ""

    def refusal(self, spec: ActionSpec, key: str) -> str:
        """Why a key cannot be bound, in a sentence; empty if it can."""
        owner = next((words for other, words in self._taken.items() if clash(key, other)), "")
        if owner:
            return f"{in_words([key])} gives the {owner}. Class keys are changed in the class set."
        return refusal(spec, key)

    def conflict_sentence(self, spec: ActionSpec, key: str) -> str:
        """Who would lose a key; empty if nobody."""
        parts = []
        for name, lost in self._rivals(spec, key):
            rival = spec_of(name)
            assert rival is not None
            left = [other for other in self.keys[name] if other != lost]
            rest = f"keeps {in_words(left)}" if left else "is left without a key"
            parts.append(f"{in_words([lost])} is the key of {rival.plain_text}, which would lose it and {rest}.")
        return " ".join(parts)

    def bind(self, spec: ActionSpec, key: str, *, alone: bool) -> None:
        """Give an action a key, and take it from whoever has it."""
        if not key or self.refusal(spec, key):
            return
        present = self.keys
        for name, lost in self._rivals(spec, key):
            self.own[name] = [other for other in self.own.get(name, list(present[name])) if other != lost]
        self.own[spec.id] = [key] if alone else [*(k for k in present[spec.id] if k != key), key]

    def clear(self, spec: ActionSpec) -> None:
        self.own[spec.id] = []

    def as_usual(self, spec: ActionSpec) -> None:
        """The keys that the preset has; another action that was given one of them keeps it."""
        self.own.pop(spec.id, None)

    def use_preset(self, name: str) -> None:
        """Every key as a preset has it."""
        self.preset, self.own = preset(name), {}

    def _rivals(self, spec: ActionSpec, key: str) -> list[tuple[str, str]]:
        return [
            (name, other)
            for name, bound in self.keys.items()
            for other in bound
            if name != spec.id and clash(key, other)
        ]
