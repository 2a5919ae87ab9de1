"""Moving corners changes the mask near them and nowhere else."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.brush import polygon_mask
from allviewer.domain.mask import Mask
from allviewer.domain.outline_edit import with_outline
from allviewer.imaging.outlines import few_corners
from tests.domain.strategies import pixels

ys, xs = np.mgrid[-30:31, -30:31]
ROUND = Mask(xs**2 + ys**2 <= 900, 0, 0)


@given(st.integers(0, 30), st.floats(-15, 15), st.floats(-15, 15))
def test_only_what_the_corner_moved_over_changes(number, dx, dy):
    before = few_corners(ROUND)
    after = list(before)
    index = number % len(after)
    after[index] = (after[index][0] + dx, after[index][1] + dy)
    result = with_outline(ROUND, before, after)
    swept = pixels(polygon_mask(before)) ^ pixels(polygon_mask(after))
    near = {(x + i, y + j) for x, y in swept for i in range(-2, 3) for j in range(-2, 3)}
    assert pixels(result) ^ pixels(ROUND) <= near
    assert pixels(result) & near == pixels(polygon_mask(after)) & near


def test_corners_left_where_they_are_change_nothing():
    corners = few_corners(ROUND)
    assert with_outline(ROUND, corners, corners) == ROUND


@given(st.integers(0, 1000))
def test_any_mask_has_corners_or_none(seed):
    mask = Mask(np.random.default_rng(seed).random((9, 9)) < 0.5)
    corners = few_corners(mask)
    assert (len(corners) >= 3) == (not mask.is_empty)
    assert few_corners(Mask.empty()) == []
