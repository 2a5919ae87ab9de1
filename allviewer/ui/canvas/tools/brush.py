"""Brush and eraser: a round cursor, a live preview, and on release the path of the stroke."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from allviewer.session.tool_state import Part
from allviewer.ui.canvas.tools.stroke_preview import StrokePreview
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool

_PAINT = {Part.CYTOPLASM: QColor(0, 158, 115, 120), Part.NUCLEUS: QColor(86, 60, 200, 120)}
_ERASE = QColor(213, 40, 40, 120)


class BrushTool(Tool):
    """Paints, or erases with `erases`; Alt held at the press inverts it."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas, *, erases: bool) -> None:
        super().__init__(canvas)
        self._erases = erases
        self._inverts = False
        self._is_down = False
        self._radius_px = 1.0
        self._at: QPointF | None = None
        self._preview = StrokePreview(canvas.view)

    def press(self, pointer: Pointer) -> None:
        self._inverts = pointer.has(Qt.KeyboardModifier.AltModifier)
        self._is_down = True
        self._radius_px = self._canvas.tool_state.radius_px
        colour = _ERASE if self._erases != self._inverts else _PAINT[self._canvas.tool_state.part]
        self._canvas.touch(self._preview.begin(pointer.image, self._radius_px, colour))
        self._move_ring(pointer.screen)

    def drag(self, pointer: Pointer) -> None:
        if self._is_down:
            self._canvas.touch(self._preview.extend(pointer.image))
        self._move_ring(pointer.screen)

    def hover(self, pointer: Pointer) -> None:
        self._move_ring(pointer.screen)

    def release(self, pointer: Pointer) -> None:
        if not self._is_down:
            return
        self._is_down = False
        path = self._preview.path
        self._canvas.touch(self._preview.clear())
        self._canvas.stroke_finished.emit(path, self._radius_px, self._erases != self._inverts)

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._is_down:
            self.cancel()
            return True
        sizes: dict[int, int] = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
        steps = sizes.get(key)
        if steps is None:
            return False
        self._resize(steps)
        return True

    def wheel(self, steps: float, pointer: Pointer) -> bool:
        if not pointer.has(Qt.KeyboardModifier.AltModifier):
            return False
        self._resize(steps)
        return True

    def leave(self) -> None:
        self._move_ring(None)

    def cancel(self) -> None:
        self._is_down = False
        self._canvas.touch(self._preview.clear())

    def paint(self, painter: QPainter) -> None:
        self._preview.paint(painter)
        ring = self._ring()
        if ring.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width_px in ((QColor(0, 0, 0, 200), 2.5), (QColor(255, 255, 255), 1.0)):
            painter.setPen(QPen(colour, width_px))
            painter.drawEllipse(ring)

    def _resize(self, steps: float) -> None:
        self._touch_ring()
        self._canvas.tool_state.scale_radius(steps)
        self._touch_ring()

    def _move_ring(self, at: QPointF | None) -> None:
        self._touch_ring()
        self._at = at
        self._touch_ring()

    def _touch_ring(self) -> None:
        ring = self._ring()
        if not ring.isEmpty():
            self._canvas.touch(ring.adjusted(-3, -3, 3, 3))

    def _ring(self) -> QRectF:
        if self._at is None:
            return QRectF()
        radius_px = self._radius_px if self._is_down else self._canvas.tool_state.radius_px
        reach = radius_px * self._canvas.view.scale
        return QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)
