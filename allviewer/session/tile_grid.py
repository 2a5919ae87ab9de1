"""The grid of tiles that the screen is put together from: the same for every image, whatever levels its file has.

Level `k` shows the image reduced by 2 ** k. A tile is at most `TILE_PX` square in the pixels of its level and covers
exactly `TILE_PX * 2 ** k` level-0 pixels, less at the right and bottom edge of the image.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

from allviewer.domain.geometry import Region

TILE_PX = 256


class ScreenTile(NamedTuple):
    """One tile: level (0 is full resolution, 1 half, ...; negative levels are enlarged), column and row."""

    level: int
    column: int
    row: int

    @property
    def parent(self) -> "ScreenTile":
        """The tile of the next coarser level that covers this one."""
        return ScreenTile(self.level + 1, self.column // 2, self.row // 2)


def level_size(bounds: Region, level: int) -> tuple[int, int]:
    """Width and height of the image in the pixels of a level; the last pixel may be a partial one."""
    if level <= 0:
        return bounds.width << -level, bounds.height << -level
    step = 1 << level
    return -(-bounds.width // step), -(-bounds.height // step)


def coarsest_level(bounds: Region) -> int:
    """The first level at which one tile holds the whole image."""
    longest_px = max(bounds.width, bounds.height, 1)
    return max(0, math.ceil(math.log2(longest_px / TILE_PX)))


def tile_box(bounds: Region, tile: ScreenTile) -> Region:
    """The rectangle of a tile in the pixels of its own level."""
    width, height = level_size(bounds, tile.level)
    box = Region(tile.column * TILE_PX, tile.row * TILE_PX, TILE_PX, TILE_PX)
    return box.intersection(Region(0, 0, width, height))


def tile_region(bounds: Region, tile: ScreenTile) -> Region:
    """The level-0 rectangle of a tile of level 0 or coarser, kept inside the image."""
    side_px = TILE_PX << tile.level
    return Region(tile.column * side_px, tile.row * side_px, side_px, side_px).intersection(bounds)


def tiles_over(bounds: Region, level: int, box: Region) -> Iterator[ScreenTile]:
    """Tiles of a level that meet a rectangle given in that level's pixels, row by row."""
    width, height = level_size(bounds, level)
    seen = box.intersection(Region(0, 0, width, height))
    if seen.is_empty:
        return
    for row in range(seen.y // TILE_PX, (seen.bottom - 1) // TILE_PX + 1):
        for column in range(seen.x // TILE_PX, (seen.right - 1) // TILE_PX + 1):
            yield ScreenTile(level, column, row)


def nearest_first(tiles: list[ScreenTile], box: Region) -> list[ScreenTile]:
    """Tiles of one level in the order of their distance from the middle of a rectangle of that level."""
    middle_x, middle_y = box.center[0] / TILE_PX - 0.5, box.center[1] / TILE_PX - 0.5
    return sorted(tiles, key=lambda tile: (tile.column - middle_x) ** 2 + (tile.row - middle_y) ** 2)


def level_box(region: Region, level: int) -> Region:
    """A level-0 rectangle in the pixels of a level, rounded outwards."""
    if level <= 0:
        return Region(region.x << -level, region.y << -level, region.width << -level, region.height << -level)
    step = 1 << level
    return Region.from_edges(region.x // step, region.y // step, -(-region.right // step), -(-region.bottom // step))


def level0_region(box: Region, level: int) -> Region:
    """The level-0 rectangle that a rectangle of a level covers, rounded outwards."""
    if level >= 0:
        return Region(box.x << level, box.y << level, box.width << level, box.height << level)
    shift = -level
    return Region.from_edges(box.x >> shift, box.y >> shift, -(-box.right >> shift), -(-box.bottom >> shift))
