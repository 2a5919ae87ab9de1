"""Patches: cores fill the area without overlap, boxes carry the margin, for any layout."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.inference.patches import plan_patches


@settings(deadline=None)
@given(
    st.integers(0, 300), st.integers(0, 300), st.integers(1, 700), st.integers(1, 700), st.integers(0, 40),
    st.integers(50, 200),
)  # fmt: skip
def test_cores_tile_the_area_and_boxes_hold_their_margin(x, y, width, height, margin, core):
    limits = Region(0, 0, 1000, 1000)
    area = Region(x, y, width, height)
    patches = plan_patches(area, limits, core + 2 * margin, margin, single_px=150)
    assert sum(p.core.area_px for p in patches) == area.area_px
    for index, patch in enumerate(patches):
        assert patch.box == patch.core.expanded(margin).intersection(limits)
        assert not any(patch.core.intersects(other.core) for other in patches[:index])
        if len(patches) > 1:
            assert max(patch.box.width, patch.box.height) <= core + 2 * margin


def test_small_area_is_one_patch():
    (patch,) = plan_patches(Region(0, 0, 640, 480), Region(0, 0, 640, 480), 256, 16, single_px=1024)
    assert patch.box == patch.core == Region(0, 0, 640, 480)


def test_nothing_to_do_gives_no_patches():
    assert plan_patches(Region(5, 5, 0, 10), Region(0, 0, 50, 50), 256, 16, 1024) == []


def test_margins_that_leave_no_core_are_refused():
    with pytest.raises(ValueError, match="leave nothing"):
        plan_patches(Region(0, 0, 10, 10), Region(0, 0, 10, 10), 32, 16, 8)
