"""Which tiles a view needs now and will soon need: pure arithmetic."""

import math
from functools import partial
from typing import NamedTuple

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement, box_of
from allviewer.session.tile_grid import TILE_PX, ScreenTile, coarsest_level, nearest_first, tiles_over
from allviewer.ui.canvas.mosaic import FINEST_LEVEL, screen_level

_AHEAD = 0.5
"""How far beyond the rim tiles are fetched ahead of a pan, in sizes of the view."""

Heading = tuple[float, float]
"""Where the view moves to, as a vector of length 1 in level-0 pixels; of length 0 while nobody knows."""


class Wanted(NamedTuple):
    """Tiles in the order of their use: what is in view, a rim, the levels that zooming leads to, what lies ahead."""

    level: int
    image: list[ScreenTile]
    cells: list[ScreenTile]


def tiles_in_view(view: Placement, level: int) -> list[ScreenTile]:
    """Tiles of a level that are at least partly on the screen, nearest to the middle first."""
    box = _seen_box(view, level)
    tiles = tiles_over(view.bounds, level, box)
    if view.rotation_deg % 90:
        tiles = filter(partial(_is_in_view, view), tiles)
    return nearest_first(list(tiles), box)


def wanted_tiles(view: Placement, lens: Placement | None = None, heading: Heading = (0.0, 0.0)) -> Wanted:
    """What a view needs, the magnifier in it, and what panning on leads to."""
    level = screen_level(view.device_scale, view.bounds)
    image_level = max(0, level)
    next_extent = min(1.0, view.device_scale * 2.0**level)  # of the view, when zooming in reaches the finer level
    image = [*_in_lens(lens, 0), *_with_rim(view, image_level), *_around(view, image_level + 1, 1.5)]
    if image_level > 0:
        image += _around(view, image_level - 1, next_extent)
    cells = [*_in_lens(lens, FINEST_LEVEL), *_with_rim(view, level)]
    cells += [*_around(view, level - 1, next_extent), *_around(view, level + 1, 1.5)]
    return Wanted(level, image + _ahead(view, image_level, heading), cells + _ahead(view, level, heading))


def heading_of(before: Placement, now: Placement) -> Heading:
    """Where a pan goes; (0, 0) if it was none."""
    dx, dy = now.center[0] - before.center[0], now.center[1] - before.center[1]
    length = math.hypot(dx, dy)
    is_pan = (before.bounds, before.scale, before.turn) == (now.bounds, now.scale, now.turn)
    return (dx / length, dy / length) if is_pan and length else (0.0, 0.0)


def _in_lens(lens: Placement | None, finest_level: int) -> list[ScreenTile]:
    if lens is None:
        return []
    return tiles_in_view(lens, max(finest_level, screen_level(lens.device_scale, lens.bounds)))


def _with_rim(view: Placement, level: int) -> list[ScreenTile]:
    inner = tiles_in_view(view, level)
    box = _seen_box(view, level)
    outer = nearest_first(list(tiles_over(view.bounds, level, box.expanded(TILE_PX))), box)
    known = set(inner)
    return [*inner, *(tile for tile in outer if tile not in known)]


def _around(view: Placement, level: int, extent: float) -> list[ScreenTile]:
    """Tiles of a level over the middle of the view; `extent` is a part or a multiple of its size."""
    if not FINEST_LEVEL <= level <= coarsest_level(view.bounds):
        return []
    box = _seen_box(view, level)
    part = box.expanded(round(max(box.width, box.height) * (extent - 1) / 2))
    return nearest_first(list(tiles_over(view.bounds, level, part)), part)


def _ahead(view: Placement, level: int, heading: Heading) -> list[ScreenTile]:
    if heading == (0.0, 0.0):
        return []
    box = _seen_box(view, level)
    dx, dy = (part * (_AHEAD * length + TILE_PX) for part, length in zip(heading, (box.width, box.height), strict=True))
    moved = Region(box.x + round(dx), box.y + round(dy), box.width, box.height)
    near = set(tiles_over(view.bounds, level, box.expanded(TILE_PX)))
    return nearest_first([tile for tile in tiles_over(view.bounds, level, moved) if tile not in near], box)


def _seen_box(view: Placement, level: int) -> Region:
    factor = 2.0**-level
    left, top, right, bottom = box_of(view.seen_corners)
    return Region.from_edges(
        math.floor(left * factor), math.floor(top * factor), math.ceil(right * factor), math.ceil(bottom * factor)
    )


def _is_in_view(placement: Placement, tile: ScreenTile) -> bool:
    """Whether a tile is on the screen, and not only in the box around what is seen at an angle."""
    side_px, (width, height) = TILE_PX * 2.0**tile.level, placement.viewport
    x, y = tile.column * side_px, tile.row * side_px
    corners = ((x, y), (x + side_px, y), (x + side_px, y + side_px), (x, y + side_px))
    left, top, right, bottom = box_of(tuple(map(placement.to_screen, corners)))
    return left < width and top < height and right > 0 and bottom > 0
