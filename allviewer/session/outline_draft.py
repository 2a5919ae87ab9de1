"""The outline of the current cell as corners that can be moved."""

from PySide6.QtCore import QObject, Signal

from allviewer.session.placement import Point


class OutlineDraft(QObject):
    """Corners of one closed outline (level-0 pixels); empty while no outline is being edited.

    Signals:
        finished: corners before and after a gesture.
        changed: something else has to be drawn.
    """

    finished = Signal(object, object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.corners: list[Point] = []
        self._before: list[Point] = []

    def show(self, corners: list[Point]) -> None:
        """This is the outline now."""
        if corners != self.corners:
            self.corners, self._before = corners, []
            self.changed.emit()

    def grab(self) -> None:
        """A gesture begins."""
        self._before = list(self.corners)

    def move(self, index: int, point: Point) -> None:
        self.corners[index] = point
        self.changed.emit()

    def insert(self, index: int, point: Point) -> None:
        """Put a new corner before the one of this index."""
        self.corners.insert(index, point)
        self.changed.emit()

    def remove(self, index: int) -> None:
        """Take a corner away, unless three are all there are."""
        if len(self.corners) > 3:
            del self.corners[index]
            self.changed.emit()

    def finish(self) -> None:
        """The gesture is over."""
        before, self._before = self._before, []
        if before and before != self.corners:
            self.finished.emit(before, list(self.corners))

    def drop(self) -> None:
        """Take the gesture back."""
        if self._before:
            self.corners, self._before = self._before, []
            self.changed.emit()
