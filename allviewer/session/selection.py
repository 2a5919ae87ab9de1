"""Which cells are meant: the selected ones, the current one among them, and the one under the cursor."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Selection(QObject):
    """Ids of selected cells of the shown image. Keys act on the selection or, if it is empty, on the hovered cell."""

    changed = Signal()
    hovered_changed = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: frozenset[int] = frozenset()
        self._current = 0
        self._hovered = 0

    @property
    def ids(self) -> frozenset[int]:
        return self._ids

    @property
    def current(self) -> int:
        """The cell that tools act on and whose details are shown; 0 if none."""
        return self._current

    @property
    def hovered(self) -> int:
        """The cell under the cursor; 0 if none."""
        return self._hovered

    @property
    def targets(self) -> frozenset[int]:
        """What a key acts on: the selected cells, else the one under the cursor."""
        if self._ids:
            return self._ids
        return frozenset({self._hovered}) if self._hovered else frozenset()

    def select(self, ids: Iterable[int], current: int = 0) -> None:
        """Select these cells and no others; `current` defaults to one that stays current, else the lowest id."""
        chosen = frozenset(ids)
        if current not in chosen:
            current = self._current if self._current in chosen else min(chosen, default=0)
        if chosen == self._ids and current == self._current:
            return
        self._ids, self._current = chosen, current
        self.changed.emit()

    def toggle(self, cell_id: int) -> None:
        """Add a cell, or take it out."""
        if cell_id in self._ids:
            self.select(self._ids - {cell_id})
        else:
            self.select(self._ids | {cell_id}, cell_id)

    def clear(self) -> None:
        self.select(())

    def keep_only(self, present: Iterable[int]) -> None:
        """Forget cells that are no longer there."""
        there = frozenset(present)
        if not self._ids <= there:
            self.select(self._ids & there)
        if self._hovered and self._hovered not in there:
            self.hover(0)

    def hover(self, cell_id: int) -> None:
        """Note which cell is under the cursor (0: none)."""
        if cell_id != self._hovered:
            self._hovered = cell_id
            self.hovered_changed.emit(cell_id)
