"""The picture of image and cells as it is on the screen, kept between paints.

Panning moves the pixels that are there and draws the strips that came into view, at any angle; a tile that arrives or
a cell that changes draws its own rectangle. Only a new scale or a new angle draws everything.
"""

import math
from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPixmap, QRegion

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement
from allviewer.ui.canvas.mosaic import Lookup, Mosaic

_MOST_STRIPS = 6
"""With more dirty rectangles than this, their common box is drawn instead."""


class Frame:
    """A pixmap of the view's size in device pixels, and what is out of date in it."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._placement = Placement()
        self._dirty = QRegion()
        self._mosaic = Mosaic()

    @property
    def pixmap(self) -> QPixmap:
        return self._pixmap

    def invalidate(self) -> None:
        """Everything is out of date."""
        self._dirty = QRegion(self._pixmap.rect())

    def invalidate_region(self, region: Region) -> QRect:
        """A level-0 rectangle is out of date. Returns its place, in device pixels."""
        ratio = self._placement.device_pixel_ratio
        left, top, right, bottom = (edge * ratio for edge in self._placement.screen_box(region))
        corner = (math.floor(left) - 2, math.floor(top) - 2)
        size = (math.ceil(right) + 2 - corner[0], math.ceil(bottom) + 2 - corner[1])
        place = QRect(*corner, *size) & self._pixmap.rect()
        self._dirty += place
        return place

    def update(self, placement: Placement, layers: Sequence[Lookup], background: QColor) -> None:
        """Bring the pixmap up to date with the view."""
        self._follow(placement)
        if self._dirty.isEmpty():
            return
        rects = list(cast("Iterable[QRect]", self._dirty))  # iterable, but its type stub does not say so
        if len(rects) > _MOST_STRIPS:
            rects = [self._dirty.boundingRect()]
        for rect in rects:
            self._mosaic.draw(self._pixmap, rect, placement, layers, background)
        self._dirty = QRegion()

    def _follow(self, placement: Placement) -> None:
        size = QSize(*placement.device_viewport)
        if size != self._pixmap.size():
            self._pixmap = QPixmap(size)
            self._pixmap.fill(QColor("black"))  # makes it opaque: drawing it is then a plain copy
            self.invalidate()
        before, self._placement = self._placement, placement
        if (placement.device_scale, placement.turn) != (before.device_scale, before.turn):
            self.invalidate()
            return
        (x, y), (last_x, last_y) = placement.device_origin, before.device_origin
        if abs(x - last_x) >= size.width() or abs(y - last_y) >= size.height():
            self.invalidate()
        elif (x, y) != (last_x, last_y):
            self._scroll(x - last_x, y - last_y)

    def _scroll(self, dx: int, dy: int) -> None:
        rect = self._pixmap.rect()
        self._pixmap.scroll(dx, dy, rect)
        self._dirty.translate(dx, dy)
        self._dirty += QRegion(rect) - QRegion(rect.translated(dx, dy))
        self._dirty &= rect
