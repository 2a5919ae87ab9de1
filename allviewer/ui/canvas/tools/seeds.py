"""Click once in each cell that touching ones should be; the pieces are shown. Enter or a double click takes them."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from allviewer.session.seeds import Seeds
from allviewer.ui.canvas.tools.mask_ink import draw_mask, mask_box
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_FILLS = tuple(
    QColor(*rgb, 110)
    for rgb in ((0, 114, 178), (230, 159, 0), (0, 158, 115), (204, 121, 167), (86, 180, 233), (213, 94, 0))
)
_DOT_PX = 4.0
_MARGIN_PX = 16.0


class SeedsTool(Tool):
    """Backspace takes the last point back, Esc all of them."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._drawn = QRectF()
        self._seeds.changed.connect(self._touch)

    @property
    def _seeds(self) -> Seeds:
        return self._canvas.tool_state.seeds

    def press(self, pointer: Pointer) -> None:
        self._seeds.place(pointer.image)

    def double_click(self, pointer: Pointer) -> bool:
        self._seeds.accept()
        return True

    def key(self, key: int) -> bool:
        if not self._seeds.points:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._seeds.accept()
        elif key == Qt.Key.Key_Backspace:
            self._seeds.take_back()
        elif key == Qt.Key.Key_Escape:
            self._seeds.drop()
        else:
            return False
        return True

    def cancel(self) -> None:
        self._seeds.drop()

    def paint(self, painter: QPainter) -> None:
        view = self._canvas.view
        for number, piece in enumerate(self._seeds.pieces):
            draw_mask(painter, view, piece, _FILLS[number % len(_FILLS)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, place in enumerate(self._places(), start=1):
            painter.setPen(QPen(QColor("white"), 1.5))
            painter.setBrush(QColor(30, 30, 30))
            painter.drawEllipse(place, _DOT_PX, _DOT_PX)
            painter.drawText(place + QPointF(6, -4), str(number))

    def _places(self) -> list[QPointF]:
        return [QPointF(*self._canvas.view.to_screen(point)) for point in self._seeds.points]

    def _touch(self) -> None:
        """Paint what was there, and what is there now."""
        before, self._drawn = self._drawn, box_around(self._places(), _MARGIN_PX)
        for piece in self._seeds.pieces:
            self._drawn = self._drawn.united(mask_box(self._canvas.view, piece))
        for area in (before, self._drawn):
            self._canvas.touch(area)
