"""Joins the class set of the case to everything that names or draws classes, and to the keys that give them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from allviewer.domain.labels import ClassSet
from allviewer.ui.parts_of_window import Session, Workflows


class NamesClasses(Protocol):
    """A part of the window that shows classes."""

    def set_class_set(self, class_set: ClassSet) -> None: ...


class ClassDesk(QObject):
    """Everything follows when another class set is chosen, or a case with another one is opened."""

    def __init__(self, session: Session, work: Workflows, parts: Sequence[NamesClasses], window: QWidget) -> None:
        super().__init__(window)
        self._session, self._work, self._parts, self._window = session, work, parts, window
        self._keys: list[QShortcut] = []
        session.workspace.classes_changed.connect(self._follow)
        self._bind()

    def _follow(self) -> None:
        class_set = self._session.workspace.class_set
        for part in self._parts:
            part.set_class_set(class_set)
        self._session.selection.changed.emit()
        self._bind()

    def _bind(self) -> None:
        """Each class and each tag has its own key."""
        for key in self._keys:
            key.setParent(None)
            key.deleteLater()
        class_set, correct = self._session.workspace.class_set, self._work.correct
        self._keys = [
            *(self._key(c.hotkey, partial(correct.relabel, c.key)) for c in class_set.classes if c.hotkey),
            *(self._key(tag.hotkey, partial(correct.toggle_tag, tag.name)) for tag in class_set.tags if tag.hotkey),
        ]

    def _key(self, hotkey: str, does: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(hotkey), self._window)
        shortcut.activated.connect(does)
        return shortcut
