"""Tiles cover the image exactly once at every level."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.session.tile_grid import (
    TILE_PX,
    coarsest_level,
    level_box,
    level_size,
    tile_box,
    tile_region,
    tiles_over,
)


@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(0, 4))
def test_tiles_cover_the_image_exactly_once(width, height, level):
    bounds = Region(0, 0, width, height)
    seen = np.zeros((height, width), dtype=np.uint8)
    for tile in tiles_over(bounds, level, Region(0, 0, *level_size(bounds, level))):
        region = tile_region(bounds, tile)
        seen[region.y : region.bottom, region.x : region.right] += 1
        assert level_box(region, level) == tile_box(bounds, tile)
    assert (seen == 1).all()


@given(st.integers(1, 200_000), st.integers(1, 200_000))
def test_one_tile_of_the_coarsest_level_holds_the_image(width, height):
    bounds = Region(0, 0, width, height)
    level = coarsest_level(bounds)
    assert max(level_size(bounds, level)) <= TILE_PX
    assert level == 0 or max(level_size(bounds, level - 1)) > TILE_PX
