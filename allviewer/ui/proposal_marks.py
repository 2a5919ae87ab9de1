"""What a waiting run would change, over the picture: dashed outlines of new cells, crosses on cells that would go."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from allviewer.domain.grid import RegionGrid
from allviewer.domain.mask import Mask
from allviewer.domain.model_run import Proposal, ProposalKind
from allviewer.session.view_state import ViewState
from allviewer.ui.canvas.selected_cells import edge_lines

COLOURS = {
    ProposalKind.ADDED: QColor("#3ddc84"),
    ProposalKind.CHANGED: QColor("#ffd23f"),
    ProposalKind.DROPPED: QColor("#ff6b5e"),
}
LINES = {
    ProposalKind.ADDED: Qt.PenStyle.DashLine,
    ProposalKind.CHANGED: Qt.PenStyle.DashDotLine,
    ProposalKind.DROPPED: Qt.PenStyle.DotLine,
}
_HALO = QColor(0, 0, 0, 150)
_MOST_MARKS = 2000
_MOST_OUTLINES = 150
_SMALL_PX = 14.0


class ProposalMarks(QWidget):
    """Lies over the canvas and lets the mouse through."""

    def __init__(self, view: ViewState, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._view, self._canvas = view, canvas
        self._proposals: Sequence[Proposal] = ()
        self._grid = RegionGrid()
        self._current: Proposal | None = None
        self._outlines: dict[int, list[QPolygonF]] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        view.changed.connect(self._follow)
        self.hide()

    def show_proposals(self, proposals: Sequence[Proposal], current: Proposal | None) -> None:
        """Mark these; the current one stands out."""
        if proposals is not self._proposals:
            self._proposals, self._grid, self._outlines = proposals, RegionGrid(), {}
            for number, proposal in enumerate(proposals):
                self._grid.put(number, proposal.region)
        self._current = current
        self.setVisible(bool(proposals))
        self.setGeometry(self._canvas.rect())
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._canvas:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        numbers = sorted(self._grid.near(self._view.visible_region))[:_MOST_MARKS]
        are_outlined = len(numbers) <= _MOST_OUTLINES
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for number in numbers:
                self._paint(painter, number, are_outlined)

    def _paint(self, painter: QPainter, number: int, is_outlined: bool) -> None:
        proposal = self._proposals[number]
        left, top, right, bottom = self._view.placement.screen_box(proposal.region)
        box = QRectF(left, top, right - left, bottom - top)
        kind, width_px = proposal.kind, 3.5 if proposal is self._current else 2.0
        loops = self._outline(number) if is_outlined and box.width() >= _SMALL_PX else None
        for pen in (QPen(_HALO, width_px + 2), QPen(COLOURS[kind], width_px, LINES[kind])):
            pen.setCosmetic(True)
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
            if loops is None:
                painter.drawEllipse(box)
            else:
                painter.save()
                painter.setTransform(QTransform(*self._view.placement.screen_matrix), True)
                for loop in loops:
                    painter.drawPolygon(loop)
                painter.restore()
            if kind is ProposalKind.DROPPED:
                painter.drawLine(box.topLeft(), box.bottomRight())
                painter.drawLine(box.topRight(), box.bottomLeft())
        if proposal is self._current:
            painter.setPen(QPen(COLOURS[kind], 1.0))
            painter.drawRect(box.adjusted(-6, -6, 6, 6))

    def _outline(self, number: int) -> list[QPolygonF]:
        """Edges of the cell as it would be, and of its nucleus."""
        if number not in self._outlines:
            cell = self._proposals[number].cell
            self._outlines[number] = [*_loops(cell.mask), *_loops(cell.nucleus)]
        return self._outlines[number]

    def _follow(self) -> None:
        if self.isVisible():
            self.update()


def _loops(mask: Mask) -> list[QPolygonF]:
    """The border of a mask as closed lines, along which dashes can run."""
    if mask.is_empty:
        return []
    ends: dict[tuple[float, float], list[tuple[float, float]]] = {}
    for line in edge_lines(mask):
        a, b = (line.x1(), line.y1()), (line.x2(), line.y2())
        ends.setdefault(a, []).append(b)
        ends.setdefault(b, []).append(a)
    loops = []
    while ends:
        point = start = next(iter(ends))
        loop = [start]
        while point in ends:
            after = ends[point].pop()
            ends[after].remove(point)
            for corner in (point, after):
                if not ends.get(corner, True):
                    del ends[corner]
            point = after
            loop.append(point)
        loops.append(QPolygonF([QPointF(x, y) for x, y in loop]))
    return loops
