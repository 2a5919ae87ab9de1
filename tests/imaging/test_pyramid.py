"""Tiles cover what is looked at, once, nearest first."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.pyramid import TILE_PX, TileKey, level_region, tile_region, tiles_for


def info_of(width: int, height: int, levels: int) -> SlideInfo:
    sizes = [(max(1, -(-width // 2**k)), max(1, -(-height // 2**k))) for k in range(levels)]
    return SlideInfo(levels=tuple(Level(w, h, 2.0**k) for k, (w, h) in enumerate(sizes)))


@given(
    st.integers(1, 3000),
    st.integers(1, 3000),
    st.integers(1, 5),
    st.integers(-500, 3000),
    st.integers(-500, 3000),
    st.integers(1, 2500),
    st.integers(1, 2500),
    st.sampled_from([0.25, 1.0, 1.7, 2.0, 5.0, 40.0]),
)
def test_tiles_cover_every_seen_pixel(width, height, levels, x, y, w, h, downsample):
    info = info_of(width, height, levels)
    region = Region(x, y, w, h)
    seen = region.intersection(info.bounds)
    keys = tiles_for(info, region, downsample)
    assert len(set(keys)) == len(keys)
    covered = np.zeros((height, width), dtype=bool)
    for key in keys:
        box = tile_region(info, key)
        assert not box.is_empty
        assert box.intersects(region)
        covered[box.y : box.bottom, box.x : box.right] = True
    assert covered[seen.y : seen.bottom, seen.x : seen.right].all()


def test_nearest_to_the_middle_comes_first():
    info = info_of(5000, 5000, 1)
    keys = tiles_for(info, Region(0, 0, 5 * TILE_PX, 3 * TILE_PX), 1.0)
    assert keys[0] == TileKey(0, 2, 1)
    assert len(keys) == 15


def test_the_coarsest_level_that_is_fine_enough_is_taken():
    info = info_of(5000, 5000, 4)
    assert {key.level for key in tiles_for(info, info.bounds, 3.9)} == {1}
    assert {key.level for key in tiles_for(info, info.bounds, 100)} == {3}


def test_edge_tiles_are_cut_at_the_image():
    info = info_of(300, 270, 1)
    assert level_region(info, TileKey(0, 1, 1)) == Region(256, 256, 44, 14)
    assert tile_region(info, TileKey(0, 1, 1)) == Region(256, 256, 44, 14)


def test_outside_the_image_there_is_nothing():
    assert tiles_for(info_of(300, 300, 2), Region(1000, 1000, 50, 50), 1.0) == []
