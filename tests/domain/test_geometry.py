"""Regions behave like the sets of pixels that they stand for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.domain.grid import RegionGrid, bins_of_all

regions = st.builds(Region, *[st.integers(-30, 30)] * 2, *[st.integers(0, 20)] * 2)


def points(region: Region) -> set[tuple[int, int]]:
    return {(x, y) for x in range(region.x, region.right) for y in range(region.y, region.bottom)}


@given(regions, regions)
def test_intersection_and_union(a, b):
    assert points(a.intersection(b)) == points(a) & points(b)
    assert a.intersects(b) == bool(points(a) & points(b))
    assert points(a.union(b)) >= points(a) | points(b)
    assert a.union(b) == b.union(a) or (a.is_empty and b.is_empty)


@given(regions, st.integers(-5, 5))
def test_expanded(region, margin):
    grown = region.expanded(margin)
    assert grown.width == max(0, region.width + 2 * margin)
    assert grown.height == max(0, region.height + 2 * margin)


@given(regions, st.floats(-40, 60), st.floats(-40, 60))
def test_contains_point_takes_left_and_top_edges_only(region, x, y):
    assert region.contains_point(x, y) == (region.x <= x < region.right and region.y <= y < region.bottom)


def test_negative_size_is_refused():
    with pytest.raises(ValueError, match="negative size"):
        Region(0, 0, -1, 5)


huge = st.builds(Region, *[st.integers(-3000, 3000)] * 2, *[st.sampled_from([0, 1, 400, 513, 100_000])] * 2)


@given(st.lists(huge), st.lists(st.integers(0, 9)), huge)
def test_grid_finds_everything_that_meets(boxes, taken, region):
    grid = RegionGrid()
    for number, box in enumerate(boxes):
        grid.put(number, box)
    kept = dict(enumerate(boxes))
    for number in taken:
        if number in kept:
            grid.take_all(bins_of_all([(number, kept.pop(number))]))
    assert grid.near(region) >= {number for number, box in kept.items() if box.intersects(region)}
    assert grid.near(region) <= kept.keys()
