"""Select cells in a box or a lasso. Shift adds them to the selection, Alt takes them out of it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter

from allviewer.domain.geometry import Region
from allviewer.session.drawn import Pick
from allviewer.session.placement import Point
from allviewer.ui.canvas.tools.path_draft import PathDraft
from allviewer.ui.canvas.tools.rubber_band import RubberBand
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool

_LINE, _FILL = QColor(0, 114, 178), QBrush(QColor(0, 114, 178, 40))
_SMALLEST_PX = 4
"""Of the screen: a smaller drag was meant as a click."""


def pick_of(pointer: Pointer) -> Pick:
    """What the keys held at the press say."""
    if pointer.has(Qt.KeyboardModifier.AltModifier):
        return Pick.SUBTRACT
    adds = pointer.has(Qt.KeyboardModifier.ShiftModifier) or pointer.has(Qt.KeyboardModifier.ControlModifier)
    return Pick.ADD if adds else Pick.REPLACE


def corners_of(region: Region) -> list[Point]:
    left, top, right, bottom = region.x, region.y, region.right, region.bottom
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


class _PickTool(Tool):
    """A click selects as the select tool does; a drag goes round cells."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._pressed: Pointer | None = None
        self._is_dragging = False

    def press(self, pointer: Pointer) -> None:
        self._pressed, self._is_dragging = pointer, False

    def drag(self, pointer: Pointer) -> None:
        start = self._pressed
        if start is None:
            return
        if not self._is_dragging:
            if (pointer.screen - start.screen).manhattanLength() < _SMALLEST_PX:
                return
            self._is_dragging = True
            self._begin(start)
        self._stretch(start, pointer)

    def release(self, pointer: Pointer) -> None:
        start, self._pressed = self._pressed, None
        if start is None:
            return
        if not self._is_dragging:
            self._canvas.cell_clicked.emit(self._canvas.cell_id_at(start.image), start.modifiers)
            return
        corners = self._corners()
        self._clear()
        if len(corners) >= 3:
            self._canvas.tool_state.drawn.picked.emit(corners, pick_of(start))

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._pressed is not None:
            self.cancel()
            return True
        return False

    def cancel(self) -> None:
        self._pressed = None
        self._clear()

    def _begin(self, start: Pointer) -> None:
        """A drag begins."""

    def _stretch(self, start: Pointer, pointer: Pointer) -> None:
        """It goes on."""

    def _corners(self) -> list[Point]:
        """What it goes round."""
        return []

    def _clear(self) -> None:
        """It is over."""


class BoxTool(_PickTool):
    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._band = RubberBand(canvas)

    def paint(self, painter: QPainter) -> None:
        self._band.paint(painter)

    def _stretch(self, start: Pointer, pointer: Pointer) -> None:
        self._band.stretch(start.image, pointer.image)

    def _corners(self) -> list[Point]:
        return corners_of(self._band.region)

    def _clear(self) -> None:
        self._band.clear()


class LassoTool(_PickTool):
    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._path = PathDraft(canvas, _LINE)

    def paint(self, painter: QPainter) -> None:
        self._path.paint(painter, is_closed=True, fill=_FILL)

    def _begin(self, start: Pointer) -> None:
        self._path.begin(start.image)

    def _stretch(self, start: Pointer, pointer: Pointer) -> None:
        self._path.extend(pointer.image)

    def _corners(self) -> list[Point]:
        return self._path.points

    def _clear(self) -> None:
        self._path.clear()
