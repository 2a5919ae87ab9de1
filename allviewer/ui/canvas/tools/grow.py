"""Click in a nucleus or a cell: a region grows there. The wheel lets it grow and shrink; a second click takes it."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from allviewer.session.drawn import Pick
from allviewer.session.growth import Growth
from allviewer.session.tool_state import Part
from allviewer.ui.canvas.tools.label_ink import draw_label
from allviewer.ui.canvas.tools.mask_ink import draw_mask, mask_box
from allviewer.ui.canvas.tools.picking import pick_of
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool

_FILLS = {Part.NUCLEUS: QColor(86, 60, 200, 110), Part.CYTOPLASM: QColor(0, 158, 115, 110)}
_LABEL_PX = 150.0
"""Room beside the region for what is written there."""


class GrowTool(Tool):
    """Enter, or a second click inside the region, takes it; a click outside begins another; Esc drops it.

    Shift+click adds another region to it, Alt+click takes one away.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._drawn = QRectF()
        self._growth.changed.connect(self._touch)

    @property
    def _growth(self) -> Growth:
        return self._canvas.tool_state.growth

    def press(self, pointer: Pointer) -> None:
        how = pick_of(pointer)
        if how is Pick.REPLACE and self._growth.mask.contains_point(*pointer.image):
            self._growth.accept()
        else:
            self._growth.begin(pointer.image, how)

    def key(self, key: int) -> bool:
        if self._growth.seed is None:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._growth.accept()
        elif key == Qt.Key.Key_Escape:
            self._growth.drop()
        else:
            return False
        return True

    def wheel(self, steps: float, pointer: Pointer) -> bool:
        if self._growth.seed is None or pointer.has(Qt.KeyboardModifier.ControlModifier):
            return False
        self._growth.step(steps)
        return True

    def cancel(self) -> None:
        self._growth.drop()

    def paint(self, painter: QPainter) -> None:
        growth, view = self._growth, self._canvas.view
        if growth.seed is None:
            return
        if not growth.mask.is_empty:
            draw_mask(painter, view, growth.mask, _FILLS[self._canvas.tool_state.part])
            box = mask_box(view, growth.mask)
            draw_label(painter, QPointF(box.left(), box.bottom() + 6), f"T {growth.threshold:.0f} · wheel · Enter")
        place = QPointF(*view.to_screen(growth.seed))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width_px in ((QColor(0, 0, 0, 200), 3.0), (QColor(255, 255, 255), 1.2)):
            painter.setPen(QPen(colour, width_px))
            painter.drawLine(place + QPointF(-5, 0), place + QPointF(5, 0))
            painter.drawLine(place + QPointF(0, -5), place + QPointF(0, 5))

    def _touch(self) -> None:
        """Paint what was there, and what is there now."""
        before, self._drawn = self._drawn, QRectF()
        if self._growth.seed is not None:
            place = QPointF(*self._canvas.view.to_screen(self._growth.seed))
            self._drawn = QRectF(place.x() - 8, place.y() - 8, 16, 16)
            if not self._growth.mask.is_empty:
                self._drawn = self._drawn.united(mask_box(self._canvas.view, self._growth.mask))
            self._drawn = self._drawn.adjusted(-4, -4, _LABEL_PX, 40)
        for area in (before, self._drawn):
            self._canvas.touch(area)
