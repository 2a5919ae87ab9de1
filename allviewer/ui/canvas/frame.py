"""The picture of image and cells as it is on the screen, kept between paints.

Panning moves the pixels that are there and draws the strips that came into view; a tile that arrives or a cell that
changes draws its own rectangle. Only a new scale draws everything.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import cast

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap, QRegion

from allviewer.domain.geometry import Region
from allviewer.session.tile_grid import TILE_PX, ScreenTile, coarsest_level, tile_box, tiles_over
from allviewer.session.view_state import ViewState

Lookup = Callable[[ScreenTile], QImage | None]
"""A tile's picture, a null image if it is empty, None if it is not here."""

FINEST_LEVEL = -5
_MOST_STRIPS = 6
"""With more dirty rectangles than this, their common box is drawn instead."""
_MOSAIC_PER_SCREEN = 1.42
"""Pixels of the finest level that is used, for one of the screen (the square root of two)."""


def screen_level(device_scale: float, bounds: Region) -> int:
    """The level whose pixels are nearest in size to those of the screen."""
    return min(coarsest_level(bounds), max(FINEST_LEVEL, round(-math.log2(device_scale))))


class Frame:
    """A pixmap of the view's size in device pixels, and what is out of date in it."""

    def __init__(self) -> None:
        self._pixmap = QPixmap()
        self._origin = (0, 0)
        self._device_scale = 0.0
        self._dirty = QRegion()
        self._mosaic = QImage()

    @property
    def pixmap(self) -> QPixmap:
        return self._pixmap

    def invalidate(self) -> None:
        """Everything is out of date."""
        self._dirty = QRegion(self._pixmap.rect())

    def invalidate_region(self, region: Region) -> QRect:
        """A level-0 rectangle is out of date. Returns its place, in device pixels."""
        scale, (x, y) = self._device_scale, self._origin
        left, top = math.floor(region.x * scale) + x - 2, math.floor(region.y * scale) + y - 2
        right, bottom = math.ceil(region.right * scale) + x + 2, math.ceil(region.bottom * scale) + y + 2
        place = QRect(left, top, right - left, bottom - top) & self._pixmap.rect()
        self._dirty += place
        return place

    def update(self, view: ViewState, layers: Sequence[Lookup], background: QColor) -> None:
        """Bring the pixmap up to date with the view. The first layer is the image: it is enlarged with hard edges."""
        self._follow(view)
        if self._dirty.isEmpty():
            return
        rects = list(cast("Iterable[QRect]", self._dirty))  # iterable, but its type stub does not say so
        if len(rects) > _MOST_STRIPS:
            rects = [self._dirty.boundingRect()]
        for rect in rects:
            self._draw(rect, view.bounds, layers, background)
        self._dirty = QRegion()

    def _follow(self, view: ViewState) -> None:
        ratio = view.device_pixel_ratio
        size = QSize(math.ceil(view.viewport[0] * ratio), math.ceil(view.viewport[1] * ratio))
        if size != self._pixmap.size():
            self._pixmap = QPixmap(size)
            self._pixmap.fill(QColor("black"))  # makes it opaque: drawing it is then a plain copy
            self.invalidate()
        origin, scale = view.device_origin, view.device_scale
        if scale != self._device_scale:
            self.invalidate()
        elif origin != self._origin:
            dx, dy = origin[0] - self._origin[0], origin[1] - self._origin[1]
            if abs(dx) < size.width() and abs(dy) < size.height():
                self._scroll(dx, dy)
            else:
                self.invalidate()
        self._origin, self._device_scale = origin, scale

    def _scroll(self, dx: int, dy: int) -> None:
        rect = self._pixmap.rect()
        self._pixmap.scroll(dx, dy, rect)
        self._dirty.translate(dx, dy)
        self._dirty += QRegion(rect) - QRegion(rect.translated(dx, dy))
        self._dirty &= rect

    def _draw(self, rect: QRect, bounds: Region, layers: Sequence[Lookup], background: QColor) -> None:
        level = screen_level(self._device_scale, bounds)
        zoom = self._device_scale * 2.0**level  # device pixels a pixel of the level, about 0.7 to 1.4
        x, y = self._origin
        painter = QPainter(self._pixmap)
        painter.setClipRect(rect)
        if math.isclose(zoom, 1.0, rel_tol=1e-9):
            painter.translate(x, y)
            box = Region(rect.x() - x, rect.y() - y, rect.width(), rect.height())
            draw_level(painter, bounds, level, box, layers, background)
        else:
            box = Region.from_edges(
                math.floor((rect.x() - x) / zoom) - 1,
                math.floor((rect.y() - y) / zoom) - 1,
                math.ceil((rect.x() + rect.width() - x) / zoom) + 1,
                math.ceil((rect.y() + rect.height() - y) / zoom) + 1,
            )
            mosaic = self._draw_mosaic(bounds, level, box, layers, background)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
            painter.translate(x, y)
            painter.scale(zoom, zoom)
            painter.drawImage(QPoint(box.x, box.y), mosaic, QRect(0, 0, box.width, box.height))
        painter.end()

    def _draw_mosaic(
        self, bounds: Region, level: int, box: Region, layers: Sequence[Lookup], background: QColor
    ) -> QImage:
        """The tiles of one level side by side; the image is kept, since making one anew costs more than filling it."""
        needed = QSize(box.width, box.height)
        if needed.expandedTo(self._mosaic.size()) != self._mosaic.size():
            usual = self._pixmap.size() * _MOSAIC_PER_SCREEN + QSize(4, 4)
            self._mosaic = QImage(usual.expandedTo(needed), QImage.Format.Format_RGB32)
        painter = QPainter(self._mosaic)
        painter.setClipRect(0, 0, box.width, box.height)
        painter.translate(-box.x, -box.y)
        draw_level(painter, bounds, level, box, layers, background)
        painter.end()
        return self._mosaic


def draw_level(
    painter: QPainter, bounds: Region, level: int, box: Region, layers: Sequence[Lookup], background: QColor
) -> None:
    """Draw what there is in a rectangle of a level; the painter's unit is that level's pixel."""
    painter.fillRect(box.x, box.y, box.width, box.height, background)
    image, *overlays = layers
    _draw_image(painter, bounds, level, box, image)
    for overlay in overlays:
        for tile in tiles_over(bounds, level, box):
            _draw_tile(painter, bounds, tile, overlay)


def _draw_image(painter: QPainter, bounds: Region, level: int, box: Region, image: Lookup) -> None:
    if level >= 0:
        for tile in tiles_over(bounds, level, box):
            _draw_tile(painter, bounds, tile, image)
        return
    scale = 1 << -level
    seen = Region.from_edges(box.x // scale, box.y // scale, -(-box.right // scale), -(-box.bottom // scale))
    painter.save()
    painter.scale(scale, scale)
    for tile in tiles_over(bounds, 0, seen):
        own = tile_box(bounds, tile)
        shared = own.intersection(seen)
        picture = image(tile)
        if picture is None:
            _draw_tile(painter, bounds, tile, image)
        elif not picture.isNull():
            source = QRect(shared.x - own.x, shared.y - own.y, shared.width, shared.height)
            painter.drawImage(QPoint(shared.x, shared.y), picture, source)
    painter.restore()


def _draw_tile(painter: QPainter, bounds: Region, tile: ScreenTile, lookup: Lookup) -> None:
    """Draw a tile, or what other levels have of it."""
    picture = lookup(tile)
    if picture is not None:
        if not picture.isNull():
            painter.drawImage(tile.column * TILE_PX, tile.row * TILE_PX, picture)
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    finer = _finer_pictures(bounds, tile, lookup)
    if any(picture is None for _, picture in finer):
        finer = [] if _draw_coarser(painter, bounds, tile, lookup) else finer
    for own, picture in finer:
        if picture is not None and not picture.isNull():
            painter.drawImage(QRectF(own.x / 2, own.y / 2, own.width / 2, own.height / 2), picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)


def _finer_pictures(bounds: Region, tile: ScreenTile, lookup: Lookup) -> list[tuple[Region, QImage | None]]:
    """The next finer tiles inside this one: their boxes in their own level, and their pictures."""
    level, column, row = tile
    children = [ScreenTile(level - 1, 2 * column + dx, 2 * row + dy) for dy in (0, 1) for dx in (0, 1)]
    boxes = [(tile_box(bounds, child), child) for child in children]
    return [(box, lookup(child)) for box, child in boxes if not box.is_empty]


def _draw_coarser(painter: QPainter, bounds: Region, tile: ScreenTile, lookup: Lookup) -> bool:
    """Draw the nearest coarser picture of a tile's place; False if there is none."""
    target = tile_box(bounds, tile)
    ancestor, scale = tile, 1.0
    for _ in range(coarsest_level(bounds) - tile.level):
        ancestor, scale = ancestor.parent, scale * 2
        picture = lookup(ancestor)
        if picture is None:
            continue
        if not picture.isNull():
            own = tile_box(bounds, ancestor)
            left, top = target.x / scale - own.x, target.y / scale - own.y
            source = QRectF(left, top, target.width / scale, target.height / scale)
            painter.drawImage(QRectF(target.x, target.y, target.width, target.height), picture, source)
        return True
    return False
