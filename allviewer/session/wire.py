"""An outline that is being traced along edges: what is fixed of it, and the piece that follows the cursor."""

from PySide6.QtCore import QObject, Signal

from allviewer.session.placement import Point


class Wire(QObject):
    """A draft, part of no document: the tool moves its end, the workflow says how it runs.

    Signals:
        anchored: level-0 x, y from which the wire goes on.
        moved: level-0 x, y of the end that follows the cursor.
        closed: with all points of the outline.
        changed: something else has to be drawn.
    """

    anchored = Signal(float, float)
    moved = Signal(float, float)
    closed = Signal(object)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.pieces: list[list[Point]] = []
        """What is fixed, from anchor to anchor; the first piece is the start alone."""
        self.tail: list[Point] = []
        """From the last anchor to the cursor."""

    @property
    def start(self) -> Point | None:
        return self.pieces[0][0] if self.pieces else None

    @property
    def anchors(self) -> list[Point]:
        return [piece[-1] for piece in self.pieces]

    @property
    def points(self) -> list[Point]:
        """All of it, in order."""
        return [point for piece in (*self.pieces, self.tail) for point in piece]

    def anchor(self, point: Point) -> None:
        """Begin at a point, or fix the piece that leads there."""
        if self.pieces:
            self.move(point)
            self.pieces.append([*self.tail[:-1], point])
        else:
            self.pieces = [[point]]
        self.tail = []
        self.anchored.emit(*point)
        self.changed.emit()

    def move(self, point: Point) -> None:
        """The free end is here."""
        if self.pieces:
            self.tail = [point]
            self.moved.emit(*point)
            self.changed.emit()

    def lead(self, path: list[Point]) -> None:
        """How the free end runs, as an answer to `moved`."""
        self.tail = path

    def take_back(self) -> None:
        """Forget the last anchor."""
        if len(self.pieces) < 2:
            self.drop()
            return
        self.pieces.pop()
        self.tail = []
        self.anchored.emit(*self.anchors[-1])
        self.changed.emit()

    def close(self) -> None:
        """The end is led back to the start; what has no inside is dropped."""
        start = self.start
        if start is None:
            return
        self.move(start)
        points = self.points
        self.drop()
        if len(points) >= 3:
            self.closed.emit(points)

    def drop(self) -> None:
        if self.pieces:
            self.pieces, self.tail = [], []
            self.changed.emit()
