"""Joins the class set of the case to everything that names or draws classes."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QObject

from allviewer.domain.labels import ClassSet
from allviewer.ui.parts_of_window import Session


class NamesClasses(Protocol):
    """A part of the window that shows classes."""

    def set_class_set(self, class_set: ClassSet) -> None: ...


class ClassDesk(QObject):
    """Everything follows when another class set is chosen, or a case with another one is opened."""

    def __init__(self, session: Session, parts: Sequence[NamesClasses], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._parts = session, parts
        session.workspace.classes_changed.connect(self._follow)

    def _follow(self) -> None:
        class_set = self._session.workspace.class_set
        for part in self._parts:
            part.set_class_set(class_set)
        self._session.selection.changed.emit()
