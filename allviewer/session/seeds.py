"""The points that a cell is to be divided by, and what it would be divided into."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from allviewer.domain.mask import Mask
from allviewer.session.placement import Point


class Seeds(QObject):
    """A draft, part of no document: the tool puts points here, the workflow the pieces.

    Signals:
        placed: there is another point, or one less.
        accepted: the pieces are right.
        changed: something else has to be drawn.
    """

    placed = Signal()
    accepted = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.points: list[Point] = []
        """One in each cell that is to be (level-0 pixels)."""
        self.pieces: tuple[Mask, ...] = ()

    def place(self, point: Point) -> None:
        self.points.append(point)
        self._tell()

    def take_back(self) -> None:
        """Forget the last point."""
        if self.points:
            self.points.pop()
            self._tell()

    def accept(self) -> None:
        if self.points:
            self.accepted.emit()

    def drop(self) -> None:
        """Forget all of it."""
        if self.points:
            self.points, self.pieces = [], ()
            self._tell()

    def show(self, pieces: Sequence[Mask]) -> None:
        """What the cell would be divided into."""
        self.pieces = tuple(pieces)
        self.changed.emit()

    def _tell(self) -> None:
        self.placed.emit()
        self.changed.emit()
