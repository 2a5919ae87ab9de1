"""Points inside a polygon: what a lasso holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.polygon import points_inside
from tests.domain.test_brush import winding_parity

corners = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), max_size=8)


@given(corners, st.integers(0, 10_000))
def test_as_the_even_odd_rule_says(corners, seed):
    points = np.random.default_rng(seed).uniform(-25, 25, (30, 2))
    expected = [len(corners) >= 3 and winding_parity(x, y, corners) for x, y in points.tolist()]
    assert points_inside(corners, points).tolist() == expected
