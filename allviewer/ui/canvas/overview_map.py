"""The small map of the whole image with the part in view; a click goes there."""

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPixmap, QPolygonF

from allviewer.session.placement import Point
from allviewer.session.view_state import ViewState
from allviewer.session.visited import Visited

_LONGEST_PX = 180.0
_MARGIN_PX = 14.0
_LEAST_MARK_PX = 6.0
_EDGE = QColor(0, 0, 0, 160)
_VISITED = QColor(0, 158, 115, 75)
_MARK = QColor(213, 40, 40)


class OverviewMap:
    """Lower right of the view, shown while part of the image is out of view."""

    def __init__(self, view: ViewState) -> None:
        self._view = view
        self._picture = QPixmap()
        self._visited: Visited | None = None
        self._shown = QPixmap()
        """The picture with what has been looked at: put together once, since it is painted with every movement."""

    def set_visited(self, visited: Visited | None) -> None:
        """What of the image has been looked at; None if nobody keeps that."""
        self._visited = visited
        self.refresh_visited()

    def refresh_visited(self) -> None:
        """More has been looked at."""
        self._shown = QPixmap(self._picture)
        if self._visited is not None and not self._shown.isNull():
            with QPainter(self._shown) as painter:
                painter.drawImage(self._shown.rect(), _tinted(self._visited))

    def set_picture(self, picture: QImage | None) -> None:
        """The whole image, reduced; None while it is not here."""
        self._picture = QPixmap()
        if picture is not None:
            size = self._box().toRect().size() * self._view.device_pixel_ratio
            self._picture = QPixmap.fromImage(
                picture.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
            )
        self.refresh_visited()

    @property
    def is_shown(self) -> bool:
        bounds = self._view.bounds
        if bounds.is_empty or self._picture.isNull() or min(self._view.viewport) < 2 * _LONGEST_PX:
            return False
        return not self._view.visible_region.contains(bounds)

    @property
    def area(self) -> QRectF:
        """What it covers of the screen; empty while it is not shown."""
        return self._box() if self.is_shown else QRectF()

    def contains(self, point: QPointF) -> bool:
        return self.is_shown and self._box().contains(point)

    def image_point(self, point: QPointF) -> Point:
        """The level-0 point under a screen point of the map."""
        box, bounds = self._box(), self._view.bounds
        return (
            (point.x() - box.x()) / box.width() * bounds.width,
            (point.y() - box.y()) / box.height() * bounds.height,
        )

    def paint(self, painter: QPainter) -> None:
        if not self.is_shown:
            return
        box = self._box().toRect()
        painter.drawPixmap(box, self._shown)
        _frame(painter, box, 1, _EDGE)
        if self._view.rotation_deg % 90:
            self._paint_mark_at_angle(painter, box)
        else:
            _frame(painter, self._mark(box), 2, _MARK)

    def _size(self) -> QPointF:
        bounds = self._view.bounds
        scale = _LONGEST_PX / max(bounds.width, bounds.height, 1)
        return QPointF(max(8.0, bounds.width * scale), max(8.0, bounds.height * scale))

    def _box(self) -> QRectF:
        size, (width, height) = self._size(), self._view.viewport
        left, top = width - size.x() - _MARGIN_PX, height - size.y() - _MARGIN_PX
        return QRectF(left, top, size.x(), size.y())

    def _mark(self, box: QRect) -> QRect:
        """The part in view, on the map; never too small to be seen."""
        mark = self._seen(box).boundingRect()
        grow_x, grow_y = max(0.0, _LEAST_MARK_PX - mark.width()) / 2, max(0.0, _LEAST_MARK_PX - mark.height()) / 2
        return mark.adjusted(-grow_x, -grow_y, grow_x, grow_y).toRect().intersected(box)

    def _paint_mark_at_angle(self, painter: QPainter, box: QRect) -> None:
        seen = self._seen(box)
        painter.save()
        painter.setClipRect(box, Qt.ClipOperation.IntersectClip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(_MARK, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if max(seen.boundingRect().width(), seen.boundingRect().height()) < _LEAST_MARK_PX:
            painter.drawEllipse(seen.boundingRect().center(), _LEAST_MARK_PX / 2, _LEAST_MARK_PX / 2)
        else:
            painter.drawPolygon(seen)
        painter.restore()

    def _seen(self, box: QRect) -> QPolygonF:
        """The corners of the view, on the map."""
        bounds = self._view.bounds
        x, y = box.width() / bounds.width, box.height() / bounds.height
        corners = self._view.placement.seen_corners
        return QPolygonF([QPointF(box.x() + left * x, box.y() + top * y) for left, top in corners])


def _tinted(visited: Visited) -> QImage:
    """A pixel a square, coloured where somebody has looked."""
    rows, columns = visited.squares.shape
    tint = QImage(columns, rows, QImage.Format.Format_ARGB32)
    pixels = np.frombuffer(tint.bits(), dtype=np.uint32).reshape(rows, columns)
    pixels[:] = np.where(visited.squares, _VISITED.rgba(), 0)
    return tint


def _frame(painter: QPainter, box: QRect, width_px: int, colour: QColor) -> None:
    """The edges of a rectangle, as four filled ones: much cheaper than a pen, and drawn with every movement."""
    across, down = box.width(), box.height()
    painter.fillRect(box.x(), box.y(), across, width_px, colour)
    painter.fillRect(box.x(), box.y() + down - width_px, across, width_px, colour)
    painter.fillRect(box.x(), box.y(), width_px, down, colour)
    painter.fillRect(box.x() + across - width_px, box.y(), width_px, down, colour)
