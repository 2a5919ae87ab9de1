"""Brush and eraser: a round cursor with a soft edge, a live preview, and on release the path of the stroke."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QRadialGradient

from allviewer.session.stroke import Stroke
from allviewer.session.tool_state import Part
from allviewer.ui.canvas.tools.label_ink import draw_label
from allviewer.ui.canvas.tools.stroke_preview import StrokePreview
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool

_PAINT = {Part.CYTOPLASM: QColor(0, 158, 115, 120), Part.NUCLEUS: QColor(86, 60, 200, 120)}
_ERASE = QColor(213, 40, 40, 120)
_SOFT_FROM, _HOVER_ALPHA = 0.75, 55
"""Share of the radius from which the cursor's disc fades; how strongly it is filled."""
_LABEL = QRectF(0, 0, 90, 30)
"""Room beside the cursor for the N:C ratio."""


class BrushTool(Tool):
    """Paints, or erases with `erases`; Alt held at the press inverts it, and so does the eraser end of a pen."""

    cursor = Qt.CursorShape.CrossCursor
    sizes_by_drag = True

    def __init__(self, canvas: Canvas, *, erases: bool) -> None:
        super().__init__(canvas)
        self._erases = erases
        self._is_down = False
        self._at: QPointF | None = None
        self._label = QRectF()
        self._preview = StrokePreview(canvas.view)
        self._stroke.ratio_changed.connect(self._touch_ring)

    @property
    def _stroke(self) -> Stroke:
        return self._canvas.tool_state.stroke

    def press(self, pointer: Pointer) -> None:
        erases = self._erases_with(pointer)
        self._is_down = True
        radius_px = self._radius_px
        self._canvas.touch(self._preview.begin(pointer.image, radius_px, self._colour(erases)))
        self._stroke.begin(pointer.image, radius_px, erases)
        self._move_ring(pointer.screen)

    def drag(self, pointer: Pointer) -> None:
        if self._is_down:
            radius_px = self._radius_px
            self._canvas.touch(self._preview.extend(pointer.image, radius_px))
            self._stroke.extend(pointer.image, radius_px)
        self._move_ring(pointer.screen)

    def hover(self, pointer: Pointer) -> None:
        self._move_ring(pointer.screen)

    def release(self, pointer: Pointer) -> None:
        if not self._is_down:
            return
        path, radius_px, erases = self._stroke.path, self._stroke.radius_px, self._stroke.erases
        self.cancel()
        self._canvas.stroke_finished.emit(path, radius_px, erases)

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
        self._stroke.end()

    def paint(self, painter: QPainter) -> None:
        self._preview.paint(painter)
        ring = self._ring()
        if ring.isEmpty():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._is_down:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(_soft(ring, self._colour(self._erases)))
            painter.drawEllipse(ring)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width_px in ((QColor(0, 0, 0, 200), 2.5), (QColor(255, 255, 255), 1.0)):
            painter.setPen(QPen(colour, width_px))
            painter.drawEllipse(ring)
        if self._stroke.ratio is not None:
            draw_label(painter, self._label_place(ring), f"N:C {self._stroke.ratio:.2f}")

    @property
    def _radius_px(self) -> float:
        state = self._canvas.tool_state
        return state.pen.width(state.radius_px) if self._is_down else state.radius_px

    def _erases_with(self, pointer: Pointer) -> bool:
        if self._canvas.tool_state.pen.is_turned:
            return True
        return self._erases != pointer.has(Qt.KeyboardModifier.AltModifier)

    def _colour(self, erases: bool) -> QColor:
        return _ERASE if erases else _PAINT[self._canvas.tool_state.part]

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
        before, self._label = self._label, QRectF()
        if self._stroke.ratio is not None and not ring.isEmpty():
            self._label = _LABEL.translated(self._label_place(ring))
        for area in (before, self._label):
            self._canvas.touch(area)

    def _label_place(self, ring: QRectF) -> QPointF:
        """Beside the cursor, and always in view."""
        width, height = self._canvas.view.viewport
        return QPointF(min(ring.right(), width - _LABEL.width()), min(ring.bottom(), height - _LABEL.height()))

    def _ring(self) -> QRectF:
        if self._at is None:
            return QRectF()
        reach = self._radius_px * self._canvas.view.scale
        return QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)


def _soft(ring: QRectF, colour: QColor) -> QBrush:
    """What the brush would leave, fading towards its edge."""
    inside, outside = QColor(colour), QColor(colour)
    inside.setAlpha(_HOVER_ALPHA)
    outside.setAlpha(0)
    gradient = QRadialGradient(ring.center(), ring.width() / 2)
    gradient.setColorAt(_SOFT_FROM, inside)
    gradient.setColorAt(1, outside)
    return QBrush(gradient)
