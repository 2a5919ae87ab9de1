"""Keeps the window's keys true: those of the preset, the person's own, and those of the case's classes and tags."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from allviewer.ui.actions import Actions
from allviewer.ui.held_keys import HeldKeys
from allviewer.ui.keys.class_keys import Giver, keys_of_classes
from allviewer.ui.keys.key_map import USUAL, Conflict, Keys, Preset, resolved
from allviewer.ui.parts_of_window import Session, Workflows


class KeyDesk(QObject):
    """Binds actions, held keys, classes and tags; again whenever somebody changes keys or classes.

    Attributes:
        keys: what every action is bound to now.
        conflicts: who goes without a key, and why.
    """

    def __init__(self, session: Session, work: Workflows, actions: Actions, held: HeldKeys, window: QWidget) -> None:
        super().__init__(window)
        self._session, self._work, self._actions, self._held, self._window = session, work, actions, held, window
        self._shortcuts: list[QShortcut] = []
        self.keys: Keys = {}
        self.conflicts: list[Conflict] = []
        session.workspace.classes_changed.connect(self.bind)
        work.keys.changed.connect(self.bind)
        self.bind()

    @property
    def preset(self) -> Preset:
        """Whose keys they are; those of other programs are loaded only where they are used."""
        if self._work.keys.preset == USUAL.name:
            return USUAL
        from allviewer.ui.keys.presets import preset

        return preset(self._work.keys.preset)

    def class_keys(self) -> list[tuple[str, str, Giver]]:
        """For each key of a class or tag: what it does in words, and which one it gives."""
        return keys_of_classes(self._session.workspace.class_set, self.preset.class_prefixes)

    def bind(self) -> None:
        """Bind everything anew."""
        class_keys = self.class_keys()
        taken = {key: words for key, words, _ in class_keys}
        self.keys, self.conflicts = resolved(self.preset.keys, self._work.keys.own, taken)
        self._actions.set_keys(self.keys)
        self._held.set_keys(self.keys)
        for shortcut in self._shortcuts:
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts = [self._shortcut(key, self.giving(giver)) for key, _, giver in class_keys]

    def giving(self, giver: Giver) -> Callable[[], None]:
        """What gives the selected cells, or the one under the cursor, a class or a tag."""
        kind, name = giver
        return partial(self._work.correct.relabel if kind == "class" else self._work.correct.toggle_tag, name)

    def _shortcut(self, key: str, does: Callable[[], None]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self._window)
        shortcut.activated.connect(does)
        return shortcut
