"""Two views that move together, with the relation they had when they were linked."""

import pytest

from allviewer.domain.geometry import Region
from allviewer.session.linked_views import LinkedViews
from allviewer.session.view_state import ViewState


def view(width, height):
    made = ViewState()
    made.set_viewport(400, 300, 1.0)
    made.show_image(Region(0, 0, width, height))
    return made


@pytest.fixture
def left(qapp):
    return view(1000, 800)


@pytest.fixture
def right(qapp):
    return view(1000, 800)


@pytest.fixture
def linked(left, right):
    links = LinkedViews(left, right)
    links.begin()
    return links


def same(left, right):
    a, b = left.placement, right.placement
    return a.center == pytest.approx(b.center) and a.scale == pytest.approx(b.scale) and a.turn == b.turn


def test_either_side_leads(linked, left, right):
    left.zoom_at((10, 20), 3)
    left.pan_by(30, -10)
    assert same(left, right)
    right.zoom_by(2)
    right.rotate_by(90)
    assert same(left, right)


def test_unlinked_views_move_alone_and_keep_their_offset(linked, left, right):
    left.zoom_by(4)
    linked.set_linked(False)
    right.pan_by(-40, 0)
    offset = right.center[0] - left.center[0]
    assert offset == pytest.approx(40 / left.scale)
    linked.set_linked(True)
    left.pan_by(13, 7)
    assert right.center[0] - left.center[0] == pytest.approx(offset)
    right.zoom_by(1.5)
    assert right.scale == pytest.approx(left.scale)
    assert right.center[0] - left.center[0] == pytest.approx(offset)


def test_images_of_two_scales_show_cells_equally_large(left):
    """At the right a pixel is half as many micrometres: the same place has twice the coordinates."""
    right = view(2000, 1600)
    links = LinkedViews(left, right)
    links.begin(ratio=2.0)
    left.zoom_by(4)
    left.center_on((300, 200))
    assert right.center == pytest.approx((600, 400))
    assert right.scale == pytest.approx(left.scale / 2)
    right.center_on((1000, 500))
    assert left.center == pytest.approx((500, 250))


def test_looks_go_from_left_to_right(linked, left, right):
    left.set_overlay(visible=False, fill_opacity=0.5)
    left.set_image_look(gamma=1.5)
    assert right.overlay == left.overlay
    assert right.image_look == left.image_look


def test_after_the_end_nothing_follows(linked, left, right):
    linked.end()
    left.zoom_by(4)
    left.set_overlay(visible=False)
    assert not same(left, right)
    assert right.overlay.visible


def test_views_without_an_image_stay_where_they_are(qapp, left):
    links = LinkedViews(left, ViewState())
    links.begin()
    left.zoom_by(2)
    assert left.scale > 0
