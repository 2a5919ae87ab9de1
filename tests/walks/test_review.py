"""Walking through cells: what waits, what is unsure, what two models see differently; one key accepts and goes on."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from allviewer.domain.annotations import Annotations
from allviewer.domain.cell import CellState
from allviewer.session.comparison import Difference
from allviewer.workflows.compare_views import Beside
from allviewer.workflows.walk_cells import ReviewOrder
from tests.walks.hands import inside

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def hands(analysed):
    return analysed


def current(hands) -> int:
    return hands.program.session.selection.current


def test_unreviewed_cells_forwards_and_back(hands):
    hands.press(Qt.Key.Key_Tab)
    first = current(hands)
    hands.press(Qt.Key.Key_Return)
    second = current(hands)
    assert second not in (0, first)
    hands.press(Qt.Key.Key_Tab)
    third = current(hands)
    hands.press(Qt.Key.Key_Tab, SHIFT)
    hands.press(Qt.Key.Key_Tab, SHIFT)
    assert current(hands) == first
    hands.press(Qt.Key.Key_Tab, CTRL)
    assert current(hands) == second
    hands.press(Qt.Key.Key_Tab, CTRL)
    assert current(hands) == third
    hands.do("previous_unreviewed")
    assert current(hands) == second
    hands.do("previous_unreviewed")
    assert current(hands) not in (first, second, third)


def test_progress_is_told_while_one_key_accepts_all(hands):
    hands.wait(lambda: hands.window.status.progress.text() == "0 of 6 reviewed")
    hands.press(Qt.Key.Key_Tab)
    for _ in range(6):
        hands.press(Qt.Key.Key_Return)
    assert {cell.state for cell in hands.cells} == {CellState.ACCEPTED}
    hands.wait(lambda: hands.window.status.progress.text() == "6 of 6 reviewed")
    assert any("has been looked at" in text for text in hands.notices)


def test_most_uncertain_first(hands):
    hands.do("order_unsure")
    assert hands.window.actions_table["order_unsure"].isChecked()
    hands.press(Qt.Key.Key_U)
    walked = [current(hands)]
    for _ in range(5):
        hands.press(Qt.Key.Key_Return)
        walked.append(current(hands))
    doubts = [hands.cell(cell_id).uncertainty for cell_id in walked]
    assert sorted(walked) == [cell.id for cell in hands.cells]
    assert doubts == sorted(doubts, reverse=True)


def test_disagreements_of_two_models(hands):
    hands.press(Qt.Key.Key_I, SHIFT)
    assert any("Compare with another model first" in text for text in hands.notices)
    other, compare = hands.cells, hands.program.work.compare
    first, second, missing = other[0], other[2], other[4]
    seen = [replace(c, label="basophil") if c.id in (first.id, second.id) else c for c in other]
    hands.program.session.selection.select({missing.id})
    hands.press(Qt.Key.Key_Delete)
    compare._begin(Beside("other model", hands.document, Annotations(seen), has_differences=True))
    hands.wait(lambda: compare.comparison is not None and len(compare.comparison.differing) == 3)
    hands.program.work.walk.review_in(ReviewOrder.DISPUTED)
    visited, places = set(), []
    hands.program.work.walk.place_visited.connect(places.append)
    for _ in range(3):
        hands.press(Qt.Key.Key_Return)
        visited.add(current(hands))
    hands.press(Qt.Key.Key_Return)
    assert visited - {0} == {first.id, second.id}
    assert places[0] == missing.mask.region
    assert {hands.cell(i).state for i in (first.id, second.id)} == {CellState.ACCEPTED}
    assert compare.comparison.count(Difference.OTHER_CLASS) == 2


def test_images_that_wait_for_review(start, smear):
    for name in ("b.png", "c.png"):
        (smear.parent / name).write_bytes(smear.read_bytes() + name.encode())
    hands = start()
    hands.open_and_wait(smear.parent)
    hands.program.work.show_image.show(1)
    hands.wait(lambda: hands.document is not None and hands.document.name == "c.png")
    hands.wait_for_rest()
    hands.do("mark_reviewed")
    hands.program.work.show_image.show(0)
    hands.wait(lambda: hands.document is not None and hands.document.name == "b.png")
    hands.press(Qt.Key.Key_D, SHIFT)
    hands.wait(lambda: hands.document is not None and hands.document.name == "smear.png")
    hands.press(Qt.Key.Key_A, SHIFT)
    hands.wait(lambda: hands.document is not None and hands.document.name == "b.png")


def test_the_number_key_and_return_review_a_field(hands):
    """The usual round: look, correct the class if it is wrong, go on."""
    hands.press(Qt.Key.Key_Tab)
    hands.press(Qt.Key.Key_4)
    hands.press(Qt.Key.Key_Return)
    assert hands.cells[0].state is not CellState.PROPOSED or current(hands)
    assert sum(cell.state is not CellState.PROPOSED for cell in hands.cells) == 1
    assert inside(hands.cell(current(hands)))
