"""A person corrects what the networks found: every tool and key, undo, closing, coming back."""

import pytest
from PySide6.QtCore import Qt

from allviewer.domain.cell import CellState
from tests.walks.hands import inside


@pytest.fixture
def hands(analysed):
    return analysed


def left_edge(cell):
    box = cell.mask.region
    return [(box.x - 2.0, box.y + 2.0), (box.x - 2.0, box.bottom - 2.0)]


def test_a_run_is_told_in_one_sentence_and_is_one_step(hands):
    assert any(text.startswith("Found 6 cells") and "on CPU in" in text for text in hands.notices)
    assert [step.text for step in hands.document.history] == ["Run networks: 6 cells"]
    hands.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hands.cells == []
    hands.press(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    assert len(hands.cells) == 6


def test_number_keys_label_the_selected_cell_or_the_one_under_the_cursor(hands):
    first, second = hands.cells[:2]
    hands.click(*inside(first))
    assert hands.program.session.selection.ids == {first.id}
    hands.press(Qt.Key.Key_4)
    assert hands.cell(first.id).label == "monocyte"
    assert hands.cell(first.id).state is CellState.CORRECTED
    hands.press(Qt.Key.Key_Escape)
    hands.program.session.selection.hover(second.id)
    hands.press(Qt.Key.Key_3)
    assert hands.cell(second.id).label == "neutrophil"


def test_eraser_takes_cytoplasm_and_leaves_the_nucleus(hands):
    cell = hands.cells[0]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_E)
    hands.drag(left_edge(cell))
    after = hands.cell(cell.id)
    assert 0 < after.cytoplasm_area_px < cell.cytoplasm_area_px
    assert after.nucleus == cell.nucleus
    assert hands.document.history[-1].text == f"Erase cytoplasm, cell {cell.id}"


def test_brush_paints_the_chosen_part_and_spares_neighbours(hands):
    cell = hands.cells[0]
    others = {c.id: c for c in hands.cells[1:]}
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_B)
    hands.press(Qt.Key.Key_T)
    hands.drag(left_edge(cell))
    after = hands.cell(cell.id)
    assert after.nucleus_area_px > cell.nucleus_area_px
    assert after.mask.contains(after.nucleus)
    assert {c.id: c for c in hands.cells[1:]} == others


def test_polygon_redraws_and_adds(hands):
    cell = hands.cells[0]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_P)
    hands.draw([(60, 60), (100, 60), (100, 100), (60, 100)])
    assert hands.cell(cell.id).area_px != cell.area_px
    hands.press(Qt.Key.Key_N)
    hands.draw([(140, 150), (170, 150), (170, 180), (140, 180)])
    assert len(hands.cells) == 7
    assert hands.cells[-1].area_px == pytest.approx(900, abs=80)
    assert hands.program.session.selection.ids == {hands.cells[-1].id}


def test_no_bare_letter_deletes_and_delete_needs_a_selection(hands):
    for key in range(Qt.Key.Key_A.value, Qt.Key.Key_Z.value + 1):
        hands.press(Qt.Key(key))
    hands.press(Qt.Key.Key_Escape)
    assert len(hands.cells) == 6
    hands.press(Qt.Key.Key_Delete)
    assert len(hands.cells) == 6
    hands.press(Qt.Key.Key_S)
    hands.click(*inside(hands.cells[2]))
    hands.press(Qt.Key.Key_Delete)
    assert len(hands.cells) == 5


def test_enter_accepts_and_goes_to_the_next_cell_nobody_has_looked_at(hands):
    hands.press(Qt.Key.Key_Tab)
    seen = []
    for _ in range(6):
        seen.append(hands.program.session.selection.current)
        hands.press(Qt.Key.Key_Return)
    assert sorted(seen) == [cell.id for cell in hands.cells]
    assert all(cell.state is CellState.ACCEPTED for cell in hands.cells)
    assert any("has been looked at" in text for text in hands.notices)


def test_everything_is_there_after_closing_and_opening_the_image_again(hands, start, smear):
    hands.click(*inside(hands.cells[0]))
    hands.press(Qt.Key.Key_1)
    hands.press(Qt.Key.Key_E)
    hands.drag(left_edge(hands.cells[0]))
    hands.do("mark_reviewed")
    before = hands.cells
    hands.close()

    again = start()
    again.open_and_wait(smear)
    assert again.cells == before
    assert again.program.session.workspace.entries[0].reviewed
    assert len(again.document.history) == 3
    again.do("undo")
    again.wait(lambda: again.document.position == 2)
    again.do("redo")
    again.wait(lambda: again.cells == before)


def test_history_can_be_jumped_in(hands):
    for cell in hands.cells[:4]:
        hands.click(*inside(cell))
        hands.press(Qt.Key.Key_4)
    hands.window.history.chosen.emit(1)
    assert [cell.label for cell in hands.cells].count("monocyte") == 0
    hands.window.history.chosen.emit(4)
    assert [cell.label for cell in hands.cells].count("monocyte") == 3


def test_save_as_goes_on_in_the_new_file(hands, start, answers, tmp_path):
    answers.new_case_path = tmp_path / "mine.allcase"
    hands.do("save_as")
    hands.wait(lambda: answers.new_case_path.exists() and hands.program.session.workspace.case.is_named)
    hands.click(*inside(hands.cells[0]))
    hands.press(Qt.Key.Key_7)
    before = hands.cells
    hands.close()
    again = start()
    again.open_and_wait(answers.new_case_path)
    assert again.cells == before
    assert "mine.allcase" in again.window.windowTitle()


def test_table_and_picture_select_together(hands):
    table = hands.window.cells.table
    table.selectRow(2)
    chosen = hands.window.cells.model.cell_at(2).id
    assert hands.program.session.selection.ids == {chosen}
    hands.click(*inside(hands.cells[4]))
    rows = [index.row() for index in table.selectionModel().selectedRows()]
    assert [hands.window.cells.model.cell_at(row).id for row in rows] == [hands.cells[4].id]


def test_holding_h_hides_the_overlay(hands):
    from PySide6.QtTest import QTest

    QTest.keyPress(hands.window.windowHandle(), Qt.Key.Key_H)
    assert not hands.program.session.view.overlay.visible
    QTest.keyRelease(hands.window.windowHandle(), Qt.Key.Key_H)
    assert hands.program.session.view.overlay.visible


def test_a_case_holds_all_images_of_the_list_even_those_never_shown(start, toy_packs, smear, answers, tmp_path):
    from PIL import Image

    Image.new("RGB", (60, 40), "pink").save(smear.with_name("other.png"))
    hands = start()
    hands.open_and_wait(smear.parent)
    hands.wait(lambda: hands.document.name == "other.png")
    hands.do("next_image")
    hands.wait(lambda: hands.document is not None and hands.document.name == "smear.png")
    hands.do("run")
    hands.wait(lambda: len(hands.cells) == 6)
    answers.new_case_path = tmp_path / "both.allcase"
    hands.do("save_as")
    hands.wait(lambda: hands.program.session.workspace.case.is_named)
    hands.close()
    again = start()
    again.open_and_wait(answers.new_case_path)
    tallies = {entry.name: entry.tally for entry in again.program.session.workspace.entries}
    assert tallies["smear.png"].cells == 6
    assert sorted(entry.name for entry in again.program.session.workspace.entries) == ["other.png", "smear.png"]
    assert again.program.work.recent.paths[0] == answers.new_case_path


def test_cells_of_a_label_image_come_as_proposals_and_spare_what_was_touched(hands, answers, tmp_path):
    mine = hands.cells[0]
    hands.click(*inside(mine))
    hands.press(Qt.Key.Key_4)
    answers.folder_path = tmp_path / "results"
    hands.do("export_results")
    hands.wait(lambda: any("Results of 1 image" in text for text in hands.notices))
    hands.do("select_all")
    answers.cells_path = answers.folder_path / "smear.cells.tif"
    hands.do("import_cells")
    hands.wait(lambda: any(text.startswith("Imported 5 cells") for text in hands.notices))
    assert len(hands.cells) == 6
    assert hands.cell(mine.id).label == "monocyte"
    assert hands.document.history[-1].text == "Import 5 cells from smear.cells.tif"
