"""Brush and eraser in the real window: size, pen, soft cursor, N:C ratio while painting, other cells."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask
from allviewer.session.tool_state import Part
from tests.inference.pictures import disc

HEIGHT, WIDTH = 240, 320
ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def drawn(x, y, radius):
    return Mask(disc(HEIGHT, WIDTH, x, y, radius))


@pytest.fixture
def hands(start, tmp_path):
    """Two cells that touch; the left one is selected and the brush in hand."""
    path = tmp_path / "field.png"
    Image.fromarray(np.full((HEIGHT, WIDTH, 3), 220, np.uint8)).save(path)
    hands = start()
    hands.open_and_wait(path)
    origin = Origin.model("net 1")
    cells = [
        Cell(1, drawn(110, 120, 40), drawn(110, 120, 20), "blast", origin),
        Cell(2, drawn(192, 120, 40), drawn(192, 120, 20), "blast", origin),
    ]
    hands.document.apply(Edit("Run net", tuple(Change(None, cell) for cell in cells)))
    hands.program.session.selection.select({1}, 1)
    hands.press(Qt.Key.Key_B)
    hands.program.session.tools.set_radius(6)
    return hands


def move(hands, button, place, keys=Qt.KeyboardModifier.NoModifier):
    at = QPointF(place)
    event = QMouseEvent(QEvent.Type.MouseMove, at, hands.canvas.mapToGlobal(at), Qt.MouseButton.NoButton, button, keys)
    QApplication.sendEvent(hands.canvas, event)


def pen(hands, kind, place, pressure, pointer=QPointingDevice.PointerType.Pen):
    """What a tablet tells before the mouse event that Qt makes of it."""
    device = QPointingDevice(
        "pen", 7, QPointingDevice.DeviceType.Stylus, pointer, QPointingDevice.Capability.Pressure, 1, 3
    )
    at = QPointF(place)
    QApplication.sendEvent(
        hands.canvas,
        QTabletEvent(
            kind, device, at, hands.canvas.mapToGlobal(at), pressure, 0, 0, 0, 0, 0,
            Qt.KeyboardModifier.NoModifier, LEFT, LEFT,
        ),
    )  # fmt: skip


def pen_stroke(hands, points, pressures, pointer=QPointingDevice.PointerType.Pen):
    places = [hands.at(*point) for point in points]
    pen(hands, QEvent.Type.TabletPress, places[0], pressures[0], pointer)
    QTest.mousePress(hands.canvas, LEFT, pos=places[0])
    for place, pressure in zip(places[1:], pressures[1:], strict=True):
        pen(hands, QEvent.Type.TabletMove, place, pressure, pointer)
        move(hands, LEFT, place)
    pen(hands, QEvent.Type.TabletRelease, places[-1], 0, pointer)
    QTest.mouseRelease(hands.canvas, LEFT, pos=places[-1])


def test_the_brush_spares_others_until_the_switch_says_otherwise(hands):
    first, second = hands.cells
    hands.drag([(140, 120), (160, 120), (180, 120)])
    assert hands.cell(2) == second
    assert (hands.cell(1).mask & second.mask).is_empty
    hands.do("undo")
    button = hands.window.actions_table["protect"]
    assert button.isChecked()
    hands.press(Qt.Key.Key_B, SHIFT)
    assert not button.isChecked()
    hands.drag([(140, 120), (160, 120), (180, 120)])
    assert hands.cell(1).mask.contains_point(175, 120)
    assert not hands.cell(2).mask.contains_point(175, 120)
    assert hands.cell(2).mask.contains(hands.cell(2).nucleus)
    assert len(hands.document.history) == 2, "one gesture is one step"
    hands.do("undo")
    assert hands.cells == [first, second]


def test_a_polygon_spares_others_too(hands):
    second = hands.cell(2)
    hands.press(Qt.Key.Key_P)
    hands.draw([(60, 60), (230, 60), (230, 180), (60, 180)])
    assert hands.cell(2) == second
    assert (hands.cell(1).mask & second.mask).is_empty
    assert hands.cell(1).area_px > 10_000
    hands.press(Qt.Key.Key_N)
    hands.draw([(5, 5), (315, 5), (315, 235), (5, 235)])
    assert hands.cell(2) == second
    assert (hands.cell(3).mask & second.mask).is_empty


def test_the_ratio_is_shown_while_painting_and_is_the_one_that_comes(hands):
    stroke = hands.program.session.tools.stroke
    hands.program.session.tools.work_on(Part.NUCLEUS)
    before = hands.cell(1).nc_ratio
    QTest.mousePress(hands.canvas, LEFT, pos=hands.at(110, 100))
    for x in range(110, 135, 5):
        move(hands, LEFT, hands.at(x, 98))
    hands.wait(lambda: stroke.ratio is not None and stroke.ratio > before)
    hands.wait(lambda: stroke.ratio == pytest.approx(_painted(hands).nc_ratio))
    shown = stroke.ratio
    assert hands.window.cell._ratio.text() == f"{shown:.2f}"
    assert hands.cell(1).nc_ratio == before, "the cell itself is not changed yet"
    QTest.mouseRelease(hands.canvas, LEFT, pos=hands.at(130, 98))
    assert hands.cell(1).nc_ratio == pytest.approx(shown)
    assert stroke.ratio is None
    assert hands.window.cell._ratio.text() == f"{shown:.2f}"


def _painted(hands):
    from allviewer.domain.brush import stroke_mask
    from allviewer.domain.edits import paint

    stroke = hands.program.session.tools.stroke
    return paint(hands.cell(1), stroke_mask(stroke.path, stroke.radius_px), "nucleus", "").changes[0].after


def test_alt_and_the_right_button_size_the_brush_by_its_edge(hands):
    tools, scale = hands.program.session.tools, hands.program.session.view.scale
    start = hands.at(110, 60)
    QTest.mouseMove(hands.canvas, start)
    QTest.mousePress(hands.canvas, RIGHT, ALT, start)
    move(hands, RIGHT, hands.at(130, 60), ALT)
    assert tools.radius_px == pytest.approx(6 + 20, abs=1 / scale + 0.5)
    move(hands, RIGHT, hands.at(60, 60), ALT)
    assert tools.radius_px == 0.5
    QTest.mouseRelease(hands.canvas, RIGHT, ALT, hands.at(60, 60))
    assert len(hands.document.history) == 1
    hands.press(Qt.Key.Key_BracketRight)
    assert tools.radius_px == 1.0


def test_a_pen_paints_as_wide_as_it_is_pressed_and_its_other_end_erases(hands):
    hands.program.session.tools.set_radius(10)
    points = [(70 + 8 * step, 60) for step in range(11)]
    pen_stroke(hands, points, [0.1 + 0.09 * step for step in range(11)])
    painted = hands.cell(1).mask - drawn(110, 120, 40)
    columns = painted.within(hands.document.info.bounds).sum(axis=0)
    assert 3 <= columns[74] < columns[110] < columns[146] <= 21
    pen_stroke(hands, [(70, 120), (80, 120)], [1, 1], QPointingDevice.PointerType.Eraser)
    assert hands.document.history[-1].text == "Erase cytoplasm, cell 1"
    assert not hands.cell(1).mask.contains_point(75, 120)
    hands.drag([(75, 120), (80, 120)])
    assert hands.cell(1).mask.contains_point(75, 120), "a mouse presses with all its weight again"


def test_the_cursor_shows_the_size_with_a_soft_edge(hands):
    hands.program.session.tools.set_radius(25)
    view = hands.program.session.view
    place = hands.at(60, 40)
    hands.program.session.tools.work_on(Part.CYTOPLASM)
    move(hands, Qt.MouseButton.NoButton, place)
    hands.wait_for_rest()
    seen = hands.canvas.grab().toImage()
    reach = round(25 * view.scale)

    def tint(distance):
        colour = seen.pixelColor(place.x() - distance, place.y())
        return abs(colour.red() - colour.green())

    assert tint(reach // 2) > tint(round(reach * 0.9)) > tint(reach + 8)
