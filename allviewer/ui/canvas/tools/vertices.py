"""Corners of the selected cell's outline: drag one, drag the line between two for a new one, Alt+click removes one."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from allviewer.session.outline_draft import OutlineDraft
from allviewer.ui.canvas.tools.tool import Canvas, Pointer, Tool, box_around

_GRAB_PX = 8.0
_MARGIN_PX = 8.0
_LINE = QColor(0, 90, 160)


class VerticesTool(Tool):
    """A click elsewhere selects the cell there. Esc springs back; Backspace removes the corner under the cursor."""

    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._held: int | None = None
        self._near: int | None = None
        self._drawn = QRectF()
        self._outline.changed.connect(self._touch)

    @property
    def _outline(self) -> OutlineDraft:
        return self._canvas.tool_state.outline

    def press(self, pointer: Pointer) -> None:
        corner = self._corner_at(pointer.screen)
        if corner is not None and pointer.has(Qt.KeyboardModifier.AltModifier):
            self._remove(corner)
            return
        edge = self._edge_at(pointer.screen) if corner is None else None
        if corner is None and edge is None:
            self._canvas.cell_clicked.emit(self._canvas.cell_id_at(pointer.image), pointer.modifiers)
            return
        self._outline.grab()
        if corner is None and edge is not None:
            corner = edge + 1
            self._outline.insert(corner, pointer.image)
        self._held = corner

    def drag(self, pointer: Pointer) -> None:
        if self._held is not None:
            self._outline.move(self._held, pointer.image)

    def release(self, pointer: Pointer) -> None:
        if self._held is not None:
            self._held = None
            self._outline.finish()

    def hover(self, pointer: Pointer) -> None:
        near = self._corner_at(pointer.screen)
        if near != self._near:
            self._near = near
            self._touch()
        on_line = near is not None or self._edge_at(pointer.screen) is not None
        self._canvas.hold(Qt.CursorShape.PointingHandCursor if on_line else self.cursor)

    def double_click(self, pointer: Pointer) -> bool:
        corner = self._corner_at(pointer.screen)
        if corner is not None:
            self._remove(corner)
        return True

    def key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self._held is not None:
            self.cancel()
        elif key == Qt.Key.Key_Backspace and self._near is not None and self._held is None:
            self._remove(self._near)
        else:
            return False
        return True

    def cancel(self) -> None:
        self._held = self._near = None
        self._outline.drop()

    def paint(self, painter: QPainter) -> None:
        places = self._places()
        if not places:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in (QPen(QColor(255, 255, 255, 220), 3.0), QPen(_LINE, 1.3)):
            painter.setPen(pen)
            painter.drawPolygon(QPolygonF(places))
        for index, place in enumerate(places):
            side = 9.0 if index in (self._near, self._held) else 6.0
            painter.setBrush(_LINE if index in (self._near, self._held) else QColor("white"))
            painter.drawRect(QRectF(place.x() - side / 2, place.y() - side / 2, side, side))

    def _remove(self, corner: int) -> None:
        self._near = None
        self._outline.grab()
        self._outline.remove(corner)
        self._outline.finish()

    def _places(self) -> list[QPointF]:
        return [QPointF(*self._canvas.view.to_screen(corner)) for corner in self._outline.corners]

    def _corner_at(self, at: QPointF) -> int | None:
        places = self._places()
        near = min(range(len(places)), key=lambda i: (places[i] - at).manhattanLength(), default=None)
        return near if near is not None and (places[near] - at).manhattanLength() <= _GRAB_PX else None

    def _edge_at(self, at: QPointF) -> int | None:
        """The edge under a place of the screen: number of the corner it begins at."""
        places = self._places()
        for index, (a, b) in enumerate(zip(places, places[1:] + places[:1], strict=True)):
            if _distance(at, a, b) <= _GRAB_PX / 2:
                return index
        return None

    def _touch(self) -> None:
        """Paint what was there, and what is there now."""
        before, self._drawn = self._drawn, box_around(self._places(), _MARGIN_PX)
        for area in (before, self._drawn):
            self._canvas.touch(area)


def _distance(at: QPointF, a: QPointF, b: QPointF) -> float:
    """From a place to a line between two others."""
    along = b - a
    length2 = QPointF.dotProduct(along, along)
    share = max(0.0, min(1.0, QPointF.dotProduct(at - a, along) / length2)) if length2 else 0.0
    off = at - a - along * share
    return float(QPointF.dotProduct(off, off) ** 0.5)
