"""What the classifier looked at, in the real window: the panel follows the selected cell."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings

from tests.inference.networks import CLASSES, redness_with_heat, write_pack
from tests.walks.hands import inside


@pytest.fixture
def warm_pack(home, toy_packs):
    write_pack(home / "data" / "models" / "warm-1.0.0", redness_with_heat(), CLASSES, name="warm")
    memory = QSettings(str(home / "config" / "window.ini"), QSettings.Format.IniFormat)
    memory.setValue("models/classifier", "warm 1.0.0")
    memory.sync()


@pytest.fixture
def hands(start, warm_pack, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait(lambda: len(hands.cells) == 6, 60_000)
    hands.wait_for_rest()
    return hands


def test_the_panel_follows_the_selected_cell(hands):
    panel = hands.window.heat.panel
    hands.do("show_heat")
    assert panel.isVisible()
    assert panel.sentence.text() == "Select a cell: click it."
    first, second = hands.cells[:2]
    hands.click(*inside(first))
    hands.wait(lambda: panel.picture.is_shown)
    assert panel.classes.count() == 3
    assert f"Cell {first.id}," in panel._pack.text()
    hands.program.session.selection.select({second.id}, second.id)
    hands.wait(lambda: f"Cell {second.id}," in panel._pack.text())
    panel.classes.setCurrentIndex(2)
    panel.classes.activated.emit(2)
    hands.program.session.selection.select({first.id}, first.id)
    hands.wait(lambda: f"Cell {first.id}," in panel._pack.text())
    assert panel.classes.currentIndex() == 2, "the class that was chosen stays chosen"
    hands.do("show_heat")
    assert not panel.isVisible()


def test_notices_leave_the_panel_free(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    panel, notices = hands.window.heat.panel, hands.program.notices

    def overlap():
        over = hands.window
        one, other = (QRect(w.mapTo(over, QPoint()), w.size()) for w in (panel, notices))
        return one.intersects(other)

    notices.tell("Found 6 cells. " + "Word " * 40)
    hands.do("show_heat")
    assert panel.isVisible()
    assert not overlap()
    notices.tell("Another notice. " + "Word " * 40)
    assert not overlap()
    hands.window.resize(900, 700)
    hands.qtbot.wait(50)
    assert not overlap(), "where there is no room beside the panel, below it"
    wide = notices.width()
    hands.do("show_heat")
    assert notices.width() >= wide


def test_a_pack_without_heat_says_so_and_another_one_is_asked_at_once(hands):
    panel, box = hands.window.heat.panel, hands.window.options.classifier
    first = hands.cells[0]
    hands.click(*inside(first))
    box.setCurrentIndex(box.findData("redness 1.0.0"))
    box.activated.emit(box.currentIndex())
    hands.do("show_heat")
    hands.wait(lambda: "cannot show what it looked at" in panel.sentence.text())
    assert not panel.picture.isVisible()
    box.setCurrentIndex(box.findData("warm 1.0.0"))
    box.activated.emit(box.currentIndex())
    hands.wait(lambda: panel.picture.is_shown)
    box.setCurrentIndex(box.findData("-"))
    box.activated.emit(box.currentIndex())
    assert panel.sentence.text().startswith("No classifier is chosen")


def test_a_corrected_cell_is_asked_about_again(hands):
    panel = hands.window.heat.panel
    first = hands.cells[0]
    hands.click(*inside(first))
    hands.do("show_heat")
    hands.wait(lambda: panel.picture.is_shown)
    before = panel._found
    hands.do("grow")
    hands.wait(lambda: panel._found is not before and panel._found is not None)
    hands.do("delete")
    assert panel.sentence.text() == "Select a cell: click it."
