"""Lengths measured on the image: lines with their length in micrometres and pixels, at whatever angle it is shown."""

import math
from collections.abc import Iterator

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from allviewer.session.placement import Point
from allviewer.session.view_state import ViewState

Line = tuple[Point, Point]
"""Two level-0 points."""

_TICK_PX = 6.0
_HALO = QColor(0, 0, 0, 170)
_LINE = QColor(255, 214, 10)
_BACKING = QColor(0, 0, 0, 160)


def length_px(line: Line) -> float:
    """Length in level-0 pixels."""
    return math.dist(*line)


def length_text(pixels: float, um_per_px: float | None) -> str:
    """As it stands beside a line."""
    in_pixels = f"{pixels:.1f} px" if pixels < 100 else f"{pixels:,.0f} px"
    if um_per_px is None:
        return in_pixels
    um = pixels * um_per_px
    length = f"{um / 1000:.2f} mm" if um >= 1000 else f"{um:.1f} µm" if um >= 10 else f"{um:.2f} µm"
    return f"{length}   {in_pixels}"


class Rulers:
    """The lines of one image; painted with every tool."""

    def __init__(self) -> None:
        self._lines: list[Line] = []

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: Line) -> None:
        self._lines.append(line)

    def take(self, line: Line) -> None:
        self._lines.remove(line)

    def clear(self) -> None:
        self._lines.clear()

    def paint(self, painter: QPainter, view: ViewState, um_per_px: float | None) -> None:
        for line in self._lines:
            paint_ruler(painter, view, line, um_per_px)


def paint_ruler(painter: QPainter, view: ViewState, line: Line, um_per_px: float | None) -> None:
    """Draw one line with its length; the painter's unit is the screen pixel."""
    start, end = (QPointF(*view.to_screen(point)) for point in line)
    direction = QLineF(start, end)
    if direction.length() < 1:
        return
    across = direction.normalVector().unitVector()
    tick = QPointF(across.dx(), across.dy()) * _TICK_PX
    strokes = [direction, QLineF(start - tick, start + tick), QLineF(end - tick, end + tick)]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width_px in ((_HALO, 4.0), (_LINE, 2.0)):
        painter.setPen(QPen(colour, width_px, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLines(strokes)
    _paint_label(painter, direction, length_text(length_px(line), um_per_px))
    painter.restore()


def _paint_label(painter: QPainter, line: QLineF, text: str) -> None:
    """Beside the middle of the line, on the side that is further up."""
    font = QFont(painter.font())
    font.setPointSizeF(9.0)
    painter.setFont(font)
    metrics = painter.fontMetrics()
    width, height = metrics.horizontalAdvance(text) + 12.0, metrics.height() + 4.0
    across = line.normalVector().unitVector()
    side = -1.0 if across.dy() > 0 else 1.0
    reach = _TICK_PX + 4 + (abs(across.dx()) * width + abs(across.dy()) * height) / 2
    middle = line.center() + QPointF(across.dx(), across.dy()) * side * reach
    box = QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_BACKING)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
