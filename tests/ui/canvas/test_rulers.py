"""Rulers: as long as what was dragged over, at any angle and zoom; they stay until Esc."""

import math

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from allviewer.session.tool_state import ToolKind
from allviewer.ui.canvas.rulers import length_px, length_text
from tests.ui.canvas.hands import drag
from tests.ui.canvas.view_bench import distinct_pixels


@pytest.fixture
def measuring(bench):
    bench.open(np.full((700, 900, 3), 255, np.uint8))
    bench.tools.take(ToolKind.RULER)
    bench.told = []
    bench.widget.length_drawn.connect(bench.told.append)
    return bench


def measure(bench, start, end, keys=Qt.KeyboardModifier.NoModifier):
    drag(bench.widget, *(QPointF(*bench.view.to_screen(point)).toPoint() for point in (start, end)), keys)


@pytest.mark.parametrize(("angle", "zoom"), [(0, 1), (37, 1), (90, 2), (215, 0.5)])
def test_a_line_has_the_length_of_what_it_was_drawn_over(measuring, angle, zoom):
    measuring.view.rotate_to(angle)
    measuring.view.zoom_by(zoom / measuring.view.scale)
    measure(measuring, (420, 330), (480, 410))
    assert measuring.told == [pytest.approx(100, abs=2 / zoom)]


def test_several_stay_with_other_tools_and_escape_takes_them_away(measuring):
    plain = measuring.grab()
    measure(measuring, (100, 100), (300, 100))
    measure(measuring, (100, 300), (300, 500))
    assert len(measuring.widget.rulers) == 2
    measuring.tools.take(ToolKind.SELECT)
    shown = measuring.grab()
    x, y = (round(v) for v in measuring.view.to_screen((200, 100)))
    assert (shown[y, x] != plain[y, x]).any()
    QTest.keyClick(measuring.widget, Qt.Key.Key_Escape)
    assert not len(measuring.widget.rulers)
    assert np.array_equal(measuring.grab(), plain)
    assert not measuring.widget.offer_key(Qt.Key.Key_Escape)  # the next Esc is for the selection


def test_an_end_can_be_taken_and_moved(measuring):
    measure(measuring, (200, 200), (400, 200))
    measure(measuring, (200, 200), (400, 500))
    (line,) = measuring.widget.rulers
    assert length_px(line) == pytest.approx(300, abs=4)
    assert math.dist(line[0], (400, 200)) < 4


def test_a_click_measures_nothing_and_another_image_has_no_rulers(measuring):
    QTest.mouseClick(
        measuring.widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPointF(50, 50).toPoint()
    )
    assert not measuring.told
    measure(measuring, (200, 200), (400, 200))
    measuring.open(distinct_pixels(300, 300), name="other")
    assert not len(measuring.widget.rulers)


def test_shift_keeps_it_level_on_the_screen(measuring):
    measuring.view.rotate_to(30)
    measuring.view.to_actual_size()
    measuring.view.center_on((450, 350))
    start = QPointF(100, 100).toPoint()
    drag(measuring.widget, start, QPointF(200, 112).toPoint(), Qt.KeyboardModifier.ShiftModifier)
    (line,) = measuring.widget.rulers
    a, b = (measuring.view.to_screen(point) for point in line)
    assert a[1] == pytest.approx(b[1], abs=0.5)
    assert b[0] - a[0] == pytest.approx(100, abs=1)


def test_lengths_are_in_micrometres_where_the_scale_is_known():
    assert length_text(10, None) == "10.0 px"
    assert length_text(28.84, 0.25) == "7.21 µm   28.8 px"
    assert length_text(400, 0.25) == "100.0 µm   400 px"
    assert length_text(8000, 0.25) == "2.00 mm   8,000 px"
