"""Which level and which tiles a view needs: pure arithmetic on `SlideInfo`."""

import math
from typing import NamedTuple

from allviewer.domain.geometry import Region
from allviewer.domain.slide import SlideInfo

TILE_PX = 256
"""Side of a tile in pixels of its own level; tiles at the right and bottom edge are smaller."""


class TileKey(NamedTuple):
    """One tile of one level."""

    level: int
    column: int
    row: int


def tiles_for(info: SlideInfo, region: Region, downsample: float) -> list[TileKey]:
    """The tiles that cover a level-0 region seen at `downsample` level-0 pixels a screen pixel.

    The level is the coarsest that is still fine enough. Nearest to the middle of the region first; empty if the
    region lies outside the image.
    """
    seen = region.intersection(info.bounds)
    if seen.is_empty:
        return []
    index = info.level_for(downsample)
    step_px = TILE_PX * info.levels[index].downsample
    last_column = (info.levels[index].width - 1) // TILE_PX
    last_row = (info.levels[index].height - 1) // TILE_PX
    columns = range(min(int(seen.x / step_px), last_column), min(math.ceil(seen.right / step_px) - 1, last_column) + 1)
    rows = range(min(int(seen.y / step_px), last_row), min(math.ceil(seen.bottom / step_px) - 1, last_row) + 1)
    middle_x, middle_y = region.center[0] / step_px - 0.5, region.center[1] / step_px - 0.5
    keys = [TileKey(index, column, row) for row in rows for column in columns]
    return sorted(keys, key=lambda key: (key.column - middle_x) ** 2 + (key.row - middle_y) ** 2)


def level_region(info: SlideInfo, key: TileKey) -> Region:
    """The rectangle of a tile in its own level's pixels: what to hand to `PixelSource.read`."""
    level = info.levels[key.level]
    tile = Region(key.column * TILE_PX, key.row * TILE_PX, TILE_PX, TILE_PX)
    return tile.intersection(Region(0, 0, level.width, level.height))


def tile_region(info: SlideInfo, key: TileKey) -> Region:
    """The rectangle that a tile covers in level-0 pixels, rounded outwards and kept inside the image."""
    own = level_region(info, key)
    scale = info.levels[key.level].downsample
    covered = Region.from_edges(
        math.floor(own.x * scale),
        math.floor(own.y * scale),
        math.ceil(own.right * scale),
        math.ceil(own.bottom * scale),
    )
    return covered.intersection(info.bounds)
