"""What has been looked at: only near enough, at any angle, and as it was when the image is opened again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement
from allviewer.session.visited import Visited, is_close

BOUNDS = Region(0, 0, 12_800, 6_400)


def look(x, y, angle=0.0, scale=1.0):
    return Placement(BOUNDS, (x, y), scale, angle, viewport=(1000.0, 800.0))


def test_what_is_in_view_is_marked_once():
    visited = Visited(BOUNDS)
    assert visited.mark(look(2000, 1500))
    assert not visited.mark(look(2000, 1500))
    assert visited.squares.sum() == 10 * 8
    assert visited.squares[11:19, 15:25].all()
    assert visited.mark(look(2100, 1500))


def test_at_an_angle_it_is_what_is_seen_and_not_the_box_around_it():
    visited = Visited(BOUNDS)
    visited.mark(look(4000, 3000, 45))
    assert visited.squares.sum() == pytest.approx(80, abs=8)
    assert visited.squares[30, 40]
    assert not visited.squares[24, 34]


def test_beside_the_image_nothing_is_marked():
    assert not Visited(BOUNDS).mark(look(-5000, 100))


def test_from_far_away_nobody_sees_cells():
    assert is_close(look(0, 0, scale=0.3), 0.25)
    assert not is_close(look(0, 0, scale=0.2), 0.25)
    assert is_close(look(0, 0, scale=0.3), None)
    assert not is_close(look(0, 0, scale=0.2), None)


@given(st.integers(1, 3000), st.integers(1, 3000), st.floats(0, 3000), st.floats(0, 3000))
def test_it_is_read_back_as_it_was(width, height, x, y):
    bounds = Region(0, 0, width, height)
    visited = Visited(bounds)
    visited.mark(Placement(bounds, (x, y), 1.0, viewport=(300.0, 200.0)))
    assert np.array_equal(Visited(bounds, visited.to_text()).squares, visited.squares)


@given(st.text(max_size=60))
def test_what_no_program_wrote_counts_as_not_looked_at(text):
    assert Visited(BOUNDS, text).squares.shape == (64, 128)


def test_text_of_another_image_counts_as_not_looked_at():
    other = Visited(Region(0, 0, 300, 5000))
    other.squares[:] = True
    assert not Visited(BOUNDS, other.to_text()).squares.any()
