"""Cells are reshaped and merged by key; many at once are one step, done beside the window."""

import pytest
from PySide6.QtCore import Qt

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def hands(analysed):
    return analysed


def test_grow_and_shrink_act_on_the_chosen_part(hands):
    cell = hands.cells[0]
    hands.program.session.selection.select({cell.id})
    hands.press(Qt.Key.Key_BracketRight, CTRL)
    grown = hands.cell(cell.id)
    assert grown.area_px > cell.area_px
    assert grown.nucleus == cell.nucleus
    assert hands.document.history[-1].text == f"Grow cytoplasm, cell {cell.id}"
    hands.press(Qt.Key.Key_T)
    hands.press(Qt.Key.Key_BracketLeft, CTRL)
    assert hands.cell(cell.id).nucleus_area_px < cell.nucleus_area_px


def test_selected_cells_are_merged_into_one_and_undone_in_one_step(hands):
    before = hands.cells
    hands.program.session.selection.select({cell.id for cell in before[:2]})
    hands.press(Qt.Key.Key_M)
    assert len(hands.cells) == 5
    assert hands.program.session.selection.ids <= {cell.id for cell in hands.cells}
    hands.press(Qt.Key.Key_Z, CTRL)
    assert sorted(hands.cells, key=lambda c: c.id) == sorted(before, key=lambda c: c.id)


def test_merging_one_cell_says_what_to_do(hands):
    hands.program.session.selection.select({hands.cells[0].id})
    hands.press(Qt.Key.Key_M)
    assert any("Shift+click" in text for text in hands.notices)
    assert len(hands.document.history) == 1


def test_many_cells_are_smoothed_in_one_step(hands, monkeypatch):
    monkeypatch.setattr("allviewer.workflows.reshape_cells._AT_ONCE", 2)
    hands.press(Qt.Key.Key_A, CTRL)
    hands.press(Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    hands.wait(lambda: len(hands.document.history) == 2)
    assert hands.document.history[-1].text == "Smooth cytoplasm, 6 cells"
    assert all(cell.mask.contains(cell.nucleus) for cell in hands.cells)
