"""The magnifier: what is under the cursor, larger and sharp, with the cells, and nothing once the key is up."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.ui.canvas.hands import move
from tests.ui.canvas.view_bench import distinct_pixels, make_cell


def turn_wheel(widget, place, steps):
    at = QPointF(place)
    event = QWheelEvent(
        at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120 * steps), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def leave(widget):
    QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


@pytest.mark.parametrize("angle", [0, 90])
def test_it_shows_the_very_pixels_of_a_picture_that_is_shown_small(bench, angle):
    pixels = distinct_pixels(1600, 1200)
    bench.open(pixels)
    bench.view.rotate_to(angle)
    bench.view.zoom_by(0.25 / bench.view.scale)
    plain = bench.grab()
    move(bench.widget, QPoint(200, 150))
    bench.widget.hold_lens(True)
    shown = bench.grab()
    x, y = (int(v) for v in bench.view.to_image((200, 150)))
    expected = np.rot90(pixels[y - 40 : y + 40, x - 40 : x + 40], -angle // 90)
    assert np.array_equal(shown[110:190, 160:240], expected)
    assert np.array_equal(shown[:, :60], plain[:, :60])
    bench.widget.hold_lens(False)
    assert np.array_equal(bench.grab(), plain)


def test_it_follows_the_cursor_and_goes_with_it(bench):
    bench.open(distinct_pixels(1600, 1200))
    plain = bench.grab()
    leave(bench.widget)
    bench.widget.hold_lens(True)
    assert np.array_equal(bench.grab(), plain)  # nobody points at anything yet
    move(bench.widget, QPoint(200, 150))
    first = bench.grab()
    move(bench.widget, QPoint(230, 150))
    assert not np.array_equal(bench.grab(), first)
    move(bench.widget, QPoint(200, 150))
    assert np.array_equal(bench.grab(), first)
    leave(bench.widget)
    assert np.array_equal(bench.grab(), plain)


def test_the_wheel_makes_it_stronger_up_to_eight_times_and_leaves_the_view(bench):
    bench.open(distinct_pixels(1600, 1200), [make_cell(1, 780, 580, 20)])
    bench.view.zoom_by(0.25 / bench.view.scale)
    move(bench.widget, QPoint(200, 150))
    bench.widget.hold_lens(True)
    scale = bench.view.scale
    for _ in range(9):
        turn_wheel(bench.widget, QPoint(200, 150), 1)
    assert bench.view.scale == scale
    shown = bench.grab()
    assert (shown[130:170, 180:220] != distinct_pixels(1600, 1200)[600, 800]).any()
    lens = bench.widget._lens.placement
    assert lens.scale == pytest.approx(8 * scale)
    for _ in range(20):
        turn_wheel(bench.widget, QPoint(200, 150), -1)
    assert bench.widget._lens.placement.scale == pytest.approx(2 * scale)


def test_without_an_image_there_is_nothing_to_magnify(bench):
    move(bench.widget, QPoint(200, 150))
    bench.widget.hold_lens(True)
    bench.grab()
    bench.open(distinct_pixels(500, 400))
    bench.grab()
    bench.widget.set_scene(None)
    bench.grab()
