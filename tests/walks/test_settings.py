"""A person changes the settings: they hold at once, and after a new start."""

import pytest
from PySide6.QtCore import Qt

from allviewer.memory.byte_budget import ByteBudget
from allviewer.storage.settings import BRUSH_RADIUS_PX, DEVICE, MEMORY_MB, OVERLAY_OPACITY, PERSON
from allviewer.ui.dialogs.settings_dialog import SettingsDialog
from tests.walks.hands import inside


def fields_of(hands):
    dialog = SettingsDialog(hands.program.work.settings, hands.window)
    return dialog, dialog.fields


def sign_as(hands, name):
    dialog, fields = fields_of(hands)
    fields[PERSON.key].setText(name)
    dialog.accept()


def test_corrections_carry_the_name_in_the_settings(start, toy_packs, smear):
    hands = start()
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait_for_rest()
    first, second = hands.cells[:2]
    sign_as(hands, "  Dr Ada Grey ")
    hands.click(*inside(first))
    hands.press(Qt.Key.Key_4)
    sign_as(hands, "Ben")
    hands.click(*inside(second))
    hands.press(Qt.Key.Key_4)
    assert hands.cell(first.id).edited_by == "Dr Ada Grey"
    assert hands.cell(second.id).edited_by == "Ben"
    hands.wait_for_rest()
    hands.close()

    again = start()
    again.open_and_wait(smear)
    assert [step.author for step in again.document.history][-2:] == ["Dr Ada Grey", "Ben"]
    again.click(*inside(first))
    again.press(Qt.Key.Key_2)
    assert again.cell(first.id).edited_by == "Ben"


def test_settings_hold_at_once(start):
    hands = start()
    dialog, fields = fields_of(hands)
    fields[BRUSH_RADIUS_PX.key].setValue(23)
    fields[OVERLAY_OPACITY.key].setValue(0.4)
    fields[DEVICE.key].setCurrentIndex(fields[DEVICE.key].findData("cpu"))
    dialog.accept()
    session = hands.program.session
    assert session.tools.radius_px == 23
    assert session.view.overlay.fill_opacity == pytest.approx(0.4)
    assert hands.program.work.detect.choice.device == "cpu"
    assert hands.window.options.device.currentData() == "cpu"
    session.tools.set_radius(31)
    _, fields = fields_of(hands)
    assert fields[BRUSH_RADIUS_PX.key].value() == 31, "what the window changed meanwhile"


def test_a_cancelled_dialog_changes_nothing(start):
    hands = start()
    dialog, fields = fields_of(hands)
    fields[BRUSH_RADIUS_PX.key].setValue(23)
    dialog.reject()
    assert hands.program.session.tools.radius_px == 8


def test_what_the_table_refuses_changes_nothing(start):
    hands = start()
    change = hands.program.work.settings
    with pytest.raises(ValueError, match="Memory for pictures cannot be -1: 0 to 65536"):
        change.change({PERSON.key: "Ann", MEMORY_MB.key: -1})
    assert hands.program.settings.get(PERSON) == ""
    _, fields = fields_of(hands)
    fields[MEMORY_MB.key].setValue(-1)
    assert fields[MEMORY_MB.key].value() == 0


def test_less_memory_holds_at_once_and_after_a_new_start(start, smear):
    hands = start()
    hands.open_and_wait(smear)
    memory = hands.program.session.memory
    assert memory.held_bytes > 3 * 600 * 400, "the decoded image, tiles and cells"
    hands.program.work.settings.change({MEMORY_MB.key: 300})
    assert memory.most_bytes == 300 << 20
    hands.close()
    again = start()
    assert again.program.session.memory.most_bytes == 300 << 20
    again.program.work.settings.change({MEMORY_MB.key: 0})
    assert again.program.session.memory.most_bytes == ByteBudget().most_bytes


def test_without_networks_the_notice_names_the_menu(start, smear, monkeypatch):
    hands = start()
    monkeypatch.setattr("allviewer.inference.catalogue.Catalogue.packs", lambda self, task=None: [])
    hands.open_and_wait(smear)
    hands.do("run")
    hands.wait_for_problem("Models > Install model pack…")
