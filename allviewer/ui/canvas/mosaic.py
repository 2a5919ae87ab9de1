"""Puts tiles of one level side by side, with what other levels have in place of those that are not here yet."""

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPaintDevice, QPainter, QTransform

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement
from allviewer.session.tile_grid import TILE_PX, ScreenTile, coarsest_level, tile_box, tiles_over

Lookup = Callable[[ScreenTile], QImage | None]
"""A tile's picture, a null image if it is empty, None if it is not here."""

FINEST_LEVEL = -5
_MOSAIC_PER_SCREEN = 1.42
"""Pixels of the finest level that is used, for one of the screen (the square root of two)."""
_UPRIGHT = (1.0, 0.0, 0.0, 1.0)
_NOTHING = QImage()


def screen_level(device_scale: float, bounds: Region) -> int:
    """The level whose pixels are nearest in size to those of the screen."""
    return min(coarsest_level(bounds), max(FINEST_LEVEL, round(-math.log2(device_scale))))


class Mosaic:
    """Draws parts of the picture onto the screen; keeps the image it composes in, since a new one costs more."""

    def __init__(self) -> None:
        self._image = QImage()

    def draw(
        self, target: QPaintDevice, rect: QRect, placement: Placement, layers: Sequence[Lookup], background: QColor
    ) -> None:
        """Draw a rectangle of device pixels. The first layer is the image: it is enlarged with hard edges."""
        bounds = placement.bounds
        level = screen_level(placement.device_scale, bounds)
        zoom = placement.device_scale * 2.0**level  # device pixels a pixel of the level, about 0.7 to 1.4
        if math.isclose(zoom, 1.0, rel_tol=1e-9):
            zoom = 1.0
        x, y = placement.device_origin
        with QPainter(target) as painter:
            painter.setClipRect(rect)
            if zoom == 1.0 and placement.turn == _UPRIGHT:
                painter.translate(x, y)
                box = Region(rect.x() - x, rect.y() - y, rect.width(), rect.height())
                draw_level(painter, bounds, level, box, layers, background)
            else:
                a, b, c, d = (zoom * part for part in placement.turn)
                box = _box_under(rect, QTransform(a, b, c, d, x, y))
                if placement.rotation_deg % 90:
                    layers = [_only_in(rect, placement, layer) for layer in layers]
                usual = QSize(*(round(length * _MOSAIC_PER_SCREEN) + 4 for length in placement.device_viewport))
                self._compose(bounds, level, box, layers, background, usual)
                is_exact = zoom == 1.0 and placement.rotation_deg % 90 == 0
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not is_exact)
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
                painter.setTransform(QTransform(a, b, c, d, x, y))
                painter.drawImage(QPoint(box.x, box.y), self._image, QRect(0, 0, box.width, box.height))

    def _compose(
        self,
        bounds: Region,
        level: int,
        box: Region,
        layers: Sequence[Lookup],
        background: QColor,
        usual: QSize,
    ) -> None:
        needed = QSize(box.width, box.height).expandedTo(self._image.size())
        if needed != self._image.size():
            self._image = QImage(usual.expandedTo(needed), QImage.Format.Format_RGB32)
        with QPainter(self._image) as painter:
            painter.setClipRect(0, 0, box.width, box.height)
            painter.translate(-box.x, -box.y)
            draw_level(painter, bounds, level, box, layers, background)


def _box_under(rect: QRect, level_to_device: QTransform) -> Region:
    """The pixels of the level that a rectangle of device pixels is made from."""
    device_to_level, _ = level_to_device.inverted()
    place = device_to_level.mapRect(QRectF(rect))
    return Region.from_edges(
        math.floor(place.left()) - 1,
        math.floor(place.top()) - 1,
        math.ceil(place.right()) + 1,
        math.ceil(place.bottom()) + 1,
    )


def _only_in(rect: QRect, placement: Placement, layer: Lookup) -> Lookup:
    """At an angle the box around what is seen has corners that nobody sees: their tiles count as empty."""
    a, b, c, d = (placement.device_scale * part for part in placement.turn)
    to_device, seen = QTransform(a, b, c, d, *placement.device_origin), QRectF(rect)

    def lookup(tile: ScreenTile) -> QImage | None:
        side_px = TILE_PX * 2.0**tile.level
        place = to_device.mapRect(QRectF(tile.column * side_px, tile.row * side_px, side_px, side_px))
        return layer(tile) if place.intersects(seen) else _NOTHING

    return lookup


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
