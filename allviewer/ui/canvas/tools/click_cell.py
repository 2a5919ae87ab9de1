"""Click on a cell that nobody has marked: it is outlined. More clicks correct it: left is inside, right is outside."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from allviewer.session.clicked import Clicked, MarkedPoint
from allviewer.session.tool_state import Part
from allviewer.ui.canvas.tools.label_ink import draw_label
from allviewer.ui.canvas.tools.mask_ink import draw_mask, mask_box
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_CYTOPLASM, _NUCLEUS = QColor(0, 158, 115, 90), QColor(86, 60, 200, 110)
_INSIDE, _OUTSIDE = QColor(0, 158, 115), QColor(213, 40, 40)
_DOT_PX = 5.5
_LABEL_PX = 190.0
"""Room beside the outline for what is written there."""


class ClickCellTool(Tool):
    """Enter takes the outline, so does a click on another cell; Backspace takes the last click back, Esc all."""

    cursor = Qt.CursorShape.CrossCursor
    uses_right_button = True

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._drawn = QRectF()
        self._clicked.changed.connect(self._touch)

    @property
    def _clicked(self) -> Clicked:
        return self._canvas.tool_state.clicked

    def press(self, pointer: Pointer) -> None:
        says_outside = pointer.has(Qt.KeyboardModifier.ControlModifier) or pointer.has(Qt.KeyboardModifier.AltModifier)
        self._click(pointer, is_inside=not says_outside)

    def press_right(self, pointer: Pointer) -> None:
        self._click(pointer, is_inside=False)

    def key(self, key: int) -> bool:
        if not self._clicked.points:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._clicked.accept()
        elif key == Qt.Key.Key_Backspace:
            self._clicked.take_back()
        elif key == Qt.Key.Key_Escape:
            self._clicked.drop()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._clicked.drop()

    def paint(self, painter: QPainter) -> None:
        clicked, view = self._clicked, self._canvas.view
        if not clicked.mask.is_empty:
            draw_mask(painter, view, clicked.mask, _CYTOPLASM)
            draw_mask(painter, view, clicked.nucleus, _NUCLEUS)
            box = mask_box(view, clicked.mask)
            text = f"N:C {clicked.nc_ratio:.2f} · {self._canvas.tool_state.part} · Enter"
            draw_label(painter, QPointF(box.left(), box.bottom() + 6), text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for point in clicked.points:
            _draw_mark(painter, self._place(point), point)

    def _click(self, pointer: Pointer, *, is_inside: bool) -> None:
        self._clicked.click(MarkedPoint(*pointer.image, is_inside, str(self._canvas.tool_state.part)))

    def _place(self, point: MarkedPoint) -> QPointF:
        return QPointF(*self._canvas.view.to_screen((point.x, point.y)))

    def _touch(self) -> None:
        """Paint what was there, and what is there now."""
        before, self._drawn = self._drawn, box_around([self._place(p) for p in self._clicked.points], 2 * _DOT_PX)
        if not self._clicked.mask.is_empty:
            box = mask_box(self._canvas.view, self._clicked.mask).adjusted(-4, -4, _LABEL_PX, 40)
            self._drawn = self._drawn.united(box)
        for area in (before, self._drawn):
            self._canvas.touch(area)


def _draw_mark(painter: QPainter, place: QPointF, point: MarkedPoint) -> None:
    """A plus for inside, a minus for outside; a ring says that it is about the nucleus."""
    painter.setPen(QPen(QColor("white"), 2.0 if point.part == Part.NUCLEUS else 1.0))
    painter.setBrush(_INSIDE if point.is_inside else _OUTSIDE)
    painter.drawEllipse(place, _DOT_PX, _DOT_PX)
    painter.setPen(QPen(QColor("white"), 1.6))
    painter.drawLine(place - QPointF(3, 0), place + QPointF(3, 0))
    if point.is_inside:
        painter.drawLine(place - QPointF(0, 3), place + QPointF(0, 3))
