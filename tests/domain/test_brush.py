"""Strokes and polygons cover the pixels whose centres they cover."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.brush import polygon_mask, stroke_mask
from allviewer.errors import UserError
from tests.domain.strategies import pixels

points = st.tuples(st.floats(-20, 20), st.floats(-20, 20))


def distance_to_segment(x, y, a, b):
    length2 = (b[0] - a[0]) ** 2 + (b[1] - a[1]) ** 2
    t = max(0, min(1, ((x - a[0]) * (b[0] - a[0]) + (y - a[1]) * (b[1] - a[1])) / length2)) if length2 else 0
    return math.hypot(x - a[0] - t * (b[0] - a[0]), y - a[1] - t * (b[1] - a[1]))


@given(st.lists(points, min_size=1, max_size=4), st.floats(0.5, 6))
def test_stroke(path, radius):
    covered = pixels(stroke_mask(path, radius))
    segments = list(zip(path, path[1:] or path, strict=False))
    for x in range(-30, 30):
        for y in range(-30, 30):
            distance = min(distance_to_segment(x + 0.5, y + 0.5, a, b) for a, b in segments)
            if abs(distance - radius) > 1e-6:
                assert ((x, y) in covered) == (distance < radius)


@given(st.lists(points, min_size=3, max_size=6, unique=True))
def test_polygon(corners):
    covered = pixels(polygon_mask(corners))
    outline = np.array(corners, dtype=np.float32)
    for x in range(-21, 21, 3):
        for y in range(-21, 21, 3):
            inside = winding_parity(x + 0.5, y + 0.5, corners)
            near = abs(cv2.pointPolygonTest(outline, (x + 0.5, y + 0.5), True)) < 1e-3
            assert near or ((x, y) in covered) == inside


def winding_parity(x, y, corners):
    inside = False
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            inside = not inside
    return inside


def test_nothing_drawn():
    assert stroke_mask([], 5).is_empty
    assert polygon_mask([(0, 0), (5, 5)]).is_empty


def test_a_square_is_exact():
    mask = polygon_mask([(2, 3), (12, 3), (12, 8), (2, 8)])
    assert (mask.region.x, mask.region.y, mask.region.width, mask.region.height) == (2, 3, 10, 5)
    assert mask.area_px == 50


@pytest.mark.parametrize("draw", [lambda p: stroke_mask(p, 5), polygon_mask])
def test_a_shape_over_half_a_slide_is_refused(draw):
    with pytest.raises(UserError, match="far more than a cell"):
        draw([(0, 0), (60_000, 0), (60_000, 60_000)])
