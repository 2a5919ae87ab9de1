"""Classes and tags: chosen for a case, given by keys, kept with it; files of class sets come in and go out."""

import csv
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from allviewer.domain.cell import CellState
from allviewer.domain.class_sets import FREE_TAGS, ICSH_CLASSES
from allviewer.domain.labels import ALL_CLASSES, FAB_TAGS
from allviewer.ui.dialogs.classes_dialog import ClassesDialog
from allviewer.ui.dialogs.tag_dialog import TagDialog
from tests.walks.hands import inside

SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@pytest.fixture
def hands(analysed):
    return analysed


def use(hands, class_set=ICSH_CLASSES, tags=(FAB_TAGS, FREE_TAGS)):
    hands.program.work.classes.use(class_set, tags)
    hands.wait(lambda: hands.program.session.workspace.class_set.name == class_set.name)
    hands.wait_for_rest()


def dialog(hands) -> ClassesDialog:
    work = hands.program.work
    made = ClassesDialog(work.classes, hands.program.session.workspace, hands.window)
    hands.qtbot.addWidget(made)
    made.show()
    return made


def test_every_part_of_the_window_follows_another_class_set(hands):
    cell = hands.cells[0]
    use(hands)
    window = hands.window
    assert list(window.classes.chips) == [c.key for c in ICSH_CLASSES.classes]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_2)
    assert hands.cell(cell.id).label == "promyelocyte"
    row = window.cells.model.row_of(cell.id)
    assert window.cells.model.index(row, 1).data() == "Promyelocyte"
    assert "Promyelocyte" in window.cell._title.text()
    hands.wait(lambda: window.classes.chips["promyelocyte"]._count.cells == 1)
    hands.press(Qt.Key.Key_1, SHIFT)
    assert hands.cell(cell.id).label == "reactive_lymphocyte"
    colour = ICSH_CLASSES.find("reactive_lymphocyte").colour
    assert hands.canvas._picture._cells._palette.class_colour("reactive_lymphocyte") == colour


def test_the_choice_belongs_to_the_case(hands, start, smear):
    use(hands)
    hands.close()
    again = start()
    again.open_and_wait(smear)
    assert again.program.session.workspace.class_set == ICSH_CLASSES.with_tags([FAB_TAGS, FREE_TAGS])
    other = smear.parent.parent / "other"
    other.mkdir()
    (other / "b.png").write_bytes(smear.read_bytes()[:-1] + b"x")
    again.open_and_wait(other / "b.png")
    assert again.program.session.workspace.class_set == ALL_CLASSES
    assert list(again.window.classes.chips) == [c.key for c in ALL_CLASSES.classes]


def test_new_cases_begin_with_what_was_chosen_for_them(hands, start, smear, home):
    shown = dialog(hands)
    shown.sets.setCurrentRow(1)
    shown.new_cases.setChecked(True)
    shown.accept()
    hands.wait(lambda: hands.program.session.workspace.class_set.name == ICSH_CLASSES.name)
    hands.wait_for_rest()
    hands.close()
    other = smear.parent.parent / "other"
    other.mkdir()
    (other / "b.png").write_bytes(smear.read_bytes() + b"x")
    again = start()
    again.open_and_wait(other / "b.png")
    assert again.program.session.workspace.class_set == ICSH_CLASSES.with_tags([FAB_TAGS])
    again.close()
    (home / "config" / "classes-of-new-cases.json").write_text("{")
    damaged = start()
    assert any("New cases have the usual classes" in text for text in damaged.notices)
    assert damaged.program.session.workspace.class_set == ALL_CLASSES


def test_a_cell_keeps_a_class_that_the_new_set_lacks(hands):
    use(hands)
    cell = hands.cells[0]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_4, SHIFT)
    use(hands, ALL_CLASSES, ())
    assert hands.cell(cell.id).label == "plasma_cell"
    assert any("1 plasma cell" in text for text in hands.notices)
    assert "not in this set" in hands.window.cell._title.text()
    hands.wait(lambda: hands.window.classes.chips["unclassified"]._count.cells == 1)


def test_tags_go_on_by_key_by_click_and_by_word_and_can_be_undone(hands):
    first, second = hands.cells[:2]
    hands.click(*inside(first))
    hands.press(Qt.Key.Key_1, ALT)
    assert hands.cell(first.id).tags == ("L1",)
    assert hands.cell(first.id).state is CellState.ACCEPTED
    hands.press(Qt.Key.Key_2, ALT)
    assert hands.cell(first.id).tags == ("L2",)
    assert hands.window.classes.tags.switches["L2"].isChecked()
    hands.window.classes.tags.switches["L2"].click()
    assert hands.cell(first.id).tags == ()
    assert not hands.window.classes.tags.switches["L2"].isChecked()
    words = TagDialog(ALL_CLASSES, hands.document.annotations, hands.program.work.correct, hands.window)
    hands.qtbot.addWidget(words)
    words.line.setText(" odd;  nucleus ")
    words.accept()
    assert hands.cell(first.id).tags == ("odd nucleus",)
    hands.do("undo")
    hands.do("undo")
    assert hands.cell(first.id).tags == ("L2",)
    assert [step.text for step in hands.document.history[-2:]] == [
        f"Take tag L2 off, cell {first.id}",
        f"Tag as odd nucleus, cell {first.id}",
    ]
    hands.window.cells._tag_box.setCurrentIndex(hands.window.cells._tag_box.findData("L2"))
    assert hands.window.cells.model.rowCount() == 1
    assert hands.window.cells.model.cell_at(0).id == first.id
    hands.press(Qt.Key.Key_Escape)
    hands.program.session.selection.hover(second.id)
    hands.press(Qt.Key.Key_3, ALT)
    assert hands.cell(second.id).tags == ("L3",)


def test_tags_and_groups_are_in_what_leaves_the_program(hands, answers, tmp_path):
    use(hands)
    cell = hands.cells[0]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_2, ALT)
    hands.press(Qt.Key.Key_5, SHIFT)
    answers.folder_path = tmp_path / "results"
    answers.folder_path.mkdir()
    hands.do("export_results")
    hands.wait(lambda: any(answers.folder_path.rglob("differential.csv")))
    hands.wait_for_rest()
    counts = {
        (row["what"], row["name"]): row for row in csv.DictReader((answers.folder_path / "differential.csv").open())
    }
    assert counts["total", "counted"]["cells"] == "5"
    assert (counts["class", "nrbc"]["per_100_counted"], counts["class", "nrbc"]["percent_of_counted"]) == ("20.00", "")
    assert counts["group", "Lymphoid cells"]["percent_of_counted"] != ""
    assert counts["class", "blast"]["low_95"] != ""
    assert counts["tag", "L2"]["cells"] == "1"
    (table,) = answers.folder_path.rglob("*.cells.csv")
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [(row["class"], row["tags"]) for row in rows if int(row["cell_id"]) == cell.id] == [("nrbc", "L2")]
    hands.wait(lambda: hands.window.classes.chips["nrbc"]._count.per_100 == 20)
    assert hands.window.classes.chips["nrbc"]._count.percent is None
    assert "Lymphoid cells" in hands.window.classes.summary.toolTip()


def test_a_set_leaves_comes_in_changed_and_is_used(hands, answers, tmp_path):
    shown = dialog(hands)
    answers.class_set_path = tmp_path / "ours.json"
    shown.export_button.click()
    file = json.loads(answers.class_set_path.read_text())
    file["name"] = "Ours"
    file["classes"][0] |= {"title": "Lymphoblast", "hotkey": "F12"}
    answers.class_set_path.write_text(json.dumps(file))
    shown.import_button.click()
    assert shown.marked.name == "Ours"
    assert shown.remove_button.isEnabled()
    shown.accept()
    hands.wait(lambda: hands.program.session.workspace.class_set.name == "Ours")
    hands.window.activateWindow()
    hands.wait(hands.window.isActiveWindow)
    cell = hands.cells[0]
    hands.click(*inside(cell))
    hands.press(Qt.Key.Key_F12)
    assert (hands.cell(cell.id).label, hands.cell(cell.id).state) == ("blast", CellState.CORRECTED)
    assert hands.window.classes.chips["blast"].cell_class.title == "Lymphoblast"
    assert any("colours" in text for text in hands.notices) is False
    again = dialog(hands)
    assert again.marked.name == "Ours"
    again.remove_button.click()
    assert "Ours" in again.sets.item(0).text()
    assert hands.program.session.workspace.class_set.name == "Ours"


def test_a_bad_file_changes_nothing_and_is_named(hands, answers, tmp_path):
    answers.class_set_path = tmp_path / "bad.json"
    answers.class_set_path.write_text('{"format": 1, "name": "x", "classes": []}')
    shown = dialog(hands)
    before = shown.sets.count()
    shown.import_button.click()
    assert any(text.startswith("bad.json is no class set") for text in hands.problems)
    assert shown.sets.count() == before
    shown.reject()
    assert hands.program.session.workspace.class_set == ALL_CLASSES


def test_the_key_opens_the_choice(hands):
    seen = []

    def look():
        shown = QApplication.activeModalWidget()
        seen.append(type(shown))
        shown.reject()

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, look)
    hands.press(Qt.Key.Key_F3)
    assert seen == [ClassesDialog]
