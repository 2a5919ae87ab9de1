"""Outlines run along the pixel edges: filled again they are the mask."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from allviewer.domain.mask import Mask
from allviewer.imaging.outlines import outline_polygons


def signed_area(polygon):
    x, y = polygon[:, 0], polygon[:, 1]
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def filled(polygons, height, width):
    """Even-odd fill judged at pixel middles, by crossings to the left."""
    ys, xs = np.mgrid[0:height, 0:width] + 0.5
    inside = np.zeros((height, width), dtype=bool)
    for polygon in polygons:
        for (x0, y0), (x1, y1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            if y0 != y1:
                crosses = (np.minimum(y0, y1) < ys) & (ys < np.maximum(y0, y1))
                inside ^= crosses & (x0 + (ys - y0) * (x1 - x0) / (y1 - y0) < xs)
    return inside


@given(arrays(bool, st.tuples(st.integers(1, 12), st.integers(1, 12))), st.integers(-50, 50), st.integers(0, 50))
def test_the_outline_filled_is_the_mask(bitmap, x, y):
    mask = Mask(bitmap, x, y)
    polygons = outline_polygons(mask)
    height, width = bitmap.shape
    assert np.array_equal(filled([p - (x, y) for p in polygons], height, width), bitmap)
    assert abs(abs(sum(signed_area(polygon) for polygon in polygons)) - mask.area_px) < 1e-6


def test_one_pixel_is_a_square():
    (square,) = outline_polygons(Mask(np.ones((1, 1)), 7, 9))
    assert {tuple(point) for point in square} == {(7, 9), (8, 9), (8, 10), (7, 10)}


def test_a_rectangle_has_four_corners():
    (corners,) = outline_polygons(Mask(np.ones((40, 60)), 100, 200))
    assert len(corners) == 4


def test_a_hole_has_its_own_outline():
    ring = np.ones((5, 5))
    ring[2, 2] = 0
    outlines = outline_polygons(Mask(ring))
    assert sorted(round(abs(signed_area(outline))) for outline in outlines) == [1, 25]


def test_nothing_has_no_outline():
    assert outline_polygons(Mask.empty()) == []
