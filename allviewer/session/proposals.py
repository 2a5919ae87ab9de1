"""Cells that a run under way has found so far: shown, but not part of any document yet."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from allviewer.domain.cell import Cell
from allviewer.session.document import Document


class Proposals(QObject):
    """Grows patch by patch and is empty again when the run ends, however it ends."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._cells: list[Cell] = []

    def of(self, document: Document | None) -> Sequence[Cell]:
        """What was found in this image so far."""
        return tuple(self._cells) if document is not None and document is self._document else ()

    def add(self, document: Document, cells: Sequence[Cell]) -> None:
        if document is not self._document:
            self._document, self._cells = document, []
        self._cells.extend(cells)
        self.changed.emit()

    def clear(self) -> None:
        if self._document is not None:
            self._document, self._cells = None, []
            self.changed.emit()
