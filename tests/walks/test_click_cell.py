"""One click on a cell that nobody has marked, in the real window; more clicks correct it, the next cell takes it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from allviewer.domain.mask import Mask
from allviewer.session.tool_state import Part, ToolKind
from tests.inference.pictures import disc
from tests.walks.conftest import CELLS


@pytest.fixture
def hands(start, toy_packs, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.press(Qt.Key.Key_Q)
    assert hands.program.session.tools.tool is ToolKind.CLICK
    return hands


def clicked(hands):
    return hands.program.session.tools.clicked


def truth(number):
    return Mask(disc(330, 440, *CELLS[number]))


def click(hands, number):
    x, y, _ = CELLS[number]
    hands.click(x, y)
    hands.wait(lambda: clicked(hands).mask.contains_point(x, y))


def test_a_click_outlines_enter_takes(hands):
    click(hands, 0)
    assert not hands.cells, "nothing is changed before it is taken"
    hands.do("accept")  # Enter
    (cell,) = hands.cells
    assert cell.mask.iou(truth(0)) > 0.85
    assert cell.mask.contains(cell.nucleus)
    assert not cell.nucleus.is_empty
    assert hands.program.session.selection.ids == {cell.id}
    assert [step.text for step in hands.document.history] == ["Outline cell 1"]
    hands.do("undo")
    assert not hands.cells


def test_a_click_on_the_next_cell_takes_the_one_before(hands):
    for number in range(4):
        click(hands, number)
    hands.do("accept")
    assert len(hands.cells) == 4
    assert all(cell.mask.iou(truth(number)) > 0.85 for number, cell in enumerate(hands.cells))
    assert len(hands.document.history) == 4


def test_clicks_made_before_the_answer_are_not_lost(hands):
    for number in range(3):
        hands.click(*CELLS[number][:2])
    hands.wait(lambda: len(hands.cells) == 2)
    hands.do("accept")
    hands.wait(lambda: len(hands.cells) == 3)


def test_the_right_button_takes_away_and_backspace_takes_that_back(hands):
    click(hands, 0)
    x, y, radius = CELLS[0]
    first = clicked(hands).mask
    QTest.mouseClick(hands.canvas, Qt.MouseButton.RightButton, pos=hands.at(x, y - radius + 4))
    hands.wait(lambda: clicked(hands).mask.area_px < first.area_px)
    assert not clicked(hands).mask.contains_point(x, y - radius + 4)
    assert clicked(hands).mask.contains(clicked(hands).nucleus)
    hands.press(Qt.Key.Key_Backspace)
    hands.wait(lambda: clicked(hands).mask == first)
    hands.do("select_none")  # Esc
    assert not clicked(hands).points
    assert not hands.document.history


def test_a_marked_cell_gets_the_part_in_work_and_others_keep_their_pixels(hands):
    click(hands, 0)
    hands.do("accept")
    x, y, radius = CELLS[0]
    hands.program.session.tools.work_on(Part.CYTOPLASM)
    hands.press(Qt.Key.Key_E)
    hands.drag([(x - radius, y), (x - radius + 6, y)])
    eaten = hands.cells[0]
    hands.press(Qt.Key.Key_Q)
    click(hands, 0)
    hands.do("accept")
    (cell,) = hands.cells
    assert cell.area_px > eaten.area_px
    assert hands.document.history[-1].text == "Outline cytoplasm, cell 1"


def test_without_a_network_it_says_so(start, smear, monkeypatch):
    hands = start()
    monkeypatch.setattr("allviewer.inference.catalogue.Catalogue.packs", lambda self, task=None: [])
    hands.open_and_wait(smear)
    hands.do("tool_click")
    hands.click(*CELLS[0][:2])
    hands.wait_for_problem("No segmentation pack")
