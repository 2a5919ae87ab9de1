"""The region that grows from a click: what the hand wants of it, and what has been found so far."""

from PySide6.QtCore import QObject, Signal

from allviewer.domain.mask import Mask
from allviewer.session.drawn import Pick
from allviewer.session.placement import Point


class Growth(QObject):
    """A draft, part of no document: the tool asks here, the workflow answers here.

    Signals:
        begun: level-0 x, y of a click; the region before is forgotten.
        steps_wanted: by how many notches the threshold is to change.
        accepted: the region is right.
        changed: the region on the screen is another one, or none.
    """

    begun = Signal(float, float)
    steps_wanted = Signal(float)
    accepted = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seed: Point | None = None
        self._mask = Mask.empty()
        self._threshold = 0.0
        self._kept, self._how = Mask.empty(), Pick.REPLACE

    @property
    def seed(self) -> Point | None:
        """Where the last region grows from (level-0 pixels); None: nothing grows."""
        return self._seed

    @property
    def mask(self) -> Mask:
        """All of it (level-0 pixels); empty until it has been found."""
        return self._mask

    @property
    def threshold(self) -> float:
        """T, the squared Lab distance it grew to."""
        return self._threshold

    def begin(self, point: Point, how: Pick = Pick.REPLACE) -> None:
        """Grow from a point: a region of its own, or one that is added to what there is or taken away from it."""
        if how is Pick.REPLACE or self._mask.is_empty:
            self.drop()
            how = Pick.REPLACE
        self._kept, self._how = self._mask, how
        self._seed = point
        self.begun.emit(*point)

    def step(self, notches: float) -> None:
        """Let it grow (positive) or shrink."""
        if self._seed is not None:
            self.steps_wanted.emit(notches)

    def accept(self) -> None:
        """Make it a part of a cell, if there is anything yet."""
        if self._seed is not None and not self._mask.is_empty:
            self.accepted.emit()

    def drop(self) -> None:
        """Forget it."""
        if self._seed is not None or not self._mask.is_empty:
            self._seed, self._mask = None, Mask.empty()
            self.changed.emit()

    def show(self, mask: Mask, threshold: float) -> None:
        """What was found from the last point."""
        joined = {Pick.REPLACE: mask, Pick.ADD: self._kept | mask, Pick.SUBTRACT: self._kept - mask}
        self._mask, self._threshold = joined[self._how], threshold
        self.changed.emit()
