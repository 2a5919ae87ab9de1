"""Touching cells are cut apart by a line and by seeds, in the real window: nucleus and cytoplasm go with their piece."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from allviewer.domain.cell import Cell, Origin
from allviewer.domain.edits import Change, Edit
from allviewer.domain.mask import Mask
from allviewer.session.tool_state import ToolKind
from tests.inference.pictures import disc

HEIGHT, WIDTH = 240, 340
SHIFT = Qt.KeyboardModifier.ShiftModifier


def cell(cell_id, *discs):
    mask = Mask.union_of(Mask(disc(HEIGHT, WIDTH, x, y, r)) for x, y, r in discs)
    nucleus = Mask.union_of(Mask(disc(HEIGHT, WIDTH, x, y, r / 2)) for x, y, r in discs)
    return Cell(cell_id, mask, nucleus, "lymphocyte", Origin.model("net 1"))


@pytest.fixture
def hands(start, tmp_path):
    """A pair of touching cells found as one, and a cell for itself."""
    path = tmp_path / "field.png"
    Image.fromarray(np.full((HEIGHT, WIDTH, 3), 220, np.uint8)).save(path)
    hands = start()
    hands.open_and_wait(path)
    cells = [cell(1, (80, 120, 32), (138, 120, 30)), cell(2, (260, 120, 30))]
    hands.document.apply(Edit("Run net", tuple(Change(None, c) for c in cells)))
    hands.wait_for_rest()
    return hands


def whole(before, after):
    """Pieces share out the cell without gap or overlap, each with the nucleus that lies in it."""
    assert Mask.union_of(piece.mask for piece in after) == before.mask
    assert sum(piece.area_px for piece in after) == before.area_px
    assert Mask.union_of(piece.nucleus for piece in after) == before.nucleus
    assert all(piece.mask.contains(piece.nucleus) and not piece.nucleus.is_empty for piece in after)


def test_a_line_cuts_touching_cells_apart_in_one_step(hands):
    before, other = hands.cells
    hands.press(Qt.Key.Key_J)
    assert hands.program.session.tools.tool is ToolKind.CUT
    hands.drag([(110, 60), (110, 110), (109, 180)])
    hands.wait(lambda: len(hands.cells) == 3)
    left, second, right = hands.cells
    assert second == other
    whole(before, [left, right])
    assert left.label == right.label == "lymphocyte"
    assert left.is_touched
    assert right.is_touched
    assert hands.program.session.selection.ids == {left.id, right.id}
    assert hands.document.history[-1].text == "Split cell 1 in 2"
    hands.do("undo")
    assert hands.cells == [before, other]


def test_the_selected_cell_alone_is_cut_where_the_line_crosses_several(hands):
    hands.program.session.selection.select({2})
    hands.press(Qt.Key.Key_J)
    hands.drag([(20, 121), (330, 121)], SHIFT)
    hands.wait(lambda: len(hands.cells) == 3)
    assert hands.document.history[-1].text == "Split cell 2 in 2"
    hands.do("undo")
    hands.program.session.selection.clear()
    hands.drag([(20, 121), (330, 121)], SHIFT)
    hands.wait(lambda: len(hands.cells) == 4)
    assert hands.document.history[-1].text == "Split 2 cells"


def test_a_line_beside_the_cells_says_what_to_do(hands):
    hands.press(Qt.Key.Key_J)
    hands.drag([(20, 10), (300, 12)])
    hands.wait(lambda: any("right across" in text for text in hands.notices))
    hands.drag([(20, 10), (25, 10)])
    assert len(hands.cells) == 2
    assert len(hands.document.history) == 1


def test_seeds_show_the_pieces_and_enter_takes_them(hands):
    before = hands.cells[0]
    hands.press(Qt.Key.Key_J, SHIFT)
    seeds = hands.program.session.tools.seeds
    hands.click(80, 120)
    hands.click(138, 120)
    hands.wait(lambda: len(seeds.pieces) == 2)
    assert len(hands.cells) == 2, "nothing is changed before it is taken"
    hands.do("accept")  # Enter
    hands.wait(lambda: len(hands.cells) == 3)
    whole(before, [hands.cells[0], hands.cells[2]])
    assert hands.cells[0].mask.contains_point(80, 120)
    assert hands.cells[2].mask.contains_point(138, 120)
    assert not seeds.points
    hands.do("undo")
    assert hands.cells[0] == before


def test_seeds_are_taken_back_and_dropped(hands):
    seeds = hands.program.session.tools.seeds
    hands.press(Qt.Key.Key_J, SHIFT)
    hands.click(80, 120)
    hands.click(138, 120)
    hands.press(Qt.Key.Key_Backspace)
    assert len(seeds.points) == 1
    hands.do("accept")
    hands.wait(lambda: any("once for each cell" in text for text in hands.notices))
    hands.click(80, 120)
    hands.do("select_none")  # Esc
    assert not seeds.points
    assert len(hands.document.history) == 1
