"""Boxes and lassos round cells; thousands of cells are relabelled and deleted in one step."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask

SHIFT, ALT, NONE = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
COLUMNS, ROWS, STEP_PX = 100, 50, 8


@pytest.fixture
def hands(start, tmp_path):
    """5 000 cells in rows and columns; the id of the one at (column, row) is `at(column, row)`."""
    path = tmp_path / "field.png"
    Image.fromarray(np.full((ROWS * STEP_PX, COLUMNS * STEP_PX, 3), 220, np.uint8)).save(path)
    hands = start()
    hands.open_and_wait(path)
    square, inner, origin = np.ones((6, 6)), np.ones((3, 3)), Origin.model("net 1")
    cells = [
        Cell(at(c, r), Mask(square, c * STEP_PX + 1, r * STEP_PX + 1), Mask(inner, c * STEP_PX + 2, r * STEP_PX + 2), "blast", origin)
        for r in range(ROWS)
        for c in range(COLUMNS)
    ]  # fmt: skip
    hands.document.apply(Edit("Run net", tuple(Change(None, c) for c in cells)))
    hands.wait_for_rest()
    return hands


def at(column, row):
    return 1 + row * COLUMNS + column


def block(columns, rows):
    return {at(c, r) for c in range(*columns) for r in range(*rows)}


def corner(column, row):
    return column * STEP_PX, row * STEP_PX


def test_a_box_selects_adds_and_takes_out(hands):
    chosen = hands.program.session.selection
    hands.press(Qt.Key.Key_O)
    hands.drag([corner(10, 10), corner(15, 12), corner(20, 20)])
    assert chosen.ids == block((10, 20), (10, 20))
    hands.drag([corner(30, 30), corner(33, 31), corner(35, 32)], SHIFT)
    assert chosen.ids == block((10, 20), (10, 20)) | block((30, 35), (30, 32))
    hands.drag([corner(0, 0), corner(3, 3), corner(15, 50)], ALT)
    assert chosen.ids == block((15, 20), (10, 20)) | block((30, 35), (30, 32))
    hands.press(Qt.Key.Key_S)
    hands.drag([corner(15, 9), corner(17, 12), corner(20, 21)], ALT)
    assert chosen.ids == block((30, 35), (30, 32)), "with the select tool too"
    assert len(hands.document.history) == 1


def test_a_lasso_goes_round_cells_at_an_angle(hands):
    chosen = hands.program.session.selection
    hands.press(Qt.Key.Key_O, SHIFT)
    hands.drag([corner(10, 10), corner(20, 10), corner(20, 20)])  # a triangle: closed by itself
    inside = {at(c, r) for c in range(10, 20) for r in range(10, 20) if c > r}
    diagonal = {at(c, c) for c in range(10, 20)}
    assert inside <= chosen.ids <= inside | diagonal
    hands.click(*corner(50.5, 30.5))
    assert chosen.ids == {at(50, 30)}, "a click selects the cell under it"
    hands.click(*corner(51.5, 30.5), SHIFT)
    assert chosen.ids == {at(50, 30), at(51, 30)}


def test_all_of_them_are_relabelled_and_deleted_in_one_step_each(hands):
    hands.press(Qt.Key.Key_O)
    hands.drag([(1, 1), (300, 200), (COLUMNS * STEP_PX - 1, ROWS * STEP_PX - 1)])
    assert len(hands.program.session.selection.ids) == COLUMNS * ROWS
    hands.press(Qt.Key.Key_3)
    hands.wait(lambda: {cell.label for cell in hands.cells} == {"neutrophil"})
    hands.press(Qt.Key.Key_Delete)
    hands.wait(lambda: hands.cells == [])
    assert [step.text for step in hands.document.history][1:] == [
        "Label as neutrophil, 5000 cells",
        "Delete, 5000 cells",
    ]
    hands.do("undo")
    hands.wait(lambda: len(hands.cells) == COLUMNS * ROWS)


def test_escape_drops_a_box_under_way(hands):
    from PySide6.QtTest import QTest

    hands.press(Qt.Key.Key_O)
    QTest.mousePress(hands.canvas, Qt.MouseButton.LeftButton, NONE, hands.at(*corner(10, 10)))
    QTest.mouseMove(hands.canvas, hands.at(*corner(20, 20)))
    hands.do("select_none")
    QTest.mouseRelease(hands.canvas, Qt.MouseButton.LeftButton, NONE, hands.at(*corner(20, 20)))
    assert not hands.program.session.selection.ids
