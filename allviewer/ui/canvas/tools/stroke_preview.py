"""The stroke being drawn, as pixels: each movement of the mouse paints its own segment and nothing else."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from allviewer.session.placement import Placement, Point
from allviewer.session.view_state import ViewState


class StrokePreview:
    """A see-through picture of the view's size, kept between strokes; only what a stroke touched is cleared."""

    def __init__(self, view: ViewState) -> None:
        self._view = view
        self._picture = QImage()
        self._used = QRect()
        self._path: list[Point] = []
        self._radii: list[float] = []
        self._colour = QColor()
        self._drawn_for = Placement()

    def begin(self, point: Point, radius_px: float, colour: QColor) -> QRectF:
        """Start at a level-0 point. Returns the part of the screen that changed."""
        self._path, self._radii = [point], [radius_px]
        self._colour = colour
        return self._draw_all()

    def extend(self, point: Point, radius_px: float) -> QRectF:
        """Go on to a point. Returns the part of the screen that changed."""
        self._path.append(point)
        self._radii.append(radius_px)
        if self._drawn_for != self._view.placement:
            return self._draw_all()
        return self._draw(self._path[-2:], self._radii[-2:])

    def clear(self) -> QRectF:
        """Forget the stroke. Returns the part of the screen that changed."""
        self._path, self._radii = [], []
        return self._wipe()

    def paint(self, painter: QPainter) -> None:
        if not self._path:
            return
        if self._drawn_for != self._view.placement:
            self._draw_all()
        ratio = self._view.device_pixel_ratio
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(self._used.topLeft(), self._picture, self._used)
        painter.restore()

    def _draw_all(self) -> QRectF:
        width, height = (length + 1 for length in self._view.placement.device_viewport)
        if (width, height) != (self._picture.width(), self._picture.height()):
            self._picture = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
            self._picture.fill(Qt.GlobalColor.transparent)
            self._used = QRect()
        wiped = self._wipe()
        self._drawn_for = self._view.placement
        return wiped.united(self._draw(self._path, self._radii))

    def _draw(self, points: list[Point], radii: list[float]) -> QRectF:
        ratio, widest = self._view.device_pixel_ratio, 2 * max(radii) * self._view.device_scale
        places = [QPointF(*self._view.to_screen(point)) * ratio for point in points]
        with QPainter(self._picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            before = [(places[0], radii[0]), *zip(places, radii, strict=True)]
            for (start, first), end, second in zip(before, places, radii, strict=False):
                self._draw_segment(painter, start, end, first, second)
        reach = widest / 2 + 2
        xs, ys = [place.x() for place in places], [place.y() for place in places]
        area = QRectF(
            QPointF(min(xs) - reach, min(ys) - reach), QPointF(max(xs) + reach, max(ys) + reach)
        ).toAlignedRect()
        area &= self._picture.rect()
        self._used = self._used.united(area)
        return _on_screen(area, ratio)

    def _draw_segment(self, painter: QPainter, start: QPointF, end: QPointF, first: float, second: float) -> None:
        """A line of even width or, where the pen was pressed otherwise at its end, one with a dot of that size."""
        round_ends = (Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        scale = self._view.device_scale
        if start != end:
            painter.setPen(QPen(self._colour, (first + second) * scale, *round_ends))
            painter.drawLine(start, end)
        if start == end or first != second:
            painter.setPen(QPen(self._colour, 2 * second * scale, *round_ends))
            painter.drawPoint(end)

    def _wipe(self) -> QRectF:
        area, self._used = self._used, QRect()
        if area.isEmpty():
            return QRectF()
        with QPainter(self._picture) as painter:
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
            painter.fillRect(area, Qt.GlobalColor.transparent)
        return _on_screen(area, self._view.device_pixel_ratio)


def _on_screen(area: QRect, ratio: float) -> QRectF:
    return QRectF(area.x() / ratio, area.y() / ratio, area.width() / ratio, area.height() / ratio)
