"""Go from cell to cell: in reading order, to the next unreviewed one, the least sure one, or one in dispute."""

import enum
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, Signal

from allviewer.domain.geometry import Region
from allviewer.session.comparison import DifferingCell
from allviewer.session.document import Document
from allviewer.session.reading_order import ReadingOrder
from allviewer.session.selection import Selection
from allviewer.session.workspace import Workspace
from allviewer.workflows.ports import Notices

Disputes = Callable[[], Sequence[DifferingCell] | None]
"""The cells that two models see differently, in reading order; None while no two are compared."""

_ALL_SEEN = "Every cell of this image has been looked at."
_MANY = 1000
"""When more cells than this change at once, the reading order is made anew."""


class ReviewOrder(enum.StrEnum):
    """Where "accept and go on" goes."""

    READING = "reading"
    UNSURE = "unsure"
    DISPUTED = "disputed"


class WalkCells(QObject):
    """Moves the selection.

    Signals:
        visited: the cell that the picture shall show.
        place_visited: the level-0 `Region` that it shall show, where there is no cell yet.
        order_changed: accepting goes on elsewhere.
    """

    visited = Signal(int)
    place_visited = Signal(object)
    order_changed = Signal()

    def __init__(self, workspace: Workspace, selection: Selection, notices: Notices, disputes: Disputes) -> None:
        super().__init__()
        self._workspace, self._selection, self._notices = workspace, selection, notices
        self._disputes = disputes
        self._review_order = ReviewOrder.READING
        self._followed: Document | None = None
        self._reading: ReadingOrder | None = None
        self._disputed: DifferingCell | None = None

    @property
    def order(self) -> ReviewOrder:
        return self._review_order

    def review_in(self, order: ReviewOrder) -> None:
        """Go on in this order from now on."""
        self._review_order = order
        self.order_changed.emit()

    def go_on(self) -> None:
        """To the next cell that waits, in the order of review."""
        go = {
            ReviewOrder.READING: self.next_to_review,
            ReviewOrder.UNSURE: self.most_uncertain,
            ReviewOrder.DISPUTED: self.next_disputed,
        }
        go[self._review_order]()

    def step(self, direction: int) -> None:
        """The next (1) or previous (-1) cell in reading order."""
        for cell_id in self._walk(direction):
            self._go(cell_id)
            return

    def next_to_review(self, direction: int = 1) -> None:
        """The next (1) or previous (-1) cell that nobody has looked at, from here on and round again."""
        document = self._workspace.document
        if document is None or not len(document.annotations):
            return
        for cell_id in self._walk(direction):
            if _waits(document, cell_id) and cell_id != self._selection.current:
                self._go(cell_id)
                return
        self._notices.tell(_ALL_SEEN)

    def most_uncertain(self) -> None:
        """The cell the classifier is least sure of, among those nobody has looked at."""
        document = self._workspace.document
        if document is None:
            return
        waiting = [c for c in document.annotations if not c.is_touched and c.id != self._selection.current]
        if waiting:
            self._go(max(waiting, key=lambda cell: (cell.uncertainty, -cell.id)).id)
        else:
            self._notices.tell(_ALL_SEEN)

    def next_disputed(self) -> None:
        """The next cell that two models see differently and nobody has looked at, or the place of a missing one."""
        document, disputes = self._workspace.document, self._disputes()
        if document is None:
            return
        if disputes is None:
            self._notices.tell("Compare with another model first: Look, Side by side, Another method.")
            return
        waiting = [d for d in disputes if d.left is None or _waits(document, d.left.id)]
        if not waiting:
            self._notices.tell("Every cell that the two see differently has been looked at.")
            return
        start = waiting.index(self._disputed) + 1 if self._disputed in waiting else 0
        self._disputed = waiting[start % len(waiting)]
        if self._disputed.left is not None:
            self._go(self._disputed.left.id)
        else:
            self._selection.clear()
            self.place_visited.emit(self._disputed.region)

    def _go(self, cell_id: int) -> None:
        self._selection.select({cell_id}, cell_id)
        self.visited.emit(cell_id)

    def _walk(self, direction: int) -> Iterator[int]:
        order = self._order()
        return order.walk(self._selection.current, direction) if order is not None else iter(())

    def _order(self) -> ReadingOrder | None:
        """The reading order of the shown image, made when it is first walked through."""
        document = self._workspace.document
        if document is not self._followed:
            if self._followed is not None:
                self._followed.cells_changed.disconnect(self._cells_changed)
            self._followed, self._reading = document, None
            if document is not None:
                document.cells_changed.connect(self._cells_changed)
        if self._reading is None and document is not None:
            self._reading = ReadingOrder(document.annotations)
        return self._reading

    def _cells_changed(self, ids: frozenset[int], _region: Region) -> None:
        if len(ids) > _MANY:
            self._reading = None
        elif self._reading is not None:
            self._reading.update(ids)


def _waits(document: Document, cell_id: int) -> bool:
    """Whether a cell is there and nobody has looked at it."""
    cell = document.annotations.get(cell_id)
    return cell is not None and not cell.is_touched
