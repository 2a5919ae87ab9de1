"""Zooming keeps what is under the cursor; panning moves by what the hand moved; the image never gets lost."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allviewer.domain.geometry import Region
from allviewer.session.placement import MAX_DEVICE_SCALE
from allviewer.session.view_state import ViewState

sizes = st.integers(1, 200_000)
ratios = st.sampled_from([1.0, 1.25, 1.5, 2.0])


def view_of(width, height, viewport=(800, 600), ratio=1.0):
    view = ViewState()
    view.set_viewport(*viewport, ratio)
    view.show_image(Region(0, 0, width, height))
    return view


@given(sizes, sizes, ratios, st.lists(st.tuples(st.floats(0, 800), st.floats(0, 600), st.floats(0.3, 3)), max_size=8))
def test_zoom_keeps_the_image_point_under_the_cursor(width, height, ratio, zooms):
    view = view_of(width, height, ratio=ratio)
    for x, y, factor in zooms:
        before = view.to_image((x, y))
        view.zoom_at((x, y), factor)
        after = view.to_screen(before)
        # placing the image on whole device pixels may cost half a pixel before (enlarged since) and half after
        assert math.dist(after, (x, y)) <= (1 + factor) / ratio + 1e-6 * max(map(abs, before)) * view.scale


@given(sizes, sizes, ratios)
def test_fit_shows_the_whole_image_and_fills_the_view(width, height, ratio):
    view = view_of(width, height, ratio=ratio)
    left, top = view.to_screen((0, 0))
    right, bottom = view.to_screen((width, height))
    slack = 1 / ratio
    assert left >= -slack
    assert top >= -slack
    assert right <= 800 + slack
    assert bottom <= 600 + slack
    is_limited = view.device_scale >= MAX_DEVICE_SCALE * (1 - 1e-9)
    assert is_limited or right - left >= 800 - 2 * slack or bottom - top >= 600 - 2 * slack


@given(sizes, sizes, st.floats(0.01, 30), st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_some_of_the_image_stays_in_view(width, height, zoom, dx, dy):
    view = view_of(width, height)
    view.zoom_by(zoom)
    for _ in range(5):
        view.pan_by(dx, dy)
    left, top = view.to_screen((0, 0))
    right, bottom = view.to_screen((width, height))
    assert left < 800
    assert top < 600
    assert right > 0
    assert bottom > 0


@given(st.floats(0, 800), st.floats(0, 600), ratios, st.floats(0.1, 20))
def test_screen_and_image_are_each_others_inverse(x, y, ratio, zoom):
    view = view_of(4000, 3000, ratio=ratio)
    view.zoom_by(zoom)
    assert math.dist(view.to_screen(view.to_image((x, y))), (x, y)) < 1e-6


def test_pan_moves_the_image_with_the_hand():
    view = view_of(4000, 3000)
    view.to_actual_size()
    before = view.to_screen((2000, 1500))
    view.pan_by(30, -20)
    assert view.to_screen((2000, 1500)) == (before[0] + 30, before[1] - 20)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_100_percent_is_one_device_pixel_an_image_pixel(ratio):
    view = view_of(4000, 3000, ratio=ratio)
    view.to_actual_size()
    assert view.device_scale == 1.0


def test_a_fitted_image_stays_fitted_when_the_view_grows_and_another_one_keeps_its_scale():
    view = view_of(4000, 3000)
    view.set_viewport(1600, 1200, 1.0)
    assert view.scale == pytest.approx(0.4)
    view.zoom_by(2)
    view.set_viewport(800, 600, 1.0)
    assert view.scale == pytest.approx(0.8)
    assert view.center == (2000, 1500)


def test_a_region_is_brought_into_view():
    view = view_of(4000, 3000)
    view.show_region(Region(100, 200, 50, 60))
    assert view.visible_region.contains(Region(100, 200, 50, 60))
    assert view.scale > 5


def test_only_real_changes_of_the_look_are_told():
    view, told = ViewState(), []
    view.look_changed.connect(lambda: told.append(1))
    view.set_overlay(visible=True)
    assert told == []
    view.set_overlay(visible=False)
    view.set_image_look(gamma=1.4)
    view.reset_image_look()
    assert len(told) == 3
    assert view.image_look.is_plain
