"""Cells are copied to the same place of the next image of the list."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from allviewer.domain.cell import Cell, CellState, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def cell(cell_id, x, y):
    return Cell(
        cell_id, Mask(np.ones((30, 30)), x, y), Mask(np.ones((10, 10)), x + 10, y + 10), "blast", Origin.model("n")
    )


@pytest.fixture
def hands(start, tmp_path):
    folder = tmp_path / "stack"
    folder.mkdir()
    Image.new("RGB", (200, 150), "pink").save(folder / "plane1.png")
    Image.new("RGB", (200, 100), "white").save(folder / "plane2.png")
    hands = start()
    hands.open_and_wait(folder)
    hands.wait(lambda: hands.document.name == "plane1.png")
    cells = [cell(1, 20, 20), cell(2, 100, 20), cell(3, 60, 110)]
    hands.document.apply(Edit("Run", tuple(Change(None, c) for c in cells)))
    return hands


def test_copies_are_one_step_there_and_selected(hands):
    before = hands.cells
    hands.program.session.selection.select({1, 2})
    hands.press(Qt.Key.Key_V, CTRL_SHIFT)
    hands.wait(lambda: hands.document is not None and hands.document.name == "plane2.png" and len(hands.cells) == 2)
    hands.wait(lambda: hands.program.session.selection.ids == {c.id for c in hands.cells})
    assert [c.mask for c in hands.cells] == [c.mask for c in before[:2]]
    assert [c.nucleus for c in hands.cells] == [c.nucleus for c in before[:2]]
    assert all(c.label == "blast" and c.state is CellState.CORRECTED for c in hands.cells)
    assert hands.document.history[-1].text == "Copy 2 cells from plane1.png"
    hands.do("undo")
    assert hands.cells == []
    hands.do("previous_image")
    hands.wait(lambda: hands.document is not None and hands.document.name == "plane1.png")
    assert hands.cells == before


def test_what_is_there_or_beyond_the_edge_is_not_copied_and_others_keep_their_pixels(hands):
    hands.program.session.selection.select({1})
    hands.do("copy_to_next")
    hands.wait(lambda: hands.document is not None and hands.document.name == "plane2.png" and len(hands.cells) == 1)
    hands.wait_for_rest()
    hands.do("previous_image")
    hands.wait(lambda: hands.document is not None and hands.document.name == "plane1.png")
    hands.wait_for_rest()
    hands.document.apply(Edit("Add", (Change(None, cell(4, 42, 20)),)))
    hands.program.session.selection.select({1, 3, 4})
    hands.do("copy_to_next")
    hands.wait(lambda: hands.document is not None and hands.document.name == "plane2.png" and len(hands.cells) == 2)
    first, second = hands.cells
    assert (first.mask & second.mask).is_empty
    assert second.mask.contains(second.nucleus)
    assert any("2 not:" in text for text in hands.notices)
    hands.program.session.selection.select({first.id})
    hands.do("copy_to_next")
    assert any("last image" in text for text in hands.notices)
