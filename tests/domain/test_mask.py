"""Masks behave like sets of pixels, whatever box they were made in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.mask import Mask
from tests.domain.strategies import full_masks, masks, pixels, regions


@given(masks, masks)
def test_set_operations(a, b):
    assert pixels(a | b) == pixels(a) | pixels(b)
    assert pixels(a & b) == pixels(a) & pixels(b)
    assert pixels(a - b) == pixels(a) - pixels(b)
    assert a.contains(b) == (pixels(a) >= pixels(b))
    union = len(pixels(a) | pixels(b))
    assert a.iou(b) == (len(pixels(a) & pixels(b)) / union if union else 0)


@given(st.lists(masks))
def test_union_of_many(many):
    assert pixels(Mask.union_of(many)) == set().union(*map(pixels, many))


@given(masks, regions)
def test_seen_through_a_box(mask, box):
    assert pixels(Mask(mask.within(box), box.x, box.y)) == pixels(mask.clipped(box))
    assert pixels(mask.clipped(box)) == {(x, y) for x, y in pixels(mask) if box.contains_point(x, y)}


@given(masks, st.integers(0, 4), st.integers(0, 4))
def test_equal_sets_are_equal_masks(mask, above, left):
    padded = np.pad(mask.bitmap, ((above, 1), (left, 2)))
    same = Mask(padded, mask.region.x - left, mask.region.y - above)
    assert same == mask
    assert hash(same) == hash(mask)
    assert mask.area_px == len(pixels(mask))


@given(full_masks)
def test_the_box_is_tight(mask):
    assert mask.bitmap[0].any()
    assert mask.bitmap[-1].any()
    assert mask.bitmap[:, 0].any()
    assert mask.bitmap[:, -1].any()
    x, y = mask.centroid
    assert mask.region.contains_point(x, y)


@given(masks, st.floats(-25, 35), st.floats(-25, 35))
def test_contains_point(mask, x, y):
    assert mask.contains_point(x, y) == ((int(np.floor(x)), int(np.floor(y))) in pixels(mask))


@given(masks, st.integers(-9, 9), st.integers(-9, 9))
def test_moved(mask, dx, dy):
    assert pixels(mask.moved(dx, dy)) == {(x + dx, y + dy) for x, y in pixels(mask)}


def test_masks_do_not_change_behind_ones_back():
    source = np.ones((3, 3), dtype=bool)
    mask = Mask(source)
    source[:] = False
    assert mask.area_px == 9
    with pytest.raises(ValueError, match="read-only"):
        mask.bitmap[0, 0] = False


def test_wrong_input_is_refused():
    with pytest.raises(ValueError, match="two dimensions"):
        Mask(np.ones(3))
    with pytest.raises(ValueError, match="no centroid"):
        _ = Mask.empty().centroid


def test_paint_into_a_label_image():
    canvas = np.zeros((4, 4), dtype=np.uint16)
    Mask(np.ones((3, 3)), 2, 2).paint_into(canvas, Region(1, 1, 4, 4), 7)
    assert canvas.sum() == 7 * 9
    assert canvas[0].sum() == 0
