"""What the hand does becomes the right signal; the draft is never the document."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from allviewer.domain.geometry import Region
from allviewer.domain.slide import Level, SlideInfo
from allviewer.imaging.array_source import ArraySource
from allviewer.session.drawn import Pick
from allviewer.session.tool_state import ToolKind
from allviewer.session.visited import Visited
from tests.ui.canvas.view_bench import distinct_pixels, make_cell

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def hand(bench):
    """A white image at 100 % with two cells, and a hand on it."""
    bench.open(np.full((900, 1200, 3), 255, np.uint8), [make_cell(1, 560, 440, 20), make_cell(2, 650, 480, 10)])
    bench.view.to_actual_size()
    bench.settle()
    bench.widget.activateWindow()
    bench.widget.setFocus()
    return Hand(bench)


class Hand:
    def __init__(self, bench):
        self.bench, self.qtbot, self.widget, self.view = bench, bench.qtbot, bench.widget, bench.view
        self.told = {}
        for name in [
            "stroke_finished",
            "polygon_finished",
            "new_cell_drawn",
            "cell_clicked",
            "region_drawn",
            "cursor_moved",
        ]:
            getattr(self.widget, name).connect(lambda *values, n=name: self.told.setdefault(n, []).append(values))
        bench.tools.drawn.picked.connect(lambda *values: self.told.setdefault("picked", []).append(values))

    def at(self, x, y):
        """The screen point of an image point."""
        return QPointF(*self.view.to_screen((x, y))).toPoint()

    def drag(self, *points, button=LEFT, modifiers=NONE):
        first, *rest = (self.at(*point) for point in points)
        self.qtbot.mousePress(self.widget, button, modifiers, first)
        for point in rest:
            self.move(point, button, modifiers)
        self.qtbot.mouseRelease(self.widget, button, modifiers, rest[-1] if rest else first)

    def move(self, point, button=Qt.MouseButton.NoButton, modifiers=NONE):
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent

        place = QPointF(point)
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, self.widget.mapToGlobal(place), Qt.MouseButton.NoButton, button, modifiers
        )
        QApplication.sendEvent(self.widget, event)

    def wheel(self, point, delta, modifiers=NONE):
        place = QPointF(point)
        event = QWheelEvent(
            place,
            self.widget.mapToGlobal(place),
            QPoint(),
            QPoint(0, delta),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(self.widget, event)

    def take(self, tool):
        self.bench.tools.take(tool)


def test_a_click_selects_the_cell_under_it_and_nothing_beside_it(hand):
    hand.drag((580, 460))
    hand.drag((520, 400), modifiers=Qt.KeyboardModifier.ControlModifier)
    assert hand.told["cell_clicked"] == [(1, NONE), (0, Qt.KeyboardModifier.ControlModifier)]


def test_a_drag_with_the_select_tool_pans_and_selects_nothing(hand):
    before = hand.view.to_screen((580, 460))
    start = hand.at(580, 460)
    hand.qtbot.mousePress(hand.widget, LEFT, NONE, start)
    for step in (2, 20, 40, 60):
        hand.move(start + QPoint(step, step // 2), LEFT)
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, start + QPoint(60, 30))
    assert hand.view.to_screen((580, 460)) == (before[0] + 60, before[1] + 30)
    assert "cell_clicked" not in hand.told


def test_shift_and_a_drag_select_in_a_box(hand):
    hand.drag((540, 420), (600, 500), (690, 520), modifiers=Qt.KeyboardModifier.ShiftModifier)
    assert hand.told["picked"] == [([(540, 420), (690, 420), (690, 520), (540, 520)], Pick.ADD)]


@pytest.mark.parametrize("tool", list(ToolKind))
def test_the_middle_button_pans_with_every_tool(hand, tool):
    hand.take(tool)
    before = hand.view.center
    start = hand.at(600, 450)
    hand.qtbot.mousePress(hand.widget, MIDDLE, NONE, start)
    hand.move(start + QPoint(25, -10), MIDDLE)
    hand.qtbot.mouseRelease(hand.widget, MIDDLE, NONE, start + QPoint(25, -10))
    assert hand.view.center == (before[0] - 25, before[1] + 10)
    assert set(hand.told) <= {"cursor_moved"}


def test_space_and_a_drag_pan_with_the_brush(hand):
    hand.take(ToolKind.BRUSH)
    before = hand.view.center
    hand.qtbot.keyPress(hand.widget, Qt.Key.Key_Space)
    start = hand.at(600, 450)
    hand.qtbot.mousePress(hand.widget, LEFT, NONE, start)
    hand.move(start + QPoint(30, 0), LEFT)
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, start)
    hand.qtbot.keyRelease(hand.widget, Qt.Key.Key_Space)
    assert hand.view.center == (before[0] - 30, before[1])
    assert "stroke_finished" not in hand.told


def test_the_wheel_zooms_at_the_cursor_three_notches_double(hand):
    point = hand.at(640, 400)
    before = hand.view.to_image((point.x(), point.y()))
    for _ in range(3):
        hand.wheel(point, 120)
    assert hand.view.scale == pytest.approx(2.0)
    after = hand.view.to_image((point.x(), point.y()))
    assert np.hypot(after[0] - before[0], after[1] - before[1]) < 1


@pytest.mark.parametrize(
    ("tool", "modifiers", "erases"),
    [
        (ToolKind.BRUSH, NONE, False),
        (ToolKind.BRUSH, Qt.KeyboardModifier.AltModifier, True),
        (ToolKind.ERASER, NONE, True),
        (ToolKind.ERASER, Qt.KeyboardModifier.AltModifier, False),
    ],
)
def test_a_stroke_becomes_its_path(hand, tool, modifiers, erases):
    hand.take(tool)
    hand.bench.tools.set_radius(6)
    points = [(560.0, 440.0), (570.0, 445.0), (590.0, 450.0)]
    hand.drag(*points, modifiers=modifiers)
    [(path, radius_px, erased)] = hand.told["stroke_finished"]
    assert np.allclose(path, points)
    assert radius_px == 6
    assert erased is erases


def test_two_quick_dabs_are_two_strokes(hand):
    hand.take(ToolKind.BRUSH)
    before = hand.view.scale
    hand.drag((560, 440))
    hand.qtbot.mouseDClick(hand.widget, LEFT, NONE, hand.at(560, 440))
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, hand.at(560, 440))
    assert len(hand.told["stroke_finished"]) == 2
    assert hand.view.scale == before


def test_the_draft_is_seen_while_painting_and_gone_after(hand):
    hand.take(ToolKind.BRUSH)
    hand.move(QPoint(5, 5))
    hand.widget.leaveEvent(None)
    before = hand.bench.grab()
    start = hand.at(600, 400)
    hand.qtbot.mousePress(hand.widget, LEFT, NONE, start)
    hand.move(start + QPoint(40, 0), LEFT)
    during = hand.bench.grab()
    changed = np.argwhere((during != before).any(axis=2))
    assert changed[:, 1].min() <= start.x()
    assert changed[:, 1].max() >= start.x() + 40
    assert changed[:, 0].max() - changed[:, 0].min() <= 2 * hand.bench.tools.radius_px + 8
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, start + QPoint(40, 0))
    hand.widget.leaveEvent(None)
    assert np.array_equal(hand.bench.grab(), before)


def test_a_movement_of_the_brush_repaints_its_segment_only(hand):
    hand.take(ToolKind.BRUSH)
    start = QPoint(100, 100)
    hand.qtbot.mousePress(hand.widget, LEFT, NONE, start)
    hand.move(start + QPoint(5, 0), LEFT)
    hand.qtbot.wait(1)
    painted = []
    original = hand.widget.paintEvent
    hand.widget.paintEvent = lambda event: (painted.append(event.rect()), original(event))
    hand.move(start + QPoint(15, 0), LEFT)
    hand.qtbot.waitUntil(lambda: bool(painted))
    assert painted[0].width() <= 2 * hand.bench.tools.radius_px + 10 + 14
    assert painted[0].height() <= 2 * hand.bench.tools.radius_px + 14
    hand.widget.paintEvent = original
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, start)


def test_brackets_and_alt_wheel_size_the_brush(hand):
    hand.take(ToolKind.BRUSH)
    scale = hand.view.scale
    sizes = [hand.bench.tools.radius_px]
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_BracketRight)
    sizes.append(hand.bench.tools.radius_px)
    hand.wheel(QPoint(100, 100), 120, Qt.KeyboardModifier.AltModifier)
    sizes.append(hand.bench.tools.radius_px)
    assert sizes == sorted(set(sizes))
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_BracketLeft)
    assert hand.bench.tools.radius_px < sizes[-1]
    assert hand.view.scale == scale


@pytest.mark.parametrize(("tool", "signal"), [("polygon", "polygon_finished"), ("add_cell", "new_cell_drawn")])
def test_a_polygon_closes_by_enter_and_backspace_takes_the_last_corner(hand, tool, signal):
    hand.take(ToolKind(tool))
    for corner in [(550, 420), (600, 420), (600, 470), (100, 100)]:
        hand.drag(corner)
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Backspace)
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Return)
    [(corners,)] = hand.told[signal]
    assert np.allclose(corners, [(550, 420), (600, 420), (600, 470)])


def test_a_polygon_closes_by_double_click_and_by_its_first_corner(hand):
    hand.take(ToolKind.POLYGON)
    for corner in [(550, 420), (600, 420), (600, 470)]:
        hand.drag(corner)
    hand.qtbot.mouseDClick(hand.widget, LEFT, NONE, hand.at(600, 470))
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, hand.at(600, 470))
    for corner in [(550, 420), (600, 420), (600, 470), (551, 421)]:
        hand.drag(corner)
    assert [len(corners) for (corners,) in hand.told["polygon_finished"]] == [3, 3]


def test_a_freehand_shape_closes_when_the_button_is_released(hand):
    hand.take(ToolKind.POLYGON)
    hand.drag((550, 420), (580, 430), (600, 460), (560, 480), (540, 450))
    [(corners,)] = hand.told["polygon_finished"]
    assert len(corners) == 5


def test_escape_drops_the_draft(hand):
    before = hand.bench.grab()
    hand.take(ToolKind.POLYGON)
    hand.drag((550, 420))
    hand.drag((600, 420))
    hand.drag((600, 470))
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Escape)
    hand.take(ToolKind.BRUSH)
    hand.qtbot.mousePress(hand.widget, LEFT, NONE, hand.at(600, 420))
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Escape)
    hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, hand.at(600, 420))
    hand.take(ToolKind.SELECT)
    assert set(hand.told) <= {"cursor_moved"}
    assert np.array_equal(hand.bench.grab(), before)


def test_a_region_is_clipped_to_the_image(hand):
    hand.take(ToolKind.REGION)
    hand.view.fit()
    hand.drag((-50, 300), (500, 600), (1300, 1000))
    assert hand.told["region_drawn"] == [(Region(0, 300, 1200, 600),)]


def test_double_click_shows_all_and_arrows_pan(hand):
    hand.view.zoom_by(2)
    hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Right)
    assert hand.view.center[0] > 600
    hand.qtbot.mouseDClick(hand.widget, LEFT, NONE, QPoint(50, 50))
    assert hand.view.is_fitted


def test_a_click_on_the_map_goes_there(hand):
    hand.widget.resize(800, 700)
    hand.view.zoom_by(3)
    hand.bench.settle()
    assert hand.widget._map.is_shown
    box = hand.widget._map._box().toRect()
    hand.qtbot.mouseClick(hand.widget, LEFT, NONE, QPoint(box.left() + box.width() // 4, box.top() + box.height() // 4))
    assert hand.view.center == pytest.approx((300, 225), abs=10)
    assert "cell_clicked" not in hand.told


def test_a_selected_cell_stands_out(hand):
    before = hand.bench.grab()
    hand.widget.set_selection(frozenset({1}))
    after = hand.bench.grab()
    changed = np.argwhere((before != after).any(axis=2))
    corner = hand.at(560, 440)
    assert np.abs(changed.min(axis=0) - [corner.y(), corner.x()]).max() <= 4
    assert np.abs(changed.max(axis=0) - [corner.y() + 41, corner.x() + 41]).max() <= 4


def test_nothing_happens_without_an_image(hand):
    hand.widget.set_scene(None)
    for tool in ToolKind:
        hand.take(tool)
        hand.qtbot.mousePress(hand.widget, LEFT, NONE, QPoint(50, 50))
        hand.move(QPoint(80, 80), LEFT)
        hand.qtbot.mouseRelease(hand.widget, LEFT, NONE, QPoint(80, 80))
        hand.wheel(QPoint(50, 50), 120)
        hand.qtbot.keyClick(hand.widget, Qt.Key.Key_Left)
    assert set(hand.told) <= {"cursor_moved"}


def test_the_map_marks_what_has_been_looked_at(bench):
    bench.widget.resize(800, 600)
    source = ArraySource(distinct_pixels(3000, 2000), SlideInfo((Level(3000, 2000, 1.0),), mpp=0.5))
    visited = Visited(source.info.bounds)
    bench.open_source(source, visited=visited)
    bench.view.to_actual_size()
    bench.view.center_on((700, 600))
    bench.qtbot.waitUntil(lambda: visited.squares.any())
    after = bench.grab()
    bench.widget._map.set_visited(None)
    shown = bench.grab()
    assert visited.squares[int(600 / 24), int(700 / 24)]
    box = bench.widget._map._box().toRect()
    x, y = box.x() + round(700 / 3000 * box.width()), box.y() + round(600 / 2000 * box.height())
    assert (after[y, x] != shown[y, x]).any()
    far_x, far_y = box.x() + round(0.8 * box.width()), box.y() + round(0.8 * box.height())
    assert (after[far_y, far_x] == shown[far_y, far_x]).all()


def test_a_tool_that_fails_while_painting_harms_nothing_else(bench, qtbot, monkeypatch):
    bench.open(distinct_pixels(900, 700))
    before = bench.grab()
    tool = bench.widget._toolbox.tool

    def fail(painter):
        painter.save()
        raise RuntimeError("cannot draw")

    with qtbot.captureExceptions() as errors:
        monkeypatch.setattr(tool, "paint", fail)
        for count in range(1, 4):
            bench.widget.update()
            qtbot.waitUntil(lambda count=count: len(errors) >= count)
        monkeypatch.undo()
    assert errors
    assert np.array_equal(bench.grab(), before)  # while the errors, and with them the frames they came from, still live
