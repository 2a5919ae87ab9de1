"""Two pictures side by side: they move together, and cells that they see differently are marked and walked through."""

import json

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from allviewer.domain.colour_view import ColourView
from allviewer.session.comparison import Difference
from allviewer.storage.case_file import CaseFile
from allviewer.workflows.compare_views import Finder
from tests.inference.pictures import draw_cells
from tests.walks.conftest import CELLS


@pytest.fixture
def hands(start, toy_packs, smear):
    other = smear.with_name("zz other.png")
    Image.fromarray(draw_cells(330, 440, CELLS[:2])).save(other)
    hands = start()
    hands.open_and_wait(smear.parent)
    hands.do("run")
    hands.wait_for_rest()
    return hands


def test_the_magnifier_shows_the_same_place_on_both_sides(hands):
    hands.program.work.compare.with_colours(ColourView.RED)
    wait_for_right(hands)
    left, right = hands.canvas, hands.window.sides.right
    hands.window.sides.hold_lens(True)
    QTest.mouseMove(left, QPoint(200, 150))
    hands.wait(lambda: left._lens.is_shown and right._lens.is_shown)
    assert right._lens.placement.center == pytest.approx(left._lens.placement.center)
    QTest.mouseMove(right, QPoint(120, 170))
    hands.wait(lambda: left._lens.placement.center != pytest.approx(left.view.placement.to_image((200, 150))))
    assert left._lens.placement.center == pytest.approx(right._lens.placement.center)
    hands.window.sides.hold_lens(False)
    assert not left._lens.is_shown
    assert not right._lens.is_shown


@pytest.fixture
def compare(hands):
    return hands.program.work.compare


def wait_for_right(hands):
    hands.wait(lambda: hands.program.work.compare.beside is not None)
    hands.wait(lambda: hands.window.sides.right is not None and hands.window.sides.right.is_settled)


def wait_for_comparison(hands):
    hands.wait(lambda: hands.program.work.compare.comparison is not None)
    return hands.program.work.compare.comparison


def same_place(hands):
    left, right = hands.program.session.view, hands.window.sides.right_view
    return left.center == pytest.approx(right.center) and left.scale == pytest.approx(right.scale)


def test_two_images_move_together_and_apart(hands, compare):
    compare.with_image(1)
    wait_for_right(hands)
    view = hands.program.session.view
    view.zoom_by(3)
    assert same_place(hands)
    right = hands.window.sides.right
    QTest.mousePress(right, Qt.MouseButton.LeftButton, pos=right.rect().center())
    QTest.mouseMove(right, right.rect().center() / 2)
    QTest.mouseRelease(right, Qt.MouseButton.LeftButton, pos=right.rect().center() / 2)
    assert same_place(hands)
    hands.do("link_views")
    before = view.center
    hands.window.sides.right_view.pan_by(50, 20)
    assert view.center == before
    hands.do("link_views")
    view.pan_by(10, 0)
    assert not same_place(hands), "the offset is kept"
    assert hands.window.sides.right.scene.info.width == 440


def test_two_images_have_no_differences(hands, compare):
    compare.with_image(1)
    wait_for_right(hands)
    assert compare.comparison is None
    assert not hands.window.comparing.panel.isVisible()
    assert not hands.window.actions_table["next_difference"].isEnabled()


def test_another_method_on_the_same_image(hands, compare):
    """Found by the very pack again: all agree. After corrections the differences are those very corrections."""
    hands.click(80, 80)
    hands.press(Qt.Key.Key_2)  # lymphocyte
    hands.click(200, 90)
    hands.press(Qt.Key.Key_Delete)
    before = hands.cells
    steps = len(hands.document.history)
    compare.with_finder(Finder("colours", pack="colours 1.0.0", classifier="redness 1.0.0"), None)
    found = wait_for_comparison(hands)
    kinds = sorted(str(cell.kind) for cell in found.differing)
    assert Difference.ONLY_RIGHT in kinds
    assert found.agreeing + len(found.differing) == len(CELLS)
    assert hands.cells == before
    assert len(hands.document.history) == steps, "nothing of it goes into the case"
    assert hands.window.comparing.panel.sentence == found.sentence


def test_differences_are_walked_through_and_marked(hands, compare):
    for x, y, _ in CELLS[:3]:
        hands.click(x, y)
        hands.press(Qt.Key.Key_Delete)
    compare.with_step(1)
    found = wait_for_comparison(hands)
    assert [cell.kind for cell in found.differing] == [Difference.ONLY_RIGHT] * 3
    hands.program.session.view.zoom_by(6)
    visited = []
    hands.window.comparing.panel.visited.connect(visited.append)
    for _ in range(4):
        hands.press(Qt.Key.Key_Period)
        cell = visited[-1]
        assert hands.program.session.view.visible_region.contains_point(*cell.region.center)
    assert visited[0] is visited[3]
    assert len({id(cell) for cell in visited}) == 3
    hands.press(Qt.Key.Key_Comma)
    assert visited[-1] is visited[2]
    assert all(marks.isVisible() for marks in hands.window.sides._marks)


def test_the_filter_shows_one_kind(hands, compare):
    hands.click(*CELLS[0][:2])
    hands.press(Qt.Key.Key_Delete)
    hands.click(*CELLS[1][:2])
    label = next(c.label for c in hands.cells if c.mask.contains_point(*CELLS[1][:2]))
    hands.press(Qt.Key.Key_3 if label != "neutrophil" else Qt.Key.Key_1)
    compare.with_step(1)
    wait_for_comparison(hands)
    panel = hands.window.comparing.panel
    assert panel.model.rowCount() == 2
    panel.filter.setCurrentIndex(panel.filter.findData(str(Difference.OTHER_CLASS)))
    panel.filter.activated.emit(panel.filter.currentIndex())
    assert [cell.kind for cell in panel.model.cells] == [Difference.OTHER_CLASS]


def test_corrections_are_compared_anew(hands, compare):
    compare.with_step(1)
    assert wait_for_comparison(hands).differing == ()
    hands.click(*CELLS[0][:2])
    hands.press(Qt.Key.Key_Delete)
    hands.wait(lambda: compare.comparison is not None and len(compare.comparison.differing) == 1)
    hands.do("undo")
    hands.wait(lambda: compare.comparison is not None and not compare.comparison.differing)


def test_steps_of_earlier_sessions_can_be_compared(hands, start, smear):
    hands.click(*CELLS[0][:2])
    hands.press(Qt.Key.Key_Delete)
    hands.wait(lambda: hands.document.saved)
    hands.close()
    again = start()
    again.open_and_wait(smear)
    again.program.work.compare.with_step(0)
    found = wait_for_comparison(again)
    assert [cell.kind for cell in found.differing] == [Difference.ONLY_LEFT] * (len(CELLS) - 1)


def test_a_stain_beside_all_colours(hands, compare):
    compare.with_colours(ColourView.GREY)
    wait_for_right(hands)
    right = hands.window.sides.right.grab().toImage()
    colour = right.pixelColor(right.width() // 2, right.height() // 2)
    assert colour.red() == colour.green() == colour.blue()
    hands.click(*CELLS[0][:2])
    hands.press(Qt.Key.Key_Delete)
    hands.wait(lambda: hands.window.sides.right.is_settled)
    assert hands.window.sides.right.scene.annotations is hands.document.annotations


def test_cells_of_a_file(hands, compare, tmp_path):
    path = tmp_path / "theirs.geojson"
    x, y, r = CELLS[0]
    ring = [[x - r, y - r], [x + r, y - r], [x + r, y + r], [x - r, y + r], [x - r, y - r]]
    path.write_text(json.dumps([{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}}]))
    compare.with_file(path)
    found = wait_for_comparison(hands)
    assert found.count(Difference.ONLY_LEFT) == len(CELLS) - 1


def test_it_ends_with_the_image_and_by_key(hands, compare):
    compare.with_step(1)
    wait_for_comparison(hands)
    hands.press(Qt.Key.Key_D)
    hands.wait(lambda: compare.beside is None)
    assert not hands.window.sides.right.isVisible()
    hands.press(Qt.Key.Key_A)
    hands.wait(lambda: hands.document is not None and hands.document.name == "smear.png")
    compare.with_image(1)
    wait_for_right(hands)
    hands.press(Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert compare.beside is None
    assert not hands.window.actions_table["end_comparison"].isEnabled()


def test_a_pack_that_is_gone_is_named(hands, compare):
    compare.with_finder(Finder("gone", pack="gone 9.9.9"), None)
    hands.wait_for_problem("gone")
    assert compare.beside is None


def test_the_case_is_as_it_was(hands, compare):
    path = hands.program.session.workspace.case.path
    cells, image_id = hands.cells, hands.document.image_id
    compare.with_finder(Finder("colours", pack="colours 1.0.0"), hands.document.info.bounds)
    wait_for_comparison(hands)
    hands.close()
    with CaseFile.open(path, read_only=True) as case:
        assert sorted(case.load(image_id).cells, key=lambda cell: cell.id) == cells
