"""Outlines traced along edges and edited by their corners, in the real window."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask
from allviewer.session.tool_state import Part, ToolKind
from tests.inference.pictures import disc

HEIGHT, WIDTH = 240, 320
CELL, NUCLEUS = (120, 120, 45), (120, 120, 25)
OTHER = (225, 120, 40)
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


def drawn(x, y, radius):
    return Mask(disc(HEIGHT, WIDTH, x, y, radius))


@pytest.fixture
def hands(start, tmp_path):
    picture = np.full((HEIGHT, WIDTH, 3), (238, 230, 232), float)
    for shape, colour in ((CELL, (170, 185, 220)), (OTHER, (170, 185, 220)), (NUCLEUS, (95, 60, 150))):
        picture[disc(HEIGHT, WIDTH, *shape)] = colour
    picture += np.random.default_rng(0).normal(0, 3, picture.shape)
    path = tmp_path / "field.png"
    Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(path)
    hands = start()
    hands.open_and_wait(path)
    return hands


@pytest.fixture
def marked(hands):
    """The cell with its nucleus, and the one beside it."""
    origin = Origin.model("net 1")
    cells = [
        Cell(1, drawn(*CELL), drawn(*NUCLEUS), "blast", origin),
        Cell(2, drawn(*OTHER), Mask.empty(), "blast", origin),
    ]
    hands.document.apply(Edit("Run net", tuple(Change(None, cell) for cell in cells)))
    hands.program.session.selection.select({1}, 1)
    hands.press(Qt.Key.Key_P, SHIFT)
    assert hands.program.session.tools.tool is ToolKind.VERTICES
    return hands


def corners(hands):
    return hands.program.session.tools.outline.corners


def on_circle(shape, degrees):
    x, y, radius = shape
    return x + radius * np.cos(np.radians(degrees)), y + radius * np.sin(np.radians(degrees))


def test_a_few_clicks_trace_a_nucleus(hands):
    hands.press(Qt.Key.Key_I)
    hands.program.session.tools.work_on(Part.NUCLEUS)
    wire = hands.program.session.tools.wire
    for degrees in (0, 120, 240):
        hands.click(*on_circle(NUCLEUS, degrees))
        hands.wait(lambda: hands.program.work.trace.is_ready)
    assert len(wire.pieces) == 3
    assert len(wire.points) > 9, "it runs along the edge, not straight"
    hands.click(*on_circle(NUCLEUS, 0))  # the start closes it
    (cell,) = hands.cells
    assert cell.mask.iou(drawn(*NUCLEUS)) > 0.92
    assert cell.nucleus == cell.mask
    assert hands.document.history[-1].text == "Trace cell 1"
    hands.do("undo")
    assert not hands.cells


def test_the_free_end_follows_the_edge_and_can_be_taken_back(hands):
    hands.press(Qt.Key.Key_I)
    wire = hands.program.session.tools.wire
    hands.click(*on_circle(NUCLEUS, 0))
    hands.wait(lambda: hands.program.work.trace.is_ready)
    wire.move(on_circle(NUCLEUS, 90))
    away = [abs(np.hypot(x - NUCLEUS[0], y - NUCLEUS[1]) - NUCLEUS[2]) for x, y in wire.tail]
    assert np.median(away) < 2
    assert len(wire.tail) > 4
    hands.click(*on_circle(NUCLEUS, 90))
    hands.press(Qt.Key.Key_Backspace)
    assert len(wire.pieces) == 1
    hands.do("select_none")  # Esc
    assert wire.start is None
    assert not hands.document.history


def test_enter_closes_a_line_round_the_selected_cell(marked):
    marked.press(Qt.Key.Key_I)
    for degrees in (10, 100, 190, 280):
        marked.click(*on_circle(CELL, degrees))
        marked.wait(lambda: marked.program.work.trace.is_ready)
    marked.do("accept")  # Enter
    cell = marked.cell(1)
    assert cell.mask.iou(drawn(*CELL)) > 0.92
    assert cell.nucleus == drawn(*NUCLEUS)
    assert marked.document.history[-1].text == "Trace cytoplasm, cell 1"


def test_a_mask_has_few_corners_and_they_fit(marked):
    from allviewer.domain.brush import polygon_mask

    assert 6 <= len(corners(marked)) <= 30
    assert polygon_mask(corners(marked)).iou(drawn(*CELL)) > 0.97
    marked.press(Qt.Key.Key_T)
    assert polygon_mask(corners(marked)).iou(drawn(*NUCLEUS)) > 0.95
    marked.program.session.selection.clear()
    assert corners(marked) == []


def test_a_corner_is_dragged_in_one_step_and_the_far_side_stays(marked):
    before = marked.cell(1)
    top = min(corners(marked), key=lambda corner: corner[1])
    marked.drag([top, (top[0], top[1] - 6), (top[0], top[1] - 12)])
    after = marked.cell(1)
    assert after.area_px > before.area_px
    far_side = Mask(np.ones((40, WIDTH)), 0, 140)
    assert after.mask & far_side == before.mask & far_side
    assert after.nucleus == before.nucleus
    assert marked.document.history[-1].text == "Reshape cytoplasm, cell 1"
    number = len(corners(marked))
    marked.do("undo")
    assert marked.cell(1) == before
    assert len(marked.document.history) == 2
    assert number >= 6


def test_a_corner_is_put_in_and_taken_out(marked):
    number = len(corners(marked))
    (ax, ay), (bx, by) = corners(marked)[:2]
    middle = ((ax + bx) / 2, (ay + by) / 2)
    marked.drag([middle, (middle[0] + (middle[0] - CELL[0]) / 4, middle[1] + (middle[1] - CELL[1]) / 4)])
    assert len(corners(marked)) == number + 1
    new = corners(marked)[1]
    marked.click(*new, ALT)
    assert len(corners(marked)) == number
    assert len(marked.document.history) == 3


def test_no_corner_cuts_into_the_nucleus_nor_into_another_cell(marked):
    right = max(corners(marked), key=lambda corner: corner[0])
    other = marked.cell(2)
    marked.drag([right, (200, 120), (215, 120)])
    assert marked.cell(2) == other
    assert (marked.cell(1).mask & other.mask).is_empty
    left = min(corners(marked), key=lambda corner: corner[0])
    marked.drag([left, (100, 120), (125, 120)])
    cell = marked.cell(1)
    assert cell.nucleus == drawn(*NUCLEUS)
    assert cell.mask.contains(cell.nucleus)


def test_a_click_elsewhere_selects_and_escape_springs_back(marked):
    from PySide6.QtTest import QTest

    top = min(corners(marked), key=lambda corner: corner[1])
    before = list(corners(marked))
    QTest.mousePress(marked.canvas, Qt.MouseButton.LeftButton, pos=marked.at(*top))
    QTest.mouseMove(marked.canvas, marked.at(top[0], top[1] - 20))
    marked.press(Qt.Key.Key_Escape)
    QTest.mouseRelease(marked.canvas, Qt.MouseButton.LeftButton, pos=marked.at(top[0], top[1] - 20))
    assert corners(marked) == before
    assert len(marked.document.history) == 1
    marked.click(OTHER[0], OTHER[1])
    assert marked.program.session.selection.ids == {2}
    assert max(x for x, _ in corners(marked)) > 255
