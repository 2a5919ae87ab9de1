"""At any angle and mirrored: pixels, cells, tools and the map stay where they belong."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from allviewer.domain.geometry import Region
from allviewer.session.placement import Placement
from allviewer.session.tool_state import ToolKind
from allviewer.session.view_state import ViewState
from tests.ui.canvas.hands import drag
from tests.ui.canvas.view_bench import distinct_pixels, make_cell

angles = st.one_of(st.floats(0, 359.9), st.sampled_from([0.0, 90.0, 180.0, 270.0]))
turns = [(0, True), (90, False), (90, True), (180, False), (270, False), (270, True)]


def turned_view(angle, is_mirrored, ratio=1.0):
    view = ViewState()
    view.set_viewport(800, 600, ratio)
    view.show_image(Region(0, 0, 4000, 3000))
    if is_mirrored:
        view.flip()
    view.rotate_to(angle)
    return view


@given(angles, st.booleans(), st.sampled_from([1.0, 1.25, 2.0]), st.floats(0, 800), st.floats(0, 600))
def test_screen_and_image_are_each_others_inverse(angle, is_mirrored, ratio, x, y):
    view = turned_view(angle, is_mirrored, ratio)
    assert math.dist(view.to_screen(view.to_image((x, y))), (x, y)) < 1e-6


@given(angles, st.booleans(), st.floats(0, 800), st.floats(0, 600), st.floats(0.4, 4), angles)
def test_zooming_and_turning_keep_what_is_under_the_cursor(angle, is_mirrored, x, y, factor, other_angle):
    view = turned_view(angle, is_mirrored)
    before = view.to_image((x, y))
    view.zoom_at((x, y), factor)
    assert math.dist(view.to_screen(before), (x, y)) <= 2 + factor
    view.rotate_to(other_angle, (x, y))
    assert math.dist(view.to_screen(before), (x, y)) <= 4 + factor


@given(angles, st.booleans(), st.floats(-5000, 5000), st.floats(-5000, 5000))
def test_the_picture_follows_the_hand_and_never_gets_lost(angle, is_mirrored, dx, dy):
    view = turned_view(angle, is_mirrored)
    view.zoom_by(3)
    before = view.to_screen((2000, 1500))
    view.pan_by(30, -20)
    assert math.dist(view.to_screen((2000, 1500)), (before[0] + 30, before[1] - 20)) <= 1.5
    for _ in range(5):
        view.pan_by(dx, dy)
    xs, ys = np.meshgrid(np.linspace(0, 4000, 81), np.linspace(0, 3000, 61))
    places = [view.to_screen(point) for point in zip(xs.flat, ys.flat, strict=True)]
    assert any(0 <= x <= 800 and 0 <= y <= 600 for x, y in places)


@given(angles, st.booleans())
def test_fit_shows_the_whole_image_at_any_angle(angle, is_mirrored):
    view = turned_view(angle, is_mirrored)
    view.fit()
    left, top, right, bottom = view.placement.screen_box(view.bounds)
    assert min(left, top) >= -1
    assert right <= 801
    assert bottom <= 601
    assert right - left >= 798 or bottom - top >= 598


@given(angles, st.booleans())
def test_flipping_exchanges_left_and_right_on_the_screen_and_twice_is_nothing(angle, is_mirrored):
    view = turned_view(angle, is_mirrored)
    before = view.to_screen((1000, 700))
    view.flip()
    after = view.to_screen((1000, 700))
    assert math.dist(after, (800 - before[0], before[1])) <= 2
    view.flip()
    assert math.dist(view.to_screen((1000, 700)), before) <= 1
    view.set_upright()
    assert not view.is_turned


def test_another_image_is_shown_upright():
    view = turned_view(33, True)
    view.show_image(Region(0, 0, 100, 100))
    assert not view.is_turned


@pytest.mark.parametrize(("angle", "is_mirrored"), turns)
def test_right_angles_and_mirroring_show_the_very_pixels(bench, angle, is_mirrored):
    pixels = distinct_pixels(900, 700)
    bench.open(pixels)
    if is_mirrored:
        bench.view.flip()
    bench.view.rotate_to(angle)
    bench.view.to_actual_size()
    bench.view.center_on((450, 350))
    shown = bench.grab()
    expected = np.rot90(pixels[:, ::-1] if is_mirrored else pixels, -angle // 90)
    left, top, _, _ = bench.view.placement.screen_box(bench.view.bounds)
    x, y = round(-left), round(-top)
    part = expected[y : y + 240, x : x + 200]  # the scale bar and the map lie elsewhere
    assert np.array_equal(shown[:240, :200], part)


def test_a_cell_is_inked_where_a_click_finds_it(bench):
    bench.open(np.full((700, 900, 3), 255, np.uint8), [make_cell(1, 430, 320, 25)])
    bench.view.rotate_to(37)
    bench.view.to_actual_size()
    bench.view.center_on((470, 360))
    shown = bench.grab()
    ys, xs = np.mgrid[20:230, 20:380]
    inked = (shown[20:230, 20:380] != 255).any(axis=2)
    hit = np.array(
        [
            bench.widget.cell_id_at(bench.view.to_image((x + 0.5, y + 0.5))) > 0
            for y, x in zip(ys.flat, xs.flat, strict=True)
        ]
    ).reshape(inked.shape)
    assert (inked != hit).sum() < 0.08 * hit.sum()  # the rims, where pixels of image and screen overlap in part
    assert np.abs(np.mean(np.nonzero(inked), axis=1) - np.mean(np.nonzero(hit), axis=1)).max() < 0.1


def test_clicks_boxes_and_strokes_land_where_the_cursor_is(bench):
    bench.open(np.full((700, 900, 3), 255, np.uint8), [make_cell(7, 430, 320, 25)])
    bench.view.rotate_to(215)
    bench.view.to_actual_size()
    clicked, boxed, strokes = [], [], []
    bench.widget.cell_clicked.connect(lambda cell, _keys: clicked.append(cell))
    bench.tools.drawn.picked.connect(lambda corners, _how: boxed.append(corners))
    bench.widget.stroke_finished.connect(lambda path, *_: strokes.append(path))
    place = QPointF(*bench.view.to_screen((455, 345))).toPoint()
    QTest.mouseClick(bench.widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert clicked == [7]
    start, end = (QPointF(*bench.view.to_screen(p)).toPoint() for p in ((420, 310), (490, 380)))
    drag(bench.widget, start, end, Qt.KeyboardModifier.ShiftModifier)
    corners = np.array(boxed[0])
    assert len(corners) == 4
    np.testing.assert_allclose(corners.mean(axis=0), (455, 345), atol=1)
    for named in ((420, 310), (490, 380)):
        assert np.hypot(*(corners - named).T).min() < 1.5, "the drag went from corner to corner"
    bench.tools.take(ToolKind.BRUSH)
    drag(bench.widget, start, end)
    assert math.dist(strokes[0][-1], (490, 380)) < 1.5


def test_shift_and_the_middle_button_turn_the_picture_and_stop_at_right_angles(bench):
    button = Qt.MouseButton.MiddleButton
    bench.open(distinct_pixels(900, 700))
    bench.view.to_actual_size()
    middle = QPoint(200, 150)
    drag(bench.widget, middle + QPoint(100, 0), middle + QPoint(70, 70), Qt.KeyboardModifier.ShiftModifier, button)
    assert bench.view.rotation_deg == pytest.approx(45, abs=1)
    drag(bench.widget, middle + QPoint(70, 70), middle + QPoint(2, 100), Qt.KeyboardModifier.ShiftModifier, button)
    assert bench.view.rotation_deg == 90
    assert bench.view.center == (450, 350)


def test_a_click_on_the_map_goes_there_at_any_angle(bench):
    bench.widget.resize(800, 600)
    bench.open(distinct_pixels(3000, 2000))
    bench.view.to_actual_size()
    bench.view.rotate_to(60)
    bench.grab()
    place = QPoint(800 - 14 - 90, 600 - 14 - 60)
    QTest.mouseClick(bench.widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert math.dist(bench.view.center, (1500, 1000)) < 40


def test_a_view_can_look_as_another_does(bench):
    bench.open(distinct_pixels(900, 700))
    bench.view.place(Placement(Region(0, 0, 5, 5), (300.0, 200.0), 1.5, 30.0, True, (10.0, 10.0), 2.0))
    assert (bench.view.center, bench.view.scale, bench.view.rotation_deg) == ((300, 200), 1.5, 30)
    assert bench.view.bounds == Region(0, 0, 900, 700)
    assert bench.view.viewport == (400, 300)


def test_a_look_from_a_damaged_case_does_not_lose_the_image(bench):
    bench.open(distinct_pixels(900, 700))
    for center, scale in (((1e300, -1e300), 1.0), ((450.0, 350.0), 1e-300), ((450.0, 350.0), 1e300)):
        bench.view.place(Placement(Region(0, 0, 5, 5), center, scale, 1e9 + 0.5, False))
        bench.grab()
        assert 0.01 < bench.view.scale < 100
