"""Rings around cells that the two sides of a comparison see differently, drawn over one view."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from allviewer.domain.grid import RegionGrid
from allviewer.session.comparison import Difference, DifferingCell
from allviewer.session.view_state import ViewState

COLOURS = {
    Difference.ONLY_LEFT: QColor(230, 159, 0),
    Difference.ONLY_RIGHT: QColor(86, 180, 233),
    Difference.OTHER_CLASS: QColor(204, 121, 167),
    Difference.LOW_OVERLAP: QColor(240, 228, 66),
}
"""After Okabe and Ito: told apart whatever the eyes; the lines differ too."""
LINES = {
    Difference.ONLY_LEFT: Qt.PenStyle.SolidLine,
    Difference.ONLY_RIGHT: Qt.PenStyle.DashLine,
    Difference.OTHER_CLASS: Qt.PenStyle.DashDotLine,
    Difference.LOW_OVERLAP: Qt.PenStyle.DotLine,
}
_HALO = QColor(0, 0, 0, 150)
_GAP_PX = 5.0
_MOST_RINGS = 3000


class DifferenceMarks(QWidget):
    """Lies over a view and lets every event through."""

    def __init__(self, view: ViewState, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._view, self._canvas = view, canvas
        self._cells: Sequence[DifferingCell] = ()
        self._grid = RegionGrid()
        self._current: DifferingCell | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        canvas.installEventFilter(self)
        view.changed.connect(self._follow)
        self.hide()

    def show_cells(self, cells: Sequence[DifferingCell], current: DifferingCell | None) -> None:
        """Mark these; the current one stands out."""
        if cells is not self._cells:
            self._cells, self._grid = cells, RegionGrid()
            for number, cell in enumerate(cells):
                self._grid.put(number, cell.region)
        self._current = current
        self.setVisible(bool(cells))
        self.setGeometry(self._canvas.rect())
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._canvas:
            self.setGeometry(self._canvas.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        near = sorted(self._grid.near(self._view.visible_region))[:_MOST_RINGS]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in near:
            self._paint_ring(painter, self._cells[number])
        painter.end()

    def _paint_ring(self, painter: QPainter, cell: DifferingCell) -> None:
        left, top, right, bottom = self._view.placement.screen_box(cell.region)
        ring = QRectF(left, top, right - left, bottom - top).adjusted(-_GAP_PX, -_GAP_PX, _GAP_PX, _GAP_PX)
        width = 4.0 if cell is self._current else 2.0
        painter.setPen(QPen(_HALO, width + 2))
        painter.drawEllipse(ring)
        painter.setPen(QPen(COLOURS[cell.kind], width, LINES[cell.kind]))
        painter.drawEllipse(ring)

    def _follow(self) -> None:
        if self.isVisible():
            self.update()
